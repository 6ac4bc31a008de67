//! PostgreSQL: a small pool of blocking connections with cached statements.

use std::collections::HashMap;
use std::error::Error as _;
use std::io::Read;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use postgres::error::SqlState;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, NoTls, Statement};

use super::value::{Row, Value};
use crate::error::{Result, StoreError};

/// One open connection and the statements prepared on it.
pub(crate) struct PostgresConn {
    client: Client,
    statements: HashMap<String, Statement>,
}

impl PostgresConn {
    fn open(config: &Config) -> Result<Self> {
        let mut client = config.connect(NoTls).map_err(|e| StoreError::Unavailable(describe(&e)))?;
        client
            .batch_execute(
                "SET synchronous_commit = on; SET client_min_messages = warning; SET lock_timeout = '10s'",
            )
            .map_err(|e| failed(&e))?;
        Ok(Self { client, statements: HashMap::new() })
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(|e| failed(&e))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(super) fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        let statement = self.prepare(sql)?;
        self.client.execute(&statement, &borrowed(params)).map_err(|e| failed(&e))
    }

    /// A few rows in one statement, many by `COPY`.
    pub(super) fn insert(&mut self, table: &str, columns: &[&str], rows: &[Vec<Value>]) -> Result<()> {
        if rows.len() >= BY_COPY {
            return self.copy_rows(table, columns, rows);
        }
        let mut rest = rows;
        while !rest.is_empty() {
            // By powers of two, so that few statements are prepared.
            let (some, others) = rest.split_at(1 << rest.len().ilog2());
            rest = others;
            let mut next = 0;
            let mut row = || {
                let places: Vec<String> = columns
                    .iter()
                    .map(|_| {
                        next += 1;
                        format!("${next}")
                    })
                    .collect();
                format!("({})", places.join(", "))
            };
            let places: Vec<String> = some.iter().map(|_| row()).collect();
            let sql = format!("INSERT INTO {table} ({}) VALUES {}", columns.join(", "), places.join(", "));
            let statement = self.prepare(&sql)?;
            let params: Vec<&(dyn ToSql + Sync)> =
                some.iter().flatten().map(|p| p as &(dyn ToSql + Sync)).collect();
            self.client.execute(&statement, &params).map_err(|e| taken(&e))?;
        }
        Ok(())
    }

    fn copy_rows(&mut self, table: &str, columns: &[&str], rows: &[Vec<Value>]) -> Result<()> {
        let sql = format!("COPY {table} ({}) FROM STDIN (FORMAT binary)", columns.join(", "));
        let content = binary(rows)?;
        let mut writer = self.client.copy_in(sql.as_str()).map_err(|e| failed(&e))?;
        std::io::Write::write_all(&mut writer, &content)
            .map_err(|e| StoreError::Unavailable(e.to_string()))?;
        writer.finish().map(|_| ()).map_err(|e| taken(&e))
    }

    pub(super) fn query(&mut self, table: &'static str, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        let statement = self.prepare(sql)?;
        let rows = self.client.query(&statement, &borrowed(params)).map_err(|e| failed(&e))?;
        rows.iter()
            .enumerate()
            .map(|(number, row)| {
                let values = (0..row.len()).map(|i| decode(row, i, table, number)).collect::<Result<_>>()?;
                Ok(Row { table, number, values })
            })
            .collect()
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).map_err(|e| failed(&e))
    }

    pub(super) fn copy_out(
        &mut self,
        table: &str,
        take: &mut dyn FnMut(&mut dyn Read) -> Result<()>,
    ) -> Result<()> {
        let sql = format!("COPY {table} TO STDOUT (FORMAT binary)");
        let mut content = self.client.copy_out(sql.as_str()).map_err(|e| failed(&e))?;
        take(&mut content)
    }

    pub(super) fn copy_in(&mut self, table: &str, content: &mut dyn Read) -> Result<()> {
        let sql = format!("COPY {table} FROM STDIN (FORMAT binary)");
        let mut writer = self.client.copy_in(sql.as_str()).map_err(|e| failed(&e))?;
        std::io::copy(content, &mut writer)
            .map_err(|e| StoreError::File { what: "a table could not be restored", why: e.to_string() })?;
        writer.finish().map(|_| ()).map_err(|e| failed(&e))
    }

    fn is_usable(&self) -> bool {
        !self.client.is_closed()
    }
}

fn borrowed(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|p| p as &(dyn ToSql + Sync)).collect()
}

fn decode(row: &postgres::Row, index: usize, table: &'static str, number: usize) -> Result<Value> {
    let Some(column) = row.columns().get(index) else { return Ok(Value::Null) };
    let value = match *column.type_() {
        Type::INT8 => row.try_get::<_, Option<i64>>(index).map(|v| v.map(Value::Int)),
        Type::INT4 => row.try_get::<_, Option<i32>>(index).map(|v| v.map(|v| Value::Int(v.into()))),
        Type::BOOL => row.try_get::<_, Option<bool>>(index).map(|v| v.map(|v| Value::Int(v.into()))),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index).map(|v| v.map(Value::Bytes)),
        _ => row.try_get::<_, Option<String>>(index).map(|v| v.map(Value::Text)),
    };
    value.map(|v| v.unwrap_or(Value::Null)).map_err(|_| StoreError::Decode {
        table,
        column: "a column",
        row: number,
        why: "of a kind that is not kept",
    })
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut bytes::BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, ty) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(v), &Type::INT4) => i32::try_from(*v)?.to_sql(ty, out),
            (Self::Int(v), &Type::BOOL) => (*v != 0).to_sql(ty, out),
            (Self::Int(v), _) => v.to_sql(ty, out),
            (Self::Text(v), _) => v.as_str().to_sql(ty, out),
            (Self::Bytes(v), _) => v.as_slice().to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Connections that are lent and given back.
