//! A person's disclosures: what was given, waits or was refused; and proposing one, ground by ground.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_domain::ids::{DisclosureId, PermissionId, PersonId};
use counterfoil_domain::questions::Kind;
use counterfoil_domain::register::transfer::Mechanism;
use counterfoil_domain::sharing::{Authoriser, GATEWAYS, Ground, TellingDuty, ground_rule};
use counterfoil_service::Result as Done;
use counterfoil_service::rights::Desk;
use counterfoil_service::sharing::disclose::{self, Proposal, TellingChoice};
use counterfoil_service::sharing::permissions;
use counterfoil_service::sharing::recipients::promised_grounds;
use counterfoil_service::sharing::{DisclosureText, StoredDisclosure};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::{
    About, Given, Option2, STALE, about, all, attempt, content, fields_to_give, id, recipients_to_choose,
    run, sample_about, sample_fields,
};
use crate::dates;
use crate::forms::{Failure, Fields, Posted};
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// One disclosure.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) person: String,
    pub(super) ground: String,
    pub(super) recipient: String,
    pub(super) purpose: String,
    pub(super) state: String,
    pub(super) telling: String,
    pub(super) fields: Vec<String>,
    pub(super) copy: Vec<(String, String)>,
    pub(super) authoriser: String,
    /// Who may authorise it, while it waits.
    pub(super) waits_for: String,
    pub(super) because: String,
    pub(super) refused: Vec<String>,
    pub(super) evidence: Vec<(String, String)>,
    #[serde(serialize_with = "dates::iso")]
    pub(super) proposed: Timestamp,
    #[serde(serialize_with = "dates::iso_if_any")]
    pub(super) sent: Option<Timestamp>,
    #[serde(serialize_with = "dates::iso_if_any")]
    pub(super) tell_by: Option<Date>,
}

impl Line {
    pub(super) fn new(stored: StoredDisclosure, copy: BTreeMap<String, String>) -> Self {
        let ground: Option<Ground> = stored.text.ground.parse().ok();
        let rule = ground.and_then(ground_rule);
        let standing: Option<Authoriser> = stored.text.authoriser.parse().ok();
        let ask = |key: &str| rule.and_then(|r| r.evidence.iter().find(|f| f.key == key)).map(|f| f.ask);
        Self {
            id: stored.id.to_string(),
            person: stored.person.to_string(),
            ground: ground.map(Ground::label).unwrap_or_default().to_owned(),
            recipient: stored.text.recipient_name,
            purpose: stored.text.purpose,
            state: stored.state.clone(),
            telling: stored.telling,
            fields: stored.text.fields,
            copy: copy.into_iter().collect(),
            authoriser: standing.map(Authoriser::label).unwrap_or_default().to_owned(),
            waits_for: rule
                .filter(|_| stored.state == "proposed")
                .map(|r| r.authoriser.label())
                .unwrap_or_default()
                .to_owned(),
            because: stored.text.because,
            refused: stored.text.refused.into_iter().map(|(_, reason)| reason).collect(),
            evidence: stored
                .text
                .evidence
                .into_iter()
                .map(|(key, answer)| (ask(&key).map_or(key, str::to_owned), answer))
                .collect(),
            proposed: stored.proposed_at,
            sent: stored.sent_at,
            tell_by: stored.tell_by,
        }
    }

    pub(super) fn sample(state: &str, telling: &str) -> Self {
        Self {
            id: "dis_0".into(),
            person: sample_about().id,
            ground: "an immediate risk of harm".into(),
            recipient: "social services".into(),
            purpose: "to find him".into(),
            state: state.into(),
            telling: telling.into(),
            fields: vec!["name".into()],
            copy: vec![("name".into(), "Ada Brook".into())],
            authoriser: if state == "sent" { "supervisor".into() } else { String::new() },
            waits_for: if state == "proposed" { "supervisor".into() } else { String::new() },
            because: if telling == "not-told" { "it would warn him".into() } else { String::new() },
            refused: if state == "refused" { vec!["no ground".into()] } else { Vec::new() },
            evidence: vec![("is it immediate?".into(), "yes".into())],
            proposed: Timestamp::UNIX_EPOCH,
            sent: (state == "sent").then_some(Timestamp::UNIX_EPOCH),
            tell_by: (telling == "to-tell").then_some(jiff::civil::date(2026, 11, 30)),
        }
    }
}

