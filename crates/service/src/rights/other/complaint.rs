//! Complaints (s.164A DPA 2018, promise N25): stages with their days, an investigation whose notes serve only the
//! complaint, the outcome, and the way on to the officer and the regulator.

use counterfoil_domain::access::Verb;
use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::complaints::Stage;
use counterfoil_store::Terms;
use counterfoil_store::rights::other::lines::Line;
use counterfoil_store::rights::other::texts::{InvestigationText, StageText};
use counterfoil_store::rights::requests::{EventText, Request};

use super::super::{Desk, Purpose};
use super::{lines, opened, said};
use crate::error::{Result, ServiceError};

/// A step of a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step {
    /// The stage that it comes to, by its spelling.
    pub stage: String,
    /// What was done or said; for the outcome, what the person is told.
    pub words: String,
    /// What follows, or whom it is passed to.
    pub next: String,
    /// What the organisation learned.
    pub learned: String,
    /// The reference of the request that it is about, if it is about one.
    pub about: String,
}

fn complaint(desk: &Desk<'_>, reference: &str) -> Result<Request> {
    let request = opened(desk, reference)?;
    if request.right.parse() == Ok(Right::Complaint) {
        return Ok(request);
    }
    Err(ServiceError::Invalid("this request is not a complaint".to_owned()))
}

/// Where a complaint stands.
#[must_use]
pub fn stage_of(steps: &[Line<StageText>]) -> Stage {
    steps.last().and_then(|l| l.state.parse().ok()).unwrap_or(Stage::Received)
}

/// The steps of a complaint, in their order.
///
/// # Errors
/// A refusal of the gate; [`ServiceError::Invalid`] for a request that is no complaint.
pub fn steps(desk: &Desk<'_>, reference: &str) -> Result<Vec<Line<StageText>>> {
    complaint(desk, reference)?;
    lines(desk, reference)
}

/// Takes a complaint on. The acknowledgement stops its clock of 30 days; the outcome answers it.
///
/// # Errors
/// [`ServiceError::Invalid`] for a stage that cannot come next, or without words where it needs them; a refusal of
/// the gate.
pub fn step(desk: &Desk<'_>, reference: &str, step: &Step) -> Result<Stage> {
    complaint(desk, reference)?;
    let stage: Stage = step
        .stage
        .parse()
        .map_err(|e: counterfoil_domain::vocabulary::UnknownWord| ServiceError::Invalid(e.to_string()))?;
    let now = stage_of(&lines::<StageText>(desk, reference)?);
    if !now.next().contains(&stage) {
        let open: Vec<&str> = now.next().iter().map(|s| s.code()).collect();
        return Err(ServiceError::Invalid(format!(
            "a complaint that is {} does not come to `{stage}`: next may be {}",
            now.label(),
            open.join(", ")
        )));
    }
    let words = if stage.needs_words() {
        said(&step.words, "say what is looked into, what came out, or why it is passed on")?
    } else {
        step.words.trim().to_owned()
    };
    if !step.about.trim().is_empty() {
        opened(desk, step.about.trim())?;
    }
    let text = StageText {
        about: step.about.trim().to_owned(),
        words,
        next: step.next.trim().to_owned(),
        learned: step.learned.trim().to_owned(),
    };
    keep(desk, reference, stage, &text)?;
    Ok(stage)
}

fn keep(desk: &Desk<'_>, reference: &str, stage: Stage, text: &StageText) -> Result<()> {
    let today = desk.today()?;
    let event = match stage {
        Stage::Acknowledged => Some("acknowledged"),
        Stage::Outcome => Some("answered"),
        Stage::Officer => Some("passed-on"),
        Stage::Regulator => Some("regulator-opened"),
        _ => None,
    };
    let state = match stage {
        Stage::Regulator => "regulator",
        Stage::Officer => "internal-review",
        Stage::Closed => "closed",
        Stage::Outcome => "done",
        _ => "identified",
    };
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        tx.add_line(request, stage.code(), None, text)?;
        let told = tx.events_of(request)?;
        // An outcome after the officer's look is a further answer; the clock was stopped by the first.
        if let Some(kind) = event.filter(|k| !told.iter().any(|e| e.kind == *k)) {
            tx.add_event(request, kind, today, &EventText::default())?;
        }
        tx.move_request(request, state)
    })
}

/// Adds a note to the investigation. It is used for the complaint and for nothing else.
///
/// # Errors
/// A refusal of the gate: whoever does not handle complaints.
pub fn note(desk: &Desk<'_>, reference: &str, words: &str) -> Result<()> {
    let text = InvestigationText { text: said(words, "write the note")? };
    desk.store.act(desk.who, Verb::RecordCreate, Purpose::Complaint, |tx| {
        let id = tx.request_by_reference(reference)?;
        let file = tx.open_complaint_file(id, &Terms::default())?;
        tx.add_complaint_note(&file, &text)
    })?;
    Ok(())
}

/// The notes of the investigation.
///
/// # Errors
/// A refusal of the gate: whoever does not handle complaints, or another purpose.
pub fn notes(desk: &Desk<'_>, reference: &str) -> Result<Vec<Line<InvestigationText>>> {
    Ok(desk.store.act(desk.who, Verb::RecordRead, Purpose::Complaint, |tx| {
        let id = tx.request_by_reference(reference)?;
        let file = tx.open_complaint_file(id, &Terms::default())?;
        tx.complaint_notes(&file)
    })?)
}
