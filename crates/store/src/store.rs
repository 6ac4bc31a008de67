//! The store: one concrete type over both engines, and the only door to personal data.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use counterfoil_domain::access::{FlagSet, Purpose, Verb};
use counterfoil_domain::ids::{ControllerId, OfficeId, PersonId, uuid_v7};
use jiff::Timestamp;

use crate::access::{Actor, Gate};
use crate::assurance::audit;
use crate::db::{self, Conn, Engine, PostgresPool, SqliteFiles};
use crate::error::{Result, StoreError};
use crate::files::Files;
use crate::lane::Lane;
use crate::migrate::{self, Migrated};
use crate::seal::aead::KeyId;
use crate::seal::blind::BlindKeys;
use crate::seal::entropy::Entropy;
use crate::seal::keystore::KeyStore;
use crate::seal::organisation::OrganisationKeys;
use crate::tx::{After, Tx};

/// How often an act that lost a race is tried again.
const TRIES: u32 = 12;

/// Whose record the gate refused, at which office, and what is odd about it.
pub(crate) type RefusedRecord = (PersonId, OfficeId, FlagSet);

/// Gives the time. Tests freeze it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Where the data is.
#[derive(Debug, Clone)]
pub enum Place {
    /// A folder with an embedded SQLite database, its key store and files.
    Folder(PathBuf),
    /// A PostgreSQL database, and a folder for files.
    Postgres {
        /// `postgres://user@host:port/database`.
        address: String,
        /// The most connections that this process opens (the key store has two more).
        connections: usize,
        /// The schema, so that several installations share a server; `public` by default.
        schema: String,
        /// Where files are kept.
        files: PathBuf,
    },
}

/// What the store needs from outside.
pub struct Surroundings {
    /// The organisation's keys.
    pub keys: OrganisationKeys,
    /// The policies.
    pub gate: Gate,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
}

impl std::fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Surroundings")
    }
}

/// A handle on the store; cloning it is cheap.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) backend: Backend,
    pub(crate) keys: KeyStore,
    pub(crate) blind: BlindKeys,
    pub(crate) gate: Gate,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    pub(crate) files: Files,
    /// How many backups are being written.
    pub(crate) backups: AtomicUsize,
    controllers: Mutex<HashMap<ControllerId, KeyId>>,
}

pub(crate) enum Backend {
    Sqlite { lane: Lane, path: PathBuf, readers: Mutex<Vec<Conn>> },
    Postgres(PostgresPool),
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("engine", &self.engine()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store, making or migrating the schema as needed, and finishes what a crash left
    /// undone (erasures whose key was not yet destroyed).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::NewerSchema`], [`StoreError::AlteredMigration`],
    /// [`StoreError::Keys`] when the organisation's key is another.
    pub fn open(place: &Place, surroundings: Surroundings) -> Result<(Self, Migrated)> {
        let now = (surroundings.clock)();
        let Surroundings { keys, gate, clock, entropy } = surroundings;
        let blind = BlindKeys::new(&keys);
        let (backend, keys, files, migrated) = match place {
            Place::Folder(folder) => open_folder(folder, keys, &entropy, now)?,
            Place::Postgres { address, connections, schema, files } => {
                open_postgres((address, schema, *connections), files, keys, &entropy, now)?
            }
        };
        let (backups, controllers) = (AtomicUsize::new(0), Mutex::default());
        let inner = Inner { backend, keys, blind, gate, clock, entropy, files, backups, controllers };
        let store = Self { inner: Arc::new(inner) };
        store.finish_erasures()?;
        store.finish_contents()?;
        store.copy_disposals()?;
        Ok((store, migrated))
    }

    /// Which engine holds the data.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.inner.backend {
            Backend::Sqlite { .. } => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    /// The time, by the injected clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.inner.clock)()
    }

