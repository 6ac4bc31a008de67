//! Consents and authorities to act.

use counterfoil_domain::ids::{CaseId, PermissionId, PersonId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{LOOKING, RECORDING};
use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::permit::Permit;
use crate::seal::aead::Place;
use crate::tx::Tx;
use counterfoil_domain::access::Verb;

/// The sealed part of a permission.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PermissionText {
    /// To whom data may be given: the register's ids.
    pub parties: Vec<String>,
    /// Their names, as the person was told them.
    pub names: Vec<String>,
    /// Why one of the parties is none of the directory; empty when all are.
    pub unlisted_why: String,
    /// What may be given; for marketing the channels.
    pub fields: Vec<String>,
    /// How it was given, by its code.
    pub given: String,
    /// The words that were agreed to.
    pub words: String,
    /// The language of the words.
    pub language: String,
    /// Where the evidence is: a document's id, a recording, a form.
    pub evidence: String,
    /// A note.
    pub note: String,
    /// The code on the receipt, with which the person withdraws it.
    pub code: String,
}

/// A permission that is to be recorded.
#[derive(Debug, Clone)]
pub struct NewPermission {
    /// The case it belongs to, if any.
    pub case: Option<CaseId>,
    /// `consent` or `authority`.
    pub kind: &'static str,
    /// What a consent is for, by its code; empty for an authority.
    pub purpose: String,
    /// The version of the wording.
    pub version: u32,
    /// The day on which it was given.
    pub given_on: Date,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// How many of its parties are not entries of the directory.
    pub unlisted: i64,
    /// The sealed part.
    pub text: PermissionText,
}

/// A permission, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPermission {
    /// Which.
    pub id: PermissionId,
    /// Whose.
    pub person: PersonId,
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// `consent` or `authority`.
    pub kind: String,
    /// What a consent is for.
    pub purpose: String,
    /// The version of the wording.
    pub version: u32,
    /// The day on which it was given or last renewed.
    pub given_on: Date,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
    /// When it was last relied on.
    pub relied_on_at: Option<Timestamp>,
    /// The sealed part.
    pub text: PermissionText,
    /// When it was recorded.
    pub made_at: Timestamp,
}

/// The sealed part of an event of a permission.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PermissionEventText {
    /// How, or why.
    pub note: String,
}

/// Something that happened to a permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionEvent {
    /// `given`, `renewed` or `withdrawn`.
    pub kind: String,
    /// The day.
    pub on: Date,
    /// The sealed part.
    pub text: PermissionEventText,
    /// Who recorded it; none for the person's own act on the public page.
    pub by: Option<StaffId>,
    /// When it was recorded.
    pub at: Timestamp,
}

const fn place(id: &PermissionId) -> Place<'_> {
    Place { table: "permission", column: "sealed", row: id.as_bytes() }
}

const fn event_place(row: &[u8; 16]) -> Place<'_> {
    Place { table: "permission_event", column: "sealed", row }
}

/// The row of an event: its permission and its number.
fn event_row(id: PermissionId, number: i64) -> [u8; 16] {
    let mut row = *id.as_bytes();
    let n = number.to_be_bytes();
    for (byte, add) in row.iter_mut().rev().zip(n.iter().rev()) {
        *byte ^= *add;
    }
    row
}

const COLUMNS: &str = "id, person_id, case_id, kind, purpose, version, given_on, until_on, withdrawn_at, \
                       relied_on_at, sealed, made_at";

