//! The inbox at work: the queue, one item with those whom it may be from, who takes it, and what is owed.

use counterfoil_domain::access::{Purpose, Role, RoleSet, Verb};
use counterfoil_domain::ids::{CaseId, InboxItemId, OfficeId, PersonId, StaffId};
use counterfoil_domain::intake::{Age, CopyEvent, standing};
use counterfoil_store::intake::copies::{CopyLine, Owed};
use counterfoil_store::intake::items::{Item, ItemLine};
use counterfoil_store::intake::messages::Message;
use counterfoil_store::{Record, StoreError, Terms, Tx};
use jiff::Timestamp;

use crate::error::{Result, ServiceError};
use crate::rights::Desk;

const FOR: Purpose = Purpose::ServiceDelivery;

/// The most lines of a list.
const MOST: u32 = 200;

/// One line of the queue, with how it stands today.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The item.
    pub line: ItemLine,
    /// How it stands against its limit.
    pub age: Age,
    /// The name of whoever has it.
    pub with: Option<String>,
}

/// Somebody whom the item may be from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// A person of this office, opened.
    Here {
        /// Who.
        id: PersonId,
        /// Their name, or that they have none here.
        name: String,
        /// Their open cases: which, and what about.
        cases: Vec<(CaseId, String)>,
    },
    /// Somebody is known at another office: its name, and nothing more.
    Elsewhere {
        /// The office.
        office: String,
    },
}

/// An item that was opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The item.
    pub item: Item,
    /// How it stands today.
    pub age: Age,
    /// Whom it may be from.
    pub matches: Vec<Match>,
    /// Where the channel's copy stands.
    pub copy: Option<CopyLine>,
    /// What was answered.
    pub messages: Vec<Message>,
    /// Since when the sender has been warned about the channel; `None` when not yet.
    pub warned: Option<Timestamp>,
    /// Who could take it: the office's people who work the inbox.
    pub staff: Vec<(StaffId, String)>,
}

/// What an office owes: items past their limit, copies that should be gone, messages that reached nobody.
#[derive(Debug, Clone)]
pub struct Chase {
    /// Items past their limit.
    pub items: Vec<Waiting>,
    /// Copies that are not gone.
    pub copies: Vec<Owed>,
    /// Messages that reached nobody.
    pub messages: Vec<Message>,
}

fn own_office(desk: &Desk<'_>) -> Result<OfficeId> {
    crate::casebook::office_of(desk.who)
        .ok_or_else(|| ServiceError::Invalid("only staff have an inbox".to_owned()))
}

/// The names of the office's people, for the queue and for allocating.
fn colleagues(desk: &Desk<'_>, office: OfficeId) -> Result<Vec<(StaffId, String)>> {
    let works = RoleSet::of(&[Role::Adviser, Role::ProtectedAdviser, Role::Supervisor, Role::Reception]);
    let all = desk.store.accounts(desk.controller())?;
    let here = all.into_iter().filter(|a| a.office == office && a.active && a.roles.meets(works));
    Ok(here.map(|a| (a.id, a.text.name)).collect())
}

/// Who works the inbox of one's own office.
///
/// # Errors
/// What the store answers.
pub fn who_works(desk: &Desk<'_>) -> Result<Vec<(StaffId, String)>> {
    colleagues(desk, own_office(desk)?)
}

/// The queue of one's own office: what is open, the nearest limit first; or what was closed, the last first.
///
/// # Errors
/// A refusal of the gate.
pub fn queue(desk: &Desk<'_>, open: bool) -> Result<Vec<Waiting>> {
    let office = own_office(desk)?;
    let lines = desk.store.act(desk.who, Verb::MessageRead, FOR, |tx| tx.inbox(office, open, MOST))?;
    waiting(desk, office, lines)
}

