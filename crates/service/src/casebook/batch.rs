//! Many invented people at once: for demonstrations and for measuring. The same gate, sealing and log as one by one;
//! only the act is larger.

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::{CaseId, PersonId};
use counterfoil_store::casebook::cases::CaseText;
use counterfoil_store::casebook::entries::NewEntryOfCase;
use counterfoil_store::casebook::notes::NoteText;
use counterfoil_store::casebook::people::{NewPerson, Recorded};
use counterfoil_store::{Terms, Tx};

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
    /// Whether the one who records it works on it.
    pub mine: bool,
}

/// A person with their cases.
#[derive(Debug, Clone)]
pub struct WholePerson {
    /// Who.
    pub new: NewPerson,
    /// Their cases.
    pub cases: Vec<WholeCase>,
}

/// Records people with their cases, all or none; somebody who is known already is left as they are.
///
/// # Errors
/// A refusal of the gate for any of them.
pub fn record(desk: &Desk<'_>, people: &[WholePerson]) -> Result<Vec<(PersonId, Vec<CaseId>)>> {
    let made = desk.store.act(desk.who, Verb::RecordCreate, Purpose::ServiceDelivery, |tx| {
        let mut made = Vec::with_capacity(people.len());
        for person in people {
            let id = match tx.record_person(&person.new, &Terms::default())? {
                Recorded::New(id) => id,
                Recorded::Known(id) => {
                    made.push((id, Vec::new()));
                    continue;
                }
            };
            let cases =
                person.cases.iter().map(|c| one_case(tx, id, c)).collect::<std::result::Result<_, _>>()?;
            made.push((id, cases));
        }
        Ok(made)
    })?;
    let mine: Vec<CaseId> = made
        .iter()
        .zip(people)
        .flat_map(|((_, cases), person)| cases.iter().zip(&person.cases))
        .filter_map(|(id, case)| case.mine.then_some(*id))
        .collect();
    if let Some(me) = desk.who.staff().filter(|_| !mine.is_empty()) {
        desk.store.act(desk.who, Verb::RecordEdit, Purpose::ServiceDelivery, |tx| {
            mine.iter().try_for_each(|case| tx.allocate(*case, Some(me.staff), &Terms::default()))
        })?;
    }
    Ok(made)
}

fn one_case(
    tx: &mut Tx<'_>,
    person: PersonId,
    case: &WholeCase,
) -> std::result::Result<CaseId, counterfoil_store::StoreError> {
    let terms = Terms::default();
    let id = tx.open_case(person, &case.issue, &case.text, &terms)?;
    for note in &case.notes {
        tx.write_note(id, note, &terms)?;
    }
    for entry in &case.entries {
        let staff = entry.staff.or(tx.who().staff().map(|s| s.staff));
        tx.add_entry(person, &NewEntryOfCase { case: Some(id), staff, ..entry.clone() }, &terms)?;
    }
    Ok(id)
}
