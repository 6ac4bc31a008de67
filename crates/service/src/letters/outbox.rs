//! The outbox: a letter is queued in the transaction that records what it does, goes out as a job of whoever
//! sent it, and its copy stays in the request's trail.

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::{ControllerId, MessageId, StaffId};
use counterfoil_domain::letters::LetterKind;
use counterfoil_store::access::Actor;
use counterfoil_store::jobs::Job;
use counterfoil_store::letters::{Message, MessageText, NewMessage};
use counterfoil_store::rights::requests::{Event, EventText, Request};
use counterfoil_store::{Store, StoreError, Terms};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Letter;
use crate::error::{Result, ServiceError};
use crate::rights::{Desk, provisional, read_clock};

/// The kind of job that sends a letter.
pub const JOB: &str = "send-letter";

/// How long a letter may take to send before another worker takes it up.
const LEASE: SignedDuration = SignedDuration::from_mins(5);

/// How a letter goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By e-mail.
    Email,
    /// Printed by the officer and posted or handed over.
    Print,
}

impl Way {
    /// Its spelling.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Print => "print",
        }
    }

    /// The way with this spelling.
    #[must_use]
    pub fn named(code: &str) -> Option<Self> {
        [Self::Email, Self::Print].into_iter().find(|way| way.code() == code)
    }
}

/// Where a letter goes, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// How.
    pub way: Way,
    /// The e-mail or postal address.
    pub to: String,
}

/// An e-mail as it is handed to the mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The recipient's address.
    pub to: String,
    /// The subject: never anything personal.
    pub subject: String,
    /// The letter in plain text.
    pub text: String,
    /// The letter as a page.
    pub html: String,
    /// What makes a second delivery of the same letter recognisable.
    pub id: String,
}

/// Why an e-mail did not go out. Nothing personal is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The mail server will never take it.
    Refused,
    /// It may work later.
    Later,
}

/// Hands an e-mail to the mail server.
pub type Post = dyn Fn(&Mail) -> std::result::Result<(), Delivery> + Send + Sync;

/// A letter of a request, as a line of its list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Which.
    pub id: String,
    /// What it is for, by its code.
    pub kind: String,
    /// `email` or `print`.
    pub way: String,
    /// `queued`, `sent`, `failed`, `to-print` or `printed`.
    pub state: String,
    /// Why it failed.
    pub why: String,
    /// When it was made.
    pub made_at: Timestamp,
}

/// A letter with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// As in the list.
    pub line: Line,
    /// Where it went.
    pub to: String,
    /// What it says.
    pub letter: Letter,
}

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    staff: StaffId16,
    reference: String,
    message: StaffId16,
}

/// An identifier's bytes in a payload.
type StaffId16 = [u8; 16];

/// Sends a letter: by e-mail it is queued, on paper it waits for the printer. What sending it does to the clock
/// (a question asked, an extension told) is recorded with it, or nothing is.
///
/// # Errors
/// [`ServiceError::Invalid`] for an address that cannot be one; [`ServiceError::Unlawful`] when the clock
/// refuses; a refusal of the gate.
pub fn send(desk: &Desk<'_>, reference: &str, letter: &Letter, sending: &Sending) -> Result<MessageId> {
    let to = sending.to.trim();
    if sending.way == Way::Email && !is_email(to) {
        return Err(ServiceError::Invalid("this is not an e-mail address: correct it, or print".to_owned()));
    }
    if to.is_empty() || to.chars().count() > 500 {
        return Err(ServiceError::Invalid("say where the letter goes".to_owned()));
    }
    let staff =
        desk.who.staff().ok_or_else(|| ServiceError::Invalid("a letter is somebody's".to_owned()))?.staff;
    let (today, event) = (desk.today()?, due_event(desk, reference, letter)?);
    let content = serde_json::to_string(letter)
        .map_err(|_| ServiceError::Invalid("the letter cannot be kept".to_owned()))?;
    let new = NewMessage {
        kind: letter.kind.clone(),
        way: sending.way.code().to_owned(),
        state: if sending.way == Way::Email { "queued" } else { "to-print" }.to_owned(),
        answerable: letter.answerable.clone(),
        text: MessageText { to: to.to_owned(), letter: content },
    };
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        if let Some((kind, text)) = &event {
            tx.add_event(request, kind, today, text)?;
        }
        let text = EventText { reason: letter.kind.clone(), note: String::new() };
        tx.add_event(request, "letter", today, &text)?;
        let id = tx.keep_message(request, &new)?;
        if sending.way == Way::Email {
            let payload = Payload {
                staff: *staff.as_bytes(),
                reference: reference.to_owned(),
                message: *id.as_bytes(),
            };
            tx.queue_message(request, JOB, &payload)?;
        }
        Ok(id)
    })
}

