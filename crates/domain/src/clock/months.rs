//! The clock of Art 12 UK GDPR: one month, or three, from the relevant time.

use jiff::Span as Length;
use jiff::civil::Date;

use super::config::{EarlierPause, LateQuestion, SameDayPause};
use super::events::{Question, Timeline};
use super::pauses::{Span, between, union};
use super::provisions as p;
use super::reading::{PauseReason, Reading, State};
use super::refusal::{Refusal, Refused};
use super::replay::{Context, check_closing, say_standing, settle};
use super::rules::{self, ART_12A_BEGINS};
use super::working::{Working, days, long};
use crate::rights::Right;

/// The same-numbered date `months` later, or the last day of a shorter month (Art 3 of Regulation 1182/71).
pub(super) fn add(date: Date, months: i32) -> Result<Date, Refusal> {
    date.checked_add(Length::new().months(months)).map_err(|_| Refusal::OutOfRange { near: date })
}

/// Reads the clock of a request under Arts 15 to 22D.
pub(super) fn read(context: &Context<'_>, right: Right) -> Result<Reading, Refused> {
    let (mut reading, mut working) = context.begin();
    warn_of_right(right, &mut reading);
    match relevant_time(context, &mut reading, &mut working) {
        Err((state, since)) => wait(context, &mut reading, &mut working, state, since)?,
        Ok(start) => run(context, &mut reading, &mut working, start)?,
    }
    reading.working = working.0;
    Ok(reading)
}

fn warn_of_right(right: Right, reading: &mut Reading) {
    match right {
        Right::MarketingObjection => reading.warn(
            "stop-at-once",
            format!("direct marketing stops on objection; the month is only the outer limit for saying so ({})", p::ART_21_3),
        ),
        Right::WithdrawConsent => reading.warn(
            "stop-at-once",
            format!("withdrawal of consent takes effect at once and has no period of its own ({}); the month of Art 12(3) is used by analogy as the outer limit for saying so", p::ART_7_3),
        ),
        _ => {}
    }
}

/// The latest of receipt, identity, authority and fee; or what is still awaited, and since when.
fn relevant_time(
    context: &Context<'_>,
    reading: &mut Reading,
    working: &mut Working,
) -> Result<Date, (State, Date)> {
    let t = &context.timeline;
    let cite = context.rules.cite.start;
    let mut start = t.received;
    let mut awaited = None;
    for (exchange, state, why, what, source) in [
        (&t.identity, State::AwaitingId, PauseReason::Identity, "evidence of identity", p::ART_12_6),
        (
            &t.authority,
            State::AwaitingAuthority,
            PauseReason::Authority,
            "evidence of authority",
            p::ICO_ACCESS,
        ),
        (&t.fee, State::AwaitingFee, PauseReason::Fee, "the fee", p::ART_12_5),
    ] {
        if let Some(asked) = exchange.asked.first() {
            working.say(source, format!("{what} asked for on {}", long(*asked)));
            warn_if_asked_late(t.received, *asked, what, reading);
        }
        if let Some(since) = exchange.outstanding() {
            working.say(source, format!("{what} has not come"));
            reading.pause(t.received, None, why);
            awaited = awaited.or(Some((state, since)));
        } else if let Some(came) = exchange.complete() {
            working.say(source, format!("{what} came on {}", long(came)));
            warn_if_not_asked(exchange.asked.is_empty() && came > t.received, what, reading);
            if came > t.received {
                reading.pause(t.received, Some(came), why);
            }
            start = start.max(came);
        }
    }
    if let Some(awaited) = awaited {
        return Err(awaited);
    }
    working.say(cite, format!("the period runs from {}, the latest of these; that day itself is not counted, and whether it is a working day does not matter", long(start)));
    Ok(start)
}

fn warn_if_not_asked(never_asked: bool, what: &str, reading: &mut Reading) {
    if never_asked {
        reading.warn(
            "asking-not-recorded",
            format!("{what} moves the start only if it was asked for: record the date of asking"),
        );
    }
}

