//! Proof files (c2sp.org/tlog-proof): one file that shows, offline, that an entry is in a log and that
//! witnesses have seen it. We give one to a person as evidence of when their request was received.

use std::fmt;

use super::Hash;
use super::check::{self, ProofError};
use super::checkpoint::{CheckpointError, SignedCheckpoint};
use super::merkle::leaf_hash;
use super::policy::{Policy, PolicyError, Verdict};
use super::text::{base64, decimal, from_base64, hash_from_base64};

const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// An inclusion proof never has more hashes than a tree has levels.
const MAX_HASHES: usize = 64;

/// Why a proof file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofFileError {
    /// It is not a proof file.
    #[error("this is not a proof file: its first line must be `{HEADER}`")]
    Header,
    /// The `extra` line is not Base64.
    #[error("the proof's `extra` line is not base64")]
    Extra,
    /// The `index` line is missing or not a number.
    #[error("the proof must give `index` and the entry's number, in digits without leading zeros")]
    Index,
    /// A hash line is not 32 bytes of Base64, or there are too many.
    #[error("the proof's hash lines must be at most {MAX_HASHES}, each 32 bytes in base64")]
    Hashes,
    /// There is no blank line before the checkpoint.
    #[error("the proof has no blank line followed by a checkpoint")]
    NoCheckpoint,
    /// The checkpoint is malformed or not signed by a trusted key.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The checkpoint does not satisfy the policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The entry is not in the checkpointed log.
    #[error("the entry is not proved to be in the log: {0}")]
    NotIncluded(#[from] ProofError),
}

/// A proof that entry number `index` is in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// Opaque data for the reader; nothing authenticates it.
    pub extra: Option<Vec<u8>>,
    /// The entry's number in the log, from 0.
    pub index: u64,
    /// The hashes from the leaf's sibling up.
    pub hashes: Vec<Hash>,
    /// The log's checkpoint with its cosignatures.
    pub checkpoint: SignedCheckpoint,
}

impl InclusionProof {
    /// Reads a proof file. Believe it only after [`InclusionProof::verify`].
    ///
    /// # Errors
    /// When it breaks the format.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofFileError> {
        let text = std::str::from_utf8(bytes).map_err(|_| ProofFileError::Header)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ProofFileError::NoCheckpoint)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(ProofFileError::Header);
        }
        let extra = lines.next_if(|l| l.starts_with("extra ")).map(parse_extra).transpose()?;
        let index =
            lines.next().and_then(|l| decimal(l.strip_prefix("index ")?)).ok_or(ProofFileError::Index)?;
        let hashes: Vec<Hash> =
            lines.map(hash_from_base64).collect::<Option<_>>().ok_or(ProofFileError::Hashes)?;
        if hashes.len() > MAX_HASHES {
            return Err(ProofFileError::Hashes);
        }
        Ok(Self { extra, index, hashes, checkpoint: SignedCheckpoint::parse(checkpoint.as_bytes())? })
    }

    /// Checks that `entry` is in the log and that the policy accepts the checkpoint.
    ///
    /// # Errors
    /// When either does not hold.
    pub fn verify(&self, entry: &[u8], policy: &Policy) -> Result<Verdict, ProofFileError> {
        let verdict = policy.check(&self.checkpoint)?;
        let head = &self.checkpoint.checkpoint;
        check::inclusion(self.index, head.size, &leaf_hash(entry), &self.hashes, &head.root)?;
        Ok(verdict)
    }
}

fn parse_extra(line: &str) -> Result<Vec<u8>, ProofFileError> {
    line.strip_prefix("extra ").and_then(from_base64).ok_or(ProofFileError::Extra)
}

/// The proof file.
impl fmt::Display for InclusionProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|h| writeln!(f, "{}", base64(h)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
