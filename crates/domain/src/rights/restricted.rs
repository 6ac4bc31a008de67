//! What may be done with restricted data (Art 18(2) UK GDPR), and when a restriction may end (18(3)).

use jiff::civil::Date;

use crate::vocabulary::vocabulary;

vocabulary! {
    /// What somebody wants to do with restricted data, and on what footing.
    Use: "use of restricted data" {
        /// Storage is always permitted.
        Storage = "storage", "storage";
        /// With the person's consent.
        WithConsent = "with-consent", "with the person's consent";
        /// For legal claims.
        LegalClaims = "legal-claims", "to establish, exercise or defend legal claims";
        /// To protect another person's rights.
        ProtectAnother = "protect-another", "to protect the rights of another person";
        /// Important public interest.
        PublicInterest = "public-interest", "for reasons of important public interest";
        /// Anything else.
        Other = "other", "anything else";
    }
}

/// The provision that permits a use of restricted data; `None` when nothing does.
#[must_use]
pub const fn permitted_while_restricted(usage: Use) -> Option<&'static str> {
    match usage {
        Use::Storage => Some("Art 18(2) UK GDPR (storage)"),
        Use::WithConsent => Some("Art 18(2) UK GDPR (consent)"),
        Use::LegalClaims => Some("Art 18(2) UK GDPR (legal claims)"),
        Use::ProtectAnother => Some("Art 18(2) UK GDPR (rights of another person)"),
        Use::PublicInterest => Some("Art 18(2) UK GDPR (important public interest)"),
        Use::Other => None,
    }
}

/// A restriction that may not be lifted yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotYet {
    /// The person was not told.
    #[error(
        "the person must be told before the restriction is lifted (Art 18(3) UK GDPR): send the notice first"
    )]
    NotTold,
    /// The person was told on the day of lifting or later.
    #[error(
        "the person was told on {told}, not before the restriction was to be lifted on {lift}: lift it on a later day"
    )]
    ToldTooLate {
        /// When they were told.
        told: Date,
        /// When it was to be lifted.
        lift: Date,
    },
}

/// Whether a restriction may be lifted on a day: the person must have been told before (Art 18(3)).
///
/// Assumption: "before" is counted in days, so the notice must go on an earlier day. The Article names no
/// length of notice.
///
/// # Errors
/// [`NotYet`] with what is missing.
pub fn may_lift(told: Option<Date>, lift: Date) -> Result<(), NotYet> {
    match told {
        None => Err(NotYet::NotTold),
        Some(told) if told >= lift => Err(NotYet::ToldTooLate { told, lift }),
        Some(_) => Ok(()),
    }
}
