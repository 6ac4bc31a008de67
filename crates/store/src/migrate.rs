//! Forward-only migrations. A landed migration is never edited: its hash is kept in the database and
//! compared at every start.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::db::{Conn, Engine};
use crate::error::{Result, StoreError};

/// One migration: the SQL for each engine (mostly the same text).
struct Migration {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

const fn both(version: i64, name: &'static str, sql: &'static str) -> Migration {
    Migration { version, name, sqlite: sql, postgres: sql }
}

/// In order.
const MIGRATIONS: &[Migration] = &[
    both(1, "spine", include_str!("../../../migrations/0001_spine.sql")),
    Migration {
        version: 2,
        name: "search",
        sqlite: include_str!("../../../migrations/0002_search.sqlite.sql"),
        postgres: include_str!("../../../migrations/0002_search.postgres.sql"),
    },
    both(3, "register", include_str!("../../../migrations/0003_register.sql")),
    both(4, "rights", include_str!("../../../migrations/0004_rights.sql")),
    both(5, "casebook", include_str!("../../../migrations/0005_casebook.sql")),
    both(6, "inbox", include_str!("../../../migrations/0006_inbox.sql")),
    both(7, "sharing", include_str!("../../../migrations/0007_sharing.sql")),
    both(8, "public", include_str!("../../../migrations/0008_public.sql")),
    both(9, "review", include_str!("../../../migrations/0009_review.sql")),
    both(10, "retention", include_str!("../../../migrations/0010_retention.sql")),
    both(11, "desk", include_str!("../../../migrations/0011_desk.sql")),
    both(12, "book", include_str!("../../../migrations/0012_book.sql")),
    Migration {
        version: 13,
        name: "scale",
        sqlite: include_str!("../../../migrations/0013_scale.sqlite.sql"),
        postgres: include_str!("../../../migrations/0013_scale.postgres.sql"),
    },
    Migration {
        version: 14,
        name: "lean",
        sqlite: include_str!("../../../migrations/0014_lean.sqlite.sql"),
        postgres: include_str!("../../../migrations/0014_lean.postgres.sql"),
    },
    both(15, "outcomes", include_str!("../../../migrations/0015_outcomes.sql")),
    both(16, "media", include_str!("../../../migrations/0016_media.sql")),
    both(17, "answerable", include_str!("../../../migrations/0017_answerable.sql")),
];

/// What a migration run found and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// The schema's version before.
    pub from: i64,
    /// The schema's version now.
    pub to: i64,
}

impl Migration {
    const fn sql(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }

    fn hash(&self, engine: Engine) -> [u8; 32] {
        Sha256::digest(self.sql(engine).as_bytes()).into()
    }
}

/// The newest schema that this program knows.
#[must_use]
pub fn known() -> i64 {
    MIGRATIONS.last().map_or(0, |m| m.version)
}

/// Brings the schema up to date.
///
/// # Errors
/// [`StoreError::NewerSchema`], [`StoreError::AlteredMigration`], or what the engine refused. Each
/// migration is one transaction: nothing is left half done.
pub(crate) fn migrate(conn: &mut Conn, now: Timestamp) -> Result<Migrated> {
    if conn.engine() == Engine::Postgres {
        // Two processes that start at once must not both migrate.
        conn.batch("SELECT pg_advisory_lock(7226321)")?;
    }
    let done = migrate_unlocked(conn, now);
    if conn.engine() == Engine::Postgres {
        conn.batch("SELECT pg_advisory_unlock(7226321)")?;
    }
    done
}

/// Makes the table of migrations.
pub(crate) fn make_ledger(conn: &mut Conn) -> Result<()> {
    conn.batch(
        "CREATE TABLE IF NOT EXISTS schema_migration (
            version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, hash BYTEA NOT NULL, made_at BIGINT NOT NULL)",
    )
}

/// Makes the tables of the migrations that the ledger names, inside the caller's transaction: for a
/// restore, whose rows are those of that schema.
pub(crate) fn rebuild(conn: &mut Conn) -> Result<()> {
    let (to, engine) = (check(conn)?, conn.engine());
    MIGRATIONS.iter().filter(|m| m.version <= to).try_for_each(|m| conn.batch(m.sql(engine)))
}

fn migrate_unlocked(conn: &mut Conn, now: Timestamp) -> Result<Migrated> {
    make_ledger(conn)?;
    let from = check(conn)?;
    for migration in MIGRATIONS.iter().filter(|m| m.version > from) {
        conn.begin()?;
        if let Err(e) = apply(conn, migration, now) {
            let _ = conn.rollback();
            return Err(e);
        }
        conn.commit()?;
    }
    Ok(Migrated { from, to: known() })
}

fn apply(conn: &mut Conn, migration: &Migration, now: Timestamp) -> Result<()> {
    let engine = conn.engine();
    conn.batch(migration.sql(engine))?;
    conn.execute(
        "INSERT INTO schema_migration (version, name, hash, made_at) VALUES ($1, $2, $3, $4)",
        &[migration.version.into(), migration.name.into(), migration.hash(engine).into(), now.into()],
    )?;
    Ok(())
}

/// The version of the schema, after checking that it is one that this program made.
pub(crate) fn check(conn: &mut Conn) -> Result<i64> {
    let engine = conn.engine();
    let rows =
        conn.query("schema_migration", "SELECT version, hash FROM schema_migration ORDER BY version", &[])?;
    let mut last = 0;
    for row in &rows {
        let version: i64 = row.get(0, "version")?;
        let Some(migration) = MIGRATIONS.iter().find(|m| m.version == version) else {
            return Err(StoreError::NewerSchema { found: version, known: known() });
        };
        if row.get::<[u8; 32]>(1, "hash")? != migration.hash(engine) {
            return Err(StoreError::AlteredMigration(version));
        }
        last = version;
    }
    Ok(last)
}