    /// Does one thing that a person does: everything in `work` happens, with its audit entries, or
    /// nothing does.
    ///
    /// `work` may run more than once (after a lost race), so it must have no effect outside `tx`.
    /// INVARIANT: no act commits without an audit entry; an act whose entry cannot be appended fails.
    ///
    /// # Errors
    /// What `work` answers. A refusal of the gate is itself recorded in the audit log.
    pub fn act<T>(
        &self,
        who: &Actor,
        verb: Verb,
        purpose: Purpose,
        work: impl Fn(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let (mut tries, mut refused) = (0, None);
        let outcome = loop {
            let outcome = self.try_act(who, verb, purpose, &work, &mut refused);
            tries += 1;
            match outcome {
                Err(e) if e.may_retry() && tries < TRIES => self.pause(tries),
                outcome => break outcome,
            }
        };
        if let Err(StoreError::Refused { why, policies, .. }) = &outcome {
            self.record_refusal(who, verb, purpose, (why, policies), refused)?;
        }
        outcome
    }

    fn try_act<T>(
        &self,
        who: &Actor,
        verb: Verb,
        purpose: Purpose,
        work: &impl Fn(&mut Tx<'_>) -> Result<T>,
        refused: &mut Option<RefusedRecord>,
    ) -> Result<T> {
        let mut after = Vec::new();
        let value = self.write_once(|conn| {
            let mut tx = Tx::new(conn, &self.inner, who, verb, purpose);
            let done = work(&mut tx);
            *refused = tx.refused;
            let value = done?;
            after = tx.finish()?;
            Ok(value)
        })?;
        after.iter().try_for_each(|a| self.follow_up(a))?;
        Ok(value)
    }

    pub(crate) fn record_refusal(
        &self,
        who: &Actor,
        verb: Verb,
        purpose: Purpose,
        (why, policies): (&str, &[String]),
        refused: Option<RefusedRecord>,
    ) -> Result<()> {
        self.write(|conn| {
            let mut tx = Tx::new(conn, &self.inner, who, verb, purpose);
            tx.append_refusal(why, policies)?;
            if let Some((person, office, flags)) = refused {
                tx.note_odd_refusal(person, office, flags)?;
            }
            tx.finish().map(|_| ())
        })
    }

    fn follow_up(&self, after: &After) -> Result<()> {
        match after {
            After::DestroyKey { controller, erasure, key } => {
                self.finish_erasure(*controller, *erasure, *key)
            }
            After::RemoveFile(address) => self.remove_unnamed(address),
            After::DestroyContentKey { controller, table, row, key } => {
                self.destroy_content_key(*controller, table, *row, *key)
            }
            After::DropKey(key) => self.inner.keys.destroy(&[*key], self.now()),
            After::CopyDisposals => self.copy_disposals(),
        }
    }

    /// Waits a little, longer after each lost race and never in step with another.
    fn pause(&self, tries: u32) {
        let [chance] = self.inner.entropy.bytes::<1>();
        let millis = u64::from(tries) * 2 + u64::from(chance % 8);
        std::thread::sleep(Duration::from_millis(millis));
    }

    /// Runs `work` in one write transaction, without gate or audit: only for the store's own upkeep. After
    /// a lost race it runs again.
    pub(crate) fn write<T>(&self, mut work: impl FnMut(&mut Conn) -> Result<T>) -> Result<T> {
        let mut tries = 0;
        loop {
            let outcome = self.write_once(&mut work);
            tries += 1;
            match outcome {
                Err(e) if e.may_retry() && tries < TRIES => self.pause(tries),
                outcome => return outcome,
            }
        }
    }

    pub(crate) fn write_once<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        match &self.inner.backend {
            Backend::Sqlite { lane, .. } => lane.run(work, &|conn| audit::sequence(conn)),
            Backend::Postgres(pool) => with_postgres(pool, |conn| {
                conn.begin()?;
                match work(conn) {
                    Ok(value) => conn.commit().map(|()| value),
                    Err(e) => {
                        conn.rollback()?;
                        Err(e)
                    }
                }
            }),
        }
    }

    /// Runs `work` on a connection outside any transaction (vacuum, checkpoint, backup).
    pub(crate) fn outside<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        match &self.inner.backend {
            Backend::Sqlite { lane, .. } => lane.outside(work, &|conn| audit::sequence(conn)),
            Backend::Postgres(pool) => with_postgres(pool, work),
        }
    }

    /// Runs a read that needs no permit because it reaches no personal data (counts, the log, lists of
    /// offices).
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        match &self.inner.backend {
            Backend::Sqlite { readers, path, .. } => {
                let idle = readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let mut conn = match idle {
                    Some(conn) => conn,
                    None => db::open_sqlite(path, false)?,
                };
                let out = work(&mut conn);
                readers.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
                out
            }
            Backend::Postgres(pool) => with_postgres(pool, work),
        }
    }

    /// After a great many rows were written at once: brings up to date what the engine knows of its tables, as it
    /// does by itself in time.
    ///
    /// # Errors
    /// What the database answers.
    pub fn after_load(&self) -> Result<()> {
        self.outside(|conn| match conn.engine() {
            Engine::Sqlite => conn.batch("PRAGMA wal_checkpoint(TRUNCATE)"),
            Engine::Postgres => {
                let mut tables: Vec<String> = conn.columns()?.into_iter().map(|(table, _)| table).collect();
                tables.dedup();
                tables.iter().try_for_each(|table| conn.batch(&format!("VACUUM (ANALYZE) {table}")))
            }
        })?;
        self.inner.keys.scrub()
    }

    /// Wraps every data key anew by the newest wrapping key of `keys`.
    ///
    /// # Errors
    /// When a key cannot be opened or written; then none was wrapped anew.
    pub fn rewrap_keys(&self, keys: OrganisationKeys) -> Result<usize> {
        self.inner.keys.rewrap(keys)
    }

    /// Every column of the live schema, the key store's included, as (table, column).
    ///
    /// # Errors
    /// What the database answers.
    pub fn schema(&self) -> Result<Vec<(String, String)>> {
        let mut columns = self.read(db::Conn::columns)?;
        columns.extend(self.inner.keys.schema()?);
        Ok(columns)
    }

    /// Sixteen bytes for a new identifier, by the injected clock and randomness.
    #[must_use]
    pub fn fresh_id(&self) -> [u8; 16] {
        self.inner.fresh_id(self.now())
    }
}

