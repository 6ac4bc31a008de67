//! The use-cases: one public function per thing that a person does. Only here are transactions opened.
#![warn(missing_docs)]

mod error;
pub mod installation;
pub mod organisation;
pub mod rights;
pub mod sign_in;

pub use error::{Result, ServiceError};

/// The audit log's formats and offline checks, which need no database and no permit.
pub use counterfoil_store::log;
