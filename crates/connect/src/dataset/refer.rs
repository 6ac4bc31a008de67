//! References and orders between collections: that they meet, and that an identity leads everywhere.

use std::collections::BTreeMap;

use serde_saphyr::Spanned;

use super::problem::Problems;
use super::raw::{RawCollectionMeta, RawDatasetMeta, RawField, RawFile, RawReference};
use super::{Dataset, Place, Reference};
use crate::graph::{self, Edge, Graph, Plan, Stuck};

/// Turns the names of references and orders into numbers.
pub(super) fn resolve(raw: &RawFile, dataset: &mut Dataset, problems: &mut Problems) {
    for one in &raw.dataset {
        let whole = one.fides_meta.as_ref().or(one.fidesops_meta.as_ref());
        for collection in &one.collections {
            let Some(number) = dataset.find(&one.fides_key.value, &collection.name.value) else { continue };
            let meta = collection.fides_meta.as_ref().or(collection.fidesops_meta.as_ref());
            orders(number, whole, meta, dataset, problems);
            for field in &collection.fields {
                references(number, &[], field, dataset, problems);
            }
        }
    }
    tidy(dataset);
}

/// Each reference once, and none to or from what is skipped; a direction that is written wins over none.
fn tidy(dataset: &mut Dataset) {
    let mut all: BTreeMap<(Place, Place), bool> = BTreeMap::new();
    let skipped = |p: &Place| dataset.collections.get(p.collection).is_some_and(|c| c.skip);
    for r in dataset.references.iter().filter(|r| !skipped(&r.from) && !skipped(&r.to)) {
        let either = all.entry((r.from.clone(), r.to.clone())).or_insert(r.either);
        *either &= r.either;
    }
    let written: Vec<(Place, Place)> = all.keys().cloned().collect();
    for (from, to) in written {
        if all.get(&(from.clone(), to.clone())) == Some(&true)
            && all.contains_key(&(to.clone(), from.clone()))
            && from != to
        {
            all.remove(&(from, to));
        }
    }
    dataset.references = all.into_iter().map(|((from, to), either)| Reference { from, to, either }).collect();
}

fn orders(
    number: usize,
    whole: Option<&RawDatasetMeta>,
    meta: Option<&RawCollectionMeta>,
    dataset: &mut Dataset,
    problems: &mut Problems,
) {
    for key in whole.and_then(|m| m.after.as_deref()).unwrap_or_default() {
        if dataset.keys.contains(&key.value) {
            let earlier = dataset.collections.iter().enumerate().filter(|(_, c)| c.dataset == key.value);
            let pairs: Vec<(usize, usize)> = earlier.map(|(e, _)| (number, e)).collect();
            dataset.after.extend(pairs);
        } else {
            missing_dataset(key, problems);
        }
    }
    let after = address(number, meta.and_then(|m| m.after.as_deref()), dataset, problems);
    let erase_after = address(number, meta.and_then(|m| m.erase_after.as_deref()), dataset, problems);
    dataset.after.extend(after);
    dataset.erase_after.extend(erase_after);
}

fn address(
    number: usize,
    list: Option<&[Spanned<String>]>,
    dataset: &Dataset,
    problems: &mut Problems,
) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for text in list.unwrap_or_default() {
        let (key, name) = text.value.split_once('.').unwrap_or(("", &text.value));
        match dataset.find(key, name) {
            Some(earlier) => found.push((number, earlier)),
            None => problems.add(
                "missing-collection",
                text.referenced.line(),
                format!("`{}` is no collection of this file: write `dataset.collection`", text.value),
            ),
        }
    }
    found
}

fn references(
    collection: usize,
    above: &[String],
    field: &RawField,
    dataset: &mut Dataset,
    problems: &mut Problems,
) {
    let mut path = above.to_vec();
    path.push(field.name.value.clone());
    let inner = field.fields.as_deref().unwrap_or_default();
    if !inner.is_empty() {
        inner.iter().for_each(|f| references(collection, &path, f, dataset, problems));
        return;
    }
    let meta = field.fides_meta.as_ref().or(field.fidesops_meta.as_ref());
    for written in meta.and_then(|m| m.references.as_deref()).unwrap_or_default() {
        let own = Place { collection, path: path.clone() };
        let (Some(other), Some((towards, either))) =
            (place(written, dataset, problems), direction(written, problems))
        else {
            continue;
        };
        let (from, to) = if towards { (own, other) } else { (other, own) };
        dataset.references.push(Reference { from, to, either });
    }
}

