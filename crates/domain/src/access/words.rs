//! One way to define a closed vocabulary: the words, their spelling, and sets of them.

/// A word that is not in the vocabulary it was read for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {vocabulary}: use one of {known}")]
pub struct UnknownWord {
    /// What was given.
    pub text: String,
    /// The vocabulary, in words: "role", "purpose".
    pub vocabulary: &'static str,
    /// The words there are, separated by commas.
    pub known: String,
}

/// Defines an enum of words with one spelling each, and a small set of them.
///
/// The spelling is what policies, records, commands and the audit log use. A set holds at most 64
/// words, which the compiler checks.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident, $set:ident, $label:literal {
        $($(#[$word_doc:meta])* $word:ident = $spelling:literal,)+
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$word_doc])* $word,)+ }

        impl $name {
            /// Every word, in the order of definition.
            pub const ALL: &'static [Self] = &[$(Self::$word,)+];

            /// Its one spelling.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$word => $spelling,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::access::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|w| w.as_str() == text).ok_or_else(|| {
                    let known = Self::ALL.iter().map(|w| w.as_str()).collect::<Vec<_>>().join(", ");
                    $crate::access::UnknownWord { text: text.to_owned(), vocabulary: $label, known }
                })
            }
        }

        const _: () = assert!($name::ALL.len() <= 64, "a set is 64 bits");

        #[doc = concat!("A set of the words of [`", stringify!($name), "`].")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $set(u64);

        impl $set {
            /// The empty set.
            pub const EMPTY: Self = Self(0);

            /// The set of these words.
            #[must_use]
            pub const fn of(words: &[$name]) -> Self {
                let mut rest = words;
                let mut bits = 0;
                while let [word, tail @ ..] = rest {
                    bits |= 1 << (*word as u64);
                    rest = tail;
                }
                Self(bits)
            }

            /// Whether `word` is in it.
            #[must_use]
            pub const fn contains(self, word: $name) -> bool {
                self.0 & (1 << (word as u64)) != 0
            }

            /// Whether the two sets share a word.
            #[must_use]
            pub const fn meets(self, other: Self) -> bool {
                self.0 & other.0 != 0
            }

            /// The set with `word` added.
            #[must_use]
            pub const fn with(self, word: $name) -> Self {
                Self(self.0 | (1 << (word as u64)))
            }

            /// Whether it holds nothing.
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Its words, in the order of definition.
            pub fn iter(self) -> impl Iterator<Item = $name> {
                $name::ALL.iter().copied().filter(move |w| self.contains(*w))
            }
        }

        impl FromIterator<$name> for $set {
            fn from_iter<I: IntoIterator<Item = $name>>(words: I) -> Self {
                words.into_iter().fold(Self::EMPTY, Self::with)
            }
        }
    )*};
}

pub(crate) use words;
