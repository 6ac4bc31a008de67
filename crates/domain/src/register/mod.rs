//! The register's law: on what basis and under which conditions personal data may be processed.
//!
//! [`validation::validate`] applies everything here to one processing activity and lists what the law
//! does not allow; [`activity::admit`] is the only way to a [`activity::Lawful`] activity, which is what
//! the store saves.

pub mod activity;
pub mod answerable;
pub mod assessment;
pub mod bases;
pub mod issues;
pub mod purpose;
pub mod schedule1;
pub mod special;
pub mod transfer;
pub mod validation;