/// A question of a ground.
#[derive(Debug, Clone, Serialize)]
struct Question {
    key: String,
    ask: String,
    /// `yes-no`, `words`, `date` or `choice`.
    kind: &'static str,
    options: Vec<Option2>,
    typed: String,
}

/// The form for one ground.
#[derive(Debug, Clone, Serialize)]
struct Form {
    ground: String,
    label: String,
    provision: String,
    authoriser: String,
    questions: Vec<Question>,
    /// Whether the person is to be told.
    tells: bool,
    permissions: Vec<Option2>,
    gateway: String,
    gateway_name: String,
    statements: Vec<Option2>,
    recipients: Vec<Option2>,
    given: Vec<Given>,
    mechanisms: Vec<Option2>,
    typed: BTreeMap<String, String>,
    told: [String; 3],
    advice: [String; 3],
}

/// A person's disclosures.
#[derive(Debug, Serialize)]
pub struct DisclosuresView {
    about: About,
    lines: Vec<Line>,
    grounds: Vec<Option2>,
    gateways: Vec<Option2>,
    form: Option<Form>,
    refused: Vec<String>,
}

/// What was typed in these fields, by name; none is left out, so that a template can show each.
const TYPED: [&str; 9] = [
    "purpose",
    "recipient_name",
    "unlisted_why",
    "country",
    "mechanism",
    "within",
    "telling",
    "because",
    "sent_to",
];

fn question(field: &counterfoil_domain::questions::Field, typed: &Fields) -> Question {
    let key = format!("answer-{}", field.key);
    let chosen = typed.get(&key).to_owned();
    let option = |code: &str| Option2::new(code, code.replace('-', " "), chosen == code);
    let (kind, options) = match field.kind {
        Kind::MustBe(_) | Kind::YesNo => ("yes-no", vec![option("yes"), option("no")]),
        Kind::Choice(codes) => ("choice", codes.iter().map(|c| option(c)).collect()),
        Kind::Date | Kind::OpinionDate => ("date", Vec::new()),
        Kind::Text => ("words", Vec::new()),
    };
    Question { key, ask: field.ask.to_owned(), kind, options, typed: chosen }
}

fn form(desk: &Desk<'_>, person: PersonId, ground: Ground, typed: &Fields) -> Done<Option<Form>> {
    let Some(rule) = ground_rule(ground) else { return Ok(None) };
    let (_, profile) = about(desk, person)?;
    // What the record says of itself is not asked: see `disclose`.
    let asked = !matches!(ground, Ground::Permission | Ground::Agreement);
    let gateway = GATEWAYS.iter().find(|g| g.code == typed.get("gateway"));
    let stated = all(typed, "stated");
    let permissions = if ground == Ground::Permission { standing(desk, person, typed)? } else { Vec::new() };
    let at = |name: &str| ["day", "month", "year"].map(|p| typed.get(&format!("{name}-{p}")).to_owned());
    let mechanism = |m: &Mechanism| Option2::new(m.code(), m.label(), typed.get("mechanism") == m.code());
    Ok(Some(Form {
        ground: ground.code().to_owned(),
        label: ground.label().to_owned(),
        provision: rule.provision.to_owned(),
        authoriser: rule.authoriser.label().to_owned(),
        questions: rule.evidence.iter().filter(|_| asked).map(|f| question(f, typed)).collect(),
        tells: rule.telling == TellingDuty::Tell,
        permissions,
        gateway: gateway.map(|g| g.code).unwrap_or_default().to_owned(),
        gateway_name: gateway.map(|g| g.name).unwrap_or_default().to_owned(),
        statements: gateway
            .map(|g| g.must_state)
            .unwrap_or_default()
            .iter()
            .enumerate()
            .map(|(n, s)| Option2::new(n.to_string(), *s, stated.contains(&n.to_string())))
            .collect(),
        recipients: recipients_to_choose(desk, &all(typed, "recipient"))?,
        given: fields_to_give(desk, &profile, typed)?,
        mechanisms: Mechanism::ALL.iter().map(mechanism).collect(),
        typed: TYPED.iter().map(|name| ((*name).to_owned(), typed.get(name).to_owned())).collect(),
        told: at("told"),
        advice: at("advice"),
    }))
}

/// The permissions of the person that count today, for the choice.
fn standing(desk: &Desk<'_>, person: PersonId, typed: &Fields) -> Done<Vec<Option2>> {
    Ok(permissions::list(desk, person)?
        .into_iter()
        .filter(|l| l.stand.counts() && !l.permission.text.names.is_empty())
        .map(|l| {
            let p = l.permission;
            let words = format!(
                "{} of {}: {}, {}",
                p.kind,
                p.given_on,
                p.text.names.join(", "),
                p.text.fields.join(", ")
            );
            let value = p.id.to_string();
            let chosen = typed.get("permission") == value;
            Option2::new(value, words, chosen)
        })
        .collect())
}

