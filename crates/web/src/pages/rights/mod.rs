//! The rights other than access, complaints, and what comes after an answer: one page for each request, whose forms
//! each do one thing. A refused form comes back with what was typed and why it was not done.

mod deeds;
mod shown;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterfoil_service::ServiceError;
use counterfoil_service::letters::Letter;
use counterfoil_service::rights::other::{outcome, panel, portable};
use counterfoil_service::sign_in::SignedIn;
use serde::Serialize;

use crate::forms::{Failure, Posted};
use crate::pages::address;
use crate::pages::requests::refusal;
use crate::problem::Problem;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::{as_staff, is_forbidden, is_not_found};
use crate::visit::Visit;

/// The pages of the other rights.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/staff/requests/{id}/right", get(show))
        .route("/staff/requests/{id}/right/letter", get(letter))
        .route("/staff/requests/{id}/right/schema.json", get(schema))
        .route("/staff/requests/{id}/right/export", post(export))
        .route("/staff/requests/{id}/right/{deed}", post(done))
}

/// A request of another right, or a complaint, as an officer works on it.
#[derive(Debug, Serialize)]
pub struct RightView {
    panel: serde_json::Value,
    /// What was typed in the form that was refused, by field.
    typed: BTreeMap<String, String>,
    /// The form that was refused.
    at: String,
    /// Why, in English.
    refused: Option<String>,
}

impl View for RightView {
    const TEMPLATE: &'static str = "staff/rights/panel.html";

    fn samples() -> Vec<Self> {
        let blank = |panel| Self { panel, typed: BTreeMap::new(), at: String::new(), refused: None };
        let mut all: Vec<Self> = shown::samples().into_iter().map(blank).collect();
        if let Some(first) = all.first_mut() {
            first.at = "decide".to_owned();
            first.refused = Some("give the reasons in a sentence or more".to_owned());
            first.typed = BTreeMap::from([("reasons".to_owned(), "so".to_owned())]);
        }
        all
    }
}

/// The letter that tells the outcome, before it is sent.
#[derive(Debug, Serialize)]
pub struct OutcomeLetterView {
    reference: String,
    letter: Option<Letter>,
    /// Why there is none yet.
    refused: Option<String>,
}

impl View for OutcomeLetterView {
    const TEMPLATE: &'static str = "staff/rights/letter.html";

    fn samples() -> Vec<Self> {
        use counterfoil_service::letters::Piece;
        let letter = Letter {
            kind: "refusal".to_owned(),
            language: "en".to_owned(),
            subject: "Your request".to_owned(),
            title: "Your request".to_owned(),
            said: String::new(),
            body: vec![
                Piece::Heading("Why".to_owned()),
                Piece::Paragraph("The law lets us keep it.".to_owned()),
                Piece::List(vec!["One reason.".to_owned()]),
            ],
            event: (String::new(), String::new()),
            answerable: None,
        };
        let reference = "R-2026-00041".to_owned();
        vec![
            Self { reference: reference.clone(), letter: Some(letter), refused: None },
            Self { reference, letter: None, refused: Some("there is no outcome yet".to_owned()) },
        ]
    }
}

async fn view(site: &Site, visit: &Visit, who: &SignedIn, reference: String) -> Result<RightView, Response> {
    let reference = address::reference(&reference)?;
    let answer = as_staff(site, who, move |desk| panel::panel(desk, &reference)).await;
    let panel = answer.map_err(IntoResponse::into_response)?.map_err(|e| refusal(visit, &e))?;
    let today = site.now().to_zoned(site.zone()).date();
    Ok(RightView {
        panel: shown::shown(&panel, today),
        typed: BTreeMap::new(),
        at: String::new(),
        refused: None,
    })
}

