//! Complaints, examination marks and the older Act.

use counterfoil_domain::clock::config::{ExamDays, OlderActEnd};
use counterfoil_domain::clock::reading::State;
use counterfoil_domain::clock::{ClockConfig, OlderNotice, Regime};
use counterfoil_domain::rights::Right;

use crate::clock_support::*;

#[test]
fn a_complaint_is_acknowledged_within_thirty_days_counted_from_the_day_after() {
    for (division, received, expected) in [
        (EW, "2026-06-19", "2026-07-20"), // day 30 is Sunday 19 July
        (EW, "2026-06-22", "2026-07-22"),
        (NI, "2026-06-13", "not-in-force"),
        (NI, "2026-06-19", "2026-07-20"),
        (SC, "2026-07-04", "2026-08-04"), // day 30 is Monday 3 August
        (EW, "2026-07-04", "2026-08-03"),
        (EW, "2026-08-01", "2026-09-01"), // day 30 is Monday 31 August
        (SC, "2026-10-31", "2026-12-01"), // St Andrew's Day
        (NI, "2026-11-25", "2026-12-29"),
        (EW, "2026-11-22", "2026-12-22"), // received on a Sunday
    ] {
        let line = format!("received {received}");
        if expected == "not-in-force" {
            assert_eq!(codes(Regime::Complaint, division, &line, received), [expected]);
        } else {
            assert_eq!(due(Regime::Complaint, division, &line, received), expected, "{received}");
        }
    }
    assert_eq!(codes(Regime::Complaint, EW, "received 2026-06-18", "2026-07-01"), ["not-in-force"]);
}

#[test]
fn an_acknowledgement_or_an_early_outcome_keeps_the_thirty_days() {
    let read = |line, on| good(Regime::Complaint, EW, line, on);
    let r = read("received 2026-07-01, acknowledged 2026-07-31", "2026-09-01");
    assert_eq!((r.state, r.late, r.due), (State::Acknowledged, false, Some(d("2026-07-31"))));
    let r = read("received 2026-07-01, acknowledged 2026-08-01", "2026-09-01");
    assert_eq!((r.state, r.late, r.late_since), (State::Acknowledged, true, Some(d("2026-08-01"))));
    let r = read("received 2026-07-01, answered 2026-07-20", "2026-09-01");
    assert_eq!((r.state, r.late), (State::Answered, false));
    let r = read("received 2026-07-01, acknowledged 2026-07-03, answered 2026-08-20", "2026-09-01");
    assert_eq!((r.state, r.late, r.gross_days), (State::Answered, false, Some(50)));
    let r = read("received 2026-07-01", "2026-08-05");
    assert_eq!((r.state, r.late, r.days_left), (State::Running, true, Some(-5)));
    assert_eq!(good(Regime::UkGdpr(Right::Complaint), EW, "received 2026-07-01", "2026-08-05"), r);
}

#[test]
fn exam_marks_take_the_earlier_of_five_months_and_forty_days() {
    for (line, on, expected) in [
        ("received 2026-06-01, announced 2026-08-20", "2026-09-01", "2026-09-29"), // 40 days
        ("received 2026-06-01, announced 2026-10-15", "2026-10-20", "2026-11-02"), // five months, Sunday
        ("received 2026-06-01", "2026-07-01", "2026-11-02"),
        ("received 2026-09-30", "2026-10-01", "2027-03-01"), // clamped to 28 February, a Sunday
        ("received 2026-06-01, announced 2026-07-25", "2026-08-01", "2026-09-03"),
        ("received 2026-06-01, announced 2026-07-23", "2026-08-01", "2026-09-01"),
        ("received 2026-06-01, announced 2026-08-20", "2026-06-10", "2026-09-29"), // planned
    ] {
        assert_eq!(due(Regime::ExamMarks, EW, line, on), expected, "{line}");
    }
    let planned = good(Regime::ExamMarks, EW, "received 2026-06-01, announced 2026-08-20", "2026-06-10");
    assert_eq!(warned(&planned), ["announcement-planned"]);
    assert_eq!(warned(&good(Regime::ExamMarks, EW, "received 2026-06-01", "2026-06-10")), ["not-announced"]);
    for line in ["received 2026-08-20, announced 2026-08-20", "received 2026-08-21, announced 2026-08-20"] {
        assert_eq!(codes(Regime::ExamMarks, EW, line, "2026-09-01"), ["exam-after-results"], "{line}");
    }
}

#[test]
fn the_forty_days_can_be_counted_from_the_day_itself() {
    let config = ClockConfig { exam_days: ExamDays::FromThatDay, ..ClockConfig::default() };
    let line = "received 2026-06-01, announced 2026-08-20";
    let r = read_with(Regime::ExamMarks, EW, line, "2026-09-01", &config).unwrap();
    assert_eq!(r.due, Some(d("2026-09-28")));
}

#[test]
fn older_act_notices_keep_the_promise_and_say_that_the_act_is_repealed() {
    for (notice, received, expected) in [
        (OlderNotice::DamageOrDistress, "2026-06-01", "2026-06-22"),
        (OlderNotice::AutomatedDecision, "2026-06-01", "2026-06-22"),
        (OlderNotice::DirectMarketing, "2026-06-01", "2026-06-29"),
        (OlderNotice::DamageOrDistress, "2026-06-06", "2026-06-29"), // day 21 is a Saturday
        (OlderNotice::DamageOrDistress, "2026-06-22", "2026-07-14"), // 12 July bank holiday, Monday 13
    ] {
        let r = good(Regime::OlderAct(notice), NI, &format!("received {received}"), received);
        assert_eq!((r.due, warned(&r)), (Some(d(expected)), vec!["repealed"]), "{notice} {received}");
    }
    let config =
        ClockConfig { marketing_days: 14, older_act_end: OlderActEnd::SameDay, ..ClockConfig::default() };
    let marketing = Regime::OlderAct(OlderNotice::DirectMarketing);
    let r = read_with(marketing, NI, "received 2026-06-06", "2026-06-06", &config).unwrap();
    assert_eq!(r.due, Some(d("2026-06-20")), "a Saturday, kept");
}
