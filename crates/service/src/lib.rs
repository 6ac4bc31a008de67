//! The use-cases: one public function per thing that a person does. Only here are transactions opened.
#![warn(missing_docs)]

pub mod access;
pub mod calendar;
pub mod casebook;
pub mod demo;
mod error;
pub mod follow;
pub mod installation;
pub mod intake;
pub mod letters;
pub mod mailbox;
pub mod materials;
pub mod network;
pub mod notices;
pub mod organisation;
pub mod paper;
pub mod promises;
pub mod register;
pub mod retention;
pub mod rights;
pub mod sharing;
pub mod sign_in;
pub mod upkeep;

pub use error::{Result, ServiceError};

/// The audit log's formats and offline checks, which need no database and no permit.
pub use counterfoil_store::log;

/// What the commands and pages need of the store by name.
pub mod store {
    pub use counterfoil_store::access::Actor;
    pub use counterfoil_store::assurance::health::Tallies;
    pub use counterfoil_store::assurance::site::SiteCheck;
    pub use counterfoil_store::assurance::verify::{Known, Report as LogReport};
    pub use counterfoil_store::network::Controller;
    pub use counterfoil_store::seal::organisation::Hardness;
    pub use counterfoil_store::{Clock, Engine, Place, Store, StoreError, statements_sent};
}
