//! The public page on which a person takes a permission back, or stops news and appeals, with the code on a receipt.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_service::sharing::ConsentPurpose;
use counterfoil_service::sharing::market;
use counterfoil_service::sharing::permissions::{self, Receipt};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::STALE;
use crate::dates;
use crate::forms::{Failure, Fields, Posted};
use crate::pages::home::sample_contact;
use crate::problem::Problem;
use crate::render::View;
use crate::site::Site;
use crate::theme::Contact;
use crate::use_cases::{as_public, is_not_found};
use crate::visit::{ClientAddress, Visit};

/// What the code stands for.
#[derive(Debug, Clone, Serialize)]
struct Found {
    code: String,
    /// The key of the words for what it is for.
    purpose: String,
    words: String,
    language: String,
    names: Vec<String>,
    #[serde(serialize_with = "dates::iso")]
    given: Date,
    #[serde(serialize_with = "dates::iso_if_any")]
    until: Option<Date>,
    withdrawn: bool,
}

impl Found {
    fn new(receipt: Receipt, code: &str) -> Self {
        let known = receipt.purpose.parse::<ConsentPurpose>().is_ok();
        Self {
            code: code.to_owned(),
            purpose: if known { receipt.purpose } else { "authority".to_owned() },
            words: receipt.words,
            language: receipt.language,
            names: receipt.names,
            given: receipt.given_on,
            until: receipt.until,
            withdrawn: receipt.withdrawn,
        }
    }
}

/// The page: asking for the code, what it stands for, or that it is done.
#[derive(Debug, Serialize)]
pub struct ChoicesView {
    /// `ask`, `found` or `done`.
    step: &'static str,
    typed: String,
    found: Option<Found>,
    /// What was done: `withdrawn` or `stopped`.
    done: &'static str,
    contact: Contact,
}

impl View for ChoicesView {
    const TEMPLATE: &'static str = "choices.html";

    fn samples() -> Vec<Self> {
        let day = jiff::civil::date(2026, 11, 22);
        let found = |purpose: &str, withdrawn| Found {
            code: "0000-0000-0000".into(),
            purpose: purpose.into(),
            words: "I agree".into(),
            language: "en".into(),
            names: if withdrawn { Vec::new() } else { vec!["the food bank".into()] },
            given: day,
            until: (!withdrawn).then_some(day),
            withdrawn,
        };
        let view =
            |step, found, done| Self { step, typed: String::new(), found, done, contact: sample_contact() };
        let purposes = ConsentPurpose::ALL.iter().map(|p| p.code()).chain(["authority"]);
        let shown = purposes.flat_map(|p| [Some(found(p, false)), Some(found(p, true))]);
        shown
            .map(|f| view("found", f, ""))
            .chain([view("ask", None, ""), view("done", None, "withdrawn"), view("done", None, "stopped")])
            .collect()
    }
}

fn blank(site: &Site, step: &'static str) -> ChoicesView {
    ChoicesView { step, typed: String::new(), found: None, done: "", contact: site.theme().contact.clone() }
}

/// What was done: `?done=withdrawn`.
#[derive(Debug, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /choices`
pub async fn ask(State(site): State<Site>, visit: Visit, Query(Done { done }): Query<Done>) -> Response {
    let view = match ["withdrawn", "stopped"].into_iter().find(|d| *d == done) {
        Some(done) => ChoicesView { done, ..blank(&site, "done") },
        None => blank(&site, "ask"),
    };
    site.respond(&visit, StatusCode::OK, &visit.page(&site), &view)
}

/// `GET /choices/withdraw`: the address of a form that was refused, asked for in another language.
pub async fn start(visit: Visit) -> Response {
    visit.go("/choices")
}

/// Nobody tries codes one after another.
fn slowly(site: &Site, client: ClientAddress) -> Result<(), Problem> {
    let key: [u8; 32] = Sha256::digest(format!("choices {client}")).into();
    let taken = site.by_address().take(key, site.now());
    taken.map_err(|wait| Problem::TooMany(wait.as_secs().max(1)))
}

async fn find(site: &Site, code: &str) -> Result<Option<Found>, Response> {
    let typed = code.to_owned();
    let answer = as_public(site, move |desk| permissions::by_code(desk, &typed)).await;
    match answer.map_err(IntoResponse::into_response)? {
        Ok(receipt) => Ok(Some(Found::new(receipt, code))),
        Err(error) if is_not_found(&error) || error.is_refusal() => Ok(None),
        Err(error) => {
            tracing::error!(%error, "a use-case failed");
            Err(Problem::Fault.into_response())
        }
    }
}

fn mend(site: &Site, visit: &Visit, fields: &Fields, failure: Failure) -> Response {
    let view = ChoicesView { typed: fields.get("code").to_owned(), ..blank(site, "ask") };
    let page = visit.page(site).with_errors(vec![failure]);
    site.respond(visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &view)
}

const NO_CODE: Failure = Failure { field: "code", key: "choices.error.code" };

/// `POST /choices`
pub async fn look_up(
    State(site): State<Site>,
    visit: Visit,
    client: ClientAddress,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    if !fresh {
        return Ok(mend(&site, &visit, &fields, STALE));
    }
    slowly(&site, client)?;
    match find(&site, fields.get("code")).await? {
        None => Ok(mend(&site, &visit, &fields, NO_CODE)),
        Some(found) => {
            let view = ChoicesView { found: Some(found), ..blank(&site, "found") };
            Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
        }
    }
}

/// `POST /choices/withdraw`
pub async fn withdraw(
    State(site): State<Site>,
    visit: Visit,
    client: ClientAddress,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    if !fresh {
        return Ok(mend(&site, &visit, &fields, STALE));
    }
    slowly(&site, client)?;
    let code = fields.get("code").to_owned();
    let stop = fields.get("what") == "stop";
    let answer = as_public(&site, move |desk| {
        if stop {
            market::stop_by_code(desk, &code)
        } else {
            permissions::withdraw_by_code(desk, &code).map(|_| ())
        }
    })
    .await;
    match answer.map_err(IntoResponse::into_response)? {
        Ok(()) => Ok(visit.go(if stop { "/choices?done=stopped" } else { "/choices?done=withdrawn" })),
        Err(error) if is_not_found(&error) || error.is_refusal() => Ok(mend(&site, &visit, &fields, NO_CODE)),
        Err(error) => {
            tracing::error!(%error, "a use-case failed");
            Err(Problem::Fault.into_response())
        }
    }
}
