//! The languages of the site and how an address names one: Welsh pages live under `/cy`, English
//! pages at the root, so that a link keeps its language and no cookie is needed.

use serde::Serialize;

/// A language that the interface is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Welsh.
    Cy,
}

impl Language {
    /// Every language, the fallback first.
    pub const ALL: [Self; 2] = [Self::En, Self::Cy];

    /// Its BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Cy => "cy",
        }
    }

    /// Its own name for itself.
    #[must_use]
    pub const fn autonym(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Cy => "Cymraeg",
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::En => "",
            Self::Cy => "/cy",
        }
    }

    /// The language that an address names, and the address without it.
    #[must_use]
    pub fn split(path: &str) -> (Self, &str) {
        match path.strip_prefix("/cy") {
            Some("") => (Self::Cy, "/"),
            Some(rest) if rest.starts_with('/') => (Self::Cy, rest),
            _ => (Self::En, path),
        }
    }

    /// The address of `path` (which names no language) in this language.
    #[must_use]
    pub fn address(self, path: &str) -> String {
        match (self, path) {
            (Self::En, _) => path.to_owned(),
            (_, "/") => self.prefix().to_owned(),
            _ => format!("{}{path}", self.prefix()),
        }
    }

    /// The CLDR plural category of a whole number.
    #[must_use]
    pub const fn plural(self, count: u64) -> &'static str {
        match (self, count) {
            (Self::En, 1) | (Self::Cy, 1) => "one",
            (Self::Cy, 0) => "zero",
            (Self::Cy, 2) => "two",
            (Self::Cy, 3) => "few",
            (Self::Cy, 6) => "many",
            _ => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_language_both_ways() {
        for (address, language, path) in [
            ("/", Language::En, "/"),
            ("/cy", Language::Cy, "/"),
            ("/cy/", Language::Cy, "/"),
            ("/cy/staff", Language::Cy, "/staff"),
            ("/cyngor", Language::En, "/cyngor"),
        ] {
            assert_eq!(Language::split(address), (language, path), "{address}");
        }
        for language in Language::ALL {
            for path in ["/", "/staff", "/cyngor"] {
                assert_eq!(Language::split(&language.address(path)), (language, path));
            }
        }
    }
}
