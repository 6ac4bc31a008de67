//! Which of several overlapping findings stand.

use std::collections::BTreeMap;

use super::Entity;

/// A finding in shadow bytes.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) entity: Entity,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) score: f32,
    pub(crate) why: String,
}

/// Keeps the surest finding of each place, then the longest; the rest give way, so that an exact
/// identifier is never swallowed by a longer guess. In order of place.
pub(crate) fn resolve(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then((b.end - b.start).cmp(&(a.end - a.start)))
            .then(a.start.cmp(&b.start))
            .then(a.entity.cmp(&b.entity))
    });
    let mut kept: BTreeMap<usize, Hit> = BTreeMap::new();
    for hit in hits {
        let clear = kept.range(..hit.end).next_back().is_none_or(|(_, last)| last.end <= hit.start);
        if clear && hit.start < hit.end {
            kept.insert(hit.start, hit);
        }
    }
    kept.into_values().collect()
}
