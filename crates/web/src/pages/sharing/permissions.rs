//! A person's consents and authorities to act: what stands, recording one, taking one back, the receipt.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_domain::ids::{PermissionId, PersonId};
use counterfoil_domain::sharing::marketing::MarketingChannel;
use counterfoil_service::Result as Done;
use counterfoil_service::rights::Desk;
use counterfoil_service::sharing::permissions::{self as cases, Giving, PermissionLine, Receipt};
use counterfoil_service::sharing::{
    ConsentPurpose, Given as How, PermissionKind, market, recipients as directory,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::{About, Option2, STALE, about, all, attempt, id, recipients_to_choose, run, sample_about};
use crate::dates;
use crate::forms::{Failure, Fields, Posted};
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// One permission as it stands.
#[derive(Debug, Clone, Serialize)]
struct Line {
    id: String,
    purpose: String,
    stand: &'static str,
    counts: bool,
    words: String,
    names: Vec<String>,
    fields: Vec<String>,
    how: String,
    #[serde(serialize_with = "dates::iso")]
    given: Date,
    #[serde(serialize_with = "dates::iso_if_any")]
    until: Option<Date>,
    #[serde(serialize_with = "dates::iso_if_any")]
    relied_on: Option<Timestamp>,
    events: Vec<EventLine>,
}

#[derive(Debug, Clone, Serialize)]
struct EventLine {
    kind: String,
    #[serde(serialize_with = "dates::iso")]
    on: Date,
    note: String,
    own_act: bool,
}

impl Line {
    fn new(line: PermissionLine) -> Self {
        let PermissionLine { permission: p, stand, events } = line;
        let purpose: Option<ConsentPurpose> = p.purpose.parse().ok();
        let how: Option<How> = p.text.given.parse().ok();
        Self {
            id: p.id.to_string(),
            purpose: purpose.map_or(PermissionKind::Authority.label(), ConsentPurpose::label).to_owned(),
            stand: stand.code(),
            counts: stand.counts(),
            words: p.text.words,
            names: p.text.names,
            fields: p.text.fields,
            how: how.map(How::label).unwrap_or_default().to_owned(),
            given: p.given_on,
            until: p.until,
            relied_on: p.relied_on_at,
            events: events
                .into_iter()
                .rev()
                .map(|e| EventLine { kind: e.kind, on: e.on, note: e.text.note, own_act: e.by.is_none() })
                .collect(),
        }
    }
}

/// The consents, or the authorities, of a person.
#[derive(Debug, Serialize)]
pub struct PermissionsView {
    about: About,
    /// `consents` or `authorities`.
    tab: &'static str,
    lines: Vec<Line>,
    purposes: Vec<Option2>,
    parties: Vec<Option2>,
    fields: Vec<Option2>,
    channels: Vec<Option2>,
    ways: Vec<Option2>,
    given: [String; 3],
    until: [String; 3],
    language: String,
    evidence: String,
    note: String,
    /// A body that the directory does not have, and why it is named.
    other_party: String,
    unlisted_why: String,
    /// Why it was not recorded.
    refused: Vec<String>,
    /// Whether the form is open.
    open: bool,
}

fn parts(date: Option<Date>) -> [String; 3] {
    let Some(date) = date else { return Default::default() };
    [date.day().to_string(), date.month().to_string(), date.year().to_string()]
}

impl PermissionsView {
    fn build(
        desk: &Desk<'_>,
        person: PersonId,
        tab: &'static str,
        typed: &Fields,
        today: Date,
    ) -> Done<Self> {
        let (about, _) = about(desk, person)?;
        let kind = if tab == "consents" { PermissionKind::Consent } else { PermissionKind::Authority };
        let lines = cases::list(desk, person)?;
        let chosen_fields = all(typed, "fields");
        let open = typed.kept().next().is_some();
        let at = |name: &str| ["day", "month", "year"].map(|p| typed.get(&format!("{name}-{p}")).to_owned());
        let purpose = typed.get("purpose").to_owned();
        let way = typed.get("given").to_owned();
        Ok(Self {
            about,
            tab,
            lines: lines.into_iter().filter(|l| l.permission.kind == kind.code()).map(Line::new).collect(),
            purposes: ConsentPurpose::ALL
                .iter()
                .map(|p| Option2::new(p.code(), p.label(), p.code() == purpose))
                .collect(),
            parties: recipients_to_choose(desk, &all(typed, "parties"))?,
            fields: directory::fields(desk)?
                .into_iter()
                .map(|(name, _)| Option2::new(name.clone(), name.clone(), chosen_fields.contains(&name)))
                .collect(),
            channels: MarketingChannel::ALL
                .iter()
                .map(|c| {
                    Option2::new(c.code(), c.label(), all(typed, "channels").contains(&c.code().to_owned()))
                })
                .collect(),
            ways: How::ALL.iter().map(|h| Option2::new(h.code(), h.label(), h.code() == way)).collect(),
            given: if open { at("given") } else { parts(Some(today)) },
            until: if open { at("until") } else { Default::default() },
            language: if typed.get("language") == "cy" { "cy".to_owned() } else { "en".to_owned() },
            evidence: typed.get("evidence").to_owned(),
            note: typed.get("note").to_owned(),
            other_party: typed.get("other_party").to_owned(),
            unlisted_why: typed.get("unlisted_why").to_owned(),
            refused: Vec::new(),
            open,
        })
    }
}

impl View for PermissionsView {
    const TEMPLATE: &'static str = "staff/permissions.html";

    fn samples() -> Vec<Self> {
        let day = jiff::civil::date(2026, 11, 22);
        let event = EventLine { kind: "given".into(), on: day, note: "at the desk".into(), own_act: false };
        let own = EventLine { kind: "withdrawn".into(), on: day, note: String::new(), own_act: true };
        let renewed = EventLine { kind: "renewed".into(), ..event.clone() };
        let line = |stand, counts| Line {
            id: "prm_0".into(),
            purpose: "referral to another service".into(),
            stand,
            counts,
            words: "I agree".into(),
            names: vec!["the food bank".into()],
            fields: vec!["name".into()],
            how: "said in person".into(),
            given: day,
            until: counts.then_some(day),
            relied_on: counts.then_some(Timestamp::UNIX_EPOCH),
            events: vec![own.clone(), renewed.clone(), event.clone()],
        };
        let stands = [
            ("current", true),
            ("expiring", true),
            ("expired", false),
            ("withdrawn", false),
            ("old-wording", false),
            ("future", false),
        ];
        let full = |tab, refused: Vec<String>| Self {
            about: sample_about(),
            tab,
            lines: stands.into_iter().map(|(s, c)| line(s, c)).collect(),
            purposes: vec![Option2::new("referral", "referral", true)],
            parties: vec![Option2::new("dwp", "the DWP", false)],
            fields: vec![Option2::new("name", "name", true)],
            channels: vec![Option2::new("email", "e-mail", false)],
            ways: vec![Option2::new("written", "signed on paper", true)],
            given: parts(Some(day)),
            until: Default::default(),
            language: "en".into(),
            evidence: String::new(),
            note: String::new(),
            other_party: String::new(),
            unlisted_why: String::new(),
            open: !refused.is_empty(),
            refused,
        };
        let empty = Self { lines: Vec::new(), ..full("authorities", Vec::new()) };
        vec![full("consents", vec!["name to whom".into()]), full("authorities", Vec::new()), empty]
    }
}

fn today(site: &Site) -> Date {
    site.now().to_zoned(site.zone()).date()
}

/// `GET /staff/people/{id}/consents`
pub async fn consents(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(person): Path<String>,
) -> Result<Response, Response> {
    shown(&site, &visit, &who, &person, "consents").await
}

/// `GET /staff/people/{id}/authorities`
pub async fn authorities(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(person): Path<String>,
) -> Result<Response, Response> {
    shown(&site, &visit, &who, &person, "authorities").await
}

async fn shown(
    site: &Site,
    visit: &Visit,
    who: &Staff,
    person: &str,
    tab: &'static str,
) -> Result<Response, Response> {
    let (person, today) = (id::<PersonId>(person)?, today(site));
    let build = move |desk: &Desk<'_>| PermissionsView::build(desk, person, tab, &Fields::default(), today);
    let view = run(site, visit, who, build).await?;
    Ok(site.respond(visit, StatusCode::OK, &visit.page(site), &view))
}

/// `POST /staff/people/{id}/consents`
pub async fn give_consent(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(person): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    given(&site, &visit, &who, &person, "consents", posted).await
}

/// `POST /staff/people/{id}/authorities`
pub async fn give_authority(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(person): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    given(&site, &visit, &who, &person, "authorities", posted).await
}

/// What was typed, as a permission; the fields that must be mended first.
fn read(tab: &str, fields: &Fields) -> Result<Giving, Vec<Failure>> {
    let at = |name: &str| ["day", "month", "year"].map(|p| fields.get(&format!("{name}-{p}")).to_owned());
    let date = |name: &str| {
        let typed = at(name);
        if typed.iter().all(String::is_empty) {
            Ok(None)
        } else {
            dates::from_parts(&typed).map(Some).ok_or(())
        }
    };
    let purpose: Option<ConsentPurpose> = fields.get("purpose").parse().ok();
    let mut failures = Vec::new();
    if tab == "consents" && purpose.is_none() {
        failures.push(Failure { field: "purpose", key: "sharing.error.purpose" });
    }
    if fields.get("given").parse::<How>().is_err() {
        failures.push(Failure { field: "given", key: "sharing.error.given" });
    }
    let (given_on, until) = (date("given"), date("until"));
    if given_on.is_err() {
        failures.push(Failure { field: "given-day", key: "deadline.error.date" });
    }
    if until.is_err() {
        failures.push(Failure { field: "until-day", key: "deadline.error.date" });
    }
    if !failures.is_empty() {
        return Err(failures);
    }
    let marketing = purpose == Some(ConsentPurpose::Marketing);
    let named = tab == "authorities" || purpose == Some(ConsentPurpose::Referral);
    Ok(Giving {
        case: None,
        purpose: if tab == "consents" { purpose } else { None },
        parties: if named { parties(fields) } else { Vec::new() },
        unlisted_why: fields.get("unlisted_why").to_owned(),
        fields: match (marketing, named) {
            (true, _) => all(fields, "channels"),
            (_, true) => all(fields, "fields"),
            _ => Vec::new(),
        },
        given: fields.get("given").parse().ok(),
        given_on: given_on.ok().flatten(),
        until: until.ok().flatten(),
        language: fields.get("language").to_owned(),
        evidence: fields.get("evidence").to_owned(),
        note: fields.get("note").to_owned(),
    })
}

/// The entries that were ticked, and the body that the directory does not have.
fn parties(fields: &Fields) -> Vec<String> {
    let other = fields.get("other_party").to_owned();
    let entries = all(fields, "parties").into_iter().filter(|p| !p.is_empty());
    entries.chain((!other.is_empty()).then_some(other)).collect()
}

async fn given(
    site: &Site,
    visit: &Visit,
    who: &Staff,
    person_text: &str,
    tab: &'static str,
    posted: Posted,
) -> Result<Response, Response> {
    let (person, today) = (id::<PersonId>(person_text)?, today(site));
    let Posted { fields, fresh } = posted;
    let (failures, refused) = match read(tab, &fields) {
        _ if !fresh => (vec![STALE], Vec::new()),
        Err(failures) => (failures, Vec::new()),
        Ok(giving) => {
            match attempt(site, visit, who, move |desk| cases::give(desk, person, &giving)).await? {
                Ok(receipt) => {
                    return Ok(visit.go(&format!("/staff/people/{person_text}/permissions/{}", receipt.id)));
                }
                Err(refused) => (Vec::new(), refused),
            }
        }
    };
    let build = move |desk: &Desk<'_>| PermissionsView::build(desk, person, tab, &fields, today);
    let view = PermissionsView { refused, open: true, ..run(site, visit, who, build).await? };
    let page = visit.page(site).with_errors(failures);
    Ok(site.respond(visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &view))
}

/// The list that a permission stands in.
fn back(kind: &str) -> &'static str {
    if kind == PermissionKind::Authority.code() { "authorities" } else { "consents" }
}

