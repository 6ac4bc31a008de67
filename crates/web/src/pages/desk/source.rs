//! One source of a request: what to do there, who is asked, and what the officer records of it.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use counterfoil_service::letters::{self, Language, Sending, Way};
use counterfoil_service::rights::sources::{self, NewQuestion, Plan, PlannedSource, SourceReply};
use counterfoil_service::rights::{self, Desk};
use counterfoil_service::sign_in::SignedIn;
use counterfoil_service::{Result as Served, ServiceError};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

use super::plan::{sample_plan, sample_sources};
use super::{STALE, brought, done, tried};
use crate::dates;
use crate::forms::{Failure, Fields, Sent};
use crate::pages::address;
use crate::pages::letters::own_address;
use crate::problem::Problem;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// The answers that an officer records.
const RESULTS: [&str; 4] = ["held", "none-held", "not-this-kind-of-person", "failed"];

/// One source.
#[derive(Debug, Serialize)]
pub struct SourceView {
    reference: String,
    open: bool,
    source: PlannedSource,
    results: [&'static str; 4],
    /// What was typed, or what is likely, by field.
    typed: BTreeMap<String, String>,
    due: [String; 3],
    /// The form that was refused.
    at: String,
    refused: Option<String>,
}

impl SourceView {
    fn new(plan: &Plan, source: PlannedSource, today: Date) -> Self {
        let due = today.saturating_add(jiff::Span::new().days(sources::USUAL_DAYS));
        let typed = [
            ("name", String::new()),
            ("email", String::new()),
            ("whom", plan.subject.clone()),
            ("known-by", plan.known_by.clone()),
            ("period", plan.scope.clone()),
            ("question", String::new()),
            ("send", "yes".to_owned()),
            ("language", "en".to_owned()),
            ("result", String::new()),
            ("said", String::new()),
            ("why", String::new()),
        ];
        Self {
            reference: plan.reference.clone(),
            open: plan.open,
            source,
            results: RESULTS,
            typed: typed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            due: [due.day().to_string(), due.month().to_string(), due.year().to_string()],
            at: String::new(),
            refused: None,
        }
    }

    /// The page with what was typed in the form that was sent.
    fn again(mut self, fields: &Fields, refused: Option<String>) -> Self {
        self.at = fields.get("do").to_owned();
        for (name, value) in &mut self.typed {
            if fields.has(name) {
                fields.get(name).clone_into(value);
            }
        }
        if self.at == "ask" {
            self.due = due_parts(fields);
            fields.get("send").clone_into(self.typed.entry("send".to_owned()).or_default());
        }
        Self { refused, ..self }
    }
}

impl View for SourceView {
    const TEMPLATE: &'static str = "desk/source.html";

    fn samples() -> Vec<Self> {
        let plan = sample_plan(Vec::new(), true);
        let mut all: Vec<Self> = sample_sources()
            .into_iter()
            .map(|source| Self::new(&plan, source, crate::samples::today()))
            .collect();
        if let Some(first) = all.first_mut() {
            first.at = "ask".to_owned();
            first.refused = Some("say who is asked".to_owned());
        }
        let closed = sample_plan(Vec::new(), false);
        let over = sample_sources().into_iter().take(1);
        all.extend(over.map(|source| Self::new(&closed, source, crate::samples::today())));
        all
    }
}

/// A link, shown once.
#[derive(Debug, Serialize)]
pub struct LinkView {
    reference: String,
    key: String,
    source: String,
    name: String,
    link: String,
    /// Whether it goes by e-mail too.
    sent: bool,
}

impl View for LinkView {
    const TEMPLATE: &'static str = "desk/link.html";

