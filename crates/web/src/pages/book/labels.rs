//! Words for what the casebook holds as codes.

use counterfoil_domain::access::{Flag, FlagSet, Identity, Role};
use counterfoil_domain::casebook::words::{CaseStatus, EntryState};
use counterfoil_service::casebook::issues::{self, Area};
use counterfoil_service::casebook::reason::Worker;
use counterfoil_service::casebook::{Entry, EntryText};
use counterfoil_service::rights::Desk;
use counterfoil_service::store::StoreError;
use counterfoil_service::{Result, ServiceError};

use super::sheet::{Choice, Text, choice, english, key, plain};

pub(super) fn areas(desk: &Desk<'_>) -> Result<Vec<Area>> {
    let kind = desk.store.controller(desk.controller())?.kind;
    issues::of(&kind)
}

/// The issue codes as choices, grouped by area.
pub(super) fn issue_choices(areas: &[Area]) -> Vec<Choice> {
    let first = std::iter::once(choice("", key("book.choose")));
    let topics = areas.iter().flat_map(|area| {
        area.topics.iter().map(|(code, label)| Choice {
            group: Some(area.label.clone()),
            ..choice(format!("{}.{code}", area.code), english(label.clone()))
        })
    });
    first.chain(topics).collect()
}

/// The offices of the organisation but this one.
pub(super) fn other_offices(desk: &Desk<'_>) -> Result<Vec<Choice>> {
    let own = counterfoil_service::casebook::office_of(desk.who);
    let offices = desk.store.offices(desk.controller())?;
    let first = std::iter::once(choice("", key("book.choose")));
    let others = offices.into_iter().filter(|o| Some(o.id) != own);
    Ok(first.chain(others.map(|o| choice(o.id.to_string(), plain(o.name)))).collect())
}

pub(super) fn office_name(desk: &Desk<'_>, id: counterfoil_domain::ids::OfficeId) -> Result<String> {
    let offices = desk.store.offices(desk.controller())?;
    let found = offices.into_iter().find(|o| o.id == id).map(|o| o.name);
    found.ok_or(ServiceError::Store(StoreError::NotFound("office")))
}

pub(super) fn status(text: &str) -> (Text, &'static str) {
    let colour = match text {
        "closed" => "grey",
        "waiting" => "yellow",
        _ => "blue",
    };
    (text.parse::<CaseStatus>().map_or_else(|_| plain(text), |s| english(s.label())), colour)
}

pub(super) const fn state_colour(state: EntryState) -> &'static str {
    match state {
        EntryState::Done | EntryState::Fetched => "green",
        EntryState::Asked => "yellow",
        EntryState::Missed => "orange",
        EntryState::Dropped => "grey",
        EntryState::Open => "blue",
    }
}

pub(super) fn roles(roles: impl IntoIterator<Item = Role>) -> String {
    roles.into_iter().map(|r| r.as_str().replace('-', " ")).collect::<Vec<_>>().join(", ")
}

pub(super) fn worker(found: Option<&Worker>) -> String {
    found.map_or_else(String::new, |w| format!("{}, {}", w.name, w.office))
}

pub(super) fn flags(flags: FlagSet) -> String {
    let words = |flag: Flag| match flag {
        Flag::OwnRecord => "own record",
        Flag::DeclaredRelation => "someone they declared to be close to",
        Flag::StaffRecord => "record of a colleague",
        Flag::OtherOffice => "another office",
        Flag::SelfClaimed => "on their word alone",
        Flag::ExtraProtection => "extra protection",
        Flag::RestrictedUse => "restricted record",
        Flag::OtherController => "another organisation",
        Flag::SameSurname => "same surname as the worker",
        Flag::SameAddress => "same address as the worker",
        Flag::Watched => "someone in the public eye",
        Flag::NoCase => "no open case or appointment",
        Flag::Volume => "many records in one day",
    };
    flags.iter().map(words).collect::<Vec<_>>().join("; ")
}

/// The name of a record as its page shows it.
pub(super) fn name(shown: &str, identity: Identity) -> Text {
    match (shown.is_empty(), identity) {
        (false, _) => plain(shown),
        (true, Identity::Named) => key("book.no_name"),
        (true, _) => key("book.anonymous"),
    }
}

/// What an entry says, in a line.
pub(super) fn line(entry: &Entry) -> String {
    match &entry.text {
        EntryText::Task { what } => what.clone(),
        EntryText::Appointment { who, what, place } => [who, what, place]
            .iter()
            .filter(|t| !t.is_empty())
            .map(|t| t.as_str())
            .collect::<Vec<_>>()
            .join(", "),
        EntryText::Outcome { code, pence, what } => {
            let label =
                code.parse::<counterfoil_domain::casebook::words::Outcome>().map_or("", |o| o.label());
            let amount = pence.map(|p| format!(", £{}.{:02}", p / 100, p % 100)).unwrap_or_default();
            let more = if what.is_empty() { String::new() } else { format!(": {what}") };
            format!("{label}{amount}{more}")
        }
        EntryText::Quality { points, feedback } => {
            let met = points.iter().filter(|(_, met)| *met).count();
            format!("{met} of {} points met. {feedback}", points.len())
        }
        EntryText::Paper { title, location, custodian } => {
            format!("{title}: {location}, kept by {custodian}")
        }
    }
}

/// A statement of disagreement (Art 16, 18 and 21 UK GDPR), as it stands beside what it is about.
pub(super) fn disagrees(on: jiff::civil::Date, text: &str) -> String {
    format!("The person disagrees ({on}): {text}")
}
