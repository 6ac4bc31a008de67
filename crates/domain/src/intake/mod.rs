//! Intake: how people reach the organisation, and what becomes of what they send. Each item is taken in,
//! allocated, and ends as an addition to a case, a referral, a signposting record, or nothing; then the
//! channel's own copy goes (promises N9 to N12, N14, C34).

mod channel;
mod copies;
mod hours;
mod item;
mod recording;
mod text;

pub use channel::{Channel, Ending};
pub use copies::{Copy, CopyEvent, Delivery};
pub use hours::{Hours, may_send_at, owed_by};
pub use item::{
    Age, DiscardReason, ItemState, NotYet, PartKind, keeps_by_default, outcome_allowed, standing,
};
pub use recording::Told;
pub use text::{
    Cost, Intent, MessagePurpose, TemplateProblem, WARNING_VERSION, check_template, cost, fill, intent,
};
