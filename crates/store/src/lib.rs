//! SQLite and PostgreSQL behind one concrete type: transactions, the gate, sealing, blind indexes,
//! the audit log and the job queue. It knows neither HTTP nor documents.
//!
//! The only door to personal data is [`Store::act`]; inside it a record opens only with a
//! [`permit::Permit`], which only the gate makes, in the transaction that holds its audit entry.

pub mod access;
pub mod accounts;
pub mod assurance;
mod bulk;
pub mod casebook;
mod db;
mod error;
pub mod files;
pub mod grants;
pub mod intake;
pub mod jobs;
mod lane;
pub mod letters;
pub mod log;
pub mod mailbox;
mod migrate;
pub mod network;
pub mod permit;
pub mod register;
pub mod retention;
pub mod rights;
pub mod seal;
pub mod sharing;
mod store;
mod tx;

pub use bulk::Prepared;
pub use db::{Engine, FromColumn, Row, Value, statements_sent};
pub use error::{Result, StoreError};
pub use migrate::{Migrated, known as known_schema};
pub use permit::{Permit, Record, Terms};
pub use store::{Clock, Place, Store, Surroundings};
pub use tx::{About, Tx};
