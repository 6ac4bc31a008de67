//! Disclosures: what was given to whom, on which ground, and whether the person was told.

use std::collections::BTreeMap;

use counterfoil_domain::access::Verb;
use counterfoil_domain::ids::{CaseId, DisclosureId, PermissionId, PersonId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::LOOKING;
use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::permit::Permit;
use crate::seal::aead::Place;
use crate::tx::{About, Tx};

/// The sealed part of a disclosure, without the data that it gives.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DisclosureText {
    /// The ground, by its code.
    pub ground: String,
    /// The register's id of the recipient; empty for one that it does not have.
    pub recipient: String,
    /// Who receives.
    pub recipient_name: String,
    /// Why it is none of the directory; empty for one that is.
    pub unlisted_why: String,
    /// What the recipient is to us, by its code.
    pub kind: String,
    /// The country, as an ISO 3166-1 code.
    pub country: String,
    /// On what a transfer abroad rests, by its code.
    pub mechanism: String,
    /// How the recipient falls within a limited approval.
    pub within: String,
    /// Whether a transfer assessment is complete.
    pub assessed: bool,
    /// The day of the regulator's advice.
    pub advice: Option<Date>,
    /// Where it was sent to.
    pub sent_to: String,
    /// What for.
    pub purpose: String,
    /// The fields that are given.
    pub fields: Vec<String>,
    /// The gateway, by its code.
    pub gateway: String,
    /// Which of the gateway's statements the request contains.
    pub stated: Vec<usize>,
    /// The answers to the ground's questions, by their keys.
    pub evidence: BTreeMap<String, String>,
    /// Whether anything is given in return.
    pub consideration: bool,
    /// Who authorised it, by the code of their standing.
    pub authoriser: String,
    /// Why the person was not told, or not first.
    pub because: String,
    /// When it was discussed with the person, or is to be told, or was told.
    pub told_on: Option<Date>,
    /// Why it was refused: code, and what would mend it.
    pub refused: Vec<(String, String)>,
}

/// A disclosure that is to be kept.
#[derive(Debug, Clone)]
pub struct NewDisclosure {
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// The consent or authority that is relied on.
    pub permission: Option<PermissionId>,
    /// `proposed` or `refused`.
    pub state: &'static str,
    /// Whether the person is told, by its code.
    pub telling: String,
    /// By when the person is to be told.
    pub tell_by: Option<Date>,
    /// The sealed part.
    pub text: DisclosureText,
    /// The data, by field.
    pub content: BTreeMap<String, String>,
}

/// A disclosure, opened; the data that it gives is opened apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDisclosure {
    /// Which.
    pub id: DisclosureId,
    /// Whose data.
    pub person: PersonId,
    /// The case.
    pub case: Option<CaseId>,
    /// The permission that is relied on.
    pub permission: Option<PermissionId>,
    /// `proposed`, `sent`, `refused` or `stopped`.
    pub state: String,
    /// `knows`, `by-notice`, `first`, `to-tell`, `told` or `not-told`.
    pub telling: String,
    /// By when the person is to be told.
    pub tell_by: Option<Date>,
    /// The sealed part.
    pub text: DisclosureText,
    /// Who proposed it.
    pub proposed_by: StaffId,
    /// When.
    pub proposed_at: Timestamp,
    /// Who authorised it.
    pub authorised_by: Option<StaffId>,
    /// When.
    pub authorised_at: Option<Timestamp>,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
}

const fn place(id: &DisclosureId) -> Place<'_> {
    Place { table: "disclosure", column: "sealed", row: id.as_bytes() }
}

const fn content_place(id: &DisclosureId) -> Place<'_> {
    Place { table: "disclosure", column: "content_sealed", row: id.as_bytes() }
}

const COLUMNS: &str = "id, person_id, case_id, permission_id, state, telling, tell_by, sealed, proposed_by, \
                       proposed_at, authorised_by, authorised_at, sent_at";

