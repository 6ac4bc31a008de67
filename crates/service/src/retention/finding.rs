//! Finding: the days of every closed record, held against the schedule.

use std::collections::BTreeMap;

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::{CaseId, ControllerId, OfficeId, PersonId};
use counterfoil_domain::retention::filing::{Answer, Born, CaseDays, Nearness, Standing};
use counterfoil_store::access::Actor;
use counterfoil_store::retention::dates::{CaseDates, Mark, Pending};
use counterfoil_store::retention::find::{Look, NewMark};
use counterfoil_store::retention::runs::ItemKind;
use counterfoil_store::{Store, StoreError};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::{DueLine, DueList, Schedule};
use crate::error::Result;
use crate::register::keep::day_of;

/// How many dates of birth one act opens.
const BATCH: usize = 50;
/// How many a round opens at most: the log must be signed in between.
const MOST_OPENED: usize = 2_000;

/// A record as the schedule has it today.
pub(super) struct Found {
    pub(super) kind: ItemKind,
    pub(super) person: Option<PersonId>,
    pub(super) object: [u8; 16],
    pub(super) office: Option<OfficeId>,
    pub(super) rule: String,
    pub(super) standing: Standing,
    pub(super) nearness: Nearness,
    pub(super) working: Vec<String>,
    pub(super) restricted: bool,
    pub(super) pending: Pending,
    /// The case's days, when its rule asks for a date of birth.
    pub(super) of_a_child: Option<(CaseDates, CaseDays)>,
}

/// The day of a moment; the zone is known, or [`day_of`] would have failed before.
fn day(at: Timestamp) -> Date {
    day_of(at).unwrap_or_else(|_| at.to_zoned(TimeZone::UTC).date())
}

fn days_of(case: &CaseDates) -> CaseDays {
    CaseDays {
        opened: day(case.opened_at),
        closed: Some(day(case.closed_at)),
        last_entry: case.last_entry.map(day),
    }
}

/// What the schedule says of a case, by its days and by what was found before.
fn of_case(schedule: &Schedule, case: CaseDates, on: Date) -> Found {
    let days = days_of(&case);
    let answer = schedule.filing.of_case(&case.issue, &days, Born::NotAsked, case.held, on);
    let child = schedule.filing.child.as_ref().map(|c| c.id.as_str());
    let marked = case.mark.as_ref().filter(|m| Some(m.rule.as_str()) == child);
    let standing = match (&answer.standing, marked) {
        (Standing::Due(_), Some(Mark { ready: true, look_at, .. })) => Standing::Due(day(*look_at).min(on)),
        (Standing::Due(_), Some(Mark { look_at, .. })) => Standing::NotYet(day(*look_at)),
        (standing, _) => standing.clone(),
    };
    let rule = marked.map_or_else(|| answer.filed.id.clone(), |m| m.rule.clone());
    let nearness = Answer { standing: standing.clone(), ..answer.clone() }.nearness(on, schedule.grace_days);
    Found {
        kind: ItemKind::Case,
        person: Some(case.person),
        object: *case.id.as_bytes(),
        office: Some(case.office),
        rule,
        standing,
        nearness,
        working: answer.working,
        restricted: case.restricted,
        pending: case.pending,
        of_a_child: marked.is_some().then_some((case, days)),
    }
}

/// Every recording.
fn scan_recordings(
    store: &Store,
    controller: ControllerId,
    schedule: &Schedule,
    on: Date,
    each: &mut impl FnMut(Found),
) -> Result<()> {
    let grace = schedule.grace_days;
    store.recordings(controller, |recording, pending| {
        let answer = schedule.filing.of_recording(day(recording.recorded_at), recording.held, on);
        if let Some(answer) = answer {
            each(Found {
                kind: ItemKind::Recording,
                person: Some(recording.person),
                object: *recording.id.as_bytes(),
                office: Some(recording.office),
                rule: answer.filed.id.clone(),
                nearness: answer.nearness(on, grace),
                standing: answer.standing,
                working: answer.working,
                restricted: recording.restricted,
                pending,
                of_a_child: None,
            });
        }
        Ok(())
    })?;
    Ok(())
}

