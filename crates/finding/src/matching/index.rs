//! One person looked up among many.

use std::collections::HashSet;
use std::io::Read;

use super::blocking::{Blocks, WIDTH};
use super::compare::grade;
use super::explain::{self, Explanation};
use super::fields::Fields;
use super::model::{Model, probability};
use super::table::{Table, View, WIDEST};
use super::{Error, Options, learn};

/// At most this many records are compared in one lookup, those under the most telling keys first.
const MOST_COMPARED: usize = 4_000;

/// Records made ready for looking people up.
#[derive(Debug)]
pub struct Index {
    table: Table,
    blocks: Blocks,
    model: Model,
    lists: Vec<Vec<(u32, u32)>>,
    fields: Fields,
}

/// A record that may be the person.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The record's id.
    pub id: String,
    /// log2 of the odds that it is the person.
    pub weight: f64,
    /// The same as a probability.
    pub probability: f64,
    /// Why.
    pub explanation: Explanation,
}

/// What a lookup found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The likeliest first; at most as many as were asked for.
    pub candidates: Vec<Candidate>,
    /// Keys under which too many records stand to compare them all: more about the person is needed.
    pub too_common: Vec<&'static str>,
    /// How many records were compared.
    pub compared: usize,
}

impl Index {
    /// Reads a CSV file and learns from it.
    ///
    /// # Errors
    /// As [`super::dedupe`].
    pub fn build(input: impl Read, fields: &Fields, options: &Options) -> Result<Self, Error> {
        let mut table = Table::new(fields);
        table.read(input, false)?;
        table.finish();
        let kinds: Vec<_> = table.columns.iter().map(|c| c.kind).collect();
        let blocks = Blocks::new(&kinds, &table);
        let mut model = learn::learn(&table, &blocks, options.seed);
        // The person asked for is thought to be there at least as often as not.
        model.prior = model.prior.max(0.5 / model.records);
        let lists = (0..WIDTH).map(|key| blocks.listed(key)).collect();
        Ok(Self { table, blocks, model, lists, fields: fields.clone() })
    }

    /// The number of records.
    pub fn len(&self) -> usize {
        self.table.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.table.ids.is_empty()
    }

    /// The columns that a person may be described by.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The records likeliest to be the person described by `known` (column and value; columns may be
    /// left out), at most `most`, the likeliest first.
    ///
    /// # Errors
    /// [`Error::MissingColumn`] for a column that the index does not have.
    pub fn lookup(&self, known: &[(&str, &str)], most: usize) -> Result<Found, Error> {
        let names: Vec<&str> = self.fields.columns.iter().map(|(name, _)| name.as_str()).collect();
        let mut cells = vec![""; names.len()];
        for (column, value) in known {
            let missing = || Error::MissingColumn { column: (*column).to_owned(), headers: names.join(", ") };
            let at = names.iter().position(|n| n == column).ok_or_else(missing)?;
            if let Some(cell) = cells.get_mut(at) {
                *cell = value;
            }
        }
        let values = self.table.foreign(&cells);
        let mut view = [None; WIDEST];
        for (place, value) in view.iter_mut().zip(&values) {
            *place = value.as_ref();
        }
        Ok(self.best(&view, most))
    }

    fn best(&self, view: &View<'_>, most: usize) -> Found {
        let (records, mut too_common) = self.near(view);
        let compared = records.len();
        let mut scored: Vec<(f64, u32)> = records.into_iter().map(|r| (self.weight(view, r), r)).collect();
        scored.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
        let candidates =
            scored.into_iter().take(most).filter_map(|(weight, r)| self.candidate(view, weight, r));
        too_common.dedup();
        Found { candidates: candidates.collect(), too_common, compared }
    }

    /// Records that share a key, the most telling keys first.
    fn near(&self, view: &View<'_>) -> (Vec<u32>, Vec<&'static str>) {
        let (keys, too_common) = self.blocks.foreign(&self.model.kinds, view);
        let (mut seen, mut records) = (HashSet::new(), Vec::new());
        let mut blocks: Vec<&[(u32, u32)]> = keys
            .iter()
            .zip(&self.lists)
            .filter(|(key, _)| **key != 0)
            .map(|(key, list)| block(list, *key))
            .collect();
        blocks.sort_by_key(|block| block.len());
        for (_, record) in blocks.into_iter().flatten() {
            if records.len() < MOST_COMPARED && seen.insert(*record) {
                records.push(*record);
            }
        }
        (records, too_common)
    }

    // The table's record comes first: how common a value is, only the table knows.
    fn weight(&self, view: &View<'_>, record: u32) -> f64 {
        let held = self.table.view(record);
        self.model.weight(&self.model.evidence(&grade(&self.model.kinds, &held, view), &held))
    }

    fn candidate(&self, view: &View<'_>, weight: f64, record: u32) -> Option<Candidate> {
        let held = self.table.view(record);
        let explanation = explain::explain(&self.model, &grade(&self.model.kinds, &held, view), &held, view);
        let id = self.table.ids.get(record as usize)?.to_string();
        Some(Candidate { id, weight, probability: probability(weight), explanation })
    }
}

fn block(list: &[(u32, u32)], key: u32) -> &[(u32, u32)] {
    let from = list.partition_point(|(k, _)| *k < key);
    let to = list.partition_point(|(k, _)| *k <= key);
    list.get(from..to).unwrap_or_default()
}
