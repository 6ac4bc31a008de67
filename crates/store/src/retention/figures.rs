//! The counts behind the ledger's line on disposal. Nothing personal is opened.

use counterfoil_domain::ids::ControllerId;
use jiff::Timestamp;

use crate::db::{Conn, Value};
use crate::error::Result;
use crate::store::Store;

/// What was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DisposalFigures {
    /// Runs that were carried out.
    pub executed: u64,
    /// When the last one was finished.
    pub last_executed: Option<Timestamp>,
    /// Records that were disposed of.
    pub disposed: u64,
    /// Runs that wait for the second person.
    pub proposed: u64,
    /// Runs that are approved and not finished, and since when the oldest is.
    pub approved: u64,
    /// When the oldest of these was approved.
    pub oldest_approved: Option<Timestamp>,
    /// Runs that were carried out without two different names or without a certificate.
    pub unsigned: Vec<String>,
    /// Holds in force.
    pub holds: u64,
    /// When the last hold was placed.
    pub last_hold: Option<Timestamp>,
    /// Records whose flag and holds say different things.
    pub holds_astray: u64,
    /// When the last round of looking was done.
    pub looked: Option<Timestamp>,
}

impl Store {
    /// Counts what the ledger says of disposal.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn disposal_figures(&self, controller: ControllerId) -> Result<DisposalFigures> {
        let looked = self.last_look(controller)?;
        self.read(|conn| {
            let mut ask = Ask { conn, controller };
            let run = "disposal_run";
            let (executed, last_executed) = ask.count(run, "MAX(ended_at)", "state = 'executed'")?;
            let (approved, oldest_approved) = ask.count(run, "MIN(approved_at)", "state = 'approved'")?;
            let (holds, last_hold) = ask.count("legal_hold", "MAX(placed_at)", "lifted_at IS NULL")?;
            Ok(DisposalFigures {
                executed,
                last_executed,
                disposed: ask.count("disposal_item", "MAX(at)", "outcome = 'disposed'")?.0,
                proposed: ask.count(run, "MAX(proposed_at)", "state = 'proposed'")?.0,
                approved,
                oldest_approved,
                unsigned: ask.unsigned()?,
                holds,
                last_hold,
                holds_astray: ask.count("person", "MAX(changed_at)", ASTRAY)?.0,
                looked,
            })
        })
    }
}

/// People with an unlifted hold and no flag: the gate does not know of it.
const ASTRAY: &str = "legal_hold = 0 AND EXISTS (SELECT 1 FROM legal_hold h \
                      WHERE h.controller_id = person.controller_id AND h.person_id = person.id \
                      AND h.lifted_at IS NULL)";

struct Ask<'a> {
    conn: &'a mut Conn,
    controller: ControllerId,
}

impl Ask<'_> {
    /// `table`, `moment` and `which` are texts of this module.
    fn count(&mut self, table: &'static str, moment: &str, which: &str) -> Result<(u64, Option<Timestamp>)> {
        let sql = format!("SELECT COUNT(*), {moment} FROM {table} WHERE controller_id = $1 AND {which}");
        let rows = self.conn.query(table, &sql, &[self.controller.into()])?;
        let Some(row) = rows.first() else { return Ok((0, None)) };
        Ok((crate::assurance::audit::unsigned(row.get(0, "count")?)?, row.get(1, "moment")?))
    }

    fn unsigned(&mut self) -> Result<Vec<String>> {
        let params: [Value; 1] = [self.controller.into()];
        let rows = self.conn.query(
            "disposal_run",
            "SELECT reference FROM disposal_run WHERE controller_id = $1 AND state = 'executed' \
             AND (approved_by IS NULL OR approved_by = proposed_by OR certificate IS NULL) ORDER BY reference",
            &params,
        )?;
        rows.iter().map(|r| r.get(0, "reference")).collect()
    }
}
