//! Reading a clock: the whole list of events, again, every time.

use jiff::civil::Date;

use super::calendar::{Calendar, Nation, WorkingDays};
use super::config::{ClockConfig, HolidayNation};
use super::events::{Dated, Event, Timeline};
use super::reading::{Reading, State};
use super::refusal::{Refusal, Refused};
use super::regime::Regime;
use super::working::{Working, days, long};
use super::{days as fixed, information, months, pauses, rules};
use crate::place::Division;
use crate::rights::Right;

/// Everything that a reading depends on.
#[derive(Debug, Clone, Copy)]
pub struct Clock<'a> {
    /// The law.
    pub regime: Regime,
    /// The division of the office that has to act.
    pub division: Division,
    /// What happened, in any order.
    pub events: &'a [Dated],
    /// The day of the reading: nothing later has happened yet.
    pub on: Date,
    /// The open points of the law.
    pub config: &'a ClockConfig,
    /// The bank holidays.
    pub calendar: &'a Calendar,
}

/// What the families of clocks share: the checked events, the rules and the working days.
pub(super) struct Context<'a> {
    pub regime: Regime,
    pub division: Division,
    pub timeline: Timeline,
    pub rules: &'static rules::RuleSet,
    pub reason: String,
    pub days: WorkingDays<'a>,
    pub on: Date,
    pub config: &'a ClockConfig,
}

impl Context<'_> {
    /// The day to which time has run: the end, or the day of the reading.
    pub fn end(&self) -> Date {
        self.timeline.finished().unwrap_or(self.on)
    }

    /// A reading that begins with receipt and rules.
    pub fn begin(&self) -> (Reading, Working) {
        let mut working = Working::default();
        working.say(self.rules.source, format!("rules {}: {}", self.rules.id, self.reason));
        working.say(self.rules.cite.start, format!("received on {}", long(self.timeline.received)));
        (Reading::blank(self.rules, self.reason.clone()), working)
    }
}

/// Reads a clock on one day.
///
/// The same events, day, settings and calendar always give the same reading, whatever the order in which
/// the events are listed.
///
/// # Errors
/// Every reason for refusing that was found. A refused clock has no reading at all.
pub fn replay(clock: &Clock<'_>) -> Result<Reading, Refused> {
    let regime = match clock.regime {
        Regime::UkGdpr(Right::Complaint) => Regime::Complaint,
        regime => regime,
    };
    let timeline = Timeline::new(regime, clock.events, clock.on)?;
    let (rules, reason) = rules::choose(
        rules::of(regime),
        (regime.label(), "received"),
        timeline.received,
        timeline.finished().unwrap_or(clock.on),
        clock.config,
    )?;
    let days = clock.calendar.working_days(nation(regime, clock));
    let (division, on, config) = (clock.division, clock.on, clock.config);
    let context = Context { regime, division, timeline, rules, reason, days, on, config };
    let mut reading = match regime {
        Regime::UkGdpr(right) => months::read(&context, right)?,
        Regime::Foi | Regime::Foisa | Regime::Eir { .. } => information::read(&context)?,
        Regime::Complaint => fixed::complaint(&context)?,
        Regime::ExamMarks => fixed::exam_marks(&context)?,
        Regime::OlderAct(notice) => fixed::older_act(&context, notice)?,
    };
    say_holidays(&mut reading, clock.calendar, &context);
    Ok(reading)
}

fn nation(regime: Regime, clock: &Clock<'_>) -> Nation {
    match (regime.nation(clock.division), clock.config.holiday_nation) {
        (Nation::One(_), HolidayNation::AnyPartOfUk) if regime != Regime::Foisa => Nation::AnyPartOfUk,
        (nation, _) => nation,
    }
}

fn say_holidays(reading: &mut Reading, calendar: &Calendar, context: &Context<'_>) {
    let as_at = calendar.as_at.map_or(String::new(), |d| format!(", as known on {}", long(d)));
    let text = format!("bank holidays of {}{as_at}", context.days.nation().label());
    reading.working.push(super::Step { text, provision: context.rules.cite.roll });
}

/// Sets state, lateness, days left and times of a clock whose period is settled.
pub(super) fn settle(context: &Context<'_>, reading: &mut Reading, met: Option<Date>) {
    let timeline = &context.timeline;
    reading.state = match (timeline.answered, timeline.closed, timeline.withdrawn) {
        (Some(_), ..) => State::Answered,
        (None, Some(_), _) => State::ClosedNoReply,
        (None, None, Some(_)) => State::Withdrawn,
        (None, None, None) => reading.state,
    };
    let Some(due) = reading.due else { return };
    let measured = met.or(timeline.ended()).unwrap_or(context.on);
    reading.late = measured > due;
    reading.late_since = if reading.late { due.tomorrow().ok() } else { None };
    if met.is_none() && timeline.ended().is_none() {
        reading.days_left = Some(pauses::between(context.on, due));
    }
}

/// Says how late or in time, in the working.
pub(super) fn say_standing(
    context: &Context<'_>,
    reading: &Reading,
    met: Option<Date>,
    working: &mut Working,
) {
    let Some(due) = reading.due else { return };
    let cite = context.rules.cite.period;
    let over = |day| days(pauses::between(due, day));
    match (met, reading.late) {
        (Some(day), true) => working.say(cite, format!("done on {}: {} late", long(day), over(day))),
        (Some(day), false) => working.say(cite, format!("done on {}: in time", long(day))),
        (None, true) => {
            working.say(cite, format!("on {} it is {} late", long(context.end()), over(context.end())));
        }
        (None, false) => {}
    }
}

/// Checks a closing for want of a reply: something must be outstanding, and time given.
pub(super) fn check_closing(
    context: &Context<'_>,
    reading: &mut Reading,
    outstanding: Option<Date>,
) -> Result<(), Refusal> {
    let Some(closed) = context.timeline.closed else { return Ok(()) };
    let asked = outstanding.ok_or(Refusal::NothingOutstanding { on: closed })?;
    let wait = months::add(asked, i32::from(context.config.no_reply_months))?;
    if closed < wait {
        let what = Event::ClosedNoReply.label();
        let text = format!(
            "{what} came before {}: a reasonable time to reply is taken as the setting `no-reply-months`",
            long(wait)
        );
        reading.warn("closed-early", text);
    }
    Ok(())
}
