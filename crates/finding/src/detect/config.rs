//! What an organisation sets: threshold, kinds, and patterns of its own references.

use regex::{Regex, RegexBuilder};

use super::context::Around;
use super::overlap::Hit;
use super::scan::score;
use super::text::Text;
use super::{DEFAULT_THRESHOLD, Entity};
use crate::normalise::Shadow;

/// The largest compiled pattern, in bytes.
const PATTERN_LIMIT: usize = 1 << 20;

/// How to detect.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The least score of a finding, 0 to 1.
    pub threshold: f32,
    /// The kinds to find; all when empty.
    pub entities: Vec<Entity>,
    /// Patterns of the organisation's own references.
    pub references: Vec<Reference>,
}

impl Default for Config {
    fn default() -> Self {
        Self { threshold: DEFAULT_THRESHOLD, entities: Vec::new(), references: Vec::new() }
    }
}

/// A reference that the organisation gives, such as a case number.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// What people call it, such as `council tax account`.
    pub name: String,
    /// A regular expression over the text without accents and typographic marks; letters in any case.
    pub pattern: String,
    /// When not empty, one of these words must stand near.
    #[serde(default)]
    pub context: Vec<String>,
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not a regular expression.
    #[error("the pattern of reference `{name}` cannot be used: {why}")]
    Pattern {
        /// The reference.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// Would be found everywhere.
    #[error("the pattern of reference `{name}` matches an empty text; make it match at least one character")]
    Empty {
        /// The reference.
        name: String,
    },
}

/// A reference that is ready to be looked for.
#[derive(Debug, Clone)]
pub(super) struct Compiled {
    name: String,
    pattern: Regex,
    context: Vec<String>,
}

impl Compiled {
    pub(super) fn new(reference: &Reference) -> Result<Self, ConfigError> {
        let pattern = RegexBuilder::new(&reference.pattern)
            .case_insensitive(true)
            .size_limit(PATTERN_LIMIT)
            .build()
            .map_err(|e| ConfigError::Pattern { name: reference.name.clone(), why: e.to_string() })?;
        if pattern.is_match("") {
            return Err(ConfigError::Empty { name: reference.name.clone() });
        }
        let context = reference.context.iter().map(|word| word.to_ascii_lowercase()).collect();
        Ok(Self { name: reference.name.clone(), pattern, context })
    }

    pub(super) fn find(&self, shadow: &Shadow, labels: &[&[u8]], hits: &mut Vec<Hit>) {
        for found in self.pattern.find_iter(shadow.text()) {
            let text = Text::new(shadow.bytes());
            let near = Around::read(text, found.start(), &[]).ending(found.end()).has_word(&self.context, &text, labels);
            if found.is_empty() || (!self.context.is_empty() && near.is_none()) {
                continue;
            }
            let why = match near {
                Some(word) => format!("pattern `{}`, near `{word}`", self.name),
                None => format!("pattern `{}`", self.name),
            };
            let entity = Entity::Reference;
            hits.push(Hit { entity, start: found.start(), end: found.end(), score: score::SURE, why });
        }
    }
}
