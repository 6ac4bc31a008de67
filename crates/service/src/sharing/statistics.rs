//! Figures: counted, protected, released, and held against what was released before (promises N5, N26, C22).

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::casebook::words::CaseStatus;
use counterfoil_domain::ids::ReleaseId;
use counterfoil_domain::sharing::statistics::{
    Dimension, Key, Protection, Published, Region, Shown, Table, Unit, no_differencing, whole_months,
};
use counterfoil_store::sharing::releases::{CountedCase, ExactCell, NewRelease, Release, ReleaseText};
use counterfoil_store::{StoreError, Tx};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::refused;
use crate::error::{Result, ServiceError};
use crate::register::keep::day_of;
use crate::rights::Desk;

/// What is to be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The first month, as its first day.
    pub first: Date,
    /// The last month, as its first day.
    pub last: Date,
    /// What it is broken down by, at most two dimensions, each once.
    pub by: Vec<Dimension>,
}

/// One number as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureCell {
    /// Its value in each dimension; none for a total.
    pub values: Vec<Option<String>>,
    /// The number; none where it is suppressed.
    pub number: Option<u64>,
}

/// Figures as they may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// The first month.
    pub first: Date,
    /// The last month.
    pub last: Date,
    /// The dimensions, by their codes.
    pub by: Vec<String>,
    /// The least number that is shown.
    pub threshold: u64,
    /// What numbers are rounded to.
    pub round_to: u64,
    /// The numbers, totals among them.
    pub cells: Vec<FigureCell>,
}

impl Figures {
    /// How many numbers are suppressed.
    #[must_use]
    pub fn suppressed(&self) -> usize {
        self.cells.iter().filter(|c| c.number.is_none()).count()
    }
}

/// A release with its figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// Which.
    pub id: ReleaseId,
    /// When.
    pub at: Timestamp,
    /// What was shown.
    pub figures: Figures,
}

fn check(desk: &Desk<'_>, cut: &Cut) -> Result<()> {
    whole_months(cut.first, cut.last, desk.today()?).map_err(|gap| refused(&[gap]))?;
    let different: BTreeSet<Dimension> = cut.by.iter().copied().collect();
    if different.len() != cut.by.len() || cut.by.len() > 2 {
        return Err(ServiceError::Invalid("break figures down by at most two things, each once".to_owned()));
    }
    Ok(())
}

fn start_of(day: Date) -> Result<Timestamp> {
    let zone = TimeZone::get("Europe/London")
        .map_err(|_| ServiceError::Invalid("the time zone Europe/London is not known".to_owned()))?;
    let zoned = day.to_zoned(zone);
    zoned.map(|z| z.timestamp()).map_err(|_| ServiceError::Invalid(format!("`{day}` is beyond the calendar")))
}

fn after(month: Date) -> Result<Date> {
    month
        .checked_add(Span::new().months(1))
        .map_err(|_| ServiceError::Invalid(format!("`{month}` is beyond the calendar")))
}

/// The first part of an issue code: figures say no more of a matter.
fn area(issue: &str) -> String {
    issue.split(['.', '/']).next().unwrap_or(issue).to_owned()
}

/// What came of a closed case; of one that is not closed, how it stands.
fn outcome(case: &CountedCase) -> String {
    let closed = case.status == CaseStatus::Closed.code();
    case.outcome.clone().filter(|_| closed).unwrap_or_else(|| case.status.clone())
}

/// Counts in a transaction that the gate has allowed.
fn tally(
    tx: &mut Tx<'_>,
    cut: &Cut,
    offices: &BTreeMap<String, String>,
    (from, until): (Timestamp, Timestamp),
) -> std::result::Result<Table, StoreError> {
    let cases = tx.counted_cases(from, until)?;
    let mut units = Vec::with_capacity(cases.len());
    for case in cases {
        let month = day_of(case.opened_at).map_err(|e| StoreError::Invalid(e.to_string()))?;
        let value = |dimension: &Dimension| match dimension {
            Dimension::Office => offices.get(&case.office.to_string()).cloned().unwrap_or_default(),
            Dimension::Issue => area(&case.issue),
            Dimension::Month => month.strftime("%Y-%m").to_string(),
            Dimension::Outcome => outcome(&case),
        };
        let values = cut.by.iter().map(value).collect();
        units.push(Unit { values, person: *case.person.as_bytes() });
    }
    Ok(Table::tally(units))
}

fn offices(desk: &Desk<'_>) -> Result<BTreeMap<String, String>> {
    let all = desk.store.offices(desk.controller())?;
    Ok(all.into_iter().map(|o| (o.id.to_string(), o.name)).collect())
}

fn shown(cut: &Cut, shown: &Shown, by: Protection) -> Figures {
    let cells = shown.iter().map(|(key, number)| FigureCell { values: key.clone(), number: *number });
    Figures {
        first: cut.first,
        last: cut.last,
        by: cut.by.iter().map(|d| d.code().to_owned()).collect(),
        threshold: by.threshold.max(3),
        round_to: by.round_to,
        cells: cells.collect(),
    }
}

