//! The directory of recipients.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_service::sharing::recipients::{self as directory, RecipientLine};
use serde::Serialize;

use super::run;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// The directory.
#[derive(Debug, Serialize)]
pub struct RecipientsView {
    blocked: Vec<RecipientLine>,
    open: Vec<RecipientLine>,
}

impl RecipientsView {
    fn new(lines: Vec<RecipientLine>) -> Self {
        let (open, blocked) = lines.into_iter().partition(|r| r.blocked.is_empty());
        Self { blocked, open }
    }
}

impl View for RecipientsView {
    const TEMPLATE: &'static str = "staff/recipients.html";

    fn samples() -> Vec<Self> {
        let line = |agreement_state, assessment_state, blocked: &[&str]| RecipientLine {
            id: "dwp".into(),
            name: "the DWP".into(),
            kind: "decides for itself",
            why: "to settle your claim".into(),
            country: "GB".into(),
            agreement: if agreement_state == "none" { String::new() } else { "DSA-1".into() },
            agreement_state,
            assessment_state,
            gateway: if agreement_state == "none" { "your authority".into() } else { String::new() },
            fields: vec!["name".into()],
            blocked: blocked.iter().map(|b| (*b).to_owned()).collect(),
        };
        let all = vec![
            line("none", "none", &[]),
            line("in-force", "current", &[]),
            line("in-force", "review-due", &[]),
            line("not-in-force", "none", &["the agreement has ended"]),
            line("in-force", "incomplete", &["the assessment is open"]),
        ];
        vec![Self::new(all), Self::new(Vec::new())]
    }
}

/// `GET /staff/recipients`
pub async fn show(State(site): State<Site>, visit: Visit, who: Staff) -> Result<Response, Response> {
    let lines = run(&site, &visit, &who, directory::directory).await?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &RecipientsView::new(lines)))
}
