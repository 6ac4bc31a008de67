//! The items that a search found, and the decisions about them.

use counterfoil_domain::ids::{ItemId, StaffId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::requests::{Request, numbered};
use crate::casebook::documents::{Region, content_place};
use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::files::Address;
use crate::seal::aead::Place;
use crate::tx::{After, Tx};

/// The sealed part of an item.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ItemText {
    /// What it is called where it was found (a file's name, a note's date).
    pub name: String,
    /// What kind of file its content is.
    pub media_type: String,
    /// Where it was found.
    pub location: String,
    /// Why it could not be read, if it could not.
    pub unreadable: String,
    /// SHA-256 of the content, in hexadecimal: the evidence that the copy is whole.
    pub hash: String,
    /// The number of the item that this one repeats; 0 when it repeats none.
    pub repeats: i64,
    /// What is recorded of where somebody is in a picture, or from when to when in a recording.
    pub regions: Vec<Region>,
}

/// An item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Which.
    pub id: ItemId,
    /// Its number in the request, from 1; it never changes.
    pub number: i64,
    /// The source that gave it.
    pub source: String,
    /// `found`, `released`, `withheld` or `not-theirs`.
    pub state: String,
    /// The size of its content in bytes.
    pub size: i64,
    /// What is known of it.
    pub text: ItemText,
    /// Where its content is kept.
    pub address: Address,
}

/// A decision as it is kept: the use-cases say what is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptDecision {
    /// Its number in the request, from 1.
    pub number: i64,
    /// What was decided.
    pub what: serde_json::Value,
    /// Who decided.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
}

const fn place(item: &ItemId) -> Place<'_> {
    Place { table: "request_item", column: "sealed", row: item.as_bytes() }
}

