//! The casebook: people, cases, notes and documents, and what stands beside them.

pub mod cases;
pub mod documents;
pub mod entries;
pub mod figures;
pub mod history;
mod identities;
pub mod joint;
pub mod merge;
pub mod notes;
pub mod odd;
pub mod people;
pub mod recordings;
pub mod relations;
pub mod search;
