//! How far the work in the background is, on a page that looks again by itself.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_service::rights::{self, Work, WorkState};
use counterfoil_service::sign_in::SignedIn;
use serde::Serialize;

use super::{ask as ask_use_case, reference};
use crate::forms::Posted;
use crate::pages::requests::refusal;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::{as_staff, is_not_found};
use crate::visit::Visit;

/// The work of a request.
#[derive(Debug, Serialize)]
pub struct WorkView {
    reference: String,
    lines: Vec<WorkLine>,
    /// Whether something is still to be done.
    open: bool,
    refused: Option<String>,
}

/// One piece of work.
#[derive(Debug, Clone, Serialize)]
pub struct WorkLine {
    /// `search`, `prepare` or `seal`.
    kind: &'static str,
    state: String,
    done: i64,
    total: i64,
    /// In parts of a hundred, for the bar.
    percent: i64,
    why: String,
    attempts: i64,
}

impl WorkLine {
    fn new(state: &WorkState) -> Self {
        let kind = match state.work {
            Work::Search => "search",
            Work::Prepare => "prepare",
            Work::Seal => "seal",
        };
        let percent = match state.state.as_str() {
            "done" => 100,
            _ => state.done.saturating_mul(100).checked_div(state.total).unwrap_or(0).clamp(0, 100),
        };
        Self {
            kind,
            state: state.state.clone(),
            done: state.done,
            total: state.total,
            percent,
            why: state.why.clone(),
            attempts: state.attempts,
        }
    }
}

impl WorkView {
    fn new(reference: String, states: &[WorkState], refused: Option<String>) -> Self {
        let open = states.iter().any(WorkState::is_open);
        Self { reference, lines: states.iter().map(WorkLine::new).collect(), open, refused }
    }
}

impl View for WorkView {
    const TEMPLATE: &'static str = "staff/work.html";

    fn samples() -> Vec<Self> {
        let state = |work, state: &str, done, why: &str| WorkState {
            work,
            state: state.into(),
            done,
            total: done * 2,
            why: why.into(),
            finished_at: None,
            attempts: 2,
        };
        let of = |states: &[WorkState]| Self::new("AR-2026-0041".into(), states, None);
        vec![
            of(&[
                state(Work::Search, "done", 40, ""),
                state(Work::Prepare, "waiting", 0, "the disk is full"),
            ]),
            of(&[state(Work::Seal, "running", 40, "")]),
            of(&[
                state(Work::Search, "done", 4, ""),
                state(Work::Seal, "failed", 40, "item 7: withheld text can be read"),
            ]),
            Self::new("AR-2026-0041".into(), &[], Some("no source has been searched".into())),
        ]
    }
}

/// `GET /staff/requests/{reference}/work`
pub(super) async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(given): Path<String>,
) -> Result<Response, Response> {
    let reference = reference(&given)?;
    page(&site, &visit, &who, reference, None).await
}

async fn page(
    site: &Site,
    visit: &Visit,
    who: &SignedIn,
    reference: String,
    refused: Option<String>,
) -> Result<Response, Response> {
    let of = reference.clone();
    let states = ask_use_case(site, visit, who, move |desk| rights::work_states(desk, &of)).await?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = WorkView::new(reference, &states, refused);
    Ok(site.respond(visit, status, &visit.page(site), &view))
}

/// `POST /staff/requests/{reference}/work`: asks for a piece of work by its name.
pub(super) async fn ask(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(given): Path<String>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let reference = reference(&given)?;
    let work = match fields.get("work") {
        "search" => Work::Search,
        "seal" => Work::Seal,
        _ => Work::Prepare,
    };
    if !fresh {
        let why = "the page was open for too long: nothing was begun, try again".to_owned();
        return page(&site, &visit, &who, reference, Some(why)).await;
    }
    let of = reference.clone();
    let asked = as_staff(&site, &who, move |desk| rights::ask_for(desk, &of, work, &[])).await;
    match asked.map_err(IntoResponse::into_response)? {
        Ok(()) => Ok(visit.go(&format!("/staff/requests/{reference}/work"))),
        Err(error) if is_not_found(&error) || !error.is_refusal() => Err(refusal(&visit, &error)),
        Err(error) => page(&site, &visit, &who, reference, Some(error.to_string())).await,
    }
}
