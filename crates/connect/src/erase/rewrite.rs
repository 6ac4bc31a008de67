//! The new values of a row.

use serde_json::Value as Json;

use super::{ColumnPlan, Decision, ErasedRow, Erasure, SharedRule};
use crate::find::{Item, Prepared, same_kind};
use crate::mask::{Secret, Strategy, mask};
use crate::value::Value;

/// Makes the new values of rows.
pub(super) struct Maker<'m> {
    prepared: &'m Prepared<'m>,
    erasure: &'m Erasure<'m>,
    columns: &'m [ColumnPlan],
}

/// The columns of a collection that are written, each once, in the order of the plan.
pub(super) fn written(columns: &[ColumnPlan], collection: usize) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for plan in columns.iter().filter(|c| c.collection == collection) {
        let name = plan.path.first().filter(|_| matches!(plan.decision, Decision::Mask { .. }));
        names.extend(name.filter(|n| !names.contains(n)).cloned());
    }
    names
}

impl<'m> Maker<'m> {
    pub(super) const fn new(
        prepared: &'m Prepared<'m>,
        erasure: &'m Erasure<'m>,
        columns: &'m [ColumnPlan],
    ) -> Self {
        Self { prepared, erasure, columns }
    }

    /// What happens to a row that was found.
    pub(super) fn row(&self, item: Item) -> ErasedRow {
        let names = written(self.columns, item.collection);
        let delete = self.prepared.deletes(item.collection, self.erasure);
        let blocked = |c: &ColumnPlan| {
            c.collection == item.collection && matches!(c.decision, Decision::Blocked { .. })
        };
        let holds = names.iter().any(|n| self.value(&item.raw, &item, n).is_some_and(|v| *v != Value::Null));
        let to_change = delete || holds || self.columns.iter().any(blocked);
        let left = to_change && !item.shared.is_empty() && self.erasure.shared == SharedRule::Keep;
        // The person's own name goes even from a row that stays.
        let own = |name: &String| self.is_asked_for(&item, name);
        let write = to_change && (!left || (!delete && names.iter().any(own)));
        let new = |name: &String| {
            if left && !own(name) {
                self.value(&item.raw, &item, name)?.to_text()
            } else {
                self.new_value(&item, name)
            }
        };
        let new = if write && !delete { names.iter().map(new).collect() } else { Vec::new() };
        ErasedRow { key: item.key, shared: item.shared, left, to_change, write, new }
    }

    /// Whether a column holds the identity that was asked for.
    fn is_asked_for(&self, item: &Item, name: &str) -> bool {
        let Some(collection) = self.prepared.dataset.collections.get(item.collection) else { return false };
        let kind = collection.fields.iter().find(|f| f.name == name).and_then(|f| f.identity.as_deref());
        let text =
            self.value(&item.raw, item, name).and_then(Value::to_text).unwrap_or_default().to_lowercase();
        let mut asked = self.prepared.identities.iter();
        kind.is_some_and(|kind| asked.any(|i| same_kind(&i.kind, kind) && i.value.to_lowercase() == text))
    }

    fn value<'v>(&self, values: &'v [Value], item: &Item, name: &str) -> Option<&'v Value> {
        let fields = &self.prepared.dataset.collections.get(item.collection)?.fields;
        values.get(fields.iter().position(|f| f.name == name)?)
    }

    fn new_value(&self, item: &Item, name: &str) -> Option<String> {
        let raw = self.value(&item.raw, item, name)?;
        let plans: Vec<&ColumnPlan> = self
            .columns
            .iter()
            .filter(|c| c.collection == item.collection && c.path.first().is_some_and(|n| n == name))
            .collect();
        let key: Vec<String> = item.key.iter().filter_map(Value::to_text).collect();
        let place = format!("{}|{name}|{}", item.collection, key.join("|"));
        let nested = plans.iter().any(|p| p.path.len() > 1);
        match raw.structure().filter(|_| nested || self.is_list(item, name)) {
            Some(mut json) => {
                let own = self.value(&item.values, item, name).and_then(Value::structure);
                for plan in plans {
                    let Decision::Mask { strategy, limit, .. } = &plan.decision else { continue };
                    if plan.path.len() == 1 && *strategy == Strategy::Null && own.as_ref() == Some(&json) {
                        return None;
                    }
                    let inner = plan.path.get(1..).unwrap_or_default();
                    let brush = Brush { strategy, limit: *limit, secret: &self.erasure.secret };
                    brush.list(&mut json, own.as_ref(), inner, &place);
                }
                Some(json.to_string())
            }
            None if nested => raw.to_text(),
            None => {
                let Some(Decision::Mask { strategy, limit, .. }) = plans.first().map(|p| &p.decision) else {
                    return raw.to_text();
                };
                mask(strategy, &raw.to_text()?, &place, *limit, &self.erasure.secret)
            }
        }
    }

    fn is_list(&self, item: &Item, name: &str) -> bool {
        let collection = self.prepared.dataset.collections.get(item.collection);
        collection.and_then(|c| c.fields.iter().find(|f| f.name == name)).is_some_and(|f| f.array)
    }
}

/// Masks inside objects and lists.
struct Brush<'b> {
    strategy: &'b Strategy,
    limit: Option<usize>,
    secret: &'b Secret,
}

impl Brush<'_> {
    /// The elements of a list that are the person's; everything, when it is no list.
    fn list(&self, json: &mut Json, own: Option<&Json>, inner: &[String], place: &str) {
        match (json, own) {
            (Json::Array(items), Some(Json::Array(own))) if own.len() < items.len() => {
                for (at, item) in items.iter_mut().enumerate() {
                    if own.iter().any(|o| within(o, item)) {
                        self.paint(item, inner, &format!("{place}|{at}"));
                    }
                }
            }
            (json, _) => self.paint(json, inner, place),
        }
    }

    fn paint(&self, json: &mut Json, inner: &[String], place: &str) {
        match (json, inner.split_first()) {
            (Json::Array(items), _) => {
                items
                    .iter_mut()
                    .enumerate()
                    .for_each(|(at, item)| self.paint(item, inner, &format!("{place}|{at}")));
            }
            (Json::Object(map), Some((name, rest))) => {
                if let Some(part) = map.get_mut(name) {
                    self.paint(part, rest, &format!("{place}|{name}"));
                }
            }
            (leaf, None) if !leaf.is_null() => {
                let text = leaf.as_str().map_or_else(|| leaf.to_string(), str::to_owned);
                let new = mask(self.strategy, &text, place, self.limit, self.secret);
                *leaf = new.map_or(Json::Null, Json::String);
            }
            _ => {}
        }
    }
}

/// Whether `part` is `whole`, or `whole` without some of its parts.
fn within(part: &Json, whole: &Json) -> bool {
    match (part, whole) {
        (Json::Object(a), Json::Object(b)) => {
            a.iter().all(|(name, value)| b.get(name).is_some_and(|other| within(value, other)))
        }
        _ => part == whole,
    }
}
