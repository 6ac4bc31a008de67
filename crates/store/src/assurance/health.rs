//! The self-check: what `counterfoil doctor` asks the store.

use std::collections::HashSet;

use crate::db::{Conn, Engine};
use crate::error::Result;
use crate::files::Address;
use crate::store::{Backend, Store};

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Health {
    /// The schema's version.
    pub schema: i64,
    /// What the engine's own check of the database says; empty when all is well.
    pub damage: Vec<String>,
    /// Data keys in the key store.
    pub keys: usize,
    /// Data keys that the organisation's key does not open.
    pub keys_closed: usize,
    /// Sealed files that rows name.
    pub files: usize,
    /// Of these, the files that are not there.
    pub files_missing: usize,
    /// Files that are there and that no row names (an act that failed leaves one; a sweep removes it).
    pub files_unnamed: usize,
    /// Jobs in each state.
    pub jobs: Vec<(String, i64)>,
    /// Erasures whose freed space was not cleared yet.
    pub erasures_to_scrub: i64,
}

/// The columns that name sealed files.
const NAMED: &str = "SELECT address FROM document_version UNION SELECT address FROM request_item \
                     UNION SELECT address FROM request_pack";

impl Store {
    /// Checks the database, the key store and the files. Reads everything: minutes for a large one.
    ///
    /// # Errors
    /// When they cannot be read at all.
    pub fn health(&self) -> Result<Health> {
        let schema = self.read(crate::migrate::check)?;
        let mut damage = self.read(integrity)?;
        damage.extend(self.inner.keys.integrity()?);
        let (keys, keys_closed) = self.inner.keys.check()?;
        let (files, files_missing, files_unnamed) = self.check_files()?;
        let to_scrub = "SELECT COUNT(*) FROM erasure WHERE state <> 'scrubbed'";
        let erasures_to_scrub = self.read(|conn| count(conn, to_scrub))?;
        let jobs = self.job_counts()?;
        Ok(Health {
            schema,
            damage,
            keys,
            keys_closed,
            files,
            files_missing,
            files_unnamed,
            jobs,
            erasures_to_scrub,
        })
    }

    fn check_files(&self) -> Result<(usize, usize, usize)> {
        // The files first: one that is written meanwhile is then not taken for missing.
        let named = self.read(|conn| conn.query("document_version", NAMED, &[]))?;
        let named = named.iter().map(|r| r.get(0, "address")).collect::<Result<HashSet<Address>>>()?;
        let kept: HashSet<Address> = self.inner.files.addresses()?.into_iter().collect();
        Ok((named.len(), named.difference(&kept).count(), kept.difference(&named).count()))
    }

    /// The folder in which the data grows, for a check of the room that is left.
    #[must_use]
    pub fn data_folder(&self) -> &std::path::Path {
        match &self.inner.backend {
            Backend::Sqlite { path, .. } => path.parent().unwrap_or(path),
            Backend::Postgres(_) => self.inner.files.root(),
        }
    }
}

fn count(conn: &mut Conn, sql: &str) -> Result<i64> {
    let rows = conn.query("count", sql, &[])?;
    rows.first().map_or(Ok(0), |r| r.get(0, "count"))
}

/// SQLite reads every page. PostgreSQL checks pages as it reads them where checksums are on (`initdb
/// --data-checksums`); here only that each table can be counted.
pub(crate) fn integrity(conn: &mut Conn) -> Result<Vec<String>> {
    if conn.engine() == Engine::Postgres {
        for table in super::backup::TABLES {
            count(conn, &format!("SELECT COUNT(*) FROM {table}"))?;
        }
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for check in ["PRAGMA integrity_check", "PRAGMA foreign_key_check"] {
        for row in conn.query("integrity_check", check, &[])? {
            let text: String = row.get(0, "message")?;
            if text != "ok" {
                found.push(text);
            }
        }
    }
    Ok(found)
}
