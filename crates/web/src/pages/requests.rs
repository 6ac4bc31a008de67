//! The staff home: what is overdue, at risk, due and paused, and the list.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::problem::Problem;
use crate::render::View;
use crate::samples;
use crate::session::{Staff, blocking};
use crate::site::Site;
use crate::use_cases::{RequestSummary, Standing, UseCaseError};
use crate::visit::Visit;

/// The staff home.
#[derive(Debug, Serialize)]
pub struct RequestsView {
    figures: Vec<Figure>,
    requests: Vec<RequestSummary>,
}

/// A number above the list, with the words that say what it counts.
#[derive(Debug, Serialize)]
struct Figure {
    standing: Standing,
    count: u64,
}

impl RequestsView {
    fn new(requests: Vec<RequestSummary>) -> Self {
        let count = |standing| requests.iter().filter(|request| request.standing == standing).count() as u64;
        let shown = [Standing::Overdue, Standing::AtRisk, Standing::Due, Standing::Paused];
        let figures = shown.into_iter().map(|standing| Figure { standing, count: count(standing) }).collect();
        Self { figures, requests }
    }
}

impl View for RequestsView {
    const TEMPLATE: &'static str = "staff/requests.html";

    fn samples() -> Vec<Self> {
        vec![Self::new(Vec::new()), Self::new(samples::summaries())]
    }
}

/// `GET /staff`
pub async fn show(State(site): State<Site>, visit: Visit, Staff(who): Staff) -> Result<Response, Response> {
    let (use_cases, now) = (site.use_cases(), site.now());
    let answer =
        blocking(move || use_cases.requests(&who, now)).await.map_err(IntoResponse::into_response)?;
    let requests = answer.map_err(|error| refusal(&visit, error))?;
    Ok(site.respond(&visit, StatusCode::OK, visit.page(&site), &RequestsView::new(requests)))
}

/// The answer to a use-case that gave none.
pub(super) fn refusal(visit: &Visit, error: UseCaseError) -> Response {
    match error {
        UseCaseError::NotFound => Problem::NotFound.into_response(),
        UseCaseError::Refused(_) => Problem::Forbidden.into_response(),
        UseCaseError::Fault(reason) => {
            tracing::error!(request = visit.request_id(), reason, "a use-case failed");
            Problem::Fault.into_response()
        }
    }
}
