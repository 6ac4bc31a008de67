//! One request: its clock with the working, where was searched, what was decided, and who did what.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_domain::ids::RequestId;
use jiff::civil::Date;
use serde::Serialize;

use crate::dates;
use crate::pages::requests::refusal;
use crate::problem::Problem;
use crate::render::View;
use crate::samples;
use crate::session::{Staff, blocking};
use crate::site::Site;
use crate::use_cases::{Clock, RequestDetail, Standing};
use crate::visit::Visit;

/// The width of the runway in the drawing's own units.
const RUNWAY: i32 = 600;

/// One request's page.
#[derive(Debug, Serialize)]
pub struct RequestPageView {
    request: RequestDetail,
    runway: Option<Runway>,
}

/// The clock drawn to scale: receipt on the left; on the right the due date, or today when that has
/// passed.
#[derive(Debug, Serialize)]
struct Runway {
    #[serde(serialize_with = "dates::iso")]
    from: Date,
    #[serde(serialize_with = "dates::iso")]
    to: Date,
    bars: Vec<Bar>,
    today: Option<i32>,
}

/// A stretch of the drawing, in its units.
#[derive(Debug, Serialize, PartialEq, Eq)]
struct Bar {
    x: i32,
    width: i32,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Running,
    Paused,
    Late,
}

impl Runway {
    /// Nothing when the clock has no stretch that takes time.
    fn new(clock: &Clock, today: Date) -> Option<Self> {
        let (from, due) = (clock.stretches.first()?.from, clock.stretches.last()?.to);
        let end = due.max(today);
        let whole = days(from, end);
        if days(from, due) <= 0 {
            return None;
        }
        let place = |date: Date| (days(from, date).clamp(0, whole) * RUNWAY) / whole;
        let bar = |from: Date, to: Date, kind| Bar { x: place(from), width: place(to) - place(from), kind };
        let kind = |paused| if paused { Kind::Paused } else { Kind::Running };
        let mut bars: Vec<_> = clock.stretches.iter().map(|s| bar(s.from, s.to, kind(s.paused))).collect();
        bars.extend((today > due).then(|| bar(due, today, Kind::Late)));
        let today = (from <= today).then(|| place(today));
        Some(Self { from, to: due, bars, today })
    }
}

fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

impl RequestPageView {
    fn new(request: RequestDetail, today: Date) -> Self {
        let closed = request.summary.standing == Standing::Closed;
        let runway = if closed { None } else { Runway::new(&request.clock, today) };
        Self { request, runway }
    }
}

impl View for RequestPageView {
    const TEMPLATE: &'static str = "staff/request.html";

    fn samples() -> Vec<Self> {
        samples::details().into_iter().map(|detail| Self::new(detail, samples::today())).collect()
    }
}

/// `GET /staff/requests/{id}`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let id: RequestId = id.parse().map_err(|_| Problem::NotFound.into_response())?;
    let (use_cases, now) = (site.use_cases(), site.now());
    let answer =
        blocking(move || use_cases.request(&who, id, now)).await.map_err(IntoResponse::into_response)?;
    let detail = answer.map_err(|error| refusal(&visit, error))?;
    let today = now.to_zoned(site.zone()).date();
    Ok(site.respond(&visit, StatusCode::OK, visit.page(&site), &RequestPageView::new(detail, today)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::use_cases::Stretch;
    use jiff::civil::date;

    #[test]
    fn the_runway_is_to_scale_and_shows_what_is_late() {
        let stretch = |from, to, paused| Stretch { from, to, paused };
        let clock = Clock {
            notice_by: None,
            working: vec![],
            stretches: vec![
                stretch(date(2026, 11, 1), date(2026, 11, 11), false),
                stretch(date(2026, 11, 11), date(2026, 11, 16), true),
                stretch(date(2026, 11, 16), date(2026, 12, 1), false),
            ],
        };
        let drawn = |today| {
            let runway = Runway::new(&clock, today).unwrap();
            (runway.bars.iter().map(|bar| (bar.x, bar.width, bar.kind)).collect::<Vec<_>>(), runway.today)
        };
        use Kind::{Late, Paused, Running};
        assert_eq!(
            drawn(date(2026, 11, 16)),
            (vec![(0, 200, Running), (200, 100, Paused), (300, 300, Running)], Some(300))
        );
        assert_eq!(
            drawn(date(2026, 12, 31)),
            (vec![(0, 100, Running), (100, 50, Paused), (150, 150, Running), (300, 300, Late)], Some(600))
        );
        assert_eq!(drawn(date(2026, 10, 1)).1, None);
        assert!(Runway::new(&Clock { stretches: vec![], ..clock }, date(2026, 11, 1)).is_none());
    }
}
