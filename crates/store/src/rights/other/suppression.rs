//! Whom nobody markets to: keyed hashes of addresses and numbers, and nothing else.

use counterfoil_domain::ids::ControllerId;
use jiff::civil::Date;

use crate::db::{Conn, Value};
use crate::error::Result;
use crate::rights::requests::Request;
use crate::store::Store;
use crate::tx::Tx;

/// An address or number that is not to be used, normalised.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contact {
    /// `email`, `phone` or `post`.
    pub kind: String,
    /// The value in the form in which it is compared.
    pub value: String,
}

/// The hash is of a domain of its own, so that a stop cannot be matched with the identities of the casebook.
fn blind(store: &crate::store::Inner, controller: ControllerId, contact: &Contact) -> [u8; 16] {
    let kind = format!("suppression/{}", contact.kind);
    store.blind.identity(controller.as_bytes(), &kind, &contact.value)
}

impl Tx<'_> {
    /// Stops a channel (or `all`) for an address or number; true when it was not stopped before.
    ///
    /// # Errors
    /// What the database answers.
    pub fn suppress(
        &mut self,
        request: &Request,
        contact: &Contact,
        channel: &str,
        since: Date,
    ) -> Result<bool> {
        let blind = blind(self.store, self.controller(), contact);
        let changed = self.execute(
            "INSERT INTO suppression (controller_id, kind, blind, channel, request_id, since_on, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (controller_id, kind, blind, channel) DO UPDATE \
             SET ended_on = NULL, request_id = EXCLUDED.request_id, since_on = EXCLUDED.since_on \
             WHERE suppression.ended_on IS NOT NULL",
            &[
                self.controller().into(),
                (&contact.kind).into(),
                blind.into(),
                channel.into(),
                request.id.into(),
                since.into(),
                self.now.into(),
            ],
        )?;
        Ok(changed == 1)
    }

    /// Whether marketing by this channel to this address or number has been stopped.
    ///
    /// # Errors
    /// What the database answers.
    pub fn suppressed(&mut self, contact: &Contact, channel: &str) -> Result<bool> {
        let (store, controller) = (self.store, self.controller());
        let blind = blind(store, controller, contact);
        ask(self.conn, controller, contact, &blind, channel)
    }
}

impl Store {
    /// As [`Tx::suppressed`], outside an act: nothing personal is opened.
    ///
    /// # Errors
    /// What the database answers.
    pub fn suppressed(&self, controller: ControllerId, contact: &Contact, channel: &str) -> Result<bool> {
        let blind = blind(&self.inner, controller, contact);
        self.read(|conn| ask(conn, controller, contact, &blind, channel))
    }
}

fn ask(
    conn: &mut Conn,
    controller: ControllerId,
    contact: &Contact,
    blind: &[u8; 16],
    channel: &str,
) -> Result<bool> {
    let params: [Value; 4] = [controller.into(), (&contact.kind).into(), blind.into(), channel.into()];
    let rows = conn.query(
        "suppression",
        "SELECT 1 FROM suppression WHERE controller_id = $1 AND kind = $2 AND blind = $3 \
         AND channel IN ('all', $4) AND ended_on IS NULL LIMIT 1",
        &params,
    )?;
    Ok(!rows.is_empty())
}
