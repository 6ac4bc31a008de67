//! Letters about a request, the asker's side of it, and requests that come by other ways than the site.

mod asker;
mod compose;
mod log;
mod mail;
mod outbox;

use axum::Router;
use axum::http::HeaderMap;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterfoil_service::rights::Desk;
use counterfoil_service::sign_in::SignedIn;
use counterfoil_service::{Result as Served, ServiceError};

use crate::pages::address::reference;
use crate::pages::requests::refusal;
use crate::site::Site;
use crate::use_cases::{self, is_not_found};
use crate::visit::Visit;

pub use asker::{AskerView, SecretsView};
pub use compose::ComposeView;
pub use log::LogView;
pub use mail::{MailView, MailboxView};
pub use outbox::{LetterView, LettersView};

/// The pages, all for staff.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/staff/requests/new", get(log::start).post(log::log))
        .route("/staff/requests/{id}/letters", get(outbox::list))
        .route("/staff/requests/{id}/letters/new/{kind}", get(compose::start).post(compose::write))
        .route("/staff/requests/{id}/letters/{letter}", get(outbox::show))
        .route("/staff/requests/{id}/letters/{letter}/letter.pdf", get(outbox::pdf))
        .route("/staff/requests/{id}/letters/{letter}/printed", post(outbox::printed))
        .route("/staff/requests/{id}/asker", get(asker::show))
        .route("/staff/requests/{id}/asker/key", post(asker::key))
        .route("/staff/requests/{id}/asker/offer", post(asker::offer))
        .route("/staff/requests/{id}/asker/pass", post(asker::pass))
        .route("/staff/requests/{id}/asker/papers/{paper}", get(asker::paper).post(asker::delete_paper))
        .route("/staff/mail", get(mail::list))
        .route("/staff/mail/{id}", get(mail::show).post(mail::decide))
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

/// The site's own address, for a letter: as configured, or as the browser named it.
pub(super) fn own_address(site: &Site, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let plain = |host: &&str| host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
    match (site.origin(), host.filter(plain)) {
        (Some(origin), _) => origin.to_owned(),
        (None, Some(host)) => format!("http://{host}"),
        (None, None) => String::new(),
    }
}
