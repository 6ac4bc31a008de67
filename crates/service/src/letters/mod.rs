//! Letters about a request: drafted from content and the request's own facts, looked at by an officer, then
//! sent by e-mail or printed. A copy stays in the request's trail.
//!
//! What the law asks a letter to say is a rule ([`LetterKind::says`]); content cannot leave it out.

mod answerable;
mod outbox;
mod paper;
mod words;

use std::collections::BTreeMap;

use counterfoil_domain::access::Verb;
use counterfoil_domain::clock::ExtensionReason;
use counterfoil_domain::letters::Content;
pub use counterfoil_domain::letters::LetterKind;
use counterfoil_domain::rights::Right;
use counterfoil_store::Terms;
use counterfoil_store::rights::requests::{Event, EventText, Request};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use self::words::{Shared, Text};
use crate::error::{Result, ServiceError};
use crate::organisation::Organisation;
use crate::register::keep;
use crate::rights::{Desk, provisional, read_clock};

pub use answerable::{Answers, Named, of_new as answerable_for_new, of_request as answerable_for};
pub(crate) use answerable::{Known, of as answerable_of, pieces as answerable_pieces};
pub(crate) use outbox::read;
pub use outbox::{
    Delivery, JOB, Line, Mail, Post, Sending, Sent, Shown, Way, deliver, kinds_for, of_request, printed,
    send, show,
};
pub(crate) use paper::pdf as pdf_of;
pub use words::{Language, long_date};

/// The most characters of the part that an officer writes.
const LONGEST: usize = 10_000;

/// The day on which complaints to the controller begin (DPA 2018 s.164A).
const COMPLAINTS_TO_US: Date = Date::constant(2026, 6, 19);

/// What the officer adds to a letter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Points {
    /// The part written for this letter: reasons, a question, what was done. Paragraphs are separated by an
    /// empty line; lines that begin with `- ` are a list.
    pub said: String,
    /// Why it takes longer; an extension needs one.
    pub extension: Option<ExtensionReason>,
    /// Who was told, one a line.
    pub recipients: Vec<String>,
    /// The key and the code of the request's page, for a letter on paper.
    pub access: Option<(String, String)>,
    /// The address of the public site, such as `https://requests.example.org`; without it the letter does not
    /// speak of the site.
    pub site: String,
    /// The language, when it is not to be that of the request.
    pub language: Option<Language>,
}

/// One piece of a letter, in the order of reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Piece {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// A list.
    List(Vec<String>),
}

/// A letter as it would go out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// What it is for.
    pub kind: String,
    /// `en` or `cy`.
    pub language: String,
    /// The subject of the e-mail: never anything personal.
    pub subject: String,
    /// The heading of the letter.
    pub title: String,
    /// The officer's part, as it was written.
    pub said: String,
    /// The letter itself.
    pub body: Vec<Piece>,
    /// The event that sending it records, with its reason; empty for none.
    pub event: (String, String),
    /// The controllers that it names, by the register's ids; nothing for a letter that does not go to the requester.
    #[serde(default)]
    pub answerable: Option<Vec<String>>,
}

/// Drafts a letter about a request as it stands today. Nothing is kept or sent.
///
/// # Errors
/// [`ServiceError::Invalid`] when something that the law asks the letter to say is missing or the letter has no
/// place in a request of this right; [`ServiceError::Unlawful`] for an extension that the clock refuses; a
/// refusal of the gate.
pub fn draft(desk: &Desk<'_>, reference: &str, kind: LetterKind, points: &Points) -> Result<Letter> {
    let (request, events) =
        desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
            Ok((request.clone(), tx.events_of(request)?))
        })?;
    write(desk, &request, &events, kind, points)
}

/// As [`draft`], for a request that is open already.
pub(crate) fn write(
    desk: &Desk<'_>,
    request: &Request,
    events: &[Event],
    kind: LetterKind,
    points: &Points,
) -> Result<Letter> {
    let right: Right = request
        .right
        .parse()
        .map_err(|_| ServiceError::Invalid(format!("`{}` is not a right", request.right)))?;
    if !kind.fits(right) {
        return Err(ServiceError::Invalid(format!(
            "a letter of the kind `{kind}` has no place in a request about {}: choose another",
            right.label()
        )));
    }
    check(kind, points)?;
    let language = points.language.unwrap_or_else(|| Language::of(&request.text.language));
    let (text, shared) = (Text::of(kind, language)?, Shared::of(language)?);
    let due = due(desk, request, events, kind, points)?;
    let reference = &request.reference;
    let known = desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
        Known::read(tx, request, events)
    })?;
    let answers = answerable_of(desk, &known, language)?;
    let with = facts(desk, request, due, points, (language, &shared), &answers)?;
    let writer = Writer { kind, text, shared, points, with: &with, answers: &answers, today: desk.today()? };
    Ok(writer.letter(language))
}

