//! The figures of requests: on time by month, volumes, the age of what is open; drawn, as tables, and to download.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use counterfoil_domain::rights::figures::{Share, Spread};
use counterfoil_service::rights::figures::{self, Counted};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::dates;
use crate::forms::Failure;
use crate::pages::requests::refusal;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::as_staff;
use crate::visit::Visit;

/// The height of the drawing of the months, in its own units.
const HEIGHT: u64 = 160;

/// The pages of the figures.
pub fn routes() -> Router<Site> {
    Router::new().route("/staff/figures", get(show)).route("/staff/figures.csv", get(table))
}

/// One month in the drawing and the table.
#[derive(Debug, Serialize)]
struct MonthLine {
    /// The first day of the month.
    #[serde(serialize_with = "dates::iso")]
    first: Date,
    received: u64,
    answered: u64,
    in_time: u64,
    /// From 1.
    month: i8,
    /// Heights in the drawing: answered in time, late, received, and the highest of what is drawn.
    tall: [u64; 4],
}

/// A right or a service.
#[derive(Debug, Serialize)]
struct ShareLine {
    name: String,
    received: u64,
    answered: u64,
    in_time: u64,
    /// Of those answered, in hundredths; nothing when none was.
    hundredths: Option<u64>,
}

impl ShareLine {
    fn new(name: &str, share: Share) -> Self {
        Self {
            name: name.to_owned(),
            received: share.received,
            answered: share.answered,
            in_time: share.in_time,
            hundredths: (share.in_time * 100).checked_div(share.answered),
        }
    }
}

