//! An item of the inbox: its states, its parts, and when it has waited too long.

use jiff::civil::Date;

use super::Channel;
use crate::clock::{Refusal, WorkingDays};
use crate::vocabulary::vocabulary;

vocabulary! {
    /// Where an item stands.
    ItemState: "state of an item" {
        /// Nobody has it.
        New = "new", "new";
        /// Somebody has it.
        Allocated = "allocated", "allocated";
        /// Its words are in a case, and there only.
        Moved = "moved", "moved into a case";
        /// It was sent on to someone who can help.
        Referred = "referred", "referred";
        /// The person was told where to go; what remains names nobody.
        Signposted = "signposted", "signposted";
        /// It was no enquiry.
        Discarded = "discarded", "discarded";
    }
}

vocabulary! {
    /// Why an item is thrown away.
    DiscardReason: "reason to discard" {
        /// Unasked advertising or an attack.
        Spam = "spam", "spam";
        /// The same as another item.
        Duplicate = "duplicate", "a duplicate of another item";
        /// Meant for somebody else.
        Misdirected = "misdirected", "misdirected";
        /// Nothing in it.
        Empty = "empty", "empty or a test";
    }
}

vocabulary! {
    /// What a part of an item is.
    PartKind: "kind of part" {
        /// What the person wrote or said.
        Words = "words", "message";
        /// One answer of a form.
        Answer = "answer", "answer of the form";
        /// What was quoted below: earlier letters.
        Quoted = "quoted", "quoted earlier messages";
        /// The technical head of a mail.
        Head = "head", "mail header";
        /// A file that came with it.
        File = "file", "file";
        /// A picture inside a mail: a logo or a signature.
        Inline = "inline", "picture inside the message";
        /// A recording of a call.
        Recording = "recording", "recording";
    }
}

impl ItemState {
    /// Whether it waits for someone.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Allocated)
    }
}

/// Whether a part is ticked to be kept when the page of an item opens. Storage limitation and
/// minimisation (Art 5(1)(c) UK GDPR): what is there only because the channel adds it starts unticked.
#[must_use]
pub const fn keeps_by_default(part: PartKind) -> bool {
    matches!(part, PartKind::Words | PartKind::Answer | PartKind::File | PartKind::Recording)
}

/// Why an item does not change as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotYet {
    /// It was dealt with before.
    #[error("this item was dealt with already: look in the case")]
    Closed,
    /// Everything would be dropped, and no words say what it was about.
    #[error("nothing of the item would be kept: tick a part, or write a summary")]
    NothingKept,
    /// A signposting or referral without saying where to.
    #[error("say where the person was sent")]
    NoPlace,
}

/// Whether an item may end this way: it is open, and what remains makes sense.
///
/// `kept` is how many parts are kept, `summary` whether somebody wrote one, `place` whether it is said
/// where the person was sent.
///
/// # Errors
/// [`NotYet`].
pub const fn outcome_allowed(
    from: ItemState,
    to: ItemState,
    kept: usize,
    summary: bool,
    place: bool,
) -> Result<(), NotYet> {
    if !from.is_open() {
        return Err(NotYet::Closed);
    }
    match to {
        ItemState::Moved if kept == 0 && !summary => Err(NotYet::NothingKept),
        ItemState::Referred | ItemState::Signposted if !place => Err(NotYet::NoPlace),
        _ => Ok(()),
    }
}

/// How long an open item has waited, against its channel's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Age {
    /// The limit has passed: it is shown first and chased.
    Past,
    /// The limit is today.
    Today,
    /// There is time.
    InTime,
}

/// How an item stands on a day, when its limit is `limit`.
#[must_use]
pub fn standing(limit: Date, on: Date) -> Age {
    match on.cmp(&limit) {
        std::cmp::Ordering::Greater => Age::Past,
        std::cmp::Ordering::Equal => Age::Today,
        std::cmp::Ordering::Less => Age::InTime,
    }
}

impl Channel {
    /// The day by which an item that came in on `received` must have been moved: the office's own clock,
    /// in working days. `received` is the working day on which it counts as received ([`super::Hours`]).
    ///
    /// # Errors
    /// [`Refusal`] when the holidays of that time are not loaded.
    pub fn limit(self, received: Date, working: WorkingDays<'_>) -> Result<Date, Refusal> {
        working.nth_after(received, self.limit_in_working_days(), |_| None).map(|(day, _)| day)
    }
}
