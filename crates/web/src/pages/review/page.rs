//! One page of an item beside its decisions.

use std::collections::{BTreeMap, HashMap};

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use counterfoil_service::rights::{
    self, BenchPerson, BoxOnPage, Line, Mark, NoteLine, Piece, RegionLine, TurnedPage,
};
use serde::Serialize;

use super::list::{ground, person};
use super::{ask, reference};
use crate::problem::Problem;
use crate::render::View;
use crate::session::Staff;
use crate::site::Site;
use crate::visit::Visit;

/// The ways of looking at a page.
pub(super) const WAYS: [&str; 3] = ["text", "picture", "released"];

/// A page with what is decided about it.
#[derive(Debug, Serialize)]
pub struct PageView {
    turned: TurnedPage,
    /// One of [`WAYS`].
    way: &'static str,
    here: Vec<BenchPerson>,
    elsewhere: Vec<BenchPerson>,
    mentions: BTreeMap<String, Vec<Mark>>,
    roles: [&'static str; 5],
    refused: Option<String>,
    /// What was typed in a form that was refused.
    typed: BTreeMap<String, String>,
}

impl PageView {
    /// The same page with why something was not done, and what was typed.
    pub(super) fn with_refusal(self, why: String, mut typed: BTreeMap<String, String>) -> Self {
        // Templates are strict: what a form does not have is empty.
        for field in ["do", "who", "text", "reason", "also", "x0", "y0", "x1", "y1", "from", "until"] {
            typed.entry(field.to_owned()).or_default();
        }
        Self { refused: Some(why), typed, ..self }
    }

    pub(super) fn new(mut turned: TurnedPage, way: &str) -> Self {
        let way = WAYS.iter().find(|w| **w == way && (**w != "picture" || turned.has_picture));
        let way = way.copied().unwrap_or(if turned.has_picture { turned.best } else { "text" });
        let people = std::mem::take(&mut turned.people);
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            people.into_iter().partition(|p| turned.here.contains(&p.key));
        let mut mentions: BTreeMap<String, Vec<Mark>> = BTreeMap::new();
        for mark in std::mem::take(&mut turned.mentions) {
            mentions.entry(mark.who.clone()).or_default().push(mark);
        }
        // The one who asks is no question; those who wait for a decision come first.
        let mut here: Vec<_> = here;
        here.sort_by_key(|p| {
            (p.key == rights::REQUESTER, p.state != "undecided", std::cmp::Reverse(p.mentions))
        });
        Self {
            turned,
            way,
            here,
            elsewhere,
            mentions,
            roles: rights::ROLES,
            refused: None,
            typed: BTreeMap::new(),
        }
    }
}

impl View for PageView {
    const TEMPLATE: &'static str = "staff/review-page.html";

    fn samples() -> Vec<Self> {
        let text = Self::new(sample(), "");
        let typed = |what: &str| {
            let fields = [("do", what), ("who", "p1"), ("reason", "because"), ("text", "a passage")];
            // A form sends its own fields and no others.
            let of = |(k, _): &(&str, &str)| what == "person" || *k != "who";
            let fields = fields.into_iter().filter(of);
            let typed = fields.map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
            let turned = TurnedPage { best: "picture", has_picture: true, ..sample() };
            Self::new(turned, "").with_refusal("say why".into(), typed)
        };
        let withheld =
            TurnedPage { withheld: "S2-16".into(), withheld_by: Some(9), released: vec![], ..sample() };
        let bare = TurnedPage {
            lines: vec![],
            people: vec![],
            here: vec![],
            loose: vec![],
            mentions: vec![],
            boxes: vec![],
            before: None,
            after: None,
            next_open: None,
            notes: vec![],
            grounds: vec![],
            last: None,
            decisions: vec![],
            counted: false,
            ..sample()
        };
        let recording = |which| TurnedPage {
            recording: which,
            spans: sample().last.into_iter().collect(),
            has_picture: false,
            ..bare.clone()
        };
        vec![
            text,
            Self::new(recording("wav"), ""),
            Self::new(recording("wav"), "").with_refusal(
                "give from when to when".into(),
                [("do", "span"), ("from", "2"), ("until", "1")].map(|(k, v)| (k.into(), v.into())).into(),
            ),
            Self::new(recording("other"), ""),
            typed("person"),
            typed("passage"),
            typed("area"),
            Self::new(sample(), "released"),
            Self::new(withheld.clone(), "released"),
            Self::new(TurnedPage { has_picture: true, ..withheld }, "picture"),
            Self::new(TurnedPage { has_picture: true, withheld: String::new(), ..bare.clone() }, "released"),
            Self::new(bare, ""),
        ]
    }
}

#[expect(clippy::too_many_lines, reason = "one value, every field of a page")]
fn sample() -> TurnedPage {
    let mark = |who: &str, state: &str, several: usize| Mark {
        who: who.into(),
        name: if who.is_empty() { "PHONE_NUMBER".into() } else { "Casper Holt".into() },
        state: state.into(),
        code: "S2-16".into(),
        place: ":3:4:9".into(),
        text: "Holt".into(),
        several: vec!["Sarah Holt".to_owned(); several],
        decision: (state == "kept").then_some(8),
    };
    let piece = |text: &str, mark| Piece { text: text.into(), is_label: false, mark };
    let words = vec![
        piece("Mr ", None),
        piece("Holt", Some(mark("p1", "undecided", 0))),
        piece(" rang ", None),
        piece("Gethin", Some(mark("r", "own", 0))),
        piece("07700", Some(mark("", "withheld", 0))),
    ];
    let label = Piece { text: "[withheld: S2-16]".into(), is_label: true, mark: None };
    let kinds = ["heading", "paragraph", "item", "quote", "field", "aside", "notice", "row"];
    let line = |kind: &'static str| Line {
        kind,
        label: "Subject".into(),
        cells: vec![words.clone(), vec![label.clone()]],
        hidden: kind == "aside",
    };
    let decision = person("p2", "withheld").decision;
    TurnedPage {
        reference: "AR-2026-0041".into(),
        number: 12,
        name: "letter.pdf".into(),
        source: "casebook".into(),
        state: "found".into(),
        page: 2,
        pages: 3,
        label: "12/2".into(),
        part: String::new(),
        part_page: 1,
        best: "text",
        has_picture: false,
        size: (595.0, 842.0),
        lines: kinds.map(line).into(),
        released: kinds.map(line).into(),
        withheld: String::new(),
        withheld_by: None,
        boxes: vec![
            BoxOnPage {
                x: 1.0,
                y: 2.0,
                width: 3.0,
                height: 4.0,
                state: "undecided".into(),
                who: "p1".into(),
                decision: None,
            },
            BoxOnPage {
                x: 1.0,
                y: 2.0,
                width: 3.0,
                height: 4.0,
                state: "area".into(),
                who: String::new(),
                decision: Some(6),
            },
        ],
        people: [("r", "own"), ("p1", "undecided"), ("p2", "withheld"), ("p3", "kept")]
            .map(|(k, s)| person(k, s))
            .into(),
        here: vec!["r".into(), "p1".into(), "p2".into()],
        loose: vec![mark("", "undecided", 2), mark("", "kept", 0)],
        mentions: vec![mark("p1", "undecided", 0), mark("p1", "kept", 0)],
        open: 2,
        remarks: vec!["2 comments".into()],
        before: Some((11, 1)),
        after: Some((12, 3)),
        next_open: Some((14, 1)),
        of: 3,
        standing: "near".into(),
        notes: vec![NoteLine {
            item: 12,
            page: 2,
            text: "Ask the tenancy team.".into(),
            by: "Kofi Reid".into(),
            at: jiff::Timestamp::UNIX_EPOCH,
        }],
        grounds: vec![ground()],
        last: decision.clone(),
        decisions: decision.into_iter().collect(),
        counted: true,
        regions: ["undecided", "withheld", "kept", "own"].map(region).into(),
        recording: "",
        spans: vec![],
    }
}

