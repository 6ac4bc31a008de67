//! What is done to a person's record besides reading and changing it.

use counterfoil_domain::access::{Identity, Protection, Purpose, Verb};
use counterfoil_domain::casebook::code;
use counterfoil_domain::casebook::source::{self, Said};
use counterfoil_domain::casebook::words::Relation;
use counterfoil_domain::ids::{CaseId, MergeId, OfficeId, PersonId, RelationId, ShareId, TransferId};
use counterfoil_store::casebook::joint::JointText;
use counterfoil_store::casebook::people::{NewPerson, Profile, Recorded};
use counterfoil_store::casebook::relations::RelationText;
use counterfoil_store::{Record, StoreError, Terms};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::{Result, ServiceError};
use crate::register::keep;
use crate::rights::Desk;

const FOR: Purpose = Purpose::ServiceDelivery;

fn terms() -> Terms {
    Terms::default()
}

fn follow_up_code(desk: &Desk<'_>) -> String {
    // The random part of an identifier is 74 bits; two of them leave 80 to spare.
    let (a, b) = (desk.store.fresh_id(), desk.store.fresh_id());
    let mut random = [0; 10];
    random.iter_mut().zip(a.iter().skip(9).chain(b.iter().skip(12))).for_each(|(to, from)| *to = *from);
    code::from_random(random)
}

/// Where the details that are new came from, as it was typed (promise C28).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// The kind of source, by the register's id.
    pub source: String,
    /// The day on which they were taken; today without one.
    pub on: Option<Date>,
}

impl Taken {
    /// From this kind of source, today.
    #[must_use]
    pub fn from(source: &str) -> Self {
        Self { source: source.to_owned(), on: None }
    }
}

/// The kind of source that means the person themselves.
pub const THEMSELVES: &str = "you";

/// The kinds of source that details may have: the register's ids with their names.
///
/// # Errors
/// A register that cannot be read.
pub fn sources(desk: &Desk<'_>) -> Result<Vec<(String, String)>> {
    let register = keep::current(desk.store, desk.controller())?;
    let known: Vec<_> =
        register.iter().flat_map(|r| &r.part.source).map(|s| (s.id.clone(), s.name.clone())).collect();
    // Without a register there is one source that everybody has.
    Ok(if known.is_empty() { vec![(THEMSELVES.to_owned(), THEMSELVES.to_owned())] } else { known })
}

/// The profile with the source of each detail: what stays keeps its own, what is new has what is said.
///
/// # Errors
/// [`ServiceError::Invalid`] when something is new and nobody said where it came from.
pub fn sourced(desk: &Desk<'_>, before: &Profile, now: Profile, taken: &Taken) -> Result<Profile> {
    let (known, today) = (sources(desk)?, desk.today()?);
    let known: Vec<&str> = known.iter().map(|(id, _)| id.as_str()).collect();
    let said = Said { source: &taken.source, on: taken.on.unwrap_or(today) };
    let carried = source::carry(&before.sourced(), &now.details(), said, (&known, today));
    Ok(now.with_sources(carried.map_err(|e| ServiceError::Invalid(e.to_string()))?))
}

/// Changes what is held about a person; each new detail states its source.
///
/// # Errors
/// [`ServiceError::Invalid`] when a new detail has no source; a refusal of the gate, or a record that has moved on.
pub fn change(
    desk: &Desk<'_>,
    purpose: Purpose,
    (person, read_version): (PersonId, i64),
    profile: &Profile,
    taken: &Taken,
) -> Result<i64> {
    let before = super::open_person(desk.store, desk.who, purpose, person)?.profile;
    let profile = match sourced(desk, &before, profile.clone(), taken) {
        Ok(profile) => profile,
        // Whoever may not change the record is told that, and not how to.
        Err(missing) => {
            desk.store.act(desk.who, Verb::RecordEdit, purpose, |tx| {
                tx.permit(Record::Person, person, &terms()).map(|_| ())
            })?;
            return Err(missing);
        }
    };
    super::change_person(desk.store, desk.who, purpose, person, read_version, &profile)
}

