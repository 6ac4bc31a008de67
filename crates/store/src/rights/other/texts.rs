//! The sealed words of each kind of row. Codes are those of the vocabularies of `domain::rights`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What an officer found out about a request: the facts on which the right turns.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FactText {
    /// Conditions that are known to hold or not to hold, by code.
    pub facts: BTreeMap<String, bool>,
    /// The activities of the register that the request is about, by id; empty for all that use the casebook.
    pub activities: Vec<String>,
    /// How it was found out.
    pub note: String,
}

/// One reason of the law, as it was given on the day of the decision.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReasonText {
    /// `for`, `against`, `limits`, `duty` or `prohibits`.
    pub effect: String,
    /// Where the law says so.
    pub provision: String,
    /// For the decision maker.
    pub staff: String,
    /// For the person.
    pub person: String,
}

/// How the right stood for the activities of one lawful basis on the day of the decision.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JudgedText {
    /// The activities, by name.
    pub activities: Vec<String>,
    /// The lawful basis, in words with its provision.
    pub basis: String,
    /// `applies`, `applies-in-part` or `does-not-apply`.
    pub verdict: String,
    /// Why.
    pub reasons: Vec<ReasonText>,
}

/// A decision on a request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DecisionText {
    /// `granted`, `granted-in-part` or `refused`.
    pub outcome: String,
    /// Why, in the officer's words; the letter repeats them.
    pub reasons: String,
    /// What it rests on.
    pub evidence: String,
    /// The exemption relied on, by code, or empty.
    pub exemption: String,
    /// The answers to the exemption's test.
    pub answers: BTreeMap<String, String>,
    /// How the right stood.
    pub lines: Vec<JudgedText>,
}

/// Rows of one table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RowsText {
    /// The table.
    pub table: String,
    /// How many rows.
    pub number: u64,
}

/// What a connected system answered to an erasure, or to its dry run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SystemText {
    /// The system's name.
    pub name: String,
    /// `held`, `none-held`, `not-this-kind-of-person`, `blocked`, `failed` or `erased`.
    pub answer: String,
    /// How many rows it found or changed.
    pub rows: u64,
    /// Why it is blocked or failed.
    pub why: String,
}

/// What an erasure would destroy.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlanText {
    /// Rows of the casebook.
    pub rows: Vec<RowsText>,
    /// Files.
    pub files: u64,
    /// Connected systems.
    pub systems: Vec<SystemText>,
    /// Recipients who will be told.
    pub recipients: Vec<String>,
    /// What stays, and why.
    pub left: Vec<String>,
}

/// A certificate of what was done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CertificateText {
    /// What was done, a sentence each.
    pub done: Vec<String>,
    /// What stays, and why.
    pub left: Vec<String>,
    /// What the connected systems did.
    pub systems: Vec<SystemText>,
}

/// A recipient who must hear of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TellingText {
    /// Who.
    pub recipient: String,
    /// The directory's entry that it is; empty for one that the directory does not have.
    pub entry: String,
    /// Why it is none of the directory.
    pub unlisted_why: String,
    /// What they are told.
    pub what: String,
    /// When they were told.
    pub asked_on: Option<Date>,
    /// When they were chased.
    pub chased_on: Vec<Date>,
    /// What they answered.
    pub answer: String,
    /// Why they are not told.
    pub why: String,
}

/// A stage of a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StageText {
    /// The reference of the request that it is about, if it is about one.
    pub about: String,
    /// What was done or said; for the outcome, what the person is told.
    pub words: String,
    /// What follows, or whom it was passed to.
    pub next: String,
    /// What the organisation learned from it.
    pub learned: String,
}

/// A note of an investigation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InvestigationText {
    /// The note.
    pub text: String,
}

/// The facts of a request as they stood when its review was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CopiedText {
    /// The right.
    pub right: String,
    /// When it was received.
    pub received_on: Option<Date>,
    /// The last day in time.
    pub due: Option<Date>,
    /// How it was answered.
    pub outcome: String,
    /// Why.
    pub reasons: String,
    /// The decisions, a line each.
    pub decisions: Vec<String>,
    /// What the sources answered, a line each.
    pub sources: Vec<String>,
    /// What happened, a line each.
    pub events: Vec<String>,
}

/// An internal review.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewText {
    /// Why it was asked for.
    pub why: String,
    /// The facts of the first answer, copied.
    pub copied: CopiedText,
    /// The reviewer's reasons.
    pub reasons: String,
}

/// A case of the regulator.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegulatorText {
    /// The regulator's own reference.
    pub reference: String,
    /// Who writes for the regulator.
    pub contact: String,
    /// What it is about.
    pub what: String,
    /// What the regulator decided.
    pub outcome: String,
}

/// What a person says against a record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StatementText {
    /// Their words.
    pub text: String,
}

/// A use that has stopped.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StopText {
    /// The activity of the register, by id.
    pub activity: String,
    /// `objection` or `consent-withdrawn`.
    pub cause: String,
    /// For an objection that was overridden, the compelling grounds; otherwise what the person said.
    pub grounds: String,
}

/// A restriction.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RestrictionText {
    /// Why it was placed.
    pub reason: String,
    /// How the person was told that it would be lifted.
    pub told_how: String,
}

/// A decision that a computer took.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AutomatedText {
    /// What went in.
    pub inputs: String,
    /// How it was worked out, in plain words.
    pub logic: String,
    /// What came out.
    pub outcome: String,
    /// What followed for the person.
    pub effect: String,
    /// What the person says to it.
    pub representations: String,
    /// What the human being who looked at it again found, and why.
    pub review: String,
}
