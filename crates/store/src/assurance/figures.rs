//! The counts behind the promise ledger: how many, how many not, and when last. Nothing personal is opened.

use counterfoil_domain::ids::ControllerId;
use jiff::Timestamp;
use jiff::civil::Date;

use super::audit::int;
use crate::access::Question;
use crate::db::{Conn, Row, Value};
use crate::error::Result;
use crate::store::Store;

/// What was counted of one organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Entries of the audit log, and the newest.
    pub entries: Count,
    /// Signed checkpoints, and the newest.
    pub checkpoints: Count,
    /// Cosignatures of witnesses, and the newest.
    pub cosignatures: Count,
    /// The oldest entry for which no checkpoint speaks.
    pub oldest_unsigned: Option<Timestamp>,
    /// Open staff accounts.
    pub staff: u64,
    /// Of these, those whose training is in date.
    pub trained: u64,
    /// Offices.
    pub offices: u64,
    /// Of these, those whose adherence is in date.
    pub adherent: u64,
    /// Persons of the casebook, and the newest.
    pub people: Count,
    /// Of these, those who are not named or are under extra protection.
    pub shielded: Count,
    /// Of these, those whose processing is restricted.
    pub restricted: Count,
    /// Sealed rows of the casebook: persons, cases, notes, documents.
    pub sealed: u64,
    /// Erasures that are wholly finished, and when the last was.
    pub erased: Count,
    /// Erasures that are not finished, and when the oldest began.
    pub erasing: Count,
    /// Packs, and when the last was sealed.
    pub packs: Count,
    /// Of these, those that fewer than two people approved.
    pub packs_unapproved: u64,
}

/// A number of records, and a moment among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// How many.
    pub number: u64,
    /// The moment that the field says.
    pub at: Option<Timestamp>,
}

/// One request, as its clock needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestDates {
    /// The right, by its spelling.
    pub right: String,
    /// The law of its clock, by its spelling.
    pub regime: String,
    /// The division, by its spelling.
    pub division: String,
    /// What happened, by its spelling, and on which day.
    pub events: Vec<(String, Date)>,
    /// When it was logged.
    pub at: Timestamp,
}

impl Store {
    /// Counts what the promise ledger needs, at one moment.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn figures(&self, controller: ControllerId) -> Result<Figures> {
        let now = self.now();
        self.read(|conn| {
            conn.begin_snapshot()?;
            let counted = Counting { conn, controller, now }.all();
            conn.rollback().and(counted)
        })
    }

    /// Every request with the dates of its events, for its clock.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn request_dates(&self, controller: ControllerId) -> Result<Vec<RequestDates>> {
        let sql = "SELECT r.id, r.right_name, r.division, r.made_at, e.kind, e.on_date, r.regime FROM rights_request r \
                   JOIN request_event e ON e.controller_id = r.controller_id AND e.request_id = r.id \
                   WHERE r.controller_id = $1 ORDER BY r.id, e.number";
        let rows = self.read(|conn| conn.query("rights_request", sql, &[controller.into()]))?;
        let mut found: Vec<([u8; 16], RequestDates)> = Vec::new();
        for row in &rows {
            let id: counterfoil_domain::ids::RequestId = row.get(0, "id")?;
            let event = (row.get(4, "kind")?, row.get(5, "on_date")?);
            match found.last_mut().filter(|(last, _)| last == id.as_bytes()) {
                Some((_, request)) => request.events.push(event),
                None => {
                    let (right, division) = (row.get(1, "right_name")?, row.get(2, "division")?);
                    let (at, regime) = (row.get(3, "made_at")?, row.get(6, "regime")?);
                    let events = vec![event];
                    found.push((*id.as_bytes(), RequestDates { right, regime, division, events, at }));
                }
            }
        }
        Ok(found.into_iter().map(|(_, request)| request).collect())
    }

    /// What the loaded policies answer to an invented question. A trial: nothing is opened, nothing recorded.
    #[must_use]
    pub fn gate_would_allow(&self, question: &Question) -> bool {
        self.inner.gate.allows(question)
    }
}

impl Count {
    /// Reads a number, and a moment that is -1 when there is none.
    pub(crate) fn read(row: &Row) -> Result<Self> {
        let (number, moment): (i64, i64) = (row.get(0, "count")?, row.get(1, "moment")?);
        let at = Timestamp::from_millisecond(moment).ok().filter(|_| moment >= 0);
        Ok(Self { number: super::audit::unsigned(number)?, at })
    }
}

