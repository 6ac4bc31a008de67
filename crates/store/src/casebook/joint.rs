//! Joint work and handing over: a case shared with another office for a time, a record offered and taken over.

use counterfoil_domain::access::{ResourceKind, Verb};
use counterfoil_domain::ids::{CaseId, OfficeId, PersonId, ShareId, StaffId, TransferId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::{Result, StoreError};
use crate::permit::{Permit, Record, Terms};
use crate::seal::aead::Place;
use crate::tx::Tx;

/// The sealed part of a share or an offer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JointText {
    /// Why.
    pub why: String,
    /// What the person said about it.
    pub person_says: String,
}

/// A case that another office works on too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Which.
    pub id: ShareId,
    /// Whose case.
    pub person: PersonId,
    /// Which case.
    pub case: CaseId,
    /// The other office.
    pub office: OfficeId,
    /// Why; none where the record itself is not open.
    pub text: Option<JointText>,
    /// From when.
    pub from: Timestamp,
    /// Until when (not including).
    pub until: Timestamp,
    /// When it was ended before its time.
    pub ended_at: Option<Timestamp>,
}

/// A record offered to another office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Which.
    pub id: TransferId,
    /// Whose record.
    pub person: PersonId,
    /// The office that offers.
    pub from: OfficeId,
    /// The office that is asked.
    pub to: OfficeId,
    /// `offered`, `accepted`, `declined` or `withdrawn`.
    pub state: String,
    /// Who offered it.
    pub made_by: StaffId,
    /// When.
    pub made_at: Timestamp,
}

const fn share_place(id: &ShareId) -> Place<'_> {
    Place { table: "case_share", column: "sealed", row: id.as_bytes() }
}

const fn transfer_place(id: &TransferId) -> Place<'_> {
    Place { table: "record_transfer", column: "sealed", row: id.as_bytes() }
}

