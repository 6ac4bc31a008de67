//! Checkpoints (c2sp.org/tlog-checkpoint): the signed statement of a log's size and root.

use std::fmt;

use super::Hash;
use super::key::{Signer, Verified, VerifierKey};
use super::note::{Note, NoteError};
use super::text::{base64, decimal, hash_from_base64};

/// Why a checkpoint is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It is not a signed note, or not signed by a trusted key.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The first line is missing or empty.
    #[error("the checkpoint's first line must name the log")]
    Origin,
    /// The second line is not a size.
    #[error("the checkpoint's second line must be the log's size, in digits without leading zeros")]
    Size,
    /// The third line is not a root hash.
    #[error("the checkpoint's third line must be the root hash, 32 bytes in base64")]
    Root,
    /// A further line that is empty, or a last line that is not ended.
    #[error("the checkpoint's further lines must not be empty, and each must be ended by a line feed")]
    Lines,
    /// It is about another log.
    #[error("the checkpoint is about the log `{found}`, not `{expected}`")]
    OtherLog {
        /// The origin it names.
        found: String,
        /// The origin that was expected.
        expected: String,
    },
}

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log; also the name of its key.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// The root of its tree.
    pub root: Hash,
    /// Further lines, opaque. We write none: monitors cannot audit them.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// A checkpoint without extension lines.
    #[must_use]
    pub fn new(origin: &str, size: u64, root: Hash) -> Self {
        Self { origin: origin.to_owned(), size, root, extensions: Vec::new() }
    }

    /// Reads a checkpoint's text (a note's text, with the last line feed).
    ///
    /// # Errors
    /// When any line breaks the format.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?.split('\n');
        let origin = lines.next().filter(|l| !l.is_empty()).ok_or(CheckpointError::Origin)?.to_owned();
        let size = lines.next().and_then(decimal).ok_or(CheckpointError::Size)?;
        let root = lines.next().and_then(hash_from_base64).ok_or(CheckpointError::Root)?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Lines);
        }
        Ok(Self { origin, size, root, extensions })
    }

    /// Signs it as the log does.
    ///
    /// # Errors
    /// When the origin or an extension line could not be read back.
    pub fn sign(&self, signer: &Signer, unix_seconds: u64) -> Result<SignedCheckpoint, CheckpointError> {
        let text = self.to_string();
        if Self::parse(&text)? != *self {
            return Err(CheckpointError::Lines);
        }
        let mut note = Note::new(text)?;
        note.signatures.push(signer.sign(note.text(), unix_seconds));
        Ok(SignedCheckpoint { note, checkpoint: self.clone() })
    }
}

/// The note's text.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, base64(&self.root))?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// A checkpoint with its signature lines. Believe it only after [`SignedCheckpoint::open`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// The note, to which cosignatures are added.
    pub note: Note,
    /// What its text says.
    pub checkpoint: Checkpoint,
}

impl SignedCheckpoint {
    /// Reads a signed checkpoint without verifying its signatures.
    ///
    /// # Errors
    /// When it is not a signed note whose text is a checkpoint.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        Ok(Self { note, checkpoint })
    }

    /// Verifies every signature by a trusted key. The caller decides whether those who signed are
    /// enough; for that there is [`super::policy`].
    ///
    /// # Errors
    /// When no trusted key has signed, or one has and its signature is wrong.
    pub fn open<'k>(&self, trusted: &'k [VerifierKey]) -> Result<Vec<Verified<'k>>, CheckpointError> {
        Ok(self.note.open(trusted)?)
    }
}

/// The whole signed note.
impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}
