//! The directory of recipients.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_domain::sharing::recipient::RecipientCategory;
use counterfoil_service::Result as Done;
use counterfoil_service::rights::Desk;
use counterfoil_service::sharing::recipients::{self as directory, RecipientLine, ToMend};
use serde::Serialize;

use super::{attempt, run};
use crate::forms::Posted;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// The directory.
#[derive(Debug, Serialize)]
pub struct RecipientsView {
    /// By category, in the order of the vocabulary; those without one last.
    groups: Vec<Group>,
    /// Every entry, to choose from: id and name.
    entries: Vec<(String, String)>,
    /// What names a recipient without an entry.
    to_mend: Vec<ToMend>,
    /// Why something was not mended.
    refused: Vec<String>,
}

/// The entries of one category.
#[derive(Debug, Serialize)]
struct Group {
    /// Its code; empty for entries without one.
    code: &'static str,
    label: &'static str,
    lines: Vec<RecipientLine>,
}

impl RecipientsView {
    fn new(lines: &[RecipientLine], to_mend: Vec<ToMend>, refused: Vec<String>) -> Self {
        let mut entries: Vec<_> = lines.iter().map(|l| (l.id.clone(), l.name.clone())).collect();
        entries.sort_by(|a, b| a.1.cmp(&b.1));
        let kinds = RecipientCategory::ALL.iter().map(|c| (c.code(), c.label())).chain([("", "")]);
        let groups = kinds.filter_map(|(code, label)| {
            let own: Vec<_> = lines.iter().filter(|l| l.category == code).cloned().collect();
            (!own.is_empty()).then_some(Group { code, label, lines: own })
        });
        Self { groups: groups.collect(), entries, to_mend, refused }
    }

    fn read(desk: &Desk<'_>, refused: Vec<String>) -> Done<Self> {
        Ok(Self::new(&directory::directory(desk)?, directory::to_mend(desk)?, refused))
    }
}

impl View for RecipientsView {
    const TEMPLATE: &'static str = "staff/recipients.html";

    fn samples() -> Vec<Self> {
        let line = |agreement_state, assessment_state, blocked: &[&str]| RecipientLine {
            id: "dwp".into(),
            name: "the DWP".into(),
            kind: "decides for itself",
            category: if agreement_state == "none" { "" } else { "benefits" },
            category_label: if agreement_state == "none" { "" } else { "benefits and the Jobcentre" },
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
        let mend = |area| ToMend {
            area,
            key: "dsc_0".into(),
            at: "/staff/disclosures".into(),
            on: jiff::civil::date(2026, 11, 2),
            name: "the harbour trust".into(),
            why: "the trust is new".into(),
        };
        let mends = ["permission", "disclosure", "telling"].map(mend).into();
        vec![Self::new(&all, mends, vec!["choose an entry".into()]), Self::new(&[], Vec::new(), Vec::new())]
    }
}

/// `GET /staff/recipients`
pub async fn show(State(site): State<Site>, visit: Visit, who: Staff) -> Result<Response, Response> {
    let view = run(&site, &visit, &who, |desk| RecipientsView::read(desk, Vec::new())).await?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// `POST /staff/recipients`: a recipient that was named without an entry is one after all.
pub async fn mend(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let mut refused = Vec::new();
    if fresh {
        let done = attempt(&site, &visit, &who, move |desk| {
            directory::mend(desk, fields.get("area"), fields.get("key"), fields.get("entry"))
        });
        match done.await? {
            Ok(()) => return Ok(visit.go("/staff/recipients")),
            Err(lines) => refused = lines,
        }
    }
    let view = run(&site, &visit, &who, move |desk| RecipientsView::read(desk, refused)).await?;
    Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &visit.page(&site), &view))
}
