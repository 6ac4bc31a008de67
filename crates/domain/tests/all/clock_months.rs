//! Art 12 and 12A UK GDPR: start, month, pause, extension, roll.

use counterfoil_domain::clock::config::{
    EarlierPause, HolidayNation, LateQuestion, SameDayPause, Transition,
};
use counterfoil_domain::clock::reading::State;
use counterfoil_domain::clock::{ClockConfig, Regime};
use counterfoil_domain::place::Division;
use counterfoil_domain::rights::Right;

use crate::clock_support::*;

/// The regulator's own examples (`law.md` 1.1).
#[test]
fn the_regulators_worked_examples() {
    for (division, received, expected) in [
        (EW, "2024-01-01", "2024-02-01"), // a bank holiday: it starts all the same
        (EW, "2025-01-01", "2025-02-03"), // 1 February 2025 is a Saturday
        (EW, "2024-11-25", "2024-12-27"), // 25 and 26 December
        (EW, "2026-01-31", "2026-03-02"), // 28 February is a Saturday
        (EW, "2025-01-31", "2025-02-28"),
        (EW, "2024-01-31", "2024-02-29"), // leap year
        (EW, "2028-01-31", "2028-02-29"),
        (EW, "2026-09-03", "2026-10-05"), // 3 October is a Saturday
        (EW, "2025-09-03", "2025-10-03"),
    ] {
        assert_eq!(due(ACCESS, division, &format!("received {received}"), received), expected, "{received}");
    }
}

#[test]
fn a_month_ends_on_the_same_date_or_the_last_of_a_shorter_month_and_then_rolls() {
    for (division, received, expected) in [
        (NI, "2026-01-31", "2026-03-02"),
        (EW, "2026-03-31", "2026-04-30"),
        (EW, "2026-05-31", "2026-06-30"),
        (EW, "2026-08-31", "2026-09-30"),
        (EW, "2026-10-31", "2026-11-30"),
        (SC, "2026-10-31", "2026-12-01"), // 30 November is St Andrew's Day
        (EW, "2026-12-31", "2027-02-01"), // 31 January is a Sunday
        (EW, "2026-01-28", "2026-03-02"),
        (EW, "2026-01-29", "2026-03-02"),
        (EW, "2026-01-30", "2026-03-02"),
        (EW, "2028-01-29", "2028-02-29"),
        (EW, "2028-01-30", "2028-02-29"),
        (EW, "2028-02-29", "2028-03-29"),
        (EW, "2026-02-28", "2026-03-30"), // 28 March is a Saturday
        (EW, "2026-03-03", "2026-04-07"), // Good Friday, weekend, Easter Monday
        (NI, "2026-03-03", "2026-04-07"),
        (SC, "2026-03-03", "2026-04-06"), // Easter Monday is no Scottish bank holiday
        (NI, "2026-02-17", "2026-03-18"), // St Patrick's Day
        (EW, "2026-02-17", "2026-03-17"),
        (SC, "2026-02-17", "2026-03-17"),
        (NI, "2026-06-12", "2026-07-14"), // 12 July is a Sunday: Monday 13 in its place
        (EW, "2026-06-12", "2026-07-13"),
        (SC, "2026-05-15", "2026-06-16"), // World Cup bank holiday
        (EW, "2026-05-15", "2026-06-15"),
        (NI, "2026-05-15", "2026-06-15"),
        (SC, "2026-07-03", "2026-08-04"),
        (EW, "2026-07-03", "2026-08-03"),
        (EW, "2026-07-31", "2026-09-01"), // 31 August: summer bank holiday
        (SC, "2026-07-31", "2026-08-31"),
        (EW, "2026-11-25", "2026-12-29"), // Christmas Friday, weekend, Boxing Day in its place
        (EW, "2026-11-26", "2026-12-29"),
        (EW, "2027-11-25", "2027-12-29"), // Christmas Saturday: 27 and 28 in their place
        (EW, "2027-12-01", "2028-01-04"), // New Year Saturday: 3 January in its place
        (SC, "2027-12-01", "2028-01-05"), // and 4 January
        (SC, "2025-12-02", "2026-01-05"), // 2 January, Friday
        (EW, "2025-12-02", "2026-01-02"),
        (SC, "2026-12-02", "2027-01-05"), // 2 January Saturday: Monday 4 in its place
        (EW, "2026-12-02", "2027-01-04"),
        (NI, "2024-02-17", "2024-03-19"), // Sunday 17 March 2024: Monday 18 in its place
        (SC, "2024-11-02", "2024-12-03"),
        (SC, "2025-11-01", "2025-12-02"),
        (NI, "2025-06-12", "2025-07-15"),
    ] {
        assert_eq!(
            due(ACCESS, division, &format!("received {received}"), received),
            expected,
            "{division} {received}"
        );
    }
}

