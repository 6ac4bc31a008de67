//! Giving personal data to somebody else: on which ground, with which evidence, authorised by whom.
//!
//! [`grounds`] holds the grounds that the two notices promise (N19 for the advice network, C17 for the
//! council): permission, an agreement, and the named exceptions. There is no ground for sale (C9), and
//! without a ground there is no disclosure. [`gateways`] lists who asks under which law, and what the request
//! must state. [`permission`] says when a consent or an authority to act counts, [`recipient`] when a recipient
//! may be given anything, [`fields`] which fields. [`clear()`] puts them together: it is the only way to a
//! [`Cleared`] disclosure, which is what the store keeps as sent.
//!
//! [`nudge`] finds what free text should not hold; [`special`] says whether special-category data may be
//! recorded under an issue; [`statistics`] and [`research`] keep figures and extracts from naming anyone.

mod check;
mod clear;
pub mod fields;
pub mod gateways;
pub mod grounds;
pub mod marketing;
pub mod nudge;
pub mod permission;
pub mod recipient;
pub mod research;
pub mod special;
pub mod statistics;

pub use check::{Disclosure, Missing, Permitted, Telling, check};
pub use clear::{Cleared, Plan, clear};
pub use gateways::{GATEWAYS, Gateway, gateway};
pub use grounds::{Authoriser, Ground, GroundRule, Promise, TellingDuty, ground_rule};