struct Counting<'a> {
    conn: &'a mut Conn,
    controller: ControllerId,
    now: Timestamp,
}

impl Counting<'_> {
    fn all(&mut self) -> Result<Figures> {
        let checkpoints = self.count("audit_checkpoint", "MAX(made_at)", "")?;
        Ok(Figures {
            entries: self.count("audit_entry", "MAX(at)", "")?,
            checkpoints,
            cosignatures: self.count("audit_cosignature", "MAX(made_at)", "")?,
            oldest_unsigned: self.oldest_unsigned()?,
            staff: self.count("staff_account", "MAX(made_at)", "AND active = 1")?.number,
            trained: self.dated("staff_account", "AND active = 1 AND training_until > $2")?,
            offices: self.count("office", "MAX(made_at)", "")?.number,
            adherent: self.dated("office", "AND adherent_until > $2")?,
            people: self.count("person", "MAX(changed_at)", "")?,
            shielded: self.count(
                "person",
                "MAX(changed_at)",
                "AND (kind <> 'named' OR protection <> 'standard')",
            )?,
            restricted: self.count("person", "MAX(changed_at)", "AND restricted = 1")?,
            sealed: self.sealed()?,
            erased: self.count("erasure", "MAX(scrubbed_at)", "AND state = 'scrubbed'")?,
            erasing: self.count("erasure", "MIN(rows_deleted_at)", "AND state <> 'scrubbed'")?,
            packs: self.count("request_pack", "MAX(sealed_at)", "")?,
            packs_unapproved: self.count("request_pack", "MAX(sealed_at)", UNAPPROVED)?.number,
        })
    }

    /// `table`, `moment` and `and` are texts of this module.
    fn count(&mut self, table: &'static str, moment: &str, and: &str) -> Result<Count> {
        let sql =
            format!("SELECT COUNT(*), COALESCE({moment}, -1) FROM {table} WHERE controller_id = $1 {and}");
        self.ask(table, &sql, &[self.controller.into()])
    }

    fn dated(&mut self, table: &'static str, and: &str) -> Result<u64> {
        let sql = format!("SELECT COUNT(*), CAST(-1 AS BIGINT) FROM {table} WHERE controller_id = $1 {and}");
        Ok(self.ask(table, &sql, &[self.controller.into(), self.now.into()])?.number)
    }

    fn ask(&mut self, table: &'static str, sql: &str, params: &[Value]) -> Result<Count> {
        let rows = self.conn.query(table, sql, params)?;
        rows.first().map_or(Ok(Count::default()), Count::read)
    }

    fn oldest_unsigned(&mut self) -> Result<Option<Timestamp>> {
        let rows = self.conn.query(
            "audit_checkpoint",
            "SELECT COALESCE(MAX(size), 0) FROM audit_checkpoint WHERE controller_id = $1",
            &[self.controller.into()],
        )?;
        let signed: i64 = rows.first().map_or(Ok(0), |r| r.get(0, "size"))?;
        let sql = "SELECT COUNT(*), COALESCE(MIN(at), -1) FROM audit_entry \
                   WHERE controller_id = $1 AND (number IS NULL OR number >= $2)";
        let signed = int(super::audit::unsigned(signed)?)?;
        Ok(self.ask("audit_entry", sql, &[self.controller.into(), signed])?.at)
    }

    fn sealed(&mut self) -> Result<u64> {
        let tables = ["person", "case_file", "note", "document"];
        tables.into_iter().map(|t| Ok(self.count(t, "CAST(-1 AS BIGINT)", "")?.number)).sum()
    }
}

/// Packs whose request bears the approvals of fewer than two people.
const UNAPPROVED: &str = "AND (SELECT COUNT(*) FROM ( \
                          SELECT a.staff_id FROM request_approval a \
                          WHERE a.controller_id = request_pack.controller_id \
                          AND a.request_id = request_pack.request_id \
                          UNION SELECT d.decided_by FROM request_decision d \
                          WHERE d.controller_id = request_pack.controller_id \
                          AND d.request_id = request_pack.request_id AND d.undone_at IS NULL) names) < 2";
