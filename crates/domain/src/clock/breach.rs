//! The 72 hours for reporting a breach (Art 33(1) UK GDPR): hours between instants, so that neither the
//! weekend nor the change of the clocks matters.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span as Length, Timestamp, Zoned};

use super::config::{AmbiguousTime, ClockConfig};
use super::provisions as p;
use super::reading::{State, Warning};
use super::refusal::{Refusal, Refused};
use super::rules::{self, RuleSet};
use super::working::{Step, Working, long};

/// How long, in hours.
pub const HOURS: i64 = 72;

/// A local time brought to its instant.
///
/// # Errors
/// A time that the clocks skipped; a time that happened twice, where the setting says to refuse it.
pub fn instant(
    local: DateTime,
    zone: &TimeZone,
    config: &ClockConfig,
) -> Result<(Zoned, Option<Warning>), Refusal> {
    let name = || zone.iana_name().unwrap_or("this zone").to_owned();
    let ambiguous = zone.to_ambiguous_zoned(local);
    let twice = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => false,
        AmbiguousOffset::Gap { .. } => return Err(Refusal::NonexistentTime { local, zone: name() }),
        AmbiguousOffset::Fold { .. } => true,
    };
    if twice && config.ambiguous_time == AmbiguousTime::Refused {
        return Err(Refusal::AmbiguousTime { local, zone: name() });
    }
    let zoned = ambiguous.earlier().map_err(|_| Refusal::OutOfRange { near: local.date() })?;
    let warning = twice.then(|| Warning {
        code: "ambiguous-time",
        text: format!("{local} was twice in {}, because the clocks went back: the earlier instant is taken (setting `ambiguous-time`); give the offset from UTC to choose", name()),
    });
    Ok((zoned, warning))
}

/// What a breach reading depends on.
#[derive(Debug, Clone)]
pub struct Breach<'a> {
    /// When the controller became aware, in the zone in which the answer is wanted.
    pub aware: &'a Zoned,
    /// When it was reported to the Commissioner, if it was.
    pub reported: Option<Timestamp>,
    /// The instant of the reading.
    pub on: Timestamp,
}

/// What the breach clock says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreachReading {
    /// Running, or answered (reported).
    pub state: State,
    /// When the controller became aware.
    pub start: Zoned,
    /// The end of the 72nd hour, in the zone of `start`.
    pub due: Zoned,
    /// Whether it passed unreported, or was past when reported.
    pub late: bool,
    /// The end of the period, when late.
    pub late_since: Option<Zoned>,
    /// Whole minutes from the reading to the due instant, negative when past; `None` once reported.
    pub minutes_left: Option<i64>,
    /// Whole minutes from awareness to the report, or to the reading.
    pub minutes_taken: i64,
    /// The rules that governed.
    pub rule_set: &'static RuleSet,
    /// Why these.
    pub rule_reason: String,
    /// Line by line.
    pub working: Vec<Step>,
    /// What to weigh.
    pub warnings: Vec<Warning>,
}

/// Reads the breach clock at one instant.
///
/// # Errors
/// A report before awareness, anything after the reading, or awareness before the law began.
pub fn read(breach: &Breach<'_>, config: &ClockConfig) -> Result<BreachReading, Refused> {
    check(breach)?;
    let day = breach.aware.date();
    let (rule_set, rule_reason) =
        rules::choose(rules::BREACH, ("reporting breaches", "aware"), day, day, config)?;
    let due = breach
        .aware
        .checked_add(Length::new().hours(HOURS))
        .map_err(|_| Refusal::OutOfRange { near: day })?;
    let measured = breach.reported.unwrap_or(breach.on);
    let late = measured > due.timestamp();
    let reported = breach.reported.is_some();
    Ok(BreachReading {
        state: if reported { State::Answered } else { State::Running },
        late,
        late_since: late.then(|| due.clone()),
        minutes_left: (!reported).then(|| minutes(breach.on, due.timestamp())),
        minutes_taken: minutes(breach.aware.timestamp(), measured),
        working: explain(breach, rule_set, &rule_reason, &due),
        warnings: late_reasons(late),
        start: breach.aware.clone(),
        due,
        rule_set,
        rule_reason,
    })
}

fn minutes(from: Timestamp, to: Timestamp) -> i64 {
    (to.as_second() - from.as_second()).div_euclid(60)
}

fn check(breach: &Breach<'_>) -> Result<(), Refused> {
    let aware = breach.aware.timestamp();
    let text = |t: Timestamp| moment(&t.to_zoned(breach.aware.time_zone().clone()));
    let mut found = Vec::new();
    for (what, at) in [("becoming aware", Some(aware)), ("the report", breach.reported)] {
        if let Some(at) = at.filter(|at| *at > breach.on) {
            found.push(Refusal::MomentInTheFuture { what, at: text(at), now: text(breach.on) });
        }
    }
    if let Some(reported) = breach.reported.filter(|r| *r < aware) {
        let (what, before) = ("the report", "becoming aware");
        found.push(Refusal::MomentOutOfOrder { what, at: text(reported), before, than: text(aware) });
    }
    if found.is_empty() { Ok(()) } else { Err(Refused(found)) }
}

fn late_reasons(late: bool) -> Vec<Warning> {
    let text = "a report after 72 hours gives the reasons for the delay (Art 33(1)); information may follow in phases (Art 33(4))";
    if late { vec![Warning { code: "give-reasons", text: text.to_owned() }] } else { Vec::new() }
}

fn explain(breach: &Breach<'_>, set: &RuleSet, reason: &str, due: &Zoned) -> Vec<Step> {
    let mut working = Working::default();
    let aware = breach.aware;
    working.say(set.source, format!("rules {}: {reason}", set.id));
    working.say(p::ART_33_1, format!("aware at {}", moment(aware)));
    working.say(p::REG_1182_HOURS, "a period in hours runs through weekends and holidays");
    if aware.offset() != due.offset() {
        let way = if due.offset() > aware.offset() { "forward" } else { "back" };
        working.say(p::ART_33_1, format!("the clocks go {way} within it: 72 hours are counted between instants, so the wall clock reads differently at the end"));
    }
    working.say(p::ART_33_1, format!("72 hours end at {}", moment(due)));
    match (breach.reported, breach.reported.unwrap_or(breach.on) > due.timestamp()) {
        (Some(_), true) => working.say(p::ART_33_1, "reported late: give the reasons for the delay"),
        (Some(_), false) => working.say(p::ART_33_1, "reported in time"),
        (None, true) => working.say(p::ART_33_1, "not reported, and the 72 hours are over"),
        (None, false) => {}
    }
    working.0
}

/// `17:00 on Friday 20 November 2026 (UTC+00:00)`.
#[must_use]
pub fn moment(at: &Zoned) -> String {
    let seconds = at.offset().seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
    format!("{:02}:{:02} on {} (UTC{sign}{hours:02}:{minutes:02})", at.hour(), at.minute(), long(at.date()))
}
