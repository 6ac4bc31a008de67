//! The counts behind the promises about the other rights. Nothing personal is opened: states, days and references.

use counterfoil_domain::ids::ControllerId;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::assurance::figures::Count;
use crate::db::{Conn, Value};
use crate::error::Result;
use crate::store::Store;

/// What was counted of one organisation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RightsFigures {
    /// Decisions on requests of other rights than access.
    pub decisions: Count,
    /// Requests that were answered without a decision on record.
    pub undecided: Vec<String>,
    /// Decisions on corrections.
    pub corrections: Count,
    /// Statements that stand against a record.
    pub statements: Count,
    /// Corrections that were granted and told, and not carried out.
    pub uncorrected: Vec<String>,
    /// Erasures that were carried out for a request.
    pub erasures: Count,
    /// Of these, those that one person alone signed.
    pub erased_alone: Vec<String>,
    /// Of these, those without a certificate.
    pub uncertified: Vec<String>,
    /// Recipients who were told, or whom it was impossible to tell.
    pub tellings: Count,
    /// Requests with a recipient who is due to be chased.
    pub to_chase: Vec<String>,
    /// Requests with a recipient who waits for more than two weeks to be told.
    pub untold: Vec<String>,
    /// Restrictions, in force or lifted.
    pub restrictions: Count,
    /// Of these, those lifted without telling the person on an earlier day.
    pub lifted_untold: u64,
    /// Of these, those in force that the gate does not know.
    pub unrestricted: u64,
    /// Uses that were stopped.
    pub stops: Count,
    /// Of these, those that the gate does not know.
    pub unstopped: u64,
    /// Exports for portability.
    pub exports: Count,
    /// Requests of portability that were granted and told, and not exported.
    pub unexported: Vec<String>,
    /// Decisions by computer that are logged.
    pub automated: Count,
    /// Requests about one that were granted and told, and at which nobody looked again.
    pub unreviewed: Vec<String>,
    /// Addresses and numbers to which nobody markets.
    pub suppressed: Count,
    /// Requests to stop marketing that were told as done, and stopped nothing.
    pub marketed: Vec<String>,
    /// Steps of complaints.
    pub complaint_steps: Count,
    /// Notes of complaint files.
    pub complaint_notes: Count,
    /// Notices under the older Act.
    pub older: Count,
}

impl Store {
    /// Counts what the promises about the other rights need.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn rights_figures(&self, controller: ControllerId, today: Date) -> Result<RightsFigures> {
        let now = self.now();
        self.read(|conn| {
            conn.begin_snapshot()?;
            let counted = Counting { conn, controller, today, now }.all();
            conn.rollback().and(counted)
        })
    }
}

struct Counting<'a> {
    conn: &'a mut Conn,
    controller: ControllerId,
    today: Date,
    now: Timestamp,
}

/// Two weeks, in milliseconds.
const FORTNIGHT: i64 = 14 * 24 * 3600 * 1000;

/// A decision of the request that was not a refusal.
const GRANTED: &str = "EXISTS (SELECT 1 FROM right_decision d WHERE d.controller_id = r.controller_id \
                       AND d.request_id = r.id AND d.state <> 'refused' AND d.number = (SELECT MAX(m.number) \
                       FROM right_decision m WHERE m.controller_id = r.controller_id AND m.request_id = r.id))";
/// Nothing says that it was carried out.
const NOT_DONE: &str = "NOT EXISTS (SELECT 1 FROM request_event c WHERE c.controller_id = r.controller_id \
                        AND c.request_id = r.id AND c.kind = 'carried-out')";

