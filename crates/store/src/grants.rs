//! Grants: leave to open one person's record of another office, for a good reason, for hours.

use counterfoil_domain::access::{ReasonCode, ResourceKind, Verb};
use counterfoil_domain::ids::{GrantId, OfficeId, PersonId, StaffId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::access::PersonFacts;
use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::permit::{Permit, Terms};
use crate::seal::aead::Place;
use crate::tx::Tx;

/// The sealed part of a grant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GrantText {
    /// The reason in the worker's words.
    pub reason: String,
    /// What bears it out: an appointment, a partnership agreement, a complaint number.
    pub evidence: String,
}

/// A grant that is asked for.
#[derive(Debug, Clone)]
pub struct NewGrant {
    /// Whose record.
    pub person: PersonId,
    /// The coded reason.
    pub reason: ReasonCode,
    /// Whether the system has checked the evidence itself.
    pub evidence_checked: bool,
    /// Reason and evidence in words.
    pub text: GrantText,
    /// How long.
    pub lasts: SignedDuration,
}

/// A grant, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Which.
    pub id: GrantId,
    /// Who holds it.
    pub staff: StaffId,
    /// Whose record it opens.
    pub person: PersonId,
    /// The coded reason.
    pub reason: ReasonCode,
    /// Whether the system has checked the evidence.
    pub evidence_checked: bool,
    /// Reason and evidence in words.
    pub text: GrantText,
    /// From when.
    pub from: Timestamp,
    /// Until when (not including).
    pub until: Timestamp,
    /// When it was reviewed, if it was.
    pub reviewed_at: Option<Timestamp>,
    /// What the reviewer found: `justified` or `not-justified`.
    pub outcome: Option<String>,
    /// When it was ended before its time.
    pub revoked_at: Option<Timestamp>,
}

const fn place(grant: &GrantId) -> Place<'_> {
    Place { table: "access_grant", column: "sealed", row: grant.as_bytes() }
}

