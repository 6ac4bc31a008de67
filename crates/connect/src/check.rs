//! Whether a dataset fits its source, both ways, and what a search would do.

use std::time::Duration;

use crate::dataset::{Collection, DataType, Dataset, Field};
use crate::engine::{Mode, Session, with_session};
use crate::error::Result;
use crate::find::{Start, Way, names, planned, seeds, ways};
use crate::live::{self, Kind, LiveColumn, LiveTable};
use crate::source::{Address, Identity};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// A search would fail.
    Error,
    /// A search would be slow, or say less than the source holds.
    Warning,
    /// Worth knowing.
    Note,
}

/// One thing that was noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How grave.
    pub level: Level,
    /// A stable code such as `missing-column`.
    pub code: &'static str,
    /// The collection or table.
    pub collection: String,
    /// What, and what to do.
    pub message: String,
}

/// One step of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The collection that is read.
    pub collection: String,
    /// How it is reached: the field or identity, the field looked up, and whether an index finds it.
    pub by: Vec<(String, String, bool)>,
    /// It is read until nothing new comes, as references lead back to it.
    pub repeated: bool,
    /// About how many rows the table has, when the engine knows.
    pub rows: Option<u64>,
}

/// What a check found.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// The engine.
    pub engine: &'static str,
    /// What was noticed, the gravest first.
    pub findings: Vec<Finding>,
    /// The steps of a search, in order.
    pub steps: Vec<Step>,
    /// The fingerprint of the source's schema.
    pub fingerprint: String,
}

impl Checked {
    /// Whether a search can begin.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.findings.iter().all(|f| f.level != Level::Error)
    }
}

/// Compares a dataset with its source; nothing can be written.
///
/// # Errors
/// A source that does not answer; a plan that cannot be walked.
pub fn check(
    address: &Address,
    dataset: &Dataset,
    identities: &[Identity],
    timeout: Duration,
) -> Result<Checked> {
    with_session(address, Mode::Read, timeout, |session| check_in(session, dataset, identities))
}

fn check_in(session: &mut Session<'_>, dataset: &Dataset, identities: &[Identity]) -> Result<Checked> {
    let tables = session.tables(&names(dataset))?;
    let kinds = kinds(dataset, identities);
    let seeds = seeds(dataset, &kinds);
    let plan = planned(dataset, &seeds)?;
    let ways = ways(dataset, &tables, &plan, seeds);
    let mut findings = Vec::new();
    for (collection, table) in dataset.collections.iter().zip(&tables).filter(|(c, _)| !c.skip) {
        match table {
            None => findings.push(finding(
                Level::Error,
                "missing-table",
                &collection.name,
                "the source has no table of this name: mend the dataset, its `namespace.schema` or the rights of the account".to_owned(),
            )),
            Some(table) => compare(collection, table, &mut findings),
        }
    }
    for way in &ways {
        comparable(dataset, &tables, way, &mut findings);
    }
    let steps = steps(dataset, &tables, &plan.groups, &ways, &kinds);
    slow(&steps, dataset, &tables, &ways, &mut findings);
    for name in session.all_tables()? {
        let listed = |t: &LiveTable| t.same(&t.name, &name);
        if !tables.iter().flatten().any(listed) {
            findings.push(finding(
                Level::Note,
                "unlisted-table",
                &name,
                "the dataset does not list this table: it is not searched".to_owned(),
            ));
        }
    }
    findings.sort_by_key(|f| f.level);
    let fingerprint = live::fingerprint(tables.iter().flatten());
    Ok(Checked { engine: session.engine(), findings, steps, fingerprint })
}

/// The kinds of identity that are asked about: those given, or all of the dataset.
fn kinds(dataset: &Dataset, identities: &[Identity]) -> Vec<Identity> {
    if !identities.is_empty() {
        return identities.to_vec();
    }
    let mut all: Vec<String> = dataset.identities().map(|(_, kind)| kind.to_owned()).collect();
    all.sort();
    all.dedup();
    all.into_iter().map(|kind| Identity { kind, value: String::new() }).collect()
}

fn finding(level: Level, code: &'static str, collection: &str, message: String) -> Finding {
    Finding { level, code, collection: collection.to_owned(), message }
}

/// A collection and its table, both ways.
fn compare(collection: &Collection, table: &LiveTable, findings: &mut Vec<Finding>) {
    let mut tell = |level, code, message| findings.push(finding(level, code, &collection.name, message));
    for field in &collection.fields {
        let Some(live) = table.column(&field.name) else {
            let message = format!("the source has no column `{}`: mend the dataset", field.name);
            tell(Level::Error, "missing-column", message);
            continue;
        };
        if let Some((level, message)) = odd_type(field, live, table.fold_names) {
            tell(level, "odd-type", format!("`{}` {message}", field.name));
        }
        if let (Some(declared), Some(most)) = (field.length, live.length.filter(|m| field.length > Some(*m)))
        {
            tell(
                Level::Warning,
                "odd-length",
                format!("`{}` holds {most} characters, not {declared}", field.name),
            );
        }
        if field.categories.is_empty() && collection.categories.is_empty() && field.fields.is_empty() {
            tell(
                Level::Note,
                "no-category",
                format!("`{}` has no data category: an erasure leaves it", field.name),
            );
        }
    }
    let listed = |name: &str| collection.fields.iter().any(|f| table.same(&f.name, name));
    for column in table.columns.iter().filter(|c| !listed(&c.name)) {
        let message =
            format!("the dataset does not list the column `{}`: a search leaves it out", column.name);
        tell(Level::Warning, "unlisted-column", message);
    }
    let declared = collection.primary_key();
    let same = declared.len() == table.primary_key.len()
        && declared.iter().all(|d| table.primary_key.iter().any(|l| table.same(d, l)));
    if !declared.is_empty() && !table.primary_key.is_empty() && !same {
        let live = table.primary_key.join("`, `");
        tell(
            Level::Warning,
            "odd-key",
            format!("the primary key is `{live}`, not `{}`; the source's own is used", declared.join("`, `")),
        );
    }
}

