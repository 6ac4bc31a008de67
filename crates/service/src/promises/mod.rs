//! The promise ledger: what the notice says, what keeps it, and the evidence as it is now.
//!
//! Evidence is counted from the live database each time. Without an installation nothing can be shown, so every
//! promise is then not exercised or not built.

mod book;
mod care;
mod disposal;
pub mod export;
mod intake;
mod live;
mod marks;
mod media;
mod paper;
mod public;
mod rights;
mod sharing;
mod trials;

use std::collections::{BTreeMap, HashMap};

use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::promises::{Control, Evidence, Owner, Promise, State, of};
use counterfoil_store::Store;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::{Result, ServiceError};
use crate::register::{Register, keep};

const WORDS: &str = include_str!("../../../../content/en/promises.toml");

/// What is said of one promise, in English.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The promise in our words.
    pub says: String,
    /// What the product does not do yet.
    #[serde(default)]
    pub missing: Vec<String>,
}

/// The words of every promise, by id.
///
/// # Errors
/// [`ServiceError::Invalid`] when the file that is built in cannot be read.
pub fn words() -> Result<BTreeMap<String, Words>> {
    toml::from_str(WORDS).map_err(|e| {
        ServiceError::Invalid(format!("the words of the promises cannot be used: {}", e.message()))
    })
}

/// A number behind a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// What was counted.
    pub name: &'static str,
    /// How many.
    pub number: u64,
}

/// One control with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ControlLine {
    /// Its code.
    pub control: &'static str,
    /// In words.
    pub label: &'static str,
    /// How it stands, by its code.
    pub state: &'static str,
    /// When it last worked.
    pub last: Option<Timestamp>,
    /// What was counted.
    pub figures: Vec<Figure>,
    /// The records behind it that need somebody, by their references; no personal data.
    pub records: Vec<String>,
}

/// One promise as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// `N1` to `C36`.
    pub id: &'static str,
    /// The promise in our words.
    pub says: String,
    /// What the organisation's notice says of it today.
    pub notice: Vec<String>,
    /// How it stands, by its code.
    pub state: &'static str,
    /// When a control of it last worked.
    pub last: Option<Timestamp>,
    /// What keeps it.
    pub controls: Vec<ControlLine>,
    /// What the product does not do yet.
    pub missing: Vec<String>,
}

/// The promises of one organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// Whose.
    pub organisation: String,
    /// `advice-network` or `council`.
    pub kind: &'static str,
    /// When the evidence was counted; `None` without an installation.
    pub counted_at: Option<Timestamp>,
    /// How many promises are in each state.
    pub states: BTreeMap<&'static str, usize>,
    /// The promises.
    pub promises: Vec<Line>,
}

/// What was found of one control.
#[derive(Debug, Clone, Default)]
struct Measured {
    evidence: Evidence,
    figures: Vec<Figure>,
    records: Vec<String>,
}

impl Measured {
    /// What shows the control at work.
    fn shows(mut self, name: &'static str, number: u64) -> Self {
        self.evidence.exercised += number;
        self.count(name, number)
    }

    /// A figure that decides nothing.
    fn count(mut self, name: &'static str, number: u64) -> Self {
        self.figures.push(Figure { name, number });
        self
    }

    /// What is wrong now.
    fn fails(mut self, name: &'static str, number: u64) -> Self {
        self.evidence.failing += number;
        self.count(name, number)
    }

    /// What will be wrong.
    fn due(mut self, name: &'static str, number: u64) -> Self {
        self.evidence.due += number;
        self.count(name, number)
    }

    fn fails_in(mut self, name: &'static str, records: Vec<String>) -> Self {
        let number = size(records.len());
        self.records.extend(records);
        self.fails(name, number)
    }

    fn due_in(mut self, name: &'static str, records: Vec<String>) -> Self {
        let number = size(records.len());
        self.records.extend(records);
        self.due(name, number)
    }

    const fn last(mut self, at: Option<Timestamp>) -> Self {
        self.evidence.last = at;
        self
    }
}

