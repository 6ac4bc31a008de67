//! Evidence of disposal: what is overdue, what was carried out, and whether anyone looks.

use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::promises::Control;
use counterfoil_store::Store;
use counterfoil_store::retention::figures::DisposalFigures;
use jiff::{SignedDuration, Timestamp};

use super::{Found, Measured};
use crate::error::{Result, ServiceError};
use crate::retention::{DueList, due_of};

/// The system looks every day: after two without it somebody should know, after seven it is a fault.
const LOOKED: SignedDuration = SignedDuration::from_hours(48);
const NOT_LOOKED: SignedDuration = SignedDuration::from_hours(7 * 24);
/// An approved run is carried out within minutes.
const CARRIED_OUT: SignedDuration = SignedDuration::from_hours(24);

pub(super) fn measure(store: &Store, controller: ControllerId) -> Result<Found> {
    // A register that cannot be read, or that names no rules, leaves nothing to be disposed of by.
    let list = match due_of(store, controller) {
        Ok(list) => Some(list),
        Err(ServiceError::Invalid(_) | ServiceError::NotReady(_)) => None,
        Err(e) => return Err(e),
    };
    let figures = store.disposal_figures(controller)?;
    Ok(Found::from([(Control::Disposal, disposal(list.as_ref(), figures, store.now()))]))
}

fn disposal(list: Option<&DueList>, figures: DisposalFigures, now: Timestamp) -> Measured {
    let longer = |at: Option<Timestamp>, than| at.is_some_and(|at| now.duration_since(at) > than);
    let stuck = if longer(figures.oldest_approved, CARRIED_OUT) { figures.approved } else { 0 };
    let last = figures.last_executed;
    let measured = Measured::default()
        .shows("records disposed of", figures.disposed)
        .count("runs carried out", figures.executed)
        .count("runs that wait for the second person", figures.proposed)
        .count("legal holds in force", figures.holds)
        .fails("approved for more than a day and not carried out", stuck)
        .fails("people whose hold the gate does not know", figures.holds_astray)
        .fails_in("runs without two names or a certificate", figures.unsigned);
    let measured = match list {
        None => measured.fails("schedules that name no rule for casework", 1),
        Some(list) => counted(measured, list),
    };
    let missed = figures.looked.is_none() || longer(figures.looked, LOOKED);
    let fault = longer(figures.looked, NOT_LOOKED);
    measured
        .due("nights without the search for what is due", u64::from(missed && !fault))
        .fails("weeks without the search for what is due", u64::from(fault))
        .last(last)
}

/// What is overdue is broken by rule; what a hold or a restriction keeps is not overdue.
fn counted(measured: Measured, list: &DueList) -> Measured {
    let sum = |of: fn(&crate::retention::DueLine) -> u64| list.lines.iter().map(of).sum();
    let late = list.lines.iter().filter(|l| l.overdue > 0);
    let records = late.map(|l| format!("{}: {} overdue", l.rule, l.overdue)).collect();
    let mut measured = measured
        .count("due now", sum(|l| l.due))
        .count("due within twelve months", sum(|l| l.soon))
        .count("kept by a hold or a restriction", sum(|l| l.held + l.restricted))
        .fails("overdue", sum(|l| l.overdue))
        .fails_in(
            "kinds of record without a rule",
            list.without_rule.iter().map(ToString::to_string).collect(),
        );
    measured.records.extend::<Vec<String>>(records);
    measured
}
