//! Assessments: which are required, what each must contain, and what follows when one is missing.
//!
//! Three kinds: the data protection impact assessment (Art 35 UK GDPR; the regulator's seven steps), the
//! legitimate-interests assessment (Art 6(1)(f); its three parts), and the transfer assessment (the data
//! protection test of Arts 45B and 46(6)).

use jiff::civil::Date;

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A kind of assessment.
    AssessmentKind: "kind of assessment" {
        /// Art 35 UK GDPR.
        Dpia = "dpia", "data protection impact assessment";
        /// Art 6(1)(f) UK GDPR.
        LegitimateInterests = "lia", "legitimate-interests assessment";
        /// Arts 44A to 46 UK GDPR.
        Transfer = "transfer", "transfer assessment";
    }
}

vocabulary! {
    /// One step of an assessment.
    Step: "step of an assessment" {
        /// DPIA 1.
        Need = "need", "identify the need for an assessment";
        /// DPIA 2.
        Describe = "describe", "describe the processing";
        /// DPIA 3.
        Consult = "consult", "consider consultation";
        /// DPIA 4.
        Necessity = "necessity", "assess necessity and proportionality";
        /// DPIA 5.
        Risks = "risks", "identify and assess risks";
        /// DPIA 6.
        Measures = "measures", "identify measures to mitigate the risks";
        /// DPIA 7.
        SignOff = "sign-off", "sign off and record the outcome";
        /// LIA 1.
        Interest = "interest", "the purpose test: what the interest is";
        /// LIA 3.
        Balance = "balance", "the balancing test: the person's interests, rights and freedoms";
        /// Transfer 1.
        Restricted = "restricted", "whether it is a restricted transfer, to whom and where";
        /// Transfer 3.
        Protection = "protection", "whether the protection there is not materially lower";
    }
}

impl AssessmentKind {
    /// The steps that a completed assessment answers, in order.
    #[must_use]
    pub const fn steps(self) -> &'static [Step] {
        use Step as S;
        match self {
            Self::Dpia => {
                &[S::Need, S::Describe, S::Consult, S::Necessity, S::Risks, S::Measures, S::SignOff]
            }
            Self::LegitimateInterests => &[S::Interest, S::Necessity, S::Balance],
            Self::Transfer => &[S::Restricted, S::Necessity, S::Protection],
        }
    }

    /// Where the law asks for it.
    #[must_use]
    pub const fn provision(self) -> &'static str {
        match self {
            Self::Dpia => "Art 35 UK GDPR",
            Self::LegitimateInterests => "Art 6(1)(f) UK GDPR",
            Self::Transfer => "Arts 44A to 46 UK GDPR",
        }
    }
}

vocabulary! {
    /// A feature of processing that bears on whether an impact assessment is required: Art 35(3) UK GDPR and
    /// the Commissioner's list under Art 35(4).
    RiskFeature: "feature of the processing" {
        /// Art 35(3)(a).
        AutomatedEvaluation = "automated-evaluation", "systematic evaluation by machine that leads to significant decisions";
        /// Art 35(3)(b).
        SpecialAtScale = "special-at-scale", "special-category or criminal data on a large scale";
        /// Art 35(3)(c).
        PublicMonitoring = "public-monitoring", "systematic monitoring of a place that the public may enter";
        /// The list.
        DenialOfService = "denial-of-service", "decisions on access to a service that rest on automation or special data";
        /// The list.
        LargeScaleProfiling = "large-scale-profiling", "profiling on a large scale";
        /// The list.
        Matching = "matching", "matching data from several sources";
        /// The list.
        Vulnerable = "vulnerable", "children or vulnerable people targeted for marketing, profiling or online services";
        /// The list.
        PhysicalHarm = "physical-harm", "a breach could endanger someone's physical health or safety";
        /// The list, with another criterion.
        Innovative = "innovative", "innovative technology";
        /// The list, with another criterion.
        Biometric = "biometric", "biometric identification";
        /// The list, with another criterion.
        Genetic = "genetic", "genetic data";
        /// The list, with another criterion.
        Invisible = "invisible", "data from elsewhere of people who are not told";
        /// The list, with another criterion.
        Tracking = "tracking", "tracking of location or behaviour";
    }
}

impl RiskFeature {
    /// Whether the feature alone makes an assessment necessary; the others do so only with a second one.
    #[must_use]
    pub const fn suffices(self) -> bool {
        !matches!(self, Self::Innovative | Self::Biometric | Self::Genetic | Self::Invisible | Self::Tracking)
    }
}

/// Whether an impact assessment must be made before the processing starts (Art 35(1), (3), (4)).
#[must_use]
pub fn dpia_required(features: &[RiskFeature]) -> bool {
    let mut different: Vec<RiskFeature> = features.to_vec();
    different.sort_unstable();
    different.dedup();
    different.len() > 1 || different.iter().any(|f| f.suffices())
}

/// Where an assessment stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Steps are open or nobody signed it: it has no effect, and what needs it is blocked.
    Incomplete,
    /// Complete, and the review is not due.
    Current,
    /// Complete; the review was due on this day. It still has effect, and the owner is chased.
    ReviewDue(Date),
}

impl Standing {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::Current => "current",
            Self::ReviewDue(_) => "review-due",
        }
    }
}

/// Where an assessment stands: which of its kind's steps are answered, when it was completed, when its
/// review falls due.
#[must_use]
pub fn standing(
    kind: AssessmentKind,
    answered: &[Step],
    completed: Option<Date>,
    review: Date,
    on: Date,
) -> Standing {
    let whole = kind.steps().iter().all(|s| answered.contains(s));
    if !whole || completed.is_none_or(|d| d > on) {
        return Standing::Incomplete;
    }
    if review <= on { Standing::ReviewDue(review) } else { Standing::Current }
}
