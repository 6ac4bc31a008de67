//! Before a search: the plan, the live tables, and whether the dataset fits them.

use std::collections::BTreeSet;

use crate::dataset::{Collection, Dataset, Place, Reference};
use crate::engine::{Session, TableName};
use crate::error::{Result, SourceError};
use crate::graph::{Group, Plan};
use crate::live::{Kind, LiveTable, RowKey};
use crate::source::Identity;

/// A search that can begin.
pub(crate) struct Prepared<'d> {
    pub dataset: &'d Dataset,
    pub identities: &'d [Identity],
    pub groups: Vec<Group>,
    /// The tables, by collection; none where it is skipped.
    pub tables: Vec<Option<LiveTable>>,
    pub keys: Vec<RowKey>,
    /// The ways into collections.
    pub ways: Vec<Way>,
    unreached: Vec<usize>,
}

/// A way into a collection: from an identity, or from a field of another row.
pub(crate) struct Way {
    pub from: Start,
    pub to: Place,
    /// Compared without case.
    pub fold: bool,
    /// The field is a part of its column or an element of it.
    pub inside: bool,
    /// No two rows hold the same value in the field that it comes from.
    pub from_unique: bool,
    /// It comes from a collection of people, which hold identities of their own.
    pub from_person: bool,
}

/// Where a way begins.
pub(crate) enum Start {
    Identity(usize),
    Field(Place),
}

/// The table names of the collections.
pub(crate) fn names(dataset: &Dataset) -> Vec<TableName> {
    let name = |c: &Collection| TableName { schema: c.schema.clone(), name: c.name.clone() };
    dataset.collections.iter().map(name).collect()
}

/// Whether two kinds of identity are one.
pub(crate) fn same_kind(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// The identity fields that hold one of the kinds, with the identity's number.
pub(crate) fn seeds(dataset: &Dataset, identities: &[Identity]) -> Vec<(Place, usize)> {
    let mut found = Vec::new();
    for (place, kind) in dataset.identities() {
        for (number, _) in identities.iter().enumerate().filter(|(_, i)| same_kind(&i.kind, kind)) {
            found.push((place.clone(), number));
        }
    }
    found
}

/// Plans a search and compares the dataset with the source; `None` when no field holds such an identity.
pub(crate) fn prepare<'d>(
    session: &mut Session<'_>,
    dataset: &'d Dataset,
    identities: &'d [Identity],
) -> Result<Option<Prepared<'d>>> {
    let seeds = seeds(dataset, identities);
    if seeds.is_empty() {
        return Ok(None);
    }
    let plan = planned(dataset, &seeds)?;
    let tables = session.tables(&names(dataset))?;
    fits(dataset, &tables)?;
    let keys = dataset.collections.iter().zip(&tables);
    let keys = keys.map(|(c, t)| t.as_ref().map_or(RowKey::Whole, |t| t.row_key(&c.primary_key()))).collect();
    let ways = ways(dataset, &tables, &plan, seeds);
    let Plan { groups, unreached, .. } = plan;
    Ok(Some(Prepared { dataset, identities, groups, tables, keys, ways, unreached }))
}

/// Every way into a collection.
pub(crate) fn ways(
    dataset: &Dataset,
    tables: &[Option<LiveTable>],
    plan: &Plan,
    seeds: Vec<(Place, usize)>,
) -> Vec<Way> {
    let direct =
        seeds.into_iter().map(|(place, number)| way(dataset, tables, Start::Identity(number), place));
    let onwards = dataset.references.iter().zip(&plan.turned).map(|(reference, &turned)| {
        let Reference { from, to, .. } = reference.clone();
        let (from, to) = if turned { (to, from) } else { (from, to) };
        way(dataset, tables, Start::Field(from), to)
    });
    direct.chain(onwards).collect()
}

