//! What becomes of an item: it is moved into a case, referred, signposted or discarded; it is passed to
//! another office. In one act with what is kept; what is not kept is dropped with the item's key.

use counterfoil_domain::access::{Identity, Protection, Purpose, Verb};
use counterfoil_domain::ids::{CaseId, InboxItemId, PersonId};
use counterfoil_domain::intake::{Channel, DiscardReason, ItemState, PartKind, Told, outcome_allowed};
use counterfoil_finding::read::{Hint, read};
use counterfoil_store::casebook::cases::CaseText;
use counterfoil_store::casebook::documents::DocumentText;
use counterfoil_store::casebook::notes::NoteText;
use counterfoil_store::casebook::people::{NewPerson, Profile, Recorded};
use counterfoil_store::casebook::recordings::Facts;
use counterfoil_store::intake::items::{Close, Item, Part};
use counterfoil_store::{StoreError, Terms, Tx};

use super::all_text;
use super::arrive::local;
use crate::casebook::people::{self, Taken};
use crate::error::{Result, ServiceError};
use crate::rights::{Desk, reading_limits};

const FOR: Purpose = Purpose::ServiceDelivery;

/// Where an item goes.
#[derive(Debug, Clone)]
pub enum Target {
    /// To a case that is there.
    Case(CaseId),
    /// To a person who is there, as a new case.
    Person {
        /// Who.
        person: PersonId,
        /// The issue's code.
        issue: String,
        /// What it is about, in a line.
        title: String,
    },
    /// To somebody who is not known yet, as a new case.
    New {
        /// Their record.
        profile: Box<Profile>,
        /// How they are known.
        identity: Identity,
        /// True when staff say that the address is shared with somebody who is known.
        shares_contact: bool,
        /// The issue's code.
        issue: String,
        /// What it is about, in a line.
        title: String,
    },
}

/// How an item is moved.
#[derive(Debug, Clone)]
pub struct Moving {
    /// Where to.
    pub target: Target,
    /// The numbers of the parts that are kept.
    pub keep: Vec<i64>,
    /// A summary of staff's own, before the words.
    pub summary: String,
}

/// Where an item went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Whose record.
    pub person: PersonId,
    /// The case.
    pub case: CaseId,
    /// How many parts were kept.
    pub kept: usize,
    /// How many were dropped.
    pub dropped: usize,
}

/// A file that is kept, with the words in it for the search; or a recording.
struct KeptFile {
    about: DocumentText,
    content: Vec<u8>,
    text: Option<String>,
    recording: Option<Facts>,
}

/// Moves an item into a case: its words as one note, its files as documents. What is not kept is gone with
/// the item, and the channel's copy follows.
///
/// # Errors
/// [`ServiceError::Invalid`] when nothing would be kept, or the sender is known already; a refusal of the
/// gate: reception opens items and does not write in cases.
pub fn move_item(desk: &Desk<'_>, id: InboxItemId, moving: &Moving) -> Result<Moved> {
    // Read first: attachments are searched for their words outside the writing transaction.
    let (item, files) = desk.store.act(desk.who, Verb::MessageHandle, FOR, |tx| {
        let item = tx.open_item(id, &Terms::default())?;
        let mut files = Vec::new();
        for part in item.parts.iter().filter(|p| kept(p, moving) && p.address.is_some()) {
            files.push((part.clone(), tx.part_content(part)?));
        }
        Ok((item, files))
    })?;
    let parts: Vec<&Part> = item.parts.iter().filter(|p| kept(p, moving)).collect();
    let summary = !moving.summary.trim().is_empty();
    outcome_allowed(item.line.state, ItemState::Moved, parts.len(), summary, true)
        .map_err(|e| ServiceError::Invalid(e.to_string()))?;
    let files: Vec<KeptFile> =
        files.into_iter().map(|(part, content)| readable(&item, &part, content)).collect();
    let note = note(&item, &parts, &moving.summary)?;
    let kept = parts.len();
    let dropped = item.parts.len() - kept;
    let target = sourced(desk, &moving.target, &item)?;
    let (person, case) = desk.store.act(desk.who, Verb::RecordCreate, FOR, |tx| {
        let now = tx.as_verb(Verb::MessageHandle, |tx| tx.open_item(id, &Terms::default()))?;
        if now.parts.len() != item.parts.len() {
            return Err(StoreError::Invalid(
                "the item has changed since you opened it: look again".to_owned(),
            ));
        }
        let (person, case) = place(tx, &target)?;
        tx.write_note(case, &note, &Terms::default())?;
        for file in &files {
            let (text, terms) = (file.text.as_deref(), Terms::default());
            match &file.recording {
                Some(facts) => {
                    tx.add_recording((person, Some(case)), &file.about, &file.content, facts, &terms)?
                }
                None => tx.add_document(person, Some(case), &file.about, &file.content, text, &terms)?,
            };
        }
        let to =
            Close { to: ItemState::Moved, how: String::new(), person: Some(person), case: Some(case), kept };
        tx.as_verb(Verb::MessageHandle, |tx| tx.close_item(&now, &to))?;
        Ok((person, case))
    })?;
    Ok(Moved { person, case, kept, dropped })
}

