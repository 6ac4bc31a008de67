//! Restriction (Art 18 UK GDPR, promise C13): placed, enforced by the gate, lifted only after the person was told.

use counterfoil_domain::access::Verb;
use counterfoil_domain::rights::Condition;
use counterfoil_domain::rights::restricted::may_lift;
use counterfoil_store::rights::other::people::{Held, NewHeld};
use counterfoil_store::rights::other::texts::RestrictionText;
use counterfoil_store::{StoreError, Terms};
use jiff::civil::Date;

use super::super::Desk;
use super::{asked_for, carried_out, granted, on_person, opened, person_of, said};
use crate::error::{Result, ServiceError};

/// The grounds of Art 18(1), as they are recorded.
pub const GROUNDS: &[Condition] = &[
    Condition::AccuracyContested,
    Condition::Unlawful,
    Condition::PersonNeedsForClaims,
    Condition::ObjectionPending,
];

const IN_FORCE: &str = "in-force";

/// Places the restriction that was granted: from now on the record is stored, and used only when one of the four
/// uses of Art 18(2) is named.
///
/// # Errors
/// [`ServiceError::NotReady`] when none was granted; [`ServiceError::Invalid`] for another ground, or when the same
/// is in force already; a refusal of the gate.
pub fn place(desk: &Desk<'_>, reference: &str, ground: &str, reason: &str) -> Result<()> {
    let (request, _) = granted(desk, reference)?;
    let person = person_of(&request)?;
    let ground = GROUNDS.iter().find(|g| g.code() == ground).ok_or_else(|| {
        let known: Vec<&str> = GROUNDS.iter().map(|g| g.code()).collect();
        ServiceError::Invalid(format!("`{ground}` is not a ground: use one of {}", known.join(", ")))
    })?;
    let text = RestrictionText { reason: said(reason, "say why")?, ..RestrictionText::default() };
    let today = desk.today()?;
    let terms = asked_for(&request, serde_json::json!({ "ground": ground.code() }));
    on_person(desk, Verb::RestrictionPlace, person, &terms, |tx, permit| {
        let known: Vec<Held<RestrictionText>> = tx.held(permit)?;
        if known.iter().any(|r| r.state == IN_FORCE && r.about == ground.code()) {
            return Err(StoreError::Invalid("a restriction on this ground is in force already".to_owned()));
        }
        let new = NewHeld { request: Some(request.id), about: ground.code(), state: IN_FORCE, since: today };
        tx.hold(permit, &new, &text)?;
        tx.set_restriction(permit, true)
    })?;
    carried_out(desk, reference, "the record is restricted")
}

/// Notes on which day and how the person was told that their restriction will be lifted (Art 18(3)).
///
/// # Errors
/// [`ServiceError::Invalid`] for a day to come, or when none is in force; a refusal of the gate.
pub fn told(desk: &Desk<'_>, reference: &str, on: Date, how: &str) -> Result<()> {
    let request = opened(desk, reference)?;
    let person = person_of(&request)?;
    let how = said(how, "say how the person was told, and when it will be lifted")?;
    if on > desk.today()? {
        return Err(ServiceError::Invalid(format!(
            "`{on}` is in the future: record it when it has happened"
        )));
    }
    let terms = asked_for(&request, serde_json::json!({ "told": on }));
    on_person(desk, Verb::RestrictionPlace, person, &terms, |tx, permit| {
        for mut held in in_force(tx.held(permit)?)? {
            (held.told, held.text.told_how) = (Some(on), how.clone());
            tx.change_held(permit, &held, IN_FORCE)?;
        }
        Ok(())
    })
}

/// Lifts the restriction, once the person has been told on an earlier day.
///
/// # Errors
/// [`ServiceError::Unlawful`] when the person was not told before (Art 18(3)); a refusal of the gate.
pub fn lift(desk: &Desk<'_>, reference: &str) -> Result<()> {
    let request = opened(desk, reference)?;
    let person = person_of(&request)?;
    let today = desk.today()?;
    let standing = on_person(
        desk,
        Verb::RecordRead,
        person,
        &asked_for(&request, serde_json::Value::Null),
        |tx, permit| in_force(tx.held(permit)?),
    )?;
    for held in &standing {
        may_lift(held.told, today).map_err(|e| ServiceError::Unlawful(e.to_string()))?;
    }
    let terms = Terms { person_told: true, ..asked_for(&request, serde_json::json!({ "lifted": today })) };
    on_person(desk, Verb::RestrictionLift, person, &terms, |tx, permit| {
        for mut held in in_force(tx.held(permit)?)? {
            (held.state, held.ended) = ("lifted".to_owned(), Some(today));
            tx.change_held(permit, &held, IN_FORCE)?;
        }
        tx.set_restriction(permit, false)
    })?;
    carried_out(desk, reference, "the restriction is lifted")
}

fn in_force(all: Vec<Held<RestrictionText>>) -> std::result::Result<Vec<Held<RestrictionText>>, StoreError> {
    let standing: Vec<_> = all.into_iter().filter(|r| r.state == IN_FORCE).collect();
    if standing.is_empty() {
        return Err(StoreError::Invalid("no restriction is in force".to_owned()));
    }
    Ok(standing)
}
