//! The casebook's rules.

pub mod identity;