impl Tx<'_> {
    /// Records a permission with its first event.
    ///
    /// # Errors
    /// A permit for something else, or what the database answers.
    pub fn give_permission(&mut self, permit: &Permit, new: &NewPermission) -> Result<PermissionId> {
        permit.for_sharing(RECORDING)?;
        let id = PermissionId::from_bytes(self.fresh_id());
        let sealed = self.seal(permit.key(), place(&id), &new.text)?;
        let code = self.permission_code_blind(&new.text.code);
        self.execute(
            "INSERT INTO permission (controller_id, id, person_id, case_id, kind, purpose, version, given_on, \
             until_on, withdrawn_at, relied_on_at, code_blind, sealed, recorded_by, made_at, \
             unlisted) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, NULL, $10, $11, $12, $13, $14)",
            &[
                self.controller().into(),
                id.into(),
                permit.person().into(),
                new.case.into(),
                new.kind.into(),
                (&new.purpose).into(),
                new.version.into(),
                new.given_on.into(),
                new.until.into(),
                code.into(),
                sealed.into(),
                self.hand().into(),
                self.now.into(),
                new.unlisted.into(),
            ],
        )?;
        let note = PermissionEventText { note: new.text.note.clone() };
        self.add_permission_event(permit, id, "given", new.given_on, &note)?;
        Ok(id)
    }

    /// Says which entry of the directory a party of a permission is, that was named without one. The words that the
    /// person agreed to stay as they were.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is another person's or has no such party.
    pub fn list_party(&mut self, permit: &Permit, id: PermissionId, party: &str, entry: &str) -> Result<()> {
        permit.for_sharing(&[Verb::DisclosureMake])?;
        let mut text = self.permission(permit, id)?.text;
        let at = text.parties.iter_mut().find(|p| *p == party);
        let at = at.ok_or(StoreError::NotFound("party that is not in the directory"))?;
        entry.clone_into(at);
        let sealed = self.seal(permit.key(), place(&id), &text)?;
        let changed = self.execute(
            "UPDATE permission SET sealed = $4, unlisted = unlisted - 1 \
             WHERE controller_id = $1 AND id = $2 AND person_id = $3 AND unlisted > 0",
            &[self.controller().into(), id.into(), permit.person().into(), sealed.into()],
        )?;
        self.one(changed, "this permission has changed: open it again")
    }

    fn add_permission_event(
        &mut self,
        permit: &Permit,
        id: PermissionId,
        kind: &str,
        on: Date,
        text: &PermissionEventText,
    ) -> Result<()> {
        let rows = self.query(
            "permission_event",
            "SELECT COUNT(*) FROM permission_event WHERE controller_id = $1 AND permission_id = $2",
            &[self.controller().into(), id.into()],
        )?;
        let number: i64 = rows.first().map_or(Ok(0), |r| r.get(0, "count"))?;
        let sealed = self.seal(permit.key(), event_place(&event_row(id, number)), text)?;
        self.execute(
            "INSERT INTO permission_event (controller_id, permission_id, number, person_id, kind, on_date, sealed, \
             recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                self.controller().into(),
                id.into(),
                number.into(),
                permit.person().into(),
                kind.into(),
                on.into(),
                sealed.into(),
                self.hand().into(),
                self.now.into(),
            ],
        )
        .map(|_| ())
    }

    /// The permissions of a person, newest first.
    ///
    /// # Errors
    /// A permit for something else, or altered content.
    pub fn permissions_of(&mut self, permit: &Permit) -> Result<Vec<StoredPermission>> {
        permit.for_sharing(LOOKING)?;
        let sql = format!(
            "SELECT {COLUMNS} FROM permission WHERE controller_id = $1 AND person_id = $2 ORDER BY made_at DESC, id DESC"
        );
        let rows = self.query("permission", &sql, &[self.controller().into(), permit.person().into()])?;
        rows.iter().map(|r| self.stored_permission(r)).collect()
    }

    /// One permission of the person.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is another person's; a permit for something else.
    pub fn permission(&mut self, permit: &Permit, id: PermissionId) -> Result<StoredPermission> {
        permit.for_sharing(LOOKING)?;
        let sql = format!(
            "SELECT {COLUMNS} FROM permission WHERE controller_id = $1 AND person_id = $2 AND id = $3"
        );
        let params = [self.controller().into(), permit.person().into(), id.into()];
        let rows = self.query("permission", &sql, &params)?;
        self.stored_permission(rows.first().ok_or(StoreError::NotFound("permission"))?)
    }

    fn stored_permission(&self, row: &Row) -> Result<StoredPermission> {
        let id: PermissionId = row.get(0, "id")?;
        Ok(StoredPermission {
            id,
            person: row.get(1, "person_id")?,
            case: row.get(2, "case_id")?,
            kind: row.get(3, "kind")?,
            purpose: row.get(4, "purpose")?,
            version: u32::try_from(row.get::<i64>(5, "version")?).unwrap_or(0),
            given_on: row.get(6, "given_on")?,
            until: row.get(7, "until_on")?,
            withdrawn_at: row.get(8, "withdrawn_at")?,
            relied_on_at: row.get(9, "relied_on_at")?,
            text: self.open(place(&id), &row.get::<Vec<u8>>(10, "sealed")?)?,
            made_at: row.get(11, "made_at")?,
        })
    }

    /// What happened to a permission, oldest first.
    ///
    /// # Errors
    /// A permit for something else, or altered content.
    pub fn permission_events(&mut self, permit: &Permit, id: PermissionId) -> Result<Vec<PermissionEvent>> {
        permit.for_sharing(LOOKING)?;
        let rows = self.query(
            "permission_event",
            "SELECT number, kind, on_date, sealed, recorded_by, recorded_at FROM permission_event \
             WHERE controller_id = $1 AND permission_id = $2 AND person_id = $3 ORDER BY number",
            &[self.controller().into(), id.into(), permit.person().into()],
        )?;
        rows.iter()
            .map(|r| {
                let by: StaffId = r.get(4, "recorded_by")?;
                let row = event_row(id, r.get(0, "number")?);
                Ok(PermissionEvent {
                    kind: r.get(1, "kind")?,
                    on: r.get(2, "on_date")?,
                    text: self.open(event_place(&row), &r.get::<Vec<u8>>(3, "sealed")?)?,
                    by: (*by.as_bytes() != [0; 16]).then_some(by),
                    at: r.get(5, "recorded_at")?,
                })
            })
            .collect()
    }

    /// Renews a permission: given anew on a day, to the wording of that day.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when it was withdrawn: a new one is asked for.
    pub fn renew_permission(
        &mut self,
        permit: &Permit,
        id: PermissionId,
        (version, on, until): (u32, Date, Option<Date>),
        text: &PermissionText,
        note: &PermissionEventText,
    ) -> Result<()> {
        permit.for_sharing(RECORDING)?;
        let sealed = self.seal(permit.key(), place(&id), text)?;
        let changed = self.execute(
            "UPDATE permission SET version = $4, given_on = $5, until_on = $6, sealed = $7 \
             WHERE controller_id = $1 AND id = $2 AND person_id = $3 AND withdrawn_at IS NULL",
            &[
                self.controller().into(),
                id.into(),
                permit.person().into(),
                version.into(),
                on.into(),
                until.into(),
                sealed.into(),
            ],
        )?;
        self.one(changed, "it was withdrawn: ask the person for a new one")?;
        self.add_permission_event(permit, id, "renewed", on, note)
    }

    /// Withdraws a permission. Every referral and disclosure that waits on it stops in the same transaction; gives
    /// how many.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when it was withdrawn already.
    pub fn withdraw_permission(
        &mut self,
        permit: &Permit,
        id: PermissionId,
        on: Date,
        note: &PermissionEventText,
    ) -> Result<u64> {
        permit.for_sharing(&[Verb::RecordEdit, Verb::ConsentWithdraw])?;
        let params = [self.controller().into(), id.into(), permit.person().into(), self.now.into()];
        let changed = self.execute(
            "UPDATE permission SET withdrawn_at = $4 \
             WHERE controller_id = $1 AND id = $2 AND person_id = $3 AND withdrawn_at IS NULL",
            &params,
        )?;
        self.one(changed, "it was withdrawn already")?;
        self.add_permission_event(permit, id, "withdrawn", on, note)?;
        let waiting = params.get(..2).unwrap_or_default();
        let referrals = self.execute(
            "UPDATE referral SET state = 'stopped' \
             WHERE controller_id = $1 AND permission_id = $2 AND state = 'draft'",
            waiting,
        )?;
        let disclosures = self.execute(
            "UPDATE disclosure SET state = 'stopped' \
             WHERE controller_id = $1 AND permission_id = $2 AND state IN ('proposed', 'authorised')",
            waiting,
        )?;
        Ok(referrals + disclosures)
    }

    /// Notes that a permission is relied on now. A withdrawal at the same moment wins: then nothing is noted, and
    /// what relies on it is refused.
    ///
    /// # Errors
    /// What the database answers.
    pub fn rely_on(&mut self, permit: &Permit, id: PermissionId) -> Result<bool> {
        permit.for_sharing(&[Verb::DisclosureMake])?;
        let changed = self.execute(
            "UPDATE permission SET relied_on_at = $4 \
             WHERE controller_id = $1 AND id = $2 AND person_id = $3 AND withdrawn_at IS NULL",
            &[self.controller().into(), id.into(), permit.person().into(), self.now.into()],
        )?;
        Ok(changed == 1)
    }

    /// Whose permission has this code; says nothing else of it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn permission_by_code(&mut self, code: &str) -> Result<(PermissionId, PersonId)> {
        let blind = self.permission_code_blind(code);
        let rows = self.query(
            "permission",
            "SELECT id, person_id FROM permission WHERE controller_id = $1 AND code_blind = $2",
            &[self.controller().into(), blind.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("permission with this code"))?;
        Ok((row.get(0, "id")?, row.get(1, "person_id")?))
    }

    /// Whose permission it is; the content stays closed.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn person_of_permission(&mut self, id: PermissionId) -> Result<PersonId> {
        let rows = self.query(
            "permission",
            "SELECT person_id FROM permission WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), id.into()],
        )?;
        rows.first().ok_or(StoreError::NotFound("permission"))?.get(0, "person_id")
    }

    /// Everybody who ever consented to a purpose; their records open only with a permit.
    ///
    /// # Errors
    /// What the database answers.
    pub fn people_with_consent(&mut self, purpose: &str) -> Result<Vec<PersonId>> {
        let rows = self.query(
            "permission",
            "SELECT DISTINCT person_id FROM permission WHERE controller_id = $1 AND purpose = $2 ORDER BY person_id",
            &[self.controller().into(), purpose.into()],
        )?;
        rows.iter().map(|r| r.get(0, "person_id")).collect()
    }

    fn permission_code_blind(&self, code: &str) -> [u8; 16] {
        self.store.blind.identity(self.controller().as_bytes(), "permission-code", &normalised(code))
    }

    /// A new code for a receipt: 60 bits, in three groups of four characters that are not confused.
    #[must_use]
    pub fn fresh_code(&self) -> String {
        let bytes: [u8; 12] = self.store.entropy.bytes();
        let letters: Vec<char> = bytes.iter().map(|b| letter(b & 31)).collect();
        letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }
}

/// Crockford's alphabet: no I, L, O or U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn letter(value: u8) -> char {
    LETTERS.get(usize::from(value)).map_or('0', |b| char::from(*b))
}

/// A code as people type it: without hyphens and spaces, and with the letters that look like digits.
fn normalised(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}
