//! One disposal run: what it names with the working, the second name, and the certificate.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterfoil_service::ServiceError;
use counterfoil_service::retention::{self, Decision, ItemView, May, RunView, certificate};
use serde::{Deserialize, Serialize};

use super::HERE;
use crate::forms::{Failure, Posted};
use crate::pages::requests::refusal;
use crate::problem::Problem;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::as_staff;
use crate::visit::Visit;

/// How many items one page shows; each that is shown is written in the audit log.
const PAGE: u32 = 20;

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/staff/retention/runs/{reference}", get(show).post(sign))
        .route("/staff/retention/runs/{reference}/certificate", get(download))
        .route("/staff/retention/runs/{reference}/items/{number}", post(settle))
}

/// A run with a page of its items.
#[derive(Debug, Clone, Serialize)]
pub struct RunPage {
    run: RunView,
    items: Vec<ItemView>,
    /// The first item of the next page, if there is one.
    next: Option<i64>,
    may: May,
    decisions: Vec<&'static str>,
    /// The organisation's key, to check the certificate with.
    key: String,
    refused: Option<String>,
}

pub(super) fn samples() -> Vec<RunView> {
    let at = jiff::Timestamp::UNIX_EPOCH;
    let run = RunView {
        reference: "D-2026-00001".to_owned(),
        rule: "R-CASE".to_owned(),
        authority: "Limitation Act 1980".to_owned(),
        action: "destroy".to_owned(),
        destroys: true,
        state: "proposed".to_owned(),
        items: 3,
        waiting: 3,
        disposed: 0,
        skipped: 0,
        settled: 0,
        proposed_at: at,
        approved_at: None,
        ended_at: None,
        mine: false,
        certified: false,
    };
    let approved = RunView { state: "approved".to_owned(), approved_at: Some(at), ..run.clone() };
    let review = RunView { action: "review".to_owned(), destroys: false, settled: 1, ..approved.clone() };
    let executed = RunView {
        state: "executed".to_owned(),
        waiting: 0,
        disposed: 2,
        skipped: 1,
        ended_at: Some(at),
        certified: true,
        ..approved.clone()
    };
    let withdrawn = RunView { state: "withdrawn".to_owned(), mine: true, ended_at: Some(at), ..run.clone() };
    let mine = RunView { mine: true, ..run.clone() };
    vec![run, mine, approved, review, executed, withdrawn]
}

impl View for RunPage {
    const TEMPLATE: &'static str = "staff/retention_run.html";

    fn samples() -> Vec<Self> {
        let item = ItemView {
            number: 1,
            kind: "case",
            record: Some("cas_1".to_owned()),
            person: Some("per_1".to_owned()),
            outcome: "waiting".to_owned(),
            code: String::new(),
            due: "2026-01-01".parse().ok(),
            working: vec!["the general rule".to_owned()],
            note: String::new(),
        };
        let with = |kind, outcome: &str, code: &str| ItemView {
            kind,
            outcome: outcome.to_owned(),
            code: code.to_owned(),
            note: code.to_owned(),
            ..item.clone()
        };
        let mut items =
            vec![item.clone(), with("person", "disposed", ""), with("request", "settled", "kept")];
        items.extend(SKIPPED.map(|code| with("case", "skipped", code)));
        items.extend(Decision::ALL.map(|d| with("case", "settled", d.code())));
        let may = May { propose: true, approve: true, hold: true };
        samples()
            .into_iter()
            .flat_map(|run| {
                let page = Self {
                    items: items.clone(),
                    next: Some(21),
                    may,
                    ..Self::new(run, Vec::new(), May::default())
                };
                let refused = Self { refused: Some("no".to_owned()), ..page.clone() };
                let bare = Self { items: Vec::new(), next: None, may: May::default(), ..page.clone() };
                [page, refused, bare]
            })
            .collect()
    }
}

/// Why an item may have been left alone: every code that the store gives.
const SKIPPED: [&str; 10] = [
    "held",
    "restricted",
    "reopened",
    "open-request",
    "queued-work",
    "changed",
    "gone",
    "refused",
    "not-approved",
    "erased",
];

