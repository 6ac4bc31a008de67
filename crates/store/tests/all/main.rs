//! The store, through its public surface, on both engines. One binary, a module an area.

mod access;
mod backup;
mod canary;
mod casebook;
mod faults;
mod jobs;
mod ledger;
mod log;
mod many;
mod raw;
mod schema;
mod support;