fn waiting(desk: &Desk<'_>, office: OfficeId, lines: Vec<ItemLine>) -> Result<Vec<Waiting>> {
    let today = desk.today()?;
    let names = colleagues(desk, office)?;
    Ok(lines
        .into_iter()
        .map(|line| {
            let with = names.iter().find(|(id, _)| Some(*id) == line.allocated_to).map(|(_, n)| n.clone());
            Waiting { age: standing(line.limit, today), with, line }
        })
        .collect())
}

/// Opens an item: its parts, whom it may be from, where its copies are, and what was answered.
///
/// # Errors
/// A refusal of the gate; [`StoreError::Invalid`] when it was dealt with.
pub fn open(desk: &Desk<'_>, id: InboxItemId) -> Result<Opened> {
    let offices = desk.store.offices(desk.controller())?;
    let (item, matches, copy, messages, warned) = desk.store.act(desk.who, Verb::MessageRead, FOR, |tx| {
        let item = tx.open_item(id, &Terms::default())?;
        let mut matches = Vec::new();
        for person in tx.persons_of_sender(&item)? {
            matches.extend(match_of(tx, person, &|office| {
                offices.iter().find(|o| o.id == office).map(|o| o.name.clone()).unwrap_or_default()
            })?);
        }
        let channel = item.line.channel;
        let warned = if channel.warns_first() { tx.warned(channel, &item.text.address)? } else { None };
        let (copy, messages) = (tx.copy_of_item(id)?, tx.messages_on(id)?);
        Ok((item, matches, copy, messages, warned))
    })?;
    let age = standing(item.line.limit, desk.today()?);
    let staff = colleagues(desk, item.line.office)?;
    Ok(Opened { item, age, matches, copy, messages, warned, staff })
}

/// A person of this office is opened; of another office it is said only that somebody is known there, to
/// whom that may be said (access rule 12); whoever is hidden is not there.
fn match_of(
    tx: &mut Tx<'_>,
    person: PersonId,
    office_name: &dyn Fn(OfficeId) -> String,
) -> std::result::Result<Option<Match>, StoreError> {
    let read = tx.as_verb(Verb::RecordRead, |tx| {
        let opened = tx.read_person(person, &Terms::default())?;
        let cases = match tx.permit(Record::Case(None), person, &Terms::default()) {
            Ok(permit) => tx.cases_of(&permit)?,
            Err(StoreError::Refused { .. }) => Vec::new(),
            Err(e) => return Err(e),
        };
        Ok((opened, cases))
    });
    match read {
        Ok((opened, cases)) => {
            let name = format!("{} {}", opened.profile.forenames, opened.profile.surname);
            let open = cases.into_iter().filter(|c| c.status == "open");
            let cases = open.map(|c| (c.id, c.text.title)).collect();
            Ok(Some(Match::Here { id: person, name: name.trim().to_owned(), cases }))
        }
        Err(StoreError::Refused { .. }) => {
            let located =
                tx.as_verb(Verb::RecordLocate, |tx| tx.permit(Record::Person, person, &Terms::default()));
            match located {
                Ok(permit) => Ok(Some(Match::Elsewhere { office: office_name(permit.office()) })),
                Err(StoreError::Refused { .. }) => Ok(None),
                Err(e) => Err(e),
            }
        }
        Err(e) => Err(e),
    }
}

/// A file of an open item: its name, media type and bytes.
///
/// # Errors
/// A refusal of the gate; no such file.
pub fn part(desk: &Desk<'_>, id: InboxItemId, number: i64) -> Result<(String, String, Vec<u8>)> {
    Ok(desk.store.act(desk.who, Verb::MessageRead, FOR, |tx| {
        let item = tx.open_item(id, &Terms::default())?;
        let part = item.parts.iter().find(|p| p.number == number).ok_or(StoreError::NotFound("file"))?;
        let content = tx.part_content(part)?;
        Ok((part.text.name.clone(), part.text.media_type.clone(), content))
    })?)
}

