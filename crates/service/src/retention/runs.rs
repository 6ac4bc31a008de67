//! Proposing, approving, deciding: what people do with a disposal run.

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::{ControllerId, OfficeId};
use counterfoil_domain::retention::filing::{Nearness, Standing};
use counterfoil_store::Store;
use counterfoil_store::access::Actor;
use counterfoil_store::retention::dates::Pending;
use counterfoil_store::retention::runs::{NewItem, Run, Signed};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::finding::{Found, exactly, scan};
use super::{MOST_ITEMS, Schedule};
use crate::error::{Result, ServiceError};
use crate::register::keep::day_of;
use crate::rights::Desk;

/// A run, for lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunView {
    /// Its reference.
    pub reference: String,
    /// The rule.
    pub rule: String,
    /// Its authority.
    pub authority: String,
    /// What is done.
    pub action: String,
    /// Whether the system does it.
    pub destroys: bool,
    /// `proposed`, `approved`, `executed` or `withdrawn`.
    pub state: String,
    /// Items.
    pub items: i64,
    /// Items that wait.
    pub waiting: i64,
    /// Items that are gone.
    pub disposed: i64,
    /// Items that were left alone.
    pub skipped: i64,
    /// Items that a person decided about.
    pub settled: i64,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// When it was approved.
    pub approved_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Whether this person proposed it.
    pub mine: bool,
    /// Whether it has its certificate.
    pub certified: bool,
}

/// An item, for whoever signs for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemView {
    /// Its number.
    pub number: i64,
    /// `case`, `person` or `request`.
    pub kind: &'static str,
    /// The record's identifier; none once it is gone or when this person may not see it.
    pub record: Option<String>,
    /// The person's identifier.
    pub person: Option<String>,
    /// `waiting`, `disposed`, `skipped` or `settled`.
    pub outcome: String,
    /// Why, as a code.
    pub code: String,
    /// Since when it is due.
    pub due: Option<Date>,
    /// The working.
    pub working: Vec<String>,
    /// What was noted with a decision.
    pub note: String,
}

/// What a person decides about a record whose rule does not destroy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is kept, and looked at again in a year.
    Keep,
    /// It was transferred to the body that the rule names.
    Transferred,
    /// It was made anonymous.
    Anonymised,
    /// It is to be destroyed: a run of its own is proposed for the second person.
    Destroy,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Self; 4] = [Self::Keep, Self::Transferred, Self::Anonymised, Self::Destroy];

    /// Its code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Keep => "kept",
            Self::Transferred => "transferred",
            Self::Anonymised => "anonymised",
            Self::Destroy => "to-destroy",
        }
    }
}

impl std::str::FromStr for Decision {
    type Err = ServiceError;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|d| d.code() == text).ok_or_else(|| {
            let known = Self::ALL.map(Self::code).join(", ");
            ServiceError::Invalid(format!("`{text}` is not a decision: use one of {known}"))
        })
    }
}

fn view(run: Run, who: &Actor) -> RunView {
    RunView {
        destroys: run.destroys(),
        mine: who.staff().is_some_and(|s| s.staff == run.proposed_by),
        certified: run.certificate.is_some(),
        reference: run.reference,
        rule: run.rule,
        authority: run.authority,
        action: run.action,
        state: run.state,
        items: run.items,
        waiting: run.waiting,
        disposed: run.disposed,
        skipped: run.skipped,
        settled: run.settled,
        proposed_at: run.proposed_at,
        approved_at: run.approved_at,
        ended_at: run.ended_at,
    }
}

/// The runs, newest first: counts, nobody's data.
///
/// # Errors
/// What the database answers.
pub fn runs(desk: &Desk<'_>, most: u32) -> Result<Vec<RunView>> {
    let runs = desk.store.disposal_runs(desk.who.controller(), most)?;
    Ok(runs.into_iter().map(|r| view(r, desk.who)).collect())
}

