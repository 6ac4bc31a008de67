//! Freedom of information and environmental information: working days after receipt.

use jiff::civil::Date;

use super::config::LateQuestion;
use super::events::Question;
use super::pauses::Span;
use super::provisions as p;
use super::reading::{PauseReason, Reading, State};
use super::refusal::{Refusal, Refused};
use super::regime::Regime;
use super::replay::{Context, check_closing, say_standing, settle};
use super::working::{Working, long};
use crate::place::Division;

const FEE_DAY: &str = "disregarded: between the fees notice and payment";

/// The provisions of one information law.
struct Law {
    period: &'static str,
    working_day: &'static str,
    fee: &'static str,
    clarification: &'static str,
}

const fn law(regime: Regime) -> Law {
    match regime {
        Regime::Eir { .. } => {
            Law { period: p::EIR_5_2, working_day: p::EIR_2_1, fee: p::EIR_8_6, clarification: p::EIR_9_4 }
        }
        Regime::Foisa => Law {
            period: p::FOISA_10_1,
            working_day: p::FOISA_73,
            fee: p::FOISA_10_1,
            clarification: p::FOISA_10_1,
        },
        _ => Law {
            period: p::FOIA_10_1,
            working_day: p::FOIA_10_6,
            fee: p::FOIA_10_2,
            clarification: p::FOIA_10_6,
        },
    }
}

/// Where the counting stands: from which receipt, and which spans of a fees notice are disregarded.
struct Count {
    law: Law,
    receipt: Date,
    fees: Vec<Span>,
    question_open: Option<Date>,
    days: u32,
}

impl Count {
    /// The last day in time, or `None` while a fee or an answer is awaited.
    fn end(&self, context: &Context<'_>) -> Result<Option<Date>, Refusal> {
        if self.question_open.is_some() || self.fees.iter().any(Span::is_open) {
            return Ok(None);
        }
        let (end, _) = context.days.nth_after(self.receipt, self.days, |d| self.disregarded(d))?;
        Ok(Some(end))
    }

    fn disregarded(&self, date: Date) -> Option<&'static str> {
        self.fees.iter().any(|f| f.holds(date)).then_some(FEE_DAY)
    }
}

/// Reads the clock of a request for information.
pub(super) fn read(context: &Context<'_>) -> Result<Reading, Refused> {
    let (mut reading, mut working) = context.begin();
    let mut count = Count {
        law: law(context.regime),
        receipt: context.timeline.received,
        fees: Vec::new(),
        question_open: None,
        days: 20,
    };
    warn_of_scotland(context, &mut reading);
    for question in &context.timeline.questions {
        ask(context, &mut reading, &mut working, &mut count, *question)?;
    }
    charge(context, &mut reading, &mut working, &mut count)?;
    extend(context, &mut reading, &mut working, &mut count)?;
    conclude(context, &mut reading, &mut working, &count)?;
    reading.working = working.0;
    Ok(reading)
}

fn warn_of_scotland(context: &Context<'_>, reading: &mut Reading) {
    if context.division == Division::Scotland && context.regime != Regime::Foisa {
        reading.warn("scotland", "a Scottish public authority answers under FOISA 2002 (regime `foisa`), by Scottish holidays only: this reading is for a body of the United Kingdom");
    }
}

/// A request that needed clarification is received when the clarification is (s.10(6) FOIA, reg 9(4) EIR).
fn ask(
    context: &Context<'_>,
    reading: &mut Reading,
    working: &mut Working,
    count: &mut Count,
    question: Question,
) -> Result<(), Refusal> {
    let Question { number, asked, answered, reasonably_required } = question;
    working.say(count.law.clarification, format!("clarification {number} asked on {}", long(asked)));
    if !reasonably_required {
        reading.warn("not-reasonably-required", format!("clarification {number} moves nothing: it is not recorded that the information was reasonably required"));
        return Ok(());
    }
    if let Some(end) = count.end(context)?.filter(|end| asked > *end) {
        reading.warn("late-question", format!("clarification {number} was asked on {}, after the period had ended on {} (setting `late-question`)", long(asked), long(end)));
        if context.config.late_question == LateQuestion::Ignored {
            return Ok(());
        }
    }
    match answered {
        None => {
            count.question_open = count.question_open.or(Some(asked));
            reading.pause(asked, None, PauseReason::Clarification);
        }
        Some(day) => {
            working.say(
                count.law.clarification,
                format!("it came on {}, which counts as the day of receipt", long(day)),
            );
            count.receipt = count.receipt.max(day);
            // The period begins anew, so nothing before it counts.
            reading.pause(context.timeline.received, Some(day), PauseReason::Clarification);
        }
    }
    Ok(())
}