/// What only an officer can say must be said.
fn check(kind: LetterKind, points: &Points) -> Result<()> {
    let said = points.said.trim();
    let missing = |what: &str| Err(ServiceError::Invalid(format!("the letter lacks {what}: write it")));
    if said.chars().count() > LONGEST {
        return Err(ServiceError::Invalid(format!(
            "the letter is too long: use {LONGEST} characters at most"
        )));
    }
    for content in kind.says() {
        match content {
            Content::Reasons | Content::Question | Content::Done if said.chars().count() < 3 => {
                return missing(content.label());
            }
            Content::Recipients if points.recipients.is_empty() => return missing(content.label()),
            _ => {}
        }
    }
    if kind == LetterKind::Extension && points.extension.is_none() {
        return missing("its lawful reason (complexity or number, Art 12A(3) UK GDPR)");
    }
    Ok(())
}

/// The last day in time, once the letter has gone out: an extension counts as told today.
fn due(
    desk: &Desk<'_>,
    request: &Request,
    events: &[Event],
    kind: LetterKind,
    points: &Points,
) -> Result<Option<Date>> {
    let today = desk.today()?;
    let mut events = events.to_vec();
    if let (LetterKind::Extension, Some(reason)) = (kind, points.extension) {
        let text = EventText { reason: reason.code().to_owned(), ..EventText::default() };
        events.push(provisional("extended", today, &text));
    }
    let due = read_clock(desk, request, &events, today)?.due;
    if due.is_none() && kind.says().contains(&Content::Due) {
        return Err(ServiceError::NotReady(
            "there is no due date while something is awaited: write when the clock runs".to_owned(),
        ));
    }
    Ok(due)
}

type Facts = BTreeMap<&'static str, String>;

fn facts(
    desk: &Desk<'_>,
    request: &Request,
    due: Option<Date>,
    points: &Points,
    (language, shared): (Language, &Shared),
    answers: &Answers,
) -> Result<Facts> {
    let o = Organisation::from_toml(&desk.store.controller(desk.controller())?.settings)?;
    let date = |date: Date| long_date(date, language);
    let extension = points.extension.map(|reason| shared.extension(reason).to_owned());
    let (key, code) = points.access.clone().unwrap_or_default();
    let contact = answers.contact.clone().unwrap_or(o.contact);
    let officer = o.data_protection_officer.email;
    let (organisation, registration, officer_email) = match (&answers.contact, answers.named.first()) {
        (Some(_), Some(c)) => (c.name.clone(), c.registration.clone(), c.officer_email.clone()),
        _ => (o.name, registration(desk)?, officer),
    };
    Ok(BTreeMap::from([
        ("reference", request.reference.clone()),
        ("requester", request.text.requester.clone()),
        ("received", date(request.received_on)),
        ("due", due.map(date).unwrap_or_default()),
        ("extension_reason", extension.unwrap_or_default()),
        ("key", key),
        ("code", code),
        ("site", points.site.trim_end_matches('/').to_owned()),
        ("organisation", organisation),
        ("contact_name", contact.name),
        ("contact_address", contact.address),
        ("contact_email", contact.email),
        ("contact_phone", contact.phone),
        ("regulator_name", o.regulator.name),
        ("regulator_address", o.regulator.address),
        ("regulator_phone", o.regulator.phone),
        ("regulator_website", o.regulator.website),
        ("officer_email", officer_email),
        ("registration", registration),
    ]))
}

/// The controller's registration with the regulator, by the register; empty without a register.
pub(crate) fn registration(desk: &Desk<'_>) -> Result<String> {
    let register = keep::current(desk.store, desk.controller())?;
    let first = register.and_then(|r| r.part.controller.first().map(|c| c.registration.clone()));
    Ok(first.unwrap_or_default())
}

/// A letter in the making.
struct Writer<'a> {
    kind: LetterKind,
    text: Text,
    shared: Shared,
    points: &'a Points,
    with: &'a Facts,
    answers: &'a Answers,
    today: Date,
}