/// The figures as they would be released: small numbers suppressed, the rest rounded. Nothing is released yet.
///
/// # Errors
/// Months that are not over; a refusal of the gate.
pub fn preview(desk: &Desk<'_>, cut: &Cut, by: Protection) -> Result<Figures> {
    check(desk, cut)?;
    let (offices, span) = (offices(desk)?, (start_of(cut.first)?, start_of(after(cut.last)?)?));
    let table = desk.store.act(desk.who, Verb::StatisticsRead, Purpose::ServiceManagement, |tx| {
        tx.permit_statistics(serde_json::json!({ "statistics": "preview" }))?;
        tally(tx, cut, &offices, span)
    })?;
    Ok(shown(cut, &table.protect(by), by))
}

/// Releases figures: kept as they were shown, and refused when a number would tell about a few people beside one
/// that was released before.
///
/// # Errors
/// [`ServiceError::Unlawful`] with what to do instead; a refusal of the gate.
pub fn release(desk: &Desk<'_>, cut: &Cut, by: Protection) -> Result<Released> {
    check(desk, cut)?;
    let (offices, span) = (offices(desk)?, (start_of(cut.first)?, start_of(after(cut.last)?)?));
    let id = desk.store.act(desk.who, Verb::StatisticsRelease, Purpose::ServiceManagement, |tx| {
        tx.permit_statistics(serde_json::json!({ "statistics": "release" }))?;
        let table = tally(tx, cut, &offices, span)?;
        let protected = table.protect(by);
        let (new, earlier) = (published(cut, &table, &protected), before(tx)?);
        if let Err(gap) = no_differencing(&new, &earlier, by) {
            return Err(StoreError::Refused { why: gap.reason, remedy: None, policies: Vec::new() });
        }
        let figures = shown(cut, &protected, by);
        let content = serde_json::to_string(&figures)
            .map_err(|_| StoreError::Invalid("the figures cannot be written".to_owned()))?;
        tx.keep_release(&NewRelease {
            first: cut.first,
            last: cut.last,
            dimensions: figures.by,
            threshold: by.threshold.max(3),
            round_to: by.round_to,
            content,
            text: ReleaseText { cells: exact(&table, &protected) },
        })
    })?;
    let found = releases(desk)?.into_iter().find(|r| r.id == id);
    found.ok_or_else(|| ServiceError::Invalid("the release was not kept: try again".to_owned()))
}

fn exact(table: &Table, shown: &Shown) -> Vec<ExactCell> {
    let is_shown = |key: &Key| shown.get(key).is_some_and(Option::is_some);
    let cells = table.cells().iter();
    cells.map(|(k, c)| ExactCell { values: k.clone(), cases: c.cases, shown: is_shown(k) }).collect()
}

/// What each shown number covers.
fn published(cut: &Cut, table: &Table, shown: &Shown) -> Vec<Published> {
    exact(table, shown)
        .iter()
        .filter(|c| c.shown)
        .filter_map(|c| number(&cut.by, (cut.first, cut.last), c))
        .collect()
}

fn number(by: &[Dimension], (first, last): (Date, Date), cell: &ExactCell) -> Option<Published> {
    let mut region = Region { first, last, values: BTreeMap::new() };
    for (dimension, value) in by.iter().zip(&cell.values) {
        match (dimension, value) {
            (Dimension::Month, Some(month)) => {
                let day: Date = format!("{month}-01").parse().ok()?;
                (region.first, region.last) = (day, day);
            }
            (dimension, Some(value)) => {
                region.values.insert(*dimension, value.clone());
            }
            (_, None) => {}
        }
    }
    Some(Published { region, cases: cell.cases })
}

fn before(tx: &mut Tx<'_>) -> std::result::Result<Vec<Published>, StoreError> {
    let releases = tx.releases()?;
    Ok(releases
        .iter()
        .flat_map(|r| {
            let by: Vec<Dimension> = r.dimensions.iter().filter_map(|d| d.parse().ok()).collect();
            let cells = r.text.cells.iter().filter(|c| c.shown);
            cells.filter_map(|c| number(&by, (r.first, r.last), c)).collect::<Vec<_>>()
        })
        .collect())
}

/// What was released, newest first.
///
/// # Errors
/// A refusal of the gate.
pub fn releases(desk: &Desk<'_>) -> Result<Vec<Released>> {
    let all = desk.store.act(desk.who, Verb::StatisticsRead, Purpose::ServiceManagement, |tx| {
        tx.permit_statistics(serde_json::json!({ "statistics": "releases" }))?;
        tx.releases()
    })?;
    all.iter().map(as_released).collect()
}

fn as_released(release: &Release) -> Result<Released> {
    let figures = serde_json::from_str(&release.content)
        .map_err(|_| ServiceError::Invalid("a release on record cannot be read".to_owned()))?;
    Ok(Released { id: release.id, at: release.at, figures })
}
