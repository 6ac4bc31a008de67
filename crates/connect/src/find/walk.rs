//! The walk itself.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Instant;

use super::prepare::{Prepared, Start, Way};
use super::{CollectionReport, Item, OnItem, shape, share};
use crate::dataset::Place;
use crate::engine::{Filter, Query, Row, Session};
use crate::error::{Result, SourceError};
use crate::graph::Group;
use crate::source::Limits;
use crate::value::{Key, Value};

/// A key that leads somewhere: how many found rows hold it, and by which path it was first met.
pub(super) struct Arrival {
    pub held: usize,
    pub path: usize,
}

/// A walk under way.
pub(crate) struct Walk<'p, 'd> {
    pub(super) prepared: &'p Prepared<'d>,
    limits: Limits,
    /// By way: the keys that were met.
    pub(super) arrived: Vec<HashMap<Key, Arrival>>,
    /// By way: the keys that are still to be looked up.
    pending: Vec<Vec<Key>>,
    /// Steps: the one before, and the way. The first is nowhere.
    steps: Vec<(usize, usize)>,
    step_numbers: BTreeMap<(usize, usize), usize>,
    reports: BTreeMap<usize, CollectionReport>,
    kept: usize,
}

/// A row of a collection and the step by which it was reached.
pub(super) struct Reached {
    pub row: Row,
    pub step: usize,
}

/// Called with each handful of rows.
type OnReached<'a, 'p, 'd> = dyn FnMut(&mut Walk<'p, 'd>, &mut Session<'_>, Vec<Reached>) -> Result<()> + 'a;

impl<'p, 'd> Walk<'p, 'd> {
    /// A walk from some of the identities.
    pub(crate) fn new(prepared: &'p Prepared<'d>, identities: &[usize], limits: Limits) -> Self {
        let mut walk = Self {
            prepared,
            limits,
            arrived: prepared.ways.iter().map(|_| HashMap::new()).collect(),
            pending: prepared.ways.iter().map(|_| Vec::new()).collect(),
            steps: vec![(0, 0)],
            step_numbers: BTreeMap::new(),
            reports: BTreeMap::new(),
            kept: 0,
        };
        for (number, way) in prepared.ways.iter().enumerate() {
            let Start::Identity(identity) = way.from else { continue };
            if let Some(identity) =
                prepared.identities.get(identity).filter(|_| identities.contains(&identity))
            {
                walk.arrive(number, Key::Text(identity.value.clone()), 0);
            }
        }
        walk
    }

    /// Walks to the end and gives every row to `each`.
    pub(crate) fn run(
        mut self,
        session: &mut Session<'_>,
        each: &mut OnItem<'_>,
    ) -> Result<Vec<CollectionReport>> {
        let prepared = self.prepared;
        let mut order = Vec::new();
        for group in &prepared.groups {
            for &member in &group.members {
                order.push(member);
                self.reports
                    .insert(member, CollectionReport { collection: member, ..CollectionReport::default() });
            }
            if group.cyclic {
                self.rounds(session, group, each)?;
            } else {
                group.members.iter().try_for_each(|&member| self.once(session, member, each))?;
            }
        }
        Ok(order.iter().filter_map(|member| self.reports.remove(member)).collect())
    }

    /// A collection that leads to none before it: its rows go out as they come.
    fn once(&mut self, session: &mut Session<'_>, collection: usize, each: &mut OnItem<'_>) -> Result<()> {
        self.search(session, collection, &mut |walk, session, rows| {
            walk.settle(session, collection, rows, each)
        })
    }

