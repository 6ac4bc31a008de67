//! The queue of an office: what waits, how long, who has it; and giving it to somebody.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_domain::ids::{InboxItemId, StaffId};
use counterfoil_domain::intake::Age;
use counterfoil_service::intake::inbox::{self, Waiting};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::said;
use crate::dates;
use crate::forms::Posted;
use crate::pages::requests::refusal;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::as_staff;
use crate::visit::Visit;

/// One line of the queue.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line {
    id: String,
    channel: &'static str,
    from: String,
    subject: String,
    /// Whether this worker may see what it says.
    hidden: bool,
    #[serde(serialize_with = "super::iso")]
    received: Timestamp,
    #[serde(serialize_with = "dates::iso")]
    limit: Date,
    age: &'static str,
    state: &'static str,
    with: Option<String>,
    how: String,
    kept: i64,
    dropped: i64,
}

pub(super) const fn age_code(age: Age) -> &'static str {
    match age {
        Age::Past => "past",
        Age::Today => "today",
        Age::InTime => "in_time",
    }
}

impl Line {
    pub(super) fn new(waiting: &Waiting) -> Self {
        let line = &waiting.line;
        let text = line.text.clone();
        Self {
            id: line.id.to_string(),
            channel: line.channel.code(),
            hidden: text.is_none() && line.state.is_open(),
            from: text.as_ref().map(|t| t.from.clone()).unwrap_or_default(),
            subject: text.map(|t| t.subject).unwrap_or_default(),
            received: line.received_at,
            limit: line.limit,
            age: age_code(waiting.age),
            state: line.state.code(),
            with: waiting.with.clone(),
            how: line.closed_as.clone(),
            kept: line.parts.0,
            dropped: line.parts.1,
        }
    }

    fn sample(channel: &'static str, age: &'static str, hidden: bool) -> Self {
        Self {
            id: "inb_01932f0c5e7a7c3f9d2b6a1e4f508192".to_owned(),
            channel,
            from: if hidden { String::new() } else { "Mair Vaughan".to_owned() },
            subject: if hidden { String::new() } else { "Letter about my rent".to_owned() },
            hidden,
            received: Timestamp::UNIX_EPOCH,
            limit: jiff::civil::date(2026, 11, 24),
            age,
            state: "new",
            with: (age == "today").then(|| "Ada Officer".to_owned()),
            how: String::new(),
            kept: 2,
            dropped: 1,
        }
    }
}

/// The queue.
#[derive(Debug, Serialize)]
pub struct QueueView {
    open: bool,
    lines: Vec<Line>,
    past: usize,
    today: usize,
    nobody: usize,
    staff: Vec<(String, String)>,
    /// What was just done, by its code.
    done: Option<String>,
    problem: Option<String>,
}

impl QueueView {
    fn new(waiting: &[Waiting], open: bool, staff: Vec<(StaffId, String)>) -> Self {
        let lines: Vec<Line> = waiting.iter().map(Line::new).collect();
        let count = |age: &str| lines.iter().filter(|l| l.age == age).count();
        Self {
            open,
            past: count("past"),
            today: count("today"),
            nobody: lines.iter().filter(|l| l.with.is_none()).count(),
            staff: staff.into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
            lines,
            done: None,
            problem: None,
        }
    }

    pub(super) fn into_lines(self) -> Vec<Line> {
        self.lines
    }
}

impl View for QueueView {
    const TEMPLATE: &'static str = "inbox/queue.html";

    fn samples() -> Vec<Self> {
        let channels = counterfoil_domain::intake::Channel::ALL.iter().map(|c| c.code());
        let ages = ["past", "today", "in_time"].into_iter().cycle();
        let lines: Vec<Line> =
            channels.zip(ages).map(|(c, age)| Line::sample(c, age, c == "phone")).collect();
        let view = |open, lines: Vec<Line>, done: Option<&str>| Self {
            open,
            past: 3,
            today: 2,
            nobody: 4,
            staff: vec![("stf_1".to_owned(), "Ada Officer".to_owned())],
            lines,
            done: done.map(str::to_owned),
            problem: done.map(|_| "look again".to_owned()),
        };
        let ended = ["moved", "referred", "signposted", "discarded"].map(|state| Line {
            state,
            how: "spam".to_owned(),
            ..Line::sample("email", "past", false)
        });
        vec![
            view(true, lines, None),
            view(true, Vec::new(), Some("moved")),
            view(false, ended.to_vec(), None),
        ]
    }
}

/// Which list, and what was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    list: String,
    done: String,
}

/// `GET /staff/inbox`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    draw(&site, &visit, &who, asked.list != "closed", asked.done, None).await
}

/// The words that a page can say after something was done.
const DONE: [&str; 7] = ["moved", "signposted", "referred", "discarded", "allocated", "logged", "answered"];

async fn draw(
    site: &Site,
    visit: &Visit,
    who: &counterfoil_service::sign_in::SignedIn,
    open: bool,
    done: String,
    problem: Option<String>,
) -> Result<Response, Response> {
    let found = as_staff(site, who, move |desk| Ok((inbox::queue(desk, open)?, inbox::who_works(desk)?)))
        .await
        .map_err(IntoResponse::into_response)?;
    let (waiting, staff) = found.map_err(|e| refusal(visit, &e))?;
    let mut view = QueueView::new(&waiting, open, staff);
    view.done = DONE.contains(&done.as_str()).then_some(done);
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    view.problem = problem;
    Ok(site.respond(visit, status, &visit.page(site), &view))
}

/// `POST /staff/inbox`: gives the ticked items to somebody.
pub async fn allocate(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let items: Vec<InboxItemId> = fields.all("item").filter_map(|id| id.parse().ok()).collect();
    let to: Option<StaffId> = fields.get("to").parse().ok();
    if !fresh || items.is_empty() {
        let why = "Tick what you want to give to somebody, and send it again.".to_owned();
        return draw(&site, &visit, &who, true, String::new(), Some(why)).await;
    }
    let done = as_staff(&site, &who, move |desk| inbox::allocate(desk, &items, to))
        .await
        .map_err(IntoResponse::into_response)?;
    match done.map_err(said) {
        Ok(()) => Ok(visit.go("/staff/inbox?done=allocated")),
        Err(Ok(why)) => draw(&site, &visit, &who, true, String::new(), Some(why)).await,
        Err(Err(e)) => Err(refusal(&visit, &e)),
    }
}