/// Every record that the schedule knows, one after the other.
pub(super) fn scan(
    store: &Store,
    controller: ControllerId,
    schedule: &Schedule,
    mut each: impl FnMut(Found),
) -> Result<()> {
    let on = day_of(store.now())?;
    let grace = schedule.grace_days;
    store.closed_cases(controller, |case| {
        each(of_case(schedule, case, on));
        Ok(())
    })?;
    store.people_without_case(controller, |person| {
        let answer = schedule.filing.of_person(day(person.made_at), day(person.last_at), person.held, on);
        if let Some(answer) = answer {
            each(Found {
                kind: ItemKind::Person,
                person: Some(person.id),
                object: *person.id.as_bytes(),
                office: Some(person.office),
                rule: answer.filed.id.clone(),
                nearness: answer.nearness(on, grace),
                standing: answer.standing,
                working: answer.working,
                restricted: false,
                pending: person.pending,
                of_a_child: None,
            });
        }
        Ok(())
    })?;
    scan_recordings(store, controller, schedule, on, &mut each)?;
    store.closed_requests(controller, |request| {
        let closed = day(request.closed_at);
        if let Some(answer) = schedule.filing.of_request(request.received_on, closed, request.held, on) {
            each(Found {
                kind: ItemKind::Request,
                person: request.person,
                object: *request.id.as_bytes(),
                office: None,
                rule: answer.filed.id.clone(),
                nearness: answer.nearness(on, grace),
                standing: answer.standing,
                working: answer.working,
                restricted: false,
                pending: request.pending,
                of_a_child: None,
            });
        }
        Ok(())
    })?;
    Ok(())
}

/// What is due, by rule.
pub(super) fn due_list(store: &Store, controller: ControllerId, schedule: &Schedule) -> Result<DueList> {
    let mut lines: BTreeMap<String, DueLine> = BTreeMap::new();
    for filed in schedule.filing.rules() {
        let kept = schedule.register.retention(&filed.id);
        let text =
            |of: fn(&crate::register::model::Retention) -> &String| kept.map(of).cloned().unwrap_or_default();
        let line = DueLine {
            rule: filed.id.clone(),
            record: text(|r| &r.record),
            says: text(|r| &r.says),
            authority: text(|r| &r.authority),
            verified: kept.is_some_and(|r| r.verified),
            action: filed.action().map(ToString::to_string).unwrap_or_default(),
            ..DueLine::default()
        };
        lines.insert(filed.id.clone(), line);
    }
    let on = day_of(store.now())?;
    scan(store, controller, schedule, |found| {
        if let Some(line) = lines.get_mut(&found.rule) {
            count(line, &found, on);
        }
    })?;
    let order: Vec<String> = schedule.filing.rules().iter().map(|f| f.id.clone()).collect();
    let lines = order.iter().filter_map(|id| lines.remove(id)).collect();
    let kinds = [
        (schedule.filing.person.is_none(), "people without a case"),
        (schedule.filing.request.is_none(), "rights requests"),
        (schedule.filing.recording.is_none(), "recordings"),
    ];
    let without_rule = kinds.into_iter().filter(|(none, _)| *none).map(|(_, kind)| kind).collect();
    let (grace_days, looked) = (schedule.grace_days, store.last_look(controller)?);
    Ok(DueList { lines, grace_days, looked, without_rule })
}

fn count(line: &mut DueLine, found: &Found, on: Date) {
    let due = matches!(found.nearness, Nearness::Due | Nearness::Overdue);
    match (&found.standing, found.nearness) {
        (Standing::Held(Some(since)), _) if *since <= on => line.held += 1,
        _ if due && found.restricted => line.restricted += 1,
        _ if due && found.pending == Pending::Settled => line.later += 1,
        (_, Nearness::Due | Nearness::Overdue) => {
            line.due += 1;
            line.overdue += u64::from(found.nearness == Nearness::Overdue);
            line.in_run += u64::from(found.pending == Pending::InRun);
        }
        (_, Nearness::Soon) => line.soon += 1,
        (_, Nearness::Later) => line.later += 1,
    }
}

/// A case whose date of birth is to be looked at.
struct Candidate {
    case: CaseId,
    person: PersonId,
    issue: String,
    days: CaseDays,
    closed_at: Timestamp,
}

