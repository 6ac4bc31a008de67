//! Evidence from what was done: the log, the accounts, the keys, the erasures, the requests.

use counterfoil_domain::clock::{Calendar, Clock, ClockConfig, Reading, State as Standing, replay};
use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::promises::Control;
use counterfoil_store::Store;
use counterfoil_store::assurance::figures::{Figures, RequestDates};
use counterfoil_store::assurance::verify::Known;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::{Found, Measured, size};
use crate::error::Result;
use crate::register::keep::day_of;
use crate::rights::clocked_dates;

/// What the upkeep does within minutes must not wait for longer than this.
const UPKEEP: SignedDuration = SignedDuration::from_hours(24);
/// A request is at risk when fewer days than this are left.
const LAST_DAYS: i64 = 3;

pub(super) fn measure(
    store: &Store,
    controller: ControllerId,
    calendar: &Calendar,
    law: &ClockConfig,
) -> Result<Found> {
    let (now, figures) = (store.now(), store.figures(controller)?);
    Ok(Found::from([
        (Control::AuditLog, log(store, controller, &figures, now)?),
        (
            Control::Training,
            in_date(figures.staff, figures.trained, ["people in training", "training lapsed"]),
        ),
        (
            Control::Adherence,
            in_date(figures.offices, figures.adherent, ["offices adherent", "adherence lapsed"]),
        ),
        (Control::Sealing, sealing(store, &figures)?),
        (Control::Erasure, erasure(&figures, now)),
        (Control::Packs, packs(&figures)),
        (Control::RequestClocks, clocks(store, controller, calendar, law)?),
        // What the gate's trials are measured against; the trials are added in `trials`.
        (
            Control::Gate,
            Measured::default().shows("accesses recorded", figures.entries.number).last(figures.entries.at),
        ),
        (
            Control::Restriction,
            Measured::default()
                .shows("records restricted", figures.restricted.number)
                .last(figures.restricted.at),
        ),
        (
            Control::Protection,
            Measured::default()
                .shows("people unnamed or under extra protection", figures.shielded.number)
                .last(figures.shielded.at),
        ),
    ]))
}

fn log(store: &Store, controller: ControllerId, figures: &Figures, now: Timestamp) -> Result<Measured> {
    let report = store.verify_log(controller, &Known::default())?;
    let places = report.problems.iter().map(|p| format!("{}: {}", p.place, p.what)).take(5).collect();
    let waits = figures.oldest_unsigned.is_some_and(|at| now.duration_since(at) > UPKEEP);
    let mut measured = Measured::default()
        .shows("entries", report.size)
        .count("entries signed for", report.signed_size.unwrap_or(0))
        .count("checkpoints", report.checkpoints)
        .count("cosignatures", figures.cosignatures.number)
        .fails("findings of the check", size(report.problem_count))
        .due("unsigned for more than a day", u64::from(waits))
        .last(figures.checkpoints.at);
    measured.records = places;
    Ok(measured)
}

/// Some lapsed: at risk, since the gate keeps them out. All lapsed: broken.
fn in_date(all: u64, current: u64, [good, bad]: [&'static str; 2]) -> Measured {
    let lapsed = all.saturating_sub(current);
    let measured = Measured::default().shows(good, current);
    if current == 0 { measured.fails(bad, lapsed) } else { measured.due(bad, lapsed) }
}

fn sealing(store: &Store, figures: &Figures) -> Result<Measured> {
    let health = store.health()?;
    Ok(Measured::default()
        .shows("sealed records", figures.sealed)
        .count("data keys", size(health.keys))
        .count("sealed files", size(health.files))
        .fails("data keys that do not open", size(health.keys_closed))
        .fails("sealed files that are missing", size(health.files_missing))
        .fails("damage to the database", size(health.damage.len()))
        .last(figures.people.at))
}

fn erasure(figures: &Figures, now: Timestamp) -> Measured {
    let stuck = figures.erasing.at.is_some_and(|at| now.duration_since(at) > UPKEEP);
    let (failing, due) = if stuck { (figures.erasing.number, 0) } else { (0, figures.erasing.number) };
    Measured::default()
        .shows("erasures finished", figures.erased.number)
        .fails("unfinished for more than a day", failing)
        .due("unfinished", due)
        .last(figures.erased.at)
}

fn packs(figures: &Figures) -> Measured {
    Measured::default()
        .shows("packs sealed", figures.packs.number)
        .fails("packs with fewer than two approvals", figures.packs_unapproved)
        .last(figures.packs.at)
}

/// One request as its clock has it; `None` when the clock cannot be read.
fn read(request: &RequestDates, calendar: &Calendar, law: &ClockConfig, on: Date) -> Option<Reading> {
    let (regime, events) = clocked_dates(&request.right, &request.regime, &request.events)?;
    let division = request.division.parse().ok()?;
    replay(&Clock { regime, division, events: &events, on, config: law, calendar }).ok()
}

fn clocks(
    store: &Store,
    controller: ControllerId,
    calendar: &Calendar,
    law: &ClockConfig,
) -> Result<Measured> {
    let on = day_of(store.now())?;
    let requests = store.request_dates(controller)?;
    let (mut answered, mut in_time, mut late, mut soon, mut unread) = (0, 0, 0, 0, 0);
    for request in &requests {
        match read(request, calendar, law, on) {
            None => unread += 1,
            Some(r)
                if matches!(r.state, Standing::Answered | Standing::ClosedNoReply | Standing::Withdrawn) =>
            {
                answered += 1;
                in_time += u64::from(!r.late);
            }
            Some(r) if r.late => late += 1,
            Some(r) => soon += u64::from(r.days_left.is_some_and(|d| d < LAST_DAYS)),
        }
    }
    Ok(Measured::default()
        .shows("requests", size(requests.len()))
        .count("answered or closed", answered)
        .count("of these in time", in_time)
        .fails("open and overdue", late)
        .due("due within three days", soon)
        .due("clocks that cannot be read", unread)
        .last(requests.iter().map(|r| r.at).max()))
}
