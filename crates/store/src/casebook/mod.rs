//! The casebook: people, cases, notes and documents.

pub mod cases;
pub mod documents;
pub mod notes;
pub mod people;
pub mod search;
