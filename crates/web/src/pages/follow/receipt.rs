//! The receipt: to read, to print, and as files that anyone can check.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use counterfoil_service::follow::{self, Receipt};
use jiff::civil::date;
use serde::Serialize;

use super::{download, for_visit, visit_of};
use crate::problem::Problem;
use crate::render::View;
use crate::site::Site;
use crate::visit::Visit;

/// The receipt's page.
#[derive(Debug, Serialize)]
pub struct ReceiptView {
    receipt: Receipt,
}

impl View for ReceiptView {
    const TEMPLATE: &'static str = "follow/receipt.html";

    fn samples() -> Vec<Self> {
        let receipt = Receipt {
            format: "counterfoil-receipt/1",
            organisation: "Glenarrow Borough Council".into(),
            reference: "R-2026-00041".into(),
            right: "access".into(),
            received_on: date(2026, 11, 2),
            entered_at: jiff::Timestamp::UNIX_EPOCH,
            number: 41,
            entry: "{\"time\":1}".into(),
            proof: "c2sp.org/tlog-proof@v1\n".into(),
            log_key: "log.example+c74f20a3+AWq".into(),
        };
        vec![Self { receipt }]
    }
}

/// `GET /follow/receipt`
pub async fn show(State(site): State<Site>, visit: Visit, headers: HeaderMap) -> Result<Response, Response> {
    let token_hash = visit_of(&headers, &site);
    let receipt = for_visit(&site, &visit, move |desk| follow::receipt(desk, token_hash)).await?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &ReceiptView { receipt }))
}

/// `GET /follow/receipt/{file}`: `receipt.json`, `receipt.entry` or `receipt.tlog-proof`.
pub async fn file(
    State(site): State<Site>,
    visit: Visit,
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Result<Response, Response> {
    let token_hash = visit_of(&headers, &site);
    let receipt = for_visit(&site, &visit, move |desk| follow::receipt(desk, token_hash)).await?;
    let name = |ending: &str| format!("{}-{ending}", receipt.reference);
    match &*file {
        "receipt.json" => {
            let json = receipt.json().map_err(|_| Problem::Fault.into_response())?;
            Ok(download(&name("receipt.json"), "application/json", json))
        }
        "receipt.entry" => Ok(download(
            &name("receipt.entry"),
            "text/plain; charset=utf-8",
            receipt.entry.clone().into_bytes(),
        )),
        "receipt.tlog-proof" => {
            let proof = receipt.proof.clone().into_bytes();
            Ok(download(&name("receipt.tlog-proof"), "text/plain; charset=utf-8", proof))
        }
        _ => Err(Problem::NotFound.into_response()),
    }
}