impl DisclosuresView {
    fn build(desk: &Desk<'_>, person: PersonId, typed: &Fields) -> Done<Self> {
        let (about, _) = about(desk, person)?;
        let ground: Option<Ground> = typed.get("ground").parse().ok();
        let form = match ground {
            Some(ground) => form(desk, person, ground, typed)?,
            None => None,
        };
        let grounds = promised_grounds(desk)?;
        Ok(Self {
            about,
            lines: disclose::list(desk, person)?.into_iter().map(|(d, copy)| Line::new(d, copy)).collect(),
            grounds: grounds
                .into_iter()
                .map(|g| Option2::new(g.code(), g.label(), Some(g) == ground))
                .collect(),
            gateways: GATEWAYS
                .iter()
                .map(|g| Option2::new(g.code, g.name, g.code == typed.get("gateway")))
                .collect(),
            form,
            refused: Vec::new(),
        })
    }
}

impl View for DisclosuresView {
    const TEMPLATE: &'static str = "staff/disclosures_of.html";

    fn samples() -> Vec<Self> {
        let option = |on| Option2::new("a", "b", on);
        let question = |kind| Question {
            key: "answer-serious".into(),
            ask: "is it serious?".into(),
            kind,
            options: vec![option(true), option(false)],
            typed: String::new(),
        };
        let form = |full: bool| Form {
            ground: "serious-crime".into(),
            label: "serious crime".into(),
            provision: "Sch 2 para 2 DPA 2018".into(),
            authoriser: "supervisor".into(),
            questions: ["yes-no", "words", "date", "choice"]
                .into_iter()
                .filter(|_| full)
                .map(question)
                .collect(),
            tells: full,
            permissions: if full { Vec::new() } else { vec![option(true)] },
            gateway: if full { "police".into() } else { String::new() },
            gateway_name: if full { "the police".into() } else { String::new() },
            statements: if full { vec![option(true)] } else { Vec::new() },
            recipients: vec![option(false), Option2 { note: "no agreement".into(), ..option(false) }],
            given: sample_fields(),
            mechanisms: vec![option(false)],
            typed: TYPED.iter().map(|n| ((*n).to_owned(), String::new())).collect(),
            told: Default::default(),
            advice: Default::default(),
        };
        let lines = [
            ("sent", "knows"),
            ("sent", "by-notice"),
            ("sent", "first"),
            ("sent", "to-tell"),
            ("sent", "told"),
            ("sent", "not-told"),
            ("proposed", "unknown"),
            ("authorised", "first"),
            ("refused", "unknown"),
            ("stopped", "knows"),
        ];
        let view = |lines: Vec<Line>, form, refused: Vec<String>| Self {
            about: sample_about(),
            lines,
            grounds: vec![option(false)],
            gateways: vec![option(false)],
            form,
            refused,
        };
        let all = lines.into_iter().map(|(s, t)| Line::sample(s, t)).collect();
        vec![
            view(all, None, Vec::new()),
            view(Vec::new(), Some(form(true)), vec!["tell the person".into()]),
            view(Vec::new(), Some(form(false)), Vec::new()),
        ]
    }
}

/// `GET /staff/people/{id}/disclosures`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(person): Path<String>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Response> {
    let person = id::<PersonId>(&person)?;
    let typed = Fields::new(asked);
    let view = run(&site, &visit, &who, move |desk| DisclosuresView::build(desk, person, &typed)).await?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

fn read_date(typed: &Fields, name: &str) -> Result<Option<Date>, Failure> {
    let parts = ["day", "month", "year"].map(|p| typed.get(&format!("{name}-{p}")).to_owned());
    if parts.iter().all(String::is_empty) {
        return Ok(None);
    }
    let field = if name == "told" { "told-day" } else { "advice-day" };
    dates::from_parts(&parts).map(Some).ok_or(Failure { field, key: "deadline.error.date" })
}

