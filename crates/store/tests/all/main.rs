//! The store, through its public surface, on both engines.

mod access;
mod casebook;
mod support;
