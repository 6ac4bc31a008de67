//! Assurance: the audit log on the database, erasure and its ledger, and the online backup.

pub mod audit;
pub mod backup;
pub mod erasure;