impl Tx<'_> {
    /// Whether a case of this person, or any, is shared with the office now.
    pub(crate) fn is_shared(
        &mut self,
        person: PersonId,
        case: Option<CaseId>,
        office: OfficeId,
    ) -> Result<bool> {
        let rows = self.query(
            "case_share",
            "SELECT case_id FROM case_share WHERE controller_id = $1 AND person_id = $2 AND office_id = $3 \
             AND valid_from <= $4 AND valid_until > $4 AND ended_at IS NULL",
            &[self.controller().into(), person.into(), office.into(), self.now.into()],
        )?;
        let cases = rows.iter().map(|r| r.get(0, "case_id")).collect::<Result<Vec<CaseId>>>()?;
        Ok(case.map_or(!cases.is_empty(), |case| cases.contains(&case)))
    }

    /// Whether the person's record is offered to the office.
    pub(crate) fn is_offered(&mut self, person: PersonId, office: OfficeId) -> Result<bool> {
        let rows = self.query(
            "record_transfer",
            "SELECT 1 FROM record_transfer WHERE controller_id = $1 AND person_id = $2 AND to_office = $3 \
             AND state = 'offered' LIMIT 1",
            &[self.controller().into(), person.into(), office.into()],
        )?;
        Ok(!rows.is_empty())
    }

    /// Shares a case with another office until a moment.
    ///
    /// # Errors
    /// A refusal of the gate (only the home office shares); [`StoreError::Invalid`] for the own office, or a
    /// moment that is past.
    pub fn share_case(
        &mut self,
        case: CaseId,
        office: OfficeId,
        until: Timestamp,
        text: &JointText,
        terms: &Terms,
    ) -> Result<ShareId> {
        let person = self.person_of_case(case)?;
        let permit = self.permit(Record::Case(Some(case)), person, terms)?;
        permit.covers(ResourceKind::Case, &[Verb::RecordEdit])?;
        self.home_office_only(&permit)?;
        if office == permit.office() {
            return Err(StoreError::Invalid("this is the case's own office: choose another".to_owned()));
        }
        if until <= self.now {
            return Err(StoreError::Invalid("choose a day in the future: sharing is for a time".to_owned()));
        }
        let id = ShareId::from_bytes(self.fresh_id());
        let sealed = self.seal(permit.key(), share_place(&id), text)?;
        let by = self.who.staff().map_or([0; 16], |s| *s.staff.as_bytes());
        self.execute(
            "INSERT INTO case_share (controller_id, id, person_id, case_id, office_id, sealed, valid_from, \
             valid_until, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                self.controller().into(),
                id.into(),
                person.into(),
                case.into(),
                office.into(),
                sealed.into(),
                self.now.into(),
                until.into(),
                by.into(),
            ],
        )?;
        Ok(id)
    }

    /// What another office may do in a case is not to open it to a third.
    fn home_office_only(&self, permit: &Permit) -> Result<()> {
        if self.who.staff().is_some_and(|s| s.office == permit.office()) {
            return Ok(());
        }
        Err(StoreError::Refused {
            why: "only the record's home office does this".to_owned(),
            remedy: Some("ask the home office".to_owned()),
            policies: Vec::new(),
        })
    }

    /// Ends a share at once.
    ///
    /// # Errors
    /// A refusal of the gate, or [`StoreError::NotFound`].
    pub fn end_share(&mut self, share: ShareId, terms: &Terms) -> Result<()> {
        let rows = self.query(
            "case_share",
            "SELECT person_id, case_id FROM case_share WHERE controller_id = $1 AND id = $2 AND ended_at IS NULL",
            &[self.controller().into(), share.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("share"))?;
        let (person, case): (PersonId, CaseId) = (row.get(0, "person_id")?, row.get(1, "case_id")?);
        let permit = self.permit(Record::Case(Some(case)), person, terms)?;
        permit.covers(ResourceKind::Case, &[Verb::RecordEdit])?;
        self.home_office_only(&permit)?;
        self.execute(
            "UPDATE case_share SET ended_at = $3 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), share.into(), self.now.into()],
        )
        .map(|_| ())
    }

    /// The shares of a case that is open, newest first.
    ///
    /// # Errors
    /// A permit for something else, or altered content.
    pub fn shares_of(&mut self, permit: &Permit, case: CaseId) -> Result<Vec<Share>> {
        permit.covers(ResourceKind::Case, &[Verb::RecordRead, Verb::RecordExport])?;
        let rows = self.query(
            "case_share",
            "SELECT id, person_id, case_id, office_id, valid_from, valid_until, ended_at, sealed FROM case_share \
             WHERE controller_id = $1 AND case_id = $2 AND person_id = $3 ORDER BY valid_from DESC, id DESC",
            &[self.controller().into(), case.into(), permit.person().into()],
        )?;
        rows.iter()
            .map(|r| {
                let share = share(r)?;
                let text = self.open(share_place(&share.id), &r.get::<Vec<u8>>(7, "sealed")?)?;
                Ok(Share { text: Some(text), ..share })
            })
            .collect()
    }

    /// The cases that are shared with the actor's office now: which, not what they say.
    ///
    /// # Errors
    /// What the database answers.
    pub fn shared_with_us(&mut self) -> Result<Vec<Share>> {
        let office = self.who.staff().map(|s| s.office);
        let rows = self.query(
            "case_share",
            "SELECT id, person_id, case_id, office_id, valid_from, valid_until, ended_at FROM case_share \
             WHERE controller_id = $1 AND office_id = $2 AND valid_from <= $3 AND valid_until > $3 \
             AND ended_at IS NULL ORDER BY valid_until LIMIT 100",
            &[self.controller().into(), office.into(), self.now.into()],
        )?;
        rows.iter().map(share).collect()
    }

    /// Offers a record to another office. Until it accepts, nothing changes.
    ///
    /// # Errors
    /// A refusal of the gate; [`StoreError::Invalid`] for the own office or a second offer.
    pub fn offer_record(
        &mut self,
        person: PersonId,
        to: OfficeId,
        text: &JointText,
        terms: &Terms,
    ) -> Result<TransferId> {
        let permit = self.permit(Record::Person, person, terms)?;
        permit.covers(ResourceKind::Person, &[Verb::RecordEdit])?;
        self.home_office_only(&permit)?;
        if to == permit.office() {
            return Err(StoreError::Invalid("the record is at this office: choose another".to_owned()));
        }
        let waiting = self.query(
            "record_transfer",
            "SELECT 1 FROM record_transfer WHERE controller_id = $1 AND person_id = $2 AND state = 'offered' LIMIT 1",
            &[self.controller().into(), person.into()],
        )?;
        if !waiting.is_empty() {
            return Err(StoreError::Invalid(
                "an offer of this record waits for its answer already".to_owned(),
            ));
        }
        let id = TransferId::from_bytes(self.fresh_id());
        let sealed = self.seal(permit.key(), transfer_place(&id), text)?;
        let by = self.who.staff().map_or([0; 16], |s| *s.staff.as_bytes());
        self.execute(
            "INSERT INTO record_transfer (controller_id, id, person_id, from_office, to_office, state, sealed, \
             made_by, made_at) VALUES ($1, $2, $3, $4, $5, 'offered', $6, $7, $8)",
            &[
                self.controller().into(),
                id.into(),
                person.into(),
                permit.office().into(),
                to.into(),
                sealed.into(),
                by.into(),
                self.now.into(),
            ],
        )?;
        Ok(id)
    }

    /// Answers an offer for the actor's office: the record and its open cases move, or nothing does.
    ///
    /// # Errors
    /// A refusal of the gate, or [`StoreError::NotFound`] when it was answered or withdrawn.
    pub fn answer_offer(&mut self, transfer: TransferId, accept: bool, terms: &Terms) -> Result<JointText> {
        let rows = self.query(
            "record_transfer",
            "SELECT person_id, to_office, sealed FROM record_transfer \
             WHERE controller_id = $1 AND id = $2 AND state = 'offered'",
            &[self.controller().into(), transfer.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("offer that waits for an answer"))?;
        let (person, to): (PersonId, OfficeId) = (row.get(0, "person_id")?, row.get(1, "to_office")?);
        self.permit(Record::Person, person, terms)?.covers(ResourceKind::Person, &[Verb::RecordAccept])?;
        if accept {
            self.execute(
                "UPDATE person SET office_id = $3, changed_at = $4 WHERE controller_id = $1 AND id = $2",
                &[self.controller().into(), person.into(), to.into(), self.now.into()],
            )?;
            self.execute(
                "UPDATE case_file SET office_id = $3, worker_id = NULL, changed_at = $4 \
                 WHERE controller_id = $1 AND person_id = $2 AND status <> 'closed'",
                &[self.controller().into(), person.into(), to.into(), self.now.into()],
            )?;
        }
        self.end_offer(transfer, if accept { "accepted" } else { "declined" })?;
        self.open(transfer_place(&transfer), &row.get::<Vec<u8>>(2, "sealed")?)
    }

    /// Takes an offer back before it is answered.
    ///
    /// # Errors
    /// A refusal of the gate, or [`StoreError::NotFound`].
    pub fn withdraw_offer(&mut self, transfer: TransferId, terms: &Terms) -> Result<()> {
        let rows = self.query(
            "record_transfer",
            "SELECT person_id FROM record_transfer WHERE controller_id = $1 AND id = $2 AND state = 'offered'",
            &[self.controller().into(), transfer.into()],
        )?;
        let person = rows
            .first()
            .ok_or(StoreError::NotFound("offer that waits for an answer"))?
            .get(0, "person_id")?;
        let permit = self.permit(Record::Person, person, terms)?;
        permit.covers(ResourceKind::Person, &[Verb::RecordEdit])?;
        self.end_offer(transfer, "withdrawn")
    }

    fn end_offer(&mut self, transfer: TransferId, state: &str) -> Result<()> {
        let by = self.who.staff().map_or([0; 16], |s| *s.staff.as_bytes());
        let ended = self.execute(
            "UPDATE record_transfer SET state = $3, answered_by = $4, answered_at = $5 \
             WHERE controller_id = $1 AND id = $2 AND state = 'offered'",
            &[self.controller().into(), transfer.into(), state.into(), by.into(), self.now.into()],
        )?;
        if ended == 1 { Ok(()) } else { Err(StoreError::Conflict) }
    }

    /// The offers that wait, made to the actor's office or by it; says nothing of the person.
    ///
    /// # Errors
    /// What the database answers.
    pub fn offers(&mut self) -> Result<Vec<Transfer>> {
        let office = self.who.staff().map(|s| s.office);
        let rows = self.query(
            "record_transfer",
            "SELECT id, person_id, from_office, to_office, state, made_by, made_at FROM record_transfer \
             WHERE controller_id = $1 AND state = 'offered' AND (to_office = $2 OR from_office = $2) \
             ORDER BY made_at LIMIT 100",
            &[self.controller().into(), office.into()],
        )?;
        rows.iter()
            .map(|r| {
                Ok(Transfer {
                    id: r.get(0, "id")?,
                    person: r.get(1, "person_id")?,
                    from: r.get(2, "from_office")?,
                    to: r.get(3, "to_office")?,
                    state: r.get(4, "state")?,
                    made_by: r.get(5, "made_by")?,
                    made_at: r.get(6, "made_at")?,
                })
            })
            .collect()
    }
}

fn share(row: &crate::db::Row) -> Result<Share> {
    Ok(Share {
        id: row.get(0, "id")?,
        person: row.get(1, "person_id")?,
        case: row.get(2, "case_id")?,
        office: row.get(3, "office_id")?,
        text: None,
        from: row.get(4, "valid_from")?,
        until: row.get(5, "valid_until")?,
        ended_at: row.get(6, "ended_at")?,
    })
}
