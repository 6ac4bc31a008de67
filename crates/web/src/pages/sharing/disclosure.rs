//! One disclosure, for whoever may put their name to it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_domain::ids::DisclosureId;
use counterfoil_service::sharing::disclose;
use serde::Serialize;

use super::disclosures::Line;
use super::{attempt, id, run};
use crate::forms::Posted;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// One disclosure.
#[derive(Debug, Serialize)]
pub struct DisclosureView {
    line: Line,
    refused: Vec<String>,
}

impl View for DisclosureView {
    const TEMPLATE: &'static str = "staff/disclosure.html";

    fn samples() -> Vec<Self> {
        let of = |state, telling, refused: &[&str]| Self {
            line: Line::sample(state, telling),
            refused: refused.iter().map(|r| (*r).to_owned()).collect(),
        };
        vec![
            of("proposed", "to-tell", &[]),
            of("proposed", "not-told", &["somebody more senior"]),
            of("authorised", "first", &[]),
            of("sent", "told", &[]),
            of("refused", "unknown", &[]),
            of("stopped", "knows", &[]),
        ]
    }
}

/// `GET /staff/disclosures/{disclosure}`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(disclosure): Path<String>,
) -> Result<Response, Response> {
    let view = view(&site, &visit, &who, &disclosure).await?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

async fn view(site: &Site, visit: &Visit, who: &Staff, disclosure: &str) -> Result<DisclosureView, Response> {
    let disclosure = id::<DisclosureId>(disclosure)?;
    let (stored, copy) =
        run(site, visit, who, move |desk| disclose::open_to_authorise(desk, disclosure)).await?;
    Ok(DisclosureView { line: Line::new(stored, copy), refused: Vec::new() })
}

/// `POST /staff/disclosures/{disclosure}`
pub async fn authorise(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(text): Path<String>,
    Posted { fresh, .. }: Posted,
) -> Result<Response, Response> {
    let disclosure = id::<DisclosureId>(&text)?;
    let mut refused = Vec::new();
    if fresh {
        let done = attempt(&site, &visit, &who, move |desk| {
            let answer = disclose::authorise(desk, disclosure, false)?;
            Ok(answer.gaps().iter().map(|g| g.reason.clone()).collect::<Vec<_>>())
        });
        match done.await? {
            Ok(gaps) if gaps.is_empty() => return Ok(visit.go(&format!("/staff/disclosures/{text}"))),
            Ok(lines) | Err(lines) => refused = lines,
        }
    }
    let view = DisclosureView { refused, ..view(&site, &visit, &who, &text).await? };
    Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &visit.page(&site), &view))
}
