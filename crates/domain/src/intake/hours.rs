//! The office's own clock, and the hours in which nobody is disturbed.

use jiff::civil::{Date, DateTime, Time, Weekday, time};
use jiff::{SignedDuration, ToSpan};

use super::Channel;
use crate::clock::{Refusal, WorkingDays};

/// When an office is open, and when a telephone at home is left in peace; local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// What comes in at or after this counts as of the next working day.
    pub closes: Time,
    /// No message is sent before this.
    pub messages_from: Time,
    /// No message is sent at or after this.
    pub messages_until: Time,
}

impl Default for Hours {
    /// Closed at five; messages from eight to eight.
    fn default() -> Self {
        Self { closes: time(17, 0, 0, 0), messages_from: time(8, 0, 0, 0), messages_until: time(20, 0, 0, 0) }
    }
}

/// How long after a person wrote an answer may come at any hour: they are awake and waiting.
const CONVERSATION: SignedDuration = SignedDuration::from_hours(1);

/// The day by which something that came in at `received` must have been moved: what comes in after
/// closing time, or on a day that is no working day, counts as of the next working day.
///
/// # Errors
/// [`Refusal`] when the holidays of that time are not loaded.
pub fn owed_by(
    channel: Channel,
    received: DateTime,
    hours: &Hours,
    working: WorkingDays<'_>,
) -> Result<Date, Refusal> {
    let after_hours = received.time() >= hours.closes;
    let day = if after_hours { tomorrow(received.date())? } else { received.date() };
    let (counts, _) = working.roll_forward(day)?;
    channel.limit(counts, working)
}

/// The first moment, from `now`, at which a text may be sent: by day, and neither on a Sunday nor on a
/// bank holiday. An answer within the hour of what the person wrote goes at once.
///
/// # Errors
/// [`Refusal`] when the holidays of that time are not loaded.
pub fn may_send_at(
    now: DateTime,
    wrote: Option<DateTime>,
    hours: &Hours,
    working: WorkingDays<'_>,
) -> Result<DateTime, Refusal> {
    if wrote.is_some_and(|wrote| wrote <= now && now.duration_since(wrote) <= CONVERSATION) {
        return Ok(now);
    }
    let mut day = now.date();
    let mut at = now.time().max(hours.messages_from);
    if at >= hours.messages_until {
        (day, at) = (tomorrow(day)?, hours.messages_from);
    }
    while is_quiet(day, working)? {
        (day, at) = (tomorrow(day)?, hours.messages_from);
    }
    Ok(DateTime::from_parts(day, at))
}

fn is_quiet(day: Date, working: WorkingDays<'_>) -> Result<bool, Refusal> {
    match day.weekday() {
        Weekday::Sunday => Ok(true),
        Weekday::Saturday => Ok(false),
        _ => Ok(working.closed(day)?.is_some()),
    }
}

fn tomorrow(day: Date) -> Result<Date, Refusal> {
    day.checked_add(1.day()).map_err(|_| Refusal::OutOfRange { near: day })
}
