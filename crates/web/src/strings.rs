//! The interface's words: one file a language (`content/<tag>/interface.toml`) and one for each area beside it
//! (`content/<tag>/interface/<area>.toml`), each string under a dotted key. A language may lack a string only by saying so; the page then shows the English and
//! marks it as English.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::language::Language;

/// What is wrong with the files of words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StringsError {
    /// A file that is not the TOML that it should be.
    #[error("`content/{language}/interface.toml` could not be read: {reason}")]
    Unreadable {
        /// The language's tag.
        language: &'static str,
        /// What the reader said.
        reason: String,
    },
    /// Words that disagree between languages.
    #[error("`content/{language}/interface.toml`: {problem}")]
    Inconsistent {
        /// The language's tag.
        language: &'static str,
        /// What to mend.
        problem: String,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    about: About,
    strings: toml::Table,
}

/// How far a translation can be relied on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    /// Whether a fluent speaker has checked the file.
    checked: bool,
    /// Keys that are knowingly missing: shown in English and marked as English. `people.*` means every key
    /// that begins with `people.`.
    #[serde(default)]
    untranslated: BTreeSet<String>,
}

impl About {
    fn declares(&self, key: &str) -> bool {
        let covers = |entry: &String| match entry.strip_suffix('*') {
            Some(stem) => key.starts_with(stem),
            None => entry == key,
        };
        self.untranslated.iter().any(covers)
    }
}

#[derive(Debug)]
struct Catalogue {
    about: About,
    texts: BTreeMap<String, String>,
}

/// A string and the language that it is really in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wording<'a> {
    /// The words, with `{name}` where a value goes.
    pub text: &'a str,
    /// English when the asked language has no such string.
    pub language: Language,
}

/// The words of every language.
#[derive(Debug)]
pub struct Strings {
    en: Catalogue,
    cy: Catalogue,
}

impl Strings {
    /// Reads and checks the words of English and Welsh.
    ///
    /// # Errors
    /// [`StringsError`] when a file cannot be read, or a language lacks a string without saying so,
    /// has one that English lacks, or uses other placeholders than the English.
    pub fn parse(en: &str, cy: &str) -> Result<Self, StringsError> {
        let strings = Self { en: catalogue(Language::En, en)?, cy: catalogue(Language::Cy, cy)? };
        strings.check()?;
        Ok(strings)
    }

    /// The words for `key`, in English when `language` has none.
    #[must_use]
    pub fn find(&self, language: Language, key: &str) -> Option<Wording<'_>> {
        let own = self.of(language).texts.get(key).map(|text| Wording { text, language });
        own.or_else(|| self.en.texts.get(key).map(|text| Wording { text, language: Language::En }))
    }

    /// The words for `count` things: the key's plural form, or its `other` form.
    #[must_use]
    pub fn find_plural(&self, language: Language, key: &str, count: u64) -> Option<Wording<'_>> {
        let form = |category: &str| self.of(language).texts.get(&format!("{key}.{category}"));
        let own = form(language.plural(count)).or_else(|| form("other"));
        own.map(|text| Wording { text, language }).or_else(|| {
            (language != Language::En).then(|| self.find_plural(Language::En, key, count)).flatten()
        })
    }

    /// Whether a fluent speaker has checked this language's words.
    #[must_use]
    pub fn checked(&self, language: Language) -> bool {
        self.of(language).about.checked
    }

    /// Every English key.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.en.texts.keys().map(String::as_str)
    }

    const fn of(&self, language: Language) -> &Catalogue {
        match language {
            Language::En => &self.en,
            Language::Cy => &self.cy,
        }
    }

    fn check(&self) -> Result<(), StringsError> {
        let wrong = |problem: String| Err(StringsError::Inconsistent { language: "cy", problem });
        for (key, text) in &self.en.texts {
            let declared = self.cy.about.declares(key);
            match self.cy.texts.get(key) {
                None if !declared => {
                    return wrong(format!(
                        "`{key}` is missing: translate it or list it under `untranslated`"
                    ));
                }
                Some(_) if declared => {
                    return wrong(format!(
                        "`{key}` is translated and listed under `untranslated`: take it off the list"
                    ));
                }
                Some(own) if placeholders(own) != placeholders(text) => {
                    return wrong(format!("`{key}` must use the same `{{…}}` values as the English"));
                }
                _ => {}
            }
        }
        let known = |key: &String| {
            self.en.texts.contains_key(key)
                || is_extra_plural(&self.en, key)
                || key.strip_suffix('*').is_some_and(|stem| self.en.texts.keys().any(|k| k.starts_with(stem)))
        };
        match self.cy.texts.keys().chain(&self.cy.about.untranslated).find(|key| !known(key)) {
            Some(key) => wrong(format!("`{key}` is not a key of the English file: mend or remove it")),
            None => Ok(()),
        }
    }
}

