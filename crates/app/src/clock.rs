//! The one clock. Everything else gets the time as an argument.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use counterfoil_service::installation;
use counterfoil_service::store::Clock;
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

thread_local! {
    /// What this thread takes for the present; none for what everybody does.
    static HERE: Cell<Option<Timestamp>> = const { Cell::new(None) };
}

/// A clock that histories are made with: it can be set for everybody, or for one thread.
#[derive(Debug, Clone, Default)]
pub struct Movable(Arc<AtomicI64>);

impl Movable {
    /// Sets it for everybody, to the second.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_second(), Ordering::SeqCst);
    }

    /// Sets it for the thread that calls.
    pub fn set_here(at: Timestamp) {
        HERE.set(Some(at));
    }

    /// Lets it run, for everybody and the thread that calls.
    pub fn run(&self) {
        HERE.set(None);
        self.0.store(0, Ordering::SeqCst);
    }

    /// The clock for a store; where it is not set, `running` tells the time.
    #[must_use]
    pub fn clock(&self, running: Clock) -> Clock {
        let told = Arc::clone(&self.0);
        installation::clock(move || {
            HERE.get().unwrap_or_else(|| match told.load(Ordering::SeqCst) {
                0 => running(),
                seconds => Timestamp::from_second(seconds).unwrap_or_else(|_| running()),
            })
        })
    }
}
