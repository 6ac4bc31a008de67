//! Invented requests in every standing, for rendering each template in each language.

use counterfoil_service::rights::{PauseLine, RequestSummary, RequestView, SourceLine};
use jiff::Timestamp;
use jiff::civil::{Date, date};

/// The day on which the samples are looked at.
#[must_use]
pub const fn today() -> Date {
    date(2026, 11, 22)
}

/// Right, state, clock, received, due, days left.
type Line = (&'static str, &'static str, &'static str, Date, Option<Date>, Option<i64>);

/// A request in each standing.
#[must_use]
pub fn summaries() -> Vec<RequestSummary> {
    let lines: [Line; 7] = [
        ("access", "searched", "running", date(2026, 10, 12), Some(date(2026, 11, 12)), Some(-10)),
        ("erasure", "identified", "running", date(2026, 10, 23), Some(date(2026, 11, 23)), Some(1)),
        ("access", "searched", "running", date(2026, 10, 22), Some(date(2026, 11, 22)), Some(0)),
        ("rectification", "received", "extended", date(2026, 11, 9), Some(date(2027, 2, 9)), Some(79)),
        ("access", "received", "awaiting_id", date(2026, 11, 16), None, None),
        ("complaint", "received", "unknown", date(2024, 11, 16), None, None),
        ("objection", "released", "answered", date(2026, 10, 1), Some(date(2026, 11, 2)), None),
    ];
    lines.into_iter().enumerate().map(|(number, line)| summary(number, line)).collect()
}

fn summary(number: usize, (right, state, clock, received_on, due, days_left): Line) -> RequestSummary {
    RequestSummary {
        reference: format!("AR-2026-{:04}", 41 + number),
        requester: "Ann Lee".to_owned(),
        right: right.to_owned(),
        received_on,
        state: state.to_owned(),
        clock: clock.to_owned(),
        due,
        days_left,
        late: days_left.is_some_and(|days| days < 0),
        clock_error: if clock == "unknown" {
            "no bank holidays are loaded for 2024".into()
        } else {
            String::new()
        },
        pauses: pauses(clock, received_on),
    }
}

fn pauses(clock: &str, received: Date) -> Vec<PauseLine> {
    let after = |days: i64| received.saturating_add(jiff::Span::new().days(days));
    match clock {
        "running" => {
            vec![PauseLine { from: after(1), to: Some(after(4)), why: "clarification" }]
        }
        "awaiting_id" => vec![PauseLine { from: received, to: None, why: "identity" }],
        _ => Vec::new(),
    }
}

/// Each request of the list: the first full, the others as bare as they can be.
#[must_use]
pub fn requests() -> Vec<RequestView> {
    let mut requests: Vec<_> = summaries().into_iter().map(bare).collect();
    if let Some(first) = requests.first_mut() {
        first.identified = true;
        first.asked = vec![
            ("known_by", "Tenancy 4471".into()),
            ("reply_to", "gethin@mail.example".into()),
            ("format", "large-print".into()),
        ];
        first.working = working();
        first.events = vec![
            (date(2026, 10, 12), "received".into(), String::new()),
            (date(2026, 10, 13), "clarification-asked".into(), "which of three services is meant".into()),
            (date(2026, 10, 16), "clarification-answered".into(), String::new()),
        ];
        first.sources = sources();
        first.items = (1..=214).map(item).collect();
        first.approvals = 1;
        first.sealed_at = Timestamp::from_second(1_793_700_300).ok();
        first.released_at = first.sealed_at;
        (first.hand_over, first.has_access, first.collected) = ("online", true, 1);
    }
    // Sealed and waiting to be handed over, in each way.
    for (request, way) in requests.iter_mut().skip(1).zip(["online", "email", "post"]) {
        request.sealed_at = Timestamp::from_second(1_793_700_300).ok();
        (request.hand_over, request.has_access) = (way, way == "online");
    }
    requests
}

fn bare(summary: RequestSummary) -> RequestView {
    RequestView {
        summary,
        requester: "Gethin Vaughan".into(),
        wording: "Please send me everything you hold about me & my tenancy since 2019.".into(),
        asked: vec![],
        identified: false,
        working: vec![],
        events: vec![],
        sources: vec![],
        items: vec![],
        decisions: vec![],
        approvals: 0,
        sealed_at: None,
        released_at: None,
        hand_over: "post",
        has_access: false,
        collected: 0,
    }
}

fn working() -> Vec<(String, String)> {
    [
        ("Received on Monday 12 October 2026.", "Art 12A(1) UK GDPR"),
        ("Paused from 13 to 16 October, for clarification: 3 days.", "Art 12A(5) UK GDPR"),
        ("One month from the relevant time, then the days of the pause.", "Art 12A(2) UK GDPR"),
    ]
    .map(|(text, provision)| (text.to_owned(), provision.to_owned()))
    .into()
}

fn sources() -> Vec<SourceLine> {
    [
        ("Casework records", "held", 180, ""),
        ("Library membership", "none-held", 0, ""),
        ("Payroll", "not-this-kind-of-person", 0, ""),
        ("Archived mailboxes", "failed", 0, "the mail server refused the connection"),
        ("Paper files, Quay Street", "pending", 0, "asked on 2 November"),
        ("Closed-circuit television", "waived", 0, "kept for 28 days only"),
    ]
    .map(|(source, result, items, note)| SourceLine {
        source: source.into(),
        result: result.into(),
        items,
        note: note.into(),
    })
    .into()
}

fn item(number: i64) -> (i64, String, String, String) {
    let state = ["found", "released", "withheld", "not-theirs"]
        .into_iter()
        .cycle()
        .nth(number.unsigned_abs() as usize);
    (number, "Casework records".into(), format!("note-{number}.txt"), state.unwrap_or_default().into())
}
