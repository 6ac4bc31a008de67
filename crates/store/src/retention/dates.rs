//! The days by which a retention rule is worked out, and nothing of what a record says.

use counterfoil_domain::ids::{CaseId, ControllerId, OfficeId, PersonId, RequestId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::casebook::recordings::RecordingDays;
use crate::db::{Row, Value};
use crate::error::Result;
use crate::retention::holdings::CONTACTS;
use crate::store::Store;

/// How many rows are read at once.
const PAGE: i64 = 5_000;

/// How long what a person decided about a record stands before the record is listed again.
const SETTLED: SignedDuration = SignedDuration::from_hours(365 * 24);

/// What is going on with a record already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending {
    /// Nothing.
    Nothing,
    /// It is in a run that is proposed or approved.
    InRun,
    /// Somebody decided about it less than a year ago.
    Settled,
}

/// What was found of a case when its person's date of birth was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The rule that applies.
    pub rule: String,
    /// Whether its time has come by it.
    pub ready: bool,
    /// When to look again, if it has not.
    pub look_at: Timestamp,
}

/// The days of a closed case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseDates {
    /// Which.
    pub id: CaseId,
    /// Whose.
    pub person: PersonId,
    /// The office that does the work.
    pub office: OfficeId,
    /// The issue code.
    pub issue: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was closed.
    pub closed_at: Timestamp,
    /// Its last note or document.
    pub last_entry: Option<Timestamp>,
    /// Whether a legal hold lies on the person's record.
    pub held: bool,
    /// Whether processing is restricted.
    pub restricted: bool,
    /// What was found before.
    pub mark: Option<Mark>,
    /// What is going on with it.
    pub pending: Pending,
}

/// The days of a person who has no case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonDates {
    /// Who.
    pub id: PersonId,
    /// The office that holds the record.
    pub office: OfficeId,
    /// When the record was made.
    pub made_at: Timestamp,
    /// When it was last changed or given a document.
    pub last_at: Timestamp,
    /// Whether a legal hold lies on it.
    pub held: bool,
    /// What is going on with it.
    pub pending: Pending,
}

/// The days of a rights request that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestDays {
    /// Which.
    pub id: RequestId,
    /// The person, once identified.
    pub person: Option<PersonId>,
    /// The day of receipt.
    pub received_on: Date,
    /// When it was closed, or its pack released.
    pub closed_at: Timestamp,
    /// Whether a legal hold lies on the person's record.
    pub held: bool,
    /// What is going on with it.
    pub pending: Pending,
}

/// What is going on with the record whose id is `{id}`.
fn pending_sql(id: &str) -> String {
    let item = "SELECT 1 FROM disposal_item i JOIN disposal_run r ON r.controller_id = i.controller_id \
                AND r.id = i.run_id WHERE i.controller_id = $1 AND i.object_id =";
    format!(
        "CAST(CASE WHEN EXISTS ({item} {id} AND i.outcome = 'waiting' AND r.state IN ('proposed', 'approved')) \
         THEN 1 WHEN EXISTS ({item} {id} AND i.outcome = 'settled' AND i.at > $4) THEN 2 ELSE 0 END AS BIGINT)"
    )
}

fn pending(row: &Row, index: usize) -> Result<Pending> {
    Ok(match row.get::<i64>(index, "pending")? {
        1 => Pending::InRun,
        2 => Pending::Settled,
        _ => Pending::Nothing,
    })
}

impl Store {
    /// Every closed case of an organisation, in the order of their ids.
    ///
    /// # Errors
    /// What the database answers, or what `each` does.
    pub fn closed_cases(
        &self,
        controller: ControllerId,
        mut each: impl FnMut(CaseDates) -> Result<()>,
    ) -> Result<()> {
        let sql = format!(
            "SELECT c.id, c.person_id, c.office_id, c.issue, c.opened_at, c.closed_at, \
             (SELECT MAX(n.made_at) FROM note n WHERE n.controller_id = $1 AND n.case_id = c.id), \
             p.legal_hold, p.restricted, m.rule, m.ready, m.look_at, {} \
             FROM case_file c JOIN person p ON p.controller_id = c.controller_id AND p.id = c.person_id \
             LEFT JOIN retention_mark m ON m.controller_id = c.controller_id AND m.case_id = c.id \
             AND m.closed_at = c.closed_at \
             WHERE c.controller_id = $1 AND c.status = 'closed' AND c.closed_at IS NOT NULL AND c.id > $2 \
             ORDER BY c.id LIMIT $3",
            pending_sql("c.id")
        );
        self.pages("case_file", &sql, controller, |row| {
            let dates = case_dates(row)?;
            let last = *dates.id.as_bytes();
            each(dates)?;
            Ok(last)
        })
    }

