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
}