impl Counting<'_> {
    fn all(&mut self) -> Result<RightsFigures> {
        let told_of = |right: &str| {
            format!("r.right_name = '{right}' AND r.state = 'closed' AND {GRANTED} AND {NOT_DONE}")
        };
        Ok(RightsFigures {
            decisions: self.count("right_decision", "made_at", "")?,
            undecided: self.references(UNDECIDED, &[])?,
            corrections: self.of_right("right_decision", "rectification", "")?,
            statements: self.count("person_statement", "made_at", "")?,
            uncorrected: self.references(&told_of("rectification"), &[])?,
            erasures: self.count("erasure_plan", "changed_at", "AND t.state = 'executed'")?,
            erased_alone: self.references(ALONE, &[])?,
            uncertified: self.references(UNCERTIFIED, &[])?,
            tellings: self.count("recipient_telling", "changed_at", "AND t.state <> 'to-tell'")?,
            to_chase: self.references(TO_CHASE, &[self.today.into()])?,
            untold: self.references(UNTOLD, &[(self.now.as_millisecond() - FORTNIGHT).into()])?,
            restrictions: self.count("processing_restriction", "changed_at", "")?,
            lifted_untold: self.count("processing_restriction", "changed_at", LIFTED_UNTOLD)?.number,
            unrestricted: self.count("processing_restriction", "changed_at", UNRESTRICTED)?.number,
            stops: self.count("processing_stop", "changed_at", "")?,
            unstopped: self.unstopped()?,
            exports: self.of_right("request_event", "portability", "AND t.kind = 'carried-out'")?,
            unexported: self.references(&told_of("portability"), &[])?,
            automated: self.count("automated_decision", "changed_at", "")?,
            unreviewed: self.references(&told_of("automated-decisions"), &[])?,
            suppressed: self.count("suppression", "made_at", "AND t.ended_on IS NULL")?,
            marketed: self.references(MARKETED, &[])?,
            complaint_steps: self.count("complaint_stage", "made_at", "")?,
            complaint_notes: self.count("complaint_note", "made_at", "")?,
            older: self.count("rights_request", "made_at", "AND t.regime LIKE 'older-act/%'")?,
        })
    }

    /// `table`, `moment` and `and` are texts of this module.
    fn count(&mut self, table: &'static str, moment: &str, and: &str) -> Result<Count> {
        let sql = format!(
            "SELECT COUNT(*), COALESCE(MAX(t.{moment}), -1) FROM {table} t WHERE t.controller_id = $1 {and}"
        );
        self.ask(table, &sql)
    }

    fn of_right(&mut self, table: &'static str, right: &str, and: &str) -> Result<Count> {
        let moment = if table == "request_event" { "recorded_at" } else { "made_at" };
        let sql = format!(
            "SELECT COUNT(*), COALESCE(MAX(t.{moment}), -1) FROM {table} t JOIN rights_request r \
             ON r.controller_id = t.controller_id AND r.id = t.request_id \
             WHERE t.controller_id = $1 AND r.right_name = '{right}' {and}"
        );
        self.ask(table, &sql)
    }

    fn ask(&mut self, table: &'static str, sql: &str) -> Result<Count> {
        let rows = self.conn.query(table, sql, &[self.controller.into()])?;
        let Some(row) = rows.first() else { return Ok(Count::default()) };
        let (number, moment): (i64, i64) = (row.get(0, "count")?, row.get(1, "moment")?);
        let at = Timestamp::from_millisecond(moment).ok().filter(|_| moment >= 0);
        Ok(Count { number: u64::try_from(number).unwrap_or(0), at })
    }

    fn references(&mut self, condition: &str, further: &[Value]) -> Result<Vec<String>> {
        let sql = format!(
            "SELECT r.reference FROM rights_request r WHERE r.controller_id = $1 AND {condition} ORDER BY r.reference"
        );
        let params: Vec<Value> =
            std::iter::once(self.controller.into()).chain(further.iter().cloned()).collect();
        let rows = self.conn.query("rights_request", &sql, &params)?;
        rows.iter().map(|r| r.get(0, "reference")).collect()
    }

    /// Stops in force of which the gate was not told every purpose.
    fn unstopped(&mut self) -> Result<u64> {
        let sql = "SELECT s.about, p.stopped FROM processing_stop s JOIN person p \
                   ON p.controller_id = s.controller_id AND p.id = s.person_id \
                   WHERE s.controller_id = $1 AND s.state IN ('pending', 'upheld')";
        let rows = self.conn.query("processing_stop", sql, &[self.controller.into()])?;
        let mut missed = 0;
        for row in &rows {
            let (about, stopped): (String, String) = (row.get(0, "about")?, row.get(1, "stopped")?);
            let known = |purpose: &str| stopped.split(',').any(|s| s == purpose);
            missed += u64::from(!about.split(',').all(known));
        }
        Ok(missed)
    }
}

const UNDECIDED: &str = "r.right_name NOT IN ('access', 'complaint') \
                         AND EXISTS (SELECT 1 FROM request_event e WHERE e.controller_id = r.controller_id \
                         AND e.request_id = r.id AND e.kind = 'answered') \
                         AND NOT EXISTS (SELECT 1 FROM right_decision d WHERE d.controller_id = r.controller_id \
                         AND d.request_id = r.id)";
const ALONE: &str = "EXISTS (SELECT 1 FROM erasure_plan x WHERE x.controller_id = r.controller_id \
                     AND x.request_id = r.id AND x.state = 'executed' \
                     AND (x.second_by IS NULL OR x.made_by IS NULL OR x.second_by = x.made_by))";
const UNCERTIFIED: &str = "EXISTS (SELECT 1 FROM erasure_plan x WHERE x.controller_id = r.controller_id \
                           AND x.request_id = r.id AND x.state = 'executed') \
                           AND NOT EXISTS (SELECT 1 FROM right_certificate c WHERE c.controller_id = r.controller_id \
                           AND c.request_id = r.id)";
const TO_CHASE: &str = "EXISTS (SELECT 1 FROM recipient_telling x WHERE x.controller_id = r.controller_id \
                        AND x.request_id = r.id AND x.state = 'told' AND x.due_on <= $2)";
const UNTOLD: &str = "EXISTS (SELECT 1 FROM recipient_telling x WHERE x.controller_id = r.controller_id \
                      AND x.request_id = r.id AND x.state = 'to-tell' AND x.made_at < $2)";
const LIFTED_UNTOLD: &str =
    "AND t.state = 'lifted' AND (t.told_on IS NULL OR t.ended_on IS NULL OR t.told_on >= t.ended_on)";
const UNRESTRICTED: &str = "AND t.state = 'in-force' AND EXISTS (SELECT 1 FROM person p \
                            WHERE p.controller_id = t.controller_id AND p.id = t.person_id AND p.restricted = 0)";
const MARKETED: &str = "r.right_name = 'marketing-objection' AND r.state IN ('done', 'closed') \
                        AND NOT EXISTS (SELECT 1 FROM suppression s WHERE s.controller_id = r.controller_id \
                        AND s.request_id = r.id)";
