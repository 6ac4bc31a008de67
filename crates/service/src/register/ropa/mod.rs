//! Records of processing (Art 30 UK GDPR; Sch 1 para 41 DPA 2018), in the forms that others read.
//!
//! The regulator's template has thirty columns. Two of them, 29 and 30 (kept to the schedule? why not?), are
//! computed from what was disposed of when; where there is no live installation to measure they say so.

mod cells;
pub(crate) use cells::rights_of;
pub mod dpv;
pub mod flows;
pub mod import;
mod local_government;

use std::collections::BTreeMap;

use counterfoil_finding::write::flow::{Flow, Item, Run, Table};
use counterfoil_finding::write::{self, Words};
use jiff::civil::Date;

pub use local_government::{LOCAL_GOVERNMENT_COLUMNS, local_government_rows};

use super::Register;
use super::model::Entry;
use crate::error::{Result, ServiceError};

/// The thirty columns of the regulator's template for controllers.
pub const ICO_COLUMNS: [&str; 30] = [
    "Business function",
    "Purpose of processing",
    "Name and contact details of joint controller",
    "Categories of individuals",
    "Categories of personal data",
    "Categories of recipients",
    "Link to contract with processor",
    "Names of third countries that data are transferred to",
    "Safeguards for exceptional transfers",
    "Retention schedule",
    "General description of technical and organisational security measures",
    "Article 6 lawful basis",
    "Article 9 condition for special category data",
    "Legitimate interests for the processing",
    "Link to record of legitimate interests assessment",
    "Rights available to individuals",
    "Existence of automated decision-making, including profiling",
    "The source of the personal data",
    "Link to record of consent",
    "Location of personal data",
    "Data protection impact assessment required?",
    "Data protection impact assessment progress",
    "Link to data protection impact assessment",
    "Has a personal data breach occurred?",
    "Link to record of personal data breach",
    "Data Protection Act 2018 Schedule 1 condition",
    "Article 6 lawful basis for the Schedule 1 condition",
    "Link to retention and erasure policy document",
    "Is personal data retained and erased in accordance with the policy?",
    "Reasons for not adhering to the policy",
];

/// What stands in a column that only a live installation can fill.
pub const NOT_MEASURED: &str = "not measured here";

/// Whether an activity's records were kept and erased as its rules say, measured from what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// Nothing is overdue.
    Followed,
    /// Something is.
    NotFollowed {
        /// How many records are past their time.
        overdue: u64,
        /// Why, as recorded: holds, open requests, a job that did not run.
        reasons: Vec<String>,
    },
}

/// What a live installation knows of an activity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Measured {
    /// Whether its schedule was kept.
    pub kept: Option<Kept>,
    /// The references of its personal data breaches; `None` when nobody looked.
    pub breaches: Option<Vec<String>>,
}

/// What is measured, by the id of the activity. Empty without a live installation.
pub type Measurements = BTreeMap<String, Measured>;

/// The rows of the regulator's template, one an activity in force on the day.
#[must_use]
pub fn ico_rows(register: &Register, on: Date, measured: &Measurements) -> Vec<Vec<String>> {
    register.activities(on).map(|e| ico_row(register, e, on, measured.get(&e.id))).collect()
}

