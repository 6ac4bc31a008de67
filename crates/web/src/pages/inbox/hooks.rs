//! The providers' door: signed calls, for machines. It stands outside the pages' sessions and forms; what
//! a call may do is what its provider may tell.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use counterfoil_service::intake::work::{Call, CallRefused, Works};

use crate::session::blocking;
use crate::site::Site;
use crate::use_cases::Live;

/// The largest call: a long transcript fits many times over.
const LARGEST: usize = 256 * 1024;

#[derive(Clone)]
struct At {
    live: Live,
}

/// The door of each provider, under `/hooks/{provider}`.
pub fn routes(_site: &Site, live: Live) -> Router {
    Router::new()
        .route("/hooks/{provider}", get(challenge).post(take))
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(axum::middleware::from_fn(crate::log::watch))
        .with_state(At { live })
}

/// A provider asks whether the address is ours.
async fn challenge(
    State(at): State<At>,
    Path(provider): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let answer = at.live.channels.named(&provider).and_then(|line| line.provider.challenge(&query));
    match answer {
        Some(text) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn take(
    State(at): State<At>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let done = blocking(move || {
        let works = Works {
            store: &at.live.store,
            controller: at.live.controller,
            calendar: &at.live.calendar,
            channels: &at.live.channels,
        };
        let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        works.hook(&provider, &Call { header: &header, body: &body })
    })
    .await;
    match done {
        Ok(Ok(Ok(_))) => StatusCode::OK.into_response(),
        Ok(Ok(Err(CallRefused::NotSigned | CallRefused::Stale))) => StatusCode::UNAUTHORIZED.into_response(),
        Ok(Ok(Err(CallRefused::Misunderstood))) => StatusCode::BAD_REQUEST.into_response(),
        Ok(Err(counterfoil_service::ServiceError::NotReady(_))) => StatusCode::NOT_FOUND.into_response(),
        Ok(Err(error)) => {
            tracing::error!(%error, "a provider's call was not taken");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
