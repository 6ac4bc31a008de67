//! Assurance: the audit log on the database and its self-check, erasure and its ledger, and the online
//! backup.

pub mod audit;
pub mod backup;
pub mod cosign;
pub mod erasure;
pub mod evidence;
pub mod figures;
pub mod health;
pub mod marks;
pub mod site;
pub mod verify;
