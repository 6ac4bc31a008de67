//! Made-up texts with the identifiers in them marked, for tests and measurements.
//!
//! Everything follows from a seed. Identifiers are drawn by their own rules here, apart from the
//! detector's, so that neither can hide a mistake of the other. Nobody in these texts is real.

mod disguise;
mod identifiers;
mod look_alikes;
mod people;
mod sentences;

pub use disguise::{DISGUISES, disguised, slipped};
pub use identifiers::{KINDS, draw};
pub use look_alikes::{look_alikes, nhs_against_references};
pub use people::{CastSample, cast_letters};
pub use sentences::{bulk, prose};

use crate::detect::Entity;

/// What a text truly holds at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Gold {
    /// What it is.
    pub entity: Entity,
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
}

/// A text and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The text.
    pub text: String,
    /// What it holds, of the kinds that the sample is about.
    pub gold: Vec<Gold>,
}

/// A small seeded source of choices (SplitMix64). Not for secrets.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The same seed throws the same numbers.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, 0 when it is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(1).max(1);
        usize::try_from(self.throw() % bound).unwrap_or(0)
    }

    /// A number from `low` to `high`, both possible.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// One of `things`.
    pub fn pick<'t>(&mut self, things: &[&'t str]) -> &'t str {
        let i = self.below(things.len());
        things.get(i).copied().unwrap_or("")
    }

    /// One letter of `letters`.
    pub fn letter(&mut self, letters: &str) -> char {
        let i = self.below(letters.len());
        letters.chars().nth(i).unwrap_or('A')
    }

    /// `count` digits.
    pub fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| self.letter("0123456789")).collect()
    }
}
