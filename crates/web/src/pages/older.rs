//! The headings of the older Act that the organisation's notice still honours, and where each leads (promise C32).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_domain::rights::older::Heading;
use serde::Serialize;

use crate::render::View;
use crate::site::Site;
use crate::theme::Contact;
use crate::visit::Visit;

#[derive(Debug, Serialize)]
struct Line {
    code: &'static str,
    provision: &'static str,
}

/// The page.
#[derive(Debug, Serialize)]
pub struct OlderView {
    headings: Vec<Line>,
    contact: Contact,
}

impl OlderView {
    fn new(contact: Contact) -> Self {
        let line = |heading: &Heading| Line { code: heading.code(), provision: heading.provision() };
        Self { headings: Heading::ALL.iter().map(line).collect(), contact }
    }
}

impl View for OlderView {
    const TEMPLATE: &'static str = "older.html";

    fn samples() -> Vec<Self> {
        vec![Self::new(super::home::sample_contact())]
    }
}

/// `GET /older-rights`
pub async fn show(State(site): State<Site>, visit: Visit) -> Response {
    let view = OlderView::new(site.theme().contact.clone());
    site.respond(&visit, StatusCode::OK, &visit.page(&site), &view)
}
