//! The retention grammar and its evaluation.

use counterfoil_domain::retention::{
    Action, Bound, Clause, Facts, Hold, Length, Outcome, Point, Rule, Term, Trigger, Year, evaluate, year_end,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

const NOW: Date = date(2026, 11, 22);

fn rule(text: &str) -> Rule {
    text.parse().unwrap_or_else(|e| panic!("{e}"))
}

fn facts(words: &str) -> Facts {
    words.split_whitespace().fold(Facts::none(), |facts, word| {
        let (trigger, day) = word.split_once('=').unwrap();
        facts.with(trigger.parse().unwrap(), day.parse().unwrap())
    })
}

fn days(text: &str, known: &Facts, holds: &[Hold], on: Date) -> Vec<Outcome> {
    evaluate(known, &rule(text), holds, on).into_iter().map(|r| r.outcome).collect()
}

/// What is written, and its canonical form.
const GRAMMAR: &[(&str, &str)] = &[
    ("6 years after closed", "6 years after closed"),
    ("destroy 1 YEAR after Closed", "1 year after closed"),
    (
        "3 years + current year after financial year end",
        "3 years + current financial year after financial year end",
    ),
    ("3 years + current tax year after created", "3 years + current tax year after created"),
    (
        "until age 75 or 4 years after employment end, whichever is first",
        "first of (age 75 years, 4 years after employment end)",
    ),
    (
        "until age 75 or 4 years after employment end, whichever is last",
        "last of (age 75 years, 4 years after employment end)",
    ),
    (
        "last of (age 21 years 4 months, 10 years after claim end)",
        "last of (age 21 years 4 months, 10 years after claim end)",
    ),
    ("review", "review"),
    ("review with PRONI 6 years after project end", "review with PRONI 6 years after project end"),
    ("permanent", "permanent"),
    ("transfer to PRONI", "transfer to PRONI"),
    ("transfer to PRONI 20 years after closed", "transfer to PRONI 20 years after closed"),
    ("redact field nino 13 months after decision", "redact field nino 13 months after decision"),
    ("provider copy: 30 days after sent", "provider copy: 30 days after sent"),
    ("device copy: on dealt with; 6 years after closed", "device copy: on dealt with; 6 years after closed"),
    ("0 days after verified", "on verified"),
    ("at most 6 months after received", "at most 6 months after received"),
    ("at least 6 years after closed", "at least 6 years after closed"),
    ("7 years after end of tax year of last payment", "7 years after end of tax year of last payment"),
    ("anonymise on collected", "anonymise on collected"),
    ("renew 6 months after last given", "renew 6 months after last given"),
    ("first of (on superseded, on consent withdrawn)", "first of (on superseded, on consent withdrawn)"),
    ("2 weeks 3 days after event", "2 weeks 3 days after event"),
];

#[test]
fn rules_read_and_print_canonically() {
    for (written, canonical) in GRAMMAR {
        let read = rule(written);
        assert_eq!(read.to_string(), *canonical);
        assert_eq!(rule(canonical), read, "{canonical}");
    }
}

/// What cannot be read, and a word that the error says.
const REFUSED: &[(&str, &str)] = &[
    ("", "length of time"),
    ("6 years", "`after`"),
    ("6 after closed", "`years`"),
    ("six years after closed", "length of time"),
    ("6 years after lunch", "one of: created"),
    ("6 years after closed closed", "end of the rule"),
    ("6 years after closed;", "length of time"),
    ("permanent 6 years after closed", "end of the rule"),
    ("6 years or 7 years after closed", "`after`"),
    ("6 years after closed or 7 years after created", "whichever"),
    ("6 years after closed or 7 years after created, whichever is best", "`first` or `last`"),
    ("first of (6 years after closed)", "another period"),
    ("first of (6 years after closed, 7 years after created", "`)`"),
    ("6 years 7 years after closed", "each unit once"),
    ("1000 years after closed", "at most 999"),
    ("10000 days after closed", "9999"),
    ("transfer to", "a body"),
    ("redact field 9 on closed", "name of a field"),
    ("anonymise", "length of time"),
    ("6 years + next year after closed", "`current`"),
    ("7 years after end of lunar year of closed", "financial"),
    (
        "first of (first of (first of (first of (first of (on closed, on sent), on sent), on sent), on sent), on sent)",
        "plainly",
    ),
];

#[test]
fn what_cannot_be_read_is_refused_and_says_what_to_write() {
    for (written, says) in REFUSED {
        let error = written.parse::<Rule>().expect_err(written).to_string();
        assert!(error.contains(says), "`{written}`: {error}");
    }
    assert!("x".repeat(3_000).parse::<Rule>().is_err());
}

fn due(day: &str) -> Outcome {
    let date: Date = day.parse().unwrap();
    Outcome::Due { date, reached: date <= NOW }
}

/// rule, facts, due day
const WORKED: &[(&str, &str, &str)] = &[
    ("6 years after closed", "closed=2020-01-02", "2026-01-02"),
    ("6 years after closed", "closed=2024-02-29", "2030-02-28"),
    ("1 month after closed", "closed=2026-01-31", "2026-02-28"),
    ("30 days after sent", "sent=2026-11-01", "2026-12-01"),
    ("on dealt with", "dealt-with=2026-11-01", "2026-11-01"),
    // Current year: the year in which the trigger falls is completed first.
    ("3 years + current year after created", "created=2022-06-15", "2026-03-31"),
    ("3 years + current year after created", "created=2023-03-31", "2026-03-31"),
    ("3 years + current tax year after created", "created=2022-04-06", "2026-04-05"),
    ("3 years + current calendar year after created", "created=2022-01-01", "2025-12-31"),
    ("3 years + current year after financial year end", "financial-year-end=2023-03-31", "2026-03-31"),
    ("7 years after end of tax year of last payment", "last-payment=2019-04-05", "2026-04-05"),
    // Ages.
    ("age 75", "date-of-birth=1950-05-01", "2025-05-01"),
    (
        "last of (age 21 years 4 months, 10 years after claim end)",
        "date-of-birth=2010-03-15 claim-end=2018-01-10",
        "2031-07-15",
    ),
    (
        "last of (age 21 years 4 months, 10 years after claim end)",
        "date-of-birth=2005-03-15 claim-end=2020-01-10",
        "2030-01-10",
    ),
    (
        "until age 75 or 4 years after employment end, whichever is first",
        "date-of-birth=1960-05-01 employment-end=2020-01-01",
        "2024-01-01",
    ),
    (
        "until age 75 or 4 years after employment end, whichever is last",
        "date-of-birth=1960-05-01 employment-end=2020-01-01",
        "2035-05-01",
    ),
    // An event that has not happened is passed over.
    ("first of (on superseded, on consent withdrawn)", "consent-withdrawn=2026-05-05", "2026-05-05"),
];

#[test]
fn worked_examples_come_out() {
    for (text, known, day) in WORKED {
        assert_eq!(days(text, &facts(known), &[], NOW), [due(day)], "{text} with {known}");
    }
}

#[test]
fn the_time_has_come_on_the_day_itself() {
    let reached = |on| {
        matches!(
            days("on closed", &facts("closed=2026-05-05"), &[], on)[0],
            Outcome::Due { reached: true, .. }
        )
    };
    assert!(!reached(date(2026, 5, 4)) && reached(date(2026, 5, 5)) && reached(date(2026, 5, 6)));
}

#[test]
fn what_is_missing_is_named_and_nothing_is_guessed() {
    let unknown = |missing: &[Trigger]| [Outcome::Unknown { missing: missing.to_vec() }];
    assert_eq!(days("6 years after closed", &Facts::none(), &[], NOW), unknown(&[Trigger::Closed]));
    assert_eq!(
        days("last of (on closed, on sent)", &facts("sent=2020-01-01"), &[], NOW),
        unknown(&[Trigger::Closed])
    );
    // Everybody was born: an unknown birth could be the earlier.
    assert_eq!(
        days("first of (age 75, on closed)", &facts("closed=2020-01-01"), &[], NOW),
        unknown(&[Trigger::DateOfBirth])
    );
    assert_eq!(
        days("999 years after closed", &facts("closed=9998-01-01"), &[], NOW),
        [Outcome::BeyondCalendar]
    );
}

#[test]
fn an_assumed_trigger_is_used_only_when_asked_and_shown() {
    let known = facts("closed=2020-01-01");
    let text = "6 years after decision";
    assert!(matches!(days(text, &known, &[], NOW)[0], Outcome::Unknown { .. }));
    let results = evaluate(&known.clone().assuming(Trigger::Closed), &rule(text), &[], NOW);
    assert_eq!(results[0].outcome, due("2026-01-01"));
    assert!(results[0].working.iter().any(|l| l.contains("assumed")), "{:?}", results[0].working);
    assert!(matches!(days("age 75", &known.assuming(Trigger::Closed), &[], NOW)[0], Outcome::Unknown { .. }));
}

#[test]
fn copies_and_fields_are_clauses_of_their_own() {
    let text = "provider copy: 30 days after sent; redact field nino 13 months after decision; permanent";
    let results = evaluate(&facts("sent=2026-01-01 decision=2026-01-01"), &rule(text), &[], NOW);
    assert_eq!(results[0].copy.as_deref(), Some("provider"));
    assert_eq!(results[1].action, Action::Redact("nino".to_owned()));
    assert_eq!(results[1].outcome, due("2027-02-01"));
    assert_eq!((&results[2].action, &results[2].outcome), (&Action::Permanent, &Outcome::Standing));
}

#[test]
fn the_working_shows_each_step() {
    let known = facts("created=2022-06-15");
    let results = evaluate(&known, &rule("3 years + current tax year after created"), &[], NOW);
    let wanted = [
        "the record was created: 2022-06-15",
        "the tax year, to 5 April with 2022-06-15 in it ends on 2023-04-05",
        "2023-04-05 + 3 years = 2026-04-05",
    ];
    assert_eq!(results[0].working, wanted);
}

#[test]
fn years_end_where_they_end() {
    for (year, day, end) in [
        (Year::Financial, date(2026, 3, 31), date(2026, 3, 31)),
        (Year::Financial, date(2026, 4, 1), date(2027, 3, 31)),
        (Year::Tax, date(2026, 4, 5), date(2026, 4, 5)),
        (Year::Tax, date(2026, 4, 6), date(2027, 4, 5)),
        (Year::Calendar, date(2026, 1, 1), date(2026, 12, 31)),
    ] {
        assert_eq!(year_end(year, day), Some(end), "{year} {day}");
    }
}

#[test]
fn holds_begin_and_end_on_their_days() {
    let hold =
        Hold { reason: "claim".to_owned(), from: Some(date(2026, 1, 1)), until: Some(date(2026, 6, 30)) };
    for (on, holds) in [
        (date(2025, 12, 31), false),
        (date(2026, 1, 1), true),
        (date(2026, 6, 30), true),
        (date(2026, 7, 1), false),
    ] {
        assert_eq!(hold.holds_on(on), holds, "{on}");
        let outcome = &days("on closed", &facts("closed=2020-01-01"), std::slice::from_ref(&hold), on)[0];
        assert_eq!(matches!(outcome, Outcome::Held { .. }), holds, "{on}");
    }
}

/// Every row of the published schedules is in the grammar, with its authority and source.
#[test]
fn the_shipped_schedule_parses() {
    let file =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/retention.toml")).unwrap();
    let table: toml::Table = file.parse().unwrap();
    let rows = table["row"].as_array().unwrap();
    assert!(rows.len() >= 69);
    for (i, row) in rows.iter().enumerate() {
        let text = row["rule"].as_str().unwrap();
        let parsed: Rule = text.parse().unwrap_or_else(|e| panic!("row {}: {e}", i + 1));
        assert_eq!(parsed.to_string(), text, "row {}: written canonically", i + 1);
        assert_eq!(row["number"].as_integer(), Some(i as i64 + 1));
        for key in ["record", "published", "source"] {
            assert!(!row[key].as_str().unwrap().is_empty(), "row {}: {key}", i + 1);
        }
        assert!(row["assumed_trigger"].is_bool() && row["authority"].is_str() && row["disposal"].is_str());
        assert_eq!(row["verified"].as_bool(), Some(false), "row {}: nothing is shipped as verified", i + 1);
    }
}

fn length() -> impl Strategy<Value = Length> {
    (0u16..80, 0u16..30, 0u16..10, 0u16..400).prop_map(|(years, months, weeks, days)| Length {
        years,
        months,
        weeks,
        days,
    })
}

fn point() -> impl Strategy<Value = Point> {
    (proptest::option::of(proptest::sample::select(Year::ALL)), proptest::sample::select(Trigger::ALL))
        .prop_map(|(end_of, trigger)| Point { end_of, trigger })
}

fn term() -> impl Strategy<Value = Term> {
    let bound = || proptest::sample::select(vec![Bound::Exact, Bound::AtMost, Bound::AtLeast]);
    let current = proptest::option::of(proptest::sample::select(Year::ALL));
    let leaf = prop_oneof![
        3 => (bound(), length(), current, point())
            .prop_map(|(bound, length, current, point)| Term::After { bound, length, current, point }),
        1 => (bound(), length()).prop_map(|(bound, length)| Term::Age { bound, length }),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        let several = proptest::collection::vec(inner, 2..4);
        (several, any::<bool>()).prop_map(|(t, first)| if first { Term::FirstOf(t) } else { Term::LastOf(t) })
    })
}