/// One run.
///
/// # Errors
/// That there is no such run.
pub fn run(desk: &Desk<'_>, reference: &str) -> Result<RunView> {
    Ok(view(desk.store.disposal_run(desk.who.controller(), reference)?, desk.who))
}

/// The items of a run from a number on, with the working of those that this person may see.
///
/// # Errors
/// What the database answers.
pub fn items(desk: &Desk<'_>, reference: &str, from: i64, most: u32) -> Result<Vec<ItemView>> {
    let run = desk.store.disposal_run(desk.who.controller(), reference)?;
    let seen = desk
        .store
        .act(desk.who, Verb::DisposalFind, Purpose::Disposal, |tx| tx.view_items(&run, from, most))?;
    let view = |(item, text): (counterfoil_store::retention::runs::Item, Option<_>)| {
        let shown: Option<counterfoil_store::retention::runs::ItemText> = text;
        let record = item.object.filter(|_| shown.is_some());
        let person = item.person.filter(|_| shown.is_some());
        let text = shown.unwrap_or_default();
        ItemView {
            number: item.number,
            kind: item.kind.as_str(),
            record: record.map(|id| named(item.kind, id)),
            person: person.map(|p| p.to_string()),
            outcome: item.outcome,
            code: item.code,
            due: text.due,
            working: text.working,
            note: text.note,
        }
    };
    Ok(seen.into_iter().map(view).collect())
}

fn named(kind: counterfoil_store::retention::runs::ItemKind, id: [u8; 16]) -> String {
    use counterfoil_domain::ids::{CaseId, DocumentId, PersonId, RequestId};
    use counterfoil_store::retention::runs::ItemKind;
    match kind {
        ItemKind::Case => CaseId::from_bytes(id).to_string(),
        ItemKind::Person => PersonId::from_bytes(id).to_string(),
        ItemKind::Request => RequestId::from_bytes(id).to_string(),
        ItemKind::Recording => DocumentId::from_bytes(id).to_string(),
    }
}

/// Proposes the disposal of what is due by a rule, the oldest first, at most [`MOST_ITEMS`]; of one office or of all.
///
/// # Errors
/// [`ServiceError::Invalid`] for an unknown rule or when nothing is due; a refusal of the gate.
pub fn propose(desk: &Desk<'_>, rule: &str, office: Option<OfficeId>) -> Result<Signed> {
    let controller = desk.who.controller();
    super::look(desk.store, controller)?;
    let schedule = Schedule::required(desk.store, controller)?;
    let filed = schedule.filing.rule(rule).ok_or_else(|| {
        let known: Vec<&str> = schedule.filing.rules().iter().map(|f| f.id.as_str()).collect();
        ServiceError::Invalid(format!(
            "`{rule}` is not a rule of casework here: use one of {}",
            known.join(", ")
        ))
    })?;
    let due = due_by(desk.store, controller, &schedule, rule, office)?;
    if due.is_empty() {
        return Err(ServiceError::Invalid(format!(
            "nothing is due by `{rule}` that is not in a run already"
        )));
    }
    let authority = schedule.register.retention(rule).map(|r| r.authority.clone()).unwrap_or_default();
    let action = filed.action().map(ToString::to_string).unwrap_or_default();
    let items = items_for(desk.store, controller, &schedule, due)?;
    Ok(desk.store.act(desk.who, Verb::DisposalPropose, Purpose::Disposal, |tx| {
        tx.propose_run(rule, &authority, &action, &items)
    })?)
}

/// What is due by a rule and free to be proposed, the oldest first.
fn due_by(
    store: &Store,
    controller: ControllerId,
    schedule: &Schedule,
    rule: &str,
    office: Option<OfficeId>,
) -> Result<Vec<Found>> {
    let mut due = Vec::new();
    scan(store, controller, schedule, |found| {
        let near = matches!(found.nearness, Nearness::Due | Nearness::Overdue);
        let free = near && !found.restricted && found.pending == Pending::Nothing;
        if free && found.rule == rule && (office.is_none() || found.office == office) {
            due.push(found);
        }
    })?;
    due.sort_by_key(|f| {
        if let Standing::Due(since) = f.standing { (since, f.object) } else { (Date::MAX, f.object) }
    });
    due.truncate(MOST_ITEMS);
    Ok(due)
}

