//! Values as they come out of a source, and as keys that lead on.

use std::collections::BTreeSet;

use serde_json::Value as Json;

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Real(f64),
    /// Text, and every kind that has no other place here, as the source writes it.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An object or a list.
    Json(Json),
}

/// A value that rows are looked up by. Zero and the empty text are keys like any other; nothing is none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// Everything that can be written.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Key {
    /// As text, for an address in a report.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Bytes(bytes) => hex(bytes),
        }
    }

    /// In lower case, for addresses that are compared without case.
    #[must_use]
    pub fn folded(self) -> Self {
        match self {
            Self::Text(text) => Self::Text(text.to_lowercase()),
            bytes @ Self::Bytes(_) => bytes,
        }
    }
}

impl Value {
    /// The key that the value is, unless it is nothing or a structure.
    #[must_use]
    pub fn key(&self) -> Option<Key> {
        match self {
            Self::Null => None,
            Self::Bool(v) => Some(Key::Text(v.to_string())),
            Self::Int(v) => Some(Key::Text(v.to_string())),
            Self::Real(v) => Some(Key::Text(real(*v))),
            Self::Text(v) => Some(Key::Text(v.clone())),
            Self::Bytes(v) => Some(Key::Bytes(v.clone())),
            Self::Json(v) => scalar(v),
        }
    }

    /// The value as JSON; bytes in hexadecimal.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(v) => Json::Bool(*v),
            Self::Int(v) => Json::from(*v),
            Self::Real(v) => Json::from(*v),
            Self::Text(v) => Json::String(v.clone()),
            Self::Bytes(v) => Json::String(hex(v)),
            Self::Json(v) => v.clone(),
        }
    }

    /// The value as text, for a mask.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        match self {
            Self::Json(v) => Some(v.to_string()),
            other => other.key().map(|k| k.shown()),
        }
    }

    /// The object or list that the value holds, when it holds one, also as text.
    #[must_use]
    pub fn structure(&self) -> Option<Json> {
        match self {
            Self::Json(v) => Some(v.clone()),
            Self::Text(text) if text.trim_start().starts_with(['{', '[']) => serde_json::from_str(text).ok(),
            _ => None,
        }
    }

    /// The keys at a path inside the value: its own, or those of its parts; every element of a list.
    #[must_use]
    pub fn keys_at(&self, inner: &[String]) -> BTreeSet<Key> {
        let mut found = BTreeSet::new();
        match self.structure() {
            Some(json) => gather(&json, inner, &mut found),
            None if inner.is_empty() => found.extend(self.key()),
            None => {}
        }
        found
    }
}

fn gather(json: &Json, inner: &[String], found: &mut BTreeSet<Key>) {
    match (json, inner.split_first()) {
        (Json::Array(items), _) => items.iter().for_each(|item| gather(item, inner, found)),
        (Json::Object(map), Some((name, rest))) => {
            map.get(name).into_iter().for_each(|part| gather(part, rest, found));
        }
        (leaf, None) => found.extend(scalar(leaf)),
        _ => {}
    }
}

fn scalar(json: &Json) -> Option<Key> {
    match json {
        Json::Null | Json::Array(_) | Json::Object(_) => None,
        Json::String(text) => Some(Key::Text(text.clone())),
        other => Some(Key::Text(other.to_string())),
    }
}

/// A whole number is written without a fraction, so that 5 and 5.0 are one key.
fn real(v: f64) -> String {
    let text = v.to_string();
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