fn is_extra_plural(en: &Catalogue, key: &str) -> bool {
    key.rsplit_once('.').is_some_and(|(stem, form)| {
        ["zero", "two", "few", "many"].contains(&form) && en.texts.contains_key(&format!("{stem}.other"))
    })
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

fn catalogue(language: Language, source: &str) -> Result<Catalogue, StringsError> {
    let unreadable = |reason: String| StringsError::Unreadable { language: language.tag(), reason };
    let file: File = toml::from_str(source).map_err(|e| unreadable(e.message().to_owned()))?;
    let mut texts = BTreeMap::new();
    flatten("", &file.strings, &mut texts).map_err(unreadable)?;
    Ok(Catalogue { about: file.about, texts })
}

fn flatten(prefix: &str, table: &toml::Table, into: &mut BTreeMap<String, String>) -> Result<(), String> {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::String(text) => {
                into.insert(key, text.clone());
            }
            toml::Value::Table(inner) => flatten(&key, inner, into)?,
            _ => return Err(format!("`{key}` must be a string in quotes")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: &str = "[about]\nchecked = true\n[strings]\na = \"A {n}\"\nb = \"B\"\n[strings.c]\none = \"{n} c\"\nother = \"{n} cs\"\n";

    fn cy(about: &str, strings: &str) -> Result<Strings, StringsError> {
        Strings::parse(EN, &format!("[about]\nchecked = false\n{about}\n[strings]\n{strings}"))
    }

    #[test]
    fn a_missing_string_is_declared_or_refused() {
        let rest = "a = \"A {n}\"\nc.one = \"{n}\"\nc.other = \"{n}\"\n";
        let told = cy("", rest).unwrap_err().to_string();
        assert!(told.contains("`b` is missing"), "{told}");
        let strings = cy("untranslated = [\"b\"]", rest).unwrap();
        assert_eq!(strings.find(Language::Cy, "b"), Some(Wording { text: "B", language: Language::En }));
    }

    #[test]
    fn a_stale_or_different_translation_is_refused() {
        let good = "a = \"A {n}\"\nb = \"B\"\nc.one = \"{n}\"\nc.other = \"{n}\"\n";
        for (about, strings, says) in [
            ("untranslated = [\"b\"]", good.to_owned(), "take it off the list"),
            ("", good.replace("A {n}", "A {m}"), "same `{…}` values"),
            ("", format!("{good}z = \"Z\"\n"), "not a key of the English file"),
            ("", format!("{good}d = 1\n"), "must be a string"),
            ("untranslated = [\"c.*\"]", good.to_owned(), "`c.one` is translated"),
            ("untranslated = [\"z.*\"]", good.to_owned(), "`z.*` is not a key"),
        ] {
            let told = cy(about, &strings).unwrap_err().to_string();
            assert!(told.contains(says), "{told}");
        }
    }

    #[test]
    fn plural_forms_follow_the_language() {
        let strings = cy(
            "",
            "a = \"{n}\"\nb = \"B\"\nc.one = \"un {n}\"\nc.two = \"dau {n}\"\nc.other = \"{n} lawer\"\n",
        )
        .unwrap();
        let say = |language, n| strings.find_plural(language, "c", n).unwrap().text;
        assert_eq!((say(Language::En, 1), say(Language::En, 2)), ("{n} c", "{n} cs"));
        assert_eq!((say(Language::Cy, 2), say(Language::Cy, 5)), ("dau {n}", "{n} lawer"));
    }
}
