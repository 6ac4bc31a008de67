//! 72 hours between instants.

use counterfoil_domain::clock::ClockConfig;
use counterfoil_domain::clock::breach::{Breach, BreachReading, instant, read};
use counterfoil_domain::clock::config::AmbiguousTime;
use counterfoil_domain::clock::reading::State;
use counterfoil_domain::clock::{Refusal, Refused};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

fn london() -> TimeZone {
    TimeZone::get("Europe/London").unwrap()
}

fn local(text: &str) -> Zoned {
    instant(text.parse().unwrap(), &london(), &ClockConfig::default()).unwrap().0
}

fn reading(aware: &Zoned, reported: Option<&str>, on: &str) -> Result<BreachReading, Refused> {
    let reported = reported.map(|t| t.parse().unwrap());
    read(&Breach { aware, reported, on: on.parse().unwrap() }, &ClockConfig::default())
}

#[test]
fn seventy_two_hours_are_hours_whatever_the_clocks_do() {
    for (aware, due) in [
        ("2026-11-20T17:00", "2026-11-23T17:00:00+00:00[Europe/London]"),
        ("2026-07-03T09:30", "2026-07-06T09:30:00+01:00[Europe/London]"), // over a weekend
        ("2026-12-24T23:59", "2026-12-27T23:59:00+00:00[Europe/London]"), // over Christmas
        ("2026-03-27T17:00", "2026-03-30T18:00:00+01:00[Europe/London]"), // clocks go forward
        ("2026-10-23T17:00", "2026-10-26T16:00:00+00:00[Europe/London]"), // clocks go back
        ("2026-03-26T01:30", "2026-03-29T02:30:00+01:00[Europe/London]"), // ends where the hour is missing
        ("2026-10-22T01:30", "2026-10-25T01:30:00+01:00[Europe/London]"), // ends in the first of the two hours
        ("2026-10-22T02:30", "2026-10-25T01:30:00+00:00[Europe/London]"), // ends in the second
        ("2028-02-27T12:00", "2028-03-01T12:00:00+00:00[Europe/London]"), // leap day
    ] {
        let aware = local(aware);
        let r = reading(&aware, None, &aware.timestamp().to_string()).unwrap();
        assert_eq!(r.due.to_string(), due, "{aware}");
        assert_eq!((r.state, r.late, r.minutes_left), (State::Running, false, Some(72 * 60)));
    }
}

#[test]
fn a_change_of_the_clocks_is_said_in_the_working() {
    let aware = local("2026-10-23T17:00");
    let r = reading(&aware, None, "2026-10-24T00:00Z").unwrap();
    let said: String = r.working.iter().map(|s| format!("{s}\n")).collect();
    assert!(said.contains("the clocks go back"), "{said}");
    assert!(said.contains("72 hours end at 16:00 on Monday 26 October 2026 (UTC+00:00)"), "{said}");
}

#[test]
fn the_last_instant_is_in_time() {
    let aware = local("2026-11-20T17:00");
    for (reported, late) in [("2026-11-23T17:00:00Z", false), ("2026-11-23T17:00:01Z", true)] {
        let r = reading(&aware, Some(reported), "2026-12-01T00:00Z").unwrap();
        assert_eq!((r.state, r.late, r.late_since.is_some()), (State::Answered, late, late));
        assert_eq!(r.warnings.len(), usize::from(late), "a late report gives its reasons");
        assert_eq!((r.minutes_left, r.minutes_taken), (None, 72 * 60));
    }
    let r = reading(&aware, None, "2026-11-24T17:00Z").unwrap();
    assert_eq!((r.state, r.late, r.minutes_left), (State::Running, true, Some(-24 * 60)));
}

#[test]
fn a_local_time_that_never_was_is_refused_and_one_that_was_twice_is_said() {
    let config = ClockConfig::default();
    let gap = instant("2026-03-29T01:30".parse().unwrap(), &london(), &config);
    assert!(matches!(gap, Err(Refusal::NonexistentTime { .. })), "{gap:?}");
    let (at, warning) = instant("2026-10-25T01:30".parse().unwrap(), &london(), &config).unwrap();
    assert_eq!(at.timestamp(), "2026-10-25T00:30Z".parse::<Timestamp>().unwrap());
    assert_eq!(warning.map(|w| w.code), Some("ambiguous-time"));
    let refuse = ClockConfig { ambiguous_time: AmbiguousTime::Refused, ..config };
    let fold = instant("2026-10-25T01:30".parse().unwrap(), &london(), &refuse);
    assert!(matches!(fold, Err(Refusal::AmbiguousTime { .. })), "{fold:?}");
    let (_, none) = instant("2026-10-25T02:00".parse().unwrap(), &london(), &refuse).unwrap();
    assert_eq!(none, None);
}

#[test]
fn instants_out_of_order_or_ahead_are_refused() {
    let aware = local("2026-11-20T17:00");
    for (reported, on, code) in [
        (Some("2026-11-20T16:59Z"), "2026-11-22T00:00Z", "out-of-order"),
        (Some("2026-11-22T16:59Z"), "2026-11-22T00:00Z", "in-the-future"),
        (None, "2026-11-20T16:59Z", "in-the-future"),
    ] {
        let refused = reading(&aware, reported, on).unwrap_err();
        assert_eq!(refused.0.iter().map(Refusal::code).collect::<Vec<_>>(), [code]);
    }
}
