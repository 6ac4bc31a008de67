//! Bank holidays by division, for the years that are loaded and no other.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};

use super::refusal::Refusal;
use crate::place::Division;

/// One bank holiday of one division.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// Whose.
    pub division: Division,
    /// When.
    pub date: Date,
    /// Its name, as published.
    pub name: String,
    /// Whether the day stands in for one that fell on a weekend.
    pub substitute: bool,
}

/// The last day through which the holidays of a division may be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// Whose.
    pub division: Division,
    /// The last day, inclusive.
    pub through: Date,
}

/// Holiday data that cannot be relied on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCalendar {
    /// A day is listed twice.
    #[error("{date} is listed twice for {}", .division.label())]
    Twice {
        /// Whose.
        division: Division,
        /// When.
        date: Date,
    },
    /// A year between the first and the last has too few holidays to be whole.
    #[error("{year} has only {count} bank holidays for {}: a whole year has at least {}", .division.label(), Calendar::FEWEST_IN_A_YEAR)]
    ThinYear {
        /// Whose.
        division: Division,
        /// The year.
        year: i16,
        /// How many it has.
        count: usize,
    },
    /// The data claims to be valid for longer than its last year.
    #[error("the holidays of {} are said to be valid through {through}, but none is listed after {last}", .division.label())]
    Overclaimed {
        /// Whose.
        division: Division,
        /// The claim.
        through: Date,
        /// The last year listed.
        last: i16,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Loaded {
    from: Date,
    through: Date,
    days: BTreeMap<Date, Holiday>,
}

/// The bank holidays that are loaded, with the span for which each division's are complete.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    loaded: BTreeMap<Division, Loaded>,
    /// When the list was published or last checked, if known: a proclamation after it is not in it.
    pub as_at: Option<Date>,
}

impl Calendar {
    /// Every division has at least eight bank holidays in every year.
    pub const FEWEST_IN_A_YEAR: usize = 8;

    /// Builds a calendar from listed holidays.
    ///
    /// A division is covered from 1 January of its first listed year through 31 December of its last,
    /// or through the day that `coverage` gives, if that is earlier.
    ///
    /// # Errors
    /// A day listed twice, a year that is not whole, or a coverage beyond the last listed year.
    pub fn new(
        holidays: Vec<Holiday>,
        coverage: &[Coverage],
        as_at: Option<Date>,
    ) -> Result<Self, BadCalendar> {
        let mut by_division: BTreeMap<Division, BTreeMap<Date, Holiday>> = BTreeMap::new();
        for holiday in holidays {
            let (division, date) = (holiday.division, holiday.date);
            if by_division.entry(division).or_default().insert(date, holiday).is_some() {
                return Err(BadCalendar::Twice { division, date });
            }
        }
        let mut loaded = BTreeMap::new();
        for (division, days) in by_division {
            let claim = coverage.iter().find(|c| c.division == division).map(|c| c.through);
            loaded.insert(division, span(division, days, claim)?);
        }
        Ok(Self { loaded, as_at })
    }

    /// The first and last day for which the holidays of `division` are known.
    #[must_use]
    pub fn span(&self, division: Division) -> Option<(Date, Date)> {
        self.loaded.get(&division).map(|l| (l.from, l.through))
    }

    /// The working days of one nation. A reading uses exactly one of these from beginning to end.
    #[must_use]
    pub const fn working_days(&self, nation: Nation) -> WorkingDays<'_> {
        WorkingDays { calendar: self, nation }
    }

    fn holiday(&self, division: Division, date: Date) -> Result<Option<&Holiday>, Refusal> {
        let loaded = self.loaded.get(&division).ok_or(Refusal::NoHolidays { division })?;
        if date > loaded.through {
            return Err(Refusal::BeyondHolidays { date, division, through: loaded.through });
        }
        if date < loaded.from {
            return Err(Refusal::BeforeHolidays { date, division, from: loaded.from });
        }
        Ok(loaded.days.get(&date))
    }
}

