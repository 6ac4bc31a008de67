//! The review workbench: the list of items and people, a page beside its decisions, the test of an exemption, a
//! second person's look, and how far the work in the background is.

mod act;
mod identify;
mod list;
mod look;
mod page;
mod release;
mod withhold;
mod work;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterfoil_service::rights::Desk;
use counterfoil_service::sign_in::SignedIn;

pub use identify::IdentifyView;
pub use list::ListView;
pub use look::LookView;
pub use page::PageView;
pub use withhold::WithholdView;
pub use work::WorkView;

use crate::pages::address::reference;
use crate::pages::requests::refusal;
use crate::site::Site;
use crate::use_cases::as_staff;
use crate::visit::Visit;

/// The workbench's pages, for signed-in staff.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/staff/requests/{id}/review", get(list::show))
        .route("/staff/requests/{id}/review/act", post(act::act))
        .route("/staff/requests/{id}/review/decisions", get(look::show))
        .route("/staff/requests/{id}/review/{item}", get(page::show))
        .route("/staff/requests/{id}/review/{item}/image", get(page::image))
        .route("/staff/requests/{id}/review/{item}/sound", get(page::sound))
        .route("/staff/requests/{id}/work", get(work::show).post(work::ask))
        .route("/staff/requests/{id}/person", get(identify::show).post(identify::act))
        .route("/staff/requests/{id}/release", post(release::release))
}

/// Runs a use-case as this person; what it answers instead of its work is an answer to the visitor.
async fn ask<T: Send + 'static>(
    site: &Site,
    visit: &Visit,
    who: &SignedIn,
    work: impl FnOnce(&Desk<'_>) -> counterfoil_service::Result<T> + Send + 'static,
) -> Result<T, Response> {
    let answer = as_staff(site, who, work).await.map_err(IntoResponse::into_response)?;
    answer.map_err(|error| refusal(visit, &error))
}
