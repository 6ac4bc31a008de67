//! The certificate of a run: counts, rule, authority, times and the pseudonyms of who signed, signed with the key of
//! the organisation's log. It names nobody.

use std::collections::BTreeMap;

use counterfoil_domain::ids::ControllerId;
use counterfoil_store::Store;
use counterfoil_store::log::key::VerifierKey;
use counterfoil_store::log::statement::Statement;
use counterfoil_store::retention::runs::Run;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Schedule;
use crate::error::{Result, ServiceError};

/// The kind of statement that a certificate is.
const KIND: &str = "disposal-certificate";

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// Whose.
    pub organisation: String,
    /// The run.
    pub run: String,
    /// The rule.
    pub rule: String,
    /// The records that the rule is for.
    pub record: String,
    /// The rule in the schedule's grammar.
    pub period: String,
    /// The enactment or guidance.
    pub authority: String,
    /// What was done.
    pub action: String,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// By whom: the pseudonym of the audit log.
    pub proposed_by: String,
    /// When it was approved.
    pub approved_at: Option<Timestamp>,
    /// By whom.
    pub approved_by: Option<String>,
    /// Records proposed.
    pub items: i64,
    /// Records disposed of, by what they were.
    pub disposed: BTreeMap<String, u64>,
    /// Records that a person decided about, by what was decided.
    pub settled: BTreeMap<String, u64>,
    /// Records that were left alone, by why.
    pub skipped: BTreeMap<String, u64>,
    /// Rows deleted by table; `file` are files, `key` destroyed keys.
    pub deleted: BTreeMap<String, u64>,
}

pub(super) fn sign(store: &Store, controller: ControllerId, run: &Run) -> Result<String> {
    let counts = store.run_counts(controller, run.id)?;
    let schedule = Schedule::current(store, controller)?;
    let rule = schedule.as_ref().and_then(|s| s.register.retention(&run.rule));
    let certificate = Certificate {
        organisation: store.controller(controller)?.name,
        run: run.reference.clone(),
        rule: run.rule.clone(),
        record: rule.map(|r| r.record.clone()).unwrap_or_default(),
        period: rule.map(|r| r.rule.clone()).unwrap_or_default(),
        authority: run.authority.clone(),
        action: run.action.clone(),
        proposed_at: run.proposed_at,
        proposed_by: store.pseudonym_of_staff(controller, run.proposed_by),
        approved_at: run.approved_at,
        approved_by: run.approved_by.map(|s| store.pseudonym_of_staff(controller, s)),
        items: run.items,
        disposed: counts.disposed,
        settled: counts.settled,
        skipped: counts.skipped,
        deleted: counts.tables,
    };
    let body = serde_json::to_string(&certificate)
        .map_err(|e| ServiceError::Invalid(format!("the certificate cannot be written: {e}")))?;
    Ok(store.sign_statement(controller, KIND, &body)?)
}

/// The signed certificate of a run, to keep. It holds nobody's data.
///
/// # Errors
/// [`ServiceError::NotReady`] when the run is not finished; that there is no such run.
pub fn of(store: &Store, controller: ControllerId, reference: &str) -> Result<String> {
    super::runs::certificate(store, controller, reference)
}

/// Reads a certificate, without an installation: when it was signed, and what it says.
///
/// # Errors
/// [`ServiceError::Invalid`] when it was altered, someone else signed, or it is no certificate.
pub fn open(bytes: &[u8], key: &VerifierKey) -> Result<(Timestamp, Certificate)> {
    let refused = |why: String| ServiceError::Invalid(format!("this certificate cannot be believed: {why}"));
    let statement = Statement::open(bytes, key).map_err(|e| refused(e.to_string()))?;
    if statement.kind != KIND {
        return Err(refused(format!("it is a `{}`", statement.kind)));
    }
    let certificate = serde_json::from_str(&statement.body).map_err(|e| refused(e.to_string()))?;
    Ok((statement.at, certificate))
}
