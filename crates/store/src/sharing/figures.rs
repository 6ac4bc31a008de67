//! The counts behind the promises of sharing. Nothing personal is opened.

use counterfoil_domain::ids::ControllerId;
use jiff::civil::Date;

use crate::assurance::figures::Count;
use crate::db::{Conn, Value};
use crate::error::Result;
use crate::store::Store;

/// What was counted of one organisation's sharing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SharingFigures {
    /// Consents, and the newest.
    pub consents: Count,
    /// Consents that count today and run out within thirty days.
    pub expiring: u64,
    /// Consents and authorities that were withdrawn, and when the last was.
    pub withdrawn: Count,
    /// Permissions that were relied on after they were withdrawn.
    pub relied_on_withdrawn: u64,
    /// Referrals and disclosures that still wait on a withdrawn permission.
    pub waiting_on_withdrawn: u64,
    /// Authorities to act, and the newest.
    pub authorities: Count,
    /// Referrals that were sent, and when the last was.
    pub referrals: Count,
    /// Of these, those without a permission or a disclosure on record.
    pub referrals_bare: u64,
    /// Disclosures that were sent, and when the last was.
    pub disclosures: Count,
    /// Of these, those without an authoriser, or whose content is not kept.
    pub disclosures_bare: u64,
    /// Of these, those of which the person is to be told, and the day has passed.
    pub untold: u64,
    /// Of these, those of which it is not on record whether the person was told.
    pub telling_unknown: u64,
    /// Attempts that were refused, and when the last was.
    pub refused: Count,
    /// Stops of marketing, and the newest.
    pub stops: Count,
    /// Consents to marketing, and the newest.
    pub marketing: Count,
    /// Releases of statistics, and the newest.
    pub releases: Count,
    /// Of these, those with a threshold below three.
    pub releases_loose: u64,
    /// Extracts for research, and the newest.
    pub extracts: Count,
    /// Of these, those with a group smaller than three.
    pub extracts_loose: u64,
    /// Permits to find a person that one person both asked for and granted.
    pub reidentified_alone: u64,
    /// Answers to surveys that are tied to nobody, and the newest.
    pub survey_answers: u64,
}

impl Store {
    /// Counts what the promises of sharing need, at one moment.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn sharing_figures(&self, controller: ControllerId, today: Date) -> Result<SharingFigures> {
        self.read(|conn| {
            conn.begin_snapshot()?;
            let counted = Counting { conn, controller, today }.all();
            conn.rollback().and(counted)
        })
    }
}

struct Counting<'a> {
    conn: &'a mut Conn,
    controller: ControllerId,
    today: Date,
}

/// A disclosure that left on the ground of permission has its permission; each has an authoriser and its copy.
const BARE: &str =
    "AND state = 'sent' AND (authorised_by IS NULL OR content_hash IS NULL OR content_sealed IS NULL)";

impl Counting<'_> {
    fn all(&mut self) -> Result<SharingFigures> {
        let soon = self.today.checked_add(jiff::Span::new().days(30)).unwrap_or(self.today);
        let no = "CAST(-1 AS BIGINT)";
        Ok(SharingFigures {
            consents: self.count("permission", "MAX(made_at)", "AND kind = 'consent'")?,
            expiring: self.expiring(soon)?,
            withdrawn: self.count("permission", "MAX(withdrawn_at)", "AND withdrawn_at IS NOT NULL")?,
            relied_on_withdrawn: self
                .count("permission", no, "AND withdrawn_at IS NOT NULL AND relied_on_at > withdrawn_at")?
                .number,
            waiting_on_withdrawn: self.waiting("referral", "state = 'draft'", "made_at")?
                + self.waiting("disclosure", "state IN ('proposed', 'authorised')", "proposed_at")?,
            authorities: self.count("permission", "MAX(made_at)", "AND kind = 'authority'")?,
            referrals: self.count("referral", "MAX(sent_at)", "AND sent_at IS NOT NULL")?,
            referrals_bare: self
                .count(
                    "referral",
                    no,
                    "AND sent_at IS NOT NULL AND (permission_id IS NULL OR disclosure_id IS NULL)",
                )?
                .number,
            disclosures: self.count("disclosure", "MAX(sent_at)", "AND state = 'sent'")?,
            disclosures_bare: self.count("disclosure", no, BARE)?.number,
            untold: self
                .dated("disclosure", "AND state = 'sent' AND telling = 'to-tell' AND tell_by < $2")?,
            telling_unknown: self
                .count(
                    "disclosure",
                    no,
                    "AND state = 'sent' AND telling NOT IN \
                     ('knows', 'by-notice', 'first', 'to-tell', 'told', 'not-told')",
                )?
                .number,
            refused: self.count("disclosure", "MAX(proposed_at)", "AND state = 'refused'")?,
            stops: self.count("marketing_stop", "MAX(stopped_at)", "")?,
            marketing: self.count("permission", "MAX(made_at)", "AND purpose = 'marketing'")?,
            releases: self.count("statistics_release", "MAX(released_at)", "")?,
            releases_loose: self.count("statistics_release", no, "AND threshold < 3")?.number,
            extracts: self.count("research_extract", "MAX(made_at)", "")?,
            extracts_loose: self.count("research_extract", no, "AND smallest_group < 3")?.number,
            reidentified_alone: self.count("reidentification", no, "AND granted_by = asked_by")?.number,
            survey_answers: self.count("survey_answer", no, "")?.number,
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
        Ok(self.ask(table, &sql, &[self.controller.into(), self.today.into()])?.number)
    }

    fn expiring(&mut self, soon: Date) -> Result<u64> {
        let sql = "SELECT COUNT(*), CAST(-1 AS BIGINT) FROM permission WHERE controller_id = $1 \
                   AND withdrawn_at IS NULL AND until_on >= $2 AND until_on < $3";
        let params = [self.controller.into(), self.today.into(), soon.into()];
        Ok(self.ask("permission", sql, &params)?.number)
    }

    /// What was there when its permission was withdrawn: a later draft names it only to be refused.
    fn waiting(&mut self, table: &'static str, state: &str, since: &str) -> Result<u64> {
        let sql = format!(
            "SELECT COUNT(*), CAST(-1 AS BIGINT) FROM {table} WHERE controller_id = $1 AND {state} AND EXISTS \
             (SELECT 1 FROM permission p WHERE p.controller_id = {table}.controller_id \
              AND p.id = {table}.permission_id AND p.withdrawn_at > {table}.{since})"
        );
        Ok(self.ask(table, &sql, &[self.controller.into()])?.number)
    }

    fn ask(&mut self, table: &'static str, sql: &str, params: &[Value]) -> Result<Count> {
        let rows = self.conn.query(table, sql, params)?;
        rows.first().map_or(Ok(Count::default()), Count::read)
    }
}