/// The figures of a period.
#[derive(Debug, Serialize)]
pub struct FiguresView {
    #[serde(serialize_with = "dates::iso")]
    from: Date,
    #[serde(serialize_with = "dates::iso")]
    to: Date,
    typed_from: [String; 3],
    typed_to: [String; 3],
    all: ShareLine,
    months: Vec<MonthLine>,
    rights: Vec<ShareLine>,
    services: Vec<ShareLine>,
    /// Lines of days, number, and width in hundredths.
    backlog: Vec<(String, u64, u64)>,
    overdue: u64,
    paused: u64,
    oldest: Option<i64>,
    /// Name and least, median, nine of ten, most.
    spreads: Vec<(&'static str, [i64; 4])>,
    counts: Vec<(&'static str, u64)>,
    unread: Vec<String>,
}

impl FiguresView {
    fn new(counted: &Counted, from: Date, to: Date) -> Self {
        let f = &counted.figures;
        let most = f.months.values().map(|m| m.received.max(m.answered)).max().unwrap_or(0).max(1);
        let months = f.months.iter().filter_map(|(month, m)| {
            Some(MonthLine {
                first: Date::new(month.year, month.month, 1).ok()?,
                received: m.received,
                answered: m.answered,
                in_time: m.in_time,
                month: month.month,
                tall: [m.in_time, m.answered - m.in_time, m.received, m.received.max(m.answered)]
                    .map(|n| n * HEIGHT / most),
            })
        });
        let shares = |map: &std::collections::BTreeMap<String, Share>| -> Vec<ShareLine> {
            map.iter().map(|(name, share)| ShareLine::new(name, *share)).collect()
        };
        let widest = f.backlog.iter().max().copied().unwrap_or(0).max(1);
        let ages = figures::age_lines().into_iter().zip(f.backlog);
        let spread = |name, s: Option<Spread>| s.map(|s| (name, [s.least, s.median, s.ninth, s.most]));
        Self {
            from,
            to,
            typed_from: typed(from),
            typed_to: typed(to),
            all: ShareLine::new("", f.all),
            months: months.collect(),
            rights: shares(&f.rights),
            services: shares(&f.services),
            backlog: ages.map(|(name, n)| (name, n, n * 100 / widest)).collect(),
            overdue: f.overdue,
            paused: f.paused,
            oldest: f.oldest,
            spreads: [spread("gross", f.gross), spread("net", f.net)].into_iter().flatten().collect(),
            counts: vec![
                ("extended", f.extended),
                ("with_pause", f.with_pause),
                ("refused", f.refused),
                ("pages", f.pages),
                ("hours", f.minutes / 60),
            ],
            unread: counted.unread.clone(),
        }
    }
}

fn typed(day: Date) -> [String; 3] {
    [day.day().to_string(), day.month().to_string(), day.year().to_string()]
}

impl View for FiguresView {
    const TEMPLATE: &'static str = "staff/figures.html";

    fn samples() -> Vec<Self> {
        use counterfoil_domain::rights::figures::{Fact, figures as count};
        let day = jiff::civil::date;
        let fact = |received: Date, ended: Option<Date>, late| Fact {
            right: "access".to_owned(),
            service: None,
            received,
            ended,
            answered: ended.is_some(),
            refused: false,
            late,
            paused: false,
            gross: 28,
            net: 20,
            paused_days: 8,
            extended: false,
            pages: 40,
            minutes: 120,
        };
        let facts = [
            fact(day(2026, 9, 1), Some(day(2026, 9, 29)), false),
            fact(day(2026, 9, 2), Some(day(2026, 11, 2)), true),
            fact(day(2026, 10, 2), None, true),
        ];
        let (from, to) = (day(2026, 9, 1), day(2026, 11, 22));
        let some = Counted { figures: count(&facts, from, to), unread: vec!["R-2026-00007".to_owned()] };
        let none = Counted { figures: count(&[], from, to), unread: Vec::new() };
        vec![Self::new(&some, from, to), Self::new(&none, from, to)]
    }
}

/// The period that is asked for, as three fields a day or as ISO dates.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Asked {
    from: Option<Date>,
    to: Option<Date>,
    from_day: Option<String>,
    from_month: Option<String>,
    from_year: Option<String>,
    to_day: Option<String>,
    to_month: Option<String>,
    to_year: Option<String>,
}

/// What was typed, and why it is no date.
type Refused = ([String; 3], [String; 3], Vec<Failure>);

impl Asked {
    /// The period; without dates the year that ends today.
    fn period(self, today: Date) -> Result<(Date, Date), Box<Refused>> {
        let year_ago = today.saturating_sub(jiff::Span::new().years(1)).tomorrow().unwrap_or(today);
        let parts = |parts: [Option<String>; 3]| -> Option<[String; 3]> {
            parts.iter().any(Option::is_some).then(|| parts.map(|p| p.unwrap_or_default().trim().to_owned()))
        };
        let from = parts([self.from_day, self.from_month, self.from_year]);
        let to = parts([self.to_day, self.to_month, self.to_year]);
        let read = |typed: &Option<[String; 3]>, iso: Option<Date>, otherwise: Date| match typed {
            Some(typed) => dates::from_parts(typed),
            None => Some(iso.unwrap_or(otherwise)),
        };
        let found = (read(&from, self.from, year_ago), read(&to, self.to, today));
        let refused = |field| {
            let shown = |t: &Option<[String; 3]>, day| t.clone().unwrap_or_else(|| typed(day));
            let errors = vec![Failure { field, key: "deadline.error.date" }];
            Box::new((shown(&from, year_ago), shown(&to, today), errors))
        };
        match found {
            (Some(from), Some(to)) if from <= to => Ok((from, to)),
            (None, _) => Err(refused("from-day")),
            _ => Err(refused("to-day")),
        }
    }
}

async fn counted(site: &Site, visit: &Visit, who: &Staff, from: Date, to: Date) -> Result<Counted, Response> {
    let found = as_staff(site, &who.0, move |desk| figures::figures(desk, from, to)).await;
    found.map_err(IntoResponse::into_response)?.map_err(|error| refusal(visit, &error))
}

/// `GET /staff/figures`
async fn show(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    let today = site.now().to_zoned(site.zone()).date();
    match asked.period(today) {
        Ok((from, to)) => {
            let view = FiguresView::new(&counted(&site, &visit, &who, from, to).await?, from, to);
            Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
        }
        Err(refused) => {
            let (typed_from, typed_to, errors) = *refused;
            let view = FiguresView::new(&counted(&site, &visit, &who, today, today).await?, today, today);
            let view = FiguresView { typed_from, typed_to, ..view };
            let page = visit.page(&site).with_errors(errors);
            Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &view))
        }
    }
}

/// `GET /staff/figures.csv`
async fn table(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    let today = site.now().to_zoned(site.zone()).date();
    let (from, to) = asked.period(today).map_err(|_| crate::problem::Problem::NotFound.into_response())?;
    let counted = counted(&site, &visit, &who, from, to).await?;
    let text = figures::csv(&counted, from, to).map_err(|error| refusal(&visit, &error))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"requests-{from}-{to}.csv\"")),
    ];
    Ok((headers, text).into_response())
}
