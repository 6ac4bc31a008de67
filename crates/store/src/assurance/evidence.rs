//! What the log gives to others: the export that anyone checks offline, and the proof of one entry.

use std::path::Path;

use counterfoil_domain::ids::{ControllerId, EntryId, RequestId, uuid_v7};
use jiff::Timestamp;

use super::audit::{cosigned_note, hex, int};
use crate::error::{Result, StoreError};
use crate::log::checkpoint::SignedCheckpoint;
use crate::log::entry::Entry;
use crate::log::proof::InclusionProof;
use crate::log::statement::Statement;
use crate::log::tree::{ExportError, export};
use crate::store::Store;

/// How many entries are read at once.
const BATCH: u64 = 4096;

/// The proof that one entry is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The entry's number, from 0.
    pub number: u64,
    /// The entry, byte for byte: whoever checks the proof needs it.
    pub entry: Vec<u8>,
    /// The proof file (c2sp.org/tlog-proof).
    pub text: String,
}

impl Store {
    /// Signs what the organisation says now with the key of its log; `body` is one line of JSON.
    ///
    /// # Errors
    /// When the key cannot be used or the statement cannot be written.
    pub fn sign_statement(&self, controller: ControllerId, kind: &str, body: &str) -> Result<String> {
        let (kind, body) = (kind.to_owned(), body.to_owned());
        let statement = Statement { kind, origin: Self::log_origin(controller), at: self.now(), body };
        statement.sign(&self.log_signer(controller)?).map_err(|e| StoreError::Log(e.to_string()))
    }

    /// Writes the log up to a checkpoint of now as static files: entries, tiles, checkpoint with its
    /// cosignatures. Gives its size.
    ///
    /// # Errors
    /// [`StoreError::Log`] when the entries do not lead to the signed root; [`StoreError::File`].
    pub fn export_log(&self, controller: ControllerId, dir: &Path) -> Result<u64> {
        let (size, _) = self.checkpoint(controller)?;
        let signed = self.signed_checkpoint(controller, size)?;
        let batches = (0..size).step_by(BATCH as usize).map(|from| (from, size.min(from + BATCH)));
        let entries = batches.flat_map(|(from, to)| match self.log_leaves(controller, from, to) {
            Ok(leaves) => leaves.into_iter().map(Ok).collect::<Vec<_>>(),
            Err(e) => vec![Err(e)],
        });
        export(dir, &signed, entries).map_err(|e| match e {
            ExportError::Entries(e) => e,
            ExportError::File(e) => {
                StoreError::File { what: "the log could not be exported", why: e.to_string() }
            }
            other => StoreError::Log(other.to_string()),
        })?;
        Ok(size)
    }

    fn signed_checkpoint(&self, controller: ControllerId, size: u64) -> Result<SignedCheckpoint> {
        let note = self.read(|conn| cosigned_note(conn, controller, size))?;
        let note = note.ok_or(StoreError::NotFound("checkpoint"))?;
        SignedCheckpoint::parse(note.as_bytes()).map_err(|e| StoreError::Log(e.to_string()))
    }

    /// Proves that an entry is in the log, by the newest checkpoint that speaks for it; one is signed
    /// when there is none.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such entry.
    pub fn prove(&self, controller: ControllerId, id: EntryId) -> Result<Proof> {
        let number = self.entry_number(controller, id)?;
        let size = match self.last_checkpoint(controller)? {
            Some((size, _)) if size > number => size,
            _ => self.checkpoint(controller)?.0,
        };
        let checkpoint = self.signed_checkpoint(controller, size)?;
        let hashes = self.inclusion_proof(controller, number, size)?;
        let entry = self
            .log_leaves(controller, number, number + 1)?
            .pop()
            .ok_or(StoreError::NotFound("audit entry"))?;
        let proof = InclusionProof { extra: None, index: number, hashes, checkpoint };
        Ok(Proof { number, entry, text: proof.to_string() })
    }

    /// The entry that a rights request left when it was received.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn entry_of_receipt(&self, controller: ControllerId, reference: &str) -> Result<EntryId> {
        let rows = self.read(|conn| {
            conn.query(
                "rights_request",
                "SELECT id, made_at FROM rights_request WHERE controller_id = $1 AND reference = $2",
                &[controller.into(), reference.into()],
            )
        })?;
        let row = rows.first().ok_or(StoreError::NotFound("request"))?;
        let (request, at): (RequestId, Timestamp) = (row.get(0, "id")?, row.get(1, "made_at")?);
        let pseudonym =
            self.inner.blind.pseudonym(controller.as_bytes(), RequestId::PREFIX, request.as_bytes());
        self.entry_about(controller, at, &format!("{}.{}", RequestId::PREFIX, hex(&pseudonym)))
    }

    /// The first entry of a moment that is about an object: identifiers begin with their millisecond.
    fn entry_about(&self, controller: ControllerId, at: Timestamp, object: &str) -> Result<EntryId> {
        let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
        let (first, last) = (uuid_v7(millis, [0; 10]), uuid_v7(millis + 1, [0; 10]));
        let rows = self.read(|conn| {
            conn.query(
                "audit_entry",
                "SELECT id, leaf FROM audit_entry WHERE controller_id = $1 AND id >= $2 AND id < $3 ORDER BY id",
                &[controller.into(), first.into(), last.into()],
            )
        })?;
        for row in &rows {
            let entry =
                Entry::parse(&row.get::<Vec<u8>>(1, "leaf")?).map_err(|e| StoreError::Log(e.to_string()))?;
            if entry.object.as_ref().is_some_and(|o| o.as_str() == object) {
                return row.get(0, "id");
            }
        }
        Err(StoreError::NotFound("audit entry"))
    }

    /// The numbers and identifiers of the entries `from..to`, for lists of the log.
    ///
    /// # Errors
    /// What the database answers.
    pub fn entry_ids(&self, controller: ControllerId, from: u64, to: u64) -> Result<Vec<(u64, EntryId)>> {
        let rows = self.read(|conn| {
            conn.query(
                "audit_entry",
                "SELECT number, id FROM audit_entry WHERE controller_id = $1 AND number >= $2 AND number < $3 \
                 ORDER BY number",
                &[controller.into(), int(from)?, int(to)?],
            )
        })?;
        rows.iter().map(|r| Ok((super::audit::unsigned(r.get(0, "number")?)?, r.get(1, "id")?))).collect()
    }
}
