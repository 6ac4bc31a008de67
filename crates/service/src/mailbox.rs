//! Mail that may hold a rights request: fetched from a watched folder of `.eml` files, looked at by a member of
//! staff, and made a request of the day on which it came. Automatic answers and mail that was fetched before are
//! recognised and left out.

use std::fs;
use std::path::{Path, PathBuf};

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::{MailId, OfficeId};
use counterfoil_domain::rights::recognise::{Strength, recognise};
use counterfoil_finding::model::{BlockKind, Document, FileKind};
use counterfoil_finding::read::{Hint, Limits, read};
use counterfoil_store::mailbox::{Fetched, MailItem, MailText};
use counterfoil_store::{StoreError, Terms};
use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{Result, ServiceError};
use crate::rights::{Desk, Received, Reception, prepared};

/// The largest mail that is read.
const LARGEST: u64 = 30 * 1024 * 1024;
/// The most characters of a mail that are kept.
const LONGEST: usize = 20_000;
/// The most mails that one list shows.
const MOST: u32 = 100;

/// What one round of fetching did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Round {
    /// Mails that now wait for someone to look at them.
    pub new: usize,
    /// Mails that were fetched before.
    pub known: usize,
    /// Automatic answers.
    pub automatic: usize,
    /// Files that are not a mail, or too large: they stay where they are.
    pub unread: usize,
}

/// A mail that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Which.
    pub id: String,
    /// `request`, `perhaps` or `other`.
    pub sort: String,
    /// The day on which it came.
    pub received_on: Date,
    /// The sender's name.
    pub name: String,
    /// The sender's address.
    pub from: String,
    /// The subject.
    pub subject: String,
    /// The words.
    pub body: String,
    /// The names of what was attached; the files themselves stay in the mailbox.
    pub attachments: Vec<String>,
    /// The phrases that look like a request.
    pub phrases: Vec<String>,
    /// The right that they speak of, by its code.
    pub right: String,
}

/// A mail, taken apart.
struct Letter {
    name: Vec<u8>,
    automatic: bool,
    received_on: Date,
    text: MailText,
    sort: &'static str,
}

/// Fetches the `.eml` files of a folder. One that was taken in moves to the folder `taken` beside it.
///
/// # Errors
/// [`ServiceError::File`] when the folder cannot be read; a file that is not a mail is counted and stays.
pub fn fetch(desk: &Desk<'_>, folder: &Path) -> Result<Round> {
    let mut round = Round::default();
    for path in files(folder)? {
        match letter(desk, &path) {
            None => round.unread += 1,
            Some(letter) if letter.automatic => {
                round.automatic += 1;
                put_away(folder, &path)?;
            }
            Some(letter) => {
                match keep(desk, &letter)? {
                    Fetched::New(_) => round.new += 1,
                    Fetched::Known => round.known += 1,
                }
                put_away(folder, &path)?;
            }
        }
    }
    Ok(round)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let trouble = || ServiceError::file("the folder of mail could not be read");
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(trouble())? {
        let path = entry.map_err(trouble())?.path();
        let is_mail = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("eml"));
        if is_mail && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn put_away(folder: &Path, path: &Path) -> Result<()> {
    let trouble = || ServiceError::file("a mail that was taken in could not be put away");
    let taken = folder.join("taken");
    fs::create_dir_all(&taken).map_err(trouble())?;
    fs::rename(path, taken.join(path.file_name().unwrap_or_default())).map_err(trouble())
}

/// `None` for what cannot be read as a mail.
fn letter(desk: &Desk<'_>, path: &Path) -> Option<Letter> {
    let size = fs::metadata(path).ok()?.len();
    if size == 0 || size > LARGEST {
        return None;
    }
    let bytes = fs::read(path).ok()?;
    let hint = Hint { name: Some("mail.eml"), media_type: Some("message/rfc822") };
    let document = read(&bytes, &hint, &Limits::default()).ok().filter(|d| d.kind == FileKind::Email)?;
    Some(taken_apart(&document, &bytes, desk.today().ok()?))
}

fn header<'d>(document: &'d Document, name: &str) -> &'d str {
    let found = document.blocks.iter().find(|block| match &block.kind {
        BlockKind::Header(own) => own.eq_ignore_ascii_case(name),
        _ => false,
    });
    found.map_or("", |block| block.text.trim())
}

