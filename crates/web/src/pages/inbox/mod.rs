//! The inbox: the public forms that fill it, the staff's pages to work it, and the providers' door.

mod chase;
mod hooks;
mod item;
mod log;
mod public;
mod queue;
mod send;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use counterfoil_service::ServiceError;
use jiff::Timestamp;
use serde::Serializer;

pub use chase::ChaseView;
pub use hooks::routes as hooks;
pub use item::ItemView;
pub use log::LogView;
pub use public::{FormView, SentView};
pub use queue::QueueView;
pub use send::SendView;

use crate::site::Site;

/// The most bytes of a scan or recording.
const LARGEST_SCAN: usize = 20 << 20;

/// The staff's pages.
pub fn routes() -> Router<Site> {
    let log = get(log::show).post(log::take).layer(DefaultBodyLimit::max(LARGEST_SCAN));
    Router::new()
        .route("/staff/inbox", get(queue::show).post(queue::allocate))
        .route("/staff/inbox/log", log)
        .route("/staff/inbox/chase", get(chase::show).post(chase::settle))
        .route("/staff/inbox/items/{id}", get(item::show).post(item::act))
        .route("/staff/inbox/items/{id}/parts/{number}", get(item::part))
        .route("/staff/inbox/send/{case}", get(send::show).post(send::send))
}

/// The public forms.
pub fn public() -> Router<Site> {
    Router::new()
        .route("/enquiry", get(public::enquiry).post(public::send_enquiry))
        .route("/refer", get(public::refer).post(public::send_referral))
}

/// What a use-case said that can be mended; anything else is the page's to refuse.
fn said(error: ServiceError) -> Result<String, ServiceError> {
    use counterfoil_service::store::StoreError;
    match error {
        ServiceError::Invalid(text) | ServiceError::NotReady(text) | ServiceError::Unlawful(text) => Ok(text),
        ServiceError::Store(StoreError::Invalid(text)) => Ok(text),
        ServiceError::Store(StoreError::Refused { why, remedy, .. }) => {
            Ok(remedy.map_or_else(|| why.clone(), |remedy| format!("{why}: {remedy}")))
        }
        other => Err(other),
    }
}

/// A moment as the templates' filters read it.
fn iso<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&at.to_string())
}
