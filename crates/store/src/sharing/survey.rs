//! Answers to surveys that ask for no name and no contact.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::seal::aead::Place;
use crate::tx::Tx;

/// The sealed part of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SurveyText {
    /// The answers, by field.
    pub answers: BTreeMap<String, String>,
}

const fn place(id: &[u8; 16]) -> Place<'_> {
    Place { table: "survey_answer", column: "sealed", row: id }
}

impl Tx<'_> {
    /// Keeps an answer. Call [`Tx::permit_statistics`] first. Nothing ties it to whoever gave it: no person, no address, and only the day.
    ///
    /// # Errors
    /// What the database answers.
    pub fn keep_survey_answer(&mut self, form: &str, on: Date, text: &SurveyText) -> Result<()> {
        let id = self.fresh_id();
        let key = self.controller_key()?;
        let sealed = self.seal(key, place(&id), text)?;
        self.execute(
            "INSERT INTO survey_answer (controller_id, id, form, answered_on, sealed) VALUES ($1, $2, $3, $4, $5)",
            &[self.controller().into(), id.into(), form.into(), on.into(), sealed.into()],
        )
        .map(|_| ())
    }

    /// The answers to a survey, each with its day. Call [`Tx::permit_statistics`] first.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn survey_answers(&mut self, form: &str) -> Result<Vec<(Date, SurveyText)>> {
        let rows = self.query(
            "survey_answer",
            "SELECT id, answered_on, sealed FROM survey_answer WHERE controller_id = $1 AND form = $2 \
             ORDER BY answered_on, id",
            &[self.controller().into(), form.into()],
        )?;
        rows.iter()
            .map(|r| {
                let id: [u8; 16] = r.get(0, "id")?;
                Ok((r.get(1, "answered_on")?, self.open(place(&id), &r.get::<Vec<u8>>(2, "sealed")?)?))
            })
            .collect()
    }
}

impl crate::store::Store {
    /// The forms that answers were kept for; opens nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn survey_forms(&self, controller: counterfoil_domain::ids::ControllerId) -> Result<Vec<String>> {
        let rows = self.read(|conn| {
            conn.query(
                "survey_answer",
                "SELECT DISTINCT form FROM survey_answer WHERE controller_id = $1 ORDER BY form",
                &[controller.into()],
            )
        })?;
        rows.iter().map(|r| r.get(0, "form")).collect()
    }
}
