//! The integration tests of `finding`, one module an area.

mod cast;
mod detect;
mod matching;
mod normalise;
mod pages;
mod read;
mod redact;
mod threads;
mod verify;
