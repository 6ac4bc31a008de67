//! Statements: what an organisation says on a day, signed with the key of its log, for a regulator to keep.
//!
//! A statement is a signed note (c2sp.org/signed-note) of four parts: what kind it is, whose log's key signs, when,
//! and one line of JSON. Its first line can be no log's origin, so that no statement passes for a checkpoint.

use jiff::Timestamp;

use super::key::{Signer, VerifierKey};
use super::note::{Note, NoteError};

/// What the first line of every statement begins with.
const FIRST: &str = "counterfoil.statement/";

/// Why a statement is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// The note or its signature.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// A signed note of another kind, such as a checkpoint.
    #[error("this is a signed note, but no statement: give a file that an export wrote")]
    Other,
    /// Longer than a note may be.
    #[error("the statement is too long to be signed")]
    TooLong,
}

/// A statement, verified or about to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What it is, such as `promise-ledger`.
    pub kind: String,
    /// The origin of the log whose key signs.
    pub origin: String,
    /// When it was made.
    pub at: Timestamp,
    /// One line of JSON.
    pub body: String,
}

impl Statement {
    /// The statement as a signed note.
    ///
    /// # Errors
    /// [`StatementError`] when a part holds a line feed or it is too long.
    pub fn sign(&self, signer: &Signer) -> Result<String, StatementError> {
        let parts = [&self.kind, &self.origin, &self.body];
        if parts.iter().any(|p| p.contains('\n')) {
            return Err(NoteError::ControlCharacter.into());
        }
        let text = format!("{FIRST}{}\n{}\n{}\n{}\n", self.kind, self.origin, self.at, self.body);
        let mut note = Note::new(text)?;
        note.signatures.push(signer.sign(note.text(), 0));
        let whole = note.to_string();
        if whole.len() > super::note::MAX_NOTE_BYTES { Err(StatementError::TooLong) } else { Ok(whole) }
    }

    /// Reads a statement that this key signed.
    ///
    /// # Errors
    /// [`StatementError`] when it is none, was altered, or someone else signed.
    pub fn open(bytes: &[u8], key: &VerifierKey) -> Result<Self, StatementError> {
        let note = Note::parse(bytes)?;
        note.open(std::slice::from_ref(key))?;
        let mut lines = note.text().lines();
        let mut line = || lines.next().ok_or(StatementError::Other);
        let kind = line()?.strip_prefix(FIRST).ok_or(StatementError::Other)?.to_owned();
        let origin = line()?.to_owned();
        let at = line()?.parse().map_err(|_| StatementError::Other)?;
        let body = line()?.to_owned();
        let whole = lines.next().is_none() && origin == key.name();
        if whole { Ok(Self { kind, origin, at, body }) } else { Err(StatementError::Other) }
    }
}