/// The working days of a fees notice are disregarded, its day and the day of payment included.
fn charge(
    context: &Context<'_>,
    reading: &mut Reading,
    working: &mut Working,
    count: &mut Count,
) -> Result<(), Refusal> {
    let fee = &context.timeline.fee;
    for asked in &fee.asked {
        if let Some(end) = count.end(context)?.filter(|end| asked > end) {
            reading.warn("late-fee", format!("the fees notice of {} came after the period had ended on {}: no day of it was left to disregard", long(*asked), long(end)));
            continue;
        }
        let to = fee.came.iter().find(|paid| *paid >= asked).copied();
        let paid = to.map_or("not paid".to_owned(), |d| format!("paid on {}", long(d)));
        working.say(count.law.fee, format!("fees notice given on {}, {paid}", long(*asked)));
        count.fees.push(Span { from: *asked, to });
        reading.pause(*asked, to, PauseReason::Fee);
    }
    if fee.asked.is_empty() && !fee.came.is_empty() {
        reading.warn(
            "asking-not-recorded",
            "a payment moves nothing without its fees notice: record the date of asking",
        );
    }
    Ok(())
}

/// Forty days for a complex and voluminous request for environmental information, if told in time.
fn extend(
    context: &Context<'_>,
    reading: &mut Reading,
    working: &mut Working,
    count: &mut Count,
) -> Result<(), Refusal> {
    let Regime::Eir { complex_and_voluminous } = context.regime else { return Ok(()) };
    let told = context.timeline.extension.map(|(told, _)| told);
    if !complex_and_voluminous {
        return if told.is_some() { Err(Refusal::ExtensionWithoutReason) } else { Ok(()) };
    }
    let notice_by = count.end(context)?;
    reading.notice_by = notice_by;
    match (notice_by, told) {
        (Some(by), Some(told)) if told > by => {
            return Err(Refusal::ExtensionTooLate { told, notice_by: by, due: by, provision: p::EIR_7_3 });
        }
        (Some(by), None) => reading.warn(
            "telling-not-recorded",
            format!(
                "the longer period needs telling by {} ({}): record when the person was told",
                long(by),
                p::EIR_7_3
            ),
        ),
        _ => {}
    }
    if let Some(by) = notice_by {
        working.say(p::EIR_7_3, format!("to be told of the longer period by {}", long(by)));
    }
    working.say(p::EIR_7_1, "complex and voluminous: 40 working days instead of 20");
    count.days = 40;
    reading.extended = true;
    reading.state = State::Extended;
    Ok(())
}

fn conclude(
    context: &Context<'_>,
    reading: &mut Reading,
    working: &mut Working,
    count: &Count,
) -> Result<(), Refusal> {
    let fee_open = count.fees.iter().find(|s| s.is_open()).map(|s| s.from);
    reading.in_working_days = true;
    if count.question_open.is_none() {
        reading.start = Some(count.receipt);
    }
    if let Some(state) = count.question_open.map(|_| State::Paused).or(fee_open.map(|_| State::AwaitingFee)) {
        stand_still(context, reading, working, count, state);
    } else {
        let (due, skipped) = context.days.nth_after(count.receipt, count.days, |d| count.disregarded(d))?;
        let first = format!("working day 1 is the first after {}", long(count.receipt));
        working.say(count.law.period, first);
        working.skips(count.law.working_day, &skipped);
        working.say(
            count.law.period,
            format!("working day {} is {}: the whole of that day is in time", count.days, long(due)),
        );
        reading.due = Some(due);
    }
    times(context, reading, count);
    let unanswered = context.timeline.questions.iter().find(|q| q.answered.is_none()).map(|q| q.asked);
    check_closing(context, reading, unanswered.or(fee_open))?;
    settle(context, reading, context.timeline.answered);
    say_standing(context, reading, context.timeline.answered, working);
    Ok(())
}

fn stand_still(
    context: &Context<'_>,
    reading: &mut Reading,
    working: &mut Working,
    count: &Count,
    state: State,
) {
    reading.state = state;
    let (what, provision) = match state {
        State::AwaitingFee => ("the fee", count.law.fee),
        _ => ("the clarification", count.law.clarification),
    };
    working.say(provision, format!("{what} has not come: there is no due date"));
    if context.timeline.finished().is_some() {
        return;
    }
    let receipt = if count.question_open.is_some() { context.on } else { count.receipt };
    let until_today = |d: Date| count.disregarded(d).filter(|_| d <= context.on);
    if let Ok((due, _)) = context.days.nth_after(receipt, count.days, until_today) {
        reading.due_if_answered_today = Some(due);
        working.say(provision, format!("if it came today, the due date would be {}", long(due)));
    }
}

/// Gross and net, in working days; unknown where the holidays are not loaded.
fn times(context: &Context<'_>, reading: &mut Reading, count: &Count) {
    let end = context.end();
    let received = context.timeline.received;
    reading.gross_days = context.days.count(received, end).ok();
    let counted = working_days(context, count.receipt.max(received), end, |d| count.disregarded(d).is_none());
    let running = if count.question_open.is_some() { Some(0) } else { counted };
    reading.net_days = running;
    if let (Some(gross), Some(net)) = (reading.gross_days, reading.net_days) {
        reading.paused_days = (gross - net).max(0);
    }
}

fn working_days(context: &Context<'_>, after: Date, end: Date, keep: impl Fn(Date) -> bool) -> Option<i64> {
    let (mut date, mut n) = (after, 0);
    while date < end {
        date = date.tomorrow().ok()?;
        n += i64::from(context.days.closed(date).ok()?.is_none() && keep(date));
    }
    Some(n)
}
