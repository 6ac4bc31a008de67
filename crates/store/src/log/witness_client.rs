//! Asking a witness to cosign. How the request travels is the caller's: HTTP, or a witness in a folder.

use super::checkpoint::SignedCheckpoint;
use super::key::VerifierKey;
use super::merkle::{HashStore, consistency_proof};
use super::note::{NoteError, Signature, parse_signatures};
use super::text::decimal;
use super::witness::{AddCheckpoint, SIZE_CONTENT_TYPE};

/// A witness's answer as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The content type; empty when absent.
    pub content_type: String,
    /// The body.
    pub body: String,
}

/// Why a witness did not cosign. `S` is how the log's hashes fail, `T` how the transport fails.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CosignError<S, T> {
    /// The log's own hashes could not be read.
    #[error("the consistency proof could not be made: {0}")]
    Store(S),
    /// The request could not be delivered.
    #[error("the witness could not be reached: {0}")]
    Transport(T),
    /// The witness has cosigned a larger log than ours: entries were lost here, for example by restoring
    /// an old backup.
    #[error(
        "the witness has cosigned {witness} entries but this log has only {ours}: entries were lost here"
    )]
    Ahead {
        /// The size that the witness cosigned.
        witness: u64,
        /// The size of our checkpoint.
        ours: u64,
    },
    /// The witness holds a different history of this log.
    #[error("the witness remembers a different history of this log: one of the two was altered")]
    OtherHistory,
    /// The witness refused for another reason.
    #[error("the witness refused with status {0}")]
    Refused(u16),
    /// The answer is not signature lines, or none is by the witness.
    #[error("the witness's answer holds no valid cosignature: {0}")]
    BadAnswer(#[source] NoteError),
    /// The witness keeps changing its mind about the size.
    #[error("the witness's answers about the log's size contradict each other")]
    Unsettled,
}

/// A cosigned checkpoint's new signature lines, already verified.
pub type Cosignatures = Vec<Signature>;

/// Asks a witness to cosign `signed`, a checkpoint of the log whose hashes `store` holds.
///
/// `known` is the size that the witness is believed to have cosigned last (0 if unknown); when the
/// witness says otherwise, the request is made once more from the size that it gives. `post` delivers a
/// request body. The lines that come back are verified with `keys` before they are given.
///
/// # Errors
/// [`CosignError`]; `Ahead` and `OtherHistory` mean that someone must look.
pub fn cosign<S: HashStore, T>(
    store: &mut S,
    signed: &SignedCheckpoint,
    known: u64,
    keys: &[VerifierKey],
    mut post: impl FnMut(&str) -> Result<Reply, T>,
) -> Result<Cosignatures, CosignError<S::Error, T>> {
    let ours = signed.checkpoint.size;
    let mut old = known.min(ours);
    for _ in 0..2 {
        let proof = consistency_proof(store, old, ours).map_err(CosignError::Store)?;
        let request = AddCheckpoint { old, proof, checkpoint: signed.clone() };
        let reply = post(&request.to_string()).map_err(CosignError::Transport)?;
        match (reply.status, size_of(&reply)) {
            (200, _) => return accept(signed, keys, &reply.body).map_err(CosignError::BadAnswer),
            (409, Some(witness)) if witness > ours => return Err(CosignError::Ahead { witness, ours }),
            (409, Some(witness)) => old = witness,
            // Version 1.0.0 of the specification answers a different root with 409, later ones with 422.
            (409 | 422, _) => return Err(CosignError::OtherHistory),
            (status, _) => return Err(CosignError::Refused(status)),
        }
    }
    Err(CosignError::Unsettled)
}

/// The size in a conflict's answer; only the exact content type and form count.
fn size_of(reply: &Reply) -> Option<u64> {
    let line = reply.body.strip_suffix('\n')?;
    (reply.content_type == SIZE_CONTENT_TYPE).then(|| decimal(line)).flatten()
}

/// Verifies the answer's lines over the checkpoint's text and keeps those by the witness's keys.
fn accept(signed: &SignedCheckpoint, keys: &[VerifierKey], body: &str) -> Result<Cosignatures, NoteError> {
    let lines = parse_signatures(body.strip_suffix('\n').ok_or(NoteError::NoSignatures)?)?;
    let mut note = signed.note.clone();
    note.signatures = lines;
    note.open(keys)?;
    note.signatures.retain(|s| keys.iter().any(|k| k.id() == s.key_id && k.name() == s.name));
    Ok(note.signatures)
}
