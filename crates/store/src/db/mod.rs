//! The thin layer: one SQL text with `$1` parameters on both engines.

mod postgres;
mod sqlite;
mod value;

pub use self::postgres::PostgresPool;
pub use self::sqlite::{SqliteFiles, open as open_sqlite};
pub use self::value::{FromColumn, Row, Value};

use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Result, StoreError};

/// How many statements this process has sent to its databases: what an act costs in journeys.
static SENT: AtomicU64 = AtomicU64::new(0);

/// How many statements this process has sent to its databases.
#[must_use]
pub fn statements_sent() -> u64 {
    SENT.load(Ordering::Relaxed)
}

fn sent() {
    SENT.fetch_add(1, Ordering::Relaxed);
}

/// Which engine a connection talks to. Only migrations and the full-text query differ by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded SQLite.
    Sqlite,
    /// PostgreSQL, or an engine that speaks it.
    Postgres,
}

/// A connection to one of the two engines.
pub(crate) enum Conn {
    /// Embedded.
    Sqlite(sqlite::SqliteConn),
    /// A server.
    Postgres(Box<postgres::PostgresConn>),
}

impl std::fmt::Debug for Conn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Conn").field(&self.engine()).finish()
    }
}

impl Conn {
    /// Which engine this is.
    pub(crate) const fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs one statement and gives the number of rows that it changed.
    pub(crate) fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        sent();
        match self {
            Self::Sqlite(c) => c.execute(sql, params),
            Self::Postgres(c) => c.execute(sql, params),
        }
    }

    /// Adds rows to a table; [`StoreError::Conflict`] when one is there already.
    pub(crate) fn insert(&mut self, table: &str, columns: &[&str], rows: &[Vec<Value>]) -> Result<()> {
        sent();
        match self {
            Self::Sqlite(c) => c.insert(table, columns, rows),
            Self::Postgres(c) => c.insert(table, columns, rows),
        }
    }

    /// Runs one query; `table` names it in decode errors.
    pub(crate) fn query(&mut self, table: &'static str, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        sent();
        match self {
            Self::Sqlite(c) => c.query(table, sql, params),
            Self::Postgres(c) => c.query(table, sql, params),
        }
    }

    /// Runs several statements without parameters.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        sent();
        match self {
            Self::Sqlite(c) => c.batch(sql),
            Self::Postgres(c) => c.batch(sql),
        }
    }

    /// Copies the whole database, as of now, to a new file (SQLite's online backup).
    pub(crate) fn copy_to(&self, target: &std::path::Path) -> Result<()> {
        match self {
            Self::Sqlite(c) => c.copy_to(target),
            Self::Postgres(_) => Err(StoreError::Invalid("a server is not copied as a file".to_owned())),
        }
    }

    /// Gives a table's rows, in PostgreSQL's own binary form, to `take`.
    pub(crate) fn copy_out(
        &mut self,
        table: &str,
        take: &mut dyn FnMut(&mut dyn std::io::Read) -> Result<()>,
    ) -> Result<()> {
        match self {
            Self::Sqlite(_) => Err(StoreError::Invalid("a file is not copied table by table".to_owned())),
            Self::Postgres(c) => c.copy_out(table, take),
        }
    }

    /// Fills a table from what [`Conn::copy_out`] gave.
    pub(crate) fn copy_in(&mut self, table: &str, content: &mut dyn std::io::Read) -> Result<()> {
        match self {
            Self::Sqlite(_) => Err(StoreError::Invalid("a file is not filled table by table".to_owned())),
            Self::Postgres(c) => c.copy_in(table, content),
        }
    }

    /// The schema as it lives: every column of every table of our own.
    pub(crate) fn columns(&mut self) -> Result<Vec<(String, String)>> {
        let rows = match self.engine() {
            Engine::Sqlite => self.query(
                "schema",
                "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'search_tokens_%' \
                 ORDER BY m.name, c.cid",
                &[],
            ),
            Engine::Postgres => self.query(
                "schema",
                "SELECT table_name::text, column_name::text FROM information_schema.columns \
                 WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position",
                &[],
            ),
        }?;
        rows.iter().map(|r| Ok((r.get(0, "table")?, r.get(1, "column")?))).collect()
    }

    /// One step of merging the embedded full-text index, which drops what was deleted from it; false when
    /// nothing is left to merge.
    pub(crate) fn merge_search(&mut self) -> Result<bool> {
        match self {
            Self::Sqlite(c) => c.merge_search(),
            Self::Postgres(_) => Ok(false),
        }
    }

    /// Begins a transaction that sees one moment and writes nothing.
    pub(crate) fn begin_snapshot(&mut self) -> Result<()> {
        self.batch(match self.engine() {
            Engine::Sqlite => "BEGIN DEFERRED",
            Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        })
    }

    /// Begins a transaction that can write.
    pub(crate) fn begin(&mut self) -> Result<()> {
        self.batch(match self.engine() {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ",
        })
    }

    /// Makes the transaction durable.
    pub(crate) fn commit(&mut self) -> Result<()> {
        self.batch("COMMIT")
    }

    /// Undoes the transaction; a failure leaves a connection that must not be used again.
    pub(crate) fn rollback(&mut self) -> Result<()> {
        self.batch("ROLLBACK")
    }
}
