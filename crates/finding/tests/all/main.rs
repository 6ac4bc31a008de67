//! The integration tests of `finding`, one module an area.

mod read;
mod redact;
mod verify;
//! The tests of finding, one module an area.

mod threads;