/// Records a person. One without a name is given a follow-up code, which is told once and not kept.
///
/// # Errors
/// [`ServiceError::Invalid`] when a named person has no name, or a detail no source; a refusal of the gate.
pub fn record(desk: &Desk<'_>, new: &NewPerson, taken: &Taken) -> Result<(Recorded, Option<String>)> {
    let named = !new.profile.shown_name().is_empty();
    if new.identity == Identity::Named && !named {
        return Err(ServiceError::Invalid(
            "a named person needs a name: give one, or record them as anonymous".to_owned(),
        ));
    }
    if new.identity == Identity::Anonymous && (named || singled_out(&new.profile)) {
        return Err(ServiceError::Invalid(
            "an anonymous record holds no name, date of birth, address or number: leave them out".to_owned(),
        ));
    }
    let profile = sourced(desk, &Profile::default(), new.profile.clone(), taken)?;
    let new = &NewPerson { profile, ..new.clone() };
    let given = (new.identity != Identity::Named).then(|| follow_up_code(desk));
    let recorded = desk.store.act(desk.who, Verb::RecordCreate, FOR, |tx| {
        let recorded = tx.record_person(new, &terms())?;
        if let (Recorded::New(id), Some(code)) = (recorded, &given) {
            tx.give_code(id, code, &terms())?;
        }
        Ok(recorded)
    })?;
    Ok((recorded, given.filter(|_| matches!(recorded, Recorded::New(_)))))
}

/// Whether a profile holds what tells who somebody is.
fn singled_out(profile: &Profile) -> bool {
    let numbers = !profile.identifiers.is_empty() || !profile.emails.is_empty() || !profile.phones.is_empty();
    profile.born.is_some() || !profile.addresses.is_empty() || numbers
}

/// Gives a person a new follow-up code in place of a lost one.
///
/// # Errors
/// A refusal of the gate.
pub fn new_code(desk: &Desk<'_>, person: PersonId) -> Result<String> {
    let code = follow_up_code(desk);
    desk.store.act(desk.who, Verb::RecordEdit, FOR, |tx| tx.give_code(person, &code, &terms()))?;
    Ok(code)
}

/// A person without a name becomes named, by their own choice.
///
/// # Errors
/// [`ServiceError::Invalid`] without a name; a record that has moved on; a refusal of the gate.
pub fn become_named(
    desk: &Desk<'_>,
    (person, read_version): (PersonId, i64),
    profile: &Profile,
    taken: &Taken,
) -> Result<()> {
    if profile.shown_name().is_empty() {
        return Err(ServiceError::Invalid("give the name that the person wants to be known by".to_owned()));
    }
    let before = super::open_person(desk.store, desk.who, FOR, person)?.profile;
    let profile = &sourced(desk, &before, profile.clone(), taken)?;
    desk.store.act(desk.who, Verb::RecordEdit, FOR, |tx| {
        tx.change_person(person, read_version, profile, &terms())?;
        tx.set_identity(person, Identity::Named, &terms())
    })?;
    Ok(())
}

/// Puts a record under extra protection, or takes it out.
///
/// # Errors
/// A refusal of the gate.
pub fn protect(desk: &Desk<'_>, person: PersonId, protection: Protection) -> Result<()> {
    desk.store.act(desk.who, Verb::RecordEdit, FOR, |tx| tx.set_protection(person, protection, &terms()))?;
    Ok(())
}

/// Marks the record of someone in the public eye, so that each reading is looked at.
///
/// # Errors
/// A refusal of the gate.
pub fn watch(desk: &Desk<'_>, person: PersonId, watched: bool) -> Result<()> {
    desk.store.act(desk.who, Verb::RecordEdit, FOR, |tx| tx.set_watched(person, watched, &terms()))?;
    Ok(())
}

/// Notes that the details were checked with the person now.
///
/// # Errors
/// A refusal of the gate.
pub fn details_checked(desk: &Desk<'_>, person: PersonId) -> Result<()> {
    desk.store.act(desk.who, Verb::RecordEdit, FOR, |tx| tx.check_details(person, &terms()))?;
    Ok(())
}

/// Declares that the worker is close to the person: from now on the record is closed to them.
///
/// # Errors
/// What the database answers.
pub fn declare_relation(desk: &Desk<'_>, person: PersonId) -> Result<()> {
    desk.store.act(desk.who, Verb::RecordLocate, FOR, |tx| tx.declare_relation(person))?;
    Ok(())
}