fn warn_if_asked_late(received: Date, asked: Date, what: &str, reading: &mut Reading) {
    if add(received, 1).is_ok_and(|limit| asked > limit) {
        reading.warn("asked-late", format!("{what} was asked for more than a month after receipt: the statute moves the start all the same, but a regulator may hold the answer late"));
    }
}

/// The clock has not started: no due date is guessed.
fn wait(
    context: &Context<'_>,
    reading: &mut Reading,
    working: &mut Working,
    state: State,
    since: Date,
) -> Result<(), Refused> {
    reading.state = state;
    reading.extended = lawful_extension(&context.timeline)?.is_some();
    working.say(context.rules.cite.start, "the period has not begun: no due date yet");
    let months = if reading.extended { 3 } else { 1 };
    if context.timeline.finished().is_none()
        && let Ok(today) = Period::new(context, context.on, months, &[])
    {
        reading.due_if_answered_today = Some(today.due);
        working.say(
            context.rules.cite.period,
            format!("if it came today, the due date would be {}", long(today.due)),
        );
    }
    times(context, reading, context.end(), 0);
    reading.net_days = Some(0);
    check_closing(context, reading, Some(since))?;
    settle(context, reading, context.timeline.answered);
    Ok(())
}

/// An extension with its lawful reason.
fn lawful_extension(timeline: &Timeline) -> Result<Option<Date>, Refusal> {
    match timeline.extension {
        None => Ok(None),
        Some((told, Some(_))) => Ok(Some(told)),
        Some((_, None)) => Err(Refusal::ExtensionWithoutReason),
    }
}

/// The clock has started.
fn run(
    context: &Context<'_>,
    reading: &mut Reading,
    working: &mut Working,
    start: Date,
) -> Result<(), Refused> {
    let pauses = Pauses::fold(context, reading, working, start)?;
    reading.start = Some(start);
    reading.extended = pauses.extended;
    reading.state = if pauses.extended { State::Extended } else { State::Running };
    reading.paused_days = union(&pauses.spans, start, context.end());
    pauses.spans.iter().for_each(|s| reading.pause(s.from, s.to, PauseReason::Clarification));
    say_pauses(context, reading, working, &pauses, start);
    let months = if pauses.extended { 3 } else { 1 };
    if pauses.open().is_some() {
        stop(context, reading, working, start, &pauses);
    } else {
        let period = Period::new(context, start, months, &pauses.spans)?;
        period.say(context, working, "the due date");
        reading.due = Some(period.due);
        if pauses.extended {
            let notice = Period::new(context, start, 1, &pauses.spans)?;
            notice.say(context, working, "the last day for telling of the extension");
            reading.notice_by = Some(notice.due);
        } else {
            reading.notice_by = Some(period.due);
        }
    }
    if reading.paused_days > 0
        && let Ok(unpaused) = Period::new(context, start, months, &[])
    {
        reading.due_without_pauses = Some(unpaused.due);
        working.say(
            context.rules.cite.period,
            format!("had nothing been paused, the due date would be {}", long(unpaused.due)),
        );
    }
    times(context, reading, start, reading.paused_days);
    let unanswered = context.timeline.questions.iter().find(|q| q.answered.is_none()).map(|q| q.asked);
    check_closing(context, reading, unanswered)?;
    settle(context, reading, context.timeline.answered);
    say_standing(context, reading, context.timeline.answered, working);
    say_later_rules(context, reading, working, start);
    Ok(())
}

/// A question is unanswered: no due date, but what it would be if the answer came today.
fn stop(context: &Context<'_>, reading: &mut Reading, working: &mut Working, start: Date, pauses: &Pauses) {
    reading.state = State::Paused;
    working.say(
        context.rules.cite.pause,
        "a question is unanswered: the period stands still, and there is no due date",
    );
    if context.timeline.finished().is_none() {
        let answered: Vec<Span> =
            pauses.spans.iter().map(|s| Span { to: s.to.or(Some(context.on)), ..*s }).collect();
        let months = if pauses.extended { 3 } else { 1 };
        if let Ok(period) = Period::new(context, start, months, &answered) {
            reading.due_if_answered_today = Some(period.due);
            working.say(
                context.rules.cite.pause,
                format!("if the answer came today, the due date would be {}", long(period.due)),
            );
        }
    }
}

