//! Retention: how long a record is kept, what happens then, and why.
//!
//! A rule is a short text that a records manager can read and write:
//!
//! ```text
//! 6 years after closed
//! 3 years + current tax year after created
//! until age 75 or 4 years after employment end, whichever is first
//! last of (age 21 years 4 months, 10 years after claim end)
//! review with PRONI 6 years after project end
//! redact field nino at most 13 months after decision
//! provider copy: 30 days after sent; device copy: on dealt with
//! permanent
//! ```
//!
//! Grammar (words in any case; `[x]` may be left out; `{x}` may repeat):
//!
//! ```text
//! rule     = clause { ";" clause }
//! clause   = [ word "copy" ":" ] [ action ] [ when ]
//! action   = "destroy" | "review" [ "with" word ] | "transfer" "to" word | "permanent"
//!          | "anonymise" | "renew" | "redact" "field" word
//! when     = [ "until" ] term { "or" term } [ "," ] [ "whichever" "is" order ]
//! order    = "first" | "earlier" | "last" | "later"
//! term     = ( "first" | "last" ) "of" "(" term { "," term } ")"
//!          | [ bound ] "age" length | ( "on" | "at" ) point
//!          | [ bound ] length [ "+" "current" [ year ] "year" ] "after" point
//! bound    = "at" "most" | "at" "least"
//! length   = number [ unit ] { number unit }          unit = years, months, weeks, days
//! point    = [ "end" "of" year "year" "of" ] trigger
//! year     = "financial" | "tax" | "calendar"
//! ```
//!
//! Without an action the record is destroyed. Without a `when` the action stands undated: `permanent`, or a
//! standing `review`. Months and years are counted on the calendar and clamped to the end of a shorter month.

mod evaluate;
pub mod filing;
mod parse;

use std::fmt;

use crate::vocabulary::vocabulary;

pub use evaluate::{ClauseResult, Facts, Hold, Outcome, evaluate, year_end};
pub use parse::RuleError;

vocabulary! {
    /// Something that happens to a record, from which a period runs.
    Trigger: "retention trigger" {
        /// Made.
        Created = "created", "the record was created";
        /// Arrived.
        Received = "received", "the record was received";
        /// Collected.
        Collected = "collected", "the data were collected";
        /// Recorded.
        Recorded = "recorded", "the recording was made";
        /// Sent.
        Sent = "sent", "the message was sent";
        /// Closed.
        Closed = "closed", "the file or case was closed";
        /// Last contact.
        LastContact = "last-contact", "the last contact with the person";
        /// Last activity.
        LastActivity = "last-activity", "the last activity";
        /// Last entry.
        LastEntry = "last-entry", "the last entry";
        /// Last payment.
        LastPayment = "last-payment", "the last payment";
        /// Consent last given.
        LastGiven = "last-given", "the consent was last given";
        /// Last review.
        LastReview = "last-review", "the last review";
        /// Decided.
        Decision = "decision", "the final decision";
        /// Dealt with.
        DealtWith = "dealt-with", "the message was dealt with";
        /// Copied.
        CopiedToCase = "copied-to-case", "the content was copied to the case";
        /// Verified.
        Verified = "verified", "the evidence was verified";
        /// Superseded.
        Superseded = "superseded", "the record was superseded";
        /// Consent withdrawn.
        ConsentWithdrawn = "consent-withdrawn", "consent was withdrawn";
        /// Licence expires.
        LicenceExpiry = "licence-expiry", "the licence expired";
        /// Proceedings end.
        ProceedingsEnd = "proceedings-end", "legal proceedings were completed";
        /// Project ends.
        ProjectEnd = "project-end", "the project was completed";
        /// Employment ends.
        EmploymentEnd = "employment-end", "the employment ended";
        /// Involvement ends.
        InvolvementEnd = "involvement-end", "the involvement, such as volunteering, ended";
        /// Contract ends.
        ContractEnd = "contract-end", "the contract ended";
        /// Claim ends.
        ClaimEnd = "claim-end", "the claim process ended";
        /// Accident.
        Accident = "accident", "the accident happened";
        /// Event.
        Event = "event", "the event took place";
        /// Visit.
        Visit = "visit", "the visit took place";
        /// Session.
        Session = "session", "the session took place";
        /// Told.
        Notified = "notified", "the person was told the result";
        /// Resolved.
        Resolution = "resolution", "the complaint was resolved";
        /// Financial year end.
        FinancialYearEnd = "financial-year-end", "the end of the financial year";
        /// Tax year end.
        TaxYearEnd = "tax-year-end", "the end of the tax year";
        /// Moved away.
        Moved = "moved", "the person moved away";
        /// Cancelled.
        Cancelled = "cancelled", "the arrangement was cancelled";
        /// Died.
        Death = "death", "the person died";
        /// Scheme implemented.
        SchemeImplemented = "scheme-implemented", "the scheme was implemented";
        /// Appeals end.
        AppealsEnd = "appeals-end", "the last appeal was decided";
        /// Processing ends.
        ProcessingEnd = "processing-end", "the processing ended";
        /// Born: `age 21 years` is this many years after it.
        DateOfBirth = "date-of-birth", "the person was born";
    }
}

