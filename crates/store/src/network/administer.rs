//! Administering the network: adherence, partnerships, incidents under investigation, accounts. Each act has the
//! gate's leave and its entry in the log.

use counterfoil_domain::access::{ResourceKind, RoleSet};
use counterfoil_domain::casebook::adherence::Adherence;
use counterfoil_domain::ids::{AdherenceId, IncidentId, OfficeId, PartnershipId, PersonId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::access::PersonFacts;
use crate::accounts::{NewAccount, roles_text};
use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::network::Office;
use crate::permit::Terms;
use crate::store::Store;
use crate::tx::Tx;

/// What was recorded of an office's adherence, and until when it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Which office.
    pub office: OfficeId,
    /// The dates.
    pub adherence: Adherence,
    /// The first day on which it no longer counts.
    pub lapses_on: Date,
    /// When it was recorded.
    pub made_at: Timestamp,
}

/// An agreement by which two offices work together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partnership {
    /// Which.
    pub id: PartnershipId,
    /// The two offices.
    pub offices: (OfficeId, OfficeId),
    /// Its reference.
    pub reference: String,
    /// What for.
    pub about: String,
    /// From when.
    pub from: Timestamp,
    /// Until when (not including).
    pub until: Timestamp,
    /// When it was ended before its time.
    pub ended_at: Option<Timestamp>,
}

/// An incident under investigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Which.
    pub id: IncidentId,
    /// Where it happened.
    pub office: OfficeId,
    /// Its number.
    pub reference: String,
    /// When the investigation began.
    pub opened_at: Timestamp,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
}

