//! The rights of the person: which apply, who may use them, and what may be withheld.
//!
//! * [`applicability`]: right × lawful basis × facts → applies, in part, or not, with provisions and words;
//! * [`asker`]: the asker's own way to their request;
//! * [`recognise`]: a request inside an enquiry, in the words that people use;
//! * [`restricted`]: what may be done with restricted data, and when the restriction may be lifted;
//! * [`capacity`] and [`representative`]: who may exercise a right, and on which evidence;
//! * [`exemptions`]: what may be withheld, item by item, and the test to be recorded;
//! * [`deciding`]: what a decision on a right needs, and what follows from it;
//! * [`telling`], [`complaints`], [`marketing`], [`portable`], [`older`]: the rules of what follows.

pub mod applicability;
pub mod asker;
mod automated;
pub mod capacity;
pub mod chase;
pub mod complaints;
pub mod conditions;
pub mod deciding;
mod erasure;
pub mod exemptions;
pub mod figures;
pub mod marketing;
pub mod older;
mod others;
pub mod portable;
pub mod recognise;
pub mod representative;
pub mod restricted;
pub mod telling;

pub use applicability::{
    Answer, Effect, NotAnswered, Prospective, Question, Reason, Verdict, across, applies,
};
pub use conditions::{Condition, Facts};

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A right of the person (Chapter III UK GDPR, Art 7(3), s.164A DPA).
    Right: "right" {
        /// Art 15.
        Access = "access", "access";
        /// Art 16.
        Rectification = "rectification", "rectification";
        /// Art 17.
        Erasure = "erasure", "erasure";
        /// Art 18.
        Restriction = "restriction", "restriction";
        /// Art 19.
        NotifyRecipients = "notify-recipients", "having recipients told";
        /// Art 20.
        Portability = "portability", "portability";
        /// Art 21(1) and (6).
        Objection = "objection", "objection";
        /// Art 21(2)-(3).
        MarketingObjection = "marketing-objection", "objection to direct marketing";
        /// Arts 22A-22D (Art 22 before 5 February 2026).
        AutomatedDecisions = "automated-decisions", "automated decisions";
        /// Art 7(3).
        WithdrawConsent = "withdraw-consent", "withdrawal of consent";
        /// s.164A DPA (from 19 June 2026), s.165 DPA.
        Complaint = "complaint", "complaint";
    }
}

impl Right {
    /// The provision that gives the right.
    #[must_use]
    pub const fn provision(self) -> &'static str {
        match self {
            Self::Access => "Art 15 UK GDPR",
            Self::Rectification => "Art 16 UK GDPR",
            Self::Erasure => "Art 17 UK GDPR",
            Self::Restriction => "Art 18 UK GDPR",
            Self::NotifyRecipients => "Art 19 UK GDPR",
            Self::Portability => "Art 20 UK GDPR",
            Self::Objection => "Art 21(1), (6) UK GDPR",
            Self::MarketingObjection => "Art 21(2)-(3) UK GDPR",
            Self::AutomatedDecisions => "Arts 22A-22D UK GDPR",
            Self::WithdrawConsent => "Art 7(3) UK GDPR",
            Self::Complaint => "ss.164A, 165 DPA 2018",
        }
    }
}