/// The items with their exact day and working; for a child's case the date of birth is opened by the system.
fn items_for(
    store: &Store,
    controller: ControllerId,
    schedule: &Schedule,
    due: Vec<Found>,
) -> Result<Vec<NewItem>> {
    let (system, on) = (Actor::Automation { controller }, day_of(store.now())?);
    let mut items = Vec::with_capacity(due.len());
    for found in due {
        let Standing::Due(since) = found.standing else { continue };
        let (since, working) = match &found.of_a_child {
            None => (since, found.working),
            Some(case) => {
                let born = store.act(&system, Verb::DisposalFind, Purpose::Disposal, |tx| {
                    tx.born_for_retention(case.0.id, case.0.person)
                })?;
                let (exact, working) = exactly(schedule, case, born, on);
                let Some(exact) = exact else { continue };
                (exact, working)
            }
        };
        items.push(NewItem {
            kind: found.kind,
            person: found.person,
            object: found.object,
            due: since,
            working,
        });
    }
    Ok(items)
}

/// Puts the second name to a run.
///
/// # Errors
/// A refusal of the gate: it is this person's own proposal, or they may not.
pub fn approve(desk: &Desk<'_>, reference: &str) -> Result<Signed> {
    let run = desk.store.disposal_run(desk.who.controller(), reference)?;
    Ok(desk.store.act(desk.who, Verb::DisposalApprove, Purpose::Disposal, |tx| tx.approve_run(&run))?)
}

/// Withdraws a run that was not carried out.
///
/// # Errors
/// A refusal of the gate; a run that is over.
pub fn withdraw(desk: &Desk<'_>, reference: &str) -> Result<()> {
    let run = desk.store.disposal_run(desk.who.controller(), reference)?;
    Ok(desk.store.act(desk.who, Verb::DisposalPropose, Purpose::Disposal, |tx| tx.withdraw_run(&run))?)
}

/// Records what a person decided about an item whose rule does not destroy. [`Decision::Destroy`] proposes a run of
/// its own, in the same act, and gives it.
///
/// # Errors
/// [`ServiceError::Invalid`] without a note; a refusal of the gate.
pub fn settle(
    desk: &Desk<'_>,
    reference: &str,
    number: i64,
    decision: Decision,
    note: &str,
) -> Result<Option<Signed>> {
    if note.trim().is_empty() {
        return Err(ServiceError::Invalid(
            "say what was decided and why: it is kept with the run".to_owned(),
        ));
    }
    let run = desk.store.disposal_run(desk.who.controller(), reference)?;
    let on = day_of(desk.store.now())?;
    Ok(desk.store.act(desk.who, Verb::DisposalPropose, Purpose::Disposal, |tx| {
        let item = tx.settle_item(&run, number, decision.code(), note.trim())?;
        let Some(object) = item.object.filter(|_| decision == Decision::Destroy) else { return Ok(None) };
        let working = vec![format!("decided on review, run {}, item {number}", run.reference)];
        let new = NewItem { kind: item.kind, person: item.person, object, due: on, working };
        tx.propose_run(&run.rule, &run.authority, "destroy", &[new]).map(Some)
    })?)
}

/// The signed certificate of a run.
///
/// # Errors
/// [`ServiceError::NotReady`] when the run is not finished.
pub(super) fn certificate(store: &Store, controller: ControllerId, reference: &str) -> Result<String> {
    let run = store.disposal_run(controller, reference)?;
    run.certificate.ok_or_else(|| {
        ServiceError::NotReady(format!(
            "the run `{reference}` is {}: its certificate comes when it is carried out",
            run.state
        ))
    })
}
