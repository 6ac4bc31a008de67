//! Notes in a case.

use std::collections::BTreeMap;

use counterfoil_domain::access::{ResourceKind, Verb};
use counterfoil_domain::ids::{CaseId, NoteId, PersonId, StaffId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::history::Replaced;
use crate::db::Row;
use crate::error::{Result, StoreError};
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
    /// The special categories in it, by their codes, as its writer says.
    pub special: Vec<String>,
    /// Why something stays in it that was pointed out; empty when nothing was.
    pub kept: String,
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

const NEW: &[&str] = &[
    "controller_id",
    "id",
    "case_id",
    "person_id",
    "author_id",
    "sealed",
    "version",
    "made_at",
    "changed_at",
];

/// A draft has no identifier of its own: its case and its worker name it.
fn draft_row(case: CaseId, staff: StaffId) -> [u8; 32] {
    let mut row = [0; 32];
    row.iter_mut().zip(case.as_bytes().iter().chain(staff.as_bytes())).for_each(|(to, from)| *to = *from);
    row
}

const fn draft_place(row: &[u8; 32]) -> Place<'_> {
    Place { table: "note_draft", column: "sealed", row }
}

impl Tx<'_> {
    /// Writes a note.
    ///
    /// # Errors
    /// A refusal of the gate, or what the database answers.
    pub fn write_note(&mut self, case: CaseId, text: &NoteText, terms: &Terms) -> Result<NoteId> {
        let person = self.person_of_case(case)?;
        let permit = self.permit(Record::In(ResourceKind::Note, case), person, terms)?;
        permit.covers(ResourceKind::Note, &[Verb::RecordCreate])?;
        let id = NoteId::from_bytes(self.fresh_id());
        let sealed = self.seal(permit.key(), place(&id), text)?;
        let author = self.who.staff().map_or([0; 16], |s| *s.staff.as_bytes());
        let row = vec![
            self.controller().into(),
            id.into(),
            case.into(),
            person.into(),
            author.into(),
            sealed.into(),
            1_i64.into(),
            self.now.into(),
            self.now.into(),
        ];
        self.insert("note", NEW, row)?;
        self.index(id.as_bytes(), "note", person, &text.text)?;
        self.drop_note_draft(case)?;
        Ok(id)
    }

    /// Changes a note; what it said before is kept.
    ///
    /// # Errors
    /// A refusal of the gate; [`StoreError::Invalid`] when the note has changed since `read_version`.
    pub fn change_note(
        &mut self,
        note: NoteId,
        read_version: i64,
        text: &NoteText,
        terms: &Terms,
    ) -> Result<i64> {
        let rows = self.query(
            "note",
            "SELECT person_id, version, sealed FROM note WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), note.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("note"))?;
        let (person, version): (PersonId, i64) = (row.get(0, "person_id")?, row.get(1, "version")?);
        let permit = self.permit(Record::Note(Some(note)), person, terms)?;
        permit.covers(ResourceKind::Note, &[Verb::RecordEdit])?;
        if version != read_version {
            return Err(StoreError::Invalid(
                "someone else has changed this note since you opened it: open it again and repeat your change"
                    .to_owned(),
            ));
        }
        let before: Vec<u8> = row.get(2, "sealed")?;
        self.keep_version(
            &permit,
            &Replaced { kind: "note", place: place(&note), version, sealed: &before },
        )?;
        let sealed = self.seal(permit.key(), place(&note), text)?;
        let changed = self.execute(
            "UPDATE note SET sealed = $3, version = version + 1, changed_at = $5 \
             WHERE controller_id = $1 AND id = $2 AND version = $4",
            &[self.controller().into(), note.into(), sealed.into(), version.into(), self.now.into()],
        )?;
        self.index(note.as_bytes(), "note", person, &text.text)?;
        if changed == 1 { Ok(version + 1) } else { Err(StoreError::Conflict) }
    }

    /// Whose a note is, and in which case; opens nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn place_of_note(&mut self, note: NoteId) -> Result<(PersonId, CaseId)> {
        let rows = self.query(
            "note",
            "SELECT person_id, case_id FROM note WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), note.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("note"))?;
        Ok((row.get(0, "person_id")?, row.get(1, "case_id")?))
    }

    /// Keeps what the actor has typed of a note so far; it takes the place of an earlier draft.
    ///
    /// # Errors
    /// A refusal of the gate.
    pub fn keep_note_draft(&mut self, case: CaseId, text: &NoteText, terms: &Terms) -> Result<()> {
        let staff = self.who.staff().ok_or(StoreError::NotFound("staff account"))?.staff;
        let person = self.person_of_case(case)?;
        let permit = self.permit(Record::In(ResourceKind::Note, case), person, terms)?;
        permit.covers(ResourceKind::Note, &[Verb::RecordCreate])?;
        let row = draft_row(case, staff);
        let sealed = self.seal(permit.key(), draft_place(&row), text)?;
        self.execute(
            "INSERT INTO note_draft (controller_id, case_id, staff_id, person_id, sealed, saved_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (controller_id, case_id, staff_id) \
             DO UPDATE SET sealed = EXCLUDED.sealed, saved_at = EXCLUDED.saved_at, person_id = EXCLUDED.person_id",
            &[
                self.controller().into(),
                case.into(),
                staff.into(),
                person.into(),
                sealed.into(),
                self.now.into(),
            ],
        )
        .map(|_| ())
    }

    /// The actor's draft in a case whose notes are open, and when it was saved.
    ///
    /// # Errors
    /// A permit for something else, or altered content.
    pub fn draft_in(&mut self, permit: &Permit, case: CaseId) -> Result<Option<(NoteText, Timestamp)>> {
        permit.covers(ResourceKind::Note, &[Verb::RecordRead])?;
        let Some(staff) = self.who.staff().map(|s| s.staff) else { return Ok(None) };
        let rows = self.query(
            "note_draft",
            "SELECT sealed, saved_at FROM note_draft \
             WHERE controller_id = $1 AND case_id = $2 AND staff_id = $3 AND person_id = $4",
            &[self.controller().into(), case.into(), staff.into(), permit.person().into()],
        )?;
        let Some(found) = rows.first() else { return Ok(None) };
        let row = draft_row(case, staff);
        let text = self.open(draft_place(&row), &found.get::<Vec<u8>>(0, "sealed")?)?;
        Ok(Some((text, found.get(1, "saved_at")?)))
    }

    fn drop_note_draft(&mut self, case: CaseId) -> Result<()> {
        // A case that is made in this act has no draft.
        if self.bulk.as_ref().is_some_and(|bulk| bulk.case(case).is_some()) {
            return Ok(());
        }
        let staff = self.who.staff().map(|s| s.staff);
        self.execute(
            "DELETE FROM note_draft WHERE controller_id = $1 AND case_id = $2 AND staff_id = $3",
            &[self.controller().into(), case.into(), staff.into()],
        )
        .map(|_| ())
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
        let notes = rows.iter().map(|r| self.note(r, &mut said)).collect::<Result<Vec<_>>>()?;
        Ok(notes.into_iter().filter(|n| permit.case().is_none_or(|c| c == n.case)).collect())
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
