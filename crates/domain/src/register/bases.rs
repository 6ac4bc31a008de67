//! Lawful bases: Article 6(1) UK GDPR, the recognised legitimate interests of Annex 1, and the
//! public-interest tasks of section 8 of the Data Protection Act 2018 (DPA).

use jiff::civil::{Date, date};

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A lawful basis (Art 6(1) UK GDPR). Point (ea) exists from 5 February 2026.
    LawfulBasis: "lawful basis" {
        /// Art 6(1)(a).
        Consent = "consent", "consent";
        /// Art 6(1)(b).
        Contract = "contract", "contract with the person";
        /// Art 6(1)(c).
        LegalObligation = "legal-obligation", "legal obligation";
        /// Art 6(1)(d).
        VitalInterests = "vital-interests", "vital interests";
        /// Art 6(1)(e).
        PublicTask = "public-task", "public task";
        /// Art 6(1)(ea), with a condition of Annex 1.
        RecognisedInterest = "recognised-legitimate-interest", "recognised legitimate interest";
        /// Art 6(1)(f).
        LegitimateInterests = "legitimate-interests", "legitimate interests";
    }
}

/// The day from which Art 6(1)(ea) and Annex 1 exist (s.70 of the Data (Use and Access) Act 2025;
/// SI 2026/82 reg 2).
pub const RECOGNISED_INTEREST_FROM: Date = date(2026, 2, 5);

impl LawfulBasis {
    /// The provision, for example `Art 6(1)(ea) UK GDPR`.
    #[must_use]
    pub const fn provision(self) -> &'static str {
        match self {
            Self::Consent => "Art 6(1)(a) UK GDPR",
            Self::Contract => "Art 6(1)(b) UK GDPR",
            Self::LegalObligation => "Art 6(1)(c) UK GDPR",
            Self::VitalInterests => "Art 6(1)(d) UK GDPR",
            Self::PublicTask => "Art 6(1)(e) UK GDPR",
            Self::RecognisedInterest => "Art 6(1)(ea) UK GDPR",
            Self::LegitimateInterests => "Art 6(1)(f) UK GDPR",
        }
    }
}

/// Whether a basis exists in law on a day: all do, save (ea) before 5 February 2026.
#[must_use]
pub fn basis_in_force(basis: LawfulBasis, on: Date) -> bool {
    basis != LawfulBasis::RecognisedInterest || on >= RECOGNISED_INTEREST_FROM
}

vocabulary! {
    /// What kind of body a controller is, as far as section 7 DPA looks at it.
    ControllerKind: "kind of controller" {
        /// Not a public authority: a charity, a company, a person.
        Private = "private", "charity, company or other private body";
        /// A public authority within s.7(1) and (2) DPA, such as a district or borough council.
        PublicAuthority = "public-authority", "public authority";
        /// A parish or community council: not a public authority (s.7(3) DPA).
        ParishCouncil = "parish-council", "parish or community council";
    }
}

/// Whether a controller counts as a public authority for this processing.
///
/// It does only while it performs a task in the public interest or exercises official authority
/// (s.7(2) DPA); parish and community councils never do (s.7(3) DPA).
#[must_use]
pub fn acts_as_public_authority(kind: ControllerKind, performing_its_tasks: bool) -> bool {
    kind == ControllerKind::PublicAuthority && performing_its_tasks
}

/// Whether a controller may rely on a basis for this processing.
///
/// Points (ea) and (f) are closed to public authorities in the performance of their tasks (Art 6(1),
/// last part, as amended by s.70(2)(c) of the 2025 Act).
#[must_use]
pub fn may_rely_on(basis: LawfulBasis, kind: ControllerKind, performing_its_tasks: bool) -> bool {
    let balancing = matches!(basis, LawfulBasis::RecognisedInterest | LawfulBasis::LegitimateInterests);
    !(balancing && acts_as_public_authority(kind, performing_its_tasks))
}

vocabulary! {
    /// A condition of Annex 1 UK GDPR: an interest that Parliament has recognised. Necessity is still
    /// required; a balancing test is not. The numbers are the Annex's paragraphs.
    Annex1: "recognised legitimate interest" {
        /// Para 1: a disclosure on request, where the requester states a need for an Art 6(1)(e) task.
        PublicTaskRequest = "public-task-request", "disclosure that another body asks for to perform its public task";
        /// Para 2.
        Security = "security", "national security, public security or defence";
        /// Para 3: an emergency within Part 2 of the Civil Contingencies Act 2004.
        Emergency = "emergency", "responding to an emergency";
        /// Para 5.
        Crime = "crime", "detecting, investigating or preventing crime, or catching or prosecuting offenders";
        /// Para 6: a person under 18, or 18 or over and at risk.
        Safeguarding = "safeguarding", "safeguarding a vulnerable individual";
    }
}

impl Annex1 {
    /// The paragraph of Annex 1.
    #[must_use]
    pub const fn provision(self) -> &'static str {
        match self {
            Self::PublicTaskRequest => "Annex 1 para 1 UK GDPR",
            Self::Security => "Annex 1 para 2 UK GDPR",
            Self::Emergency => "Annex 1 para 3 UK GDPR",
            Self::Crime => "Annex 1 para 5 UK GDPR",
            Self::Safeguarding => "Annex 1 para 6 UK GDPR",
        }
    }
}

/// What a requester stated when it asked for a disclosure under Annex 1 para 1, as recorded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RequestStatement {
    /// Who asks.
    pub requester: String,
    /// The requester's task in the public interest or official authority, in its own words.
    pub task: String,
    /// Where the task is laid down.
    pub legal_source: String,
    /// Whether the request states that the data are needed for that task.
    pub states_need: bool,
}

/// What is missing from a statement under Annex 1 para 1; empty when the condition can be relied on.
#[must_use]
pub fn request_statement_gaps(statement: &RequestStatement) -> Vec<&'static str> {
    let mut gaps = Vec::new();
    for (text, gap) in [
        (&statement.requester, "who asks"),
        (&statement.task, "the requester's own public task"),
        (&statement.legal_source, "where that task is laid down by law (Art 6(3))"),
    ] {
        if text.trim().is_empty() {
            gaps.push(gap);
        }
    }
    if !statement.states_need {
        gaps.push("the requester's statement that it needs the data for that task");
    }
    gaps
}

vocabulary! {
    /// The public-interest tasks that section 8 DPA names for Art 6(1)(e).
    Section8: "public-interest task" {
        /// s.8(a).
        Justice = "justice", "administration of justice";
        /// s.8(b).
        Parliament = "parliament", "function of either House of Parliament";
        /// s.8(c).
        Enactment = "enactment", "function conferred by an enactment or rule of law";
        /// s.8(d).
        Crown = "crown", "function of the Crown, a Minister or a government department";
        /// s.8(e).
        DemocraticEngagement = "democratic-engagement", "activity that supports or promotes democratic engagement";
    }
}

impl Section8 {
    /// The paragraph of section 8 DPA.
    #[must_use]
    pub const fn provision(self) -> &'static str {
        match self {
            Self::Justice => "s.8(a) DPA 2018",
            Self::Parliament => "s.8(b) DPA 2018",
            Self::Enactment => "s.8(c) DPA 2018",
            Self::Crown => "s.8(d) DPA 2018",
            Self::DemocraticEngagement => "s.8(e) DPA 2018",
        }
    }
}

/// The age from which a child may consent to an information society service (s.9 DPA; not
/// preventive or counselling services).
pub const ISS_CONSENT_AGE: u8 = 13;
