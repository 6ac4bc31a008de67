//! Internal review: a second look at an answer by someone who took no part in it, with the facts of the first copied.

use std::collections::BTreeSet;

use counterfoil_domain::access::Verb;
use counterfoil_domain::ids::StaffId;
use counterfoil_domain::rights::complaints::{Reviewed, may_review};
use counterfoil_store::Terms;
use counterfoil_store::rights::other::lines::Line;
use counterfoil_store::rights::other::texts::{CopiedText, DecisionText, ReviewText};
use counterfoil_store::rights::requests::{Event, EventText, Request, SourceAnswer};
use jiff::ToSpan;
use jiff::civil::Date;

use super::super::{Desk, answer};
use super::{lines, opened, said};
use crate::error::{Result, ServiceError};

/// Days within which a review is to be answered. No law sets them: it is what an organisation promises itself.
const DAYS: i32 = 20;

struct Before {
    request: Request,
    events: Vec<Event>,
    sources: Vec<SourceAnswer>,
    decisions: Vec<Line<DecisionText>>,
    passages: Vec<(i64, StaffId)>,
    approvers: Vec<StaffId>,
}

fn before(desk: &Desk<'_>, reference: &str) -> Result<Before> {
    desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
        Ok(Before {
            request: request.clone(),
            events: tx.events_of(request)?,
            sources: tx.answers_of(request)?,
            decisions: tx.lines_of(request)?,
            passages: tx.decisions_of(request)?.iter().map(|d| (d.number, d.by)).collect(),
            approvers: tx.approvals_of(request)?.iter().map(|a| a.staff).collect(),
        })
    })
}

/// Opens an internal review of a request that has been answered. The facts of the first answer are copied, so that
/// they cannot change under it.
///
/// # Errors
/// [`ServiceError::NotReady`] before there is an answer, or while a review is open; a refusal of the gate.
pub fn ask(desk: &Desk<'_>, reference: &str, why: &str) -> Result<()> {
    let why = said(why, "say what the person is not content with")?;
    let before = before(desk, reference)?;
    if !["released", "refused", "closed"].contains(&before.request.state.as_str()) {
        return Err(ServiceError::NotReady(
            "there is no answer yet that could be reviewed, or it is under review already".to_owned(),
        ));
    }
    let today = desk.today()?;
    let text = ReviewText { why, copied: copied(desk, &before, today)?, reasons: String::new() };
    let due = today.checked_add(DAYS.days()).ok();
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        tx.add_line(request, "open", due, &text)?;
        tx.add_event(request, "review-asked", today, &EventText::default())?;
        tx.move_request(request, "internal-review")
    })
}

fn copied(desk: &Desk<'_>, before: &Before, today: Date) -> Result<CopiedText> {
    let due = answer::read(desk, &before.request, &before.events, today)?.due;
    let last = before.decisions.last();
    let decided = before.decisions.iter().map(|d| format!("{}: {}", d.text.outcome, d.text.reasons));
    let passages = before.passages.iter().map(|(n, _)| format!("decision {n} about the items found"));
    let source = |s: &SourceAnswer| format!("{}: {}, {} items", s.source, s.result, s.items);
    Ok(CopiedText {
        right: before.request.right.clone(),
        received_on: Some(before.request.received_on),
        due,
        outcome: last.map_or_else(|| before.request.state.clone(), |d| d.text.outcome.clone()),
        reasons: last.map(|d| d.text.reasons.clone()).unwrap_or_default(),
        decisions: decided.chain(passages).collect(),
        sources: before.sources.iter().map(source).collect(),
        events: before.events.iter().map(|e| format!("{} {}", e.on, e.kind)).collect(),
    })
}

/// Everyone who took part in the first answer.
fn deciders(before: &Before) -> Vec<StaffId> {
    let decisions = before.decisions.iter().filter_map(|d| d.by);
    let passages = before.passages.iter().map(|(_, by)| *by);
    let all: BTreeSet<StaffId> = decisions.chain(passages).chain(before.approvers.iter().copied()).collect();
    all.into_iter().collect()
}

/// Ends a review. When the first answer is replaced, the request is open again: it is decided anew.
///
/// # Errors
/// [`ServiceError::Unlawful`] when the reviewer took part in the first answer; [`ServiceError::NotReady`] without an
/// open review; a refusal of the gate.
pub fn decide(desk: &Desk<'_>, reference: &str, outcome: Reviewed, reasons: &str) -> Result<()> {
    let reasons = said(reasons, "give the reasons of the review")?;
    let before = before(desk, reference)?;
    let me = desk
        .who
        .staff()
        .map(|s| s.staff)
        .ok_or_else(|| ServiceError::Invalid("a review is the work of a person".to_owned()))?;
    may_review(me, &deciders(&before)).map_err(|e| ServiceError::Unlawful(e.to_string()))?;
    let mut review = lines::<ReviewText>(desk, reference)?
        .pop()
        .filter(|l| l.state == "open")
        .ok_or_else(|| ServiceError::NotReady("no review is open".to_owned()))?;
    review.text.reasons = reasons;
    let today = desk.today()?;
    let next = match outcome {
        Reviewed::Upheld => "closed",
        Reviewed::PartlyUpheld | Reviewed::Overturned => "identified",
    };
    let note = EventText { reason: outcome.code().to_owned(), note: outcome.label().to_owned() };
    desk.on_request(Verb::RequestDecide, reference, &Terms::default(), |tx, request| {
        tx.move_line(request, &review, outcome.code(), None, true)?;
        tx.add_event(request, "review-decided", today, &note)?;
        tx.move_request(request, next)
    })
}

/// The reviews of a request.
///
/// # Errors
/// A refusal of the gate.
pub fn all(desk: &Desk<'_>, reference: &str) -> Result<Vec<Line<ReviewText>>> {
    opened(desk, reference)?;
    lines(desk, reference)
}
