//! The store, through its public surface, on both engines. One binary, a module an area.

mod access;
mod casebook;
mod log;
mod raw;
mod schema;
mod support;
