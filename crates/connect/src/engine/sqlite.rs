//! SQLite files.

use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement, ToSql, params_from_iter};

use super::{
    CHUNK, Change, Filter, Holders, Mode, OnRows, Query, Row, Session, TableName, fold, key_columns, quote,
};
use crate::error::{Result, SourceError};
use crate::live::{ForeignKey, Kind, LiveColumn, LiveTable, RowKey};
use crate::value::{Key, Value};

/// How long another writer is waited for.
const BUSY: Duration = Duration::from_secs(10);

/// A transaction on a file.
pub(crate) struct SqliteSession<'c> {
    conn: &'c Connection,
    pub(super) statements: u64,
}

/// Opens the file and runs `act` in one transaction.
pub(super) fn with<T>(
    path: &Path,
    mode: Mode,
    timeout: Duration,
    act: impl FnOnce(&mut Session<'_>) -> Result<T>,
) -> Result<T> {
    let conn = open(path, mode, timeout)?;
    let begin = if mode == Mode::Read { "BEGIN DEFERRED" } else { "BEGIN IMMEDIATE" };
    conn.execute_batch(begin).map_err(|e| failed(&e))?;
    let mut session = Session::Sqlite(SqliteSession { conn: &conn, statements: 0 });
    let done = act(&mut session)?; // Closing the connection undoes what was not committed.
    conn.execute_batch("COMMIT").map_err(|e| failed(&e))?;
    if mode == Mode::Write {
        // What was overwritten must not live on in the write-ahead log; another reader may hold it for now.
        let _ = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
    Ok(done)
}

fn open(path: &Path, mode: Mode, timeout: Duration) -> Result<Connection> {
    if !path.is_file() {
        let message = format!("there is no database file `{}`", path.display());
        return Err(SourceError::failed("no-database", message));
    }
    let access = match mode {
        Mode::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Mode::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    let mut conn = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|_| SourceError::failed("no-database", format!("`{}` cannot be opened", path.display())))?;
    let settings = match mode {
        Mode::Read => "PRAGMA query_only = ON;",
        Mode::Write => "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;",
    };
    set_up(&mut conn, settings, timeout).map_err(|e| failed(&e))?;
    Ok(conn)
}

fn set_up(conn: &mut Connection, settings: &str, timeout: Duration) -> rusqlite::Result<()> {
    conn.busy_timeout(BUSY)?;
    conn.execute_batch(settings)?;
    conn.execute_batch(
        "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;",
    )?;
    rusqlite::vtab::array::load_module(conn)?;
    let end = Instant::now() + timeout;
    conn.progress_handler(100_000, Some(move || Instant::now() > end))?;
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
}

/// The library's words are never passed on: they can quote what a row holds.
fn failed(error: &rusqlite::Error) -> SourceError {
    let Some(code) = error.sqlite_error_code() else {
        return SourceError::failed("bad-answer", "the database gave what cannot be read");
    };
    match code {
        ErrorCode::NotADatabase => SourceError::failed("no-database", "the file is no SQLite database"),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            SourceError::failed("busy", "the database is held by another program: try again later")
        }
        ErrorCode::OperationInterrupted => SourceError::failed(
            "timeout",
            "the database took too long: add an index, or give a longer --timeout",
        ),
        ErrorCode::ConstraintViolation => SourceError::failed(
            "constraint",
            "a constraint of the database forbids the change: nothing was changed",
        ),
        ErrorCode::ReadOnly => SourceError::failed("read-only", "the database cannot be written to"),
        other => SourceError::failed("database", format!("the database failed: {other:?}").to_lowercase()),
    }
}

impl<'c> SqliteSession<'c> {
    fn prepare(&mut self, sql: &str) -> Result<Statement<'c>> {
        self.statements += 1;
        self.conn.prepare(sql).map_err(|e| failed(&e))
    }

    /// Every row of a small question, each read by `read`.
    fn all<T>(
        &mut self,
        sql: &str,
        params: &[&dyn ToSql],
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.prepare(sql)?;
        let rows = statement.query_map(params, read).map_err(|e| failed(&e))?;
        rows.collect::<rusqlite::Result<Vec<T>>>().map_err(|e| failed(&e))
    }

    pub(super) fn all_tables(&mut self) -> Result<Vec<String>> {
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
        self.all(sql, &[], |r| r.get(0))
    }

    pub(super) fn tables(&mut self, names: &[TableName]) -> Result<Vec<Option<LiveTable>>> {
        names.iter().map(|n| self.table(&n.name)).collect()
    }

    fn table(&mut self, name: &str) -> Result<Option<LiveTable>> {
        let sql = "SELECT type, wr FROM pragma_table_list WHERE schema = 'main' AND lower(name) = lower(?1)";
        let found: Vec<(String, bool)> = self.all(sql, &[&name], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let Some((kind, without_rowid)) = found.into_iter().next() else { return Ok(None) };
        let sql = "SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid";
        let mut keys: Vec<(i64, String)> = Vec::new();
        let columns = self.all(sql, &[&name], |r| {
            let column = column(r.get(0)?, r.get(1)?, r.get(2)?, r.get::<_, i64>(4)? > 1);
            let place: i64 = r.get(3)?;
            if place > 0 {
                keys.push((place, column.name.clone()));
            }
            Ok(column)
        })?;
        keys.sort();
        let primary_key: Vec<String> = keys.into_iter().map(|(_, n)| n).collect();
        let shadowed = columns.iter().any(|c| c.name.eq_ignore_ascii_case("rowid"));
        let hidden_key =
            (kind == "table" && !without_rowid).then_some(if shadowed { "_rowid_" } else { "rowid" });
        let mut table = LiveTable {
            name: name.to_owned(),
            columns,
            primary_key,
            hidden_key,
            fold_names: true,
            ..LiveTable::default()
        };
        self.indexes(&mut table)?;
        self.foreign_keys(&mut table)?;
        Ok(Some(table))
    }

    fn indexes(&mut self, table: &mut LiveTable) -> Result<()> {
        if !table.primary_key.is_empty() {
            table.unique.push(table.primary_key.clone());
            table.indexed.extend(table.primary_key.first().cloned());
        }
        let sql = "SELECT l.name, l.\"unique\", l.partial, i.seqno, i.name, i.coll FROM pragma_index_list(?1) l \
                   JOIN pragma_index_xinfo(l.name) i WHERE i.key = 1 ORDER BY l.seq, i.seqno";
        type Part = (String, bool, bool, i64, Option<String>, String);
        let parts: Vec<Part> = self.all(sql, &[&table.name], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?))
        })?;
        for (index, _, _, _, _, _) in parts.iter().filter(|p| p.3 == 0 && !p.2) {
            let mine: Vec<&Part> = parts.iter().filter(|p| p.0 == *index).collect();
            let names: Option<Vec<String>> = mine.iter().map(|p| p.4.clone()).collect();
            let leading = mine.first().and_then(|p| p.4.clone());
            let byte_order = mine.first().is_some_and(|p| p.5.eq_ignore_ascii_case("BINARY"));
            match leading {
                Some(leading) if byte_order => {
                    let column = table.columns.iter_mut().find(|c| c.name.eq_ignore_ascii_case(&leading));
                    column.into_iter().for_each(|c| c.bytes_order = Some("BINARY".to_owned()));
                    table.indexed.push(leading);
                }
                Some(leading) => table.indexed.push(format!("nocase({leading})")),
                None => table.indexed.extend(self.expression(index)?),
            }
            if mine.first().is_some_and(|p| p.1) {
                table.unique.extend(names);
            }
        }
        Ok(())
    }

    /// The `lower(column)` that an index on an expression begins with.
    fn expression(&mut self, index: &str) -> Result<Option<String>> {
        let sql = "SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?1";
        let texts: Vec<Option<String>> = self.all(sql, &[&index], |r| r.get(0))?;
        let text = texts.into_iter().flatten().next().unwrap_or_default();
        let inner = text.split_once('(').map_or("", |(_, rest)| rest).trim_start();
        let named = inner.get(..6).filter(|w| w.eq_ignore_ascii_case("lower(")).and_then(|_| inner.get(6..));
        let column = named.and_then(|rest| rest.split(')').next());
        Ok(column.map(|c| format!("lower({})", c.trim().trim_matches('"'))))
    }

    fn foreign_keys(&mut self, table: &mut LiveTable) -> Result<()> {
        let sql = "SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?1) ORDER BY id, seq";
        type Part = (i64, String, String, Option<String>);
        let parts: Vec<Part> =
            self.all(sql, &[&table.name], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?;
        let mut last = None;
        for (id, to_table, from, to) in parts {
            if last != Some(id) {
                table.foreign_keys.push(ForeignKey { columns: Vec::new(), table: to_table, to: Vec::new() });
                last = Some(id);
            }
            if let Some(key) = table.foreign_keys.last_mut() {
                key.columns.push(from);
                key.to.extend(to);
            }
        }
        Ok(())
    }

    pub(super) fn holders(&mut self, questions: &[Holders<'_>]) -> Result<Vec<Vec<(Key, usize)>>> {
        questions.iter().map(|q| self.held_by(q)).collect()
    }

    fn held_by(&mut self, q: &Holders<'_>) -> Result<Vec<(Key, usize)>> {
        let (table, column) = (quote(&q.table.name), quote(q.column));
        if q.table.is_indexed(q.column, false) {
            let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {column} = ?1 LIMIT ?2)");
            let mut statement = self.prepare(&sql)?;
            let most = i64::try_from(q.most).unwrap_or(i64::MAX);
            let count = |key: &Key| {
                let held: i64 =
                    statement.query_row((&sql_key(key), most), |r| r.get(0)).map_err(|e| failed(&e))?;
                Ok((key.clone(), usize::try_from(held).unwrap_or(usize::MAX)))
            };
            return q.keys.iter().map(count).collect();
        }
        let sql = format!("SELECT {column}, count(*) FROM {table} WHERE {column} IN rarray(?1) GROUP BY 1");
        let keys = array(q.keys, false);
        let found = self.all(&sql, &[&keys], |r| {
            let count: i64 = r.get(1)?;
            Ok((value(r.get_ref(0)?), usize::try_from(count).unwrap_or(usize::MAX)))
        })?;
        Ok(found.into_iter().filter_map(|(v, n)| Some((v.key()?, n))).collect())
    }

    pub(super) fn rewrite(
        &mut self,
        table: &LiveTable,
        key: &RowKey,
        columns: &[String],
        changes: &[Change],
    ) -> Result<u64> {
        let keys = key_columns(key);
        let named = |(at, name): (usize, &String)| format!("{} = ?{}", quote(name), at + 1);
        let set: Vec<String> = columns.iter().enumerate().map(named).collect();
        let differs = |(at, name): (usize, &String)| format!("{} IS NOT ?{}", quote(name), at + 1);
        let differs: Vec<String> = columns.iter().enumerate().map(differs).collect();
        let is = |(at, name): (usize, &String)| format!("{name} = ?{}", columns.len() + at + 1);
        let is: Vec<String> = keys.iter().enumerate().map(is).collect();
        let sql = format!(
            "UPDATE {} SET {} WHERE {} AND ({})",
            quote(&table.name),
            set.join(", "),
            is.join(" AND "),
            differs.join(" OR ")
        );
        let mut statement = self.prepare(&sql)?;
        let mut changed = 0;
        for change in changes {
            let new = change.values.iter().map(|v| v.clone().map_or(Sql::Null, Sql::Text));
            let params = new.chain(change.key.iter().map(sql_value));
            changed += statement.execute(params_from_iter(params)).map_err(|e| failed(&e))? as u64;
        }
        Ok(changed)
    }

    pub(super) fn delete(&mut self, table: &LiveTable, key: &RowKey, rows: &[Vec<Value>]) -> Result<u64> {
        let is: Vec<String> =
            key_columns(key).iter().enumerate().map(|(at, name)| format!("{name} = ?{}", at + 1)).collect();
        let sql = format!("DELETE FROM {} WHERE {}", quote(&table.name), is.join(" AND "));
        let mut statement = self.prepare(&sql)?;
        let mut deleted = 0;
        for row in rows {
            deleted += statement
                .execute(params_from_iter(row.iter().map(sql_value)))
                .map_err(|e| failed(&e))? as u64;
        }
        Ok(deleted)
    }

    /// The ways in which the keys are written in an index that knows case.
    fn spellings(&mut self, table: &LiveTable, filter: &Filter) -> Result<Option<Vec<Key>>> {
        let usable = table.column(&filter.column).is_some_and(|c| c.bytes_order.is_some())
            && table.is_indexed(&filter.column, false);
        if !usable {
            return Ok(None);
        }
        let mut found = Vec::new();
        for key in &filter.keys {
            let Key::Text(text) = key else { continue };
            let Some(letters) = fold::letters(text) else { return Ok(None) };
            if letters.is_empty() {
                found.push(key.clone());
                continue;
            }
            let places: Vec<String> =
                (0..letters.len()).map(|n| format!("(?{}, ?{})", 2 * n + 1, 2 * n + 2)).collect();
            let length = text.chars().count();
            let sql = fold::walk(
                &quote(&table.name),
                &quote(&filter.column),
                "TEXT",
                "char(1114111)",
                &places.join(", "),
                length,
            );
            let mut statement = self.prepare(&sql)?;
            let params = letters
                .into_iter()
                .flat_map(|(n, c)| [Sql::Integer(i64::try_from(n).unwrap_or(i64::MAX)), Sql::Text(c)]);
            let rows = statement
                .query_map(params_from_iter(params), |r| r.get::<_, String>(0))
                .map_err(|e| failed(&e))?;
            for row in rows {
                found.push(Key::Text(row.map_err(|e| failed(&e))?));
            }
        }
        Ok(Some(found))
    }

    /// One condition and its keys.
    fn condition(
        &mut self,
        table: &LiveTable,
        filter: &Filter,
        number: usize,
    ) -> Result<(String, Rc<Vec<Sql>>)> {
        let column = quote(&filter.column);
        if filter.inside {
            let value = if filter.fold { "lower(j.atom)" } else { "j.atom" };
            let sql = format!(
                "(CASE WHEN json_valid({column}) THEN EXISTS (SELECT 1 FROM json_tree({column}) j \
                 WHERE {value} IN rarray(?{number})) ELSE {column} IN rarray(?{number}) END)"
            );
            return Ok((sql, array(&filter.keys, true)));
        }
        if !filter.fold {
            let untyped = table.column(&filter.column).is_some_and(|c| c.kind == Kind::Bytes);
            return Ok((format!("{column} IN rarray(?{number})"), array(&filter.keys, untyped)));
        }
        if !table.is_indexed(&filter.column, true)
            && let Some(spellings) = self.spellings(table, filter)?
        {
            return Ok((format!("{column} IN rarray(?{number})"), array(&spellings, false)));
        }
        Ok((format!("lower({column}) IN rarray(?{number})"), array(&filter.keys, false)))
    }
}

