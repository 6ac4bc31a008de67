//! Decisions by computer (Arts 22A to 22D UK GDPR, promise C16): logged for each person with what went in, how it
//! was worked out and what came out; explained; looked at again by a human being.

use counterfoil_domain::access::Verb;
use counterfoil_domain::ids::PersonId;
use counterfoil_store::access::Actor;
use counterfoil_store::rights::other::people::{Held, NewHeld};
use counterfoil_store::rights::other::texts::AutomatedText;
use counterfoil_store::{Record, Store, StoreError, Terms};
use jiff::civil::Date;

use super::super::{Desk, Purpose};
use super::{asked_for, carried_out, granted, on_person, opened, person_of, said};
use crate::error::{Result, ServiceError};
use crate::register::keep;

/// How a decision stands after a person looked at it again.
pub const REVIEWED: &[&str] = &["confirmed", "changed", "set-aside"];

/// A decision that a computer took.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taken {
    /// The activity of the register, by id.
    pub activity: String,
    /// When.
    pub on: Option<Date>,
    /// What went in.
    pub inputs: String,
    /// How it was worked out, in plain words.
    pub logic: String,
    /// What came out.
    pub outcome: String,
    /// What followed for the person.
    pub effect: String,
}

/// Logs a decision that a computer took about a person.
///
/// # Errors
/// [`ServiceError::Invalid`] when it does not say what went in, how and what came out; a refusal of the gate.
pub fn log(store: &Store, who: &Actor, purpose: Purpose, person: PersonId, taken: &Taken) -> Result<()> {
    let text = AutomatedText {
        inputs: said(&taken.inputs, "say what went in")?,
        logic: said(&taken.logic, "say how it was worked out")?,
        outcome: taken.outcome.trim().to_owned(),
        effect: taken.effect.trim().to_owned(),
        ..AutomatedText::default()
    };
    if text.outcome.is_empty() {
        return Err(ServiceError::Invalid("say what came out".to_owned()));
    }
    if let Some(register) = keep::current(store, who.controller())?
        && !register.part.activity.iter().any(|a| a.id == taken.activity)
    {
        return Err(ServiceError::Invalid(format!(
            "`{}` is not an activity of the register",
            taken.activity
        )));
    }
    let on = taken.on.map_or_else(|| keep::day_of(store.now()), Ok)?;
    let terms = Terms { detail: serde_json::json!({ "logged": "automated decision" }), ..Terms::default() };
    store.act(who, Verb::RecordEdit, purpose, |tx| {
        let permit = tx.permit(Record::Person, person, &terms)?;
        let new = NewHeld { request: None, about: &taken.activity, state: "standing", since: on };
        tx.hold(&permit, &new, &text)
    })?;
    Ok(())
}

/// The decisions that computers took about the request's person.
///
/// # Errors
/// A refusal of the gate.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself is not general over the transaction's lifetime"
)]
pub fn of_request(desk: &Desk<'_>, reference: &str) -> Result<Vec<Held<AutomatedText>>> {
    let request = opened(desk, reference)?;
    let person = person_of(&request)?;
    let terms = asked_for(&request, serde_json::Value::Null);
    on_person(desk, Verb::RecordRead, person, &terms, |tx, permit| tx.held(permit))
}

/// A second look at a decision by a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Look {
    /// The decision: its number among the person's, from 1.
    pub number: usize,
    /// One of [`REVIEWED`].
    pub outcome: String,
    /// What the person says to the decision.
    pub representations: String,
    /// What the reviewer found, and why.
    pub findings: String,
}

/// Records that a person looked at a decision again: what the data subject said, what was found, what becomes of
/// the decision (Art 22C(2)).
///
/// # Errors
/// [`ServiceError::NotReady`] when the request was not granted; [`ServiceError::Invalid`] for an unknown decision or
/// outcome; a refusal of the gate.
pub fn look_again(desk: &Desk<'_>, reference: &str, look: &Look) -> Result<()> {
    let (request, _) = granted(desk, reference)?;
    let person = person_of(&request)?;
    if !REVIEWED.contains(&look.outcome.as_str()) {
        let known = REVIEWED.join(", ");
        return Err(ServiceError::Invalid(format!("`{}` is no outcome: use one of {known}", look.outcome)));
    }
    let findings = said(&look.findings, "say what you found and why")?;
    let today = desk.today()?;
    let terms = asked_for(&request, serde_json::json!({ "looked-again": look.outcome }));
    on_person(desk, Verb::RecordEdit, person, &terms, |tx, permit| {
        let all: Vec<Held<AutomatedText>> = tx.held(permit)?;
        let mut held = look
            .number
            .checked_sub(1)
            .and_then(|n| all.into_iter().nth(n))
            .ok_or(StoreError::NotFound("decision"))?;
        let was = std::mem::replace(&mut held.state, look.outcome.clone());
        held.ended = Some(today);
        held.text.representations = look.representations.trim().to_owned();
        held.text.review.clone_from(&findings);
        tx.change_held(permit, &held, &was)
    })?;
    carried_out(desk, reference, "a person looked at the decision again")
}
