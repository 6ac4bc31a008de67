//! The counts behind the ledger's rows of the casebook and the network. Nothing personal is opened.

use counterfoil_domain::ids::ControllerId;
use jiff::{SignedDuration, Timestamp};

use crate::db::Conn;
use crate::error::Result;
use crate::store::Store;

/// What was counted of one organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Grants of access to another office's record, and the newest.
    pub grants: i64,
    /// Of these, those whose evidence the system checked.
    pub grants_checked: i64,
    /// Of these, those that rest on the worker's word, older than a week and not reviewed.
    pub grants_unreviewed: i64,
    /// Of these, those that wait for a review younger than that.
    pub grants_waiting: i64,
    /// Grants that last longer than a day or whose reason is not one of the known: never, unless the data was altered.
    pub grants_unbounded: i64,
    /// Grants reviewed.
    pub grants_reviewed: i64,
    /// Odd accesses noted.
    pub odd: i64,
    /// Odd accesses that nobody looked at for a week.
    pub odd_unreviewed: i64,
    /// Odd accesses that wait, younger than that.
    pub odd_waiting: i64,
    /// Odd accesses reviewed.
    pub odd_reviewed: i64,
    /// People without a name.
    pub unnamed: i64,
    /// Follow-up codes that people hold.
    pub codes: i64,
    /// People under extra protection.
    pub protected: i64,
    /// Earlier versions kept.
    pub versions: i64,
    /// Records whose number of kept versions is not what their version says.
    pub versions_missing: i64,
    /// Cases, notes, documents, tasks and outcomes.
    pub records: i64,
    /// Merges, and those undone.
    pub merges: i64,
    /// Merges undone.
    pub merges_undone: i64,
    /// People with an open case whose details nobody checked for a year.
    pub stale: i64,
    /// People whose details were checked within a year.
    pub checked: i64,
    /// Paper files registered.
    pub paper: i64,
    /// Paper files that were asked for more than a fortnight ago and are not fetched.
    pub paper_overdue: i64,
    /// Offices whose adherence has a record.
    pub adherence_recorded: i64,
    /// Offices whose date in the gate is later than their recorded adherence lapses.
    pub adherence_apart: i64,
    /// Offices.
    pub offices: i64,
    /// When the last grant was given.
    pub last_grant: Option<Timestamp>,
    /// When the last odd access was reviewed.
    pub last_odd: Option<Timestamp>,
    /// When the last version was kept.
    pub last_version: Option<Timestamp>,
}

impl Store {
    /// Counts the casebook for the ledger, at one moment.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn casebook_figures(&self, controller: ControllerId) -> Result<Figures> {
        let now = self.now();
        self.read(|conn| {
            conn.begin_snapshot()?;
            let counted = Counting { conn, controller, now }.all();
            conn.rollback().and(counted)
        })
    }
}

struct Counting<'a> {
    conn: &'a mut Conn,
    controller: ControllerId,
    now: Timestamp,
}

