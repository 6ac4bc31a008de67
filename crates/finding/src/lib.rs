//! Bytes in, findings and safe bytes out: reading documents, normalising, detecting, matching
//! people, redacting, writing and verifying. It touches neither store nor network.

pub mod cast;
pub mod corpus;
pub mod detect;
mod frames;
pub mod matching;
pub mod model;
pub mod ner;
pub mod normalise;
pub mod paging;
pub mod read;
pub mod redact;
pub mod threads;
pub mod verify;
pub mod write;
