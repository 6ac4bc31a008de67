//! The public site, the staff site and the API: axum handlers over the use-cases of `service`, and
//! server-rendered pages that work without JavaScript.
//!
//! A handler reads a request, calls one use-case off the async threads, and shows a view. It holds no
//! rule, reads no clock and sees no table.

mod api;
mod assets;
pub mod check;
pub mod cookies;
mod dates;
pub mod forms;
mod headers;
pub mod language;
mod log;
pub mod pages;
pub mod problem;
pub mod render;
pub mod samples;
pub mod server;
pub mod session;
pub mod site;
pub mod strings;
pub mod theme;
pub mod throttle;
pub mod use_cases;
pub mod visit;
mod witness;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

pub use server::{Figures, ServeError, serve};
pub use site::{Means, Settings, Site, SiteError};

use crate::problem::Problem;
use crate::render::Rendered;

/// Everything that the site answers.
pub fn app(site: &Site) -> Router {
    with_routes(site, Router::new())
}

/// The same with further staff pages, behind the same doors.
pub fn with_routes(site: &Site, further_staff_pages: Router<Site>) -> Router {
    let inner = pages_of(site, further_staff_pages)
        .fallback(|| async { Problem::NotFound })
        .layer(from_fn_with_state(site.clone(), visit::same_site))
        .layer(DefaultBodyLimit::max(site.settings().largest_form))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, site.settings().time_limit))
        .layer(CatchPanicLayer::custom(|_| Problem::Fault.into_response()))
        .layer(from_fn_with_state(site.clone(), problem::dress))
        .layer(from_fn_with_state(site.clone(), headers::protect))
        .layer(from_fn(log::watch))
        .with_state(site.clone());
    // The language is taken off the address before the routes are looked at.
    let pages = Router::new().fallback_service(inner).layer(from_fn_with_state(site.clone(), visit::arrive));
    machines_of(site).fallback_service(pages)
}

/// Every route as the routers themselves tell it: what the table of routes and roles is held against. For tests; its
/// form is the framework's own.
#[must_use]
pub fn routing(site: &Site) -> String {
    format!("{:?}\n{:?}", pages_of(site, Router::new()), machines_of(site))
}

fn pages_of(site: &Site, further_staff_pages: Router<Site>) -> Router<Site> {
    public_pages().merge(staff_pages(site, further_staff_pages))
}

/// What programs call, outside the pages' sessions and forms.
fn machines_of(site: &Site) -> Router {
    let witness = site.witness().map(|witness| witness::routes(site, witness));
    let api = site.live().map(|live| api::routes(site, live));
    let hooks = site.live().map(|live| pages::inbox::hooks(site, live));
    witness.into_iter().chain(api).chain(hooks).fold(Router::new(), Router::merge)
}

fn public_pages() -> Router<Site> {
    // Only files that hold nobody's data are compressed: compressing a page that repeats what was
    // typed next to a secret lets the length tell the secret (BREACH).
    let files = Router::new().route("/assets/{name}", get(assets::serve)).layer(CompressionLayer::new());
    Router::new()
        .merge(files)
        .route("/", get(pages::home::show))
        .route("/ask", get(pages::ask::start).post(pages::ask::step))
        .route("/ask/return/{link}", get(pages::ask::resume))
        .route("/older-rights", get(pages::older::show))
        .route("/forms", get(pages::ask::forms))
        .route("/forms/{name}", get(pages::ask::form))
        .merge(pages::follow::routes())
        .route("/accessibility", get(pages::statements::accessibility))
        .route("/deadline", get(pages::deadline::show))
        .route("/cookies", get(pages::statements::cookies))
        .route("/privacy", get(pages::privacy::organisation))
        .route("/privacy/child", get(pages::privacy::child))
        .route("/privacy/notice.pdf", get(pages::privacy::organisation_document))
        .route("/privacy/office/{id}", get(pages::privacy::office))
        .route("/privacy/{service}", get(pages::privacy::service))
        .route("/privacy/{service}/notice.pdf", get(pages::privacy::service_document))
        .route("/health", get(health))
        .merge(pages::promises::public())
        .merge(pages::inbox::public())
        .merge(pages::sharing::public())
        .merge(pages::desk::public())
        .route("/staff/sign-in", get(pages::sign_in::start).post(pages::sign_in::password))
        .route("/staff/sign-in/code", get(pages::sign_in::ask_code).post(pages::sign_in::code))
        .route("/staff/sign-out", post(pages::sign_in::sign_out))
        .route("/staff/signed-out", get(pages::sign_in::signed_out))
}

fn staff_pages(site: &Site, further: Router<Site>) -> Router<Site> {
    Router::new()
        .route("/staff", get(pages::requests::show))
        .route("/staff/requests", get(pages::requests::moved))
        .route("/staff/requests/{id}", get(pages::request::show))
        .route("/staff/requests/{id}/events", post(pages::request::record))
        .route("/staff/requests/{id}/search", post(pages::request::search))
        .route("/staff/requests/{id}/approve", post(pages::request::approve))
        .merge(pages::review::routes())
        .merge(pages::promises::staff())
        .merge(pages::register::routes())
        .merge(pages::retention::routes())
        .merge(pages::figures::routes())
        .merge(pages::book::routes())
        .merge(pages::inbox::routes())
        .merge(pages::sharing::routes())
        .merge(pages::rights::routes())
        .merge(pages::letters::routes())
        .merge(pages::desk::routes())
        .merge(further)
        .route_layer(from_fn_with_state(site.clone(), session::require_staff))
}

/// Whether the site can do its work, and nothing else: it is open to everyone.
async fn health(State(site): State<Site>) -> Response {
    let use_cases = site.use_cases();
    let healthy = session::blocking(move || use_cases.healthy()).await.unwrap_or(false);
    let (status, text) =
        if healthy { (StatusCode::OK, "ok\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ok\n") };
    (status, Rendered, text).into_response()
}