    /// Collections that lead to each other: searched again until nothing new comes; their rows go out at
    /// the end, as only then is it known whose they are.
    fn rounds(&mut self, session: &mut Session<'_>, group: &Group, each: &mut OnItem<'_>) -> Result<()> {
        let mut seen: BTreeMap<usize, HashSet<Vec<Key>>> = BTreeMap::new();
        let mut kept: BTreeMap<usize, Vec<Reached>> = BTreeMap::new();
        let mut round = 0;
        while group.members.iter().any(|&m| self.waits(m)) {
            round += 1;
            if round > self.limits.rounds {
                return Err(too_far("rounds", self.limits.rounds));
            }
            for &member in &group.members {
                let known = seen.entry(member).or_default();
                let mut new = Vec::new();
                self.search(session, member, &mut |walk, _, rows| {
                    let fresh: Vec<Reached> =
                        rows.into_iter().filter(|r| known.insert(identity(&r.row))).collect();
                    walk.count(fresh.len())?;
                    walk.lead(member, &fresh)?;
                    new.extend(fresh);
                    Ok(())
                })?;
                kept.entry(member).or_default().extend(new);
            }
        }
        for &member in &group.members {
            let rows = kept.remove(&member).unwrap_or_default();
            self.give(session, member, rows, each)?;
        }
        Ok(())
    }

    fn waits(&self, collection: usize) -> bool {
        let mut ways = self.prepared.ways.iter().zip(&self.pending);
        ways.any(|(way, pending)| way.to.collection == collection && !pending.is_empty())
    }

    /// Looks up the pending keys of a collection in one question.
    fn search(
        &mut self,
        session: &mut Session<'_>,
        collection: usize,
        each: &mut OnReached<'_, 'p, 'd>,
    ) -> Result<()> {
        let prepared = self.prepared;
        let filters = self.filters(collection);
        let (Some(Some(table)), Some(key)) = (prepared.tables.get(collection), prepared.keys.get(collection))
        else {
            return Ok(());
        };
        if filters.is_empty() {
            return Ok(());
        }
        let started = Instant::now();
        let columns = prepared.columns(collection);
        let query = Query { table, key, columns: &columns, filters: &filters };
        session.select(&query, &mut |session, rows| {
            let reached = rows.into_iter().filter_map(|row| self.reached(collection, row)).collect();
            each(self, session, reached)
        })?;
        if let Some(report) = self.reports.get_mut(&collection) {
            report.rounds += 1;
            report.elapsed += started.elapsed();
        }
        Ok(())
    }

    /// The pending keys by column; ways into one column are one condition.
    fn filters(&mut self, collection: usize) -> Vec<Filter> {
        let mut filters: Vec<Filter> = Vec::new();
        for (way, pending) in self.prepared.ways.iter().zip(&mut self.pending) {
            let Some(column) = way.to.path.first().filter(|_| way.to.collection == collection) else {
                continue;
            };
            let keys = std::mem::take(pending);
            if keys.is_empty() {
                continue;
            }
            let same = |f: &&mut Filter| f.column == *column && f.fold == way.fold && f.inside == way.inside;
            match filters.iter_mut().find(same) {
                Some(filter) => filter.keys.extend(keys),
                None => {
                    filters.push(Filter { column: column.clone(), inside: way.inside, fold: way.fold, keys });
                }
            }
        }
        filters.iter_mut().for_each(|f| {
            f.keys.sort();
            f.keys.dedup();
        });
        filters
    }

    /// The row with the way by which it was reached; none when the engine gave a row too many.
    fn reached(&mut self, collection: usize, row: Row) -> Option<Reached> {
        let prepared = self.prepared;
        let ways = prepared.ways.iter().enumerate().filter(|(_, w)| w.to.collection == collection);
        for (number, way) in ways {
            let before = self.keys_of(&row, &way.to, way).iter().find_map(|key| {
                self.arrived.get(number).and_then(|arrived| arrived.get(key)).map(|a| a.path)
            });
            if let Some(before) = before {
                return Some(Reached { row, step: self.step(before, number) });
            }
        }
        None
    }

    fn step(&mut self, before: usize, way: usize) -> usize {
        *self.step_numbers.entry((before, way)).or_insert_with(|| {
            self.steps.push((before, way));
            self.steps.len() - 1
        })
    }

    /// The keys that a row holds at a place, as this way compares them.
    pub(super) fn keys_of(&self, row: &Row, place: &Place, way: &Way) -> BTreeSet<Key> {
        let Some((column, inner)) = place.path.split_first() else { return BTreeSet::new() };
        let fields = self.prepared.dataset.collections.get(place.collection).map_or(&[][..], |c| &c.fields);
        let at = fields.iter().position(|f| f.name == *column);
        let value = at.and_then(|at| row.values.get(at));
        let keys = value.map(|v| v.keys_at(inner)).unwrap_or_default();
        if way.fold { keys.into_iter().map(Key::folded).collect() } else { keys }
    }

