//! One request: its clock with the working, where was searched, what was decided, and who did what.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_domain::ids::RequestId;
use jiff::civil::Date;
use serde::Serialize;

use crate::dates;
use crate::desk::{Clock, RequestDetail, Standing};
use crate::pages::requests::refusal;
use crate::problem::Problem;
use crate::render::View;
use crate::samples;
use crate::session::{Staff, blocking};
use crate::site::Site;
use crate::visit::Visit;

/// The width of the runway in the drawing's own units.
const RUNWAY: i32 = 600;

/// One request's page.
#[derive(Debug, Serialize)]
pub struct RequestPageView {
    request: RequestDetail,
    runway: Option<Runway>,
}

/// The clock drawn to scale: receipt on the left, due date on the right.
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
#[derive(Debug, Serialize)]
struct Bar {
    x: i32,
    width: i32,
    paused: bool,
}

impl Runway {
    /// Nothing when the clock has no stretch that takes time.
    fn new(clock: &Clock, today: Date) -> Option<Self> {
        let (from, to) = (clock.stretches.first()?.from, clock.stretches.last()?.to);
        let whole = days(from, to);
        if whole <= 0 {
            return None;
        }
        let place = |date: Date| (days(from, date).clamp(0, whole) * RUNWAY) / whole;
        let bars = clock.stretches.iter().map(|stretch| {
            let x = place(stretch.from);
            Bar { x, width: place(stretch.to) - x, paused: stretch.paused }
        });
        let today = (from <= today && today <= to).then(|| place(today));
        Some(Self { from, to, bars: bars.collect(), today })
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
    let (desk, now) = (site.desk(), site.now());
    let answer = blocking(move || desk.request(&who, id, now)).await.map_err(IntoResponse::into_response)?;
    let detail = answer.map_err(|error| refusal(&visit, error))?;
    let today = now.to_zoned(site.zone()).date();
    Ok(site.respond(&visit, StatusCode::OK, visit.page(&site), &RequestPageView::new(detail, today)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Stretch;
    use jiff::civil::date;

    #[test]
    fn the_runway_is_to_scale_and_today_is_on_it_only_when_it_is() {
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
        let runway = Runway::new(&clock, date(2026, 11, 16)).unwrap();
        let bars: Vec<_> = runway.bars.iter().map(|bar| (bar.x, bar.width, bar.paused)).collect();
        assert_eq!(bars, [(0, 200, false), (200, 100, true), (300, 300, false)]);
        assert_eq!(runway.today, Some(300));
        assert_eq!(Runway::new(&clock, date(2027, 1, 1)).unwrap().today, None);
        assert!(Runway::new(&Clock { stretches: vec![], ..clock }, date(2027, 1, 1)).is_none());
    }
}
