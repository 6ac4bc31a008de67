//! Stopping a use: while an objection is decided and after it is upheld (Art 21 UK GDPR, promise C14), and when
//! consent is withdrawn (Art 7(3), promise C6). The gate then refuses the purposes in question for this person.

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::deciding::Outcome;
use counterfoil_store::rights::other::people::{Held, NewHeld};
use counterfoil_store::rights::other::texts::StopText;
use counterfoil_store::rights::requests::Request;

use super::super::Desk;
use super::decide::Decision;
use super::facts::gate_purposes;
use super::{asked_for, carried_out, consent, decision, on_person, person_of, unanswered};
use crate::error::{Result, ServiceError};
use crate::register::{Register, keep};

/// Which use stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The activity of the register, by id.
    pub activity: String,
    /// The purposes that stop; none for all that serve the activity.
    pub purposes: Vec<String>,
    /// What the person said.
    pub words: String,
}

/// Stops a use for the request's person: at once, and until the request is decided. A withdrawn consent stops it
/// for good, since it needs no decision.
///
/// # Errors
/// [`ServiceError::Invalid`] for an activity or purpose that is not the register's, or one that cannot be stopped
/// here; a refusal of the gate.
pub fn stop(desk: &Desk<'_>, reference: &str, stop: &Stop) -> Result<Vec<Purpose>> {
    let request = unanswered(desk, reference)?;
    let person = person_of(&request)?;
    let decided = decision(desk, reference)?;
    if decided.as_ref().is_some_and(|d| d.state == "refused") {
        return Err(ServiceError::NotReady("this was refused: nothing is to be stopped".to_owned()));
    }
    let (cause, state) = match request.right.parse() {
        Ok(Right::Objection) if decided.is_some() => ("objection", "upheld"),
        Ok(Right::Objection) => ("objection", "pending"),
        Ok(Right::WithdrawConsent) => ("consent-withdrawn", "upheld"),
        _ => {
            return Err(ServiceError::Invalid(
                "only an objection or a withdrawal of consent stops a use".to_owned(),
            ));
        }
    };
    let purposes = purposes(desk, stop)?;
    let about = purposes.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(",");
    let text = StopText {
        activity: stop.activity.clone(),
        cause: cause.to_owned(),
        grounds: stop.words.trim().to_owned(),
    };
    let today = desk.today()?;
    let terms = asked_for(&request, serde_json::json!({ "stopped": about, "activity": stop.activity }));
    on_person(desk, Verb::RecordEdit, person, &terms, |tx, permit| {
        let known: Vec<Held<StopText>> = tx.held(permit)?;
        let again = known
            .iter()
            .any(|h| h.request == Some(request.id) && h.text.activity == stop.activity && h.ended.is_none());
        if !again {
            let new = NewHeld { request: Some(request.id), about: &about, state, since: today };
            tx.hold(permit, &new, &text)?;
        }
        tx.settle_stops(permit).map(|_| ())
    })?;
    if decided.is_some() {
        carried_out(desk, reference, "the use has stopped")?;
    }
    Ok(purposes)
}

fn purposes(desk: &Desk<'_>, stop: &Stop) -> Result<Vec<Purpose>> {
    let register: Register = keep::current(desk.store, desk.controller())?.ok_or_else(|| {
        ServiceError::NotReady("there is no register: its activities are what is stopped".to_owned())
    })?;
    let entry = register.part.activity.iter().find(|a| a.id == stop.activity).ok_or_else(|| {
        ServiceError::Invalid(format!("`{}` is not an activity of the register", stop.activity))
    })?;
    let served = gate_purposes(&register, entry);
    let wanted: Vec<&str> = if stop.purposes.is_empty() {
        served.clone()
    } else {
        stop.purposes.iter().map(String::as_str).collect()
    };
    if let Some(other) = wanted.iter().find(|w| !served.contains(w)) {
        return Err(ServiceError::Invalid(format!(
            "`{other}` does not serve `{}`: its purposes are {}",
            stop.activity,
            served.join(", ")
        )));
    }
    if wanted.is_empty() {
        return Err(ServiceError::Invalid(format!(
            "records are opened for no purpose of `{}`: there is nothing here to stop; note it in the decision",
            stop.activity
        )));
    }
    wanted.iter().map(|w| w.parse::<Purpose>().map_err(|e| ServiceError::Invalid(e.to_string()))).collect()
}

/// Settles the stops of a request by its decision: for good, or ended.
pub(super) fn settle(desk: &Desk<'_>, request: &Request, decision: &Decision) -> Result<()> {
    let person = person_of(request)?;
    let today = desk.today()?;
    let refused = decision.outcome == Outcome::Refused;
    let terms = asked_for(request, serde_json::json!({ "settled": decision.outcome.code() }));
    let count = on_person(desk, Verb::RecordEdit, person, &terms, |tx, permit| {
        let mut count = 0;
        for mut held in tx.held::<StopText>(permit)? {
            let open = matches!(held.state.as_str(), "pending" | "upheld");
            if held.request != Some(request.id) || !open {
                continue;
            }
            let was = held.state.clone();
            if refused {
                (held.state, held.ended) = ("overridden".to_owned(), Some(today));
                held.text.grounds.clone_from(&decision.evidence);
            } else {
                held.state = "upheld".to_owned();
                count += 1;
            }
            tx.change_held(permit, &held, &was)?;
        }
        tx.settle_stops(permit)?;
        Ok(count)
    })?;
    let taken_back = request.right == Right::WithdrawConsent.code() && consent::taken_back(desk, request)?;
    if refused || (count == 0 && !taken_back) {
        return Ok(());
    }
    carried_out(desk, &request.reference, "the use has stopped")
}
