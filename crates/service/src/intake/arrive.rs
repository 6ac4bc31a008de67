//! Taking in what arrives: from a provider, from the public forms, and from staff who wrote it down. The
//! same thing told twice is one item.

use counterfoil_connect::channel::{Arrival, Keeps};
use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::casebook::identity::IdentityKind;
use counterfoil_domain::clock::Nation;
use counterfoil_domain::ids::{InboxItemId, OfficeId};
use counterfoil_domain::intake::{Channel, Ending, Intent, MessagePurpose, PartKind, intent, owed_by};
use counterfoil_domain::place::Division;
use counterfoil_finding::model::{BlockKind, Document};
use counterfoil_finding::read::{Hint, read};
use counterfoil_store::Terms;
use counterfoil_store::intake::items::{ItemText, NewItem, NewPart, PartText};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::channels::{Channels, Line, office_of};
use super::outward;
use super::work::SLACK;
use crate::error::{Result, ServiceError};
use crate::rights::{Desk, reading_limits};

/// The most characters of a subject that the queue shows.
const SUBJECT: usize = 80;

/// What staff write down of a call, a visit or a letter.
#[derive(Clone, Default)]
pub struct Logged {
    /// How it came: `phone`, `counter` or `letter-scan`.
    pub channel: String,
    /// Who it was, as far as they said.
    pub from: String,
    /// Their number or address.
    pub address: String,
    /// What it was about.
    pub words: String,
    /// How they may safely be reached.
    pub contact_rules: String,
    /// The language that they asked for.
    pub language: String,
    /// Scanned pages, or a recording: name, media type, bytes.
    pub files: Vec<(String, String, Vec<u8>)>,
    /// Of a recording: whether the caller was told, by its code; empty when nobody says so.
    pub told: String,
    /// The form's token: sent twice, it is one item.
    pub token: String,
}

impl std::fmt::Debug for Logged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Logged").field("channel", &self.channel).finish_non_exhaustive()
    }
}

/// The United Kingdom's local time of a moment.
pub(super) fn local(at: Timestamp) -> Result<jiff::civil::DateTime> {
    let zone = TimeZone::get("Europe/London")
        .map_err(|_| ServiceError::Invalid("the time zone Europe/London is not known".to_owned()))?;
    Ok(at.to_zoned(zone).datetime())
}

/// Whose holidays an office keeps.
pub(super) fn nation_of(desk: &Desk<'_>, office: OfficeId) -> Result<Nation> {
    let offices = desk.store.offices(desk.controller())?;
    let division = offices.iter().find(|o| o.id == office).and_then(|o| o.division.parse::<Division>().ok());
    let division = match division {
        Some(division) => division,
        None => desk.store.controller(desk.controller())?.division.parse().map_err(|_| {
            ServiceError::NotReady("the office has no division: correct the settings".to_owned())
        })?,
    };
    Ok(Nation::One(division))
}

/// The day by which something that came in now must be moved.
pub(super) fn limit(
    desk: &Desk<'_>,
    channels: &Channels,
    office: OfficeId,
    channel: Channel,
    received: Timestamp,
) -> Result<Date> {
    let working = desk.calendar.working_days(nation_of(desk, office)?);
    owed_by(channel, local(received)?, channels.hours(), working)
        .map_err(|refusal| ServiceError::NotReady(refusal.to_string()))
}

