//! A person's referrals: drafted, sent or refused with the fix offered, followed to the outcome.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_domain::ids::{PersonId, ReferralId};
use counterfoil_service::Result as Done;
use counterfoil_service::rights::Desk;
use counterfoil_service::sharing::refer::{self, Answer, Circumstances, Drafting, should_refer};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    About, Given, Option2, STALE, about, all, attempt, content, fields_to_give, id, recipients_to_choose,
    run, sample_about, sample_fields,
};
use crate::dates;
use crate::forms::{Fields, Posted};
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// One referral.
#[derive(Debug, Clone, Serialize)]
struct Line {
    id: String,
    recipient: String,
    state: String,
    reason: String,
    fields: Vec<(String, String)>,
    outcome: String,
    refused: Vec<String>,
    /// Whether what was refused is mended by asking the person.
    ask_person: bool,
    #[serde(serialize_with = "dates::iso")]
    made: Timestamp,
    #[serde(serialize_with = "dates::iso_if_any")]
    sent: Option<Timestamp>,
    #[serde(serialize_with = "dates::iso_if_any")]
    purge_asked: Option<Timestamp>,
    #[serde(serialize_with = "dates::iso_if_any")]
    purged: Option<Timestamp>,
}

/// A person's referrals.
#[derive(Debug, Serialize)]
pub struct ReferralsView {
    about: About,
    lines: Vec<Line>,
    recipients: Vec<Option2>,
    reason: String,
    given: Vec<Given>,
    circumstances: Vec<Option2>,
    /// What the aid says: `refer`, `signpost`, or empty before it is asked.
    advice: &'static str,
    refused: Vec<String>,
    open: bool,
}

const CIRCUMSTANCES: [&str; 5] = ["casework", "alone", "urgent", "asked", "specialist"];

impl ReferralsView {
    fn build(
        desk: &Desk<'_>,
        person: PersonId,
        typed: &Fields,
        chosen: &[String],
        asked: bool,
    ) -> Done<Self> {
        let (about, profile) = about(desk, person)?;
        let has = |code: &str| chosen.iter().any(|c| c == code);
        let circumstances = Circumstances {
            casework_exists: has("casework"),
            cannot_act_alone: has("alone"),
            urgent: has("urgent"),
            asked_for_it: has("asked"),
            needs_specialist: has("specialist"),
        };
        let lines = refer::list(desk, person)?.into_iter().map(|r| Line {
            id: r.id.to_string(),
            recipient: r.text.recipient_name,
            state: r.state,
            reason: r.text.reason,
            fields: r.text.fields.into_iter().collect(),
            outcome: r.text.outcome,
            ask_person: r
                .text
                .refused
                .iter()
                .any(|(code, _)| code.starts_with("permission-") || code == "no-permission"),
            // What the person is to be asked for comes first; what the system fills in itself is not repeated.
            refused: r
                .text
                .refused
                .into_iter()
                .filter(|(code, _)| code != "unanswered")
                .map(|(_, reason)| reason)
                .collect(),
            made: r.made_at,
            sent: r.sent_at,
            purge_asked: r.purge_asked_at,
            purged: r.purge_confirmed_at,
        });
        Ok(Self {
            about,
            lines: lines.collect(),
            recipients: recipients_to_choose(desk, &all(typed, "recipient"))?,
            reason: typed.get("reason").to_owned(),
            given: fields_to_give(desk, &profile, typed)?,
            circumstances: CIRCUMSTANCES.iter().map(|c| Option2::new(*c, *c, has(c))).collect(),
            advice: match (asked, should_refer(circumstances)) {
                (false, _) => "",
                (true, true) => "refer",
                (true, false) => "signpost",
            },
            refused: Vec::new(),
            open: typed.kept().next().is_some(),
        })
    }
}

impl View for ReferralsView {
    const TEMPLATE: &'static str = "staff/referrals.html";

    fn samples() -> Vec<Self> {
        let line = |state: &str, refused: &[&str], sent: bool| Line {
            id: "ref_0".into(),
            recipient: "the food bank".into(),
            state: state.into(),
            reason: "a food parcel".into(),
            fields: vec![("name".into(), "Ada Brook".into())],
            outcome: if state == "closed" { "three parcels".into() } else { String::new() },
            ask_person: !refused.is_empty(),
            refused: refused.iter().map(|r| (*r).to_owned()).collect(),
            made: Timestamp::UNIX_EPOCH,
            sent: sent.then_some(Timestamp::UNIX_EPOCH),
            purge_asked: (state == "closed" || state == "declined").then_some(Timestamp::UNIX_EPOCH),
            purged: (state == "closed").then_some(Timestamp::UNIX_EPOCH),
        };
        let all = vec![
            line("draft", &[], false),
            line("draft", &["no consent"], false),
            line("sent", &[], true),
            line("acknowledged", &[], true),
            line("accepted", &[], true),
            line("declined", &[], true),
            line("closed", &[], true),
            line("stopped", &[], false),
        ];
        let view = |lines, advice, refused: Vec<String>| Self {
            about: sample_about(),
            lines,
            recipients: vec![
                Option2::new("dwp", "the DWP", true),
                Option2 { note: "no agreement".into(), ..Option2::new("x", "y", false) },
            ],
            reason: String::new(),
            given: sample_fields(),
            circumstances: CIRCUMSTANCES.iter().map(|c| Option2::new(*c, *c, true)).collect(),
            advice,
            open: !refused.is_empty(),
            refused,
        };
        vec![
            view(all, "refer", Vec::new()),
            view(Vec::new(), "signpost", vec!["say why".into()]),
            view(Vec::new(), "", Vec::new()),
        ]
    }
}

