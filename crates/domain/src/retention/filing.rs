//! Which rule a record of casework falls under, and whether its time has come.
//!
//! A case falls under the rule of its issue, else under the general rule; under the children's rule when it was
//! closed before the person was 18. A person without any case, and a rights request, have rules of their own.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::{Action, ClauseResult, Facts, Hold, Outcome, Rule, Trigger, evaluate};

/// The age at which childhood ends for this purpose: limitation runs from then (s.1 Family Law Reform Act 1969,
/// s.1 Age of Majority Act (Northern Ireland) 1969).
const MAJORITY: i32 = 18;

/// A rule of the schedule, with the name that the schedule gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// Its id in the register, such as `R-CASE`.
    pub id: String,
    /// The rule.
    pub rule: Rule,
}

impl Filed {
    /// What happens to the record itself when its time has come; `None` for a rule of copies only.
    #[must_use]
    pub fn action(&self) -> Option<&Action> {
        self.rule.clauses().iter().find(|c| c.copy.is_none()).map(|c| &c.action)
    }
}

/// The rules that casework and requests are kept by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// Cases.
    pub general: Filed,
    /// Cases that were closed before the person was 18, unless their issue has a rule.
    pub child: Option<Filed>,
    /// Cases whose issue begins so (`debt` is the beginning of `debt.energy`, not of `debtors`).
    pub issues: Vec<(String, Filed)>,
    /// People on record without any case.
    pub person: Option<Filed>,
    /// Rights requests.
    pub request: Option<Filed>,
    /// Recordings of calls, from the day on which they were made.
    pub recording: Option<Filed>,
}

impl Filing {
    /// Every rule, once.
    #[must_use]
    pub fn rules(&self) -> Vec<&Filed> {
        let issues = self.issues.iter().map(|(_, filed)| filed);
        let others =
            [self.child.as_ref(), self.person.as_ref(), self.request.as_ref(), self.recording.as_ref()];
        let mut all = vec![&self.general];
        for filed in issues.chain(others.into_iter().flatten()) {
            if all.iter().all(|known| known.id != filed.id) {
                all.push(filed);
            }
        }
        all
    }

    /// The rule with this id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Filed> {
        self.rules().into_iter().find(|filed| filed.id == id)
    }

    /// The rule of the longest beginning of the issue, if any has one.
    fn of_issue(&self, issue: &str) -> Option<&Filed> {
        let begins = |prefix: &str| {
            issue.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let fitting = self.issues.iter().filter(|(prefix, _)| begins(prefix));
        fitting.max_by_key(|(prefix, _)| prefix.len()).map(|(_, filed)| filed)
    }
}

/// What is known of a person's birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Born {
    /// Nobody looked: the record was not opened.
    NotAsked,
    /// Looked for, and not on record.
    Unknown,
    /// On this day.
    On(Date),
}

/// The days of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseDays {
    /// Opened.
    pub opened: Date,
    /// Closed; none while it is open.
    pub closed: Option<Date>,
    /// The last note, document or other entry.
    pub last_entry: Option<Date>,
}

/// How a record stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Its time has come, on this day.
    Due(Date),
    /// Its time comes on this day.
    NotYet(Date),
    /// A hold keeps it; without the hold its time would come, or came, on this day.
    Held(Option<Date>),
    /// Its time cannot be told: the case is open, or these are not known.
    Undated(Vec<Trigger>),
    /// It is kept for ever, or until somebody looks at it.
    Standing,
}

/// What the schedule says of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<'r> {
    /// The rule.
    pub filed: &'r Filed,
    /// What is done when the time has come.
    pub action: Action,
    /// How it stands.
    pub standing: Standing,
    /// The working, line by line.
    pub working: Vec<String>,
}

/// How near a record's time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// Due for longer than the days of grace.
    Overdue,
    /// Due.
    Due,
    /// Due within twelve months.
    Soon,
    /// Later, held, undated or kept for ever.
    Later,
}

impl Answer<'_> {
    /// How near its time is on a day, with so many days of grace.
    #[must_use]
    pub fn nearness(&self, on: Date, grace_days: u16) -> Nearness {
        let reached = |day: Date, span: Span| day.checked_add(span).is_ok_and(|end| end < on);
        let in_a_year = on.checked_add(12.months());
        match self.standing {
            Standing::Due(since) if reached(since, i64::from(grace_days).days()) => Nearness::Overdue,
            Standing::Due(_) => Nearness::Due,
            Standing::NotYet(day) if in_a_year.is_ok_and(|end| day <= end) => Nearness::Soon,
            _ => Nearness::Later,
        }
    }
}

impl Filing {
    /// Whether a case falls under the children's rule if the person was under 18 when it was closed; only then is
    /// a date of birth needed.
    #[must_use]
    pub fn asks_age(&self, issue: &str) -> bool {
        self.child.is_some() && self.of_issue(issue).is_none()
    }