#[derive(Clone)]
pub struct PostgresPool {
    shared: Arc<Shared>,
}

struct Shared {
    config: Config,
    most: usize,
    state: Mutex<State>,
    freed: Condvar,
}

struct State {
    idle: Vec<PostgresConn>,
    open: usize,
}

impl std::fmt::Debug for PostgresPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresPool").field("most", &self.shared.most).finish_non_exhaustive()
    }
}

impl PostgresPool {
    /// A pool of at most `most` connections to `address` (`postgres://user:secret@host/database`), whose
    /// tables are in `schema`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the address cannot be read; the secret is never in the text.
    pub fn new(address: &str, schema: &str, most: usize) -> Result<Self> {
        let mut config: Config = address.parse().map_err(|_| {
            StoreError::Unavailable(
                "the PostgreSQL address is malformed: give `postgres://user@host:port/database`".to_owned(),
            )
        })?;
        config
            .application_name("counterfoil")
            .options(&format!("-c search_path={schema}"))
            .connect_timeout(Duration::from_secs(10));
        let state = Mutex::new(State { idle: Vec::new(), open: 0 });
        Ok(Self { shared: Arc::new(Shared { config, most, state, freed: Condvar::new() }) })
    }

    /// Lends a connection, opening one when none is idle and waiting when all are lent.
    pub(crate) fn take(&self) -> Result<Box<PostgresConn>> {
        let shared = &self.shared;
        let mut state = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(conn) = state.idle.pop() {
                return Ok(Box::new(conn));
            }
            if state.open < shared.most {
                state.open += 1;
                drop(state);
                return PostgresConn::open(&shared.config).map(Box::new).inspect_err(|_| self.forget());
            }
            state = shared.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes a connection back; one that is closed or in doubt is dropped.
    pub(crate) fn give_back(&self, conn: PostgresConn, clean: bool) {
        if clean && conn.is_usable() {
            let mut state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.idle.push(conn);
            drop(state);
            self.shared.freed.notify_one();
        } else {
            drop(conn);
            self.forget();
        }
    }

    fn forget(&self) {
        let mut state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.open = state.open.saturating_sub(1);
        drop(state);
        self.shared.freed.notify_one();
    }
}

/// From how many rows on `COPY` is worth its beginning and end.
const BY_COPY: usize = 64;

/// Rows in the binary form of `COPY`. A number is always BIGINT: the schema has no other.
fn binary(rows: &[Vec<Value>]) -> Result<Vec<u8>> {
    let too_large = |_| StoreError::Invalid("the content is too large to be kept".to_owned());
    let mut out = b"PGCOPY\n\xff\r\n\0".to_vec();
    out.extend_from_slice(&[0; 8]);
    for row in rows {
        out.extend_from_slice(&i16::try_from(row.len()).map_err(too_large)?.to_be_bytes());
        for value in row {
            let number;
            let bytes: &[u8] = match value {
                Value::Null => {
                    out.extend_from_slice(&(-1_i32).to_be_bytes());
                    continue;
                }
                Value::Int(v) => {
                    number = v.to_be_bytes();
                    &number
                }
                Value::Text(v) => v.as_bytes(),
                Value::Bytes(v) => v,
            };
            out.extend_from_slice(&i32::try_from(bytes.len()).map_err(too_large)?.to_be_bytes());
            out.extend_from_slice(bytes);
        }
    }
    out.extend_from_slice(&(-1_i16).to_be_bytes());
    Ok(out)
}

/// A row that is there already: somebody else was faster.
fn taken(error: &postgres::Error) -> StoreError {
    match error.code() {
        Some(&SqlState::UNIQUE_VIOLATION) => StoreError::Conflict,
        _ => failed(error),
    }
}

fn failed(error: &postgres::Error) -> StoreError {
    match error.code() {
        Some(
            &SqlState::T_R_SERIALIZATION_FAILURE
            | &SqlState::T_R_DEADLOCK_DETECTED
            | &SqlState::LOCK_NOT_AVAILABLE,
        ) => StoreError::Conflict,
        Some(&SqlState::DISK_FULL) => StoreError::File {
            what: "the change was not made",
            why: "the disk of the database is full: free some space and try again".to_owned(),
        },
        _ if error.is_closed() => StoreError::Unavailable("the connection was closed".to_owned()),
        _ => StoreError::Database(describe(error)),
    }
}

/// The server's short message (no detail, which may quote row contents).
fn describe(error: &postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || error.source().map_or_else(|| error.to_string(), ToString::to_string),
        |e| format!("{} (code {})", e.message(), e.code().code()),
    )
}
