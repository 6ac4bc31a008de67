//! What happened to a request, and when; and the checks that the dates make sense.

use jiff::civil::Date;

use super::refusal::{Refusal, Refused};
use super::regime::Regime;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// Why the law allows two further months (Art 12A(3) UK GDPR).
    ExtensionReason: "reason for an extension" {
        Complexity = "complexity", "the complexity of the requests";
        Number = "number", "the number of the requests";
    }
}

/// Something that happened to a request. The order is the order in which things of one day are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// The request, complaint, question or notice arrived (working day or not).
    Received,
    /// Evidence of identity was asked for (Art 12(6)).
    IdentityAsked,
    /// The evidence of identity arrived.
    IdentityReceived,
    /// Evidence of a representative's authority was asked for.
    AuthorityAsked,
    /// The evidence of authority arrived.
    AuthorityReceived,
    /// A fee was asked for (Art 12(5) UK GDPR, a fees notice under s.9 FOIA, reg 8 EIR).
    FeeAsked,
    /// The fee was paid.
    FeePaid,
    /// The person was asked which information or processing the request relates to.
    ClarificationAsked {
        /// Which question, so that several can be open at once.
        question: u16,
        /// Whether it was recorded that the further information is reasonably required.
        reasonably_required: bool,
    },
    /// The clarification arrived.
    ClarificationAnswered {
        /// Which question.
        question: u16,
    },
    /// The person was told of an extension, with reasons.
    ExtensionTold {
        /// The reason; without a lawful one the reading is refused.
        reason: Option<ExtensionReason>,
    },
    /// Examination results are announced. The one event that may lie ahead: a planned day.
    ResultsAnnounced,
    /// Receipt was acknowledged.
    Acknowledged,
    /// The request was answered; for a complaint, the outcome was told.
    Answered,
    /// The request was closed because the person did not reply.
    ClosedNoReply,
    /// The person withdrew the request.
    Withdrawn,
}

impl Event {
    /// In words, as the subject of a sentence.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Received => "receipt",
            Self::IdentityAsked => "asking for identity",
            Self::IdentityReceived => "receiving evidence of identity",
            Self::AuthorityAsked => "asking for authority",
            Self::AuthorityReceived => "receiving evidence of authority",
            Self::FeeAsked => "asking for a fee",
            Self::FeePaid => "payment of the fee",
            Self::ClarificationAsked { .. } => "asking for clarification",
            Self::ClarificationAnswered { .. } => "receiving clarification",
            Self::ExtensionTold { .. } => "telling of an extension",
            Self::ResultsAnnounced => "the announcement of results",
            Self::Acknowledged => "acknowledgement",
            Self::Answered => "the answer",
            Self::ClosedNoReply => "closing for want of a reply",
            Self::Withdrawn => "the withdrawal",
        }
    }
}

/// An event with its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dated {
    /// The day.
    pub on: Date,
    /// What happened.
    pub event: Event,
}

impl Dated {
    /// `event` on the day `on`.
    #[must_use]
    pub const fn new(on: Date, event: Event) -> Self {
        Self { on, event }
    }
}

/// One line of a [`History`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// An event was recorded.
    Recorded(Dated),
    /// The entry at this index, counted from 0, was given another date.
    Redated(usize, Date),
    /// The entry at this index was recorded in error.
    Withdrawn(usize),
}

/// An append-only list of what was recorded about one request. Corrections are entries too, so nothing
/// recorded is ever lost; [`History::events`] is what holds now, and every reading is made from it afresh.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History(Vec<Entry>);

impl History {
    /// Records an event; gives the number by which it can be corrected.
    pub fn record(&mut self, event: Dated) -> usize {
        self.0.push(Entry::Recorded(event));
        self.0.len() - 1
    }

    /// Gives an event another date. A number that is no event's changes nothing.
    pub fn redate(&mut self, number: usize, on: Date) {
        self.0.push(Entry::Redated(number, on));
    }

    /// Withdraws an event that was recorded in error.
    pub fn withdraw(&mut self, number: usize) {
        self.0.push(Entry::Withdrawn(number));
    }

