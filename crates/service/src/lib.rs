//! The use-cases: one public function per thing that a person does.
#![warn(missing_docs)]

pub mod sign_in;

/// The audit log's formats and offline checks, which need no database and no permit.
pub use counterfoil_store::log;