/// The details of somebody new come from who wrote: the professional who refers them, or the person themselves; on
/// the day on which it came (promise C28).
fn sourced(desk: &Desk<'_>, target: &Target, item: &Item) -> Result<Target> {
    let Target::New { profile, identity, shares_contact, issue, title } = target else {
        return Ok(target.clone());
    };
    let known = people::sources(desk)?;
    let referred = item.line.channel == Channel::Referral && known.iter().any(|(id, _)| id == REFERRER);
    let source = if referred { REFERRER } else { people::THEMSELVES };
    let on = Some(local(item.line.received_at)?.date());
    let taken = Taken { source: source.to_owned(), on };
    let profile = people::sourced(desk, &Profile::default(), (**profile).clone(), &taken)?;
    Ok(Target::New {
        profile: Box::new(profile),
        identity: *identity,
        shares_contact: *shares_contact,
        issue: issue.clone(),
        title: title.clone(),
    })
}

/// The register's kind of source for a professional who refers somebody.
const REFERRER: &str = "referrer";

fn kept(part: &Part, moving: &Moving) -> bool {
    moving.keep.contains(&part.number)
}

fn place(tx: &mut Tx<'_>, target: &Target) -> std::result::Result<(PersonId, CaseId), StoreError> {
    match target {
        Target::Case(case) => Ok((tx.person_of_case(*case)?, *case)),
        Target::Person { person, issue, title } => Ok((*person, begin(tx, *person, issue, title)?)),
        Target::New { profile, identity, shares_contact, issue, title } => {
            let office = tx.who().staff().map(|s| s.office).ok_or(StoreError::NotFound("office"))?;
            let new = NewPerson {
                office,
                identity: *identity,
                protection: Protection::Standard,
                profile: (**profile).clone(),
                shares_contact: *shares_contact,
            };
            match tx.record_person(&new, &Terms::default())? {
                Recorded::New(person) => Ok((person, begin(tx, person, issue, title)?)),
                Recorded::Known(_) => Err(StoreError::Invalid(
                    "somebody is known by this address or number: choose them, or say that it is shared"
                        .to_owned(),
                )),
            }
        }
    }
}

fn begin(
    tx: &mut Tx<'_>,
    person: PersonId,
    issue: &str,
    title: &str,
) -> std::result::Result<CaseId, StoreError> {
    let text = CaseText { title: title.to_owned(), ..CaseText::default() };
    tx.open_case(person, issue, &text, &Terms::default())
}