impl Tx<'_> {
    /// Adds an item with its content, which is copied and sealed under the request's key; gives its number.
    /// The people who were found in the items before stay: decisions name them by their keys.
    ///
    /// # Errors
    /// A full disk, or what the database answers.
    pub fn add_item(
        &mut self,
        request: &Request,
        source: &str,
        text: &ItemText,
        content: &[u8],
    ) -> Result<(ItemId, i64)> {
        let id = ItemId::from_bytes(self.fresh_id());
        let number = self.next_number("request_item", request.id)?;
        let address = self.store.blind.content_address(request.id.as_bytes(), content);
        let sealed_content = self.seal_bytes(request.key, content_place(&address), content)?;
        self.store.files.keep(&address, &sealed_content)?;
        let sealed = self.seal(request.key, place(&id), text)?;
        self.execute(
            "INSERT INTO request_item (controller_id, id, request_id, number, source, state, address, size, sealed, \
             made_at) VALUES ($1, $2, $3, $4, $5, 'found', $6, $7, $8, $9)",
            &[
                self.controller().into(),
                id.into(),
                request.id.into(),
                number.into(),
                source.into(),
                address.into(),
                i64::try_from(content.len()).unwrap_or(i64::MAX).into(),
                sealed.into(),
                self.now.into(),
            ],
        )?;
        Ok((id, number))
    }

    /// The items of a request by number.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn items_of(&mut self, request: &Request) -> Result<Vec<Item>> {
        let rows = self.query(
            "request_item",
            "SELECT id, number, source, state, size, sealed, address FROM request_item \
             WHERE controller_id = $1 AND request_id = $2 ORDER BY number",
            &[self.controller().into(), request.id.into()],
        )?;
        rows.iter().map(|r| self.item(r)).collect()
    }

    fn item(&self, row: &Row) -> Result<Item> {
        let id: ItemId = row.get(0, "id")?;
        Ok(Item {
            id,
            number: row.get(1, "number")?,
            source: row.get(2, "source")?,
            state: row.get(3, "state")?,
            size: row.get(4, "size")?,
            text: self.open(place(&id), &row.get::<Vec<u8>>(5, "sealed")?)?,
            address: row.get(6, "address")?,
        })
    }

    /// One item by its number.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or altered content.
    pub fn item_numbered(&mut self, request: &Request, number: i64) -> Result<Item> {
        let rows = self.query(
            "request_item",
            "SELECT id, number, source, state, size, sealed, address FROM request_item \
             WHERE controller_id = $1 AND request_id = $2 AND number = $3",
            &[self.controller().into(), request.id.into(), number.into()],
        )?;
        self.item(rows.first().ok_or(StoreError::NotFound("item"))?)
    }

    /// The content of an item.
    ///
    /// # Errors
    /// A missing file, or altered content.
    pub fn item_content(&mut self, item: &Item) -> Result<Vec<u8>> {
        let sealed = self.store.files.read(&item.address)?;
        self.open_bytes(content_place(&item.address), &sealed)
    }

    /// Removes the items that a source gave before, for a search that is run again.
    ///
    /// # Errors
    /// What the database answers.
    pub fn drop_items(&mut self, request: &Request, source: &str) -> Result<()> {
        let items = self.items_of(request)?;
        let gone = || items.iter().filter(|i| i.source == source);
        if gone().next().is_some() {
            self.drop_cast(request)?;
        }
        for item in gone() {
            self.drop_reading(item)?;
            self.execute(
                "DELETE FROM request_media WHERE controller_id = $1 AND item_id = $2",
                &[self.controller().into(), item.id.into()],
            )?;
            self.execute(
                "DELETE FROM request_item WHERE controller_id = $1 AND id = $2",
                &[self.controller().into(), item.id.into()],
            )?;
            self.follow_with(After::RemoveFile(item.address));
        }
        Ok(())
    }

    /// Notes an item's fate.
    ///
    /// # Errors
    /// What the database answers.
    pub fn set_item_state(&mut self, item: &Item, state: &str) -> Result<()> {
        self.execute(
            "UPDATE request_item SET state = $3 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), item.id.into(), state.into()],
        )
        .map(|_| ())
    }

    /// Keeps a decision. Every approval given before is void: it approved something else.
    ///
    /// # Errors
    /// What the database answers.
    pub fn keep_decision(&mut self, request: &Request, what: &serde_json::Value) -> Result<i64> {
        let by = self.who.staff().ok_or(StoreError::NotFound("staff account"))?.staff;
        let number = self.next_number("request_decision", request.id)?;
        let row = numbered(request.id, number);
        let place = Place { table: "request_decision", column: "sealed", row: &row };
        let sealed = self.seal(request.key, place, what)?;
        self.execute(
            "INSERT INTO request_decision (controller_id, request_id, number, sealed, decided_by, decided_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                self.controller().into(),
                request.id.into(),
                number.into(),
                sealed.into(),
                by.into(),
                self.now.into(),
            ],
        )?;
        self.void_approvals(request)?;
        Ok(number)
    }

    /// Takes a decision back; it stays on record as undone.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none of that number that still counts.
    pub fn undo_decision(&mut self, request: &Request, number: i64) -> Result<()> {
        let undone = self.execute(
            "UPDATE request_decision SET undone_at = $4 \
             WHERE controller_id = $1 AND request_id = $2 AND number = $3 AND undone_at IS NULL",
            &[self.controller().into(), request.id.into(), number.into(), self.now.into()],
        )?;
        self.void_approvals(request)?;
        if undone == 1 { Ok(()) } else { Err(StoreError::NotFound("decision")) }
    }

    /// The decisions that count, in order.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn decisions_of(&mut self, request: &Request) -> Result<Vec<KeptDecision>> {
        let rows = self.query(
            "request_decision",
            "SELECT number, sealed, decided_by, decided_at FROM request_decision \
             WHERE controller_id = $1 AND request_id = $2 AND undone_at IS NULL ORDER BY number",
            &[self.controller().into(), request.id.into()],
        )?;
        rows.iter()
            .map(|r| {
                let number = r.get(0, "number")?;
                let row = numbered(request.id, number);
                let place = Place { table: "request_decision", column: "sealed", row: &row };
                Ok(KeptDecision {
                    number,
                    what: self.open(place, &r.get::<Vec<u8>>(1, "sealed")?)?,
                    by: r.get(2, "decided_by")?,
                    at: r.get(3, "decided_at")?,
                })
            })
            .collect()
    }

    pub(crate) fn void_approvals(&mut self, request: &Request) -> Result<()> {
        self.execute(
            "UPDATE request_approval SET voided_at = $3 \
             WHERE controller_id = $1 AND request_id = $2 AND voided_at IS NULL",
            &[self.controller().into(), request.id.into(), self.now.into()],
        )
        .map(|_| ())
    }
}
