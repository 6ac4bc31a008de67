//! PostgreSQL. Every value is read and written as text and cast by the server, so that no type is unknown.

mod schema;

use std::time::Duration;

use ::postgres::error::{ErrorPosition, SqlState};
use ::postgres::types::{ToSql, Type};
use ::postgres::{Client, Config, IsolationLevel, NoTls, Transaction};

use super::{CHUNK, Change, Filter, Holders, Mode, OnRows, Query, Row, Session, fold, key_columns, quote};
use crate::error::{Result, SourceError};
use crate::live::{Kind, LiveColumn, LiveTable, RowKey};
use crate::value::{Key, Value};

/// How long a connection is waited for.
const CONNECT: Duration = Duration::from_secs(10);

/// A transaction on a server.
pub(crate) struct PostgresSession<'c> {
    tx: Transaction<'c>,
    pub(super) statements: u64,
}

/// Connects and runs `act` in one transaction.
pub(super) fn with<T>(
    url: &str,
    mode: Mode,
    timeout: Duration,
    act: impl FnOnce(&mut Session<'_>) -> Result<T>,
) -> Result<T> {
    let mut client = connect(url, timeout)?;
    let begun = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(mode == Mode::Read)
        .start();
    let tx = begun.map_err(|e| failed(&e))?;
    let mut session = Session::Postgres(PostgresSession { tx, statements: 0 });
    let done = act(&mut session)?; // Dropping the transaction undoes it.
    if let Session::Postgres(own) = session {
        own.tx.commit().map_err(|e| failed(&e))?;
    }
    Ok(done)
}

fn connect(url: &str, timeout: Duration) -> Result<Client> {
    let mut config: Config = url.parse().map_err(|_| {
        // The library's words can quote the address, and with it a password.
        let message = "the address is malformed: write `postgres://user@host:port/database`";
        SourceError::refused("bad-connection", message)
    })?;
    let limit = timeout.as_millis();
    let own = config.get_options().unwrap_or_default().to_owned();
    config.application_name("counterfoil").connect_timeout(CONNECT).options(&format!(
        "{own} -c statement_timeout={limit} -c lock_timeout=10000 -c idle_in_transaction_session_timeout={limit} \
         -c client_min_messages=error -c jit=off"
    ));
    config.connect(NoTls).map_err(|e| {
        let why = e.as_db_error().map_or_else(
            || "nothing answers at this address, or it insists on TLS, which is not offered".to_owned(),
            |e| format!("{} (code {})", e.message(), e.code().code()),
        );
        SourceError::failed("no-connection", format!("the database cannot be reached: {why}"))
    })
}

/// What failed. The server's words are passed on only where they speak of the schema or of rights, never
/// where they can quote what a row holds.
fn failed(error: &postgres::Error) -> SourceError {
    let Some(db) = error.as_db_error() else {
        let code = if error.is_closed() { "no-connection" } else { "bad-answer" };
        return SourceError::failed(code, "the connection to the database broke off");
    };
    let (code, state) = (db.code(), db.code().code());
    let place = [db.table().map(|t| format!(" on `{t}`")), db.constraint().map(|c| format!(" (`{c}`)"))];
    let place: String = place.into_iter().flatten().collect();
    if *code == SqlState::QUERY_CANCELED {
        return SourceError::failed(
            "timeout",
            "the database took too long: add an index, or give a longer --timeout",
        );
    }
    if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        return SourceError::failed("read-only", "the database cannot be written to");
    }
    match state.get(..2).unwrap_or_default() {
        "23" => {
            let message =
                format!("a constraint of the database forbids the change{place}: nothing was changed");
            SourceError::failed("constraint", message)
        }
        "40" | "55" => SourceError::failed("busy", "another program changes the same rows: try again later"),
        "42" => {
            let at = matches!(db.position(), Some(ErrorPosition::Internal { .. }));
            let words = if at { "in a function" } else { db.message() };
            SourceError::failed("schema", format!("the database refuses: {words} (code {state})"))
        }
        _ => SourceError::failed("database", format!("the database failed{place} (code {state})")),
    }
}

type Param<'a> = (&'a (dyn ToSql + Sync), Type);

