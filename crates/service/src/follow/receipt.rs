//! The receipt: what was received and when, and a proof that the audit log holds it, which anyone can check
//! without us (`counterfoil audit check-proof`).

use counterfoil_domain::access::Verb;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::{asker, on_own};
use crate::error::Result;
use crate::rights::Desk;

/// A receipt with its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The format, with its version.
    pub format: &'static str,
    /// Who received it.
    pub organisation: String,
    /// The reference.
    pub reference: String,
    /// The right, by its code.
    pub right: String,
    /// The day on which it was received.
    pub received_on: Date,
    /// When it was entered.
    pub entered_at: Timestamp,
    /// The number of the entry in the audit log.
    pub number: u64,
    /// The entry, byte for byte; it names nobody.
    pub entry: String,
    /// The proof that the log holds it (c2sp.org/tlog-proof).
    pub proof: String,
    /// The log's key, as `name+id+key`.
    pub log_key: String,
}

impl Receipt {
    /// The receipt as JSON.
    ///
    /// # Errors
    /// Never in practice.
    pub fn json(&self) -> Result<Vec<u8>> {
        serde_json::to_vec_pretty(self)
            .map_err(|_| crate::ServiceError::Invalid("the receipt cannot be written".to_owned()))
    }
}

/// The receipt of the asker's own request.
///
/// # Errors
/// [`counterfoil_store::StoreError::NotFound`] when this browser was not proved, or no longer is.
pub fn receipt(desk: &Desk<'_>, token_hash: [u8; 32]) -> Result<Receipt> {
    let asker = asker(desk, token_hash)?;
    let request = on_own(desk, Verb::RequestFollow, &asker, |_, request| Ok(request.clone()))?;
    let controller = desk.controller();
    let entry = desk.store.entry_of_receipt(controller, &request.reference)?;
    let proof = desk.store.prove(controller, entry)?;
    Ok(Receipt {
        format: "counterfoil-receipt/1",
        organisation: desk.store.controller(controller)?.name,
        reference: request.reference,
        right: request.right,
        received_on: request.received_on,
        entered_at: request.made_at,
        number: proof.number,
        entry: String::from_utf8_lossy(&proof.entry).into_owned(),
        proof: proof.text,
        log_key: desk.store.log_verifier(controller)?.to_string(),
    })
}
