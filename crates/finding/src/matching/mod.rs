//! Matching people: which records of one file, or of two, are the same person.
//!
//! The method is probabilistic record linkage (Fellegi and Sunter, 1969) with term-frequency adjustment:
//! [`fields`] says what each column holds, `blocking` finds the pairs worth comparing, `compare` grades
//! each column's agreement, `learn` estimates the chances of each grade without labels, `model` turns
//! grades into a weight, and [`Explanation`] shows its parts. A match is proposed, never made.
//!
//! The same input gives the same output, whatever the order of its lines.

mod blocking;
mod clusters;
mod compare;
mod explain;
mod fields;
mod index;
mod learn;
mod levels;
mod model;
mod normal;
mod quality;
mod sample;
mod table;

use std::io::Read;

use serde::Serialize;

use self::blocking::Blocks;
use self::compare::grade;
use self::model::{Model, probability};
use self::table::Table;

pub use self::blocking::Capped;
pub use self::explain::{Bar, Explanation};
pub use self::fields::{Fields, Kind};
pub use self::index::{Candidate, Found, Index};
pub use self::quality::{Quality, Score};
pub use self::sample::invent;
pub use self::table::read_headers;

/// Why people could not be matched. Nothing that a record holds is in the text.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The description of the columns cannot be used.
    #[error("the fields cannot be used: {0}")]
    Fields(String),
    /// A named column is not in the file.
    #[error("there is no column `{column}`; the file has {headers}")]
    MissingColumn {
        /// The column that was asked for.
        column: String,
        /// Those that there are.
        headers: String,
    },
    /// The file is empty.
    #[error("the file has no header line; the first line must name the columns")]
    NoHeader,
    /// The file is not CSV.
    #[error("line {line} is not CSV: {what}")]
    Csv {
        /// The line, from 1; 0 when the file could not be read at all.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
    /// Two records have one id.
    #[error("the id on line {line} is already on line {first}; every record needs its own")]
    DuplicateId {
        /// The later line.
        line: u64,
        /// The earlier line.
        first: u64,
    },
}

impl Error {
    fn of_csv(error: &csv::Error) -> Self {
        let line = error.position().map_or(0, csv::Position::line);
        let what = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("it has {len} cells and the header has {expected_len}")
            }
            csv::ErrorKind::Io(e) => format!("it could not be read ({e})"),
            _ => "it could not be understood".to_owned(),
        };
        Self::Csv { line, what }
    }
}

/// How to match.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Pairs with a lower probability are not kept, 0 to 1.
    pub threshold: f64,
    /// Which random pairs are drawn to learn from.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { threshold: 0.5, seed: 1969 }
    }
}

/// Two records that may be one person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    a: u32,
    b: u32,
    /// log2 of the odds that they are one person.
    pub weight: f64,
}

impl Pair {
    /// The probability that they are one person.
    pub fn probability(&self) -> f64 {
        probability(self.weight)
    }
}

/// What was done, in figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Records read from the first file, and from the second.
    pub records: (usize, usize),
    /// Pairs compared.
    pub compared: usize,
    /// Probability that two records drawn at random are one person, as learned.
    pub prior: f64,
    /// Keys of which blocks were too large.
    pub capped: Vec<Capped>,
}

/// The pairs found, the likeliest first.
#[derive(Debug)]
pub struct Matches {
    /// Those at or above the threshold.
    pub pairs: Vec<Pair>,
    /// What was done.
    pub report: Report,
    table: Table,
    model: Model,
}

/// Hears how far the work is: steps done, and steps there are.
pub type Progress<'a> = &'a mut dyn FnMut(usize, usize);

/// Links the records of `a` with those of `b`, both CSV.
///
/// # Errors
/// [`Error`] when a file is not CSV, lacks a column of `fields`, or has one id twice.
pub fn link(
    a: impl Read,
    b: impl Read,
    fields: &Fields,
    options: &Options,
    told: Progress<'_>,
) -> Result<Matches, Error> {
    let mut table = Table::new(fields);
    table.read(a, true)?;
    table.read(b, false)?;
    Ok(find(table, options, told))
}

