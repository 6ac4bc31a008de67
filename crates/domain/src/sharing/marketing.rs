//! Marketing: only with consent, never to who has stopped it (Art 21(2), (3) UK GDPR; PECR; promise C31).

use jiff::civil::Date;

use super::check::{Missing, missing};
use super::permission::{ConsentPurpose, Permission, Wording, stand};
use crate::vocabulary::vocabulary;

vocabulary! {
    /// A way of reaching people with news and appeals.
    MarketingChannel: "marketing channel" {
        /// PECR reg 22.
        Email = "email", "e-mail";
        /// PECR reg 22.
        Text = "text", "text message";
        /// PECR reg 21.
        Phone = "phone", "telephone";
        /// Art 21(2) UK GDPR.
        Post = "post", "post";
        /// Art 21(2) UK GDPR.
        DoorToDoor = "door", "at the door";
    }
}

/// Whether a person may be reached by a channel: the last word is a stop.
///
/// A consent names its channels in its fields, by their codes.
///
/// # Errors
/// Why not, and what would mend it.
pub fn may_market(
    consents: &[Permission],
    wording: &Wording,
    stopped: &[MarketingChannel],
    channel: MarketingChannel,
    on: Date,
) -> Result<(), Missing> {
    if stopped.contains(&channel) {
        let reason = format!("the person has stopped marketing by {}", channel.label());
        return Err(missing("marketing-stopped", "channel", reason));
    }
    let consented = consents.iter().any(|c| {
        c.purpose == Some(ConsentPurpose::Marketing)
            && c.fields.iter().any(|f| f == channel.code())
            && stand(c, wording, on).counts()
    });
    if consented {
        return Ok(());
    }
    let reason = format!("there is no consent to news by {} that counts today: ask first", channel.label());
    Err(missing("no-marketing-consent", "channel", reason))
}
