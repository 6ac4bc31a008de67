//! Who looked at my record: role, office, purpose and reason, without the names of workers.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use counterfoil_service::casebook::reason::Looked;
use counterfoil_service::follow;
use jiff::Timestamp;
use serde::Serialize;

use super::{for_visit, visit_of};
use crate::dates;
use crate::render::View;
use crate::site::Site;
use crate::visit::Visit;

/// One look.
#[derive(Debug, Serialize)]
struct Line {
    #[serde(serialize_with = "dates::iso")]
    at: Timestamp,
    /// In English: the roles of whoever looked; empty for the system itself.
    who: String,
    office: String,
    /// Whether it was another office than the record's.
    elsewhere: bool,
    /// In English, as the rules of access name it.
    purpose: String,
    reason: String,
}

impl Line {
    fn new(looked: &Looked) -> Self {
        let roles: Vec<&str> = looked.roles.iter().map(|r| r.as_str()).collect();
        Self {
            at: looked.at,
            who: roles.join(", ").replace('-', " "),
            office: looked.office.clone(),
            elsewhere: looked.elsewhere,
            purpose: looked.purpose.replace('-', " "),
            reason: looked.reason.clone().unwrap_or_default().replace('-', " "),
        }
    }
}

/// The list.
#[derive(Debug, Serialize)]
pub struct LookedView {
    lines: Vec<Line>,
}

impl View for LookedView {
    const TEMPLATE: &'static str = "follow/looked.html";

    fn samples() -> Vec<Self> {
        let line = |who: &str, elsewhere, reason: &str| Line {
            at: Timestamp::UNIX_EPOCH,
            who: who.into(),
            office: if who.is_empty() { String::new() } else { "Kendal".into() },
            elsewhere,
            purpose: "service delivery".into(),
            reason: reason.into(),
        };
        let lines =
            vec![line("adviser", false, ""), line("adviser", true, "client attends"), line("", false, "")];
        vec![Self { lines }, Self { lines: Vec::new() }]
    }
}

/// `GET /follow/looked`
pub async fn show(State(site): State<Site>, visit: Visit, headers: HeaderMap) -> Result<Response, Response> {
    let token_hash = visit_of(&headers, &site);
    let looked = for_visit(&site, &visit, move |desk| follow::looked(desk, token_hash)).await?;
    let view = LookedView { lines: looked.iter().map(Line::new).collect() };
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}
