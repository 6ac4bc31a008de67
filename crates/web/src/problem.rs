//! What can go wrong with a request, and the page that says so: in the site's layout, in the visitor's
//! language, with what to do next and nothing about the inside.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::render::{Rendered, View};
use crate::site::Site;
use crate::visit::Visit;

/// Why a request was not served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The request could not be understood.
    BadRequest,
    /// Not allowed, or asked from another site.
    Forbidden,
    /// No such page, or one whose existence is not the visitor's to know.
    NotFound,
    /// The page does not take this method.
    Method,
    /// More was sent than the page takes.
    TooLarge,
    /// Too many tries; seconds until the next.
    TooMany(u64),
    /// A fault of ours.
    Fault,
    /// Cannot be done now.
    Unavailable,
}

impl Problem {
    const fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The key of its words, under `problem.`.
    const fn key(self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Method => "method",
            Self::TooLarge => "too_large",
            Self::TooMany(_) => "too_many",
            Self::Fault => "fault",
            Self::Unavailable => "unavailable",
        }
    }

    /// The problem that a bare status stands for: a refusal by the framework, a time limit.
    fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::Method,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::TOO_MANY_REQUESTS => Self::TooMany(60),
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => Self::Unavailable,
            other if other.is_server_error() => Self::Fault,
            _ => Self::BadRequest,
        }
    }
}

/// A problem met on the way to a page is the page's answer.
impl From<Problem> for Response {
    fn from(problem: Problem) -> Self {
        problem.into_response()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The page of a problem.
#[derive(Debug, Serialize)]
pub struct ProblemView {
    key: &'static str,
    /// Shown for a fault, so that the visitor can quote it and we can find the log line.
    reference: Option<String>,
    /// Minutes until the next try.
    minutes: Option<u64>,
}

impl View for ProblemView {
    const TEMPLATE: &'static str = "problem.html";

    fn samples() -> Vec<Self> {
        let every = [
            Problem::BadRequest,
            Problem::Forbidden,
            Problem::NotFound,
            Problem::Method,
            Problem::TooLarge,
            Problem::TooMany(61),
            Problem::Fault,
            Problem::Unavailable,
        ];
        every.into_iter().map(|problem| Self::of(problem, "0123456789abcdef")).collect()
    }
}

impl ProblemView {
    fn of(problem: Problem, request_id: &str) -> Self {
        let minutes = match problem {
            Problem::TooMany(seconds) => Some(seconds.div_ceil(60)),
            _ => None,
        };
        let reference = (problem == Problem::Fault).then(|| request_id.to_owned());
        Self { key: problem.key(), reference, minutes }
    }
}

/// Gives every refusal that is not a page yet the page of its problem.
pub async fn dress(State(site): State<Site>, request: Request, next: Next) -> Response {
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let response = next.run(request).await;
    let status = response.status();
    let refused = status.is_client_error() || status.is_server_error();
    if !refused || response.extensions().get::<Rendered>().is_some() {
        return response;
    }
    let problem = response.extensions().get::<Problem>().copied().unwrap_or_else(|| Problem::of(status));
    let view = ProblemView::of(problem, visit.request_id());
    let mut page = site.respond(&visit, problem.status(), &visit.page(&site), &view);
    for name in [header::ALLOW, header::SET_COOKIE] {
        if let Some(value) = response.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    if let Problem::TooMany(seconds) = problem {
        page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    page
}
