//! Minimisation, counted by day, without anybody.

use counterfoil_domain::ids::ControllerId;

use crate::error::Result;
use crate::store::Store;
use crate::tx::Tx;

/// The length of a day in milliseconds.
const DAY: i64 = 86_400_000;

/// What happened so often under an area of advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// What: `recorded`, `refused`, `kept`, `undeclared`.
    pub what: String,
    /// The area of the issue, or the form.
    pub area: String,
    /// The condition it rested on; empty for none.
    pub basis: String,
    /// How often.
    pub number: u64,
    /// The last day, as its first millisecond since 1970.
    pub last: i64,
}

impl Tx<'_> {
    /// Counts something for today; the count says nothing of whom.
    ///
    /// # Errors
    /// What the database answers.
    pub fn count_minimised(&mut self, what: &str, area: &str, basis: &str) -> Result<()> {
        let now = self.now().as_millisecond();
        let day = now - now.rem_euclid(DAY);
        self.execute(
            "INSERT INTO minimise_count (controller_id, day, what, area, basis, number) VALUES ($1, $2, $3, $4, $5, 1) \
             ON CONFLICT (controller_id, day, what, area, basis) DO UPDATE SET number = minimise_count.number + 1",
            &[self.controller().into(), day.into(), what.into(), area.into(), basis.into()],
        )
        .map(|_| ())
    }
}

impl Store {
    /// What was counted, by what, area and basis.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn minimised(&self, controller: ControllerId) -> Result<Vec<Counted>> {
        self.read(|conn| {
            let rows = conn.query(
                "minimise_count",
                "SELECT what, area, basis, CAST(SUM(number) AS BIGINT), MAX(day) FROM minimise_count \
                 WHERE controller_id = $1 GROUP BY what, area, basis ORDER BY what, area, basis",
                &[controller.into()],
            )?;
            rows.iter()
                .map(|r| {
                    Ok(Counted {
                        what: r.get(0, "what")?,
                        area: r.get(1, "area")?,
                        basis: r.get(2, "basis")?,
                        number: u64::try_from(r.get::<i64>(3, "number")?).unwrap_or(0),
                        last: r.get(4, "day")?,
                    })
                })
                .collect()
        })
    }
}