/// Records how another person stands to this one.
///
/// # Errors
/// A refusal of the gate for either, or a relation that is there already.
pub fn relate(
    desk: &Desk<'_>,
    person: PersonId,
    other: PersonId,
    relation: Relation,
    note: &str,
) -> Result<()> {
    let text = RelationText { note: note.trim().to_owned() };
    desk.store.act(desk.who, Verb::RecordEdit, FOR, |tx| {
        tx.relate(person, other, relation, &text, &terms()).map(|_| ())
    })?;
    Ok(())
}

/// Removes a relation.
///
/// # Errors
/// A refusal of the gate.
pub fn unrelate(desk: &Desk<'_>, person: PersonId, relation: RelationId) -> Result<()> {
    desk.store.act(desk.who, Verb::RecordEdit, FOR, |tx| tx.unrelate(person, relation, &terms()))?;
    Ok(())
}

/// Makes one person of two records; `other` is absorbed.
///
/// # Errors
/// [`ServiceError::Store`] without a reason or for a record merged before; a refusal of the gate.
pub fn merge(desk: &Desk<'_>, person: PersonId, other: PersonId, why: &str) -> Result<MergeId> {
    Ok(desk
        .store
        .act(desk.who, Verb::RecordMerge, FOR, |tx| tx.merge_people(person, other, why, &terms()))?)
}

/// Undoes a merge.
///
/// # Errors
/// A merge that was undone before; a refusal of the gate.
pub fn undo_merge(desk: &Desk<'_>, merge: MergeId) -> Result<()> {
    desk.store.act(desk.who, Verb::RecordMerge, FOR, |tx| tx.undo_merge(merge, &terms()))?;
    Ok(())
}

fn said(text: &JointText) -> Result<()> {
    if text.why.trim().chars().count() < 10 {
        return Err(ServiceError::Invalid("say in a sentence why: at least 10 characters".to_owned()));
    }
    Ok(())
}

/// Shares a case with another office until a moment.
///
/// # Errors
/// [`ServiceError::Invalid`] without a reason; the own office or a past moment; a refusal of the gate.
pub fn share(
    desk: &Desk<'_>,
    case: CaseId,
    office: OfficeId,
    until: Timestamp,
    text: &JointText,
) -> Result<ShareId> {
    said(text)?;
    Ok(desk
        .store
        .act(desk.who, Verb::RecordEdit, FOR, |tx| tx.share_case(case, office, until, text, &terms()))?)
}

/// Ends a share.
///
/// # Errors
/// A refusal of the gate.
pub fn end_share(desk: &Desk<'_>, share: ShareId) -> Result<()> {
    desk.store.act(desk.who, Verb::RecordEdit, FOR, |tx| tx.end_share(share, &terms()))?;
    Ok(())
}

/// Offers a record to another office, with what the person said about it.
///
/// # Errors
/// [`ServiceError::Invalid`] without a reason or the person's word; a refusal of the gate.
pub fn offer(desk: &Desk<'_>, person: PersonId, to: OfficeId, text: &JointText) -> Result<TransferId> {
    said(text)?;
    if text.person_says.trim().is_empty() {
        return Err(ServiceError::Invalid("say what the person said: they are asked first".to_owned()));
    }
    Ok(desk.store.act(desk.who, Verb::RecordEdit, FOR, |tx| tx.offer_record(person, to, text, &terms()))?)
}

/// Answers an offer for the own office, or takes the own one back.
///
/// # Errors
/// An offer that was answered; a refusal of the gate.
pub fn answer_offer(desk: &Desk<'_>, transfer: TransferId, answer: &str) -> Result<()> {
    match answer {
        "accept" | "decline" => {
            let accept = answer == "accept";
            desk.store.act(desk.who, Verb::RecordAccept, FOR, |tx| {
                tx.answer_offer(transfer, accept, &terms()).map(|_| ())
            })?;
        }
        "withdraw" => {
            desk.store.act(desk.who, Verb::RecordEdit, FOR, |tx| tx.withdraw_offer(transfer, &terms()))?;
        }
        _ => return Err(StoreError::NotFound("answer").into()),
    }
    Ok(())
}
