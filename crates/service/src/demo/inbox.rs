//! A morning's inbox, told through a provider on this machine: what arrives is fetched, answered, moved and
//! drained as it would be.

use std::collections::BTreeMap;
use std::sync::Arc;

use counterfoil_connect::channel::{Chat, Hook, Mailbox, Telephony, Texts, WhatsApp};
use counterfoil_connect::fake::Fake;
use counterfoil_domain::ids::InboxItemId;
use counterfoil_domain::intake::keeps_by_default;
use counterfoil_store::access::Actor;
use jiff::Timestamp;
use serde::Deserialize;

use super::unusable;
use crate::error::{Result, ServiceError};
use crate::intake::arrive::{self, Logged};
use crate::intake::channels::{Channels, Line};
use crate::intake::forms::{self, PublicForm, Submission};
use crate::intake::inbox::{self, Match};
use crate::intake::outward::{self, Writing};
use crate::intake::settle::{self, Moving, Target};
use crate::intake::work::Works;
use crate::rights::Desk;

/// The channels of a demonstration, and the provider behind them.
#[derive(Debug, Clone)]
pub struct Lines {
    /// The channels.
    pub channels: Channels,
    /// The provider; dropping the last hold on it ends it.
    pub fake: Arc<Fake>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Morning {
    office: String,
    address: String,
    phone: String,
    by: String,
    arrival: Vec<Arrival>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Arrival {
    channel: String,
    pub(super) hours_ago: i64,
    name: String,
    from: String,
    subject: String,
    words: String,
    quoted: String,
    file: String,
    file_words: String,
    contact_rules: String,
    lines: Vec<[String; 2]>,
    answers: BTreeMap<String, String>,
    then: Option<Then>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Then {
    answer: String,
    move_to: String,
    issue: String,
    title: String,
    signpost: String,
    discard: String,
    give_to: String,
}

/// What arrives, and the provider through which it does.
pub(super) struct Inbox {
    morning: Morning,
    pub(super) lines: Lines,
}

impl Inbox {
    /// Starts the provider of this template's story.
    pub(super) fn open(template: &str) -> Result<Self> {
        let text = match template {
            "council" => include_str!("../../../../organisations/council/demo-inbox.toml"),
            _ => include_str!("../../../../organisations/advice-network/demo-inbox.toml"),
        };
        let morning: Morning = toml::from_str(text).map_err(|e| unusable_toml(&e))?;
        let fake = Fake::start().map_err(|e| unusable(&format!("no local provider: {e}")))?;
        let channels = lines(&fake, &morning)?;
        Ok(Self { morning, lines: Lines { channels, fake: Arc::new(fake) } })
    }

    pub(super) fn arrivals(&self) -> impl Iterator<Item = &Arrival> {
        self.morning.arrival.iter()
    }

    /// The channels' work that is due now.
    pub(super) fn errands(&self, story: &super::Teller<'_>) -> Result<()> {
        let Self { morning, lines } = self;
        let teller = Teller { story, channels: &lines.channels, fake: &lines.fake, morning };
        teller.works().round().troubles.first().map_or(Ok(()), |trouble| Err(unusable(trouble)))
    }

    /// Something arrives now; what the story says becomes of it.
    pub(super) fn arrives(&self, story: &super::Teller<'_>, arrival: &Arrival) -> Result<()> {
        let Self { morning, lines } = self;
        Teller { story, channels: &lines.channels, fake: &lines.fake, morning }.arrives(arrival)
    }
}

fn unusable_toml(e: &toml::de::Error) -> ServiceError {
    unusable(e.message())
}

fn lines(fake: &Fake, morning: &Morning) -> Result<Channels> {
    let refused = |e: counterfoil_connect::channel::ChannelError| unusable(&e.to_string());
    let line = |provider| Line { provider, office: morning.office.clone(), phone: morning.phone.clone() };
    Channels::new(vec![
        line(Box::new(Mailbox::new(fake.mail("mailbox", &morning.address)).map_err(refused)?)),
        line(Box::new(Texts::new(fake.texts("texts", true)).map_err(refused)?)),
        line(Box::new(WhatsApp::new(fake.whatsapp("whatsapp")).map_err(refused)?)),
        line(Box::new(Chat::new(fake.chat("chat")).map_err(refused)?)),
        line(Box::new(Telephony::new(fake.telephony("telephony")).map_err(refused)?)),
    ])
}

struct Teller<'t> {
    story: &'t super::Teller<'t>,
    channels: &'t Channels,
    fake: &'t Fake,
    morning: &'t Morning,
}

impl Teller<'_> {
    fn desk<'d>(&'d self, who: &'d Actor) -> Desk<'d> {
        self.story.desk(who)
    }

    fn works(&self) -> Works<'_> {
        Works {
            store: self.story.stage.store,
            controller: self.story.controller,
            calendar: self.story.stage.calendar,
            channels: self.channels,
        }
    }

    fn arrives(&self, arrival: &Arrival) -> Result<()> {
        let at = self.story.stage.store.now();
        let who = self.story.actor(&self.morning.by)?;
        let before = self.open_items(&who)?;
        self.reach(arrival, at, &who)?;
        let round = self.works().round();
        if let Some(trouble) = round.troubles.first() {
            return Err(unusable(&format!("the inbox {} hours ago: {trouble}", arrival.hours_ago)));
        }
        let fresh = self.open_items(&who)?.into_iter().find(|id| !before.contains(id));
        if let (Some(id), Some(then)) = (fresh, &arrival.then) {
            self.then(id, then, &who)?;
            // The answer leaves, and the channel's copy goes.
            self.works().round();
        }
        Ok(())
    }

