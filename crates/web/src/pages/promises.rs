//! The promise ledger: for staff with the records that need somebody, and, where the organisation wants it, for the
//! public without them. It is counted at most once a minute, whoever asks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use counterfoil_domain::promises::State as Standing;
use counterfoil_service::promises::{self, ControlLine, Figure, Ledger, Line};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::problem::Problem;
use crate::render::View;
use crate::session::blocking;
use crate::site::Site;
use crate::visit::Visit;

/// How long a count is shown: a control that fails shows within a minute.
const FRESH: Duration = Duration::from_secs(55);

/// The width of the bar in the drawing's own units.
const BAR: usize = 600;

/// The last count. Whoever comes while it is counted waits for that count.
#[derive(Debug, Default)]
pub struct Counted(Mutex<Option<(Timestamp, Arc<Ledger>)>>);

impl Counted {
    async fn get(&self, site: &Site) -> Result<Arc<Ledger>, Problem> {
        let live = site.live().ok_or(Problem::NotFound)?;
        let mut kept = self.0.lock().await;
        let now = site.now();
        let fresh = |at: Timestamp| now.duration_since(at).unsigned_abs() < FRESH;
        if let Some((_, ledger)) = kept.as_ref().filter(|(at, _)| fresh(*at)) {
            return Ok(Arc::clone(ledger));
        }
        let count = move || promises::ledger(&live.store, live.controller, &live.calendar, &live.law);
        let ledger = blocking(count).await?.map(Arc::new).map_err(|error| {
            tracing::error!(%error, "the ledger was not counted");
            Problem::Unavailable
        })?;
        *kept = Some((now, Arc::clone(&ledger)));
        Ok(ledger)
    }
}

/// One state in the bar.
#[derive(Debug, Serialize)]
struct Segment {
    state: &'static str,
    count: usize,
    from: usize,
    width: usize,
}

/// The ledger.
#[derive(Debug, Serialize)]
pub struct PromisesView {
    organisation: String,
    counted_at: Option<String>,
    all: usize,
    bar: Vec<Segment>,
    lines: Vec<Line>,
    /// The state that is asked for; empty for all.
    only: String,
    /// Where the page is: `/promises` or `/staff/promises`.
    here: &'static str,
    staff: bool,
}

impl PromisesView {
    fn new(ledger: &Ledger, only: &str, staff: bool) -> Self {
        let wanted = |line: &&Line| only.is_empty() || line.state == only;
        let shown = |line: &Line| if staff { line.clone() } else { without_records(line) };
        Self {
            organisation: ledger.organisation.clone(),
            counted_at: ledger.counted_at.map(|at| at.to_string()),
            all: ledger.promises.len(),
            bar: bar(&ledger.states, ledger.promises.len()),
            lines: ledger.promises.iter().filter(wanted).map(shown).collect(),
            only: only.to_owned(),
            here: if staff { "/staff/promises" } else { "/promises" },
            staff,
        }
    }
}

/// The best state first, as wide as it has promises.
fn bar(states: &BTreeMap<&'static str, usize>, all: usize) -> Vec<Segment> {
    let mut from = 0;
    let mut segments = Vec::new();
    for state in Standing::ALL.iter().rev().map(|s| s.code()) {
        let count = states.get(state).copied().unwrap_or(0);
        let width = (count * BAR).checked_div(all).unwrap_or(0);
        segments.push(Segment { state, count, from, width });
        from += width;
    }
    segments
}

/// What the public sees of a promise: the figures, and not which records they are.
fn without_records(line: &Line) -> Line {
    let control = |c: &ControlLine| ControlLine { records: Vec::new(), ..c.clone() };
    Line { controls: line.controls.iter().map(control).collect(), ..line.clone() }
}

impl View for PromisesView {
    const TEMPLATE: &'static str = "promises.html";