/// Gives the rows of a question, a handful at a time.
pub(super) fn select(session: &mut Session<'_>, query: &Query<'_>, each: &mut OnRows<'_>) -> Result<()> {
    let Session::Sqlite(own) = session else { return Ok(()) };
    let mut wanted = key_columns(query.key);
    let keys = wanted.len();
    wanted.extend(query.columns.iter().map(|c| quote(c)));
    let mut params: Vec<Rc<Vec<Sql>>> = Vec::new();
    let mut conditions = Vec::new();
    for filter in query.filters {
        let (sql, keys) = own.condition(query.table, filter, params.len() + 1)?;
        conditions.push(sql);
        params.push(keys);
    }
    let sql = format!(
        "SELECT {} FROM {} WHERE {}",
        wanted.join(", "),
        quote(&query.table.name),
        conditions.join(" OR ")
    );
    let mut statement = own.prepare(&sql)?;
    let mut rows = statement.query(params_from_iter(params)).map_err(|e| failed(&e))?;
    let mut chunk = Vec::new();
    while let Some(row) = rows.next().map_err(|e| failed(&e))? {
        let mut values = (0..wanted.len())
            .map(|i| row.get_ref(i).map(value))
            .collect::<rusqlite::Result<Vec<_>>>()
            .map_err(|e| failed(&e))?;
        let rest = values.split_off(keys);
        chunk.push(Row { key: values, values: rest });
        if chunk.len() == CHUNK {
            each(session, std::mem::take(&mut chunk))?;
        }
    }
    if chunk.is_empty() { Ok(()) } else { each(session, chunk) }
}

