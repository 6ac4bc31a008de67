//! The audit log's pure core: Merkle tree, signed notes, checkpoints, tiles, proofs, witnesses and
//! the offline verifier. It knows no database, HTTP, clock or randomness.
//!
//! The formats are those of the C2SP transparency-log specifications over RFC 6962 hashing, so that
//! tools that we did not write can check our logs:
//!
//! | module | specification |
//! | --- | --- |
//! | [`merkle`], [`check`] | RFC 6962 section 2.1; RFC 9162 sections 2.1.3.2 and 2.1.4.2 |
//! | [`note`], [`key`] | c2sp.org/signed-note |
//! | [`checkpoint`] | c2sp.org/tlog-checkpoint |
//! | [`key`] | c2sp.org/tlog-cosignature (Ed25519, `cosignature/v1`) |
//! | [`tile`], [`tree`] | c2sp.org/tlog-tiles |
//! | [`proof`] | c2sp.org/tlog-proof |
//! | [`policy`] | c2sp.org/tlog-policy |
//! | [`witness`], [`witness_client`], [`witness_file`] | c2sp.org/tlog-witness |
//! | [`entry`] | ours: what one audit entry says |
//! | [`verify`] | ours: checking a whole exported log offline |
//! | [`vectors`] | ours: running the public test vectors |
#![warn(missing_docs)]

pub mod check;
pub mod checkpoint;
pub mod entry;
mod files;
pub mod key;
pub mod merkle;
pub mod note;
pub mod policy;
pub mod proof;
pub mod statement;
mod text;
pub mod tile;
pub mod tree;
pub mod vectors;
pub mod verify;
pub mod witness;
pub mod witness_client;
pub mod witness_file;

pub use files::FileError;
pub use merkle::{Hash, HashStore, Node};