    /// Every person without a case.
    ///
    /// # Errors
    /// As [`Store::closed_cases`].
    pub fn people_without_case(
        &self,
        controller: ControllerId,
        mut each: impl FnMut(PersonDates) -> Result<()>,
    ) -> Result<()> {
        let last: String = CONTACTS
            .iter()
            .map(|(table, at)| {
                format!(
                    ", (SELECT MAX(x.{at}) FROM {table} x WHERE x.controller_id = $1 AND x.person_id = p.id)"
                )
            })
            .collect();
        let sql = format!(
            "SELECT p.id, p.office_id, p.made_at, p.changed_at, p.legal_hold, {}{last} FROM person p \
             WHERE p.controller_id = $1 AND p.id > $2 AND p.merged_into IS NULL AND NOT EXISTS \
             (SELECT 1 FROM case_file c WHERE c.controller_id = $1 AND c.person_id = p.id) \
             ORDER BY p.id LIMIT $3",
            pending_sql("p.id")
        );
        self.pages("person", &sql, controller, |row| {
            let mut last_at: Timestamp = row.get(3, "changed_at")?;
            for index in 6..6 + CONTACTS.len() {
                last_at = last_at.max(row.get::<Option<Timestamp>>(index, "last")?.unwrap_or(last_at));
            }
            let dates = PersonDates {
                id: row.get(0, "id")?,
                office: row.get(1, "office_id")?,
                made_at: row.get(2, "made_at")?,
                last_at,
                held: row.get(4, "legal_hold")?,
                pending: pending(row, 5)?,
            };
            let last = *dates.id.as_bytes();
            each(dates)?;
            Ok(last)
        })
    }

    /// Every rights request that is closed or answered.
    ///
    /// # Errors
    /// As [`Store::closed_cases`].
    pub fn closed_requests(
        &self,
        controller: ControllerId,
        mut each: impl FnMut(RequestDays) -> Result<()>,
    ) -> Result<()> {
        let sql = format!(
            "SELECT q.id, q.person_id, q.received_on, COALESCE(q.closed_at, k.released_at), p.legal_hold, {} \
             FROM rights_request q \
             LEFT JOIN request_pack k ON k.controller_id = q.controller_id AND k.request_id = q.id \
             LEFT JOIN person p ON p.controller_id = q.controller_id AND p.id = q.person_id \
             WHERE q.controller_id = $1 AND q.id > $2 AND q.state IN ('closed', 'released') \
             AND COALESCE(q.closed_at, k.released_at) IS NOT NULL ORDER BY q.id LIMIT $3",
            pending_sql("q.id")
        );
        self.pages("rights_request", &sql, controller, |row| {
            let dates = RequestDays {
                id: row.get(0, "id")?,
                person: row.get(1, "person_id")?,
                received_on: row.get(2, "received_on")?,
                closed_at: row.get(3, "closed_at")?,
                held: row.get::<Option<bool>>(4, "legal_hold")?.unwrap_or(false),
                pending: pending(row, 5)?,
            };
            let last = *dates.id.as_bytes();
            each(dates)?;
            Ok(last)
        })
    }

    /// Every recording.
    ///
    /// # Errors
    /// As [`Store::closed_cases`].
    pub fn recordings(
        &self,
        controller: ControllerId,
        mut each: impl FnMut(RecordingDays, Pending) -> Result<()>,
    ) -> Result<()> {
        let sql = format!(
            "SELECT g.document_id, g.person_id, g.office_id, g.recorded_at, p.legal_hold, p.restricted, {} \
             FROM recording g JOIN person p ON p.controller_id = g.controller_id AND p.id = g.person_id \
             WHERE g.controller_id = $1 AND g.document_id > $2 ORDER BY g.document_id LIMIT $3",
            pending_sql("g.document_id")
        );
        self.pages("recording", &sql, controller, |row| {
            let days = RecordingDays::read(row)?;
            let last = *days.id.as_bytes();
            each(days, pending(row, 6)?)?;
            Ok(last)
        })
    }

    /// Reads a list in pages: `$2` is the last id seen, `$3` how many, `$4` since when a decision stands.
    fn pages(
        &self,
        table: &'static str,
        sql: &str,
        controller: ControllerId,
        mut each: impl FnMut(&Row) -> Result<[u8; 16]>,
    ) -> Result<()> {
        let since = self.now() - SETTLED;
        let mut last = [0; 16];
        loop {
            let params: [Value; 4] = [controller.into(), last.into(), PAGE.into(), since.into()];
            let rows = self.read(|conn| conn.query(table, sql, &params))?;
            for row in &rows {
                last = each(row)?;
            }
            if i64::try_from(rows.len()).unwrap_or(0) < PAGE {
                return Ok(());
            }
        }
    }
}

fn case_dates(row: &Row) -> Result<CaseDates> {
    let rule: Option<String> = row.get(9, "rule")?;
    let mark = match rule {
        None => None,
        Some(rule) => Some(Mark { rule, ready: row.get(10, "ready")?, look_at: row.get(11, "look_at")? }),
    };
    Ok(CaseDates {
        id: row.get(0, "id")?,
        person: row.get(1, "person_id")?,
        office: row.get(2, "office_id")?,
        issue: row.get(3, "issue")?,
        opened_at: row.get(4, "opened_at")?,
        closed_at: row.get(5, "closed_at")?,
        last_entry: row.get(6, "made_at")?,
        held: row.get(7, "legal_hold")?,
        restricted: row.get(8, "restricted")?,
        mark,
        pending: pending(row, 12)?,
    })
}