    /// What the schedule says of a case on a day.
    ///
    /// With [`Born::NotAsked`] the answer is that of the rule for adults: a case that is not due by it is not looked
    /// at further, so that no date of birth is opened for nothing.
    // INVARIANT: an open case is never due.
    #[must_use]
    pub fn of_case(&self, issue: &str, days: &CaseDays, born: Born, held: bool, on: Date) -> Answer<'_> {
        let mut working = Vec::new();
        let filed = self.rule_of_case(issue, days, born, &mut working);
        let Some(closed) = days.closed else {
            working.push("the case is open".to_owned());
            return undated(filed, vec![Trigger::Closed], working);
        };
        let last = days.last_entry.map_or(closed, |entry| entry.max(days.opened));
        let mut facts = Facts::none()
            .with(Trigger::Created, days.opened)
            .with(Trigger::Received, days.opened)
            .with(Trigger::Closed, closed)
            .with(Trigger::LastEntry, last)
            .with(Trigger::LastActivity, last)
            .with(Trigger::LastContact, last)
            .assuming(Trigger::Closed);
        if let Born::On(day) = born {
            facts = facts.with(Trigger::DateOfBirth, day);
        }
        answer(filed, &facts, held, on, working)
    }

    fn rule_of_case(&self, issue: &str, days: &CaseDays, born: Born, working: &mut Vec<String>) -> &Filed {
        if let Some(filed) = self.of_issue(issue) {
            working.push(format!("{}: the rule for cases of `{issue}`", filed.id));
            return filed;
        }
        let young = |born: Date| days.closed.is_some_and(|closed| is_child(born, closed));
        match (&self.child, born) {
            (Some(child), Born::On(day)) if young(day) => {
                working.push(format!("{}: the person was under 18 when the case was closed", child.id));
                return child;
            }
            (Some(_), Born::Unknown) => {
                working.push("no date of birth is on record: the rule for adults is used".to_owned());
            }
            _ => {}
        }
        working.push(format!("{}: the general rule for cases", self.general.id));
        &self.general
    }

    /// What the schedule says of a person who has no case: last changed, or last given a document, on these days.
    #[must_use]
    pub fn of_person(&self, made: Date, last: Date, held: bool, on: Date) -> Option<Answer<'_>> {
        let filed = self.person.as_ref()?;
        let facts = Facts::none()
            .with(Trigger::Created, made)
            .with(Trigger::LastEntry, last)
            .with(Trigger::LastActivity, last)
            .with(Trigger::LastContact, last)
            .assuming(Trigger::LastContact);
        let working = vec![format!("{}: the rule for people without a case", filed.id)];
        Some(answer(filed, &facts, held, on, working))
    }

    /// What the schedule says of a rights request that was closed.
    #[must_use]
    pub fn of_request(&self, received: Date, closed: Date, held: bool, on: Date) -> Option<Answer<'_>> {
        let filed = self.request.as_ref()?;
        let facts = Facts::none()
            .with(Trigger::Received, received)
            .with(Trigger::Created, received)
            .with(Trigger::Closed, closed)
            .assuming(Trigger::Closed);
        let working = vec![format!("{}: the rule for rights requests", filed.id)];
        Some(answer(filed, &facts, held, on, working))
    }

    /// What the schedule says of a recording: it has a time of its own, whatever case it belongs to.
    #[must_use]
    pub fn of_recording(&self, recorded: Date, held: bool, on: Date) -> Option<Answer<'_>> {
        let filed = self.recording.as_ref()?;
        let facts = Facts::none()
            .with(Trigger::Created, recorded)
            .with(Trigger::Received, recorded)
            .with(Trigger::Recorded, recorded);
        let working = vec![format!("{}: the rule for recordings", filed.id)];
        Some(answer(filed, &facts, held, on, working))
    }
}

/// Whether someone born on a day is under 18 on another. Born on 29 February, one is 18 on 1 March.
fn is_child(born: Date, on: Date) -> bool {
    let birthday = born.checked_add(MAJORITY.years());
    let leapt = |day: Date| if day.day() == born.day() { Some(day) } else { day.tomorrow().ok() };
    birthday.ok().and_then(leapt).is_none_or(|majority| on < majority)
}

fn undated(filed: &Filed, missing: Vec<Trigger>, working: Vec<String>) -> Answer<'_> {
    let action = filed.action().cloned().unwrap_or(Action::Permanent);
    Answer { filed, action, standing: Standing::Undated(missing), working }
}

fn answer<'r>(filed: &'r Filed, facts: &Facts, held: bool, on: Date, mut working: Vec<String>) -> Answer<'r> {
    let hold = Hold { reason: "legal hold".to_owned(), from: None, until: None };
    let holds = if held { vec![hold] } else { Vec::new() };
    let results = evaluate(facts, &filed.rule, &holds, on);
    let Some(ClauseResult { action, outcome, working: lines, .. }) =
        results.into_iter().find(|r| r.copy.is_none())
    else {
        working.push("the rule speaks of copies only".to_owned());
        return Answer { filed, action: Action::Permanent, standing: Standing::Standing, working };
    };
    working.extend(lines);
    let standing = match outcome {
        Outcome::Due { date, reached: true } => Standing::Due(date),
        Outcome::Due { date, reached: false } => Standing::NotYet(date),
        Outcome::Held { otherwise, .. } => Standing::Held(otherwise),
        Outcome::Unknown { missing } => Standing::Undated(missing),
        Outcome::Standing | Outcome::BeyondCalendar => Standing::Standing,
    };
    Answer { filed, action, standing, working }
}
