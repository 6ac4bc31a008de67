//! Sharing: consents and authorities to act, disclosures and referrals, figures and research. The rules are in
//! `domain::sharing`; here are the transactions in which they are kept.
//!
//! What a rule refuses is not an error: the attempt and the refusal are written in the same transaction, and the
//! answer says what would mend it.

pub mod disclose;
mod facts;
pub mod market;
pub mod minimise;
pub(crate) mod own;
pub mod permissions;
pub mod recipients;
pub mod refer;
pub mod register;
pub mod research;
pub mod statistics;
pub mod survey;
mod wording;

use counterfoil_domain::access::{Role, RoleSet};
use counterfoil_domain::sharing::{Authoriser, Missing};
use counterfoil_store::access::Actor;

pub use counterfoil_domain::sharing::permission::{ConsentPurpose, Given, PermissionKind, Stand};
pub use counterfoil_store::sharing::disclosures::{DisclosureText, Filter, StoredDisclosure};
pub use counterfoil_store::sharing::permissions::{PermissionEvent, StoredPermission};
pub use counterfoil_store::sharing::referrals::{Referral, ReferralText};
pub(crate) use facts::entries_of;
pub use wording::{Words, words_of};

use crate::error::ServiceError;

/// The gaps as what the store keeps and the pages show: code, and what would mend it.
fn told(gaps: &[Missing]) -> Vec<(String, String)> {
    gaps.iter().map(|g| (g.code.to_owned(), g.reason.clone())).collect()
}

/// The gaps as one refusal, for what is simply not taken.
fn refused(gaps: &[Missing]) -> ServiceError {
    let reasons: Vec<&str> = gaps.iter().map(|g| g.reason.as_str()).collect();
    ServiceError::Unlawful(reasons.join("; "))
}

/// The standing in which somebody may authorise a disclosure: by the most senior of their roles.
#[must_use]
pub fn standing_of(roles: RoleSet) -> Option<Authoriser> {
    let of = |any: &[Role], standing| any.iter().any(|r| roles.contains(*r)).then_some(standing);
    of(&[Role::OfficeManager], Authoriser::ChiefOfficer)
        .or_else(|| of(&[Role::IgOfficer], Authoriser::InformationOfficer))
        .or_else(|| of(&[Role::Supervisor], Authoriser::Supervisor))
        .or_else(|| {
            of(&[Role::Adviser, Role::ProtectedAdviser, Role::ComplaintsOfficer], Authoriser::Caseworker)
        })
}

fn standing(who: &Actor) -> Option<Authoriser> {
    who.staff().and_then(|s| standing_of(s.roles))
}