impl Tx<'_> {
    fn administer(&mut self, office: OfficeId, terms: &Terms) -> Result<()> {
        self.permit_house(ResourceKind::Office, *office.as_bytes(), office, None, terms)
    }

    /// Leave to administer an office.
    ///
    /// # Errors
    /// A refusal of the gate.
    pub fn may_administer(&mut self, office: OfficeId, terms: &Terms) -> Result<()> {
        self.administer(office, terms)
    }

    fn me(&self) -> [u8; 16] {
        self.who.staff().map_or([0; 16], |s| *s.staff.as_bytes())
    }

    /// Adds an office.
    ///
    /// # Errors
    /// A refusal of the gate.
    pub fn add_office(&mut self, office: &Office, terms: &Terms) -> Result<()> {
        self.administer(office.id, terms)?;
        self.execute(
            "INSERT INTO office (controller_id, id, name, division, language, adherent_until, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                self.controller().into(),
                office.id.into(),
                (&office.name).into(),
                (&office.division).into(),
                (&office.language).into(),
                office.adherent_until.into(),
                self.now.into(),
            ],
        )
        .map(|_| ())
    }

    /// Records an office's adherence, from which the gate takes until when it counts.
    ///
    /// # Errors
    /// A refusal of the gate, or [`StoreError::NotFound`].
    pub fn record_adherence(
        &mut self,
        office: OfficeId,
        adherence: &Adherence,
        (lapses_on, until): (Date, Timestamp),
        terms: &Terms,
    ) -> Result<()> {
        self.administer(office, terms)?;
        let id = AdherenceId::from_bytes(self.fresh_id());
        let changed = self.execute(
            "UPDATE office SET adherent_until = $3 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), office.into(), until.into()],
        )?;
        if changed == 0 {
            return Err(StoreError::NotFound("office"));
        }
        self.execute(
            "INSERT INTO adherence (controller_id, id, office_id, agreement, signed_on, training_on, reviewed_on, \
             next_review, lapses_on, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            &[
                self.controller().into(),
                id.into(),
                office.into(),
                (&adherence.agreement).into(),
                adherence.signed_on.into(),
                adherence.training_on.into(),
                adherence.reviewed_on.into(),
                adherence.next_review.into(),
                lapses_on.into(),
                self.me().into(),
                self.now.into(),
            ],
        )
        .map(|_| ())
    }

    /// Records a partnership of two offices.
    ///
    /// # Errors
    /// A refusal of the gate; [`StoreError::Invalid`] when the reference is taken.
    pub fn add_partnership(&mut self, new: &Partnership, terms: &Terms) -> Result<PartnershipId> {
        self.administer(new.offices.0, terms)?;
        let id = PartnershipId::from_bytes(self.fresh_id());
        let made = self.execute(
            "INSERT INTO partnership (controller_id, id, office_id, other_office_id, reference, about, valid_from, \
             valid_until, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            &[
                self.controller().into(),
                id.into(),
                new.offices.0.into(),
                new.offices.1.into(),
                (&new.reference).into(),
                (&new.about).into(),
                new.from.into(),
                new.until.into(),
                self.me().into(),
            ],
        )?;
        taken(made).map(|()| id)
    }

    /// Ends a partnership now.
    ///
    /// # Errors
    /// A refusal of the gate, or [`StoreError::NotFound`].
    pub fn end_partnership(&mut self, id: PartnershipId, terms: &Terms) -> Result<()> {
        let rows = self.query(
            "partnership",
            "SELECT office_id FROM partnership WHERE controller_id = $1 AND id = $2 AND ended_at IS NULL",
            &[self.controller().into(), id.into()],
        )?;
        let office = rows.first().ok_or(StoreError::NotFound("partnership"))?.get(0, "office_id")?;
        self.administer(office, terms)?;
        self.execute(
            "UPDATE partnership SET ended_at = $3 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), id.into(), self.now.into()],
        )
        .map(|_| ())
    }

    /// Whether a partnership with this reference joins two offices now.
    ///
    /// # Errors
    /// What the database answers.
    pub fn partnership_holds(&mut self, reference: &str, a: OfficeId, b: OfficeId) -> Result<bool> {
        let rows = self.query(
            "partnership",
            "SELECT 1 FROM partnership WHERE controller_id = $1 AND reference = $2 AND ended_at IS NULL \
             AND valid_from <= $3 AND valid_until > $3 \
             AND ((office_id = $4 AND other_office_id = $5) OR (office_id = $5 AND other_office_id = $4)) LIMIT 1",
            &[self.controller().into(), reference.trim().into(), self.now.into(), a.into(), b.into()],
        )?;
        Ok(!rows.is_empty())
    }

    /// Opens an incident under investigation.
    ///
    /// # Errors
    /// A refusal of the gate (who asks for access for an incident opens one); [`StoreError::Invalid`] when the
    /// number is taken.
    pub fn open_incident(&mut self, office: OfficeId, reference: &str, terms: &Terms) -> Result<IncidentId> {
        let nobody = self.nobody()?;
        self.permit_house(ResourceKind::Grant, [0; 16], office, Some(nobody), terms)?;
        let id = IncidentId::from_bytes(self.fresh_id());
        let made = self.execute(
            "INSERT INTO incident (controller_id, id, office_id, reference, opened_at, opened_by) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            &[
                self.controller().into(),
                id.into(),
                office.into(),
                reference.trim().into(),
                self.now.into(),
                self.me().into(),
            ],
        )?;
        taken(made).map(|()| id)
    }

    /// Whether an incident with this number is under investigation, and was opened by somebody else.
    ///
    /// # Errors
    /// What the database answers.
    pub fn incident_is_open(&mut self, reference: &str) -> Result<bool> {
        let me = self.me();
        let rows = self.query(
            "incident",
            "SELECT 1 FROM incident WHERE controller_id = $1 AND reference = $2 AND closed_at IS NULL \
             AND opened_by <> $3 LIMIT 1",
            &[self.controller().into(), reference.trim().into(), me.into()],
        )?;
        Ok(!rows.is_empty())
    }

    /// Whether a complaint with this reference is about this person and not closed.
    ///
    /// # Errors
    /// What the database answers.
    pub fn complaint_is_open(&mut self, reference: &str, person: PersonId) -> Result<bool> {
        let rows = self.query(
            "rights_request",
            "SELECT 1 FROM rights_request WHERE controller_id = $1 AND reference = $2 AND right_name = 'complaint' \
             AND person_id = $3 AND closed_at IS NULL LIMIT 1",
            &[self.controller().into(), reference.trim().into(), person.into()],
        )?;
        Ok(!rows.is_empty())
    }

    fn facts_of_account(&mut self, staff: StaffId) -> Result<PersonFacts> {
        Ok(PersonFacts { staff_member: Some(staff), ..self.nobody()? })
    }

    fn office_of_account(&mut self, staff: StaffId) -> Result<OfficeId> {
        let rows = self.query(
            "staff_account",
            "SELECT office_id FROM staff_account WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), staff.into()],
        )?;
        rows.first().ok_or(StoreError::NotFound("staff account"))?.get(0, "office_id")
    }

    /// Leave to administer somebody's account.
    ///
    /// # Errors
    /// A refusal of the gate, or [`StoreError::NotFound`].
    pub fn permit_account(&mut self, staff: StaffId, terms: &Terms) -> Result<()> {
        let (office, facts) = (self.office_of_account(staff)?, self.facts_of_account(staff)?);
        self.permit_house(ResourceKind::StaffAccount, *staff.as_bytes(), office, Some(facts), terms)
    }

    /// Adds a staff account. The roles are given by somebody else than the person who gets them.
    ///
    /// # Errors
    /// A refusal of the gate; [`StoreError::Invalid`] when the sign-in name is taken.
    pub fn add_account(&mut self, new: &NewAccount, terms: &Terms) -> Result<StaffId> {
        let id = StaffId::from_bytes(self.fresh_id());
        let facts = self.facts_of_account(id)?;
        self.permit_house(ResourceKind::StaffAccount, *id.as_bytes(), new.office, Some(facts), terms)?;
        let controller = self.controller();
        let now = self.now;
        self.store.insert_account(self.conn, controller, id, new, now)
    }

    /// Changes what somebody is trusted to do, and until when their training counts.
    ///
    /// # Errors
    /// A refusal of the gate (nobody changes their own), or [`StoreError::NotFound`].
    pub fn change_account(
        &mut self,
        staff: StaffId,
        roles: RoleSet,
        training_until: Option<Timestamp>,
        terms: &Terms,
    ) -> Result<()> {
        self.permit_account(staff, terms)?;
        self.execute(
            "UPDATE staff_account SET roles = $3, training_until = $4 WHERE controller_id = $1 AND id = $2",
            &[
                self.controller().into(),
                staff.into(),
                roles_text(roles).into(),
                training_until.unwrap_or(Timestamp::UNIX_EPOCH).into(),
            ],
        )
        .map(|_| ())
    }

    /// Closes the account of somebody who leaves: sessions and grants end now. What they worked on stays theirs
    /// until it is given to others.
    ///
    /// # Errors
    /// A refusal of the gate, or [`StoreError::NotFound`].
    pub fn close_account(&mut self, staff: StaffId, terms: &Terms) -> Result<()> {
        self.permit_account(staff, terms)?;
        let key = [self.controller().into(), staff.into()];
        self.execute("UPDATE staff_account SET active = 0 WHERE controller_id = $1 AND id = $2", &key)?;
        self.execute("DELETE FROM session WHERE controller_id = $1 AND staff_id = $2", &key)?;
        self.execute(
            "UPDATE access_grant SET revoked_at = $3 WHERE controller_id = $1 AND staff_id = $2 AND revoked_at IS NULL",
            &[self.controller().into(), staff.into(), self.now.into()],
        )
        .map(|_| ())
    }
}

