//! Schedule 1 to the Data Protection Act 2018: the conditions for special-category and criminal data,
//! their gates, and the duty to have an appropriate policy document (paras 38 to 41).
//!
//! A *gate* is one thing that a condition asks for and that the controller writes down in the register.
//! The gates here are those of the statute that an organisation can answer in words; each recorded answer
//! is the controller's evidence, not proof that a court would agree.

use jiff::Span;
use jiff::civil::{Date, date};

use crate::vocabulary::vocabulary;

vocabulary! {
    /// One thing that a Schedule 1 condition asks for, answered in words in the register.
    Gate: "Schedule 1 gate" {
        /// "for reasons of substantial public interest".
        SubstantialPublicInterest = "substantial-public-interest", "why the processing is necessary for reasons of substantial public interest";
        /// Necessity for the condition's purpose.
        Necessity = "necessity", "why the processing is necessary for the purpose of the condition";
        /// Para 1.
        LawImposed = "law-imposed", "which law imposes or confers the obligation or right";
        /// Paras 2 and 3: Art 9(3) UK GDPR and s.11(1) DPA.
        Secrecy = "secrecy", "which health or social-work professional, or person under a duty of confidentiality, is responsible";
        /// Para 4.
        ResearchSafeguards = "research-safeguards", "how Art 84B is met, and the public interest in the archive, research or statistics";
        /// Para 6.
        Function = "function", "which enactment, rule of law or government function";
        /// Paras 8 and 9.
        Monitoring = "monitoring", "which groups are compared, and for which purpose of equality or diversity";
        /// Para 8(3).
        NotAboutOne = "not-about-one", "how it is ensured that no decision about a particular person is taken";
        /// Paras 8(4) and 16 onwards where the Schedule says so.
        NoSubstantialHarm = "no-substantial-harm", "how substantial damage or distress is avoided";
        /// Paras 8(5) and 22(3).
        StopNotice = "stop-notice", "how a written notice to stop is honoured";
        /// Paras 10 and 11: consent would prejudice the purpose.
        ConsentPrejudices = "consent-prejudices", "why asking for consent would prejudice the purpose";
        /// Paras 12 and 16: consent not reasonable.
        ConsentUnreasonable = "consent-unreasonable", "why consent cannot reasonably be expected or obtained";
        /// Paras 17(2), 18(3), 19(3): one of three reasons.
        ConsentReason = "consent-reason", "which of the three reasons for acting without consent applies, and why";
        /// Para 13.
        Publication = "publication", "the view to publication and the reasonable belief that it is in the public interest";
        /// Para 14.
        AntiFraud = "anti-fraud", "which anti-fraud organisation, or which arrangement made by one";
        /// Para 15.
        Disclosure = "disclosure", "which disclosure under the terrorism or money-laundering law is made in good faith";
        /// Para 16.
        Membership = "membership", "which not-for-profit body, which disability or condition, and how the person belongs to it";
        /// Para 17.
        Confidential = "confidential", "which confidential counselling, advice, support or similar service";
        /// Para 18.
        AtRisk = "at-risk", "whom it protects: someone under 18, or an adult with care needs, at risk, and unable to protect themselves";
        /// Para 19.
        EconomicWellbeing = "economic-wellbeing", "which adult at economic risk through injury, illness or disability, and that only health data are used";
        /// Paras 20, 21, 22, 25 to 28, 35, 37.
        Scheme = "scheme", "the insurance, pension, party, sport or other scheme that the paragraph describes, and how its terms are met";
        /// Paras 23 and 24.
        ElectedRequest = "elected-request", "whose request the elected representative answers, and, if another person asks, which of the four reasons applies";
        /// Paras 29 to 34.
        CriminalGround = "criminal-ground", "how the terms of the paragraph (consent, vital interests, not-for-profit, made public, legal claims, judicial acts) are met";
    }
}

vocabulary! {
    /// Why counselling, safeguarding or economic protection goes ahead without consent: paras 17(2),
    /// 18(3) and 19(3) each name these three, and no other.
    WithoutConsent: "reason for acting without consent" {
        /// Consent cannot be given.
        CannotBeGiven = "cannot-be-given", "in the circumstances, consent cannot be given by the person";
        /// Not reasonable to expect the controller to obtain it.
        NotReasonable = "not-reasonable", "the controller cannot reasonably be expected to obtain consent";
        /// Asking would prejudice the service or protection.
        WouldPrejudice = "would-prejudice", "obtaining consent would prejudice the service or protection";
    }
}

