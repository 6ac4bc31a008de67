//! The casebook's use-cases.

pub mod batch;
pub mod issues;
pub mod look_up;
mod own_request;
pub mod people;
pub mod reason;
pub mod recordings;
pub mod work;

pub(crate) use own_request::items as further_items;

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::casebook::identity::{self, IdentityKind};
use counterfoil_domain::ids::{CaseId, OfficeId, PersonId};
use counterfoil_store::access::Actor;
use counterfoil_store::assurance::audit::TrailLine;

use counterfoil_store::{Record, Store, Terms};

pub use counterfoil_domain::access::{Identity, Protection};
pub use counterfoil_store::assurance::erasure::Erased;
pub use counterfoil_store::casebook::cases::{Case, CaseText, Waiting};
pub use counterfoil_store::casebook::documents::{Document, DocumentText, Region, VersionText};
pub use counterfoil_store::casebook::entries::{Entry, EntryText, NewEntryOfCase};
pub use counterfoil_store::casebook::history::Earlier;
pub use counterfoil_store::casebook::joint::{JointText, Share, Transfer};
pub use counterfoil_store::casebook::notes::{Note, NoteText};
pub use counterfoil_store::casebook::odd::Odd;
pub use counterfoil_store::casebook::people::{
    Address, ContactRules, Identifier, NewPerson, Person, Profile, Recorded,
};
pub use counterfoil_store::casebook::relations::{Related, RelationText};
pub use counterfoil_store::casebook::search::{Hit, Term};
pub use counterfoil_store::grants::{Grant, GrantText};

use crate::error::{Result, ServiceError};

/// Records a person, unless someone is already known by one of the identities.
///
/// # Errors
/// [`ServiceError::Invalid`] when nothing says who it is; a refusal of the gate.
pub fn record_person(store: &Store, who: &Actor, purpose: Purpose, new: &NewPerson) -> Result<Recorded> {
    let named = !new.profile.surname.trim().is_empty() || !new.profile.forenames.trim().is_empty();
    if new.identity == Identity::Named && !named {
        return Err(ServiceError::Invalid(
            "a named person needs a name: give one, or record them as anonymous".to_owned(),
        ));
    }
    Ok(store.act(who, Verb::RecordCreate, purpose, |tx| tx.record_person(new, &Terms::default()))?)
}

/// Opens a person's record.
///
/// # Errors
/// A refusal of the gate, or that there is no such person.
pub fn open_person(store: &Store, who: &Actor, purpose: Purpose, id: PersonId) -> Result<Person> {
    Ok(store.act(who, Verb::RecordRead, purpose, |tx| tx.read_person(id, &Terms::default()))?)
}

