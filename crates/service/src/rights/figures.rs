//! The figures of requests, made of their dated events: for the desk, the committee, the regulator.

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::clock::State;
use counterfoil_domain::rights::figures::{AGES, Fact, Figures, Share, figures as count};
use counterfoil_store::Terms;
use counterfoil_store::rights::pack::Pack;
use counterfoil_store::rights::requests::{Event, Request};
use jiff::civil::Date;

use super::{Desk, answer};
use crate::error::{Result, ServiceError};

/// The most requests that are counted.
const MOST: u32 = 1_000_000;

/// The most minutes that one note of time may hold: a long working week.
const LONGEST: i64 = 60 * 60;

/// The figures of a period, with what could not be counted.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The figures.
    pub figures: Figures,
    /// Requests whose clock cannot be read, by their references: they are in no figure.
    pub unread: Vec<String>,
}

/// The figures from one day to another, both inside. Requests that the actor may not open are not counted.
///
/// # Errors
/// [`ServiceError::Invalid`] when the period ends before it begins; what the store answers.
pub fn figures(desk: &Desk<'_>, from: Date, to: Date) -> Result<Counted> {
    if to < from {
        return Err(ServiceError::Invalid(
            "the period ends before it begins: change one of the dates".to_owned(),
        ));
    }
    let on = desk.today()?.min(to);
    let found = desk.store.act(desk.who, Verb::RequestRead, Purpose::RightsRequest, |tx| {
        let (services, times) = (tx.services_of_requests()?, tx.times_of_requests()?);
        let mut found = Vec::new();
        for request in tx.requests(MOST)? {
            if tx.may_open_request(&request)? {
                let (events, pack) = (tx.events_of(&request)?, tx.pack_of(&request)?);
                let (service, minutes) =
                    (services.get(&request.id).cloned(), times.get(&request.id).copied());
                found.push((request, events, pack, service, minutes.unwrap_or(0)));
            }
        }
        Ok(found)
    })?;
    let (mut facts, mut unread) = (Vec::new(), Vec::new());
    for (request, events, pack, service, minutes) in found {
        match fact(desk, &request, &events, pack.as_ref(), on) {
            Some(fact) => facts.push(Fact { service, minutes: u64::try_from(minutes).unwrap_or(0), ..fact }),
            None if request.received_on <= on => unread.push(request.reference),
            None => {}
        }
    }
    Ok(Counted { figures: count(&facts, from, to), unread })
}

/// What counts of a request as it was on a day; `None` when its clock could not be read then.
fn fact(desk: &Desk<'_>, request: &Request, events: &[Event], pack: Option<&Pack>, on: Date) -> Option<Fact> {
    let until: Vec<Event> = events.iter().filter(|e| e.on <= on).cloned().collect();
    let reading = answer::read(desk, request, &until, on).ok()?;
    let end = |kinds: &[&str]| until.iter().filter(|e| kinds.contains(&e.kind.as_str())).map(|e| e.on).max();
    let ended = match reading.state {
        State::Answered => end(&["answered", "released"]),
        State::ClosedNoReply => end(&["closed-no-reply"]),
        State::Withdrawn => end(&["withdrawn"]),
        _ => None,
    };
    Some(Fact {
        right: request.right.clone(),
        service: None,
        received: request.received_on,
        ended,
        answered: reading.state == State::Answered,
        refused: request.state == "refused",
        late: reading.late,
        paused: ended.is_none() && reading.due.is_none(),
        gross: reading.gross_days.unwrap_or(0),
        net: reading.net_days.unwrap_or(0),
        paused_days: reading.paused_days,
        extended: reading.extended,
        pages: pack.map_or(0, |p| u64::try_from(p.text.pages).unwrap_or(0)),
        minutes: 0,
    })
}

/// What the desk has noted of a request: the service that it is about, and the time that it took.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Noted {
    /// The service, by its id in the register; empty for none.
    pub service: String,
    /// The services of the register: id and name.
    pub services: Vec<(String, String)>,
    /// Each note of time: the day and the minutes, oldest first.
    pub notes: Vec<(Date, i64)>,
    /// All of it, in minutes.
    pub minutes: i64,
}

