//! Complaints (s.164A DPA 2018): the stages, and which may follow which. The clock is in [`crate::clock`].

use crate::ids::StaffId;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// A stage of a complaint.
    Stage: "stage of a complaint" {
        /// s.164A(1).
        Received = "received", "received";
        /// s.164A(3): within 30 days.
        Acknowledged = "acknowledged", "acknowledged";
        /// s.164A(4)-(5): enquiries, and telling of progress.
        Investigating = "investigating", "being looked into";
        /// s.164A(4)(b).
        Outcome = "outcome", "outcome given";
        /// Promise N25: the data protection officer of the whole organisation looks at it.
        Officer = "officer", "with the data protection officer";
        /// s.165.
        Regulator = "regulator", "with the regulator";
        Closed = "closed", "closed";
    }
}

impl Stage {
    /// The stages that may come next. A complaint that is answered within 30 days needs no acknowledgement of its
    /// own; one that is closed can still go to the officer or the regulator.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Received => &[Self::Acknowledged, Self::Investigating, Self::Outcome],
            Self::Acknowledged => &[Self::Investigating, Self::Outcome],
            Self::Investigating => &[Self::Investigating, Self::Outcome],
            Self::Outcome => &[Self::Officer, Self::Regulator, Self::Closed],
            Self::Officer => &[Self::Outcome, Self::Regulator],
            Self::Regulator => &[Self::Outcome, Self::Closed],
            Self::Closed => &[Self::Officer, Self::Regulator],
        }
    }

    /// Whether the step must say something: what is looked into, what came out, what was passed on.
    #[must_use]
    pub const fn needs_words(self) -> bool {
        !matches!(self, Self::Received | Self::Acknowledged | Self::Closed)
    }
}

vocabulary! {
    /// How an internal review ends.
    Reviewed: "outcome of a review" {
        Upheld = "upheld", "the first answer stands";
        PartlyUpheld = "partly-upheld", "the first answer stands in part";
        Overturned = "overturned", "the first answer is replaced";
    }
}

/// A reviewer who took part in the first answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("whoever took part in the first answer does not review it: ask a colleague who did not")]
pub struct NotIndependent;

/// Whether someone may review an answer: they took no part in it.
///
/// # Errors
/// [`NotIndependent`].
pub fn may_review(reviewer: StaffId, deciders: &[StaffId]) -> Result<(), NotIndependent> {
    if deciders.contains(&reviewer) { Err(NotIndependent) } else { Ok(()) }
}
