//! The officer's desk: reminders, and the figures that are made of dated events.

use counterfoil_domain::rights::chase::{LINK_LASTS, Rung, Step, due_step, link_opens, next_day};
use counterfoil_domain::rights::figures::{Fact, figures};
use jiff::civil::date;

#[test]
fn each_reminder_comes_once_in_its_turn() {
    let ladder = [Step { days: -2, to: Rung::Colleague }, Step { days: 1, to: Rung::Officer }];
    let due = date(2026, 11, 20);
    let step = |taken, day| due_step(&ladder, taken, due, date(2026, 11, day)).map(|s| s.to);
    assert_eq!((step(0, 17), step(0, 18)), (None, Some(Rung::Colleague)));
    assert_eq!((step(1, 20), step(1, 21)), (None, Some(Rung::Officer)));
    assert_eq!(step(2, 30), None);
    let next = |taken| next_day(&ladder, taken, due);
    assert_eq!((next(0), next(1), next(2)), (Some(date(2026, 11, 18)), Some(date(2026, 11, 21)), None));
}

#[test]
fn a_colleagues_link_opens_until_a_month_after_its_day() {
    assert_eq!(LINK_LASTS, 30);
    let due = date(2026, 11, 20);
    for (on, opens) in
        [(date(2026, 11, 1), true), (due, true), (date(2026, 12, 20), true), (date(2026, 12, 21), false)]
    {
        assert_eq!(link_opens(due, on), opens, "{on}");
    }
}

#[test]
fn a_late_answer_counts_as_answered_and_not_as_in_time() {
    let fact = |late| Fact {
        right: "access".to_owned(),
        service: None,
        received: date(2026, 1, 5),
        ended: Some(date(2026, 2, 20)),
        answered: true,
        refused: false,
        late,
        paused: false,
        gross: 46,
        net: 46,
        paused_days: 0,
        extended: false,
        pages: 0,
        minutes: 0,
    };
    let found = figures(&[fact(true), fact(false)], date(2026, 1, 1), date(2026, 12, 31));
    assert_eq!((found.all.received, found.all.answered, found.all.in_time), (2, 2, 1));
}
