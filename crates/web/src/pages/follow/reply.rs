//! Answering a question, sending papers, withdrawing.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use counterfoil_domain::rights::asker::Awaited;
use counterfoil_service::follow::{self, NewPaper};
use counterfoil_service::letters::{Language, Piece};
use counterfoil_service::{Result as Served, ServiceError};
use serde::Serialize;

use super::{EnterView, for_visit, undone, visit_of};
use crate::forms::{Failure, Posted, Sent};
use crate::problem::Problem;
use crate::render::View;
use crate::site::Site;
use crate::use_cases::{self, is_not_found};
use crate::visit::Visit;

/// The page that answers a question.
#[derive(Debug, Serialize)]
pub struct QuestionView {
    /// What the letter asked.
    said: Vec<Piece>,
    typed: String,
}

impl View for QuestionView {
    const TEMPLATE: &'static str = "follow/question.html";

    fn samples() -> Vec<Self> {
        let said = vec![Piece::Paragraph("Which years?".into()), Piece::List(vec!["2019".into()])];
        vec![Self { said, typed: "2019 & 2020".into() }, Self { said: Vec::new(), typed: String::new() }]
    }
}

/// The page that sends papers.
#[derive(Debug, Serialize)]
pub struct PapersView {
    what: &'static str,
    said: Vec<Piece>,
}

impl View for PapersView {
    const TEMPLATE: &'static str = "follow/papers.html";

    fn samples() -> Vec<Self> {
        let said = || vec![Piece::Paragraph("A letter with your name.".into())];
        vec![Self { what: "identity", said: said() }, Self { what: "authority", said: Vec::new() }]
    }
}

/// The page that withdraws.
#[derive(Debug, Serialize)]
pub struct WithdrawView {
    reference: String,
    typed: String,
}

impl View for WithdrawView {
    const TEMPLATE: &'static str = "follow/withdraw.html";

    fn samples() -> Vec<Self> {
        vec![Self { reference: "R-2026-00041".into(), typed: "It is settled".into() }]
    }
}

/// What the letter asked, when something of this kind is awaited still.
async fn asked(
    site: &Site,
    visit: &Visit,
    headers: &HeaderMap,
    what: &'static str,
) -> Result<Option<Vec<Piece>>, Response> {
    let token_hash = visit_of(headers, site);
    let language = Language::of(visit.language().tag());
    let request = for_visit(site, visit, move |desk| follow::follow(desk, token_hash, language)).await?;
    Ok(request.needs.into_iter().find(|need| need.what == what).map(|need| need.said))
}

/// `GET /follow/question`
pub async fn question(
    State(site): State<Site>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Response> {
    match asked(&site, &visit, &headers, "clarification").await? {
        None => Ok(visit.go("/follow/request")),
        Some(said) => {
            let view = QuestionView { said, typed: String::new() };
            Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
        }
    }
}

/// A page whose visit had ended, once the door is open again: with what was typed on it.
pub(super) fn with_typed(site: &Site, visit: &Visit, page: &str, typed: &str) -> Response {
    let shown = visit.page(site);
    if page == "withdraw" {
        let view = WithdrawView { reference: String::new(), typed: typed.to_owned() };
        return site.respond(visit, StatusCode::OK, &shown, &view);
    }
    let view = QuestionView { said: Vec::new(), typed: typed.to_owned() };
    site.respond(visit, StatusCode::OK, &shown, &view)
}

/// `POST /follow/question`
pub async fn answer(
    State(site): State<Site>,
    visit: Visit,
    headers: HeaderMap,
    Sent { fields, files, fresh }: Sent,
) -> Result<Response, Response> {
    let typed = fields.get("answer").to_owned();
    let failed = if !fresh {
        Some("form.stale")
    } else if typed.is_empty() {
        Some("public.question.error.empty")
    } else {
        None
    };
    let done = match failed {
        Some(key) => Err(key),
        None => {
            let (token_hash, text) = (visit_of(&headers, &site), typed.clone());
            let papers = papers_of(files);
            let done =
                use_cases::as_public(&site, move |desk| follow::answer(desk, token_hash, &text, &papers));
            match done.await.map_err(IntoResponse::into_response)? {
                Err(error) if is_not_found(&error) => {
                    return Ok(door(&site, &visit, "question", &typed));
                }
                done => mendable(&visit, done, "public.question.error.refused").map_err(|answer| *answer)?,
            }
        }
    };
    match done {
        Ok(()) => Ok(visit.go("/follow/request")),
        Err(key) => {
            // A question that is answered already needs no page to mend.
            let Some(said) = asked(&site, &visit, &headers, "clarification").await? else {
                return Ok(visit.go("/follow/request"));
            };
            let page = visit.page(&site).with_errors(vec![Failure { field: "answer", key }]);
            let view = QuestionView { said, typed };
            Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &view))
        }
    }
}

