//! The rights other than access, carried out; complaints; what comes after an answer.
//!
//! A request goes: facts → applicability → decision → carried out → told. [`facts`] holds what was found out and
//! works out from the register whether the right applies; [`decide`] records a decision that agrees with it; one
//! module for each right carries it out; [`outcome`] gives the words of the letter and closes the request.
//! [`complaint`], [`review`] and [`regulator`] are for those who are not content.

pub mod automated;
pub mod complaint;
pub mod consent;
pub mod correct;
pub mod decide;
pub mod erase;
pub mod facts;
pub(crate) mod found;
pub mod marketing;
pub mod older;
pub mod outcome;
pub mod panel;
pub mod portable;
pub mod recipients;
pub mod regulator;
pub mod restrict;
pub mod review;
pub mod stop;
mod systems;

use counterfoil_domain::access::{RestrictionUse, Verb};
use counterfoil_domain::ids::PersonId;
use counterfoil_store::rights::other::lines::{Line, OfRequest};
use counterfoil_store::rights::other::texts::DecisionText;
use counterfoil_store::rights::requests::{EventText, Request};
use counterfoil_store::{Permit, Record, StoreError, Terms, Tx};

use super::{Desk, Purpose};
use crate::error::{Result, ServiceError};

/// States in which a request has had its answer.
const ANSWERED: &[&str] = &["released", "refused", "closed", "internal-review", "regulator"];

/// What the store answers inside an act.
type Stored<T> = std::result::Result<T, StoreError>;

/// Terms of an act on the record that the person's own request asks for: a restriction leaves room for what the
/// person agrees to (Art 18(2) UK GDPR), and the log says which request it was.
fn asked_for(request: &Request, detail: serde_json::Value) -> Terms {
    asked_by(&request.reference, detail)
}

/// As [`asked_for`], by the request's reference.
pub(crate) fn asked_by(reference: &str, detail: serde_json::Value) -> Terms {
    let mut said = serde_json::json!({ "request": reference });
    if let (Some(all), serde_json::Value::Object(more)) = (said.as_object_mut(), detail) {
        all.extend(more);
    }
    Terms { restriction_use: Some(RestrictionUse::Consent), detail: said, ..Terms::default() }
}

/// Opens a request to read it.
fn opened(desk: &Desk<'_>, reference: &str) -> Result<Request> {
    desk.on_request(Verb::RequestRead, reference, &Terms::default(), |_, request| Ok(request.clone()))
}

/// Opens a request that is still to be answered.
fn unanswered(desk: &Desk<'_>, reference: &str) -> Result<Request> {
    let request = opened(desk, reference)?;
    if ANSWERED.contains(&request.state.as_str()) {
        return Err(ServiceError::NotReady(
            "this request was answered already: ask for an internal review to change the answer".to_owned(),
        ));
    }
    Ok(request)
}

fn person_of(request: &Request) -> Result<PersonId> {
    request.person.ok_or_else(|| {
        ServiceError::NotReady(
            "nobody is identified yet: link the request to the person of the casebook first".to_owned(),
        )
    })
}

/// Runs `work` on the record of the request's person.
fn on_person<T>(
    desk: &Desk<'_>,
    verb: Verb,
    person: PersonId,
    terms: &Terms,
    work: impl Fn(&mut Tx<'_>, &Permit) -> Stored<T>,
) -> Result<T> {
    let done = desk.store.act(desk.who, verb, Purpose::RightsRequest, |tx| {
        let permit = tx.permit(Record::Person, person, terms)?;
        work(tx, &permit)
    })?;
    Ok(done)
}

/// The rows of a request, read under the request's own permit.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself is not general over the transaction's lifetime"
)]
fn lines<T: OfRequest>(desk: &Desk<'_>, reference: &str) -> Result<Vec<Line<T>>> {
    desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| tx.lines_of(request))
}

/// The decision that counts.
fn decision(desk: &Desk<'_>, reference: &str) -> Result<Option<Line<DecisionText>>> {
    Ok(lines::<DecisionText>(desk, reference)?.pop())
}

/// The request with a decision that lets it be carried out.
fn granted(desk: &Desk<'_>, reference: &str) -> Result<(Request, Line<DecisionText>)> {
    let request = unanswered(desk, reference)?;
    let decision = decision(desk, reference)?.filter(|d| d.state != "refused").ok_or_else(|| {
        ServiceError::NotReady("nothing was granted yet: decide the request first".to_owned())
    })?;
    Ok((request, decision))
}

/// Notes that what was decided has been carried out.
fn carried_out(desk: &Desk<'_>, reference: &str, what: &str) -> Result<()> {
    let today = desk.today()?;
    let note = EventText { note: what.to_owned(), ..EventText::default() };
    desk.on_request(Verb::RequestDecide, reference, &Terms::default(), |tx, request| {
        tx.add_event(request, "carried-out", today, &note)?;
        if ANSWERED.contains(&request.state.as_str()) { Ok(()) } else { tx.move_request(request, "done") }
    })
}

/// A text that must say something.
fn said(text: &str, what: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() < 10 {
        return Err(ServiceError::Invalid(format!("{what}, in a few words at least")));
    }
    Ok(text.to_owned())
}