fn taken(made: u64) -> Result<()> {
    if made == 1 {
        return Ok(());
    }
    Err(StoreError::Invalid("this reference is in use already: choose another".to_owned()))
}

/// The work that a leaver leaves, by office; which, not what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Left {
    /// Open cases.
    pub cases: i64,
    /// Open tasks.
    pub tasks: i64,
}

impl Store {
    /// What is recorded of the offices' adherence: of each the newest.
    ///
    /// # Errors
    /// What the database answers.
    pub fn adherences(&self, controller: counterfoil_domain::ids::ControllerId) -> Result<Vec<Recorded>> {
        let rows = self.read(|conn| {
            conn.query(
                "adherence",
                "SELECT office_id, agreement, signed_on, training_on, reviewed_on, next_review, lapses_on, made_at \
                 FROM adherence a WHERE controller_id = $1 AND made_at = (SELECT MAX(b.made_at) FROM adherence b \
                 WHERE b.controller_id = a.controller_id AND b.office_id = a.office_id) ORDER BY id",
                &[controller.into()],
            )
        })?;
        rows.iter().map(recorded).collect()
    }

    /// The partnerships of the network, the newest first.
    ///
    /// # Errors
    /// What the database answers.
    pub fn partnerships(
        &self,
        controller: counterfoil_domain::ids::ControllerId,
    ) -> Result<Vec<Partnership>> {
        let rows = self.read(|conn| {
            conn.query(
                "partnership",
                "SELECT id, office_id, other_office_id, reference, about, valid_from, valid_until, ended_at \
                 FROM partnership WHERE controller_id = $1 ORDER BY valid_from DESC, id DESC",
                &[controller.into()],
            )
        })?;
        rows.iter()
            .map(|r| {
                Ok(Partnership {
                    id: r.get(0, "id")?,
                    offices: (r.get(1, "office_id")?, r.get(2, "other_office_id")?),
                    reference: r.get(3, "reference")?,
                    about: r.get(4, "about")?,
                    from: r.get(5, "valid_from")?,
                    until: r.get(6, "valid_until")?,
                    ended_at: r.get(7, "ended_at")?,
                })
            })
            .collect()
    }