#[test]
fn every_right_has_the_month() {
    for right in Right::ALL.iter().copied().filter(|r| *r != Right::Complaint) {
        assert_eq!(
            due(Regime::UkGdpr(right), NI, "received 2026-07-01", "2026-07-10"),
            "2026-08-03",
            "{right}"
        );
    }
    let marketing = good(Regime::UkGdpr(Right::MarketingObjection), NI, "received 2026-07-01", "2026-07-10");
    assert_eq!(warned(&marketing), ["stop-at-once"]);
}

#[test]
fn the_period_runs_from_the_latest_of_receipt_identity_authority_and_fee() {
    for (line, start, expected) in [
        ("received 2026-03-01, id? 2026-03-02, id! 2026-03-10", "2026-03-10", "2026-04-10"),
        ("received 2026-03-01, id? 2026-03-01, id! 2026-03-01", "2026-03-01", "2026-04-01"),
        ("received 2026-03-01, id? 2026-03-02, id! 2026-03-08", "2026-03-08", "2026-04-08"), // a Sunday
        ("received 2026-03-01, authority? 2026-03-02, authority! 2026-03-12", "2026-03-12", "2026-04-13"),
        ("received 2026-03-01, fee? 2026-03-02, fee! 2026-03-20", "2026-03-20", "2026-04-20"),
        (
            "received 2026-03-01, id? 2026-03-02, id! 2026-03-20, authority? 2026-03-02, authority! 2026-03-11, fee? 2026-03-02, fee! 2026-03-09",
            "2026-03-20",
            "2026-04-20",
        ),
        (
            "received 2026-03-01, id? 2026-03-02, id! 2026-03-05, id? 2026-03-06, id! 2026-03-16",
            "2026-03-16",
            "2026-04-16",
        ),
    ] {
        let reading = good(ERASURE, EW, line, "2026-03-31");
        assert_eq!(reading.start, Some(d(start)), "{line}");
        assert_eq!(reading.due, Some(d(expected)), "{line}");
    }
}

#[test]
fn nothing_is_due_while_identity_authority_or_fee_is_awaited() {
    for (line, state) in [
        ("received 2026-03-01, id? 2026-03-02", State::AwaitingId),
        ("received 2026-03-01, authority? 2026-03-02", State::AwaitingAuthority),
        ("received 2026-03-01, fee? 2026-03-02", State::AwaitingFee),
        ("received 2026-03-01, fee? 2026-03-02, authority? 2026-03-02, id? 2026-03-03", State::AwaitingId),
        (
            "received 2026-03-01, id? 2026-03-02, id! 2026-03-05, authority? 2026-03-02",
            State::AwaitingAuthority,
        ),
        ("received 2026-03-01, id? 2026-03-02, id! 2026-03-05, id? 2026-03-06", State::AwaitingId),
        ("received 2026-03-01, id? 2026-03-02, ask1 2026-03-03", State::AwaitingId),
    ] {
        let r = good(ACCESS, EW, line, "2026-05-20");
        assert_eq!(
            (r.state, r.due, r.notice_by, r.start, r.late),
            (state, None, None, None, false),
            "{line}"
        );
        assert_eq!(r.due_if_answered_today, Some(d("2026-06-22")), "{line}");
        assert_eq!((r.gross_days, r.net_days), (Some(80), Some(0)), "{line}");
    }
}

