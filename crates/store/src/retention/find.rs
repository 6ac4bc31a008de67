//! Looking: the date of birth of someone whose case may be past its time, and what came of a round.

use counterfoil_domain::access::{ResourceKind, Verb};
use counterfoil_domain::ids::{CaseId, ControllerId, PersonId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::casebook::people::{Profile, place};
use crate::error::Result;
use crate::permit::{Record, Terms};
use crate::store::Store;
use crate::tx::Tx;

/// What is found of a case.
#[derive(Debug, Clone)]
pub struct NewMark<'a> {
    /// Which case.
    pub case: CaseId,
    /// Whose.
    pub person: PersonId,
    /// The rule that applies.
    pub rule: &'a str,
    /// When the case was closed: a mark of an earlier closing says nothing.
    pub closed_at: Timestamp,
    /// Whether its time has come.
    pub ready: bool,
    /// When to look again.
    pub look_at: Timestamp,
}

/// A round of looking, in counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// Records whose days were read.
    pub dated: u64,
    /// People whose date of birth was opened.
    pub opened: u64,
    /// Records that are due.
    pub due: u64,
    /// Of these, those that are overdue.
    pub overdue: u64,
}

impl Tx<'_> {
    /// A person's date of birth, for the rule that one of their cases falls under.
    ///
    /// # Errors
    /// A refusal of the gate, or altered content.
    pub fn born_for_retention(&mut self, case: CaseId, person: PersonId) -> Result<Option<Date>> {
        let (permit, row) = self.permit_row(Record::Case(Some(case)), person, &Terms::default())?;
        permit.covers(ResourceKind::Case, &[Verb::DisposalFind])?;
        let profile: Profile = self.open(place(&person), &row.sealed)?;
        Ok(profile.born)
    }

    /// Keeps what was found of a case, replacing what was found before.
    ///
    /// # Errors
    /// What the database answers.
    pub fn mark_case(&mut self, mark: &NewMark<'_>) -> Result<()> {
        self.execute(
            "INSERT INTO retention_mark (controller_id, case_id, person_id, rule, closed_at, ready, look_at, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (controller_id, case_id) DO UPDATE \
             SET rule = EXCLUDED.rule, closed_at = EXCLUDED.closed_at, ready = EXCLUDED.ready, \
             look_at = EXCLUDED.look_at, made_at = EXCLUDED.made_at",
            &[
                self.controller().into(),
                mark.case.into(),
                mark.person.into(),
                mark.rule.into(),
                mark.closed_at.into(),
                mark.ready.into(),
                mark.look_at.into(),
                self.now.into(),
            ],
        )
        .map(|_| ())
    }
}

impl Store {
    /// Notes that a round of looking was done; rounds of more than a year ago are forgotten.
    ///
    /// # Errors
    /// What the database answers.
    pub fn keep_look(&self, controller: ControllerId, look: &Look) -> Result<()> {
        let (id, now) = (self.fresh_id(), self.now());
        let int = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        self.write(|conn| {
            conn.execute(
                "DELETE FROM retention_look WHERE controller_id = $1 AND made_at < $2",
                &[controller.into(), (now - SignedDuration::from_hours(366 * 24)).into()],
            )?;
            conn.execute(
                "INSERT INTO retention_look (controller_id, id, dated, opened, due, overdue, made_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                &[
                    controller.into(),
                    id.into(),
                    int(look.dated).into(),
                    int(look.opened).into(),
                    int(look.due).into(),
                    int(look.overdue).into(),
                    now.into(),
                ],
            )
            .map(|_| ())
        })
    }

    /// When the last round of looking was done.
    ///
    /// # Errors
    /// What the database answers.
    pub fn last_look(&self, controller: ControllerId) -> Result<Option<Timestamp>> {
        let rows = self.read(|conn| {
            conn.query(
                "retention_look",
                "SELECT MAX(made_at) FROM retention_look WHERE controller_id = $1",
                &[controller.into()],
            )
        })?;
        rows.first().map_or(Ok(None), |r| r.get(0, "made_at"))
    }
}
