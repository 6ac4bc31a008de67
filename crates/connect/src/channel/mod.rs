//! The channels by which people write to the organisation, and by which it answers: mail, text messages,
//! WhatsApp and chat, each with its provider.

mod error;

pub use error::ChannelError;

/// What a call to a provider answers.
pub type Result<T> = std::result::Result<T, ChannelError>;
