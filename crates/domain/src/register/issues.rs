//! Which special-category condition an area of advice rests on (promises N22 and N23).

use crate::register::special::Art9;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// An area of advice or support, the first level of an office's issue codes.
    IssueArea: "area of advice" {
        /// Rights at work.
        Employment = "employment", "employment";
        /// Discrimination.
        Discrimination = "discrimination", "discrimination";
        /// Housing.
        Housing = "housing", "housing";
        /// Benefits and tax credits.
        Benefits = "benefits", "benefits";
        /// Debt and money.
        Debt = "debt", "debt and money";
        /// Immigration.
        Immigration = "immigration", "immigration";
        /// Goods and services.
        Consumer = "consumer", "consumer goods and services";
        /// Energy, water and telephone.
        Utilities = "utilities", "energy, water and telephone";
        /// Family and personal.
        Family = "family", "family and relationships";
        /// Health and social care as a right.
        HealthAndCare = "health-and-care", "health and social care";
        /// Education.
        Education = "education", "education";
        /// Tax.
        Tax = "tax", "tax";
        /// The law and its system.
        Legal = "legal", "the legal system";
        /// Wellbeing support that is not about a right or a claim.
        Wellbeing = "wellbeing", "wellbeing support";
    }
}

/// The conditions that an area of advice rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssueCondition {
    /// The condition of Art 9(2).
    pub art9: Art9,
    /// The paragraph of Sch 1 DPA, where the condition needs one.
    pub schedule1: Option<&'static str>,
    /// Why.
    pub why: &'static str,
}

/// The special-category condition for an area of advice.
///
/// Advice about rights rests on legal claims, Art 9(2)(f) (N22); support unrelated to rights rests on
/// substantial public interest with Sch 1 para 17, counselling, which needs a policy document (N23).
#[must_use]
pub const fn issue_condition(area: IssueArea) -> IssueCondition {
    match area {
        IssueArea::Wellbeing => IssueCondition {
            art9: Art9::SubstantialPublicInterest,
            schedule1: Some("17"),
            why: "confidential counselling, advice or support that is not about a legal right",
        },
        _ => IssueCondition {
            art9: Art9::LegalClaims,
            schedule1: None,
            why: "the advice is about establishing, exercising or defending a legal right",
        },
    }
}
