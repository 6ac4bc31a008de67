//! Figures that name nobody: small numbers are suppressed, what would give them away is suppressed with them,
//! the rest is rounded, and a release that would give a person away beside an earlier one is refused
//! (promises N26, C22).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::check::{Missing, missing};
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What figures are broken down by.
    Dimension: "dimension of statistics" {
        /// The office that does the work.
        Office = "office", "office";
        /// The first level of the issue code.
        Issue = "issue", "issue";
        /// The month in which the case was opened.
        Month = "month", "month";
        /// What came of the case; of one that is not closed, how it stands.
        Outcome = "outcome", "outcome";
    }
}

/// How figures are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protection {
    /// The least number that is shown, of cases and of people: at least 3.
    pub threshold: u64,
    /// What shown numbers are rounded to; 1 leaves them as they are.
    pub round_to: u64,
}

impl Default for Protection {
    /// Five, and rounded to five.
    fn default() -> Self {
        Self { threshold: 5, round_to: 5 }
    }
}

/// The key of a cell: one value for each dimension, `None` for all of them together.
pub type Key = Vec<Option<String>>;

/// One case, as it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its value in each dimension.
    pub values: Vec<String>,
    /// Whose it is, named or not (promise N5).
    pub person: [u8; 16],
}

/// One number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    /// How many cases.
    pub cases: u64,
    /// How many different people.
    pub people: u64,
}

/// A table with its totals: every cell, exact.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    cells: BTreeMap<Key, Cell>,
}

/// A table as it may be shown: a number, or `None` where it is suppressed.
pub type Shown = BTreeMap<Key, Option<u64>>;

impl Table {
    /// Counts cases and different people, in every cell and every total.
    pub fn tally(units: impl IntoIterator<Item = Unit>) -> Self {
        let mut people: BTreeMap<Key, (u64, BTreeSet<[u8; 16]>)> = BTreeMap::new();
        for unit in units {
            for key in totals_of(&unit.values) {
                let (cases, seen) = people.entry(key).or_default();
                *cases += 1;
                seen.insert(unit.person);
            }
        }
        let count = |seen: BTreeSet<[u8; 16]>| u64::try_from(seen.len()).unwrap_or(u64::MAX);
        let cells = people.into_iter().map(|(k, (cases, seen))| (k, Cell { cases, people: count(seen) }));
        Self { cells: cells.collect() }
    }

    /// Every cell, exact: for those who hold the records, never for a release.
    #[must_use]
    pub const fn cells(&self) -> &BTreeMap<Key, Cell> {
        &self.cells
    }

    /// What may be shown of the table.
    ///
    /// INVARIANT: no number below the threshold is shown, and none that is suppressed can be worked out from
    /// what is shown to within three neighbouring values.
    #[must_use]
    pub fn protect(&self, by: Protection) -> Shown {
        let least = by.threshold.max(3);
        let small = |cell: &Cell| cell.cases > 0 && (cell.cases < least || cell.people < least);
        let mut hidden: BTreeSet<Key> =
            self.cells.iter().filter(|(_, c)| small(c)).map(|(k, _)| k.clone()).collect();
        let lines = self.lines();
        loop {
            let exposed = self.exposed(&lines, &hidden);
            let more: BTreeSet<Key> =
                exposed.iter().filter_map(|key| self.next_to_hide(&lines, &hidden, key)).collect();
            if more.is_empty() {
                break;
            }
            hidden.extend(more);
        }
        let shown = |(k, c): (&Key, &Cell)| (k.clone(), (!hidden.contains(k)).then(|| round(c.cases, by)));
        self.cells.iter().map(shown).collect()
    }

    /// Each total with the cells that add up to it.
    fn lines(&self) -> Vec<Line> {
        let mut lines: BTreeMap<(Key, usize), Vec<Key>> = BTreeMap::new();
        for key in self.cells.keys() {
            for (at, value) in key.iter().enumerate() {
                if value.is_some() {
                    let mut total = key.clone();
                    if let Some(slot) = total.get_mut(at) {
                        *slot = None;
                    }
                    lines.entry((total, at)).or_default().push(key.clone());
                }
            }
        }
        lines.into_iter().map(|((total, _), parts)| Line { total, parts }).collect()
    }

    fn number(&self, key: &Key) -> u64 {
        self.cells.get(key).map_or(0, |c| c.cases)
    }

    /// The suppressed cells whose number can be worked out too closely from what is shown.
    fn exposed(&self, lines: &[Line], hidden: &BTreeSet<Key>) -> Vec<Key> {
        let mut bounds: BTreeMap<&Key, (u64, u64)> = self
            .cells
            .iter()
            .map(|(k, c)| (k, if hidden.contains(k) { (1, UNKNOWN) } else { (c.cases, c.cases) }))
            .collect();
        while lines.iter().fold(false, |changed, line| line.tighten(&mut bounds) | changed) {}
        let close = |key: &&Key| bounds.get(*key).is_none_or(|(low, high)| high.saturating_sub(*low) < 2);
        hidden.iter().filter(close).cloned().collect()
    }

