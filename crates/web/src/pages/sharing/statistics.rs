//! Figures that name nobody: looked at before they are released, and everything that was released.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_domain::casebook::words::Outcome;
use counterfoil_domain::sharing::statistics::{Dimension, Protection};
use counterfoil_service::sharing::statistics::{self as figures, Cut, Figures, Released};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::{Option2, STALE, attempt, run};
use crate::dates;
use crate::forms::{Failure, Fields, Posted};
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// The longest bar in the drawing's own units.
const WIDTH: u64 = 300;

/// One number.
#[derive(Debug, Clone, Serialize)]
struct Row {
    values: Vec<String>,
    total: bool,
    number: Option<u64>,
    width: u64,
}

/// One table.
#[derive(Debug, Clone, Serialize)]
struct Shown {
    #[serde(serialize_with = "dates::iso")]
    first: Date,
    #[serde(serialize_with = "dates::iso")]
    last: Date,
    #[serde(serialize_with = "dates::iso_if_any")]
    released: Option<Timestamp>,
    by: Vec<String>,
    threshold: u64,
    round_to: u64,
    suppressed: usize,
    rows: Vec<Row>,
}

/// A value as it reads; nothing for all of them.
fn shown(by: &str, value: Option<String>) -> String {
    let value = value.unwrap_or_default();
    match value.parse::<Outcome>() {
        Ok(outcome) if by == Dimension::Outcome.code() => outcome.label().to_owned(),
        _ => value,
    }
}

impl Shown {
    fn new(figures: Figures, released: Option<Timestamp>) -> Self {
        let suppressed = figures.suppressed();
        let parts = figures.cells.iter().filter(|c| c.values.iter().all(Option::is_some));
        let most = parts.filter_map(|c| c.number).max().unwrap_or(1).max(1);
        let mut rows: Vec<Row> = figures
            .cells
            .into_iter()
            .map(|c| Row {
                total: c.values.iter().any(Option::is_none),
                values: figures.by.iter().zip(c.values).map(|(by, value)| shown(by, value)).collect(),
                number: c.number,
                width: c.number.map_or(0, |n| n.min(most) * WIDTH / most),
            })
            .collect();
        // The parts first, then their totals, the total of all last.
        rows.sort_by_key(|r| (r.values.iter().filter(|v| v.is_empty()).count(), r.values.clone()));
        Self {
            first: figures.first,
            last: figures.last,
            released,
            by: figures.by,
            threshold: figures.threshold,
            round_to: figures.round_to,
            suppressed,
            rows,
        }
    }
}

/// The page of figures.
#[derive(Debug, Serialize)]
pub struct StatisticsView {
    first: [String; 2],
    last: [String; 2],
    by: Vec<Option2>,
    and: Vec<Option2>,
    preview: Option<Shown>,
    releases: Vec<Shown>,
    refused: Vec<String>,
}

fn dimensions(chosen: &str) -> Vec<Option2> {
    Dimension::ALL.iter().map(|d| Option2::new(d.code(), d.label(), d.code() == chosen)).collect()
}

impl StatisticsView {
    fn new(typed: &Fields, today: Date, releases: Vec<Released>) -> Self {
        let last = today.first_of_month().yesterday().unwrap_or(today);
        let first = last.first_of_month();
        let or = |name: &str, otherwise: String| {
            let typed = typed.get(name).to_owned();
            if typed.is_empty() { otherwise } else { typed }
        };
        let month = |name: &str, day: Date| {
            [
                or(&format!("{name}-month"), day.month().to_string()),
                or(&format!("{name}-year"), day.year().to_string()),
            ]
        };
        Self {
            first: month("first", first),
            last: month("last", last),
            by: dimensions(typed.get("by")),
            and: dimensions(typed.get("and")),
            preview: None,
            releases: releases.into_iter().map(|r| Shown::new(r.figures, Some(r.at))).collect(),
            refused: Vec::new(),
        }
    }

