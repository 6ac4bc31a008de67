//! What hangs on a person: statements, stopped uses, restrictions, decisions by computer. Each row is sealed under
//! the person's key and goes with the person's erasure.

use std::collections::BTreeMap;

use counterfoil_domain::access::{Purpose, PurposeSet, ResourceKind, Verb};
use counterfoil_domain::ids::{PersonId, RequestId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::texts::{AutomatedText, RestrictionText, StatementText, StopText};
use crate::assurance::erasure;
use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::permit::Permit;
use crate::seal::aead::Place;
use crate::tx::Tx;

/// A text that is kept in rows of a person.
pub trait OfPerson: Serialize + DeserializeOwned {
    /// Its table.
    const TABLE: &'static str;
}

macro_rules! kept {
    ($($text:ty => $table:literal;)*) => {$(
        impl OfPerson for $text {
            const TABLE: &'static str = $table;
        }
    )*};
}

// Statements are not among them: each opens with a permit for the kind of record that it stands against.
kept! {
    StopText => "processing_stop";
    RestrictionText => "processing_restriction";
    AutomatedText => "automated_decision";
}

const STATEMENTS: &str = "person_statement";

/// The verbs that may read what hangs on a person.
const READING: &[Verb] = &[
    Verb::RecordRead,
    Verb::RecordEdit,
    Verb::RecordExport,
    Verb::RestrictionPlace,
    Verb::RestrictionLift,
    Verb::ErasurePropose,
    Verb::ErasureApprove,
];
/// The verbs that may change it.
const WRITING: &[Verb] =
    &[Verb::RecordCreate, Verb::RecordEdit, Verb::RestrictionPlace, Verb::RestrictionLift];

/// One row, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held<T> {
    /// Its identifier.
    pub id: [u8; 16],
    /// The request that it comes from, if it comes from one.
    pub request: Option<RequestId>,
    /// What it is about; each table says what stands here.
    pub about: String,
    /// Where it stands.
    pub state: String,
    /// Since when.
    pub since: Date,
    /// When the person was told of its end.
    pub told: Option<Date>,
    /// When it ended.
    pub ended: Option<Date>,
    /// What it says.
    pub text: T,
    /// Who made it.
    pub by: Option<StaffId>,
    /// Who changed it last.
    pub changed_by: Option<StaffId>,
    /// When it was made.
    pub at: Timestamp,
}

/// A row that is to be made.
#[derive(Debug, Clone)]
pub struct NewHeld<'a> {
    /// The request that it comes from.
    pub request: Option<RequestId>,
    /// What it is about.
    pub about: &'a str,
    /// Where it stands.
    pub state: &'a str,
    /// Since when.
    pub since: Date,
}

const COLUMNS: &str = "id, request_id, about, state, since_on, told_on, ended_on, sealed, made_by, changed_by, \
                       made_at";

