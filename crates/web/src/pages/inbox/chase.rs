//! What is owed: items past their limit, copies that should be gone, messages that reached nobody.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_domain::ids::InboxItemId;
use counterfoil_service::intake::inbox::{self, Chase};
use jiff::Timestamp;
use serde::Serialize;

use super::queue::Line;
use super::said;
use crate::forms::Posted;
use crate::pages::requests::refusal;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::as_staff;
use crate::visit::Visit;

/// A copy that a channel keeps.
#[derive(Debug, Serialize)]
struct CopyLine {
    id: String,
    channel: &'static str,
    provider: String,
    state: &'static str,
    of_message: bool,
    why: String,
    tries: i64,
    since: Option<String>,
    by_hand: bool,
    again: bool,
}

/// A message that reached nobody.
#[derive(Debug, Serialize)]
struct Unreached {
    channel: &'static str,
    purpose: &'static str,
    state: &'static str,
    why: String,
    #[serde(serialize_with = "super::iso")]
    written: Timestamp,
}

/// The chase list.
#[derive(Debug, Serialize)]
pub struct ChaseView {
    items: Vec<Line>,
    copies: Vec<CopyLine>,
    messages: Vec<Unreached>,
    problem: Option<String>,
}

impl ChaseView {
    fn new(chase: &Chase) -> Self {
        let copies = chase.copies.iter().map(|owed| {
            let c = &owed.copy;
            CopyLine {
                id: InboxItemId::from_bytes(c.id).to_string(),
                channel: c.channel.code(),
                provider: c.provider.clone(),
                state: c.state.code(),
                of_message: owed.of_message,
                why: c.why.clone(),
                tries: c.tries,
                since: c.asked_at.or(c.due_at).map(|at| at.to_string()),
                by_hand: matches!(c.state.code(), "by-hand" | "failed"),
                again: matches!(c.state.code(), "failed"),
            }
        });
        let messages = chase.messages.iter().map(|m| Unreached {
            channel: m.channel.code(),
            purpose: m.purpose.code(),
            state: m.state.code(),
            why: m.why.clone(),
            written: m.written_at,
        });
        Self {
            items: chase.items.iter().map(Line::new).collect(),
            copies: copies.collect(),
            messages: messages.collect(),
            problem: None,
        }
    }
}

impl View for ChaseView {
    const TEMPLATE: &'static str = "inbox/chase.html";

    fn samples() -> Vec<Self> {
        let copy = |state: &'static str, of_message| CopyLine {
            id: "inb_01932f0c5e7a7c3f9d2b6a1e4f508192".to_owned(),
            channel: "whatsapp",
            provider: "whatsapp".to_owned(),
            state,
            of_message,
            why: "it is still there".to_owned(),
            tries: 2,
            since: of_message.then(|| Timestamp::UNIX_EPOCH.to_string()),
            by_hand: state != "asked",
            again: state == "failed",
        };
        let message = Unreached {
            channel: "sms",
            purpose: "reminder",
            state: "permanent-failure",
            why: "check the number".to_owned(),
            written: Timestamp::UNIX_EPOCH,
        };
        let empty = Self { items: Vec::new(), copies: Vec::new(), messages: Vec::new(), problem: None };
        let full = Self {
            items: super::QueueView::samples().swap_remove(0).into_lines(),
            copies: vec![
                copy("due", false),
                copy("asked", true),
                copy("by-hand", false),
                copy("failed", true),
            ],
            messages: vec![message],
            problem: Some("look again".to_owned()),
        };
        vec![empty, full]
    }
}

/// `GET /staff/inbox/chase`
pub async fn show(State(site): State<Site>, visit: Visit, Staff(who): Staff) -> Result<Response, Response> {
    draw(&site, &visit, &who, None).await
}

async fn draw(
    site: &Site,
    visit: &Visit,
    who: &counterfoil_service::sign_in::SignedIn,
    problem: Option<String>,
) -> Result<Response, Response> {
    let found = as_staff(site, who, inbox::chase).await.map_err(IntoResponse::into_response)?;
    let mut view = ChaseView::new(&found.map_err(|e| refusal(visit, &e))?);
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    view.problem = problem;
    Ok(site.respond(visit, status, &visit.page(site), &view))
}

/// `POST /staff/inbox/chase`: a copy was removed by hand, or is to be tried again.
pub async fn settle(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let copy: Option<InboxItemId> = fields.get("copy").parse().ok();
    let (true, Some(copy)) = (fresh, copy) else {
        let why = "The page was open for too long: choose again.".to_owned();
        return draw(&site, &visit, &who, Some(why)).await;
    };
    let again = fields.get("do") == "again";
    let done = as_staff(&site, &who, move |desk| {
        let id = *copy.as_bytes();
        if again { inbox::remove_again(desk, id) } else { inbox::confirm_removed(desk, id) }
    })
    .await
    .map_err(IntoResponse::into_response)?;
    match done.map_err(said) {
        Ok(()) => Ok(visit.go("/staff/inbox/chase")),
        Err(Ok(why)) => draw(&site, &visit, &who, Some(why)).await,
        Err(Err(e)) => Err(refusal(&visit, &e)),
    }
}
