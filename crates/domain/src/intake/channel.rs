//! The channels, and what each promises and needs.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// How something reached the organisation.
    Channel: "channel" {
        /// The public enquiry form of this site.
        WebEnquiry = "web-enquiry", "web enquiry";
        /// The form by which another professional refers a person.
        Referral = "professional-referral", "professional referral";
        /// E-mail.
        Email = "email", "e-mail";
        /// A text message.
        Sms = "sms", "text message";
        /// A transcript of live chat, held by a third party.
        Chat = "chat", "live chat";
        /// WhatsApp.
        WhatsApp = "whatsapp", "WhatsApp";
        /// A call, as written down by whoever took it, or its recording.
        Phone = "phone", "telephone";
        /// Someone at the counter.
        Counter = "counter", "at the counter";
        /// A letter that was scanned.
        Letter = "letter-scan", "scanned letter";
    }
}

vocabulary! {
    /// How the copy that a channel keeps of its own comes to an end.
    Ending: "ending of a channel's copy" {
        /// There is none: the item was made in this system.
        NoCopy = "no-copy", "the channel keeps no copy";
        /// We delete it, and can look whether it is gone.
        Deleted = "deleted", "deleted by us and looked for again";
        /// We ask the provider, which answers later.
        Asked = "asked", "the provider is asked, and looked at again";
        /// It ends by the provider's own period, and we look afterwards.
        Expires = "expires", "ends after the provider's period, and is looked for then";
        /// A person removes it (a telephone, a paper) and says so.
        ByHand = "by-hand", "a person removes it and confirms";
    }
}

impl Channel {
    /// The working days after which an item that nobody moved is shown and chased: the conversations of
    /// the moment on the next working day, letters and mail within two or three, the enquiry form within
    /// the five that offices promise.
    #[must_use]
    pub const fn limit_in_working_days(self) -> u32 {
        match self {
            Self::Sms | Self::Chat | Self::WhatsApp | Self::Phone | Self::Counter => 1,
            Self::Email => 2,
            Self::Letter => 3,
            Self::WebEnquiry | Self::Referral => 5,
        }
    }

    /// Whether an answer can go back the same way.
    #[must_use]
    pub const fn answers(self) -> bool {
        matches!(self, Self::Email | Self::Sms | Self::WhatsApp)
    }

    /// Whether a third party's telephone screen shows it: short, sparse, and not at night.
    #[must_use]
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Sms | Self::WhatsApp)
    }

    /// Whether the channel tells that a message arrived. Of an e-mail it is known only that it left.
    #[must_use]
    pub const fn tells_arrival(self) -> bool {
        matches!(self, Self::Sms | Self::WhatsApp)
    }

    /// Whether the person is warned, before the first answer, that the channel cannot be made safe
    /// (promise N14).
    #[must_use]
    pub const fn warns_first(self) -> bool {
        matches!(self, Self::WhatsApp)
    }

    /// Whether staff put the item in by hand.
    #[must_use]
    pub const fn is_logged_by_staff(self) -> bool {
        matches!(self, Self::Phone | Self::Counter | Self::Letter)
    }
}