    /// The incidents under investigation.
    ///
    /// # Errors
    /// What the database answers.
    pub fn incidents(&self, controller: counterfoil_domain::ids::ControllerId) -> Result<Vec<Incident>> {
        let rows = self.read(|conn| {
            conn.query(
                "incident",
                "SELECT id, office_id, reference, opened_at, closed_at FROM incident WHERE controller_id = $1 \
                 ORDER BY opened_at DESC",
                &[controller.into()],
            )
        })?;
        rows.iter()
            .map(|r| {
                Ok(Incident {
                    id: r.get(0, "id")?,
                    office: r.get(1, "office_id")?,
                    reference: r.get(2, "reference")?,
                    opened_at: r.get(3, "opened_at")?,
                    closed_at: r.get(4, "closed_at")?,
                })
            })
            .collect()
    }

    /// How much open work is somebody's.
    ///
    /// # Errors
    /// What the database answers.
    pub fn work_of(&self, controller: counterfoil_domain::ids::ControllerId, staff: StaffId) -> Result<Left> {
        let rows = self.read(|conn| {
            conn.query(
                "case_file",
                "SELECT (SELECT COUNT(*) FROM case_file WHERE controller_id = $1 AND worker_id = $2 \
                 AND status <> 'closed'), (SELECT COUNT(*) FROM case_entry WHERE controller_id = $1 AND staff_id = $2 \
                 AND kind = 'task' AND state = 'open')",
                &[controller.into(), staff.into()],
            )
        })?;
        let row = rows.first().ok_or(StoreError::NotFound("staff account"))?;
        Ok(Left { cases: row.get(0, "cases")?, tasks: row.get(1, "tasks")? })
    }
}

fn recorded(r: &Row) -> Result<Recorded> {
    Ok(Recorded {
        office: r.get(0, "office_id")?,
        adherence: Adherence {
            agreement: r.get(1, "agreement")?,
            signed_on: r.get(2, "signed_on")?,
            training_on: r.get(3, "training_on")?,
            reviewed_on: r.get(4, "reviewed_on")?,
            next_review: r.get(5, "next_review")?,
        },
        lapses_on: r.get(6, "lapses_on")?,
        made_at: r.get(7, "made_at")?,
    })
}