    /// Every entry, as recorded.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// The events that hold now, by date.
    #[must_use]
    pub fn events(&self) -> Vec<Dated> {
        let mut held: Vec<Option<Dated>> = Vec::with_capacity(self.0.len());
        for entry in &self.0 {
            held.push(if let Entry::Recorded(event) = entry { Some(*event) } else { None });
            match *entry {
                Entry::Recorded(_) => {}
                Entry::Redated(n, on) => {
                    if let Some(Some(event)) = held.get_mut(n) {
                        event.on = on;
                    }
                }
                Entry::Withdrawn(n) => {
                    if let Some(event) = held.get_mut(n) {
                        *event = None;
                    }
                }
            }
        }
        let mut events: Vec<Dated> = held.into_iter().flatten().collect();
        events.sort_unstable();
        events
    }
}

/// Something that was asked for and came, perhaps more than once.
#[derive(Debug, Clone, Default)]
pub(super) struct Exchange {
    pub asked: Vec<Date>,
    pub came: Vec<Date>,
}

impl Exchange {
    /// Since when something asked for is still missing.
    pub fn outstanding(&self) -> Option<Date> {
        let asked = *self.asked.last()?;
        self.came.last().is_none_or(|came| *came < asked).then_some(asked)
    }

    /// When the last of it came.
    pub fn complete(&self) -> Option<Date> {
        self.came.last().copied()
    }
}

/// One clarification question.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    pub number: u16,
    pub asked: Date,
    pub answered: Option<Date>,
    pub reasonably_required: bool,
}

/// The events of one request, sorted, checked and taken apart.
#[derive(Debug, Clone)]
pub(super) struct Timeline {
    pub received: Date,
    pub identity: Exchange,
    pub authority: Exchange,
    pub fee: Exchange,
    pub questions: Vec<Question>,
    pub extension: Option<(Date, Option<ExtensionReason>)>,
    pub announced: Option<Date>,
    pub acknowledged: Option<Date>,
    pub answered: Option<Date>,
    pub closed: Option<Date>,
    pub withdrawn: Option<Date>,
}

impl Timeline {
    /// Checks the events and takes them apart.
    pub fn new(regime: Regime, events: &[Dated], today: Date) -> Result<Self, Refused> {
        let mut sorted = events.to_vec();
        sorted.sort_unstable();
        let mut found = Vec::new();
        for dated in &sorted {
            found.extend(strange(regime, dated));
            found.extend(ahead(dated, today));
        }
        found.dedup();
        match Self::take_apart(&sorted, &mut found) {
            Some(timeline) if found.is_empty() => {
                timeline.check_order(&sorted, &mut found);
                if found.is_empty() { Ok(timeline) } else { Err(Refused(found)) }
            }
            _ => Err(Refused(found)),
        }
    }

    /// When it was answered, closed or withdrawn.
    pub fn finished(&self) -> Option<Date> {
        self.answered.or(self.ended())
    }

    /// When it ended without an answer.
    pub fn ended(&self) -> Option<Date> {
        self.closed.or(self.withdrawn)
    }

    fn take_apart(sorted: &[Dated], found: &mut Vec<Refusal>) -> Option<Self> {
        let Some(received) = single(sorted, Event::Received, found) else {
            found.push(Refusal::NotReceived);
            return None;
        };
        let all = |event| sorted.iter().filter(|d| d.event == event).map(|d| d.on).collect();
        let exchange = |asked, came| Exchange { asked: all(asked), came: all(came) };
        Some(Self {
            received,
            identity: exchange(Event::IdentityAsked, Event::IdentityReceived),
            authority: exchange(Event::AuthorityAsked, Event::AuthorityReceived),
            fee: exchange(Event::FeeAsked, Event::FeePaid),
            questions: questions(sorted, found),
            extension: extension(sorted, found),
            announced: single(sorted, Event::ResultsAnnounced, found),
            acknowledged: single(sorted, Event::Acknowledged, found),
            answered: single(sorted, Event::Answered, found),
            closed: single(sorted, Event::ClosedNoReply, found),
            withdrawn: single(sorted, Event::Withdrawn, found),
        })
    }

    fn check_order(&self, sorted: &[Dated], found: &mut Vec<Refusal>) {
        for dated in sorted.iter().filter(|d| d.on < self.received && d.event != Event::ResultsAnnounced) {
            found.push(out_of_order(*dated, Event::Received, self.received));
        }
        for (exchange, asked, came) in [
            (&self.identity, Event::IdentityAsked, Event::IdentityReceived),
            (&self.authority, Event::AuthorityAsked, Event::AuthorityReceived),
            (&self.fee, Event::FeeAsked, Event::FeePaid),
        ] {
            if let (Some(first), Some(early)) = (exchange.asked.first(), exchange.came.first())
                && early < first
            {
                found.push(out_of_order(Dated::new(*early, came), asked, *first));
            }
        }
        self.check_questions(found);
        self.check_end(sorted, found);
    }