impl Tx<'_> {
    /// Records a grant for the actor, when the gate allows asking for it.
    ///
    /// # Errors
    /// A refusal of the gate; [`StoreError::Invalid`] when no reason is written or it would last too long.
    pub fn ask_grant(&mut self, new: &NewGrant, terms: &Terms) -> Result<GrantId> {
        let staff = self.who.staff().ok_or(StoreError::NotFound("staff account"))?.staff;
        if new.text.reason.trim().chars().count() < 10 {
            return Err(StoreError::Invalid(
                "say in a sentence why you need this record: at least 10 characters".to_owned(),
            ));
        }
        if new.lasts > self.store.gate.limits().longest_grant() || new.lasts <= SignedDuration::ZERO {
            return Err(StoreError::Invalid(format!(
                "a grant lasts at most {} hours: ask for less, and again if you need more",
                self.store.gate.limits().longest_grant().as_hours()
            )));
        }
        let id = GrantId::from_bytes(self.fresh_id());
        let (office, facts) = self.person_facts(new.person)?;
        self.permit_house(ResourceKind::Grant, *id.as_bytes(), office, Some(facts), terms)?;
        let key = self.key_of_person(new.person)?;
        let sealed = self.seal(key, place(&id), &new.text)?;
        self.execute(
            "INSERT INTO access_grant (controller_id, id, staff_id, person_id, reason, evidence_checked, sealed, \
             valid_from, valid_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                self.controller().into(),
                id.into(),
                staff.into(),
                new.person.into(),
                new.reason.as_str().into(),
                new.evidence_checked.into(),
                sealed.into(),
                self.now.into(),
                (self.now + new.lasts).into(),
            ],
        )?;
        Ok(id)
    }

    /// The grants on records of one office that nobody has reviewed yet, oldest first.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn grants_to_review(&mut self, office: OfficeId, most: u32) -> Result<Vec<Grant>> {
        let rows = self.query(
            "access_grant",
            "SELECT g.id, g.staff_id, g.person_id, g.reason, g.evidence_checked, g.sealed, g.valid_from, \
             g.valid_until, g.reviewed_at, g.review_outcome, g.revoked_at FROM access_grant g \
             JOIN person p ON p.controller_id = g.controller_id AND p.id = g.person_id \
             WHERE g.controller_id = $1 AND p.office_id = $2 AND g.reviewed_at IS NULL ORDER BY g.id LIMIT $3",
            &[self.controller().into(), office.into(), most.into()],
        )?;
        rows.iter().map(|r| self.grant(r)).collect()
    }

    /// Reviews a grant: `justified`, or withdrawn at once.
    ///
    /// # Errors
    /// A refusal of the gate (nobody reviews their own), or [`StoreError::NotFound`].
    pub fn review_grant(&mut self, grant: GrantId, justified: bool, terms: &Terms) -> Result<()> {
        let rows = self.query(
            "access_grant",
            "SELECT staff_id, person_id FROM access_grant \
             WHERE controller_id = $1 AND id = $2 AND reviewed_at IS NULL",
            &[self.controller().into(), grant.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("grant that waits for review"))?;
        let (office, facts) = self.person_facts(row.get(1, "person_id")?)?;
        let terms = Terms { signatories: vec![row.get(0, "staff_id")?], ..terms.clone() };
        self.permit_house(ResourceKind::Grant, *grant.as_bytes(), office, Some(facts), &terms)?;
        let (outcome, revoked) =
            if justified { ("justified", None) } else { ("not-justified", Some(self.now)) };
        self.execute(
            "UPDATE access_grant SET reviewed_at = $3, review_outcome = $4, revoked_at = COALESCE(revoked_at, $5) \
             WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), grant.into(), self.now.into(), outcome.into(), revoked.into()],
        )
        .map(|_| ())
    }

    /// The review queue of the actor's reviews: the grants on records of one office that nobody has reviewed,
    /// with a trace of the reading (rule 59).
    ///
    /// # Errors
    /// A refusal of the gate, or altered content.
    pub fn review_queue(&mut self, office: OfficeId, most: u32, terms: &Terms) -> Result<Vec<Grant>> {
        self.permit_house(ResourceKind::Office, *office.as_bytes(), office, None, terms)?;
        self.grants_to_review(office, most)
    }

    /// The grants that the actor holds now.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn my_grants(&mut self) -> Result<Vec<Grant>> {
        let me = self.who.staff().map(|s| s.staff);
        let rows = self.query(
            "access_grant",
            "SELECT id, staff_id, person_id, reason, evidence_checked, sealed, valid_from, valid_until, reviewed_at, \
             review_outcome, revoked_at FROM access_grant WHERE controller_id = $1 AND staff_id = $2 \
             AND revoked_at IS NULL AND valid_until > $3 ORDER BY valid_until",
            &[self.controller().into(), me.into(), self.now.into()],
        )?;
        rows.iter().map(|r| self.grant(r)).collect()
    }

    /// The grants on a person's record that is open, newest first.
    ///
    /// # Errors
    /// A permit for something else, or altered content.
    pub fn grants_on(&mut self, permit: &Permit) -> Result<Vec<Grant>> {
        permit.covers(ResourceKind::Person, &[Verb::RecordRead, Verb::RecordExport])?;
        let rows = self.query(
            "access_grant",
            "SELECT id, staff_id, person_id, reason, evidence_checked, sealed, valid_from, valid_until, reviewed_at, \
             review_outcome, revoked_at FROM access_grant WHERE controller_id = $1 AND person_id = $2 \
             ORDER BY valid_from DESC",
            &[self.controller().into(), permit.person().into()],
        )?;
        rows.iter().map(|r| self.grant(r)).collect()
    }

    /// Ends a grant now: its holder gives it up, or the home office takes it.
    ///
    /// # Errors
    /// A refusal of the gate, or [`StoreError::NotFound`] when it is over.
    pub fn withdraw_grant(&mut self, grant: GrantId, terms: &Terms) -> Result<()> {
        let rows = self.query(
            "access_grant",
            "SELECT staff_id, person_id FROM access_grant \
             WHERE controller_id = $1 AND id = $2 AND revoked_at IS NULL AND valid_until > $3",
            &[self.controller().into(), grant.into(), self.now.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("grant that is still open"))?;
        let holder: StaffId = row.get(0, "staff_id")?;
        let (office, facts) = self.person_facts(row.get(1, "person_id")?)?;
        if self.who.staff().map(|s| s.staff) != Some(holder) {
            self.permit_house(ResourceKind::Grant, *grant.as_bytes(), office, Some(facts), terms)?;
        }
        self.execute(
            "UPDATE access_grant SET revoked_at = $3 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), grant.into(), self.now.into()],
        )
        .map(|_| ())
    }

    fn grant(&self, row: &Row) -> Result<Grant> {
        let id: GrantId = row.get(0, "id")?;
        let reason = row.get::<String>(3, "reason")?.parse().map_err(|_| StoreError::Decode {
            table: "access_grant",
            column: "reason",
            row: 0,
            why: "not a known word",
        })?;
        Ok(Grant {
            id,
            staff: row.get(1, "staff_id")?,
            person: row.get(2, "person_id")?,
            reason,
            evidence_checked: row.get(4, "evidence_checked")?,
            text: self.open(place(&id), &row.get::<Vec<u8>>(5, "sealed")?)?,
            from: row.get(6, "valid_from")?,
            until: row.get(7, "valid_until")?,
            reviewed_at: row.get(8, "reviewed_at")?,
            outcome: row.get(9, "review_outcome")?,
            revoked_at: row.get(10, "revoked_at")?,
        })
    }

    /// Where a person's record is and what the gate must know of it; opens nothing.
    pub(crate) fn person_facts(&mut self, person: PersonId) -> Result<(OfficeId, PersonFacts)> {
        let row = self.person_row(person)?;
        let purposes = self.casework_purposes()?;
        Ok((row.office, row.facts(person, purposes)))
    }

    pub(crate) fn key_of_person(&mut self, person: PersonId) -> Result<crate::seal::aead::KeyId> {
        self.person_row(person).map(|r| r.key)
    }

    /// Leave to declare a relation is nobody's to refuse: the actor ties their own hands.
    ///
    /// # Errors
    /// What the database answers.
    pub fn declare_relation(&mut self, person: PersonId) -> Result<()> {
        debug_assert!(matches!(self.verb, Verb::RecordLocate | Verb::RecordEdit));
        let staff = self.who.staff().ok_or(StoreError::NotFound("staff account"))?.staff;
        self.execute(
            "INSERT INTO declared_relation (controller_id, staff_id, person_id, made_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            &[self.controller().into(), staff.into(), person.into(), self.now.into()],
        )
        .map(|_| ())
    }
}
