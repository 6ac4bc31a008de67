//! Taking in a notice or claim under a heading of the older Act (promise C32).

use std::collections::BTreeMap;

use counterfoil_domain::access::Verb;
use counterfoil_domain::clock::Regime;
use counterfoil_domain::rights::older::Heading;
use counterfoil_store::Terms;
use counterfoil_store::rights::requests::RequestText;

use super::super::receive::{Received, Reception, receive};
use super::super::{Desk, answer};
use crate::error::Result;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The reference, and the day by which it is answered.
    pub received: Received,
    /// What the notice lacks, in words; the person is asked for it.
    pub lacks: Vec<&'static str>,
    /// Where it leads, in words for the person.
    pub route: &'static str,
}

/// How a heading is written in a request's regime.
fn spelled(heading: Heading) -> String {
    format!("older-act/{}", heading.code())
}

/// The regime of a request that names this heading, or none.
pub(crate) fn regime_code(heading: &str) -> String {
    heading.parse().map_or_else(|_| "uk-gdpr".to_owned(), spelled)
}

/// The heading of a request, if it came under one.
#[must_use]
pub fn heading_of(regime: &str) -> Option<Heading> {
    regime.strip_prefix("older-act/")?.parse().ok()
}

/// The clock of a request that came under a heading.
pub(crate) fn regime_of(regime: &str) -> Option<Regime> {
    heading_of(regime).map(Heading::regime)
}

/// Takes in a notice under a heading: `contents` are what it states, by the keys of [`Heading::contents`]. A notice
/// that lacks something is taken in all the same.
///
/// # Errors
/// As [`receive`].
pub fn receive_notice(
    desk: &Desk<'_>,
    reception: &Reception,
    heading: Heading,
    contents: &BTreeMap<String, String>,
) -> Result<Notice> {
    let reception = Reception {
        right: heading.right(),
        text: RequestText { wording: wording(reception, heading, contents), ..reception.text.clone() },
        ..reception.clone()
    };
    let mut received = receive(desk, &reception)?;
    let today = desk.today()?;
    let (request, events) =
        desk.on_request(Verb::RequestReceive, &received.reference, &Terms::default(), |tx, request| {
            tx.set_regime(request, &spelled(heading))?;
            let mut request = request.clone();
            request.regime = spelled(heading);
            let events = tx.events_of(&request)?;
            Ok((request, events))
        })?;
    received.due = answer::read(desk, &request, &events, today)?.due;
    let lacks = heading.missing(|key| contents.get(key).map(String::as_str)).map(|c| c.says).collect();
    Ok(Notice { received, lacks, route: heading.route() })
}

/// The person's words with what the notice states, each part under what it is.
fn wording(reception: &Reception, heading: Heading, contents: &BTreeMap<String, String>) -> String {
    let mut text = reception.text.wording.trim().to_owned();
    for part in heading.contents() {
        if let Some(said) = contents.get(part.key).map(|s| s.trim()).filter(|s| !s.is_empty()) {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(&format!("{}: {said}", part.says));
        }
    }
    text
}
