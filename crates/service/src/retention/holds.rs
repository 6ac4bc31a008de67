//! Legal holds: placing and lifting them, each with its reason.

use counterfoil_domain::access::{Purpose, Role, Verb};
use counterfoil_domain::ids::{HoldId, PersonId};
use counterfoil_store::StoreError;
use counterfoil_store::access::Actor;
use counterfoil_store::retention::holds::LegalHold;
use counterfoil_store::{Terms, retention::holds::HoldText};
use jiff::Timestamp;
use serde::Serialize;

use crate::error::{Result, ServiceError};
use crate::rights::Desk;

/// On whose record a hold is placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// This person's.
    Person(PersonId),
    /// The person of the request with this reference.
    Request(String),
}

/// A hold, for lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HoldView {
    /// Which.
    pub id: String,
    /// On whose record.
    pub person: String,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it was lifted.
    pub lifted_at: Option<Timestamp>,
    /// Why; none when this person may not see it.
    pub reason: Option<String>,
    /// The claim's or inquiry's own reference.
    pub matter: Option<String>,
    /// Why it was lifted.
    pub lifted: Option<String>,
}

/// Records managers hold for disposal, information governance for a rights request (access rule 26).
fn purpose(who: &Actor) -> Purpose {
    let keeps = who.staff().is_some_and(|s| s.roles.contains(Role::RecordsManager));
    if keeps { Purpose::Disposal } else { Purpose::RightsRequest }
}

/// Places a hold: nothing of the person is disposed of or erased until it is lifted.
///
/// # Errors
/// [`ServiceError::Invalid`] without a reason, or for a request without a person; a refusal of the gate.
pub fn place(desk: &Desk<'_>, whose: &Whose, reason: &str, matter: &str) -> Result<HoldId> {
    if reason.trim().is_empty() {
        return Err(ServiceError::Invalid("say why the record must be kept".to_owned()));
    }
    let text = HoldText {
        reason: reason.trim().to_owned(),
        matter: matter.trim().to_owned(),
        lifted: String::new(),
    };
    let placed = desk.store.act(desk.who, Verb::HoldPlace, purpose(desk.who), |tx| {
        let person = match whose {
            Whose::Person(person) => *person,
            Whose::Request(reference) => {
                let nobody = || {
                    StoreError::Invalid(format!(
                        "the request `{reference}` has no person yet: identify them first"
                    ))
                };
                tx.person_of_request(reference)?.ok_or_else(nobody)?
            }
        };
        tx.place_hold(person, &text, &Terms::default())
    })?;
    Ok(placed)
}

/// Lifts a hold.
///
/// # Errors
/// [`ServiceError::Invalid`] without a reason; a refusal of the gate.
pub fn lift(desk: &Desk<'_>, hold: HoldId, why: &str) -> Result<()> {
    if why.trim().is_empty() {
        return Err(ServiceError::Invalid("say why the hold is no longer needed".to_owned()));
    }
    Ok(desk.store.act(desk.who, Verb::HoldLift, purpose(desk.who), |tx| {
        tx.lift_hold(hold, why.trim(), &Terms::default())
    })?)
}

/// The holds, those in force first, with the reasons that this person may see.
///
/// # Errors
/// What the database answers.
pub fn list(desk: &Desk<'_>, most: u32) -> Result<Vec<HoldView>> {
    let holds = desk.store.holds(desk.who.controller(), most)?;
    if holds.is_empty() {
        return Ok(Vec::new());
    }
    Ok(desk.store.act(desk.who, Verb::DisposalFind, Purpose::Disposal, |tx| {
        let mut seen = Vec::with_capacity(holds.len());
        for hold in &holds {
            let text = match tx.read_hold(hold) {
                Ok(text) => Some(text),
                Err(StoreError::Refused { .. } | StoreError::NotFound(_)) => None,
                Err(e) => return Err(e),
            };
            seen.push(view(hold, text));
        }
        Ok(seen)
    })?)
}

/// The holds on a person's record, for their access request: name and text.
pub(crate) fn found(
    tx: &mut counterfoil_store::Tx<'_>,
    permit: &counterfoil_store::Permit,
) -> std::result::Result<Vec<(String, String)>, StoreError> {
    let text = |(hold, text): (LegalHold, HoldText)| {
        let day = |at: Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let mut lines = vec![format!("Kept since {} because: {}", day(hold.placed_at), text.reason)];
        if !text.matter.is_empty() {
            lines.push(format!("Matter: {}", text.matter));
        }
        if let Some(at) = hold.lifted_at {
            lines.push(format!("Lifted on {} because: {}", day(at), text.lifted));
        }
        (format!("Legal hold of {}", day(hold.placed_at)), lines.join("\n"))
    };
    Ok(tx.holds_of(permit)?.into_iter().map(text).collect())
}

fn view(hold: &LegalHold, text: Option<HoldText>) -> HoldView {
    let (reason, matter, lifted) = match text {
        Some(text) => (Some(text.reason), Some(text.matter), Some(text.lifted)),
        None => (None, None, None),
    };
    let filled = |text: Option<String>| text.filter(|t| !t.is_empty());
    HoldView {
        id: hold.id.to_string(),
        person: hold.person.to_string(),
        placed_at: hold.placed_at,
        lifted_at: hold.lifted_at,
        reason,
        matter: filled(matter),
        lifted: filled(lifted),
    }
}
