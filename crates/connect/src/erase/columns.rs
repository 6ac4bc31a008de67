//! What happens to each column: decided from the dataset, the rules and the live schema, before any row is
//! looked at.

use super::Erasure;
use crate::category;
use crate::dataset::{Collection, Field};
use crate::error::{Result, SourceError};
use crate::find::{Prepared, same_kind};
use crate::live::{Kind, LiveColumn, LiveTable};
use crate::mask::Strategy;

/// A column, or a part of one, and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnPlan {
    /// The collection's number in the dataset.
    pub collection: usize,
    /// The column, then the parts inside it.
    pub path: Vec<String>,
    /// Its categories.
    pub categories: Vec<String>,
    /// What happens.
    pub decision: Decision,
}

/// What happens to a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is masked.
    Mask {
        /// How.
        strategy: Strategy,
        /// The most characters.
        limit: Option<usize>,
        /// Why not as the rule says.
        instead: Option<&'static str>,
    },
    /// It stays.
    Keep {
        /// Why.
        why: &'static str,
    },
    /// It should be masked and cannot.
    Blocked {
        /// Why, and what to do.
        why: &'static str,
    },
}

/// Where a column stands.
struct Column<'a> {
    collection: &'a Collection,
    table: &'a LiveTable,
    live: &'a LiveColumn,
    field: &'a Field,
    path: &'a [String],
    /// Other rows refer to it, or it refers to other rows.
    link: bool,
    /// A key of the table that other rows refer to.
    referred_to: bool,
}

/// That every table and column that the command line names is there.
pub(super) fn check_names(prepared: &Prepared<'_>, erasure: &Erasure<'_>) -> Result<()> {
    let known = |name: &str, whole: bool| {
        let path = name.split_once('.');
        prepared.dataset.collections.iter().any(|c| match path {
            None => whole && c.name == name,
            Some((table, column)) => {
                c.name == table
                    && c.field(&column.split('.').map(str::to_owned).collect::<Vec<_>>()).is_some()
            }
        })
    };
    let keep = erasure.keep.iter().find(|n| !known(n, true));
    match keep.or_else(|| erasure.strategies.keys().find(|n| !known(n, false))) {
        None => Ok(()),
        Some(name) => {
            let message = format!("`{name}` is not in the dataset: write `table.column`");
            Err(SourceError::refused("unknown-column", message))
        }
    }
}

/// The plan of every column that a rule covers.
pub(super) fn plan(prepared: &Prepared<'_>, erasure: &Erasure<'_>) -> Vec<ColumnPlan> {
    let mut plans = Vec::new();
    for group in &prepared.groups {
        for &number in &group.members {
            let (Some(collection), Some(Some(table))) =
                (prepared.dataset.collections.get(number), prepared.tables.get(number))
            else {
                continue;
            };
            for (path, field) in collection.leaves() {
                let live = path.first().and_then(|name| table.column(name));
                let Some((live, strategy)) = live.zip(wanted(prepared, erasure, collection, &path, field))
                else {
                    continue;
                };
                let (link, referred_to) = links(prepared, number, table, &path);
                let column = Column { collection, table, live, field, path: &path, link, referred_to };
                let decision = decide(&column, erasure, strategy);
                let categories = collection.categories_of(field).to_vec();
                plans.push(ColumnPlan { collection: number, path: path.clone(), categories, decision });
            }
        }
    }
    plans
}

/// How a field is to be masked; `None` when nothing says that it is.
fn wanted(
    prepared: &Prepared<'_>,
    erasure: &Erasure<'_>,
    collection: &Collection,
    path: &[String],
    field: &Field,
) -> Option<Strategy> {
    let name = format!("{}.{}", collection.name, path.join("."));
    if let Some(strategy) = erasure.strategies.get(&name) {
        return Some(strategy.clone());
    }
    let categories = collection.categories_of(field);
    let rule = erasure.rules.iter().find(|r| category::any_covered(&r.targets, categories));
    // What the person is found by is personal whatever its category says.
    let identity = field
        .identity
        .as_ref()
        .is_some_and(|kind| prepared.identities.iter().any(|i| same_kind(&i.kind, kind)));
    let rule = rule.or_else(|| erasure.rules.first().filter(|_| identity))?;
    Some(field.masking.clone().unwrap_or_else(|| rule.strategy.clone()))
}

