//! Recordings: documents that say by which channel and from which system they came, whether the person was told, and
//! when they were made. They have a time of their own in the schedule.

use counterfoil_domain::access::{ResourceKind, Verb};
use counterfoil_domain::ids::{CaseId, ControllerId, DocumentId, OfficeId, PersonId};
use counterfoil_domain::intake::{Channel, Told};
use jiff::{SignedDuration, Timestamp};

use super::documents::{Document, DocumentText};
use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::permit::{Permit, Record, Terms};
use crate::store::Store;
use crate::tx::Tx;

/// What makes a document a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The channel that it was made of.
    pub channel: Channel,
    /// The system that made it, by its name in the configuration; empty when it was added by hand.
    pub provider: String,
    /// Whether the person was told.
    pub told: Told,
    /// When it was made.
    pub recorded_at: Timestamp,
}

/// A recording of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Its name, kind, versions and size.
    pub document: Document,
    /// The office that made it.
    pub office: OfficeId,
    /// What makes it a recording.
    pub facts: Facts,
}

/// The counts of an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordingFigures {
    /// Recordings kept.
    pub kept: i64,
    /// Of these, those that came from a telephone system by itself.
    pub fetched: i64,
    /// Of which it is not on record whether the person was told, for more than a week.
    pub untold: i64,
    /// Of which that is not on record since less than a week.
    pub asking: i64,
    /// Recordings disposed of by the schedule.
    pub disposed: i64,
    /// When the last one was kept.
    pub last: Option<Timestamp>,
}

/// The days of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordingDays {
    /// Which.
    pub id: DocumentId,
    /// Whose.
    pub person: PersonId,
    /// The office that made it.
    pub office: OfficeId,
    /// When it was made.
    pub recorded_at: Timestamp,
    /// Whether a legal hold lies on the person's record.
    pub held: bool,
    /// Whether processing is restricted.
    pub restricted: bool,
}

impl RecordingDays {
    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get(0, "document_id")?,
            person: row.get(1, "person_id")?,
            office: row.get(2, "office_id")?,
            recorded_at: row.get(3, "recorded_at")?,
            held: row.get(4, "legal_hold")?,
            restricted: row.get(5, "restricted")?,
        })
    }
}

/// Code words of what was written in this file, never input.
fn word<T: std::str::FromStr>(row: &Row, index: usize, column: &'static str) -> Result<T> {
    let unknown = StoreError::Decode { table: "recording", column, row: 0, why: "not a known word" };
    row.get::<String>(index, column)?.parse().map_err(|_| unknown)
}

impl Tx<'_> {
    /// Keeps a recording: a document with what makes it one. A call is not searched for words.
    ///
    /// # Errors
    /// A refusal of the gate, a full disk, or what the database answers.
    pub fn add_recording(
        &mut self,
        (person, case): (PersonId, Option<CaseId>),
        about: &DocumentText,
        content: &[u8],
        facts: &Facts,
        terms: &Terms,
    ) -> Result<DocumentId> {
        let id = self.add_document(person, case, about, content, None, terms)?;
        let office = self.person_row(person)?.office;
        self.execute(
            "INSERT INTO recording (controller_id, document_id, person_id, case_id, office_id, channel, provider, told, \
             recorded_at, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            &[
                self.controller().into(),
                id.into(),
                person.into(),
                case.into(),
                office.into(),
                facts.channel.code().into(),
                facts.provider.as_str().into(),
                facts.told.code().into(),
                facts.recorded_at.into(),
                self.now().into(),
            ],
        )?;
        Ok(id)
    }

    /// The recordings of a person, oldest first.
    ///
    /// # Errors
    /// A permit for something else, or altered content.
    pub fn recordings_of(&mut self, permit: &Permit) -> Result<Vec<Recording>> {
        let documents = self.documents_of(permit)?;
        let rows = self.query(
            "recording",
            "SELECT document_id, office_id, channel, provider, told, recorded_at FROM recording \
             WHERE controller_id = $1 AND person_id = $2 ORDER BY recorded_at, document_id",
            &[self.controller().into(), permit.person().into()],
        )?;
        let mut recordings = Vec::new();
        for row in &rows {
            let id: DocumentId = row.get(0, "document_id")?;
            let Some(document) = documents.iter().find(|d| d.id == id) else { continue };
            let facts = Facts {
                channel: word(row, 2, "channel")?,
                provider: row.get(3, "provider")?,
                told: word(row, 4, "told")?,
                recorded_at: row.get(5, "recorded_at")?,
            };
            recordings.push(Recording {
                document: document.clone(),
                office: row.get(1, "office_id")?,
                facts,
            });
        }
        Ok(recordings)
    }

    /// Records whether the person of a recording was told.
    ///
    /// # Errors
    /// A refusal of the gate, or [`StoreError::NotFound`] for what is no recording.
    pub fn note_told(&mut self, document: DocumentId, told: Told, terms: &Terms) -> Result<()> {
        let (person, _) = self.person_of_document(document)?;
        let permit = self.permit(Record::Document(Some(document)), person, terms)?;
        permit.covers(ResourceKind::Document, &[Verb::RecordEdit])?;
        let changed = self.execute(
            "UPDATE recording SET told = $3 WHERE controller_id = $1 AND document_id = $2",
            &[self.controller().into(), document.into(), told.code().into()],
        )?;
        if changed == 0 { Err(StoreError::NotFound("recording")) } else { Ok(()) }
    }
}

impl Store {
    /// Counts recordings for the ledger.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn recording_figures(&self, controller: ControllerId) -> Result<RecordingFigures> {
        let week = self.now() - SignedDuration::from_hours(7 * 24);
        let sum = |condition: &str| {
            format!("CAST(COALESCE(SUM(CASE WHEN {condition} THEN 1 ELSE 0 END), 0) AS BIGINT)")
        };
        let sql = format!(
            "SELECT COUNT(*), {}, {}, {}, MAX(made_at), (SELECT COUNT(*) FROM disposal_item i WHERE i.controller_id = $1 \
             AND i.kind = 'recording' AND i.outcome = 'disposed') FROM recording WHERE controller_id = $1",
            sum("provider <> ''"),
            sum("told = 'unknown' AND made_at < $2"),
            sum("told = 'unknown' AND made_at >= $2"),
        );
        let rows = self.read(|conn| conn.query("recording", &sql, &[controller.into(), week.into()]))?;
        let Some(row) = rows.first() else { return Ok(RecordingFigures::default()) };
        Ok(RecordingFigures {
            kept: row.get(0, "kept")?,
            fetched: row.get(1, "fetched")?,
            untold: row.get(2, "untold")?,
            asking: row.get(3, "asking")?,
            last: row.get(4, "made_at")?,
            disposed: row.get(5, "disposed")?,
        })
    }
}
