//! The ladder of reminders for a colleague who has not answered: a table of days, not code.

use jiff::civil::Date;

use crate::vocabulary::vocabulary;

vocabulary! {
    /// Who is turned to.
    Rung: "rung of the ladder" {
        /// The colleague who was asked.
        Colleague = "colleague", "the colleague";
        /// The officer's own task: to ring, or to ask somebody else.
        Officer = "officer", "the officer";
    }
}

/// One step: so many days from the day on which the answer is due (negative: before), to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Days from the due day.
    pub days: i32,
    /// Who is turned to.
    pub to: Rung,
}

/// The step that is due on a day, when so many were taken already; each is taken once and in order.
#[must_use]
pub fn due_step(ladder: &[Step], taken: usize, due: Date, on: Date) -> Option<Step> {
    let passed = (on - due).get_days();
    ladder.get(taken).copied().filter(|step| step.days <= passed)
}

/// The day on which the next step is due; nothing when all were taken.
#[must_use]
pub fn next_day(ladder: &[Step], taken: usize, due: Date) -> Option<Date> {
    ladder.get(taken).map(|step| due.saturating_add(jiff::Span::new().days(step.days)))
}

/// How long a colleague's link opens after the day on which the answer is due, in days: long enough for whoever comes
/// back from leave, and no standing door.
pub const LINK_LASTS: i32 = 30;

/// Whether the link of a question that is due on `due` still opens on a day.
#[must_use]
pub fn link_opens(due: Date, on: Date) -> bool {
    (on - due).get_days() <= LINK_LASTS
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_next_day_is_the_next_steps() {
        let ladder = [Step { days: -2, to: Rung::Colleague }, Step { days: 2, to: Rung::Officer }];
        let due = date(2026, 11, 20);
        for (taken, expected) in [(0, Some(date(2026, 11, 18))), (1, Some(date(2026, 11, 22))), (2, None)] {
            assert_eq!(next_day(&ladder, taken, due), expected, "{taken}");
        }
    }

    #[test]
    fn a_link_ends_a_month_after_its_day() {
        let due = date(2026, 11, 20);
        for (on, opens) in [
            (date(2026, 11, 1), true),
            (date(2026, 11, 20), true),
            (date(2026, 12, 20), true),
            (date(2026, 12, 21), false),
            (date(2027, 11, 20), false),
        ] {
            assert_eq!(link_opens(due, on), opens, "{on}");
        }
    }

    #[test]
    fn each_step_comes_once_in_its_turn() {
        let ladder = [
            Step { days: -2, to: Rung::Colleague },
            Step { days: 0, to: Rung::Colleague },
            Step { days: 3, to: Rung::Officer },
        ];
        let due = date(2026, 11, 20);
        for (taken, on, expected) in [
            (0, 17, None),
            (0, 18, Some(Rung::Colleague)),
            (1, 18, None),
            (1, 20, Some(Rung::Colleague)),
            (2, 22, None),
            (2, 23, Some(Rung::Officer)),
            (3, 30, None),
            // Nobody looked for a week: the steps are taken one by one, none is left out.
            (0, 27, Some(Rung::Colleague)),
        ] {
            let found = due_step(&ladder, taken, due, date(2026, 11, on)).map(|s| s.to);
            assert_eq!(found, expected, "{taken} taken, on the {on}th");
        }
    }
}
