//! Figures: the cases as they are counted, and what was released of them.

use counterfoil_domain::access::ResourceKind;
use counterfoil_domain::ids::{OfficeId, PersonId, ReleaseId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::db::Row;
use crate::error::Result;
use crate::permit::Terms;
use crate::seal::aead::Place;
use crate::tx::Tx;

/// One exact number of a release.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExactCell {
    /// Its value in each dimension; none for a total.
    pub values: Vec<Option<String>>,
    /// How many cases.
    pub cases: u64,
    /// Whether it was shown.
    pub shown: bool,
}

/// The sealed part of a release.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReleaseText {
    /// Every number, exact.
    pub cells: Vec<ExactCell>,
}

/// A release that is to be kept.
#[derive(Debug, Clone)]
pub struct NewRelease {
    /// The first month, as its first day.
    pub first: Date,
    /// The last month, as its first day.
    pub last: Date,
    /// The dimensions, by their codes.
    pub dimensions: Vec<String>,
    /// The least number that is shown.
    pub threshold: u64,
    /// What numbers are rounded to.
    pub round_to: u64,
    /// What is shown, as JSON.
    pub content: String,
    /// The exact numbers.
    pub text: ReleaseText,
}

/// A release, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Which.
    pub id: ReleaseId,
    /// The first month.
    pub first: Date,
    /// The last month.
    pub last: Date,
    /// The dimensions.
    pub dimensions: Vec<String>,
    /// The least number that is shown.
    pub threshold: u64,
    /// What numbers are rounded to.
    pub round_to: u64,
    /// What was shown, as JSON.
    pub content: String,
    /// The exact numbers.
    pub text: ReleaseText,
    /// When it was released.
    pub at: Timestamp,
}

/// A case as it is counted: no word of it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedCase {
    /// The office that does the work.
    pub office: OfficeId,
    /// The issue code.
    pub issue: String,
    /// How it stands.
    pub status: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Whose it is.
    pub person: PersonId,
    /// The code of what came of it last; none when nothing is recorded, or it was before figures counted it.
    pub outcome: Option<String>,
}

const fn place(id: &ReleaseId) -> Place<'_> {
    Place { table: "statistics_release", column: "sealed", row: id.as_bytes() }
}

const COLUMNS: &str =
    "id, first_month, last_month, dimensions, threshold, round_to, content, sealed, released_at";

fn int(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

impl Tx<'_> {
    /// Leave to do the act's verb to the organisation's figures and research.
    ///
    /// # Errors
    /// A refusal of the gate.
    pub fn permit_statistics(&mut self, detail: serde_json::Value) -> Result<()> {
        let office = self.who.staff().map_or(OfficeId::from_bytes([0; 16]), |s| s.office);
        let terms = Terms { detail, ..Terms::default() };
        let id = *self.controller().as_bytes();
        self.permit_house(ResourceKind::Statistics, id, office, None, &terms)
    }

    /// The cases that were opened from one moment to before another, named clients and unnamed ones alike. Call
    /// [`Tx::permit_statistics`] first.
    ///
    /// # Errors
    /// What the database answers.
    pub fn counted_cases(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<CountedCase>> {
        let rows = self.query(
            "case_file",
            "SELECT c.office_id, c.issue, c.status, c.opened_at, c.person_id, \
             (SELECT e.outcome FROM case_entry e WHERE e.controller_id = c.controller_id AND e.case_id = c.id \
             AND e.outcome IS NOT NULL ORDER BY e.made_at DESC, e.id DESC LIMIT 1) FROM case_file c \
             WHERE c.controller_id = $1 AND c.opened_at >= $2 AND c.opened_at < $3",
            &[self.controller().into(), from.into(), until.into()],
        )?;
        rows.iter()
            .map(|r| {
                Ok(CountedCase {
                    office: r.get(0, "office_id")?,
                    issue: r.get(1, "issue")?,
                    status: r.get(2, "status")?,
                    opened_at: r.get(3, "opened_at")?,
                    person: r.get(4, "person_id")?,
                    outcome: r.get(5, "outcome")?,
                })
            })
            .collect()
    }

    /// Keeps a release. Call [`Tx::permit_statistics`] first.
    ///
    /// # Errors
    /// What the database answers.
    pub fn keep_release(&mut self, new: &NewRelease) -> Result<ReleaseId> {
        let id = ReleaseId::from_bytes(self.fresh_id());
        let key = self.controller_key()?;
        let sealed = self.seal(key, place(&id), &new.text)?;
        self.execute(
            "INSERT INTO statistics_release (controller_id, id, first_month, last_month, dimensions, threshold, \
             round_to, content, sealed, released_by, released_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            &[
                self.controller().into(),
                id.into(),
                new.first.into(),
                new.last.into(),
                new.dimensions.join(" ").into(),
                int(new.threshold).into(),
                int(new.round_to).into(),
                (&new.content).into(),
                sealed.into(),
                self.hand().into(),
                self.now.into(),
            ],
        )?;
        Ok(id)
    }

    /// Every release, newest first. Call [`Tx::permit_statistics`] first.
    ///
    /// # Errors
    /// What the database answers.
    pub fn releases(&mut self) -> Result<Vec<Release>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM statistics_release WHERE controller_id = $1 ORDER BY released_at DESC, id DESC"
        );
        let rows = self.query("statistics_release", &sql, &[self.controller().into()])?;
        rows.iter().map(|r| self.release(r)).collect()
    }

    fn release(&self, row: &Row) -> Result<Release> {
        let id: ReleaseId = row.get(0, "id")?;
        Ok(Release {
            id,
            first: row.get(1, "first_month")?,
            last: row.get(2, "last_month")?,
            dimensions: row.get::<String>(3, "dimensions")?.split_whitespace().map(str::to_owned).collect(),
            threshold: unsigned(row.get(4, "threshold")?),
            round_to: unsigned(row.get(5, "round_to")?),
            content: row.get(6, "content")?,
            text: self.open(place(&id), &row.get::<Vec<u8>>(7, "sealed")?)?,
            at: row.get(8, "released_at")?,
        })
    }
}
