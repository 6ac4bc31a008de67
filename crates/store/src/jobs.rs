//! The job queue: rows written in the transaction that causes them.
//!
//! A job is claimed for a while, so that one whose worker dies is taken up again; a job must therefore
//! be harmless to run twice. Payloads are sealed, under the person's key when they are about one.

use counterfoil_domain::ids::{ControllerId, JobId};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::db::{Engine, Row, Value};
use crate::error::{Result, StoreError};
use crate::permit::Permit;
use crate::seal::aead::{KeyId, Place};
use crate::store::Store;
use crate::tx::Tx;

/// How often a job is tried before it is given up.
const TRIES: i64 = 5;

/// A job that was claimed.
#[derive(Debug, Clone)]
pub struct Job {
    /// Whose installation part it belongs to.
    pub controller: ControllerId,
    /// Which.
    pub id: JobId,
    /// What kind of work.
    pub kind: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
    sealed: Vec<u8>,
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// `waiting`, `running`, `done` or `failed`.
    pub state: String,
    /// Steps done.
    pub done: i64,
    /// Steps in all; 0 when not known.
    pub total: i64,
    /// Why it failed, in plain words without personal data.
    pub why: String,
    /// When it was over.
    pub finished_at: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: i64,
}

const fn place(job: &JobId) -> Place<'_> {
    Place { table: "job", column: "sealed", row: job.as_bytes() }
}

impl Tx<'_> {
    /// Queues a job about the person whose record is open: its payload goes when they are erased.
    ///
    /// # Errors
    /// What the database answers.
    pub fn queue_about(
        &mut self,
        permit: &Permit,
        kind: &str,
        payload: &impl Serialize,
        run_at: Timestamp,
    ) -> Result<JobId> {
        self.queue(kind, Some(permit.key()), payload, run_at)
    }

    /// Queues a job in this act. `key` is the key of the person whom it is about, if of one.
    ///
    /// # Errors
    /// What the database answers.
    pub fn queue(
        &mut self,
        kind: &str,
        key: Option<KeyId>,
        payload: &impl Serialize,
        run_at: Timestamp,
    ) -> Result<JobId> {
        let id = JobId::from_bytes(self.fresh_id());
        let key = match key {
            Some(key) => key,
            None => self.controller_key()?,
        };
        let sealed = self.seal(key, place(&id), payload)?;
        self.execute(
            "INSERT INTO job (controller_id, id, kind, state, key_id, sealed, attempts, done, total, why, run_at, \
             claimed_until, made_at) VALUES ($1, $2, $3, 'waiting', $4, $5, 0, 0, 0, '', $6, 0, $7)",
            &[
                self.controller().into(),
                id.into(),
                kind.into(),
                key.0.into(),
                sealed.into(),
                run_at.into(),
                self.now.into(),
            ],
        )?;
        Ok(id)
    }
}

impl Store {
    /// Claims the job that has waited longest, for `lease`.
    ///
    /// # Errors
    /// What the database answers.
    pub fn claim_job(&self, lease: SignedDuration) -> Result<Option<Job>> {
        self.claim_job_of(None, &[], lease)
    }

    /// Claims the job of one of these kinds (of any, when none is named) that has waited longest, for `lease`: of one
    /// organisation, whose worker has its providers, or of any.
    ///
    /// # Errors
    /// What the database answers.
    pub fn claim_job_of(
        &self,
        controller: Option<ControllerId>,
        kinds: &[&str],
        lease: SignedDuration,
    ) -> Result<Option<Job>> {
        let now = self.now();
        let (mut among, mut asked) = kinds_clause(kinds);
        asked.insert(0, now.into());
        if let Some(controller) = controller {
            asked.push(controller.into());
            among.push_str(&format!(" AND controller_id = ${}", asked.len()));
        }
        // Looking does not write: idle workers leave the one writer of the embedded engine alone.
        let waits = format!("SELECT 1 FROM job WHERE {DUE}{among} LIMIT 1");
        if self.read(|conn| conn.query("job", &waits, &asked))?.is_empty() {
            return Ok(None);
        }
        self.write(|conn| {
            let lock = match conn.engine() {
                Engine::Sqlite => "",
                Engine::Postgres => " FOR UPDATE SKIP LOCKED",
            };
            let sql = format!(
                "SELECT controller_id, id, kind, attempts, sealed FROM job WHERE {DUE}{among} \
                 ORDER BY run_at, id LIMIT 1{lock}"
            );
            let rows = conn.query("job", &sql, &asked)?;
            let Some(row) = rows.first() else { return Ok(None) };
            let job = read(row)?;
            conn.execute(
                "UPDATE job SET state = 'running', attempts = $3, claimed_until = $4 \
                 WHERE controller_id = $1 AND id = $2",
                &[job.controller.into(), job.id.into(), job.attempts.into(), (now + lease).into()],
            )?;
            Ok(Some(job))
        })
    }

