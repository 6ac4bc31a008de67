//! The search plan of a request: every source with what it answered, who is asked, and what stops the release.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_service::rights::sources::{self, AskedColleague, Plan, PlannedSource, QuestionLine, Tally};
use counterfoil_service::sign_in::SignedIn;
use jiff::Timestamp;
use jiff::civil::date;
use serde::Serialize;

use super::{STALE, done, tried};
use crate::forms::{Failure, Posted};
use crate::pages::address;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// The plan.
#[derive(Debug, Serialize)]
pub struct PlanView {
    plan: Plan,
    /// Whether something stops the release.
    stops: bool,
    /// Reminders that are due now.
    due: usize,
    /// The systems that are ticked in the form.
    chosen: Vec<String>,
    why: String,
    refused: Option<String>,
}

impl PlanView {
    fn new(plan: Plan) -> Self {
        let due = |s: &&PlannedSource| s.asked.as_ref().is_some_and(|a| a.step == "colleague");
        let begun =
            plan.sources.iter().any(|s| !s.system.is_empty() && s.kind != "casebook" && !s.result.is_empty());
        // Before the plan is made everything is ticked: leaving out is what needs a reason.
        let ticked = |s: &&PlannedSource| if begun { in_plan(&s.result) } else { true };
        Self {
            stops: plan.tally.stops(),
            due: plan.sources.iter().filter(due).count(),
            chosen: plan.sources.iter().filter(ticked).map(|s| s.system.clone()).collect(),
            plan,
            why: String::new(),
            refused: None,
        }
    }
}

/// Whether a source with this answer is one of the plan's.
fn in_plan(result: &str) -> bool {
    !matches!(result, "" | "not-this-kind-of-person")
}

/// A source in each state, for samples of the pages.
pub(super) fn sample_sources() -> Vec<PlannedSource> {
    let source = |n: usize, (kind, result): (&str, &str)| PlannedSource {
        key: format!("{n:016x}"),
        source: format!("System {n} & its archive"),
        system: if n == 9 { String::new() } else { format!("system-{n}") },
        kind: kind.to_owned(),
        location: "Civic Centre".to_owned(),
        custodian: if n == 9 { String::new() } else { "Head of leisure".to_owned() },
        instruction: if n == 9 { String::new() } else { "Search by name.".to_owned() },
        result: result.to_owned(),
        items: i64::try_from(n).unwrap_or(0),
        note: if result == "pending" { String::new() } else { "searched by name and number".to_owned() },
        answered_at: (result != "pending" && !result.is_empty()).then_some(Timestamp::UNIX_EPOCH),
        asked: None,
        questions: Vec::new(),
    };
    let states = [
        ("casebook", "held"),
        ("system", "none-held"),
        ("system", "pending"),
        ("system", "pending"),
        ("paper", "pending"),
        ("system", "failed"),
        ("system", "not-this-kind-of-person"),
        ("system", "waived"),
        ("system", ""),
        ("", "held"),
    ];
    let mut all: Vec<_> = states.into_iter().enumerate().map(|(n, state)| source(n, state)).collect();
    let asked = |step: &str, chased, next| AskedColleague {
        name: "Dewi Rees".to_owned(),
        due_on: date(2026, 11, 20),
        chased,
        step: step.to_owned(),
        next,
    };
    let line = |state: &str| QuestionLine {
        name: "Dewi Rees".to_owned(),
        state: state.to_owned(),
        question: "What do you hold?".to_owned(),
        said: if state == "asked" { String::new() } else { "Leisure services".to_owned() },
        asked_at: Timestamp::UNIX_EPOCH,
        answered_at: (state == "answered" || state == "not-mine").then_some(Timestamp::UNIX_EPOCH),
    };
    let questions: Vec<_> = ["withdrawn", "not-mine", "answered", "asked"].map(line).into();
    for (n, asked) in [
        (2, asked("officer", 2, Some(date(2026, 11, 22)))),
        (3, asked("colleague", 0, Some(date(2026, 11, 18)))),
        (4, asked("", 3, None)),
    ] {
        if let Some(source) = all.get_mut(n) {
            source.asked = Some(asked);
            source.questions.clone_from(&questions);
        }
    }
    all
}

/// A plan with these sources, for samples of the pages.
pub(super) fn sample_plan(sources: Vec<PlannedSource>, open: bool) -> Plan {
    let tally = if open {
        Tally { held: 2, nil: 1, waiting: 3, failed: 1, left_out: 2, unplanned: 1 }
    } else {
        Tally { held: 1, nil: 1, waiting: 0, failed: 0, left_out: 0, unplanned: 0 }
    };
    Plan {
        reference: "R-2026-00041".to_owned(),
        subject: "Gethin Vaughan".to_owned(),
        known_by: "Tenancy 4471".to_owned(),
        scope: "since 2019".to_owned(),
        open,
        sources,
        tally,
    }
}

impl View for PlanView {
    const TEMPLATE: &'static str = "desk/plan.html";

    fn samples() -> Vec<Self> {
        let fresh: Vec<_> = sample_sources()
            .into_iter()
            .take(4)
            .map(|s| PlannedSource { result: String::new(), note: String::new(), asked: None, ..s })
            .collect();
        let refused = Some("say why the systems that are not ticked cannot hold anything".to_owned());
        vec![
            Self { refused, why: "never".to_owned(), ..Self::new(sample_plan(sample_sources(), true)) },
            Self::new(sample_plan(sample_sources(), false)),
            Self::new(Plan { tally: Tally::default(), ..sample_plan(fresh, true) }),
            Self::new(Plan { tally: Tally::default(), ..sample_plan(Vec::new(), true) }),
        ]
    }
}

async fn view(site: &Site, visit: &Visit, who: &SignedIn, reference: String) -> Result<PlanView, Response> {
    Ok(PlanView::new(done(site, visit, who, move |desk| sources::plan(desk, &reference)).await?))
}

/// `GET /staff/requests/{reference}/sources`
pub async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let view = view(&site, &visit, &who, address::reference(&id)?).await?;
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

/// `POST /staff/requests/{reference}/sources`: the plan, or the reminders that are due.
pub async fn act(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(id): Path<String>,
    Posted { fields, fresh }: Posted,
) -> Result<Response, Response> {
    let reference = address::reference(&id)?;
    let chosen: Vec<String> = fields.all("system").map(str::to_owned).collect();
    let why = fields.get("why").to_owned();
    let (errors, refused): (Vec<Failure>, _) = if fresh {
        let (of, ticked, said) = (reference.clone(), chosen.clone(), why.clone());
        let chases = fields.get("do") == "chase";
        let tried = tried(&site, &visit, &who, move |desk| match chases {
            true => sources::chase(desk, Some(&of)).map(|_| ()),
            false => sources::set_plan(desk, &of, &ticked, &said),
        });
        match tried.await? {
            Ok(()) => return Ok(visit.go(&format!("/staff/requests/{reference}/sources"))),
            Err(why) => (Vec::new(), Some(why)),
        }
    } else {
        (vec![STALE], None)
    };
    let again = PlanView { chosen, why, refused, ..view(&site, &visit, &who, reference).await? };
    let page = visit.page(&site).with_errors(errors);
    Ok(site.respond(&visit, StatusCode::UNPROCESSABLE_ENTITY, &page, &again))
}