/// One row of the regulator's template.
#[must_use]
pub fn ico_row(register: &Register, entry: &Entry, on: Date, measured: Option<&Measured>) -> Vec<String> {
    let [kept, reasons] = cells::kept(measured.and_then(|m| m.kept.as_ref()));
    let [breached, breaches] = cells::breaches(measured.and_then(|m| m.breaches.as_deref()));
    vec![
        cells::function(register, entry),
        cells::purpose(register, entry),
        cells::joint(register, entry),
        cells::names(&entry.people, |id| register.people(id).map(|t| &t.name)),
        cells::names(&entry.data, |id| register.data(id).map(|t| &t.name)),
        cells::names(&entry.recipients, |id| register.recipient(id).map(|t| &t.name)),
        cells::contracts(register, entry),
        cells::countries(register, entry),
        cells::safeguards(register, entry),
        cells::retention(register, entry),
        cells::names(&entry.security, |id| register.measure(id).map(|t| &t.name)),
        cells::bases(entry),
        cells::conditions(entry),
        cells::interests(entry),
        cells::balances(entry),
        cells::rights(register, entry, on),
        cells::automated(entry),
        cells::names(&entry.sources, |id| register.source(id).map(|t| &t.name)),
        cells::consents(entry),
        cells::names(&entry.systems, |id| register.system(id).map(|t| &t.name)),
        cells::dpia_required(entry),
        cells::dpia_progress(register, entry, on),
        entry.dpia.clone().unwrap_or_default(),
        breached,
        breaches,
        cells::schedule1(entry),
        if entry.schedule1.is_empty() { String::new() } else { cells::basis_names(entry) },
        cells::policies(entry),
        kept,
        reasons,
    ]
}

/// The six lines above the regulator's table: controller, officer and representative.
#[must_use]
pub fn heading(register: &Register) -> Vec<Vec<String>> {
    let controller = register.part.controller.first();
    let of = |f: fn(&super::model::Controller) -> &String| controller.map(f).cloned().unwrap_or_default();
    let line = |a: &str, b: String, c: &str, d: String, e: &str, f: String| {
        vec![a.to_owned(), b, c.to_owned(), d, e.to_owned(), f]
    };
    let representative = of(|c| &c.representative);
    vec![
        vec![
            "Controller".to_owned(),
            String::new(),
            "Data protection officer".to_owned(),
            String::new(),
            "Representative".to_owned(),
            String::new(),
        ],
        line("Name", of(|c| &c.name), "Name", of(|c| &c.officer), "Name", representative),
        line("Address", of(|c| &c.address), "Address", of(|c| &c.address), "Address", String::new()),
        line("E-mail", of(|c| &c.email), "E-mail", of(|c| &c.officer_email), "E-mail", String::new()),
        line("Telephone", of(|c| &c.phone), "Telephone", of(|c| &c.phone), "Telephone", String::new()),
        line(
            "Registration",
            of(|c| &c.registration),
            "Version",
            register.head.version.clone(),
            "",
            String::new(),
        ),
    ]
}

/// A table as CSV, with the lines above it; cells hold lists with one item a line.
///
/// # Errors
/// When it cannot be written.
pub fn csv(above: &[Vec<String>], columns: &[&str], rows: &[Vec<String>]) -> Result<String> {
    let trouble = |e: csv::Error| ServiceError::Invalid(format!("the table cannot be written: {e}"));
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for line in above {
        writer.write_record(line).map_err(trouble)?;
    }
    writer.write_record(columns).map_err(trouble)?;
    for row in rows {
        writer.write_record(row.iter().map(|c| harmless(c))).map_err(trouble)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|e| ServiceError::Invalid(format!("the table cannot be written: {}", e.error())))?;
    String::from_utf8(bytes).map_err(|e| ServiceError::Invalid(e.to_string()))
}

/// A cell that a spreadsheet program would take for a formula is given a leading apostrophe.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

/// A table as a workbook of values.
///
/// # Errors
/// When it cannot be written.
pub fn xlsx(title: &str, above: &[Vec<String>], columns: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>> {
    let cell = |text: &str| vec![Run::Text(text.to_owned())];
    let head = columns.iter().map(|c| cell(c)).collect();
    let body = rows.iter().map(|row| row.iter().map(|c| cell(c)).collect());
    let table = Table { has_header: true, rows: std::iter::once(head).chain(body).collect(), origin: (0, 0) };
    let top = above.iter().map(|row| row.iter().map(|c| cell(c)).collect()).collect();
    let top = Table { has_header: false, rows: top, origin: (0, 0) };
    let items = vec![Item::Table(table), Item::Table(top)];
    let flow = Flow { title: title.to_owned(), language: "en-GB".to_owned(), items };
    write::xlsx(&flow, &Words::default()).map_err(|e| ServiceError::Invalid(e.to_string()))
}
