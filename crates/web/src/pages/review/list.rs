//! The list: every item with what is open in it, conversations and duplicates folded, and the people.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use counterfoil_service::rights::{self, Bench, BenchItem, BenchPerson, Suggestion, UsedGround};
use serde::Serialize;

use super::{ask, reference};
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// The filters, by their spelling in the address.
pub(super) const FILTERS: [&str; 6] = ["open", "all", "message", "unread", "withheld", "folded"];

/// The list of a review.
#[derive(Debug, Serialize)]
pub struct ListView {
    bench: Bench,
    filter: String,
    filters: [&'static str; 6],
    groups: Vec<Group>,
    /// Items that the filter leaves out.
    left_out: usize,
    /// Where to begin: the first item with something open, or the first.
    begin: Option<i64>,
    grounds: Vec<UsedGround>,
    roles: [&'static str; 5],
    refused: Option<String>,
}

/// Items that belong together: a conversation, or one item alone.
#[derive(Debug, Serialize)]
struct Group {
    thread: String,
    items: Vec<BenchItem>,
    /// Messages that are repeated in others, folded away.
    folded: Vec<BenchItem>,
}

impl ListView {
    /// The same page with why something was not done.
    pub(super) fn with_refusal(self, why: String) -> Self {
        Self { refused: Some(why), ..self }
    }

    pub(super) fn new(bench: Bench, filter: &str, grounds: Vec<UsedGround>) -> Self {
        let filter = FILTERS.iter().find(|f| **f == filter).copied();
        let filter = filter.unwrap_or(if bench.open > 0 { "open" } else { "all" });
        let shown: Vec<BenchItem> = bench.items.iter().filter(|i| fits(i, filter)).cloned().collect();
        let first = bench.items.iter().find(|i| fits(i, "open")).or_else(|| bench.items.first());
        Self {
            left_out: bench.items.len() - shown.len(),
            begin: first.map(|i| i.number),
            groups: groups(shown, filter == "folded"),
            filter: filter.to_owned(),
            filters: FILTERS,
            bench,
            grounds,
            roles: rights::ROLES,
            refused: None,
        }
    }
}

fn fits(item: &BenchItem, filter: &str) -> bool {
    let goes_out = item.state != "withheld" && item.state != "not-theirs";
    match filter {
        "open" => goes_out && item.open > 0,
        "message" => item.kind == "message",
        "unread" => item.unread > 0 || !item.unreadable.is_empty(),
        "withheld" => !goes_out || item.withheld > 0,
        "folded" => is_folded(item),
        _ => true,
    }
}

fn is_folded(item: &BenchItem) -> bool {
    matches!(item.standing.as_str(), "duplicate" | "contained")
}

fn groups(items: Vec<BenchItem>, all: bool) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for item in items {
        let known = groups.iter_mut().find(|g| !item.thread.is_empty() && g.thread == item.thread);
        let group = match known {
            Some(group) => group,
            None => {
                groups.push(Group { thread: item.thread.clone(), items: Vec::new(), folded: Vec::new() });
                let Some(group) = groups.last_mut() else { continue };
                group
            }
        };
        if is_folded(&item) && !all { group.folded.push(item) } else { group.items.push(item) }
    }
    groups
}

impl View for ListView {
    const TEMPLATE: &'static str = "staff/review.html";

    fn samples() -> Vec<Self> {
        let full = sample();
        let refused = Self { refused: Some("say why".into()), ..Self::new(full.clone(), "folded", vec![]) };
        let bare = Bench {
            counted: false,
            items: vec![],
            people: vec![],
            loose: vec![],
            open: 0,
            open_items: 0,
            others: None,
            last: None,
            ..full.clone()
        };
        vec![
            Self::new(full.clone(), "", vec![ground()]),
            Self::new(full, "all", vec![]),
            refused,
            Self::new(bare, "", vec![]),
        ]
    }
}

/// `GET /staff/requests/{reference}/review`
pub(super) async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path(given): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Response> {
    let reference = reference(&given)?;
    let filter = query.get("show").cloned().unwrap_or_default();
    let view = ask(&site, &visit, &who, move |desk| {
        let bench = rights::bench(desk, &reference)?;
        Ok(ListView::new(bench, &filter, rights::used_grounds(desk, &reference)?))
    });
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view.await?))
}