impl Trigger {
    /// The words of the grammar: the code with spaces.
    #[must_use]
    pub fn words(self) -> String {
        self.code().replace('-', " ")
    }
}

vocabulary! {
    /// A kind of year, by its last day.
    Year: "kind of year" {
        /// Ends on 31 March.
        Financial = "financial", "financial year, to 31 March";
        /// Ends on 5 April.
        Tax = "tax", "tax year, to 5 April";
        /// Ends on 31 December.
        Calendar = "calendar", "calendar year, to 31 December";
    }
}

/// A length of time in calendar units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Length {
    /// Years, at most 999.
    pub years: u16,
    /// Months, at most 9999.
    pub months: u16,
    /// Weeks, at most 9999.
    pub weeks: u16,
    /// Days, at most 9999.
    pub days: u16,
}

impl Length {
    /// No time at all.
    pub const ZERO: Self = Self { years: 0, months: 0, weeks: 0, days: 0 };
}

/// Whether a period is exact, or a limit of what is allowed or required.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bound {
    /// Exactly this long.
    #[default]
    Exact,
    /// No longer: the action may come earlier.
    AtMost,
    /// No shorter: the action may come later.
    AtLeast,
}

/// A day that a fact gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// The last day of this kind of year that contains the trigger, rather than the trigger's own day.
    pub end_of: Option<Year>,
    /// The trigger.
    pub trigger: Trigger,
}

/// A day that a rule computes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// A length after a point.
    After {
        /// Exact, or a limit.
        bound: Bound,
        /// How long.
        length: Length,
        /// "+ current year": the year that contains the point is completed first.
        current: Option<Year>,
        /// From when.
        point: Point,
    },
    /// An age of the person.
    Age {
        /// Exact, or a limit.
        bound: Bound,
        /// The age.
        length: Length,
    },
    /// The earliest of several.
    FirstOf(Vec<Term>),
    /// The latest of several.
    LastOf(Vec<Term>),
}

/// What happens when the time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Destroyed or deleted beyond recovery.
    Destroy,
    /// A person decides, with the named body if there is one (in Northern Ireland: PRONI).
    Review(Option<String>),
    /// Transferred to this body, such as PRONI.
    Transfer(String),
    /// Kept for ever.
    Permanent,
    /// Made anonymous; the rest is kept.
    Anonymise,
    /// Asked for again, such as a consent.
    Renew,
    /// One field is removed; the rest is kept.
    Redact(String),
}

/// One clause: for one copy or for all, one action at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Which copy (`provider`, `device`, `paper`, `heritage`); `None` is the record itself.
    pub copy: Option<String>,
    /// What happens.
    pub action: Action,
    /// When; `None` is a standing action without a date.
    pub when: Option<Term>,
}

/// A retention rule: at least one clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    clauses: Vec<Clause>,
}

impl Rule {
    /// The clauses, in the order written; never empty.
    #[must_use]
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [(self.years, "year"), (self.months, "month"), (self.weeks, "week"), (self.days, "day")];
        let words: Vec<String> = parts
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, unit)| format!("{n} {unit}{}", if *n == 1 { "" } else { "s" }))
            .collect();
        f.write_str(if words.is_empty() { "0 days" } else { "" })?;
        f.write_str(&words.join(" "))
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact => "",
            Self::AtMost => "at most ",
            Self::AtLeast => "at least ",
        })
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(year) = self.end_of {
            write!(f, "end of {year} year of ")?;
        }
        f.write_str(&self.trigger.words())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |terms: &[Self]| terms.iter().map(Self::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Self::After { bound: Bound::Exact, length, current: None, point } if *length == Length::ZERO => {
                write!(f, "on {point}")
            }
            Self::After { bound, length, current, point } => {
                write!(f, "{bound}{length}")?;
                if let Some(year) = current {
                    write!(f, " + current {year} year")?;
                }
                write!(f, " after {point}")
            }
            Self::Age { bound, length } => write!(f, "{bound}age {length}"),
            Self::FirstOf(terms) => write!(f, "first of ({})", list(terms)),
            Self::LastOf(terms) => write!(f, "last of ({})", list(terms)),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Destroy => f.write_str("destroy"),
            Self::Review(None) => f.write_str("review"),
            Self::Review(Some(with)) => write!(f, "review with {with}"),
            Self::Transfer(to) => write!(f, "transfer to {to}"),
            Self::Permanent => f.write_str("permanent"),
            Self::Anonymise => f.write_str("anonymise"),
            Self::Renew => f.write_str("renew"),
            Self::Redact(field) => write!(f, "redact field {field}"),
        }
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(copy) = &self.copy {
            write!(f, "{copy} copy: ")?;
        }
        match &self.when {
            None => write!(f, "{}", self.action),
            Some(when) if self.action == Action::Destroy => write!(f, "{when}"),
            Some(when) => write!(f, "{} {when}", self.action),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.clauses.iter().map(Clause::to_string).collect();
        f.write_str(&words.join("; "))
    }
}