/// Takes in what a provider holds, as the system itself. The answer is the item, and whether it is new.
///
/// A text that only asks to stop (or start) messages is obeyed, answered and closed at once.
///
/// # Errors
/// A refusal of the gate, or what the store answers.
pub fn from_provider(
    desk: &Desk<'_>,
    channels: &Channels,
    line: &Line,
    arrival: &Arrival,
) -> Result<(InboxItemId, bool)> {
    let office = office_of(desk.store, desk.controller(), line)?;
    let channel = line.provider.channel();
    // A provider's clock is not ours: an item is never received in the future.
    let received_at = arrival.received.unwrap_or_else(|| desk.store.now()).min(desk.store.now());
    let mut new = match &arrival.mail {
        Some(mail) => from_mail(mail),
        None => from_words(channel, arrival),
    };
    let Keeps { ending, period } = line.provider.keeps();
    new.office = office;
    line.provider.name().clone_into(&mut new.provider);
    new.source = arrival.reference.clone();
    new.limit = limit(desk, channels, office, channel, received_at)?;
    new.received_at = received_at;
    new.ending = ending;
    new.ends_at = period.and_then(|p| received_at.checked_add(p + SLACK).ok());
    let meant = if channel.is_text() { intent(&arrival.words) } else { Intent::Words };
    let taken = desk.store.act(desk.who, Verb::MessageReceive, Purpose::ServiceDelivery, |tx| {
        let (id, fresh) = tx.receive_item(&new, &Terms::default())?;
        if fresh && meant != Intent::Words {
            tx.set_opt_out(IdentityKind::Phone, &new.text.address, meant == Intent::Start, channel.code())?;
            tx.close_at_once(id, if meant == Intent::Stop { "stop" } else { "start" })?;
        }
        Ok((id, fresh))
    })?;
    if taken.1 && meant == Intent::Stop {
        outward::confirm_stop(desk, channels, line, office, &new.text)?;
    }
    Ok(taken)
}

fn blank(channel: Channel) -> NewItem {
    NewItem {
        office: OfficeId::from_bytes([0; 16]),
        channel,
        provider: String::new(),
        source: String::new(),
        sender: None,
        text: ItemText::default(),
        parts: Vec::new(),
        limit: Date::MIN,
        received_at: Timestamp::UNIX_EPOCH,
        ending: Ending::NoCopy,
        ends_at: None,
    }
}

fn words(kind: PartKind, name: &str, words: &str) -> NewPart {
    let text = PartText { name: name.to_owned(), words: words.to_owned(), ..PartText::default() };
    NewPart { kind: Some(kind), text, content: None }
}

fn file(kind: PartKind, name: &str, media_type: &str, content: &[u8]) -> NewPart {
    let text = PartText { name: name.to_owned(), media_type: media_type.to_owned(), ..PartText::default() };
    NewPart { kind: Some(kind), text, content: Some(content.to_vec()) }
}

/// The first words, for the queue.
fn subject_of(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default();
    let mut short: String = line.chars().take(SUBJECT).collect();
    if line.chars().count() > SUBJECT {
        short.push('…');
    }
    short
}

/// What an address is: an e-mail address, or a telephone number.
fn kind_of_address(address: &str) -> IdentityKind {
    if address.contains('@') { IdentityKind::Email } else { IdentityKind::Phone }
}

fn from_words(channel: Channel, arrival: &Arrival) -> NewItem {
    let mut new = blank(channel);
    if !arrival.from.is_empty() {
        new.sender = Some((kind_of_address(&arrival.from), arrival.from.clone()));
    }
    new.text = ItemText {
        from: arrival.name.clone(),
        address: arrival.from.clone(),
        subject: subject_of(&arrival.words),
        thread: arrival.thread.clone(),
        ..ItemText::default()
    };
    new.parts.push(words(PartKind::Words, "", &arrival.words));
    let kind = if channel == Channel::Phone { PartKind::Recording } else { PartKind::File };
    for f in &arrival.files {
        let mut part = file(kind, &f.name, &f.media_type, &f.content);
        part.text.told = arrival.told.map(|t| t.code().to_owned()).unwrap_or_default();
        new.parts.push(part);
    }
    new
}

