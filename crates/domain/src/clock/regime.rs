//! Which law a clock runs under.

use super::calendar::Nation;
use super::events::Event;
use crate::place::Division;
use crate::rights::Right;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// A notice under the Data Protection Act 1998 that an organisation's notice still promises to honour.
    OlderNotice: "notice under the older Act" {
        DamageOrDistress = "damage-or-distress", "preventing damage or distress (s.10)";
        DirectMarketing = "direct-marketing", "preventing direct marketing (s.11)";
        AutomatedDecision = "automated-decision", "automated decisions (s.12)";
    }
}

/// The law that a clock runs under. Breaches, counted in hours, are in [`super::breach`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regime {
    /// A request under Arts 15 to 22D (and Art 7(3)) UK GDPR.
    UkGdpr(Right),
    /// A complaint to the controller, s.164A DPA 2018: the clock of the acknowledgement.
    Complaint,
    /// Freedom of Information Act 2000.
    Foi,
    /// Freedom of Information (Scotland) Act 2002.
    Foisa,
    /// Environmental Information Regulations 2004.
    Eir {
        /// Whether the request is complex *and* voluminous (reg 7(1)): 40 days instead of 20.
        complex_and_voluminous: bool,
    },
    /// A question about examination marks put before the results (Sch 2 para 25(3) DPA 2018).
    ExamMarks,
    /// A notice under the Data Protection Act 1998, honoured as a promise.
    OlderAct(OlderNotice),
}

impl Regime {
    /// In words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::UkGdpr(right) => right.label(),
            Self::Complaint => "a complaint (s.164A DPA 2018)",
            Self::Foi => "a request under FOIA 2000",
            Self::Foisa => "a request under FOISA 2002",
            Self::Eir { .. } => "a request under EIR 2004",
            Self::ExamMarks => "a question about exam marks (Sch 2 para 25 DPA 2018)",
            Self::OlderAct(notice) => notice.label(),
        }
    }

    /// Whose holidays count: one nation for the whole reading, whatever is computed.
    #[must_use]
    pub const fn nation(self, division: Division) -> Nation {
        match self {
            Self::Foi | Self::Eir { .. } => Nation::AnyPartOfUk,
            Self::Foisa => Nation::One(Division::Scotland),
            _ => Nation::One(division),
        }
    }

    /// Whether the law of this clock gives the event a meaning.
    pub(super) const fn knows(self, event: &Event) -> bool {
        match event {
            Event::Received | Event::Answered | Event::Withdrawn => true,
            Event::IdentityAsked | Event::IdentityReceived => matches!(self, Self::UkGdpr(_)),
            Event::AuthorityAsked | Event::AuthorityReceived => matches!(self, Self::UkGdpr(_)),
            Event::FeeAsked | Event::FeePaid => self.is_information() || matches!(self, Self::UkGdpr(_)),
            Event::ClarificationAsked { .. } | Event::ClarificationAnswered { .. } => {
                self.is_information() || matches!(self, Self::UkGdpr(Right::Access))
            }
            Event::ExtensionTold { .. } => matches!(self, Self::UkGdpr(_) | Self::Eir { .. }),
            Event::ResultsAnnounced => matches!(self, Self::ExamMarks),
            Event::Acknowledged => matches!(self, Self::UkGdpr(_) | Self::Complaint),
            Event::ClosedNoReply => self.is_information() || matches!(self, Self::UkGdpr(_)),
        }
    }

    /// Whether it is counted in working days.
    #[must_use]
    pub const fn is_information(self) -> bool {
        matches!(self, Self::Foi | Self::Foisa | Self::Eir { .. })
    }
}