    /// The least number that, suppressed too, protects this one: of its own line, else the total, else a part.
    fn next_to_hide(&self, lines: &[Line], hidden: &BTreeSet<Key>, key: &Key) -> Option<Key> {
        let open = |k: &&Key| !hidden.contains(*k) && self.number(k) > 0;
        let least =
            |keys: Vec<&Key>| keys.into_iter().min_by_key(|k| (self.number(k), (*k).clone())).cloned();
        let within: Vec<&Line> = lines.iter().filter(|l| l.parts.contains(key)).collect();
        let siblings: Vec<&Key> =
            within.iter().flat_map(|l| &l.parts).filter(|k| *k != key).filter(open).collect();
        let totals: Vec<&Key> = within.iter().map(|l| &l.total).filter(open).collect();
        let parts: Vec<&Key> =
            lines.iter().filter(|l| l.total == *key).flat_map(|l| &l.parts).filter(open).collect();
        least(siblings).or_else(|| least(totals)).or_else(|| least(parts))
    }
}

/// More than any number that is counted.
const UNKNOWN: u64 = u64::MAX / 4096;

struct Line {
    total: Key,
    parts: Vec<Key>,
}

impl Line {
    /// Narrows what an attentive reader can tell of the total and the parts; says whether anything changed.
    fn tighten<'k>(&self, bounds: &mut BTreeMap<&'k Key, (u64, u64)>) -> bool {
        let of = |bounds: &BTreeMap<&'k Key, (u64, u64)>, key: &Key| {
            bounds.get(key).copied().unwrap_or((0, UNKNOWN))
        };
        let (low, high) = self.parts.iter().fold((0u64, 0u64), |(low, high), part| {
            let (l, h) = of(bounds, part);
            (low.saturating_add(l), high.saturating_add(h))
        });
        let total = of(bounds, &self.total);
        let narrowed = (total.0.max(low), total.1.min(high));
        let mut changed = set(bounds, &self.total, narrowed);
        for part in &self.parts {
            let (l, h) = of(bounds, part);
            let least = narrowed.0.saturating_sub(high.saturating_sub(h));
            let most = narrowed.1.saturating_sub(low.saturating_sub(l));
            // An unknown neighbour leaves this one unknown.
            let least = if high >= UNKNOWN { l } else { l.max(least) };
            changed |= set(bounds, part, (least, h.min(most)));
        }
        changed
    }
}

fn set(bounds: &mut BTreeMap<&Key, (u64, u64)>, key: &Key, to: (u64, u64)) -> bool {
    match bounds.get_mut(key) {
        Some(slot) if *slot != to => {
            *slot = to;
            true
        }
        _ => false,
    }
}

/// The cell of these values and each total over it.
fn totals_of(values: &[String]) -> Vec<Key> {
    let mut keys: Vec<Key> = vec![Vec::new()];
    for value in values {
        let with = |key: &Key, last: Option<String>| key.iter().cloned().chain([last]).collect::<Key>();
        keys = keys.iter().flat_map(|k| [with(k, None), with(k, Some(value.clone()))]).collect();
    }
    keys
}

fn round(number: u64, by: Protection) -> u64 {
    match by.round_to {
        0 | 1 => number,
        to => number.saturating_add(to / 2) / to * to,
    }
}

/// What one number covers: the cases of these months, and of these values where one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// The first month, as its first day.
    pub first: Date,
    /// The last month, as its first day.
    pub last: Date,
    /// The values, by dimension other than the month.
    pub values: BTreeMap<Dimension, String>,
}

impl Region {
    /// Whether everything that `other` covers is covered by this.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.first <= other.first
            && other.last <= self.last
            && self.values.iter().all(|(d, v)| other.values.get(d) == Some(v))
    }
}

/// A number that was shown, exact as it was counted then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// What it covers.
    pub region: Region,
    /// How many cases.
    pub cases: u64,
}

/// Whether two releases give a few people away by the difference of two of their numbers.
///
/// Two numbers at a time are compared: one that covers all that another covers, and differs from it by fewer
/// than the threshold, tells about those few. Sums of more than two earlier numbers are not tried.
///
/// # Errors
/// The pair that gives somebody away, and what to do.
pub fn no_differencing(new: &[Published], earlier: &[Published], by: Protection) -> Result<(), Missing> {
    let least = by.threshold.max(3);
    let nested = |a: &Region, b: &Region| a.contains(b) || b.contains(a);
    let clash = new.iter().find(|n| {
        earlier.iter().any(|e| {
            let apart = n.cases.abs_diff(e.cases);
            apart > 0 && apart < least && nested(&n.region, &e.region)
        })
    });
    match clash {
        None => Ok(()),
        Some(n) => {
            let reason = format!(
                "beside an earlier release the number for {} would tell about fewer than {least} people: \
                 release the same months and breakdown as before, or wait until more months are complete",
                words(&n.region)
            );
            Err(missing("differencing", "period", reason))
        }
    }
}

fn words(region: &Region) -> String {
    let values: Vec<&str> = region.values.values().map(String::as_str).collect();
    let what = if values.is_empty() { "all cases".to_owned() } else { values.join(", ") };
    format!("{what} ({} to {})", region.first.strftime("%B %Y"), region.last.strftime("%B %Y"))
}

/// Whether these are whole months that are over: a month that still runs changes from release to release.
///
/// # Errors
/// What to choose instead.
pub fn whole_months(first: Date, last: Date, today: Date) -> Result<(), Missing> {
    let wrong = |reason: &str| Err(missing("period", "period", reason));
    if first.day() != 1 || last.day() != 1 || last < first {
        return wrong("choose the first and the last month, in their order");
    }
    if last >= today.first_of_month() {
        return wrong("choose months that are over: a month that still runs changes until it ends");
    }
    Ok(())
}