fn size(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

type Found = HashMap<Control, Measured>;

/// The ledger of a live organisation, counted now. Reads the whole audit log and opens every data key.
///
/// # Errors
/// When the database cannot be read. What is wrong with a control is in the ledger.
pub fn ledger(
    store: &Store,
    controller: ControllerId,
    calendar: &Calendar,
    law: &ClockConfig,
) -> Result<Ledger> {
    let organisation = store.controller(controller)?;
    let owner = owner_of(&organisation.kind)?;
    // A register that cannot be read breaks what rests on it; it does not hide the rest of the ledger.
    let register = match keep::current(store, controller) {
        Ok(register) => register,
        Err(ServiceError::Invalid(_)) => None,
        Err(e) => return Err(e),
    };
    let mut found = live::measure(store, controller, calendar, law)?;
    let on = keep::day_of(store.now())?;
    found.extend(intake::measure(store, controller, on)?);
    found.extend(rights::measure(store, controller)?);
    found.extend(paper::measure(store, &organisation, register.as_ref(), on)?);
    found.extend(disposal::measure(store, controller)?);
    found.extend(public::measure(store, controller)?);
    found.extend(sharing::measure(store, controller, on)?);
    found.extend(book::measure(store, controller)?);
    found.extend(media::measure(store, controller)?);
    found.extend(marks::measure(store, controller, register.as_ref())?);
    found.extend(care::measure(store, controller, register.as_ref(), on)?);
    found.extend(trials::measure(store, &found));
    let mut ledger = assemble(organisation.name, owner, &found, register.as_ref())?;
    ledger.counted_at = Some(store.now());
    Ok(ledger)
}

/// What can be said of a kind of organisation without an installation: nothing is exercised.
///
/// # Errors
/// [`ServiceError::Invalid`] when the built-in register cannot be used.
pub fn without_data(owner: Owner, on: jiff::civil::Date) -> Result<Ledger> {
    let register = Register::built_in(owner.code(), on)?;
    let name = crate::organisation::Organisation::template(owner.code())?.1.name;
    assemble(name, owner, &Found::new(), Some(&register))
}

/// The kind of organisation that a controller's kind means.
///
/// # Errors
/// [`ServiceError::Invalid`] for another kind.
pub fn owner_of(kind: &str) -> Result<Owner> {
    match kind {
        "council" => Ok(Owner::Council),
        "advice-charity" => Ok(Owner::AdviceNetwork),
        other => Err(ServiceError::Invalid(format!(
            "`{other}` is not a kind of organisation whose promises are known: use advice-charity or council"
        ))),
    }
}

fn assemble(
    organisation: String,
    owner: Owner,
    found: &Found,
    register: Option<&Register>,
) -> Result<Ledger> {
    let mut words = words()?;
    let promises: Vec<Line> = of(owner)
        .map(|promise| {
            let words = words
                .remove(promise.id)
                .ok_or_else(|| ServiceError::Invalid(format!("the promise `{}` has no words", promise.id)))?;
            Ok(line(promise, words, found, register))
        })
        .collect::<Result<_>>()?;
    let mut states: BTreeMap<&'static str, usize> = State::ALL.iter().map(|s| (s.code(), 0)).collect();
    for line in &promises {
        *states.entry(line.state).or_default() += 1;
    }
    Ok(Ledger { organisation, kind: owner.code(), counted_at: None, states, promises })
}

fn line(promise: &Promise, words: Words, found: &Found, register: Option<&Register>) -> Line {
    let nothing = Measured::default();
    let measured: Vec<(Control, &Measured)> =
        promise.controls.iter().map(|c| (*c, found.get(c).unwrap_or(&nothing))).collect();
    let states: Vec<State> = measured.iter().map(|(_, m)| m.evidence.state()).collect();
    Line {
        id: promise.id,
        says: words.says,
        notice: said(promise.id, register),
        state: promise.state(&states).code(),
        last: measured.iter().filter_map(|(_, m)| m.evidence.last).max(),
        controls: measured.into_iter().map(|(control, m)| shown(control, m)).collect(),
        missing: words.missing,
    }
}

fn shown(control: Control, measured: &Measured) -> ControlLine {
    ControlLine {
        control: control.code(),
        label: control.label(),
        state: measured.evidence.state().code(),
        last: measured.evidence.last,
        figures: measured.figures.clone(),
        records: measured.records.clone(),
    }
}

/// What the notices say of a promise; the version for children repeats it and is left out.
fn said(id: &str, register: Option<&Register>) -> Vec<String> {
    let statements = register.map(|r| r.part.statement.iter()).into_iter().flatten();
    statements
        .filter(|s| s.promises.iter().any(|p| p == id) && s.until.is_none())
        .filter(|s| s.layers.iter().any(|l| l != "child"))
        .map(|s| s.text.clone())
        .collect()
}
