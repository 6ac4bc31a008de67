//! What the staff pages ask of the use-cases. Each call may block; handlers make it off the async
//! threads. The gate decides inside: a request that is not this person's to see is [`UseCaseError::NotFound`].

use counterfoil_domain::ids::RequestId;
use counterfoil_service::sign_in::SignedIn;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::dates;

/// Why a use-case gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UseCaseError {
    /// No such request, or not one that this person may know of.
    #[error("no such request")]
    NotFound,
    /// The gate refuses; the text says why and what would make it possible.
    #[error("{0}")]
    Refused(String),
    /// A fault, for the log, without personal data.
    #[error("the request could not be answered: {0}")]
    Fault(String),
}

/// The use-cases behind the staff pages.
pub trait UseCases: Send + Sync {
    /// The open requests that this person may see, the most urgent first, as they stand at `now`.
    ///
    /// # Errors
    /// [`UseCaseError`].
    fn requests(&self, who: &SignedIn, now: Timestamp) -> Result<Vec<RequestSummary>, UseCaseError>;

    /// One request.
    ///
    /// # Errors
    /// [`UseCaseError`].
    fn request(&self, who: &SignedIn, id: RequestId, now: Timestamp) -> Result<RequestDetail, UseCaseError>;

    /// Whether the site's data can be read: the health check.
    fn healthy(&self) -> bool;
}

/// How a request stands against its time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The due date has passed without an answer.
    Overdue,
    /// Due within five working days.
    AtRisk,
    /// The clock runs and there is time.
    Due,
    /// The clock is stopped, with a reason.
    Paused,
    /// Answered or closed.
    Closed,
}

/// One row of the request list.
#[derive(Debug, Clone, Serialize)]
pub struct RequestSummary {
    /// Its identifier, as in addresses.
    pub id: String,
    /// The reference that the person was given.
    pub reference: String,
    /// Whose request it is, as this member of staff may see it.
    pub person: String,
    /// Which right: the key under `right.` in the interface's words.
    pub right: String,
    /// The stage: the key under `stage.`.
    pub stage: String,
    /// When it was received.
    #[serde(serialize_with = "dates::iso")]
    pub received: Date,
    /// When the answer is due; nothing while that cannot be known.
    #[serde(serialize_with = "dates::iso_if_any")]
    pub due: Option<Date>,
    /// Whole days until it is due, negative when past.
    pub days_left: Option<i32>,
    /// How it stands.
    pub standing: Standing,
    /// Who has it, when someone has.
    pub handler: Option<String>,
}

/// One request with its clock, sources, items, decisions and history.
#[derive(Debug, Clone, Serialize)]
pub struct RequestDetail {
    /// What the list shows of it.
    pub summary: RequestSummary,
    /// The time limit and how it was worked out.
    pub clock: Clock,
    /// Where was searched, and what each place answered.
    pub sources: Vec<Source>,
    /// How many items are in each state of review.
    pub items: Items,
    /// Decisions so far, by reason.
    pub decisions: Vec<Decision>,
    /// The audit trail, newest first.
    pub trail: Vec<TrailEntry>,
}

/// A statutory clock as an officer checks it.
#[derive(Debug, Clone, Serialize)]
pub struct Clock {
    /// By when the person must be told of an extension.
    #[serde(serialize_with = "dates::iso_if_any")]
    pub notice_by: Option<Date>,
    /// The stretches from receipt to due date, in order.
    pub stretches: Vec<Stretch>,
    /// The working, line by line.
    pub working: Vec<WorkingLine>,
}

/// A stretch of time in which the clock ran or stood.
#[derive(Debug, Clone, Serialize)]
pub struct Stretch {
    /// The first day.
    #[serde(serialize_with = "dates::iso")]
    pub from: Date,
    /// The day after the last.
    #[serde(serialize_with = "dates::iso")]
    pub to: Date,
    /// Whether the clock was stopped.
    pub paused: bool,
}

/// One line of the working.
#[derive(Debug, Clone, Serialize)]
pub struct WorkingLine {
    /// What was worked out.
    pub text: String,
    /// The provision that says so.
    pub provision: String,
}

/// One place that was searched.
#[derive(Debug, Clone, Serialize)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// Its answer: the key under `source.`.
    pub answer: SourceAnswer,
    /// Items held there, when it answered with some.
    pub held: u64,
    /// Why it failed, or the reason for a waiver.
    pub note: Option<String>,
}

/// What a place answered. "None held" is never confused with "failed".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceAnswer {
    /// It holds items.
    Held,
    /// It was searched and holds nothing.
    NoneHeld,
    /// It never holds this kind of person.
    NotThisKindOfPerson,
    /// It could not be searched.
    Failed,
    /// It has not answered yet.
    Waiting,
    /// Left out, with a reason that the letter states.
    Waived,
}

/// Items by state of review.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Items {
    /// Found in all.
    pub found: u64,
    /// Not decided yet.
    pub to_review: u64,
    /// To be given in full.
    pub release: u64,
    /// To be given with parts removed.
    pub redact: u64,
    /// To be withheld.
    pub withhold: u64,
    /// Folded away as copies.
    pub duplicate: u64,
}

/// What was decided for one reason.
#[derive(Debug, Clone, Serialize)]
pub struct Decision {
    /// The reason in words.
    pub reason: String,
    /// The provision.
    pub provision: String,
    /// How many items.
    pub items: u64,
}

/// One entry of the audit trail.
#[derive(Debug, Clone, Serialize)]
pub struct TrailEntry {
    /// When.
    #[serde(serialize_with = "dates::iso")]
    pub at: Timestamp,
    /// What was done, in words.
    pub act: String,
    /// Who did it, as this member of staff may see it.
    pub actor: String,
    /// Its place in the log.
    pub entry: u64,
}
