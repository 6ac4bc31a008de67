//! The words of the letters to colleagues, in English and Welsh.

use serde::Deserialize;

use crate::error::{Result, ServiceError};
use crate::letters::Language;

const EN: &str = include_str!("../../../../../content/en/colleague.toml");
const CY: &str = include_str!("../../../../../content/cy/colleague.toml");

/// The words of both letters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) question: LetterWords,
    pub(super) reminder: LetterWords,
}

/// The words of one letter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LetterWords {
    pub(super) subject: String,
    pub(super) title: String,
    pub(super) paragraphs: Vec<String>,
}

impl Words {
    pub(super) fn of(language: Language) -> Result<Self> {
        let text = if language == Language::Cy { CY } else { EN };
        toml::from_str(text).map_err(|e| {
            ServiceError::Invalid(format!("the letters to colleagues cannot be used: {}", e.message()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_the_same_things() {
        let (en, cy) = (Words::of(Language::En).unwrap(), Words::of(Language::Cy).unwrap());
        for (ours, theirs) in [(en.question, cy.question), (en.reminder, cy.reminder)] {
            assert_eq!(ours.paragraphs.len(), theirs.paragraphs.len());
            for name in ["{source}", "{reference}", "{due}", "{address}"] {
                let has = |w: &LetterWords| w.paragraphs.iter().any(|p| p.contains(name));
                assert_eq!(has(&ours), has(&theirs), "{name}");
            }
            assert!(ours.subject.contains("{reference}") && theirs.subject.contains("{reference}"));
        }
    }
}
