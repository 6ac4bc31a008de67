//! Collecting the answer: a link that works once, and the code besides.

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_store::rights::follow::Proof;
use jiff::SignedDuration;
use jiff::civil::Date;

use super::secrets::{Secrets, plain};
use super::{Entry, asker, on_own};
use crate::error::Result;
use crate::rights::{self, Desk};

/// How long a link waits to be used.
const LASTS: SignedDuration = SignedDuration::from_hours(24);

/// The secret of a link that gives the answer once.
pub type Ticket = String;

/// What came of collecting.
#[derive(Clone, PartialEq, Eq)]
pub enum Collected {
    /// The pack, as one archive, and the name for its file. The link is spent.
    Pack {
        /// Such as `R-2026-00041.zip`.
        name: String,
        /// Its bytes.
        content: Vec<u8>,
    },
    /// The code was not right, or too many were not.
    Closed(Entry),
    /// The link was used, has run out, or never was.
    Spent,
}

impl std::fmt::Debug for Collected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pack { .. } => f.write_str("Pack"),
            Self::Closed(entry) => f.debug_tuple("Closed").field(entry).finish(),
            Self::Spent => f.write_str("Spent"),
        }
    }
}

/// Releases the sealed pack for its asker to collect on the site. The request counts as answered today: the asker
/// is told, by letter or e-mail, in the same hour.
///
/// # Errors
/// As [`rights::release`].
pub fn offer(desk: &Desk<'_>, reference: &str) -> Result<Date> {
    rights::offer(desk, reference)
}

/// Makes a link that gives the answer once, for a browser that was proved.
///
/// # Errors
/// [`crate::ServiceError::NotReady`] when there is nothing to collect; a visit that has ended.
pub fn ticket(desk: &Desk<'_>, token_hash: [u8; 32]) -> Result<Ticket> {
    let asker = asker(desk, token_hash)?;
    let secret = Secrets::from_bytes(&desk.store.fresh_secret()).key;
    let until = desk.store.now() + LASTS;
    let made = on_own(desk, Verb::RequestCollect, &asker, |tx, request| {
        let ready = tx.pack_of(request)?.is_some_and(|pack| pack.released_at.is_some());
        if ready {
            tx.make_ticket(request, &secret, until)?;
        }
        Ok(ready)
    })?;
    if made {
        return Ok(secret);
    }
    Err(crate::ServiceError::NotReady("there is no answer to collect yet".to_owned()))
}

/// Gives the answer for a link and the code, once. Every try leaves an entry in the audit log.
///
/// # Errors
/// A missing file, or altered content; then the link is not spent.
pub fn collect(desk: &Desk<'_>, ticket: &str, code: &str) -> Result<Collected> {
    let (ticket, code) = (plain(ticket), plain(code));
    let proof = desk.store.act(desk.who, Verb::RequestCollect, Purpose::RightsRequest, |tx| {
        tx.prove_collector(&ticket, &code)
    })?;
    let asker = match proof {
        None => return Ok(Collected::Spent),
        Some(Proof::Given(asker)) => asker,
        Some(closed) => return Ok(Collected::Closed(Entry::closed(&closed))),
    };
    on_own(desk, Verb::RequestCollect, &asker, |tx, request| {
        let pack = tx.pack_of(request)?.filter(|pack| pack.released_at.is_some());
        let Some(pack) = pack else { return Ok(Collected::Spent) };
        if !tx.spend_ticket(request, &ticket)? {
            return Ok(Collected::Spent);
        }
        let content = tx.pack_content(&pack)?;
        Ok(Collected::Pack { name: format!("{}.zip", request.reference), content })
    })
}
