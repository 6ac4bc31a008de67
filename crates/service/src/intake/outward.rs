//! Messages to people: by a template or in free words, warned first where the channel cannot be made
//! safe, never against their wish, never at night; and copied into the case as they are written.

use std::collections::BTreeMap;

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::casebook::identity::IdentityKind;
use counterfoil_domain::ids::{CaseId, ChannelMessageId, InboxItemId, OfficeId, PersonId};
use counterfoil_domain::intake::{
    Channel, MessagePurpose, PartKind, WARNING_VERSION, check_template, cost, fill, may_send_at,
};
use counterfoil_store::casebook::notes::NoteText;
use counterfoil_store::intake::items::{ItemText, NewPart, PartText};
use counterfoil_store::intake::messages::{Message, MessageText, NewMessage, kind_of};
use counterfoil_store::{StoreError, Terms, Tx};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::arrive::{STOPPED, local, nation_of};
use super::channels::{Channels, Line};
use crate::error::{Result, ServiceError};
use crate::rights::Desk;

const FOR: Purpose = Purpose::ServiceDelivery;
const ENGLISH: &str = include_str!("../../../../content/en/messages.toml");
const WELSH: &str = include_str!("../../../../content/cy/messages.toml");

/// A template as its file says it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    purpose: String,
    subject: String,
    text: String,
}

/// What staff want to say.
#[derive(Clone, Default)]
pub struct Writing {
    /// The channel, by its code.
    pub channel: String,
    /// A template's name; empty for free words.
    pub template: String,
    /// Free words.
    pub words: String,
    /// The day and time that a template fills in.
    pub day: String,
    /// As `day`.
    pub time: String,
}

impl std::fmt::Debug for Writing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writing").field("channel", &self.channel).finish_non_exhaustive()
    }
}

/// What came of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The message.
    pub id: ChannelMessageId,
    /// When it goes.
    pub send_at: Timestamp,
    /// Whether a warning about the channel goes before it.
    pub warned_first: bool,
}

/// How a person can be written to, and what was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Their name.
    pub name: String,
    /// How they may safely be reached.
    pub contact_rules: String,
    /// The channels for which an address is known.
    pub reached: Vec<Channel>,
    /// What was sent, the newest first; the words are in the case.
    pub messages: Vec<Message>,
}

/// What was sent to the person of a case, and how they can be reached.
///
/// # Errors
/// A refusal of the gate.
pub fn sent(desk: &Desk<'_>, case: CaseId) -> Result<Sent> {
    let (person, messages) = desk.store.act(desk.who, Verb::RecordRead, FOR, |tx| {
        let person = tx.person_of_case(case)?;
        let person = tx.read_person(person, &Terms::default())?;
        let messages = tx.messages_to(person.id, 50)?;
        Ok((person, messages))
    })?;
    let known = |channel: &Channel| match kind_of(*channel) {
        IdentityKind::Email => !person.profile.emails.is_empty(),
        _ => !person.profile.phones.is_empty(),
    };
    let reached = Channel::ALL.iter().copied().filter(|c| c.answers() && known(c)).collect();
    let name = format!("{} {}", person.profile.forenames, person.profile.surname).trim().to_owned();
    Ok(Sent { name, contact_rules: person.profile.contact_rules, reached, messages })
}

/// The templates that staff choose from, by name, with their purpose.
///
/// # Errors
/// [`ServiceError::Invalid`] when the built-in templates cannot be used.
pub fn templates(language: &str) -> Result<Vec<(String, MessagePurpose)>> {
    let chosen = |purpose| {
        matches!(purpose, MessagePurpose::Reminder | MessagePurpose::BeforeCall | MessagePurpose::Update)
    };
    let all = load(language)?;
    let mut list = Vec::new();
    for (name, template) in &all {
        let purpose = purpose_of(template)?;
        if chosen(purpose) {
            list.push((name.clone(), purpose));
        }
    }
    Ok(list)
}

fn load(language: &str) -> Result<BTreeMap<String, Template>> {
    let text = if language == "cy" { WELSH } else { ENGLISH };
    toml::from_str(text)
        .map_err(|e| ServiceError::Invalid(format!("the message templates cannot be used: {}", e.message())))
}

fn purpose_of(template: &Template) -> Result<MessagePurpose> {
    template
        .purpose
        .parse()
        .map_err(|e: counterfoil_domain::vocabulary::UnknownWord| ServiceError::Invalid(e.to_string()))
}

/// Checks every template in both languages: what it fills in, and that the texts stay in their alphabet.
///
/// # Errors
/// [`ServiceError::Invalid`] with the first that breaks a rule.
pub fn check_templates() -> Result<usize> {
    let (english, welsh) = (load("en")?, load("cy")?);
    if english.keys().ne(welsh.keys()) {
        return Err(ServiceError::Invalid("the two languages have different templates".to_owned()));
    }
    for (name, template) in english.iter().chain(&welsh) {
        let purpose = purpose_of(template)?;
        let wrong = |why: String| ServiceError::Invalid(format!("template `{name}`: {why}"));
        check_template(purpose, &template.text).map_err(|e| wrong(e.to_string()))?;
        check_template(purpose, &template.subject).map_err(|e| wrong(e.to_string()))?;
        if purpose != MessagePurpose::Warning && !cost(&template.text).basic {
            return Err(wrong("a letter outside the basic alphabet doubles what it costs".to_owned()));
        }
    }
    Ok(english.len() + welsh.len())
}

