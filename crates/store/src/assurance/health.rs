//! The self-check: what `counterfoil doctor` asks the store.

use std::collections::{HashMap, HashSet};

use counterfoil_domain::ids::{ControllerId, PersonId};

use crate::db::{Conn, Engine};
use crate::error::{Result, StoreError};
use crate::files::Address;
use crate::log::entry::Entry;
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
                     UNION SELECT address FROM request_pack UNION SELECT address FROM asker_file \
                     UNION SELECT address FROM inbox_part WHERE address IS NOT NULL";

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

/// What the log and the rows say of one living person; the crash test compares the two.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// The record's version.
    pub version: i64,
    /// Rows of the person: the record itself, its identities, cases, notes and documents.
    pub rows: [i64; 5],
    /// Entries that record a creation.
    pub creations: i64,
    /// Entries that record a change.
    pub changes: i64,
}

/// The tables of [`Tally::rows`] after the record itself.
const OF_A_PERSON: [&str; 4] = ["person_identity", "case_file", "note", "document"];

/// What the rows and the log say of everyone.
#[derive(Debug, Clone, Default)]
pub struct Tallies {
    /// Living persons.
    pub people: HashMap<PersonId, Tally>,
    /// Pseudonyms in the erasure ledger.
    pub erased: HashSet<[u8; 16]>,
    /// Pseudonyms that the log says were erased.
    pub erasures_logged: HashSet<[u8; 16]>,
    /// Pseudonyms that the log says were recorded, and that are neither living nor erased.
    pub lost: usize,
}

impl Store {
    /// The pseudonym by which the log and the erasure ledger know a person.
    #[must_use]
    pub fn pseudonym_of(&self, controller: ControllerId, person: PersonId) -> [u8; 16] {
        self.inner.blind.pseudonym(controller.as_bytes(), "person", person.as_bytes())
    }

    /// Counts what rows and log say of each person. Opens nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn tallies(&self, controller: ControllerId) -> Result<Tallies> {
        self.read(|conn| {
            conn.begin_snapshot()?;
            let tallies = self.tally(conn, controller);
            conn.rollback().and(tallies)
        })
    }

    fn tally(&self, conn: &mut Conn, controller: ControllerId) -> Result<Tallies> {
        let mut found = Tallies { people: people(conn, controller)?, ..Tallies::default() };
        let known: HashMap<[u8; 16], PersonId> =
            found.people.keys().map(|id| (self.pseudonym_of(controller, *id), *id)).collect();
        let sql = "SELECT pseudonym FROM erasure WHERE controller_id = $1";
        for row in conn.query("erasure", sql, &[controller.into()])? {
            found.erased.insert(row.get(0, "pseudonym")?);
        }
        let sql = "SELECT subject, leaf FROM audit_entry WHERE controller_id = $1 AND subject IS NOT NULL";
        let mut strangers = HashSet::new();
        for row in conn.query("audit_entry", sql, &[controller.into()])? {
            let (subject, leaf): ([u8; 16], Vec<u8>) = (row.get(0, "subject")?, row.get(1, "leaf")?);
            let entry = Entry::parse(&leaf).map_err(|e| StoreError::Log(e.to_string()))?;
            let tally = known.get(&subject).and_then(|id| found.people.get_mut(id));
            match (entry.verb.as_str(), tally) {
                ("erasure.execute", _) => drop(found.erasures_logged.insert(subject)),
                ("record.create", Some(tally)) => tally.creations += 1,
                ("record.edit", Some(tally)) => tally.changes += 1,
                (_, Some(_)) => {}
                (_, None) => drop(strangers.insert(subject)),
            }
        }
        found.lost = strangers.difference(&found.erased).count();
        Ok(found)
    }
}

fn people(conn: &mut Conn, controller: ControllerId) -> Result<HashMap<PersonId, Tally>> {
    let mut people: HashMap<PersonId, Tally> = HashMap::new();
    for row in
        conn.query("person", "SELECT id, version FROM person WHERE controller_id = $1", &[controller.into()])?
    {
        let tally = Tally { version: row.get(1, "version")?, rows: [1, 0, 0, 0, 0], ..Tally::default() };
        people.insert(row.get(0, "id")?, tally);
    }
    for (place, table) in OF_A_PERSON.iter().enumerate() {
        let sql =
            format!("SELECT person_id, COUNT(*) FROM {table} WHERE controller_id = $1 GROUP BY person_id");
        for row in conn.query("person", &sql, &[controller.into()])? {
            let tally = people.entry(row.get(0, "person_id")?).or_default();
            if let Some(rows) = tally.rows.get_mut(place + 1) {
                *rows = row.get(1, "count")?;
            }
        }
    }
    Ok(people)
}