/// The event that sending the letter is, when the request's history does not hold it already and the clock
/// allows it.
fn due_event(desk: &Desk<'_>, reference: &str, letter: &Letter) -> Result<Option<(String, EventText)>> {
    let (kind, reason) = &letter.event;
    if kind.is_empty() {
        return Ok(None);
    }
    let (request, mut events) =
        desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
            Ok((request.clone(), tx.events_of(request)?))
        })?;
    if stands(kind, &events) {
        return Ok(None);
    }
    let today = desk.today()?;
    let text = EventText { reason: reason.clone(), note: String::new() };
    events.push(provisional(kind, today, &text));
    read_clock(desk, &request, &events, today)?;
    Ok(Some((kind.clone(), text)))
}

/// Whether something of this kind was asked and is still open, or happens only once and has.
fn stands(kind: &str, events: &[Event]) -> bool {
    let count = |kind: &str| events.iter().filter(|e| e.kind == kind).count();
    match kind {
        "identity-asked" => count(kind) > count("identity-received"),
        "authority-asked" => count(kind) > count("authority-received"),
        "acknowledged" => count(kind) > 0,
        _ => false,
    }
}

/// Whether this could be an address; what could smuggle a header or a second recipient in cannot.
fn is_email(text: &str) -> bool {
    let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control() || ",;<>\"".contains(c));
    plain && text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

/// The letters of a request, oldest first.
///
/// # Errors
/// A refusal of the gate, or altered content.
#[expect(clippy::redundant_closure_for_method_calls, reason = "the method alone is not general enough")]
pub fn of_request(desk: &Desk<'_>, reference: &str) -> Result<Vec<Line>> {
    let messages = desk
        .on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| tx.messages_of(request))?;
    Ok(messages.iter().map(line).collect())
}

fn line(message: &Message) -> Line {
    Line {
        id: message.id.to_string(),
        kind: message.kind.clone(),
        way: message.way.clone(),
        state: message.state.clone(),
        why: message.why.clone(),
        made_at: message.made_at,
    }
}

pub(crate) fn read(message: &Message) -> Result<Letter> {
    serde_json::from_str(&message.text.letter)
        .map_err(|_| ServiceError::Store(StoreError::Unsealable { table: "message" }))
}

/// One letter with its content.
///
/// # Errors
/// A refusal of the gate, [`StoreError::NotFound`], or altered content.
pub fn show(desk: &Desk<'_>, reference: &str, id: MessageId) -> Result<Shown> {
    let message = desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
        tx.message_of(request, id)
    })?;
    Ok(Shown { line: line(&message), to: message.text.to.clone(), letter: read(&message)? })
}

/// Notes that a letter was printed and has left the house.
///
/// # Errors
/// [`ServiceError::Invalid`] for one that goes by e-mail; a refusal of the gate.
pub fn printed(desk: &Desk<'_>, reference: &str, id: MessageId) -> Result<()> {
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        let message = tx.message_of(request, id)?;
        if message.way != Way::Print.code() {
            return Err(StoreError::Invalid("this letter goes by e-mail: it is not printed".to_owned()));
        }
        tx.mark_message(id, "printed", "")
    })
}

/// What a round of sending did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// Letters that the mail server took.
    pub sent: usize,
    /// Letters that were given up.
    pub failed: usize,
    /// Letters that are tried again later.
    pub later: usize,
}

