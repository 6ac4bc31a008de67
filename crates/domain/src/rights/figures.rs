//! The figures of requests that committees, the regulator and journalists ask for. They are made of the dated
//! events alone, so that anyone with the log can make them again.

use std::collections::BTreeMap;

use jiff::civil::Date;

/// What counts of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The right, by its code.
    pub right: String,
    /// The service that it is about, when somebody has said.
    pub service: Option<String>,
    /// The day of receipt.
    pub received: Date,
    /// The day of the end: answered, closed or withdrawn; `None` while open.
    pub ended: Option<Date>,
    /// Whether it ended with an answer.
    pub answered: bool,
    /// Whether it was refused, whole.
    pub refused: bool,
    /// Whether it is, or was answered, late.
    pub late: bool,
    /// Whether the clock stands still on the day of the figures.
    pub paused: bool,
    /// Days from receipt to the end or the day of the figures.
    pub gross: i64,
    /// Those of them that count towards the period.
    pub net: i64,
    /// Days left out.
    pub paused_days: i64,
    /// Whether the longer period runs.
    pub extended: bool,
    /// Pages released.
    pub pages: u64,
    /// Minutes that staff say it took.
    pub minutes: u64,
}

/// One month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    /// The year.
    pub year: i16,
    /// 1 to 12.
    pub month: i8,
}

/// What happened in one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MonthFigures {
    /// Received in it.
    pub received: u64,
    /// Answered in it.
    pub answered: u64,
    /// Of those answered, in time.
    pub in_time: u64,
}

/// How many, with how many of them in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// Received in the period.
    pub received: u64,
    /// Answered in the period.
    pub answered: u64,
    /// Of those, in time.
    pub in_time: u64,
}

/// The middle and the ends of a list of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spread {
    /// The least.
    pub least: i64,
    /// Half are no longer than this.
    pub median: i64,
    /// Nine of ten are no longer than this.
    pub ninth: i64,
    /// The most.
    pub most: i64,
}

/// Ages of what is open, in days from receipt: up to 30, to 90, to 180, to 365, and older.
pub const AGES: [i64; 4] = [30, 90, 180, 365];

/// The figures of a period.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// Everything in the period.
    pub all: Share,
    /// By month, every month of the period.
    pub months: BTreeMap<Month, MonthFigures>,
    /// By right.
    pub rights: BTreeMap<String, Share>,
    /// By service; what nobody has said is under the empty name.
    pub services: BTreeMap<String, Share>,
    /// Open on the last day, by age: see [`AGES`].
    pub backlog: [u64; 5],
    /// Open and overdue on the last day.
    pub overdue: u64,
    /// Open and paused on the last day.
    pub paused: u64,
    /// The age of the oldest that is open, in days.
    pub oldest: Option<i64>,
    /// Of those answered in the period: days from receipt, pauses included.
    pub gross: Option<Spread>,
    /// The same without the days that do not count.
    pub net: Option<Spread>,
    /// Of those answered in the period: extended.
    pub extended: u64,
    /// Of those answered in the period: with days left out.
    pub with_pause: u64,
    /// Of those answered in the period: refused.
    pub refused: u64,
    /// Of those answered in the period: pages released.
    pub pages: u64,
    /// Of those answered in the period: minutes of work that were noted.
    pub minutes: u64,
}

fn month_of(day: Date) -> Month {
    Month { year: day.year(), month: day.month() }
}

/// The figures from one day to another, both inside, as they are on the last.
#[must_use]
pub fn figures(facts: &[Fact], from: Date, to: Date) -> Figures {
    let mut found = Figures { months: months(from, to), ..Figures::default() };
    let within = |day: Date| from <= day && day <= to;
    for fact in facts.iter().filter(|f| f.received <= to) {
        let share = Share {
            received: u64::from(within(fact.received)),
            answered: u64::from(fact.answered && fact.ended.is_some_and(within)),
            in_time: u64::from(fact.answered && !fact.late && fact.ended.is_some_and(within)),
        };
        found.add(fact, share);
        if fact.ended.is_none_or(|day| day > to) {
            found.add_open(fact, to);
        }
    }
    let answered: Vec<&Fact> = facts.iter().filter(|f| f.answered && f.ended.is_some_and(within)).collect();
    found.gross = spread(answered.iter().map(|f| f.gross).collect());
    found.net = spread(answered.iter().map(|f| f.net).collect());
    let count = |of: fn(&Fact) -> bool| answered.iter().filter(|f| of(f)).count() as u64;
    found.extended = count(|f| f.extended);
    found.with_pause = count(|f| f.paused_days > 0);
    found.refused = count(|f| f.refused);
    found.pages = answered.iter().map(|f| f.pages).sum();
    found.minutes = answered.iter().map(|f| f.minutes).sum();
    found
}

