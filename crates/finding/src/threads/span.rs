//! Decisions carried to the same span elsewhere.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::print::canonical;

/// Words on each side that belong to a span's key.
const NEIGHBOURS: usize = 3;

/// The name of a span: its words and the words around it, whatever the document. Two spans with the
/// same key say the same thing in the same place of the same sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpanKey([u8; 32]);

impl SpanKey {
    /// The key of characters `start..end` of `text`. Case, white space, quote marks and punctuation
    /// do not matter, so that a quoted copy has the key of the original.
    #[must_use]
    pub fn new(text: &str, start: usize, end: usize) -> Self {
        let part = |from: usize, to: usize| {
            text.chars().skip(from).take(to.saturating_sub(from)).collect::<String>()
        };
        // A window bounds the work in a very long text.
        let before = canonical(&part(start.saturating_sub(200), start));
        let after = canonical(&part(end, end.saturating_add(200)));
        let before: Vec<&str> = before.split_whitespace().rev().take(NEIGHBOURS).collect();
        let after: Vec<&str> = after.split_whitespace().take(NEIGHBOURS).collect();
        let mut hash = Sha256::new();
        for field in [before.join(" "), canonical(&part(start, end)), after.join(" ")] {
            hash.update((field.len() as u64).to_le_bytes());
            hash.update(field.as_bytes());
        }
        Self(hash.finalize().into())
    }

    /// The key as bytes, for a store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Decisions by span, of whatever type the caller decides with.
#[derive(Debug, Clone)]
pub struct Decisions<D> {
    made: HashMap<SpanKey, D>,
}

impl<D> Default for Decisions<D> {
    fn default() -> Self {
        Self { made: HashMap::new() }
    }
}

impl<D> Decisions<D> {
    /// Records a decision; returns the one that it replaces, which the caller must show.
    pub fn record(&mut self, key: SpanKey, decision: D) -> Option<D> {
        self.made.insert(key, decision)
    }

    /// The decision made for the same span elsewhere.
    #[must_use]
    pub fn for_span(&self, key: &SpanKey) -> Option<&D> {
        self.made.get(key)
    }

    /// How many spans are decided.
    #[must_use]
    pub fn len(&self) -> usize {
        self.made.len()
    }

    /// True when nothing is decided.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.made.is_empty()
    }
}
