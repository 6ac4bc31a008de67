//! Letters about a request: which there are, and what the law asks each of them to say.

use crate::rights::Right;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What a letter is for. Each has its words in `content/<language>/letters/<code>.toml`.
    LetterKind: "kind of letter" {
        /// Receipt, with the reference and the day.
        Acknowledgement = "acknowledgement", "acknowledgement";
        /// Art 12(6) UK GDPR.
        Identity = "identity", "asking who is writing";
        /// The authority of a representative.
        Authority = "authority", "asking for a representative's authority";
        /// Art 12A(5) UK GDPR.
        Clarification = "clarification", "asking what is meant";
        /// Art 12A(3) and (4) UK GDPR.
        Extension = "extension", "telling of an extension";
        /// Art 12(4) UK GDPR.
        Refusal = "refusal", "refusal";
        /// Art 12(4) UK GDPR, for a part.
        Partial = "partial", "refusal in part";
        /// Art 15 UK GDPR: the pack is ready.
        Outcome = "outcome", "the answer is ready";
        /// Art 16 UK GDPR.
        Rectified = "rectified", "what was corrected";
        /// Art 17 UK GDPR.
        Erased = "erased", "what was erased";
        /// Art 18 UK GDPR.
        Restricted = "restricted", "use is restricted";
        /// Art 18(3) UK GDPR.
        RestrictionLift = "restriction-lift", "a restriction will be lifted";
        /// Art 19 UK GDPR, to the person who asks which recipients were told.
        RecipientsTold = "recipients-told", "which recipients were told";
        /// Art 19 UK GDPR, to the recipient.
        RecipientNotice = "recipient-notice", "telling a recipient";
        /// Art 20 UK GDPR.
        Portable = "portable", "data to take elsewhere";
        /// Art 21(1) UK GDPR.
        Objection = "objection", "use has stopped";
        /// Art 21(3) UK GDPR.
        MarketingStopped = "marketing-stopped", "marketing has stopped";
        /// Arts 22A to 22D UK GDPR.
        DecisionReviewed = "decision-reviewed", "a decision was looked at by a person";
        /// Art 7(3) UK GDPR.
        ConsentWithdrawn = "consent-withdrawn", "consent is withdrawn";
        /// s.164A(3) DPA 2018: within 30 days.
        ComplaintReceived = "complaint-received", "complaint acknowledged";
        /// s.164A(4) DPA 2018: progress.
        ComplaintProgress = "complaint-progress", "how a complaint is going";
        /// s.164A(4) DPA 2018: outcome.
        ComplaintOutcome = "complaint-outcome", "outcome of a complaint";
        /// The request went to another office; the clock is the same.
        Passed = "passed", "passed to another office";
        /// The person withdrew the request.
        Withdrawn = "withdrawn", "withdrawal confirmed";
    }
}

vocabulary! {
    /// Something that a letter must say.
    Content: "content of a letter" {
        /// The last day in time.
        Due = "due", "the day by which we answer";
        /// Why, in words written for this letter.
        Reasons = "reasons", "the reasons";
        /// What is asked, in words written for this letter.
        Question = "question", "what is asked";
        /// What was done, in words written for this letter.
        Done = "done", "what was done";
        /// s.164A DPA 2018, from 19 June 2026.
        ComplainToUs = "complain-to-us", "the right to complain to us";
        /// s.165 DPA 2018.
        ComplainToRegulator = "complain-to-regulator", "the right to complain to the regulator";
        /// Art 79 UK GDPR, s.167 DPA 2018.
        Court = "court", "the right to go to court";
        /// Who was told, one by one.
        Recipients = "recipients", "the recipients";
        /// Who is answerable for what the request is about, and who answers (Arts 12, 26(2) UK GDPR).
        Answerable = "answerable", "who is answerable";
        /// How to reach the data protection officer.
        Officer = "officer", "the data protection officer";
        /// The controller's registration.
        Registration = "registration", "the registration number";
    }
}

impl LetterKind {
    /// What the letter must say, in the order in which it is said. Every letter to a person ends with the
    /// officer and the registration (promises C1 and C23), before them who is answerable (N1).
    #[must_use]
    pub fn says(self) -> Vec<Content> {
        use Content as C;
        let mut says: Vec<Content> = match self {
            Self::Acknowledgement | Self::Passed => vec![C::Due],
            Self::Identity | Self::Authority | Self::Clarification => vec![C::Question],
            Self::Extension => vec![C::Reasons, C::Due],
            Self::Refusal | Self::Partial => vec![C::Reasons],
            Self::RestrictionLift | Self::ComplaintOutcome | Self::DecisionReviewed => vec![C::Reasons],
            Self::Rectified | Self::Erased | Self::Restricted | Self::Objection | Self::RecipientNotice => {
                vec![C::Done]
            }
            Self::RecipientsTold => vec![C::Recipients],
            Self::ComplaintProgress => vec![C::Done],
            Self::Outcome
            | Self::Portable
            | Self::MarketingStopped
            | Self::ConsentWithdrawn
            | Self::ComplaintReceived
            | Self::Withdrawn => Vec::new(),
        };
        if self.decides() {
            says.extend([C::ComplainToUs, C::ComplainToRegulator, C::Court]);
        }
        says.extend(self.to_requester().then_some(C::Answerable));
        says.extend([C::Officer, C::Registration]);
        says
    }

