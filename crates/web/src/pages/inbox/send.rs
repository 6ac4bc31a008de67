//! Writing to the person of a case.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_domain::ids::CaseId;
use counterfoil_domain::intake::Channel;
use counterfoil_service::intake::outward::{self, Sent, Writing};
use jiff::Timestamp;
use serde::Serialize;

use super::item::templates;
use super::said;
use crate::forms::{Fields, Posted};
use crate::pages::address;
use crate::pages::requests::refusal;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::as_staff;
use crate::visit::Visit;

#[derive(Debug, Serialize)]
struct Before {
    channel: &'static str,
    purpose: &'static str,
    state: &'static str,
    #[serde(serialize_with = "super::iso")]
    at: Timestamp,
}

/// The page.
#[derive(Debug, Serialize)]
pub struct SendView {
    case: String,
    name: String,
    contact_rules: String,
    channels: Vec<(&'static str, bool)>,
    templates: Vec<String>,
    before: Vec<Before>,
    channel: String,
    template: String,
    words: String,
    day: String,
    time: String,
    problem: Option<String>,
}

impl SendView {
    fn new(case: CaseId, sent: &Sent, typed: &Fields, problem: Option<String>) -> Self {
        let get = |name: &str| typed.get(name).to_owned();
        let reached = |c: &Channel| sent.reached.contains(c);
        let channels = Channel::ALL.iter().filter(|c| c.answers()).map(|c| (c.code(), reached(c)));
        Self {
            case: case.to_string(),
            name: sent.name.clone(),
            contact_rules: sent.contact_rules.clone(),
            channels: channels.collect(),
            templates: templates(),
            before: sent
                .messages
                .iter()
                .map(|m| Before {
                    channel: m.channel.code(),
                    purpose: m.purpose.code(),
                    state: m.state.code(),
                    at: m.written_at,
                })
                .collect(),
            channel: get("channel"),
            template: get("template"),
            words: get("words"),
            day: get("day"),
            time: get("time"),
            problem,
        }
    }
}

impl View for SendView {
    const TEMPLATE: &'static str = "inbox/send.html";

    fn samples() -> Vec<Self> {
        let view = |before: Vec<Before>, problem: Option<&str>| Self {
            case: "cas_01932f0c5e7a7c3f9d2b6a1e4f508192".to_owned(),
            name: "Mair Vaughan".to_owned(),
            contact_rules: problem.map(str::to_owned).unwrap_or_default(),
            channels: vec![("email", true), ("sms", false), ("whatsapp", true)],
            templates: templates(),
            before,
            channel: "sms".to_owned(),
            template: String::new(),
            words: String::new(),
            day: String::new(),
            time: String::new(),
            problem: problem.map(str::to_owned),
        };
        let states = counterfoil_domain::intake::Delivery::ALL.iter();
        let before = states.map(|s| Before {
            channel: "sms",
            purpose: "reminder",
            state: s.code(),
            at: Timestamp::UNIX_EPOCH,
        });
        vec![view(Vec::new(), None), view(before.collect(), Some("Give the day."))]
    }
}

/// `GET /staff/inbox/send/{case}`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(case): Path<String>,
) -> Result<Response, Response> {
    draw(&site, &visit, &who, address::id(&case)?, &Fields::default(), None).await
}

async fn draw(
    site: &Site,
    visit: &Visit,
    who: &counterfoil_service::sign_in::SignedIn,
    case: CaseId,
    typed: &Fields,
    problem: Option<String>,
) -> Result<Response, Response> {
    let found = as_staff(site, who, move |desk| outward::sent(desk, case))
        .await
        .map_err(IntoResponse::into_response)?;
    let sent = found.map_err(|e| refusal(visit, &e))?;
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = SendView::new(case, &sent, typed, problem);
    Ok(site.respond(visit, status, &visit.page(site), &view))
}

/// `POST /staff/inbox/send/{case}`
pub async fn send(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(case): Path<String>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let case = address::id(&case)?;
    if !fresh {
        let why = "The page was open for too long. What you typed is still here: send it again.".to_owned();
        return draw(&site, &visit, &who, case, &fields, Some(why)).await;
    }
    let writing = Writing {
        channel: fields.get("channel").to_owned(),
        template: fields.get("template").to_owned(),
        words: fields.get("words").replace("\r\n", "\n"),
        day: fields.get("day").to_owned(),
        time: fields.get("time").to_owned(),
    };
    let channels = site.live().map(|live| live.channels).unwrap_or_default();
    let done = as_staff(&site, &who, move |desk| outward::write(desk, &channels, case, &writing))
        .await
        .map_err(IntoResponse::into_response)?;
    match done.map_err(said) {
        Ok(_) => Ok(visit.go(&format!("/staff/inbox/send/{case}"))),
        Err(Ok(why)) => draw(&site, &visit, &who, case, &fields, Some(why)).await,
        Err(Err(e)) => Err(refusal(&visit, &e)),
    }
}
