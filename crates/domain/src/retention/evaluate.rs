//! When a rule's time comes for one record, with the working.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::{Date, date};

use super::{Action, Bound, Clause, Length, Point, Rule, Term, Trigger, Year};

/// What is known of a record: the day of each trigger. A trigger that is absent has not happened, or is not
/// known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    days: BTreeMap<Trigger, Date>,
    assumed: Option<Trigger>,
}

impl Facts {
    /// Nothing known.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The same facts and this one; a later answer replaces an earlier one.
    #[must_use]
    pub fn with(mut self, trigger: Trigger, day: Date) -> Self {
        self.days.insert(trigger, day);
        self
    }

    /// Lets this trigger's day stand in for one that is not known. Published schedules often name no
    /// trigger; the usual reading is `closed`. Each use is named in the working. A date of birth is never
    /// stood in for.
    #[must_use]
    pub fn assuming(mut self, stand_in: Trigger) -> Self {
        self.assumed = Some(stand_in);
        self
    }

    /// The day of a trigger.
    #[must_use]
    pub fn day(&self, trigger: Trigger) -> Option<Date> {
        self.days.get(&trigger).copied()
    }
}

/// A reason for keeping a record whatever its rule says: a claim, an inquiry's moratorium, an open access
/// request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Why, in words.
    pub reason: String,
    /// Its first day; `None` has always been.
    pub from: Option<Date>,
    /// Its last day; `None` until it is lifted.
    pub until: Option<Date>,
}

impl Hold {
    /// Whether it holds on a day, its first and last days included.
    #[must_use]
    pub fn holds_on(&self, on: Date) -> bool {
        self.from.is_none_or(|d| d <= on) && self.until.is_none_or(|d| on <= d)
    }
}

/// What a clause says for one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The action's day: the first day on which it is to be done.
    Due {
        /// The day.
        date: Date,
        /// Whether it has come.
        reached: bool,
    },
    /// The action stands without a date (`permanent`, a standing `review`).
    Standing,
    /// A hold keeps the record; nothing is done, whatever the rule.
    Held {
        /// The reasons of the holds.
        by: Vec<String>,
        /// The day on which it would have been due.
        otherwise: Option<Date>,
    },
    /// The rule cannot be worked out, because these triggers are not known.
    Unknown {
        /// What is missing.
        missing: Vec<Trigger>,
    },
    /// The day lies beyond the calendar (year 9999).
    BeyondCalendar,
}

/// The answer for one clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseResult {
    /// Which copy; `None` is the record itself.
    pub copy: Option<String>,
    /// What happens.
    pub action: Action,
    /// When, or why not.
    pub outcome: Outcome,
    /// The working, line by line.
    pub working: Vec<String>,
}

/// Why a term has no day.
enum NoDay {
    Missing(Vec<Trigger>),
    Beyond,
}

/// Works out a rule for one record on a day: one result a clause, in the rule's order.
///
/// * `first of`: a trigger that has not happened is passed over; an unknown date of birth is not, because a
///   birth has always happened. `last of`: every part must be known.
/// * A due day is the first day on which the action is to be done: six years after 2 January 2020 is 2
///   January 2026.
/// * An active hold wins over every rule.
///
/// Source: Art 5(1)(e) UK GDPR (storage limitation); the schedules in `config/retention.toml`.
// INVARIANT: with a hold that holds on `on`, no outcome is `Due` or `Standing`.
#[must_use]
pub fn evaluate(facts: &Facts, rule: &Rule, holds: &[Hold], on: Date) -> Vec<ClauseResult> {
    rule.clauses().iter().map(|clause| evaluate_clause(facts, clause, holds, on)).collect()
}

fn evaluate_clause(facts: &Facts, clause: &Clause, holds: &[Hold], on: Date) -> ClauseResult {
    let mut working = Vec::new();
    let mut outcome = match clause.when.as_ref().map(|term| day_of(term, facts, &mut working)) {
        None => {
            working.push(format!("`{}` has no date: it stands", clause.action));
            Outcome::Standing
        }
        Some(Ok(date)) => Outcome::Due { date, reached: date <= on },
        Some(Err(NoDay::Missing(missing))) => Outcome::Unknown { missing },
        Some(Err(NoDay::Beyond)) => Outcome::BeyondCalendar,
    };
    let by: Vec<String> = holds.iter().filter(|h| h.holds_on(on)).map(|h| h.reason.clone()).collect();
    if !by.is_empty() {
        working.push(format!("held on {on}: {}; a hold wins over every rule", by.join("; ")));
        let otherwise = if let Outcome::Due { date, .. } = outcome { Some(date) } else { None };
        outcome = Outcome::Held { by, otherwise };
    }
    ClauseResult { copy: clause.copy.clone(), action: clause.action.clone(), outcome, working }
}

