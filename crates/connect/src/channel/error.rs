//! What can go wrong at a provider.

/// Why a provider did not do what it was asked.
///
/// INVARIANT: no text of the provider, no address and no content is in it, so that it may be logged and
/// kept as the reason of a failed job.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// It could not be reached, or did not answer in time. Try again later.
    #[error("`{provider}` could not be reached: check its address and the network")]
    Unreachable {
        /// Its name in the configuration.
        provider: String,
    },
    /// It asks to be tried later: too many calls, or out of order.
    #[error("`{provider}` asks to be tried again later (its code {code})")]
    Later {
        /// Its name in the configuration.
        provider: String,
        /// Its code: an HTTP status or an SMTP reply.
        code: u16,
    },
    /// It does not accept the key, user or password.
    #[error("`{provider}` does not accept the sign-in: check its key or password in the configuration")]
    NotSignedIn {
        /// Its name in the configuration.
        provider: String,
    },
    /// It refuses for good: a wrong number, an address that does not exist.
    #[error("`{provider}` refused it (its code {code}): check the address or number")]
    Refused {
        /// Its name in the configuration.
        provider: String,
        /// Its code.
        code: u16,
    },
    /// Its answer is not what its protocol says.
    #[error("the answer of `{provider}` was not understood")]
    Misunderstood {
        /// Its name in the configuration.
        provider: String,
    },
    /// An address, a subject or a part cannot be written as its format demands.
    #[error("the {what} cannot be written: check it")]
    Unwritable {
        /// Which part: "recipient's address", "sender's address", "attachment".
        what: &'static str,
    },
    /// The provider has no such ability: a mailbox that cannot send, a gateway that cannot remove.
    #[error("`{provider}` cannot {what}")]
    Unable {
        /// Its name in the configuration.
        provider: String,
        /// What was asked.
        what: &'static str,
    },
}

impl ChannelError {
    /// Whether the same call may succeed later.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Later { .. } | Self::Misunderstood { .. })
    }
}

/// Why a provider's call at our door was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HookError {
    /// It is not signed, or not by the key that was agreed.
    #[error("the call is not signed by the provider's key")]
    NotSigned,
    /// It was signed too long ago: a recording, played again.
    #[error("the call was signed too long ago")]
    Stale,
    /// Its body is not what the protocol says.
    #[error("the call was not understood")]
    Misunderstood,
}