#[test]
fn evidence_without_a_date_of_asking_moves_the_start_but_is_pointed_out() {
    let r = good(ACCESS, EW, "received 2026-03-02, id! 2026-03-10", "2026-03-20");
    assert_eq!((r.due, warned(&r)), (Some(d("2026-04-10")), vec!["asking-not-recorded"]));
    let r = good(ACCESS, EW, "received 2026-03-02, id? 2026-04-20, id! 2026-04-22", "2026-04-30");
    assert_eq!((r.due, warned(&r)), (Some(d("2026-05-22")), vec!["asked-late"]));
}

/// Reads each line and compares days left out and due date; unextended, the notice day is the due day.
fn check_pauses(table: &[(Division, &str, i64, &str)]) {
    for (division, line, paused, expected) in table {
        let r = good(ACCESS, *division, line, "2027-02-01");
        assert_eq!((r.paused_days, r.due), (*paused, Some(d(expected))), "{line}");
        assert_eq!(r.notice_by, r.due, "{line}");
    }
}

#[test]
fn a_pause_leaves_out_both_its_ends_and_rolls_once_last() {
    check_pauses(&[
        (EW, "received 2026-06-01, ask1 2026-06-05, ans1 2026-06-05", 1, "2026-07-02"),
        (EW, "received 2026-06-01, ask1 2026-06-05, ans1 2026-06-09", 5, "2026-07-06"),
        // nominal Saturday 1 August: not rolled first, 3 days make it Tuesday 4
        (EW, "received 2026-07-01, ask1 2026-07-06, ans1 2026-07-08", 3, "2026-08-04"),
        // nominal Tuesday 30 June, 4 days make Saturday 4 July, rolled to Monday 6
        (EW, "received 2026-05-30, ask1 2026-06-02, ans1 2026-06-05", 4, "2026-07-06"),
        // spanning the un-paused due date, and asked on its last day
        (EW, "received 2026-03-02, ask1 2026-03-30, ans1 2026-04-10", 12, "2026-04-14"),
        (EW, "received 2026-06-01, ask1 2026-07-01, ans1 2026-07-10", 10, "2026-07-13"),
        // over a month end, and over Christmas
        (EW, "received 2026-01-31, ask1 2026-02-10, ans1 2026-02-19", 10, "2026-03-10"),
        (NI, "received 2026-11-20, ask1 2026-12-01, ans1 2026-12-07", 7, "2026-12-29"),
    ]);
}

#[test]
fn questions_that_overlap_leave_out_each_day_once() {
    let first = "ask1 2026-06-05, ans1 2026-06-09";
    let second = "ask2 2026-06-08, ans2 2026-06-12";
    check_pauses(&[
        (EW, &format!("received 2026-06-01, {first}, {second}"), 8, "2026-07-09"),
        (EW, &format!("received 2026-06-01, {second}, {first}"), 8, "2026-07-09"),
        (EW, &format!("received 2026-06-01, {first}, ask2 2026-06-10, ans2 2026-06-12"), 8, "2026-07-09"),
        (EW, &format!("received 2026-06-01, {first}, ask2 2026-06-16, ans2 2026-06-18"), 8, "2026-07-09"),
        (EW, &format!("received 2026-06-01, {first}, ask2 2026-06-07, ans2 2026-06-08"), 5, "2026-07-06"),
        (EW, &format!("received 2026-06-01, {first}, ask2 2026-06-05, ans2 2026-06-09"), 5, "2026-07-06"),
    ]);
}

