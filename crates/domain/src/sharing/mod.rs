//! Giving personal data to somebody else: on which ground, with which evidence, authorised by whom.
//!
//! [`grounds`] holds the grounds that the two notices promise (N19 for the advice network, C17 for the
//! council): permission, an agreement, and the named exceptions. There is no ground for sale (C9), and
//! without a ground there is no disclosure. [`gateways`] lists who asks under which law, and what the request
//! must state. [`check()`] is the only way to a [`Permitted`] disclosure.

mod check;
pub mod gateways;
pub mod grounds;

pub use check::{Disclosure, Missing, Permitted, Telling, check};
pub use gateways::{GATEWAYS, Gateway, gateway};
pub use grounds::{Authoriser, Ground, GroundRule, Promise, TellingDuty, ground_rule};
