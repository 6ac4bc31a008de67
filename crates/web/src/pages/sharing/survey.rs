//! Surveys that ask for no name and no contact: the register's fields, each with its need, and nothing else.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_service::sharing::survey::{self, Survey, Wrong};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::forms::{Failure, Fields, Posted, TOKEN_FIELD};
use crate::pages::requests::refusal;
use crate::problem::Problem;
use crate::render::View;
use crate::site::Site;
use crate::use_cases::as_public;
use crate::visit::{ClientAddress, Visit};

/// The most fields of a survey: each has a place of its own in the form.
const PLACES: [&str; 12] = [
    "answer-0",
    "answer-1",
    "answer-2",
    "answer-3",
    "answer-4",
    "answer-5",
    "answer-6",
    "answer-7",
    "answer-8",
    "answer-9",
    "answer-10",
    "answer-11",
];

/// One field.
#[derive(Debug, Serialize)]
struct Field {
    id: &'static str,
    name: String,
    need: String,
    required: bool,
    value: String,
}

/// The survey, or the thanks.
#[derive(Debug, Serialize)]
pub struct SurveyView {
    id: String,
    name: String,
    fields: Vec<Field>,
    done: bool,
}

impl SurveyView {
    fn new(survey: &Survey, typed: &Fields) -> Self {
        let fields = survey.fields.iter().zip(PLACES).map(|((name, need, required), id)| Field {
            id,
            name: name.clone(),
            need: need.clone(),
            required: *required,
            value: typed.get(id).to_owned(),
        });
        Self { id: survey.id.clone(), name: survey.name.clone(), fields: fields.collect(), done: false }
    }
}

impl View for SurveyView {
    const TEMPLATE: &'static str = "survey.html";

    fn samples() -> Vec<Self> {
        let field = |name: &str, required| (name.to_owned(), "to do better".to_owned(), required);
        let fields = vec![field("what happened", true), field("what we could do better", false)];
        let survey = Survey { id: "survey-advice".into(), name: "How was our help?".into(), fields };
        let view = Self::new(&survey, &Fields::default());
        vec![view, Self { done: true, ..Self::new(&survey, &Fields::default()) }]
    }
}

/// The surveys that there are.
#[derive(Debug, Serialize)]
pub struct SurveysView {
    surveys: Vec<(String, String)>,
}

impl View for SurveysView {
    const TEMPLATE: &'static str = "surveys.html";

    fn samples() -> Vec<Self> {
        vec![
            Self { surveys: vec![("survey".into(), "How was our help?".into())] },
            Self { surveys: Vec::new() },
        ]
    }
}

/// `GET /surveys`
pub async fn list(State(site): State<Site>, visit: Visit) -> Result<Response, Response> {
    let found = as_public(&site, survey::surveys).await.map_err(IntoResponse::into_response)?;
    let surveys = found.map_err(|e| refusal(&visit, &e))?.into_iter().map(|s| (s.id, s.name)).collect();
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &SurveysView { surveys }))
}

async fn of(site: &Site, id: String) -> Result<Survey, Response> {
    let found = as_public(site, move |desk| survey::survey(desk, &id)).await;
    found.map_err(IntoResponse::into_response)?.map_err(|_| Problem::NotFound.into_response())
}

/// `GET /survey/{id}`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let survey = of(&site, id).await?;
    let view = SurveyView::new(&survey, &Fields::default());
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// The answers by the names of the register; what the form does not have is no answer, and refused.
fn answers(survey: &Survey, typed: &Fields) -> Result<BTreeMap<String, String>, Problem> {
    let mut answers = BTreeMap::new();
    for (place, value) in typed.kept().filter(|(name, _)| *name != TOKEN_FIELD && *name != "go") {
        let at = PLACES.iter().position(|p| *p == place);
        let field = at.and_then(|at| survey.fields.get(at)).ok_or(Problem::BadRequest)?;
        if !value.trim().is_empty() {
            answers.insert(field.0.clone(), value.replace("\r\n", "\n"));
        }
    }
    Ok(answers)
}

fn failure(survey: &Survey, (name, wrong): &(String, Wrong)) -> Failure {
    let at = survey.fields.iter().position(|(field, ..)| field == name);
    let field = at.and_then(|at| PLACES.get(at)).copied().unwrap_or("send");
    let key = match wrong {
        Wrong::Missing => "survey.error.missing",
        Wrong::SaysWho => "survey.error.who",
        Wrong::Long => "survey.error.long",
    };
    Failure { field, key }
}

/// `POST /survey/{id}`
pub async fn answer(
    State(site): State<Site>,
    visit: Visit,
    client: ClientAddress,
    Path(id): Path<String>,
    Posted { fields: typed, fresh }: Posted,
) -> Result<Response, Response> {
    let survey = of(&site, id.clone()).await?;
    let given = answers(&survey, &typed).map_err(IntoResponse::into_response)?;
    let mut wrong: Vec<Failure> =
        survey::mistakes(&survey, &given).iter().map(|m| failure(&survey, m)).collect();
    if !fresh {
        wrong = vec![Failure { field: "send", key: "form.stale" }];
    }
    if !wrong.is_empty() {
        let page = visit.page(&site).with_errors(wrong);
        let view = SurveyView::new(&survey, &typed);
        return Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &view));
    }
    slowly(&site, &client).map_err(IntoResponse::into_response)?;
    let kept = as_public(&site, move |desk| survey::answer(desk, &id, &given)).await;
    kept.map_err(IntoResponse::into_response)?.map_err(|e| refusal(&visit, &e))?;
    let view = SurveyView { done: true, ..SurveyView::new(&survey, &Fields::default()) };
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// Nobody fills a survey by machine. The address is hashed with a word of its own, in memory, and goes no further.
fn slowly(site: &Site, client: &ClientAddress) -> Result<(), Problem> {
    let key: [u8; 32] = Sha256::digest(format!("survey {client}")).into();
    site.by_address().take(key, site.now()).map_err(|wait| Problem::TooMany(wait.as_secs().max(1)))
}
