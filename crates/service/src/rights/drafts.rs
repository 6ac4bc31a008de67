//! A public form that is saved to be finished later: only its link opens it, and not even we can.

use counterfoil_domain::access::Verb;
use jiff::SignedDuration;

use super::{Desk, Purpose};
use crate::error::Result;
use crate::follow::Secrets;

/// How long a form waits.
const LASTS: SignedDuration = SignedDuration::from_hours(24 * 28);

/// The secret of a new link.
#[must_use]
pub fn new_link(desk: &Desk<'_>) -> String {
    Secrets::from_bytes(&desk.store.fresh_secret()).key
}

/// Keeps what was typed under a link's secret for 28 days, in place of what was kept there before.
///
/// # Errors
/// One that is too large; what the store answers.
pub fn save_form(desk: &Desk<'_>, secret: &str, content: &[u8]) -> Result<jiff::Timestamp> {
    let until = desk.store.now() + LASTS;
    desk.store.act(desk.who, Verb::RequestReceive, Purpose::RightsRequest, |tx| {
        tx.keep_draft(secret, content, until)
    })?;
    Ok(until)
}

/// What was typed, for whoever has the link.
///
/// # Errors
/// [`counterfoil_store::StoreError::NotFound`] when it was sent or has run out.
pub fn saved_form(desk: &Desk<'_>, secret: &str) -> Result<Vec<u8>> {
    let found =
        desk.store.act(desk.who, Verb::RequestReceive, Purpose::RightsRequest, |tx| tx.draft(secret))?;
    Ok(found.0)
}

/// Removes what was kept: it was sent.
///
/// # Errors
/// What the store answers.
pub fn forget_form(desk: &Desk<'_>, secret: &str) -> Result<()> {
    Ok(desk.store.act(desk.who, Verb::RequestReceive, Purpose::RightsRequest, |tx| tx.drop_draft(secret))?)
}
