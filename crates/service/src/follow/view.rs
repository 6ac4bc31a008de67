//! How a request stands, as its asker is told: dates, pauses with their reasons, what is needed, the letters that
//! were sent. Never an officer's notes, and nothing of what was found.

use counterfoil_domain::access::Verb;
use counterfoil_domain::rights::asker::{Wait, may_withdraw, waits};
use counterfoil_store::letters::Message;
use counterfoil_store::rights::requests::{Event, Request};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::{asker, on_own};
use crate::error::Result;
use crate::letters::{self, Known, Language, Piece};
use crate::rights::{Desk, clocked, read_clock};

/// A time in which the request waited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pause {
    /// For what: `identity`, `authority`, `clarification` or `fee`.
    pub what: &'static str,
    /// Since when.
    pub from: Date,
    /// Until when; `None` while it waits still.
    pub to: Option<Date>,
}

/// Something that is needed from the asker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Need {
    /// What: `identity`, `authority`, `clarification` or `fee`.
    pub what: &'static str,
    /// Since when.
    pub since: Date,
    /// What the letter asked, when one was sent.
    pub said: Vec<Piece>,
}

/// A letter that was sent about the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LetterLine {
    /// What it is for, by its code.
    pub kind: String,
    /// When.
    pub at: Timestamp,
}

/// A request as its asker sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Followed {
    /// The reference.
    pub reference: String,
    /// The right, by its code.
    pub right: String,
    /// When it was received.
    pub received_on: Date,
    /// The last day in time.
    pub due: Option<Date>,
    /// Where the clock stands, by its code; empty when it cannot be read.
    pub clock: String,
    /// Whether the last day has passed without an answer.
    pub late: bool,
    /// Why it takes longer, by its code; empty when it does not.
    pub extended: String,
    /// The clock's working, line by line, each with its provision; in English.
    pub working: Vec<(String, String)>,
    /// The times in which it waited.
    pub pauses: Vec<Pause>,
    /// What is needed now.
    pub needs: Vec<Need>,
    /// The letters that were sent.
    pub letters: Vec<LetterLine>,
    /// How many papers the asker sent that are still kept.
    pub papers: usize,
    /// Whether the answer can be collected here.
    pub ready: bool,
    /// How often it was.
    pub collected: i64,
    /// Whether it can still be withdrawn.
    pub may_withdraw: bool,
    /// Whether the asker can see who looked at their record.
    pub sees_looked: bool,
    /// Who is answerable for what it is about, in words.
    pub answerable: Vec<Piece>,
}

/// The asker's own request, for a browser that was proved.
///
/// # Errors
/// [`counterfoil_store::StoreError::NotFound`] when this browser was not proved, or no longer is.
pub fn follow(desk: &Desk<'_>, token_hash: [u8; 32], language: Language) -> Result<Followed> {
    let asker = asker(desk, token_hash)?;
    let (request, events, known, messages, papers, released, collected) =
        on_own(desk, Verb::RequestFollow, &asker, |tx, request| {
            let released = tx.pack_of(request)?.is_some_and(|pack| pack.released_at.is_some());
            let events = tx.events_of(request)?;
            let known = Known::read(tx, request, &events)?;
            Ok((
                request.clone(),
                events,
                known,
                tx.messages_of(request)?,
                tx.asker_files(request)?.len(),
                released,
                tx.collected(request)?,
            ))
        })?;
    let mut followed = standing(desk, &request, &events, &messages)?;
    followed.answerable = letters::answerable_pieces(desk, &known, language)?;
    followed.papers = papers;
    followed.ready = released;
    followed.collected = collected;
    Ok(followed)
}

fn standing(desk: &Desk<'_>, request: &Request, events: &[Event], messages: &[Message]) -> Result<Followed> {
    let reading = read_clock(desk, request, events, desk.today()?).ok();
    let waited = waits(&clocked(events));
    let open = may_withdraw(&request.state);
    let sent: Vec<&Message> =
        messages.iter().filter(|m| !matches!(&*m.state, "failed" | "to-print")).collect();
    let extension = events.iter().rev().find(|e| e.kind == "extended");
    Ok(Followed {
        reference: request.reference.clone(),
        right: request.right.clone(),
        received_on: request.received_on,
        due: reading.as_ref().and_then(|r| r.due),
        clock: reading.as_ref().map(|r| r.state.code().to_owned()).unwrap_or_default(),
        late: reading.as_ref().is_some_and(|r| r.late),
        extended: extension.map(|e| e.text.reason.clone()).unwrap_or_default(),
        working: reading
            .iter()
            .flat_map(|r| &r.working)
            .map(|s| (s.text.clone(), s.provision.to_owned()))
            .collect(),
        pauses: waited.iter().map(pause).collect(),
        needs: waited.iter().filter(|w| open && w.to.is_none()).map(|w| need(w, &sent)).collect(),
        letters: sent.iter().map(|m| LetterLine { kind: m.kind.clone(), at: m.made_at }).collect(),
        papers: 0,
        ready: false,
        collected: 0,
        may_withdraw: open,
        sees_looked: super::looked::own_record(request).is_some(),
        answerable: Vec::new(),
    })
}

const fn pause(wait: &Wait) -> Pause {
    Pause { what: wait.what.code(), from: wait.from, to: wait.to }
}

/// What the last letter of that kind asked: its words went to the asker already.
fn need(wait: &Wait, messages: &[&Message]) -> Need {
    let what = wait.what.code();
    let asked = messages.iter().rev().find(|m| m.kind == what).and_then(|m| letters::read(m).ok());
    Need { what, since: wait.from, said: asked.map(|letter| letters::said(&letter.said)).unwrap_or_default() }
}