    fn samples() -> Vec<Self> {
        let view = |sent| Self {
            reference: "R-2026-00041".to_owned(),
            key: "0".repeat(16),
            source: "Leisure memberships".to_owned(),
            name: "Dewi Rees".to_owned(),
            link: format!("https://requests.example.org/answer/{}", "0".repeat(40)),
            sent,
        };
        vec![view(true), view(false)]
    }
}

async fn view(
    site: &Site,
    visit: &Visit,
    who: &SignedIn,
    reference: String,
    key: &str,
) -> Result<SourceView, Response> {
    let plan = done(site, visit, who, move |desk| sources::plan(desk, &reference)).await?;
    let source = plan.sources.iter().find(|s| s.key == key).cloned().ok_or(Problem::NotFound)?;
    let today = site.now().to_zoned(site.zone()).date();
    Ok(SourceView::new(&plan, source, today))
}

/// `GET /staff/requests/{reference}/sources/{source}`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path((id, key)): Path<(String, String)>,
) -> Result<Response, Response> {
    let view = view(&site, &visit, &who, address::reference(&id)?, &key).await?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// What came of a form.
enum Done {
    Plain,
    Link { secret: String, new: Box<NewQuestion>, sent: bool },
}

/// `POST /staff/requests/{reference}/sources/{source}`: with files or without.
pub async fn act(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path((id, key)): Path<(String, String)>,
    headers: HeaderMap,
    Sent { fields, files, fresh }: Sent,
) -> Result<Response, Response> {
    let reference = address::reference(&id)?;
    let before = view(&site, &visit, &who, reference.clone(), &key).await?;
    let source = before.source.source.clone();
    let again = |errors: Vec<Failure>, refused| {
        let page = visit.page(&site).with_errors(errors);
        site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &before.again(&fields, refused))
    };
    if !fresh {
        return Ok(again(vec![STALE], None));
    }
    let (of, typed) = (reference.clone(), fields.clone());
    let address = own_address(&site, &headers);
    let tried = tried(&site, &visit, &who, move |desk| deed(desk, &of, &source, &typed, files, &address));
    match tried.await? {
        Ok(Done::Plain) => Ok(visit.go(&format!("/staff/requests/{reference}/sources/{key}"))),
        Ok(Done::Link { secret, new, sent }) => {
            let link = format!("{}/answer/{secret}", own_address(&site, &headers));
            let view = LinkView { reference, key, source: new.source, name: new.name, link, sent };
            Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
        }
        Err(why) => Ok(again(Vec::new(), Some(why))),
    }
}

fn deed(
    desk: &Desk<'_>,
    reference: &str,
    source: &str,
    fields: &Fields,
    files: Vec<(String, Vec<u8>)>,
    address: &str,
) -> Served<Done> {
    match fields.get("do") {
        "ask" => return ask(desk, reference, source, fields, address),
        "withdraw" => sources::withdraw(desk, reference, source)?,
        "chased" => sources::chased_by_hand(desk, reference, source)?,
        "waive" => rights::waive(desk, reference, source, fields.get("why"))?,
        "record" => {
            let (result, said) = (fields.get("result").to_owned(), fields.get("said").to_owned());
            sources::record(desk, reference, source, &SourceReply { result, said, files: brought(files) })?;
        }
        _ => return Err(ServiceError::Invalid("choose what is to be done".to_owned())),
    }
    Ok(Done::Plain)
}

fn due_parts(fields: &Fields) -> [String; 3] {
    ["day", "month", "year"].map(|part| fields.get(&format!("due-{part}")).to_owned())
}

fn ask(desk: &Desk<'_>, reference: &str, source: &str, fields: &Fields, address: &str) -> Served<Done> {
    let due_on = dates::from_parts(&due_parts(fields))
        .ok_or_else(|| ServiceError::Invalid("give a real date, such as 17 12 2026".to_owned()))?;
    let text = |name: &str| fields.get(name).to_owned();
    let new = NewQuestion {
        source: source.to_owned(),
        name: text("name"),
        email: text("email"),
        question: text("question"),
        whom: text("whom"),
        known_by: text("known-by"),
        period: text("period"),
        due_on,
    };
    let secret = sources::ask_colleague(desk, reference, &new)?;
    let sent = fields.get("send") == "yes" && !address.is_empty();
    if sent {
        let language = Language::of(fields.get("language"));
        let prefix = if language == Language::Cy { "/cy" } else { "" };
        let link = format!("{address}{prefix}/answer/{secret}");
        let letter = sources::letter(reference, &new, &link, language)?;
        letters::send(desk, reference, &letter, &Sending { way: Way::Email, to: new.email.clone() })?;
    }
    Ok(Done::Link { secret, new: Box::new(new), sent })
}
