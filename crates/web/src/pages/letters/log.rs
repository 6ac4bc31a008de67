//! Logging a request that came by telephone, at the counter, by letter or in another way than the site.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::representative::Representative;
use counterfoil_service::rights::{self, CHANNELS, Desk, Reception, RequestText};
use counterfoil_service::{Result as Served, ServiceError};
use serde::Serialize;

use super::tried;
use crate::dates;
use crate::forms::{Failure, Fields, Posted};
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// The form.
#[derive(Debug, Serialize)]
pub struct LogView {
    typed: Typed,
    rights: Vec<&'static str>,
    capacities: Vec<&'static str>,
    channels: &'static [&'static str],
    refused: Option<String>,
    /// Makes the same form one request, however often it is sent.
    once: String,
}

/// A request as it was typed, also that of a mail.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Typed {
    pub right: String,
    pub channel: String,
    pub on: [String; 3],
    pub requester: String,
    pub subject: String,
    pub capacity: String,
    pub reply_to: String,
    pub wording: String,
    pub known: String,
    pub format: String,
    pub language: String,
    pub adjustments: String,
}

impl LogView {
    fn new(typed: Typed, once: String) -> Self {
        Self {
            typed,
            rights: rights_offered(),
            capacities: capacities(),
            channels: CHANNELS,
            refused: None,
            once,
        }
    }
}

pub(super) fn rights_offered() -> Vec<&'static str> {
    Right::ALL.iter().map(|right| right.code()).filter(|code| *code != "notify-recipients").collect()
}

pub(super) fn capacities() -> Vec<&'static str> {
    let who = Representative::ALL.iter().map(|who| who.code()).filter(|code| *code != "executor");
    std::iter::once("self").chain(who).collect()
}

impl View for LogView {
    const TEMPLATE: &'static str = "staff/log.html";

    fn samples() -> Vec<Self> {
        let typed = Typed { requester: "Gethin".into(), channel: "telephone".into(), ..Typed::default() };
        let refused = Some("the day is in the future".to_owned());
        vec![Self::new(Typed::default(), "1".into()), Self { refused, ..Self::new(typed, "2".into()) }]
    }
}

impl Typed {
    pub(super) fn read(fields: &Fields) -> Self {
        let text = |name| fields.get(name).to_owned();
        Self {
            right: text("right"),
            channel: text("channel"),
            on: ["on-day", "on-month", "on-year"].map(text),
            requester: text("requester"),
            subject: text("subject"),
            capacity: text("capacity"),
            reply_to: text("reply_to"),
            wording: text("wording").replace("\r\n", "\n"),
            known: text("known"),
            format: text("format"),
            language: text("language"),
            adjustments: text("adjustments"),
        }
    }

    pub(super) fn wrong(&self) -> Vec<Failure> {
        let rules = [
            (self.right.parse::<Right>().is_err(), "right", "letters.log.error.right"),
            (dates::from_parts(&self.on).is_none(), "on-day", "deadline.error.date"),
            (self.requester.is_empty(), "requester", "letters.log.error.requester"),
            (self.wording.is_empty(), "wording", "letters.log.error.wording"),
        ];
        let wrong = rules.into_iter().filter(|(wrong, ..)| *wrong);
        wrong.map(|(_, field, key)| Failure { field, key }).collect()
    }

    /// As it is received, by the office of whoever logs it.
    pub(super) fn reception(&self, desk: &Desk<'_>) -> Served<Reception> {
        let staff = desk.who.staff();
        let office =
            staff.ok_or_else(|| ServiceError::Invalid("sign in to log a request".to_owned()))?.office;
        let offices = desk.store.offices(desk.controller())?;
        let own = offices.iter().find(|own| own.id == office);
        let controller = desk.store.controller(desk.controller())?;
        let division =
            own.and_then(|own| own.division.parse().ok()).or_else(|| controller.division.parse().ok());
        let invalid = |what: &str| ServiceError::Invalid(what.to_owned());
        let right = self.right.parse().map_err(|_| invalid("choose what is asked for"))?;
        let for_self = self.capacity.is_empty() || self.capacity == "self";
        Ok(Reception {
            office,
            right,
            division: division
                .ok_or_else(|| invalid("the organisation has no division: correct the settings"))?,
            received_on: dates::from_parts(&self.on)
                .ok_or_else(|| invalid("give the day on which it came"))?,
            text: RequestText {
                requester: self.requester.clone(),
                subject: if for_self { String::new() } else { self.subject.clone() },
                capacity: if for_self { "self".to_owned() } else { self.capacity.clone() },
                reply_to: self.reply_to.clone(),
                wording: self.wording.clone(),
                known_by: self.known.clone(),
                format: self.format.clone(),
                language: self.language.clone(),
                adjustments: self.adjustments.clone(),
                channel: self.channel.clone(),
                ..RequestText::default()
            },
        })
    }
}

/// `GET /staff/requests/new`
pub async fn start(State(site): State<Site>, visit: Visit, Staff(_): Staff) -> Response {
    let today = site.now().to_zoned(site.zone()).date();
    let on = [today.day().to_string(), today.month().to_string(), today.year().to_string()];
    let view = LogView::new(Typed { on, ..Typed::default() }, site.new_token());
    site.respond(&visit, StatusCode::OK, &visit.page(&site), &view)
}

/// `POST /staff/requests/new`
pub async fn log(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let (typed, once) = (Typed::read(&fields), fields.get("once").to_owned());
    let wrong = if fresh { typed.wrong() } else { vec![Failure { field: "right", key: "form.stale" }] };
    let mut view = LogView::new(typed.clone(), once.clone());
    if wrong.is_empty() {
        let done = tried(&site, &visit, &who, move |desk| rights::log(desk, &once, &typed.reception(desk)?));
        match done.await? {
            Ok(received) => return Ok(visit.go(&format!("/staff/requests/{}", received.reference))),
            Err(why) => view.refused = Some(why),
        }
    }
    let page = visit.page(&site).with_errors(wrong);
    Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &view))
}
