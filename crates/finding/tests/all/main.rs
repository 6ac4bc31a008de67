//! The integration tests of `finding`, one module an area.

mod read;
mod redact;
mod threads;
mod verify;
