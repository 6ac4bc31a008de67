//! Cases, notes and reasons for programs: the same use-cases as the pages, so the same gate.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use counterfoil_domain::ids::CaseId;
use counterfoil_service::casebook::look_up::{Sought, look_up};
use counterfoil_service::casebook::reason::{self, Asking};
use counterfoil_service::casebook::{CaseText, NoteText, work};
use counterfoil_service::rights::Desk;
use counterfoil_service::sharing::minimise::Care;
use counterfoil_service::store::Actor;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{At, Failed, body, person};
use crate::use_cases::Live;

type Answer = std::result::Result<Value, Failed>;

pub(super) fn routes() -> Router<At> {
    Router::new()
        .route("/api/v1/people/search", post(search))
        .route("/api/v1/people/{id}/cases", post(open_case))
        .route("/api/v1/people/{id}/looked", get(looked))
        .route("/api/v1/people/{id}/grants", post(ask))
        .route("/api/v1/cases/{id}", get(read_case))
        .route("/api/v1/cases/{id}/notes", post(write_note))
}

pub(super) fn desk<'a>(live: &'a Live, who: &'a Actor) -> Desk<'a> {
    Desk { store: &live.store, who, calendar: &live.calendar, law: &live.law }
}

fn case(id: &str) -> std::result::Result<CaseId, Failed> {
    id.parse().map_err(|_| {
        let message = "there is no such case, or you may not see it".to_owned();
        Failed(StatusCode::NOT_FOUND, "not-found", message)
    })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Search {
    name: String,
    born: Option<jiff::civil::Date>,
    email: String,
    phone: String,
    nino: String,
    reference: String,
    code: String,
}

/// Search before create: people of the own office, and that other offices know somebody.
async fn search(State(at): State<At>, headers: HeaderMap, bytes: Bytes) -> Response {
    at.run(headers, StatusCode::OK, move |live, who, _| -> Answer {
        let Search { name, born, email, phone, nino, reference, code } = body(&bytes)?;
        let found = look_up(&desk(live, who), &Sought { name, born, email, phone, nino, reference, code })?;
        let here = found.here.iter().map(|k| {
            json!({ "id": k.person.to_string(), "name": k.name, "born": k.born.map(|b| b.to_string()),
                    "postcode": k.postcode, "office": k.office.to_string(), "alike": k.alike.code() })
        });
        let elsewhere = found.elsewhere.iter().map(|e| {
            json!({ "id": e.person.to_string(), "office": e.office.to_string(), "alike": e.alike.code() })
        });
        Ok(json!({ "here": here.collect::<Vec<_>>(), "elsewhere": elsewhere.collect::<Vec<_>>() }))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCase {
    issue: String,
    title: String,
    #[serde(default)]
    question: String,
    #[serde(default)]
    special: Vec<String>,
    #[serde(default)]
    kept: String,
}

async fn open_case(
    State(at): State<At>,
    Path(id): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response {
    at.run(headers, StatusCode::CREATED, move |live, who, _| -> Answer {
        let NewCase { issue, title, question, special, kept } = body(&bytes)?;
        let (text, care) = (CaseText { title, question }, Care { special, because: kept });
        let case = work::open_case(&desk(live, who), person(&id)?, &issue, &text, &care)?;
        Ok(json!({ "id": case.to_string() }))
    })
    .await
}

async fn read_case(State(at): State<At>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    at.run(headers, StatusCode::OK, move |live, who, _| -> Answer {
        let page = work::case_page(&desk(live, who), case(&id)?)?;
        let notes = page.notes.iter().map(|n| {
            json!({ "id": n.id.to_string(), "version": n.version, "at": n.made_at.to_string(),
                    "author": n.author.to_string(), "text": n.text.text, "source": n.text.source })
        });
        Ok(json!({
            "id": page.case.id.to_string(), "person": page.person.id.to_string(), "issue": page.case.issue,
            "status": page.case.status, "version": page.case.version, "title": page.case.text.title,
            "question": page.case.text.question, "opened_at": page.case.opened_at.to_string(),
            "notes": notes.collect::<Vec<_>>(),
        }))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewNote {
    text: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    special: Vec<String>,
    #[serde(default)]
    kept: String,
}

async fn write_note(
    State(at): State<At>,
    Path(id): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response {
    at.run(headers, StatusCode::CREATED, move |live, who, _| -> Answer {
        let NewNote { text, source, special, kept } = body(&bytes)?;
        work::write_note(&desk(live, who), case(&id)?, &NoteText { text, source, special, kept }, None)?;
        Ok(json!({ "written": true }))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    reason: String,
    words: String,
    #[serde(default)]
    evidence: String,
    #[serde(default)]
    code: String,
    hours: i64,
}

/// Asks for access with a good reason.
async fn ask(State(at): State<At>, Path(id): Path<String>, headers: HeaderMap, bytes: Bytes) -> Response {
    at.run(headers, StatusCode::CREATED, move |live, who, _| -> Answer {
        let Ask { reason, words, evidence, code, hours } = body(&bytes)?;
        let reason = reason.parse().map_err(|_| {
            let message = format!("`{reason}` is not a reason: use client-attends, partnership, complaint or incident");
            Failed(StatusCode::UNPROCESSABLE_ENTITY, "unknown-word", message)
        })?;
        let asking = Asking { person: person(&id)?, reason, words, evidence, code, hours };
        let asked = reason::ask(&desk(live, who), &asking)?;
        Ok(json!({ "id": asked.grant.to_string(), "checked": asked.checked, "until": asked.until.to_string() }))
    })
    .await
}

/// The person's own list of who looked: role, office and reason, no names of staff.
async fn looked(State(at): State<At>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    at.run(headers, StatusCode::OK, move |live, who, _| -> Answer {
        let lines = reason::who_looked(&desk(live, who), person(&id)?, 500)?;
        let lines = lines.iter().map(|l| {
            json!({ "at": l.at.to_string(), "did": l.verb, "purpose": l.purpose, "reason": l.reason,
                    "roles": l.roles.iter().map(|r| r.as_str()).collect::<Vec<_>>(), "office": l.office,
                    "elsewhere": l.elsewhere })
        });
        Ok(json!({ "looked": lines.collect::<Vec<_>>() }))
    })
    .await
}
