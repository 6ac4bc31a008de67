//! The named workload of `counterfoil bench source`: an invented system of many tables, searched and erased
//! through the front door, beside the bare SQL that somebody who knew the schema by heart would write.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::dataset::{self, Dataset};
use crate::erase::{self, Erasing, Erasure, SharedRule};
use crate::error::{Result, SourceError};
use crate::find::{self, Answer, Question};
use crate::mask::{Secret, Strategy};
use crate::policy::Rule;
use crate::source::{Address, Identity, Limits};

/// The size of the invented system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// How many tables; one holds people, half of the others belong to them, the rest to those.
    pub tables: u32,
    /// How many rows in all.
    pub rows: u32,
    /// How many rows one person has in one table.
    pub heavy: u32,
    /// How often each search is repeated.
    pub repeats: usize,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What was done.
    pub workload: &'static str,
    /// How many rows came of it.
    pub rows: u64,
    /// The median time.
    pub time: Duration,
    /// The median time of the bare SQL.
    pub bare: Duration,
}

/// Rows that a statement writes while the system is filled.
const FILL: &str =
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1) INSERT INTO";

/// Fills a new SQLite file and measures.
///
/// # Errors
/// A file that cannot be written; an answer that is not the expected one.
pub fn sqlite(path: &Path, size: Size) -> Result<Vec<Figure>> {
    fill(path, size).map_err(broken)?;
    let dataset = dataset::parse(&yaml(size))?;
    let light = Identity { kind: "email".to_owned(), value: "person3@example.org".to_owned() };
    let heavy = Identity { kind: "email".to_owned(), value: "person0@example.org".to_owned() };
    let address = Address::Sqlite(path.to_owned());
    let mut figures = Vec::new();
    for (workload, who, number) in
        [("find one of many people", light, 3), ("find a person of many rows", heavy.clone(), 0)]
    {
        let (mut ours, mut theirs, mut rows) = (Vec::new(), Vec::new(), 0);
        for _ in 0..size.repeats.max(1) {
            let started = Instant::now();
            rows = search(&address, &dataset, &who)?;
            ours.push(started.elapsed());
            let started = Instant::now();
            let bare_rows = bare(path, size, number).map_err(broken)?;
            theirs.push(started.elapsed());
            if bare_rows != rows {
                return Err(SourceError::failed(
                    "bench",
                    format!("{rows} rows were found, {bare_rows} by bare SQL"),
                ));
            }
        }
        figures.push(Figure { workload, rows, time: median(ours), bare: median(theirs) });
    }
    figures.push(erased(path, &address, &dataset, &heavy, size)?);
    Ok(figures)
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn broken(error: rusqlite::Error) -> SourceError {
    SourceError::failed("bench", error.to_string())
}

fn fill(path: &Path, size: Size) -> rusqlite::Result<()> {
    let conn = Connection::open(path)?;
    conn.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")?;
    let each = (size.rows / size.tables.max(1)).max(4);
    conn.execute_batch("CREATE TABLE person (id INTEGER PRIMARY KEY, email TEXT, name TEXT)")?;
    conn.execute(
        &format!("{FILL} person SELECT i, 'person' || i || '@example.org', 'Person ' || i FROM n"),
        [each],
    )?;
    for table in 1..size.tables {
        let name = format!("t{table}");
        conn.execute_batch(&format!(
            "CREATE TABLE {name} (id INTEGER PRIMARY KEY, parent_id INTEGER, note TEXT)"
        ))?;
        conn.execute(&format!("{FILL} {name} SELECT i, i, 'a note of row ' || i FROM n"), [each])?;
        if table == 1 {
            let sql = format!("{FILL} t1 (parent_id, note) SELECT 0, 'another note ' || i FROM n");
            conn.execute(&sql, [size.heavy.max(1)])?;
        }
        conn.execute_batch(&format!("CREATE INDEX {name}_parent ON {name} (parent_id)"))?;
    }
    conn.execute_batch("CREATE INDEX person_email ON person (email); COMMIT")
}

/// The table that a table's rows belong to; none for a person's own.
const fn parent(table: u32) -> Option<u32> {
    if table.is_multiple_of(2) { Some(table - 1) } else { None }
}

fn yaml(size: Size) -> String {
    let mut text = "dataset:\n- fides_key: bench\n  collections:\n  - name: person\n    fields:\n    - {name: id}\n    \
                    - {name: email, data_categories: [user.contact.email], fides_meta: {identity: email}}\n    \
                    - {name: name, data_categories: [user.name]}\n"
        .to_owned();
    for table in 1..size.tables {
        let above = parent(table).map_or_else(|| "person".to_owned(), |p| format!("t{p}"));
        text.push_str(&format!(
            "  - name: t{table}\n    fields:\n    - {{name: id}}\n    - {{name: note, data_categories: [user.content]}}\n    \
             - {{name: parent_id, fides_meta: {{references: [{{dataset: bench, field: {above}.id, direction: from}}]}}}}\n"
        ));
    }
    text
}

fn search(address: &Address, dataset: &Dataset, who: &Identity) -> Result<u64> {
    let identities = std::slice::from_ref(who);
    let question = Question { dataset, identities, limits: Limits::default(), accept_unlinked: false };
    let mut rows = 0;
    match find::find(address, &question, &mut |_| {
        rows += 1;
        Ok(())
    })? {
        Answer::Held(_) => Ok(rows),
        Answer::Failed(error) => Err(error),
        _ => Err(SourceError::failed("bench", "nobody was found")),
    }
}

/// What somebody would write who knows the schema by heart.
fn bare(path: &Path, size: Size, person: u32) -> rusqlite::Result<u64> {
    let conn = Connection::open(path)?;
    let mut rows =
        count(&conn, "SELECT * FROM person WHERE email = 'person' || ?1 || '@example.org'", person)?;
    for table in 1..size.tables {
        let sql = match parent(table) {
            None => format!("SELECT * FROM t{table} WHERE parent_id = ?1"),
            Some(above) => format!(
                "SELECT t.* FROM t{above} p JOIN t{table} t ON t.parent_id = p.id WHERE p.parent_id = ?1"
            ),
        };
        rows += count(&conn, &sql, person)?;
    }
    Ok(rows)
}

fn count(conn: &Connection, sql: &str, person: u32) -> rusqlite::Result<u64> {
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([person])?;
    let mut found = 0;
    while let Some(row) = rows.next()? {
        let _: String = row.get(2)?;
        found += 1;
    }
    Ok(found)
}

fn erased(path: &Path, address: &Address, dataset: &Dataset, who: &Identity, size: Size) -> Result<Figure> {
    let copy = path.with_extension("bare.db");
    std::fs::copy(path, &copy).map_err(|e| SourceError::failed("bench", format!("the copy failed: {e}")))?;
    let started = Instant::now();
    bare_erase(&copy, size).map_err(broken)?;
    let bare = started.elapsed();
    let identities = std::slice::from_ref(who);
    let erasure = Erasure {
        question: Question { dataset, identities, limits: Limits::default(), accept_unlinked: false },
        rules: vec![Rule { targets: vec!["user".to_owned()], strategy: Strategy::Null }],
        strategies: std::collections::BTreeMap::new(),
        keep: Vec::new(),
        shared: SharedRule::Refuse,
        secret: Secret::new([0; 32]),
        reviewed: None,
    };
    let started = Instant::now();
    match erase::execute(address, &erasure)? {
        Erasing::Held(outcome) => Ok(Figure {
            workload: "erase a person of many rows",
            rows: outcome.collections.iter().map(|c| c.changed).sum(),
            time: started.elapsed(),
            bare,
        }),
        Erasing::Failed(error) => Err(error),
        _ => Err(SourceError::failed("bench", "nobody was found")),
    }
}

/// The same by hand, without a plan, without looking again.
fn bare_erase(path: &Path, size: Size) -> rusqlite::Result<()> {
    let conn = Connection::open(path)?;
    conn.execute_batch("PRAGMA secure_delete = ON; BEGIN IMMEDIATE")?;
    for table in 1..size.tables {
        let sql = match parent(table) {
            None => format!("UPDATE t{table} SET note = NULL WHERE parent_id = 0"),
            Some(above) => format!(
                "UPDATE t{table} SET note = NULL WHERE parent_id IN (SELECT id FROM t{above} WHERE parent_id = 0)"
            ),
        };
        conn.execute(&sql, [])?;
    }
    conn.execute_batch(
        "UPDATE person SET email = NULL, name = NULL WHERE email = 'person0@example.org'; COMMIT",
    )
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