pub(crate) fn planned(dataset: &Dataset, seeds: &[(Place, usize)]) -> Result<Plan> {
    let mut first: Vec<usize> = seeds.iter().map(|(place, _)| place.collection).collect();
    first.dedup();
    dataset.plan(first).map_err(|stuck| {
        let name = |c: usize| dataset.collections.get(c).map_or("?", |c| c.name.as_str());
        SourceError::refused(
            "stuck-order",
            format!(
                "`{}` is to be read after `{}`, which such an identity only leads to by way of it",
                name(stuck.later),
                name(stuck.earlier)
            ),
        )
    })
}

fn way(dataset: &Dataset, tables: &[Option<LiveTable>], from: Start, to: Place) -> Way {
    let folds = |place: &Place| {
        let field = dataset.field(place);
        field.is_some_and(|f| f.identity.as_deref().is_some_and(|i| same_kind(i, "email")))
    };
    let table = |place: &Place| tables.get(place.collection).and_then(Option::as_ref);
    let fold = folds(&to) || matches!(&from, Start::Field(place) if folds(place));
    let array = dataset.field(&to).is_some_and(|f| f.array);
    let live = table(&to).and_then(|t| t.column(to.path.first()?));
    let structured = live.is_some_and(|c| matches!(c.kind, Kind::Json | Kind::Array));
    let (from_unique, from_person) = match &from {
        Start::Identity(_) => (true, false),
        Start::Field(place) => {
            let name = place.path.first().map_or("", String::as_str);
            let unique = place.path.len() == 1 && table(place).is_some_and(|t| t.is_unique(name));
            (unique, dataset.identities().any(|(p, _)| p.collection == place.collection))
        }
    };
    Way { inside: to.path.len() > 1 || array || structured, from, to, fold, from_unique, from_person }
}

/// That every table and column of the dataset is there: a search without one of them would say less than
/// it seems to.
fn fits(dataset: &Dataset, tables: &[Option<LiveTable>]) -> Result<()> {
    let mut missing = Vec::new();
    for (collection, table) in dataset.collections.iter().zip(tables).filter(|(c, _)| !c.skip) {
        match table {
            None => missing.push(format!("the table `{}`", collection.name)),
            Some(table) => {
                let absent = collection.fields.iter().filter(|f| table.column(&f.name).is_none());
                missing.extend(absent.map(|f| format!("the column `{}.{}`", collection.name, f.name)));
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!(
        "the source has not what the dataset lists: {}; `counterfoil source check` says more",
        missing.join(", ")
    );
    Err(SourceError::failed("schema-differs", message))
}

impl Prepared<'_> {
    /// Collections that only other kinds of identity lead to.
    pub(crate) fn not_searched(&self) -> Vec<usize> {
        let skipped = |c: &usize| self.dataset.collections.get(*c).is_some_and(|c| c.skip);
        self.unreached.iter().copied().filter(|c| !skipped(c)).collect()
    }

    /// Columns of the searched tables that the dataset does not list.
    pub(crate) fn unlisted(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (number, (collection, table)) in self.dataset.collections.iter().zip(&self.tables).enumerate() {
            let Some(table) = table.as_ref().filter(|_| !collection.skip) else { continue };
            let listed = |name: &str| collection.fields.iter().any(|f| table.same(&f.name, name));
            let unlisted = table.columns.iter().filter(|c| !listed(&c.name));
            found.extend(unlisted.map(|c| (number, c.name.clone())));
        }
        found
    }

    /// The identities that some field holds.
    pub(crate) fn usable(&self) -> Vec<usize> {
        let number = |way: &Way| match way.from {
            Start::Identity(number) => Some(number),
            Start::Field(_) => None,
        };
        let numbers: BTreeSet<usize> = self.ways.iter().filter_map(number).collect();
        numbers.into_iter().collect()
    }

    /// The columns that are read of a collection.
    pub(crate) fn columns(&self, collection: usize) -> Vec<String> {
        let fields = self.dataset.collections.get(collection).map_or(&[][..], |c| &c.fields);
        fields.iter().map(|f| f.name.clone()).collect()
    }
}