/// Whether a column is a link between rows, and whether other tables refer to it by a foreign key.
fn links(prepared: &Prepared<'_>, number: usize, table: &LiveTable, path: &[String]) -> (bool, bool) {
    let [name] = path else { return (false, false) };
    let own = table.foreign_keys.iter().any(|k| k.columns.iter().any(|c| table.same(c, name)));
    let referred = prepared.tables.iter().flatten().flat_map(|t| &t.foreign_keys).any(|k| {
        table.same(&k.table, &table.name) && (k.to.is_empty() || k.to.iter().any(|c| table.same(c, name)))
    });
    let declared = prepared
        .dataset
        .references
        .iter()
        .any(|r| [&r.from, &r.to].iter().any(|p| p.collection == number && p.path == path));
    (own || declared, referred)
}

fn decide(column: &Column<'_>, erasure: &Erasure<'_>, strategy: Strategy) -> Decision {
    let name = format!("{}.{}", column.collection.name, column.path.join("."));
    let top = format!("{}.{}", column.collection.name, column.live.name);
    let keep = |why| Decision::Keep { why };
    if erasure.keep.iter().any(|k| *k == name || *k == top || *k == column.collection.name) {
        return keep("held back by --keep");
    }
    if column.collection.delete {
        return keep("the whole row is deleted");
    }
    if column.field.read_only {
        return keep("read-only in the dataset");
    }
    if strategy == Strategy::Preserve {
        return keep("preserved by the policy");
    }
    if column.live.generated {
        return keep("computed by the database");
    }
    let in_key = column.table.primary_key.iter().any(|k| column.table.same(k, &column.live.name));
    if in_key && column.path.len() == 1 {
        return in_primary_key(column);
    }
    if column.path.len() > 1 {
        return Decision::Mask { strategy, limit: column.field.length, instead: None };
    }
    fitting(column, strategy)
}

/// A key stays, as rows are told apart by it; unless it is text that nothing refers to, such as an address.
fn in_primary_key(column: &Column<'_>) -> Decision {
    let free = column.live.kind.is_text() && !column.referred_to && !column.link;
    if free {
        return random(column, "part of the primary key, which must differ from row to row");
    }
    if column.field.identity.is_some() {
        let why = "is part of the primary key and holds an identity: the person could be found by it for ever; \
                   say `--keep` for it when that is meant";
        return Decision::Blocked { why };
    }
    Decision::Keep { why: "part of the primary key" }
}

fn random(column: &Column<'_>, instead: &'static str) -> Decision {
    let strategy = Strategy::Random { length: 30, suffix: String::new() };
    Decision::Mask { strategy, limit: limit(column), instead: Some(instead) }
}

fn limit(column: &Column<'_>) -> Option<usize> {
    [column.field.length, column.live.length].into_iter().flatten().min()
}

/// The strategy, or what comes nearest to it in a column of this kind.
fn fitting(column: &Column<'_>, strategy: Strategy) -> Decision {
    let takes_text =
        column.live.kind.is_text() || (column.live.kind == Kind::Bytes && column.table.fold_names);
    let unique =
        column.table.unique.iter().any(|set| set.iter().any(|c| column.table.same(c, &column.live.name)));
    let foreign = column
        .table
        .foreign_keys
        .iter()
        .any(|k| k.columns.iter().any(|c| column.table.same(c, &column.live.name)));
    let dynamic = column.table.fold_names && column.live.kind == Kind::Numeric;
    let mask = |strategy, instead| Decision::Mask { strategy, limit: limit(column), instead };
    match (&strategy, column.live.not_null) {
        (Strategy::Null, false) => mask(strategy, None),
        (_, false) if foreign => mask(Strategy::Null, Some("a reference to another row can only be emptied")),
        (_, true) if foreign => {
            Decision::Keep { why: "a reference that must not be empty; the row that it leads to is masked" }
        }
        (Strategy::Null, true) if takes_text => random(column, "it must not be empty"),
        (Strategy::Rewrite { .. }, _) if unique && takes_text => {
            random(column, "no two rows may hold the same")
        }
        (Strategy::Rewrite { value, .. }, _) if takes_text || dynamic || column.live.kind.accepts(value) => {
            mask(strategy, None)
        }
        (_, _) if takes_text => mask(strategy, None),
        (_, false) => mask(Strategy::Null, Some("its type holds no such mask")),
        (_, true) if column.link => {
            Decision::Keep { why: "a reference that must not be empty; the row that it leads to is masked" }
        }
        (_, true) => Decision::Blocked {
            why: "must not be empty and is no text: give a value of its type (`--strategy table.column=string_rewrite:VALUE`), \
                  or leave it (`--keep table.column`)",
        },
    }
}