fn column(name: String, type_name: String, not_null: bool, generated: bool) -> LiveColumn {
    let kind = affinity(&type_name);
    let inside = type_name.split_once('(').and_then(|(_, rest)| rest.split(')').next());
    let length = inside.filter(|_| kind == Kind::Text).and_then(|n| n.trim().parse().ok());
    LiveColumn { name, type_name, kind, not_null, length, generated, bytes_order: None }
}

/// SQLite's own rules, in its own order.
fn affinity(type_name: &str) -> Kind {
    let upper = type_name.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|w| upper.contains(w));
    if has(&["INT"]) {
        Kind::Int
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        Kind::Text
    } else if upper.is_empty() || has(&["BLOB"]) {
        Kind::Bytes
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        Kind::Float
    } else if has(&["JSON"]) {
        Kind::Json
    } else {
        Kind::Numeric
    }
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(v) => Value::Int(v),
        ValueRef::Real(v) => Value::Real(v),
        ValueRef::Text(v) => Value::Text(String::from_utf8_lossy(v).into_owned()),
        ValueRef::Blob(v) => Value::Bytes(v.to_vec()),
    }
}

fn sql_value(value: &Value) -> Sql {
    match value {
        Value::Null => Sql::Null,
        Value::Bool(v) => Sql::Integer(i64::from(*v)),
        Value::Int(v) => Sql::Integer(*v),
        Value::Real(v) => Sql::Real(*v),
        Value::Text(v) => Sql::Text(v.clone()),
        Value::Bytes(v) => Sql::Blob(v.clone()),
        Value::Json(v) => Sql::Text(v.to_string()),
    }
}

fn sql_key(key: &Key) -> Sql {
    match key {
        Key::Text(text) => Sql::Text(text.clone()),
        Key::Bytes(bytes) => Sql::Blob(bytes.clone()),
    }
}

/// Keys as a parameter; where a column has no type of its own also the numbers that they write.
fn array(keys: &[Key], untyped: bool) -> Rc<Vec<Sql>> {
    let number = |key: &Key| match key {
        Key::Text(text) if untyped => {
            text.parse().ok().map(Sql::Integer).or_else(|| text.parse().ok().map(Sql::Real))
        }
        _ => None,
    };
    Rc::new(keys.iter().flat_map(|key| std::iter::once(sql_key(key)).chain(number(key))).collect())
}