    fn open_items(&self, who: &Actor) -> Result<Vec<InboxItemId>> {
        Ok(inbox::queue(&self.desk(who), true)?.into_iter().map(|w| w.line.id).collect())
    }

    fn reach(&self, arrival: &Arrival, at: Timestamp, who: &Actor) -> Result<()> {
        match arrival.channel.as_str() {
            "email" => self.fake.mail_arrives(&letter(arrival, &self.morning.address, at)),
            "sms" => {
                self.fake.text_arrives(&arrival.from, &arrival.words, at);
            }
            "chat" => {
                let lines: Vec<(&str, &str)> =
                    arrival.lines.iter().map(|[from, text]| (from.as_str(), text.as_str())).collect();
                self.fake.chat_ends(&arrival.name, &arrival.from, &lines, at);
            }
            "whatsapp" => {
                let call = self.fake.whatsapp_arrives(&arrival.from, &arrival.name, &arrival.words, at);
                let hook = Hook { header: &|name| call.header(name), body: call.body.as_bytes() };
                self.works().hook("whatsapp", &hook)?.map_err(|e| unusable(&e.to_string()))?;
            }
            "call" => {
                self.fake.call_ends(&arrival.from, &super::media::call(), Some(true), at);
            }
            "web-enquiry" => self.form(PublicForm::Enquiry, arrival)?,
            "professional-referral" => self.form(PublicForm::Referral, arrival)?,
            _ => self.log(arrival, at, who)?,
        }
        Ok(())
    }

    fn form(&self, form: PublicForm, arrival: &Arrival) -> Result<()> {
        let system = Actor::Automation { controller: self.story.controller };
        let offices = self.story.stage.store.offices(self.story.controller)?;
        let office = offices.iter().find(|o| o.name == self.morning.office);
        let sent = Submission {
            form,
            token: format!("{:064x}", arrival.hours_ago),
            office: office.map(|o| o.id.to_string()).unwrap_or_default(),
            answers: arrival.answers.clone().into_iter().collect(),
            language: "en".to_owned(),
        };
        forms::submit(&self.desk(&system), self.channels, &sent).map(|_| ())
    }

    fn log(&self, arrival: &Arrival, at: Timestamp, who: &Actor) -> Result<()> {
        let file = (arrival.file.clone(), "text/plain".to_owned(), arrival.file_words.clone().into_bytes());
        let logged = Logged {
            channel: arrival.channel.clone(),
            from: arrival.name.clone(),
            address: arrival.from.clone(),
            words: arrival.words.clone(),
            contact_rules: arrival.contact_rules.clone(),
            language: String::new(),
            told: String::new(),
            files: if arrival.file.is_empty() { Vec::new() } else { vec![file] },
            token: at.to_string(),
        };
        arrive::log(&self.desk(who), self.channels, &logged).map(|_| ())
    }

    fn then(&self, id: InboxItemId, then: &Then, who: &Actor) -> Result<()> {
        let desk = self.desk(who);
        if !then.answer.is_empty() {
            let writing = Writing { words: then.answer.clone(), ..Writing::default() };
            outward::answer(&desk, self.channels, id, &writing)?;
        }
        if !then.give_to.is_empty() {
            let to = self.story.staff.get(&then.give_to).copied();
            return inbox::allocate(&desk, &[id], to);
        }
        if !then.signpost.is_empty() {
            return settle::signpost(&desk, id, &then.signpost);
        }
        if !then.discard.is_empty() {
            let why = then.discard.parse().map_err(|_| unusable("a reason to discard"))?;
            return settle::discard(&desk, id, why);
        }
        if then.move_to.is_empty() { Ok(()) } else { self.moved(&desk, id, then) }
    }

    fn moved(&self, desk: &Desk<'_>, id: InboxItemId, then: &Then) -> Result<()> {
        let opened = inbox::open(desk, id)?;
        let told = self.story.people.get(&then.move_to).copied();
        let case = opened.matches.iter().find_map(|m| match m {
            Match::Here { cases, .. } => cases.first().map(|(case, _)| *case),
            Match::Elsewhere { .. } => None,
        });
        let target = match (case, told) {
            (Some(case), _) => Target::Case(case),
            (None, Some(person)) => {
                Target::Person { person, issue: then.issue.clone(), title: then.title.clone() }
            }
            (None, None) => return Err(unusable("a person whom it does not introduce")),
        };
        let keep = opened.item.parts.iter().filter(|p| keeps_by_default(p.kind)).map(|p| p.number).collect();
        settle::move_item(desk, id, &Moving { target, keep, summary: String::new() }).map(|_| ())
    }
}

/// A mail as it arrives.
fn letter(arrival: &Arrival, to: &str, at: Timestamp) -> String {
    let quoted = if arrival.quoted.is_empty() { String::new() } else { format!("\n> {}\n", arrival.quoted) };
    let body = format!("{}\n{quoted}", arrival.words);
    let head = format!(
        "From: {} <{}>\nTo: {to}\nMessage-ID: <{}@mail.example>\nSubject: {}\nMIME-Version: 1.0\n",
        arrival.name,
        arrival.from,
        at.as_second(),
        arrival.subject
    );
    if arrival.file.is_empty() {
        return format!("{head}Content-Type: text/plain; charset=utf-8\n\n{body}\n");
    }
    format!(
        "{head}Content-Type: multipart/mixed; boundary=part\n\n--part\nContent-Type: text/plain; charset=utf-8\n\n\
         {body}\n--part\nContent-Type: text/plain\nContent-Disposition: attachment; filename={}\n\n{}\n--part--\n",
        arrival.file, arrival.file_words
    )
}
