//! The register of disclosures: everything that left, waits to leave, or was refused.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_service::sharing::{Filter, register};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::disclosures::Line;
use super::run;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// The register, or a part of it.
#[derive(Debug, Serialize)]
pub struct RegisterOfDisclosuresView {
    lines: Vec<Line>,
    /// Which part: `all`, `waiting`, `to-tell`, `sent` or `refused`.
    part: &'static str,
    counts: Vec<(&'static str, usize)>,
}

const PARTS: [&str; 5] = ["all", "waiting", "to-tell", "sent", "refused"];

impl RegisterOfDisclosuresView {
    fn new(all: Vec<Line>, part: &'static str) -> Self {
        let belongs = |line: &Line, part: &str| match part {
            "waiting" => line.state == "proposed" || line.state == "authorised",
            "to-tell" => line.state == "sent" && line.telling == "to-tell",
            "all" => true,
            state => line.state == state,
        };
        let counts = PARTS.map(|p| (p, all.iter().filter(|l| belongs(l, p)).count()));
        Self { lines: all.into_iter().filter(|l| belongs(l, part)).collect(), part, counts: counts.into() }
    }
}

impl View for RegisterOfDisclosuresView {
    const TEMPLATE: &'static str = "staff/disclosures.html";

    fn samples() -> Vec<Self> {
        let states = [
            ("sent", "to-tell"),
            ("sent", "told"),
            ("sent", "not-told"),
            ("sent", "knows"),
            ("sent", "by-notice"),
            ("proposed", "first"),
            ("authorised", "first"),
            ("refused", "unknown"),
            ("stopped", "knows"),
        ];
        let lines = || states.iter().map(|(s, t)| Line::sample(s, t)).collect();
        PARTS.into_iter().map(|part| Self::new(lines(), part)).chain([Self::new(Vec::new(), "all")]).collect()
    }
}

/// What is asked for: `?show=waiting`.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    show: String,
}

/// `GET /staff/disclosures`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    let part = PARTS.into_iter().find(|p| *p == asked.show).unwrap_or("all");
    let all = run(&site, &visit, &who, |desk| register::disclosures(desk, Filter::All)).await?;
    let lines = all.into_iter().map(|d| Line::new(d, BTreeMap::new())).collect();
    let view = RegisterOfDisclosuresView::new(lines, part);
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}
