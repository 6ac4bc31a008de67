//! One request: its clock with the working, where was searched, what was found, and what happened.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterfoil_service::ServiceError;
use counterfoil_service::rights::{self, RequestView};
use counterfoil_service::sign_in::SignedIn;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::dates;
use crate::forms::{Failure, Fields, Posted};
use crate::pages::address;
use crate::pages::requests::{Row, Standing, refusal};
use crate::pages::runway::Runway;
use crate::problem::Problem;
use crate::render::View;
use crate::samples;
use crate::session::{Staff, blocking};
use crate::site::Site;
use crate::use_cases::{NewEvent, UseCases, is_not_found};
use crate::visit::Visit;

/// The items that the page lists by name; beyond it only their number is shown.
const ITEMS_LISTED: usize = 200;

/// One request's page.
#[derive(Debug, Serialize)]
pub struct RequestPageView {
    summary: Row,
    requester: String,
    wording: String,
    asked: Vec<(&'static str, String)>,
    identified: bool,
    clock_error: String,
    runway: Option<Runway>,
    working: Vec<(String, String)>,
    sources: Vec<Source>,
    figures: Vec<(String, usize)>,
    items: Vec<(i64, String, String, String)>,
    more_items: usize,
    events: Vec<Event>,
    approvals: usize,
    #[serde(serialize_with = "dates::iso_if_any")]
    sealed_at: Option<Timestamp>,
    #[serde(serialize_with = "dates::iso_if_any")]
    released_at: Option<Timestamp>,
    /// The way in which the asker chose to get the answer, by its code.
    hand_over: &'static str,
    /// Whether the asker has a key and a code for the site.
    has_access: bool,
    /// How often the answer was collected on the site.
    collected: i64,
    /// Whether it is still to be answered.
    open: bool,
    /// What may be recorded: the kinds that officers record themselves.
    kinds: Vec<&'static str>,
    /// What was typed in the form for an event.
    typed: Typed,
    /// Why something was not done, in English.
    refused: Option<String>,
}

/// The form for an event, as it was typed.
#[derive(Debug, Default, Clone, Serialize)]
struct Typed {
    kind: String,
    on: [String; 3],
    reason: String,
    note: String,
}

#[derive(Debug, Serialize)]
struct Source {
    name: String,
    result: String,
    held: i64,
    note: String,
}

#[derive(Debug, Serialize)]
struct Event {
    #[serde(serialize_with = "dates::iso")]
    on: Date,
    kind: String,
    note: String,
}

impl RequestPageView {
    fn new(request: RequestView, today: Date) -> Self {
        let summary = Row::new(&request.summary);
        let open = Standing::of(&request.summary) != Standing::Closed;
        let due = request.summary.due.filter(|_| open);
        let count = |state: &str| request.items.iter().filter(|(.., own)| own == state).count();
        let figures =
            ["found", "released", "withheld", "not-theirs"].map(|state| (state.to_owned(), count(state)));
        let more_items = request.items.len().saturating_sub(ITEMS_LISTED);
        Self {
            summary,
            runway: open
                .then(|| Runway::alone(request.summary.received_on, due, today, &request.summary.pauses))
                .flatten(),
            clock_error: request.summary.clock_error,
            requester: request.requester,
            wording: request.wording,
            asked: request.asked,
            identified: request.identified,
            working: request.working,
            sources: request
                .sources
                .into_iter()
                .map(|s| Source { name: s.source, result: s.result, held: s.items, note: s.note })
                .collect(),
            figures: if request.items.is_empty() { Vec::new() } else { figures.into() },
            items: request.items.into_iter().take(ITEMS_LISTED).collect(),
            more_items,
            events: request
                .events
                .into_iter()
                .rev()
                .map(|(on, kind, note)| Event { on, kind, note })
                .collect(),
            approvals: request.approvals,
            sealed_at: request.sealed_at,
            released_at: request.released_at,
            hand_over: request.hand_over,
            has_access: request.has_access,
            collected: request.collected,
            open,
            kinds: rights::officers_events().collect(),
            typed: Typed::default(),
            refused: None,
        }
    }
}

impl View for RequestPageView {
    const TEMPLATE: &'static str = "staff/request.html";

