//! Records that belong together: connected components.

use std::collections::BTreeMap;

/// A forest of records; each tree is one person.
#[derive(Debug)]
struct Forest(Vec<usize>);

impl Forest {
    fn root(&mut self, mut at: usize) -> usize {
        while let Some(above) = self.0.get(at).copied().filter(|above| *above != at) {
            let next = self.0.get(above).copied().unwrap_or(above);
            if let Some(place) = self.0.get_mut(at) {
                *place = next;
            }
            at = next;
        }
        at
    }

    // The smaller root stays, so that the result does not depend on the order of the pairs.
    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(place) = self.0.get_mut(a.max(b)) {
            *place = a.min(b);
        }
    }
}

/// The connected components of two records or more, as sorted lists of record numbers.
pub(super) fn components(records: u32, pairs: impl IntoIterator<Item = (u32, u32)>) -> Vec<Vec<u32>> {
    let mut forest = Forest((0..records as usize).collect());
    for (a, b) in pairs {
        forest.join(a as usize, b as usize);
    }
    let mut groups = BTreeMap::<usize, Vec<u32>>::new();
    for record in 0..records {
        groups.entry(forest.root(record as usize)).or_default().push(record);
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}