#[test]
fn only_days_after_the_start_are_left_out() {
    let identity = "id? 2026-06-02, id! 2026-06-20";
    check_pauses(&[
        (EW, "received 2026-06-01, ask1 2026-06-01, ans1 2026-06-01", 0, "2026-07-01"),
        (EW, "received 2026-06-01, ask1 2026-06-01, ans1 2026-06-04", 3, "2026-07-06"),
        (EW, &format!("received 2026-06-01, {identity}, ask1 2026-06-02, ans1 2026-06-12"), 0, "2026-07-20"),
        (EW, &format!("received 2026-06-01, {identity}, ask1 2026-06-02, ans1 2026-06-24"), 4, "2026-07-24"),
        (
            EW,
            "received 2026-06-01, fee? 2026-06-02, fee! 2026-06-12, ask1 2026-06-02, ans1 2026-06-12",
            0,
            "2026-07-13",
        ),
    ]);
}

#[test]
fn the_unpaused_date_is_shown_beside_the_paused_one() {
    let r = good(ACCESS, EW, "received 2026-06-01, ask1 2026-06-05, ans1 2026-06-09", "2026-06-20");
    assert_eq!(r.due_without_pauses, Some(d("2026-07-01")));
    assert_eq!((r.gross_days, r.net_days, r.days_left), (Some(19), Some(14), Some(16)));
    assert_eq!(good(ACCESS, EW, "received 2026-06-01", "2026-06-20").due_without_pauses, None);
}

#[test]
fn an_open_question_stops_the_clock_and_no_date_is_guessed() {
    let r = good(ACCESS, EW, "received 2026-06-01, ask1 2026-06-05", "2026-06-14");
    assert_eq!((r.state, r.due, r.notice_by, r.late), (State::Paused, None, None, false));
    assert_eq!((r.start, r.paused_days, r.days_left), (Some(d("2026-06-01")), 10, None));
    assert_eq!(r.due_if_answered_today, Some(d("2026-07-13")));
    // long after: still not late
    let r = good(ACCESS, EW, "received 2026-06-01, ask1 2026-06-05", "2026-10-14");
    assert_eq!((r.state, r.due, r.late), (State::Paused, None, false));
    // one answered, one not
    let r = good(
        ACCESS,
        EW,
        "received 2026-06-01, ask1 2026-06-05, ans1 2026-06-08, ask2 2026-06-10",
        "2026-06-14",
    );
    assert_eq!((r.state, r.due, r.paused_days), (State::Paused, None, 9));
    // answered by us while the question was open
    let r = good(ACCESS, EW, "received 2026-06-01, ask1 2026-06-05, answered 2026-07-20", "2026-08-14");
    assert_eq!((r.state, r.due, r.late), (State::Answered, None, false));
}

#[test]
fn a_question_not_recorded_as_reasonably_required_leaves_out_no_day() {
    let r = good(ACCESS, EW, "received 2026-06-01, blanket1 2026-06-05, ans1 2026-06-09", "2026-06-20");
    assert_eq!(
        (r.due, r.paused_days, warned(&r)),
        (Some(d("2026-07-01")), 0, vec!["not-reasonably-required"])
    );
    let r = good(ACCESS, EW, "received 2026-06-01, blanket1 2026-06-05", "2026-06-20");
    assert_eq!((r.state, r.due), (State::Running, Some(d("2026-07-01"))));
}

#[test]
fn a_question_after_the_end_of_the_period_brings_nothing_back() {
    let line = "received 2026-06-01, ask1 2026-07-10, ans1 2026-07-20";
    let r = good(ACCESS, EW, line, "2026-07-21");
    assert_eq!(
        (r.due, r.late, r.paused_days, warned(&r)),
        (Some(d("2026-07-01")), true, 0, vec!["late-question"])
    );
    let open = good(ACCESS, EW, "received 2026-06-01, ask1 2026-07-10", "2026-07-21");
    assert_eq!((open.state, open.late), (State::Running, true));
    let counted = ClockConfig { late_question: LateQuestion::Counted, ..ClockConfig::default() };
    let r = read_with(ACCESS, EW, line, "2026-07-21", &counted).unwrap();
    assert_eq!((r.due, r.paused_days), (Some(d("2026-07-13")), 11));
    // over a weekend the period runs to Monday: a question on the Sunday is in time
    let r = good(ACCESS, EW, "received 2026-07-01, ask1 2026-08-02, ans1 2026-08-04", "2026-08-05");
    assert_eq!((r.due, r.paused_days), (Some(d("2026-08-04")), 3));
}

