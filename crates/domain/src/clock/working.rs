//! The working: each line says what was done and which provision says so.

use jiff::civil::{Date, Weekday};

use super::calendar::Skipped;

/// One line of the working.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was done, in plain words, with every date in long form.
    pub text: String,
    /// The provision (or guidance) that it rests on.
    pub provision: &'static str,
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} [{}]", self.text, self.provision)
    }
}

/// The lines so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Working(pub Vec<Step>);

impl Working {
    pub(super) fn say(&mut self, provision: &'static str, text: impl Into<String>) {
        self.0.push(Step { text: text.into(), provision });
    }

    /// One line for each day passed over, with the holiday's name.
    pub(super) fn skips(&mut self, provision: &'static str, skipped: &[Skipped]) {
        for day in skipped {
            self.say(provision, format!("{} is not a working day: {}", long(day.date), day.why));
        }
    }
}

/// A date in long form: `Thursday 17 December 2026`.
#[must_use]
pub fn long(date: Date) -> String {
    format!("{} {} {} {}", weekday(date.weekday()), date.day(), month(date.month()), date.year())
}

/// `1 day`, `2 days`.
#[must_use]
pub fn days(n: i64) -> String {
    if n == 1 { "1 day".to_owned() } else { format!("{n} days") }
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

fn month(month: i8) -> &'static str {
    match month {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    }
}