/// `POST /staff/people/{id}/permissions/{permission}/withdraw`
pub async fn withdraw(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path((person_text, permission)): Path<(String, String)>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let (person, permission) = (id::<PersonId>(&person_text)?, id::<PermissionId>(&permission)?);
    let tab = if fields.get("tab") == "authorities" { "authorities" } else { "consents" };
    if fresh {
        let note = fields.get("note").to_owned();
        let done = attempt(&site, &visit, &who, move |desk| cases::withdraw(desk, person, permission, &note));
        if let Err(refused) = done.await? {
            return again(&site, &visit, &who, person, tab, refused).await;
        }
    }
    Ok(visit.go(&format!("/staff/people/{person_text}/{tab}")))
}

async fn again(
    site: &Site,
    visit: &Visit,
    who: &Staff,
    person: PersonId,
    tab: &'static str,
    refused: Vec<String>,
) -> Result<Response, Response> {
    let today = today(site);
    let build = move |desk: &Desk<'_>| PermissionsView::build(desk, person, tab, &Fields::default(), today);
    let view = PermissionsView { refused, ..run(site, visit, who, build).await? };
    Ok(site.respond(visit, StatusCode::UNPROCESSABLE_ENTITY, &visit.page(site), &view))
}

/// `POST /staff/people/{id}/permissions/{permission}/renew`
pub async fn renew(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path((person_text, permission)): Path<(String, String)>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let (person, permission) = (id::<PersonId>(&person_text)?, id::<PermissionId>(&permission)?);
    let tab = if fields.get("tab") == "authorities" { "authorities" } else { "consents" };
    let how = fields.get("given").parse().unwrap_or(How::InPerson);
    if fresh {
        let done =
            attempt(&site, &visit, &who, move |desk| cases::renew(desk, person, permission, how, "renewed"));
        if let Err(refused) = done.await? {
            return again(&site, &visit, &who, person, tab, refused).await;
        }
    }
    Ok(visit.go(&format!("/staff/people/{person_text}/{tab}")))
}

