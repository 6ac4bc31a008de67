//! A colleague answers one question by a link: nothing held, held with files, or not theirs. No account, no script.
//! A link that opens nothing any more says so, and what was typed is still on the page.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use counterfoil_service::ServiceError;
use counterfoil_service::rights::sources::{self, Asked, Link, NotMine, SourceReply};
use counterfoil_service::store::StoreError;
use jiff::civil::date;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::brought;
use crate::forms::{Failure, Fields, Sent};
use crate::pages::requests::refusal;
use crate::problem::Problem;
use crate::render::View;
use crate::site::Site;
use crate::theme::Contact;
use crate::use_cases::as_public;
use crate::visit::{ClientAddress, Visit};

/// What a colleague can answer.
const ANSWERS: [&str; 3] = ["none-held", "held", "not-mine"];

/// The most characters of what is typed.
const LONGEST: usize = 5000;

/// The question.
#[derive(Debug, Serialize)]
pub struct AnswerView {
    link: String,
    asked: Asked,
    answers: [&'static str; 3],
    answer: String,
    said: String,
    whom: String,
    /// Whether files were chosen on a page that came back: a browser does not keep them.
    files_gone: bool,
}

impl View for AnswerView {
    const TEMPLATE: &'static str = "desk/answer.html";

    fn samples() -> Vec<Self> {
        let asked = Asked {
            reference: "R-2026-00041".to_owned(),
            name: "Dewi Rees".to_owned(),
            whom: "Gethin Vaughan".to_owned(),
            known_by: "Tenancy 4471".to_owned(),
            period: "since 2019".to_owned(),
            source: "Leisure memberships & bookings".to_owned(),
            question: "What do you hold?\nAlso on paper.".to_owned(),
            due_on: date(2026, 11, 27),
        };
        let bare = Asked { known_by: String::new(), period: String::new(), ..asked.clone() };
        let view = |asked, answer: &str, files_gone| Self {
            link: "0".repeat(40),
            asked,
            answers: ANSWERS,
            answer: answer.to_owned(),
            said: "the index by name".to_owned(),
            whom: String::new(),
            files_gone,
        };
        vec![view(asked.clone(), "", false), view(bare, "none-held", true), view(asked, "not-mine", false)]
    }
}

/// A link that opens no question.
#[derive(Debug, Serialize)]
pub struct ClosedView {
    /// `answered`, `not_mine`, `withdrawn`, `over`, `unknown` or `too_many`.
    state: &'static str,
    /// What was typed on the page before.
    kept: String,
    contact: Contact,
}

impl View for ClosedView {
    const TEMPLATE: &'static str = "desk/closed.html";

