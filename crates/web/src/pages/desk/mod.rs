//! The officer's desk beside the request's own page: the search plan with its sources, the question that a colleague
//! answers by a link without an account, and the time and service of a request.

mod answer;
mod plan;
mod source;
mod time;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use counterfoil_service::rights::Desk;
use counterfoil_service::rights::sources::{Brought, LARGEST_FILE};
use counterfoil_service::sign_in::SignedIn;
use counterfoil_service::{Result as Served, ServiceError};

use crate::forms::Failure;
use crate::pages::requests::refusal;
use crate::site::Site;
use crate::use_cases::{self, is_not_found};
use crate::visit::Visit;

pub use answer::{AnswerView, ClosedView};
pub use plan::PlanView;
pub use source::{LinkView, SourceView};
pub use time::TimeView;

/// The most that a form with files may be: two of the largest, and some room.
const FORM: usize = 2 * LARGEST_FILE + (1 << 20);

/// A form that waited too long or came from elsewhere.
const STALE: Failure = Failure { field: "main-content", key: "form.stale" };

/// The pages for staff.
pub fn routes() -> Router<Site> {
    let files = DefaultBodyLimit::max(FORM);
    Router::new()
        .route("/staff/requests/{id}/sources", get(plan::show).post(plan::act))
        .route("/staff/requests/{id}/sources/{source}", get(source::show).post(source::act).layer(files))
        .route("/staff/requests/{id}/time", get(time::show).post(time::act))
}

/// The page of a colleague who was asked: no account, nothing but the link.
pub fn public() -> Router<Site> {
    let files = DefaultBodyLimit::max(FORM);
    Router::new().route("/answer/{link}", get(answer::show).post(answer::send).layer(files))
}

/// Runs a use-case; the inner error is what the law, the gate or the form refused, in English.
async fn tried<T: Send + 'static>(
    site: &Site,
    visit: &Visit,
    who: &SignedIn,
    work: impl FnOnce(&Desk<'_>) -> Served<T> + Send + 'static,
) -> Result<Result<T, String>, Response> {
    match use_cases::as_staff(site, who, work).await.map_err(IntoResponse::into_response)? {
        Ok(value) => Ok(Ok(value)),
        Err(error) if is_not_found(&error) || !error.is_refusal() => Err(refusal(visit, &error)),
        Err(error) => Ok(Err(error.to_string())),
    }
}

/// Runs a use-case that must succeed for the page to be shown.
async fn done<T: Send + 'static>(
    site: &Site,
    visit: &Visit,
    who: &SignedIn,
    work: impl FnOnce(&Desk<'_>) -> Served<T> + Send + 'static,
) -> Result<T, Response> {
    let answer = use_cases::as_staff(site, who, work).await.map_err(IntoResponse::into_response)?;
    answer.map_err(|error: ServiceError| refusal(visit, &error))
}

fn brought(files: Vec<(String, Vec<u8>)>) -> Vec<Brought> {
    files.into_iter().map(|(name, content)| Brought { name, content }).collect()
}
