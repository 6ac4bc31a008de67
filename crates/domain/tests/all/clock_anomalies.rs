//! The deadline faults found in other systems (`requests.md` section 2), each shown not to be ours.

use counterfoil_domain::clock::{
    Calendar, Clock, ClockConfig, Dated, Event, History, Holiday, Regime, replay,
};

use crate::clock_support::*;

/// 1: one calendar for the due date and another for the restart moved a deadline by a day for a pause of
/// no days, over the Scottish holiday of 1 December 2025.
#[test]
fn anomaly_1_a_pause_of_no_days_moves_nothing_over_another_nations_holiday() {
    for line in ["received 2025-11-01", "received 2025-11-01, ask1 2025-11-01, ans1 2025-11-01"] {
        assert_eq!(due(ACCESS, EW, line, "2025-12-20"), "2025-12-01", "{line}");
    }
}

/// 2: editing the date of receipt dropped an extension and forgot the paused days.
#[test]
fn anomaly_2_correcting_the_date_of_receipt_keeps_extension_and_pauses() {
    let mut history = History::default();
    let receipt = history.record(Dated::new(d("2026-06-01"), Event::Received));
    for event in events("ask1 2026-06-05, ans1 2026-06-09, told 2026-06-20") {
        history.record(event);
    }
    history.redate(receipt, d("2026-06-03"));
    let calendar = shipped();
    let config = ClockConfig::default();
    let events = history.events();
    let clock = Clock {
        regime: ACCESS,
        division: EW,
        events: &events,
        on: d("2026-07-01"),
        config: &config,
        calendar: &calendar,
    };
    let r = replay(&clock).unwrap();
    assert_eq!((r.extended, r.paused_days, r.due), (true, 5, Some(d("2026-09-08"))));
    assert_eq!(history.entries().len(), 5, "the date first recorded is still there");
}

/// 3: an extension 100 days after the first deadline was accepted.
#[test]
fn anomaly_3_an_extension_long_after_the_deadline_is_refused() {
    assert_eq!(
        codes(ACCESS, EW, "received 2026-01-05, told 2026-05-16", "2026-06-01"),
        ["extension-too-late"]
    );
}

/// 4 and 5: the waiting time of a closed request came from a flag that was not read.
#[test]
fn anomaly_4_and_5_the_time_allowed_for_a_reply_is_the_one_that_is_set() {
    let line = "received 2026-06-01, id? 2026-06-02, closed 2026-07-20";
    assert!(warned(&good(ACCESS, EW, line, "2026-09-01")).is_empty());
    let patient = ClockConfig { no_reply_months: 2, ..ClockConfig::default() };
    assert_eq!(warned(&read_with(ACCESS, EW, line, "2026-09-01", &patient).unwrap()), ["closed-early"]);
}

/// 6: a weekend receipt was moved to Monday and Monday counted as day 0.
#[test]
fn anomaly_6_monday_is_day_one_after_a_weekend_receipt() {
    for weekend in ["2026-01-31", "2026-02-01"] {
        assert_eq!(due(Regime::Foi, EW, &format!("received {weekend}"), "2026-02-10"), "2026-02-27");
    }
}

/// 7: with no holidays loaded for a year the answer was silently wrong; and a new holiday did not move
/// open requests.
#[test]
fn anomaly_7_missing_holidays_are_refused_and_a_new_holiday_moves_an_open_request() {
    assert_eq!(codes(Regime::Foi, EW, "received 2029-02-01", "2029-02-10"), ["beyond-holidays"]);
    let before = due(ACCESS, EW, "received 2026-08-16", "2026-08-20");
    assert_eq!(before, "2026-09-16");
    let proclaimed =
        Holiday { division: EW, date: d("2026-09-16"), name: "Proclaimed day".to_owned(), substitute: false };
    let rows: Vec<Holiday> = with_extra(proclaimed);
    let calendar = Calendar::new(rows, &[], None).unwrap();
    let (events, config) = (events("received 2026-08-16"), ClockConfig::default());
    let clock = Clock {
        regime: ACCESS,
        division: EW,
        events: &events,
        on: d("2026-08-20"),
        config: &config,
        calendar: &calendar,
    };
    let r = replay(&clock).unwrap();
    assert_eq!(r.due, Some(d("2026-09-17")));
    assert!(text(&r).contains("Proclaimed day"));
}

fn with_extra(extra: Holiday) -> Vec<Holiday> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/bank_holidays.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let mut rows: Vec<Holiday> = text
        .lines()
        .filter(|l| l.starts_with("england-and-wales,"))
        .map(|l| {
            let f: Vec<&str> = l.split(',').collect();
            Holiday { division: EW, date: d(f[1]), name: f[2].to_owned(), substitute: f[3] == "yes" }
        })
        .collect();
    rows.push(extra);
    rows
}

/// 8: the last day was late for one purpose and in time for another.
#[test]
fn anomaly_8_the_last_day_is_in_time_for_every_figure() {
    for (regime, line, last) in [
        (ACCESS, "received 2026-06-01", "2026-07-01"),
        (Regime::Foi, "received 2026-02-02", "2026-03-02"),
        (Regime::Complaint, "received 2026-07-01", "2026-07-31"),
    ] {
        let r = good(regime, EW, line, last);
        assert_eq!((r.due, r.late, r.late_since, r.days_left), (Some(d(last)), false, None, Some(0)));
        let done = good(regime, EW, &format!("{line}, answered {last}"), "2026-11-01");
        assert!(!done.late);
    }
}

/// 9: one holiday list for all of the United Kingdom, or England's for everyone.
#[test]
fn anomaly_9_each_division_has_its_own_holidays_and_scotlands_act_its_own() {
    let line = "received 2026-02-17";
    assert_eq!(
        (due(ACCESS, EW, line, "2026-03-01"), due(ACCESS, NI, line, "2026-03-01")),
        ("2026-03-17".into(), "2026-03-18".into())
    );
    let foi = due(Regime::Foi, SC, "received 2026-06-20", "2026-06-20");
    let foisa = due(Regime::Foisa, SC, "received 2026-06-20", "2026-06-20");
    assert_eq!((foi, foisa), ("2026-07-20".into(), "2026-07-17".into()));
}

/// The fee, refused-request and unsuspend traps of sections 1 and 8: a stop that never restores a date.
#[test]
fn a_deadline_comes_back_when_what_was_missing_comes() {
    assert_eq!(good(ACCESS, EW, "received 2026-06-01, ask1 2026-06-05", "2026-06-20").due, None);
    assert_eq!(
        due(ACCESS, EW, "received 2026-06-01, ask1 2026-06-05, ans1 2026-06-20", "2026-06-20"),
        "2026-07-17"
    );
    assert_eq!(good(ACCESS, EW, "received 2026-06-01, id? 2026-06-02", "2026-06-20").due, None);
    assert_eq!(
        due(ACCESS, EW, "received 2026-06-01, id? 2026-06-02, id! 2026-06-20", "2026-06-20"),
        "2026-07-20"
    );
}
