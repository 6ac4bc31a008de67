//! Using data for a new purpose: Art 8A and Annex 2 UK GDPR, from 5 February 2026 (Art 6(4) before).

use jiff::civil::{Date, date};

use crate::vocabulary::vocabulary;

/// From when Art 8A replaces Art 6(4).
pub const ARTICLE_8A_FROM: Date = date(2026, 2, 5);

vocabulary! {
    /// Why a new purpose is said to be compatible with the one for which the data were collected.
    Footing: "footing of a new purpose" {
        /// Art 8A(3)(a).
        Consent = "consent", "the person consents to the new purpose";
        /// Art 8A(3)(b).
        Research = "research", "archiving, research or statistics under Art 84B";
        /// Art 8A(3)(c).
        Compliance = "compliance", "ensuring or demonstrating compliance with the principles of Art 5";
        /// Art 8A(3)(d), Annex 2 para 1: a public body asks for its task.
        PublicTaskRequest = "public-task-request", "a disclosure that another body asks for to perform its public task";
        /// Art 8A(3)(d), the other paragraphs of Annex 2.
        Annex2 = "annex-2", "another condition of Annex 2, such as crime, emergency, vital interests or safeguarding";
        /// Art 8A(3)(e).
        Law = "law", "authorised by law to safeguard an objective of Art 23(1)(c) to (j)";
        /// Art 8A(2): weighed and recorded.
        Assessment = "assessment", "the link, context, nature, consequences and safeguards were weighed";
    }
}

/// A proposal to use data for a new purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewPurpose {
    /// Its footing.
    pub footing: Footing,
    /// The data were collected on consent.
    pub collected_on_consent: bool,
    /// The controller cannot reasonably be expected to obtain consent for the new purpose.
    pub consent_unobtainable: bool,
    /// The controller is a public authority performing its tasks.
    pub public_authority: bool,
    /// The day.
    pub on: Date,
}

/// Why a new purpose is not compatible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotCompatible {
    /// Data collected on consent.
    #[error(
        "the data were collected on consent: ask for consent, or show why it cannot reasonably be obtained (Art 8A(4) UK GDPR)"
    )]
    CollectedOnConsent,
    /// Annex 2 para 1 is closed to public authorities.
    #[error(
        "a public authority performing its tasks cannot use Annex 2 para 1: name the law that authorises it"
    )]
    PublicAuthority,
    /// The footing did not exist yet.
    #[error("this footing exists from 2026-02-05: before, weigh the factors of Art 6(4) or ask for consent")]
    NotInForce,
}

/// The provision under which a new purpose is compatible.
///
/// Data collected on consent may be used for a new purpose only with consent, for compliance with Art 5, or,
/// where consent cannot reasonably be obtained, under Annex 2 or a law. Assumption: paragraph numbers within
/// Art 8A are from general knowledge (M); the rule is as read. A compatible purpose still needs a basis.
///
/// # Errors
/// [`NotCompatible`], with what would mend it.
pub fn compatible(new: &NewPurpose) -> Result<&'static str, NotCompatible> {
    use Footing as F;
    if new.on < ARTICLE_8A_FROM {
        return match new.footing {
            F::Consent | F::Assessment | F::Law => Ok("Art 6(4) UK GDPR (before 5 February 2026)"),
            F::Research => Ok("Art 5(1)(b) UK GDPR (before 5 February 2026)"),
            F::Compliance | F::PublicTaskRequest | F::Annex2 => Err(NotCompatible::NotInForce),
        };
    }
    let needs_impossibility = matches!(new.footing, F::PublicTaskRequest | F::Annex2 | F::Law);
    let never_after_consent = matches!(new.footing, F::Research | F::Assessment);
    if new.collected_on_consent && (never_after_consent || (needs_impossibility && !new.consent_unobtainable))
    {
        return Err(NotCompatible::CollectedOnConsent);
    }
    match new.footing {
        F::Consent => Ok("Art 8A(3)(a) UK GDPR"),
        F::Research => Ok("Art 8A(3)(b) UK GDPR"),
        F::Compliance => Ok("Art 8A(3)(c) UK GDPR"),
        F::PublicTaskRequest if new.public_authority => Err(NotCompatible::PublicAuthority),
        F::PublicTaskRequest => Ok("Art 8A(3)(d), Annex 2 para 1 UK GDPR"),
        F::Annex2 => Ok("Art 8A(3)(d), Annex 2 UK GDPR"),
        F::Law => Ok("Art 8A(3)(e) UK GDPR"),
        F::Assessment => Ok("Art 8A(2) UK GDPR"),
    }
}
