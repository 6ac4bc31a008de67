//! The public calculator: when a request must be answered, and why, line by line.
//!
//! It asks for dates alone, so the address may carry them: a page with its answer can be kept and sent.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_domain::clock::working::long;
use counterfoil_domain::clock::{Clock, ClockConfig, Dated, Event, ExtensionReason, Reading, Regime, replay};
use counterfoil_domain::place::Division;
use counterfoil_domain::rights::Right;
use jiff::civil::Date;
use serde::Serialize;

use crate::dates;
use crate::forms::Failure;
use crate::render::View;
use crate::site::Site;
use crate::visit::Visit;

/// What can be asked about, by its spelling in the address; the words are `deadline.about.…`.
const ABOUT: [&str; 11] = [
    "access",
    "rectification",
    "erasure",
    "restriction",
    "portability",
    "objection",
    "automated-decisions",
    "complaint",
    "foi",
    "eir",
    "eir-complex",
];

const DIVISIONS: [&str; 3] = ["england-and-wales", "scotland", "northern-ireland"];

/// The calculator, with its answer once dates are given.
#[derive(Debug, Default, Serialize)]
pub struct DeadlineView {
    about: [&'static str; 11],
    divisions: [&'static str; 3],
    asked: Asked,
    answer: Option<Answer>,
    /// Why the law or the calendar has no answer, in English.
    refused: Vec<String>,
}

/// What was typed.
#[derive(Debug, Default, Clone, Serialize)]
struct Asked {
    about: String,
    division: String,
    received: [String; 3],
    identity_asked: [String; 3],
    identity_received: [String; 3],
    clarify_asked: [String; 3],
    clarify_answered: [String; 3],
    extended: [String; 3],
}

/// What the clock says, in words.
#[derive(Debug, Serialize)]
struct Answer {
    due: Option<String>,
    state: &'static str,
    late: bool,
    days_left: Option<i64>,
    notice_by: Option<String>,
    without_pauses: Option<String>,
    working: Vec<(String, String)>,
    cautions: Vec<String>,
}

impl View for DeadlineView {
    const TEMPLATE: &'static str = "deadline.html";

    fn samples() -> Vec<Self> {
        let answer = Answer {
            due: Some("Tuesday 22 December 2026".into()),
            state: "running",
            late: false,
            days_left: Some(30),
            notice_by: Some("Tuesday 22 December 2026".into()),
            without_pauses: Some("Tuesday 22 December 2026".into()),
            working: vec![("received on Sunday 22 November 2026".into(), "Art 12A(2) UK GDPR".into())],
            cautions: vec!["the clarification must be reasonably required".into()],
        };
        let refused = vec!["`2031-01-02` is beyond the loaded holidays".into()];
        vec![Self::blank(), Self { answer: Some(answer), ..Self::blank() }, Self { refused, ..Self::blank() }]
    }
}

impl DeadlineView {
    fn blank() -> Self {
        Self { about: ABOUT, divisions: DIVISIONS, ..Self::default() }
    }
}

/// `GET /deadline`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Response {
    let given = query.map(|Query(given)| given).unwrap_or_default();
    let page = visit.page(&site);
    let asked = Asked::read(&given);
    if given.is_empty() {
        let division = site.division().to_owned();
        let view = DeadlineView { asked: Asked { division, ..asked }, ..DeadlineView::blank() };
        return site.respond(&visit, StatusCode::OK, &page, &view);
    }
    match asked.events() {
        Err(errors) => {
            let view = DeadlineView { asked, ..DeadlineView::blank() };
            site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &page.with_errors(errors), &view)
        }
        Ok(events) => {
            let today = site.now().to_zoned(site.zone()).date();
            let (answer, refused) = match asked.reading(&site, &events, today) {
                Ok(reading) => (Some(Answer::of(&reading)), Vec::new()),
                Err(refused) => (None, refused),
            };
            let view = DeadlineView { asked, answer, refused, ..DeadlineView::blank() };
            site.respond(&visit, StatusCode::OK, &page, &view)
        }
    }
}

