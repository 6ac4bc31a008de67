//! Assessments, policy documents, retention rules and forms.

use std::collections::BTreeMap;

use counterfoil_domain::register::assessment::{AssessmentKind, Step};
use jiff::civil::Date;
use serde::Deserialize;

use super::{maybe, word};

/// An assessment.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// Its id.
    pub id: String,
    /// Its kind.
    #[serde(deserialize_with = "word")]
    pub kind: AssessmentKind,
    /// What it is about.
    pub name: String,
    /// Who answers for it.
    pub owner: String,
    /// When it was completed.
    #[serde(default, deserialize_with = "maybe")]
    pub completed: Option<Date>,
    /// When it is to be reviewed.
    #[serde(deserialize_with = "word")]
    pub review: Date,
    /// The outcome in a sentence.
    pub outcome: String,
    /// The officer's advice.
    #[serde(default)]
    pub advice: String,
    /// The answered steps; see [`Assessment::answered`].
    pub steps: BTreeMap<String, String>,
}

impl Assessment {
    /// The steps that have an answer; unknown ones are refused when the register is loaded.
    #[must_use]
    pub fn answered(&self) -> Vec<Step> {
        self.steps.iter().filter(|(_, a)| !a.trim().is_empty()).filter_map(|(s, _)| s.parse().ok()).collect()
    }
}

/// An appropriate policy document (Sch 1 para 39 DPA 2018).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    /// Its id and reference.
    pub id: String,
    /// Its name.
    pub name: String,
    /// It explains the procedures for complying with the principles.
    pub explains_principles: bool,
    /// It explains retention and erasure.
    pub explains_retention: bool,
    /// Its last review.
    #[serde(deserialize_with = "word")]
    pub reviewed: Date,
}

/// A retention rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Its id.
    pub id: String,
    /// The records.
    pub record: String,
    /// The rule, in the grammar of `domain::retention`.
    pub rule: String,
    /// How long, for people.
    pub says: String,
    /// The same in Welsh.
    #[serde(default)]
    pub cy: Option<String>,
    /// The enactment or guidance.
    #[serde(default)]
    pub authority: String,
    /// The row of `config/retention.toml` that it follows.
    #[serde(default)]
    pub row: Option<u32>,
    /// True only when a records manager has checked it.
    pub verified: bool,
}

/// Which retention rules the casebook and the rights requests are kept by, as ids of rules.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Casework {
    /// Cases.
    pub rule: String,
    /// Cases that were closed before the person was 18.
    #[serde(default)]
    pub child: Option<String>,
    /// Cases whose issue begins so.
    #[serde(default)]
    pub issues: BTreeMap<String, String>,
    /// People on record without any case.
    #[serde(default)]
    pub person: Option<String>,
    /// Rights requests that are closed.
    #[serde(default)]
    pub request: Option<String>,
    /// Recordings of calls.
    #[serde(default)]
    pub recording: Option<String>,
    /// How many days after its time a record may wait for its disposal before it counts as overdue.
    #[serde(default = "thirty")]
    pub grace_days: u16,
}

const fn thirty() -> u16 {
    30
}

impl Casework {
    /// Every rule that it names.
    pub fn named(&self) -> impl Iterator<Item = &String> {
        let others = [&self.child, &self.person, &self.request, &self.recording];
        std::iter::once(&self.rule).chain(others.into_iter().flatten()).chain(self.issues.values())
    }
}

/// A form or record type.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `form` or `record`.
    pub kind: String,
    /// The activity that it serves.
    pub activity: String,
    /// It can be used without saying who one is.
    #[serde(default)]
    pub anonymous: bool,
    /// The fields: nothing else is collected (promise C7).
    pub field: Vec<Field>,
}

/// A field of a form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The kind of data.
    pub data: String,
    /// Whether an answer is required.
    #[serde(default)]
    pub required: bool,
    /// Why it is needed.
    pub need: String,
}
