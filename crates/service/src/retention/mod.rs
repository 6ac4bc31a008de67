//! Retention that disposes: what is past its time, disposal by two people, holds and certificates.
//!
//! The schedule is the register's. Finding reads days only; the date of birth of somebody whose case may be a
//! child's is opened by the system, once, when the time by the rule for adults has come.

pub mod certificate;
mod finding;
pub mod holds;
mod measured;
mod runs;
mod work;

use counterfoil_domain::access::Role;
use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::retention::filing::{Filed, Filing};
use counterfoil_store::Store;
use jiff::Timestamp;
use serde::Serialize;

use crate::error::{Result, ServiceError};
use crate::register::model::Casework;
use crate::register::{Register, keep};
use crate::rights::Desk;

pub use counterfoil_store::retention::runs::Signed;
pub use finding::look;
pub use measured::measurements;
pub use runs::{Decision, ItemView, RunView, approve, items, propose, run, runs, settle, withdraw};
pub use work::{Carried, carry_out, upkeep};

/// How many records one run may hold: as many as a second person can be asked to look at.
pub const MOST_ITEMS: usize = 500;

/// The rules of casework, ready to be worked out.
#[derive(Debug)]
pub(crate) struct Schedule {
    pub(crate) filing: Filing,
    pub(crate) grace_days: u16,
    pub(crate) register: Register,
}

impl Schedule {
    /// The schedule in force; `None` for an organisation without a register, or one that names no rules.
    pub(crate) fn current(store: &Store, controller: ControllerId) -> Result<Option<Self>> {
        let Some(register) = keep::current(store, controller)? else { return Ok(None) };
        let Some(casework) = register.head.casework.clone() else { return Ok(None) };
        let filing = filing(&register, &casework)?;
        Ok(Some(Self { filing, grace_days: casework.grace_days, register }))
    }

    fn required(store: &Store, controller: ControllerId) -> Result<Self> {
        Self::current(store, controller)?.ok_or_else(|| {
            ServiceError::NotReady(
                "the register names no retention rules for casework: add a [register.casework] table to it"
                    .to_owned(),
            )
        })
    }
}

fn filing(register: &Register, casework: &Casework) -> Result<Filing> {
    let filed = |id: &String| filed(register, id);
    let maybe = |id: &Option<String>| id.as_ref().map(filed).transpose();
    let issues = casework.issues.iter().map(|(prefix, id)| Ok((prefix.clone(), filed(id)?)));
    Ok(Filing {
        general: filed(&casework.rule)?,
        child: maybe(&casework.child)?,
        issues: issues.collect::<Result<_>>()?,
        person: maybe(&casework.person)?,
        request: maybe(&casework.request)?,
        recording: maybe(&casework.recording)?,
    })
}

/// A register that was loaded has every rule that it names, and each can be read.
fn filed(register: &Register, id: &String) -> Result<Filed> {
    let unreadable = || ServiceError::Invalid(format!("the retention rule `{id}` cannot be read"));
    let rule = register.retention(id).and_then(|r| r.rule.parse().ok()).ok_or_else(unreadable)?;
    Ok(Filed { id: id.clone(), rule })
}

/// How the records of one rule stand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct DueLine {
    /// The rule's id.
    pub rule: String,
    /// The records.
    pub record: String,
    /// How long, for people.
    pub says: String,
    /// The enactment or guidance.
    pub authority: String,
    /// Whether a records manager has checked the rule.
    pub verified: bool,
    /// What is done: `destroy`, `review` ...
    pub action: String,
    /// Due, the overdue ones included.
    pub due: u64,
    /// Of these, those that are due for longer than the days of grace.
    pub overdue: u64,
    /// Of those that are due, how many are in a run already.
    pub in_run: u64,
    /// Due within twelve months.
    pub soon: u64,
    /// Their time has come, and a legal hold keeps them.
    pub held: u64,
    /// Their time has come, and a restriction of processing keeps them.
    pub restricted: u64,
    /// Not due within twelve months, or without a date.
    pub later: u64,
}

impl DueLine {
    /// How many can be proposed now.
    #[must_use]
    pub const fn free(&self) -> u64 {
        self.due.saturating_sub(self.in_run)
    }
}

/// What is due, by rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DueList {
    /// One line a rule, in the order of the register.
    pub lines: Vec<DueLine>,
    /// How many days a record may wait before it counts as overdue.
    pub grace_days: u16,
    /// When the system last looked.
    pub looked: Option<Timestamp>,
    /// The kinds of record that no rule is named for: they stay for ever.
    pub without_rule: Vec<&'static str>,
}

/// What is due now, by rule: counts, no names.
///
/// # Errors
/// [`ServiceError::NotReady`] when the register names no rules for casework.
pub fn due(desk: &Desk<'_>) -> Result<DueList> {
    due_of(desk.store, desk.who.controller())
}

/// As [`due`], for the ledger.
pub(crate) fn due_of(store: &Store, controller: ControllerId) -> Result<DueList> {
    finding::due_list(store, controller, &Schedule::required(store, controller)?)
}

/// What a page offers to somebody; the gate decides all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct May {
    /// Propose, withdraw, decide.
    pub propose: bool,
    /// Put the second name.
    pub approve: bool,
    /// Place and lift holds.
    pub hold: bool,
}

/// What a page offers to this person.
#[must_use]
pub fn may(desk: &Desk<'_>) -> May {
    let has = |role| desk.who.staff().is_some_and(|s| s.roles.contains(role));
    let keeps = has(Role::RecordsManager);
    May { propose: keeps, approve: keeps || has(Role::OfficeManager), hold: keeps || has(Role::IgOfficer) }
}
