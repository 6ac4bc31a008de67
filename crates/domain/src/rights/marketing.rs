//! Stopping marketing (Art 21(2)-(3) UK GDPR; regs 19 to 26 PECR): on every channel at once.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A way in which people are marketed to.
    Channel: "channel of marketing" {
        /// A stop is of all of them.
        All = "all", "every channel";
        Email = "email", "e-mail";
        Text = "text", "text message";
        Phone = "phone", "telephone call";
        Post = "post", "post";
        Door = "door", "door to door";
    }
}

/// The form in which postal addresses are compared: letters and digits, without case. `None` without a postcode
/// or a first line, since either alone is many people's.
#[must_use]
pub fn address_key(first_line: &str, postcode: &str) -> Option<String> {
    let fold = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (line, code) = (fold(first_line), fold(postcode));
    (!line.is_empty() && !code.is_empty()).then(|| format!("{code}/{line}"))
}

/// A postal address as one text, whose last part is taken as the postcode: lines separated by commas or line ends.
#[must_use]
pub fn address_key_of_text(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let (last, first) = (parts.last()?, parts.first()?);
    // A postcode holds a digit; a text of one part is no address.
    if parts.len() < 2 || !last.chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    address_key(first, last)
}
