//! Calendars and a small notation for the clock tests.

use counterfoil_domain::clock::{
    Calendar, Clock, ClockConfig, Coverage, Dated, Event, ExtensionReason, Holiday, Reading, Refused, Regime,
    replay,
};
use counterfoil_domain::place::Division;
use counterfoil_domain::rights::Right;
use jiff::civil::{Date, Weekday, date};

pub use Division::{EnglandAndWales as EW, NorthernIreland as NI, Scotland as SC};

pub const ACCESS: Regime = Regime::UkGdpr(Right::Access);
pub const ERASURE: Regime = Regime::UkGdpr(Right::Erasure);

/// A date from its ISO form.
pub fn d(text: &str) -> Date {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

/// The holidays that ship with the product.
pub fn shipped() -> Calendar {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/bank_holidays.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|l| !l.starts_with('#') && !l.starts_with("division,")).map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        Holiday {
            division: fields[0].parse().unwrap(),
            date: d(fields[1]),
            name: fields[2].to_owned(),
            substitute: fields[3] == "yes",
        }
    });
    Calendar::new(rows.collect(), &[], Some(d("2026-02-25"))).unwrap()
}

/// A made-up decade: eight holidays a year in each division, substituted when they fall on a weekend.
pub fn decade() -> Calendar {
    let mut rows = Vec::new();
    for division in Division::ALL.iter().copied() {
        for year in 2024..=2034 {
            let extra = match division {
                Division::EnglandAndWales => (8, 31),
                Division::Scotland => (11, 30),
                Division::NorthernIreland => (7, 12),
            };
            let fixed = [(1, 1), (1, 2), (4, 5), (4, 6), (5, 4), extra, (12, 25), (12, 26)];
            let mut taken: Vec<Date> = Vec::new();
            for (month, day) in fixed {
                let mut on = date(year, month, day);
                let listed = on;
                while matches!(on.weekday(), Weekday::Saturday | Weekday::Sunday) || taken.contains(&on) {
                    on = on.tomorrow().unwrap();
                }
                taken.push(on);
                rows.push(Holiday {
                    division,
                    date: on,
                    name: format!("Holiday {month}/{day}"),
                    substitute: on != listed,
                });
            }
        }
    }
    let coverage: Vec<Coverage> = Vec::new();
    Calendar::new(rows, &coverage, None).unwrap()
}

/// Events in a line: `received 2026-01-31, id? 2026-02-02, id! 2026-02-09, ask1 …, ans1 …, told …`.
pub fn events(text: &str) -> Vec<Dated> {
    text.split(", ").filter(|t| !t.is_empty()).map(one).collect()
}

fn one(text: &str) -> Dated {
    let (what, on) = text.split_once(' ').unwrap_or_else(|| panic!("{text}"));
    let event = match what {
        "received" => Event::Received,
        "id?" => Event::IdentityAsked,
        "id!" => Event::IdentityReceived,
        "authority?" => Event::AuthorityAsked,
        "authority!" => Event::AuthorityReceived,
        "fee?" => Event::FeeAsked,
        "fee!" => Event::FeePaid,
        "told" => Event::ExtensionTold { reason: Some(ExtensionReason::Complexity) },
        "told-number" => Event::ExtensionTold { reason: Some(ExtensionReason::Number) },
        "told-why" => Event::ExtensionTold { reason: None },
        "announced" => Event::ResultsAnnounced,
        "acknowledged" => Event::Acknowledged,
        "answered" => Event::Answered,
        "closed" => Event::ClosedNoReply,
        "withdrawn" => Event::Withdrawn,
        other => numbered(other),
    };
    Dated::new(d(on), event)
}

fn numbered(what: &str) -> Event {
    let number = |rest: &str| rest.parse().unwrap_or_else(|_| panic!("{what}"));
    if let Some(rest) = what.strip_prefix("ask") {
        Event::ClarificationAsked { question: number(rest), reasonably_required: true }
    } else if let Some(rest) = what.strip_prefix("blanket") {
        Event::ClarificationAsked { question: number(rest), reasonably_required: false }
    } else {
        Event::ClarificationAnswered { question: number(what.strip_prefix("ans").unwrap()) }
    }
}

/// A reading with the shipped holidays and the default settings.
pub fn read(regime: Regime, division: Division, line: &str, on: &str) -> Result<Reading, Refused> {
    read_with(regime, division, line, on, &ClockConfig::default())
}

/// A reading with other settings.
pub fn read_with(
    regime: Regime,
    division: Division,
    line: &str,
    on: &str,
    config: &ClockConfig,
) -> Result<Reading, Refused> {
    let calendar = shipped();
    replay(&Clock { regime, division, events: &events(line), on: d(on), config, calendar: &calendar })
}

/// A reading that must succeed.
pub fn good(regime: Regime, division: Division, line: &str, on: &str) -> Reading {
    read(regime, division, line, on).unwrap_or_else(|r| panic!("{line}: {r}"))
}

/// The due date of a reading that must have one.
pub fn due(regime: Regime, division: Division, line: &str, on: &str) -> String {
    good(regime, division, line, on).due.map_or("none".to_owned(), |d| d.to_string())
}

/// The codes of a refusal.
pub fn codes(regime: Regime, division: Division, line: &str, on: &str) -> Vec<&'static str> {
    match read(regime, division, line, on) {
        Ok(reading) => panic!("{line}: not refused, due {:?}", reading.due),
        Err(refused) => refused.0.iter().map(counterfoil_domain::clock::Refusal::code).collect(),
    }
}

/// The working as one text.
pub fn text(reading: &Reading) -> String {
    reading.working.iter().map(|s| format!("{s}\n")).collect()
}

/// The codes of the warnings.
pub fn warned(reading: &Reading) -> Vec<&'static str> {
    reading.warnings.iter().map(|w| w.code).collect()
}
