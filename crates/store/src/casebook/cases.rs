//! Cases: a matter on which a person is helped.

use std::collections::BTreeMap;

use counterfoil_domain::access::{ResourceKind, Verb};
use counterfoil_domain::ids::{CaseId, OfficeId, PersonId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::permit::{Permit, Record, Terms};
use crate::rights::other::people::Statement;
use crate::seal::aead::Place;
use crate::tx::Tx;

/// The sealed part of a case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CaseText {
    /// What it is about, in a line.
    pub title: String,
    /// What the person asks for.
    pub question: String,
}

/// A case, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Which.
    pub id: CaseId,
    /// Whose.
    pub person: PersonId,
    /// The office that does the work.
    pub office: OfficeId,
    /// The issue code.
    pub issue: String,
    /// `open` or `closed`.
    pub status: String,
    /// What it says.
    pub text: CaseText,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// What the person says against it (Art 16 UK GDPR); shown wherever it is.
    pub statements: Vec<Statement>,
}

const fn place(case: &CaseId) -> Place<'_> {
    Place { table: "case_file", column: "sealed", row: case.as_bytes() }
}

const COLUMNS: &str = "id, person_id, office_id, issue, status, sealed, opened_at, closed_at";

impl Tx<'_> {
    /// Opens a case for a person.
    ///
    /// # Errors
    /// A refusal of the gate, or what the database answers.
    pub fn open_case(
        &mut self,
        person: PersonId,
        issue: &str,
        text: &CaseText,
        terms: &Terms,
    ) -> Result<CaseId> {
        let permit = self.permit(Record::Case(None), person, terms)?;
        permit.covers(ResourceKind::Case, &[Verb::RecordCreate])?;
        let id = CaseId::from_bytes(self.fresh_id());
        let sealed = self.seal(permit.key(), place(&id), text)?;
        self.execute(
            "INSERT INTO case_file (controller_id, id, person_id, office_id, issue, status, sealed, opened_at) \
             VALUES ($1, $2, $3, $4, $5, 'open', $6, $7)",
            &[
                self.controller().into(),
                id.into(),
                person.into(),
                permit.office().into(),
                issue.into(),
                sealed.into(),
                self.now.into(),
            ],
        )?;
        self.index(id.as_bytes(), "case", person, &format!("{} {}", text.title, text.question))?;
        Ok(id)
    }

    /// The cases of a person whose record is open.
    ///
    /// # Errors
    /// A permit for something else, or altered content.
    pub fn cases_of(&mut self, permit: &Permit) -> Result<Vec<Case>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM case_file WHERE controller_id = $1 AND person_id = $2 ORDER BY opened_at"
        );
        let rows = self.query("case_file", &sql, &[self.controller().into(), permit.person().into()])?;
        let mut said = self.statements_of(permit)?;
        rows.iter().map(|r| self.case(r, &mut said)).collect()
    }

    fn case(&self, row: &Row, said: &mut BTreeMap<String, Vec<Statement>>) -> Result<Case> {
        let id: CaseId = row.get(0, "id")?;
        Ok(Case {
            id,
            person: row.get(1, "person_id")?,
            office: row.get(2, "office_id")?,
            issue: row.get(3, "issue")?,
            status: row.get(4, "status")?,
            text: self.open(place(&id), &row.get::<Vec<u8>>(5, "sealed")?)?,
            opened_at: row.get(6, "opened_at")?,
            closed_at: row.get(7, "closed_at")?,
            statements: said.remove(&id.to_string()).unwrap_or_default(),
        })
    }

    /// Whose case it is; the content stays closed.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn person_of_case(&mut self, case: CaseId) -> Result<PersonId> {
        let rows = self.query(
            "case_file",
            "SELECT person_id FROM case_file WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), case.into()],
        )?;
        rows.first().ok_or(StoreError::NotFound("case"))?.get(0, "person_id")
    }

    /// Closes a case.
    ///
    /// # Errors
    /// A refusal of the gate; [`StoreError::Invalid`] when it is closed already.
    pub fn close_case(&mut self, case: CaseId, terms: &Terms) -> Result<()> {
        let person = self.person_of_case(case)?;
        self.permit(Record::Case(Some(case)), person, terms)?
            .covers(ResourceKind::Case, &[Verb::RecordEdit])?;
        let closed = self.execute(
            "UPDATE case_file SET status = 'closed', closed_at = $3 \
             WHERE controller_id = $1 AND id = $2 AND status = 'open'",
            &[self.controller().into(), case.into(), self.now.into()],
        )?;
        if closed == 1 { Ok(()) } else { Err(StoreError::Invalid("this case is closed already".to_owned())) }
    }
}
