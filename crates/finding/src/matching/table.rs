//! People read from CSV into columns of distinct, normalised values.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;

use csv::{ByteRecord, ReaderBuilder, Trim};

use super::Error;
use super::fields::{Fields, Kind};
use super::normal::{self, Value};

/// One compared column: its distinct values, and which of them each record holds (0 is none).
#[derive(Debug)]
pub(super) struct Column {
    pub name: String,
    pub kind: Kind,
    values: Vec<Value>,
    held: Vec<u32>,
    known: HashMap<Box<str>, u32>,
}

impl Column {
    fn new(name: &str, kind: Kind) -> Self {
        Self { name: name.to_owned(), kind, values: Vec::new(), held: Vec::new(), known: HashMap::new() }
    }

    fn push(&mut self, raw: &str) {
        let number = match normal::normalise(self.kind, raw) {
            Some(text) => self.number(&text),
            None => 0,
        };
        self.held.push(number);
    }

    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.known.get(text) {
            return *number;
        }
        self.values.push(Value::new(self.kind, text));
        let number = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.known.insert(text.into(), number);
        number
    }

    /// Counts holders and frees what only reading needs.
    fn finish(&mut self, order: &[u32]) {
        self.known = HashMap::new();
        self.held = order.iter().filter_map(|old| self.held.get(*old as usize).copied()).collect();
        for number in &self.held {
            if let Some(value) = (*number as usize).checked_sub(1).and_then(|at| self.values.get_mut(at)) {
                value.count += 1;
            }
        }
    }

    pub fn value(&self, record: u32) -> Option<&Value> {
        let number = *self.held.get(record as usize)?;
        self.values.get((number as usize).checked_sub(1)?)
    }

    pub fn values(&self) -> &[Value] {
        &self.values
    }
}

/// Where a compared column comes from.
#[derive(Debug, Clone, Copy)]
enum Part {
    Whole,
    Forename,
    Surname,
}

/// The records of one file, or of two to be linked.
#[derive(Debug)]
pub(super) struct Table {
    pub columns: Vec<Column>,
    pub ids: Vec<Box<str>>,
    /// Which person a record truly is, when a gold column was named.
    pub gold: Vec<Box<str>>,
    /// Where two files are linked, the first record of the second one.
    pub boundary: Option<u32>,
    parts: Vec<(usize, Part)>,
    fields: Fields,
}

impl Table {
    pub fn new(fields: &Fields) -> Self {
        let (mut columns, mut parts) = (Vec::new(), Vec::new());
        for (at, (name, kind)) in fields.columns.iter().enumerate() {
            if *kind == Kind::FullName {
                columns.push(Column::new(&format!("{name} (forename)"), Kind::Forename));
                columns.push(Column::new(&format!("{name} (surname)"), Kind::Surname));
                parts.extend([(at, Part::Forename), (at, Part::Surname)]);
            } else {
                columns.push(Column::new(name, *kind));
                parts.push((at, Part::Whole));
            }
        }
        let (ids, gold) = (Vec::new(), Vec::new());
        Self { columns, ids, gold, boundary: None, parts, fields: fields.clone() }
    }

    pub fn len(&self) -> u32 {
        u32::try_from(self.ids.len()).unwrap_or(u32::MAX)
    }

    /// Reads one file; `first` says that it is the first of two.
    pub fn read(&mut self, input: impl Read, first: bool) -> Result<(), Error> {
        let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(input);
        let headers = headers(&mut reader)?;
        let sources = Sources::find(&headers, &self.fields)?;
        let (mut seen, mut record) = (HashMap::new(), ByteRecord::new());
        while reader.read_byte_record(&mut record).map_err(|e| Error::of_csv(&e))? {
            let line = record.position().map_or(0, csv::Position::line);
            let id = match sources.id {
                Some(at) => cell(&record, at).into_owned(),
                None => (seen.len() + 1).to_string(),
            };
            match seen.entry(id.clone()) {
                Entry::Occupied(first) => return Err(Error::DuplicateId { line, first: *first.get() }),
                Entry::Vacant(entry) => entry.insert(line),
            };
            self.push(&id, &record, &sources);
        }
        if first {
            self.boundary = Some(self.len());
        }
        Ok(())
    }

