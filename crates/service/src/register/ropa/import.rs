//! Reading records of processing that others wrote: the regulator's thirty columns as CSV, and the
//! system files of Fides.
//!
//! What is read is a draft: entries in the words of the organisation's register, with a list of the words that
//! it does not know and of what the format cannot carry. A draft is not in force: it becomes part of a register
//! only when the register that holds it passes the law's own checks.

pub mod fides;

use counterfoil_domain::register::assessment::RiskFeature;
use counterfoil_domain::register::bases::{Annex1, LawfulBasis};
use counterfoil_domain::register::special::Art9;

use super::super::model::{AutomatedEntry, BasisEntry, ConditionEntry, Entry};
use super::super::{EACH_OFFICE, Register};
use super::{ICO_COLUMNS, cells};
use crate::error::{Result, ServiceError};

/// Entries as they were read.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The entries.
    pub entries: Vec<Entry>,
    /// What the register does not know: the entry, the column and the word.
    pub unknown: Vec<String>,
}

/// What the thirty columns do not carry, and an officer has to add.
pub const NOT_CARRIED: [&str; 5] = [
    "the answers to the gates of a Schedule 1 condition",
    "which task of s.8 of the Act a public task is",
    "whether people must give the data, and what follows when they do not",
    "whether a public authority performs its tasks",
    "words in Welsh, and from when to when an entry is in force",
];

/// Reads the regulator's thirty columns, as [`super::csv`] writes them.
///
/// # Errors
/// [`ServiceError::Invalid`] when it is no such table.
pub fn ico_csv(text: &str, register: &Register) -> Result<Draft> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut draft = Draft::default();
    let mut places: Option<Vec<usize>> = None;
    for (at, record) in reader.records().enumerate() {
        let record = record
            .map_err(|e| ServiceError::Invalid(format!("line {} cannot be read as CSV: {e}", at + 1)))?;
        let Some(places) = &places else {
            places = heading(&record)?;
            continue;
        };
        let cell = |column: usize| {
            let text = places.get(column).and_then(|p| record.get(*p)).unwrap_or_default();
            text.strip_prefix('\'').filter(|t| t.starts_with(['=', '+', '-', '@'])).unwrap_or(text).to_owned()
        };
        let row: Vec<String> = (0..ICO_COLUMNS.len()).map(cell).collect();
        if row.iter().any(|c| !c.trim().is_empty()) {
            let entry = Reader { register, row: &row, draft: &mut draft, entry: String::new() }.entry()?;
            draft.entries.push(entry);
        }
    }
    if places.is_none() {
        return Err(ServiceError::Invalid(format!(
            "this is not the regulator's table: no line begins with `{}`",
            ICO_COLUMNS.first().copied().unwrap_or_default()
        )));
    }
    Ok(draft)
}

/// Where each of the thirty columns stands, when this is the line that names them.
fn heading(record: &csv::StringRecord) -> Result<Option<Vec<usize>>> {
    if !record.iter().any(|c| ICO_COLUMNS.first().is_some_and(|f| c.trim() == *f)) {
        return Ok(None);
    }
    ICO_COLUMNS
        .iter()
        .map(|name| {
            record.iter().position(|c| c.trim() == *name).ok_or_else(|| {
                ServiceError::Invalid(format!("the table has no column `{name}`: add it, empty if need be"))
            })
        })
        .collect::<Result<Vec<_>>>()
        .map(Some)
}

struct Reader<'a> {
    register: &'a Register,
    row: &'a [String],
    draft: &'a mut Draft,
    entry: String,
}

/// The part of a line between the last `[` and the closing `]`.
fn bracketed(line: &str) -> Option<&str> {
    line.rsplit_once('[')?.1.split_once(']').map(|(id, _)| id)
}