    /// Opens a job's payload.
    ///
    /// # Errors
    /// [`crate::StoreError::KeyGone`] when the person whom it is about was erased.
    pub fn job_payload<T: DeserializeOwned>(&self, job: &Job) -> Result<T> {
        if job.sealed.is_empty() {
            return Err(StoreError::KeyGone);
        }
        self.inner.open(place(&job.id), &job.sealed)
    }

    /// Notes how far a job is, and claims it for `lease` more. False when another worker has it, or it is
    /// over: then this one should stop.
    ///
    /// # Errors
    /// What the database answers.
    pub fn job_progress(&self, job: &Job, done: i64, total: i64, lease: SignedDuration) -> Result<bool> {
        let until = self.now() + lease;
        self.write(|conn| {
            conn.execute(
                "UPDATE job SET done = $3, total = $4, claimed_until = $5 \
                 WHERE controller_id = $1 AND id = $2 AND state = 'running' AND attempts = $6",
                &[
                    job.controller.into(),
                    job.id.into(),
                    done.into(),
                    total.into(),
                    until.into(),
                    job.attempts.into(),
                ],
            )
            .map(|n| n == 1)
        })
    }

    /// Ends a job, or puts it back with a growing pause; after five tries it has failed, with its reason.
    /// The payload of a job that is over is emptied. A worker whose lease ran out, and whose job another
    /// took up, changes nothing.
    ///
    /// # Errors
    /// What the database answers.
    pub fn end_job(&self, job: &Job, outcome: std::result::Result<(), &str>) -> Result<()> {
        let now = self.now();
        let (state, why, run_at) = match outcome {
            Ok(()) => ("done", "", now),
            Err(why) if job.attempts >= TRIES => ("failed", why, now),
            Err(why) => ("waiting", why, now + SignedDuration::from_secs(10 << job.attempts.clamp(0, 6))),
        };
        self.settle_job(job, state, why, run_at)
    }

    /// Ends a job that trying again cannot help: the law, the gate or the state of things refuses it.
    ///
    /// # Errors
    /// What the database answers.
    pub fn fail_job(&self, job: &Job, why: &str) -> Result<()> {
        self.settle_job(job, "failed", why, self.now())
    }

    fn settle_job(&self, job: &Job, state: &str, why: &str, run_at: Timestamp) -> Result<()> {
        let now = self.now();
        let over = state != "waiting";
        self.write(|conn| {
            conn.execute(
                "UPDATE job SET state = $3, why = $4, run_at = $5, claimed_until = 0, finished_at = $6, \
                 sealed = CASE WHEN $7 = 1 THEN $8 ELSE sealed END \
                 WHERE controller_id = $1 AND id = $2 AND state = 'running' AND attempts = $9",
                &[
                    job.controller.into(),
                    job.id.into(),
                    state.into(),
                    why.into(),
                    run_at.into(),
                    over.then_some(now).into(),
                    i64::from(over).into(),
                    Vec::new().into(),
                    job.attempts.into(),
                ],
            )
            .map(|_| ())
        })
    }

    /// How far a job is.
    ///
    /// # Errors
    /// What the database answers.
    pub fn job_state(&self, controller: ControllerId, job: JobId) -> Result<Option<Progress>> {
        let rows = self.read(|conn| {
            conn.query(
                "job",
                "SELECT state, done, total, why, finished_at, attempts FROM job WHERE controller_id = $1 AND id = $2",
                &[controller.into(), job.into()],
            )
        })?;
        rows.first()
            .map(|r| {
                Ok(Progress {
                    state: r.get(0, "state")?,
                    done: r.get(1, "done")?,
                    total: r.get(2, "total")?,
                    why: r.get(3, "why")?,
                    finished_at: r.get(4, "finished_at")?,
                    attempts: r.get(5, "attempts")?,
                })
            })
            .transpose()
    }

    /// How many jobs are in each state, for health and the tests that must end with none waiting.
    ///
    /// # Errors
    /// What the database answers.
    pub fn job_counts(&self) -> Result<Vec<(String, i64)>> {
        let rows = self.read(|conn| {
            conn.query("job", "SELECT state, COUNT(*) FROM job GROUP BY state ORDER BY state", &[])
        })?;
        rows.iter().map(|r| Ok((r.get(0, "state")?, r.get(1, "count")?))).collect()
    }
}

/// Jobs that may be claimed at `$1`.
const DUE: &str = "state IN ('waiting', 'running') AND run_at <= $1 AND claimed_until <= $1";

/// ` AND kind IN ($2, …)`, with its values.
fn kinds_clause(kinds: &[&str]) -> (String, Vec<Value>) {
    if kinds.is_empty() {
        return (String::new(), Vec::new());
    }
    let places: Vec<String> = (0..kinds.len()).map(|n| format!("${}", n + 2)).collect();
    (format!(" AND kind IN ({})", places.join(", ")), kinds.iter().map(|k| (*k).into()).collect())
}

fn read(row: &Row) -> Result<Job> {
    Ok(Job {
        controller: row.get(0, "controller_id")?,
        id: row.get(1, "id")?,
        kind: row.get(2, "kind")?,
        attempts: row.get::<i64>(3, "attempts")? + 1,
        sealed: row.get(4, "sealed")?,
    })
}
