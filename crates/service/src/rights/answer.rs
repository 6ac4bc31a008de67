//! Reading a request's clock from its events. No other code of the use-cases knows a deadline.

use counterfoil_domain::clock::{Clock, Dated, Event as Clocked, ExtensionReason, Reading, Regime, replay};
use counterfoil_domain::place::Division;
use counterfoil_store::rights::requests::{Event, EventText, Request};
use jiff::Timestamp;
use jiff::civil::Date;

use super::Desk;
use super::receive::{Reception, law_of};
use crate::error::{Result, ServiceError};

/// The clock of a stored request on a day.
pub(crate) fn read(desk: &Desk<'_>, request: &Request, events: &[Event], on: Date) -> Result<Reading> {
    let regime = law_of_kept(&request.right, &request.regime)?;
    let division: Division = request
        .division
        .parse()
        .map_err(|_| ServiceError::Invalid(format!("`{}` is not a division", request.division)))?;
    let events = clocked(events);
    let clock = Clock { regime, division, events: &events, on, config: desk.law, calendar: desk.calendar };
    replay(&clock).map_err(|refused| ServiceError::Unlawful(refused.to_string()))
}

/// The clock's law of a request as it is kept: that of its right, or of the heading of the older Act under which
/// it came.
fn law_of_kept(right: &str, regime: &str) -> Result<Regime> {
    let (own, _) = law_of(right)?;
    Ok(super::other::older::regime_of(regime).unwrap_or(own))
}

/// The due date of a request that is about to be logged.
pub(crate) fn due_of_new(desk: &Desk<'_>, reception: &Reception, on: Date) -> Result<Option<Date>> {
    let regime =
        law_of_kept(reception.right.code(), &super::other::older::regime_code(&reception.text.heading))?;
    let events = [Dated::new(reception.received_on, Clocked::Received)];
    let division = reception.division;
    let clock = Clock { regime, division, events: &events, on, config: desk.law, calendar: desk.calendar };
    replay(&clock).map(|r| r.due).map_err(|refused| ServiceError::Unlawful(refused.to_string()))
}

/// An event that is not kept yet.
pub(crate) fn provisional(kind: &str, on: Date, text: &EventText) -> Event {
    Event {
        number: 0,
        kind: kind.to_owned(),
        on,
        text: text.clone(),
        by: None,
        recorded_at: Timestamp::UNIX_EPOCH,
    }
}

/// The kept events in the clock's words. Questions are counted as they were asked, and an answer
/// answers the oldest that is open.
pub(crate) fn clocked(events: &[Event]) -> Vec<Dated> {
    let (mut asked, mut answered) = (0u16, 0u16);
    events
        .iter()
        .filter_map(|event| {
            let what = match event.kind.as_str() {
                "received" => Clocked::Received,
                "identity-asked" => Clocked::IdentityAsked,
                "identity-received" => Clocked::IdentityReceived,
                "authority-asked" => Clocked::AuthorityAsked,
                "authority-received" => Clocked::AuthorityReceived,
                "fee-asked" => Clocked::FeeAsked,
                "fee-paid" => Clocked::FeePaid,
                "clarification-asked" => {
                    asked += 1;
                    Clocked::ClarificationAsked { question: asked, reasonably_required: true }
                }
                "clarification-answered" => {
                    answered += 1;
                    Clocked::ClarificationAnswered { question: answered }
                }
                "extended" => {
                    Clocked::ExtensionTold { reason: event.text.reason.parse::<ExtensionReason>().ok() }
                }
                "acknowledged" => Clocked::Acknowledged,
                "answered" | "released" => Clocked::Answered,
                "closed-no-reply" => Clocked::ClosedNoReply,
                "withdrawn" => Clocked::Withdrawn,
                _ => return None,
            };
            Some(Dated::new(event.on, what))
        })
        .collect()
}

/// A request's clock events from kinds and dates alone. The reason of an extension is not among them: `event`
/// refuses an extension without a lawful one, and both reasons give the same period.
pub(crate) fn clocked_dates(
    right: &str,
    regime: &str,
    events: &[(String, Date)],
) -> Option<(Regime, Vec<Dated>)> {
    let regime = law_of_kept(right, regime).ok()?;
    let text = EventText { reason: ExtensionReason::Complexity.code().to_owned(), ..EventText::default() };
    let events: Vec<Event> = events.iter().map(|(kind, on)| provisional(kind, *on, &text)).collect();
    Some((regime, clocked(&events)))
}
