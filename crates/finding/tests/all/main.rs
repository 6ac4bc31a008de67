//! The integration tests of `finding`, one module an area.

mod redact;
mod verify;
