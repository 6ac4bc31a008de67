//! Masking strategies: what is written in place of personal data.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha512};

use crate::dataset::raw::{RawConfiguration, RawMasking};
use crate::value::hex;

/// How a field is masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Strategy {
    /// Nothing is left.
    Null,
    /// A fixed text.
    Rewrite {
        /// The text.
        value: String,
        /// What is put behind it.
        suffix: String,
    },
    /// Random lower-case letters and digits.
    Random {
        /// How many.
        length: usize,
        /// What is put behind them.
        suffix: String,
    },
    /// A salted hash in hexadecimal; the salt is drawn for each erasure and not kept.
    Hash {
        /// Which.
        algorithm: Algorithm,
        /// What is put behind it.
        suffix: String,
    },
    /// A keyed hash in hexadecimal; key and salt are drawn for each erasure and not kept.
    Hmac {
        /// Which.
        algorithm: Algorithm,
        /// What is put behind it.
        suffix: String,
    },
    /// Left as it is.
    Preserve,
}

/// A hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Algorithm {
    /// 64 characters.
    #[default]
    Sha256,
    /// 128 characters.
    Sha512,
}

/// The words that a strategy may be called by.
const KNOWN: &str = "`null_rewrite`, `string_rewrite`, `random_string_rewrite`, `hash`, `hmac` or `preserve`";

impl Strategy {
    /// A strategy from a word of the command line: `hash`, or `string_rewrite:text`.
    ///
    /// # Errors
    /// An unknown word, in plain words.
    pub fn from_word(text: &str) -> Result<Self, String> {
        let (word, value) = text.split_once(':').map_or((text, None), |(w, v)| (w, Some(v)));
        let configuration =
            RawConfiguration { rewrite_value: value.map(str::to_owned), ..RawConfiguration::default() };
        Self::named(word, &configuration)
    }

    pub(crate) fn read(raw: &RawMasking) -> Result<Self, String> {
        let none = RawConfiguration::default();
        Self::named(&raw.strategy.value, raw.configuration.as_ref().unwrap_or(&none))
    }

    fn named(word: &str, with: &RawConfiguration) -> Result<Self, String> {
        let suffix = with.format_preservation.as_ref().and_then(|f| f.suffix.clone()).unwrap_or_default();
        match word {
            "null_rewrite" | "null" => Ok(Self::Null),
            "string_rewrite" => {
                let value = with.rewrite_value.clone().ok_or(
                    "`string_rewrite` needs its text: rewrite_value in a file, `string_rewrite:TEXT` here",
                )?;
                Ok(Self::Rewrite { value, suffix })
            }
            "random_string_rewrite" | "random" => {
                Ok(Self::Random { length: with.length.unwrap_or(30) as usize, suffix })
            }
            "hash" => Ok(Self::Hash { algorithm: algorithm(with)?, suffix }),
            "hmac" => Ok(Self::Hmac { algorithm: algorithm(with)?, suffix }),
            "preserve" => Ok(Self::Preserve),
            "aes_encrypt" => {
                Err("`aes_encrypt` can be undone, which is no erasure: use `hmac` instead".to_owned())
            }
            other => Err(format!("`{other}` is no masking strategy: use {KNOWN}")),
        }
    }

    /// The name, as policies write it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Null => "null_rewrite",
            Self::Rewrite { .. } => "string_rewrite",
            Self::Random { .. } => "random_string_rewrite",
            Self::Hash { .. } => "hash",
            Self::Hmac { .. } => "hmac",
            Self::Preserve => "preserve",
        }
    }

    /// Whether the mask is the same for every value.
    #[must_use]
    pub const fn is_uniform(&self) -> bool {
        matches!(self, Self::Null | Self::Rewrite { .. })
    }
}

fn algorithm(with: &RawConfiguration) -> Result<Algorithm, String> {
    match with.algorithm.as_deref() {
        None | Some("SHA-256") => Ok(Algorithm::Sha256),
        Some("SHA-512") => Ok(Algorithm::Sha512),
        Some(other) => Err(format!("`{other}` is no algorithm: use SHA-256 or SHA-512")),
    }
}

/// The secret of one erasure; masks of two erasures cannot be compared.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// 32 random bytes, used once.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A text of the secret for one use, so that no two uses share one.
    fn part(&self, label: &str) -> String {
        hex(&keyed::<Hmac<Sha256>>(&self.0, label.as_bytes()))
    }
}

/// The mask of `value`, or `None` for nothing; `place` (table, column and row) makes random masks differ.
/// At most `limit` characters.
#[must_use]
pub fn mask(
    strategy: &Strategy,
    value: &str,
    place: &str,
    limit: Option<usize>,
    secret: &Secret,
) -> Option<String> {
    let (text, suffix) = match strategy {
        Strategy::Null => return None,
        Strategy::Preserve => return Some(value.to_owned()),
        Strategy::Rewrite { value, suffix } => (value.clone(), suffix),
        Strategy::Random { length, suffix } => (random(secret, place, *length), suffix),
        Strategy::Hash { algorithm, suffix } => {
            let salted = format!("{value}{}", secret.part("salt"));
            let text = match algorithm {
                Algorithm::Sha256 => hex(&Sha256::digest(salted)),
                Algorithm::Sha512 => hex(&Sha512::digest(salted)),
            };
            (text, suffix)
        }
        Strategy::Hmac { algorithm, suffix } => {
            let (key, salted) = (secret.part("key"), format!("{value}{}", secret.part("salt")));
            let text = match algorithm {
                Algorithm::Sha256 => hex(&keyed::<Hmac<Sha256>>(key.as_bytes(), salted.as_bytes())),
                Algorithm::Sha512 => hex(&keyed::<Hmac<Sha512>>(key.as_bytes(), salted.as_bytes())),
            };
            (text, suffix)
        }
    };
    let whole = text + suffix;
    Some(limit.map_or_else(|| whole.clone(), |n| whole.chars().take(n).collect()))
}

/// Letters and digits from the secret and the place; 36 of the 256 values a byte can have are used seven
/// times, the rest is thrown away, so that all are equally likely.
fn random(secret: &Secret, place: &str, length: usize) -> String {
    const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(length);
    let mut block = 0_u32;
    while text.len() < length {
        let bytes = keyed::<Hmac<Sha256>>(&secret.0, format!("random|{block}|{place}").as_bytes());
        let fair = bytes.iter().filter(|b| **b < 252).filter_map(|b| LETTERS.get(usize::from(b % 36)));
        text.extend(fair.take(length - text.len()).map(|b| char::from(*b)));
        block = block.wrapping_add(1);
    }
    text
}

fn keyed<M: Mac + KeyInit>(key: &[u8], data: &[u8]) -> Vec<u8> {
    // A key of any length is allowed; without one there is no mask at all.
    M::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(data);
            mac.finalize().into_bytes().to_vec()
        },
    )
}