/// Looks for what is past its time: opens the dates of birth that the children's rule asks for, and notes how many
/// records are due. Running it twice opens nothing twice. Gives `None` when there is more to open: run it again.
///
/// # Errors
/// What the database answers.
pub fn look(store: &Store, controller: ControllerId) -> Result<Option<Look>> {
    let Some(schedule) = Schedule::current(store, controller)? else { return Ok(Some(Look::default())) };
    let candidates = candidates(store, controller, &schedule)?;
    let system = Actor::Automation { controller };
    let on = day_of(store.now())?;
    for batch in candidates.chunks(BATCH) {
        store.act(&system, Verb::DisposalFind, Purpose::Disposal, |tx| {
            batch.iter().try_for_each(|candidate| {
                match tx.born_for_retention(candidate.case, candidate.person) {
                    Ok(born) => tx.mark_case(&mark(&schedule, candidate, born, on)),
                    // A policy of the organisation, or a restriction of this minute: the case waits.
                    Err(StoreError::Refused { .. } | StoreError::NotFound(_)) => Ok(()),
                    Err(e) => Err(e),
                }
            })
        })?;
    }
    if candidates.len() == MOST_OPENED {
        return Ok(None);
    }
    let opened = u64::try_from(candidates.len()).unwrap_or(u64::MAX);
    let mut counted = Look { opened, ..Look::default() };
    scan(store, controller, &schedule, |found| {
        counted.dated += 1;
        let free = !found.restricted && found.pending != Pending::Settled;
        counted.due += u64::from(free && matches!(found.nearness, Nearness::Due | Nearness::Overdue));
        counted.overdue += u64::from(free && found.nearness == Nearness::Overdue);
    })?;
    store.keep_look(controller, &counted)?;
    Ok(Some(counted))
}

fn candidates(store: &Store, controller: ControllerId, schedule: &Schedule) -> Result<Vec<Candidate>> {
    let (now, on) = (store.now(), day_of(store.now())?);
    let mut found = Vec::new();
    store.closed_cases(controller, |case| {
        let days = days_of(&case);
        let looked = case.mark.as_ref().is_some_and(|m| m.ready || m.look_at > now);
        let asked = schedule.filing.asks_age(&case.issue) && !case.held && !case.restricted && !looked;
        if asked && found.len() < MOST_OPENED {
            let answer = schedule.filing.of_case(&case.issue, &days, Born::NotAsked, false, on);
            if matches!(answer.standing, Standing::Due(_)) {
                let (id, person, issue, closed_at) = (case.id, case.person, case.issue, case.closed_at);
                found.push(Candidate { case: id, person, issue, days, closed_at });
            }
        }
        Ok(())
    })?;
    Ok(found)
}

fn mark<'a>(schedule: &'a Schedule, of: &Candidate, born: Option<Date>, on: Date) -> NewMark<'a> {
    let answer =
        schedule.filing.of_case(&of.issue, &of.days, born.map_or(Born::Unknown, Born::On), false, on);
    let (ready, next) = match answer.standing {
        Standing::Due(since) => (true, month_after(since)),
        Standing::NotYet(due) if due.year() > on.year() => (false, date(due.year(), 1, 1)),
        Standing::NotYet(due) => (false, month_after(due)),
        _ => (false, date(on.year().saturating_add(1).min(9998), 1, 1)),
    };
    NewMark {
        case: of.case,
        person: of.person,
        rule: &answer.filed.id,
        closed_at: of.closed_at,
        ready,
        look_at: start_of(next),
    }
}

/// The first of the month after a day: it tells no birthday.
fn month_after(day: Date) -> Date {
    day.first_of_month().checked_add(1.month()).unwrap_or(day)
}

fn start_of(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |z| z.timestamp())
}

/// What the schedule says of a case that is a child's, with the date of birth.
pub(super) fn exactly(
    schedule: &Schedule,
    (case, days): &(CaseDates, CaseDays),
    born: Option<Date>,
    on: Date,
) -> (Option<Date>, Vec<String>) {
    let answer =
        schedule.filing.of_case(&case.issue, days, born.map_or(Born::Unknown, Born::On), case.held, on);
    let due = if let Standing::Due(since) = answer.standing { Some(since) } else { None };
    (due, answer.working)
}