    fn check_questions(&self, found: &mut Vec<Refusal>) {
        for q in &self.questions {
            if let Some(answered) = q.answered.filter(|a| *a < q.asked) {
                let event = Event::ClarificationAnswered { question: q.number };
                let asked = Event::ClarificationAsked { question: q.number, reasonably_required: true };
                found.push(out_of_order(Dated::new(answered, event), asked, q.asked));
            }
        }
    }

    fn check_end(&self, sorted: &[Dated], found: &mut Vec<Refusal>) {
        if self.answered.is_some() && self.closed.is_some() {
            found.push(Refusal::Duplicate { what: "the end (answered, and closed for want of a reply)" });
        }
        if self.withdrawn.is_some() && (self.answered.is_some() || self.closed.is_some()) {
            found.push(Refusal::Duplicate { what: "the end (withdrawn, and answered or closed)" });
        }
        let Some(end) = self.finished() else { return };
        let last = match (self.answered, self.closed) {
            (Some(_), _) => Event::Answered,
            (None, Some(_)) => Event::ClosedNoReply,
            (None, None) => Event::Withdrawn,
        };
        for dated in sorted.iter().filter(|d| d.on > end && d.event != Event::ResultsAnnounced) {
            found.push(out_of_order(Dated::new(end, last), dated.event, dated.on));
        }
    }
}

fn out_of_order(early: Dated, before: Event, than: Date) -> Refusal {
    Refusal::OutOfOrder { what: early.event.label(), on: early.on, before: before.label(), than }
}

/// An event that the law of this clock does not know.
fn strange(regime: Regime, dated: &Dated) -> Option<Refusal> {
    if regime.knows(&dated.event) {
        return None;
    }
    Some(match (regime, dated.event) {
        (Regime::UkGdpr(right), Event::ClarificationAsked { .. } | Event::ClarificationAnswered { .. }) => {
            Refusal::PauseNotAccess { right: right.label() }
        }
        _ => Refusal::NotForRegime { what: dated.event.label(), regime: regime.label() },
    })
}

fn ahead(dated: &Dated, today: Date) -> Option<Refusal> {
    (dated.on > today && dated.event != Event::ResultsAnnounced).then(|| Refusal::InTheFuture {
        what: dated.event.label(),
        on: dated.on,
        today,
    })
}

fn single(sorted: &[Dated], event: Event, found: &mut Vec<Refusal>) -> Option<Date> {
    let mut on = sorted.iter().filter(|d| d.event == event).map(|d| d.on);
    let first = on.next();
    if on.next().is_some() {
        found.push(Refusal::Duplicate { what: event.label() });
    }
    first
}

fn extension(sorted: &[Dated], found: &mut Vec<Refusal>) -> Option<(Date, Option<ExtensionReason>)> {
    let mut told = sorted.iter().filter_map(|d| match d.event {
        Event::ExtensionTold { reason } => Some((d.on, reason)),
        _ => None,
    });
    let first = told.next();
    if told.next().is_some() {
        found.push(Refusal::Duplicate { what: "telling of an extension" });
    }
    first
}

fn questions(sorted: &[Dated], found: &mut Vec<Refusal>) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for dated in sorted {
        if let Event::ClarificationAsked { question: number, reasonably_required } = dated.event {
            if questions.iter().any(|q| q.number == number) {
                found.push(Refusal::Duplicate { what: dated.event.label() });
            }
            questions.push(Question { number, asked: dated.on, answered: None, reasonably_required });
        }
    }
    for dated in sorted {
        if let Event::ClarificationAnswered { question } = dated.event {
            match questions.iter_mut().find(|q| q.number == question) {
                None => found.push(Refusal::NoSuchQuestion { question }),
                Some(q) if q.answered.is_some() => {
                    found.push(Refusal::Duplicate { what: dated.event.label() });
                }
                Some(q) => q.answered = Some(dated.on),
            }
        }
    }
    questions
}