#[test]
fn an_extension_told_in_time_gives_three_months_from_the_start() {
    for (division, line, expected, notice_by) in [
        (EW, "received 2026-06-01, told 2026-06-10", "2026-09-01", "2026-07-01"),
        (EW, "received 2026-06-01, told-number 2026-07-01", "2026-09-01", "2026-07-01"), // on the last day
        (EW, "received 2026-06-01, told 2026-06-01", "2026-09-01", "2026-07-01"),        // on the first
        (EW, "received 2026-01-31, told 2026-03-02", "2026-04-30", "2026-03-02"),        // notice day rolled
        (EW, "received 2026-11-30, told 2026-12-10", "2027-03-01", "2026-12-30"), // 28 Feb 2027 is a Sunday
        (EW, "received 2026-06-13, told 2026-06-20", "2026-09-14", "2026-07-13"),
        (NI, "received 2026-06-13, told 2026-06-20", "2026-09-14", "2026-07-14"),
        (EW, "received 2026-09-25, told 2026-10-01", "2026-12-29", "2026-10-26"),
        (
            EW,
            "received 2026-06-01, id? 2026-06-02, id! 2026-06-20, told 2026-07-15",
            "2026-09-21",
            "2026-07-20",
        ),
        (
            EW,
            "received 2026-06-01, id? 2026-06-02, id! 2026-06-20, told 2026-06-03",
            "2026-09-21",
            "2026-07-20",
        ),
        // extension and pause together
        (
            EW,
            "received 2026-06-01, ask1 2026-06-05, ans1 2026-06-09, told 2026-06-20",
            "2026-09-07",
            "2026-07-06",
        ),
        (
            EW,
            "received 2026-06-01, ask1 2026-06-05, ans1 2026-06-09, told 2026-07-06",
            "2026-09-07",
            "2026-07-06",
        ),
        (
            EW,
            "received 2026-06-01, told 2026-06-20, ask1 2026-06-25, ans1 2026-06-29",
            "2026-09-07",
            "2026-07-06",
        ),
        (
            EW,
            "received 2026-06-01, told 2026-06-20, ask1 2026-08-25, ans1 2026-08-27",
            "2026-09-04",
            "2026-07-06",
        ),
        // told while a question is open: the time for telling stands still too
        (
            EW,
            "received 2026-06-01, ask1 2026-06-11, told 2026-07-15, ans1 2026-07-20",
            "2026-10-12",
            "2026-08-10",
        ),
    ] {
        let r = good(ACCESS, division, line, "2027-03-10");
        assert_eq!((r.due, r.extended), (Some(d(expected)), true), "{line}");
        assert_eq!(r.notice_by, Some(d(notice_by)), "{line}");
        assert_eq!(r.state, State::Extended, "{line}");
    }
}

#[test]
fn an_extension_told_too_late_or_without_reason_is_refused() {
    for (line, code) in [
        ("received 2026-06-01, told 2026-07-02", "extension-too-late"),
        ("received 2026-06-01, told 2026-10-01", "extension-too-late"),
        ("received 2026-01-31, told 2026-03-03", "extension-too-late"),
        ("received 2026-06-01, ask1 2026-06-05, ans1 2026-06-09, told 2026-07-07", "extension-too-late"),
        // a question after the last day for telling cannot cure it
        ("received 2026-06-01, ask1 2026-07-05, ans1 2026-07-20, told 2026-07-10", "extension-too-late"),
        ("received 2026-06-01, told 2026-07-05, ask1 2026-07-05, ans1 2026-07-20", "extension-too-late"),
        ("received 2026-06-01, told-why 2026-06-10", "extension-without-reason"),
        ("received 2026-06-01, id? 2026-06-02, told-why 2026-06-10", "extension-without-reason"),
        ("received 2026-06-01, told 2026-06-10, told 2026-06-12", "duplicate-event"),
    ] {
        assert_eq!(codes(ACCESS, EW, line, "2026-11-01"), [code], "{line}");
    }
}

