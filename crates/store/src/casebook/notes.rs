//! Notes in a case.

use std::collections::BTreeMap;

use counterfoil_domain::access::{ResourceKind, Verb};
use counterfoil_domain::ids::{CaseId, NoteId, PersonId, StaffId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::db::Row;
use crate::error::Result;
use crate::permit::{Permit, Record, Terms};
use crate::rights::other::people::Statement;
use crate::seal::aead::Place;
use crate::tx::Tx;

/// The sealed part of a note.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoteText {
    /// The note.
    pub text: String,
    /// Where what it says came from (the person, a document, a third party).
    pub source: String,
}

/// A note, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Which.
    pub id: NoteId,
    /// The case it stands in.
    pub case: CaseId,
    /// Whose case it is.
    pub person: PersonId,
    /// Who wrote it.
    pub author: StaffId,
    /// What it says.
    pub text: NoteText,
    /// Its version, from 1.
    pub version: i64,
    /// When it was written.
    pub made_at: Timestamp,
    /// What the person says against it (Art 16 UK GDPR); shown wherever it is.
    pub statements: Vec<Statement>,
}

const fn place(note: &NoteId) -> Place<'_> {
    Place { table: "note", column: "sealed", row: note.as_bytes() }
}

impl Tx<'_> {
    /// Writes a note.
    ///
    /// # Errors
    /// A refusal of the gate, or what the database answers.
    pub fn write_note(&mut self, case: CaseId, text: &NoteText, terms: &Terms) -> Result<NoteId> {
        let person = self.person_of_case(case)?;
        let permit = self.permit(Record::Note(None), person, terms)?;
        permit.covers(ResourceKind::Note, &[Verb::RecordCreate])?;
        let id = NoteId::from_bytes(self.fresh_id());
        let sealed = self.seal(permit.key(), place(&id), text)?;
        let author = self.who.staff().map_or([0; 16], |s| *s.staff.as_bytes());
        self.execute(
            "INSERT INTO note (controller_id, id, case_id, person_id, author_id, sealed, version, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6, 1, $7)",
            &[
                self.controller().into(),
                id.into(),
                case.into(),
                person.into(),
                author.into(),
                sealed.into(),
                self.now.into(),
            ],
        )?;
        self.index(id.as_bytes(), "note", person, &text.text)?;
        Ok(id)
    }

    /// The notes of a person, with a permit for notes.
    ///
    /// # Errors
    /// A permit for something else, or altered content.
    pub fn notes_of(&mut self, permit: &Permit) -> Result<Vec<Note>> {
        permit.covers(ResourceKind::Note, &[Verb::RecordRead, Verb::RecordExport])?;
        let rows = self.query(
            "note",
            "SELECT id, case_id, person_id, author_id, sealed, version, made_at FROM note \
             WHERE controller_id = $1 AND person_id = $2 ORDER BY made_at, id",
            &[self.controller().into(), permit.person().into()],
        )?;
        let mut said = self.statements_of(permit)?;
        rows.iter().map(|r| self.note(r, &mut said)).collect()
    }

    fn note(&self, row: &Row, said: &mut BTreeMap<String, Vec<Statement>>) -> Result<Note> {
        let id: NoteId = row.get(0, "id")?;
        Ok(Note {
            id,
            case: row.get(1, "case_id")?,
            person: row.get(2, "person_id")?,
            author: row.get(3, "author_id")?,
            text: self.open(place(&id), &row.get::<Vec<u8>>(4, "sealed")?)?,
            version: row.get(5, "version")?,
            made_at: row.get(6, "made_at")?,
            statements: said.remove(&id.to_string()).unwrap_or_default(),
        })
    }
}
