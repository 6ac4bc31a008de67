//! Imports: what was taken in from where, entry by entry, so that an interrupted one can be resumed. The
//! inbox and its channels are in modules of their own.

pub mod copies;
pub mod figures;
pub mod items;
pub mod messages;

use counterfoil_domain::ids::ImportId;

use crate::error::{Result, StoreError};
use crate::tx::Tx;

/// An import that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Import {
    /// Which.
    pub id: ImportId,
    /// Whether it goes on from an earlier, interrupted run.
    pub resumed: bool,
}

impl Tx<'_> {
    /// Begins an import of `source`, or goes on with one of the same source that was not finished.
    /// Only a keyed hash of the source's name is kept.
    ///
    /// # Errors
    /// What the database answers.
    pub fn begin_import(&mut self, kind: &str, source: &str, total: usize) -> Result<Import> {
        let controller = self.controller();
        let blind = self.store.blind.identity(controller.as_bytes(), kind, source);
        let rows = self.query(
            "import",
            "SELECT id FROM import WHERE controller_id = $1 AND source_blind = $2 AND state = 'running'",
            &[controller.into(), blind.into()],
        )?;
        if let Some(row) = rows.first() {
            return Ok(Import { id: row.get(0, "id")?, resumed: true });
        }
        let staff = self.who.staff().ok_or(StoreError::NotFound("staff account"))?.staff;
        let id = ImportId::from_bytes(self.fresh_id());
        self.execute(
            "INSERT INTO import (controller_id, id, kind, source_blind, state, total, started_by, started_at) \
             VALUES ($1, $2, $3, $4, 'running', $5, $6, $7)",
            &[
                controller.into(),
                id.into(),
                kind.into(),
                blind.into(),
                i64::try_from(total).unwrap_or(i64::MAX).into(),
                staff.into(),
                self.now.into(),
            ],
        )?;
        Ok(Import { id, resumed: false })
    }

    /// What came of an entry before, if it was handled: its result and why.
    ///
    /// # Errors
    /// What the database answers.
    pub fn import_entry(&mut self, import: ImportId, entry: &[u8]) -> Result<Option<(String, String)>> {
        let params = [self.controller().into(), import.into(), self.entry_blind(entry).into()];
        let rows = self.query(
            "import_entry",
            "SELECT result, why FROM import_entry WHERE controller_id = $1 AND import_id = $2 AND entry_blind = $3",
            &params,
        )?;
        rows.first().map(|r| Ok((r.get(0, "result")?, r.get(1, "why")?))).transpose()
    }

    /// Notes what came of an entry, in the transaction that took it in. `why` holds no personal data.
    ///
    /// # Errors
    /// What the database answers.
    pub fn note_import_entry(
        &mut self,
        import: ImportId,
        entry: &[u8],
        result: &str,
        why: &str,
        record: Option<[u8; 16]>,
    ) -> Result<()> {
        let blind = self.entry_blind(entry);
        self.execute(
            "INSERT INTO import_entry (controller_id, import_id, entry_blind, result, why, record_id, at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (controller_id, import_id, entry_blind) DO UPDATE \
             SET result = EXCLUDED.result, why = EXCLUDED.why, record_id = EXCLUDED.record_id, at = EXCLUDED.at",
            &[
                self.controller().into(),
                import.into(),
                blind.into(),
                result.into(),
                why.into(),
                record.into(),
                self.now.into(),
            ],
        )
        .map(|_| ())
    }

    /// Ends an import.
    ///
    /// # Errors
    /// What the database answers.
    pub fn finish_import(&mut self, import: ImportId) -> Result<()> {
        self.execute(
            "UPDATE import SET state = 'finished', finished_at = $3 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), import.into(), self.now.into()],
        )
        .map(|_| ())
    }

    fn entry_blind(&self, entry: &[u8]) -> [u8; 32] {
        self.store.blind.content_address(b"import-entry", entry)
    }
}