fn times(context: &Context<'_>, reading: &mut Reading, start: Date, paused: i64) {
    reading.gross_days = Some(between(context.timeline.received, context.end()));
    reading.net_days = Some((between(start, context.end()) - paused).max(0));
}

/// A period of whole months with days left out, and where it ends.
struct Period {
    start: Date,
    months: i32,
    nominal: Date,
    paused: i64,
    shifted: Date,
    due: Date,
    skipped: Vec<super::calendar::Skipped>,
}

impl Period {
    /// INVARIANT: rolled forward once, last, and by one nation's holidays.
    fn new(context: &Context<'_>, start: Date, months: i32, spans: &[Span]) -> Result<Self, Refusal> {
        let nominal = add(start, months)?;
        let paused = union(spans, start, context.end());
        let shifted = nominal
            .checked_add(Length::new().days(paused))
            .map_err(|_| Refusal::OutOfRange { near: nominal })?;
        let (due, skipped) = context.days.roll_forward(shifted)?;
        Ok(Self { start, months, nominal, paused, shifted, due, skipped })
    }

    fn say(&self, context: &Context<'_>, working: &mut Working, what: &str) {
        let cite = &context.rules.cite;
        let (provision, length) = match self.months {
            1 => (cite.period, "one month"),
            _ => (cite.extension, "three months (one and two further)"),
        };
        let clamped =
            if self.nominal.day() == self.start.day() { "" } else { ", the last day of a shorter month" };
        working.say(
            provision,
            format!("{length} from {} ends on {}{clamped}", long(self.start), long(self.nominal)),
        );
        if self.paused > 0 {
            working.say(
                cite.pause,
                format!("with {} left out it ends on {}", days(self.paused), long(self.shifted)),
            );
        }
        working.skips(cite.roll, &self.skipped);
        working.say(cite.count, format!("{what} is {}: the whole of that day is in time", long(self.due)));
    }
}

/// The days left out, and whether the period was lawfully extended, in the order in which it happened.
struct Pauses {
    spans: Vec<Span>,
    extended: bool,
}

impl Pauses {
    /// Folds the questions and the extension in order of date: each is judged by what went before it.
    fn fold(
        context: &Context<'_>,
        reading: &mut Reading,
        working: &mut Working,
        start: Date,
    ) -> Result<Self, Refusal> {
        let told = lawful_extension(&context.timeline)?;
        let mut folded = Self { spans: Vec::new(), extended: false };
        for question in &context.timeline.questions {
            if let Some(told) = told.filter(|t| *t <= question.asked && !folded.extended) {
                folded.extend(context, start, told)?;
            }
            folded.ask(context, reading, working, start, *question)?;
        }
        if let Some(told) = told.filter(|_| !folded.extended) {
            folded.extend(context, start, told)?;
        }
        Ok(folded)
    }

    /// Since when a question is open.
    fn open(&self) -> Option<Date> {
        self.spans.iter().find(|s| s.is_open()).map(|s| s.from)
    }

    /// The end of the period as it stands; `None` while a question is open.
    fn end_so_far(&self, context: &Context<'_>, start: Date, months: i32) -> Result<Option<Date>, Refusal> {
        if self.open().is_some() {
            return Ok(None);
        }
        Period::new(context, start, months, &self.spans).map(|p| Some(p.due))
    }

    fn extend(&mut self, context: &Context<'_>, start: Date, told: Date) -> Result<(), Refusal> {
        match self.end_so_far(context, start, 1)? {
            Some(notice_by) if told > notice_by => Err(Refusal::ExtensionTooLate {
                told,
                notice_by,
                due: notice_by,
                provision: context.rules.cite.notice,
            }),
            _ => {
                self.extended = true;
                Ok(())
            }
        }
    }

