//! Special categories (Art 9 UK GDPR) and data about crime (Art 10 UK GDPR, s.11(2) DPA).

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A kind of data that Art 9(1) UK GDPR protects.
    SpecialCategory: "special category" {
        /// Race or ethnicity.
        Ethnicity = "ethnicity", "racial or ethnic origin";
        /// Politics.
        Politics = "politics", "political opinions";
        /// Religion or philosophy.
        Religion = "religion", "religious or philosophical beliefs";
        /// Trade union.
        UnionMembership = "union-membership", "trade union membership";
        /// Genetics.
        Genetic = "genetic", "genetic data";
        /// Biometrics for identification.
        Biometric = "biometric", "biometric data that identify a person";
        /// Health.
        Health = "health", "health";
        /// Sex life.
        SexLife = "sex-life", "sex life";
        /// Sexual orientation.
        SexualOrientation = "sexual-orientation", "sexual orientation";
    }
}

vocabulary! {
    /// A condition of Art 9(2) UK GDPR. From 5 February 2026 each also needs a basis in Art 6(1).
    Art9: "special-category condition" {
        /// Art 9(2)(a).
        ExplicitConsent = "explicit-consent", "explicit consent";
        /// Art 9(2)(b): needs a condition of Sch 1 Part 1 (s.10(2) DPA).
        Employment = "employment", "employment, social security and social protection";
        /// Art 9(2)(c).
        Vital = "vital", "vital interests of a person who cannot consent";
        /// Art 9(2)(d).
        NotForProfit = "not-for-profit", "members of a not-for-profit body";
        /// Art 9(2)(e).
        MadePublic = "made-public", "manifestly made public by the person";
        /// Art 9(2)(f): includes tribunals.
        LegalClaims = "legal-claims", "legal claims, courts and tribunals";
        /// Art 9(2)(g): needs a condition of Sch 1 Part 2 (s.10(3) DPA).
        SubstantialPublicInterest = "substantial-public-interest", "substantial public interest";
        /// Art 9(2)(h): needs Sch 1 Part 1 and the secrecy of Art 9(3) and s.11(1) DPA.
        Health = "health", "health or social care";
        /// Art 9(2)(i): needs Sch 1 Part 1.
        PublicHealth = "public-health", "public health";
        /// Art 9(2)(j): needs Sch 1 Part 1.
        Research = "research", "archiving, research and statistics";
    }
}

impl Art9 {
    /// The provision, for example `Art 9(2)(f) UK GDPR`.
    #[must_use]
    pub const fn provision(self) -> &'static str {
        match self {
            Self::ExplicitConsent => "Art 9(2)(a) UK GDPR",
            Self::Employment => "Art 9(2)(b) UK GDPR",
            Self::Vital => "Art 9(2)(c) UK GDPR",
            Self::NotForProfit => "Art 9(2)(d) UK GDPR",
            Self::MadePublic => "Art 9(2)(e) UK GDPR",
            Self::LegalClaims => "Art 9(2)(f) UK GDPR",
            Self::SubstantialPublicInterest => "Art 9(2)(g) UK GDPR",
            Self::Health => "Art 9(2)(h) UK GDPR",
            Self::PublicHealth => "Art 9(2)(i) UK GDPR",
            Self::Research => "Art 9(2)(j) UK GDPR",
        }
    }
}

/// The paragraphs of Schedule 1 DPA of which one must be met for an Art 9(2) condition (s.10(2), (3)
/// DPA); empty when none is needed.
///
/// Assumption: paras 1 to 4 pair with points (b), (h), (i), (j) by subject matter, as their headings do.
#[must_use]
pub const fn schedule1_needed(condition: Art9) -> &'static [&'static str] {
    match condition {
        Art9::Employment => &["1"],
        Art9::Health => &["2"],
        Art9::PublicHealth => &["3"],
        Art9::Research => &["4"],
        Art9::SubstantialPublicInterest => &[
            "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22",
            "23", "24", "25", "26", "27", "28",
        ],
        Art9::ExplicitConsent | Art9::Vital | Art9::NotForProfit | Art9::MadePublic | Art9::LegalClaims => {
            &[]
        }
    }
}

vocabulary! {
    /// What counts as data relating to criminal convictions and offences (s.11(2) DPA): allegations,
    /// proceedings and sentences are included.
    CriminalData: "kind of criminal data" {
        /// A conviction or caution.
        Conviction = "conviction", "convictions and cautions";
        /// An alleged offence.
        Allegation = "allegation", "alleged offences";
        /// Proceedings for an offence, or their disposal or sentence.
        Proceedings = "proceedings", "proceedings and sentences";
    }
}
