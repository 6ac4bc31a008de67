//! The one clock. Everything else gets the time as an argument.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::out::CommandError;

/// The variable that stops the clock, for tests and demonstrations: an RFC 3339 instant.
pub const FIXED: &str = "COUNTERFOIL_NOW";

/// Where the statutory day begins and ends.
pub const ZONE: &str = "Europe/London";

/// This moment, or the one that `COUNTERFOIL_NOW` holds.
///
/// # Errors
/// The variable is set and is not an instant.
pub fn now() -> Result<Timestamp, CommandError> {
    match std::env::var(FIXED) {
        Ok(text) => text.parse().map_err(|_| {
            let message =
                format!("`{FIXED}` is `{text}`: give an instant such as 2026-11-22T12:00:00Z, or unset it");
            CommandError::refused("bad-clock", message)
        }),
        Err(_) => Ok(system()),
    }
}

/// Today in the United Kingdom.
///
/// # Errors
/// As [`now`].
pub fn today() -> Result<Date, CommandError> {
    Ok(in_uk(now()?)?.date())
}

/// An instant as the United Kingdom's clocks show it.
fn in_uk(at: Timestamp) -> Result<Zoned, CommandError> {
    let zone = TimeZone::get(ZONE).map_err(|_| {
        CommandError::failed("no-zone", format!("the time zone `{ZONE}` is not in this executable"))
    })?;
    Ok(at.to_zoned(zone))
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system's clock")]
fn system() -> Timestamp {
    Timestamp::now()
}

/// The moment at which a day is over in the United Kingdom.
///
/// # Errors
/// A day beyond the calendar.
pub fn end_of_day(day: Date) -> Result<Timestamp, CommandError> {
    let beyond = |_| CommandError::refused("bad-date", format!("`{day}` is beyond the calendar"));
    let next = day.tomorrow().map_err(beyond)?;
    let zone = TimeZone::get(ZONE).map_err(beyond)?;
    next.to_zoned(zone).map(|z| z.timestamp()).map_err(beyond)
}