/// What is noted of a request.
///
/// # Errors
/// A refusal of the gate, or what the store answers.
pub fn noted(desk: &Desk<'_>, reference: &str) -> Result<Noted> {
    let register = crate::register::keep::current(desk.store, desk.controller())?;
    let services = register
        .map_or_else(Vec::new, |r| r.part.service.iter().map(|s| (s.id.clone(), s.name.clone())).collect());
    let (service, notes) =
        desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
            Ok((tx.service_of(request)?.unwrap_or_default(), tx.time_of(request)?))
        })?;
    let minutes = notes.iter().map(|(_, minutes)| minutes).sum();
    Ok(Noted { service, services, notes, minutes })
}

/// Notes which service of the register a request is about.
///
/// # Errors
/// [`ServiceError::Invalid`] for a service that the register does not know; a refusal of the gate.
pub fn set_service(desk: &Desk<'_>, reference: &str, service: &str) -> Result<()> {
    let known = crate::register::keep::current(desk.store, desk.controller())?
        .is_some_and(|register| register.service(service).is_some());
    if !service.is_empty() && !known {
        return Err(ServiceError::Invalid("choose a service of the register".to_owned()));
    }
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        tx.set_service(request, service)
    })
}

/// Notes time spent on a request, in minutes.
///
/// # Errors
/// [`ServiceError::Invalid`] for no time or more than a week; a refusal of the gate.
pub fn note_time(desk: &Desk<'_>, reference: &str, minutes: i64) -> Result<()> {
    if !(1..=LONGEST).contains(&minutes) {
        return Err(ServiceError::Invalid(
            "give the time that it took: at least a minute and at most 60 hours".to_owned(),
        ));
    }
    let today = desk.today()?;
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        tx.add_time(request, today, minutes)
    })
}

/// The figures as a table that any spreadsheet reads: section, line, received, answered, in time, number.
///
/// # Errors
/// [`ServiceError::Invalid`] when the table cannot be written.
pub fn csv(counted: &Counted, from: Date, to: Date) -> Result<String> {
    let figures = &counted.figures;
    let mut rows: Vec<[String; 6]> = Vec::new();
    let mut share = |section: &str, line: &str, s: Share| {
        let number = |n: u64| n.to_string();
        let cells = [number(s.received), number(s.answered), number(s.in_time)];
        let [received, answered, in_time] = cells;
        rows.push([section.to_owned(), line.to_owned(), received, answered, in_time, String::new()]);
    };
    share("all", &format!("{from} to {to}"), figures.all);
    for (month, m) in &figures.months {
        let s = Share { received: m.received, answered: m.answered, in_time: m.in_time };
        share("month", &format!("{:04}-{:02}", month.year, month.month), s);
    }
    figures.rights.iter().for_each(|(name, s)| share("right", name, *s));
    figures.services.iter().for_each(|(name, s)| share("service", name, *s));
    let mut number = |section: &str, line: &str, n: i64| {
        let empty = String::new;
        rows.push([section.to_owned(), line.to_owned(), empty(), empty(), empty(), n.to_string()]);
    };
    let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    for (line, n) in age_lines().iter().zip(figures.backlog) {
        number("open by age in days", line, signed(n));
    }
    number("open", "overdue", signed(figures.overdue));
    number("open", "paused", signed(figures.paused));
    number("open", "age of the oldest in days", figures.oldest.unwrap_or(0));
    for (section, spread) in [("days, pauses included", figures.gross), ("days that count", figures.net)] {
        for (line, n) in spread.map_or_else(Vec::new, |s| {
            vec![("least", s.least), ("median", s.median), ("nine of ten", s.ninth), ("most", s.most)]
        }) {
            number(section, line, n);
        }
    }
    number("answered", "extended", signed(figures.extended));
    number("answered", "with days left out", signed(figures.with_pause));
    number("answered", "refused", signed(figures.refused));
    number("answered", "pages released", signed(figures.pages));
    number("answered", "minutes of work noted", signed(figures.minutes));
    number("not counted", "requests whose clock cannot be read", signed(counted.unread.len() as u64));
    crate::register::ropa::csv(
        &[],
        &["section", "line", "received", "answered", "in time", "number"],
        &rows.into_iter().map(Vec::from).collect::<Vec<_>>(),
    )
}

/// The steps of the backlog's ages, in words.
#[must_use]
pub fn age_lines() -> [String; 5] {
    let [a, b, c, d] = AGES;
    [
        format!("up to {a}"),
        format!("{} to {b}", a + 1),
        format!("{} to {c}", b + 1),
        format!("{} to {d}", c + 1),
        format!("more than {d}"),
    ]
}