/// The people who are known by an e-mail address, telephone number or other identifier, opened one by
/// one; those whom the actor may not see are left out.
///
/// # Errors
/// [`ServiceError::Invalid`] when the value is none of that kind.
pub fn find_people(
    store: &Store,
    who: &Actor,
    purpose: Purpose,
    kind: IdentityKind,
    value: &str,
) -> Result<Vec<Person>> {
    let normalised = identity::normalise(kind, value)
        .ok_or_else(|| ServiceError::Invalid(format!("`{value}` is not a {}: check it", kind.as_str())))?;
    Ok(store.act(who, Verb::RecordRead, purpose, |tx| {
        let ids = tx.persons_by_identity(kind, &normalised)?;
        let mut seen = Vec::new();
        for id in ids {
            match tx.read_person(id, &Terms::default()) {
                Ok(person) => seen.push(person),
                Err(counterfoil_store::StoreError::Refused { .. }) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(seen)
    })?)
}

/// Changes what is held about a person; refused when the record changed since `read_version`.
///
/// # Errors
/// A refusal of the gate, or a record that has moved on.
pub fn change_person(
    store: &Store,
    who: &Actor,
    purpose: Purpose,
    id: PersonId,
    read_version: i64,
    profile: &Profile,
) -> Result<i64> {
    Ok(store.act(who, Verb::RecordEdit, purpose, |tx| {
        tx.change_person(id, read_version, profile, &Terms::default())
    })?)
}

/// Opens a case.
///
/// # Errors
/// A refusal of the gate.
pub fn open_case(
    store: &Store,
    who: &Actor,
    person: PersonId,
    issue: &str,
    text: &CaseText,
) -> Result<CaseId> {
    Ok(store.act(who, Verb::RecordCreate, Purpose::ServiceDelivery, |tx| {
        tx.open_case(person, issue, text, &Terms::default())
    })?)
}

/// Writes a note.
///
/// # Errors
/// [`ServiceError::Invalid`] for an empty note; a refusal of the gate.
pub fn write_note(store: &Store, who: &Actor, case: CaseId, text: &NoteText) -> Result<()> {
    if text.text.trim().is_empty() {
        return Err(ServiceError::Invalid("the note is empty: write what happened".to_owned()));
    }
    store.act(who, Verb::RecordCreate, Purpose::ServiceDelivery, |tx| {
        tx.write_note(case, text, &Terms::default()).map(|_| ())
    })?;
    Ok(())
}

/// Writes several notes of a case in one act: all or none.
///
/// # Errors
/// A refusal of the gate.
pub fn write_notes(store: &Store, who: &Actor, case: CaseId, notes: &[NoteText]) -> Result<()> {
    store.act(who, Verb::RecordCreate, Purpose::ServiceDelivery, |tx| {
        notes.iter().try_for_each(|note| tx.write_note(case, note, &Terms::default()).map(|_| ()))
    })?;
    Ok(())
}

/// Adds a document to a person's record; `text` is indexed when given.
///
/// # Errors
/// A refusal of the gate, or a full disk.
pub fn add_document(
    store: &Store,
    who: &Actor,
    person: PersonId,
    about: &DocumentText,
    content: &[u8],
    text: Option<&str>,
) -> Result<()> {
    store.act(who, Verb::RecordCreate, Purpose::ServiceDelivery, |tx| {
        tx.add_document(person, None, about, content, text, &Terms::default()).map(|_| ())
    })?;
    Ok(())
}

/// The notes of a person.
///
/// # Errors
/// A refusal of the gate.
pub fn notes(store: &Store, who: &Actor, purpose: Purpose, person: PersonId) -> Result<Vec<Note>> {
    Ok(store.act(who, Verb::RecordRead, purpose, |tx| {
        let permit = tx.permit(Record::Note(None), person, &Terms::default())?;
        tx.notes_of(&permit)
    })?)
}

/// Searches the casebook by words; what the actor may not list is left out.
///
/// # Errors
/// [`ServiceError::Store`] when a word is too short.
pub fn search(store: &Store, who: &Actor, purpose: Purpose, terms: &[Term], most: u32) -> Result<Vec<Hit>> {
    Ok(store.act(who, Verb::RecordList, purpose, |tx| {
        let hits = tx.find(terms, None, most)?;
        let mut seen = Vec::new();
        for hit in hits {
            if tx.may_list(hit.person)? {
                seen.push(hit);
            }
        }
        Ok(seen)
    })?)
}

/// Who opened a person's record, when, from which office and why, newest first.
///
/// # Errors
/// A refusal of the gate.
pub fn access_list(
    store: &Store,
    who: &Actor,
    purpose: Purpose,
    person: PersonId,
    most: u32,
) -> Result<Vec<TrailLine>> {
    Ok(store.act(who, Verb::RecordRead, purpose, |tx| {
        tx.permit(Record::Person, person, &Terms::default())?;
        tx.trail_of(person, most)
    })?)
}

/// Erases a person's record. Two people have put their names to it: `signatories` are the proposer and
/// the approver; the system carries it out.
///
/// # Errors
/// A refusal of the gate (a legal hold, one name only).
pub fn erase_person(
    store: &Store,
    person: PersonId,
    controller: counterfoil_domain::ids::ControllerId,
    signatories: Vec<counterfoil_domain::ids::StaffId>,
) -> Result<Erased> {
    let system = Actor::Automation { controller };
    let terms = Terms { signatories, ..Terms::default() };
    Ok(store.act(&system, Verb::ErasureExecute, Purpose::RightsRequest, |tx| {
        let permit = tx.permit(Record::Person, person, &terms)?;
        tx.erase_person(&permit)
    })?)
}

/// Erases a person's record when two people agree at once: one proposes, the other approves, the system
/// carries it out.
///
/// # Errors
/// A refusal of the gate: either may not, they are the same person, or a legal hold.
pub fn erase_agreed(store: &Store, proposer: &Actor, approver: &Actor, person: PersonId) -> Result<Erased> {
    let staff = |who: &Actor| who.staff().map(|s| s.staff);
    let first: Vec<_> = staff(proposer).into_iter().collect();
    let permit = |who: &Actor, verb, signatories| {
        let terms = Terms { signatories, ..Terms::default() };
        store.act(who, verb, Purpose::RightsRequest, |tx| {
            tx.permit(Record::Person, person, &terms).map(|_| ())
        })
    };
    permit(proposer, Verb::ErasurePropose, Vec::new())?;
    permit(approver, Verb::ErasureApprove, first.clone())?;
    let both = first.into_iter().chain(staff(approver)).collect();
    erase_person(store, person, proposer.controller(), both)
}

/// The office of a member of staff.
#[must_use]
pub fn office_of(who: &Actor) -> Option<OfficeId> {
    who.staff().map(|s| s.office)
}
