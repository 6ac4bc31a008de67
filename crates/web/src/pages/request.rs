//! One request: its clock with the working, where was searched, what was found, and what happened.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_service::rights::RequestView;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::dates;
use crate::pages::requests::{Row, Standing, refusal};
use crate::problem::Problem;
use crate::render::View;
use crate::samples;
use crate::session::{Staff, blocking};
use crate::site::Site;
use crate::visit::Visit;

/// The width of the runway in the drawing's own units.
const RUNWAY: i32 = 600;
/// The items that the page lists by name; beyond it only their number is shown.
const ITEMS_LISTED: usize = 200;

/// One request's page.
#[derive(Debug, Serialize)]
pub struct RequestPageView {
    summary: Row,
    requester: String,
    wording: String,
    asked: Vec<(&'static str, String)>,
    identified: bool,
    clock_error: String,
    runway: Option<Runway>,
    working: Vec<(String, String)>,
    sources: Vec<Source>,
    figures: Vec<(String, usize)>,
    items: Vec<(i64, String, String, String)>,
    more_items: usize,
    events: Vec<Event>,
    approvals: usize,
    #[serde(serialize_with = "dates::iso_if_any")]
    sealed_at: Option<Timestamp>,
    #[serde(serialize_with = "dates::iso_if_any")]
    released_at: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct Source {
    name: String,
    result: String,
    held: i64,
    note: String,
}

#[derive(Debug, Serialize)]
struct Event {
    #[serde(serialize_with = "dates::iso")]
    on: Date,
    kind: String,
    note: String,
}

/// The time limit drawn to scale: receipt on the left; on the right the due date, or today when that
/// has passed.
#[derive(Debug, Serialize)]
struct Runway {
    #[serde(serialize_with = "dates::iso")]
    from: Date,
    #[serde(serialize_with = "dates::iso")]
    to: Date,
    /// Where the due date is.
    due: i32,
    today: Option<i32>,
}

impl Runway {
    /// Nothing without a due date.
    fn new(from: Date, due: Option<Date>, today: Date) -> Option<Self> {
        let due = due.filter(|due| *due > from)?;
        let whole = days(from, due.max(today));
        let place = |date: Date| (days(from, date).clamp(0, whole) * RUNWAY) / whole;
        Some(Self { from, to: due, due: place(due), today: (from <= today).then(|| place(today)) })
    }
}

fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

impl RequestPageView {
    fn new(request: RequestView, today: Date) -> Self {
        let summary = Row::new(&request.summary);
        let open = Standing::of(&request.summary) != Standing::Closed;
        let due = request.summary.due.filter(|_| open);
        let count = |state: &str| request.items.iter().filter(|(.., own)| own == state).count();
        let figures =
            ["found", "released", "withheld", "not-theirs"].map(|state| (state.to_owned(), count(state)));
        let more_items = request.items.len().saturating_sub(ITEMS_LISTED);
        Self {
            summary,
            runway: Runway::new(request.summary.received_on, due, today),
            clock_error: request.summary.clock_error,
            requester: request.requester,
            wording: request.wording,
            asked: request.asked,
            identified: request.identified,
            working: request.working,
            sources: request
                .sources
                .into_iter()
                .map(|s| Source { name: s.source, result: s.result, held: s.items, note: s.note })
                .collect(),
            figures: if request.items.is_empty() { Vec::new() } else { figures.into() },
            items: request.items.into_iter().take(ITEMS_LISTED).collect(),
            more_items,
            events: request
                .events
                .into_iter()
                .rev()
                .map(|(on, kind, note)| Event { on, kind, note })
                .collect(),
            approvals: request.approvals,
            sealed_at: request.sealed_at,
            released_at: request.released_at,
        }
    }
}

impl View for RequestPageView {
    const TEMPLATE: &'static str = "staff/request.html";

    fn samples() -> Vec<Self> {
        samples::requests().into_iter().map(|request| Self::new(request, samples::today())).collect()
    }
}

/// `GET /staff/requests/{reference}`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(reference): Path<String>,
) -> Result<Response, Response> {
    if !reference.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(Problem::NotFound.into_response());
    }
    let use_cases = site.use_cases();
    let answer = blocking(move || use_cases.request(&who, &reference)).await;
    let request = answer.map_err(IntoResponse::into_response)?.map_err(|error| refusal(&visit, &error))?;
    let today = site.now().to_zoned(site.zone()).date();
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &RequestPageView::new(request, today)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_runway_is_to_scale_and_shows_what_is_late() {
        let drawn = |due, today| Runway::new(date(2026, 11, 1), due, today).map(|r| (r.due, r.today));
        let due = Some(date(2026, 12, 1));
        assert_eq!(drawn(due, date(2026, 11, 16)), Some((600, Some(300))));
        assert_eq!(drawn(due, date(2026, 12, 31)), Some((300, Some(600))));
        assert_eq!(drawn(due, date(2026, 10, 1)), Some((600, None)));
        assert_eq!(drawn(None, date(2026, 11, 16)), None);
        assert_eq!(drawn(Some(date(2026, 11, 1)), date(2026, 11, 16)), None);
    }
}