    fn samples() -> Vec<Self> {
        samples::requests().into_iter().map(|request| Self::new(request, samples::today())).collect()
    }
}

/// `GET /staff/requests/{reference}`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(reference): Path<String>,
) -> Result<Response, Response> {
    let view = view(&site, &visit, who, reference).await?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

async fn view(
    site: &Site,
    visit: &Visit,
    who: SignedIn,
    reference: String,
) -> Result<RequestPageView, Response> {
    let reference = address::reference(&reference)?;
    let use_cases = site.use_cases();
    let answer = blocking(move || use_cases.request(&who, &reference)).await;
    let request = answer.map_err(IntoResponse::into_response)?.map_err(|error| refusal(visit, &error))?;
    let today = site.now().to_zoned(site.zone()).date();
    Ok(RequestPageView::new(request, today))
}

/// `POST /staff/requests/{reference}/events`
pub async fn record(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(reference): Path<String>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let typed = Typed::read(&fields);
    let event = if fresh { typed.event() } else { Err(vec![STALE]) };
    let done = match event {
        Err(errors) => Err(Undone::Typed(errors)),
        Ok(event) => {
            let (use_cases, who, reference) = (site.use_cases(), who.clone(), reference.clone());
            done(blocking(move || use_cases.record_event(&who, &reference, &event)).await)
        }
    };
    finish(&site, &visit, who, reference, typed, done).await
}

/// `POST /staff/requests/{reference}/search`
pub async fn search(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(reference): Path<String>,
    Posted { fresh, .. }: Posted,
) -> Result<Response, Response> {
    let then = format!("/staff/requests/{reference}/work");
    act(&site, &visit, who, reference, fresh, then, |use_cases, who, reference| {
        use_cases.search(who, reference)
    })
    .await
}

/// `POST /staff/requests/{reference}/approve`
pub async fn approve(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(reference): Path<String>,
    Posted { fresh, .. }: Posted,
) -> Result<Response, Response> {
    let then = format!("/staff/requests/{reference}");
    act(&site, &visit, who, reference, fresh, then, |use_cases, who, reference| {
        use_cases.approve(who, reference)
    })
    .await
}

/// Does one thing to a request and goes to a page, or says on the request's page why not.
async fn act(
    site: &Site,
    visit: &Visit,
    who: SignedIn,
    reference: String,
    fresh: bool,
    then: String,
    work: impl FnOnce(&dyn UseCases, &SignedIn, &str) -> Result<(), ServiceError> + Send + 'static,
) -> Result<Response, Response> {
    let done = if fresh {
        let (use_cases, who, reference) = (site.use_cases(), who.clone(), reference.clone());
        done(blocking(move || work(&*use_cases, &who, &reference)).await)
    } else {
        Err(Undone::Typed(vec![STALE]))
    };
    match done {
        Ok(()) => Ok(visit.go(&then)),
        undone => finish(site, visit, who, reference, Typed::default(), undone).await,
    }
}

/// The request's page with why something was not done.
pub(super) async fn again(
    site: &Site,
    visit: &Visit,
    who: SignedIn,
    reference: String,
    why: String,
) -> Result<Response, Response> {
    let undone = Err(Undone::Refused(ServiceError::NotReady(why)));
    finish(site, visit, who, reference, Typed::default(), undone).await
}

/// A form that waited too long or came from elsewhere.
const STALE: Failure = Failure { field: "kind", key: "form.stale" };

/// Why something was not done.
enum Undone {
    /// What was typed must be mended.
    Typed(Vec<Failure>),
    /// The law or the gate does not allow it.
    Refused(ServiceError),
    /// It failed.
    Failed(Problem),
}

fn done(answer: Result<Result<(), ServiceError>, Problem>) -> Result<(), Undone> {
    match answer {
        Err(problem) => Err(Undone::Failed(problem)),
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Undone::Refused(error)),
    }
}

/// The page again: as it is now, or with what was typed and why it was not done.
async fn finish(
    site: &Site,
    visit: &Visit,
    who: SignedIn,
    reference: String,
    typed: Typed,
    done: Result<(), Undone>,
) -> Result<Response, Response> {
    let (errors, refused) = match done {
        Ok(()) => return Ok(visit.go(&format!("/staff/requests/{reference}"))),
        Err(Undone::Failed(problem)) => return Err(problem.into_response()),
        Err(Undone::Refused(error)) if is_not_found(&error) || !error.is_refusal() => {
            return Err(refusal(visit, &error));
        }
        Err(Undone::Typed(errors)) => (errors, None),
        Err(Undone::Refused(error)) => (Vec::new(), Some(error.to_string())),
    };
    let view = RequestPageView { typed, refused, ..view(site, visit, who, reference).await? };
    let page = visit.page(site).with_errors(errors);
    Ok(site.respond(visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &view))
}

impl Typed {
    fn read(fields: &Fields) -> Self {
        let part = |part: &str| fields.get(&format!("on-{part}")).to_owned();
        Self {
            kind: fields.get("kind").to_owned(),
            on: ["day", "month", "year"].map(part),
            reason: fields.get("reason").to_owned(),
            note: fields.get("note").to_owned(),
        }
    }

    fn event(&self) -> Result<NewEvent, Vec<Failure>> {
        let on = dates::from_parts(&self.on);
        let known = rights::officers_events().any(|kind| kind == self.kind);
        match on.filter(|_| known) {
            Some(on) => {
                let (kind, reason, note) = (self.kind.clone(), self.reason.clone(), self.note.clone());
                Ok(NewEvent { kind, on, reason, note })
            }
            None if known => Err(vec![Failure { field: "on-day", key: "deadline.error.date" }]),
            None => Err(vec![Failure { field: "kind", key: "request.error.kind" }]),
        }
    }
}
