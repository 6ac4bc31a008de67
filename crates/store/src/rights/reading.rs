//! What reading the items gave: their text, where the words stand, and the people in it. All of it can be
//! made again from the items; it goes when the request is closed, and with the person whom it is about.

use std::collections::BTreeMap;

use counterfoil_domain::ids::{ControllerId, ItemId, PersonId};

use super::items::Item;
use super::requests::{Request, numbered};
use crate::db::Value;
use crate::error::Result;
use crate::seal::aead::Place;
use crate::tx::Tx;

/// The row's identity: the item's bytes, then the part.
fn row_of(item: ItemId, part: i64) -> [u8; 24] {
    let mut row = [0; 24];
    let (id, n) = row.split_at_mut(16);
    id.copy_from_slice(item.as_bytes());
    n.copy_from_slice(&part.to_be_bytes());
    row
}

const fn cast_place(request: &Request) -> Place<'_> {
    Place { table: "request_cast", column: "sealed", row: request.id.as_bytes() }
}

impl Tx<'_> {
    /// Keeps a part of what reading an item gave, in place of what was kept before.
    ///
    /// # Errors
    /// What the database answers.
    pub fn keep_reading(&mut self, request: &Request, item: ItemId, part: i64, content: &[u8]) -> Result<()> {
        let row = row_of(item, part);
        let place = Place { table: "request_reading", column: "sealed", row: &row };
        let sealed = self.seal_bytes(request.key, place, content)?;
        self.execute(
            "INSERT INTO request_reading (controller_id, item_id, part, request_id, sealed, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (controller_id, item_id, part) DO UPDATE \
             SET sealed = EXCLUDED.sealed, made_at = EXCLUDED.made_at",
            &[
                self.controller().into(),
                item.into(),
                part.into(),
                request.id.into(),
                sealed.into(),
                self.now.into(),
            ],
        )
        .map(|_| ())
    }

    /// A part of what reading an item gave.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn reading(&mut self, item: &Item, part: i64) -> Result<Option<Vec<u8>>> {
        let rows = self.query(
            "request_reading",
            "SELECT sealed FROM request_reading WHERE controller_id = $1 AND item_id = $2 AND part = $3",
            &[self.controller().into(), item.id.into(), part.into()],
        )?;
        let row = row_of(item.id, part);
        let place = Place { table: "request_reading", column: "sealed", row: &row };
        rows.first().map(|r| self.open_bytes(place, &r.get::<Vec<u8>>(0, "sealed")?)).transpose()
    }

    /// Every part of what reading an item gave, by its number.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn readings(&mut self, item: &Item) -> Result<BTreeMap<i64, Vec<u8>>> {
        let rows = self.query(
            "request_reading",
            "SELECT part, sealed FROM request_reading WHERE controller_id = $1 AND item_id = $2 ORDER BY part",
            &[self.controller().into(), item.id.into()],
        )?;
        rows.iter()
            .map(|r| {
                let part = r.get(0, "part")?;
                let row = row_of(item.id, part);
                let place = Place { table: "request_reading", column: "sealed", row: &row };
                Ok((part, self.open_bytes(place, &r.get::<Vec<u8>>(1, "sealed")?)?))
            })
            .collect()
    }

    /// The items of a request that were read.
    ///
    /// # Errors
    /// What the database answers.
    pub fn items_read(&mut self, request: &Request) -> Result<Vec<ItemId>> {
        let rows = self.query(
            "request_reading",
            "SELECT item_id FROM request_reading WHERE controller_id = $1 AND request_id = $2 AND part = 0",
            &[self.controller().into(), request.id.into()],
        )?;
        rows.iter().map(|r| r.get(0, "item_id")).collect()
    }

    /// Keeps the people whom the items mention.
    ///
    /// # Errors
    /// What the database answers.
    pub fn keep_cast(&mut self, request: &Request, content: &[u8]) -> Result<()> {
        let sealed = self.seal_bytes(request.key, cast_place(request), content)?;
        self.execute(
            "INSERT INTO request_cast (controller_id, request_id, sealed, made_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (controller_id, request_id) DO UPDATE SET sealed = EXCLUDED.sealed, made_at = EXCLUDED.made_at",
            &[self.controller().into(), request.id.into(), sealed.into(), self.now.into()],
        )
        .map(|_| ())
    }

    /// The people whom the items mention, once they were looked for.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn cast_of(&mut self, request: &Request) -> Result<Option<Vec<u8>>> {
        let rows = self.query(
            "request_cast",
            "SELECT sealed FROM request_cast WHERE controller_id = $1 AND request_id = $2",
            &[self.controller().into(), request.id.into()],
        )?;
        let sealed = rows.first().map(|r| r.get::<Vec<u8>>(0, "sealed")).transpose()?;
        sealed.map(|sealed| self.open_bytes(cast_place(request), &sealed)).transpose()
    }

    /// Forgets the people: items have come or gone.
    pub(crate) fn drop_cast(&mut self, request: &Request) -> Result<()> {
        self.execute(
            "DELETE FROM request_cast WHERE controller_id = $1 AND request_id = $2",
            &[self.controller().into(), request.id.into()],
        )
        .map(|_| ())
    }

    pub(crate) fn drop_reading(&mut self, item: &Item) -> Result<()> {
        self.execute(
            "DELETE FROM request_reading WHERE controller_id = $1 AND item_id = $2",
            &[self.controller().into(), item.id.into()],
        )
        .map(|_| ())
    }

    /// Forgets everything that reading the items of a request gave.
    pub(crate) fn drop_readings(&mut self, request: &Request) -> Result<()> {
        self.execute(
            "DELETE FROM request_reading WHERE controller_id = $1 AND request_id = $2",
            &[self.controller().into(), request.id.into()],
        )?;
        self.drop_cast(request)
    }

    /// Forgets it for every request about a person, who is being erased; gives the number of rows.
    pub(crate) fn drop_readings_about(
        &mut self,
        controller: ControllerId,
        person: PersonId,
    ) -> Result<Vec<(&'static str, u64)>> {
        let about: [Value; 2] = [controller.into(), person.into()];
        let of = "IN (SELECT id FROM rights_request WHERE controller_id = $1 AND person_id = $2)";
        let mut gone = Vec::new();
        for table in ["request_reading", "request_cast"] {
            let sql = format!("DELETE FROM {table} WHERE controller_id = $1 AND request_id {of}");
            gone.push((table, self.execute(&sql, &about)?));
        }
        Ok(gone)
    }
}

