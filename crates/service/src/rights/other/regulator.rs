//! The regulator's case about a request or a complaint (s.165 DPA 2018): its reference and its dates.

use counterfoil_domain::access::Verb;
use counterfoil_store::Terms;
use counterfoil_store::rights::other::texts::RegulatorText;
use counterfoil_store::rights::requests::EventText;
use jiff::civil::Date;

use super::super::Desk;
use super::{lines, said};
use crate::error::{Result, ServiceError};

/// A case of the regulator, as it becomes known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegulatorCase {
    /// The regulator's reference.
    pub reference: String,
    /// Who writes for the regulator.
    pub contact: String,
    /// What it is about.
    pub what: String,
    /// By when the regulator wants an answer.
    pub answer_by: Option<Date>,
}

/// Links a case of the regulator to a request.
///
/// # Errors
/// [`ServiceError::Invalid`] without a reference; a refusal of the gate.
pub fn open(desk: &Desk<'_>, reference: &str, case: &RegulatorCase) -> Result<()> {
    if case.reference.trim().is_empty() {
        return Err(ServiceError::Invalid("give the regulator's own reference".to_owned()));
    }
    let text = RegulatorText {
        reference: case.reference.trim().to_owned(),
        contact: case.contact.trim().to_owned(),
        what: said(&case.what, "say what the regulator asks")?,
        outcome: String::new(),
    };
    let today = desk.today()?;
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        tx.add_line(request, "open", case.answer_by, &text)?;
        tx.add_event(request, "regulator-opened", today, &EventText::default())?;
        tx.move_request(request, "regulator")
    })
}

/// Notes how the regulator's case ended.
///
/// # Errors
/// [`ServiceError::NotReady`] without an open case; a refusal of the gate.
pub fn close(desk: &Desk<'_>, reference: &str, outcome: &str) -> Result<()> {
    let outcome = said(outcome, "say what the regulator decided")?;
    let mut case = lines::<RegulatorText>(desk, reference)?
        .into_iter()
        .rev()
        .find(|l| l.state == "open")
        .ok_or_else(|| ServiceError::NotReady("no case of the regulator is open".to_owned()))?;
    case.text.outcome = outcome;
    let today = desk.today()?;
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        tx.move_line(request, &case, "closed", None, false)?;
        tx.add_event(request, "regulator-closed", today, &EventText::default())?;
        tx.move_request(request, "closed")
    })
}
