//! The order of writing: rows that refer to others first, the rows that they refer to last.

use std::collections::BTreeMap;

use super::Erased;
use crate::find::Prepared;

/// Sorts what is to be written. Where references go round, the search's own order is turned about.
pub(super) fn order(prepared: &Prepared<'_>, mut rows: BTreeMap<usize, Erased>) -> Vec<Erased> {
    let searched = prepared.groups.iter().flat_map(|g| &g.members).copied();
    let mut waiting: Vec<usize> = searched.filter(|c| rows.contains_key(c)).collect();
    waiting.reverse();
    let mut done = Vec::new();
    while !waiting.is_empty() {
        let free = waiting
            .iter()
            .position(|&c| !waiting.iter().any(|&other| other != c && goes_before(prepared, other, c)));
        let next = waiting.remove(free.unwrap_or_default());
        done.extend(rows.remove(&next));
    }
    done
}

/// Whether a collection is written before another: it refers to it, or the dataset says so.
fn goes_before(prepared: &Prepared<'_>, earlier: usize, later: usize) -> bool {
    let told = prepared.dataset.erase_after.contains(&(later, earlier));
    let tables = (prepared.tables.get(earlier), prepared.tables.get(later));
    let (Some(Some(child)), Some(Some(parent))) = tables else { return told };
    told || child.foreign_keys.iter().any(|k| parent.same(&k.table, &parent.name))
}
