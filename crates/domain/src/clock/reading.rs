//! What a clock says.

use jiff::civil::Date;

use super::rules::RuleSet;
use super::working::Step;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// Where a request stands.
    State: "state" {
        AwaitingId = "awaiting_id", "not started: evidence of identity is awaited";
        AwaitingAuthority = "awaiting_authority", "not started: evidence of authority is awaited";
        AwaitingFee = "awaiting_fee", "stopped: a fee is awaited";
        Running = "running", "running";
        Paused = "paused", "paused: clarification is awaited";
        Extended = "extended", "running, extended";
        Acknowledged = "acknowledged", "acknowledged; the outcome is still owed";
        Answered = "answered", "answered";
        ClosedNoReply = "closed_no_reply", "closed because no reply came";
        Withdrawn = "withdrawn", "withdrawn by the person";
    }
}

/// Something that an officer should weigh: the law is uncertain, or the record is thin. It changes no date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// A stable code.
    pub code: &'static str,
    /// In plain words.
    pub text: String,
}

vocabulary! {
    /// Why days do not count.
    PauseReason: "reason for a pause" {
        Identity = "identity", "evidence of identity was awaited";
        Authority = "authority", "evidence of authority was awaited";
        Fee = "fee", "a fee was awaited";
        Clarification = "clarification", "clarification was awaited";
    }
}

/// Days that do not count towards the period, both ends inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// The first.
    pub from: Date,
    /// The last; `None` while it lasts.
    pub to: Option<Date>,
    /// What was awaited.
    pub why: PauseReason,
}

/// The answer of a clock on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Where the request stands.
    pub state: State,
    /// The last day in time; `None` while something is outstanding that stops the clock.
    pub due: Option<Date>,
    /// The last day for telling of an extension, where the regime has extensions.
    pub notice_by: Option<Date>,
    /// The day from which the period runs (itself not counted).
    pub start: Option<Date>,
    /// The spans that do not count, in the order of their beginning; they may overlap.
    pub pauses: Vec<Pause>,
    /// How many days were left out of the period: calendar days, or working days where
    /// [`Reading::in_working_days`].
    pub paused_days: i64,
    /// Whether the longer period runs.
    pub extended: bool,
    /// Whether the due date has passed unanswered, or was past when the answer came.
    pub late: bool,
    /// The first day after the due date, when late.
    pub late_since: Option<Date>,
    /// Calendar days from the day of the reading to the due date, negative when past; `None` when
    /// finished or without a due date.
    pub days_left: Option<i64>,
    /// What the due date would be if everything outstanding came on the day of the reading.
    pub due_if_answered_today: Option<Date>,
    /// What the due date would be had nothing been paused.
    pub due_without_pauses: Option<Date>,
    /// Days from receipt to the end, or to the day of the reading; the day of receipt is not counted.
    pub gross_days: Option<i64>,
    /// Those of them that count towards the period.
    pub net_days: Option<i64>,
    /// Whether `paused_days`, `gross_days` and `net_days` are working days.
    pub in_working_days: bool,
    /// The rules that governed.
    pub rule_set: &'static RuleSet,
    /// Why these.
    pub rule_reason: String,
    /// Line by line.
    pub working: Vec<Step>,
    /// What to weigh.
    pub warnings: Vec<Warning>,
}

impl Reading {
    /// A reading with no figures yet.
    pub(super) fn blank(rule_set: &'static RuleSet, rule_reason: String) -> Self {
        Self {
            state: State::Running,
            due: None,
            notice_by: None,
            start: None,
            pauses: Vec::new(),
            paused_days: 0,
            extended: false,
            late: false,
            late_since: None,
            days_left: None,
            due_if_answered_today: None,
            due_without_pauses: None,
            gross_days: None,
            net_days: None,
            in_working_days: false,
            rule_set,
            rule_reason,
            working: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Notes a span that does not count.
    pub(super) fn pause(&mut self, from: Date, to: Option<Date>, why: PauseReason) {
        self.pauses.push(Pause { from, to, why });
        self.pauses.sort_unstable_by_key(|p| p.from);
    }

    pub(super) fn warn(&mut self, code: &'static str, text: impl Into<String>) {
        self.warnings.push(Warning { code, text: text.into() });
    }
}
