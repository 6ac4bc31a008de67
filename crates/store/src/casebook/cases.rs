//! Cases: a matter on which a person is helped.

use std::collections::BTreeMap;

use counterfoil_domain::access::{ResourceKind, Verb};
use counterfoil_domain::casebook::words::CaseStatus;
use counterfoil_domain::ids::{CaseId, OfficeId, PersonId, StaffId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::history::Replaced;
use crate::db::{Row, Value};
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
    /// Who works on it; none while it waits to be given to somebody.
    pub worker: Option<StaffId>,
    /// Its version, from 1; a change names the version that it read.
    pub version: i64,
    /// What the person says against it (Art 16 UK GDPR); shown wherever it is.
    pub statements: Vec<Statement>,
}

/// A case as the allocation queue shows it: nothing that it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub id: CaseId,
    /// Whose.
    pub person: PersonId,
    /// The issue code.
    pub issue: String,
    /// `open` or `waiting`.
    pub status: String,
    /// Who works on it.
    pub worker: Option<StaffId>,
    /// When it was opened.
    pub opened_at: Timestamp,
}

fn waiting(row: &Row) -> Result<Waiting> {
    Ok(Waiting {
        id: row.get(0, "id")?,
        person: row.get(1, "person_id")?,
        issue: row.get(2, "issue")?,
        status: row.get(3, "status")?,
        worker: row.get(4, "worker_id")?,
        opened_at: row.get(5, "opened_at")?,
    })
}

const fn place(case: &CaseId) -> Place<'_> {
    Place { table: "case_file", column: "sealed", row: case.as_bytes() }
}

const COLUMNS: &str =
    "id, person_id, office_id, issue, status, sealed, opened_at, closed_at, worker_id, version";

