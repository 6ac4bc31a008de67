//! Receiving a request, the dated events that move its clock, and identifying the person.

use counterfoil_domain::access::Verb;
use counterfoil_domain::clock::{ExtensionReason, Regime};
use counterfoil_domain::ids::{OfficeId, PersonId};
use counterfoil_domain::place::Division;
use counterfoil_domain::rights::Right;
use counterfoil_store::rights::requests::{EventText, RequestText};
use counterfoil_store::{StoreError, Terms};
use jiff::civil::Date;

use super::log::prepared;
use super::other::consent;
use super::{Desk, answer};
use crate::error::{Result, ServiceError};

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Reception {
    /// The office that received it.
    pub office: OfficeId,
    /// The right.
    pub right: Right,
    /// The division whose bank holidays count.
    pub division: Division,
    /// The day on which it came, which may be before today but not after.
    pub received_on: Date,
    /// Who, what, how.
    pub text: RequestText,
}

/// What the requester is told at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The reference.
    pub reference: String,
    /// The last day in time, as things stand.
    pub due: Option<Date>,
}

/// Logs a request. Its clock starts on the day of receipt, whoever logs it and whenever.
///
/// # Errors
/// [`ServiceError::Invalid`] when the day is in the future or no one is named; a refusal of the gate.
pub fn receive(desk: &Desk<'_>, reception: &Reception) -> Result<Received> {
    let (due, new) = prepared(desk, reception)?;
    let request = desk.store.act(desk.who, Verb::RequestReceive, super::Purpose::RightsRequest, |tx| {
        tx.receive_request(&new, &Terms::default())
    })?;
    Ok(Received { reference: request.reference, due })
}

/// A reception says who asks, and is not of a day to come.
pub(super) fn checked(reception: &Reception, today: Date) -> Result<()> {
    if reception.received_on > today {
        return Err(ServiceError::Invalid(format!(
            "`{}` is in the future: give the day on which the request arrived",
            reception.received_on
        )));
    }
    if reception.text.requester.trim().is_empty() {
        return Err(ServiceError::Invalid("say who asks: a name, or how they call themselves".to_owned()));
    }
    Ok(())
}

/// The events that an officer may record, by their spelling.
const EVENTS: &[&str] = &[
    "identity-asked",
    "identity-received",
    "authority-asked",
    "authority-received",
    "fee-asked",
    "fee-paid",
    "clarification-asked",
    "clarification-answered",
    "extended",
    "answered",
    "closed-no-reply",
];

/// The events that the system itself records.
const OWN_EVENTS: &[&str] = &[
    "received",
    "acknowledged",
    "identified",
    "released",
    "letter",
    "passed",
    "paper",
    "withdrawn",
    "decided",
    "carried-out",
    "passed-on",
    "review-asked",
    "review-decided",
    "regulator-opened",
    "regulator-closed",
];

/// The events that an officer may record, by their spelling.
pub fn officers_events() -> impl Iterator<Item = &'static str> {
    EVENTS.iter().copied()
}

/// Every event that a request's history may hold, by its spelling.
pub fn event_kinds() -> impl Iterator<Item = &'static str> {
    EVENTS.iter().chain(OWN_EVENTS).copied()
}

/// Records something that happened on a day, when the clock allows it.
///
/// # Errors
/// [`ServiceError::Invalid`] for an unknown event; [`ServiceError::Unlawful`] when the clock refuses it
/// (an extension told too late, a pause of a right that cannot pause, dates out of order).
pub fn event(
    desk: &Desk<'_>,
    reference: &str,
    kind: &str,
    on: Date,
    text: &EventText,
) -> Result<Option<Date>> {
    if !EVENTS.contains(&kind) {
        return Err(ServiceError::Invalid(format!(
            "`{kind}` is not an event: use one of {}",
            EVENTS.join(", ")
        )));
    }
    if kind == "extended" && text.reason.parse::<ExtensionReason>().is_err() {
        return Err(ServiceError::Unlawful(format!(
            "`{}` is no reason for an extension: give complexity or number (Art 12A(3) UK GDPR)",
            text.reason
        )));
    }
    let today = desk.today()?;
    // Read the clock with the event before keeping it: what the law refuses is not recorded as done.
    let reading = desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
        let mut events = tx.events_of(request)?;
        events.push(answer::provisional(kind, on, text));
        Ok((request.clone(), events))
    })?;
    let read = answer::read(desk, &reading.0, &reading.1, today)?;
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        tx.add_event(request, kind, on, text)?;
        if kind == "closed-no-reply" {
            tx.move_request(request, "closed")?;
        }
        Ok(())
    })?;
    Ok(read.due)
}

/// Links a request to the person of the casebook, saying how it was made sure that it is they. A withdrawal of the only
/// consent that they gave takes effect at once.
///
/// # Errors
/// A refusal of the gate; [`StoreError::NotFound`] for a person who is not known.
pub fn identify(desk: &Desk<'_>, reference: &str, person: PersonId, how: &str) -> Result<()> {
    if how.trim().chars().count() < 5 {
        return Err(ServiceError::Invalid(
            "say how you made sure that it is this person, such as `known to the adviser since 2024`"
                .to_owned(),
        ));
    }
    let today = desk.today()?;
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        if ["released", "refused", "done", "closed"].contains(&request.state.as_str()) {
            return Err(StoreError::Invalid("this request was answered already".to_owned()));
        }
        let note = EventText { note: how.to_owned(), ..EventText::default() };
        tx.identify_request(request, person)?;
        tx.add_event(request, "identified", today, &note)?;
        tx.move_request(request, "identified")
    })?;
    consent::when_known(desk, reference)
}

/// The regime and right of a stored request.
pub(crate) fn law_of(right: &str) -> Result<(Regime, Right)> {
    let right: Right =
        right.parse().map_err(|_| ServiceError::Invalid(format!("`{right}` is not a right")))?;
    let regime = if right == Right::Complaint { Regime::Complaint } else { Regime::UkGdpr(right) };
    Ok((regime, right))
}
