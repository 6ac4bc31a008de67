//! The words of the notices: content files by language, with English where another language has none.

use std::collections::BTreeMap;

use counterfoil_domain::vocabulary::UnknownWord;
use serde::Deserialize;

use super::{Passage, Section};
use crate::error::{Result, ServiceError};

const EN: &str = include_str!("../../../../content/en/notices.toml");
const CY: &str = include_str!("../../../../content/cy/notices.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    checked: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    about: About,
    headings: BTreeMap<String, BTreeMap<String, String>>,
    titles: BTreeMap<String, String>,
    words: BTreeMap<String, String>,
    rights: BTreeMap<String, String>,
}

/// The words in the language that was asked for, over the English ones.
pub(super) struct Words {
    pub(super) language: &'static str,
    asked: File,
    english: File,
}

fn read(text: &str) -> Result<File> {
    toml::from_str(text).map_err(|e| {
        ServiceError::Invalid(format!("the words of the notices cannot be used: {}", e.message()))
    })
}

impl Words {
    /// The words in `en` or `cy`.
    pub(super) fn load(language: &str) -> Result<Self> {
        let (language, asked) = match language {
            "en" => ("en", read(EN)?),
            "cy" => ("cy", read(CY)?),
            other => {
                let known = "en, cy".to_owned();
                let unknown = UnknownWord { text: other.to_owned(), what: "language of the notices", known };
                return Err(ServiceError::Invalid(unknown.to_string()));
            }
        };
        Ok(Self { language, asked, english: read(EN)? })
    }

    /// Whether a fluent speaker has checked the words.
    pub(super) const fn checked(&self) -> bool {
        self.asked.about.checked
    }

    fn pick(&self, find: impl Fn(&File) -> Option<&String>) -> Option<Passage> {
        match find(&self.asked) {
            Some(text) => Some(Passage { text: text.clone(), language: self.language }),
            None => find(&self.english).map(|text| Passage { text: text.clone(), language: "en" }),
        }
    }

    /// The heading of a section for a kind of organisation, or for children; none where it is not shown.
    pub(super) fn heading(&self, kind: &str, section: Section) -> Option<Passage> {
        self.pick(|f| f.headings.get(kind)?.get(section.code()))
    }

    pub(super) fn title(&self, layer: &str) -> Passage {
        self.pick(|f| f.titles.get(layer)).unwrap_or_else(|| self.missing(layer))
    }

    /// A word by its key.
    pub(super) fn say(&self, key: &str) -> Passage {
        self.pick(|f| f.words.get(key)).unwrap_or_else(|| self.missing(key))
    }

    /// A word by its key, with `{braces}` filled in.
    pub(super) fn fill(&self, key: &str, with: &[(&str, &str)]) -> Passage {
        filled(self.say(key), with)
    }

    /// The words for a right.
    pub(super) fn right(&self, code: &str) -> Passage {
        self.pick(|f| f.rights.get(code)).unwrap_or_else(|| self.missing(code))
    }

    /// Words of the register: in Welsh where it has them and they were asked for.
    pub(super) fn of(&self, english: &str, welsh: Option<&String>) -> Passage {
        match welsh {
            Some(text) if self.language == "cy" => Passage { text: text.clone(), language: "cy" },
            _ => Passage { text: english.to_owned(), language: "en" },
        }
    }

    /// A test holds that no key is missing; a visitor would see the key rather than nothing.
    fn missing(&self, key: &str) -> Passage {
        Passage { text: key.to_owned(), language: self.language }
    }
}

/// Fills `{braces}`.
pub(super) fn filled(passage: Passage, with: &[(&str, &str)]) -> Passage {
    let text = with.iter().fold(passage.text, |t, (key, value)| t.replace(&format!("{{{key}}}"), value));
    Passage { text, language: passage.language }
}