fn clause() -> impl Strategy<Value = Clause> {
    let name = || {
        proptest::sample::select(vec!["PRONI", "nino", "a-b", "first", "copy", "of", "x_1"])
            .prop_map(str::to_owned)
    };
    let timed = prop_oneof![
        3 => Just(Action::Destroy),
        1 => Just(Action::Review(None)),
        1 => name().prop_map(|n| Action::Review(Some(n))),
        1 => name().prop_map(Action::Transfer),
        1 => name().prop_map(Action::Redact),
        1 => Just(Action::Anonymise),
        1 => Just(Action::Renew),
    ];
    let copy = || {
        proptest::option::of(
            proptest::sample::select(vec!["provider", "paper", "device"]).prop_map(str::to_owned),
        )
    };
    prop_oneof![
        5 => (copy(), timed, term())
            .prop_map(|(copy, action, when)| Clause { copy, action, when: Some(when) }),
        1 => (copy(), prop_oneof![Just(Action::Permanent), Just(Action::Review(None))])
            .prop_map(|(copy, action)| Clause { copy, action, when: None }),
    ]
}

fn any_date() -> impl Strategy<Value = Date> {
    (0i32..40_000).prop_map(|d| date(1950, 1, 1).checked_add(jiff::Span::new().days(d)).unwrap())
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(clauses in proptest::collection::vec(clause(), 1..4)) {
        let text = clauses.iter().map(Clause::to_string).collect::<Vec<_>>().join("; ");
        prop_assume!(text.len() <= 2_000);
        let read: Rule = text.parse().map_err(|e| TestCaseError::fail(format!("{e}")))?;
        prop_assert_eq!(read.clauses(), &clauses[..]);
        prop_assert_eq!(read.to_string(), text);
    }

    #[test]
    fn reading_never_panics(text in "[a-z0-9 ();:,+é]{0,60}") {
        let _ = text.parse::<Rule>();
    }

    /// A later trigger never brings the day forward, when all triggers are known.
    #[test]
    fn due_is_monotone_in_each_trigger(
        when in term(),
        known in proptest::collection::vec(any_date(), Trigger::ALL.len()),
        moved in proptest::sample::select(Trigger::ALL),
        later in 0i32..4000,
    ) {
        let clause = Clause { copy: None, action: Action::Destroy, when: Some(when) };
        let rule: Rule = clause.to_string().parse().unwrap();
        let base = Trigger::ALL.iter().zip(&known).fold(Facts::none(), |f, (t, d)| f.with(*t, *d));
        let day = base.day(moved).unwrap().checked_add(jiff::Span::new().days(later)).unwrap();
        let at = |facts: &Facts| match evaluate(facts, &rule, &[], NOW)[0].outcome {
            Outcome::Due { date, .. } => Some(date),
            _ => None,
        };
        let (before, after) = (at(&base), at(&base.clone().with(moved, day)));
        prop_assert!(before.is_some() && before <= after, "{clause}: {before:?} then {after:?}");
    }

    #[test]
    fn a_hold_always_wins(
        clauses in proptest::collection::vec(clause(), 1..4),
        known in proptest::collection::vec(any_date(), Trigger::ALL.len()),
        on in any_date(),
    ) {
        let text = clauses.iter().map(Clause::to_string).collect::<Vec<_>>().join("; ");
        prop_assume!(text.len() <= 2_000);
        let rule: Rule = text.parse().unwrap();
        let facts = Trigger::ALL.iter().zip(&known).fold(Facts::none(), |f, (t, d)| f.with(*t, *d));
        let hold = Hold { reason: "inquiry".to_owned(), from: None, until: None };
        for result in evaluate(&facts, &rule, &[hold], on) {
            prop_assert!(matches!(result.outcome, Outcome::Held { .. }), "{:?}", result);
        }
    }
}
