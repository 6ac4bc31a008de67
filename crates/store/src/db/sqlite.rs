//! SQLite: files opened with settings that lose nothing and forget what is deleted.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql};

use super::value::{Row, Value};
use crate::error::{Result, StoreError};

/// Where the parts of an embedded store are.
#[derive(Debug, Clone)]
pub struct SqliteFiles {
    /// The database.
    pub database: PathBuf,
    /// The key store, a file of its own with its own short backup cycle.
    pub keys: PathBuf,
}

impl SqliteFiles {
    /// The usual names inside a data folder.
    #[must_use]
    pub fn inside(folder: &Path) -> Self {
        Self { database: folder.join("counterfoil.db"), keys: folder.join("keys.db") }
    }
}

/// An open SQLite connection.
pub(crate) struct SqliteConn {
    inner: Connection,
}

/// Opens (and makes, when `create`) a database file.
///
/// # Errors
/// [`StoreError::Unavailable`] when the file cannot be opened or is not a database.
pub fn open(path: &Path, create: bool) -> Result<super::Conn> {
    SqliteConn::open(path, create).map(super::Conn::Sqlite)
}

impl SqliteConn {
    fn open(path: &Path, create: bool) -> Result<Self> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if create {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let inner = Connection::open_with_flags(path, flags).map_err(|e| unavailable(&e))?;
        inner.set_prepared_statement_cache_capacity(256);
        inner.busy_timeout(Duration::from_secs(10)).map_err(|e| unavailable(&e))?;
        // INVARIANT: an acknowledged write is on the disk (synchronous=FULL), and deleted content is
        // overwritten (secure_delete).
        inner
            .execute_batch(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; \
                 PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; \
                 PRAGMA cache_size=-32768; PRAGMA mmap_size=268435456; PRAGMA trusted_schema=OFF;",
            )
            .map_err(|e| unavailable(&e))?;
        Ok(Self { inner })
    }

    pub(super) fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        let mut statement = self.inner.prepare_cached(&positional(sql)).map_err(|e| failed(&e))?;
        let changed = statement.execute(rusqlite::params_from_iter(params)).map_err(|e| failed(&e))?;
        Ok(changed as u64)
    }

    pub(super) fn insert(&mut self, table: &str, columns: &[&str], rows: &[Vec<Value>]) -> Result<()> {
        let places: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
        let sql = format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", "));
        let mut statement = self.inner.prepare_cached(&sql).map_err(|e| failed(&e))?;
        for row in rows {
            statement.execute(rusqlite::params_from_iter(row)).map_err(|e| taken(&e))?;
        }
        Ok(())
    }

    pub(super) fn query(&mut self, table: &'static str, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        let mut statement = self.inner.prepare_cached(&positional(sql)).map_err(|e| failed(&e))?;
        let width = statement.column_count();
        let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(|e| failed(&e))?;
        let mut out = Vec::new();
        while let Some(row) = rows.next().map_err(|e| failed(&e))? {
            let number = out.len();
            let values = (0..width)
                .map(|i| row.get_ref(i).map_err(|e| failed(&e)).and_then(|v| decode(v, table, number)))
                .collect::<Result<_>>()?;
            out.push(Row { table, number, values });
        }
        Ok(out)
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<()> {
        self.inner.execute_batch(sql).map_err(|e| failed(&e))
    }

    pub(super) fn copy_to(&self, target: &Path) -> Result<()> {
        let mut copy = Connection::open(target).map_err(|e| unavailable(&e))?;
        let backup = rusqlite::backup::Backup::new(&self.inner, &mut copy).map_err(|e| failed(&e))?;
        // In one step, which is one read transaction: in several, each commit in between would begin it
        // anew, and under steady writing it would never end.
        match backup.step(-1).map_err(|e| failed(&e))? {
            rusqlite::backup::StepResult::Done => Ok(()),
            _ => Err(StoreError::Conflict),
        }
    }

    /// FTS5 keeps the tokens of deleted rows until their segments are merged.
    pub(super) fn merge_search(&mut self) -> Result<bool> {
        let before = self.inner.total_changes();
        self.batch("INSERT INTO search_tokens (search_tokens, rank) VALUES ('merge', -500)")?;
        Ok(self.inner.total_changes() - before >= 2)
    }
}

fn decode(value: ValueRef<'_>, table: &'static str, row: usize) -> Result<Value> {
    match value {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(v) => Ok(Value::Int(v)),
        ValueRef::Blob(v) => Ok(Value::Bytes(v.to_vec())),
        ValueRef::Text(v) => std::str::from_utf8(v)
            .map(|v| Value::Text(v.to_owned()))
            .map_err(|_| StoreError::Decode { table, column: "a text column", row, why: "not UTF-8" }),
        ValueRef::Real(_) => {
            Err(StoreError::Decode { table, column: "a column", row, why: "a fraction where none is kept" })
        }
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(v) => ValueRef::Integer(*v),
            Self::Text(v) => ValueRef::Text(v.as_bytes()),
            Self::Bytes(v) => ValueRef::Blob(v),
        }))
    }
}

/// SQLite numbers `$1` by first appearance, PostgreSQL by its digits; `?1` goes by its digits too.
fn positional(sql: &str) -> String {
    sql.replace('$', "?")
}

fn unavailable(error: &rusqlite::Error) -> StoreError {
    StoreError::Unavailable(describe(error))
}

/// A row that is there already: somebody else was faster.
fn taken(error: &rusqlite::Error) -> StoreError {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
    match error {
        rusqlite::Error::SqliteFailure(code, _)
            if [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE].contains(&code.extended_code) =>
        {
            StoreError::Conflict
        }
        other => failed(other),
    }
}

fn failed(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Conflict,
        Some(ErrorCode::DiskFull) => StoreError::File {
            what: "the change was not made",
            why: "the disk is full: free some space and try again".to_owned(),
        },
        Some(ErrorCode::SystemIoFailure) => StoreError::File {
            what: "the change was not made",
            why: format!(
                "the disk took no more, or fails: look whether it is full, then try again ({})",
                describe(error)
            ),
        },
        _ => StoreError::Database(describe(error)),
    }
}

/// The engine's own words for the kind of failure; never a statement or a value.
fn describe(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(code, Some(text)) => format!("{text} (code {})", code.extended_code),
        rusqlite::Error::SqliteFailure(code, None) => code.to_string(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}
