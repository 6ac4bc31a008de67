//! Looking at requests.

use counterfoil_domain::access::Verb;
use counterfoil_domain::clock::Pause;
use counterfoil_domain::rights::asker::HandOver;
use counterfoil_store::Terms;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::approve::{fingerprint, standing};
use super::review::File;
use super::{Desk, RequestText, answer};
use crate::error::Result;

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestSummary {
    /// The reference.
    pub reference: String,
    /// Who asks.
    pub requester: String,
    /// The right.
    pub right: String,
    /// When it was received.
    pub received_on: Date,
    /// Where it is in our hands.
    pub state: String,
    /// What its clock says.
    pub clock: String,
    /// The last day in time.
    pub due: Option<Date>,
    /// Days left, negative when past.
    pub days_left: Option<i64>,
    /// Whether it is late.
    pub late: bool,
    /// Why the clock cannot be read, or empty.
    pub clock_error: String,
    /// The days that do not count.
    pub pauses: Vec<PauseLine>,
}

/// A span of days that do not count, both ends inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PauseLine {
    /// The first.
    pub from: Date,
    /// The last; `None` while it lasts.
    pub to: Option<Date>,
    /// What was awaited: `identity`, `authority`, `fee` or `clarification`.
    pub why: &'static str,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestView {
    /// As in the list.
    pub summary: RequestSummary,
    /// Who asks.
    pub requester: String,
    /// The wording.
    pub wording: String,
    /// What else was said when it was made, by the name of the field; nothing that is empty.
    pub asked: Vec<(&'static str, String)>,
    /// Whether a person of the casebook is identified.
    pub identified: bool,
    /// The clock's working, line by line, each with its provision.
    pub working: Vec<(String, String)>,
    /// What happened, and when.
    pub events: Vec<(Date, String, String)>,
    /// What the sources answered.
    pub sources: Vec<SourceLine>,
    /// Items: number, source, name, state.
    pub items: Vec<(i64, String, String, String)>,
    /// Decisions: number, when.
    pub decisions: Vec<(i64, Timestamp)>,
    /// How many people have approved it as it stands.
    pub approvals: usize,
    /// When the pack was sealed.
    pub sealed_at: Option<Timestamp>,
    /// When it was released.
    pub released_at: Option<Timestamp>,
    /// The way in which the asker chose to get the answer, by its code ([`HandOver`]).
    pub hand_over: &'static str,
    /// Whether the asker has a key and a code for the site.
    pub has_access: bool,
    /// How often the answer was collected on the site.
    pub collected: i64,
}

/// What a source answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceLine {
    /// The source.
    pub source: String,
    /// `held`, `none-held`, `failed`, `waived` ...
    pub result: String,
    /// Items given.
    pub items: i64,
    /// How it was searched, or why it failed or was waived.
    pub note: String,
}

/// The requests that the actor may see, newest first.
///
/// # Errors
/// What the store answers.
pub fn list(desk: &Desk<'_>, most: u32) -> Result<Vec<RequestSummary>> {
    let today = desk.today()?;
    let (requests, events) =
        desk.store.act(desk.who, Verb::RequestRead, super::Purpose::RightsRequest, |tx| {
            let mut seen = Vec::new();
            for request in tx.requests(most)? {
                // One that the actor may not open is left out; it is not an attempt to open it.
                if tx.may_open_request(&request)? {
                    seen.push(request);
                }
            }
            let events = seen.iter().map(|r| tx.events_of(r)).collect::<std::result::Result<Vec<_>, _>>()?;
            Ok((seen, events))
        })?;
    Ok(requests.iter().zip(&events).map(|(r, e)| summary(desk, r, e, today).0).collect())
}

/// One request, whole.
///
/// # Errors
/// A refusal of the gate, or altered content.
pub fn show(desk: &Desk<'_>, reference: &str) -> Result<RequestView> {
    let today = desk.today()?;
    let terms = Terms::default();
    let (request, events, answers, items, decisions, approvals, (pack, has_access, collected)) = desk
        .on_request(Verb::RequestRead, reference, &terms, |tx, request| {
            Ok((
                request.clone(),
                tx.events_of(request)?,
                tx.answers_of(request)?,
                tx.items_of(request)?,
                tx.decisions_of(request)?,
                tx.approvals_of(request)?,
                (tx.pack_of(request)?, tx.has_access(request.id)?, tx.collected(request)?),
            ))
        })?;
    let (summary, working) = summary(desk, &request, &events, today);
    let approvals = if approvals.is_empty() {
        0
    } else {
        let file = File::read(desk, Verb::RequestRead, reference, &terms)?;
        standing(&approvals, &fingerprint(&file)).len()
    };
    Ok(RequestView {
        summary,
        requester: request.text.requester.clone(),
        wording: request.text.wording.clone(),
        asked: asked(&request.text),
        identified: request.person.is_some(),
        working,
        events: events.into_iter().map(|e| (e.on, e.kind, e.text.note)).collect(),
        sources: answers
            .into_iter()
            .map(|a| SourceLine {
                note: if a.text.why.is_empty() { a.text.method } else { a.text.why },
                source: a.source,
                result: a.result,
                items: a.items,
            })
            .collect(),
        items: items.into_iter().map(|i| (i.number, i.source, i.text.name, i.state)).collect(),
        decisions: decisions.into_iter().map(|d| (d.number, d.at)).collect(),
        approvals,
        sealed_at: pack.as_ref().map(|p| p.sealed_at),
        released_at: pack.and_then(|p| p.released_at),
        hand_over: HandOver::chosen(&request.text.reply_to, &request.text.format, has_access).code(),
        has_access,
        collected,
    })
}

fn asked(text: &RequestText) -> Vec<(&'static str, String)> {
    [
        ("subject", &text.subject),
        ("capacity", &text.capacity),
        ("scope", &text.scope),
        ("known_by", &text.known_by),
        ("reply_to", &text.reply_to),
        ("format", &text.format),
        ("language", &text.language),
        ("adjustments", &text.adjustments),
        ("channel", &text.channel),
    ]
    .into_iter()
    .filter(|(_, said)| !said.is_empty())
    .map(|(field, said)| (field, said.clone()))
    .collect()
}

type Working = Vec<(String, String)>;

fn summary(
    desk: &Desk<'_>,
    request: &counterfoil_store::rights::requests::Request,
    events: &[counterfoil_store::rights::requests::Event],
    today: Date,
) -> (RequestSummary, Working) {
    let mut line = RequestSummary {
        reference: request.reference.clone(),
        requester: request.text.requester.clone(),
        right: request.right.clone(),
        received_on: request.received_on,
        state: request.state.clone(),
        clock: "unknown".to_owned(),
        due: None,
        days_left: None,
        late: false,
        clock_error: String::new(),
        pauses: Vec::new(),
    };
    match answer::read(desk, request, events, today) {
        Err(e) => {
            line.clock_error = e.to_string();
            (line, Vec::new())
        }
        Ok(reading) => {
            line.clock = reading.state.code().to_owned();
            line.due = reading.due;
            line.days_left = reading.days_left;
            line.late = reading.late;
            let pause = |p: &Pause| PauseLine { from: p.from, to: p.to, why: p.why.code() };
            line.pauses = reading.pauses.iter().map(pause).collect();
            let working = reading.working.iter().map(|s| (s.text.clone(), s.provision.to_string())).collect();
            (line, working)
        }
    }
}