/// The columns that a new case fills, and those that change while it is new (see `bulk`).
const NEW: &[&str] = &[
    "controller_id",
    "id",
    "person_id",
    "office_id",
    "issue",
    "status",
    "sealed",
    "opened_at",
    "changed_at",
    "closed_at",
    "worker_id",
];

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
        let row = vec![
            self.controller().into(),
            id.into(),
            person.into(),
            permit.office().into(),
            issue.into(),
            CaseStatus::Open.code().into(),
            sealed.into(),
            self.now.into(),
            self.now.into(),
            Value::Null,
            Value::Null,
        ];
        self.insert("case_file", NEW, row)?;
        if let Some(bulk) = &mut self.bulk {
            bulk.remember_case(id, person);
        }
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
        let cases = rows.iter().map(|r| self.case(r, &mut said)).collect::<Result<Vec<_>>>()?;
        Ok(cases.into_iter().filter(|c| permit.case().is_none_or(|one| one == c.id)).collect())
    }

    /// Changes what a case says, its issue code and its status; what it said before is kept. To close it is
    /// [`Tx::close_case`].
    ///
    /// # Errors
    /// A refusal of the gate; [`StoreError::Invalid`] when the case has changed since `read_version`.
    pub fn change_case(
        &mut self,
        case: CaseId,
        read_version: i64,
        (issue, status): (&str, CaseStatus),
        text: &CaseText,
        terms: &Terms,
    ) -> Result<i64> {
        let (permit, version, before) = self.for_change(case, terms)?;
        if version != read_version {
            return Err(StoreError::Invalid(
                "someone else has changed this case since you opened it: open it again and repeat your change"
                    .to_owned(),
            ));
        }
        self.keep_version(
            &permit,
            &Replaced { kind: "case", place: place(&case), version, sealed: &before },
        )?;
        let sealed = self.seal(permit.key(), place(&case), text)?;
        let changed = self.execute(
            "UPDATE case_file SET sealed = $3, issue = $4, status = $5, closed_at = NULL, version = version + 1, \
             changed_at = $7 WHERE controller_id = $1 AND id = $2 AND version = $6",
            &[
                self.controller().into(),
                case.into(),
                sealed.into(),
                issue.into(),
                status.code().into(),
                version.into(),
                self.now.into(),
            ],
        )?;
        self.index(case.as_bytes(), "case", permit.person(), &format!("{} {}", text.title, text.question))?;
        if changed == 1 { Ok(version + 1) } else { Err(StoreError::Conflict) }
    }

    fn for_change(&mut self, case: CaseId, terms: &Terms) -> Result<(Permit, i64, Vec<u8>)> {
        let rows = self.query(
            "case_file",
            "SELECT person_id, version, sealed FROM case_file WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), case.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("case"))?;
        let permit = self.permit(Record::Case(Some(case)), row.get(0, "person_id")?, terms)?;
        permit.covers(ResourceKind::Case, &[Verb::RecordEdit])?;
        Ok((permit, row.get(1, "version")?, row.get(2, "sealed")?))
    }

    /// Gives a case to somebody to work on, or back to the queue.
    ///
    /// # Errors
    /// A refusal of the gate; [`StoreError::NotFound`] when that person does not work here.
    pub fn allocate(&mut self, case: CaseId, worker: Option<StaffId>, terms: &Terms) -> Result<()> {
        let person = self.person_of_case(case)?;
        let permit = self.permit(Record::Case(Some(case)), person, terms)?;
        permit.covers(ResourceKind::Case, &[Verb::RecordEdit])?;
        if let Some(worker) = worker {
            self.must_work_at(worker, permit.office())?;
        }
        if let Some(bulk) = self.bulk.as_mut().filter(|bulk| bulk.case(case).is_some()) {
            return bulk.amend_case(case, &[("worker_id", worker.into()), ("changed_at", self.now.into())]);
        }
        self.execute(
            "UPDATE case_file SET worker_id = $3, changed_at = $4 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), case.into(), worker.into(), self.now.into()],
        )
        .map(|_| ())
    }

    fn must_work_at(&mut self, worker: StaffId, office: OfficeId) -> Result<()> {
        if self.bulk.as_ref().is_some_and(|bulk| bulk.works_at(worker, office)) {
            return Ok(());
        }
        let rows = self.query(
            "staff_account",
            "SELECT 1 FROM staff_account WHERE controller_id = $1 AND id = $2 AND office_id = $3 AND active = 1",
            &[self.controller().into(), worker.into(), office.into()],
        )?;
        rows.first().ok_or(StoreError::NotFound("colleague at this office"))?;
        if let Some(bulk) = &mut self.bulk {
            bulk.remember_colleague(worker, office);
        }
        Ok(())
    }

    /// The open cases of the actor's office that the gate lists, oldest first: of one worker, or of nobody. With each
    /// the name of the person, unless the gate would not show them in a list.
    ///
    /// # Errors
    /// What the database answers.
    pub fn queue_of_office(
        &mut self,
        worker: Option<StaffId>,
        most: u32,
        terms: &Terms,
    ) -> Result<Vec<(Waiting, Option<String>)>> {
        let office = self.who.staff().map(|s| s.office);
        let (whose, most_at) =
            if worker.is_some() { ("worker_id = $3", "$4") } else { ("worker_id IS NULL", "$3") };
        let sql = format!(
            "SELECT id, person_id, issue, status, worker_id, opened_at FROM case_file WHERE controller_id = $1 \
             AND office_id = $2 AND status <> 'closed' AND {whose} ORDER BY opened_at, id LIMIT {most_at}"
        );
        let mut params = vec![self.controller().into(), office.into()];
        params.extend(worker.map(Into::into));
        params.push(most.into());
        let rows = self.query("case_file", &sql, &params)?;
        let people = rows.iter().map(|r| r.get(1, "person_id")).collect::<Result<Vec<PersonId>>>()?;
        self.ask_about(&people)?;
        let mut seen = Vec::new();
        for row in &rows {
            let waiting = waiting(row)?;
            match self.permit(Record::Case(Some(waiting.id)), waiting.person, terms) {
                Ok(permit) => {
                    let name = self.name_of_line(&permit)?;
                    seen.push((waiting, name));
                }
                Err(StoreError::Refused { .. }) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(seen)
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
            worker: row.get(8, "worker_id")?,
            version: row.get(9, "version")?,
            statements: said.remove(&id.to_string()).unwrap_or_default(),
        })
    }

    /// Whose case it is; the content stays closed.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn person_of_case(&mut self, case: CaseId) -> Result<PersonId> {
        if let Some(person) = self.bulk.as_ref().and_then(|bulk| bulk.case(case)) {
            return Ok(person);
        }
        let rows = self.query(
            "case_file",
            "SELECT person_id FROM case_file WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), case.into()],
        )?;
        rows.first().ok_or(StoreError::NotFound("case"))?.get(0, "person_id")
    }

    /// The issue code of a case of a person whose record may be worked on.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a case of somebody else.
    pub fn issue_of_case(&mut self, permit: &Permit, case: CaseId) -> Result<String> {
        let rows = self.query(
            "case_file",
            "SELECT issue FROM case_file WHERE controller_id = $1 AND id = $2 AND person_id = $3",
            &[self.controller().into(), case.into(), permit.person().into()],
        )?;
        rows.first().ok_or(StoreError::NotFound("case"))?.get(0, "issue")
    }

    /// Closes a case.
    ///
    /// # Errors
    /// A refusal of the gate; [`StoreError::Invalid`] when it is closed already.
    pub fn close_case(&mut self, case: CaseId, terms: &Terms) -> Result<()> {
        let person = self.person_of_case(case)?;
        self.permit(Record::Case(Some(case)), person, terms)?
            .covers(ResourceKind::Case, &[Verb::RecordEdit])?;
        if let Some(bulk) = self.bulk.as_mut().filter(|bulk| bulk.case(case).is_some()) {
            let closed = CaseStatus::Closed.code();
            return bulk.amend_case(case, &[("status", closed.into()), ("closed_at", self.now.into())]);
        }
        let closed = self.execute(
            "UPDATE case_file SET status = 'closed', closed_at = $3 \
             WHERE controller_id = $1 AND id = $2 AND status = 'open'",
            &[self.controller().into(), case.into(), self.now.into()],
        )?;
        if closed == 1 { Ok(()) } else { Err(StoreError::Invalid("this case is closed already".to_owned())) }
    }
}
