//! Following a request without an account: key and code, how it stands, answering, papers, withdrawing, the
//! receipt, and collecting the answer once. Nothing personal is in an address; what is shown rests on a cookie
//! that holds for half an hour and that leaving the page ends.

mod collect;
mod enter;
mod looked;
mod receipt;
mod reply;
mod request;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterfoil_service::follow::{LARGEST, MOST};
use counterfoil_service::{Result as Served, ServiceError};
use sha2::{Digest, Sha256};

use crate::cookies::Cookie;
use crate::pages::requests::refusal;
use crate::problem::Problem;
use crate::site::Site;
use crate::use_cases::{self, is_not_found};
use crate::visit::{ClientAddress, Visit};

pub use collect::CollectView;
pub use enter::EnterView;
pub use looked::LookedView;
pub use receipt::ReceiptView;
pub use reply::{PapersView, QuestionView, WithdrawView};
pub use request::FollowView;

/// The most that a form with papers may be: the papers of one sending, and some room.
const FORM: usize = 3 * LARGEST;
const _: () = assert!(MOST > 3, "more papers are kept than one form sends");

/// The pages.
pub fn routes() -> Router<Site> {
    let papers = DefaultBodyLimit::max(FORM);
    Router::new()
        .route("/follow", get(enter::start).post(enter::enter))
        .route("/follow/with/{key}", get(enter::with_key))
        .route("/follow/request", get(request::show))
        .route("/follow/looked", get(looked::show))
        .route("/follow/question", get(reply::question).post(reply::answer).layer(papers))
        .route("/follow/papers/{what}", get(reply::papers).post(reply::send_papers).layer(papers))
        .route("/follow/withdraw", get(reply::withdrawal).post(reply::withdraw))
        .route("/follow/receipt", get(receipt::show))
        .route("/follow/receipt/{file}", get(receipt::file))
        .route("/follow/collect", post(collect::ticket))
        .route("/collect/{ticket}", get(collect::show).post(collect::collect))
        .route("/leave", get(enter::leave))
}

/// The hash of the cookie that says that key and code were shown here; a hash of nothing for a browser without.
fn visit_of(headers: &HeaderMap, site: &Site) -> [u8; 32] {
    hash(&Cookie::Follow.read(headers, site.secure()).unwrap_or_default())
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::new_with_prefix(b"counterfoil follow visit\0").chain_update(token.as_bytes()).finalize().into()
}

/// Seconds to wait when too much was tried from one address.
fn may_try(site: &Site, client: &ClientAddress) -> Result<(), u64> {
    let key = Sha256::new().chain_update(b"follow\0").chain_update(client.to_string().as_bytes());
    let taken = site.by_address().take(key.finalize().into(), site.now());
    taken.map_err(|wait| wait.as_secs() + 1)
}

/// Runs a use-case for this browser's visit. One that has ended leads to the first page, which says so.
async fn for_visit<T: Send + 'static>(
    site: &Site,
    visit: &Visit,
    work: impl FnOnce(&counterfoil_service::rights::Desk<'_>) -> Served<T> + Send + 'static,
) -> Result<T, Response> {
    let done = use_cases::as_public(site, work).await.map_err(IntoResponse::into_response)?;
    done.map_err(|error| undone(visit, &error))
}

fn undone(visit: &Visit, error: &ServiceError) -> Response {
    if is_not_found(error) { visit.go("/follow?ended=yes") } else { refusal(visit, error) }
}

/// A file to keep, which no page may run.
fn download(name: &str, media_type: &'static str, content: Vec<u8>) -> Response {
    let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
    let disposition = format!("attachment; filename=\"{plain}\"");
    let Ok(disposition) = disposition.parse::<axum::http::HeaderValue>() else {
        return Problem::Fault.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, axum::http::HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, content).into_response()
}
