//! Referrals to another service, from the draft to the outcome.

use std::collections::BTreeMap;

use counterfoil_domain::access::Verb;
use counterfoil_domain::ids::{CaseId, DisclosureId, PermissionId, PersonId, ReferralId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::LOOKING;
use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::permit::Permit;
use crate::seal::aead::Place;
use crate::tx::Tx;

/// The sealed part of a referral.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReferralText {
    /// The register's id of the recipient.
    pub recipient: String,
    /// The recipient's name.
    pub recipient_name: String,
    /// Why the person is referred.
    pub reason: String,
    /// What is sent, by field.
    pub fields: BTreeMap<String, String>,
    /// What the receiving side says came of it.
    pub outcome: String,
    /// A note.
    pub note: String,
    /// Why the last attempt to send it was refused: code, and what would mend it.
    pub refused: Vec<(String, String)>,
}

/// A referral, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    /// Which.
    pub id: ReferralId,
    /// Whose.
    pub person: PersonId,
    /// The case.
    pub case: Option<CaseId>,
    /// The consent that it relies on.
    pub permission: Option<PermissionId>,
    /// What was given with it.
    pub disclosure: Option<DisclosureId>,
    /// `draft`, `sent`, `acknowledged`, `accepted`, `declined`, `closed` or `stopped`.
    pub state: String,
    /// The sealed part.
    pub text: ReferralText,
    /// When it was drafted.
    pub made_at: Timestamp,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
    /// When the platform was asked to remove its copy.
    pub purge_asked_at: Option<Timestamp>,
    /// When the platform said that it has.
    pub purge_confirmed_at: Option<Timestamp>,
}

/// What changes with a referral's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is sent, with this disclosure, on this permission.
    Sent(DisclosureId, PermissionId),
    /// The receiving side answers: a state after `sent`.
    Answered(&'static str),
    /// The platform is asked to remove its copy.
    PurgeAsked,
    /// The platform has removed its copy.
    PurgeConfirmed,
}

const fn place(id: &ReferralId) -> Place<'_> {
    Place { table: "referral", column: "sealed", row: id.as_bytes() }
}

const COLUMNS: &str = "id, person_id, case_id, permission_id, disclosure_id, state, sealed, made_at, sent_at, \
                       closed_at, purge_asked_at, purge_confirmed_at";

