//! The accessibility and cookie statements. What they claim is taken from what was tested and from
//! the names that the code sets, so that they stay true.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use crate::cookies::Cookie;
use crate::render::View;
use crate::site::Site;
use crate::theme::Contact;
use crate::visit::Visit;

const TESTED: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../content/accessibility.toml"));

/// The last run of the automatic accessibility check; `./dev e2e` holds the file to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tested {
    /// The day of the run, ISO 8601.
    pub on: String,
    /// The version of axe-core.
    pub axe: String,
    /// How many pages were checked.
    pub pages: u32,
    /// What is known not to work.
    pub known_problems: Vec<String>,
}

/// The accessibility statement.
#[derive(Debug, Serialize)]
pub struct AccessibilityView {
    contact: Contact,
    tested: Option<Tested>,
}

impl View for AccessibilityView {
    const TEMPLATE: &'static str = "accessibility.html";

    fn samples() -> Vec<Self> {
        let contact = super::home::sample_contact();
        let tested =
            Tested { on: "2026-11-22".into(), axe: "4.14.1".into(), pages: 3, known_problems: vec![] };
        let flawed = Tested { known_problems: vec!["one".into()], ..tested.clone() };
        [None, Some(tested), Some(flawed)]
            .into_iter()
            .map(|tested| Self { contact: contact.clone(), tested })
            .collect()
    }
}

/// The last run, when the file can be read; a test holds that it can.
#[must_use]
pub fn tested() -> Option<Tested> {
    toml::from_str(TESTED).ok()
}

/// `GET /accessibility`
pub async fn accessibility(State(site): State<Site>, visit: Visit) -> Response {
    let view = AccessibilityView { contact: site.theme().contact.clone(), tested: tested() };
    site.respond(&visit, StatusCode::OK, &visit.page(&site), &view)
}

/// The cookie statement.
#[derive(Debug, Serialize)]
pub struct CookiesView {
    session: &'static str,
    form: &'static str,
    follow: &'static str,
}

impl CookiesView {
    const fn new(secure: bool) -> Self {
        Self {
            session: Cookie::Session.name(secure),
            form: Cookie::Form.name(secure),
            follow: Cookie::Follow.name(secure),
        }
    }
}

impl View for CookiesView {
    const TEMPLATE: &'static str = "cookies.html";

    fn samples() -> Vec<Self> {
        vec![Self::new(true), Self::new(false)]
    }
}

/// `GET /cookies`
pub async fn cookies(State(site): State<Site>, visit: Visit) -> Response {
    site.respond(&visit, StatusCode::OK, &visit.page(&site), &CookiesView::new(site.secure()))
}
