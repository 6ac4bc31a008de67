//! A second person's look at the decisions, and the work of a request that runs in the background.

use counterfoil_domain::ids::{JobId, StaffId};
use jiff::Timestamp;
use serde::Serialize;

use super::items::KeptDecision;
use super::requests::{Request, numbered};
use crate::error::{Result, StoreError};
use crate::jobs::Progress;
use crate::seal::aead::Place;
use crate::tx::Tx;

/// One person's look at one decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The decision's number.
    pub number: i64,
    /// Who looked.
    pub staff: StaffId,
    /// `agreed` or `queried`.
    pub result: String,
    /// When.
    pub at: Timestamp,
}

/// A decision with its end, for who asks what changed.
#[derive(Debug, Clone, PartialEq)]
pub struct PastDecision {
    /// The decision.
    pub kept: KeptDecision,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
}

impl Tx<'_> {
    /// Notes the actor's look at a decision that counts, in place of an earlier one.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such decision, [`StoreError::Invalid`] when it is the actor's own.
    pub fn check_decision(&mut self, request: &Request, number: i64, result: &str) -> Result<()> {
        let staff = self.who.staff().ok_or(StoreError::NotFound("staff account"))?.staff;
        let decisions = self.decisions_of(request)?;
        let decision =
            decisions.iter().find(|d| d.number == number).ok_or(StoreError::NotFound("decision"))?;
        if decision.by == staff {
            return Err(StoreError::Invalid(
                "this is your own decision: a second person checks it".to_owned(),
            ));
        }
        self.execute(
            "INSERT INTO request_check (controller_id, request_id, number, staff_id, result, checked_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (controller_id, request_id, number, staff_id) DO UPDATE \
             SET result = EXCLUDED.result, checked_at = EXCLUDED.checked_at",
            &[
                self.controller().into(),
                request.id.into(),
                number.into(),
                staff.into(),
                result.into(),
                self.now.into(),
            ],
        )
        .map(|_| ())
    }

    /// The looks at the decisions of a request.
    ///
    /// # Errors
    /// What the database answers.
    pub fn checks_of(&mut self, request: &Request) -> Result<Vec<Check>> {
        let rows = self.query(
            "request_check",
            "SELECT number, staff_id, result, checked_at FROM request_check \
             WHERE controller_id = $1 AND request_id = $2 ORDER BY number, checked_at",
            &[self.controller().into(), request.id.into()],
        )?;
        rows.iter()
            .map(|r| {
                Ok(Check {
                    number: r.get(0, "number")?,
                    staff: r.get(1, "staff_id")?,
                    result: r.get(2, "result")?,
                    at: r.get(3, "checked_at")?,
                })
            })
            .collect()
    }

    /// Every decision that was ever made about a request, those taken back as well, in order.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn all_decisions_of(&mut self, request: &Request) -> Result<Vec<PastDecision>> {
        let rows = self.query(
            "request_decision",
            "SELECT number, sealed, decided_by, decided_at, undone_at FROM request_decision \
             WHERE controller_id = $1 AND request_id = $2 ORDER BY number",
            &[self.controller().into(), request.id.into()],
        )?;
        rows.iter()
            .map(|r| {
                let number = r.get(0, "number")?;
                let row = numbered(request.id, number);
                let place = Place { table: "request_decision", column: "sealed", row: &row };
                let kept = KeptDecision {
                    number,
                    what: self.open(place, &r.get::<Vec<u8>>(1, "sealed")?)?,
                    by: r.get(2, "decided_by")?,
                    at: r.get(3, "decided_at")?,
                };
                Ok(PastDecision { kept, undone_at: r.get(4, "undone_at")? })
            })
            .collect()
    }

    /// When the actor last approved the request, whether that approval still counts or not.
    ///
    /// # Errors
    /// What the database answers.
    pub fn last_approval(&mut self, request: &Request) -> Result<Option<Timestamp>> {
        let Some(staff) = self.who.staff().map(|s| s.staff) else { return Ok(None) };
        let rows = self.query(
            "request_approval",
            "SELECT approved_at FROM request_approval WHERE controller_id = $1 AND request_id = $2 AND staff_id = $3",
            &[self.controller().into(), request.id.into(), staff.into()],
        )?;
        rows.first().map(|r| r.get(0, "approved_at")).transpose()
    }
}

impl Tx<'_> {
    /// Queues a job about a request, its payload sealed under the request's key. One of the kind that waits or
    /// runs already is given back instead: pressed twice, it is done once.
    ///
    /// # Errors
    /// What the database answers.
    pub fn queue_for(&mut self, request: &Request, kind: &str, payload: &impl Serialize) -> Result<JobId> {
        if let Some((job, progress)) = self.job_of(request, kind)?
            && matches!(progress.state.as_str(), "waiting" | "running")
        {
            return Ok(job);
        }
        let job = self.queue(kind, Some(request.key), payload, self.now)?;
        self.execute(
            "INSERT INTO request_job (controller_id, request_id, kind, job_id) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (controller_id, request_id, kind) DO UPDATE SET job_id = EXCLUDED.job_id",
            &[self.controller().into(), request.id.into(), kind.into(), job.into()],
        )?;
        Ok(job)
    }

    /// The last job of a kind, and how far it is.
    ///
    /// # Errors
    /// What the database answers.
    pub fn job_of(&mut self, request: &Request, kind: &str) -> Result<Option<(JobId, Progress)>> {
        let rows = self.query(
            "job",
            "SELECT j.id, j.state, j.done, j.total, j.why, j.finished_at, j.attempts FROM request_job r \
             JOIN job j ON j.controller_id = r.controller_id AND j.id = r.job_id \
             WHERE r.controller_id = $1 AND r.request_id = $2 AND r.kind = $3",
            &[self.controller().into(), request.id.into(), kind.into()],
        )?;
        rows.first()
            .map(|r| {
                let progress = Progress {
                    state: r.get(1, "state")?,
                    done: r.get(2, "done")?,
                    total: r.get(3, "total")?,
                    why: r.get(4, "why")?,
                    finished_at: r.get(5, "finished_at")?,
                    attempts: r.get(6, "attempts")?,
                };
                Ok((r.get(0, "id")?, progress))
            })
            .transpose()
    }
}
