//! The register of disclosures: everything that left, waits to leave, or was refused.

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_store::sharing::disclosures::{Filter, StoredDisclosure};

use crate::error::Result;
use crate::rights::Desk;

/// The most lines that are read at once.
pub const MOST: u32 = 200;

/// The register of disclosures, newest first: those of the people whom the actor may look over. The data that was
/// given stays closed.
///
/// # Errors
/// What the database answers.
pub fn disclosures(desk: &Desk<'_>, filter: Filter) -> Result<Vec<StoredDisclosure>> {
    Ok(desk.store.act(desk.who, Verb::DisclosureReview, Purpose::Assurance, |tx| {
        tx.register_of_disclosures(filter, MOST)
    })?)
}
