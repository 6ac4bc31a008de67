//! Retention on the staff site: what is due by rule, disposal runs for two people, certificates, legal holds.

mod run;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use counterfoil_domain::ids::{HoldId, PersonId};
use counterfoil_service::ServiceError;
use counterfoil_service::retention::holds::{self, HoldView, Whose};
use counterfoil_service::retention::{self, DueLine, DueList, May, RunView};
use serde::Serialize;

use crate::forms::{Failure, Fields, Posted};
use crate::pages::requests::refusal;
use crate::problem::Problem;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::use_cases::as_staff;
use crate::visit::Visit;

pub use run::RunPage;

/// Where the pages begin.
const HERE: &str = "/staff/retention";
/// The most runs and holds that the page lists.
const MOST: u32 = 50;
/// The width of the longest bar in the drawing's own units.
const WIDEST: u64 = 420;

/// The pages of retention.
pub fn routes() -> Router<Site> {
    Router::new()
        .route(HERE, get(show))
        .route("/staff/retention/propose", post(propose))
        .route("/staff/retention/holds", post(place))
        .route("/staff/retention/holds/{id}", post(lift))
        .merge(run::routes())
}

/// One part of a bar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Part {
    /// `overdue`, `due`, `soon` or `kept`.
    what: &'static str,
    from: u64,
    width: u64,
}

/// One rule.
#[derive(Debug, Clone, Serialize)]
struct RuleRow {
    line: DueLine,
    /// Due and not overdue.
    due: u64,
    /// Kept by a hold or a restriction.
    kept: u64,
    /// How many can be proposed.
    free: u64,
    bar: Vec<Part>,
    /// Where its row stands in the drawing.
    top: usize,
}

impl RuleRow {
    fn new(line: DueLine, place: usize, most: u64) -> Self {
        let (due, kept) = (line.due.saturating_sub(line.overdue), line.held + line.restricted);
        let mut from = 0;
        let mut bar = Vec::new();
        for (what, number) in [("overdue", line.overdue), ("due", due), ("soon", line.soon), ("kept", kept)] {
            let width = (number * WIDEST).checked_div(most).unwrap_or(0);
            // What is there is seen, however little it is.
            let width = if number > 0 { width.max(3) } else { 0 };
            bar.push(Part { what, from, width });
            from += width;
        }
        Self { due, kept, free: line.free(), bar, top: place * 28, line }
    }
}

/// What was typed into the form for a hold.
#[derive(Debug, Clone, Default, Serialize)]
struct Typed {
    whose: String,
    reason: String,
    matter: String,
}

/// What is due, the runs, and the holds.
#[derive(Debug, Clone, Serialize)]
pub struct RetentionView {
    rows: Vec<RuleRow>,
    height: usize,
    grace_days: u16,
    looked: Option<String>,
    runs: Vec<RunView>,
    holds: Vec<HoldView>,
    may: May,
    typed: Typed,
    /// Why something was refused, in plain words.
    refused: Option<String>,
}

impl RetentionView {
    fn new(due: DueList, runs: Vec<RunView>, holds: Vec<HoldView>, may: May) -> Self {
        let all = |l: &DueLine| l.due + l.soon + l.held + l.restricted;
        let most = due.lines.iter().map(all).max().unwrap_or(0);
        let rows: Vec<RuleRow> =
            due.lines.into_iter().enumerate().map(|(n, l)| RuleRow::new(l, n, most)).collect();
        Self {
            height: rows.len() * 28,
            rows,
            grace_days: due.grace_days,
            looked: due.looked.map(|at| at.to_string()),
            runs,
            holds,
            may,
            typed: Typed::default(),
            refused: None,
        }
    }
}

impl View for RetentionView {
    const TEMPLATE: &'static str = "staff/retention.html";

    fn samples() -> Vec<Self> {
        let line = DueLine {
            rule: "R-CASE".to_owned(),
            record: "advice casework".to_owned(),
            says: "six years after your case is closed".to_owned(),
            authority: "Limitation Act 1980".to_owned(),
            action: "destroy".to_owned(),
            due: 5,
            overdue: 2,
            in_run: 1,
            soon: 12,
            held: 1,
            restricted: 1,
            later: 90,
            verified: false,
        };
        let quiet = DueLine {
            due: 0,
            overdue: 0,
            in_run: 0,
            verified: true,
            authority: String::new(),
            ..line.clone()
        };
        let looked = Some(jiff::Timestamp::UNIX_EPOCH);
        let due = |lines, looked| DueList { lines, grace_days: 30, looked, without_rule: Vec::new() };
        let hold = HoldView {
            id: "hld_1".to_owned(),
            person: "per_1".to_owned(),
            placed_at: jiff::Timestamp::UNIX_EPOCH,
            lifted_at: None,
            reason: Some("a claim".to_owned()),
            matter: Some("K-1".to_owned()),
            lifted: None,
        };
        let lifted =
            HoldView { lifted_at: looked, lifted: Some("settled".to_owned()), matter: None, ..hold.clone() };
        let hidden = HoldView { reason: None, matter: None, ..hold.clone() };
        let whole = Self::new(
            due(vec![line, quiet.clone()], looked),
            run::samples(),
            vec![hold, lifted, hidden],
            May { propose: true, approve: true, hold: true },
        );
        let refused = Self { refused: Some("nothing is due".to_owned()), ..whole.clone() };
        let bare = Self::new(due(vec![quiet], None), Vec::new(), Vec::new(), May::default());
        vec![whole, refused, bare]
    }
}

