//! The channel's own copy, on its way out; and a message, on its way to a person.

use super::Ending;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// Where the copy that the channel keeps stands.
    Copy: "state of a channel's copy" {
        /// The item is open: the channel keeps its copy until then.
        Kept = "kept", "kept until the item is moved";
        /// It is to be removed.
        Due = "due", "to be removed";
        /// The provider was asked, or its period runs.
        Asked = "asked", "removal asked";
        /// We looked, and it is not there.
        Gone = "gone", "removed and verified";
        /// A person must remove it.
        ByHand = "by-hand", "to be removed by hand";
        /// A person said that they removed it; nobody can look.
        Confirmed = "confirmed", "removed by hand, as confirmed";
        /// It could not be removed: somebody must look.
        Failed = "failed", "could not be removed";
    }
}

/// What happens to a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyEvent {
    /// The item is closed, and the copy ends in this way.
    ItemClosed(Ending),
    /// The provider took the removal.
    Taken,
    /// We looked, and it is still there.
    SeenAgain,
    /// We looked, and it is gone.
    NotFound,
    /// Nobody can look: the provider does not say whether it is still there.
    CannotLook,
    /// The tries are used up.
    GivenUp,
    /// A person says that they removed it.
    SaidDone,
}

impl Copy {
    /// The state after an event; one that does not fit changes nothing.
    #[must_use]
    pub const fn after(self, event: CopyEvent) -> Self {
        match (self, event) {
            (Self::Kept, CopyEvent::ItemClosed(Ending::NoCopy)) => Self::Gone,
            (Self::Kept, CopyEvent::ItemClosed(Ending::Deleted | Ending::Asked)) => Self::Due,
            (Self::Kept, CopyEvent::ItemClosed(Ending::Expires)) => Self::Asked,
            (Self::Kept, CopyEvent::ItemClosed(Ending::ByHand)) => Self::ByHand,
            (Self::Due | Self::Failed, CopyEvent::Taken) => Self::Asked,
            (Self::Due | Self::Asked | Self::Failed, CopyEvent::NotFound) => Self::Gone,
            (Self::Due | Self::Asked, CopyEvent::CannotLook) => Self::ByHand,
            (Self::Due | Self::Asked, CopyEvent::GivenUp) => Self::Failed,
            (Self::ByHand | Self::Failed, CopyEvent::SaidDone) => Self::Confirmed,
            (state, _) => state,
        }
    }

    /// Whether nothing more is to be done.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Gone | Self::Confirmed)
    }
}

vocabulary! {
    /// Where a message to a person stands.
    Delivery: "state of a message" {
        /// Written; it waits for its moment.
        Waiting = "waiting", "waiting to be sent";
        /// The provider has it.
        Sending = "sending", "with the provider";
        /// It left the provider.
        Sent = "sent", "sent";
        /// It arrived.
        Delivered = "delivered", "delivered";
        /// The telephone was off, the mailbox full.
        NotReached = "temporary-failure", "not reached";
        /// There is no such number or mailbox.
        NoSuch = "permanent-failure", "no such number or address";
        /// The provider failed, or the tries are used up.
        Failed = "technical-failure", "could not be sent";
        /// The person asked for no messages, after it was written.
        Stopped = "stopped", "not sent: the person opted out";
    }
}

impl Delivery {
    /// Whether nothing more is expected.
    #[must_use]
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Waiting | Self::Sending | Self::Sent)
    }

    /// Whether somebody must find another way to the person.
    #[must_use]
    pub const fn needs_someone(self) -> bool {
        matches!(self, Self::NotReached | Self::NoSuch | Self::Failed)
    }

    /// The state after a receipt. Receipts come twice and out of order: one that arrived stays arrived,
    /// and nothing goes back.
    #[must_use]
    pub const fn after(self, receipt: Self) -> Self {
        const fn step(state: Delivery) -> u8 {
            match state {
                Delivery::Waiting => 0,
                Delivery::Sending => 1,
                Delivery::Sent => 2,
                Delivery::NotReached | Delivery::NoSuch | Delivery::Failed | Delivery::Stopped => 3,
                Delivery::Delivered => 4,
            }
        }
        if step(receipt) > step(self) { receipt } else { self }
    }
}