/// What the person can mend, by the key of its words; anything else is an answer of its own.
fn mendable(
    visit: &Visit,
    done: Served<()>,
    key: &'static str,
) -> Result<Result<(), &'static str>, Box<Response>> {
    match done {
        Ok(()) => Ok(Ok(())),
        Err(ServiceError::Invalid(_)) => Ok(Err(key)),
        Err(ServiceError::Store(counterfoil_service::store::StoreError::Invalid(_))) => Ok(Err(key)),
        Err(error) => Err(Box::new(undone(visit, &error))),
    }
}

fn door(site: &Site, visit: &Visit, page: &str, typed: &str) -> Response {
    let view = EnterView::keeping(site, page, typed);
    site.respond(visit, StatusCode::UNAUTHORIZED, &visit.page(site), &view)
}

fn papers_of(files: Vec<(String, Vec<u8>)>) -> Vec<NewPaper> {
    files.into_iter().map(|(name, content)| NewPaper { name, content }).collect()
}

fn awaited(what: &str) -> Result<Awaited, Problem> {
    let known = [Awaited::Identity, Awaited::Authority].into_iter().find(|a| a.code() == what);
    known.ok_or(Problem::NotFound)
}

/// `GET /follow/papers/{what}`
pub async fn papers(
    State(site): State<Site>,
    visit: Visit,
    headers: HeaderMap,
    Path(what): Path<String>,
) -> Result<Response, Response> {
    let what = awaited(&what)?.code();
    match asked(&site, &visit, &headers, what).await? {
        None => Ok(visit.go("/follow/request")),
        Some(said) => {
            Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &PapersView { what, said }))
        }
    }
}

/// `POST /follow/papers/{what}`
pub async fn send_papers(
    State(site): State<Site>,
    visit: Visit,
    headers: HeaderMap,
    Path(what): Path<String>,
    Sent { files, fresh, .. }: Sent,
) -> Result<Response, Response> {
    let purpose = awaited(&what)?;
    let done = if !fresh {
        Err("form.stale")
    } else if files.is_empty() {
        Err("public.papers.error.none")
    } else {
        let (token_hash, papers) = (visit_of(&headers, &site), papers_of(files));
        let done =
            use_cases::as_public(&site, move |desk| follow::send_papers(desk, token_hash, purpose, &papers));
        let done = done.await.map_err(IntoResponse::into_response)?;
        mendable(&visit, done, "public.papers.error.refused").map_err(|answer| *answer)?
    };
    match done {
        Ok(()) => Ok(visit.go("/follow/request")),
        Err(key) => {
            let what = purpose.code();
            let said = asked(&site, &visit, &headers, what).await?.unwrap_or_default();
            let page = visit.page(&site).with_errors(vec![Failure { field: "files", key }]);
            Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &PapersView { what, said }))
        }
    }
}

/// `GET /follow/withdraw`
pub async fn withdrawal(
    State(site): State<Site>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let token_hash = visit_of(&headers, &site);
    let language = Language::of(visit.language().tag());
    let request = for_visit(&site, &visit, move |desk| follow::follow(desk, token_hash, language)).await?;
    if !request.may_withdraw {
        return Ok(visit.go("/follow/request"));
    }
    let view = WithdrawView { reference: request.reference, typed: String::new() };
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// `POST /follow/withdraw`
pub async fn withdraw(
    State(site): State<Site>,
    visit: Visit,
    headers: HeaderMap,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let typed = fields.get("why").to_owned();
    if !fresh {
        let page = visit.page(&site).with_errors(vec![Failure { field: "why", key: "form.stale" }]);
        let view = WithdrawView { reference: fields.get("reference").to_owned(), typed };
        return Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &view));
    }
    let (token_hash, why) = (visit_of(&headers, &site), typed.clone());
    let done = use_cases::as_public(&site, move |desk| follow::withdraw(desk, token_hash, &why)).await;
    match done.map_err(IntoResponse::into_response)? {
        Ok(()) => Ok(visit.go("/follow/request")),
        Err(error) if is_not_found(&error) => Ok(door(&site, &visit, "withdraw", &typed)),
        // Answered meanwhile: its page says so.
        Err(error) if error.is_refusal() => Ok(visit.go("/follow/request")),
        Err(error) => Err(undone(&visit, &error)),
    }
}