/// A note of an officer about a request, for colleagues; the requester is not given it unless it is about
/// them and released like anything else.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoteOnItem {
    /// The item's number; 0 for the request as a whole.
    pub item: i64,
    /// The page, from 1; 0 for the item as a whole.
    pub page: i64,
    /// In words.
    pub text: String,
}

/// A note as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptNote {
    /// Its number in the request, from 1.
    pub number: i64,
    /// Where and what.
    pub note: NoteOnItem,
    /// Who wrote it.
    pub by: counterfoil_domain::ids::StaffId,
    /// When.
    pub at: jiff::Timestamp,
}

impl Tx<'_> {
    /// Writes a note.
    ///
    /// # Errors
    /// What the database answers.
    pub fn write_review_note(&mut self, request: &Request, note: &NoteOnItem) -> Result<i64> {
        let by = self.who.staff().ok_or(crate::StoreError::NotFound("staff account"))?.staff;
        let number = self.next_number("request_note", request.id)?;
        let row = numbered(request.id, number);
        let place = Place { table: "request_note", column: "sealed", row: &row };
        let sealed = self.seal(request.key, place, note)?;
        self.execute(
            "INSERT INTO request_note (controller_id, request_id, number, sealed, written_by, written_at) \
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
        Ok(number)
    }

    /// The notes of a request, in order.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn review_notes(&mut self, request: &Request) -> Result<Vec<KeptNote>> {
        let rows = self.query(
            "request_note",
            "SELECT number, sealed, written_by, written_at FROM request_note \
             WHERE controller_id = $1 AND request_id = $2 ORDER BY number",
            &[self.controller().into(), request.id.into()],
        )?;
        rows.iter()
            .map(|r| {
                let number = r.get(0, "number")?;
                let row = numbered(request.id, number);
                let place = Place { table: "request_note", column: "sealed", row: &row };
                Ok(KeptNote {
                    number,
                    note: self.open(place, &r.get::<Vec<u8>>(1, "sealed")?)?,
                    by: r.get(2, "written_by")?,
                    at: r.get(3, "written_at")?,
                })
            })
            .collect()
    }
}