/// Sends what is queued. Each letter goes out as an act of whoever sent it.
///
/// # Errors
/// When the queue cannot be read or written; a letter that does not go out is in the count.
pub fn deliver(store: &Store, post: &Post) -> Result<Sent> {
    let mut done = Sent::default();
    while let Some(job) = store.claim_job_of(None, &[JOB], LEASE)? {
        match one(store, &job, post) {
            Ok(()) => {
                store.end_job(&job, Ok(()))?;
                done.sent += 1;
            }
            Err(Undone { why, message }) => {
                store.end_job(&job, Err(why))?;
                let over = store.job_state(job.controller, job.id)?.is_some_and(|p| p.state == "failed");
                if let Some(letter) = message {
                    let (who, reference, id) = *letter;
                    let state = if over { "failed" } else { "queued" };
                    mark(store, &who, &reference, id, state, why)?;
                }
                if over { done.failed += 1 } else { done.later += 1 }
            }
        }
    }
    Ok(done)
}

/// Why a letter did not go out, and which, as far as it is known.
struct Undone {
    why: &'static str,
    message: Option<Box<(Actor, String, MessageId)>>,
}

fn one(store: &Store, job: &Job, post: &Post) -> std::result::Result<(), Undone> {
    let lost = |why| Undone { why, message: None };
    let payload: Payload = store.job_payload(job).map_err(|_| lost("what was to be sent is gone"))?;
    let who = actor(store, job.controller, StaffId::from_bytes(payload.staff))
        .map_err(|_| lost("whoever sent it has no account any more"))?;
    let id = MessageId::from_bytes(payload.message);
    let undone = |why| Undone { why, message: Some(Box::new((who.clone(), payload.reference.clone(), id))) };
    let message = open(store, &who, &payload.reference, id).map_err(|_| undone("it could not be opened"))?;
    if message.state == "sent" {
        return Ok(());
    }
    let letter = read(&message).map_err(|_| undone("it could not be opened"))?;
    let mail = Mail {
        to: message.text.to.clone(),
        subject: letter.subject.clone(),
        text: letter.text(),
        html: letter.html(),
        id: id.to_string(),
    };
    match post(&mail) {
        Ok(()) => mark(store, &who, &payload.reference, id, "sent", "")
            .map_err(|_| undone("it went out, and could not be noted")),
        Err(Delivery::Refused) => Err(undone("the mail server refused the address or the letter")),
        Err(Delivery::Later) => Err(undone("the mail server could not be reached")),
    }
}

fn actor(store: &Store, controller: ControllerId, staff: StaffId) -> Result<Actor> {
    Ok(Actor::Staff(store.actor(controller, staff, true)?))
}

fn on<T>(
    store: &Store,
    who: &Actor,
    reference: &str,
    work: impl Fn(&mut counterfoil_store::Tx<'_>, &Request) -> std::result::Result<T, StoreError>,
) -> Result<T> {
    Ok(store.act(who, Verb::RequestReview, Purpose::RightsRequest, |tx| {
        let id = tx.request_by_reference(reference)?;
        let request = tx.open_request(id, &Terms::default())?;
        work(tx, &request)
    })?)
}

fn open(store: &Store, who: &Actor, reference: &str, id: MessageId) -> Result<Message> {
    on(store, who, reference, |tx, request| tx.message_of(request, id))
}

fn mark(store: &Store, who: &Actor, reference: &str, id: MessageId, state: &str, why: &str) -> Result<()> {
    on(store, who, reference, |tx, _| tx.mark_message(id, state, why))
}

/// The kinds of letter that have a place in a request of this right.
pub fn kinds_for(right: counterfoil_domain::rights::Right) -> impl Iterator<Item = LetterKind> {
    LetterKind::ALL.iter().copied().filter(move |kind| kind.fits(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_one_recipient_and_no_header() {
        for (text, is) in [
            ("gethin@mail.example", true),
            ("g.v+x@mail.example", true),
            ("gethin", false),
            ("@mail.example", false),
            ("a@b", false),
            ("a@b.example,c@d.example", false),
            ("a@b.example\r\nBcc: c@d.example", false),
            ("A <a@b.example>", false),
        ] {
            assert_eq!(is_email(text), is, "{text:?}");
        }
    }
}
