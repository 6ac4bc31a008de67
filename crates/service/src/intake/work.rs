//! The channels' work that nobody asks for: fetching what waits, handing messages on, removing copies and
//! looking for them again. Each errand is a job, retried with its reason.

use counterfoil_connect::channel::{ChannelError, Event, Hook, HookError, Outgoing};
use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::{ChannelMessageId, ControllerId};
use counterfoil_domain::intake::{Copy, CopyEvent, Delivery, Ending, MessagePurpose};
use counterfoil_store::Store;
use counterfoil_store::access::Actor;
use counterfoil_store::intake::copies::{CopyLine, DRAIN, Errand};
use counterfoil_store::intake::messages::{DELIVER, Message, MessageText, Step, kind_of};
use counterfoil_store::jobs::Job;
use jiff::{SignedDuration, Timestamp};

use super::arrive;
use super::channels::{Channels, Line};
use crate::error::{Result, ServiceError};
use crate::rights::Desk;

/// A provider's call, and why one is refused.
pub use counterfoil_connect::channel::{Hook as Call, HookError as CallRefused};

const FOR: Purpose = Purpose::ServiceDelivery;

/// How much of a provider's queue is taken in at a time.
const FETCH: usize = 50;
/// How long an errand may take before another worker takes it up.
const LEASE: SignedDuration = SignedDuration::from_mins(3);
/// After how many tries an errand is somebody's to look at; the queue's own number.
const TRIES: i64 = 5;
/// How long a receipt is waited for.
const RECEIPT: SignedDuration = SignedDuration::from_hours(72);
/// How long after its period's end a provider's copy is looked for.
pub(super) const SLACK: SignedDuration = SignedDuration::from_hours(24);
/// When a provider is first asked for a receipt that it did not tell.
const ASK_FIRST: SignedDuration = SignedDuration::from_secs(30);
/// How often a provider is asked for one.
const ASK_AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// What one round did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ChannelRound {
    /// Items taken in.
    pub received: usize,
    /// Errands done.
    pub done: usize,
    /// What did not work; without personal data.
    pub troubles: Vec<String>,
}

/// Who works the channels: the system itself, for one organisation.
#[derive(Debug, Clone)]
pub struct Works<'w> {
    /// The store.
    pub store: &'w Store,
    /// The organisation.
    pub controller: ControllerId,
    /// The bank holidays.
    pub calendar: &'w Calendar,
    /// The lines.
    pub channels: &'w Channels,
}