impl PostgresSession<'_> {
    fn ask(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Vec<postgres::Row>> {
        self.statements += 1;
        self.tx.query_typed(sql, params).map_err(|e| failed(&e))
    }

    pub(super) fn holders(&mut self, questions: &[Holders<'_>]) -> Result<Vec<Vec<(Key, usize)>>> {
        let mut parts = Vec::new();
        let mut lists: Vec<Vec<String>> = Vec::new();
        for (at, q) in questions.iter().enumerate() {
            let kind = q.table.column(q.column).map_or(Kind::Other, |c| c.kind);
            lists.push(usable(q.keys, kind));
            let (column, from, n) = (quote(q.column), from(q.table), at + 1);
            let (own, cast) = compared(&column, q.table.column(q.column));
            parts.push(if q.table.is_indexed(q.column, false) {
                format!(
                    "SELECT {at}::text, k.v, (SELECT count(*) FROM (SELECT 1 FROM {from} t WHERE t.{own} = \
                     k.v::{cast} LIMIT {})x)::text FROM unnest(${n}::text[]) k(v)",
                    q.most
                )
            } else {
                format!(
                    "SELECT {at}::text, {column}::text, count(*)::text FROM {from} t WHERE t.{own} = \
                     ANY(${n}::text[]::{cast}[]) GROUP BY t.{column}"
                )
            });
        }
        let params: Vec<Param<'_>> =
            lists.iter().map(|l| (l as &(dyn ToSql + Sync), Type::TEXT_ARRAY)).collect();
        let mut found: Vec<Vec<(Key, usize)>> = questions.iter().map(|_| Vec::new()).collect();
        if questions.is_empty() {
            return Ok(found);
        }
        for row in self.ask(&parts.join(" UNION ALL "), &params)? {
            if let Some(list) = found.get_mut(number(&row, 0)?) {
                list.push((Key::Text(text(&row, 1)?), number(&row, 2)?));
            }
        }
        Ok(found)
    }

    pub(super) fn rewrite(
        &mut self,
        table: &LiveTable,
        key: &RowKey,
        columns: &[String],
        changes: &[Change],
    ) -> Result<u64> {
        let keys: Vec<Vec<Value>> = changes.iter().map(|c| c.key.clone()).collect();
        let mut lists = transposed(&keys);
        for (at, name) in columns.iter().enumerate() {
            let list = table.column(name).is_some_and(|c| c.kind == Kind::Array);
            let new =
                |c: &Change| c.values.get(at).cloned().flatten().map(|t| if list { array(&t) } else { t });
            lists.push(changes.iter().map(new).collect());
        }
        let type_of = |name: &String| table.column(name).map_or("text", |c| c.type_name.as_str());
        let own = key_columns(key);
        let set: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(i, c)| format!("{} = v.n{i}::{}", quote(c), type_of(c)))
            .collect();
        let differs: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(i, c)| format!("t.{}::text IS DISTINCT FROM v.n{i}::{}::text", quote(c), type_of(c)))
            .collect();
        let names: Vec<String> = (0..own.len())
            .map(|i| format!("k{i}"))
            .chain((0..columns.len()).map(|i| format!("n{i}")))
            .collect();
        let sql = format!(
            "UPDATE {} t SET {} FROM unnest({}) AS v({}) WHERE {} AND ({})",
            from(table),
            set.join(", "),
            places(lists.len()),
            names.join(", "),
            same_key(table, key),
            differs.join(" OR ")
        );
        self.change(&sql, &lists)
    }

    pub(super) fn delete(&mut self, table: &LiveTable, key: &RowKey, rows: &[Vec<Value>]) -> Result<u64> {
        let lists = transposed(rows);
        let names: Vec<String> = (0..lists.len()).map(|i| format!("k{i}")).collect();
        let sql = format!(
            "DELETE FROM {} t USING unnest({}) AS v({}) WHERE {}",
            from(table),
            places(lists.len()),
            names.join(", "),
            same_key(table, key)
        );
        self.change(&sql, &lists)
    }

    fn change(&mut self, sql: &str, lists: &[Vec<Option<String>>]) -> Result<u64> {
        self.statements += 1;
        let types = vec![Type::TEXT_ARRAY; lists.len()];
        let statement = self.tx.prepare_typed(sql, &types).map_err(|e| failed(&e))?;
        let params: Vec<&(dyn ToSql + Sync)> = lists.iter().map(|l| l as &(dyn ToSql + Sync)).collect();
        self.tx.execute(&statement, &params).map_err(|e| failed(&e))
    }

    /// One condition; its keys are the parameter of that number.
    fn condition(
        &mut self,
        table: &LiveTable,
        filter: &Filter,
        number: usize,
    ) -> Result<(String, Vec<String>)> {
        let live = table.column(&filter.column);
        let kind = live.map_or(Kind::Other, |c| c.kind);
        let column = quote(&filter.column);
        let keys = usable(&filter.keys, kind);
        if filter.inside {
            let lower = if filter.fold { "lower" } else { "" };
            let parts = if kind == Kind::Array {
                format!("unnest(t.{column}) AS p(v) WHERE {lower}(p.v::text)")
            } else {
                format!("jsonb_path_query(t.{column}::jsonb, '$.**') AS p(v) WHERE {lower}(p.v #>> '{{}}')")
            };
            return Ok((format!("EXISTS (SELECT 1 FROM {parts} = ANY(${number}::text[]))"), keys));
        }
        if filter.fold && kind != Kind::FoldedText {
            return self.folded(table, filter, number, keys);
        }
        let (own, cast) = compared(&column, live);
        Ok((format!("t.{own} = ANY(${number}::text[]::{cast}[])"), keys))
    }

    fn folded(
        &mut self,
        table: &LiveTable,
        filter: &Filter,
        number: usize,
        keys: Vec<String>,
    ) -> Result<(String, Vec<String>)> {
        let column = quote(&filter.column);
        let lower = format!("lower(t.{column}::text) = ANY(${number}::text[])");
        if table.is_indexed(&filter.column, true) {
            return Ok((lower, keys));
        }
        let live = table.column(&filter.column).filter(|c| c.kind == Kind::Text);
        if let Some(order) = live.and_then(|c| c.bytes_order.as_ref())
            && table.is_indexed(&filter.column, false)
            && let Some(spellings) = self.spellings(table, &column, order, &keys)?
        {
            return Ok((format!("t.{column} = ANY(${number}::text[])"), spellings));
        }
        // The number of bytes is quickly read, and says of most rows that they are not meant.
        if keys.iter().all(|k| k.is_ascii()) && live.is_some() {
            let mut lengths: Vec<String> = keys.iter().map(|k| k.len().to_string()).collect();
            lengths.sort();
            lengths.dedup();
            return Ok((format!("(octet_length(t.{column}) IN ({}) AND {lower})", lengths.join(", ")), keys));
        }
        Ok((lower, keys))
    }

    fn spellings(
        &mut self,
        table: &LiveTable,
        column: &str,
        order: &str,
        keys: &[String],
    ) -> Result<Option<Vec<String>>> {
        let mut found = Vec::new();
        for key in keys {
            let Some(letters) = fold::letters(key) else { return Ok(None) };
            if letters.is_empty() {
                found.push(key.clone());
                continue;
            }
            let places: Vec<String> =
                letters.iter().enumerate().map(|(at, (n, _))| format!("({n}, ${})", at + 1)).collect();
            let texts: Vec<String> = letters.into_iter().map(|(_, c)| c).collect();
            let params: Vec<Param<'_>> =
                texts.iter().map(|t| (t as &(dyn ToSql + Sync), Type::TEXT)).collect();
            let ordered = format!("{column} COLLATE {order}");
            let sql = fold::walk(
                &from(table),
                &ordered,
                "text",
                "chr(1114111)",
                &places.join(", "),
                key.chars().count(),
            );
            for row in self.ask(&sql, &params)? {
                found.push(text(&row, 0)?);
            }
        }
        Ok(Some(found))
    }
}

