//! The public home page: what a person may ask of the organisation, and how.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use crate::render::View;
use crate::site::Site;
use crate::theme::Contact;
use crate::visit::Visit;

/// The public home page.
#[derive(Debug, Serialize)]
pub struct HomeView {
    contact: Contact,
}

impl View for HomeView {
    const TEMPLATE: &'static str = "home.html";

    fn samples() -> Vec<Self> {
        vec![Self { contact: sample_contact() }]
    }
}

/// An invented contact, for samples.
pub(crate) fn sample_contact() -> Contact {
    Contact {
        email: "rights@example.org".into(),
        phone: "01632 960 001".into(),
        post: vec!["Information rights".into(), "1 High Street".into()],
    }
}

/// `GET /`
pub async fn show(State(site): State<Site>, visit: Visit) -> Response {
    let view = HomeView { contact: site.theme().contact.clone() };
    site.respond(&visit, StatusCode::OK, visit.page(&site), &view)
}