    fn cut(&self, typed: &Fields) -> Result<Cut, Vec<Failure>> {
        let day =
            |[month, year]: &[String; 2]| dates::from_parts(&["1".to_owned(), month.clone(), year.clone()]);
        let wrong = |field| vec![Failure { field, key: "sharing.error.month" }];
        let first = day(&self.first).ok_or_else(|| wrong("first-month"))?;
        let last = day(&self.last).ok_or_else(|| wrong("last-month"))?;
        let by = ["by", "and"].iter().filter_map(|n| typed.get(n).parse().ok()).collect();
        Ok(Cut { first, last, by })
    }
}

impl View for StatisticsView {
    const TEMPLATE: &'static str = "staff/statistics.html";

    fn samples() -> Vec<Self> {
        let row = |values: &[&str], number, total| Row {
            values: values.iter().map(|v| (*v).to_owned()).collect(),
            total,
            number,
            width: 100,
        };
        let table = |by: &[&str], rows: Vec<Row>, released| Shown {
            first: jiff::civil::date(2026, 8, 1),
            last: jiff::civil::date(2026, 10, 1),
            released,
            by: by.iter().map(|d| (*d).to_owned()).collect(),
            threshold: 5,
            round_to: 5,
            suppressed: 1,
            rows,
        };
        let two = vec![row(&["debt", "Moor"], Some(25), false), row(&["debt", ""], None, true)];
        let one = vec![row(&["debt"], Some(25), false), row(&[""], Some(25), true)];
        let none = vec![row(&[], Some(25), true)];
        let view = |preview, releases, refused: Vec<String>| Self {
            first: ["8".into(), "2026".into()],
            last: ["10".into(), "2026".into()],
            by: dimensions("issue"),
            and: dimensions("office"),
            preview,
            releases,
            refused,
        };
        vec![
            view(
                Some(table(&["issue", "office"], two, None)),
                vec![table(&["issue"], one.clone(), Some(Timestamp::UNIX_EPOCH))],
                vec!["fewer than 5".into()],
            ),
            view(Some(table(&["month"], one.clone(), None)), Vec::new(), Vec::new()),
            view(
                Some(table(&["outcome"], one, None)),
                vec![table(&[], none, Some(Timestamp::UNIX_EPOCH))],
                Vec::new(),
            ),
            view(None, Vec::new(), Vec::new()),
        ]
    }
}

/// `GET /staff/statistics`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Response> {
    let counted = asked.iter().any(|(k, _)| k == "by");
    page(&site, &visit, &who, Fields::new(asked), counted, Vec::new()).await
}

async fn page(
    site: &Site,
    visit: &Visit,
    who: &Staff,
    typed: Fields,
    counted: bool,
    refused: Vec<String>,
) -> Result<Response, Response> {
    let today = site.now().to_zoned(site.zone()).date();
    let releases = run(site, visit, who, figures::releases).await?;
    let mut view = StatisticsView { refused, ..StatisticsView::new(&typed, today, releases) };
    let mut failures = Vec::new();
    if counted {
        match view.cut(&typed) {
            Err(found) => failures = found,
            Ok(cut) => {
                let preview = attempt(site, visit, who, move |desk| {
                    figures::preview(desk, &cut, Protection::default())
                });
                match preview.await? {
                    Ok(found) => view.preview = Some(Shown::new(found, None)),
                    Err(lines) => view.refused.extend(lines),
                }
            }
        }
    }
    let fine = view.refused.is_empty() && failures.is_empty();
    let status = if fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(site.respond(visit, status, &visit.page(site).with_errors(failures), &view))
}

/// `POST /staff/statistics`
pub async fn release(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let today = site.now().to_zoned(site.zone()).date();
    if !fresh {
        let view = StatisticsView::new(&fields, today, run(&site, &visit, &who, figures::releases).await?);
        let page = visit.page(&site).with_errors(vec![STALE]);
        return Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &view));
    }
    let view = StatisticsView::new(&fields, today, Vec::new());
    match view.cut(&fields) {
        Err(_) => page(&site, &visit, &who, fields, true, Vec::new()).await,
        Ok(cut) => {
            let done = attempt(&site, &visit, &who, move |desk| {
                figures::release(desk, &cut, Protection::default()).map(|_| ())
            });
            match done.await? {
                Ok(()) => Ok(visit.go("/staff/statistics")),
                Err(lines) => page(&site, &visit, &who, fields, true, lines).await,
            }
        }
    }
}
