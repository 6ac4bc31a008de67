//! What the asker sends: an answer to a question, papers, a withdrawal.

use counterfoil_domain::access::Verb;
use counterfoil_domain::rights::asker::{Awaited, may_withdraw, waits};
use counterfoil_store::StoreError;
use counterfoil_store::rights::follow::{Asker, AskerFileText};
use counterfoil_store::rights::requests::EventText;

use super::papers::{MOST, NewPaper, checked};
use super::{asker, on_own};
use crate::error::{Result, ServiceError};
use crate::rights::{Desk, clocked, provisional, read_clock};

/// The most characters of an answer.
const LONGEST: usize = 10_000;

/// Answers the question that has been open longest; the clock goes on from today. Papers go with it.
///
/// # Errors
/// [`ServiceError::Invalid`] when nothing was said or no question is open; a visit that has ended.
pub fn answer(desk: &Desk<'_>, token_hash: [u8; 32], text: &str, papers: &[NewPaper]) -> Result<()> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(ServiceError::Invalid("say something, in 10,000 characters at most".to_owned()));
    }
    let (asker, files) = (asker(desk, token_hash)?, checked_all(papers)?);
    let today = desk.today()?;
    let said = EventText { reason: String::new(), note: text.to_owned() };
    let (request, mut events) = on_own(desk, Verb::RequestFollow, &asker, |tx, request| {
        Ok((request.clone(), tx.events_of(request)?))
    })?;
    let is_open =
        |w: &counterfoil_domain::rights::asker::Wait| w.what == Awaited::Clarification && w.to.is_none();
    if !waits(&clocked(&events)).iter().any(is_open) {
        return Err(ServiceError::Invalid("no question is open: it was answered already".to_owned()));
    }
    events.push(provisional("clarification-answered", today, &said));
    read_clock(desk, &request, &events, today)?;
    on_own(desk, Verb::RequestReply, &asker, |tx, request| {
        // Two browsers that answer at once: the second finds nothing open.
        if !waits(&clocked(&tx.events_of(request)?)).iter().any(is_open) {
            return Err(StoreError::Invalid("no question is open: it was answered already".to_owned()));
        }
        tx.add_event(request, "clarification-answered", today, &said)?;
        keep(tx, request, "answer", &files, today)
    })
}

type Checked<'a> = Vec<(AskerFileText, &'a [u8])>;

fn checked_all(papers: &[NewPaper]) -> Result<Checked<'_>> {
    papers.iter().map(|paper| Ok((checked(paper)?, paper.content.as_slice()))).collect()
}

fn keep(
    tx: &mut counterfoil_store::Tx<'_>,
    request: &counterfoil_store::rights::requests::Request,
    purpose: &str,
    files: &Checked<'_>,
    today: jiff::civil::Date,
) -> std::result::Result<(), StoreError> {
    if tx.asker_files(request)?.len() + files.len() > MOST {
        return Err(StoreError::Invalid(format!("no more than {MOST} files can be kept: call us")));
    }
    for (text, content) in files {
        tx.keep_asker_file(request, purpose, text, content)?;
        let note = EventText { reason: purpose.to_owned(), note: String::new() };
        tx.add_event(request, "paper", today, &note)?;
    }
    Ok(())
}

/// Sends papers that were asked for. The officer looks at them; what they show decides whether the clock starts,
/// from the day on which they came.
///
/// # Errors
/// [`ServiceError::Invalid`] for no paper, for one that cannot be taken, or when nothing of the kind is awaited.
pub fn send_papers(
    desk: &Desk<'_>,
    token_hash: [u8; 32],
    purpose: Awaited,
    papers: &[NewPaper],
) -> Result<()> {
    if papers.is_empty() {
        return Err(ServiceError::Invalid("choose a file".to_owned()));
    }
    let (asker, files, today) = (asker(desk, token_hash)?, checked_all(papers)?, desk.today()?);
    on_own(desk, Verb::RequestReply, &asker, |tx, request| {
        let awaited = waits(&clocked(&tx.events_of(request)?));
        if !awaited.iter().any(|w| w.what == purpose && w.to.is_none()) {
            return Err(StoreError::Invalid("we do not wait for this any more".to_owned()));
        }
        keep(tx, request, purpose.code(), &files, today)
    })
}

/// Withdraws the request: work on it stops, and it is closed. Withdrawn twice is withdrawn once.
///
/// # Errors
/// [`ServiceError::Invalid`] when it was answered or closed already; a visit that has ended.
pub fn withdraw(desk: &Desk<'_>, token_hash: [u8; 32], why: &str) -> Result<()> {
    let (asker, today): (Asker, _) = (asker(desk, token_hash)?, desk.today()?);
    let note: String = why.trim().chars().take(LONGEST).collect();
    on_own(desk, Verb::RequestReply, &asker, |tx, request| {
        if tx.events_of(request)?.iter().any(|e| e.kind == "withdrawn") {
            return Ok(());
        }
        if !may_withdraw(&request.state) {
            return Err(StoreError::Invalid("this request was answered or closed already".to_owned()));
        }
        tx.add_event(request, "withdrawn", today, &EventText { note: note.clone(), ..EventText::default() })?;
        tx.move_request(request, "closed")
    })
}