    fn samples() -> Vec<Self> {
        let view = |state, kept: &str| Self {
            state,
            kept: kept.to_owned(),
            contact: crate::pages::home::sample_contact(),
        };
        let all = ["answered", "not_mine", "withdrawn", "over", "unknown", "too_many"];
        all.into_iter().flat_map(|state| [view(state, ""), view(state, "the index by name")]).collect()
    }
}

/// Seconds to wait when too much was tried from one address.
fn may_try(site: &Site, client: &ClientAddress) -> Result<(), u64> {
    let key = Sha256::new().chain_update(b"answer\0").chain_update(client.to_string().as_bytes());
    let taken = site.by_address().take(key.finalize().into(), site.now());
    taken.map_err(|wait| wait.as_secs() + 1)
}

fn closed(site: &Site, visit: &Visit, state: &'static str, status: StatusCode, kept: &str) -> Response {
    let contact = site.theme().contact.clone();
    let view = ClosedView { state, kept: kept.to_owned(), contact };
    site.respond(visit, status, &visit.page(site), &view)
}

fn too_many(site: &Site, visit: &Visit, seconds: u64, kept: &str) -> Response {
    let mut response = closed(site, visit, "too_many", StatusCode::TOO_MANY_REQUESTS, kept);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// The page of a link that opens no question: thanks for one that has served, else what to do.
fn spent(site: &Site, visit: &Visit, link: &Link, kept: &str) -> Response {
    let (state, status) = match link {
        Link::Open(_) | Link::Answered => ("answered", StatusCode::OK),
        Link::NotMine => ("not_mine", StatusCode::OK),
        Link::Withdrawn => ("withdrawn", StatusCode::GONE),
        Link::Over => ("over", StatusCode::GONE),
        Link::Unknown => ("unknown", StatusCode::NOT_FOUND),
    };
    closed(site, visit, state, status, kept)
}

async fn opened(site: &Site, visit: &Visit, link: &str) -> Result<Link, Response> {
    let secret = link.to_owned();
    let found = as_public(site, move |desk| sources::link(desk, &secret)).await;
    found.map_err(IntoResponse::into_response)?.map_err(|e| refusal(visit, &e))
}

/// `GET /answer/{link}`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    client: ClientAddress,
    Path(link): Path<String>,
) -> Result<Response, Response> {
    if let Err(seconds) = may_try(&site, &client) {
        return Ok(too_many(&site, &visit, seconds, ""));
    }
    match opened(&site, &visit, &link).await? {
        Link::Open(asked) => {
            let view = question(link, *asked, &Fields::default(), false);
            Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
        }
        other => Ok(spent(&site, &visit, &other, "")),
    }
}

fn question(link: String, asked: Asked, fields: &Fields, files_gone: bool) -> AnswerView {
    let typed = |name: &str| fields.get(name).to_owned();
    AnswerView {
        link,
        asked,
        answers: ANSWERS,
        answer: typed("answer"),
        said: typed("said"),
        whom: typed("whom"),
        files_gone,
    }
}

/// `POST /answer/{link}`
pub async fn send(
    State(site): State<Site>,
    visit: Visit,
    client: ClientAddress,
    Path(link): Path<String>,
    Sent { fields, files, fresh }: Sent,
) -> Result<Response, Response> {
    let kept = format!("{}\n{}", fields.get("said"), fields.get("whom")).trim().to_owned();
    if let Err(seconds) = may_try(&site, &client) {
        return Ok(too_many(&site, &visit, seconds, &kept));
    }
    let brings = !files.is_empty();
    let failure = if fresh { mistake(&fields, brings) } else { Some(("answer", "form.stale")) };
    let failure = match failure {
        Some(failure) => failure,
        None => match taken(&site, &visit, &link, &fields, files).await? {
            Ok(Link::Open(_)) => return Ok(visit.go(&format!("/answer/{link}"))),
            Ok(other) => return Ok(spent(&site, &visit, &other, &kept)),
            Err(failure) => failure,
        },
    };
    match opened(&site, &visit, &link).await? {
        Link::Open(asked) => {
            let view = question(link, *asked, &fields, brings);
            let (field, key) = failure;
            let page = visit.page(&site).with_errors(vec![Failure { field, key }]);
            Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &view))
        }
        other => Ok(spent(&site, &visit, &other, &kept)),
    }
}

/// The first thing that must be mended.
fn mistake(fields: &Fields, brings: bool) -> Option<(&'static str, &'static str)> {
    let (said, whom) = (fields.get("said"), fields.get("whom"));
    let long = |text: &str| text.chars().count() > LONGEST;
    match fields.get("answer") {
        _ if long(said) => Some(("said", "answer.error.long")),
        _ if long(whom) => Some(("whom", "answer.error.long")),
        "none-held" if brings => Some(("answer", "answer.error.both")),
        "none-held" if said.chars().count() < 10 => Some(("said", "answer.error.said")),
        "held" if !brings => Some(("files", "answer.error.files")),
        "not-mine" if brings => Some(("answer", "answer.error.both")),
        "not-mine" if whom.chars().count() < 3 => Some(("whom", "answer.error.whom")),
        "none-held" | "held" | "not-mine" => None,
        _ => Some(("answer", "answer.error.answer")),
    }
}

type Taken = Result<Link, (&'static str, &'static str)>;

/// Gives the answer to the use-case; the inner error is what the colleague can mend.
async fn taken(
    site: &Site,
    visit: &Visit,
    link: &str,
    fields: &Fields,
    files: Vec<(String, Vec<u8>)>,
) -> Result<Taken, Response> {
    let (secret, answer) = (link.to_owned(), fields.get("answer").to_owned());
    let (said, whom) = (fields.get("said").to_owned(), fields.get("whom").to_owned());
    let done = as_public(site, move |desk| match answer.as_str() {
        "not-mine" => sources::not_mine(desk, &secret, &NotMine { whom }),
        result => {
            let reply = SourceReply { result: result.to_owned(), said, files: brought(files) };
            sources::reply(desk, &secret, &reply)
        }
    });
    match done.await.map_err(IntoResponse::into_response)? {
        Ok(link) => Ok(Ok(link)),
        Err(ServiceError::Invalid(_)) => Ok(Err(("files", "answer.error.refused"))),
        // The officer has begun to decide about what this source gave before: the page says to ring them.
        Err(ServiceError::Store(StoreError::Invalid(_))) => Ok(Err(("answer", "answer.error.later"))),
        Err(ServiceError::Store(StoreError::NotFound(_))) => Err(Problem::NotFound.into_response()),
        Err(error) => Err(refusal(visit, &error)),
    }
}
