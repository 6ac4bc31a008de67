//! The letters of a request: which were sent, what became of them, and each to read and to print.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use counterfoil_domain::rights::Right;
use counterfoil_service::follow;
use counterfoil_service::letters::{self, Line, Piece, kinds_for};
use jiff::Timestamp;
use serde::Serialize;

use super::{done, reference, tried};
use crate::forms::Posted;
use crate::pages::address;
use crate::pages::requests::refusal;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// The letters of a request.
#[derive(Debug, Serialize)]
pub struct LettersView {
    reference: String,
    letters: Vec<Line>,
    /// The kinds that can be written now.
    kinds: Vec<&'static str>,
}

fn sample_line(way: &str, state: &str) -> Line {
    Line {
        id: "msg_1".into(),
        kind: "identity".into(),
        way: way.into(),
        state: state.into(),
        why: if state == "failed" { "the mail server could not be reached".into() } else { String::new() },
        made_at: Timestamp::UNIX_EPOCH,
    }
}

impl View for LettersView {
    const TEMPLATE: &'static str = "staff/letters.html";

    fn samples() -> Vec<Self> {
        let states = [("email", "queued"), ("email", "sent"), ("email", "failed"), ("print", "to-print")];
        let letters = states.iter().map(|(way, state)| sample_line(way, state));
        let kinds = counterfoil_service::letters::LetterKind::ALL.iter().map(|kind| kind.code()).collect();
        vec![
            Self {
                reference: "R-2026-00041".into(),
                letters: letters.chain([sample_line("print", "printed")]).collect(),
                kinds,
            },
            Self { reference: "R-2026-00041".into(), letters: Vec::new(), kinds: Vec::new() },
        ]
    }
}

/// One letter.
#[derive(Debug, Serialize)]
pub struct LetterView {
    reference: String,
    line: Line,
    to: String,
    subject: String,
    title: String,
    language: String,
    body: Vec<Piece>,
}

impl View for LetterView {
    const TEMPLATE: &'static str = "staff/letter.html";

    fn samples() -> Vec<Self> {
        let sample = |way, state| Self {
            reference: "R-2026-00041".into(),
            line: sample_line(way, state),
            to: "14 Mill Lane\nLancaster".into(),
            subject: "Your request R-2026-00041".into(),
            title: "A question: R-2026-00041".into(),
            language: "cy".into(),
            body: vec![
                Piece::Paragraph("Dear Gethin".into()),
                Piece::Heading("Why".into()),
                Piece::List(vec!["2019".into()]),
            ],
        };
        vec![sample("print", "to-print"), sample("print", "printed"), sample("email", "sent")]
    }
}

/// `GET /staff/requests/{reference}/letters`
pub async fn list(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let id = reference(&id)?;
    let (request, letters) = done(&site, &visit, &who, move |desk| {
        Ok((follow::asker_side(desk, &id)?, letters::of_request(desk, &id)?))
    })
    .await?;
    let right = request.right.parse::<Right>().ok();
    let kinds =
        right.into_iter().flat_map(kinds_for).map(counterfoil_domain::letters::LetterKind::code).collect();
    let view = LettersView { reference: request.reference, letters, kinds };
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// `GET /staff/requests/{reference}/letters/{letter}`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path((id, letter)): Path<(String, String)>,
) -> Result<Response, Response> {
    let (id, letter) = (reference(&id)?, address::id(&letter)?);
    let of = id.clone();
    let shown = done(&site, &visit, &who, move |desk| letters::show(desk, &of, letter)).await?;
    let view = LetterView {
        reference: id,
        line: shown.line,
        to: shown.to,
        subject: shown.letter.subject,
        title: shown.letter.title,
        language: shown.letter.language,
        body: shown.letter.body,
    };
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// `GET /staff/requests/{reference}/letters/{letter}/letter.pdf`
pub async fn pdf(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path((id, letter)): Path<(String, String)>,
) -> Result<Response, Response> {
    let (id, letter) = (reference(&id)?, address::id(&letter)?);
    let pdf = done(&site, &visit, &who, move |desk| letters::show(desk, &id, letter)?.letter.pdf()).await?;
    let kind = HeaderValue::from_static("application/pdf");
    let inline = HeaderValue::from_static("inline; filename=\"letter.pdf\"");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, inline)], pdf).into_response())
}

/// `POST /staff/requests/{reference}/letters/{letter}/printed`
pub async fn printed(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path((id, letter)): Path<(String, String)>,
    Posted { fresh, .. }: Posted,
) -> Result<Response, Response> {
    let (id, letter) = (reference(&id)?, address::id(&letter)?);
    if fresh {
        let of = id.clone();
        let printed = tried(&site, &visit, &who, move |desk| letters::printed(desk, &of, letter)).await?;
        printed.map_err(|why| refusal(&visit, &counterfoil_service::ServiceError::Invalid(why)))?;
    }
    Ok(visit.go(&format!("/staff/requests/{id}/letters")))
}
