//! The words that people agree to.

use std::collections::BTreeMap;

use counterfoil_domain::sharing::permission::{ConsentPurpose, Wording};
use serde::Deserialize;

use crate::error::{Result, ServiceError};

const EN: &str = include_str!("../../../../content/en/consents.toml");
const CY: &str = include_str!("../../../../content/cy/consents.toml");

/// One wording, with the words of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Its version, and how long an agreement to it counts.
    pub rule: Wording,
    /// The words, with `{organisation}` and the like in them.
    pub text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    version: u32,
    oldest: u32,
    months: u32,
    words: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Translation {
    words: String,
}

fn unreadable(e: &toml::de::Error) -> ServiceError {
    ServiceError::Invalid(format!("the words of the consents cannot be used: {}", e.message()))
}

/// The words for a purpose of consent, or for an authority to act, in a language (`en` or `cy`).
///
/// # Errors
/// [`ServiceError::Invalid`] when the built-in words cannot be read.
pub fn words_of(purpose: Option<ConsentPurpose>, language: &str) -> Result<Words> {
    let key = purpose.map_or("authority", ConsentPurpose::code);
    let mut all: BTreeMap<String, Entry> = toml::from_str(EN).map_err(|e| unreadable(&e))?;
    let entry = all
        .remove(key)
        .ok_or_else(|| ServiceError::Invalid(format!("there are no words for the consent `{key}`")))?;
    let rule = Wording { version: entry.version, oldest: entry.oldest, months: entry.months };
    if language != "cy" {
        return Ok(Words { rule, text: entry.words });
    }
    let mut own: BTreeMap<String, Translation> = toml::from_str(CY).map_err(|e| unreadable(&e))?;
    let text = own.remove(key).map_or(entry.words, |t| t.words);
    Ok(Words { rule, text })
}

impl Words {
    /// The words with their values filled in.
    pub(super) fn filled(&self, organisation: &str, parties: &[String], fields: &[String]) -> String {
        let listed = fields.join(", ");
        self.text
            .replace("{organisation}", organisation)
            .replace("{parties}", &parties.join(", "))
            .replace("{fields}", &listed)
            .replace("{channels}", &listed)
    }
}