impl Reader<'_> {
    /// The lines of a column, counted from 1 as in the regulator's template.
    fn lines(&self, column: usize) -> Vec<String> {
        let cell = self.row.get(column - 1).map(String::as_str).unwrap_or_default();
        cell.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect()
    }

    fn unknown(&mut self, column: usize, word: &str) {
        let name = ICO_COLUMNS.get(column - 1).copied().unwrap_or_default();
        self.draft.unknown.push(format!("{}: `{word}` under \"{name}\"", self.entry));
    }

    /// The ids of the names in a column.
    fn ids(&mut self, column: usize, find: impl Fn(&str) -> Option<String>) -> Vec<String> {
        let mut ids = Vec::new();
        for line in self.lines(column) {
            match find(&line) {
                Some(id) => ids.push(id),
                None => self.unknown(column, &line),
            }
        }
        ids
    }

    fn entry(mut self) -> Result<Entry> {
        let function = self.lines(1).join(" ");
        let (service, rest) = function.split_once(": ").unwrap_or(("", &function));
        let name = rest.rsplit_once(" [").map_or(rest, |(n, _)| n).to_owned();
        let id = bracketed(&function).map_or_else(|| slug(&name), str::to_owned);
        if name.is_empty() {
            return Err(ServiceError::Invalid(
                "a line names no business function: every activity needs one".to_owned(),
            ));
        }
        self.entry.clone_from(&id);
        let p = &self.register.part;
        let service_id = p.service.iter().find(|s| s.name == service).map(|s| s.id.clone());
        if service_id.is_none() {
            self.unknown(1, service);
        }
        let (why, purposes) = self.purposes();
        let (controller, joint) = self.controllers();
        Ok(Entry {
            id,
            name,
            service: service_id.unwrap_or_default(),
            controller,
            joint,
            why,
            purposes,
            people: self.ids(4, |n| p.people.iter().find(|t| t.name == n).map(|t| t.id.clone())),
            data: self.ids(5, |n| p.data.iter().find(|t| t.name == n).map(|t| t.id.clone())),
            sources: self.ids(18, |n| p.source.iter().find(|t| t.name == n).map(|t| t.id.clone())),
            recipients: self.ids(6, |n| p.recipient.iter().find(|t| t.name == n).map(|t| t.id.clone())),
            bases: self.bases(),
            art9: self.art9(),
            schedule1: self.schedule1(),
            official_authority: self.lines(26).iter().any(|l| l == cells::OFFICIAL),
            systems: self.ids(20, |n| p.system.iter().find(|t| t.name == n).map(|t| t.id.clone())),
            retention: self.ids(10, |line| {
                bracketed(line).filter(|id| p.retention.iter().any(|r| r.id == *id)).map(str::to_owned)
            }),
            security: self.ids(11, |n| p.measure.iter().find(|t| t.name == n).map(|t| t.id.clone())),
            features: self.features(),
            dpia: self.lines(23).into_iter().next(),
            automated: self.automated(),
            ..Entry::blank(String::new())
        })
    }

    /// The sentence and the purposes: a line that is no purpose of the register is the sentence.
    fn purposes(&mut self) -> (String, Vec<String>) {
        let (mut why, mut ids) = (String::new(), Vec::new());
        for line in self.lines(2) {
            let known = self.register.part.purpose.iter().find(|p| p.name == line);
            match known {
                Some(purpose) => ids.push(purpose.id.clone()),
                None if why.is_empty() && ids.is_empty() => why = line,
                None => self.unknown(2, &line),
            }
        }
        (why, ids)
    }

    fn controllers(&mut self) -> (Option<String>, Option<String>) {
        let Some(first) = self.lines(3).into_iter().next() else {
            return (self.register.part.controller.first().map(|c| c.id.clone()), None);
        };
        if first == cells::EACH_FOR_ITSELF {
            return (Some(EACH_OFFICE.to_owned()), None);
        }
        let joint = bracketed(&first).filter(|id| self.register.joint(id).is_some()).map(str::to_owned);
        if joint.is_none() {
            self.unknown(3, &first);
        }
        (None, joint)
    }

    fn bases(&mut self) -> Vec<BasisEntry> {
        let mut balances = self.lines(15).into_iter();
        let recognised: Vec<Annex1> = self
            .lines(14)
            .iter()
            .filter_map(|l| l.strip_prefix("recognised: "))
            .filter_map(|l| {
                Annex1::ALL.iter().copied().find(|a| l == format!("{} ({})", a.label(), a.provision()))
            })
            .collect();
        let mut recognised = recognised.into_iter();
        let mut bases = Vec::new();
        for line in self.lines(12) {
            let of = |b: &&LawfulBasis| line.starts_with(&format!("{} ({})", b.label(), b.provision()));
            let Some(basis) = LawfulBasis::ALL.iter().find(of).copied() else {
                self.unknown(12, &line);
                continue;
            };
            let says = line.split_once("): ").map_or("", |(_, says)| says);
            let (says, withdrawal) = says.split_once(" | withdrawn by: ").unwrap_or((says, ""));
            bases.push(BasisEntry {
                basis,
                says: says.to_owned(),
                withdrawal: withdrawal.to_owned(),
                youngest_online: None,
                task: None,
                annex1: if basis == LawfulBasis::RecognisedInterest { recognised.next() } else { None },
                assessment: if basis == LawfulBasis::LegitimateInterests {
                    balances.next().unwrap_or_default()
                } else {
                    String::new()
                },
            });
        }
        bases
    }

    fn art9(&mut self) -> Vec<Art9> {
        let mut found = Vec::new();
        for line in self.lines(13) {
            match Art9::ALL.iter().find(|a| line == format!("{} ({})", a.label(), a.provision())) {
                Some(condition) => found.push(*condition),
                None => self.unknown(13, &line),
            }
        }
        found
    }

    /// The conditions; each takes the next policy document, when its paragraph needs one.
    fn schedule1(&mut self) -> Vec<ConditionEntry> {
        use counterfoil_domain::register::schedule1::{policy_document_needed, schedule1_condition};
        let mut policies = self.lines(28).into_iter();
        let mut found = Vec::new();
        for line in self.lines(26).into_iter().filter(|l| l != cells::OFFICIAL) {
            let paragraph = line.strip_prefix("Sch 1 para ").and_then(|l| l.split_once(':')).map(|(p, _)| p);
            match paragraph.and_then(|p| schedule1_condition(p).map(|c| (p, c))) {
                Some((paragraph, condition)) => found.push(ConditionEntry {
                    paragraph: paragraph.to_owned(),
                    gates: std::collections::BTreeMap::new(),
                    without_consent: None,
                    policy: if policy_document_needed(condition, false) { policies.next() } else { None },
                }),
                None => self.unknown(26, &line),
            }
        }
        found
    }

    fn features(&mut self) -> Vec<RiskFeature> {
        let mut found = Vec::new();
        for line in self.lines(21).into_iter().skip(1) {
            match RiskFeature::ALL.iter().find(|f| f.label() == line) {
                Some(feature) => found.push(*feature),
                None => self.unknown(21, &line),
            }
        }
        found
    }

    fn automated(&self) -> Option<AutomatedEntry> {
        let lines = self.lines(17);
        let value =
            |key: &str| lines.iter().find_map(|l| l.strip_prefix(key)).map(str::to_owned).unwrap_or_default();
        let what = value("What: ");
        (!what.is_empty()).then(|| AutomatedEntry {
            what,
            logic: value("Logic: "),
            effect: value("Effect: "),
            solely: value("Decided by: ") == "a computer alone",
            special_data: false,
            explicit_consent: false,
            contract_or_law: false,
            safeguards: false,
        })
    }
}