fn span(
    division: Division,
    days: BTreeMap<Date, Holiday>,
    claim: Option<Date>,
) -> Result<Loaded, BadCalendar> {
    let years: BTreeSet<i16> = days.keys().map(|d| d.year()).collect();
    let (first, last) = (years.first().copied().unwrap_or(1), years.last().copied().unwrap_or(1));
    for year in first..=last {
        let count = days.keys().filter(|d| d.year() == year).count();
        if count < Calendar::FEWEST_IN_A_YEAR {
            return Err(BadCalendar::ThinYear { division, year, count });
        }
    }
    let end = jiff::civil::date(last, 12, 31);
    let through = claim.unwrap_or(end);
    if through > end {
        return Err(BadCalendar::Overclaimed { division, through, last });
    }
    Ok(Loaded { from: jiff::civil::date(first, 1, 1), through, days })
}

/// Whose holidays make a day non-working.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nation {
    /// The holidays of one division.
    One(Division),
    /// A holiday in any division (s.10(6) FOIA 2000).
    AnyPartOfUk,
}

impl Nation {
    fn divisions(self) -> Vec<Division> {
        match self {
            Self::One(division) => vec![division],
            Self::AnyPartOfUk => Division::ALL.to_vec(),
        }
    }

    /// In words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::One(division) => division.label(),
            Self::AnyPartOfUk => "any part of the United Kingdom",
        }
    }
}

/// A day passed over, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The day.
    pub date: Date,
    /// `Saturday`, or the holiday's name and where it is one.
    pub why: String,
}

/// Working days by the holidays of one nation.
#[derive(Debug, Clone, Copy)]
pub struct WorkingDays<'a> {
    calendar: &'a Calendar,
    nation: Nation,
}

impl WorkingDays<'_> {
    /// Whose holidays are used.
    #[must_use]
    pub const fn nation(&self) -> Nation {
        self.nation
    }

    /// Why `date` is not a working day; `None` when it is one.
    ///
    /// # Errors
    /// The day lies outside the loaded holidays. Weekends too: what follows one must be known.
    pub fn closed(&self, date: Date) -> Result<Option<String>, Refusal> {
        let mut names: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for division in self.nation.divisions() {
            if let Some(holiday) = self.calendar.holiday(division, date)? {
                let substitute = if holiday.substitute { ", substitute day" } else { "" };
                let name = format!("bank holiday ({}{substitute})", holiday.name);
                names.entry(name).or_default().push(division.label());
            }
        }
        Ok(match date.weekday() {
            Weekday::Saturday => Some("Saturday".to_owned()),
            Weekday::Sunday => Some("Sunday".to_owned()),
            _ if names.is_empty() => None,
            _ => {
                let each = names.into_iter().map(|(name, places)| format!("{name} in {}", places.join(", ")));
                Some(each.collect::<Vec<_>>().join("; "))
            }
        })
    }

    /// The first working day on or after `nominal`, and the days passed over
    /// (Art 3(4) of Regulation 1182/71).
    ///
    /// # Errors
    /// A day outside the loaded holidays.
    pub fn roll_forward(&self, nominal: Date) -> Result<(Date, Vec<Skipped>), Refusal> {
        let mut skipped = Vec::new();
        let mut date = nominal;
        while let Some(why) = self.closed(date)? {
            skipped.push(Skipped { date, why });
            date = next(date)?;
        }
        Ok((date, skipped))
    }

    /// The `n`th working day after `day`, not counting the days for which `disregard` gives a reason,
    /// and the days passed over (s.10(1), (2) and (6) FOIA 2000).
    ///
    /// # Errors
    /// A day outside the loaded holidays.
    pub fn nth_after(
        &self,
        day: Date,
        n: u32,
        disregard: impl Fn(Date) -> Option<&'static str>,
    ) -> Result<(Date, Vec<Skipped>), Refusal> {
        let (mut date, mut counted, mut skipped) = (day, 0, Vec::new());
        while counted < n {
            date = next(date)?;
            match self.closed(date)?.or_else(|| disregard(date).map(str::to_owned)) {
                Some(why) => skipped.push(Skipped { date, why }),
                None => counted += 1,
            }
        }
        Ok((date, skipped))
    }

    /// How many working days lie after `day`, up to and including `end`.
    ///
    /// # Errors
    /// A day outside the loaded holidays.
    pub fn count(&self, day: Date, end: Date) -> Result<i64, Refusal> {
        let (mut date, mut n) = (day, 0);
        while date < end {
            date = next(date)?;
            n += i64::from(self.closed(date)?.is_none());
        }
        Ok(n)
    }
}

/// The day after.
pub(super) fn next(date: Date) -> Result<Date, Refusal> {
    date.tomorrow().map_err(|_| Refusal::OutOfRange { near: date })
}
