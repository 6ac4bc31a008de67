//! A second person's look: the decisions, a sample of them drawn by lot, and what changed since one last approved.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_service::rights::{self, CheckLine, SecondLook};
use jiff::Timestamp;
use serde::Serialize;

use super::list::person;
use super::{ask, reference};
use crate::dates;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// The decisions of a review.
#[derive(Debug, Serialize)]
pub struct LookView {
    reference: String,
    look: SecondLook,
    #[serde(serialize_with = "dates::iso_if_any")]
    approved_at: Option<Timestamp>,
    /// How many decisions are newer than this person's approval.
    changed: usize,
    refused: Option<String>,
}

impl LookView {
    /// The same page with why something was not done.
    pub(super) fn with_refusal(self, why: String) -> Self {
        Self { refused: Some(why), ..self }
    }

    pub(super) fn new(reference: &str, look: SecondLook) -> Self {
        let changed = look.decisions.iter().filter(|d| d.is_new).count() + look.undone_since.len();
        Self { reference: reference.to_owned(), approved_at: look.approved_at, changed, look, refused: None }
    }
}

impl View for LookView {
    const TEMPLATE: &'static str = "staff/review-decisions.html";

    fn samples() -> Vec<Self> {
        let line = |number: i64, about: &str| {
            let decision = person("p2", "withheld").decision.into_iter();
            let mut decision: Vec<_> = decision.collect();
            let decision = decision.pop().map(|d| rights::DecisionLine { number, about: about.into(), ..d });
            decision.map(|decision| CheckLine {
                decision,
                by: "Ruth Pemberly".into(),
                at: Timestamp::UNIX_EPOCH,
                own: number == 2,
                sampled: number != 3,
                is_new: number == 1,
                looks: if number == 3 {
                    vec![("Kofi Reid".into(), "agreed".into()), ("Ada Bell".into(), "queried".into())]
                } else {
                    vec![]
                },
                test: vec![("has the other individual consented?".into(), "no".into())],
            })
        };
        let abouts =
            ["person", "others", "item", "passage", "mention", "page", "file", "area", "same", "apart"];
        let decisions: Vec<CheckLine> =
            (1_i64..).zip(abouts).filter_map(|(n, about)| line(n, about)).collect();
        let undone_since: Vec<_> = decisions.iter().take(1).map(|d| d.decision.clone()).collect();
        let full =
            SecondLook { decisions, approved_at: Some(Timestamp::UNIX_EPOCH), undone_since, to_check: 2 };
        let none = SecondLook { decisions: vec![], approved_at: None, undone_since: vec![], to_check: 0 };
        let refused =
            Self { refused: Some("this is your own decision".into()), ..Self::new("AR-2026-0041", none) };
        vec![Self::new("AR-2026-0041", full), refused]
    }
}

/// `GET /staff/requests/{reference}/review/decisions`
pub(super) async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(given): Path<String>,
) -> Result<Response, Response> {
    let reference = reference(&given)?;
    let of = reference.clone();
    let look = ask(&site, &visit, &who, move |desk| rights::second_look(desk, &of)).await?;
    let view = LookView::new(&reference, look);
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}