impl Tx<'_> {
    /// Keeps a proposed disclosure, or one that was refused.
    ///
    /// # Errors
    /// A permit for something else, or what the database answers.
    pub fn keep_disclosure(&mut self, permit: &Permit, new: &NewDisclosure) -> Result<DisclosureId> {
        permit.for_sharing(&[Verb::DisclosureMake])?;
        let id = DisclosureId::from_bytes(self.fresh_id());
        let sealed = self.seal(permit.key(), place(&id), &new.text)?;
        let content = self.seal(permit.key(), content_place(&id), &new.content)?;
        self.execute(
            "INSERT INTO disclosure (controller_id, id, person_id, case_id, permission_id, state, telling, tell_by, \
             sealed, content_hash, content_sealed, proposed_by, proposed_at, authorised_by, authorised_at, sent_by, \
             sent_at, unlisted) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, $10, $11, $12, NULL, NULL, NULL, \
             NULL, $13)",
            &[
                self.controller().into(),
                id.into(),
                permit.person().into(),
                new.case.into(),
                new.permission.into(),
                new.state.into(),
                (&new.telling).into(),
                new.tell_by.into(),
                sealed.into(),
                content.into(),
                self.hand().into(),
                self.now.into(),
                i64::from(new.text.recipient.is_empty()).into(),
            ],
        )?;
        Ok(id)
    }

    /// Says which entry of the directory the recipient of a disclosure is, that was named without one. What was sent,
    /// and under what name, stays.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is another person's or names an entry already.
    pub fn list_recipient(&mut self, permit: &Permit, id: DisclosureId, entry: &str) -> Result<()> {
        permit.for_sharing(&[Verb::DisclosureMake])?;
        let before = self.disclosure(permit, id)?;
        if !before.text.recipient.is_empty() {
            return Err(StoreError::NotFound("disclosure whose recipient is not in the directory"));
        }
        let text = DisclosureText { recipient: entry.to_owned(), ..before.text };
        let sealed = self.seal(permit.key(), place(&id), &text)?;
        let changed = self.execute(
            "UPDATE disclosure SET sealed = $4, unlisted = 0 WHERE controller_id = $1 AND id = $2 AND person_id = $3",
            &[self.controller().into(), id.into(), permit.person().into(), sealed.into()],
        )?;
        self.one(changed, "this disclosure has changed: open it again")
    }

    /// One disclosure of the person.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is another person's.
    pub fn disclosure(&mut self, permit: &Permit, id: DisclosureId) -> Result<StoredDisclosure> {
        permit.for_sharing(LOOKING)?;
        let sql = format!(
            "SELECT {COLUMNS} FROM disclosure WHERE controller_id = $1 AND person_id = $2 AND id = $3"
        );
        let params = [self.controller().into(), permit.person().into(), id.into()];
        let rows = self.query("disclosure", &sql, &params)?;
        self.stored_disclosure(rows.first().ok_or(StoreError::NotFound("disclosure"))?)
    }

    /// The disclosures of a person, newest first.
    ///
    /// # Errors
    /// A permit for something else, or altered content.
    pub fn disclosures_of(&mut self, permit: &Permit) -> Result<Vec<StoredDisclosure>> {
        permit.for_sharing(LOOKING)?;
        let sql = format!(
            "SELECT {COLUMNS} FROM disclosure WHERE controller_id = $1 AND person_id = $2 \
             ORDER BY proposed_at DESC, id DESC"
        );
        let rows = self.query("disclosure", &sql, &[self.controller().into(), permit.person().into()])?;
        rows.iter().map(|r| self.stored_disclosure(r)).collect()
    }

    /// The data of a disclosure, by field.
    ///
    /// # Errors
    /// A permit for something else; altered content.
    pub fn disclosed_content(
        &mut self,
        permit: &Permit,
        id: DisclosureId,
    ) -> Result<BTreeMap<String, String>> {
        permit.for_sharing(LOOKING)?;
        let rows = self.query(
            "disclosure",
            "SELECT content_sealed FROM disclosure WHERE controller_id = $1 AND person_id = $2 AND id = $3",
            &[self.controller().into(), permit.person().into(), id.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("disclosure"))?;
        match row.get::<Option<Vec<u8>>>(0, "content_sealed")? {
            Some(sealed) => self.open(content_place(&id), &sealed),
            None => Ok(BTreeMap::new()),
        }
    }

    fn stored_disclosure(&self, row: &Row) -> Result<StoredDisclosure> {
        let id: DisclosureId = row.get(0, "id")?;
        Ok(StoredDisclosure {
            id,
            person: row.get(1, "person_id")?,
            case: row.get(2, "case_id")?,
            permission: row.get(3, "permission_id")?,
            state: row.get(4, "state")?,
            telling: row.get(5, "telling")?,
            tell_by: row.get(6, "tell_by")?,
            text: self.open(place(&id), &row.get::<Vec<u8>>(7, "sealed")?)?,
            proposed_by: row.get(8, "proposed_by")?,
            proposed_at: row.get(9, "proposed_at")?,
            authorised_by: row.get(10, "authorised_by")?,
            authorised_at: row.get(11, "authorised_at")?,
            sent_at: row.get(12, "sent_at")?,
        })
    }

    /// Puts the actor's name to a proposed disclosure. `text` says with which standing.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when it no longer waits.
    pub fn authorise_disclosure(
        &mut self,
        permit: &Permit,
        id: DisclosureId,
        text: &DisclosureText,
    ) -> Result<()> {
        permit.for_sharing(&[Verb::DisclosureAuthorise, Verb::DisclosureMake])?;
        let sealed = self.seal(permit.key(), place(&id), text)?;
        let changed = self.execute(
            "UPDATE disclosure SET state = 'authorised', sealed = $4, authorised_by = $5, authorised_at = $6 \
             WHERE controller_id = $1 AND id = $2 AND person_id = $3 AND state = 'proposed'",
            &[
                self.controller().into(),
                id.into(),
                permit.person().into(),
                sealed.into(),
                self.hand().into(),
                self.now.into(),
            ],
        )?;
        self.one(changed, "this disclosure no longer waits for authorisation: open it again")
    }

    /// Marks an authorised disclosure as sent, with a keyed hash of what was sent.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when it is not authorised, or was sent already.
    pub fn send_disclosure(
        &mut self,
        permit: &Permit,
        id: DisclosureId,
        text: &DisclosureText,
        content: &BTreeMap<String, String>,
    ) -> Result<()> {
        permit.for_sharing(&[Verb::DisclosureMake])?;
        let plain = serde_json::to_vec(content)
            .map_err(|_| StoreError::Invalid("the content cannot be written".to_owned()))?;
        let hash = self.store.blind.content_address(id.as_bytes(), &plain);
        let sealed = self.seal(permit.key(), place(&id), text)?;
        let copy = self.seal(permit.key(), content_place(&id), content)?;
        let changed = self.execute(
            "UPDATE disclosure SET state = 'sent', sealed = $4, content_hash = $5, content_sealed = $6, \
             sent_by = $7, sent_at = $8 \
             WHERE controller_id = $1 AND id = $2 AND person_id = $3 AND state = 'authorised'",
            &[
                self.controller().into(),
                id.into(),
                permit.person().into(),
                sealed.into(),
                hash.into(),
                copy.into(),
                self.hand().into(),
                self.now.into(),
            ],
        )?;
        self.one(changed, "this disclosure is not waiting to be sent: open it again")
    }

    /// Ends a disclosure that was not sent: `refused` or `stopped`.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when it was sent or has ended.
    pub fn end_disclosure(
        &mut self,
        permit: &Permit,
        id: DisclosureId,
        state: &'static str,
        text: &DisclosureText,
    ) -> Result<()> {
        permit.for_sharing(&[Verb::DisclosureMake, Verb::DisclosureAuthorise])?;
        let sealed = self.seal(permit.key(), place(&id), text)?;
        let changed = self.execute(
            "UPDATE disclosure SET state = $4, sealed = $5 WHERE controller_id = $1 AND id = $2 AND person_id = $3 \
             AND state IN ('proposed', 'authorised')",
            &[self.controller().into(), id.into(), permit.person().into(), state.into(), sealed.into()],
        )?;
        self.one(changed, "this disclosure was sent or has ended: open it again")
    }

    /// Records that the person was told, or why they will not be.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when nothing was to be told.
    pub fn record_telling(
        &mut self,
        permit: &Permit,
        id: DisclosureId,
        telling: &'static str,
        text: &DisclosureText,
    ) -> Result<()> {
        permit.for_sharing(&[Verb::DisclosureMake, Verb::DisclosureAuthorise])?;
        let sealed = self.seal(permit.key(), place(&id), text)?;
        let changed = self.execute(
            "UPDATE disclosure SET telling = $4, tell_by = NULL, sealed = $5 \
             WHERE controller_id = $1 AND id = $2 AND person_id = $3 AND state = 'sent' AND telling = 'to-tell'",
            &[self.controller().into(), id.into(), permit.person().into(), telling.into(), sealed.into()],
        )?;
        self.one(changed, "nothing is to be told about this disclosure")
    }

    /// Whose data a disclosure gives; the content stays closed.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn person_of_disclosure(&mut self, id: DisclosureId) -> Result<PersonId> {
        let rows = self.query(
            "disclosure",
            "SELECT person_id FROM disclosure WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), id.into()],
        )?;
        rows.first().ok_or(StoreError::NotFound("disclosure"))?.get(0, "person_id")
    }

    /// The register of disclosures, newest first: those about people on whom the gate allows the act's verb. The
    /// data given stays closed. One entry of the log says that the register was read, and how far.
    ///
    /// # Errors
    /// What the database answers.
    pub fn register_of_disclosures(&mut self, filter: Filter, most: u32) -> Result<Vec<StoredDisclosure>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM disclosure WHERE controller_id = $1 {} ORDER BY proposed_at DESC, id DESC LIMIT $2",
            filter.sql()
        );
        let rows = self.query("disclosure", &sql, &[self.controller().into(), most.into()])?;
        let mut shown = Vec::new();
        for row in &rows {
            if self.may(row.get(1, "person_id")?)? {
                shown.push(self.stored_disclosure(row)?);
            }
        }
        let detail = serde_json::json!({ "register": "disclosures", "shown": shown.len() });
        self.append(About::default(), None, &[], &detail)?;
        Ok(shown)
    }
}

/// Which disclosures of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// Those that wait for somebody's authorisation.
    Waiting,
    /// Those of which the person is still to be told.
    ToTell,
    /// Those that were refused.
    Refused,
    /// Those that were sent.
    Sent,
}

impl Filter {
    const fn sql(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Waiting => "AND state IN ('proposed', 'authorised')",
            Self::ToTell => "AND state = 'sent' AND telling = 'to-tell'",
            Self::Refused => "AND state = 'refused'",
            Self::Sent => "AND state = 'sent'",
        }
    }
}