/// Whether it leads to the named field, and whether it may be walked either way.
fn direction(written: &RawReference, problems: &mut Problems) -> Option<(bool, bool)> {
    match written.direction.as_ref().map(|d| d.value.as_str()) {
        None => Some((true, true)),
        Some("to") => Some((true, false)),
        Some("from") => Some((false, false)),
        Some(other) => {
            let line = written.direction.as_ref().map_or(0, |d| d.referenced.line());
            problems.add(
                "bad-direction",
                line,
                format!("`{other}` is no direction: write `from` or `to`, or leave it out"),
            );
            None
        }
    }
}

fn place(written: &RawReference, dataset: &Dataset, problems: &mut Problems) -> Option<Place> {
    if !dataset.keys.contains(&written.dataset.value) {
        missing_dataset(&written.dataset, problems);
        return None;
    }
    let line = written.field.referenced.line();
    let text = written.field.value.as_str();
    let Some((name, path)) = text.split_once('.') else {
        problems.add("bad-reference", line, format!("`{text}` names no field: write `collection.field`"));
        return None;
    };
    let Some(collection) = dataset.find(&written.dataset.value, name) else {
        problems.add(
            "missing-collection",
            line,
            format!(
                "the reference `{text}` names the collection `{name}`, which `{}` has not",
                written.dataset.value
            ),
        );
        return None;
    };
    let place = Place { collection, path: path.split('.').map(str::to_owned).collect() };
    match dataset.field(&place) {
        Some(field) if field.fields.is_empty() => Some(place),
        Some(_) => {
            problems.add("bad-reference", line, format!("`{text}` is an object: refer to one of its parts"));
            None
        }
        None => {
            problems.add(
                "missing-field",
                line,
                format!("the reference `{text}` names a field that `{name}` has not"),
            );
            None
        }
    }
}

fn missing_dataset(key: &Spanned<String>, problems: &mut Problems) {
    let message =
        format!("the dataset `{}` is not in this file: put it there or remove what names it", key.value);
    problems.add("missing-dataset", key.referenced.line(), message);
}

impl Dataset {
    /// The plan of a search that begins at these collections.
    ///
    /// # Errors
    /// As [`graph::plan`].
    pub fn plan(&self, seeds: Vec<usize>) -> Result<Plan, Stuck> {
        let edge = |r: &Reference| Edge { from: r.from.collection, to: r.to.collection, either: r.either };
        graph::plan(&Graph {
            size: self.collections.len(),
            edges: self.references.iter().map(edge).collect(),
            seeds,
            after: self.after.clone(),
        })
    }
}

/// That an identity leads to every collection, and the orders can be kept.
pub(super) fn check_reach(dataset: &Dataset, problems: &mut Problems) {
    let mut seeds: Vec<usize> = dataset.identities().map(|(place, _)| place.collection).collect();
    seeds.dedup();
    if seeds.is_empty() {
        problems.add(
            "no-identity",
            0,
            "no field holds an identity: give one field `fides_meta: {identity: email}` or another kind",
        );
        return;
    }
    let name = |c: usize| dataset.collections.get(c).map_or("?", |c| c.name.as_str());
    let line = |c: usize| dataset.collections.get(c).map_or(0, |c| c.line);
    match dataset.plan(seeds) {
        Err(Stuck { later, earlier }) => problems.add(
            "stuck-order",
            line(later),
            format!(
                "`{}` is to be read after `{}`, which is only found by way of it or waits for it too: remove one `after`",
                name(later),
                name(earlier)
            ),
        ),
        Ok(plan) => {
            let skipped = |c: &usize| dataset.collections.get(*c).is_some_and(|c| c.skip);
            for c in plan.unreached.into_iter().filter(|c| !skipped(c)) {
                let message = format!(
                    "no identity leads to `{}`: give a field of it an identity, or a reference from or to a collection that is found, or `skip_processing: true`",
                    name(c)
                );
                problems.add("unreachable", line(c), message);
            }
        }
    }
}