/// `GET /staff/people/{id}/referrals`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(person): Path<String>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Response> {
    let person = id::<PersonId>(&person)?;
    let chosen: Vec<String> = asked.iter().filter(|(k, _)| k == "because").map(|(_, v)| v.clone()).collect();
    let aid = asked.iter().any(|(k, _)| k == "aid");
    let build = move |desk: &Desk<'_>| ReferralsView::build(desk, person, &Fields::default(), &chosen, aid);
    let view = run(&site, &visit, &who, build).await?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// `POST /staff/people/{id}/referrals`
pub async fn draft(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(person_text): Path<String>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let person = id::<PersonId>(&person_text)?;
    let mut refused = Vec::new();
    if fresh {
        let typed = fields.clone();
        let done = attempt(&site, &visit, &who, move |desk| {
            let (_, profile) = about(desk, person)?;
            let drafting = Drafting {
                case: None,
                recipient: typed.get("recipient").to_owned(),
                reason: typed.get("reason").to_owned(),
                fields: content(&fields_to_give(desk, &profile, &typed)?),
            };
            let id = refer::draft(desk, person, &drafting)?;
            if typed.get("go") == "send" { refer::send(desk, person, id).map(|_| ()) } else { Ok(()) }
        });
        match done.await? {
            Ok(()) => return Ok(visit.go(&format!("/staff/people/{person_text}/referrals"))),
            Err(lines) => refused = lines,
        }
    }
    let failures = if fresh { Vec::new() } else { vec![STALE] };
    let build = move |desk: &Desk<'_>| ReferralsView::build(desk, person, &fields, &[], false);
    let view = ReferralsView { refused, open: true, ..run(&site, &visit, &who, build).await? };
    let page = visit.page(&site).with_errors(failures);
    Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &view))
}

/// `POST /staff/people/{id}/referrals/{referral}/send`
pub async fn send(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path((person_text, referral)): Path<(String, String)>,
    Posted { fresh, .. }: Posted,
) -> Result<Response, Response> {
    let (person, referral) = (id::<PersonId>(&person_text)?, id::<ReferralId>(&referral)?);
    if fresh {
        // What is refused is kept with the draft and shown there.
        run(&site, &visit, &who, move |desk| refer::send(desk, person, referral)).await?;
    }
    Ok(visit.go(&format!("/staff/people/{person_text}/referrals")))
}

/// `POST /staff/people/{id}/referrals/{referral}/answer`
pub async fn answer(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path((person_text, referral)): Path<(String, String)>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let (person, referral) = (id::<PersonId>(&person_text)?, id::<ReferralId>(&referral)?);
    let said = Answer::of(fields.get("answer"));
    if let Some(said) = said.filter(|_| fresh) {
        let outcome = fields.get("outcome").to_owned();
        let done =
            attempt(&site, &visit, &who, move |desk| refer::answered(desk, person, referral, said, &outcome));
        if let Err(refused) = done.await? {
            return again(&site, &visit, &who, person, refused).await;
        }
    }
    Ok(visit.go(&format!("/staff/people/{person_text}/referrals")))
}

async fn again(
    site: &Site,
    visit: &Visit,
    who: &Staff,
    person: PersonId,
    refused: Vec<String>,
) -> Result<Response, Response> {
    let build = move |desk: &Desk<'_>| ReferralsView::build(desk, person, &Fields::default(), &[], false);
    let view = ReferralsView { refused, ..run(site, visit, who, build).await? };
    Ok(site.respond(visit, StatusCode::UNPROCESSABLE_ENTITY, &visit.page(site), &view))
}

/// `POST /staff/people/{id}/referrals/{referral}/purge`
pub async fn purge(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path((person_text, referral)): Path<(String, String)>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let (person, referral) = (id::<PersonId>(&person_text)?, id::<ReferralId>(&referral)?);
    let confirmed = fields.get("confirmed") == "yes";
    if fresh {
        let done = attempt(&site, &visit, &who, move |desk| {
            if confirmed {
                refer::confirm_purge(desk, person, referral)
            } else {
                refer::ask_purge(desk, person, referral)
            }
        });
        if let Err(refused) = done.await? {
            return again(&site, &visit, &who, person, refused).await;
        }
    }
    Ok(visit.go(&format!("/staff/people/{person_text}/referrals")))
}
