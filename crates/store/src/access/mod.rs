//! The gate's decision: may this person do this, to this record, for this purpose, now?
//!
//! The rules are the Cedar policies in `policies/`, written in English in
//! `docs/security/access-rules.md`. This module loads and validates them, asks them a [`Question`],
//! and puts a refusal into words. It decides only: reading rows, appending the audit entry and
//! issuing permits is the store's, in the transaction that acts on the answer.
//!
//! ```text
//! Question ──entities──► Cedar (the policies of that verb) ──► Decision
//!                                                        └──► explain (refusals)
//! list::rule(…) ──► the same rule as a WHERE clause, for lists
//! ```

mod decide;
mod entities;
mod explain;
mod gate;
pub mod list;

mod question;
mod sections;

pub use decide::Decision;
pub use gate::{Gate, PolicyError, PolicySource};
pub use question::{Actor, BadLimit, GrantFacts, Limits, PersonFacts, Question, Resource, StaffActor};
