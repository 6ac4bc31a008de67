//! The rules: pure types and functions of law and policy. No IO, async, clock, randomness or
//! serialisation frameworks; every function is a table that an officer could check.
#![warn(missing_docs)]

pub mod access;
pub mod casebook;
pub mod clock;
pub mod ids;
pub mod intake;
pub mod letters;
pub mod notices;
pub mod place;
pub mod promises;
pub mod questions;
pub mod register;
pub mod retention;
pub mod rights;
pub mod sharing;
pub mod vocabulary;