/// A mail in its parts: what was written, what was quoted below, the head, the files.
fn from_mail(mail: &[u8]) -> NewItem {
    let mut new = blank(Channel::Email);
    let hint = Hint { name: Some("mail.eml"), media_type: Some("message/rfc822") };
    let Ok(document) = read(mail, &hint, &reading_limits()) else {
        // What cannot be read is kept as a file, so that somebody looks at it.
        new.parts.push(file(PartKind::File, "unreadable.eml", "message/rfc822", mail));
        return new;
    };
    let head = |name: &str| header(&document, name);
    let (from, address) = split_address(&head("From"));
    if !address.is_empty() {
        new.sender = Some((IdentityKind::Email, address.clone()));
    }
    new.text = ItemText {
        from,
        address,
        subject: subject_of(&head("Subject")),
        thread: thread_of(&head("Message-ID")),
        ..ItemText::default()
    };
    let mut written: Vec<&str> = Vec::new();
    let (mut quoted, mut heads): (Vec<&str>, Vec<String>) = (Vec::new(), Vec::new());
    for block in &document.blocks {
        match &block.kind {
            BlockKind::Header(name) => heads.push(format!("{name}: {}", block.text)),
            BlockKind::Quote(_) => quoted.push(&block.text),
            BlockKind::Attachment(_) => {}
            _ if block.visible => written.push(&block.text),
            _ => {}
        }
    }
    new.parts.push(words(PartKind::Words, "", &written.join("\n")));
    if !quoted.is_empty() {
        new.parts.push(words(PartKind::Quoted, "", &quoted.join("\n")));
    }
    new.parts.push(words(PartKind::Head, "", &heads.join("\n")));
    for inner in &document.attachments {
        let kind = if is_decoration(inner) { PartKind::Inline } else { PartKind::File };
        let media_type =
            inner.content.as_ref().map_or("application/octet-stream", |d| crate::rights::media_type(d.kind));
        new.parts.push(file(kind, &inner.name, media_type, &inner.bytes));
    }
    new
}

/// The name of a mail with its brackets, for an answer's head.
fn thread_of(id: &str) -> String {
    let id = id.trim_matches(|c| matches!(c, '<' | '>' | ' '));
    if id.is_empty() { String::new() } else { format!("<{id}>") }
}

/// A small picture is a logo or a signature's decoration; whoever sends a photograph sends a large one.
fn is_decoration(inner: &counterfoil_finding::model::Attachment) -> bool {
    let name = inner.name.to_lowercase();
    let picture = [".png", ".gif", ".jpg", ".jpeg", ".bmp"].iter().any(|end| name.ends_with(end));
    picture && inner.bytes.len() < 20 * 1024
}

fn header(document: &Document, name: &str) -> String {
    let found = document.blocks.iter().find(|b| match &b.kind {
        BlockKind::Header(n) => n.eq_ignore_ascii_case(name),
        _ => false,
    });
    found.map(|b| b.text.trim().to_owned()).unwrap_or_default()
}

/// `Siân Ellis <sian@example.org>` as name and address.
fn split_address(from: &str) -> (String, String) {
    let from = from.trim();
    match from.rsplit_once('<') {
        Some((name, rest)) => {
            let address = rest.split('>').next().unwrap_or_default();
            (name.trim().trim_matches('"').to_owned(), address.trim().to_owned())
        }
        None if from.contains('@') => (String::new(), from.to_owned()),
        None => (from.to_owned(), String::new()),
    }
}

/// Takes in what staff wrote down, into the inbox of their own office. Sent twice, it is one item.
///
/// # Errors
/// [`ServiceError::Invalid`] for a channel that is not logged by hand or an empty log; a refusal of the gate.
pub fn log(desk: &Desk<'_>, channels: &Channels, logged: &Logged) -> Result<InboxItemId> {
    let channel: Channel = logged
        .channel
        .parse()
        .map_err(|e: counterfoil_domain::vocabulary::UnknownWord| ServiceError::Invalid(e.to_string()))?;
    if !channel.is_logged_by_staff() {
        return Err(ServiceError::Invalid(format!(
            "`{channel}` comes in by itself: log a call, a visit or a letter"
        )));
    }
    if logged.words.trim().is_empty() && logged.files.is_empty() {
        return Err(ServiceError::Invalid(
            "nothing is written down: say what it was about, or add a scan".to_owned(),
        ));
    }
    let office = crate::casebook::office_of(desk.who)
        .ok_or_else(|| ServiceError::Invalid("only staff log calls, visits and letters".to_owned()))?;
    let now = desk.store.now();
    let mut new = blank(channel);
    if !logged.address.trim().is_empty() {
        new.sender = Some((kind_of_address(&logged.address), logged.address.trim().to_owned()));
    }
    new.office = office;
    new.source = format!("log/{}/{}", office, logged.token);
    new.text = ItemText {
        from: logged.from.trim().to_owned(),
        address: logged.address.trim().to_owned(),
        subject: subject_of(&logged.words),
        language: logged.language.clone(),
        contact_rules: logged.contact_rules.trim().to_owned(),
        ..ItemText::default()
    };
    if !logged.words.trim().is_empty() {
        new.parts.push(words(PartKind::Words, "", logged.words.trim()));
    }
    let kind = if channel == Channel::Phone { PartKind::Recording } else { PartKind::File };
    new.parts.extend(logged.files.iter().map(|(name, media, bytes)| {
        let mut part = file(kind, name, media, bytes);
        part.text.told.clone_from(&logged.told);
        part
    }));
    // The paper, or the telephone system's own recording, is a person's to put away.
    let elsewhere = channel == Channel::Letter || !logged.files.is_empty();
    new.ending = if elsewhere { Ending::ByHand } else { Ending::NoCopy };
    new.limit = limit(desk, channels, office, channel, now)?;
    new.received_at = now;
    let (id, _) = desk.store.act(desk.who, Verb::MessageReceive, Purpose::ServiceDelivery, |tx| {
        tx.receive_item(&new, &Terms::default())
    })?;
    Ok(id)
}