    /// Whether it tells a decision, so that it must say how to challenge it (Art 12(4) UK GDPR): of the ones
    /// that grant everything too, because the person may see it otherwise.
    #[must_use]
    pub const fn decides(self) -> bool {
        matches!(
            self,
            Self::Extension
                | Self::Refusal
                | Self::Partial
                | Self::Outcome
                | Self::Rectified
                | Self::Erased
                | Self::Restricted
                | Self::RestrictionLift
                | Self::Portable
                | Self::Objection
                | Self::DecisionReviewed
                | Self::ComplaintOutcome
        )
    }

    /// The event of the request's clock that sending the letter is, by its spelling: the day on which the
    /// question goes out is the day of the question.
    #[must_use]
    pub const fn event(self) -> Option<&'static str> {
        match self {
            Self::Identity => Some("identity-asked"),
            Self::Authority => Some("authority-asked"),
            Self::Clarification => Some("clarification-asked"),
            Self::Extension => Some("extended"),
            Self::ComplaintReceived => Some("acknowledged"),
            _ => None,
        }
    }

    /// Whether it goes to the requester; the rest goes to somebody whom the officer names.
    #[must_use]
    pub const fn to_requester(self) -> bool {
        !matches!(self, Self::RecipientNotice)
    }

    /// Whether the letter has a place in the life of a request of this right.
    #[must_use]
    pub const fn fits(self, right: Right) -> bool {
        match self {
            Self::Outcome => matches!(right, Right::Access),
            Self::Clarification => matches!(right, Right::Access),
            Self::Rectified => matches!(right, Right::Rectification),
            Self::Erased => matches!(right, Right::Erasure),
            Self::Restricted | Self::RestrictionLift => {
                matches!(right, Right::Restriction | Right::Rectification | Right::Objection)
            }
            Self::RecipientsTold | Self::RecipientNotice => matches!(
                right,
                Right::Rectification | Right::Erasure | Right::Restriction | Right::NotifyRecipients
            ),
            Self::Portable => matches!(right, Right::Portability),
            Self::Objection => matches!(right, Right::Objection),
            Self::MarketingStopped => matches!(right, Right::MarketingObjection),
            Self::DecisionReviewed => matches!(right, Right::AutomatedDecisions),
            Self::ConsentWithdrawn => matches!(right, Right::WithdrawConsent),
            Self::ComplaintReceived | Self::ComplaintProgress | Self::ComplaintOutcome => {
                matches!(right, Right::Complaint)
            }
            Self::Acknowledgement => !matches!(right, Right::Complaint),
            Self::Extension | Self::Partial => !matches!(right, Right::Complaint),
            Self::Identity | Self::Authority | Self::Refusal | Self::Passed | Self::Withdrawn => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_why_and_the_three_ways_to_challenge_it() {
        for kind in [LetterKind::Refusal, LetterKind::Partial] {
            let says = kind.says();
            for content in
                [Content::Reasons, Content::ComplainToUs, Content::ComplainToRegulator, Content::Court]
            {
                assert!(says.contains(&content), "{kind} does not say {content}");
            }
        }
    }

    #[test]
    fn every_letter_names_the_officer_and_the_registration() {
        for kind in LetterKind::ALL {
            let says = kind.says();
            assert!(says.contains(&Content::Officer) && says.contains(&Content::Registration), "{kind}");
            assert_eq!(says.contains(&Content::Answerable), kind.to_requester(), "{kind}");
        }
    }

    #[test]
    fn every_right_has_a_letter_that_begins_and_one_that_ends_it() {
        for right in Right::ALL {
            let fitting = || LetterKind::ALL.iter().filter(|kind| kind.fits(*right));
            let begins = |kind: &&LetterKind| {
                matches!(kind, LetterKind::Acknowledgement | LetterKind::ComplaintReceived)
            };
            assert_eq!(fitting().filter(begins).count(), 1, "{right}");
            assert!(fitting().any(|kind| kind.decides()), "{right}");
        }
    }
}