/// Gives items to a colleague of the office, or back to nobody. All or none.
///
/// # Errors
/// [`ServiceError::Invalid`] for somebody of another office; a refusal of the gate.
pub fn allocate(desk: &Desk<'_>, items: &[InboxItemId], to: Option<StaffId>) -> Result<()> {
    let office = own_office(desk)?;
    if let Some(to) = to
        && !colleagues(desk, office)?.iter().any(|(id, _)| *id == to)
    {
        return Err(ServiceError::Invalid("an item is given to somebody of its own office".to_owned()));
    }
    desk.store.act(desk.who, Verb::MessageHandle, FOR, |tx| {
        for id in items {
            let item = tx.open_item(*id, &Terms::default())?;
            tx.allocate_item(&item.line, to)?;
        }
        Ok(())
    })?;
    Ok(())
}

/// What one's own office owes, for the chase list.
///
/// # Errors
/// A refusal of the gate.
pub fn chase(desk: &Desk<'_>) -> Result<Chase> {
    let office = own_office(desk)?;
    let (lines, copies, messages) = desk.store.act(desk.who, Verb::MessageRead, FOR, |tx| {
        Ok((tx.inbox(office, true, MOST)?, tx.copies_owed(office, MOST)?, tx.messages_failed(office, MOST)?))
    })?;
    let mut items = waiting(desk, office, lines)?;
    items.retain(|w| w.age == Age::Past);
    Ok(Chase { items, copies, messages })
}

/// Says that a copy was removed by hand: a paper filed or destroyed, a telephone cleared.
///
/// # Errors
/// [`ServiceError::Invalid`] for a copy that is not a person's to remove; a refusal of the gate.
pub fn confirm_removed(desk: &Desk<'_>, copy: [u8; 16]) -> Result<()> {
    let to = desk.store.act(desk.who, Verb::MessageDrain, FOR, |tx| {
        let copy = tx.open_copy(&copy)?;
        let to = tx.copy_event(&copy, CopyEvent::SaidDone, "")?;
        Ok((copy.state, to))
    })?;
    if to.0 == to.1 {
        return Err(ServiceError::Invalid(format!(
            "this copy is not yours to remove: it is {}",
            to.0.label()
        )));
    }
    Ok(())
}

/// Has the removal of a copy tried once more.
///
/// # Errors
/// A refusal of the gate.
pub fn remove_again(desk: &Desk<'_>, copy: [u8; 16]) -> Result<()> {
    let now = desk.store.now();
    desk.store.act(desk.who, Verb::MessageDrain, FOR, |tx| {
        let copy = tx.open_copy(&copy)?;
        tx.drain_again(&copy, now)
    })?;
    Ok(())
}

/// What the inbox holds of a person, for an answer to their rights request: items that came from their
/// addresses and that nobody has moved. Each with a name and its words or bytes.
pub(crate) fn held_of(
    desk: &Desk<'_>,
    person: &counterfoil_store::casebook::people::Profile,
) -> std::result::Result<Vec<(String, Vec<u8>)>, StoreError> {
    use counterfoil_domain::casebook::identity::IdentityKind;
    let mails = person.emails.iter().map(|v| (IdentityKind::Email, v.clone()));
    let senders: Vec<_> =
        mails.chain(person.phones.iter().map(|v| (IdentityKind::Phone, v.clone()))).collect();
    desk.store.act(desk.who, Verb::MessageRead, Purpose::RightsRequest, |tx| {
        let mut held = Vec::new();
        for id in tx.items_from(&senders)? {
            let item = tx.open_item(id, &Terms::default())?;
            let words: Vec<&str> = item.parts.iter().map(|p| p.text.words.as_str()).collect();
            let head = format!("{}, {}", item.line.channel.label(), item.line.received_at);
            held.push((format!("inbox-{id}.txt"), format!("{head}\n{}", words.join("\n")).into_bytes()));
            for part in item.parts.iter().filter(|p| p.address.is_some()) {
                held.push((part.text.name.clone(), tx.part_content(part)?));
            }
        }
        Ok(held)
    })
}
