//! Mail that came in and may hold a request, until someone has looked at it. Each is sealed under a key of its
//! own; once it has been dealt with, content and key go.

use counterfoil_domain::ids::{MailId, OfficeId, RequestId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::seal::aead::{KeyId, Place};
use crate::tx::{After, Tx};

/// The sealed part of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailText {
    /// The sender's name.
    pub name: String,
    /// The sender's address.
    pub from: String,
    /// The subject.
    pub subject: String,
    /// The words.
    pub body: String,
    /// The names of what was attached.
    pub attachments: Vec<String>,
    /// The phrases that look like a request, as they stand in the words.
    pub phrases: Vec<String>,
    /// The right that they speak of, by its code; empty when none is plain.
    pub right: String,
}

/// A mail, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailItem {
    /// Which.
    pub id: MailId,
    /// `waiting`, `taken` or `closed`.
    pub state: String,
    /// What it looks like: `request`, `perhaps` or `other`.
    pub sort: String,
    /// The day on which it came.
    pub received_on: Date,
    /// Who, what.
    pub text: MailText,
    /// The request that was made of it.
    pub request: Option<RequestId>,
    /// When it was fetched.
    pub made_at: Timestamp,
    key: KeyId,
}

/// What came of a mail that was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetched {
    /// It waits for someone to look at it.
    New(MailId),
    /// It was fetched before.
    Known,
}

const fn place(id: &MailId) -> Place<'_> {
    Place { table: "mail_item", column: "sealed", row: id.as_bytes() }
}

const COLUMNS: &str = "id, state, sort, received_on, sealed, request_id, made_at, key_id";

impl Tx<'_> {
    /// Keeps a mail that `name` tells from all others (its `Message-ID`, or a hash of it all).
    ///
    /// # Errors
    /// A refusal of the gate, or what the database answers.
    pub fn fetch_mail(
        &mut self,
        office: OfficeId,
        name: &[u8],
        sort: &str,
        received_on: Date,
        text: &MailText,
    ) -> Result<Fetched> {
        let blind = self.store.blind.content_address(b"mail-item", name);
        let known = self.query(
            "mail_item",
            "SELECT 1 FROM mail_item WHERE controller_id = $1 AND message_blind = $2",
            &[self.controller().into(), blind.into()],
        )?;
        if !known.is_empty() {
            return Ok(Fetched::Known);
        }
        let id = MailId::from_bytes(self.fresh_id());
        self.permit_intake(*id.as_bytes(), office)?;
        let key = self.fresh_key()?;
        let sealed = self.seal(key, place(&id), text)?;
        self.execute(
            "INSERT INTO mail_item (controller_id, id, message_blind, state, sort, received_on, key_id, sealed, \
             made_at) VALUES ($1, $2, $3, 'waiting', $4, $5, $6, $7, $8)",
            &[
                self.controller().into(),
                id.into(),
                blind.into(),
                sort.into(),
                received_on.into(),
                key.0.into(),
                sealed.into(),
                self.now.into(),
            ],
        )?;
        Ok(Fetched::New(id))
    }

    /// The mails that wait, oldest first, each opened under a permit of its own.
    ///
    /// # Errors
    /// A refusal of the gate, or altered content.
    pub fn waiting_mail(&mut self, office: OfficeId, most: u32) -> Result<Vec<MailItem>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM mail_item WHERE controller_id = $1 AND state = 'waiting' \
             ORDER BY received_on, id LIMIT $2"
        );
        let rows = self.query("mail_item", &sql, &[self.controller().into(), most.into()])?;
        rows.iter()
            .map(|row| {
                let id: MailId = row.get(0, "id")?;
                self.permit_intake(*id.as_bytes(), office)?;
                self.mail(row)
            })
            .collect()
    }

    /// One mail that waits.
    ///
    /// # Errors
    /// A refusal of the gate, [`StoreError::NotFound`], or altered content.
    pub fn mail_item(&mut self, office: OfficeId, id: MailId) -> Result<MailItem> {
        self.permit_intake(*id.as_bytes(), office)?;
        let sql = format!(
            "SELECT {COLUMNS} FROM mail_item WHERE controller_id = $1 AND id = $2 AND state = 'waiting'"
        );
        let rows = self.query("mail_item", &sql, &[self.controller().into(), id.into()])?;
        self.mail(rows.first().ok_or(StoreError::NotFound("mail"))?)
    }

    fn mail(&self, row: &Row) -> Result<MailItem> {
        let id: MailId = row.get(0, "id")?;
        Ok(MailItem {
            id,
            state: row.get(1, "state")?,
            sort: row.get(2, "sort")?,
            received_on: row.get(3, "received_on")?,
            text: self.open(place(&id), &row.get::<Vec<u8>>(4, "sealed")?)?,
            request: row.get(5, "request_id")?,
            made_at: row.get(6, "made_at")?,
            key: KeyId(row.get(7, "key_id")?),
        })
    }

    /// Ends a mail: what it held is emptied and its key destroyed; that it came, when, and what was made of it
    /// stays.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when someone else was faster.
    pub fn close_mail(&mut self, mail: &MailItem, request: Option<RequestId>) -> Result<()> {
        let state = if request.is_some() { "taken" } else { "closed" };
        let closed = self.execute(
            "UPDATE mail_item SET state = $3, request_id = $4, sealed = $5, closed_at = $6 \
             WHERE controller_id = $1 AND id = $2 AND state = 'waiting'",
            &[
                self.controller().into(),
                mail.id.into(),
                state.into(),
                request.into(),
                Vec::new().into(),
                self.now.into(),
            ],
        )?;
        if closed != 1 {
            return Err(StoreError::NotFound("mail"));
        }
        self.follow_with(After::DropKey(mail.key));
        Ok(())
    }
}