impl Works<'_> {
    fn as_system<T>(&self, work: impl FnOnce(&Desk<'_>) -> Result<T>) -> Result<T> {
        let (who, law) = (Actor::Automation { controller: self.controller }, ClockConfig::default());
        work(&Desk { store: self.store, who: &who, calendar: self.calendar, law: &law })
    }

    fn act<T>(
        &self,
        verb: Verb,
        work: impl Fn(&mut counterfoil_store::Tx<'_>) -> std::result::Result<T, counterfoil_store::StoreError>,
    ) -> Result<T> {
        let who = Actor::Automation { controller: self.controller };
        Ok(self.store.act(&who, verb, FOR, work)?)
    }

    /// One round: every provider is asked for what waits, then every errand that is due is done. Running it
    /// twice changes nothing more.
    pub fn round(&self) -> ChannelRound {
        let mut round = ChannelRound::default();
        for line in self.channels.lines() {
            match self.fetch(line) {
                Ok(n) => round.received += n,
                Err(e) => round.troubles.push(e.to_string()),
            }
        }
        self.errands(&mut round);
        round
    }

    /// The errands alone.
    pub fn errands(&self, round: &mut ChannelRound) {
        loop {
            match self.store.claim_job_of(Some(self.controller), &[DELIVER, DRAIN], LEASE) {
                Ok(None) => return,
                Ok(Some(job)) => match self.errand(&job) {
                    Ok(()) => round.done += 1,
                    Err(e) => round.troubles.push(e.to_string()),
                },
                Err(e) => {
                    round.troubles.push(e.to_string());
                    return;
                }
            }
        }
    }

    fn fetch(&self, line: &Line) -> Result<usize> {
        let found = line.provider.fetch(FETCH, self.store.now()).map_err(unreachable)?;
        let mut fresh = 0;
        for arrival in &found {
            let (_, new) =
                self.as_system(|desk| arrive::from_provider(desk, self.channels, line, arrival))?;
            fresh += usize::from(new);
        }
        Ok(fresh)
    }

    /// Takes a provider's call at our door. The answer is how many events it told of.
    ///
    /// # Errors
    /// [`ServiceError::NotReady`] for a name that no provider has; [`Refused`] of the call itself is in the
    /// inner result.
    pub fn hook(&self, provider: &str, hook: &Hook<'_>) -> Result<std::result::Result<usize, HookError>> {
        let line = self.channels.named(provider).ok_or_else(|| not_configured(provider))?;
        let events = match line.provider.hook(hook, self.store.now()) {
            Ok(events) => events,
            Err(refused) => return Ok(Err(refused)),
        };
        for event in &events {
            match event {
                Event::Arrived(arrival) => {
                    self.as_system(|desk| arrive::from_provider(desk, self.channels, line, arrival))?;
                }
                Event::Receipt { reference, state } => self.receipt(provider, reference, *state)?,
            }
        }
        Ok(Ok(events.len()))
    }

    /// A receipt for a message that nobody here sent is none of ours.
    fn receipt(&self, provider: &str, reference: &str, state: Delivery) -> Result<()> {
        self.act(Verb::MessageDeliver, |tx| {
            let Some(id) = tx.message_of_reference(provider, reference)? else { return Ok(()) };
            let (message, _) = tx.open_message(id)?;
            tx.message_step(&message, Step { state, why: "", last: false }).map(|_| ())
        })
    }

    fn errand(&self, job: &Job) -> Result<()> {
        let errand: Errand = self.store.job_payload(job)?;
        let outcome = match job.kind.as_str() {
            DELIVER => self.deliver(ChannelMessageId::from_bytes(errand.id), job.attempts),
            _ => self.drain(&errand.id, job.attempts),
        };
        let why = outcome.as_ref().err().map(ToString::to_string);
        self.store.end_job(job, why.as_deref().map_or(Ok(()), Err))?;
        outcome
    }

    fn deliver(&self, id: ChannelMessageId, attempts: i64) -> Result<()> {
        let (message, text, stopped, warned) = self.act(Verb::MessageDeliver, |tx| {
            let (message, text) = tx.open_message(id)?;
            let to = text.as_ref().map(|t| t.to.clone()).unwrap_or_default();
            let wish = !message.purpose.overrides_opt_out() && !to.is_empty();
            let stopped = wish && tx.opted_out(kind_of(message.channel), &to)?;
            let needs = message.channel.warns_first() && answers(message.purpose) && !to.is_empty();
            let warned = !needs || tx.warning_sent(message.channel, &to)?;
            Ok((message, text, stopped, warned))
        })?;
        let Some(text) = text else { return Ok(()) };
        if stopped && message.sent_at.is_none() {
            return self.step(id, Delivery::Stopped, "the person asked for no messages");
        }
        if !warned {
            return self.later(id, attempts, "the warning about the channel has not gone yet");
        }
        let Some(line) = self.channels.named(&message.provider) else {
            return self.later(id, attempts, &not_configured(&message.provider).to_string());
        };
        if message.sent_at.is_some() {
            self.ask_receipt(line, &message)
        } else {
            self.send(line, &message, &text, attempts)
        }
    }

    fn send(&self, line: &Line, message: &Message, text: &MessageText, attempts: i64) -> Result<()> {
        let out = Outgoing {
            to: text.to.clone(),
            subject: text.subject.clone(),
            words: text.words.clone(),
            thread: text.thread.clone(),
            id: message.id.to_string(),
        };
        let now = self.store.now();
        match line.provider.send(&out, now) {
            Ok(reference) => {
                let keeps = line.provider.keeps();
                let ends_at = keeps.period.and_then(|p| now.checked_add(p + SLACK).ok());
                // A sent letter is in nobody's mailbox of ours; a text is at its provider.
                let ending = if message.channel.is_text() { keeps.ending } else { Ending::NoCopy };
                self.taken(message.id, &reference, ending, ends_at)
            }
            Err(e) if e.may_pass() => self.later(message.id, attempts, &e.to_string()),
            Err(e @ ChannelError::Refused { .. }) => self.step(message.id, Delivery::NoSuch, &e.to_string()),
            Err(e) => self.step(message.id, Delivery::Failed, &e.to_string()),
        }
    }

    fn taken(
        &self,
        id: ChannelMessageId,
        reference: &str,
        ending: Ending,
        ends_at: Option<Timestamp>,
    ) -> Result<()> {
        self.act(Verb::MessageDeliver, |tx| {
            let (message, _) = tx.open_message(id)?;
            tx.message_taken(&message, reference, ending, ends_at)?;
            let waits = message.channel.tells_arrival();
            let state = if waits { Delivery::Sending } else { Delivery::Sent };
            tx.message_step(&message, Step { state, why: "", last: false })?;
            if waits {
                let at = tx.now() + ASK_FIRST;
                tx.queue(DELIVER, None, &Errand { id: *id.as_bytes() }, at)?;
            }
            Ok(())
        })
    }

    /// A receipt did not come by itself: the provider is asked, for three days.
    fn ask_receipt(&self, line: &Line, message: &Message) -> Result<()> {
        let now = self.store.now();
        let reference = self.act(Verb::MessageDeliver, |tx| {
            Ok(tx.copy_reference(message.id.as_bytes())?.unwrap_or_default())
        })?;
        let told = if reference.is_empty() { Ok(None) } else { line.provider.receipt(&reference, now) };
        let state = told.ok().flatten().unwrap_or(Delivery::Sending);
        let last = message.sent_at.is_some_and(|at| now.duration_since(at) > RECEIPT);
        self.act(Verb::MessageDeliver, |tx| {
            let (message, _) = tx.open_message(message.id)?;
            let why = if last { "no receipt came within three days" } else { "" };
            let state = tx.message_step(&message, Step { state, why, last })?;
            if !last && !state.is_over() {
                tx.queue(DELIVER, None, &Errand { id: *message.id.as_bytes() }, now + ASK_AGAIN)?;
            }
            Ok(())
        })
    }

    fn step(&self, id: ChannelMessageId, state: Delivery, why: &str) -> Result<()> {
        self.act(Verb::MessageDeliver, |tx| {
            let (message, _) = tx.open_message(id)?;
            tx.message_step(&message, Step { state, why, last: false }).map(|_| ())
        })
    }

    /// To be tried again; after the last try it is somebody's to look at.
    fn later(&self, id: ChannelMessageId, attempts: i64, why: &str) -> Result<()> {
        if attempts >= TRIES {
            self.step(id, Delivery::Failed, why)?;
        }
        Err(ServiceError::NotReady(why.to_owned()))
    }

    fn drain(&self, id: &[u8; 16], attempts: i64) -> Result<()> {
        let copy = self.act(Verb::MessageDrain, |tx| tx.open_copy(id))?;
        if !matches!(copy.state, Copy::Due | Copy::Asked | Copy::Failed) {
            return Ok(());
        }
        let (event, why) = match self.channels.named(&copy.provider) {
            None => (CopyEvent::SeenAgain, not_configured(&copy.provider).to_string()),
            Some(line) => self.try_removal(line, &copy)?,
        };
        let gone = event == CopyEvent::NotFound || event == CopyEvent::CannotLook;
        let event = if !gone && attempts >= TRIES { CopyEvent::GivenUp } else { event };
        self.act(Verb::MessageDrain, |tx| {
            let copy = tx.open_copy(id)?;
            tx.copy_event(&copy, event, &why)
        })?;
        if gone { Ok(()) } else { Err(ServiceError::NotReady(why)) }
    }

    /// Removes, then looks: only what is looked for and not found is gone.
    fn try_removal(&self, line: &Line, copy: &CopyLine) -> Result<(CopyEvent, String)> {
        let (now, reference) = (self.store.now(), copy.text.reference.as_str());
        if matches!(copy.ending, Ending::Deleted | Ending::Asked) {
            if let Err(e) = line.provider.remove(reference, now) {
                return Ok((CopyEvent::SeenAgain, e.to_string()));
            }
            self.act(Verb::MessageDrain, |tx| {
                let copy = tx.open_copy(&copy.id)?;
                tx.copy_event(&copy, CopyEvent::Taken, "")
            })?;
        }
        Ok(match line.provider.holds(reference, now) {
            Ok(false) => (CopyEvent::NotFound, String::new()),
            Ok(true) => (CopyEvent::SeenAgain, "it is still there".to_owned()),
            Err(ChannelError::Unable { .. }) => {
                (CopyEvent::CannotLook, "the provider does not say: a person confirms it".to_owned())
            }
            Err(e) => (CopyEvent::SeenAgain, e.to_string()),
        })
    }
}

const fn answers(purpose: MessagePurpose) -> bool {
    !matches!(purpose, MessagePurpose::Warning | MessagePurpose::Stopped)
}

fn not_configured(provider: &str) -> ServiceError {
    ServiceError::NotReady(format!(
        "no channel `{provider}` is configured: put it back, or settle what waits for it by hand"
    ))
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err calls")]
fn unreachable(e: ChannelError) -> ServiceError {
    ServiceError::NotReady(e.to_string())
}