#[test]
fn the_due_day_is_in_time_and_the_next_is_not() {
    let line = "received 2026-06-01";
    for (on, late, since, left) in [
        ("2026-06-30", false, None, Some(1)),
        ("2026-07-01", false, None, Some(0)),
        ("2026-07-02", true, Some("2026-07-02"), Some(-1)),
        ("2026-07-12", true, Some("2026-07-02"), Some(-11)),
    ] {
        let r = good(ACCESS, EW, line, on);
        assert_eq!((r.late, r.late_since, r.days_left), (late, since.map(d), left), "{on}");
    }
    for (answered, late) in [("2026-07-01", false), ("2026-07-02", true)] {
        let r = good(ACCESS, EW, &format!("{line}, answered {answered}"), "2026-08-01");
        assert_eq!((r.state, r.late, r.days_left), (State::Answered, late, None), "{answered}");
    }
}

#[test]
fn gross_and_net_time_end_with_the_answer() {
    let line = "received 2026-06-01, id? 2026-06-02, id! 2026-06-05, ask1 2026-06-10, ans1 2026-06-12, answered 2026-06-25";
    let r = good(ACCESS, EW, line, "2026-09-01");
    assert_eq!((r.gross_days, r.net_days), (Some(24), Some(17)));
}

#[test]
fn a_request_is_closed_only_when_something_asked_for_did_not_come() {
    let r = good(ACCESS, EW, "received 2026-06-01, id? 2026-06-02, closed 2026-07-02", "2026-09-01");
    assert_eq!((r.state, r.due, warned(&r)), (State::ClosedNoReply, None, vec![]));
    let r = good(ACCESS, EW, "received 2026-06-01, ask1 2026-06-02, closed 2026-06-20", "2026-09-01");
    assert_eq!((r.state, r.due, warned(&r)), (State::ClosedNoReply, None, vec!["closed-early"]));
    assert_eq!(
        codes(ACCESS, EW, "received 2026-06-01, closed 2026-07-02", "2026-09-01"),
        ["nothing-outstanding"]
    );
}

#[test]
fn the_rule_set_follows_the_date_of_receipt() {
    for (received, id) in [
        ("2025-08-19", "uk-gdpr-2021-01-01"),
        ("2025-08-20", "uk-gdpr-2025-08-20"),
        ("2026-02-04", "uk-gdpr-2025-08-20"),
        ("2026-02-05", "uk-gdpr-2026-02-05"),
        ("2026-06-18", "uk-gdpr-2026-02-05"),
        ("2026-06-19", "uk-gdpr-2026-06-19"),
    ] {
        let r = good(ACCESS, EW, &format!("received {received}"), "2026-11-22");
        assert_eq!(r.rule_set.id, id, "{received}");
        assert!(r.rule_reason.contains(&r.rule_set.from.year().to_string()), "{}", r.rule_reason);
    }
    assert_eq!(codes(ACCESS, EW, "received 2020-12-31", "2026-11-22"), ["not-in-force"]);
}

#[test]
fn before_february_2026_clarification_pauses_by_guidance_which_can_be_set_otherwise() {
    let line = "received 2026-01-20, ask1 2026-01-26, ans1 2026-02-02";
    let r = good(ACCESS, EW, line, "2026-02-03");
    assert_eq!((r.due, r.paused_days, warned(&r)), (Some(d("2026-03-02")), 8, vec!["pause-by-guidance"]));
    let strict = ClockConfig { earlier_pause: EarlierPause::None, ..ClockConfig::default() };
    let r = read_with(ACCESS, EW, line, "2026-02-03", &strict).unwrap();
    assert_eq!((r.due, r.paused_days), (Some(d("2026-02-20")), 0));
    // open across the change: both dates are shown
    let r = read_with(ACCESS, EW, line, "2026-02-10", &strict).unwrap();
    assert_eq!(warned(&r), ["pause-by-guidance", "transition"]);
    assert!(text(&r).contains("by them the due date would be Monday 2 March 2026"), "{}", text(&r));
    // and the setting for the other reading
    let later = ClockConfig { transition: Transition::OpenAtChange, ..strict };
    let r = read_with(ACCESS, EW, line, "2026-02-10", &later).unwrap();
    assert_eq!((r.rule_set.id, r.due), ("uk-gdpr-2026-02-05", Some(d("2026-03-02"))));
    let r = read_with(ACCESS, EW, line, "2026-02-04", &later).unwrap();
    assert_eq!(r.rule_set.id, "uk-gdpr-2025-08-20", "rules that have not begun cannot govern");
}

