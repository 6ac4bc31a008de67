//! The channels by which people write to the organisation, and by which it answers: mail, text messages,
//! WhatsApp and chat, each with its provider behind one trait.
//!
//! An adapter moves bytes: it fetches or is told, sends, asks for removal, and looks again. What becomes
//! of an item is decided elsewhere.

mod chat;
mod error;
mod http;
mod mailbox;
mod telephony;
mod texts;
mod whatsapp;

use counterfoil_domain::intake::{Channel, Delivery, Ending, Told};
use jiff::{SignedDuration, Timestamp};

pub use chat::{Chat, ChatSettings};
pub use error::{ChannelError, HookError};
pub use http::signature;
pub use mailbox::{MailSettings, Mailbox};
pub use telephony::{Telephony, TelephonySettings};
pub use texts::{TextSettings, Texts};
pub use whatsapp::{WhatsApp, WhatsAppSettings};

/// What a call to a provider answers.
pub type Result<T> = std::result::Result<T, ChannelError>;

/// The most bytes of one answer or message that are read.
pub const LARGEST: u64 = 32 << 20;

/// A file that came with something.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("File").field("media_type", &self.media_type).finish_non_exhaustive()
    }
}

/// Something that arrived at a provider. Its `Debug` tells nothing of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Arrival {
    /// The provider's own name for it: what removes it, and makes it one however often it is told.
    pub reference: String,
    /// The address or number that it came from.
    pub from: String,
    /// The name that the sender goes by, if the provider tells.
    pub name: String,
    /// The subject, if the channel has one.
    pub subject: String,
    /// The words.
    pub words: String,
    /// A whole mail as it was written, instead of words.
    pub mail: Option<Vec<u8>>,
    /// Files.
    pub files: Vec<File>,
    /// When it came in at the provider.
    pub received: Option<Timestamp>,
    /// The conversation that it belongs to.
    pub thread: String,
    /// Of a recording: whether the person was told; none for what is no recording.
    pub told: Option<Told>,
}

impl std::fmt::Debug for Arrival {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arrival").field("files", &self.files.len()).finish_non_exhaustive()
    }
}

/// Something that is to be sent. Its `Debug` tells nothing of it.
#[derive(Clone, Default)]
pub struct Outgoing {
    /// The address or number.
    pub to: String,
    /// The subject of an e-mail.
    pub subject: String,
    /// The words.
    pub words: String,
    /// What it answers.
    pub thread: String,
    /// Our own name for it, used once: a provider that is told it twice sends once.
    pub id: String,
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a provider tells of its own accord.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Something arrived.
    Arrived(Box<Arrival>),
    /// What became of a message that was sent.
    Receipt {
        /// The provider's name for the message.
        reference: String,
        /// What became of it.
        state: Delivery,
    },
}

/// A call of a provider at our door.
pub struct Hook<'h> {
    /// The value of a header, by its name in lower case.
    pub header: &'h dyn Fn(&str) -> Option<String>,
    /// The body as it arrived: signatures are of these bytes.
    pub body: &'h [u8],
}

impl std::fmt::Debug for Hook<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hook").field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

/// How the copy that a provider keeps comes to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeps {
    /// How.
    pub ending: Ending,
    /// Its period, when it ends by itself.
    pub period: Option<SignedDuration>,
}

/// A provider of one channel.
pub trait Provider: Send + Sync + std::fmt::Debug {
    /// Its name in the configuration; also its address under `/hooks/`.
    fn name(&self) -> &str;

    /// Which channel it carries.
    fn channel(&self) -> Channel;

    /// How its copies come to their end: of what it received, and of what it sent.
    fn keeps(&self) -> Keeps;

    /// What waits at the provider, the oldest first, at most so much. The same things are given again until
    /// they are removed.
    ///
    /// # Errors
    /// [`ChannelError`].
    fn fetch(&self, most: usize, now: Timestamp) -> Result<Vec<Arrival>> {
        let _ = (most, now);
        Ok(Vec::new())
    }

    /// Reads a call of the provider, after its signature was checked.
    ///
    /// # Errors
    /// [`HookError`]: nothing of the call may then be used.
    fn hook(&self, hook: &Hook<'_>, now: Timestamp) -> std::result::Result<Vec<Event>, HookError> {
        let _ = (hook, now);
        Err(HookError::NotSigned)
    }

    /// The answer to a provider that asks whether this address is ours (`hub.challenge`).
    fn challenge(&self, query: &[(String, String)]) -> Option<String> {
        let _ = query;
        None
    }

    /// Hands a message on. The answer is the provider's name for it.
    ///
    /// # Errors
    /// [`ChannelError`].
    fn send(&self, out: &Outgoing, now: Timestamp) -> Result<String> {
        let _ = (out, now);
        Err(self.unable("send"))
    }

    /// What became of a message, for a provider that must be asked.
    ///
    /// # Errors
    /// [`ChannelError`].
    fn receipt(&self, reference: &str, now: Timestamp) -> Result<Option<Delivery>> {
        let _ = (reference, now);
        Ok(None)
    }

    /// Removes the provider's copy, or asks it to.
    ///
    /// # Errors
    /// [`ChannelError`].
    fn remove(&self, reference: &str, now: Timestamp) -> Result<()> {
        let _ = (reference, now);
        Err(self.unable("remove a copy: its period must end, or somebody removes it"))
    }

    /// Whether the provider still holds its copy.
    ///
    /// # Errors
    /// [`ChannelError`].
    fn holds(&self, reference: &str, now: Timestamp) -> Result<bool>;

    /// The error of an ability that it does not have.
    fn unable(&self, what: &'static str) -> ChannelError {
        ChannelError::Unable { provider: self.name().to_owned(), what }
    }
}
