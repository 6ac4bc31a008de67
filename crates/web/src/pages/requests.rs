//! The staff home: what is overdue, at risk, on time and paused, and the list.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_domain::access::sections::Section;
use counterfoil_service::ServiceError;
use counterfoil_service::rights::RequestSummary;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::dates;
use crate::pages::runway::{Runway, Scale};
use crate::problem::Problem;
use crate::render::View;
use crate::samples;
use crate::session::{Staff, blocking};
use crate::site::Site;
use crate::use_cases;
use crate::visit::Visit;

/// A request is shown as at risk when it is due within this many days; a way of sorting the desk, not
/// a rule of law.
const AT_RISK_DAYS: i64 = 7;

/// How a request stands, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The due date has passed without an answer.
    Overdue,
    /// Due within [`AT_RISK_DAYS`].
    AtRisk,
    /// The clock runs and there is time.
    Due,
    /// The clock stands or has not started, with a reason.
    Paused,
    /// The clock cannot be read; the page of the request says why.
    Unknown,
    /// Answered.
    Closed,
}

impl Standing {
    /// Its spelling in addresses and words.
    const fn word(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::AtRisk => "at_risk",
            Self::Due => "due",
            Self::Paused => "paused",
            Self::Unknown => "unknown",
            Self::Closed => "closed",
        }
    }

    /// From the clock's own reading.
    #[must_use]
    pub fn of(request: &RequestSummary) -> Self {
        match request.clock.as_str() {
            "answered" | "closed_no_reply" | "withdrawn" => Self::Closed,
            "running" | "extended" | "acknowledged" if request.late => Self::Overdue,
            "running" | "extended" | "acknowledged" => match request.days_left {
                Some(days) if days <= AT_RISK_DAYS => Self::AtRisk,
                _ => Self::Due,
            },
            "awaiting_id" | "awaiting_authority" | "awaiting_fee" | "paused" => Self::Paused,
            _ => Self::Unknown,
        }
    }
}

/// What the list and the page show of a request's place in time.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    reference: String,
    requester: String,
    right: String,
    state: String,
    #[serde(serialize_with = "dates::iso")]
    received: Date,
    #[serde(serialize_with = "dates::iso_if_any")]
    due: Option<Date>,
    days_left: Option<i64>,
    standing: Standing,
    clock: String,
}

impl Row {
    pub(super) fn new(request: &RequestSummary) -> Self {
        Self {
            reference: request.reference.clone(),
            requester: request.requester.clone(),
            right: request.right.clone(),
            state: request.state.clone(),
            received: request.received_on,
            due: request.due,
            days_left: request.days_left,
            standing: Standing::of(request),
            clock: request.clock.clone(),
        }
    }
}

/// An open request with its time on the scale that all share, or a closed one.
#[derive(Debug, Serialize)]
struct Line {
    row: Row,
    runway: Option<Runway>,
}

/// The staff home.
#[derive(Debug, Serialize)]
pub struct RequestsView {
    figures: Vec<Figure>,
    /// Days since the oldest open request came.
    oldest: Option<i32>,
    /// What is shown: a standing, or empty for all that are open.
    only: String,
    lines: Vec<Line>,
    /// The days at which the scale begins and ends.
    #[serde(serialize_with = "dates::iso_if_any")]
    from: Option<Date>,
    #[serde(serialize_with = "dates::iso_if_any")]
    to: Option<Date>,
    /// Closed requests that are not shown.
    closed: usize,
}

/// A number above the list, with the words that say what it counts.
#[derive(Debug, Serialize)]
struct Figure {
    standing: Standing,
    count: usize,
}

/// What may be asked of the page.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    standing: Option<Standing>,
}