impl Writer<'_> {
    fn letter(&self, language: Language) -> Letter {
        let reason = self.points.extension.map(|reason| reason.code().to_owned()).unwrap_or_default();
        Letter {
            kind: self.kind.code().to_owned(),
            language: language.tag().to_owned(),
            subject: self.fill(&self.text.subject),
            title: self.fill(&self.text.title),
            said: self.points.said.trim().to_owned(),
            body: self.body(language),
            event: (self.kind.event().unwrap_or_default().to_owned(), reason),
            answerable: self.kind.to_requester().then(|| self.answers.ids()),
        }
    }

    fn fill(&self, text: &str) -> String {
        words::fill(text, |name| self.with.get(name).map(String::as_str))
    }

    fn body(&self, language: Language) -> Vec<Piece> {
        let say = |text: &str| Piece::Paragraph(self.fill(text));
        let mut body = vec![Piece::Paragraph(long_date(self.today, language))];
        body.push(say(self.text.greeting.as_deref().unwrap_or(&self.shared.greeting)));
        body.extend(self.text.opening.iter().map(|text| say(text)));
        body.extend(said(&self.points.said));
        if !self.points.recipients.is_empty() {
            body.push(Piece::List(self.points.recipients.clone()));
        }
        body.extend(self.text.closing.iter().map(|text| say(text)));
        body.extend(self.site());
        body.extend(self.kind.says().into_iter().flat_map(|content| self.required(content)));
        if self.kind.to_requester() {
            body.push(say(&self.shared.formats));
        }
        body.push(say(&self.shared.closing));
        body.push(say("{contact_name}"));
        body
    }

    /// Where the person reads more, when there is a site.
    fn site(&self) -> Vec<Piece> {
        let say = |text: &str| Piece::Paragraph(self.fill(text));
        let mut pieces = Vec::new();
        if self.points.site.is_empty() || !self.kind.to_requester() {
            return pieces;
        }
        if self.text.collect {
            pieces.push(say(&self.shared.collect));
        } else if self.text.follow && self.points.access.is_none() {
            pieces.push(say(&self.shared.follow));
        }
        if self.points.access.is_some() {
            pieces.push(Piece::Heading(self.fill(&self.shared.access_heading)));
            pieces.push(say(&self.shared.access));
        }
        pieces
    }

    /// The words of what the law asks; what an officer writes and what the opening says are there already.
    fn required(&self, content: Content) -> Vec<Piece> {
        let say = |text: &str| Piece::Paragraph(self.fill(text));
        match content {
            Content::ComplainToUs => {
                let heading = Piece::Heading(self.fill(&self.shared.complain_heading));
                let to_us = (self.today >= COMPLAINTS_TO_US).then(|| say(&self.shared.complain_to_us));
                std::iter::once(heading).chain(to_us).collect()
            }
            Content::ComplainToRegulator => vec![say(&self.shared.complain_to_regulator)],
            Content::Court => vec![say(&self.shared.court)],
            Content::Answerable => self.answers.pieces(&self.shared),
            Content::Officer => vec![say(&self.shared.officer)],
            Content::Registration if self.with.get("registration").is_some_and(|r| !r.is_empty()) => {
                vec![say(&self.shared.registration)]
            }
            _ => Vec::new(),
        }
    }
}

/// The officer's part as pieces.
pub(crate) fn said(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for block in text.replace("\r\n", "\n").split("\n\n") {
        let lines: Vec<&str> = block.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let items: Vec<String> =
            lines.iter().filter_map(|line| line.strip_prefix("- ")).map(str::to_owned).collect();
        if lines.is_empty() {
            continue;
        }
        let rest: Vec<&str> = lines.iter().copied().filter(|line| !line.starts_with("- ")).collect();
        if !rest.is_empty() {
            pieces.push(Piece::Paragraph(rest.join(" ")));
        }
        if !items.is_empty() {
            pieces.push(Piece::List(items));
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_officers_part_keeps_paragraphs_and_lists() {
        let p = |text: &str| Piece::Paragraph(text.to_owned());
        let l = |items: &[&str]| Piece::List(items.iter().map(|i| (*i).to_owned()).collect());
        for (text, expected) in [
            ("", vec![]),
            ("One.\nStill one.\n\nTwo.", vec![p("One. Still one."), p("Two.")]),
            ("Send:\r\n- a bill\r\n- a letter", vec![p("Send:"), l(&["a bill", "a letter"])]),
            ("\n\n- a\n\n\n- b\n", vec![l(&["a"]), l(&["b"])]),
        ] {
            assert_eq!(said(text), expected, "{text:?}");
        }
    }
}
