//! Which rule a record falls under, and whether its time has come.

use counterfoil_domain::retention::filing::{Born, CaseDays, Filed, Filing, Nearness, Standing};
use counterfoil_domain::retention::{Action, Trigger};
use jiff::civil::{Date, date};
use proptest::prelude::*;

const NOW: Date = date(2026, 11, 22);

fn filed(id: &str, rule: &str) -> Filed {
    Filed { id: id.to_owned(), rule: rule.parse().unwrap() }
}

fn filing() -> Filing {
    Filing {
        general: filed("R-CASE", "6 years after closed"),
        child: Some(filed("R-CHILD", "last of (age 25 years, 6 years after closed)")),
        issues: vec![
            ("debt".to_owned(), filed("R-DEBT", "8 years after closed")),
            ("debt.relief".to_owned(), filed("R-RELIEF", "review with PRONI 2 years after decision")),
            ("burial".to_owned(), filed("R-PERMANENT", "permanent")),
        ],
        person: Some(filed("R-CONTACT", "3 years after last contact")),
        request: Some(filed("R-REQUEST", "7 years after closed")),
        recording: Some(filed("R-CALLS", "6 months after recorded")),
    }
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn closed(on: &str) -> CaseDays {
    CaseDays { opened: date(2010, 1, 1), closed: Some(day(on)), last_entry: None }
}

/// Issue, closed, born (`-` not asked, `?` unknown), and then the rule and how it stands.
const CASES: &[(&str, &str, &str, &str, &str)] = &[
    // Six years to the day; the day before is not yet.
    ("housing", "2020-11-22", "-", "R-CASE", "due 2026-11-22"),
    ("housing", "2020-11-23", "-", "R-CASE", "not yet 2026-11-23"),
    // The issue's own rule, at a boundary of words only, the longest one first, and whatever the age.
    ("debt.energy", "2020-11-22", "-", "R-DEBT", "not yet 2028-11-22"),
    ("debtors", "2020-11-22", "-", "R-CASE", "due 2026-11-22"),
    ("debt.relief.order", "2020-11-22", "2015-01-01", "R-RELIEF", "due 2022-11-22"),
    ("burial", "1990-01-01", "-", "R-PERMANENT", "standing"),
    // A child when the case was closed; 18 on the very day is no child.
    ("housing", "2020-11-22", "2005-03-01", "R-CHILD", "not yet 2030-03-01"),
    ("housing", "2015-06-01", "2000-06-02", "R-CHILD", "due 2025-06-02"),
    ("housing", "2018-06-01", "2000-06-01", "R-CASE", "due 2024-06-01"),
    ("housing", "2018-05-31", "2000-06-01", "R-CHILD", "due 2025-06-01"),
    // Born on 29 February: 18 on 1 March.
    ("housing", "2018-02-28", "2000-02-29", "R-CHILD", "due 2025-02-28"),
    ("housing", "2018-03-01", "2000-02-29", "R-CASE", "due 2024-03-01"),
    // Nobody knows when they were born: the rule for adults.
    ("housing", "2019-01-01", "?", "R-CASE", "due 2025-01-01"),
];

fn words(standing: &Standing) -> String {
    match standing {
        Standing::Due(d) => format!("due {d}"),
        Standing::NotYet(d) => format!("not yet {d}"),
        Standing::Held(_) => "held".to_owned(),
        Standing::Undated(_) => "undated".to_owned(),
        Standing::Standing => "standing".to_owned(),
    }
}

#[test]
fn each_case_falls_under_its_rule() {
    let filing = filing();
    for (issue, closed_on, born, rule, standing) in CASES {
        let born = match *born {
            "-" => Born::NotAsked,
            "?" => Born::Unknown,
            on => Born::On(day(on)),
        };
        let answer = filing.of_case(issue, &closed(closed_on), born, false, NOW);
        let found = (answer.filed.id.as_str(), words(&answer.standing));
        assert_eq!(found, (*rule, (*standing).to_owned()), "{issue} {closed_on}: {:?}", answer.working);
        assert!(!answer.working.is_empty());
    }
    let relief = filing.of_case("debt.relief", &closed("2020-01-01"), Born::NotAsked, false, NOW);
    assert_eq!(relief.action, Action::Review(Some("PRONI".to_owned())));
    assert!(filing.asks_age("housing") && !filing.asks_age("debt.energy"));
}

#[test]
fn an_open_case_is_never_due_and_a_hold_wins() {
    let filing = filing();
    let open = CaseDays { opened: date(1990, 1, 1), closed: None, last_entry: None };
    let answer = filing.of_case("housing", &open, Born::NotAsked, false, NOW);
    assert_eq!(answer.standing, Standing::Undated(vec![Trigger::Closed]));
    let held = filing.of_case("housing", &closed("2015-01-01"), Born::NotAsked, true, NOW);
    assert_eq!(held.standing, Standing::Held(Some(date(2021, 1, 1))));
    assert_eq!(held.nearness(NOW, 30), Nearness::Later);
}

#[test]
fn people_without_a_case_and_requests_have_rules_of_their_own() {
    let filing = filing();
    let person = filing.of_person(date(2015, 1, 1), date(2023, 11, 22), false, NOW).unwrap();
    assert_eq!(
        (person.filed.id.as_str(), words(&person.standing)),
        ("R-CONTACT", "due 2026-11-22".to_owned())
    );
    let request = filing.of_request(date(2019, 1, 1), date(2019, 11, 23), false, NOW).unwrap();
    assert_eq!(
        (request.filed.id.as_str(), words(&request.standing)),
        ("R-REQUEST", "not yet 2026-11-23".to_owned())
    );
    let call = filing.of_recording(date(2026, 5, 22), false, NOW).unwrap();
    assert_eq!((call.filed.id.as_str(), words(&call.standing)), ("R-CALLS", "due 2026-11-22".to_owned()));
    let later = filing.of_recording(date(2026, 5, 23), false, NOW).unwrap();
    assert_eq!(words(&later.standing), "not yet 2026-11-23");
    assert!(matches!(filing.of_recording(date(2026, 5, 22), true, NOW).unwrap().standing, Standing::Held(_)));
    let none = Filing { person: None, request: None, recording: None, ..filing };
    assert!(
        none.of_person(NOW, NOW, false, NOW).is_none()
            && none.of_request(NOW, NOW, false, NOW).is_none()
            && none.of_recording(NOW, false, NOW).is_none()
    );
}

#[test]
fn what_waits_longer_than_the_grace_is_overdue() {
    let filing = filing();
    let near = |closed_on: &str| {
        filing.of_case("housing", &closed(closed_on), Born::NotAsked, false, NOW).nearness(NOW, 30)
    };
    assert_eq!(near("2020-10-22"), Nearness::Overdue);
    assert_eq!(near("2020-10-23"), Nearness::Due, "the thirtieth day is within the grace");
    assert_eq!(near("2020-11-22"), Nearness::Due);
    assert_eq!(near("2020-11-23"), Nearness::Soon);
    assert_eq!(near("2021-11-22"), Nearness::Soon);
    assert_eq!(near("2021-11-23"), Nearness::Later);
}

#[test]
fn every_rule_stands_once_in_the_list() {
    let mut filing = filing();
    filing.issues.push(("tax".to_owned(), filing.general.clone()));
    let ids: Vec<&str> = filing.rules().iter().map(|f| f.id.as_str()).collect();
    assert_eq!(
        ids,
        ["R-CASE", "R-DEBT", "R-RELIEF", "R-PERMANENT", "R-CHILD", "R-CONTACT", "R-REQUEST", "R-CALLS"]
    );
    assert_eq!(filing.rule("R-DEBT").map(|f| f.id.as_str()), Some("R-DEBT"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// The children's rule of this schedule never lets go sooner than the adults': so a case that is not due by the
    /// adults' rule need not be looked at.
    #[test]
    fn a_child_is_never_let_go_before_an_adult(
        closed_days in 0i32..12_000, born_days in 0i32..12_000, on_days in 0i32..16_000,
    ) {
        let at = |n: i32| date(1995, 1, 1).checked_add(jiff::Span::new().days(n)).unwrap();
        let days = CaseDays { opened: date(1990, 1, 1), closed: Some(at(closed_days)), last_entry: None };
        let filing = filing();
        let adult = filing.of_case("housing", &days, Born::NotAsked, false, at(on_days));
        let exact = filing.of_case("housing", &days, Born::On(at(born_days)), false, at(on_days));
        if let Standing::Due(since) = exact.standing {
            prop_assert!(matches!(adult.standing, Standing::Due(before) if before <= since));
        }
        prop_assert!(matches!(exact.standing, Standing::Due(d) if d <= at(on_days)) || !matches!(exact.standing, Standing::Due(_)));
    }
}