/// The note: how and when it came, the summary, then the words that are kept. Its source says the channel,
/// so that calls, texts and recordings are record types like any other (promise C34).
fn note(item: &Item, parts: &[&Part], summary: &str) -> Result<NoteText> {
    let came = local(item.line.received_at)?.strftime("%-d %B %Y at %H:%M");
    let channel = item.line.channel;
    let mut text = format!("By {}, {came}.", channel.label());
    for line in [summary.trim()].into_iter().filter(|s| !s.is_empty()) {
        text.push_str("\n\n");
        text.push_str(line);
    }
    for part in parts.iter().filter(|p| p.address.is_none() && !p.text.words.trim().is_empty()) {
        text.push_str("\n\n");
        if !part.text.name.is_empty() {
            text.push_str(&format!("{}: ", part.text.name));
        }
        text.push_str(part.text.words.trim());
    }
    Ok(NoteText { text, source: format!("received/{channel}"), ..NoteText::default() })
}

fn readable(item: &Item, part: &Part, content: Vec<u8>) -> KeptFile {
    let is_recording = part.kind == PartKind::Recording;
    let hint = Hint { name: Some(&part.text.name), media_type: None };
    let text = read(&content, &hint, &reading_limits()).ok().map(|d| all_text(&d));
    let what = if is_recording { "recording" } else { "received" };
    let recording = is_recording.then(|| Facts {
        channel: item.line.channel,
        provider: item.line.provider.clone(),
        told: part.text.told.parse().unwrap_or(Told::Unknown),
        recorded_at: item.line.received_at,
    });
    let about = DocumentText {
        name: part.text.name.clone(),
        media_type: part.text.media_type.clone(),
        source: format!("{what}/{}", item.line.channel),
        ..DocumentText::default()
    };
    KeptFile { about, content, text, recording }
}

fn end(desk: &Desk<'_>, id: InboxItemId, to: ItemState, how: &str) -> Result<()> {
    let allowed = |item: &Item| {
        outcome_allowed(item.line.state, to, 0, false, !how.trim().is_empty())
            .map_err(|e| StoreError::Invalid(e.to_string()))
    };
    desk.store.act(desk.who, Verb::MessageHandle, FOR, |tx| {
        let item = tx.open_item(id, &Terms::default())?;
        allowed(&item)?;
        tx.close_item(&item, &Close { to, how: how.trim().to_owned(), person: None, case: None, kept: 0 })
    })?;
    Ok(())
}

/// Records that the person was told where to go. Nothing that names them is kept.
///
/// # Errors
/// [`ServiceError::Invalid`] without a place, or with something in it that could name somebody; a refusal
/// of the gate.
pub fn signpost(desk: &Desk<'_>, id: InboxItemId, place: &str) -> Result<()> {
    check_place(place)?;
    end(desk, id, ItemState::Signposted, place)
}

/// Records that the item was sent on to somebody who can help, which the person had agreed to.
///
/// # Errors
/// As [`signpost`]; [`ServiceError::Unlawful`] without the person's agreement (promise N13).
pub fn refer(desk: &Desk<'_>, id: InboxItemId, place: &str, agreed: bool) -> Result<()> {
    check_place(place)?;
    if !agreed {
        return Err(ServiceError::Unlawful(
            "a referral waits for the person's agreement: ask them, or tell them where to go instead"
                .to_owned(),
        ));
    }
    end(desk, id, ItemState::Referred, place)
}

/// The record of a signposting outlives the item, unsealed: it names a service and no person.
fn check_place(place: &str) -> Result<()> {
    let place = place.trim();
    let personal = place.contains('@') || place.chars().filter(char::is_ascii_digit).count() > 4;
    if personal || place.chars().count() > 100 {
        return Err(ServiceError::Invalid(
            "name the service alone, without anybody's address or number: this line is kept".to_owned(),
        ));
    }
    Ok(())
}

/// Throws an item away.
///
/// # Errors
/// A refusal of the gate; [`ServiceError::Invalid`] when it was dealt with already.
pub fn discard(desk: &Desk<'_>, id: InboxItemId, why: DiscardReason) -> Result<()> {
    end(desk, id, ItemState::Discarded, why.code())
}
