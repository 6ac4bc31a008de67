//! Controlled vocabularies: closed lists of words, each with a stable code and a plain label.
//!
//! A code is what programs, files and command lines use (`public-task`); a label is what people read
//! (`public task`). Both are part of the product's contract: a code is never changed once it has landed.

/// A word that is not in its vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {what}: use one of {known}")]
pub struct UnknownWord {
    /// What was given.
    pub text: String,
    /// What kind of word was expected, in plain words.
    pub what: &'static str,
    /// The codes that exist, separated by commas.
    pub known: String,
}

/// Declares a vocabulary: an enum with `ALL`, `code`, `label`, `Display` (the code) and `FromStr`.
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident: $what:literal {
        $($(#[$vmeta:meta])* $variant:ident = $code:literal, $label:literal;)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$vmeta])* #[doc = concat!("Code `", $code, "`: ", $label, ".")] $variant,)+
        }

        impl $name {
            /// Every word, in the order of the law.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code that programs use.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The words that people read.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.code())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::vocabulary::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|w| w.code() == text).ok_or_else(|| {
                    $crate::vocabulary::UnknownWord {
                        text: text.to_owned(),
                        what: $what,
                        known: Self::ALL.iter().map(|w| w.code()).collect::<Vec<_>>().join(", "),
                    }
                })
            }
        }
    };
}

pub(crate) use vocabulary;
