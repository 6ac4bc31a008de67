//! The facts on which the applicability of a right turns.

use std::collections::BTreeMap;

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A fact about the data, the processing or the request that a decision maker can answer with yes or no.
    Condition: "condition" {
        /// The person is dead.
        Deceased = "deceased", "the person has died";
        /// Manual data outside any filing system (s.21(2) DPA).
        ManualUnstructured = "manual-unstructured", "the data are on paper outside any filing system";
        /// The controller is an FOI public authority (s.21(5) DPA).
        PublicAuthority = "public-authority", "the controller is a public authority under freedom of information";
        /// Personnel matters (s.24(3) DPA).
        PersonnelMatter = "personnel-matter", "the data are about appointments, pay, discipline or other personnel matters";
        /// Art 12(5).
        UnfoundedOrExcessive = "unfounded-or-excessive", "the request is manifestly unfounded or excessive";
        /// Art 9.
        SpecialCategory = "special-category", "the processing uses special-category data";
        /// Art 9(2)(a).
        ExplicitConsent = "explicit-consent", "explicit consent is the condition for the special-category data";
        /// Art 9(2)(g).
        SubstantialPublicInterest = "substantial-public-interest", "substantial public interest is the condition for the special-category data";
        /// Art 7(3).
        ConsentWithdrawn = "consent-withdrawn", "the person has withdrawn consent";
        /// Art 17(1)(b).
        OtherGround = "other-ground", "another lawful basis remains for the processing";
        /// Art 17(1)(a), 18(1)(c).
        PurposeEnded = "purpose-ended", "the data are no longer necessary for the purpose";
        /// Art 17(3)(b): still needed for the duty or task.
        NeededForDuty = "needed-for-duty", "the data are still needed for a legal duty or public task";
        /// Art 17(1)(d), 18(1)(b).
        Unlawful = "unlawful", "the data have been processed unlawfully";
        /// Art 17(1)(e).
        ErasureRequired = "erasure-required", "the law requires the data to be erased";
        /// Art 17(1)(f), Art 8(1).
        ChildOnline = "child-online", "the data were collected when an online service was offered to a child";
        /// Art 17(1)(g), prospective.
        MaliciousAllegation = "malicious-allegation", "the data come from an allegation by someone since convicted or restrained for malicious conduct";
        /// Art 17(2).
        MadePublic = "made-public", "the controller has made the data public";
        /// Art 21(1).
        ObjectionPending = "objection-pending", "the person has objected and the objection is not decided";
        /// Art 17(1)(c): objection accepted.
        ObjectionUpheld = "objection-upheld", "the person has objected and there are no overriding grounds";
        /// Art 21(1).
        CompellingGrounds = "compelling-grounds", "there are compelling legitimate grounds that override the person's interests";
        /// Arts 17(3)(e), 21(1): the controller's claims.
        LegalClaims = "legal-claims", "the data are needed to establish, exercise or defend legal claims";
        /// Art 17(3)(a).
        FreeExpression = "free-expression", "the data are needed for freedom of expression and information";
        /// Art 17(3)(c).
        PublicHealth = "public-health", "the data are needed for public health under Art 9(2)(h), (i) and 9(3)";
        /// Art 17(3)(d), 21(6).
        Research = "research", "the data are used for archiving, research or statistics under Art 84B";
        /// Art 17(3)(d).
        ResearchImpaired = "research-impaired", "the right would make the research or archiving impossible or seriously impair it";
        /// Art 21(6).
        PublicInterestTask = "public-interest-task", "the research is necessary for a task in the public interest";
        /// Art 18(1)(a).
        AccuracyContested = "accuracy-contested", "the person contests the accuracy and it is being verified";
        /// Art 16, s.205(1) DPA.
        Inaccurate = "inaccurate", "the data are incorrect or misleading as to a matter of fact";
        /// Art 16.
        Incomplete = "incomplete", "the data are incomplete for the purpose";
        /// Art 16.
        Opinion = "opinion", "the entry records an opinion as an opinion";
        /// Art 18(1)(b).
        PrefersRestriction = "prefers-restriction", "the person asks for restriction instead of erasure";
        /// Art 18(1)(c): the person's claims.
        PersonNeedsForClaims = "person-needs-for-claims", "the person needs the data for legal claims";
        /// Art 20(1)(b).
        Automated = "automated", "the processing is carried out by automated means";
        /// Art 20(1).
        Inferred = "inferred", "some of the data were inferred by the controller and not provided by the person";
        /// Arts 15(4), 20(4).
        AffectsOthers = "affects-others", "giving the data would adversely affect the rights of others";
        /// Art 21(2)-(3).
        DirectMarketing = "direct-marketing", "the data are used for direct marketing";
        /// Art 22A(1)(a).
        SolelyAutomated = "solely-automated", "there is no meaningful human involvement in the decision";
        /// Art 22A(1)(b).
        SignificantEffect = "significant-effect", "the decision has a legal or similarly significant effect";
        /// Art 22B(3).
        ContractOrLaw = "contract-or-law", "the decision is necessary for a contract or required or authorised by law";
        /// Art 19.
        TellingImpossible = "telling-impossible", "telling the recipients is impossible or disproportionate";
    }
}

/// What is known: a condition may be true, false, or not known (absent).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts(BTreeMap<Condition, bool>);

impl Facts {
    /// Nothing is known.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// These are true, the rest is not known.
    #[must_use]
    pub fn of(true_ones: &[Condition]) -> Self {
        Self(true_ones.iter().map(|c| (*c, true)).collect())
    }

    /// The same facts and this one; a later answer replaces an earlier one.
    #[must_use]
    pub fn with(mut self, condition: Condition, holds: bool) -> Self {
        self.0.insert(condition, holds);
        self
    }

    /// Known to be true.
    #[must_use]
    pub fn yes(&self, condition: Condition) -> bool {
        self.0.get(&condition) == Some(&true)
    }

    /// Known to be false.
    #[must_use]
    pub fn no(&self, condition: Condition) -> bool {
        self.0.get(&condition) == Some(&false)
    }

    /// Not known either way.
    #[must_use]
    pub fn unknown(&self, condition: Condition) -> bool {
        !self.0.contains_key(&condition)
    }

    /// Each known fact, in the vocabulary's order.
    pub fn iter(&self) -> impl Iterator<Item = (Condition, bool)> + '_ {
        self.0.iter().map(|(c, b)| (*c, *b))
    }
}
