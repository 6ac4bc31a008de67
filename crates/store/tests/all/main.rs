//! The store, through its public surface, on both engines.

mod access;
mod casebook;
mod support;
//! The store's integration tests: one binary, a module an area.

mod log;
