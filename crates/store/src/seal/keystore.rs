//! The key store: data keys, each wrapped by the organisation's key, in a database of their own.
//!
//! Keys are made ahead of need in small batches, so that recording a person costs no second wait for
//! the disk. A key says nothing of whom it belongs to; the record names its key. Destroying a key
//! leaves a tombstone, which is what a restore replays (`docs/security/cryptography.md`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::aead::{self, Key, KeyId, Place};
use super::entropy::Entropy;
use super::organisation::OrganisationKeys;
use crate::db::{Conn, Engine, PostgresPool, Row, Value};
use crate::error::{Result, StoreError};

const BATCH: usize = 64;
const CACHED: usize = 20_000;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS wrapped_key (
    key_id BYTEA NOT NULL PRIMARY KEY,
    wrapping_version BIGINT NOT NULL,
    wrapped BYTEA NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS destroyed_key (
    key_id BYTEA NOT NULL PRIMARY KEY,
    destroyed_at BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS disposed (
    controller_id BYTEA NOT NULL,
    run_id BYTEA NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    pseudonym BYTEA NOT NULL,
    content TEXT NOT NULL,
    disposed_at BIGINT NOT NULL,
    PRIMARY KEY (controller_id, run_id, number)
);
CREATE TABLE IF NOT EXISTS key_store (
    id BIGINT NOT NULL PRIMARY KEY,
    wrapping_version BIGINT NOT NULL
);";

/// Data keys by name.
#[derive(Debug)]
pub struct KeyStore {
    db: Backend,
    organisation: Mutex<Arc<OrganisationKeys>>,
    cache: Mutex<HashMap<KeyId, Key>>,
    ready: Mutex<Vec<KeyId>>,
    entropy: Entropy,
}

/// Where the keys are.
#[derive(Debug)]
enum Backend {
    Sqlite(Mutex<Conn>),
    Postgres(PostgresPool),
}

impl Backend {
    fn with<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        match self {
            Self::Sqlite(conn) => work(&mut conn.lock().unwrap_or_else(PoisonError::into_inner)),
            Self::Postgres(pool) => {
                let mut conn = Conn::Postgres(pool.take()?);
                let out = work(&mut conn);
                if let Conn::Postgres(conn) = conn {
                    pool.give_back(*conn, out.is_ok());
                }
                out
            }
        }
    }

    /// Runs `work` in one transaction of the key store.
    fn transaction<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        self.with(|conn| {
            conn.begin()?;
            match work(conn) {
                Ok(value) => conn.commit().map(|()| value),
                Err(e) => {
                    let _ = conn.rollback();
                    Err(e)
                }
            }
        })
    }
}

