//! Transfers out of the United Kingdom: Arts 44A to 49A UK GDPR (Arts 44 to 49 before 5 February 2026).

use jiff::civil::Date;

use crate::vocabulary::vocabulary;

vocabulary! {
    /// On what a transfer rests.
    Mechanism: "transfer mechanism" {
        /// Art 45A: approved by regulations.
        Adequacy = "adequacy", "regulations that approve the country";
        /// Art 46(2)(d): the Commissioner's own.
        Idta = "idta", "international data transfer agreement";
        /// Art 46(2)(d): with the European Commission's clauses.
        Addendum = "addendum", "international addendum to the European Commission's standard clauses";
        /// Art 47.
        BindingRules = "binding-rules", "binding corporate rules";
        /// Art 46(2)(a).
        PublicInstrument = "public-instrument", "instrument between public bodies";
        /// Art 49(1)(a).
        ExplicitConsent = "explicit-consent", "the person's explicit consent, told of the risks";
        /// Art 49(1)(b), (c).
        Contract = "contract", "necessary for a contract with or for the person";
        /// Art 49(1)(d).
        PublicInterest = "public-interest", "important reasons of public interest";
        /// Art 49(1)(e).
        LegalClaims = "legal-claims", "legal claims";
        /// Art 49(1)(f).
        VitalInterests = "vital-interests", "vital interests";
    }
}

impl Mechanism {
    /// Where the law has it.
    #[must_use]
    pub const fn provision(self) -> &'static str {
        match self {
            Self::Adequacy => "Art 45A UK GDPR",
            Self::Idta | Self::Addendum => "Art 46(2)(d) UK GDPR",
            Self::BindingRules => "Arts 46(2)(b), 47 UK GDPR",
            Self::PublicInstrument => "Art 46(2)(a) UK GDPR",
            Self::ExplicitConsent => "Art 49(1)(a) UK GDPR",
            Self::Contract => "Art 49(1)(b)-(c) UK GDPR",
            Self::PublicInterest => "Art 49(1)(d) UK GDPR",
            Self::LegalClaims => "Art 49(1)(e) UK GDPR",
            Self::VitalInterests => "Art 49(1)(f) UK GDPR",
        }
    }

    /// Whether it is an appropriate safeguard of Art 46, which needs the data protection test.
    #[must_use]
    pub const fn is_safeguard(self) -> bool {
        matches!(self, Self::Idta | Self::Addendum | Self::BindingRules | Self::PublicInstrument)
    }
}

/// A country, or part of it, whose protection regulations approve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adequate {
    /// ISO 3166-1 alpha-2 code.
    pub country: String,
    /// From when.
    pub from: Date,
    /// What the approval is limited to; empty when it is not.
    pub limited_to: String,
}

/// A transfer as the register claims it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferClaim<'a> {
    /// Where to: ISO 3166-1 alpha-2.
    pub country: &'a str,
    /// On what it rests.
    pub mechanism: Mechanism,
    /// How the recipient falls within a limited approval, such as a certification; empty when it does not.
    pub within: &'a str,
    /// A completed transfer assessment is linked.
    pub assessed: bool,
}

/// Why a transfer may not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoTransfer {
    /// Not on the list.
    #[error(
        "no regulations approve `{0}`: use a safeguard of Art 46 with a transfer assessment, or ask the regulator for advice first"
    )]
    NotAdequate(String),
    /// Only a part is approved.
    #[error(
        "`{country}` is approved only for {limited_to}: record how the recipient falls within it, or use a safeguard of Art 46"
    )]
    OutsideApproval {
        /// Where to.
        country: String,
        /// What is approved.
        limited_to: String,
    },
    /// No test.
    #[error("the {0} needs a completed transfer assessment (the data protection test, Art 46(6))")]
    NotAssessed(&'static str),
}

/// Whether a transfer may happen, and under which provision. Data that stays in the United Kingdom (`GB`) is
/// no transfer.
///
/// # Errors
/// [`NoTransfer`], with what would mend it.
pub fn transfer_allowed(
    claim: &TransferClaim<'_>,
    adequate: &[Adequate],
    on: Date,
) -> Result<&'static str, NoTransfer> {
    if claim.country == "GB" {
        return Ok("no transfer");
    }
    if claim.mechanism.is_safeguard() && !claim.assessed {
        return Err(NoTransfer::NotAssessed(claim.mechanism.label()));
    }
    if claim.mechanism != Mechanism::Adequacy {
        return Ok(claim.mechanism.provision());
    }
    let approval = adequate
        .iter()
        .find(|a| a.country == claim.country && a.from <= on)
        .ok_or_else(|| NoTransfer::NotAdequate(claim.country.to_owned()))?;
    if !approval.limited_to.is_empty() && claim.within.trim().is_empty() {
        let (country, limited_to) = (approval.country.clone(), approval.limited_to.clone());
        return Err(NoTransfer::OutsideApproval { country, limited_to });
    }
    Ok(Mechanism::Adequacy.provision())
}
