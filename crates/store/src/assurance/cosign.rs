//! Asking a witness to cosign the last checkpoint, and keeping its signature.

use counterfoil_domain::ids::ControllerId;

use super::audit::Tree;
use crate::error::{Result, StoreError};
use crate::log::checkpoint::SignedCheckpoint;
use crate::log::key::VerifierKey;
use crate::log::witness_client::{Reply, cosign};
use crate::store::Store;

impl Store {
    /// Asks the witness with this key to cosign the last checkpoint, unless it has. `post` delivers a
    /// request body to it and gives its answer. Gives the size that the witness now vouches for; `None`
    /// when there is no checkpoint yet.
    ///
    /// # Errors
    /// [`StoreError::Log`] saying why the witness did not cosign: among the reasons are that it has seen
    /// a longer log, or a different one.
    pub fn ask_witness(
        &self,
        controller: ControllerId,
        key: &VerifierKey,
        mut post: impl FnMut(&str) -> std::result::Result<Reply, String>,
    ) -> Result<Option<u64>> {
        let Some((size, note)) = self.last_checkpoint(controller)? else { return Ok(None) };
        let known = self.cosigned_by(controller, key.name())?;
        if known == Some(size) {
            return Ok(Some(size));
        }
        let signed = SignedCheckpoint::parse(note.as_bytes()).map_err(|e| StoreError::Log(e.to_string()))?;
        let keys = [key.clone()];
        let lines = self.read(|conn| {
            cosign(&mut Tree { conn, controller }, &signed, known.unwrap_or(0), &keys, &mut post)
                .map_err(|e| StoreError::Log(format!("witness `{}`: {e}", key.name())))
        })?;
        for line in &lines {
            self.keep_cosignature(controller, size, key.name(), line.to_string().trim_end())?;
        }
        Ok(Some(size))
    }

    /// The largest size that this witness has cosigned; `None` when it never did.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn cosigned_by(&self, controller: ControllerId, witness: &str) -> Result<Option<u64>> {
        self.read(|conn| {
            let rows = conn.query(
                "audit_cosignature",
                "SELECT size FROM audit_cosignature WHERE controller_id = $1 AND witness = $2 \
                 ORDER BY size DESC LIMIT 1",
                &[controller.into(), witness.into()],
            )?;
            rows.first().map(|r| super::audit::unsigned(r.get(0, "size")?)).transpose()
        })
    }
}