    /// Sends the rows on: to where their values lead.
    fn lead(&mut self, collection: usize, rows: &[Reached]) -> Result<()> {
        let prepared = self.prepared;
        for (number, way) in prepared.ways.iter().enumerate() {
            let Start::Field(from) = &way.from else { continue };
            if from.collection != collection || !self.is_searched(way.to.collection) {
                continue;
            }
            for reached in rows {
                for key in self.keys_of(&reached.row, from, way) {
                    self.arrive(number, key, reached.step);
                }
            }
        }
        if self.kept > self.limits.keys { Err(too_far("keys", self.limits.keys)) } else { Ok(()) }
    }

    fn is_searched(&self, collection: usize) -> bool {
        self.prepared.tables.get(collection).is_some_and(Option::is_some)
    }

    fn arrive(&mut self, way: usize, key: Key, path: usize) {
        let fold = self.prepared.ways.get(way).is_some_and(|w| w.fold);
        let key = if fold { key.folded() } else { key };
        let (Some(arrived), Some(pending)) = (self.arrived.get_mut(way), self.pending.get_mut(way)) else {
            return;
        };
        if let Some(known) = arrived.get_mut(&key) {
            known.held += 1;
            return;
        }
        self.kept += 1;
        pending.push(key.clone());
        arrived.insert(key, Arrival { held: 1, path });
    }

    /// Rows kept in memory count against the limit too.
    fn count(&mut self, rows: usize) -> Result<()> {
        self.kept += rows;
        if self.kept > self.limits.keys { Err(too_far("keys", self.limits.keys)) } else { Ok(()) }
    }

    /// Sends rows on and gives them out.
    fn settle(
        &mut self,
        session: &mut Session<'_>,
        collection: usize,
        rows: Vec<Reached>,
        each: &mut OnItem<'_>,
    ) -> Result<()> {
        self.lead(collection, &rows)?;
        self.give(session, collection, rows, each)
    }

    fn give(
        &mut self,
        session: &mut Session<'_>,
        collection: usize,
        rows: Vec<Reached>,
        each: &mut OnItem<'_>,
    ) -> Result<()> {
        let shared = share::reasons(self, session, collection, &rows)?;
        if let Some(report) = self.reports.get_mut(&collection) {
            report.rows += rows.len() as u64;
            report.shared += shared.iter().filter(|s| !s.is_empty()).count() as u64;
        }
        for (reached, shared) in rows.into_iter().zip(shared) {
            let path = self.path(reached.step);
            let values = shape::values(self, collection, &reached.row);
            let Row { key, values: raw } = reached.row;
            each(Item { collection, key, values, raw, path, shared })?;
        }
        Ok(())
    }

    /// The steps to here, the identity first.
    fn path(&self, mut step: usize) -> Vec<String> {
        let mut path = Vec::new();
        while let Some(&(before, number)) = self.steps.get(step).filter(|_| step > 0) {
            if let Some(way) = self.prepared.ways.get(number) {
                path.push(self.prepared.dataset.shown(&way.to));
                if let Start::Identity(identity) = way.from {
                    path.extend(self.prepared.identities.get(identity).map(|i| i.kind.clone()));
                }
            }
            step = before;
        }
        path.reverse();
        path
    }
}

/// What tells a row from all others of its table.
fn identity(row: &Row) -> Vec<Key> {
    let of = |values: &[Value]| -> Vec<Key> {
        values.iter().map(|v| Key::Text(v.to_text().unwrap_or_else(|| "\0".to_owned()))).collect()
    };
    if row.key.is_empty() { of(&row.values) } else { of(&row.key) }
}

fn too_far(what: &str, limit: usize) -> SourceError {
    SourceError::failed(
        "limit",
        format!("the search was stopped after {limit} {what}, and more may be held: give a higher --{what}"),
    )
}
