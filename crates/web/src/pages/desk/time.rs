//! The time that a request took, and the service that it is about: what the figures are made of.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_service::rights::figures::{self, Noted};
use counterfoil_service::sign_in::SignedIn;
use serde::Serialize;

use super::{STALE, done, tried};
use crate::forms::{Fields, Posted};
use crate::pages::address;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// The page.
#[derive(Debug, Serialize)]
pub struct TimeView {
    reference: String,
    noted: Noted,
    hours: String,
    minutes: String,
    service: String,
    refused: Option<String>,
}

impl TimeView {
    fn new(reference: String, noted: Noted) -> Self {
        let service = noted.service.clone();
        Self { reference, noted, hours: String::new(), minutes: String::new(), service, refused: None }
    }
}

impl View for TimeView {
    const TEMPLATE: &'static str = "desk/time.html";

    fn samples() -> Vec<Self> {
        let services = vec![("leisure".to_owned(), "Leisure & parks".to_owned())];
        let notes = vec![(jiff::civil::date(2026, 11, 20), 90), (jiff::civil::date(2026, 11, 21), 25)];
        let some = Noted { service: "leisure".to_owned(), services, notes, minutes: 115 };
        let none = Noted { service: String::new(), services: Vec::new(), notes: Vec::new(), minutes: 0 };
        let view = |noted| Self::new("R-2026-00041".to_owned(), noted);
        vec![
            Self { refused: Some("give the time".to_owned()), hours: "x".to_owned(), ..view(some) },
            view(none),
        ]
    }
}

async fn view(site: &Site, visit: &Visit, who: &SignedIn, reference: String) -> Result<TimeView, Response> {
    let of = reference.clone();
    let noted = done(site, visit, who, move |desk| figures::noted(desk, &of)).await?;
    Ok(TimeView::new(reference, noted))
}

/// `GET /staff/requests/{reference}/time`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let view = view(&site, &visit, &who, address::reference(&id)?).await?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// Hours and minutes in minutes; an empty field is none.
fn minutes(fields: &Fields) -> Option<i64> {
    let number = |name: &str| match fields.get(name) {
        "" => Some(0),
        text => text.parse::<i64>().ok().filter(|n| (0..=10_000).contains(n)),
    };
    Some(number("hours")? * 60 + number("minutes")?)
}

/// `POST /staff/requests/{reference}/time`
pub async fn act(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(id): Path<String>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let reference = address::reference(&id)?;
    let (errors, refused) = if fresh {
        let (of, typed) = (reference.clone(), fields.clone());
        let tried = tried(&site, &visit, &who, move |desk| match typed.get("do") {
            "service" => figures::set_service(desk, &of, typed.get("service")),
            // What is no number is no time: the use-case says what is.
            _ => figures::note_time(desk, &of, minutes(&typed).unwrap_or(0)),
        });
        match tried.await? {
            Ok(()) => return Ok(visit.go(&format!("/staff/requests/{reference}/time"))),
            Err(why) => (Vec::new(), Some(why)),
        }
    } else {
        (vec![STALE], None)
    };
    let before = view(&site, &visit, &who, reference).await?;
    let service =
        if fields.has("service") { fields.get("service").to_owned() } else { before.service.clone() };
    let typed = |name: &str| fields.get(name).to_owned();
    let again = TimeView { hours: typed("hours"), minutes: typed("minutes"), service, refused, ..before };
    let page = visit.page(&site).with_errors(errors);
    Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &again))
}
