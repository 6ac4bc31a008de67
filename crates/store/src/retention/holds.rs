//! Legal holds: why a record must be kept, whatever its rule says.

use counterfoil_domain::access::{ResourceKind, Verb};
use counterfoil_domain::ids::{ControllerId, HoldId, PersonId, StaffId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::permit::{Permit, Record, Terms};
use crate::seal::aead::Place;
use crate::store::Store;
use crate::tx::Tx;

/// The sealed part of a hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HoldText {
    /// Why: a claim, an inquiry, an appeal.
    pub reason: String,
    /// The claim's or inquiry's own reference.
    pub matter: String,
    /// Why it was lifted.
    pub lifted: String,
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalHold {
    /// Which.
    pub id: HoldId,
    /// On whose record.
    pub person: PersonId,
    /// Who placed it.
    pub placed_by: StaffId,
    /// When.
    pub placed_at: Timestamp,
    /// Who lifted it.
    pub lifted_by: Option<StaffId>,
    /// When.
    pub lifted_at: Option<Timestamp>,
}

const fn place(hold: &HoldId) -> Place<'_> {
    Place { table: "legal_hold", column: "sealed", row: hold.as_bytes() }
}

impl Tx<'_> {
    /// Places a hold on a person's record.
    ///
    /// # Errors
    /// A refusal of the gate.
    pub fn place_hold(&mut self, person: PersonId, text: &HoldText, terms: &Terms) -> Result<HoldId> {
        let permit = self.permit(Record::Person, person, terms)?;
        permit.covers(ResourceKind::Person, &[Verb::HoldPlace])?;
        let staff = self.who.staff().ok_or(StoreError::NotFound("staff account"))?.staff;
        let id = HoldId::from_bytes(self.fresh_id());
        let sealed = self.seal(permit.key(), place(&id), text)?;
        self.execute(
            "INSERT INTO legal_hold (controller_id, id, person_id, sealed, placed_by, placed_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                self.controller().into(),
                id.into(),
                person.into(),
                sealed.into(),
                staff.into(),
                self.now.into(),
            ],
        )?;
        self.set_hold(&permit, true)?;
        Ok(id)
    }

    /// Lifts a hold. The record is free once no other hold is left.
    ///
    /// # Errors
    /// A refusal of the gate; [`StoreError::Invalid`] when it is lifted already.
    pub fn lift_hold(&mut self, hold: HoldId, why: &str, terms: &Terms) -> Result<()> {
        let rows = self.query(
            "legal_hold",
            "SELECT person_id, sealed FROM legal_hold WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), hold.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("legal hold"))?;
        let person: PersonId = row.get(0, "person_id")?;
        let permit = self.permit(Record::Person, person, terms)?;
        permit.covers(ResourceKind::Person, &[Verb::HoldLift])?;
        let staff = self.who.staff().ok_or(StoreError::NotFound("staff account"))?.staff;
        let text: HoldText = self.open(place(&hold), &row.get::<Vec<u8>>(1, "sealed")?)?;
        let sealed = self.seal(permit.key(), place(&hold), &HoldText { lifted: why.to_owned(), ..text })?;
        let lifted = self.execute(
            "UPDATE legal_hold SET sealed = $3, lifted_by = $4, lifted_at = $5 \
             WHERE controller_id = $1 AND id = $2 AND lifted_at IS NULL",
            &[self.controller().into(), hold.into(), sealed.into(), staff.into(), self.now.into()],
        )?;
        if lifted == 0 {
            return Err(StoreError::Invalid("this hold is lifted already".to_owned()));
        }
        let left = self.query(
            "legal_hold",
            "SELECT 1 FROM legal_hold WHERE controller_id = $1 AND person_id = $2 AND lifted_at IS NULL LIMIT 1",
            &[self.controller().into(), person.into()],
        )?;
        if left.is_empty() { self.set_hold(&permit, false) } else { Ok(()) }
    }

    /// The person whom a request is about, once identified; the request stays closed.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn person_of_request(&mut self, reference: &str) -> Result<Option<PersonId>> {
        let rows = self.query(
            "rights_request",
            "SELECT person_id FROM rights_request WHERE controller_id = $1 AND reference = $2",
            &[self.controller().into(), reference.into()],
        )?;
        rows.first().ok_or(StoreError::NotFound("request"))?.get(0, "person_id")
    }

    /// The holds on the record of a person whose notes are open, with their reasons.
    ///
    /// # Errors
    /// A permit for something else, or altered content.
    pub fn holds_of(&mut self, permit: &Permit) -> Result<Vec<(LegalHold, HoldText)>> {
        permit.covers(ResourceKind::Note, &[Verb::RecordRead, Verb::RecordExport])?;
        let rows = self.query(
            "legal_hold",
            "SELECT id, person_id, placed_by, placed_at, lifted_by, lifted_at, sealed FROM legal_hold \
             WHERE controller_id = $1 AND person_id = $2 ORDER BY placed_at, id",
            &[self.controller().into(), permit.person().into()],
        )?;
        rows.iter()
            .map(|row| {
                let hold = hold(row)?;
                let text = self.open(place(&hold.id), &row.get::<Vec<u8>>(6, "sealed")?)?;
                Ok((hold, text))
            })
            .collect()
    }

    /// Why a hold was placed and lifted, for whoever may see when the record's time comes.
    ///
    /// # Errors
    /// A refusal of the gate.
    pub fn read_hold(&mut self, hold: &LegalHold) -> Result<HoldText> {
        let permit = self.permit(Record::Person, hold.person, &Terms::default())?;
        permit.covers(ResourceKind::Person, &[Verb::DisposalFind])?;
        let rows = self.query(
            "legal_hold",
            "SELECT sealed FROM legal_hold WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), hold.id.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("legal hold"))?;
        self.open(place(&hold.id), &row.get::<Vec<u8>>(0, "sealed")?)
    }
}

impl Store {
    /// The holds, those in force first, then the newest; without their reasons.
    ///
    /// # Errors
    /// What the database answers.
    pub fn holds(&self, controller: ControllerId, most: u32) -> Result<Vec<LegalHold>> {
        let rows = self.read(|conn| {
            conn.query(
                "legal_hold",
                "SELECT id, person_id, placed_by, placed_at, lifted_by, lifted_at FROM legal_hold \
                 WHERE controller_id = $1 ORDER BY CASE WHEN lifted_at IS NULL THEN 0 ELSE 1 END, \
                 placed_at DESC, id LIMIT $2",
                &[controller.into(), most.into()],
            )
        })?;
        rows.iter().map(hold).collect()
    }
}

fn hold(row: &Row) -> Result<LegalHold> {
    Ok(LegalHold {
        id: row.get(0, "id")?,
        person: row.get(1, "person_id")?,
        placed_by: row.get(2, "placed_by")?,
        placed_at: row.get(3, "placed_at")?,
        lifted_by: row.get(4, "lifted_by")?,
        lifted_at: row.get(5, "lifted_at")?,
    })
}
