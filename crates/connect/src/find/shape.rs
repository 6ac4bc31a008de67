//! What of a row is the person's: the declared parts of objects, and the matching elements of lists.

use serde_json::{Map, Value as Json};

use super::walk::Walk;
use crate::dataset::Field;
use crate::engine::Row;
use crate::value::{Key, Value};

/// The values of a row as they are given out.
pub(super) fn values(walk: &Walk<'_, '_>, collection: usize, row: &Row) -> Vec<Value> {
    let fields = walk.prepared.dataset.collections.get(collection).map_or(&[][..], |c| &c.fields);
    row.values.iter().zip(fields).map(|(value, field)| shaped(walk, collection, value, field)).collect()
}

fn shaped(walk: &Walk<'_, '_>, collection: usize, value: &Value, field: &Field) -> Value {
    if field.fields.is_empty() && !field.array {
        return value.clone();
    }
    let Some(json) = value.structure() else { return value.clone() };
    let own = elements(walk, collection, field, json);
    Value::Json(if field.fields.is_empty() { own } else { declared(&own, &field.fields) })
}

/// The elements by which the row was reached; all of them when the dataset says so, or when it was reached
/// by something else.
fn elements(walk: &Walk<'_, '_>, collection: usize, field: &Field, json: Json) -> Json {
    let Json::Array(items) = json else { return json };
    let ways = walk.prepared.ways.iter().zip(&walk.arrived);
    for (way, arrived) in ways.filter(|(w, _)| w.to.collection == collection) {
        let Some((_, inner)) = way.to.path.split_first().filter(|(c, _)| **c == field.name) else { continue };
        let all = walk.prepared.dataset.field(&way.to).is_some_and(|f| f.all_elements);
        let met = |key: Key| arrived.contains_key(&if way.fold { key.folded() } else { key });
        let matches = |item: &&Json| Value::Json((*item).clone()).keys_at(inner).into_iter().any(met);
        let own: Vec<Json> = items.iter().filter(matches).cloned().collect();
        if !all && !own.is_empty() {
            return Json::Array(own);
        }
    }
    Json::Array(items)
}

/// An object without the parts that the dataset does not list.
fn declared(json: &Json, fields: &[Field]) -> Json {
    match json {
        Json::Array(items) => Json::Array(items.iter().map(|i| declared(i, fields)).collect()),
        Json::Object(map) => {
            let part = |f: &Field| {
                let inner = map.get(&f.name)?;
                let kept = if f.fields.is_empty() { inner.clone() } else { declared(inner, &f.fields) };
                Some((f.name.clone(), kept))
            };
            Json::Object(fields.iter().filter_map(part).collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}