fn day_of(term: &Term, facts: &Facts, working: &mut Vec<String>) -> Result<Date, NoDay> {
    match term {
        Term::After { bound, length, current, point } => {
            let start = point_day(*point, facts, working)?;
            let start = current.map_or(Ok(start), |year| complete_year(year, start, working))?;
            let day = add(start, *length)?;
            working.push(format!("{start} + {length} = {day}{}", bound_words(*bound)));
            Ok(day)
        }
        Term::Age { bound, length } => {
            let born = known(Trigger::DateOfBirth, facts, working)?;
            let day = add(born, *length)?;
            working.push(format!("born {born}, reaches the age of {length} on {day}{}", bound_words(*bound)));
            Ok(day)
        }
        Term::FirstOf(terms) => first_of(terms, facts, working),
        Term::LastOf(terms) => last_of(terms, facts, working),
    }
}

const fn bound_words(bound: Bound) -> &'static str {
    match bound {
        Bound::Exact => "",
        Bound::AtMost => " at the latest; earlier is allowed",
        Bound::AtLeast => " at the earliest; later needs a reason",
    }
}

fn first_of(terms: &[Term], facts: &Facts, working: &mut Vec<String>) -> Result<Date, NoDay> {
    let mut days = Vec::new();
    let mut missing = Vec::new();
    for term in terms {
        match day_of(term, facts, working) {
            Ok(day) => days.push(day),
            Err(NoDay::Missing(these)) => missing.extend(these),
            // A day beyond the calendar is never the first of several.
            Err(NoDay::Beyond) => working.push(format!("`{term}` lies beyond the calendar")),
        }
    }
    match days.iter().min() {
        Some(first) if !missing.contains(&Trigger::DateOfBirth) => {
            working.extend(missing.iter().map(|t| format!("`{t}` has not happened: passed over")));
            working.push(format!("the first of these is {first}"));
            Ok(*first)
        }
        None if missing.is_empty() => Err(NoDay::Beyond),
        _ => Err(NoDay::Missing(missing)),
    }
}

fn last_of(terms: &[Term], facts: &Facts, working: &mut Vec<String>) -> Result<Date, NoDay> {
    let mut last: Option<Date> = None;
    let mut missing = Vec::new();
    let mut beyond = false;
    for term in terms {
        match day_of(term, facts, working) {
            Ok(day) => last = last.max(Some(day)),
            Err(NoDay::Missing(these)) => missing.extend(these),
            Err(NoDay::Beyond) => beyond = true,
        }
    }
    match last {
        _ if !missing.is_empty() => Err(NoDay::Missing(missing)),
        Some(day) if !beyond => {
            working.push(format!("the last of these is {day}"));
            Ok(day)
        }
        _ => Err(NoDay::Beyond),
    }
}

fn known(trigger: Trigger, facts: &Facts, working: &mut Vec<String>) -> Result<Date, NoDay> {
    if let Some(day) = facts.day(trigger) {
        return Ok(day);
    }
    let stand_in = facts.assumed.filter(|_| trigger != Trigger::DateOfBirth);
    match stand_in.and_then(|t| facts.day(t).map(|day| (t, day))) {
        Some((t, day)) => {
            working.push(format!("`{trigger}` is not known: assumed to be `{t}`, {day}"));
            Ok(day)
        }
        None => {
            working.push(format!("`{trigger}` is not known"));
            Err(NoDay::Missing(vec![trigger]))
        }
    }
}

fn point_day(point: Point, facts: &Facts, working: &mut Vec<String>) -> Result<Date, NoDay> {
    let day = known(point.trigger, facts, working)?;
    working.push(format!("{}: {day}", point.trigger.label()));
    point.end_of.map_or(Ok(day), |year| complete_year(year, day, working))
}

fn complete_year(year: Year, day: Date, working: &mut Vec<String>) -> Result<Date, NoDay> {
    let end = year_end(year, day).ok_or(NoDay::Beyond)?;
    working.push(format!("the {} with {day} in it ends on {end}", year.label()));
    Ok(end)
}

/// The last day of the year of this kind that contains `day`: 31 March, 5 April or 31 December. `None` only
/// beyond the calendar.
#[must_use]
pub fn year_end(year: Year, day: Date) -> Option<Date> {
    let (month, last) = match year {
        Year::Financial => (3, 31),
        Year::Tax => (4, 5),
        Year::Calendar => (12, 31),
    };
    let this = date(day.year(), month, last);
    if day <= this { Some(this) } else { this.checked_add(Span::new().years(1)).ok() }
}

fn add(day: Date, length: Length) -> Result<Date, NoDay> {
    let Length { years, months, weeks, days } = length;
    let span = Span::new()
        .try_years(years)
        .and_then(|s| s.try_months(months))
        .and_then(|s| s.try_weeks(weeks))
        .and_then(|s| s.try_days(days));
    span.and_then(|s| day.checked_add(s)).map_err(|_| NoDay::Beyond)
}
