//! The integration tests of `finding`, one module an area.

mod pages;
mod read;
mod cast;
mod detect;
mod matching;
mod normalise;
mod redact;
mod threads;
mod verify;