/// A declared type that the column has not.
fn odd_type(field: &Field, live: &LiveColumn, dynamic: bool) -> Option<(Level, String)> {
    let structured = matches!(live.kind, Kind::Json | Kind::Array) || (dynamic && live.kind == Kind::Text);
    if !field.fields.is_empty() && !structured {
        return Some((Level::Error, format!("has parts in the dataset, but holds `{}`", live.type_name)));
    }
    let fits = match field.data_type? {
        _ if field.array => structured,
        DataType::String | DataType::ObjectId => {
            live.kind.is_text()
                || matches!(live.kind, Kind::Uuid | Kind::Other)
                || (dynamic && live.kind == Kind::Bytes)
        }
        DataType::Integer => matches!(live.kind, Kind::Int | Kind::Numeric),
        DataType::Float => matches!(live.kind, Kind::Float | Kind::Numeric | Kind::Int),
        DataType::Boolean => {
            live.kind == Kind::Bool || (dynamic && matches!(live.kind, Kind::Numeric | Kind::Int))
        }
        DataType::Object => structured,
    };
    let says = || format!("holds `{}`, which is not what its data_type says", live.type_name);
    (!fits).then(|| (Level::Warning, says()))
}

/// Whether the two ends of a reference can hold the same values.
fn comparable(dataset: &Dataset, tables: &[Option<LiveTable>], way: &Way, findings: &mut Vec<Finding>) {
    let Start::Field(from) = &way.from else { return };
    let live = |place: &crate::dataset::Place| {
        let table = tables.get(place.collection)?.as_ref()?;
        table.column(place.path.first()?).filter(|_| place.path.len() == 1)
    };
    let (Some(a), Some(b)) = (live(from), live(&way.to)) else { return };
    let number = |k: Kind| matches!(k, Kind::Int | Kind::Numeric | Kind::Float);
    let alike =
        a.kind == b.kind || (number(a.kind) && number(b.kind)) || (a.kind.is_text() && b.kind.is_text());
    if !alike && !way.inside {
        let message = format!(
            "`{}` holds `{}` and leads to `{}`, which holds `{}`: values that do not fit are passed over",
            dataset.shown(from),
            a.type_name,
            dataset.shown(&way.to),
            b.type_name
        );
        let name = dataset.collections.get(from.collection).map_or("", |c| c.name.as_str());
        findings.push(finding(Level::Warning, "odd-reference", name, message));
    }
}

fn is_fast(tables: &[Option<LiveTable>], way: &Way) -> bool {
    let Some(Some(table)) = tables.get(way.to.collection) else { return true };
    let name = way.to.path.first().map_or("", String::as_str);
    let live = table.column(name);
    let folds = way.fold && live.is_some_and(|c| c.kind != Kind::FoldedText);
    let plain = table.is_indexed(name, false) && (!folds || live.is_some_and(|c| c.bytes_order.is_some()));
    !way.inside && (plain || (folds && table.is_indexed(name, true)))
}

fn steps(
    dataset: &Dataset,
    tables: &[Option<LiveTable>],
    groups: &[crate::graph::Group],
    ways: &[Way],
    kinds: &[Identity],
) -> Vec<Step> {
    let mut steps = Vec::new();
    for group in groups {
        for &member in &group.members {
            let mine = ways.iter().filter(|w| w.to.collection == member);
            let by = mine.map(|way| {
                let from = match &way.from {
                    Start::Identity(number) => kinds.get(*number).map_or("?".to_owned(), |i| i.kind.clone()),
                    Start::Field(place) => dataset.shown(place),
                };
                (from, dataset.shown(&way.to), is_fast(tables, way))
            });
            steps.push(Step {
                collection: dataset.collections.get(member).map_or("?", |c| c.name.as_str()).to_owned(),
                by: by.collect(),
                repeated: group.cyclic,
                rows: tables.get(member).and_then(Option::as_ref).and_then(|t| t.rows),
            });
        }
    }
    steps
}

/// Fields that are looked up without an index.
fn slow(
    steps: &[Step],
    dataset: &Dataset,
    tables: &[Option<LiveTable>],
    ways: &[Way],
    findings: &mut Vec<Finding>,
) {
    let reached =
        |c: usize| dataset.collections.get(c).is_some_and(|c| steps.iter().any(|s| s.collection == c.name));
    let mut told = std::collections::BTreeSet::new();
    for way in ways.iter().filter(|w| reached(w.to.collection) && !is_fast(tables, w)) {
        let (Some(Some(table)), Some(column)) = (tables.get(way.to.collection), way.to.path.first()) else {
            continue;
        };
        if table.column(column).is_none() || !told.insert(&way.to) {
            continue;
        }
        let quoted = crate::engine::quote(column);
        let index = if way.fold { format!("lower({quoted})") } else { quoted };
        let advice = if way.inside {
            "it is a part of a column".to_owned()
        } else {
            let name = crate::engine::quote(&format!("{}_{column}", table.name));
            format!("CREATE INDEX {name} ON {} ({index})", crate::engine::quote(&table.name))
        };
        let message = format!("no index finds `{column}`: every search reads the whole table; {advice}");
        findings.push(finding(Level::Warning, "no-index", &table.name, message));
    }
}
