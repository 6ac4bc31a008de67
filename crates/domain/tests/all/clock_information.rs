//! FOIA, FOISA and EIR: working days.

use counterfoil_domain::clock::Regime;
use counterfoil_domain::clock::reading::State;

use crate::clock_support::*;

const EIR_20: Regime = Regime::Eir { complex_and_voluminous: false };
const EIR_40: Regime = Regime::Eir { complex_and_voluminous: true };

#[test]
fn the_twentieth_working_day_following_receipt_by_holidays_of_any_part_of_the_uk() {
    for (received, expected) in [
        ("2026-02-02", "2026-03-02"),
        ("2026-02-01", "2026-02-27"), // a Sunday: day 1 is Monday 2
        ("2026-01-31", "2026-02-27"), // a Saturday: the same
        ("2026-01-30", "2026-02-27"), // a Friday: day 1 is Monday 2
        ("2026-02-20", "2026-03-23"), // St Patrick's Day in between
        ("2026-12-01", "2026-12-31"), // Christmas: 25 and 28 December
        ("2026-12-07", "2027-01-08"), // and 1 January and Scotland's 4 January
        ("2025-12-05", "2026-01-08"), // 25, 26 December, 1 and 2 January
        ("2026-05-20", "2026-06-19"), // 25 May and Scotland's 15 June
        ("2026-06-20", "2026-07-20"), // Northern Ireland's 13 July
        ("2026-07-20", "2026-08-18"), // Scotland's 3 August
        ("2026-11-02", "2026-12-01"), // Scotland's 30 November
        ("2027-12-10", "2028-01-13"), // 27, 28 December, 3 and 4 January
    ] {
        for division in [EW, SC, NI] {
            assert_eq!(
                due(Regime::Foi, division, &format!("received {received}"), received),
                expected,
                "{received}"
            );
        }
        assert_eq!(due(EIR_20, EW, &format!("received {received}"), received), expected, "EIR {received}");
    }
}

#[test]
fn scotlands_own_act_looks_at_scottish_holidays_only() {
    for (received, expected) in
        [("2026-03-09", "2026-04-07"), ("2026-05-20", "2026-06-19"), ("2026-06-20", "2026-07-17")]
    {
        assert_eq!(due(Regime::Foisa, EW, &format!("received {received}"), received), expected, "{received}");
    }
    assert_eq!(warned(&good(Regime::Foi, SC, "received 2026-03-09", "2026-03-09")), ["scotland"]);
}

#[test]
fn the_days_of_a_fees_notice_are_disregarded_both_ends_inside() {
    // 10 to 12 February are three working days; without them 2 March
    let r = good(Regime::Foi, EW, "received 2026-02-02, fee? 2026-02-10, fee! 2026-02-12", "2026-02-20");
    assert_eq!((r.due, r.state), (Some(d("2026-03-05")), State::Running));
    assert_eq!((r.gross_days, r.net_days, r.paused_days), (Some(14), Some(11), 3));
    // a weekend in it disregards nothing more
    let r = good(Regime::Foi, EW, "received 2026-02-02, fee? 2026-02-13, fee! 2026-02-16", "2026-02-20");
    assert_eq!(r.due, Some(d("2026-03-04")));
    let r = good(Regime::Foi, EW, "received 2026-02-02, fee? 2026-02-10", "2026-02-20");
    assert_eq!((r.state, r.due, r.late), (State::AwaitingFee, None, false));
    assert_eq!(r.due_if_answered_today, Some(d("2026-03-13")));
    let late = good(Regime::Foi, EW, "received 2026-02-02, fee? 2026-03-10", "2026-03-20");
    assert_eq!(
        (late.state, late.due, late.late, warned(&late)),
        (State::Running, Some(d("2026-03-02")), true, vec!["late-fee"])
    );
}

#[test]
fn clarification_makes_the_day_it_comes_the_day_of_receipt() {
    for regime in [Regime::Foi, EIR_20, Regime::Foisa] {
        let r = good(regime, EW, "received 2026-02-02, ask1 2026-02-05, ans1 2026-02-09", "2026-02-20");
        assert_eq!((r.start, r.due), (Some(d("2026-02-09")), Some(d("2026-03-09"))));
        let r = good(regime, EW, "received 2026-02-02, ask1 2026-02-05", "2026-02-09");
        assert_eq!((r.state, r.due, r.due_if_answered_today), (State::Paused, None, Some(d("2026-03-09"))));
    }
    let late = good(Regime::Foi, EW, "received 2026-02-02, ask1 2026-03-05, ans1 2026-03-09", "2026-03-20");
    assert_eq!((late.due, late.late, warned(&late)), (Some(d("2026-03-02")), true, vec!["late-question"]));
}

#[test]
fn complex_and_voluminous_gives_forty_if_told_within_twenty() {
    for (received, forty, twenty) in
        [("2026-02-02", "2026-03-31", "2026-03-02"), ("2026-11-16", "2027-01-18", "2026-12-15")]
    {
        let r = good(EIR_40, EW, &format!("received {received}"), received);
        assert_eq!((r.due, r.notice_by, r.extended), (Some(d(forty)), Some(d(twenty)), true), "{received}");
        assert_eq!((r.state, warned(&r)), (State::Extended, vec!["telling-not-recorded"]));
    }
    let r = good(EIR_40, EW, "received 2026-02-02, told-why 2026-03-02", "2026-03-10");
    assert_eq!((r.due, warned(&r)), (Some(d("2026-03-31")), vec![]));
    assert_eq!(
        codes(EIR_40, EW, "received 2026-02-02, told-why 2026-03-03", "2026-03-10"),
        ["extension-too-late"]
    );
    assert_eq!(
        codes(EIR_20, EW, "received 2026-02-02, told 2026-02-10", "2026-03-10"),
        ["extension-without-reason"]
    );
    assert_eq!(
        codes(Regime::Foi, EW, "received 2026-02-02, told 2026-02-10", "2026-03-10"),
        ["not-for-regime"]
    );
}

#[test]
fn the_working_names_the_holidays_of_the_twenty_days() {
    let working = text(&good(Regime::Foi, NI, "received 2026-12-07", "2026-12-07"));
    for needle in [
        "Friday 25 December 2026 is not a working day: bank holiday (Christmas Day)",
        "Monday 28 December 2026 is not a working day: bank holiday (Boxing Day, substitute day)",
        "Monday 4 January 2027 is not a working day: bank holiday (2nd January, substitute day) in Scotland",
        "working day 20 is Friday 8 January 2027",
    ] {
        assert!(working.contains(needle), "{needle}\n{working}");
    }
}

#[test]
fn an_answer_is_late_from_the_twenty_first_working_day() {
    for (answered, late, took) in [("2026-03-02", false, 20), ("2026-03-03", true, 21)] {
        let r = good(Regime::Foi, EW, &format!("received 2026-02-02, answered {answered}"), "2026-04-01");
        assert_eq!((r.late, r.gross_days), (late, Some(took)));
    }
}