/// Finds the records of one CSV file that are the same person.
///
/// # Errors
/// [`Error`] when the file is not CSV, lacks a column of `fields`, or has one id twice.
pub fn dedupe(
    a: impl Read,
    fields: &Fields,
    options: &Options,
    told: Progress<'_>,
) -> Result<Matches, Error> {
    let mut table = Table::new(fields);
    table.read(a, false)?;
    Ok(find(table, options, told))
}

fn find(mut table: Table, options: &Options, told: Progress<'_>) -> Matches {
    table.finish();
    let kinds: Vec<Kind> = table.columns.iter().map(|c| c.kind).collect();
    let blocks = Blocks::new(&kinds, &table);
    let model = learn::learn(&table, &blocks, options.seed);
    let compared = std::sync::atomic::AtomicUsize::new(0);
    let judge = |a: u32, b: u32| {
        compared.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let view = table.view(a);
        let weight = model.weight(&model.evidence(&grade(&kinds, &view, &table.view(b)), &view));
        (probability(weight) >= options.threshold).then_some(Pair { a, b, weight })
    };
    let mut pairs = blocks.pairs(|_| true, judge, told);
    pairs.sort_by(|x, y| y.weight.total_cmp(&x.weight).then((x.a, x.b).cmp(&(y.a, y.b))));
    let first = table.boundary.map_or(table.ids.len(), |b| b as usize);
    let records = (first, table.ids.len() - first);
    let (compared, prior) = (compared.into_inner(), model.prior);
    Matches { pairs, report: Report { records, compared, prior, capped: blocks.capped }, table, model }
}

impl Matches {
    /// The ids of a pair; of two files, the first file's comes first.
    pub fn ids(&self, pair: &Pair) -> (&str, &str) {
        (self.id(pair.a), self.id(pair.b))
    }

    fn id(&self, record: u32) -> &str {
        self.table.ids.get(record as usize).map_or("", |id| id)
    }

    /// Why the pair has its weight.
    pub fn explain(&self, pair: &Pair) -> Explanation {
        let (a, b) = (self.table.view(pair.a), self.table.view(pair.b));
        explain::explain(&self.model, &grade(&self.model.kinds, &a, &b), &a, &b)
    }

    /// The records joined by pairs at or above `threshold`, as lists of file (1 or 2) and id.
    pub fn clusters(&self, threshold: f64) -> Vec<Vec<(u8, &str)>> {
        let groups = self.groups(threshold).into_iter();
        let mut named: Vec<Vec<(u8, &str)>> = groups
            .map(|group| {
                let mut named: Vec<_> = group.into_iter().map(|r| (self.file(r), self.id(r))).collect();
                named.sort_unstable();
                named
            })
            .collect();
        named.sort_unstable();
        named
    }

    fn groups(&self, threshold: f64) -> Vec<Vec<u32>> {
        let kept = self.pairs.iter().filter(|p| p.probability() >= threshold);
        clusters::components(self.table.len(), kept.map(|p| (p.a, p.b)))
    }

    fn file(&self, record: u32) -> u8 {
        if self.table.boundary.is_some_and(|b| record >= b) { 2 } else { 1 }
    }

    /// How well the pairs agree with the gold column; nothing when there is none.
    pub fn quality(&self, threshold: f64) -> Option<Quality> {
        quality::measure(&self.table, &self.pairs, &self.groups(threshold), threshold)
    }
}

/// Whether one CSV file can be read with `fields`.
///
/// # Errors
/// [`Error`] when it is not CSV, lacks a column of `fields`, or has one id twice.
pub fn check(input: impl Read, fields: &Fields) -> Result<(), Error> {
    Table::new(fields).read(input, false)
}