impl KeyStore {
    /// Opens the key store in a SQLite file of its own.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub(crate) fn sqlite(conn: Conn, keys: OrganisationKeys, entropy: Entropy) -> Result<Self> {
        Self::open(Backend::Sqlite(Mutex::new(conn)), keys, entropy)
    }

    /// Opens the key store in its own schema, reached by a pool whose search path is that schema.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub(crate) fn postgres(pool: PostgresPool, keys: OrganisationKeys, entropy: Entropy) -> Result<Self> {
        Self::open(Backend::Postgres(pool), keys, entropy)
    }

    fn open(db: Backend, keys: OrganisationKeys, entropy: Entropy) -> Result<Self> {
        db.with(|conn| conn.batch(SCHEMA))?;
        let store = Self {
            db,
            organisation: Mutex::new(Arc::new(keys)),
            cache: Mutex::default(),
            ready: Mutex::default(),
            entropy,
        };
        store.check_organisation_key()?;
        Ok(store)
    }

    /// A wrong organisation key must stop the start, not the first read.
    fn check_organisation_key(&self) -> Result<()> {
        let sample = self.db.with(|conn| {
            conn.query("wrapped_key", "SELECT key_id FROM wrapped_key ORDER BY made_at DESC LIMIT 1", &[])
        })?;
        let Some(row) = sample.first() else { return Ok(()) };
        self.key(KeyId(row.get(0, "key_id")?)).map(|_| ()).map_err(|_| {
            StoreError::Keys(
                "the organisation's key does not open this key store: use the key file that belongs to it"
                    .to_owned(),
            )
        })
    }

    /// Every column of the key store, as (table, column).
    pub(crate) fn schema(&self) -> Result<Vec<(String, String)>> {
        self.db.with(Conn::columns)
    }

    /// The organisation's keys now in use.
    #[must_use]
    pub fn organisation(&self) -> Arc<OrganisationKeys> {
        Arc::clone(&self.organisation.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The name of a fresh key, already durable.
    ///
    /// # Errors
    /// When the key store cannot be written.
    pub fn fresh(&self, now: Timestamp) -> Result<KeyId> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if ready.is_empty() {
            *ready = self.make_batch(now)?;
        }
        ready.pop().ok_or(StoreError::KeyGone)
    }

    fn make_batch(&self, now: Timestamp) -> Result<Vec<KeyId>> {
        let mut made = Vec::with_capacity(BATCH);
        self.db.transaction(|conn| {
            // INVARIANT: the version is read after the lock: a batch comes wholly before a rotation, which
            // wraps it anew, or wholly after it.
            if conn.engine() == Engine::Postgres {
                conn.batch("LOCK TABLE wrapped_key IN ROW EXCLUSIVE MODE")?;
            }
            let organisation = self.organisation();
            refuse_if_rotated(conn, &organisation)?;
            let mut rows = Vec::with_capacity(BATCH);
            for _ in 0..BATCH {
                let (id, key) = (KeyId(self.entropy.bytes()), Key::random(&self.entropy));
                let wrapped = self.wrap(&organisation, id, &key)?;
                let version = organisation.current_version().into();
                rows.push(vec![id.0.into(), version, wrapped.into(), now.into()]);
                made.push((id, key));
            }
            conn.insert("wrapped_key", &["key_id", "wrapping_version", "wrapped", "made_at"], &rows)
        })?;
        let ids = made.iter().map(|(id, _)| *id).collect();
        self.remember(made);
        Ok(ids)
    }

    fn wrap(&self, organisation: &OrganisationKeys, id: KeyId, key: &Key) -> Result<Vec<u8>> {
        let version = organisation.current_version();
        let wrapping = organisation.wrapping(version).ok_or(StoreError::KeyGone)?;
        aead::seal(wrapping, id, key_place(&id), key.bytes(), &self.entropy)
    }

    fn remember(&self, keys: Vec<(KeyId, Key)>) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() + keys.len() > CACHED {
            cache.clear();
        }
        cache.extend(keys);
    }

    /// The key of that name.
    ///
    /// # Errors
    /// [`StoreError::KeyGone`] when it was destroyed or never existed.
    pub fn key(&self, id: KeyId) -> Result<Key> {
        if let Some(key) = self.cache.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Ok(key.clone());
        }
        let rows = self.db.with(|conn| {
            conn.query(
                "wrapped_key",
                "SELECT wrapping_version, wrapped FROM wrapped_key WHERE key_id = $1",
                &[id.0.into()],
            )
        })?;
        let row = rows.first().ok_or(StoreError::KeyGone)?;
        let key = self.unwrap_key(id, row.get(0, "wrapping_version")?, &row.get::<Vec<u8>>(1, "wrapped")?)?;
        self.remember(vec![(id, key.clone())]);
        Ok(key)
    }

    /// Makes ready the keys of these names, those at once that are not at hand. One that is gone is left out.
    ///
    /// # Errors
    /// When the key store cannot be read.
    pub(crate) fn fetch(&self, ids: &[KeyId]) -> Result<()> {
        let missing: Vec<KeyId> = {
            let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            ids.iter().filter(|id| !cache.contains_key(id)).copied().collect()
        };
        let mut rest = missing.as_slice();
        while !rest.is_empty() {
            let (some, others) = rest.split_at(1 << rest.len().ilog2());
            rest = others;
            let places: Vec<String> = (1..=some.len()).map(|n| format!("${n}")).collect();
            let sql = format!(
                "SELECT key_id, wrapping_version, wrapped FROM wrapped_key WHERE key_id IN ({})",
                places.join(", ")
            );
            let names: Vec<Value> = some.iter().map(|id| id.0.into()).collect();
            let rows = self.db.with(|conn| conn.query("wrapped_key", &sql, &names))?;
            let keys = rows.iter().map(|row| {
                let id = KeyId(row.get(0, "key_id")?);
                let wrapped: Vec<u8> = row.get(2, "wrapped")?;
                Ok((id, self.unwrap_key(id, row.get(1, "wrapping_version")?, &wrapped)?))
            });
            self.remember(keys.collect::<Result<_>>()?);
        }
        Ok(())
    }

    fn unwrap_key(&self, id: KeyId, version: i64, wrapped: &[u8]) -> Result<Key> {
        let organisation = self.organisation();
        let wrapping =
            u32::try_from(version).ok().and_then(|v| organisation.wrapping(v)).ok_or_else(|| {
                StoreError::Keys(format!(
                    "wrapping key {version} is missing from the key file: use a key file that still has it"
                ))
            })?;
        let bytes = zeroize::Zeroizing::new(aead::open(wrapping, key_place(&id), wrapped)?);
        let bytes: [u8; 32] =
            bytes.as_slice().try_into().map_err(|_| StoreError::Unsealable { table: "wrapped_key" })?;
        Ok(Key::from_bytes(bytes))
    }

    /// Destroys keys and leaves tombstones. What they sealed can never be opened again.
    ///
    /// # Errors
    /// When the key store cannot be written; then no key was destroyed.
    pub fn destroy(&self, ids: &[KeyId], now: Timestamp) -> Result<()> {
        self.db.transaction(|conn| {
            for id in ids {
                conn.execute("DELETE FROM wrapped_key WHERE key_id = $1", &[id.0.into()])?;
                conn.execute(
                    "INSERT INTO destroyed_key (key_id, destroyed_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    &[id.0.into(), now.into()],
                )?;
            }
            Ok(())
        })?;
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        ids.iter().for_each(|id| drop(cache.remove(id)));
        Ok(())
    }

    /// Whether a key was destroyed, rather than lost.
    pub(crate) fn was_destroyed(&self, id: KeyId) -> Result<bool> {
        let rows = self.db.with(|conn| {
            conn.query("destroyed_key", "SELECT 1 FROM destroyed_key WHERE key_id = $1", &[id.0.into()])
        })?;
        Ok(!rows.is_empty())
    }

    /// What the engine's own check of the key store says; empty when all is well.
    pub(crate) fn integrity(&self) -> Result<Vec<String>> {
        self.db.with(|conn| match conn.engine() {
            Engine::Sqlite => crate::assurance::health::integrity(conn),
            Engine::Postgres => Ok(Vec::new()),
        })
    }

    /// The names of all destroyed keys: what a restore must replay.
    ///
    /// # Errors
    /// When the key store cannot be read.
    pub fn destroyed(&self) -> Result<Vec<(KeyId, Timestamp)>> {
        let rows = self.db.with(|conn| {
            conn.query(
                "destroyed_key",
                "SELECT key_id, destroyed_at FROM destroyed_key ORDER BY destroyed_at",
                &[],
            )
        })?;
        rows.iter().map(|r| Ok((KeyId(r.get(0, "key_id")?), r.get(1, "destroyed_at")?))).collect()
    }

    /// Keeps what was disposed of, so that it outlives a restore of the database.
    ///
    /// # Errors
    /// When the key store cannot be written; then nothing was kept.
    pub(crate) fn note_disposed(&self, disposals: &[Disposal]) -> Result<()> {
        self.db.transaction(|conn| disposals.iter().try_for_each(|d| insert_disposal(conn, d)))
    }

    /// What was disposed of, runs first.
    ///
    /// # Errors
    /// When the key store cannot be read.
    pub(crate) fn disposed(&self) -> Result<Vec<Disposal>> {
        self.db.with(disposals)
    }

    /// Wraps every key anew by the newest wrapping key of `organisation`. Nothing else changes; it can
    /// be done while the product runs.
    ///
    /// # Errors
    /// When a key cannot be opened or written; then none was wrapped anew.
    pub fn rewrap(&self, organisation: OrganisationKeys) -> Result<usize> {
        let organisation = Arc::new(organisation);
        *self.organisation.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&organisation);
        let version = organisation.current_version();
        self.db.transaction(|conn| {
            if conn.engine() == Engine::Postgres {
                conn.batch("LOCK TABLE wrapped_key IN EXCLUSIVE MODE")?;
            }
            refuse_if_rotated(conn, &organisation)?;
            conn.execute(
                "INSERT INTO key_store (id, wrapping_version) VALUES (1, $1) \
                 ON CONFLICT (id) DO UPDATE SET wrapping_version = EXCLUDED.wrapping_version",
                &[version.into()],
            )?;
            let rows = conn.query(
                "wrapped_key",
                "SELECT key_id, wrapping_version, wrapped FROM wrapped_key WHERE wrapping_version <> $1",
                &[version.into()],
            )?;
            for row in &rows {
                let id = KeyId(row.get(0, "key_id")?);
                let key =
                    self.unwrap_key(id, row.get(1, "wrapping_version")?, &row.get::<Vec<u8>>(2, "wrapped")?)?;
                conn.execute(
                    "UPDATE wrapped_key SET wrapping_version = $2, wrapped = $3 WHERE key_id = $1",
                    &[id.0.into(), version.into(), self.wrap(&organisation, id, &key)?.into()],
                )?;
            }
            Ok(rows.len())
        })
    }

    /// How many keys there are, and how many of them do not open.
    ///
    /// # Errors
    /// When the key store cannot be read.
    pub(crate) fn check(&self) -> Result<(usize, usize)> {
        let rows = self.db.with(|conn| {
            conn.query("wrapped_key", "SELECT key_id, wrapping_version, wrapped FROM wrapped_key", &[])
        })?;
        let opens = |r: &Row| -> Result<()> {
            let id = KeyId(r.get(0, "key_id")?);
            self.unwrap_key(id, r.get(1, "wrapping_version")?, &r.get::<Vec<u8>>(2, "wrapped")?).map(|_| ())
        };
        Ok((rows.len(), rows.iter().filter(|r| opens(r).is_err()).count()))
    }

    /// Makes what was deleted unreadable in the files too (write-ahead log, free pages).
    ///
    /// # Errors
    /// When the engine refuses.
    pub fn scrub(&self) -> Result<()> {
        self.db.with(|conn| match conn.engine() {
            Engine::Sqlite => conn.batch("PRAGMA wal_checkpoint(TRUNCATE)"),
            Engine::Postgres => conn.batch("VACUUM wrapped_key"),
        })
    }

    /// The whole key store as lines of text: wrapped keys and tombstones. Keys stay wrapped.
    pub(crate) fn dump(&self) -> Result<(Vec<u8>, usize)> {
        let copy = self.db.with(|conn| {
            let keys = conn.query(
                "wrapped_key",
                "SELECT key_id, wrapping_version, wrapped, made_at FROM wrapped_key",
                &[],
            )?;
            let gone = conn.query("destroyed_key", "SELECT key_id, destroyed_at FROM destroyed_key", &[])?;
            Ok(Copy {
                keys: keys
                    .iter()
                    .map(|r| {
                        Ok((
                            r.get(0, "key_id")?,
                            r.get(1, "version")?,
                            r.get(2, "wrapped")?,
                            r.get(3, "made_at")?,
                        ))
                    })
                    .collect::<Result<_>>()?,
                destroyed: gone
                    .iter()
                    .map(|r| Ok((r.get(0, "key_id")?, r.get(1, "destroyed_at")?)))
                    .collect::<Result<_>>()?,
                disposed: disposals(conn)?,
            })
        })?;
        let text =
            serde_json::to_vec(&copy).map_err(|_| StoreError::Keys("unreadable key store".to_owned()))?;
        Ok((text, copy.keys.len()))
    }

    /// Adds what [`KeyStore::dump`] wrote. A destroyed key stays destroyed, whichever side knew it first.
    pub(crate) fn load(&self, content: &[u8]) -> Result<usize> {
        let copy: Copy = serde_json::from_slice(content)
            .map_err(|_| StoreError::Keys("this is not a copy of a key store: use another".to_owned()))?;
        for (id, version, wrapped, _) in &copy.keys {
            let id =
                KeyId(id.as_slice().try_into().map_err(|_| StoreError::Unsealable { table: "wrapped_key" })?);
            self.unwrap_key(id, *version, wrapped).map_err(|_| {
                StoreError::Keys(
                    "the organisation's key does not open this copy of the key store: use the key file of that time"
                        .to_owned(),
                )
            })?;
        }
        self.db.transaction(|conn| {
            for (id, at) in &copy.destroyed {
                conn.execute("DELETE FROM wrapped_key WHERE key_id = $1", &[id.as_slice().into()])?;
                conn.execute(
                    "INSERT INTO destroyed_key (key_id, destroyed_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    &[id.as_slice().into(), (*at).into()],
                )?;
            }
            copy.disposed.iter().try_for_each(|d| insert_disposal(conn, d))?;
            let mut added = 0;
            for (id, version, wrapped, at) in &copy.keys {
                added += conn.execute(
                    "INSERT INTO wrapped_key (key_id, wrapping_version, wrapped, made_at) SELECT $1, $2, $3, $4 \
                     WHERE NOT EXISTS (SELECT 1 FROM destroyed_key WHERE key_id = $1) ON CONFLICT DO NOTHING",
                    &[id.as_slice().into(), (*version).into(), wrapped.as_slice().into(), (*at).into()],
                )?;
            }
            Ok(added as usize)
        })
    }
}

