//! The words of the letters, in English and Welsh; dates in both.

use counterfoil_domain::clock::ExtensionReason;
use counterfoil_domain::letters::LetterKind;
use jiff::civil::Date;
use serde::Deserialize;

use crate::error::{Result, ServiceError};

/// A language of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English, which also stands in for a language that has no letters.
    En,
    /// Welsh.
    Cy,
}

impl Language {
    /// The language for what a person asked for.
    #[must_use]
    pub fn of(asked: &str) -> Self {
        if asked.eq_ignore_ascii_case("cy") { Self::Cy } else { Self::En }
    }

    /// Its tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Cy => "cy",
        }
    }
}

const MONTHS: [[&str; 12]; 2] = [
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    [
        "Ionawr",
        "Chwefror",
        "Mawrth",
        "Ebrill",
        "Mai",
        "Mehefin",
        "Gorffennaf",
        "Awst",
        "Medi",
        "Hydref",
        "Tachwedd",
        "Rhagfyr",
    ],
];

/// `17 December 2026`, `17 Rhagfyr 2026`.
#[must_use]
pub fn long_date(date: Date, language: Language) -> String {
    let [english, welsh] = &MONTHS;
    let months = if language == Language::Cy { welsh } else { english };
    let month = usize::try_from(date.month() - 1).ok().and_then(|at| months.get(at)).copied();
    format!("{} {} {}", date.day(), month.unwrap_or_default(), date.year())
}

/// Puts the values into the words, each once: what a value holds is never filled in again.
pub(super) fn fill<'v>(text: &str, value: impl Fn(&str) -> Option<&'v str>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}').and_then(|(name, tail)| Some((value(name)?, tail))) {
            Some((found, tail)) => {
                out.push_str(found);
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The words of one kind of letter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    pub title: String,
    pub subject: String,
    /// Where it is not the person who is written to.
    #[serde(default)]
    pub greeting: Option<String>,
    pub opening: Vec<String>,
    #[serde(default)]
    pub closing: Vec<String>,
    /// Whether it says how to follow the request.
    #[serde(default)]
    pub follow: bool,
    /// Whether it says how to collect the answer.
    #[serde(default)]
    pub collect: bool,
}

/// What several letters say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shared {
    pub greeting: String,
    pub follow: String,
    pub collect: String,
    pub access_heading: String,
    pub access: String,
    pub complain_heading: String,
    pub complain_to_us: String,
    pub complain_to_regulator: String,
    pub court: String,
    pub formats: String,
    pub officer: String,
    pub registration: String,
    pub answerable_heading: String,
    pub answerable_joint: String,
    pub answerable_alone: String,
    pub answerable_only: String,
    pub answerable_rest: String,
    pub answerable_more: String,
    pub answerable_other: String,
    pub answers: String,
    pub closing: String,
    complexity: String,
    number: String,
}

impl Shared {
    pub(super) fn of(language: Language) -> Result<Self> {
        parse("shared", file("shared", language)?)
    }

    pub(super) fn extension(&self, reason: ExtensionReason) -> &str {
        match reason {
            ExtensionReason::Complexity => &self.complexity,
            ExtensionReason::Number => &self.number,
        }
    }
}

impl Text {
    pub(super) fn of(kind: LetterKind, language: Language) -> Result<Self> {
        parse(kind.code(), file(kind.code(), language)?)
    }
}

fn parse<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> Result<T> {
    toml::from_str(text).map_err(|e| {
        ServiceError::Invalid(format!("the words of the letter `{name}` cannot be used: {}", e.message()))
    })
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$((
            $name,
            include_str!(concat!("../../../../content/en/letters/", $name, ".toml")),
            include_str!(concat!("../../../../content/cy/letters/", $name, ".toml")),
        )),*]
    };
}

const FILES: &[(&str, &str, &str)] = files![
    "shared",
    "acknowledgement",
    "identity",
    "authority",
    "clarification",
    "extension",
    "refusal",
    "partial",
    "outcome",
    "rectified",
    "erased",
    "restricted",
    "restriction-lift",
    "recipients-told",
    "recipient-notice",
    "portable",
    "objection",
    "marketing-stopped",
    "decision-reviewed",
    "consent-withdrawn",
    "complaint-received",
    "complaint-progress",
    "complaint-outcome",
    "passed",
    "withdrawn",
];

fn file(name: &str, language: Language) -> Result<&'static str> {
    let found = FILES.iter().find(|(own, ..)| *own == name);
    let (_, en, cy) =
        found.ok_or_else(|| ServiceError::Invalid(format!("there are no words for the letter `{name}`")))?;
    Ok(if language == Language::Cy { cy } else { en })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_words_in_both_languages_that_fill_in_the_same() {
        let names = |text: &str| {
            let mut found: Vec<String> = Vec::new();
            fill(text, |name| {
                assert!(!name.is_empty());
                Some("x")
            });
            for part in text.split('{').skip(1) {
                found.extend(part.split('}').next().map(str::to_owned));
            }
            found.sort();
            found.dedup();
            found
        };
        let all = |text: &Text| names(&[text.opening.join(" "), text.closing.join(" ")].concat());
        for kind in LetterKind::ALL {
            let (en, cy) = (Text::of(*kind, Language::En).unwrap(), Text::of(*kind, Language::Cy).unwrap());
            assert_eq!(
                (names(&en.title), names(&en.subject)),
                (names(&cy.title), names(&cy.subject)),
                "{kind}"
            );
            assert_eq!(all(&en), all(&cy), "{kind}");
            assert_eq!((en.follow, en.collect), (cy.follow, cy.collect), "{kind}");
            assert_eq!(names(&en.subject), ["reference"], "{kind}: nothing personal in the subject");
        }
    }

    #[test]
    fn a_value_is_filled_in_once() {
        let value = |name: &str| match name {
            "a" => Some("{b}"),
            "b" => Some("secret"),
            _ => None,
        };
        assert_eq!(fill("{a} {c} { {b}", value), "{b} {c} { secret");
    }

    #[test]
    fn dates_are_written_out_in_both_languages() {
        let day = jiff::civil::date(2026, 12, 7);
        assert_eq!(long_date(day, Language::En), "7 December 2026");
        assert_eq!(long_date(day, Language::Cy), "7 Rhagfyr 2026");
    }
}