impl Tx<'_> {
    /// Adds a row to a person's record.
    ///
    /// # Errors
    /// A permit for something else, or what the database answers.
    pub fn hold<T: OfPerson>(&mut self, permit: &Permit, new: &NewHeld<'_>, text: &T) -> Result<[u8; 16]> {
        permit.covers(ResourceKind::Person, WRITING)?;
        self.insert_held(T::TABLE, permit, new, text)
    }

    fn insert_held(
        &mut self,
        table: &'static str,
        permit: &Permit,
        new: &NewHeld<'_>,
        text: &impl Serialize,
    ) -> Result<[u8; 16]> {
        let id = self.fresh_id();
        let sealed = self.seal(permit.key(), Place { table, column: "sealed", row: &id }, text)?;
        let by = self.who.staff().map(|s| s.staff);
        self.execute(
            &format!(
                "INSERT INTO {table} (controller_id, id, person_id, request_id, about, state, since_on, sealed, \
                 made_by, changed_by, made_at, changed_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, $10, $10)"
            ),
            &[
                self.controller().into(),
                id.into(),
                permit.person().into(),
                new.request.into(),
                new.about.into(),
                new.state.into(),
                new.since.into(),
                sealed.into(),
                by.into(),
                self.now.into(),
            ],
        )?;
        Ok(id)
    }

    /// The rows of a person's record, oldest first.
    ///
    /// # Errors
    /// A permit for something else, or altered content.
    pub fn held<T: OfPerson>(&mut self, permit: &Permit) -> Result<Vec<Held<T>>> {
        permit.covers(ResourceKind::Person, READING)?;
        self.read_held(T::TABLE, permit)
    }

    fn read_held<T: DeserializeOwned>(
        &mut self,
        table: &'static str,
        permit: &Permit,
    ) -> Result<Vec<Held<T>>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM {table} WHERE controller_id = $1 AND person_id = $2 ORDER BY made_at, id"
        );
        let rows = self.query(table, &sql, &[self.controller().into(), permit.person().into()])?;
        rows.iter().map(|row| self.held_row(table, row)).collect()
    }

    fn held_row<T: DeserializeOwned>(&self, table: &'static str, row: &Row) -> Result<Held<T>> {
        let id: PersonId = row.get(0, "id")?;
        let id = *id.as_bytes();
        Ok(Held {
            id,
            request: row.get(1, "request_id")?,
            about: row.get(2, "about")?,
            state: row.get(3, "state")?,
            since: row.get(4, "since_on")?,
            told: row.get(5, "told_on")?,
            ended: row.get(6, "ended_on")?,
            text: self
                .open(Place { table, column: "sealed", row: &id }, &row.get::<Vec<u8>>(7, "sealed")?)?,
            by: row.get(8, "made_by")?,
            changed_by: row.get(9, "changed_by")?,
            at: row.get(10, "made_at")?,
        })
    }

    /// Writes a row back as it stands now. `was` is the state in which it was read.
    ///
    /// # Errors
    /// A permit for something else; [`StoreError::Invalid`] when someone else was faster.
    pub fn change_held<T: OfPerson>(&mut self, permit: &Permit, held: &Held<T>, was: &str) -> Result<()> {
        permit.covers(ResourceKind::Person, WRITING)?;
        let place = Place { table: T::TABLE, column: "sealed", row: &held.id };
        let sealed = self.seal(permit.key(), place, &held.text)?;
        let by = self.who.staff().map(|s| s.staff);
        let changed = self.execute(
            &format!(
                "UPDATE {} SET about = $4, state = $5, told_on = $6, ended_on = $7, sealed = $8, changed_by = $9, \
                 changed_at = $10 WHERE controller_id = $1 AND id = $2 AND person_id = $3 AND state = $11",
                T::TABLE
            ),
            &[
                self.controller().into(),
                held.id.into(),
                permit.person().into(),
                (&held.about).into(),
                (&held.state).into(),
                held.told.into(),
                held.ended.into(),
                sealed.into(),
                by.into(),
                self.now.into(),
                was.into(),
            ],
        )?;
        if changed == 1 {
            return Ok(());
        }
        Err(StoreError::Invalid("someone else has changed this meanwhile: open it again".to_owned()))
    }

    /// Tells the gate which purposes the person has stopped: those of every stop that is pending or upheld.
    ///
    /// # Errors
    /// A permit for something else, or what the database answers.
    pub fn settle_stops(&mut self, permit: &Permit) -> Result<PurposeSet> {
        permit.covers(ResourceKind::Person, WRITING)?;
        let rows = self.query(
            "processing_stop",
            "SELECT about FROM processing_stop WHERE controller_id = $1 AND person_id = $2 \
             AND state IN ('pending', 'upheld') ORDER BY id",
            &[self.controller().into(), permit.person().into()],
        )?;
        let unknown = |_| StoreError::Decode {
            table: "processing_stop",
            column: "about",
            row: 0,
            why: "not a known purpose",
        };
        let mut stopped = PurposeSet::EMPTY;
        for row in &rows {
            for word in row.get::<String>(0, "about")?.split(',').filter(|w| !w.is_empty()) {
                stopped = stopped.with(word.parse::<Purpose>().map_err(unknown)?);
            }
        }
        let words: Vec<&str> = stopped.iter().map(Purpose::as_str).collect();
        let text = if words.is_empty() { String::new() } else { format!(",{},", words.join(",")) };
        self.execute(
            "UPDATE person SET stopped = $3 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), permit.person().into(), text.into()],
        )?;
        Ok(stopped)
    }

    /// Attaches what the person says against a record: `about` is `person`, or the identifier of a case, note
    /// or document of theirs. The permit is one for that kind of record.
    ///
    /// # Errors
    /// A permit for something else; [`StoreError::NotFound`] for a record that is not theirs.
    pub fn attach_statement(
        &mut self,
        permit: &Permit,
        new: &NewHeld<'_>,
        text: &StatementText,
    ) -> Result<[u8; 16]> {
        permit.covers(permit.kind(), &[Verb::RecordEdit, Verb::RecordCreate])?;
        let known = kind_about(new.about).filter(|(kind, _)| *kind == permit.kind());
        let (_, table) = known.ok_or(StoreError::NotFound("record"))?;
        if let Some(id) = id_about(new.about) {
            let sql =
                format!("SELECT 1 FROM {table} WHERE controller_id = $1 AND person_id = $2 AND id = $3");
            let rows =
                self.query(table, &sql, &[self.controller().into(), permit.person().into(), id.into()])?;
            rows.first().ok_or(StoreError::NotFound("record"))?;
        }
        self.insert_held(STATEMENTS, permit, new, text)
    }

    /// What the person says against records of the permit's kind, by what each is about. Reading a record reads
    /// these with it.
    pub(crate) fn statements_of(&mut self, permit: &Permit) -> Result<BTreeMap<String, Vec<Statement>>> {
        if !self.said.contains_key(&permit.person()) {
            let held = self.read_held::<StatementText>(STATEMENTS, permit)?;
            let said = held.into_iter().map(|h| (h.about, Statement { on: h.since, text: h.text.text }));
            self.said.insert(permit.person(), said.collect());
        }
        let mut found: BTreeMap<String, Vec<Statement>> = BTreeMap::new();
        for (about, statement) in self.said.get(&permit.person()).into_iter().flatten() {
            if kind_about(about).is_some_and(|(kind, _)| kind == permit.kind()) {
                found.entry(about.clone()).or_default().push(statement.clone());
            }
        }
        Ok(found)
    }

    /// How many rows and files of a person an erasure would destroy.
    ///
    /// # Errors
    /// A permit for something else, or what the database answers.
    pub fn count_person(&mut self, permit: &Permit) -> Result<(Vec<(&'static str, u64)>, u64)> {
        permit.covers(ResourceKind::Person, &[Verb::ErasurePropose, Verb::ErasureApprove])?;
        let mut counts = Vec::new();
        for &table in erasure::TABLES {
            let sql = format!("SELECT COUNT(*) FROM {table} WHERE controller_id = $1 AND person_id = $2");
            counts.push((table, self.count(table, &sql, permit)?));
        }
        let sql = "SELECT COUNT(*) FROM person WHERE controller_id = $1 AND id = $2";
        counts.push(("person", self.count("person", sql, permit)?));
        let sql = "SELECT COUNT(DISTINCT address) FROM document_version WHERE controller_id = $1 AND person_id = $2";
        let files = self.count("document_version", sql, permit)?;
        Ok((counts, files))
    }

    fn count(&mut self, table: &'static str, sql: &str, permit: &Permit) -> Result<u64> {
        let rows = self.query(table, sql, &[self.controller().into(), permit.person().into()])?;
        let number: i64 = rows.first().map_or(Ok(0), |r| r.get(0, "count"))?;
        Ok(u64::try_from(number).unwrap_or(0))
    }
}

/// What a person says against a record, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The day on which it was attached.
    pub on: Date,
    /// Their words.
    pub text: String,
}

/// The kind of record that `about` names, and its table.
fn kind_about(about: &str) -> Option<(ResourceKind, &'static str)> {
    use counterfoil_domain::ids::{CaseId, DocumentId, NoteId};
    match about {
        "person" => Some((ResourceKind::Person, "person")),
        id if id.parse::<CaseId>().is_ok() => Some((ResourceKind::Case, "case_file")),
        id if id.parse::<NoteId>().is_ok() => Some((ResourceKind::Note, "note")),
        id if id.parse::<DocumentId>().is_ok() => Some((ResourceKind::Document, "document")),
        _ => None,
    }
}

fn id_about(about: &str) -> Option<[u8; 16]> {
    use counterfoil_domain::ids::{CaseId, DocumentId, NoteId};
    let case = about.parse::<CaseId>().map(|i| *i.as_bytes());
    let note = about.parse::<NoteId>().map(|i| *i.as_bytes());
    case.or(note).or(about.parse::<DocumentId>().map(|i| *i.as_bytes())).ok()
}
