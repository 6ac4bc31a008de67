//! Who looked at one's record: the person's own list, on the page where they follow their request.

use counterfoil_domain::access::Verb;
use counterfoil_domain::ids::PersonId;
use counterfoil_store::StoreError;
use counterfoil_store::rights::requests::Request;

use super::{asker, on_own};
use crate::casebook::reason::{self, Looked};
use crate::error::{Result, ServiceError};
use crate::rights::Desk;

/// The most lines that are shown.
const MOST: u32 = 500;

/// Whose record the asker may see the list of: their own, once the officer has settled who they are. Somebody who asks
/// for another has the officer's answer.
pub(super) fn own_record(request: &Request) -> Option<PersonId> {
    request.person.filter(|_| request.text.capacity == "self")
}

/// Who looked at the asker's own record, newest first: role, office, purpose and reason, and no worker. The look itself
/// leaves its entry in the log.
///
/// # Errors
/// [`StoreError::NotFound`] when this browser was not proved, when the identity is not settled, or when the request is
/// about somebody else.
pub fn looked(desk: &Desk<'_>, token_hash: [u8; 32]) -> Result<Vec<Looked>> {
    let asker = asker(desk, token_hash)?;
    let found = on_own(desk, Verb::RequestLooked, &asker, |tx, request| match own_record(request) {
        Some(person) => Ok(Some((tx.home_office(person)?, tx.trail_of(person, MOST)?))),
        None => Ok(None),
    })?;
    let (home, lines) = found.ok_or(ServiceError::Store(StoreError::NotFound("record of one's own")))?;
    reason::told(desk, home, lines)
}