/// What is about to be sent, before it is known where it belongs.
struct Draft<'d> {
    channel: Channel,
    to: &'d str,
    language: &'d str,
    office: OfficeId,
    office_name: String,
    line: &'d Line,
    thread: String,
}

struct Said {
    purpose: MessagePurpose,
    template: String,
    subject: String,
    words: String,
}

fn say(draft: &Draft<'_>, writing: &Writing) -> Result<Said> {
    let values = [
        ("office", draft.office_name.as_str()),
        ("phone", draft.line.phone.as_str()),
        ("day", writing.day.as_str()),
        ("time", writing.time.as_str()),
        ("words", writing.words.as_str()),
    ];
    let said = if writing.template.is_empty() {
        if writing.words.trim().is_empty() {
            return Err(ServiceError::Invalid(
                "the message is empty: write it, or choose a template".to_owned(),
            ));
        }
        let subject = if draft.language == "cy" { "Eich neges" } else { "Your message" };
        Said {
            purpose: MessagePurpose::Reply,
            template: String::new(),
            subject: subject.to_owned(),
            words: writing.words.trim().to_owned(),
        }
    } else {
        let all = load(draft.language)?;
        let template = all
            .get(&writing.template)
            .ok_or_else(|| ServiceError::Invalid(format!("there is no template `{}`", writing.template)))?;
        let purpose = purpose_of(template)?;
        let words =
            fill(purpose, &template.text, &values).map_err(|e| ServiceError::Invalid(e.to_string()))?;
        Said { purpose, template: writing.template.clone(), subject: template.subject.clone(), words }
    };
    if draft.channel == Channel::Sms && !cost(&said.words).fits {
        return Err(ServiceError::Invalid(format!(
            "this is {} text messages long: shorten it, or write by e-mail or letter",
            cost(&said.words).segments
        )));
    }
    Ok(said)
}

fn drafted<'d>(
    desk: &Desk<'_>,
    channels: &'d Channels,
    channel: Channel,
    office: OfficeId,
    to: &'d str,
    language: &'d str,
) -> Result<Draft<'d>> {
    if !channel.answers() {
        return Err(ServiceError::Invalid(format!(
            "nobody can be answered by {}: choose another way",
            channel.label()
        )));
    }
    if to.trim().is_empty() {
        return Err(ServiceError::Invalid(format!("no address for {} is known: add one", channel.label())));
    }
    let offices = desk.store.offices(desk.controller())?;
    let office_name = offices.into_iter().find(|o| o.id == office).map(|o| o.name).unwrap_or_default();
    let line = channels.of(channel, &office_name).ok_or_else(|| {
        ServiceError::NotReady(format!(
            "no provider of {} is configured: see docs/guide/channels.md",
            channel.label()
        ))
    })?;
    Ok(Draft { channel, to, language, office, office_name, line, thread: String::new() })
}

/// When it may go: at once in a conversation, by day otherwise. Mail disturbs nobody.
fn moment(
    desk: &Desk<'_>,
    channels: &Channels,
    draft: &Draft<'_>,
    wrote: Option<Timestamp>,
) -> Result<Timestamp> {
    let now = desk.store.now();
    if !draft.channel.is_text() {
        return Ok(now);
    }
    let working = desk.calendar.working_days(nation_of(desk, draft.office)?);
    let wrote = wrote.map(local).transpose()?;
    let here = local(now)?;
    let at = may_send_at(here, wrote, channels.hours(), working)
        .map_err(|refusal| ServiceError::NotReady(refusal.to_string()))?;
    if at == here {
        return Ok(now);
    }
    let zone = TimeZone::get("Europe/London")
        .map_err(|_| ServiceError::Invalid("the time zone Europe/London is not known".to_owned()))?;
    let zoned =
        at.to_zoned(zone).map_err(|_| ServiceError::NotReady("no moment to send it was found".to_owned()))?;
    Ok(zoned.timestamp())
}

/// Where a message belongs.
#[derive(Clone, Copy)]
struct Belongs {
    person: Option<PersonId>,
    item: Option<InboxItemId>,
}