impl Tx<'_> {
    /// Keeps the draft of a referral.
    ///
    /// # Errors
    /// A permit for something else, or what the database answers.
    pub fn draft_referral(
        &mut self,
        permit: &Permit,
        case: Option<CaseId>,
        permission: Option<PermissionId>,
        text: &ReferralText,
    ) -> Result<ReferralId> {
        permit.for_sharing(&[Verb::RecordCreate, Verb::RecordEdit])?;
        let id = ReferralId::from_bytes(self.fresh_id());
        let sealed = self.seal(permit.key(), place(&id), text)?;
        self.execute(
            "INSERT INTO referral (controller_id, id, person_id, case_id, permission_id, disclosure_id, state, \
             sealed, made_by, made_at, sent_at, closed_at, purge_asked_at, purge_confirmed_at) \
             VALUES ($1, $2, $3, $4, $5, NULL, 'draft', $6, $7, $8, NULL, NULL, NULL, NULL)",
            &[
                self.controller().into(),
                id.into(),
                permit.person().into(),
                case.into(),
                permission.into(),
                sealed.into(),
                self.hand().into(),
                self.now.into(),
            ],
        )?;
        Ok(id)
    }

    /// The referrals of a person, newest first.
    ///
    /// # Errors
    /// A permit for something else, or altered content.
    pub fn referrals_of(&mut self, permit: &Permit) -> Result<Vec<Referral>> {
        permit.for_sharing(LOOKING)?;
        let sql = format!(
            "SELECT {COLUMNS} FROM referral WHERE controller_id = $1 AND person_id = $2 ORDER BY made_at DESC, id DESC"
        );
        let rows = self.query("referral", &sql, &[self.controller().into(), permit.person().into()])?;
        rows.iter().map(|r| self.stored_referral(r)).collect()
    }

    /// One referral of the person.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is another person's.
    pub fn referral(&mut self, permit: &Permit, id: ReferralId) -> Result<Referral> {
        permit.for_sharing(LOOKING)?;
        let sql =
            format!("SELECT {COLUMNS} FROM referral WHERE controller_id = $1 AND person_id = $2 AND id = $3");
        let params = [self.controller().into(), permit.person().into(), id.into()];
        let rows = self.query("referral", &sql, &params)?;
        self.stored_referral(rows.first().ok_or(StoreError::NotFound("referral"))?)
    }

    fn stored_referral(&self, row: &Row) -> Result<Referral> {
        let id: ReferralId = row.get(0, "id")?;
        Ok(Referral {
            id,
            person: row.get(1, "person_id")?,
            case: row.get(2, "case_id")?,
            permission: row.get(3, "permission_id")?,
            disclosure: row.get(4, "disclosure_id")?,
            state: row.get(5, "state")?,
            text: self.open(place(&id), &row.get::<Vec<u8>>(6, "sealed")?)?,
            made_at: row.get(7, "made_at")?,
            sent_at: row.get(8, "sent_at")?,
            closed_at: row.get(9, "closed_at")?,
            purge_asked_at: row.get(10, "purge_asked_at")?,
            purge_confirmed_at: row.get(11, "purge_confirmed_at")?,
        })
    }

    /// Keeps what changed in a referral's words, such as why sending was refused.
    ///
    /// # Errors
    /// A permit for something else, or what the database answers.
    pub fn note_referral(&mut self, permit: &Permit, id: ReferralId, text: &ReferralText) -> Result<()> {
        permit.for_sharing(LOOKING)?;
        let sealed = self.seal(permit.key(), place(&id), text)?;
        let changed = self.execute(
            "UPDATE referral SET sealed = $4 WHERE controller_id = $1 AND id = $2 AND person_id = $3",
            &[self.controller().into(), id.into(), permit.person().into(), sealed.into()],
        )?;
        self.one(changed, "there is no such referral")
    }

    /// Takes a referral a step further.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when it does not stand where the step begins.
    pub fn move_referral(&mut self, permit: &Permit, id: ReferralId, step: Step) -> Result<()> {
        let (controller, person, now) = (self.controller(), permit.person(), self.now);
        let changed = match step {
            Step::Sent(disclosure, permission) => {
                permit.for_sharing(&[Verb::DisclosureMake])?;
                self.execute(
                    "UPDATE referral SET state = 'sent', disclosure_id = $4, permission_id = $5, sent_at = $6 \
                     WHERE controller_id = $1 AND id = $2 AND person_id = $3 AND state = 'draft'",
                    &[
                        controller.into(),
                        id.into(),
                        person.into(),
                        disclosure.into(),
                        permission.into(),
                        now.into(),
                    ],
                )?
            }
            Step::Answered(state) => {
                permit.for_sharing(&[Verb::RecordEdit])?;
                let closed = ["declined", "closed"].contains(&state).then_some(now);
                self.execute(
                    "UPDATE referral SET state = $4, closed_at = $5 WHERE controller_id = $1 AND id = $2 \
                     AND person_id = $3 AND state IN ('sent', 'acknowledged', 'accepted')",
                    &[controller.into(), id.into(), person.into(), state.into(), closed.into()],
                )?
            }
            Step::PurgeAsked => {
                permit.for_sharing(&[Verb::RecordEdit])?;
                self.execute(
                    "UPDATE referral SET purge_asked_at = $4 WHERE controller_id = $1 AND id = $2 \
                     AND person_id = $3 AND sent_at IS NOT NULL AND purge_asked_at IS NULL",
                    &[controller.into(), id.into(), person.into(), now.into()],
                )?
            }
            Step::PurgeConfirmed => {
                permit.for_sharing(&[Verb::RecordEdit])?;
                self.execute(
                    "UPDATE referral SET purge_confirmed_at = $4 WHERE controller_id = $1 AND id = $2 \
                     AND person_id = $3 AND purge_asked_at IS NOT NULL AND purge_confirmed_at IS NULL",
                    &[controller.into(), id.into(), person.into(), now.into()],
                )?
            }
        };
        self.one(changed, "the referral does not stand where this begins: open it again")
    }
}
