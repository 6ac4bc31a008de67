//! What an exemption takes away: the sets of "listed provisions" of Schedules 2, 3 and 4.

use crate::rights::Right;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// A provision that an exemption can lift, as finely as the Schedules cut.
    Article: "article" {
        /// Fairness and transparency only.
        A5Fairness = "5(1)(a)", "fairness and transparency";
        /// The principles, so far as they mirror the rights that are lifted.
        A5Mirrored = "5", "the principles, so far as they correspond to the rights lifted";
        /// The principles of Art 5(1)(a) to (e).
        A5Principles = "5(1)(a)-(e)", "the principles save security";
        /// Arts 6, 7, 8, 9, 10 and 11(2).
        A6To11 = "6-11(2)", "bases, consent, special categories";
        /// Art 13(1) to (3).
        A13 = "13(1)-(3)", "notice when collecting from the person";
        /// Art 14(1) to (4).
        A14 = "14(1)-(4)", "notice when collecting from others";
        /// Art 15(1) to (3).
        A15 = "15(1)-(3)", "access";
        /// Art 16.
        A16 = "16", "rectification";
        /// Art 17(1) and (2).
        A17 = "17(1)-(2)", "erasure";
        /// Art 18(1).
        A18 = "18(1)", "restriction";
        /// Art 19.
        A19 = "19", "telling recipients";
        /// Art 20(1) and (2).
        A20 = "20(1)-(2)", "portability";
        /// Art 21(1).
        A21 = "21(1)", "objection";
        /// Art 34(1) and (4).
        A34 = "34(1), (4)", "telling people of a breach";
        /// Art 36.
        A36 = "36", "prior consultation";
        /// Art 44.
        A44 = "44", "principle of transfers";
        /// The time limits of Art 12, which are lengthened.
        Clock = "12", "the time limit, which is lengthened";
    }
}

use Article as A;

/// Which provisions an exemption lifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifts {
    /// Sch 2 para 1: most rights, and Art 5(1)(a) fairness and transparency.
    S2P1,
    /// Sch 2 para 1 with Art 34(1) and (4) (crime and taxation).
    S2P1And34,
    /// Sch 2 para 6: the same rights.
    S2P2,
    /// Sch 2 para 6 with Art 34(1) and (4) (parliamentary privilege).
    S2P2And34,
    /// Sch 2 para 18: Arts 13, 14 and 15.
    S2P4,
    /// Sch 3 para 1: Arts 13 to 18, 20, 21(1); not 19.
    S3,
    /// Sch 4 para 1: Art 15.
    S4,
    /// Exactly these.
    Only(&'static [Article]),
}

const MOST_RIGHTS: &[Article] =
    &[A::A5Mirrored, A::A13, A::A14, A::A15, A::A16, A::A17, A::A18, A::A19, A::A20, A::A21];
const WITH_FAIRNESS: &[Article] =
    &[A::A5Fairness, A::A5Mirrored, A::A13, A::A14, A::A15, A::A16, A::A17, A::A18, A::A19, A::A20, A::A21];
const WITH_FAIRNESS_34: &[Article] = &[
    A::A5Fairness,
    A::A5Mirrored,
    A::A13,
    A::A14,
    A::A15,
    A::A16,
    A::A17,
    A::A18,
    A::A19,
    A::A20,
    A::A21,
    A::A34,
];
const MOST_RIGHTS_34: &[Article] =
    &[A::A5Mirrored, A::A13, A::A14, A::A15, A::A16, A::A17, A::A18, A::A19, A::A20, A::A21, A::A34];

impl Lifts {
    /// The provisions, in the order of the law.
    #[must_use]
    pub const fn articles(self) -> &'static [Article] {
        match self {
            Self::S2P1 => WITH_FAIRNESS,
            Self::S2P1And34 => WITH_FAIRNESS_34,
            Self::S2P2 => MOST_RIGHTS,
            Self::S2P2And34 => MOST_RIGHTS_34,
            Self::S2P4 => &[A::A5Mirrored, A::A13, A::A14, A::A15],
            Self::S3 => &[A::A5Mirrored, A::A13, A::A14, A::A15, A::A16, A::A17, A::A18, A::A20, A::A21],
            Self::S4 => &[A::A5Mirrored, A::A15],
            Self::Only(these) => these,
        }
    }

    /// The short name of the set, such as `S2P1`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::S2P1 => "S2P1",
            Self::S2P1And34 => "S2P1+34",
            Self::S2P2 => "S2P2",
            Self::S2P2And34 => "S2P2+34",
            Self::S2P4 => "S2P4",
            Self::S3 => "S3",
            Self::S4 => "S4",
            Self::Only(_) => "listed",
        }
    }
}

/// Whether a set of lifted provisions reaches a right.
///
/// Objection to marketing, withdrawal of consent, automated decisions and complaints are reached by none:
/// no Schedule lists Arts 21(2)-(3), 7(3) alone, 22A-22D or s.164A.
// INVARIANT: false for `Right::MarketingObjection`, whatever the set.
#[must_use]
pub fn lifts_right(lifts: Lifts, right: Right) -> bool {
    let article = match right {
        Right::Access => Article::A15,
        Right::Rectification => Article::A16,
        Right::Erasure => Article::A17,
        Right::Restriction => Article::A18,
        Right::NotifyRecipients => Article::A19,
        Right::Portability => Article::A20,
        Right::Objection => Article::A21,
        Right::MarketingObjection | Right::AutomatedDecisions | Right::WithdrawConsent | Right::Complaint => {
            return false;
        }
    };
    lifts.articles().contains(&article)
}