impl Asked {
    fn read(given: &[(String, String)]) -> Self {
        let get = |name: &str| {
            let found = given.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim());
            found.chars().take(20).collect::<String>()
        };
        let date = |name: &str| ["day", "month", "year"].map(|part| get(&format!("{name}-{part}")));
        Self {
            about: get("about"),
            division: get("division"),
            received: date("received"),
            identity_asked: date("identity-asked"),
            identity_received: date("identity-received"),
            clarify_asked: date("clarify-asked"),
            clarify_answered: date("clarify-answered"),
            extended: date("extended"),
        }
    }

    fn regime(&self) -> Option<Regime> {
        match self.about.as_str() {
            "complaint" => Some(Regime::Complaint),
            "foi" => Some(Regime::Foi),
            "eir" => Some(Regime::Eir { complex_and_voluminous: false }),
            "eir-complex" => Some(Regime::Eir { complex_and_voluminous: true }),
            right if ABOUT.contains(&right) => right.parse::<Right>().ok().map(Regime::UkGdpr),
            _ => None,
        }
    }

    /// The events, or what is wrong with the fields.
    fn events(&self) -> Result<Vec<Dated>, Vec<Failure>> {
        let (mut events, mut wrong) = (Vec::new(), Vec::new());
        if self.regime().is_none() {
            wrong.push(Failure { field: "about", key: "deadline.error.about" });
        }
        if self.division.parse::<Division>().is_err() {
            wrong.push(Failure { field: "division", key: "deadline.error.division" });
        }
        if self.received.iter().all(String::is_empty) {
            wrong.push(Failure { field: "received-day", key: "deadline.error.received" });
        }
        let clarified = Event::ClarificationAsked { question: 0, reasonably_required: true };
        for (field, typed, event) in [
            ("received-day", &self.received, Event::Received),
            ("identity-asked-day", &self.identity_asked, Event::IdentityAsked),
            ("identity-received-day", &self.identity_received, Event::IdentityReceived),
            ("clarify-asked-day", &self.clarify_asked, clarified),
            ("clarify-answered-day", &self.clarify_answered, Event::ClarificationAnswered { question: 0 }),
            (
                "extended-day",
                &self.extended,
                Event::ExtensionTold { reason: Some(ExtensionReason::Complexity) },
            ),
        ] {
            if typed.iter().all(String::is_empty) {
                continue;
            }
            match dates::from_parts(typed) {
                Some(on) => events.push(Dated::new(on, event)),
                None => wrong.push(Failure { field, key: "deadline.error.date" }),
            }
        }
        if wrong.is_empty() { Ok(events) } else { Err(wrong) }
    }

    fn reading(&self, site: &Site, events: &[Dated], today: Date) -> Result<Reading, Vec<String>> {
        let (Some(regime), Ok(division)) = (self.regime(), self.division.parse()) else {
            return Err(Vec::new());
        };
        let config = ClockConfig::default();
        let calendar = site.calendar();
        // A day to come is a question about the future, which the reading of that day answers.
        let on = events.iter().map(|e| e.on).max().map_or(today, |last| last.max(today));
        replay(&Clock { regime, division, events, on, config: &config, calendar })
            .map_err(|refused| refused.0.iter().map(ToString::to_string).collect())
    }
}

impl Answer {
    fn of(reading: &Reading) -> Self {
        let said = |date: Option<Date>| date.map(long);
        Self {
            due: said(reading.due),
            state: reading.state.code(),
            late: reading.late,
            days_left: reading.days_left,
            notice_by: said(reading.notice_by).filter(|_| !reading.extended),
            without_pauses: said(reading.due_without_pauses).filter(|_| reading.paused_days > 0),
            working: reading.working.iter().map(|s| (s.text.clone(), s.provision.to_string())).collect(),
            cautions: reading.warnings.iter().map(|w| w.text.clone()).collect(),
        }
    }
}