/// Writes the message, and the warning before it where there was none, inside the act.
fn put(
    tx: &mut Tx<'_>,
    draft: &Draft<'_>,
    said: &Said,
    warning: Option<&Said>,
    belongs: Belongs,
    send_at: Timestamp,
) -> std::result::Result<Written, StoreError> {
    if !said.purpose.overrides_opt_out() && tx.opted_out(kind_of(draft.channel), draft.to)? {
        return Err(StoreError::Invalid(
            "this person asked for no more messages here: telephone or write a letter".to_owned(),
        ));
    }
    let message = |said: &Said, send_at| NewMessage {
        office: draft.office,
        channel: draft.channel,
        provider: draft.line.provider.name().to_owned(),
        purpose: said.purpose,
        template: said.template.clone(),
        person: belongs.person,
        item: belongs.item,
        text: MessageText {
            to: draft.to.to_owned(),
            subject: said.subject.clone(),
            words: said.words.clone(),
            thread: draft.thread.clone(),
        },
        send_at,
    };
    let mut warned_first = false;
    let mut at = send_at;
    if let Some(warning) = warning
        && tx.warned(draft.channel, draft.to)?.is_none()
    {
        let id = tx.write_message(&message(warning, send_at), &Terms::default())?;
        tx.note_warning(draft.channel, draft.to, WARNING_VERSION, id)?;
        (warned_first, at) = (true, send_at + SignedDuration::from_millis(1));
    }
    let id = tx.write_message(&message(said, at), &Terms::default())?;
    Ok(Written { id, send_at: at, warned_first })
}

fn warning_for(draft: &Draft<'_>) -> Result<Option<Said>> {
    if !draft.channel.warns_first() {
        return Ok(None);
    }
    let writing = Writing { template: "warning".to_owned(), ..Writing::default() };
    say(draft, &writing).map(Some)
}

/// Answers an item by the channel that it came by. The answer becomes a part of the item, and so of the
/// case that it is moved to.
///
/// # Errors
/// [`ServiceError::Invalid`] for a channel that takes no answer, an empty or overlong message, or a person
/// who asked for none; [`ServiceError::NotReady`] without a provider; a refusal of the gate.
pub fn answer(desk: &Desk<'_>, channels: &Channels, id: InboxItemId, writing: &Writing) -> Result<Written> {
    let item = desk.store.act(desk.who, Verb::MessageSend, FOR, |tx| tx.open_item(id, &Terms::default()))?;
    let language = item.text.language.clone();
    let (channel, office) = (item.line.channel, item.line.office);
    let mut draft = drafted(desk, channels, channel, office, &item.text.address, &language)?;
    draft.thread.clone_from(&item.text.thread);
    let said = say(&draft, writing)?;
    let warning = warning_for(&draft)?;
    let send_at = moment(desk, channels, &draft, Some(item.line.received_at))?;
    let belongs = Belongs { person: None, item: Some(id) };
    Ok(desk.store.act(desk.who, Verb::MessageSend, FOR, |tx| {
        let item = tx.open_item(id, &Terms::default())?;
        let written = put(tx, &draft, &said, warning.as_ref(), belongs, send_at)?;
        let text =
            PartText { name: "our answer".to_owned(), words: said.words.clone(), ..PartText::default() };
        tx.add_to_item(&item, &NewPart { kind: Some(PartKind::Words), text, content: None })?;
        Ok(written)
    })?)
}

/// Writes to the person of a case, and copies the words into it in the same act.
///
/// # Errors
/// As [`answer`].
pub fn write(desk: &Desk<'_>, channels: &Channels, case: CaseId, writing: &Writing) -> Result<Written> {
    let channel: Channel = writing
        .channel
        .parse()
        .map_err(|e: counterfoil_domain::vocabulary::UnknownWord| ServiceError::Invalid(e.to_string()))?;
    let person = desk.store.act(desk.who, Verb::RecordRead, FOR, |tx| {
        let person = tx.person_of_case(case)?;
        tx.read_person(person, &Terms::default())
    })?;
    let known = match kind_of(channel) {
        IdentityKind::Email => person.profile.emails.first(),
        _ => person.profile.phones.first(),
    };
    let to = known.cloned().unwrap_or_default();
    let draft = drafted(desk, channels, channel, person.office, &to, &person.profile.language)?;
    let said = say(&draft, writing)?;
    let warning = warning_for(&draft)?;
    let send_at = moment(desk, channels, &draft, None)?;
    let belongs = Belongs { person: Some(person.id), item: None };
    let note = NoteText {
        text: format!("Sent by {}:\n{}", channel.label(), said.words),
        source: format!("sent/{channel}"),
        ..NoteText::default()
    };
    Ok(desk.store.act(desk.who, Verb::RecordCreate, FOR, |tx| {
        tx.write_note(case, &note, &Terms::default())?;
        tx.as_verb(Verb::MessageSend, |tx| put(tx, &draft, &said, warning.as_ref(), belongs, send_at))
    })?)
}

/// Tells someone who wrote `STOP` that the messages are stopped, at once and as the system itself.
pub(super) fn confirm_stop(
    desk: &Desk<'_>,
    channels: &Channels,
    line: &Line,
    office: OfficeId,
    from: &ItemText,
) -> Result<()> {
    let draft = drafted(desk, channels, line.provider.channel(), office, &from.address, "en")?;
    let said = say(&draft, &Writing { template: "stopped".to_owned(), ..Writing::default() })?;
    debug_assert!(said.purpose == STOPPED);
    let now = desk.store.now();
    desk.store.act(desk.who, Verb::MessageReceive, FOR, |tx| {
        put(tx, &draft, &said, None, Belongs { person: None, item: None }, now).map(|_| ())
    })?;
    Ok(())
}
