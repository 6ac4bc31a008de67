//! The store's integration tests: one binary, a module an area.

mod log;
