//! Erasure: the rows go, then the key, then what the files still hold.
//!
//! INVARIANT: the erasure row is committed with the deletion; whatever dies in between is finished at
//! the next start. A restore replays the tombstones of the key store.

use counterfoil_domain::access::{ResourceKind, Verb};
use counterfoil_domain::ids::{ControllerId, PersonId};
use jiff::Timestamp;

use crate::db::{Conn, Engine, Row};
use crate::error::Result;
use crate::permit::Permit;
use crate::retention::holdings::{OF_CASE, OF_REQUEST};
use crate::seal::aead::KeyId;
use crate::store::Store;
use crate::tx::{After, Tx};

/// What an erasure did; the certificate is made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// The erasure's own identifier.
    pub id: [u8; 16],
    /// Rows deleted, by table.
    pub rows: Vec<(&'static str, u64)>,
    /// Files removed.
    pub files: usize,
    /// When.
    pub at: Timestamp,
}

/// The state of an erasure in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureState {
    /// The person's pseudonym in the audit log.
    pub pseudonym: [u8; 16],
    /// When the rows were deleted.
    pub rows_deleted_at: Timestamp,
    /// When the key was destroyed.
    pub key_destroyed_at: Option<Timestamp>,
    /// When freed space and write-ahead logs were cleared.
    pub scrubbed_at: Option<Timestamp>,
}

/// The tables that hold something of a person, children first.
pub const TABLES: &[&str] = &[
    "legal_hold",
    "retention_mark",
    "person_statement",
    "processing_stop",
    "processing_restriction",
    "automated_decision",
    "referral",
    "disclosure",
    "permission_event",
    "permission",
    "odd_access",
    "record_transfer",
    "case_share",
    "case_entry",
    "person_merge",
    "person_relation",
    "note_draft",
    "record_version",
    "recording",
    "document_version",
    "document",
    "note",
    "case_file",
    "access_grant",
    "declared_relation",
    "person_identity",
    "channel_message",
    "inbox_item",
];

/// Rows of others that name the person beside their own.
const LINKS: [(&str, &str); 2] = [("person_relation", "other_id"), ("person_merge", "other_id")];

/// The most steps of merging in one scrub: enough for some millions of notes.
const MERGES: u32 = 2000;

/// Further tables in which an erasure leaves dead rows.
const OTHERS: &[&str] = &[
    "person",
    "search_entry",
    "job",
    "inbox_part",
    "channel_copy",
    "request_reading",
    "request_cast",
    "disposal_item",
];

impl Tx<'_> {
    /// Erases a person: every row, index entry and file. The key is destroyed right after the commit.
    ///
    /// # Errors
    /// A permit for something else, or what the database answers.
    pub fn erase_person(&mut self, permit: &Permit) -> Result<Erased> {
        permit.covers(ResourceKind::Person, &[Verb::ErasureExecute, Verb::DisposalExecute])?;
        self.erase_rows(permit.person(), permit.key())
    }

    pub(crate) fn erase_rows(&mut self, person: PersonId, key: KeyId) -> Result<Erased> {
        let controller = self.controller();
        self.erase_items_of(person)?;
        // What was merged into the record is the same person's.
        for (absorbed, its_key) in self.absorbed(person)? {
            self.erase_rows(absorbed, its_key)?;
        }
        self.drop_person_from_index(person)?;
        let files = self.query(
            "document_version",
            "SELECT DISTINCT address FROM document_version WHERE controller_id = $1 AND person_id = $2",
            &[controller.into(), person.into()],
        )?;
        for row in &files {
            self.follow_with(After::RemoveFile(row.get(0, "address")?));
        }
        let mut rows = self.drop_readings_about(controller, person)?;
        for &table in TABLES {
            let sql = format!("DELETE FROM {table} WHERE controller_id = $1 AND person_id = $2");
            rows.push((table, self.execute(&sql, &[controller.into(), person.into()])?));
        }
        for (table, column) in LINKS {
            let sql = format!("DELETE FROM {table} WHERE controller_id = $1 AND {column} = $2");
            let more = self.execute(&sql, &[controller.into(), person.into()])?;
            if let Some((_, count)) = rows.iter_mut().find(|(t, _)| *t == table) {
                *count += more;
            }
        }
        let persons = self.execute(
            "DELETE FROM person WHERE controller_id = $1 AND id = $2",
            &[controller.into(), person.into()],
        )?;
        rows.push(("person", persons));
        rows.push(("job", self.empty_jobs(key)?));
        self.empty_disposal_items(person)?;
        let erasure = self.fresh_id();
        let pseudonym = self.store.blind.pseudonym(controller.as_bytes(), "person", person.as_bytes());
        self.execute(
            "INSERT INTO erasure (controller_id, id, key_id, pseudonym, state, rows_deleted_at) \
             VALUES ($1, $2, $3, $4, 'rows-deleted', $5)",
            &[controller.into(), erasure.into(), key.0.into(), pseudonym.into(), self.now.into()],
        )?;
        self.follow_with(After::DestroyKey { controller, erasure, key });
        Ok(Erased { id: erasure, rows, files: files.len(), at: self.now })
    }
}