    fn push(&mut self, id: &str, record: &ByteRecord, sources: &Sources) {
        self.ids.push(id.into());
        if let Some(at) = sources.gold {
            self.gold.push(cell(record, at).into());
        }
        for (column, (at, part)) in self.columns.iter_mut().zip(&self.parts) {
            let raw = sources.columns.get(*at).map(|at| cell(record, *at)).unwrap_or_default();
            match part {
                Part::Whole => column.push(&raw),
                Part::Forename => column.push(&normal::split_name(&raw).0),
                Part::Surname => column.push(&normal::split_name(&raw).1),
            }
        }
    }

    // INVARIANT: after this, records stand in the order of their content, so that nothing that follows
    // depends on the order of the lines in the file.
    pub fn finish(&mut self) {
        let mut order: Vec<(bool, u64, u32)> = (0..self.len())
            .map(|record| (self.boundary.is_some_and(|b| record >= b), self.content(record), record))
            .collect();
        order.sort_unstable_by(|x, y| {
            let id = |r: u32| self.ids.get(r as usize);
            (x.0, x.1).cmp(&(y.0, y.1)).then_with(|| id(x.2).cmp(&id(y.2)))
        });
        let order: Vec<u32> = order.into_iter().map(|(_, _, record)| record).collect();
        for column in &mut self.columns {
            column.finish(&order);
        }
        self.ids = reorder(&mut self.ids, &order);
        self.gold = reorder(&mut self.gold, &order);
    }

    fn content(&self, record: u32) -> u64 {
        let mut hasher = DefaultHasher::new();
        for column in &self.columns {
            column.value(record).map(|v| &v.text).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// The values of a record, in the order of the columns.
    pub fn view(&self, record: u32) -> View<'_> {
        let mut view = [None; WIDEST];
        for (place, column) in view.iter_mut().zip(&self.columns) {
            *place = column.value(record);
        }
        view
    }

    /// A record given cell by cell, in the order of the columns of `Fields`.
    pub fn foreign(&self, cells: &[&str]) -> Vec<Option<Value>> {
        let value = |(column, (at, part)): (&Column, &(usize, Part))| {
            let raw = cells.get(*at).copied().unwrap_or_default();
            let raw = match part {
                Part::Whole => raw.to_owned(),
                Part::Forename => normal::split_name(raw).0,
                Part::Surname => normal::split_name(raw).1,
            };
            normal::normalise(column.kind, &raw).map(|text| Value::new(column.kind, &text))
        };
        self.columns.iter().zip(&self.parts).map(value).collect()
    }
}

/// Room for every column with every whole name split in two.
pub(super) const WIDEST: usize = 2 * Fields::MOST;

/// One record's values, in the order of the columns.
pub(super) type View<'a> = [Option<&'a Value>; WIDEST];

fn reorder(items: &mut [Box<str>], order: &[u32]) -> Vec<Box<str>> {
    order.iter().filter_map(|old| items.get_mut(*old as usize).map(std::mem::take)).collect()
}

/// Positions of the named columns in one file.
struct Sources {
    id: Option<usize>,
    gold: Option<usize>,
    columns: Vec<usize>,
}

impl Sources {
    fn find(headers: &[String], fields: &Fields) -> Result<Self, Error> {
        let at = |name: &String| {
            let missing = || Error::MissingColumn { column: name.clone(), headers: headers.join(", ") };
            headers.iter().position(|h| h == name).ok_or_else(missing)
        };
        let columns = fields.columns.iter().map(|(name, _)| at(name)).collect::<Result<_, _>>()?;
        Ok(Self {
            id: fields.id.as_ref().map(at).transpose()?,
            gold: fields.gold.as_ref().map(at).transpose()?,
            columns,
        })
    }
}

fn headers(reader: &mut csv::Reader<impl Read>) -> Result<Vec<String>, Error> {
    let record = reader.byte_headers().map_err(|e| Error::of_csv(&e))?.clone();
    let names = record.iter().map(|h| decode(h).trim_start_matches('\u{feff}').trim().to_owned());
    let names: Vec<String> = names.collect();
    if names.iter().all(String::is_empty) { Err(Error::NoHeader) } else { Ok(names) }
}

/// The headers of a CSV file, to guess its fields from.
///
/// # Errors
/// [`Error::NoHeader`] when the file is empty; [`Error::Csv`] when it is not CSV.
pub fn read_headers(input: impl Read) -> Result<Vec<String>, Error> {
    headers(&mut ReaderBuilder::new().trim(Trim::All).from_reader(input))
}

fn cell(record: &ByteRecord, at: usize) -> std::borrow::Cow<'_, str> {
    record.get(at).map(decode).unwrap_or_default()
}

/// UTF-8, or else what spreadsheets on British desks write.
fn decode(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}