/// Gives the rows of a question, a handful at a time.
pub(super) fn select(session: &mut Session<'_>, query: &Query<'_>, each: &mut OnRows<'_>) -> Result<()> {
    let Session::Postgres(own) = session else { return Ok(()) };
    let mut params: Vec<Vec<String>> = Vec::new();
    let mut conditions = Vec::new();
    for filter in query.filters {
        let (sql, keys) = own.condition(query.table, filter, params.len() + 1)?;
        conditions.push(sql);
        params.push(keys);
    }
    let keys = key_columns(query.key);
    let mut kinds = vec![Kind::Text; keys.len()];
    let mut wanted: Vec<String> = keys.iter().map(|k| format!("t.{k}::text")).collect();
    for name in query.columns {
        let kind = query.table.column(name).map_or(Kind::Other, |c| c.kind);
        wanted.push(match kind {
            Kind::Array => format!("to_jsonb(t.{})::text", quote(name)),
            _ => format!("t.{}::text", quote(name)),
        });
        kinds.push(kind);
    }
    let sql = format!(
        "SELECT {} FROM {} t WHERE {}",
        wanted.join(", "),
        from(query.table),
        conditions.join(" OR ")
    );
    own.statements += 1;
    let types = vec![Type::TEXT_ARRAY; params.len()];
    let statement = own.tx.prepare_typed(&sql, &types).map_err(|e| failed(&e))?;
    let borrowed: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as &(dyn ToSql + Sync)).collect();
    let portal = own.tx.bind(&statement, &borrowed).map_err(|e| failed(&e))?;
    loop {
        let Session::Postgres(own) = session else { return Ok(()) };
        let most = i32::try_from(CHUNK).unwrap_or(i32::MAX);
        let found = own.tx.query_portal(&portal, most).map_err(|e| failed(&e))?;
        let last = found.len() < CHUNK;
        let rows = found.iter().map(|r| decoded(r, &kinds, keys.len())).collect::<Result<Vec<_>>>()?;
        if !rows.is_empty() {
            each(session, rows)?;
        }
        if last {
            return Ok(());
        }
    }
}