/// `POST /staff/people/{id}/stop-marketing`
pub async fn stop_marketing(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(person_text): Path<String>,
    Posted { fresh, .. }: Posted,
) -> Result<Response, Response> {
    let person = id::<PersonId>(&person_text)?;
    if fresh {
        run(&site, &visit, &who, move |desk| market::stop(desk, person)).await?;
    }
    Ok(visit.go(&format!("/staff/people/{person_text}/consents")))
}

/// A receipt, to print or hand over.
#[derive(Debug, Serialize)]
pub struct ReceiptView {
    person: String,
    tab: &'static str,
    organisation: String,
    authority: bool,
    purpose: String,
    words: String,
    language: String,
    version: u32,
    how: String,
    #[serde(serialize_with = "dates::iso")]
    given: Date,
    #[serde(serialize_with = "dates::iso_if_any")]
    until: Option<Date>,
    code: String,
    withdrawn: bool,
}

impl ReceiptView {
    fn new(receipt: Receipt) -> Self {
        let purpose: Option<ConsentPurpose> = receipt.purpose.parse().ok();
        let how: Option<How> = receipt.given.parse().ok();
        Self {
            person: receipt.person.to_string(),
            tab: back(&receipt.kind),
            organisation: receipt.organisation,
            authority: purpose.is_none(),
            purpose: purpose.map_or(PermissionKind::Authority.label(), ConsentPurpose::label).to_owned(),
            words: receipt.words,
            language: receipt.language,
            version: receipt.version,
            how: how.map(How::label).unwrap_or_default().to_owned(),
            given: receipt.given_on,
            until: receipt.until,
            code: receipt.code,
            withdrawn: receipt.withdrawn,
        }
    }
}

impl View for ReceiptView {
    const TEMPLATE: &'static str = "staff/receipt.html";

    fn samples() -> Vec<Self> {
        let day = jiff::civil::date(2026, 11, 22);
        let receipt = |withdrawn, until| Self {
            person: sample_about().id,
            tab: "consents",
            organisation: "Hearth".into(),
            authority: withdrawn,
            purpose: "news and appeals".into(),
            words: "I agree".into(),
            language: "en".into(),
            version: 3,
            how: "in a web form".into(),
            given: day,
            until,
            code: "0000-0000-0000".into(),
            withdrawn,
        };
        vec![receipt(false, Some(day)), receipt(true, None)]
    }
}

/// `GET /staff/people/{id}/permissions/{permission}`
pub async fn receipt(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path((person, permission)): Path<(String, String)>,
) -> Result<Response, Response> {
    let (person, permission) = (id::<PersonId>(&person)?, id::<PermissionId>(&permission)?);
    let found = run(&site, &visit, &who, move |desk| cases::receipt(desk, person, permission)).await?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &ReceiptView::new(found)))
}