/// Whether a condition needs an appropriate policy document (APD).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyDocument {
    /// It does (Sch 1 para 5 or the paragraph's own words).
    Required,
    /// It does, save for a disclosure, or preparing one, to a competent authority (para 10) or an
    /// anti-doping authority (para 27).
    RequiredSaveDisclosure,
    /// It does not.
    NotRequired,
}

/// One condition of Schedule 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule1 {
    /// The paragraph number, as in `17`.
    pub paragraph: &'static str,
    /// The heading in short.
    pub name: &'static str,
    /// Part 1, 2 or 3 of the Schedule.
    pub part: u8,
    /// The policy-document duty.
    pub policy: PolicyDocument,
    /// What must be answered.
    pub gates: &'static [Gate],
}

const fn row(
    paragraph: &'static str,
    name: &'static str,
    part: u8,
    policy: PolicyDocument,
    gates: &'static [Gate],
) -> Schedule1 {
    Schedule1 { paragraph, name, part, policy, gates }
}

use Gate as G;
use PolicyDocument::{NotRequired, Required, RequiredSaveDisclosure};

const SPI: Gate = G::SubstantialPublicInterest;
const NEED: Gate = G::Necessity;

/// Every condition of Schedule 1, in order. Para 5 is the rule that Part 2 conditions need a policy
/// document unless they say otherwise; paras 38 to 41 are the policy document itself.
pub const SCHEDULE1: &[Schedule1] = &[
    row("1", "employment, social security and social protection", 1, Required, &[NEED, G::LawImposed]),
    row("2", "health or social care", 1, NotRequired, &[NEED, G::Secrecy]),
    row("3", "public health", 1, NotRequired, &[NEED, G::Secrecy]),
    row("4", "archiving, research and statistics", 1, NotRequired, &[NEED, G::ResearchSafeguards]),
    row("6", "statutory and government purposes", 2, Required, &[NEED, G::Function, SPI]),
    row("7", "administration of justice and parliamentary purposes", 2, Required, &[NEED]),
    row(
        "8",
        "equality of opportunity or treatment",
        2,
        Required,
        &[NEED, G::Monitoring, G::NotAboutOne, G::NoSubstantialHarm, G::StopNotice],
    ),
    row(
        "9",
        "racial and ethnic diversity at senior levels",
        2,
        Required,
        &[NEED, G::Monitoring, G::ConsentUnreasonable, G::NoSubstantialHarm],
    ),
    row(
        "10",
        "preventing, investigating or detecting unlawful acts",
        2,
        RequiredSaveDisclosure,
        &[NEED, G::ConsentPrejudices, SPI],
    ),
    row("11", "protecting the public against dishonesty", 2, Required, &[NEED, G::ConsentPrejudices, SPI]),
    row(
        "12",
        "regulatory requirements about unlawful acts and dishonesty",
        2,
        Required,
        &[NEED, G::ConsentUnreasonable, SPI],
    ),
    row("13", "journalism about unlawful acts and dishonesty", 2, NotRequired, &[G::Publication, SPI]),
    row("14", "preventing fraud", 2, Required, &[NEED, G::AntiFraud]),
    row("15", "suspicion of terrorist financing or money laundering", 2, Required, &[NEED, G::Disclosure]),
    row(
        "16",
        "support for people with a disability or medical condition",
        2,
        Required,
        &[NEED, G::Membership, G::ConsentUnreasonable, SPI],
    ),
    row(
        "17",
        "counselling, advice and support",
        2,
        Required,
        &[NEED, G::Confidential, G::ConsentReason, SPI],
    ),
    row(
        "18",
        "safeguarding of children and of individuals at risk",
        2,
        Required,
        &[NEED, G::AtRisk, G::ConsentReason, SPI],
    ),
    row(
        "19",
        "safeguarding of economic well-being",
        2,
        Required,
        &[NEED, G::EconomicWellbeing, G::ConsentReason, SPI],
    ),
    row("20", "insurance", 2, Required, &[NEED, G::Scheme, SPI]),
    row("21", "occupational pensions", 2, Required, &[NEED, G::Scheme]),
    row("22", "political parties", 2, Required, &[NEED, G::Scheme, G::NoSubstantialHarm, G::StopNotice]),
    row("23", "elected representatives responding to requests", 2, Required, &[NEED, G::ElectedRequest]),
    row("24", "disclosure to elected representatives", 2, Required, &[NEED, G::ElectedRequest]),
    row("25", "informing elected representatives about prisoners", 2, Required, &[NEED, G::Scheme]),
    row("26", "publication of legal judgments", 2, Required, &[NEED, G::Scheme]),
    row("27", "anti-doping in sport", 2, RequiredSaveDisclosure, &[NEED, G::Scheme]),
    row("28", "standards of behaviour in sport", 2, Required, &[NEED, G::Scheme, G::ConsentPrejudices, SPI]),
    row("29", "consent", 3, NotRequired, &[G::CriminalGround]),
    row("30", "vital interests", 3, NotRequired, &[NEED, G::CriminalGround]),
    row("31", "processing by not-for-profit bodies", 3, NotRequired, &[G::CriminalGround]),
    row("32", "personal data in the public domain", 3, NotRequired, &[G::CriminalGround]),
    row("33", "legal claims", 3, NotRequired, &[NEED, G::CriminalGround]),
    row("34", "judicial acts", 3, NotRequired, &[NEED, G::CriminalGround]),
    row("35", "accounts used in indecency offences involving children", 3, Required, &[NEED, G::Scheme]),
    row(
        "36",
        "a Part 2 condition without the public-interest words",
        3,
        Required,
        &[NEED, G::CriminalGround],
    ),
    row("37", "insurance, extended", 3, Required, &[NEED, G::Scheme]),
];

