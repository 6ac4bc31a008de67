//! Exemptions: what may be withheld from a person, and what must be written down before it is.
//!
//! The table [`all`] holds one row for each exemption of the Data Protection Act 2018 (Schedules 2, 3, 4
//! and s.26) and for the limits inside the UK GDPR itself. Every row names the provisions it lifts, the
//! bodies that may claim it, the test as typed fields, and whether the letter may leave it unmentioned.
//! [`check`] answers whether a recorded decision to withhold one item is valid. There is no decision for a
//! whole request: exemptions work "to the extent that", so item by item.
//!
//! No row lifts Art 21(2)-(3) (direct marketing), Art 32 (security) or Art 33 (telling the regulator).

mod check;
mod lifts;
mod model;
mod schedule2;
mod schedule2_later;
mod schedule3;

pub use check::{Decision, Missing, Valid, check, exemption_in_force, may_claim, professional_disclosable};
pub use lifts::{Article, Lifts, lifts_right};
pub use model::{Claimants, Exemption, Mention, Nature, Organisation, Rule, parental_age_limit};

/// Every exemption, in the order of the Act.
pub fn all() -> impl Iterator<Item = &'static Exemption> {
    schedule2::ROWS.iter().chain(schedule2_later::ROWS).chain(schedule3::ROWS)
}

/// The exemption with this code, such as `S3-5` or `S2-5(3)`.
#[must_use]
pub fn exemption(code: &str) -> Option<&'static Exemption> {
    all().find(|e| e.code.eq_ignore_ascii_case(code))
}