impl Tx<'_> {
    /// Jobs about an erased person are over: what they were to do is sealed under a key that goes.
    fn empty_jobs(&mut self, key: KeyId) -> Result<u64> {
        self.execute(
            "UPDATE job SET state = 'failed', why = 'the person was erased', sealed = $3, claimed_until = 0, \
             finished_at = $4 WHERE controller_id = $1 AND key_id = $2 AND state IN ('waiting', 'running')",
            &[self.controller().into(), key.0.into(), Vec::new().into(), self.now.into()],
        )
    }
}

impl Store {
    /// Destroys the key of an erasure whose rows are gone.
    pub(crate) fn finish_erasure(
        &self,
        controller: ControllerId,
        erasure: [u8; 16],
        key: KeyId,
    ) -> Result<()> {
        let now = self.now();
        self.inner.keys.destroy(&[key], now)?;
        self.write(|conn| {
            conn.execute(
                "UPDATE erasure SET state = 'key-destroyed', key_destroyed_at = $3 \
                 WHERE controller_id = $1 AND id = $2 AND state = 'rows-deleted'",
                &[controller.into(), erasure.into(), now.into()],
            )
            .map(|_| ())
        })
    }

    /// Finishes erasures that a crash cut off.
    pub(crate) fn finish_erasures(&self) -> Result<()> {
        let rows = self.read(|conn| {
            conn.query(
                "erasure",
                "SELECT controller_id, id, key_id FROM erasure WHERE state = 'rows-deleted'",
                &[],
            )
        })?;
        for row in &rows {
            let key = KeyId(row.get(2, "key_id")?);
            self.finish_erasure(row.get(0, "controller_id")?, row.get(1, "id")?, key)?;
        }
        Ok(())
    }

    /// Clears what the engine still holds of deleted content: write-ahead logs, free pages, the search
    /// index's tombstones, half-written and unnamed files.
    ///
    /// # Errors
    /// What the database answers.
    pub fn scrub(&self) -> Result<usize> {
        let now = self.now();
        self.sweep_files()?;
        if self.engine() == Engine::Sqlite {
            self.forget_tokens()?;
            self.outside(|conn| conn.batch("PRAGMA wal_checkpoint(TRUNCATE)"))?;
        } else {
            let disposed = OF_CASE.iter().chain(OF_REQUEST).map(|holding| &holding.table);
            self.outside(|conn| {
                let mut tables = TABLES.iter().chain(OTHERS).chain(disposed);
                tables.try_for_each(|t| conn.batch(&format!("VACUUM {t}")))
            })?;
        }
        self.inner.keys.scrub()?;
        self.write(|conn| {
            for table in ["inbox_item", "channel_message"] {
                let sql = format!("UPDATE {table} SET content = 'scrubbed' WHERE content = 'key-destroyed'");
                conn.execute(&sql, &[])?;
            }
            conn.execute(
                "UPDATE erasure SET state = 'scrubbed', scrubbed_at = $1 WHERE state = 'key-destroyed'",
                &[now.into()],
            )
            .map(|n| n as usize)
        })
    }

    /// Whether an erasure waits for [`Store::scrub`].
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn waits_for_scrub(&self) -> Result<bool> {
        self.read(|conn| {
            conn.query(
                "erasure",
                "SELECT 1 FROM erasure WHERE state = 'key-destroyed' UNION ALL \
                 SELECT 1 FROM inbox_item WHERE content = 'key-destroyed' UNION ALL \
                 SELECT 1 FROM channel_message WHERE content = 'key-destroyed' LIMIT 1",
                &[],
            )
        })
        .map(|rows| !rows.is_empty())
    }