#[test]
fn the_same_day_pause_is_a_setting() {
    let none = ClockConfig { same_day_pause: SameDayPause::NoDay, ..ClockConfig::default() };
    let line = "received 2026-06-01, ask1 2026-06-05, ans1 2026-06-05";
    let r = read_with(ACCESS, EW, line, "2026-06-20", &none).unwrap();
    assert_eq!((r.due, r.paused_days, warned(&r)), (Some(d("2026-07-01")), 0, vec!["same-day-pause"]));
    assert_eq!(warned(&good(ACCESS, EW, line, "2026-06-20")), ["same-day-pause"]);
}

#[test]
fn whose_public_holidays_count_is_a_setting() {
    let uk = ClockConfig { holiday_nation: HolidayNation::AnyPartOfUk, ..ClockConfig::default() };
    let r = read_with(ACCESS, EW, "received 2026-05-15", "2026-06-01", &uk).unwrap();
    assert_eq!(r.due, Some(d("2026-06-16")));
    assert!(text(&r).contains("World Cup bank holiday"), "{}", text(&r));
}

#[test]
fn the_working_names_each_day_passed_over_and_cites_each_step() {
    let r = good(ACCESS, NI, "received 2026-11-25, ask1 2026-12-01, ans1 2026-12-01", "2026-12-05");
    let working = text(&r);
    for needle in [
        "received on Wednesday 25 November 2026",
        "one month from Wednesday 25 November 2026 ends on Friday 25 December 2026 [Art 12A(1) UK GDPR]",
        "1 day, both ends inside [Art 12A(5) UK GDPR]",
        "with 1 day left out it ends on Saturday 26 December 2026",
        "Saturday 26 December 2026 is not a working day: Saturday",
        "Sunday 27 December 2026 is not a working day: Sunday",
        "Monday 28 December 2026 is not a working day: bank holiday (Boxing Day, substitute day) in Northern Ireland [Art 3(4) of Regulation 1182/71]",
        "the due date is Tuesday 29 December 2026",
        "had nothing been paused, the due date would be Tuesday 29 December 2026",
        "bank holidays of Northern Ireland, as known on Wednesday 25 February 2026",
    ] {
        assert!(working.contains(needle), "{needle}\n{working}");
    }
    assert!(r.working.iter().all(|s| !s.provision.is_empty()));
}

#[test]
fn the_pauses_are_given_with_what_was_awaited() {
    let line = "received 2026-03-02, id? 2026-03-03, id! 2026-03-10, ask1 2026-03-16, ans1 2026-03-20";
    let told: Vec<_> =
        good(ACCESS, EW, line, "2026-03-25").pauses.iter().map(|p| (p.from, p.to, p.why.code())).collect();
    assert_eq!(
        told,
        [
            (d("2026-03-02"), Some(d("2026-03-10")), "identity"),
            (d("2026-03-16"), Some(d("2026-03-20")), "clarification")
        ]
    );
    let open = good(ACCESS, EW, "received 2026-03-02, ask1 2026-03-16", "2026-03-25");
    assert_eq!(open.pauses[0].to, None);
    let foi = good(Regime::Foi, EW, "received 2026-03-02, fee? 2026-03-04, fee! 2026-03-06", "2026-03-25");
    assert_eq!((foi.pauses[0].to, foi.pauses[0].why.code()), (Some(d("2026-03-06")), "fee"));
}
