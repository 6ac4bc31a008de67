//! Statutory clocks: from dated events to a due date that can be explained line by line.
//!
//! A clock is a list of [`Dated`] events (received, identity asked, clarification answered …). It is
//! never adjusted: [`replay`] reads the whole list again over the [`RuleSet`] that was in force when the
//! request was received and the holidays of one [`Calendar`], and gives a [`Reading`] or says why it
//! refuses. Nothing is guessed: a date beyond the loaded holidays, an extension told too late or a pause
//! that the law does not know is a [`Refusal`]. What the law leaves open is a named setting of
//! [`ClockConfig`] with a stated default. Breaches are counted in hours on instants: see [`breach`].
//!
//! Invariant: no other code computes a deadline.

pub mod breach;
pub mod calendar;
pub mod config;
pub mod events;
pub mod provisions;
pub mod refusal;
pub mod regime;
pub mod replay;
pub mod rules;
pub mod working;

mod days;
mod information;
mod months;
mod pauses;
pub mod reading;

pub use calendar::{Calendar, Coverage, Holiday, Nation, WorkingDays};
pub use config::ClockConfig;
pub use events::{Dated, Event, ExtensionReason, History};
pub use reading::{Pause, PauseReason, Reading, State, Warning};
pub use refusal::{Refusal, Refused};
pub use regime::{OlderNotice, Regime};
pub use replay::{Clock, replay};
pub use rules::RuleSet;
pub use working::Step;