impl Figures {
    fn add(&mut self, fact: &Fact, share: Share) {
        if share == Share::default() {
            return;
        }
        let into = |line: &mut Share| {
            line.received += share.received;
            line.answered += share.answered;
            line.in_time += share.in_time;
        };
        into(&mut self.all);
        into(self.rights.entry(fact.right.clone()).or_default());
        into(self.services.entry(fact.service.clone().unwrap_or_default()).or_default());
        if let Some(line) = self.months.get_mut(&month_of(fact.received)) {
            line.received += share.received;
        }
        if let Some(line) = fact.ended.and_then(|day| self.months.get_mut(&month_of(day))) {
            line.answered += share.answered;
            line.in_time += share.in_time;
        }
    }

    fn add_open(&mut self, fact: &Fact, on: Date) {
        let age = i64::from((on - fact.received).get_days());
        let step = AGES.iter().position(|most| age <= *most).unwrap_or(AGES.len());
        if let Some(count) = self.backlog.get_mut(step) {
            *count += 1;
        }
        self.overdue += u64::from(fact.late);
        self.paused += u64::from(fact.paused);
        self.oldest = Some(self.oldest.unwrap_or(0).max(age));
    }
}

fn months(from: Date, to: Date) -> BTreeMap<Month, MonthFigures> {
    let mut found = BTreeMap::new();
    let mut day = from.first_of_month();
    while day <= to {
        found.insert(month_of(day), MonthFigures::default());
        match day.checked_add(jiff::Span::new().months(1)) {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    found
}

/// The spread of a list of days; nothing for an empty one.
fn spread(mut days: Vec<i64>) -> Option<Spread> {
    days.sort_unstable();
    let (least, most) = (*days.first()?, *days.last()?);
    // The smallest value that at least `part` tenths of the list do not exceed.
    let at = |tenths: usize| days.get((days.len() * tenths).div_ceil(10).saturating_sub(1)).copied();
    Some(Spread { least, median: at(5)?, ninth: at(9)?, most })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn fact(received: Date, ended: Option<Date>, late: bool) -> Fact {
        Fact {
            right: "access".to_owned(),
            service: None,
            received,
            ended,
            answered: ended.is_some(),
            refused: false,
            late,
            paused: false,
            gross: 20,
            net: 10,
            paused_days: 10,
            extended: false,
            pages: 3,
            minutes: 30,
        }
    }

    #[test]
    fn a_request_counts_where_it_came_and_where_it_ended() {
        let facts = [
            fact(date(2026, 1, 20), Some(date(2026, 2, 10)), false),
            fact(date(2026, 2, 1), Some(date(2026, 4, 1)), true),
            fact(date(2025, 12, 1), None, true),
            fact(date(2026, 7, 1), None, false),
        ];
        let found = figures(&facts, date(2026, 1, 1), date(2026, 3, 31));
        assert_eq!(found.all, Share { received: 2, answered: 1, in_time: 1 });
        let month = |month| found.months[&Month { year: 2026, month }];
        assert_eq!(month(1), MonthFigures { received: 1, answered: 0, in_time: 0 });
        assert_eq!(month(2), MonthFigures { received: 1, answered: 1, in_time: 1 });
        assert_eq!(found.months.len(), 3);
        // On 31 March the one that was answered in April was open still, and that of December is.
        assert_eq!(found.backlog, [0, 1, 1, 0, 0]);
        assert_eq!((found.overdue, found.oldest), (2, Some(120)));
        assert_eq!((found.pages, found.minutes, found.with_pause), (3, 30, 1));
    }

    #[test]
    fn a_spread_is_of_values_that_occur() {
        assert_eq!(spread(vec![]), None);
        assert_eq!(spread(vec![7]), Some(Spread { least: 7, median: 7, ninth: 7, most: 7 }));
        let ten: Vec<i64> = (1..=10).rev().collect();
        assert_eq!(spread(ten), Some(Spread { least: 1, median: 5, ninth: 9, most: 10 }));
    }
}
