//! Clocks of a fixed number of days: complaints, examination marks, notices under the older Act.

use jiff::Span as Length;
use jiff::civil::Date;

use super::config::{ExamDays, OlderActEnd};
use super::months;
use super::pauses::between;
use super::provisions as p;
use super::reading::{Reading, State};
use super::refusal::{Refusal, Refused};
use super::regime::OlderNotice;
use super::replay::{Context, say_standing, settle};
use super::working::{Working, long};

fn add(date: Date, days: i64) -> Result<Date, Refusal> {
    date.checked_add(Length::new().days(days)).map_err(|_| Refusal::OutOfRange { near: date })
}

/// Finishes a reading that has its due date; `met` is when the duty was done.
fn finish(context: &Context<'_>, mut reading: Reading, mut working: Working, met: Option<Date>) -> Reading {
    let spent = between(context.timeline.received, context.end());
    (reading.gross_days, reading.net_days) = (Some(spent), Some(spent));
    reading.start = Some(context.timeline.received);
    settle(context, &mut reading, met);
    say_standing(context, &reading, met, &mut working);
    reading.working = working.0;
    reading
}

/// Rolls `nominal` to a working day and says so.
fn end_on_working_day(
    context: &Context<'_>,
    working: &mut Working,
    nominal: Date,
    what: &str,
) -> Result<Date, Refusal> {
    let cite = &context.rules.cite;
    let (due, skipped) = context.days.roll_forward(nominal)?;
    working.skips(cite.roll, &skipped);
    working.say(cite.roll, format!("{what} {}: the whole of that day is in time", long(due)));
    Ok(due)
}

/// A complaint to the controller (s.164A DPA 2018): due is the last day for acknowledging it.
///
/// 30 days, the day of receipt not counted; an outcome within them needs no separate acknowledgement.
pub(super) fn complaint(context: &Context<'_>) -> Result<Reading, Refused> {
    const DAYS: i64 = 30;
    let (mut reading, mut working) = context.begin();
    let t = &context.timeline;
    let nominal = add(t.received, DAYS)?;
    working.say(p::S164A_3, "to be acknowledged within 30 days beginning when the complaint is received");
    working
        .say(p::ICO_COMPLAINTS, format!("counted from the day after receipt, day 30 is {}", long(nominal)));
    reading.due = Some(end_on_working_day(context, &mut working, nominal, "to be acknowledged by")?);
    working
        .say(p::S164A_4, "the substance is owed without undue delay from receipt, and has no fixed last day");
    if t.acknowledged.is_some() {
        reading.state = State::Acknowledged;
    }
    let met = [t.acknowledged, t.answered].into_iter().flatten().min();
    Ok(finish(context, reading, working, met))
}

/// A question about examination marks put before the results: the earlier of five months from it and 40
/// days beginning with the announcement (Sch 2 para 25(3) DPA 2018).
pub(super) fn exam_marks(context: &Context<'_>) -> Result<Reading, Refused> {
    let (mut reading, mut working) = context.begin();
    let t = &context.timeline;
    let by_question = months::add(t.received, 5)?;
    working.say(p::SCH2_25_3, format!("five months from the question end on {}", long(by_question)));
    let nominal = match t.announced {
        None => {
            reading.warn(
                "not-announced",
                "the results are not announced: an announcement may bring the due date forward",
            );
            by_question
        }
        Some(announced) if announced <= t.received => {
            return Err(Refusal::ExamAfterResults { announced, received: t.received }.into());
        }
        Some(announced) => by_question.min(forty_days(context, &mut reading, &mut working, announced)?),
    };
    working.say(p::SCH2_25_3, format!("the earlier is {}", long(nominal)));
    reading.due = Some(end_on_working_day(context, &mut working, nominal, "the due date is")?);
    Ok(finish(context, reading, working, t.answered))
}

fn forty_days(
    context: &Context<'_>,
    reading: &mut Reading,
    working: &mut Working,
    announced: Date,
) -> Result<Date, Refusal> {
    let (days, how) = match context.config.exam_days {
        ExamDays::FromDayAfter => (40, "that day not counted"),
        ExamDays::FromThatDay => (39, "that day being day 1"),
    };
    let end = add(announced, days)?;
    working.say(
        p::SCH2_25_3,
        format!(
            "40 days beginning with the announcement on {}, {how} (setting `exam-days`), end on {}",
            long(announced),
            long(end)
        ),
    );
    if announced > context.on {
        reading.warn(
            "announcement-planned",
            format!(
                "the announcement on {} lies ahead: the due date holds only if it keeps to that day",
                long(announced)
            ),
        );
    }
    Ok(end)
}

/// A notice under the Data Protection Act 1998, honoured because the organisation's notice promises it.
pub(super) fn older_act(context: &Context<'_>, notice: OlderNotice) -> Result<Reading, Refused> {
    let (mut reading, mut working) = context.begin();
    let t = &context.timeline;
    let (days, provision, duty) = match notice {
        OlderNotice::DamageOrDistress => (21, p::DPA98_10_3, "a written answer is due within 21 days"),
        OlderNotice::AutomatedDecision => (21, p::DPA98_12_3, "a written answer is due within 21 days"),
        OlderNotice::DirectMarketing => (
            i64::from(context.config.marketing_days),
            p::DPA98_11_1,
            "marketing stops within a reasonable period (setting `marketing-days`)",
        ),
    };
    let nominal = add(t.received, days)?;
    working.say(provision, format!("{duty}: {days} days after receipt is {}", long(nominal)));
    reading.due = Some(match context.config.older_act_end {
        OlderActEnd::NextWorkingDay => end_on_working_day(context, &mut working, nominal, "the due date is")?,
        OlderActEnd::SameDay => nominal,
    });
    reading.warn("repealed", "the Data Protection Act 1998 was repealed on 25 May 2018: this clock keeps the organisation's promise, and the clock of the UK GDPR (objection, direct marketing, automated decisions) runs beside it");
    Ok(finish(context, reading, working, t.answered))
}
