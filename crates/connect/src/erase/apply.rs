//! Writing, and looking again before what was written is made durable.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{Hash, Hasher};

use super::{Decision, Erasure, Outcome, rewrite};
use crate::engine::{Change, Session};
use crate::error::{Result, SourceError};
use crate::find::{Item, Prepared, Walk};
use crate::mask::Strategy;
use crate::value::{Key, Value};

/// How many rows are written by one statement.
const BATCH: usize = 5_000;

/// Writes the new values and deletes what is to be deleted.
pub(super) fn apply(session: &mut Session<'_>, prepared: &Prepared<'_>, outcome: &mut Outcome) -> Result<()> {
    for erased in &mut outcome.collections {
        let number = erased.collection;
        let (Some(Some(table)), Some(key)) = (prepared.tables.get(number), prepared.keys.get(number)) else {
            continue;
        };
        let columns = rewrite::written(&outcome.columns, number);
        let rows: Vec<_> = erased.rows.iter().filter(|r| r.write).collect();
        for batch in rows.chunks(BATCH) {
            erased.changed += if erased.delete {
                let keys: Vec<Vec<Value>> = batch.iter().map(|r| r.key.clone()).collect();
                session.delete(table, key, &keys)?
            } else {
                let change = |r: &&super::ErasedRow| Change { key: r.key.clone(), values: r.new.clone() };
                let changes: Vec<Change> = batch.iter().map(change).collect();
                session.rewrite(table, key, &columns, &changes)?
            };
        }
    }
    Ok(())
}

/// Searches again: no row that was to be masked may still hold what it held, and no row that was to be
/// deleted may still be there.
pub(super) fn verify(
    session: &mut Session<'_>,
    prepared: &Prepared<'_>,
    erasure: &Erasure<'_>,
    outcome: &mut Outcome,
) -> Result<()> {
    let left: BTreeSet<(usize, Vec<Key>)> = outcome
        .collections
        .iter()
        .flat_map(|e| e.rows.iter().filter(|r| r.left).map(|r| address(e.collection, &r.key)))
        .collect();
    let written: BTreeMap<usize, Vec<(usize, HashSet<u64>)>> = new_values(prepared, outcome);
    let question = &erasure.question;
    let all: Vec<usize> = (0..question.identities.len()).collect();
    let mut still = 0;
    let mut wrong: BTreeSet<usize> = BTreeSet::new();
    Walk::new(prepared, &all, question.limits).run(session, &mut |item| {
        still += 1;
        let meant = !left.contains(&address(item.collection, &item.key));
        if meant && (prepared.deletes(item.collection, erasure) || is_untouched(&item, &written)) {
            wrong.insert(item.collection);
        }
        Ok(())
    })?;
    outcome.still_reachable = still;
    let name = |c: usize| prepared.dataset.collections.get(c).map_or("?", |c| c.name.as_str());
    if let Some(&first) = wrong.first() {
        let message = format!(
            "rows of `{}` still hold what was to be erased, perhaps by a trigger of the database: everything was \
             undone",
            name(first)
        );
        return Err(SourceError::failed("not-erased", message));
    }
    if still > 0 {
        let kept = "read-only, held back, shared or without personal data";
        outcome.warnings.push(format!("{still} rows can still be reached by the identity: {kept}"));
    }
    Ok(())
}

fn address(collection: usize, key: &[Value]) -> (usize, Vec<Key>) {
    (collection, key.iter().filter_map(Value::key).collect())
}

/// By collection: the place of each masked column among the fields, and hashes of the texts that were
/// written there. After an erasure nothing else may stand in them.
fn new_values(prepared: &Prepared<'_>, outcome: &Outcome) -> BTreeMap<usize, Vec<(usize, HashSet<u64>)>> {
    let mut found = BTreeMap::new();
    for erased in &outcome.collections {
        let Some(collection) = prepared.dataset.collections.get(erased.collection) else { continue };
        let mut columns = Vec::new();
        for (at, name) in rewrite::written(&outcome.columns, erased.collection).iter().enumerate() {
            let Some(field) = collection.fields.iter().position(|f| f.name == *name) else { continue };
            // The engine writes a number or an object in its own way: only texts and nothing are compared.
            let plain = outcome.columns.iter().any(|c| {
                c.collection == erased.collection
                    && c.path.len() == 1
                    && c.path.first() == Some(name)
                    && matches!(&c.decision, Decision::Mask { strategy, .. } if !matches!(strategy, Strategy::Rewrite { .. }))
            });
            if plain && !collection.fields.get(field).is_some_and(|f| f.array) {
                let texts = erased.rows.iter().filter_map(|r| r.new.get(at)?.as_ref());
                columns.push((field, texts.map(|t| hash(t)).collect()));
            }
        }
        found.insert(erased.collection, columns);
    }
    found
}

fn is_untouched(item: &Item, written: &BTreeMap<usize, Vec<(usize, HashSet<u64>)>>) -> bool {
    let columns = written.get(&item.collection).map_or(&[][..], Vec::as_slice);
    columns.iter().any(|(field, texts)| {
        let text = item.raw.get(*field).and_then(Value::to_text);
        text.is_some_and(|t| !texts.contains(&hash(t.trim_end())) && !texts.contains(&hash(&t)))
    })
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