impl Counting<'_> {
    fn all(&mut self) -> Result<Figures> {
        let mut f = Figures::default();
        self.grants(&mut f)?;
        self.odd(&mut f)?;
        self.people(&mut f)?;
        self.records(&mut f)?;
        self.network(&mut f)?;
        Ok(f)
    }

    fn ago(&self, days: i64) -> i64 {
        (self.now - SignedDuration::from_hours(24 * days)).as_millisecond()
    }

    /// `condition` is written in this file, never input; `$1` is the controller.
    fn count(&mut self, table: &'static str, condition: &str) -> Result<i64> {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE controller_id = $1 AND {condition}");
        let rows = self.conn.query(table, &sql, &[self.controller.into()])?;
        rows.first().map_or(Ok(0), |r| r.get(0, "count"))
    }

    fn newest(&mut self, table: &'static str, column: &str) -> Result<Option<Timestamp>> {
        let sql = format!("SELECT MAX({column}) FROM {table} WHERE controller_id = $1");
        let rows = self.conn.query(table, &sql, &[self.controller.into()])?;
        rows.first().map_or(Ok(None), |r| r.get(0, "newest"))
    }

    fn grants(&mut self, f: &mut Figures) -> Result<()> {
        let week = self.ago(7);
        f.grants = self.count("access_grant", "1 = 1")?;
        f.grants_checked = self.count("access_grant", "evidence_checked = 1")?;
        let word = "evidence_checked = 0 AND reviewed_at IS NULL";
        f.grants_unreviewed = self.count("access_grant", &format!("{word} AND valid_from < {week}"))?;
        f.grants_waiting = self.count("access_grant", &format!("{word} AND valid_from >= {week}"))?;
        f.grants_unbounded = self.count(
            "access_grant",
            "(valid_until - valid_from > 86400000 OR reason NOT IN \
             ('client-attends', 'partnership', 'complaint', 'incident', 'configured'))",
        )?;
        f.grants_reviewed = self.count("access_grant", "reviewed_at IS NOT NULL")?;
        f.last_grant = self.newest("access_grant", "valid_from")?;
        Ok(())
    }

    fn odd(&mut self, f: &mut Figures) -> Result<()> {
        let week = self.ago(7);
        f.odd = self.count("odd_access", "1 = 1")?;
        f.odd_unreviewed = self.count("odd_access", &format!("reviewed_at IS NULL AND at < {week}"))?;
        f.odd_waiting = self.count("odd_access", &format!("reviewed_at IS NULL AND at >= {week}"))?;
        f.odd_reviewed = self.count("odd_access", "reviewed_at IS NOT NULL")?;
        f.last_odd = self.newest("odd_access", "at")?;
        Ok(())
    }

    fn people(&mut self, f: &mut Figures) -> Result<()> {
        let year = self.ago(365);
        f.unnamed = self.count("person", "kind <> 'named'")?;
        f.protected = self.count("person", "protection = 'extra'")?;
        f.codes = self.count("person_identity", "kind = 'follow-up'")?;
        let open = "merged_into IS NULL AND EXISTS (SELECT 1 FROM case_file c WHERE \
                    c.controller_id = person.controller_id AND c.person_id = person.id AND c.status <> 'closed')";
        f.stale = self.count("person", &format!("checked_at < {year} AND {open}"))?;
        f.checked = self.count("person", &format!("checked_at >= {year}"))?;
        f.merges = self.count("person_merge", "1 = 1")?;
        f.merges_undone = self.count("person_merge", "undone_at IS NOT NULL")?;
        Ok(())
    }

    fn records(&mut self, f: &mut Figures) -> Result<()> {
        f.versions = self.count("record_version", "1 = 1")?;
        for table in ["person", "case_file", "note"] {
            f.versions_missing += self.count(
                table,
                &format!(
                    "version - 1 <> (SELECT COUNT(*) FROM record_version v \
                     WHERE v.controller_id = {table}.controller_id AND v.object_id = {table}.id)"
                ),
            )?;
        }
        for table in ["case_file", "note", "document", "case_entry"] {
            f.records += self.count(table, "1 = 1")?;
        }
        let fortnight = self.ago(14);
        f.paper = self.count("case_entry", "kind = 'paper'")?;
        f.paper_overdue = self.count(
            "case_entry",
            &format!("kind = 'paper' AND state = 'asked' AND changed_at < {fortnight}"),
        )?;
        f.last_version = self.newest("record_version", "replaced_at")?;
        Ok(())
    }

    fn network(&mut self, f: &mut Figures) -> Result<()> {
        f.offices = self.count("office", "1 = 1")?;
        let recorded = "EXISTS (SELECT 1 FROM adherence a WHERE a.controller_id = office.controller_id \
                        AND a.office_id = office.id)";
        f.adherence_recorded = self.count("office", recorded)?;
        let sql = "SELECT o.adherent_until, a.lapses_on FROM office o JOIN adherence a \
                   ON a.controller_id = o.controller_id AND a.office_id = o.id WHERE o.controller_id = $1 \
                   AND a.made_at = (SELECT MAX(b.made_at) FROM adherence b \
                   WHERE b.controller_id = a.controller_id AND b.office_id = a.office_id)";
        let rows = self.conn.query("office", sql, &[self.controller.into()])?;
        for row in &rows {
            let (until, lapses): (Timestamp, jiff::civil::Date) =
                (row.get(0, "adherent_until")?, row.get(1, "lapses_on")?);
            let latest = lapses.to_zoned(jiff::tz::TimeZone::UTC).map_or(until, |z| z.timestamp());
            f.adherence_apart += i64::from(until > latest);
        }
        Ok(())
    }
}