    /// Merges the tokens of erased persons out of the full-text index, in steps, so that acts can come
    /// between. Under steady writing the index is never quite merged: the bound ends it.
    fn forget_tokens(&self) -> Result<()> {
        if self.waits_for_scrub()? { self.merge_tokens() } else { Ok(()) }
    }

    /// As [`Store::scrub`], after rows went without an erasure: a disposal.
    ///
    /// # Errors
    /// What the database answers.
    pub fn scrub_after_disposal(&self) -> Result<()> {
        if self.engine() == Engine::Sqlite {
            self.merge_tokens()?;
        }
        self.scrub().map(|_| ())
    }

    fn merge_tokens(&self) -> Result<()> {
        for _ in 0..MERGES {
            if !self.outside(Conn::merge_search)? {
                break;
            }
        }
        Ok(())
    }

    /// Removes files that no row names: an act that failed after writing one leaves it behind. Young
    /// ones stay, since their act may be about to commit.
    fn sweep_files(&self) -> Result<()> {
        let young = std::time::Duration::from_secs(3600);
        self.inner
            .files
            .addresses_older_than(young)?
            .iter()
            .try_for_each(|address| self.remove_unnamed(address))
    }

    /// Removes a file unless a row names it.
    ///
    /// The embedded engine asks and removes in the writer's turn: an act that keeps the same content comes
    /// before, and its row is seen, or after, and writes the file again.
    pub(crate) fn remove_unnamed(&self, address: &crate::files::Address) -> Result<()> {
        // A backup reads the rows first: what they name must stay until it has read the files.
        if self.inner.backups.load(std::sync::atomic::Ordering::SeqCst) > 0 {
            return Ok(());
        }
        self.outside(|conn| {
            let named = conn.query(
                "document_version",
                "SELECT 1 FROM document_version WHERE address = $1 UNION ALL \
                 SELECT 1 FROM request_item WHERE address = $1 UNION ALL \
                 SELECT 1 FROM asker_file WHERE address = $1 UNION ALL \
                 SELECT 1 FROM inbox_part WHERE address = $1 UNION ALL \
                 SELECT 1 FROM request_pack WHERE address = $1 LIMIT 1",
                &[(*address).into()],
            )?;
            if named.is_empty() { self.inner.files.remove(address) } else { Ok(()) }
        })
    }

    /// The erasure ledger.
    ///
    /// # Errors
    /// What the database answers.
    pub fn erasures(&self, controller: ControllerId) -> Result<Vec<ErasureState>> {
        let rows = self.read(|conn| {
            conn.query(
                "erasure",
                "SELECT pseudonym, rows_deleted_at, key_destroyed_at, scrubbed_at FROM erasure \
                 WHERE controller_id = $1 ORDER BY rows_deleted_at",
                &[controller.into()],
            )
        })?;
        rows.iter().map(state).collect()
    }

    /// Replays the key store's tombstones after a restore: whoever was erased since the backup is erased
    /// again, before the service opens.
    ///
    /// # Errors
    /// What the database answers; then the service must not open.
    pub fn replay_erasures(&self) -> Result<usize> {
        let mut replayed = 0;
        for (key, _) in self.inner.keys.destroyed()? {
            let rows = self.read(|conn| {
                conn.query(
                    "person",
                    "SELECT controller_id, id FROM person WHERE key_id = $1",
                    &[key.0.into()],
                )
            })?;
            for row in &rows {
                let (controller, person) = (row.get(0, "controller_id")?, row.get(1, "id")?);
                self.replay_one(controller, person, key)?;
                replayed += 1;
            }
            replayed += self.replay_item(key)?;
        }
        Ok(replayed)
    }

    fn replay_one(&self, controller: ControllerId, person: PersonId, key: KeyId) -> Result<()> {
        use counterfoil_domain::access::Purpose;
        let system = crate::access::Actor::Automation { controller };
        self.act(&system, Verb::ErasureExecute, Purpose::Disposal, |tx| {
            tx.erase_rows(person, key)?;
            let detail = serde_json::json!({ "replayed": "after a restore" });
            tx.append(crate::tx::About { person: Some(person), ..Default::default() }, None, &[], &detail)?;
            Ok(())
        })
    }
}

fn state(row: &Row) -> Result<ErasureState> {
    Ok(ErasureState {
        pseudonym: row.get(0, "pseudonym")?,
        rows_deleted_at: row.get(1, "rows_deleted_at")?,
        key_destroyed_at: row.get(2, "key_destroyed_at")?,
        scrubbed_at: row.get(3, "scrubbed_at")?,
    })
}
