//! How well a matching agrees with the truth, where a gold column tells it.

use std::collections::HashMap;

use serde::Serialize;

use super::Pair;
use super::table::Table;

/// Precision, recall and F1 at one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Score {
    /// The lowest weight that counts as a match.
    pub weight: f64,
    /// Share of the proposed pairs that are true.
    pub precision: f64,
    /// Share of the true pairs that were proposed.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
}

impl Score {
    fn of(weight: f64, right: u64, proposed: u64, truth: u64) -> Self {
        let share = |of: u64| if of == 0 { 0.0 } else { right as f64 / of as f64 };
        let (precision, recall) = (share(proposed), share(truth));
        let f1 = if right == 0 { 0.0 } else { 2.0 * right as f64 / (proposed + truth) as f64 };
        Self { weight, precision, recall, f1 }
    }
}

/// Scores against the gold column.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quality {
    /// At the threshold that was used.
    pub used: Score,
    /// At the threshold that would have been best among the pairs kept.
    pub best: Score,
    /// Pairs of records that stand in one cluster at the threshold used.
    pub clusters: Score,
}

/// Pairs among which a choice can be made: across two files, or within one.
fn pairs_of([a, b]: [u64; 2], linked: bool) -> u64 {
    if linked { a * b } else { (a + b) * (a + b).saturating_sub(1) / 2 }
}

pub(super) fn measure(table: &Table, pairs: &[Pair], groups: &[Vec<u32>], threshold: f64) -> Option<Quality> {
    if table.gold.is_empty() {
        return None;
    }
    let linked = table.boundary.is_some();
    let gold = |r: u32| table.gold.get(r as usize).map(|g| &**g).filter(|g| !g.is_empty());
    let sides = |records: &mut dyn Iterator<Item = u32>| {
        let mut sides = HashMap::<&str, [u64; 2]>::new();
        for record in records {
            let side = usize::from(table.boundary.is_some_and(|b| record >= b));
            let counts = gold(record).map(|g| sides.entry(g).or_default());
            if let Some(count) = counts.and_then(|c| c.get_mut(side)) {
                *count += 1;
            }
        }
        sides
    };
    let truth = sides(&mut (0..table.len())).values().map(|c| pairs_of(*c, linked)).sum();
    let (mut right, mut proposed) = (0, 0);
    let zero = Score::of(f64::INFINITY, 0, 0, truth);
    let (mut used, mut best) = (zero, zero);
    for pair in pairs {
        proposed += 1;
        right += u64::from(gold(pair.a).is_some() && gold(pair.a) == gold(pair.b));
        let score = Score::of(pair.weight, right, proposed, truth);
        if pair.probability() >= threshold {
            used = score;
        }
        if score.f1 > best.f1 {
            best = score;
        }
    }
    let (mut right, mut proposed) = (0, 0);
    for group in groups {
        let counts = sides(&mut group.iter().copied());
        right += counts.values().map(|c| pairs_of(*c, linked)).sum::<u64>();
        let second = group.iter().filter(|r| table.boundary.is_some_and(|b| **r >= b)).count() as u64;
        proposed += pairs_of([group.len() as u64 - second, second], linked);
    }
    let clusters = Score::of(used.weight, right, proposed, truth);
    Some(Quality { used, best, clusters })
}