    fn samples() -> Vec<Self> {
        let control = ControlLine {
            control: "training",
            label: "staff training is in date",
            state: "at-risk",
            last: None,
            figures: vec![Figure { name: "training lapsed", number: 1 }],
            records: vec!["an account".to_owned()],
        };
        let line = |state| Line {
            id: "C18",
            says: "Staff are trained.".to_owned(),
            notice: vec!["Our staff are trained.".to_owned()],
            state,
            last: Some(Timestamp::UNIX_EPOCH),
            controls: vec![control.clone()],
            missing: vec!["A page.".to_owned()],
        };
        let promises: Vec<Line> = Standing::ALL.iter().map(|s| line(s.code())).collect();
        let states = Standing::ALL.iter().map(|s| (s.code(), 1)).collect();
        let ledger = |promises: Vec<Line>, counted_at| Ledger {
            organisation: "Westmere".to_owned(),
            kind: "council",
            counted_at,
            states: BTreeMap::clone(&states),
            promises,
        };
        vec![
            Self::new(&ledger(promises.clone(), Some(Timestamp::UNIX_EPOCH)), "", true),
            Self::new(&ledger(promises, None), "kept", false),
            Self::new(&ledger(Vec::new(), None), "broken", false),
        ]
    }
}

/// What may be asked of the page.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    state: String,
}

/// The public pages of the ledger.
pub fn public() -> Router<Site> {
    Router::new().route("/promises", get(show)).route("/promises.json", get(json))
}

/// The staff pages of the ledger.
pub fn staff() -> Router<Site> {
    Router::new().route("/staff/promises", get(show_to_staff)).route("/staff/promises/signed", get(signed))
}

fn is_public(site: &Site) -> Result<(), Problem> {
    if site.settings().public_ledger { Ok(()) } else { Err(Problem::NotFound) }
}

async fn page(site: Site, visit: Visit, asked: Asked, staff: bool) -> Result<Response, Response> {
    let known = asked.state.is_empty() || Standing::ALL.iter().any(|s| s.code() == asked.state);
    if !known {
        return Err(Problem::NotFound.into_response());
    }
    let ledger = site.counted().get(&site).await.map_err(IntoResponse::into_response)?;
    let view = PromisesView::new(&ledger, &asked.state, staff);
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// `GET /promises`
async fn show(
    State(site): State<Site>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    is_public(&site).map_err(IntoResponse::into_response)?;
    page(site, visit, asked, false).await
}

/// `GET /staff/promises`
async fn show_to_staff(
    State(site): State<Site>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    page(site, visit, asked, true).await
}

/// `GET /promises.json`
async fn json(State(site): State<Site>) -> Result<Response, Response> {
    is_public(&site).map_err(IntoResponse::into_response)?;
    let ledger = site.counted().get(&site).await.map_err(IntoResponse::into_response)?;
    let shown =
        Ledger { promises: ledger.promises.iter().map(without_records).collect(), ..Ledger::clone(&ledger) };
    Ok(Json(shown).into_response())
}

/// `GET /staff/promises/signed`: the ledger of today, signed, to keep.
async fn signed(State(site): State<Site>) -> Result<Response, Response> {
    let ledger = site.counted().get(&site).await.map_err(IntoResponse::into_response)?;
    let live = site.live().ok_or_else(|| Problem::NotFound.into_response())?;
    let day = site.now().to_zoned(site.zone()).date();
    let signed = blocking(move || promises::export::signed(&live.store, live.controller, &ledger))
        .await
        .map_err(IntoResponse::into_response)?
        .map_err(|error| {
            tracing::error!(%error, "the ledger was not signed");
            Problem::Unavailable.into_response()
        })?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"promises-{day}.txt\"")),
    ];
    Ok((headers, signed).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_as_wide_as_its_promises_and_the_public_sees_no_records() {
        let states = BTreeMap::from([("kept", 9), ("broken", 3)]);
        let drawn: Vec<_> = bar(&states, 12).into_iter().map(|s| (s.state, s.from, s.width)).collect();
        assert_eq!(drawn.first(), Some(&("kept", 0, 450)));
        assert_eq!(drawn.last(), Some(&("broken", 450, 150)));
        assert!(bar(&BTreeMap::new(), 0).iter().all(|s| s.width == 0));
        let samples = PromisesView::samples();
        assert!(!samples[0].lines[0].controls[0].records.is_empty());
        assert!(samples[1].lines[0].controls[0].records.is_empty());
    }
}
