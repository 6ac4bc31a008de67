//! What is refused, with which code; nothing is guessed.

use counterfoil_domain::clock::{OlderNotice, Regime};
use counterfoil_domain::rights::Right;

use crate::clock_support::*;

const ON: &str = "2026-11-22";

#[test]
fn dates_out_of_order_are_refused() {
    for line in [
        "received 2026-06-01, id? 2026-05-31",
        "received 2026-06-01, id? 2026-06-05, id! 2026-06-04",
        "received 2026-06-01, authority? 2026-06-05, authority! 2026-06-04",
        "received 2026-06-01, fee? 2026-06-05, fee! 2026-06-04",
        "received 2026-06-01, id! 2026-05-30",
        "received 2026-06-01, ask1 2026-05-30, ans1 2026-06-10",
        "received 2026-06-01, ask1 2026-06-10, ans1 2026-06-05",
        "received 2026-06-01, answered 2026-05-31",
        "received 2026-06-01, told 2026-05-31",
        "received 2026-06-01, answered 2026-06-10, ask1 2026-06-11, ans1 2026-06-12",
        "received 2026-06-01, answered 2026-06-10, told 2026-06-11",
        "received 2026-06-01, answered 2026-06-10, id? 2026-06-02, id! 2026-06-11",
        "received 2026-06-01, id? 2026-06-02, closed 2026-07-10, id! 2026-07-11",
    ] {
        assert!(codes(ACCESS, EW, line, ON).iter().all(|c| *c == "out-of-order"), "{line}");
    }
}

#[test]
fn what_has_not_happened_yet_is_refused() {
    for line in [
        "received 2026-11-23",
        "received 2026-11-01, id? 2026-11-23",
        "received 2026-11-01, ask1 2026-11-20, ans1 2026-11-23",
        "received 2026-11-01, answered 2026-11-30",
        "received 2026-11-01, told 2026-11-23",
    ] {
        assert_eq!(codes(ACCESS, EW, line, ON), ["in-the-future"], "{line}");
    }
    assert_eq!(due(ACCESS, EW, "received 2026-11-22", ON), "2026-12-22");
}

#[test]
fn only_an_access_request_can_be_paused() {
    for right in Right::ALL.iter().copied().filter(|r| !matches!(r, Right::Access | Right::Complaint)) {
        for line in
            ["received 2026-06-01, ask1 2026-06-05, ans1 2026-06-09", "received 2026-06-01, ask1 2026-06-05"]
        {
            assert_eq!(codes(Regime::UkGdpr(right), NI, line, ON), ["pause-not-access"], "{right} {line}");
        }
    }
}

#[test]
fn things_that_happen_once_are_refused_twice() {
    for line in [
        "received 2026-06-01, received 2026-06-02",
        "received 2026-06-01, answered 2026-06-05, answered 2026-06-06",
        "received 2026-06-01, id? 2026-06-02, closed 2026-07-05, answered 2026-07-05",
        "received 2026-06-01, ask1 2026-06-05, ask1 2026-06-06",
        "received 2026-06-01, ask1 2026-06-05, ans1 2026-06-06, ans1 2026-06-07",
    ] {
        assert_eq!(codes(ACCESS, EW, line, ON), ["duplicate-event"], "{line}");
    }
    assert_eq!(codes(ACCESS, EW, "received 2026-06-01, ans1 2026-06-06", ON), ["no-such-question"]);
    assert_eq!(codes(ACCESS, EW, "id? 2026-06-06", ON), ["not-received"]);
}

#[test]
fn an_event_that_the_law_of_the_clock_does_not_know_is_refused() {
    let marks = Regime::ExamMarks;
    let older = Regime::OlderAct(OlderNotice::DirectMarketing);
    for (regime, line) in [
        (Regime::Foi, "received 2026-07-01, id? 2026-07-02, id! 2026-07-05"),
        (Regime::Foi, "received 2026-07-01, told 2026-07-02"),
        (Regime::Complaint, "received 2026-07-01, ask1 2026-07-02"),
        (Regime::Complaint, "received 2026-07-01, told 2026-07-02"),
        (Regime::Complaint, "received 2026-07-01, fee? 2026-07-02"),
        (marks, "received 2026-07-01, told 2026-07-02"),
        (older, "received 2026-07-01, ask1 2026-07-02"),
        (ACCESS, "received 2026-07-01, announced 2026-07-02"),
        (Regime::Foi, "received 2026-07-01, acknowledged 2026-07-02"),
    ] {
        assert!(codes(regime, EW, line, ON).iter().all(|c| *c == "not-for-regime"), "{line}");
    }
}

#[test]
fn every_reason_is_given_and_none_carries_more_than_dates() {
    let refused =
        read(ERASURE, EW, "received 2026-06-01, ask1 2026-06-05, answered 2027-01-01", ON).unwrap_err();
    let codes: Vec<&str> = refused.0.iter().map(counterfoil_domain::clock::Refusal::code).collect();
    assert_eq!(codes, ["pause-not-access", "in-the-future"]);
    assert!(refused.to_string().starts_with("asking for clarification does not pause"), "{refused}");
}
