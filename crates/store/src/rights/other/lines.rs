//! Numbered rows of a request, one table for each kind of text.

use counterfoil_domain::ids::{PersonId, RequestId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::texts::{
    CertificateText, DecisionText, FactText, PlanText, RegulatorText, ReviewText, StageText, TellingText,
};
use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::rights::requests::{Request, numbered};
use crate::seal::aead::Place;
use crate::tx::Tx;

/// A text that is kept in numbered rows of a request.
pub trait OfRequest: Serialize + DeserializeOwned {
    /// Its table.
    const TABLE: &'static str;
}

macro_rules! kept {
    ($($text:ty => $table:literal;)*) => {$(
        impl OfRequest for $text {
            const TABLE: &'static str = $table;
        }
    )*};
}

// The notes of an investigation are not among them: they open only with a complaint file.
kept! {
    FactText => "right_fact";
    DecisionText => "right_decision";
    PlanText => "erasure_plan";
    CertificateText => "right_certificate";
    TellingText => "recipient_telling";
    StageText => "complaint_stage";
    ReviewText => "internal_review";
    RegulatorText => "regulator_case";
}

/// One row, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<T> {
    /// Its number in the request, from 1.
    pub number: i64,
    /// Where it stands, by the code of its vocabulary.
    pub state: String,
    /// The day on which something is due.
    pub due_on: Option<Date>,
    /// What it says.
    pub text: T,
    /// Who made it; nobody when it was the system.
    pub by: Option<StaffId>,
    /// The second person: who approved, who reviewed.
    pub second: Option<StaffId>,
    /// When it was made.
    pub at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

const COLUMNS: &str = "number, state, due_on, sealed, made_by, second_by, made_at, changed_at";

impl Tx<'_> {
    /// Adds a row to an open request; gives its number.
    ///
    /// # Errors
    /// What the database answers.
    pub fn add_line<T: OfRequest>(
        &mut self,
        request: &Request,
        state: &str,
        due_on: Option<Date>,
        text: &T,
    ) -> Result<i64> {
        self.insert_line(T::TABLE, request, state, due_on, text)
    }

    /// Notes whether the recipient of a telling is none of the directory.
    ///
    /// # Errors
    /// What the database answers.
    pub fn mark_telling(&mut self, request: &Request, number: i64, unlisted: bool) -> Result<()> {
        self.execute(
            "UPDATE recipient_telling SET unlisted = $4 \
             WHERE controller_id = $1 AND request_id = $2 AND number = $3",
            &[self.controller().into(), request.id.into(), number.into(), i64::from(unlisted).into()],
        )
        .map(|_| ())
    }

    pub(super) fn insert_line(
        &mut self,
        table: &'static str,
        request: &Request,
        state: &str,
        due_on: Option<Date>,
        text: &impl Serialize,
    ) -> Result<i64> {
        let number = self.next_number(table, request.id)?;
        let row = numbered(request.id, number);
        let sealed = self.seal(request.key, Place { table, column: "sealed", row: &row }, text)?;
        let by = self.who.staff().map(|s| s.staff);
        self.execute(
            &format!(
                "INSERT INTO {table} (controller_id, request_id, number, state, due_on, sealed, made_by, second_by, \
                 made_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8, $8)"
            ),
            &[
                self.controller().into(),
                request.id.into(),
                number.into(),
                state.into(),
                due_on.into(),
                sealed.into(),
                by.into(),
                self.now.into(),
            ],
        )?;
        Ok(number)
    }

    /// The rows of an open request, in their order.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn lines_of<T: OfRequest>(&mut self, request: &Request) -> Result<Vec<Line<T>>> {
        self.read_lines(T::TABLE, request)
    }

    pub(super) fn read_lines<T: DeserializeOwned>(
        &mut self,
        table: &'static str,
        request: &Request,
    ) -> Result<Vec<Line<T>>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM {table} WHERE controller_id = $1 AND request_id = $2 ORDER BY number"
        );
        let rows = self.query(table, &sql, &[self.controller().into(), request.id.into()])?;
        rows.iter().map(|row| self.line(table, request, row)).collect()
    }

    fn line<T: DeserializeOwned>(
        &self,
        table: &'static str,
        request: &Request,
        row: &Row,
    ) -> Result<Line<T>> {
        let number: i64 = row.get(0, "number")?;
        let id = numbered(request.id, number);
        Ok(Line {
            number,
            state: row.get(1, "state")?,
            due_on: row.get(2, "due_on")?,
            text: self
                .open(Place { table, column: "sealed", row: &id }, &row.get::<Vec<u8>>(3, "sealed")?)?,
            by: row.get(4, "made_by")?,
            second: row.get(5, "second_by")?,
            at: row.get(6, "made_at")?,
            changed_at: row.get(7, "changed_at")?,
        })
    }

    /// Moves a row on: its state, what is due, what it says. The actor is noted as the second person when
    /// `sign` is set. A row that has left the state in which it was read is not moved.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when someone else was faster.
    pub fn move_line<T: OfRequest>(
        &mut self,
        request: &Request,
        from: &Line<T>,
        state: &str,
        due_on: Option<Date>,
        sign: bool,
    ) -> Result<()> {
        let row = numbered(request.id, from.number);
        let place = Place { table: T::TABLE, column: "sealed", row: &row };
        let sealed = self.seal(request.key, place, &from.text)?;
        let second = if sign { self.who.staff().map(|s| s.staff) } else { from.second };
        let moved = self.execute(
            &format!(
                "UPDATE {} SET state = $4, due_on = $5, sealed = $6, second_by = $7, changed_at = $8 \
                 WHERE controller_id = $1 AND request_id = $2 AND number = $3 AND state = $9",
                T::TABLE
            ),
            &[
                self.controller().into(),
                request.id.into(),
                from.number.into(),
                state.into(),
                due_on.into(),
                sealed.into(),
                second.into(),
                self.now.into(),
                (&from.state).into(),
            ],
        )?;
        if moved == 1 {
            return Ok(());
        }
        Err(StoreError::Invalid("someone else has changed this meanwhile: open the request again".to_owned()))
    }

    /// The references of a person's requests of one right that are still to be answered.
    ///
    /// # Errors
    /// What the database answers.
    pub fn unanswered(&mut self, person: PersonId, right: &str) -> Result<Vec<String>> {
        let rows = self.query(
            "rights_request",
            "SELECT reference FROM rights_request WHERE controller_id = $1 AND person_id = $2 AND right_name = $3 \
             AND state NOT IN ('released', 'refused', 'done', 'closed') ORDER BY reference",
            &[self.controller().into(), person.into(), right.into()],
        )?;
        rows.iter().map(|r| r.get(0, "reference")).collect()
    }

    /// The complaints of a person, by identifier: their files open one by one.
    ///
    /// # Errors
    /// What the database answers.
    pub fn complaints_of(&mut self, person: PersonId) -> Result<Vec<RequestId>> {
        let rows = self.query(
            "rights_request",
            "SELECT id FROM rights_request WHERE controller_id = $1 AND person_id = $2 AND right_name = 'complaint' \
             ORDER BY reference",
            &[self.controller().into(), person.into()],
        )?;
        rows.iter().map(|r| r.get(0, "id")).collect()
    }

    /// Notes under which law a request's clock runs (`uk-gdpr`, or a heading of the older Act).
    ///
    /// # Errors
    /// What the database answers.
    pub fn set_regime(&mut self, request: &Request, regime: &str) -> Result<()> {
        self.execute(
            "UPDATE rights_request SET regime = $3 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), request.id.into(), regime.into()],
        )
        .map(|_| ())
    }
}
