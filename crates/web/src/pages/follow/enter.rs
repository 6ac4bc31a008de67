//! The door: a key from the link or from paper, and a code; and the way out.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use counterfoil_service::follow::{self, Entry};
use serde::{Deserialize, Serialize};

use super::{hash, may_try, visit_of};
use crate::cookies::Cookie;
use crate::forms::{Failure, Fields, Posted};
use crate::pages::requests::refusal;
use crate::render::View;
use crate::site::Site;
use crate::theme::Contact;
use crate::use_cases;
use crate::visit::{ClientAddress, Visit};

/// Where leaving leads: a page that says nothing of where the visitor was.
const ELSEWHERE: &str = "https://www.bbc.co.uk/weather";

/// The page that asks for key and code.
#[derive(Debug, Serialize)]
pub struct EnterView {
    key: String,
    /// Whether the key came with the link, so that only the code is asked for.
    with_key: bool,
    /// Whether an earlier visit has ended.
    ended: bool,
    /// What was typed on a page whose visit had ended, and where it belongs.
    kept: Option<(String, String)>,
    contact: Contact,
}

impl View for EnterView {
    const TEMPLATE: &'static str = "follow/enter.html";

    fn samples() -> Vec<Self> {
        let contact = crate::pages::home::sample_contact();
        let empty = Self { key: String::new(), with_key: false, ended: false, kept: None, contact };
        let kept = Some(("question".to_owned(), "The years 2019 & 2020".to_owned()));
        vec![
            Self { contact: empty.contact.clone(), kept, ended: true, ..Self::blank(&empty) },
            Self { key: "K7Q4M-2XWTB".into(), with_key: true, ..Self::blank(&empty) },
            empty,
        ]
    }
}

impl EnterView {
    fn blank(like: &Self) -> Self {
        Self { key: String::new(), with_key: false, ended: false, kept: None, contact: like.contact.clone() }
    }

    fn new(site: &Site) -> Self {
        let contact = site.theme().contact.clone();
        Self { key: String::new(), with_key: false, ended: false, kept: None, contact }
    }

    /// The door again, for a form whose visit had ended: what was typed goes through it.
    pub(super) fn keeping(site: &Site, page: &str, typed: &str) -> Self {
        Self { ended: true, kept: Some((page.to_owned(), typed.to_owned())), ..Self::new(site) }
    }
}

#[derive(Debug, Default, Deserialize)]
pub struct Ended {
    #[serde(default)]
    ended: Option<String>,
}

/// `GET /follow`
pub async fn start(
    State(site): State<Site>,
    visit: Visit,
    query: Result<Query<Ended>, QueryRejection>,
) -> Response {
    let ended = query.is_ok_and(|Query(query)| query.ended.is_some());
    let view = EnterView { ended, ..EnterView::new(&site) };
    site.respond(&visit, StatusCode::OK, &visit.page(&site), &view)
}

/// `GET /follow/with/{key}`: from the link of the confirmation.
pub async fn with_key(State(site): State<Site>, visit: Visit, Path(key): Path<String>) -> Response {
    let key: String = key.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect();
    let view = EnterView { key, with_key: true, ..EnterView::new(&site) };
    site.respond(&visit, StatusCode::OK, &visit.page(&site), &view)
}

/// `POST /follow`
pub async fn enter(
    State(site): State<Site>,
    visit: Visit,
    client: ClientAddress,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let again = |field, key, status| again(&site, &visit, &fields, Failure { field, key }, status);
    let unusable = StatusCode::UNPROCESSABLE_ENTITY;
    if !fresh {
        return Ok(again("code", "form.stale", unusable));
    }
    for (field, key) in [("key", "public.follow.error.key"), ("code", "public.follow.error.code")] {
        if fields.get(field).is_empty() {
            return Ok(again(field, key, unusable));
        }
    }
    if may_try(&site, &client).is_err() {
        return Ok(again("code", "public.follow.error.too_many", StatusCode::TOO_MANY_REQUESTS));
    }
    let token = site.new_token();
    let (key, code, token_hash) = (fields.get("key").to_owned(), fields.get("code").to_owned(), hash(&token));
    let entry = use_cases::as_public(&site, move |desk| follow::enter(desk, &key, &code, token_hash)).await;
    let entry = entry?.map_err(|error| refusal(&visit, &error))?;
    Ok(match entry {
        Entry::Open => opened(&site, &visit, &fields, &token),
        Entry::Wrong => again("code", "public.follow.error.wrong", unusable),
        Entry::Locked { until: Some(_) } => again("code", "public.follow.error.locked", unusable),
        Entry::Locked { until: None } => again("key", "public.follow.error.over", unusable),
    })
}

fn again(site: &Site, visit: &Visit, fields: &Fields, failure: Failure, status: StatusCode) -> Response {
    let kept = Some((fields.get("kept_page").to_owned(), fields.get("kept").to_owned()));
    let view = EnterView {
        key: fields.get("key").to_owned(),
        // A key that is wrong must be mendable.
        with_key: !fields.get("with_key").is_empty() && failure.field == "code",
        kept: kept.filter(|(page, _)| !page.is_empty()),
        ..EnterView::new(site)
    };
    site.respond(visit, status, &visit.page(site).with_errors(vec![failure]), &view)
}

/// Into the request, or back to the page whose visit had ended, with what was typed there.
fn opened(site: &Site, visit: &Visit, fields: &Fields, token: &str) -> Response {
    let mut response = match fields.get("kept_page") {
        page @ ("question" | "withdraw") => super::reply::with_typed(site, visit, page, fields.get("kept")),
        _ => visit.go("/follow/request"),
    };
    if let Some(cookie) = Cookie::Follow.set(token, site.secure()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// `GET /leave`: this browser forgets the request at once, and is sent to a page that says nothing.
pub async fn leave(State(site): State<Site>, headers: HeaderMap) -> Response {
    let token_hash = visit_of(&headers, &site);
    let ended = use_cases::as_public(&site, move |desk| follow::leave(desk, token_hash)).await;
    if !matches!(ended, Ok(Ok(()))) {
        tracing::warn!("a visit was left and could not be ended");
    }
    let mut response = Redirect::to(ELSEWHERE).into_response();
    if let Some(cookie) = Cookie::Follow.clear(site.secure()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    // Back must not show what was seen.
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    response
}