fn taken_apart(document: &Document, bytes: &[u8], today: Date) -> Letter {
    let body: Vec<&str> = document
        .blocks
        .iter()
        .filter(|block| block.visible && !matches!(block.kind, BlockKind::Header(_)))
        .map(|block| block.text.trim())
        .filter(|text| !text.is_empty())
        .collect();
    let body: String = body.join("\n").chars().take(LONGEST).collect();
    let subject = header(document, "subject").to_owned();
    let (name, from) = sender(header(document, "from"));
    let words = format!("{subject}\n{body}");
    let signs = recognise(&words);
    let sort = match signs.iter().map(|sign| sign.strength).min() {
        Some(Strength::Plain) => "request",
        Some(Strength::Perhaps) => "perhaps",
        None => "other",
    };
    let phrases =
        signs.iter().filter_map(|sign| words.get(sign.start..sign.end)).map(str::to_owned).collect();
    let message = header(document, "message-id");
    Letter {
        name: if message.is_empty() { Sha256::digest(bytes).to_vec() } else { message.as_bytes().to_vec() },
        automatic: is_automatic(document, &subject),
        received_on: sent_on(header(document, "date")).filter(|on| *on <= today).unwrap_or(today),
        text: MailText {
            name,
            from,
            subject,
            body,
            attachments: document.attachments.iter().map(|a| a.name.clone()).collect(),
            phrases,
            right: signs.first().map(|sign| sign.right.code().to_owned()).unwrap_or_default(),
        },
        sort,
    }
}

/// `Gethin Vaughan <gethin@mail.example>` as name and address.
fn sender(from: &str) -> (String, String) {
    match from.rsplit_once('<').and_then(|(name, rest)| Some((name, rest.split_once('>')?.0))) {
        Some((name, address)) => {
            let name = name.trim().trim_matches('"').trim();
            let name = if name.is_empty() { address } else { name };
            (name.to_owned(), address.trim().to_owned())
        }
        None => (from.to_owned(), from.to_owned()),
    }
}

/// The day in the United Kingdom on which a mail was sent.
fn sent_on(date: &str) -> Option<Date> {
    let at = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_zoned(date).ok()?;
    Some(at.timestamp().to_zoned(jiff::tz::TimeZone::get("Europe/London").ok()?).date())
}

/// Whether no person wrote it (RFC 3834, and what older programs write).
fn is_automatic(document: &Document, subject: &str) -> bool {
    let submitted = header(document, "auto-submitted").to_ascii_lowercase();
    let precedence = header(document, "precedence").to_ascii_lowercase();
    let marked = ["x-autoreply", "x-autorespond", "x-auto-response-suppress"];
    let begins = subject.to_lowercase();
    let says =
        ["automatic reply", "auto reply", "autoreply", "out of office", "undeliverable", "ateb awtomatig"];
    (!submitted.is_empty() && submitted != "no")
        || ["bulk", "junk", "auto_reply"].contains(&precedence.as_str())
        || marked.iter().any(|name| !header(document, name).is_empty())
        || says.iter().any(|say| begins.starts_with(say))
        || header(document, "return-path") == "<>"
}

fn keep(desk: &Desk<'_>, letter: &Letter) -> Result<Fetched> {
    let offices = desk.store.offices(desk.controller())?;
    let office = offices.first().map(|office| office.id).ok_or_else(|| {
        ServiceError::NotReady("the organisation has no office that could receive a request".to_owned())
    })?;
    Ok(desk.store.act(desk.who, Verb::RequestReceive, Purpose::RightsRequest, |tx| {
        tx.fetch_mail(office, &letter.name, letter.sort, letter.received_on, &letter.text)
    })?)
}

fn own_office(desk: &Desk<'_>) -> Result<OfficeId> {
    let staff = desk.who.staff().map(|staff| staff.office);
    staff.ok_or_else(|| ServiceError::Invalid("mail is looked at by a member of staff".to_owned()))
}

