//! The controls of the casebook: kept by being exercised, and each seen to break when what it watches is broken.

use rusqlite::params;

use crate::promises::{House, NOW, moment};

/// What the tests below, and the tries to get round in `book.rs`, keep and break.
pub const WHOLE: [&str; 5] = ["N3", "N4", "N8", "N15", "C36"];

const HOUR: i64 = 3_600_000;

fn now() -> i64 {
    moment(NOW).as_millisecond()
}

fn days_ago(days: i64) -> i64 {
    now() - days * 24 * HOUR
}

#[test]
fn a_grant_is_kept_while_it_is_bounded_and_reviewed() {
    let house = House::new("advice-network", None);
    assert_eq!(house.control("N3", "good-reason"), "not-exercised");
    house.tamper(
        "INSERT INTO access_grant (controller_id, id, staff_id, person_id, reason, evidence_checked, sealed, valid_from, \
         valid_until) SELECT p.controller_id, x'00000000000000000000000000000001', a.id, p.id, 'client-attends', 0, x'00', \
         ?1, ?1 + 3600000 FROM person p JOIN staff_account a ON a.controller_id = p.controller_id LIMIT 1",
        params![now() - HOUR],
    );
    assert_eq!(house.control("N3", "good-reason"), "kept");
    house.tamper("UPDATE access_grant SET valid_from = ?1, valid_until = ?1 + 3600000", params![days_ago(8)]);
    assert_eq!(house.control("N3", "good-reason"), "broken", "nobody reviewed it for a week");
    house.tamper("UPDATE access_grant SET reviewed_at = ?1", params![now()]);
    assert_eq!(house.control("N3", "good-reason"), "kept");
    house.tamper("UPDATE access_grant SET valid_until = valid_from + 3 * 86400000", []);
    assert_eq!(
        (house.control("N3", "good-reason"), house.state("N3")),
        ("broken", "broken"),
        "days, not hours"
    );
}

#[test]
fn odd_accesses_that_nobody_reviews_break_the_promise() {
    let house = House::new("advice-network", None);
    house.tamper(
        "INSERT INTO odd_access (controller_id, id, person_id, staff_id, office_id, on_date, purpose, flags, refused, at) \
         SELECT p.controller_id, x'00000000000000000000000000000001', p.id, a.id, p.office_id, '2026-11-01', \
         'service-delivery', 'no-case', 0, ?1 FROM person p JOIN staff_account a \
         ON a.controller_id = p.controller_id LIMIT 1",
        params![now() - HOUR],
    );
    assert_eq!(house.control("N4", "odd-review"), "kept");
    house.tamper("UPDATE odd_access SET at = ?1", params![days_ago(8)]);
    assert_eq!(house.control("N4", "odd-review"), "broken");
    house.tamper("UPDATE odd_access SET reviewed_at = ?1", params![now()]);
    assert_eq!(house.control("N4", "odd-review"), "kept");
}

#[test]
fn a_version_that_is_missing_breaks_the_promise() {
    let house = House::new("advice-network", None);
    assert_eq!(house.control("N8", "versions"), "not-exercised");
    house.tamper("UPDATE person SET version = version + 1", []);
    assert_eq!(house.control("N8", "versions"), "broken");
}

#[test]
fn an_office_that_is_trusted_beyond_its_record_breaks_the_promise() {
    let house = House::new("advice-network", None);
    assert_eq!(house.control("N15", "adherence-dates"), "at-risk", "nothing is on record");
    house.tamper(
        "INSERT INTO adherence (controller_id, id, office_id, agreement, signed_on, training_on, reviewed_on, \
         next_review, lapses_on, made_by, made_at) SELECT controller_id, id, id, 'HAN-JCA-01', '2026-01-01', \
         '2026-01-01', '2026-01-01', '2028-01-01', '2028-01-01', x'00', ?1 FROM office",
        params![now()],
    );
    assert_eq!(house.control("N15", "adherence-dates"), "kept");
    house.tamper("UPDATE adherence SET lapses_on = '2026-02-01'", []);
    assert_eq!(house.control("N15", "adherence-dates"), "broken");
}

#[test]
fn old_details_and_unfetched_paper_put_their_promises_at_risk() {
    let house = House::new("council", None);
    assert_eq!(house.state("C29"), "kept", "recorded today, so checked today");
    house.tamper(
        "INSERT INTO case_file (controller_id, id, person_id, office_id, issue, status, sealed, opened_at) SELECT \
         controller_id, x'00000000000000000000000000000001', id, office_id, 'waste.missed', 'open', x'00', ?1 FROM person",
        params![now()],
    );
    house.tamper("UPDATE person SET checked_at = ?1", params![days_ago(400)]);
    assert_eq!(house.state("C29"), "at-risk");
    assert_eq!(house.state("C36"), "not-exercised");
    house.tamper(
        "INSERT INTO case_entry (controller_id, id, person_id, office_id, kind, state, sealed, made_by, made_at, \
         changed_at) SELECT controller_id, x'00000000000000000000000000000001', id, office_id, 'paper', 'open', x'00', \
         x'00', ?1, ?1 FROM person",
        params![days_ago(20)],
    );
    assert_eq!(house.state("C36"), "kept");
    house.tamper("UPDATE case_entry SET state = 'asked'", []);
    assert_eq!(house.state("C36"), "at-risk");
}
