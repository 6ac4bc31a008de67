//! The integration tests of `finding`, one module an area.

mod cast;
mod detect;
mod normalise;
mod redact;
mod verify;