fn decoded(row: &postgres::Row, kinds: &[Kind], keys: usize) -> Result<Row> {
    let mut values = Vec::with_capacity(kinds.len());
    for (at, kind) in kinds.iter().enumerate() {
        let text: Option<String> = row.try_get(at).map_err(|e| failed(&e))?;
        values.push(text.map_or(Value::Null, |t| value(t, *kind)));
    }
    let rest = values.split_off(keys);
    Ok(Row { key: values, values: rest })
}

fn value(text: String, kind: Kind) -> Value {
    match kind {
        Kind::Bool => Value::Bool(text == "true"),
        Kind::Int => text.parse().map_or(Value::Text(text), Value::Int),
        Kind::Float => {
            text.parse().ok().filter(|v: &f64| v.is_finite()).map_or(Value::Text(text), Value::Real)
        }
        Kind::Json | Kind::Array => serde_json::from_str(&text).map_or(Value::Text(text), Value::Json),
        _ => Value::Text(text),
    }
}

fn from(table: &LiveTable) -> String {
    let name = quote(&table.name);
    table.schema.as_ref().map_or_else(|| name.clone(), |s| format!("{}.{name}", quote(s)))
}

/// How a column is compared with keys: its SQL, and the type that the keys are cast to.
fn compared(column: &str, live: Option<&LiveColumn>) -> (String, String) {
    let kind = live.map_or(Kind::Other, |c| c.kind);
    let cast = match kind {
        Kind::Bool => "bool",
        Kind::Int => "int8",
        Kind::Numeric => "numeric",
        Kind::Float => "float8",
        Kind::Text => "text",
        Kind::PaddedText => "bpchar",
        Kind::Uuid => "uuid",
        Kind::Bytes => "bytea",
        Kind::FoldedText => live.map_or("text", |c| c.type_name.as_str()),
        Kind::Json | Kind::Array | Kind::Other => return (format!("{column}::text"), "text".to_owned()),
    };
    (column.to_owned(), cast.to_owned())
}

/// The keys that can occur in such a column, as text.
fn usable(keys: &[Key], kind: Kind) -> Vec<String> {
    let text = |key: &Key| match key {
        Key::Text(text) => text.clone(),
        bytes @ Key::Bytes(_) => format!("\\x{}", bytes.shown()),
    };
    keys.iter().map(text).filter(|t| kind.accepts(t)).collect()
}

/// A JSON list as the server writes an array.
fn array(json: &str) -> String {
    let Ok(serde_json::Value::Array(items)) = serde_json::from_str(json) else { return json.to_owned() };
    let item = |value: &serde_json::Value| match value {
        serde_json::Value::Null => "NULL".to_owned(),
        serde_json::Value::String(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        other => array(&other.to_string()),
    };
    format!("{{{}}}", items.iter().map(item).collect::<Vec<_>>().join(","))
}

/// Rows turned into columns, as the server takes them.
fn transposed(rows: &[Vec<Value>]) -> Vec<Vec<Option<String>>> {
    let width = rows.first().map_or(0, Vec::len);
    (0..width).map(|at| rows.iter().map(|r| r.get(at).and_then(Value::to_text)).collect()).collect()
}

fn places(count: usize) -> String {
    let places: Vec<String> = (1..=count).map(|n| format!("${n}::text[]")).collect();
    places.join(", ")
}

/// That a row of `t` is the one whose key stands in `v`.
fn same_key(table: &LiveTable, key: &RowKey) -> String {
    let type_of = |name: &str| table.column(name).map_or("text", |c| c.type_name.as_str());
    let same: Vec<String> = match key {
        RowKey::Columns(names) => names
            .iter()
            .enumerate()
            .map(|(i, n)| format!("t.{} = v.k{i}::{}", quote(n), type_of(n)))
            .collect(),
        RowKey::Hidden(name) => vec![format!("t.{name} = v.k0::tid")],
        RowKey::Whole => vec!["false".to_owned()],
    };
    same.join(" AND ")
}

fn text(row: &postgres::Row, at: usize) -> Result<String> {
    let text: Option<String> = row.try_get(at).map_err(|e| failed(&e))?;
    Ok(text.unwrap_or_default())
}

fn number(row: &postgres::Row, at: usize) -> Result<usize> {
    Ok(text(row, at)?.parse().unwrap_or_default())
}

fn list(row: &postgres::Row, at: usize) -> Result<Vec<String>> {
    row.try_get(at).map_err(|e| failed(&e))
}
