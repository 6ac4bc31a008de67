//! Invented requests in every standing, for rendering each template in each language.

use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::use_cases::{
    Clock, Decision, Items, RequestDetail, RequestSummary, Source, SourceAnswer, Standing, Stretch,
    TrailEntry, WorkingLine,
};

/// The day on which the samples are looked at.
#[must_use]
pub const fn today() -> Date {
    date(2026, 11, 22)
}

struct Row(
    &'static str,
    &'static str,
    &'static str,
    Date,
    Option<Date>,
    Option<i32>,
    Standing,
    Option<&'static str>,
);

/// One request in each standing, and one more of some.
#[must_use]
pub fn summaries() -> Vec<RequestSummary> {
    use Standing::{AtRisk, Closed, Due, Overdue, Paused};
    [
        Row(
            "Gethin Vaughan",
            "access",
            "review",
            date(2026, 10, 12),
            Some(date(2026, 11, 12)),
            Some(-10),
            Overdue,
            Some("R. Okafor"),
        ),
        Row(
            "Amina Yusuf",
            "erasure",
            "decide",
            date(2026, 10, 21),
            Some(date(2026, 11, 23)),
            Some(1),
            AtRisk,
            Some("R. Okafor"),
        ),
        Row(
            "Tomasz Wilk",
            "access",
            "search",
            date(2026, 10, 22),
            Some(date(2026, 11, 22)),
            Some(0),
            AtRisk,
            None,
        ),
        Row(
            "Joan Pettigrew-Hathaway",
            "rectification",
            "identify",
            date(2026, 11, 9),
            Some(date(2026, 12, 9)),
            Some(17),
            Due,
            Some("S. Lindqvist"),
        ),
        Row("Not confirmed yet", "access", "identify", date(2026, 11, 16), None, None, Paused, None),
        Row(
            "Huw Prys",
            "objection",
            "released",
            date(2026, 10, 1),
            Some(date(2026, 11, 2)),
            Some(-20),
            Closed,
            Some("S. Lindqvist"),
        ),
    ]
    .into_iter()
    .enumerate()
    .map(|(number, row)| summary(number, &row))
    .collect()
}

fn summary(number: usize, row: &Row) -> RequestSummary {
    let Row(person, right, stage, received, due, days_left, standing, handler) = *row;
    RequestSummary {
        id: format!("req_{:032x}", number + 1),
        reference: format!("AR-2026-{:04}", 41 + number),
        person: person.to_owned(),
        right: right.to_owned(),
        stage: stage.to_owned(),
        received,
        due,
        days_left,
        standing,
        handler: handler.map(str::to_owned),
    }
}

/// Each request of the list: the first full, the others as bare as they can be.
#[must_use]
pub fn details() -> Vec<RequestDetail> {
    let bare = |summary| RequestDetail {
        summary,
        clock: Clock { notice_by: None, stretches: vec![], working: vec![] },
        sources: vec![],
        items: Items::default(),
        decisions: vec![],
        trail: vec![],
    };
    let mut details: Vec<_> = summaries().into_iter().map(bare).collect();
    if let Some(first) = details.first_mut() {
        first.clock = clock();
        first.sources = sources();
        first.items =
            Items { found: 214, to_review: 12, release: 120, redact: 61, withhold: 9, duplicate: 12 };
        first.decisions = vec![Decision {
            reason: "Information about other people".into(),
            provision: "DPA 2018, Schedule 2, paragraph 16".into(),
            items: 61,
        }];
        first.trail = trail();
    }
    details
}

fn clock() -> Clock {
    let stretch = |from, to, paused| Stretch { from, to, paused };
    let line = |text: &str, provision: &str| WorkingLine { text: text.into(), provision: provision.into() };
    Clock {
        notice_by: Some(date(2026, 11, 12)),
        stretches: vec![
            stretch(date(2026, 10, 12), date(2026, 10, 19), false),
            stretch(date(2026, 10, 19), date(2026, 10, 26), true),
            stretch(date(2026, 10, 26), date(2026, 11, 12), false),
        ],
        working: vec![
            line("Received on Monday 12 October 2026.", "Art 12A(1) UK GDPR"),
            line("Stopped from 19 to 26 October, for identity.", "Art 12A(4) UK GDPR"),
            line("One month from the relevant time, then the days of the pause.", "Art 12A(2) UK GDPR"),
        ],
    }
}

fn sources() -> Vec<Source> {
    let source = |name: &str, answer, held, note: Option<&str>| Source {
        name: name.into(),
        answer,
        held,
        note: note.map(str::to_owned),
    };
    vec![
        source("Casework records", SourceAnswer::Held, 180, None),
        source("Housing system", SourceAnswer::Held, 34, None),
        source("Library membership", SourceAnswer::NoneHeld, 0, None),
        source("Payroll", SourceAnswer::NotThisKindOfPerson, 0, None),
        source("Archived mailboxes", SourceAnswer::Failed, 0, Some("the mail server refused the connection")),
        source(
            "Paper files, Quay Street",
            SourceAnswer::Waiting,
            0,
            Some("asked on 2 November, reminded on 9 November"),
        ),
        source("Closed-circuit television", SourceAnswer::Waived, 0, Some("kept for 28 days only")),
    ]
}

fn trail() -> Vec<TrailEntry> {
    let entry = |at: i64, act: &str, actor: &str, entry| TrailEntry {
        at: Timestamp::from_second(at).unwrap_or_default(),
        act: act.into(),
        actor: actor.into(),
        entry,
    };
    vec![
        entry(1_793_700_300, "Item 61 to be given with parts removed", "R. Okafor, North", 1882),
        entry(1_793_012_400, "Identity confirmed by an existing record", "R. Okafor, North", 1544),
        entry(1_791_795_600, "Request received by telephone", "Front use_cases, North", 1201),
    ]
}
