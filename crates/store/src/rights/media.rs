//! What became of the regions recorded with pictures, sound and film in rights requests: counts alone.

use counterfoil_domain::ids::{ControllerId, ItemId};
use jiff::Timestamp;

use super::requests::Request;
use crate::error::Result;
use crate::store::Store;
use crate::tx::Tx;

/// The counts of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Media {
    /// Which item.
    pub item: ItemId,
    /// `picture` or `recording`.
    pub kind: &'static str,
    /// `found`, or `released` when a copy of it is in the sealed pack.
    pub state: &'static str,
    /// Regions recorded.
    pub regions: i64,
    /// Of these, those of somebody else than the requester.
    pub others: i64,
    /// Of the others, those given by a decision.
    pub given: i64,
    /// Of the others, those covered or silent in the copy, as it was read again.
    pub covered: i64,
}

/// The counts of an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MediaFigures {
    /// Pictures and recordings with something recorded in them that were put into a request.
    pub found: i64,
    /// Those whose copy was sealed.
    pub released: i64,
    /// Regions of somebody else that are covered or silent in a sealed copy.
    pub covered: i64,
    /// Regions of somebody else that were given by a decision.
    pub given: i64,
    /// Regions of somebody else in a sealed copy that are neither: never, unless the data was altered.
    pub bare: i64,
    /// When the last copy was sealed.
    pub last: Option<Timestamp>,
}

impl Tx<'_> {
    /// Keeps the counts of an item, replacing those before.
    ///
    /// # Errors
    /// What the database answers.
    pub fn keep_media(&mut self, request: &Request, media: &Media) -> Result<()> {
        self.execute(
            "INSERT INTO request_media (controller_id, item_id, request_id, kind, state, regions, others, given, covered, \
             changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (controller_id, item_id) DO UPDATE \
             SET state = EXCLUDED.state, regions = EXCLUDED.regions, others = EXCLUDED.others, given = EXCLUDED.given, \
             covered = EXCLUDED.covered, changed_at = EXCLUDED.changed_at",
            &[
                self.controller().into(),
                media.item.into(),
                request.id.into(),
                media.kind.into(),
                media.state.into(),
                media.regions.into(),
                media.others.into(),
                media.given.into(),
                media.covered.into(),
                self.now().into(),
            ],
        )
        .map(|_| ())
    }
}

impl Store {
    /// Counts pictures and recordings for the ledger.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn media_figures(&self, controller: ControllerId) -> Result<MediaFigures> {
        let sealed = "SUM(CASE WHEN state = 'released' THEN";
        let sql = format!(
            "SELECT COUNT(*), CAST(COALESCE({sealed} 1 ELSE 0 END), 0) AS BIGINT), \
             CAST(COALESCE({sealed} covered ELSE 0 END), 0) AS BIGINT), \
             CAST(COALESCE({sealed} given ELSE 0 END), 0) AS BIGINT), \
             CAST(COALESCE({sealed} others - given - covered ELSE 0 END), 0) AS BIGINT), \
             MAX(CASE WHEN state = 'released' THEN changed_at END) FROM request_media WHERE controller_id = $1"
        );
        let rows = self.read(|conn| conn.query("request_media", &sql, &[controller.into()]))?;
        let Some(row) = rows.first() else { return Ok(MediaFigures::default()) };
        Ok(MediaFigures {
            found: row.get(0, "found")?,
            released: row.get(1, "released")?,
            covered: row.get(2, "covered")?,
            given: row.get(3, "given")?,
            bare: row.get(4, "bare")?,
            last: row.get(5, "changed_at")?,
        })
    }
}

/// How many answers were sealed after every system of the register was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AskedFigures {
    /// Sealed answers of which it is on record how many systems there were.
    pub sealed: i64,
    /// The systems that were asked or left out with a reason, over all of them.
    pub systems: i64,
    /// Sealed answers with a system that neither answered nor was left out: never, unless the data was altered.
    pub unasked: i64,
    /// Sources that wait, of requests that are not sealed.
    pub waiting: i64,
    /// When the last was sealed.
    pub last: Option<Timestamp>,
}

impl Store {
    /// Counts the systems that sealed answers were asked of, for the ledger.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn asked_figures(&self, controller: ControllerId) -> Result<AskedFigures> {
        let sql = "SELECT CAST(COALESCE(SUM(CASE WHEN systems > 0 THEN 1 ELSE 0 END), 0) AS BIGINT), \
             CAST(COALESCE(SUM(systems - systems_unasked), 0) AS BIGINT), \
             CAST(COALESCE(SUM(CASE WHEN systems_unasked > 0 THEN 1 ELSE 0 END), 0) AS BIGINT), \
             MAX(CASE WHEN systems > 0 THEN sealed_at END), \
             (SELECT COUNT(*) FROM request_source s JOIN rights_request q ON q.controller_id = s.controller_id \
             AND q.id = s.request_id WHERE s.controller_id = $1 AND s.result IN ('pending', 'failed') \
             AND q.state IN ('received', 'identified', 'searched')) FROM request_pack WHERE controller_id = $1";
        let rows = self.read(|conn| conn.query("request_pack", sql, &[controller.into()]))?;
        let Some(row) = rows.first() else { return Ok(AskedFigures::default()) };
        Ok(AskedFigures {
            sealed: row.get(0, "sealed")?,
            systems: row.get(1, "systems")?,
            unasked: row.get(2, "unasked")?,
            last: row.get(3, "sealed_at")?,
            waiting: row.get(4, "waiting")?,
        })
    }
}