/// The condition with this paragraph number.
#[must_use]
pub fn schedule1_condition(paragraph: &str) -> Option<&'static Schedule1> {
    SCHEDULE1.iter().find(|c| c.paragraph == paragraph)
}

/// Whether an appropriate policy document must be in place for a condition.
///
/// `disclosure_to_authority`: the processing is a disclosure, or (from 5 February 2026, see
/// [`PREPARATION_COUNTS_FROM`]) its preparation, to a competent or anti-doping authority.
#[must_use]
pub fn policy_document_needed(condition: &Schedule1, disclosure_to_authority: bool) -> bool {
    match condition.policy {
        Required => true,
        RequiredSaveDisclosure => !disclosure_to_authority,
        NotRequired => false,
    }
}

/// The day from which preparing a disclosure shares its relief in Sch 1 paras 10, 13, 14, 24 (Sch 11 to
/// the 2025 Act).
///
/// Assumption: the commencement table does not list Sch 11's amendments of Schedule 1 one by one; the
/// later of the candidate dates (20 August 2025 and 5 February 2026) is taken.
pub const PREPARATION_COUNTS_FROM: Date = date(2026, 2, 5);

/// An appropriate policy document as the register knows it (Sch 1 para 39).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// The document's reference.
    pub reference: String,
    /// It explains the procedures for complying with the Art 5 principles (para 39(a)).
    pub explains_principles: bool,
    /// It explains retention and erasure, with an indication of how long (para 39(b)).
    pub explains_retention: bool,
    /// When it was last reviewed (para 40(1)(b)).
    pub reviewed: Option<Date>,
}

/// What is missing from a policy document; empty when it meets para 39 and has been reviewed.
#[must_use]
pub fn policy_gaps(policy: &Policy) -> Vec<&'static str> {
    let mut gaps = Vec::new();
    if policy.reference.trim().is_empty() {
        gaps.push("the document itself (Sch 1 para 39)");
    }
    if !policy.explains_principles {
        gaps.push("its procedures for complying with the principles of Art 5 (Sch 1 para 39(a))");
    }
    if !policy.explains_retention {
        gaps.push("its policy on retention and erasure with an indicative period (Sch 1 para 39(b))");
    }
    if policy.reviewed.is_none() {
        gaps.push("the date of its last review (Sch 1 para 40(1)(b))");
    }
    gaps
}

/// Until when a policy document must be kept: six months after the processing ends (Sch 1 para
/// 40(1)(a), (2)). `None` only beyond the calendar's range.
#[must_use]
pub fn keep_policy_until(processing_ends: Date) -> Option<Date> {
    processing_ends.checked_add(Span::new().months(6)).ok()
}

/// What the record of processing must add when a Schedule 1 condition with a policy document is relied
/// on (Sch 1 para 41).
pub const RECORD_ADDITIONS: &[&str] = &[
    "which condition is relied on",
    "how the processing satisfies Art 6 UK GDPR",
    "whether data are retained and erased in accordance with the policy, and if not, the reasons",
];
