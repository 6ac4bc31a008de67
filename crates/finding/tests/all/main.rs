//! The integration tests of `finding`, one module an area.

mod pages;
mod read;
mod redact;
mod verify;
