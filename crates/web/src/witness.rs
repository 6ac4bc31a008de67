//! Cosigning other organisations' audit logs: the witness protocol of c2sp.org/tlog-witness, for
//! machines. It holds nobody's data, so it stands outside the pages' sessions and forms.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterfoil_service::log::witness_file::FileWitness;

use crate::session::blocking;
use crate::site::Site;

/// The largest request: a checkpoint with its cosignatures and 63 lines of proof fit ten times over.
const LARGEST: usize = 64 * 1024;

#[derive(Clone)]
struct At {
    site: Site,
    witness: Arc<FileWitness>,
}

/// The witness's two addresses, under `/witness`.
pub fn routes(site: &Site, witness: Arc<FileWitness>) -> Router {
    Router::new()
        .route("/witness/add-checkpoint", post(add_checkpoint))
        .route("/witness/{log}/checkpoint", get(checkpoint))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(At { site: site.clone(), witness })
}

async fn add_checkpoint(State(at): State<At>, body: Bytes) -> Response {
    let now = u64::try_from(at.site.now().as_second()).unwrap_or(0);
    let answer = blocking(move || at.witness.add_checkpoint(now, &body)).await;
    match answer {
        Ok(Ok(answer)) => {
            let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, [(header::CONTENT_TYPE, answer.content_type)], answer.body).into_response()
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "the witness could not answer");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn checkpoint(State(at): State<At>, Path(log): Path<String>) -> Response {
    match blocking(move || at.witness.cosigned(&log)).await {
        Ok(Ok(Some(note))) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], note).into_response(),
        Ok(Ok(None)) => StatusCode::NOT_FOUND.into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