/// `GET /staff/requests/{reference}/right`
async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(reference): Path<String>,
) -> Result<Response, Response> {
    let view = view(&site, &visit, &who, reference).await?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// `GET /staff/requests/{reference}/right/letter`
async fn letter(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(reference): Path<String>,
) -> Result<Response, Response> {
    let reference = address::reference(&reference)?;
    let of = reference.clone();
    let answer = as_staff(&site, &who, move |desk| outcome::draft(desk, &of)).await;
    let view = match answer.map_err(IntoResponse::into_response)? {
        Ok(letter) => OutcomeLetterView { reference, letter: Some(letter), refused: None },
        Err(e) if is_not_found(&e) || is_forbidden(&e) || !e.is_refusal() => {
            return Err(refusal(&visit, &e));
        }
        Err(e) => OutcomeLetterView { reference, letter: None, refused: Some(e.to_string()) },
    };
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// A form that waited too long or came from elsewhere.
const STALE: Failure = Failure { field: "main-content", key: "form.stale" };

/// `POST /staff/requests/{reference}/right/{deed}`
async fn done(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path((reference, deed)): Path<(String, String)>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let reference = address::reference(&reference)?;
    if !deeds::known(&deed) {
        return Err(Problem::NotFound.into_response());
    }
    let typed: BTreeMap<String, String> =
        fields.kept().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    if !fresh {
        let again = RightView { typed, at: deed, ..view(&site, &visit, &who, reference).await? };
        let page = visit.page(&site).with_errors(vec![STALE]);
        return Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &again));
    }
    let (of, what) = (reference.clone(), deed.clone());
    let answer = as_staff(&site, &who, move |desk| deeds::run(desk, &of, &what, &fields)).await;
    match answer.map_err(IntoResponse::into_response)? {
        Ok(()) => Ok(visit.go(&format!("/staff/requests/{reference}/right#{}", deeds::section(&deed)))),
        Err(error) => refused(&site, &visit, &who, reference, deed, typed, &error).await,
    }
}

/// The page again, with what was typed and why it was not done.
async fn refused(
    site: &Site,
    visit: &Visit,
    who: &SignedIn,
    reference: String,
    at: String,
    typed: BTreeMap<String, String>,
    error: &ServiceError,
) -> Result<Response, Response> {
    if !error.is_refusal() {
        return Err(refusal(visit, error));
    }
    let refused = Some(error.to_string());
    let again = RightView { typed, at, refused, ..view(site, visit, who, reference).await? };
    Ok(site.respond(visit, StatusCode::UNPROCESSABLE_ENTITY, &visit.page(site), &again))
}

/// `POST /staff/requests/{reference}/right/export`: the file itself. Making it carries the request out, so it is no
/// address that a browser may fetch twice by itself.
async fn export(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(reference): Path<String>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let reference = address::reference(&reference)?;
    if !fresh {
        return Ok(visit.go(&format!("/staff/requests/{reference}/right")));
    }
    let csv = fields.get("format") == "csv";
    let of = reference.clone();
    let answer = as_staff(&site, &who, move |desk| portable::export(desk, &of)).await;
    match answer.map_err(IntoResponse::into_response)? {
        Ok(export) if csv => Ok(file(&reference, "csv", "text/csv; charset=utf-8", export.csv)),
        Ok(export) => Ok(file(&reference, "json", "application/json", export.json)),
        Err(error) => {
            let typed = BTreeMap::from([("format".to_owned(), fields.get("format").to_owned())]);
            refused(&site, &visit, &who, reference, "export".to_owned(), typed, &error).await
        }
    }
}

/// `GET /staff/requests/{reference}/right/schema.json`
async fn schema(Path(reference): Path<String>) -> Result<Response, Response> {
    let reference = address::reference(&reference)?;
    Ok(file(&reference, "schema.json", "application/schema+json", portable::SCHEMA.to_owned()))
}

fn file(reference: &str, ending: &str, media_type: &'static str, content: String) -> Response {
    let named = format!("attachment; filename=\"{reference}.{ending}\"");
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, named),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, content).into_response()
}
