//! Many invented people at once: for demonstrations and for measuring. The same gate, sealing and log as one by one;
//! only the act is larger.

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::{CaseId, PersonId, StaffId};
use counterfoil_store::casebook::cases::CaseText;
use counterfoil_store::casebook::entries::NewEntryOfCase;
use counterfoil_store::casebook::notes::NoteText;
use counterfoil_store::casebook::people::{NewPerson, Recorded};
use counterfoil_store::{Prepared, StoreError, Terms, Tx};

use crate::error::Result;
use crate::rights::Desk;

/// A case with what stands in it.
#[derive(Debug, Clone)]
pub struct WholeCase {
    /// The issue code.
    pub issue: String,
    /// What it says.
    pub text: CaseText,
    /// Its notes, oldest first.
    pub notes: Vec<NoteText>,
    /// Tasks, outcomes and paper files; each is put into this case.
    pub entries: Vec<NewEntryOfCase>,
    /// Who of the office works on it; none while it waits for somebody.
    pub worker: Option<StaffId>,
    /// Whether it came to its end.
    pub closed: bool,
}

/// A person with their cases.
#[derive(Debug, Clone)]
pub struct WholePerson {
    /// Who.
    pub new: NewPerson,
    /// Their cases.
    pub cases: Vec<WholeCase>,
}

/// Who was recorded, with their cases.
pub type Made = Vec<(PersonId, Vec<CaseId>)>;

/// How often people are prepared anew after a lost race.
const TRIES: u32 = 12;

/// Records people with their cases, all or none; somebody who is known already is left as they are.
///
/// # Errors
/// A refusal of the gate for any of them.
pub fn record(desk: &Desk<'_>, people: &[WholePerson]) -> Result<Made> {
    let mut tries = 0;
    loop {
        let (made, mut prepared) = prepare(desk, people)?;
        tries += 1;
        match write(desk, &mut prepared) {
            Err(crate::ServiceError::Store(StoreError::Conflict)) if tries < TRIES => {}
            outcome => return outcome.map(|()| made),
        }
    }
}

/// Decides, seals and indexes what [`record`] writes, and writes nothing yet: the part that several processors can do
/// at once.
///
/// # Errors
/// A refusal of the gate for any of them.
pub fn prepare(desk: &Desk<'_>, people: &[WholePerson]) -> Result<(Made, Prepared)> {
    Ok(desk.store.prepare(desk.who, Verb::RecordCreate, Purpose::ServiceDelivery, |tx| {
        tx.expect_people(people.iter().map(|p| &p.new.profile))?;
        people.iter().map(|person| one_person(tx, person)).collect()
    })?)
}

/// Writes what was prepared, in one transaction.
///
/// # Errors
/// [`StoreError::Conflict`] when one of the people became known meanwhile: prepare them anew.
pub fn write(desk: &Desk<'_>, prepared: &mut Prepared) -> Result<()> {
    Ok(desk.store.write_prepared(prepared)?)
}

type StoreResult<T> = std::result::Result<T, StoreError>;

fn one_person(tx: &mut Tx<'_>, person: &WholePerson) -> StoreResult<(PersonId, Vec<CaseId>)> {
    let id = match tx.record_person(&person.new, &Terms::default())? {
        Recorded::New(id) => id,
        Recorded::Known(id) => return Ok((id, Vec::new())),
    };
    let cases = person.cases.iter().map(|case| one_case(tx, id, case)).collect::<StoreResult<_>>()?;
    Ok((id, cases))
}

fn one_case(tx: &mut Tx<'_>, person: PersonId, case: &WholeCase) -> StoreResult<CaseId> {
    let terms = Terms::default();
    let id = tx.open_case(person, &case.issue, &case.text, &terms)?;
    for note in &case.notes {
        tx.write_note(id, note, &terms)?;
    }
    for entry in &case.entries {
        let staff = entry.staff.or(tx.who().staff().map(|s| s.staff));
        tx.add_entry(person, &NewEntryOfCase { case: Some(id), staff, ..entry.clone() }, &terms)?;
    }
    tx.as_verb(Verb::RecordEdit, |tx| {
        if case.worker.is_some() {
            tx.allocate(id, case.worker, &terms)?;
        }
        if case.closed { tx.close_case(id, &terms) } else { Ok(()) }
    })?;
    Ok(id)
}
