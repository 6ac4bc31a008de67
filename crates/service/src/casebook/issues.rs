//! Issue codes in tiers: what cases are about, as the organisation counts them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{Result, ServiceError};

/// An area of issues, the first tier.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Its code, such as `debt`.
    pub code: String,
    /// In words.
    pub label: String,
    /// The second tier: code and words; the whole code is `area.topic`.
    pub topics: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    area: Vec<Area>,
}

/// The issue codes of a kind of organisation.
///
/// # Errors
/// [`ServiceError::Invalid`] for another kind, or when the built-in file cannot be read.
pub fn of(kind: &str) -> Result<Vec<Area>> {
    let text = match crate::promises::owner_of(kind)?.code() {
        "council" => include_str!("../../../../organisations/council/issues.toml"),
        _ => include_str!("../../../../organisations/advice-network/issues.toml"),
    };
    let file: File = toml::from_str(text)
        .map_err(|e| ServiceError::Invalid(format!("the issue codes cannot be used: {}", e.message())))?;
    Ok(file.area)
}

/// The words of a code: `Debt and money: Energy`. A code that is not in the list is shown as it is.
#[must_use]
pub fn label(areas: &[Area], code: &str) -> String {
    let (first, second) = code.split_once('.').unwrap_or((code, ""));
    let Some(area) = areas.iter().find(|a| a.code == first) else { return code.to_owned() };
    match area.topics.get(second) {
        Some(topic) => format!("{}: {topic}", area.label),
        None => area.label.clone(),
    }
}

/// Whether a code is in the list.
#[must_use]
pub fn knows(areas: &[Area], code: &str) -> bool {
    code.split_once('.')
        .is_some_and(|(first, second)| areas.iter().any(|a| a.code == first && a.topics.contains_key(second)))
}