    fn ask(
        &mut self,
        context: &Context<'_>,
        reading: &mut Reading,
        working: &mut Working,
        start: Date,
        question: Question,
    ) -> Result<(), Refusal> {
        say_question(context, working, question);
        if !counts(context, reading, question) {
            return Ok(());
        }
        let months = if self.extended { 3 } else { 1 };
        let ended = self.end_so_far(context, start, months)?.filter(|end| question.asked > *end);
        if let Some(end) = ended {
            warn_of_late_question(reading, question, end);
            if context.config.late_question == LateQuestion::Ignored {
                return Ok(());
            }
        }
        self.spans.push(Span { from: question.asked, to: question.answered });
        Ok(())
    }
}

fn say_question(context: &Context<'_>, working: &mut Working, question: Question) {
    let Question { number, asked, answered, .. } = question;
    let text = match answered {
        None => format!("clarification {number} asked on {}, not answered", long(asked)),
        Some(answered) => format!(
            "clarification {number} asked on {} and answered on {}: {}, both ends inside",
            long(asked),
            long(answered),
            days(between(asked, answered) + 1)
        ),
    };
    working.say(context.rules.cite.pause, text);
}

/// Whether the question leaves out any day at all.
fn counts(context: &Context<'_>, reading: &mut Reading, question: Question) -> bool {
    let number = question.number;
    let none = context.config.earlier_pause == EarlierPause::None;
    if !question.reasonably_required {
        reading.warn("not-reasonably-required", format!("clarification {number} leaves out no day: it is not recorded that the information was reasonably required ({})", p::ART_12A_5));
        return false;
    }
    if context.rules.from < ART_12A_BEGINS {
        let what = if none { "leaves out no day" } else { "pauses by the regulator's guidance only" };
        reading.warn("pause-by-guidance", format!("clarification {number} {what}: the request was received before {}, when the statute began to provide for it (setting `earlier-pause`)", long(ART_12A_BEGINS)));
        if none {
            return false;
        }
    }
    if question.answered == Some(question.asked) {
        let none = context.config.same_day_pause == SameDayPause::NoDay;
        let what = if none { "leaves out no day" } else { "leaves out one day, as the statute reads" };
        reading.warn("same-day-pause", format!("clarification {number}, asked and answered on one day, {what}: the regulator has given no example (setting `same-day-pause`)"));
        return !none;
    }
    true
}

fn warn_of_late_question(reading: &mut Reading, question: Question, end: Date) {
    let number = question.number;
    reading.warn("late-question", format!("clarification {number} was asked on {}, after the period had ended on {}: no day of it was left to leave out (setting `late-question`)", long(question.asked), long(end)));
}

fn say_pauses(context: &Context<'_>, reading: &Reading, working: &mut Working, pauses: &Pauses, start: Date) {
    if pauses.spans.is_empty() {
        return;
    }
    let so_far = if pauses.open().is_some() { " so far" } else { "" };
    working.say(
        context.rules.cite.pause,
        format!(
            "together, counting no day twice and only days after {}: {}{so_far}",
            long(start),
            days(reading.paused_days)
        ),
    );
}

/// For a request from before 5 February 2026 that was open on it: what the later rules would give.
fn say_later_rules(context: &Context<'_>, reading: &mut Reading, working: &mut Working, start: Date) {
    let Some(later) = rules::UK_GDPR.iter().find(|set| set.from == ART_12A_BEGINS) else { return };
    if context.rules.from >= later.from || context.end() < later.from {
        return;
    }
    let other = Context {
        regime: context.regime,
        division: context.division,
        timeline: context.timeline.clone(),
        rules: later,
        reason: String::new(),
        days: context.days,
        on: context.on,
        config: context.config,
    };
    let (mut aside, mut unsaid) = (Reading::blank(later, String::new()), Working::default());
    let Ok(pauses) = Pauses::fold(&other, &mut aside, &mut unsaid, start) else { return };
    let months = if pauses.extended { 3 } else { 1 };
    if pauses.open().is_some() {
        return;
    }
    if let Ok(period) = Period::new(&other, start, months, &pauses.spans) {
        working.say(later.source, format!("the rules of {} began while it was open: by them the due date would be {} (setting `transition`)", long(later.from), long(period.due)));
        if reading.due != Some(period.due) {
            reading.warn("transition", "the rules before and after 5 February 2026 give different due dates, and the transitional provision is not established");
        }
    }
}
