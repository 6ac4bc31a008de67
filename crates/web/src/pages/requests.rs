//! The staff home: what is overdue, at risk, on time and paused, and the list.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_service::ServiceError;
use counterfoil_service::rights::RequestSummary;
use jiff::civil::Date;
use serde::Serialize;

use crate::dates;
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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

/// The staff home.
#[derive(Debug, Serialize)]
pub struct RequestsView {
    figures: Vec<Figure>,
    requests: Vec<Row>,
}

/// A number above the list, with the words that say what it counts.
#[derive(Debug, Serialize)]
struct Figure {
    standing: Standing,
    count: usize,
}

impl RequestsView {
    fn new(requests: &[RequestSummary]) -> Self {
        let mut requests: Vec<_> = requests.iter().map(Row::new).collect();
        requests.sort_by_key(|row| (row.standing, row.due, row.received));
        let count = |standing| requests.iter().filter(|row| row.standing == standing).count();
        let shown = [Standing::Overdue, Standing::AtRisk, Standing::Due, Standing::Paused];
        let figures = shown.into_iter().map(|standing| Figure { standing, count: count(standing) }).collect();
        Self { figures, requests }
    }
}

impl View for RequestsView {
    const TEMPLATE: &'static str = "staff/requests.html";

    fn samples() -> Vec<Self> {
        vec![Self::new(&[]), Self::new(&samples::summaries())]
    }
}

/// `GET /staff`
pub async fn show(State(site): State<Site>, visit: Visit, Staff(who): Staff) -> Result<Response, Response> {
    let use_cases = site.use_cases();
    let answer = blocking(move || use_cases.requests(&who)).await.map_err(IntoResponse::into_response)?;
    let requests = answer.map_err(|error| refusal(&visit, &error))?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &RequestsView::new(&requests)))
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
        let view = RequestsView::new(&samples::summaries());
        let order: Vec<_> = view.requests.iter().map(|row| row.standing).collect();
        assert!(order.is_sorted(), "{order:?}");
        let counts: Vec<_> = view.figures.iter().map(|figure| figure.count).collect();
        assert_eq!(counts, [1, 2, 1, 1]);
    }
}
