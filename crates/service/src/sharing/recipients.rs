//! The directory of recipients: who they are, on what footing they get data, and what (promise N20).

use counterfoil_domain::access::{Purpose, Role, Verb};
use counterfoil_domain::ids::{DisclosureId, PermissionId};
use counterfoil_domain::register::assessment::Standing;
use counterfoil_domain::sharing::Ground;
use counterfoil_domain::sharing::grounds::GROUNDS;
use counterfoil_domain::sharing::recipient::{RecipientCategory, RecipientKind, recipient_gaps};
use counterfoil_domain::sharing::special::area_of;
use counterfoil_store::rights::other::texts::TellingText;
use counterfoil_store::sharing::listing::Unlisted;
use counterfoil_store::{Record, StoreError, Terms, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::facts::Facts;
use crate::error::{Result, ServiceError};
use crate::register::lawful::standing_of;
use crate::rights::Desk;

type Stored<T> = std::result::Result<T, StoreError>;

/// One recipient of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecipientLine {
    /// The register's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is to us, in words.
    pub kind: &'static str,
    /// What sort of body it is, by its code; empty where the directory does not say.
    pub category: &'static str,
    /// The same in words.
    pub category_label: &'static str,
    /// What it is given data for.
    pub why: String,
    /// The country.
    pub country: String,
    /// The agreement's reference; empty without one.
    pub agreement: String,
    /// How the agreement stands: `none`, `in-force`, `not-in-force`.
    pub agreement_state: &'static str,
    /// How the assessment that the agreement needs stands: `none`, `current`, `review-due`, `incomplete`.
    pub assessment_state: &'static str,
    /// The statutory gateway or other ground; empty under an agreement.
    pub gateway: String,
    /// The fields that it may get.
    pub fields: Vec<String>,
    /// What keeps it from being sent anything today, under its agreement or with permission; empty when nothing.
    pub blocked: Vec<String>,
}

/// The recipients on the register today.
///
/// # Errors
/// A register that cannot be read.
pub fn directory(desk: &Desk<'_>) -> Result<Vec<RecipientLine>> {
    let facts = Facts::of(desk)?;
    let Some(register) = &facts.register else { return Ok(Vec::new()) };
    Ok(register
        .part
        .recipient
        .iter()
        .filter_map(|r| {
            let seen = facts.registered(&r.id)?;
            let ground = if seen.agreement.is_some() { Ground::Agreement } else { Ground::Permission };
            let gaps = recipient_gaps(&seen, ground, facts.promise, &facts.adequate, facts.on);
            let needs =
                r.agreement.as_deref().and_then(|a| register.agreement(a)?.needs_assessment.as_deref());
            let assessed = needs.and_then(|id| register.assessment(id)).map(|a| standing_of(a, facts.on));
            let may_get = seen.may_get.clone().unwrap_or_default();
            // A public authority or a gateway of law is given data on a ground of its own.
            let own_ground = seen.kind == RecipientKind::Authority || !r.gateway.is_empty();
            Some(RecipientLine {
                id: seen.id.clone(),
                name: seen.name.clone(),
                kind: seen.kind.label(),
                category: r.category.map(RecipientCategory::code).unwrap_or_default(),
                category_label: r.category.map(RecipientCategory::label).unwrap_or_default(),
                why: r.why.clone(),
                country: seen.country.clone(),
                agreement: seen.agreement.as_ref().map(|a| a.reference.clone()).unwrap_or_default(),
                agreement_state: match &seen.agreement {
                    None => "none",
                    Some(a) if a.in_force => "in-force",
                    Some(_) => "not-in-force",
                },
                assessment_state: assessed.map_or("none", Standing::code),
                gateway: r.gateway.clone(),
                fields: facts
                    .declared
                    .iter()
                    .filter(|d| may_get.contains(&d.data))
                    .filter(|d| seen.only_fields.is_empty() || seen.only_fields.contains(&d.name))
                    .map(|d| d.name.clone())
                    .collect(),
                blocked: gaps
                    .into_iter()
                    .filter(|g| !(own_ground && g.code == "no-agreement"))
                    .map(|g| g.reason)
                    .collect(),
            })
        })
        .collect())
}