impl RequestsView {
    fn new(requests: &[RequestSummary], only: Option<Standing>, today: Date) -> Self {
        let mut sorted: Vec<_> = requests.iter().map(|r| (Row::new(r), r)).collect();
        sorted.sort_by_key(|(row, _)| (row.standing, row.due, row.received));
        let count = |standing| sorted.iter().filter(|(row, _)| row.standing == standing).count();
        let shown = [Standing::Overdue, Standing::AtRisk, Standing::Due, Standing::Paused, Standing::Unknown];
        let figures = shown.into_iter().map(|standing| Figure { standing, count: count(standing) });
        let figures: Vec<Figure> =
            figures.filter(|f| f.standing != Standing::Unknown || f.count > 0).collect();
        let closed = count(Standing::Closed);
        let open = || sorted.iter().filter(|(row, _)| row.standing != Standing::Closed);
        let age = |received: Date| received.until(today).map_or(0, |span| span.get_days());
        let oldest = open().map(|(row, _)| age(row.received)).max();
        let from = open().map(|(row, _)| row.received).min();
        let to =
            open().filter_map(|(row, _)| row.due).max().map(|due| due.max(today)).or(from.map(|_| today));
        let scale = from.zip(to).map(|(from, to)| Scale::new(from, to));
        let wanted = |row: &Row| only.map_or(row.standing != Standing::Closed, |only| row.standing == only);
        let line = |(row, request): (Row, &RequestSummary)| {
            let on = scale.filter(|_| !matches!(row.standing, Standing::Closed | Standing::Unknown));
            let runway = on.map(|on| Runway::on(on, row.received, row.due, today, &request.pauses));
            Line { row, runway }
        };
        Self {
            figures,
            oldest,
            only: only.map_or("", Standing::word).to_owned(),
            from,
            to,
            closed,
            lines: sorted.into_iter().filter(|(row, _)| wanted(row)).map(line).collect(),
        }
    }
}

impl View for RequestsView {
    const TEMPLATE: &'static str = "staff/requests.html";

    fn samples() -> Vec<Self> {
        let (all, today) = (samples::summaries(), samples::today());
        vec![
            Self::new(&[], None, today),
            Self::new(&all, None, today),
            Self::new(&all, Some(Standing::Closed), today),
        ]
    }
}

/// `GET /staff/requests`: where one would look for the list, which is the first page.
pub async fn moved(visit: Visit, _: Staff) -> Response {
    visit.go("/staff")
}

/// `GET /staff`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    // Signing in leads here: whoever has no requests begins with what they have.
    if let Some(first) = visit.menu().first().filter(|_| !visit.menu().contains(&Section::Requests.code())) {
        return Ok(visit.go(&format!("/staff/{first}")));
    }
    let use_cases = site.use_cases();
    let answer = blocking(move || use_cases.requests(&who)).await.map_err(IntoResponse::into_response)?;
    let requests = answer.map_err(|error| refusal(&visit, &error))?;
    let today = site.now().to_zoned(site.zone()).date();
    let view = RequestsView::new(&requests, asked.standing, today);
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// The answer to a use-case that gave none. The gate's refusals and the store's errors hold nothing of
/// the record, so the log may name them.
pub(super) fn refusal(visit: &Visit, error: &ServiceError) -> Response {
    if use_cases::is_not_found(error) {
        return Problem::NotFound.into_response();
    }
    if error.is_refusal() {
        tracing::info!(request = visit.request_id(), %error, "refused");
        return Problem::Forbidden.into_response();
    }
    tracing::error!(request = visit.request_id(), %error, "a use-case failed");
    Problem::Fault.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_stands_as_its_clock_reads() {
        let of = |clock: &str, days: Option<i64>| {
            let sample = samples::summaries().swap_remove(0);
            let late = days.is_some_and(|days| days < 0);
            Standing::of(&RequestSummary { clock: clock.into(), days_left: days, late, ..sample })
        };
        for (clock, days, expected) in [
            ("running", Some(-1), Standing::Overdue),
            ("extended", Some(0), Standing::AtRisk),
            ("running", Some(7), Standing::AtRisk),
            ("acknowledged", Some(8), Standing::Due),
            ("running", None, Standing::Due),
            ("paused", None, Standing::Paused),
            ("awaiting_id", None, Standing::Paused),
            ("answered", None, Standing::Closed),
            ("unknown", None, Standing::Unknown),
        ] {
            assert_eq!(of(clock, days), expected, "{clock} {days:?}");
        }
    }

    #[test]
    fn the_most_urgent_come_first() {
        let of = |only| RequestsView::new(&samples::summaries(), only, samples::today());
        let view = of(None);
        let order: Vec<_> = view.lines.iter().map(|line| line.row.standing).collect();
        assert!(order.is_sorted() && !order.contains(&Standing::Closed), "{order:?}");
        let counts: Vec<_> = view.figures.iter().map(|figure| figure.count).collect();
        assert_eq!(counts, [1, 2, 1, 1, 1]);
        assert_eq!((view.oldest, view.closed), (Some(736), 1));
        assert_eq!(of(Some(Standing::Closed)).lines.len(), 1);
        // One scale for all: the latest due date is at its end, and nothing leaves it.
        let due = |line: &Line| line.runway.as_ref().and_then(|r| r.due);
        assert_eq!(view.lines.iter().filter_map(due).max(), Some(crate::pages::runway::WIDTH));
    }
}
