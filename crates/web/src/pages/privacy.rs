//! The privacy notices, as the register says them today: the organisation's, each office's and service's, and
//! the one for children.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use counterfoil_service::notices::{self, Block, Layer, Notice, Part, Passage};
use serde::Serialize;

use crate::problem::Problem;
use crate::render::View;
use crate::session::blocking;
use crate::site::Site;
use crate::visit::Visit;

/// A privacy notice.
#[derive(Debug, Serialize)]
pub struct PrivacyView {
    notice: Notice,
    /// Where the notice is as a document to keep.
    document: Option<String>,
}

impl View for PrivacyView {
    const TEMPLATE: &'static str = "privacy.html";

    fn samples() -> Vec<Self> {
        vec![
            Self { notice: sample(), document: None },
            Self { notice: sample(), document: Some("/privacy/notice.pdf".to_owned()) },
        ]
    }
}

/// An invented notice with one block of each kind, partly in another language.
#[must_use]
pub fn sample() -> Notice {
    let say = |text: &str| Passage { text: text.to_owned(), language: "en" };
    let welsh = Passage { text: "Eich hawliau".to_owned(), language: "cy" };
    let blocks = vec![
        Block::Paragraph(say("We keep what you tell us.")),
        Block::Callout(say("You may object.")),
        Block::Heading(say("Kinds")),
        Block::List(vec![say("names"), say("letters")]),
        Block::Table {
            columns: vec![say("Who"), say("Why")],
            rows: vec![vec![say("the council"), say("to help")]],
        },
        Block::Links(vec![(say("For children"), "/privacy/child".to_owned())]),
    ];
    Notice {
        title: say("How Westmere uses your information"),
        language: "en",
        version: "2026.2".to_owned(),
        on: "2026-11-22".to_owned(),
        parts: vec![Part { id: "who", heading: welsh, blocks }],
        reading: None,
        about: vec![say("This is version 2026.2.")],
        untranslated: 1,
        mark: Some(say("(not translated yet)")),
    }
}

/// `GET /privacy`
pub async fn organisation(State(site): State<Site>, visit: Visit) -> Result<Response, Response> {
    show(site, visit, Layer::Organisation).await
}

/// `GET /privacy/child`
pub async fn child(State(site): State<Site>, visit: Visit) -> Result<Response, Response> {
    show(site, visit, Layer::Child).await
}

/// `GET /privacy/office/{id}`
pub async fn office(
    State(site): State<Site>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    show(site, visit, Layer::Office(id)).await
}

/// `GET /privacy/{service}`
pub async fn service(
    State(site): State<Site>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    show(site, visit, Layer::Service(id)).await
}

/// `GET /privacy/notice.pdf`
pub async fn organisation_document(State(site): State<Site>, visit: Visit) -> Result<Response, Response> {
    document(site, visit, Layer::Organisation).await
}

/// `GET /privacy/{service}/notice.pdf`
pub async fn service_document(
    State(site): State<Site>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    document(site, visit, Layer::Service(id)).await
}

/// The notice as a tagged PDF to keep.
async fn document(site: Site, visit: Visit, layer: Layer) -> Result<Response, Response> {
    let notice = notice(&site, &visit, layer).await?;
    let written = blocking(move || notices::pdf(&notice)).await.map_err(IntoResponse::into_response)?;
    let bytes = written.map_err(|error| {
        tracing::error!(%error, "a notice was not written");
        Problem::Fault.into_response()
    })?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"notice.pdf\""),
    ];
    Ok((headers, bytes).into_response())
}

async fn notice(site: &Site, visit: &Visit, layer: Layer) -> Result<Notice, Response> {
    let use_cases = site.use_cases();
    let language = visit.language().tag();
    let answer = blocking(move || use_cases.notice(&layer, language)).await;
    answer.map_err(IntoResponse::into_response)?.map_err(|error| {
        // A layer that the register does not know, or an organisation without a register.
        let problem = if error.is_refusal() { Problem::NotFound } else { Problem::Fault };
        problem.into_response()
    })
}

async fn show(site: Site, visit: Visit, layer: Layer) -> Result<Response, Response> {
    let document = match &layer {
        Layer::Organisation => Some("/privacy/notice.pdf".to_owned()),
        Layer::Service(id) => Some(format!("/privacy/{id}/notice.pdf")),
        Layer::Office(_) | Layer::Child => None,
    };
    let notice = notice(&site, &visit, layer).await?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &PrivacyView { notice, document }))
}
