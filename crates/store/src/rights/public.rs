//! Figures of the public pages and of other ways by which requests come: counts, no content.

use counterfoil_domain::ids::ControllerId;
use jiff::Timestamp;

use crate::db::Row;
use crate::error::Result;
use crate::store::Store;

/// What was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PublicFigures {
    /// Requests whose askers have a key and a code.
    pub keys: u64,
    /// When the last was given.
    pub last_key: Option<Timestamp>,
    /// Keys that wrong codes have ended.
    pub ended: u64,
    /// Papers that askers sent and that are kept still.
    pub papers: u64,
    /// How often an answer was collected.
    pub collected: u64,
    /// Requests that a member of staff logged.
    pub logged: u64,
    /// Requests that were passed to another office.
    pub passed: u64,
    /// Requests for erasure, however they came.
    pub erasure: u64,
    /// Mails that may hold a request and that nobody has looked at for two days.
    pub mail_waiting: u64,
    /// When the last was logged by staff or passed.
    pub last_routed: Option<Timestamp>,
}

impl Store {
    /// Counts what the public pages and the other channels did.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn public_figures(&self, controller: ControllerId) -> Result<PublicFigures> {
        let one = |sql: &str, extra: Option<i64>| -> Result<(u64, Option<Timestamp>)> {
            let rows = self.read(|conn| {
                let mut params = vec![controller.into()];
                params.extend(extra.map(Into::into));
                conn.query("figures", sql, &params)
            })?;
            rows.first().map_or(Ok((0, None)), count)
        };
        let (keys, last_key) =
            one("SELECT COUNT(*), MAX(made_at) FROM follow_access WHERE controller_id = $1", None)?;
        let ended = one(
            "SELECT COUNT(*), MAX(made_at) FROM follow_access WHERE controller_id = $1 AND locked_until = $2",
            Some(i64::MAX),
        )?;
        let papers = one("SELECT COUNT(*), MAX(made_at) FROM asker_file WHERE controller_id = $1", None)?;
        let collected = one(
            "SELECT COUNT(*), MAX(spent_at) FROM pack_ticket WHERE controller_id = $1 AND spent_at IS NOT NULL",
            None,
        )?;
        let (logged, last_logged) = one(
            "SELECT COUNT(*), MAX(recorded_at) FROM request_event \
             WHERE controller_id = $1 AND kind = 'received' AND recorded_by IS NOT NULL",
            None,
        )?;
        let (passed, last_passed) = one(
            "SELECT COUNT(*), MAX(recorded_at) FROM request_event WHERE controller_id = $1 AND kind = 'passed'",
            None,
        )?;
        let erasure = one(
            "SELECT COUNT(*), MAX(made_at) FROM rights_request WHERE controller_id = $1 AND right_name = 'erasure'",
            None,
        )?;
        let two_days_ago = self.now().as_millisecond() - 48 * 3_600_000;
        let mail_waiting = one(
            "SELECT COUNT(*), MAX(made_at) FROM mail_item WHERE controller_id = $1 AND state = 'waiting' AND made_at < $2",
            Some(two_days_ago),
        )?;
        Ok(PublicFigures {
            mail_waiting: mail_waiting.0,
            keys,
            last_key,
            ended: ended.0,
            papers: papers.0,
            collected: collected.0,
            logged,
            passed,
            erasure: erasure.0,
            last_routed: last_logged.max(last_passed),
        })
    }
}

fn count(row: &Row) -> Result<(u64, Option<Timestamp>)> {
    let number: i64 = row.get(0, "count")?;
    Ok((u64::try_from(number).unwrap_or(0), row.get(1, "last")?))
}