/// A record that names a recipient whom the directory does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToMend {
    /// `permission`, `disclosure` or `telling`.
    pub area: &'static str,
    /// What `mend` is given to find it again.
    pub key: String,
    /// The page on which it is, within the staff site.
    pub at: String,
    /// The day on which it was recorded.
    pub on: Date,
    /// The name that was given.
    pub name: String,
    /// Why no entry was chosen.
    pub why: String,
}

/// What names a recipient without an entry of the directory, as far as the actor may see it.
///
/// # Errors
/// A refusal of the gate, or altered content.
pub fn to_mend(desk: &Desk<'_>) -> Result<Vec<ToMend>> {
    let entries = Facts::of(desk)?.entries();
    let mut found = desk.store.act(desk.who, Verb::DisclosureMake, Purpose::ServiceDelivery, |tx| {
        let all = tx.unlisted_of_people(MOST)?;
        all.into_iter().map(|one| of_person(tx, &one, &entries)).collect::<Stored<Vec<_>>>()
    })?;
    // Only information governance decides who is told.
    if !desk.who.staff().is_some_and(|s| s.roles.contains(Role::IgOfficer)) {
        return Ok(found.into_iter().flatten().collect());
    }
    let tellings = desk.store.act(desk.who, Verb::RequestDecide, Purpose::RightsRequest, |tx| {
        let mut seen = Vec::new();
        for one in tx.unlisted_tellings(MOST)? {
            seen.extend(of_request(tx, &one)?);
        }
        Ok(seen)
    })?;
    found.push(tellings);
    Ok(found.into_iter().flatten().collect())
}

/// The most of each kind that the page shows.
const MOST: u32 = 100;