pub(super) fn ground() -> UsedGround {
    UsedGround {
        number: 4,
        code: "S2-16".into(),
        exemption: "information about other people".into(),
        reason: "a neighbour, who has not agreed".into(),
        answers: [("identifies".to_owned(), "yes".to_owned())].into(),
    }
}

pub(super) fn person(key: &str, state: &str) -> BenchPerson {
    let decided = rights::DecisionLine {
        number: 4,
        about: "person".into(),
        what: "Casper Holt".into(),
        fate: "withhold".into(),
        code: "S2-16".into(),
        exemption: "information about other people".into(),
        reason: "a neighbour, who has not agreed".into(),
        known: true,
    };
    let suggestion = Suggestion {
        fate: if key == rights::REQUESTER { String::new() } else { "withhold".into() },
        reason: "another individual, who has not agreed".into(),
        code: "S2-16".into(),
        why: vec!["signs 3 times".into(), "another individual".into()],
        known: state == "kept",
    };
    BenchPerson {
        key: key.into(),
        name: if key == rights::REQUESTER { "Gethin Vaughan".into() } else { format!("Casper Holt {key}") },
        role: if key == rights::REQUESTER { "requester".into() } else { "third-party".into() },
        forms: vec!["Casper Holt".into(), "casper.holt@mail.example".into()],
        mentions: 41,
        items: 12,
        first_items: vec![2, 3],
        state: state.into(),
        decision: (state == "withheld" || state == "kept").then_some(decided),
        suggestion,
        merged: usize::from(state == "kept"),
    }
}

/// A review with everything in it.
pub(super) fn sample() -> Bench {
    let item = |number: i64, state: &str, standing: &str, thread: &str| BenchItem {
        number,
        source: "casebook".into(),
        name: format!("letter-{number}.eml"),
        kind: if thread.is_empty() { "pdf" } else { "message" }.into(),
        state: state.into(),
        pages: 3,
        thread: thread.into(),
        standing: standing.into(),
        of: if standing == "read" { 0 } else { 1 },
        open: usize::from(state == "found") * 3,
        withheld: 5,
        kinship: 1,
        hidden: 2,
        unread: usize::from(number == 5),
        unreadable: if number == 5 { "it needs a password".into() } else { String::new() },
    };
    let people: Vec<BenchPerson> = [("r", "own"), ("p1", "undecided"), ("p2", "withheld"), ("p3", "kept")]
        .map(|(k, s)| person(k, s))
        .into();
    let last = people.get(2).and_then(|p| p.decision.clone());
    let loose = |text: &str, state: &str| rights::LooseString {
        text: text.into(),
        kind: "PHONE_NUMBER".into(),
        count: 2,
        items: 1,
        item: 3,
        state: state.into(),
        decision: (state == "kept").then_some(7),
    };
    Bench {
        reference: "AR-2026-0041".into(),
        requester: "Gethin Vaughan".into(),
        state: "searched".into(),
        counted: true,
        items: vec![
            item(1, "found", "read", "Damp in the flat"),
            item(2, "found", "contained", "Damp in the flat"),
            item(3, "released", "near", "Damp in the flat"),
            item(4, "withheld", "read", ""),
            item(5, "not-theirs", "duplicate", ""),
        ],
        people,
        loose: vec![loose("07700 900599", "undecided"), loose("Quay Row", "kept"), loose("A1", "withheld")],
        pages: 15,
        open: 6,
        open_items: 2,
        others: last.clone(),
        last,
        decisions: 4,
    }
}
