//! Asking for access to another office's record, with a good reason.

use counterfoil_domain::access::ReasonCode;
use counterfoil_domain::ids::PersonId;
use counterfoil_service::casebook::reason::{self, Asking};
use counterfoil_service::rights::Desk;
use counterfoil_service::{Result, ServiceError};

use super::sheet::{Block, Button, Choice, Field, Form, Sheet, choice, key, plain};
use super::{Done, chosen, go, id};
use crate::forms::Fields;

const REASONS: [ReasonCode; 4] =
    [ReasonCode::ClientAttends, ReasonCode::Partnership, ReasonCode::Complaint, ReasonCode::Incident];

/// Stage one: that a record exists, at which office, and what may be done next.
pub(super) fn exists(person: PersonId, office: &str) -> Sheet {
    let at = format!("/staff/people/{person}");
    Sheet::new("book.exists.title")
        .back("/staff/people", "book.people.title")
        .caption(plain(office))
        .para("book.exists.lead")
        .add(Block::Links {
            items: vec![
                (format!("{at}/ask"), key("book.ask.title")),
                (format!("{at}/appointment"), key("book.book.title")),
            ],
        })
}

/// `GET /staff/people/{id}/ask`
pub(super) fn build(_: &Desk<'_>, ids: &[String], typed: &Fields) -> Result<Sheet> {
    Ok(draw(id(ids, 0)?, typed))
}

fn draw(person: PersonId, typed: &Fields) -> Sheet {
    let reasons: Vec<Choice> = REASONS
        .iter()
        .map(|r| Choice {
            hint: Some(key(format!("book.reason_hint.{}", r.as_str()))),
            ..choice(r.as_str(), key(format!("book.reason.{}", r.as_str())))
        })
        .collect();
    let hours = ["1", "2", "4", "8"].map(|h| choice(h, key(format!("book.hours.{h}"))));
    let fields = vec![
        Field::radios("reason", typed, "client-attends", reasons),
        Field::line("evidence", typed, "").narrow().hint("book.hint.evidence"),
        Field::line("code", typed, "").narrow().hint("book.hint.client_code"),
        Field::area("words", typed, "", 3).hint("book.hint.words"),
        Field::radios("hours", typed, "1", hours.into()),
    ];
    Sheet::new("book.ask.title").back("/staff/people", "book.people.title").para("book.ask.lead").form(
        Form::new(
            "ask",
            format!("/staff/people/{person}/ask"),
            fields,
            Button::new("ask", key("book.ask.save")),
        ),
    )
}

/// `POST /staff/people/{id}/ask`
pub(super) fn act(desk: &Desk<'_>, ids: &[String], fields: &Fields) -> Result<Done> {
    let person: PersonId = id(ids, 0)?;
    let hours = fields.get("hours").parse();
    let hours: i64 = hours.map_err(|_| ServiceError::Invalid("choose for how long".to_owned()))?;
    let asking = Asking {
        person,
        reason: chosen(fields, "reason")?,
        words: fields.get("words").to_owned(),
        evidence: fields.get("evidence").to_owned(),
        code: fields.get("code").to_owned(),
        hours,
    };
    reason::ask(desk, &asking)?;
    go(format!("/staff/people/{person}"))
}

/// What the pages look like.
pub(super) fn samples() -> Vec<Sheet> {
    let person = PersonId::from_bytes([7; 16]);
    vec![draw(person, &Fields::default()), exists(person, "Kendal")]
}
