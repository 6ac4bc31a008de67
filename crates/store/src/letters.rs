//! Letters that go out: each sealed under the key of the request that it is about.

use counterfoil_domain::ids::{MessageId, RequestId, StaffId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::rights::requests::Request;
use crate::seal::aead::Place;
use crate::tx::Tx;

/// The sealed part of a letter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MessageText {
    /// The e-mail or postal address.
    pub to: String,
    /// The letter as it went out, in the use-cases' own form.
    pub letter: String,
}

/// A letter, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which.
    pub id: MessageId,
    /// The request that it is about.
    pub request: RequestId,
    /// What it is for, by its code.
    pub kind: String,
    /// `email` or `print`.
    pub way: String,
    /// `queued`, `sent`, `failed`, `to-print` or `printed`.
    pub state: String,
    /// Why it failed, without personal data.
    pub why: String,
    /// To whom, and what it says.
    pub text: MessageText,
    /// Who sent it.
    pub made_by: Option<StaffId>,
    /// When it was made.
    pub made_at: Timestamp,
    /// When its state last changed.
    pub changed_at: Timestamp,
}

/// A letter that is to go out.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// What it is for, by its code.
    pub kind: String,
    /// `email` or `print`.
    pub way: String,
    /// Its first state.
    pub state: String,
    /// The controllers that it names, by the register's ids; nothing for one that does not go to the requester.
    pub answerable: Option<Vec<String>>,
    /// To whom, and what it says.
    pub text: MessageText,
}

const fn place(id: &MessageId) -> Place<'_> {
    Place { table: "message", column: "sealed", row: id.as_bytes() }
}

const COLUMNS: &str = "id, request_id, kind, way, state, why, sealed, made_by, made_at, changed_at";

impl Tx<'_> {
    /// Keeps a letter about an opened request.
    ///
    /// # Errors
    /// What the database answers.
    pub fn keep_message(&mut self, request: &Request, new: &NewMessage) -> Result<MessageId> {
        let id = MessageId::from_bytes(self.fresh_id());
        let sealed = self.seal(request.key, place(&id), &new.text)?;
        let by = self.who.staff().map(|s| s.staff);
        self.execute(
            "INSERT INTO message (controller_id, id, request_id, kind, way, state, why, sealed, made_by, made_at, \
             changed_at, answerable) VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, $9, $9, $10)",
            &[
                self.controller().into(),
                id.into(),
                request.id.into(),
                (&new.kind).into(),
                (&new.way).into(),
                (&new.state).into(),
                sealed.into(),
                by.into(),
                self.now.into(),
                new.answerable.as_ref().map(|ids| ids.join(" ")).into(),
            ],
        )?;
        Ok(id)
    }

    /// Queues the sending of a letter: the job's payload is sealed under the request's key.
    ///
    /// # Errors
    /// What the database answers.
    pub fn queue_message(&mut self, request: &Request, job: &str, payload: &impl Serialize) -> Result<()> {
        self.queue(job, Some(request.key), payload, self.now).map(|_| ())
    }

    /// The letters of an opened request, oldest first.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn messages_of(&mut self, request: &Request) -> Result<Vec<Message>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM message WHERE controller_id = $1 AND request_id = $2 ORDER BY made_at, id"
        );
        let rows = self.query("message", &sql, &[self.controller().into(), request.id.into()])?;
        rows.iter().map(|r| self.message(r)).collect()
    }

    /// One letter of an opened request.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or altered content.
    pub fn message_of(&mut self, request: &Request, id: MessageId) -> Result<Message> {
        let sql =
            format!("SELECT {COLUMNS} FROM message WHERE controller_id = $1 AND request_id = $2 AND id = $3");
        let rows = self.query("message", &sql, &[self.controller().into(), request.id.into(), id.into()])?;
        self.message(rows.first().ok_or(StoreError::NotFound("letter"))?)
    }

    fn message(&self, row: &Row) -> Result<Message> {
        let id: MessageId = row.get(0, "id")?;
        Ok(Message {
            id,
            request: row.get(1, "request_id")?,
            kind: row.get(2, "kind")?,
            way: row.get(3, "way")?,
            state: row.get(4, "state")?,
            why: row.get(5, "why")?,
            text: self.open(place(&id), &row.get::<Vec<u8>>(6, "sealed")?)?,
            made_by: row.get(7, "made_by")?,
            made_at: row.get(8, "made_at")?,
            changed_at: row.get(9, "changed_at")?,
        })
    }

    /// Notes what became of a letter. `why` holds no personal data.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn mark_message(&mut self, id: MessageId, state: &str, why: &str) -> Result<()> {
        let changed = self.execute(
            "UPDATE message SET state = $3, why = $4, changed_at = $5 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), id.into(), state.into(), why.into(), self.now.into()],
        )?;
        if changed == 1 { Ok(()) } else { Err(StoreError::NotFound("letter")) }
    }
}