fn region(state: &str) -> RegionLine {
    RegionLine {
        label: "a child's face".into(),
        name: if state == "kept" { "Casper Holt".into() } else { String::new() },
        state: state.into(),
        code: "S2-16".into(),
        at: if state == "undecided" { [0; 4] } else { [12, 20, 30, 25] },
        span: if state == "undecided" { "0:01.5 – 0:09.0".into() } else { String::new() },
        decision: (state == "kept").then_some(11),
        ..RegionLine::default()
    }
}

/// The page of an item that the address names, from 1.
pub(super) fn page_number(text: Option<&String>) -> usize {
    text.and_then(|p| p.parse().ok()).filter(|p| *p > 0).unwrap_or(1)
}

/// `GET /staff/requests/{reference}/review/{item}`
pub(super) async fn show(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path((given, item)): Path<(String, i64)>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Response> {
    let reference = reference(&given)?;
    let page = page_number(query.get("page"));
    let turned = ask(&site, &visit, &who, move |desk| rights::turn_to(desk, &reference, item, page)).await?;
    let way = query.get("way").map_or("", String::as_str);
    let wants_next = query.get("next").is_some_and(|n| n == "open");
    // A link to the next open item leads to its first open page.
    if wants_next
        && turned.open == 0
        && let Some((next, page)) = turned.next_open.filter(|(next, _)| *next == item)
    {
        return Ok(visit.go(&address(&turned.reference, next, page, "")));
    }
    let view = PageView::new(turned, way);
    Ok(site.respond(&visit, StatusCode::OK, &visit.page(&site), &view))
}

pub(super) fn address(reference: &str, item: i64, page: usize, way: &str) -> String {
    let way = WAYS.iter().find(|w| **w == way).map(|w| format!("&way={w}")).unwrap_or_default();
    format!("/staff/requests/{reference}/review/{item}?page={page}{way}")
}

/// `GET /staff/requests/{reference}/review/{item}/sound`: a recording, to listen to.
pub(super) async fn sound(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path((given, item)): Path<(String, i64)>,
) -> Result<Response, Response> {
    let reference = reference(&given)?;
    let wav = ask(&site, &visit, &who, move |desk| rights::recording(desk, &reference, item)).await?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("audio/wav"))], wav).into_response())
}

/// `GET /staff/requests/{reference}/review/{item}/image`: the page drawn, or with `released` as it will go out.
pub(super) async fn image(
    State(site): State<Site>,
    visit: Visit,
    Staff(who): Staff,
    Path((given, item)): Path<(String, i64)>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Response> {
    let reference = reference(&given)?;
    let (page, released) = (page_number(query.get("page")), query.contains_key("released"));
    let work = move |desk: &rights::Desk<'_>| rights::page_image(desk, &reference, item, page, released);
    let Some(jpeg) = ask(&site, &visit, &who, work).await? else {
        return Err(Problem::NotFound.into_response());
    };
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"))], jpeg).into_response())
}
