//! What is printed: JSON for programs, long dates and the working for people.

use counterfoil_domain::clock::breach::{BreachReading, moment};
use counterfoil_domain::clock::reading::Warning;
use counterfoil_domain::clock::working::{days, long};
use counterfoil_domain::clock::{Clock, Event, Reading, Regime, RuleSet, Step};
use jiff::Zoned;
use jiff::civil::Date;

use super::Problem;
use crate::out::{self, CommandResult};

/// The answer, in the shape of the JSON. Dates are ISO, a breach's moments carry their offset.
#[derive(Debug, Default, serde::Serialize)]
pub(super) struct Answer {
    state: Option<&'static str>,
    due: Option<String>,
    notice_by: Option<String>,
    start: Option<String>,
    paused_days: i64,
    extended: bool,
    late: bool,
    late_since: Option<String>,
    days_left: Option<i64>,
    minutes_left: Option<i64>,
    due_if_answered_today: Option<String>,
    due_without_pauses: Option<String>,
    gross_days: Option<i64>,
    net_days: Option<i64>,
    minutes_taken: Option<i64>,
    days_unit: Option<&'static str>,
    on: Option<String>,
    rule_set: Option<&'static str>,
    rule_reason: Option<String>,
    working: Vec<String>,
    warnings: Vec<Caution>,
    errors: Vec<Problem>,
    #[serde(skip)]
    lines: Vec<(&'static str, String)>,
}

#[derive(Debug, serde::Serialize)]
struct Caution {
    code: &'static str,
    message: String,
}

impl Answer {
    /// Nothing but the reasons for refusing.
    pub fn refused(errors: Vec<Problem>) -> Self {
        Self { errors, ..Self::default() }
    }

    fn explained(set: &RuleSet, reason: &str, working: &[Step], warnings: &[Warning]) -> Self {
        Self {
            rule_set: Some(set.id),
            rule_reason: Some(reason.to_owned()),
            working: working.iter().map(ToString::to_string).collect(),
            warnings: warnings.iter().map(|w| Caution { code: w.code, message: w.text.clone() }).collect(),
            ..Self::default()
        }
    }

    /// The answer of a clock that counts days.
    pub fn days(clock: &Clock<'_>, reading: &Reading) -> Self {
        let iso = |date: Option<Date>| date.map(|d| d.to_string());
        Self {
            state: Some(reading.state.code()),
            due: iso(reading.due),
            notice_by: iso(reading.notice_by),
            start: iso(reading.start),
            paused_days: reading.paused_days,
            extended: reading.extended,
            late: reading.late,
            late_since: iso(reading.late_since),
            days_left: reading.days_left,
            due_if_answered_today: iso(reading.due_if_answered_today),
            due_without_pauses: iso(reading.due_without_pauses),
            gross_days: reading.gross_days,
            net_days: reading.net_days,
            days_unit: Some(if reading.in_working_days { "working" } else { "calendar" }),
            on: Some(clock.on.to_string()),
            lines: lines_of_days(clock, reading),
            ..Self::explained(reading.rule_set, &reading.rule_reason, &reading.working, &reading.warnings)
        }
    }

    /// The answer of the clock that counts hours.
    pub fn breach(reading: &BreachReading) -> Self {
        Self {
            state: Some(reading.state.code()),
            due: Some(iso_moment(&reading.due)),
            start: Some(iso_moment(&reading.start)),
            late: reading.late,
            late_since: reading.late_since.as_ref().map(iso_moment),
            minutes_left: reading.minutes_left,
            minutes_taken: Some(reading.minutes_taken),
            lines: lines_of_breach(reading),
            ..Self::explained(reading.rule_set, &reading.rule_reason, &reading.working, &reading.warnings)
        }
    }

    /// Prints it.
    pub fn print(&self, json: bool) -> CommandResult {
        if json {
            return out::json(self);
        }
        for (name, value) in &self.lines {
            out::line(&format!("{name:<12} {value}"));
        }
        out::line("\nWorking");
        for (n, step) in self.working.iter().enumerate() {
            out::line(&format!("{:>3}. {step}", n + 1));
        }
        if !self.warnings.is_empty() {
            out::line("\nTo weigh");
        }
        for caution in &self.warnings {
            out::line(&format!("  - {} ({})", caution.message, caution.code));
        }
        Ok(())
    }
}

fn iso_moment(at: &Zoned) -> String {
    let seconds = at.offset().seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
    let local = at.datetime().strftime("%Y-%m-%dT%H:%M:%S");
    format!("{local}{sign}{hours:02}:{minutes:02}")
}

fn what(regime: Regime) -> String {
    match regime {
        Regime::UkGdpr(right) => format!("{} ({})", right.label(), right.provision()),
        other => other.label().to_owned(),
    }
}

fn lines_of_days(clock: &Clock<'_>, reading: &Reading) -> Vec<(&'static str, String)> {
    let received = clock.events.iter().find(|d| d.event == Event::Received).map(|d| d.on);
    let standing = match (reading.late, reading.days_left) {
        (true, Some(left)) => Some(format!("{} late", days(-left))),
        (true, None) => Some("late".to_owned()),
        (false, Some(left)) => Some(format!("{} left", days(left))),
        (false, None) => None,
    };
    let unit = if reading.in_working_days { " (working days)" } else { "" };
    let times = reading.gross_days.zip(reading.net_days);
    let times = times.map(|(gross, net)| format!("{} gross, {net} net{unit}", days(gross)));
    let dated = |name, date: Option<Date>| date.map(|d| (name, long(d)));
    [
        Some(("What", what(clock.regime))),
        Some(("Holidays", clock.regime.nation(clock.division).label().to_owned())),
        dated("Received", received),
        Some(("State", format!("{}, on {}", reading.state.label(), long(clock.on)))),
        dated("Due", reading.due),
        dated("If today", reading.due_if_answered_today),
        dated("Notice by", reading.notice_by),
        dated("Late since", reading.late_since),
        standing.map(|s| ("Standing", s)),
        times.map(|t| ("Time", t)),
        Some(("Rules", format!("{} ({})", reading.rule_set.id, reading.rule_reason))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn lines_of_breach(reading: &BreachReading) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("What", "reporting a personal data breach to the Commissioner".to_owned()),
        ("Aware", moment(&reading.start)),
        (
            "State",
            if reading.minutes_left.is_some() { "not reported".to_owned() } else { "reported".to_owned() },
        ),
        ("Due", moment(&reading.due)),
    ];
    if reading.late {
        lines.push(("Standing", "late".to_owned()));
    } else if let Some(left) = reading.minutes_left {
        lines.push(("Standing", format!("{} hours {} minutes left", left / 60, left % 60)));
    }
    lines.push(("Rules", format!("{} ({})", reading.rule_set.id, reading.rule_reason)));
    lines
}