impl RunPage {
    fn new(run: RunView, items: Vec<ItemView>, may: May) -> Self {
        let last = items.last().map(|i| i.number);
        let next = last.filter(|n| *n < run.items).map(|n| n + 1);
        let decisions = Decision::ALL.map(Decision::code).to_vec();
        Self { run, items, next, may, decisions, key: String::new(), refused: None }
    }
}

/// Which page of the items.
#[derive(Debug, Default, Deserialize)]
pub(super) struct From {
    from: Option<i64>,
}

async fn page(
    site: &Site,
    visit: &Visit,
    who: &Staff,
    reference: &str,
    from: i64,
) -> Result<RunPage, Response> {
    let reference = reference.to_owned();
    let found = as_staff(site, &who.0, move |desk| {
        let run = retention::run(desk, &reference)?;
        let items = retention::items(desk, &reference, from, PAGE)?;
        let key = desk.store.log_verifier(desk.who.controller())?.to_string();
        Ok(RunPage { key, ..RunPage::new(run, items, retention::may(desk)) })
    })
    .await;
    found.map_err(IntoResponse::into_response)?.map_err(|error| refusal(visit, &error))
}

/// `GET /staff/retention/runs/{reference}`
async fn show(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(reference): Path<String>,
    Query(from): Query<From>,
) -> Result<Response, Response> {
    let view = page(&site, &visit, &who, &reference, from.from.unwrap_or(1)).await?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// `POST /staff/retention/runs/{reference}`: approves or withdraws it.
async fn sign(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(reference): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let (run, go) = (reference.clone(), posted.fields.get("go").to_owned());
    let fresh = posted.fresh;
    let outcome = as_staff(&site, &who.0, move |desk| match go.as_str() {
        _ if !fresh => Ok(false),
        "approve" => retention::approve(desk, &run).map(|_| true),
        "withdraw" => retention::withdraw(desk, &run).map(|()| true),
        _ => Ok(false),
    })
    .await;
    answer(&site, &visit, &who, &reference, outcome).await
}

/// `POST /staff/retention/runs/{reference}/items/{number}`: what was decided about an item.
async fn settle(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path((reference, number)): Path<(String, i64)>,
    posted: Posted,
) -> Result<Response, Response> {
    let (run, fields, fresh) = (reference.clone(), posted.fields, posted.fresh);
    let outcome = as_staff(&site, &who.0, move |desk| {
        if !fresh {
            return Ok(false);
        }
        let decision: Decision = fields.get("decision").parse()?;
        retention::settle(desk, &run, number, decision, fields.get("note")).map(|_| true)
    })
    .await;
    answer(&site, &visit, &who, &reference, outcome).await
}

/// Goes back to the run, or shows it again with what was refused.
async fn answer(
    site: &Site,
    visit: &Visit,
    who: &Staff,
    reference: &str,
    outcome: Result<Result<bool, ServiceError>, Problem>,
) -> Result<Response, Response> {
    let (errors, refused) = match outcome.map_err(IntoResponse::into_response)? {
        Ok(true) => return Ok(visit.go(&format!("{HERE}/runs/{reference}"))),
        Ok(false) => (vec![Failure { field: "items", key: "form.stale" }], None),
        Err(error) if error.is_refusal() => (Vec::new(), Some(error.to_string())),
        Err(error) => return Err(refusal(visit, &error)),
    };
    let view = RunPage { refused, ..page(site, visit, who, reference, 1).await? };
    let shown = visit.page(site).with_errors(errors);
    Ok(site.respond(visit, StatusCode::UNPROCESSABLE_ENTITY, &shown, &view))
}

/// `GET /staff/retention/runs/{reference}/certificate`: the signed certificate, to keep. It holds nobody's data.
async fn download(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(reference): Path<String>,
) -> Result<Response, Response> {
    let run = reference.clone();
    let found =
        as_staff(&site, &who.0, move |desk| certificate::of(desk.store, desk.who.controller(), &run)).await;
    let text = found.map_err(IntoResponse::into_response)?.map_err(|error| refusal(&visit, &error))?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"certificate-{reference}.txt\"")),
    ];
    Ok((headers, text).into_response())
}
