//! Collecting the answer: a link that works once, and the code besides.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use counterfoil_service::follow::{self, Collected, Entry};
use serde::Serialize;

use super::{download, for_visit, may_try, visit_of};
use crate::forms::{Failure, Posted};
use crate::pages::requests::refusal;
use crate::render::View;
use crate::site::Site;
use crate::theme::Contact;
use crate::use_cases;
use crate::visit::{ClientAddress, Visit};

/// The page behind the link.
#[derive(Debug, Serialize)]
pub struct CollectView {
    ticket: String,
    /// Whether the link was used or has run out.
    spent: bool,
    contact: Contact,
}

impl CollectView {
    fn new(site: &Site, ticket: &str, spent: bool) -> Self {
        let ticket = ticket.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
        Self { ticket, spent, contact: site.theme().contact.clone() }
    }
}

impl View for CollectView {
    const TEMPLATE: &'static str = "follow/collect.html";

    fn samples() -> Vec<Self> {
        let contact = crate::pages::home::sample_contact;
        [false, true]
            .into_iter()
            .map(|spent| Self { ticket: "K7Q4M2XWTB0H3JD9ZRSA".into(), spent, contact: contact() })
            .collect()
    }
}

/// `POST /follow/collect`: a new link, and to its page.
pub async fn ticket(
    State(site): State<Site>,
    visit: Visit,
    headers: HeaderMap,
    Posted { fresh, .. }: Posted,
) -> Result<Response, Response> {
    if !fresh {
        return Ok(visit.go("/follow/request"));
    }
    let token_hash = visit_of(&headers, &site);
    let ticket = for_visit(&site, &visit, move |desk| follow::ticket(desk, token_hash)).await?;
    Ok(visit.go(&format!("/collect/{ticket}")))
}

/// `GET /collect/{ticket}`: asks for the code; looking at the page spends nothing.
pub async fn show(State(site): State<Site>, visit: Visit, Path(ticket): Path<String>) -> Response {
    let view = CollectView::new(&site, &ticket, false);
    site.respond(&visit, StatusCode::OK, &visit.page(&site), &view)
}

/// `POST /collect/{ticket}`: gives the answer, once.
pub async fn collect(
    State(site): State<Site>,
    visit: Visit,
    client: ClientAddress,
    Path(ticket): Path<String>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let again = |key, status| {
        let page = visit.page(&site).with_errors(vec![Failure { field: "code", key }]);
        site.respond(&visit, status, &page, &CollectView::new(&site, &ticket, false))
    };
    let unusable = StatusCode::UNPROCESSABLE_ENTITY;
    if !fresh {
        return Ok(again("form.stale", unusable));
    }
    if fields.get("code").is_empty() {
        return Ok(again("public.follow.error.code", unusable));
    }
    if may_try(&site, &client).is_err() {
        return Ok(again("public.follow.error.too_many", StatusCode::TOO_MANY_REQUESTS));
    }
    let (link, code) = (ticket.clone(), fields.get("code").to_owned());
    let done = use_cases::as_public(&site, move |desk| follow::collect(desk, &link, &code)).await;
    Ok(match done?.map_err(|error| refusal(&visit, &error))? {
        Collected::Pack { name, content } => download(&name, "application/zip", content),
        Collected::Closed(Entry::Locked { until: Some(_) }) => again("public.follow.error.locked", unusable),
        Collected::Closed(Entry::Locked { until: None }) => again("public.follow.error.over", unusable),
        Collected::Closed(_) => again("public.follow.error.wrong_code", unusable),
        Collected::Spent => {
            let view = CollectView::new(&site, &ticket, true);
            site.respond(&visit, StatusCode::GONE, &visit.page(&site), &view)
        }
    })
}
