//! The ledger of a day, signed, for a regulator to keep and to check without us.

use counterfoil_domain::ids::ControllerId;
use counterfoil_store::Store;
use counterfoil_store::log::key::VerifierKey;
use counterfoil_store::log::statement::Statement;

use super::Ledger;
use crate::error::{Result, ServiceError};

/// The kind of statement that a ledger is.
const KIND: &str = "promise-ledger";

/// The ledger as a statement that the key of the organisation's log signs.
///
/// # Errors
/// When the ledger is too long or the key cannot be used.
pub fn signed(store: &Store, controller: ControllerId, ledger: &Ledger) -> Result<String> {
    let body = serde_json::to_string(ledger)
        .map_err(|e| ServiceError::Invalid(format!("the ledger cannot be written: {e}")))?;
    Ok(store.sign_statement(controller, KIND, &body)?)
}

/// Reads a signed ledger: when it was signed, and the ledger as JSON.
///
/// # Errors
/// [`ServiceError::Invalid`] when it was altered, someone else signed, or it is no ledger.
pub fn open(bytes: &[u8], key: &VerifierKey) -> Result<(jiff::Timestamp, serde_json::Value)> {
    let refused = |why: String| ServiceError::Invalid(format!("this ledger cannot be believed: {why}"));
    let statement = Statement::open(bytes, key).map_err(|e| refused(e.to_string()))?;
    if statement.kind != KIND {
        return Err(refused(format!("it is a `{}`", statement.kind)));
    }
    let ledger = serde_json::from_str(&statement.body).map_err(|e| refused(e.to_string()))?;
    Ok((statement.at, ledger))
}