fn day(at: Timestamp) -> Date {
    at.to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn of_person(tx: &mut Tx<'_>, one: &Unlisted, entries: &[(String, String)]) -> Stored<Vec<ToMend>> {
    let looked = Terms { detail: serde_json::json!({ "directory": "to mend" }), ..Terms::default() };
    match one {
        Unlisted::Permission { id, person, at } => {
            let permit = tx.permit(Record::Person, *person, &looked)?;
            let text = tx.permission(&permit, *id)?.text;
            let strange = text.parties.iter().filter(|p| !entries.iter().any(|(id, _)| id == *p));
            let line = |party: &String| ToMend {
                area: "permission",
                key: format!("{id} {party}"),
                at: format!("/staff/people/{person}/authorities"),
                on: day(*at),
                name: party.clone(),
                why: text.unlisted_why.clone(),
            };
            Ok(strange.map(line).collect())
        }
        Unlisted::Disclosure { id, person, at } => {
            let permit = tx.permit(Record::Person, *person, &looked)?;
            let text = tx.disclosure(&permit, *id)?.text;
            Ok(vec![ToMend {
                area: "disclosure",
                key: id.to_string(),
                at: format!("/staff/people/{person}/disclosures"),
                on: day(*at),
                name: text.recipient_name,
                why: text.unlisted_why,
            }])
        }
        Unlisted::Telling { .. } => Ok(Vec::new()),
    }
}

fn of_request(tx: &mut Tx<'_>, one: &Unlisted) -> Stored<Option<ToMend>> {
    let Unlisted::Telling { request, reference, number, at } = one else { return Ok(None) };
    let request = match tx.open_request(*request, &Terms::default()) {
        Ok(request) => request,
        // One that the actor may not open is left out.
        Err(StoreError::Refused { .. }) => return Ok(None),
        Err(e) => return Err(e),
    };
    let line = tx.lines_of::<TellingText>(&request)?.into_iter().find(|l| l.number == *number);
    Ok(line.map(|line| ToMend {
        area: "telling",
        key: format!("{reference} {number}"),
        at: format!("/staff/requests/{reference}#recipients"),
        on: day(*at),
        name: line.text.recipient,
        why: line.text.unlisted_why,
    }))
}

/// Says which entry of the directory it was: from then on the record names the entry, and nothing is to mend.
///
/// # Errors
/// [`ServiceError::Invalid`] for an entry that there is not, or a record that there is not; a refusal of the gate.
pub fn mend(desk: &Desk<'_>, area: &str, key: &str, entry: &str) -> Result<()> {
    let facts = Facts::of(desk)?;
    if !facts.entries().iter().any(|(id, _)| id == entry) {
        return Err(ServiceError::Invalid("choose an entry of the directory".to_owned()));
    }
    let gone = || ServiceError::Invalid("this is mended already, or was never there".to_owned());
    let terms =
        Terms { detail: serde_json::json!({ "directory": "mended", "entry": entry }), ..Terms::default() };
    let making = Purpose::ServiceDelivery;
    match area {
        "permission" => {
            let (id, party) = key.split_once(' ').ok_or_else(gone)?;
            let id: PermissionId = id.parse().map_err(|_| gone())?;
            desk.store.act(desk.who, Verb::DisclosureMake, making, |tx| {
                let person = tx.person_of_permission(id)?;
                let permit = tx.permit(Record::Person, person, &terms)?;
                tx.list_party(&permit, id, party, entry)
            })?;
        }
        "disclosure" => {
            let id: DisclosureId = key.parse().map_err(|_| gone())?;
            desk.store.act(desk.who, Verb::DisclosureMake, making, |tx| {
                let person = tx.person_of_disclosure(id)?;
                let permit = tx.permit(Record::Person, person, &terms)?;
                tx.list_recipient(&permit, id, entry)
            })?;
        }
        _ => {
            let (reference, number) = key.rsplit_once(' ').ok_or_else(gone)?;
            let number: i64 = number.parse().map_err(|_| gone())?;
            desk.on_request(Verb::RequestDecide, reference, &terms, |tx, request| {
                let all = tx.lines_of::<TellingText>(request)?;
                let mut line =
                    all.into_iter().find(|l| l.number == number).ok_or(StoreError::NotFound("recipient"))?;
                entry.clone_into(&mut line.text.entry);
                let (state, due) = (line.state.clone(), line.due_on);
                tx.move_line(request, &line, &state, due, false)?;
                tx.mark_telling(request, number, false)
            })?;
        }
    }
    Ok(())
}

/// The recipients to whom a person with this issue may be sent: those that the activities of the issue's area name,
/// or all of them for an issue of no area.
///
/// # Errors
/// A register that cannot be read.
pub fn for_issue(desk: &Desk<'_>, issue: &str) -> Result<Vec<RecipientLine>> {
    let all = directory(desk)?;
    let facts = Facts::of(desk)?;
    let (Some(register), Some(_)) = (&facts.register, area_of(issue)) else { return Ok(all) };
    let activities = Facts::activities_for(register, facts.on, issue);
    let named: Vec<&str> = activities.iter().flat_map(|a| a.recipients.iter().map(String::as_str)).collect();
    Ok(all.into_iter().filter(|r| named.contains(&r.id.as_str())).collect())
}

/// The fields that may be given, each with its need.
///
/// # Errors
/// A register that cannot be read.
pub fn fields(desk: &Desk<'_>) -> Result<Vec<(String, String)>> {
    Ok(Facts::of(desk)?.declared.into_iter().map(|d| (d.name, d.need)).collect())
}

/// The grounds that the organisation's notice promises, and no other.
///
/// # Errors
/// A register that cannot be read.
pub fn promised_grounds(desk: &Desk<'_>) -> Result<Vec<Ground>> {
    let promise = Facts::of(desk)?.promise;
    Ok(GROUNDS.iter().filter(|r| r.promises.contains(&promise)).map(|r| r.ground).collect())
}