/// An id from a name: `Household collections` becomes `household-collections`.
pub(super) fn slug(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            text.push(c.to_ascii_lowercase());
        } else if !text.ends_with('-') && !text.is_empty() {
            text.push('-');
        }
    }
    text.trim_end_matches('-').to_owned()
}

impl Draft {
    /// The draft as a file of the register, with what it lacks in comments.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut out = String::from(
            "# A draft that was imported. What is missing is listed here; add it, then check the register.\n",
        );
        for line in &self.unknown {
            out.push_str(&format!("# not known: {line}\n"));
        }
        let entries = self.entries.iter().map(|e| toml::Value::Table(table_of(e))).collect();
        let whole = toml::Table::from_iter([("activity".to_owned(), toml::Value::Array(entries))]);
        out.push_str(&whole.to_string());
        out
    }
}

fn table_of(e: &Entry) -> toml::Table {
    use toml::Value;
    let text = |t: &str| Value::String(t.to_owned());
    let list = |ids: &[String]| Value::Array(ids.iter().map(|i| text(i)).collect());
    let mut t = toml::Table::new();
    for (key, value) in [("id", &e.id), ("name", &e.name), ("service", &e.service), ("why", &e.why)] {
        t.insert(key.to_owned(), text(value));
    }
    for (key, value) in [("controller", &e.controller), ("joint", &e.joint), ("dpia", &e.dpia)] {
        if let Some(value) = value {
            t.insert(key.to_owned(), text(value));
        }
    }
    for (key, ids) in [
        ("purposes", &e.purposes),
        ("people", &e.people),
        ("data", &e.data),
        ("sources", &e.sources),
        ("recipients", &e.recipients),
        ("systems", &e.systems),
        ("retention", &e.retention),
        ("security", &e.security),
    ] {
        t.insert(key.to_owned(), list(ids));
    }
    let codes = |codes: Vec<&str>| Value::Array(codes.into_iter().map(text).collect());
    t.insert("art9".to_owned(), codes(e.art9.iter().map(|a| a.code()).collect()));
    t.insert("features".to_owned(), codes(e.features.iter().map(|f| f.code()).collect()));
    t.insert("official_authority".to_owned(), Value::Boolean(e.official_authority));
    t.insert("bases".to_owned(), Value::Array(e.bases.iter().map(basis_table).collect()));
    t.insert("schedule1".to_owned(), Value::Array(e.schedule1.iter().map(condition_table).collect()));
    if let Some(a) = &e.automated {
        let mut inner = toml::Table::new();
        for (key, value) in [("what", &a.what), ("logic", &a.logic), ("effect", &a.effect)] {
            inner.insert(key.to_owned(), text(value));
        }
        inner.insert("solely".to_owned(), Value::Boolean(a.solely));
        t.insert("automated".to_owned(), Value::Table(inner));
    }
    t
}

fn basis_table(b: &BasisEntry) -> toml::Value {
    let mut t = toml::Table::new();
    let texts = [
        ("basis", b.basis.code()),
        ("says", b.says.as_str()),
        ("withdrawal", b.withdrawal.as_str()),
        ("assessment", b.assessment.as_str()),
        ("annex1", b.annex1.map_or("", Annex1::code)),
    ];
    for (key, value) in texts.into_iter().filter(|(_, v)| !v.is_empty()) {
        t.insert(key.to_owned(), toml::Value::String(value.to_owned()));
    }
    toml::Value::Table(t)
}

fn condition_table(c: &ConditionEntry) -> toml::Value {
    let mut t = toml::Table::new();
    t.insert("paragraph".to_owned(), toml::Value::String(c.paragraph.clone()));
    if let Some(policy) = &c.policy {
        t.insert("policy".to_owned(), toml::Value::String(policy.clone()));
    }
    t.insert("gates".to_owned(), toml::Value::Table(toml::Table::new()));
    toml::Value::Table(t)
}
