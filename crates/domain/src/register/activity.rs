//! A processing activity, and what the law says about it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::bases::{
    Annex1, ControllerKind, LawfulBasis, RequestStatement, Section8, acts_as_public_authority,
};
use super::schedule1::{Gate, Policy, WithoutConsent};
use super::special::{Art9, CriminalData, SpecialCategory};
pub use super::validation::validate;

/// A lawful basis as an activity claims it, with what the law wants recorded for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BasisClaim {
    /// Art 6(1)(a).
    Consent {
        /// How each consent is recorded, so that it can be shown (Art 7(1)); empty when it is not.
        record: String,
        /// How it is withdrawn, as easily as given (Art 7(3)).
        withdrawal: String,
        /// The youngest person whose own consent is taken for an information society service, in years.
        youngest_online: Option<u8>,
    },
    /// Art 6(1)(b): which contract.
    Contract {
        /// The contract with the person, or the steps that they asked for before one.
        which: String,
    },
    /// Art 6(1)(c): which domestic law.
    LegalObligation {
        /// The enactment or rule of law (Art 6(3)).
        enactment: String,
    },
    /// Art 6(1)(d): whose life.
    VitalInterests {
        /// Whose vital interests, and why no other basis serves.
        whose: String,
    },
    /// Art 6(1)(e).
    PublicTask {
        /// Which task of s.8 DPA, if it is one of those.
        task: Option<Section8>,
        /// Where it is laid down (Art 6(3)).
        legal_source: String,
        /// Whether it is the controller's own task, or an exercise of official authority.
        own_task: bool,
    },
    /// Art 6(1)(ea).
    RecognisedInterest {
        /// The condition of Annex 1.
        condition: Annex1,
        /// For Annex 1 para 1: what the requester stated.
        request: Option<RequestStatement>,
    },
    /// Art 6(1)(f).
    LegitimateInterests {
        /// The interest pursued (it goes into the notice, Art 13(1)(d)).
        interest: String,
        /// The reference of the balancing assessment.
        assessment: String,
    },
}

impl BasisClaim {
    /// The basis that is claimed.
    #[must_use]
    pub const fn basis(&self) -> LawfulBasis {
        match self {
            Self::Consent { .. } => LawfulBasis::Consent,
            Self::Contract { .. } => LawfulBasis::Contract,
            Self::LegalObligation { .. } => LawfulBasis::LegalObligation,
            Self::VitalInterests { .. } => LawfulBasis::VitalInterests,
            Self::PublicTask { .. } => LawfulBasis::PublicTask,
            Self::RecognisedInterest { .. } => LawfulBasis::RecognisedInterest,
            Self::LegitimateInterests { .. } => LawfulBasis::LegitimateInterests,
        }
    }
}

/// A Schedule 1 condition as an activity claims it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schedule1Claim {
    /// The paragraph, as in `17`.
    pub paragraph: String,
    /// The answers to its gates.
    pub gates: BTreeMap<Gate, String>,
    /// For paras 17, 18, 19: the reason for acting without consent.
    pub without_consent: Option<WithoutConsent>,
    /// The appropriate policy document.
    pub policy: Option<Policy>,
    /// The processing is a disclosure to a competent or anti-doping authority.
    pub disclosure: bool,
    /// The processing is only the preparation of such a disclosure.
    pub preparation: bool,
}

/// A solely automated decision with a legal or similarly significant effect (Art 22A UK GDPR).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AutomatedUse {
    /// It uses special-category data.
    pub special_data: bool,
    /// It rests on the person's explicit consent (Art 22B(2)).
    pub explicit_consent: bool,
    /// It is necessary for a contract, or required or authorised by law (Art 22B(3)).
    pub contract_or_law: bool,
    /// The four safeguards of Art 22C(2) are in place: inform, representations, human review, contest.
    pub safeguards: bool,
}

/// One processing activity: the unit of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// What it is called.
    pub name: String,
    /// What the data are used for (Art 5(1)(b)).
    pub purposes: Vec<String>,
    /// What kind of body answers for it.
    pub controller: ControllerKind,
    /// The controller performs its public task or exercises official authority here (s.7(2) DPA).
    pub performing_its_tasks: bool,
    /// The lawful bases.
    pub bases: Vec<BasisClaim>,
    /// The special categories that are recorded.
    pub special: Vec<SpecialCategory>,
    /// The conditions of Art 9(2).
    pub art9: Vec<Art9>,
    /// The kinds of criminal data that are recorded.
    pub criminal: Vec<CriminalData>,
    /// The criminal data are processed under the control of official authority (Art 10(1)).
    pub official_authority: bool,
    /// The conditions of Schedule 1.
    pub schedule1: Vec<Schedule1Claim>,
    /// The retention rule, in the grammar of `retention` (Art 5(1)(e), Art 30(1)(f)).
    pub retention: String,
    /// Automated decisions, if any.
    pub automated: Option<AutomatedUse>,
}

/// How much a violation weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The activity can be saved; the officer is shown this.
    Warning,
    /// The activity cannot be saved.
    Blocking,
}

/// One thing that the law does not allow, or that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// A stable code such as `basis-not-open`.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// Where the law says so.
    pub provision: String,
    /// What is wrong and what would mend it, in plain words.
    pub reason: String,
}

/// An activity that was valid on a day. Only [`admit`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lawful {
    activity: Activity,
    on: Date,
    warnings: Vec<Violation>,
}

impl Lawful {
    /// The activity.
    #[must_use]
    pub const fn activity(&self) -> &Activity {
        &self.activity
    }

    /// The day whose law it was held against.
    #[must_use]
    pub const fn on(&self) -> Date {
        self.on
    }

    /// What the officer should know; none of it blocks.
    #[must_use]
    pub fn warnings(&self) -> &[Violation] {
        &self.warnings
    }
}

/// Admits an activity to the register, or gives every violation.
///
/// # Errors
/// All violations, warnings included, when at least one is blocking.
// INVARIANT: a `Lawful` never holds an activity with a blocking violation.
pub fn admit(activity: Activity, on: Date) -> Result<Lawful, Vec<Violation>> {
    let found = validate(&activity, on);
    if found.iter().any(|v| v.severity == Severity::Blocking) {
        return Err(found);
    }
    Ok(Lawful { activity, on, warnings: found })
}

/// Whether data of a special category may be recorded under an activity at all (promise N22): the
/// activity must name a condition of Art 9(2).
#[must_use]
pub fn may_record_special(activity: &Activity, category: SpecialCategory) -> bool {
    activity.special.contains(&category) && !activity.art9.is_empty()
}

/// Whether the activity's controller is bound as a public authority here (for the notices' words).
#[must_use]
pub fn is_public_authority_here(activity: &Activity) -> bool {
    acts_as_public_authority(activity.controller, activity.performing_its_tasks)
}