/// The mails that wait: what looks like a request first, each kind oldest first.
///
/// # Errors
/// A refusal of the gate, or altered content.
pub fn waiting(desk: &Desk<'_>) -> Result<Vec<Waiting>> {
    let office = own_office(desk)?;
    let items = desk
        .store
        .act(desk.who, Verb::RequestReceive, Purpose::RightsRequest, |tx| tx.waiting_mail(office, MOST))?;
    let mut waiting: Vec<Waiting> = items.iter().map(shown).collect();
    let rank = |sort: &str| ["request", "perhaps"].iter().position(|own| *own == sort).unwrap_or(2);
    waiting.sort_by_key(|mail| (rank(&mail.sort), mail.received_on));
    Ok(waiting)
}

/// One mail that waits.
///
/// # Errors
/// A refusal of the gate; [`StoreError::NotFound`] when someone has dealt with it.
pub fn show(desk: &Desk<'_>, id: MailId) -> Result<Waiting> {
    let office = own_office(desk)?;
    let item = desk
        .store
        .act(desk.who, Verb::RequestReceive, Purpose::RightsRequest, |tx| tx.mail_item(office, id))?;
    Ok(shown(&item))
}

fn shown(item: &MailItem) -> Waiting {
    let text = item.text.clone();
    Waiting {
        id: item.id.to_string(),
        sort: item.sort.clone(),
        received_on: item.received_on,
        name: text.name,
        from: text.from,
        subject: text.subject,
        body: text.body,
        attachments: text.attachments,
        phrases: text.phrases,
        right: text.right,
    }
}

/// Makes a request of a mail. It was received on the day on which the mail came, however late it was looked at.
/// The mail is closed with it: what it said is in the request.
///
/// # Errors
/// As [`crate::rights::receive`]; [`StoreError::NotFound`] when someone else was faster.
pub fn take(desk: &Desk<'_>, id: MailId, reception: &Reception) -> Result<Received> {
    let office = own_office(desk)?;
    let (due, new) = prepared(desk, reception)?;
    let request = desk.store.act(desk.who, Verb::RequestReceive, Purpose::RightsRequest, |tx| {
        let mail = tx.mail_item(office, id)?;
        let request = tx.receive_request(&new, &Terms::default())?;
        tx.close_mail(&mail, Some(request.id))?;
        Ok(request)
    })?;
    Ok(Received { reference: request.reference, due })
}

/// Closes a mail that is no request: its content goes.
///
/// # Errors
/// [`StoreError::NotFound`] when someone else was faster.
pub fn dismiss(desk: &Desk<'_>, id: MailId) -> Result<()> {
    let office = own_office(desk)?;
    Ok(desk.store.act(desk.who, Verb::RequestReceive, Purpose::RightsRequest, |tx| {
        let mail = tx.mail_item(office, id)?;
        tx.close_mail(&mail, None)
    })?)
}

/// Whether an error says that the mail has been dealt with.
#[must_use]
pub const fn is_gone(error: &ServiceError) -> bool {
    matches!(error, ServiceError::Store(StoreError::NotFound(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_a_name_and_an_address() {
        for (from, name, address) in [
            ("Gethin Vaughan <gethin@mail.example>", "Gethin Vaughan", "gethin@mail.example"),
            ("\"Vaughan, G\" <g@mail.example>", "Vaughan, G", "g@mail.example"),
            ("<g@mail.example>", "g@mail.example", "g@mail.example"),
            ("g@mail.example", "g@mail.example", "g@mail.example"),
        ] {
            assert_eq!(sender(from), (name.to_owned(), address.to_owned()));
        }
    }

    #[test]
    fn the_day_of_sending_is_that_of_the_united_kingdom() {
        assert_eq!(sent_on("Sat, 20 Jun 2026 23:30:00 +0000"), Some(jiff::civil::date(2026, 6, 21)));
        assert_eq!(sent_on("Tue, 3 Nov 2026 09:00:00 +0000"), Some(jiff::civil::date(2026, 11, 3)));
        assert_eq!(sent_on("soon"), None);
    }
}
