//! Why a clock is not read: stable codes, plain words, nothing guessed.

use jiff::civil::{Date, DateTime};

use super::working::long;
use crate::place::Division;

/// One reason for which no reading is given. [`Refusal::code`] is part of the product's contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no date of receipt.
    #[error("there is no date of receipt: give the date on which it was received")]
    NotReceived,
    /// Two things happened in an order that cannot be.
    #[error("{what} on {}, before {before} on {}: put the dates in order", long(*.on), long(*.than))]
    OutOfOrder {
        /// What is too early.
        what: &'static str,
        /// Its date.
        on: Date,
        /// What it may not precede.
        before: &'static str,
        /// The date of that.
        than: Date,
    },
    /// Something that is said to have happened after the day of the reading.
    #[error("{what} on {}, which is after {}, the day of this reading: only what has happened counts", long(*.on), long(*.today))]
    InTheFuture {
        /// What is in the future.
        what: &'static str,
        /// Its date.
        on: Date,
        /// The day of the reading.
        today: Date,
    },
    /// Something that happens once is there twice.
    #[error("{what} is recorded more than once: keep one date, or correct the earlier entry")]
    Duplicate {
        /// What.
        what: &'static str,
    },
    /// An answer to a question that was never asked.
    #[error("an answer to clarification question {question} is recorded, but not the question")]
    NoSuchQuestion {
        /// The number of the question.
        question: u16,
    },
    /// The law of this clock does not know the event.
    #[error("{what} has no effect on {regime}: leave it out, or choose the regime that it belongs to")]
    NotForRegime {
        /// What.
        what: &'static str,
        /// The regime.
        regime: &'static str,
    },
    /// Clarification pauses only an access request.
    #[error(
        "asking for clarification does not pause a request of {right}: only an access request (Art 15) can be paused (Art 12A(5) UK GDPR)"
    )]
    PauseNotAccess {
        /// The right that was asked for.
        right: &'static str,
    },
    /// The person was told of the extension after the time for telling.
    #[error("the extension was told on {}, but had to be told by {} ({provision}): it is void, and without it the answer was due by {}", long(*.told), long(*.notice_by), long(*.due))]
    ExtensionTooLate {
        /// When the person was told.
        told: Date,
        /// The last day for telling.
        notice_by: Date,
        /// The due date without the extension.
        due: Date,
        /// The provision that asks for telling by then.
        provision: &'static str,
    },
    /// An extension without its lawful reason.
    #[error(
        "an extension needs its reason: the complexity or the number of the requests (Art 12A(3) UK GDPR), or for EIR that the request is complex and voluminous (reg 7(1))"
    )]
    ExtensionWithoutReason,
    /// Closed for want of a reply, though nothing was asked.
    #[error("closed for want of a reply on {}, but nothing was outstanding: record what was asked", long(*.on))]
    NothingOutstanding {
        /// When it was closed.
        on: Date,
    },
    /// The law that makes the clock did not exist yet.
    #[error("received on {}, but the law for {what} begins on {}: no such clock ran", long(*.received), long(*.from))]
    NotInForce {
        /// When it was received.
        received: Date,
        /// What was not in force.
        what: &'static str,
        /// Since when it is.
        from: Date,
    },
    /// Exam results were out already.
    #[error("the results were announced on {}, not after the request of {}: the exam rule does not apply, use the ordinary clock of an access request", long(*.announced), long(*.received))]
    ExamAfterResults {
        /// When the results were announced.
        announced: Date,
        /// When the request was received.
        received: Date,
    },
    /// A day after the last loaded holiday year.
    #[error("whether {} is a working day cannot be told: the bank holidays of {} are loaded only through {}; load newer ones", long(*.date), .division.label(), long(*.through))]
    BeyondHolidays {
        /// The day in question.
        date: Date,
        /// Whose holidays.
        division: Division,
        /// The last day for which they are known.
        through: Date,
    },
    /// A day before the first loaded holiday year.
    #[error("whether {} is a working day cannot be told: the bank holidays of {} are loaded only from {}; load older ones", long(*.date), .division.label(), long(*.from))]
    BeforeHolidays {
        /// The day in question.
        date: Date,
        /// Whose holidays.
        division: Division,
        /// The first day for which they are known.
        from: Date,
    },
    /// A division for which nothing is loaded.
    #[error("no bank holidays are loaded for {}", .division.label())]
    NoHolidays {
        /// Whose holidays.
        division: Division,
    },
    /// Date arithmetic left the years that can be written.
    #[error("a date so far from {} cannot be computed", long(*.near))]
    OutOfRange {
        /// Where the computation stood.
        near: Date,
    },
    /// A local time that the clocks skipped.
    #[error(
        "{local} never was in {zone}: the clocks went forward over it; give the time that was meant, or one with its offset from UTC"
    )]
    NonexistentTime {
        /// The local time.
        local: DateTime,
        /// The zone.
        zone: String,
    },
    /// A local time that happened twice.
    #[error("{local} was twice in {zone}, because the clocks went back: give it with its offset from UTC")]
    AmbiguousTime {
        /// The local time.
        local: DateTime,
        /// The zone.
        zone: String,
    },
    /// A moment before the one that it must follow.
    #[error("{what}, {at}, is before {before}, {than}: put the times in order")]
    MomentOutOfOrder {
        /// What is too early.
        what: &'static str,
        /// Its moment, in words.
        at: String,
        /// What it may not precede.
        before: &'static str,
        /// The moment of that, in words.
        than: String,
    },
    /// A moment after that of the reading.
    #[error("{what}, {at}, is after {now}, the moment of this reading: only what has happened counts")]
    MomentInTheFuture {
        /// What is in the future.
        what: &'static str,
        /// Its moment, in words.
        at: String,
        /// The moment of the reading, in words.
        now: String,
    },
}

impl Refusal {
    /// The stable, machine-readable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotReceived => "not-received",
            Self::OutOfOrder { .. } | Self::MomentOutOfOrder { .. } => "out-of-order",
            Self::InTheFuture { .. } | Self::MomentInTheFuture { .. } => "in-the-future",
            Self::Duplicate { .. } => "duplicate-event",
            Self::NoSuchQuestion { .. } => "no-such-question",
            Self::NotForRegime { .. } => "not-for-regime",
            Self::PauseNotAccess { .. } => "pause-not-access",
            Self::ExtensionTooLate { .. } => "extension-too-late",
            Self::ExtensionWithoutReason => "extension-without-reason",
            Self::NothingOutstanding { .. } => "nothing-outstanding",
            Self::NotInForce { .. } => "not-in-force",
            Self::ExamAfterResults { .. } => "exam-after-results",
            Self::BeyondHolidays { .. } => "beyond-holidays",
            Self::BeforeHolidays { .. } => "before-holidays",
            Self::NoHolidays { .. } => "no-holidays",
            Self::OutOfRange { .. } => "out-of-range",
            Self::NonexistentTime { .. } => "nonexistent-time",
            Self::AmbiguousTime { .. } => "ambiguous-time",
        }
    }
}

/// Every reason found, at least one, in the order found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub Vec<Refusal>);

impl From<Refusal> for Refused {
    fn from(one: Refusal) -> Self {
        Self(vec![one])
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let texts: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&texts.join("; "))
    }
}

impl std::error::Error for Refused {}