/// One answer of a public form.
pub(super) struct Answered {
    pub label: String,
    pub value: String,
}

/// What a public form says beside its answers.
pub(super) struct FormItem<'f> {
    pub office: OfficeId,
    pub channel: Channel,
    pub source: String,
    pub text: ItemText,
    pub answers: &'f [Answered],
}

/// Takes in a public form, as the system itself.
pub(super) fn from_form(desk: &Desk<'_>, channels: &Channels, form: &FormItem<'_>) -> Result<Date> {
    let now = desk.store.now();
    let mut new = blank(form.channel);
    if !form.text.address.is_empty() {
        new.sender = Some((kind_of_address(&form.text.address), form.text.address.clone()));
    }
    new.office = form.office;
    new.source.clone_from(&form.source);
    new.text = form.text.clone();
    new.parts = form.answers.iter().map(|a| words(PartKind::Answer, &a.label, &a.value)).collect();
    new.limit = limit(desk, channels, form.office, form.channel, now)?;
    new.received_at = now;
    desk.store.act(desk.who, Verb::MessageReceive, Purpose::ServiceDelivery, |tx| {
        tx.receive_item(&new, &Terms::default())
    })?;
    Ok(new.limit)
}

/// The purpose with which a stop is confirmed: the one message that is sent against the wish.
pub(super) const STOPPED: MessagePurpose = MessagePurpose::Stopped;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_a_name_and_an_address() {
        for (from, name, address) in [
            ("Siân Ellis <sian@example.org>", "Siân Ellis", "sian@example.org"),
            ("\"Ellis, Siân\" <sian@example.org>", "Ellis, Siân", "sian@example.org"),
            ("sian@example.org", "", "sian@example.org"),
            ("Siân", "Siân", ""),
            ("", "", ""),
        ] {
            assert_eq!(split_address(from), (name.to_owned(), address.to_owned()), "{from}");
        }
    }

    #[test]
    fn a_mail_is_taken_apart() {
        let mail = "From: Sian Ellis <sian@example.org>\r\nTo: advice@example.org\r\nMessage-ID: <1@x>\r\n\
                    Subject: My rent\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nCan you help?\r\n\r\n\
                    > You wrote before.\r\n> Twice.\r\n";
        let item = from_mail(mail.as_bytes());
        assert_eq!((item.text.from.as_str(), item.text.subject.as_str()), ("Sian Ellis", "My rent"));
        assert_eq!(item.text.thread, "<1@x>");
        let kinds: Vec<_> = item.parts.iter().filter_map(|p| p.kind).map(PartKind::code).collect();
        assert_eq!(kinds, ["words", "quoted", "head"]);
        assert!(item.parts[0].text.words.contains("Can you help?"));
        assert!(!item.parts[0].text.words.contains("You wrote before"));
    }
}