impl Inner {
    pub(crate) fn fresh_id(&self, now: Timestamp) -> [u8; 16] {
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        uuid_v7(millis, self.entropy.bytes())
    }

    /// The name of the controller's own data key, for what belongs to no single person.
    pub(crate) fn controller_key(&self, conn: &mut Conn, controller: ControllerId) -> Result<KeyId> {
        let mut known = self.controllers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = known.get(&controller) {
            return Ok(*id);
        }
        let rows = conn.query(
            "controller",
            "SELECT key_id FROM controller WHERE controller_id = $1",
            &[controller.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("organisation"))?;
        let id = KeyId(row.get(0, "key_id")?);
        known.insert(controller, id);
        Ok(id)
    }
}

/// A lent connection. One that a panic leaves in doubt is not used again, but its place is.
struct Lent<'a> {
    pool: &'a PostgresPool,
    conn: Option<Conn>,
    clean: bool,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(Conn::Postgres(conn)) = self.conn.take() {
            self.pool.give_back(*conn, self.clean);
        }
    }
}

fn with_postgres<T>(pool: &PostgresPool, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    let mut lent = Lent { pool, conn: Some(Conn::Postgres(pool.take()?)), clean: false };
    let Some(conn) = lent.conn.as_mut() else { return Err(StoreError::Conflict) };
    let out = work(conn);
    lent.clean = !matches!(out, Err(StoreError::Unavailable(_)));
    out
}

type Opened = (Backend, KeyStore, Files, Migrated);

fn open_folder(folder: &Path, keys: OrganisationKeys, entropy: &Entropy, now: Timestamp) -> Result<Opened> {
    std::fs::create_dir_all(folder)
        .map_err(|e| StoreError::File { what: "the data folder could not be made", why: e.to_string() })?;
    let places = SqliteFiles::inside(folder);
    let mut conn = db::open_sqlite(&places.database, true)?;
    let migrated = migrate::migrate(&mut conn, now)?;
    let keys = KeyStore::sqlite(db::open_sqlite(&places.keys, true)?, keys, entropy.clone())?;
    let backend = Backend::Sqlite { lane: Lane::new(conn), path: places.database, readers: Mutex::default() };
    Ok((backend, keys, Files::open(&folder.join("files"))?, migrated))
}

fn check_schema_name(schema: &str) -> Result<()> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if !schema.is_empty() && schema.bytes().all(plain) {
        return Ok(());
    }
    Err(StoreError::Invalid(format!(
        "`{schema}` cannot be a schema's name: use lower-case letters, digits and underscores"
    )))
}

/// One connection of its own to a schema, which is made when absent: for a restore, before there is a
/// store.
pub(crate) fn connect_alone(address: &str, schema: &str) -> Result<Conn> {
    check_schema_name(schema)?;
    let mut conn = Conn::Postgres(PostgresPool::new(address, schema, 1)?.take()?);
    conn.batch(&format!("CREATE SCHEMA IF NOT EXISTS {schema}"))?;
    Ok(conn)
}

fn open_postgres(
    (address, schema, connections): (&str, &str, usize),
    files: &Path,
    keys: OrganisationKeys,
    entropy: &Entropy,
    now: Timestamp,
) -> Result<Opened> {
    if schema.is_empty() || !schema.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    {
        return Err(StoreError::Invalid(format!(
            "`{schema}` cannot be a schema's name: use lower-case letters, digits and underscores"
        )));
    }
    let pool = PostgresPool::new(address, schema, connections)?;
    let key_schema = format!("{schema}_keys");
    let key_pool = PostgresPool::new(address, &key_schema, 2)?;
    let migrated = with_postgres(&pool, |conn| {
        conn.batch(&format!(
            "CREATE SCHEMA IF NOT EXISTS {schema}; CREATE SCHEMA IF NOT EXISTS {key_schema}"
        ))?;
        migrate::migrate(conn, now)
    })?;
    let keys = KeyStore::postgres(key_pool, keys, entropy.clone())?;
    Ok((Backend::Postgres(pool), keys, Files::open(files)?, migrated))
}
