//! Whose rows they are: what shows that a found row may be another person's too.

use std::collections::{BTreeMap, BTreeSet};

use super::Shared;
use super::prepare::{Start, Way};
use super::walk::{Reached, Walk};
use crate::engine::{Holders, Session};
use crate::error::Result;
use crate::value::Key;

/// For each row, why it may be another person's.
pub(super) fn reasons(
    walk: &Walk<'_, '_>,
    session: &mut Session<'_>,
    collection: usize,
    rows: &[Reached],
) -> Result<Vec<Vec<Shared>>> {
    let mut all: Vec<BTreeSet<Shared>> = rows.iter().map(|r| own(walk, collection, r)).collect();
    let referred = referred(walk, session, collection, rows)?;
    for (way, shared) in referred {
        let Some(way) = walk.prepared.ways.get(way) else { continue };
        let Start::Field(from) = &way.from else { continue };
        for (reached, found) in rows.iter().zip(&mut all) {
            if walk.keys_of(&reached.row, &way.to, way).iter().any(|k| shared.contains(k)) {
                found.insert(Shared::ReferredTo { by: walk.prepared.dataset.shown(from) });
            }
        }
    }
    Ok(all.into_iter().map(|set| set.into_iter().collect()).collect())
}

/// What the row itself shows: it names a row of a person who was not found, or holds another identity.
fn own(walk: &Walk<'_, '_>, collection: usize, reached: &Reached) -> BTreeSet<Shared> {
    let mut found = BTreeSet::new();
    let dataset = walk.prepared.dataset;
    for (number, way) in walk.prepared.ways.iter().enumerate().filter(|(_, w)| w.to.collection == collection)
    {
        let known = |key: &Key| walk.arrived.get(number).is_some_and(|a| a.contains_key(key));
        let keys = || walk.keys_of(&reached.row, &way.to, way);
        match &way.from {
            Start::Field(_) if way.from_unique && way.from_person => {
                if keys().iter().any(|k| !known(k)) {
                    found.insert(Shared::Names { field: dataset.shown(&way.to) });
                }
            }
            Start::Identity(identity) => {
                if keys().iter().any(|k| !is_asked_for(walk, *identity, k, way)) {
                    found.insert(Shared::Identity { field: dataset.shown(&way.to) });
                }
            }
            Start::Field(_) => {}
        }
    }
    found
}

/// Whether the key is one of the identities of this kind that were asked for. An empty text is nobody.
fn is_asked_for(walk: &Walk<'_, '_>, identity: usize, key: &Key, way: &Way) -> bool {
    let kind = walk.prepared.identities.get(identity).map_or("", |i| i.kind.as_str());
    let same = |value: &str| {
        let asked = Key::Text(value.to_owned());
        *key == if way.fold { asked.folded() } else { asked }
    };
    *key == Key::Text(String::new())
        || walk.prepared.identities.iter().any(|i| i.kind.eq_ignore_ascii_case(kind) && same(&i.value))
}

/// By way: the keys that more rows hold than were found.
fn referred(
    walk: &Walk<'_, '_>,
    session: &mut Session<'_>,
    collection: usize,
    rows: &[Reached],
) -> Result<Vec<(usize, BTreeSet<Key>)>> {
    let prepared = walk.prepared;
    let mut asked: Vec<(usize, Vec<Key>)> = Vec::new();
    for (number, way) in prepared.ways.iter().enumerate() {
        let countable =
            matches!(&way.from, Start::Field(from) if from.path.len() == 1) && !way.inside && !way.fold;
        if way.to.collection != collection || way.from_unique || !countable {
            continue;
        }
        let keys: BTreeSet<Key> = rows.iter().flat_map(|r| walk.keys_of(&r.row, &way.to, way)).collect();
        if !keys.is_empty() {
            asked.push((number, keys.into_iter().collect()));
        }
    }
    let held = |number: usize, key: &Key| {
        walk.arrived.get(number).and_then(|a| a.get(key)).map_or(0, |arrival| arrival.held)
    };
    let mut questions = Vec::new();
    for (number, keys) in &asked {
        let Some(Start::Field(from)) = prepared.ways.get(*number).map(|w| &w.from) else { continue };
        let (Some(Some(table)), Some(column)) = (prepared.tables.get(from.collection), from.path.first())
        else {
            continue;
        };
        let most = keys.iter().map(|k| held(*number, k)).max().unwrap_or_default() + 1;
        questions.push((*number, Holders { table, column, keys, most }));
    }
    let (numbers, questions): (Vec<usize>, Vec<Holders<'_>>) = questions.into_iter().unzip();
    let answers = session.holders(&questions)?;
    let more = |number: usize, counts: Vec<(Key, usize)>| -> BTreeSet<Key> {
        let counts: BTreeMap<Key, usize> = counts.into_iter().collect();
        counts.into_iter().filter(|(key, n)| *n > held(number, key)).map(|(key, _)| key).collect()
    };
    Ok(numbers.into_iter().zip(answers).map(|(n, counts)| (n, more(n, counts))).collect())
}
