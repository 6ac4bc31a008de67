//! Mail that came in and may hold a request: look, then make a request of it or close it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_service::mailbox::{self, Waiting};
use jiff::civil::date;
use serde::Serialize;

use super::log::{Typed, capacities, rights_offered};
use super::{done, tried};
use crate::forms::{Failure, Posted};
use crate::pages::address;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// The mails that wait.
#[derive(Debug, Serialize)]
pub struct MailboxView {
    mails: Vec<Waiting>,
}

fn sample(sort: &str) -> Waiting {
    Waiting {
        id: "mai_1".into(),
        sort: sort.into(),
        received_on: date(2026, 11, 20),
        name: "Gethin Vaughan".into(),
        from: "gethin@mail.example".into(),
        subject: "Rent, and my file".into(),
        body: "Send me everything you have on me.".into(),
        attachments: vec!["bill.pdf".into()],
        phrases: vec!["Send me everything you have on me".into()],
        right: "access".into(),
    }
}

impl View for MailboxView {
    const TEMPLATE: &'static str = "staff/mailbox.html";

    fn samples() -> Vec<Self> {
        let mails = ["request", "perhaps", "other"].map(sample).into();
        vec![Self { mails }, Self { mails: Vec::new() }]
    }
}

/// One mail, and the request that it would become.
#[derive(Debug, Serialize)]
pub struct MailView {
    mail: Waiting,
    typed: Typed,
    rights: Vec<&'static str>,
    capacities: Vec<&'static str>,
    refused: Option<String>,
}

impl MailView {
    fn new(mail: Waiting, typed: Typed) -> Self {
        Self { mail, typed, rights: rights_offered(), capacities: capacities(), refused: None }
    }

    /// What the mail says of the request.
    fn typed(mail: &Waiting) -> Typed {
        let on = mail.received_on;
        Typed {
            right: if mail.right.is_empty() { "access".to_owned() } else { mail.right.clone() },
            channel: "email".to_owned(),
            on: [on.day().to_string(), on.month().to_string(), on.year().to_string()],
            requester: mail.name.clone(),
            capacity: "self".to_owned(),
            reply_to: mail.from.clone(),
            wording: format!("{}\n\n{}", mail.subject, mail.body).trim().to_owned(),
            ..Typed::default()
        }
    }
}

impl View for MailView {
    const TEMPLATE: &'static str = "staff/mail.html";

    fn samples() -> Vec<Self> {
        let bare = Waiting { phrases: Vec::new(), attachments: Vec::new(), ..sample("other") };
        let refused = Some("say who asks".to_owned());
        let first = Self::new(sample("request"), Self::typed(&sample("request")));
        vec![first, Self { refused, ..Self::new(bare.clone(), Self::typed(&bare)) }]
    }
}

/// `GET /staff/mail`
pub async fn list(State(site): State<Site>, visit: Visit, Staff(who): Staff) -> Result<Response, Response> {
    let mails = done(&site, &visit, &who, mailbox::waiting).await?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &MailboxView { mails }))
}

/// `GET /staff/mail/{id}`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let id = address::id(&id)?;
    let mail = done(&site, &visit, &who, move |desk| mailbox::show(desk, id)).await?;
    let typed = MailView::typed(&mail);
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &MailView::new(mail, typed)))
}

/// `POST /staff/mail/{id}`: `go` is `take` or `close`.
pub async fn decide(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(id): Path<String>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let id = address::id(&id)?;
    let typed = Typed { channel: "email".to_owned(), ..Typed::read(&fields) };
    let close = fields.get("go") == "close";
    let mut wrong = if close { Vec::new() } else { typed.wrong() };
    if !fresh {
        wrong = vec![Failure { field: "right", key: "form.stale" }];
    }
    let mut refused = None;
    if wrong.is_empty() && close {
        tried(&site, &visit, &who, move |desk| mailbox::dismiss(desk, id)).await?.ok();
        return Ok(visit.go("/staff/mail"));
    }
    if wrong.is_empty() {
        let asked = typed.clone();
        let taken = tried(&site, &visit, &who, move |desk| mailbox::take(desk, id, &asked.reception(desk)?));
        match taken.await? {
            Ok(received) => return Ok(visit.go(&format!("/staff/requests/{}", received.reference))),
            Err(why) => refused = Some(why),
        }
    }
    let mail = done(&site, &visit, &who, move |desk| mailbox::show(desk, id)).await?;
    let view = MailView { refused, ..MailView::new(mail, typed) };
    let page = visit.page(&site).with_errors(wrong);
    Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &view))
}
