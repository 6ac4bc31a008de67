//! Threads and duplicates: messages into their quoted parts, the same words found again elsewhere,
//! and one decision wherever the same span stands.
//!
//! * [`split`](split()) cuts a message body into what was written and what was quoted.
//! * [`Print`] is the canonical hash and the shingles of a text; [`Print::contained_in`] and
//!   [`Print::resemblance`] compare texts.
//! * [`fold`] says of every message whether it must be read, and which of its quotes differ from the
//!   message that they quote.
//! * [`same_files`] groups attachments by content.
//! * [`SpanKey`] names a span by its words and their neighbours, so that a decision made once is
//!   found wherever the same span stands again.

mod fold;
mod lead;
mod print;
mod span;
mod split;

pub use fold::{Altered, Folded, Item, Standing, fold, same_files};
pub use print::{Print, canonical};
pub use span::{Decisions, SpanKey};
pub use split::{Lead, Segment, of_document, split};