fn insert_disposal(conn: &mut Conn, d: &Disposal) -> Result<()> {
    conn.execute(
        "INSERT INTO disposed (controller_id, run_id, number, kind, pseudonym, content, disposed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        &[
            d.controller.into(),
            d.run.into(),
            d.number.into(),
            d.kind.as_str().into(),
            d.pseudonym.into(),
            d.content.as_str().into(),
            d.at.into(),
        ],
    )
    .map(|_| ())
}

fn disposals(conn: &mut Conn) -> Result<Vec<Disposal>> {
    let rows = conn.query(
        "disposed",
        "SELECT controller_id, run_id, number, kind, pseudonym, content, disposed_at FROM disposed \
         ORDER BY controller_id, number, run_id",
        &[],
    )?;
    rows.iter()
        .map(|r| {
            Ok(Disposal {
                controller: r.get(0, "controller_id")?,
                run: r.get(1, "run_id")?,
                number: r.get(2, "number")?,
                kind: r.get(3, "kind")?,
                pseudonym: r.get(4, "pseudonym")?,
                content: r.get(5, "content")?,
                at: r.get(6, "disposed_at")?,
            })
        })
        .collect()
}

/// A process that still holds the key file of before a rotation must make no key: what it wraps by the
/// old wrapping key could not be opened once that is forgotten.
fn refuse_if_rotated(conn: &mut Conn, organisation: &OrganisationKeys) -> Result<()> {
    let rows = conn.query("key_store", "SELECT wrapping_version FROM key_store WHERE id = 1", &[])?;
    let newest: i64 = rows.first().map_or(Ok(0), |r| r.get(0, "wrapping_version"))?;
    if newest <= i64::from(organisation.current_version()) {
        return Ok(());
    }
    Err(StoreError::Keys(
        "the organisation's key was rotated since this process started: restart it with the new key file"
            .to_owned(),
    ))
}

/// A copy of the key store.
#[derive(serde::Serialize, serde::Deserialize)]
struct Copy {
    keys: Vec<(Vec<u8>, i64, Vec<u8>, i64)>,
    destroyed: Vec<(Vec<u8>, i64)>,
    /// What was disposed of; a copy of before this was kept has none.
    #[serde(default)]
    disposed: Vec<Disposal>,
}

/// Something that was disposed of, or the certificate of a run: what a restore does again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Disposal {
    /// The organisation.
    pub(crate) controller: [u8; 16],
    /// The run.
    pub(crate) run: [u8; 16],
    /// The item's number in the run; -1 for the run itself.
    pub(crate) number: i64,
    /// `case`, `person`, `request`, or `run`.
    pub(crate) kind: String,
    /// The pseudonym of what it was; zeros for a run.
    pub(crate) pseudonym: [u8; 16],
    /// What was deleted, by table; for a run all of it with its certificate.
    pub(crate) content: String,
    /// When, in milliseconds since 1970.
    pub(crate) at: i64,
}

fn key_place(id: &KeyId) -> Place<'_> {
    Place { table: "wrapped_key", column: "wrapped", row: &id.0 }
}
