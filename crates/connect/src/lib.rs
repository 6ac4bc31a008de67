//! The organisation's other systems: reading what they hold of a person, and erasing it; and the channels
//! by which people write to it.
//!
//! A connected system is described by a dataset ([`dataset::parse`]): its collections, fields, references
//! and categories of data. A search walks the references from an identity; an erasure plans first, writes
//! in one transaction and then looks again.

pub mod category;
pub mod channel;
pub mod check;
pub mod dataset;
mod engine;
pub mod erase;
mod error;
pub mod fake;
pub mod find;
pub mod graph;
pub mod live;
pub mod mail;
pub mod mask;
pub mod measure;
pub mod policy;
pub mod source;
pub mod value;

pub use error::{Result, SourceError};
