//! The store, through its public surface, on both engines. One binary, a module an area.

mod access;
mod casebook;
mod log;
mod rights;
mod support;