/// The page as this person sees it.
async fn view(site: &Site, visit: &Visit, who: &Staff) -> Result<RetentionView, Response> {
    let found = as_staff(site, &who.0, |desk| {
        let (due, runs) = (retention::due(desk)?, retention::runs(desk, MOST)?);
        Ok(RetentionView::new(due, runs, holds::list(desk, MOST)?, retention::may(desk)))
    })
    .await;
    found.map_err(IntoResponse::into_response)?.map_err(|error| refusal(visit, &error))
}

/// `GET /staff/retention`
async fn show(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Response> {
    let mut view = view(&site, &visit, &who).await?;
    // From a person's page: whom the hold is to be placed on.
    view.typed.whose =
        Fields::new(asked).get("whose").parse::<PersonId>().map(|p| p.to_string()).unwrap_or_default();
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// What became of a form.
enum Sent {
    /// It was done: go there.
    Done(String),
    /// It was refused, in these words.
    Refused(String),
    /// The form was stale, or a field is missing.
    Wrong(Failure),
}

fn sent<T>(
    visit: &Visit,
    outcome: Result<Result<T, ServiceError>, Problem>,
    done: impl FnOnce(T) -> String,
) -> Result<Sent, Box<Response>> {
    match outcome.map_err(|problem| Box::new(problem.into()))? {
        Ok(value) => Ok(Sent::Done(done(value))),
        Err(error) if error.is_refusal() => Ok(Sent::Refused(error.to_string())),
        Err(error) => Err(Box::new(refusal(visit, &error))),
    }
}

/// Goes on, or shows the page again with what was typed.
async fn answer(
    site: &Site,
    visit: &Visit,
    who: &Staff,
    sent: Sent,
    typed: Typed,
) -> Result<Response, Response> {
    let (errors, refused) = match sent {
        Sent::Done(to) => return Ok(visit.go(&to)),
        Sent::Refused(why) => (Vec::new(), Some(why)),
        Sent::Wrong(failure) => (vec![failure], None),
    };
    let view = RetentionView { typed, refused, ..view(site, visit, who).await? };
    let page = visit.page(site).with_errors(errors);
    Ok(site.respond(visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &view))
}

/// `POST /staff/retention/propose`
async fn propose(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    posted: Posted,
) -> Result<Response, Response> {
    let outcome = if posted.fresh {
        let rule = posted.fields.get("rule").to_owned();
        let done = as_staff(&site, &who.0, move |desk| retention::propose(desk, &rule, None)).await;
        sent(&visit, done, |run| format!("{HERE}/runs/{}", run.reference)).map_err(|answer| *answer)?
    } else {
        Sent::Wrong(Failure { field: "due", key: "form.stale" })
    };
    answer(&site, &visit, &who, outcome, Typed::default()).await
}

fn typed(fields: &Fields) -> Typed {
    let get = |name: &str| fields.get(name).to_owned();
    Typed { whose: get("whose"), reason: get("reason"), matter: get("matter") }
}

/// `POST /staff/retention/holds`
async fn place(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    posted: Posted,
) -> Result<Response, Response> {
    let typed = typed(&posted.fields);
    let missing =
        [("whose", &typed.whose), ("reason", &typed.reason)].into_iter().find(|(_, v)| v.is_empty());
    let outcome = match missing {
        _ if !posted.fresh => Sent::Wrong(Failure { field: "whose", key: "form.stale" }),
        Some(("whose", _)) => Sent::Wrong(Failure { field: "whose", key: "retention.error.whose" }),
        Some(_) => Sent::Wrong(Failure { field: "reason", key: "retention.error.reason" }),
        None => {
            let asked = typed.clone();
            let done = as_staff(&site, &who.0, move |desk| {
                let whose = asked.whose.parse::<PersonId>().map(Whose::Person);
                let whose = whose.unwrap_or_else(|_| Whose::Request(asked.whose.clone()));
                holds::place(desk, &whose, &asked.reason, &asked.matter)
            })
            .await;
            sent(&visit, done, |_| format!("{HERE}#holds")).map_err(|answer| *answer)?
        }
    };
    answer(&site, &visit, &who, outcome, typed).await
}

/// `POST /staff/retention/holds/{id}`: lifts it.
async fn lift(
    State(site): State<Site>,
    visit: Visit,
    who: Staff,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let Ok(hold) = id.parse::<HoldId>() else { return Err(Problem::NotFound.into_response()) };
    let outcome = if posted.fresh {
        let why = posted.fields.get("lifted").to_owned();
        let done = as_staff(&site, &who.0, move |desk| holds::lift(desk, hold, &why)).await;
        sent(&visit, done, |()| format!("{HERE}#holds")).map_err(|answer| *answer)?
    } else {
        Sent::Wrong(Failure { field: "holds", key: "form.stale" })
    };
    answer(&site, &visit, &who, outcome, Typed::default()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_counts_and_shows_the_least() {
        let line = DueLine { due: 100, overdue: 1, soon: 100, ..DueLine::default() };
        let row = RuleRow::new(line, 2, 200);
        let widths: Vec<_> = row.bar.iter().map(|p| (p.what, p.from, p.width)).collect();
        assert_eq!(widths, [("overdue", 0, 3), ("due", 3, 207), ("soon", 210, 210), ("kept", 420, 0)]);
        assert_eq!((row.top, row.due), (56, 99));
        assert!(RuleRow::new(DueLine::default(), 0, 0).bar.iter().all(|p| p.width == 0));
    }
}
