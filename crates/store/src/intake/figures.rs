//! The counts behind the ledger's rows of the channels. Nothing is opened.

use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::intake::Channel;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::assurance::figures::Count;
use crate::db::{Conn, Value};
use crate::error::Result;
use crate::store::Store;

/// How long after its day a channel's copy may still be there before it counts against the promise.
const PATIENCE: SignedDuration = SignedDuration::from_hours(48);

/// What was counted of one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChannelFigures {
    /// Items that ended in a case, a referral or a signposting record, and when the last did.
    pub ended: Count,
    /// Parts that were dropped on the way.
    pub dropped: u64,
    /// Open items.
    pub open: u64,
    /// Of these, those past their limit.
    pub past: u64,
    /// Copies that are gone or confirmed, and when the last was.
    pub gone: Count,
    /// Copies that are on their way out, or somebody's to remove.
    pub leaving: u64,
    /// Copies that could not be removed, or should have been two days ago.
    pub stuck: u64,
    /// Messages that arrived or left, and when the last did.
    pub sent: Count,
    /// Messages that reached nobody.
    pub unreached: u64,
    /// Messages whose moment passed an hour ago and that nobody handed on.
    pub waiting: u64,
    /// Messages that were sent although the person had asked for none.
    pub against_wish: u64,
    /// Answers that no warning came before.
    pub unwarned: u64,
    /// People who were warned, and when the last was.
    pub warned: Count,
}

/// What was counted of the channels together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IntakeFigures {
    /// Closed items and messages whose key still stands: their words could still be opened.
    pub not_emptied: u64,
    /// Who asked for no more messages.
    pub opted_out: u64,
}

impl Store {
    /// Counts what the ledger needs of one channel. `today` is the day in the United Kingdom.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn channel_figures(
        &self,
        controller: ControllerId,
        channel: Channel,
        today: Date,
    ) -> Result<ChannelFigures> {
        let now = self.now();
        self.read(|conn| {
            conn.begin_snapshot()?;
            let counted = Counting { conn, controller, channel, today, now }.all();
            conn.rollback().and(counted)
        })
    }

    /// Counts what the ledger needs of the channels together.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn intake_figures(&self, controller: ControllerId) -> Result<IntakeFigures> {
        self.read(|conn| {
            let mut one = |sql: &str| number(conn, sql, &[controller.into()]);
            Ok(IntakeFigures {
                not_emptied: one(
                    "SELECT (SELECT COUNT(*) FROM inbox_item WHERE controller_id = $1 AND (content = 'emptied' \
                     OR (content = 'held' AND state NOT IN ('new', 'allocated')))) + \
                     (SELECT COUNT(*) FROM channel_message WHERE controller_id = $1 AND (content = 'emptied' \
                     OR (content = 'held' AND over_at IS NOT NULL)))",
                )?,
                opted_out: one("SELECT COUNT(*) FROM channel_opt_out WHERE controller_id = $1")?,
            })
        })
    }
}

struct Counting<'c> {
    conn: &'c mut Conn,
    controller: ControllerId,
    channel: Channel,
    today: Date,
    now: Timestamp,
}

impl Counting<'_> {
    fn all(&mut self) -> Result<ChannelFigures> {
        let today = self.today.to_string();
        let late = self.now - PATIENCE;
        let hour_ago = self.now - SignedDuration::from_hours(1);
        Ok(ChannelFigures {
            ended: self.count(
                "SELECT COUNT(*), MAX(closed_at) FROM inbox_item WHERE controller_id = $1 AND channel = $2 \
                 AND state IN ('moved', 'referred', 'signposted')",
                &[],
            )?,
            dropped: self.number(
                "SELECT CAST(COALESCE(SUM(dropped_parts), 0) AS BIGINT) FROM inbox_item WHERE controller_id = $1 AND channel = $2 \
                 AND state = 'moved'",
                &[],
            )?,
            open: self.number(OPEN, &[])?,
            past: self.number(&format!("{OPEN} AND limit_on < $3"), &[today.into()])?,
            gone: self.count(
                "SELECT COUNT(*), MAX(over_at) FROM channel_copy WHERE controller_id = $1 AND channel = $2 \
                 AND state IN ('gone', 'confirmed')",
                &[],
            )?,
            leaving: self.number(&format!("{COPIES} AND state IN ('due', 'asked', 'by-hand')"), &[])?,
            stuck: self.number(
                &format!("{COPIES} AND (state = 'failed' OR (state IN ('due', 'asked', 'by-hand') AND due_at < $3))"),
                &[late.into()],
            )?,
            sent: self.count(
                "SELECT COUNT(*), MAX(sent_at) FROM channel_message WHERE controller_id = $1 AND channel = $2 \
                 AND sent_at IS NOT NULL",
                &[],
            )?,
            unreached: self.number(&format!("{MESSAGES} AND state LIKE '%-failure'"), &[])?,
            waiting: self.number(&format!("{MESSAGES} AND state = 'waiting' AND send_at < $3"), &[hour_ago.into()])?,
            against_wish: self.number(AGAINST_WISH, &[])?,
            unwarned: self.number(UNWARNED, &[])?,
            warned: self.count(
                "SELECT COUNT(*), MAX(made_at) FROM channel_warning WHERE controller_id = $1 AND channel = $2",
                &[],
            )?,
        })
    }

    fn params(&self, more: &[Value]) -> Vec<Value> {
        let first = [self.controller.into(), self.channel.code().into()];
        first.into_iter().chain(more.iter().cloned()).collect()
    }

    fn number(&mut self, sql: &str, more: &[Value]) -> Result<u64> {
        let params = self.params(more);
        number(self.conn, sql, &params)
    }

    fn count(&mut self, sql: &str, more: &[Value]) -> Result<Count> {
        let params = self.params(more);
        let rows = self.conn.query("count", sql, &params)?;
        let Some(row) = rows.first() else { return Ok(Count::default()) };
        Ok(Count { number: u64::try_from(row.get::<i64>(0, "count")?).unwrap_or(0), at: row.get(1, "at")? })
    }
}

const OPEN: &str = "SELECT COUNT(*) FROM inbox_item WHERE controller_id = $1 AND channel = $2 \
                    AND state IN ('new', 'allocated')";
const COPIES: &str = "SELECT COUNT(*) FROM channel_copy WHERE controller_id = $1 AND channel = $2";
const MESSAGES: &str = "SELECT COUNT(*) FROM channel_message WHERE controller_id = $1 AND channel = $2";
const AGAINST_WISH: &str = "SELECT COUNT(*) FROM channel_message m JOIN channel_opt_out o \
    ON o.controller_id = m.controller_id AND o.blind = m.recipient_blind \
    WHERE m.controller_id = $1 AND m.channel = $2 AND m.sent_at > o.made_at \
    AND m.purpose <> 'opt-out-confirmation'";
const UNWARNED: &str = "SELECT COUNT(*) FROM channel_message m WHERE m.controller_id = $1 AND m.channel = $2 \
    AND m.channel = 'whatsapp' AND m.purpose NOT IN ('warning', 'opt-out-confirmation') AND NOT EXISTS (SELECT 1 FROM channel_warning w \
    WHERE w.controller_id = m.controller_id AND w.channel = m.channel AND w.blind = m.recipient_blind \
    AND w.made_at <= m.written_at)";

fn number(conn: &mut Conn, sql: &str, params: &[Value]) -> Result<u64> {
    let rows = conn.query("count", sql, params)?;
    let n: i64 = rows.first().map_or(Ok(0), |r| r.get(0, "count"))?;
    Ok(u64::try_from(n).unwrap_or(0))
}
