//! The engines behind one type. Questions are asked in terms of tables, columns and keys; each engine
//! writes its own SQL.

mod fold;
mod postgres;
mod sqlite;

use std::time::Duration;

use self::postgres::PostgresSession;
use self::sqlite::SqliteSession;
use crate::error::Result;
use crate::live::{LiveTable, RowKey};
use crate::source::Address;
use crate::value::{Key, Value};

/// How many rows are held at a time.
pub(crate) const CHUNK: usize = 1_000;

/// A transaction on a source.
pub(crate) enum Session<'c> {
    Sqlite(SqliteSession<'c>),
    Postgres(PostgresSession<'c>),
}

/// What a session may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Nothing can be written.
    Read,
    /// Everything is written, or nothing.
    Write,
}

/// A table that the dataset names.
#[derive(Debug, Clone)]
pub(crate) struct TableName {
    pub schema: Option<String>,
    pub name: String,
}

/// Rows whose column holds one of the keys.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    /// The column.
    pub column: String,
    /// The keys are parts of what the column holds, or elements of it: the engine gives a row too many
    /// rather than one too few.
    pub inside: bool,
    /// Compared without case; the keys are in lower case.
    pub fold: bool,
    pub keys: Vec<Key>,
}

/// Which rows of a table, and what of them.
pub(crate) struct Query<'q> {
    pub table: &'q LiveTable,
    pub key: &'q RowKey,
    pub columns: &'q [String],
    /// A row that any of them holds.
    pub filters: &'q [Filter],
}

/// A row: what tells it from others, and what was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub key: Vec<Value>,
    pub values: Vec<Value>,
}

/// New texts for some columns of a row; `None` is nothing.
pub(crate) struct Change {
    pub key: Vec<Value>,
    pub values: Vec<Option<String>>,
}

/// How many rows of `table` hold each key in `column`, counted up to `most`.
pub(crate) struct Holders<'q> {
    pub table: &'q LiveTable,
    pub column: &'q str,
    pub keys: &'q [Key],
    pub most: usize,
}

/// Called with each handful of rows; the session is free to be asked meanwhile.
pub(crate) type OnRows<'a> = dyn FnMut(&mut Session<'_>, Vec<Row>) -> Result<()> + 'a;

/// Runs `act` in one transaction; an error undoes everything.
pub(crate) fn with_session<T>(
    address: &Address,
    mode: Mode,
    timeout: Duration,
    act: impl FnOnce(&mut Session<'_>) -> Result<T>,
) -> Result<T> {
    match address {
        Address::Sqlite(path) => sqlite::with(path, mode, timeout, act),
        Address::Postgres(url) => postgres::with(url, mode, timeout, act),
    }
}

impl Session<'_> {
    /// The tables as they live; `None` where there is none of that name.
    pub(crate) fn tables(&mut self, names: &[TableName]) -> Result<Vec<Option<LiveTable>>> {
        match self {
            Self::Sqlite(s) => s.tables(names),
            Self::Postgres(s) => s.tables(names),
        }
    }

    /// Every table that the connection sees.
    pub(crate) fn all_tables(&mut self) -> Result<Vec<String>> {
        match self {
            Self::Sqlite(s) => s.all_tables(),
            Self::Postgres(s) => s.all_tables(),
        }
    }

    /// Gives the rows of a question, a handful at a time.
    pub(crate) fn select(&mut self, query: &Query<'_>, each: &mut OnRows<'_>) -> Result<()> {
        match self {
            Self::Sqlite(_) => sqlite::select(self, query, each),
            Self::Postgres(_) => postgres::select(self, query, each),
        }
    }

    /// For each question the keys and how many rows hold them.
    pub(crate) fn holders(&mut self, questions: &[Holders<'_>]) -> Result<Vec<Vec<(Key, usize)>>> {
        match self {
            Self::Sqlite(s) => s.holders(questions),
            Self::Postgres(s) => s.holders(questions),
        }
    }

    /// Writes new values and gives the number of rows that changed.
    pub(crate) fn rewrite(
        &mut self,
        table: &LiveTable,
        key: &RowKey,
        columns: &[String],
        changes: &[Change],
    ) -> Result<u64> {
        match self {
            Self::Sqlite(s) => s.rewrite(table, key, columns, changes),
            Self::Postgres(s) => s.rewrite(table, key, columns, changes),
        }
    }

    /// Deletes rows and gives their number.
    pub(crate) fn delete(&mut self, table: &LiveTable, key: &RowKey, rows: &[Vec<Value>]) -> Result<u64> {
        match self {
            Self::Sqlite(s) => s.delete(table, key, rows),
            Self::Postgres(s) => s.delete(table, key, rows),
        }
    }

    /// How many statements were sent.
    pub(crate) const fn statements(&self) -> u64 {
        match self {
            Self::Sqlite(s) => s.statements,
            Self::Postgres(s) => s.statements,
        }
    }

    /// The engine's name.
    pub(crate) const fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgresql",
        }
    }
}

/// A name as SQL writes it.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The columns that tell a row from others, as SQL.
pub(crate) fn key_columns(key: &RowKey) -> Vec<String> {
    match key {
        RowKey::Columns(names) => names.iter().map(|n| quote(n)).collect(),
        RowKey::Hidden(name) => vec![(*name).to_owned()],
        RowKey::Whole => Vec::new(),
    }
}