fn proposal(
    desk: &Desk<'_>,
    person: PersonId,
    typed: &Fields,
    (told, advice): (Option<Date>, Option<Date>),
) -> Done<Proposal> {
    let (_, profile) = about(desk, person)?;
    let get = |name: &str| typed.get(name).to_owned();
    let answers = typed
        .kept()
        .filter_map(|(name, value)| Some((name.strip_prefix("answer-")?.to_owned(), value.to_owned())));
    let permission: Option<PermissionId> = typed.get("permission").parse().ok();
    Ok(Proposal {
        case: None,
        text: DisclosureText {
            ground: get("ground"),
            recipient: get("recipient"),
            recipient_name: get("recipient_name"),
            unlisted_why: get("unlisted_why"),
            country: get("country"),
            mechanism: get("mechanism"),
            within: get("within"),
            advice,
            sent_to: get("sent_to"),
            purpose: get("purpose"),
            gateway: get("gateway"),
            stated: all(typed, "stated").iter().filter_map(|s| s.parse().ok()).collect(),
            evidence: answers.collect(),
            consideration: typed.get("consideration") == "yes",
            ..DisclosureText::default()
        },
        content: content(&fields_to_give(desk, &profile, typed)?),
        permission,
        telling: TellingChoice { how: get("telling"), on: told, because: get("because") },
        for_complaint: false,
    })
}

/// `POST /staff/people/{id}/disclosures`
pub async fn propose(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(person_text): Path<String>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let person = id::<PersonId>(&person_text)?;
    let (told, advice) = (read_date(&fields, "told"), read_date(&fields, "advice"));
    let mut failures: Vec<Failure> =
        [told.clone().err(), advice.clone().err()].into_iter().flatten().collect();
    if !fresh {
        failures = vec![STALE];
    }
    let mut refused = Vec::new();
    if failures.is_empty() {
        let typed = fields.clone();
        let days = (told.ok().flatten(), advice.ok().flatten());
        let done = attempt(&site, &visit, &who, move |desk| {
            let proposal = proposal(desk, person, &typed, days)?;
            let attempt = disclose::make(desk, person, &proposal)?;
            Ok(attempt.gaps().iter().map(|g| g.reason.clone()).collect::<Vec<_>>())
        });
        match done.await? {
            Ok(gaps) if gaps.is_empty() => {
                return Ok(visit.go(&format!("/staff/people/{person_text}/disclosures")));
            }
            Ok(lines) | Err(lines) => refused = lines,
        }
    }
    let view = run(&site, &visit, &who, move |desk| DisclosuresView::build(desk, person, &fields)).await?;
    let view = DisclosuresView { refused, ..view };
    let page = visit.page(&site).with_errors(failures);
    Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &view))
}

async fn again(
    site: &Site,
    visit: &Visit,
    who: &Staff,
    person: PersonId,
    refused: Vec<String>,
) -> Result<Response, Response> {
    let view =
        run(site, visit, who, move |desk| DisclosuresView::build(desk, person, &Fields::default())).await?;
    let view = DisclosuresView { refused, ..view };
    Ok(site.respond(visit, StatusCode::UNPROCESSABLE_ENTITY, &visit.page(site), &view))
}

/// `POST /staff/people/{id}/disclosures/{disclosure}/send`
pub async fn send(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path((person_text, disclosure)): Path<(String, String)>,
    Posted { fresh, .. }: Posted,
) -> Result<Response, Response> {
    let (person, disclosure) = (id::<PersonId>(&person_text)?, id::<DisclosureId>(&disclosure)?);
    if fresh {
        let done = attempt(&site, &visit, &who, move |desk| {
            let sent = disclose::send(desk, disclosure, false)?;
            Ok(sent.gaps().iter().map(|g| g.reason.clone()).collect::<Vec<_>>())
        });
        match done.await? {
            Ok(gaps) if gaps.is_empty() => {}
            Ok(lines) | Err(lines) => return again(&site, &visit, &who, person, lines).await,
        }
    }
    Ok(visit.go(&format!("/staff/people/{person_text}/disclosures")))
}

/// `POST /staff/people/{id}/disclosures/{disclosure}/tell`
pub async fn tell(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path((person_text, disclosure)): Path<(String, String)>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let (person, disclosure) = (id::<PersonId>(&person_text)?, id::<DisclosureId>(&disclosure)?);
    if fresh {
        let (told, because) = (fields.get("told") == "yes", fields.get("because").to_owned());
        let done = attempt(&site, &visit, &who, move |desk| disclose::tell(desk, disclosure, told, &because));
        if let Err(lines) = done.await? {
            return again(&site, &visit, &who, person, lines).await;
        }
    }
    Ok(visit.go(&format!("/staff/people/{person_text}/disclosures")))
}
