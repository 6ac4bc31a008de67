//! Blind indexes: keyed tokens that find a value without holding it.
//!
//! What leaks, and how the lengths were chosen from it, is in `docs/security/cryptography.md`.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use rphonetic::{DoubleMetaphone, Encoder};
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::aead::Key;
use super::organisation::OrganisationKeys;

/// The longest prefix that is indexed; longer words are found by their first six letters.
const PREFIXES: [usize; 3] = [3, 4, 6];

/// The keys of the blind indexes of one organisation.
#[derive(Debug, Clone)]
pub struct BlindKeys {
    identity: Key,
    words: Key,
    address: Key,
    pseudonym: Key,
}

/// A token of the full-text index: 64 bits. It is written as 13 characters of base 32, which an index of words takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Token(u64);

impl Token {
    /// The same 64 bits as the number that a `BIGINT` holds.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0.cast_signed()
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base32(self.0))
    }
}

impl BlindKeys {
    /// The index keys of an organisation.
    #[must_use]
    pub fn new(keys: &OrganisationKeys) -> Self {
        Self {
            identity: keys.derived("counterfoil/blind-index/identity/v1"),
            words: keys.derived("counterfoil/blind-index/words/v1"),
            address: keys.derived("counterfoil/content-address/v1"),
            pseudonym: keys.derived("counterfoil/pseudonym/v1"),
        }
    }

    /// The blind value of one identity, such as an e-mail address: equal values give equal tokens.
    #[must_use]
    pub fn identity(&self, controller: &[u8; 16], kind: &str, normalised: &str) -> [u8; 16] {
        first(&mac(&self.identity, &[controller, kind.as_bytes(), normalised.as_bytes()]))
    }

    /// The pseudonym that stands for a person or a member of staff in the audit log.
    #[must_use]
    pub fn pseudonym(&self, controller: &[u8; 16], kind: &str, id: &[u8; 16]) -> [u8; 16] {
        first(&mac(&self.pseudonym, &[controller, kind.as_bytes(), id]))
    }

    /// The name under which a file's content is kept. It is keyed and bound to the person, so that the
    /// same file of two persons cannot be told to be the same.
    #[must_use]
    pub fn content_address(&self, owner: &[u8], content: &[u8]) -> [u8; 32] {
        mac(&self.address, &[owner, content])
    }

    /// The tokens under which a text is indexed: each distinct word, its prefixes and its sound.
    #[must_use]
    pub fn index_tokens(&self, controller: &[u8; 16], text: &str) -> Vec<Token> {
        let mut tokens: Vec<Token> = Vec::new();
        let metaphone = DoubleMetaphone::default();
        let mut words: Vec<String> = words(text).collect();
        words.sort_unstable();
        words.dedup();
        for word in &words {
            tokens.push(self.token(controller, b"w", word));
            for length in PREFIXES {
                if let Some((at, _)) = word.char_indices().nth(length) {
                    tokens.extend(word.get(..at).map(|p| self.token(controller, b"p", p)));
                } else if word.chars().count() == length {
                    tokens.push(self.token(controller, b"p", word));
                }
            }
            tokens.extend(sound(&metaphone, word).map(|s| self.token(controller, b"s", &s)));
        }
        tokens.sort_unstable();
        tokens.dedup();
        tokens
    }

    /// The token that finds a whole word.
    #[must_use]
    pub fn word_token(&self, controller: &[u8; 16], word: &str) -> Option<Token> {
        words(word).next().map(|w| self.token(controller, b"w", &w))
    }

    /// The token that finds words beginning with `prefix` (three letters or more).
    #[must_use]
    pub fn prefix_token(&self, controller: &[u8; 16], prefix: &str) -> Option<Token> {
        let word = words(prefix).next()?;
        let length = PREFIXES.into_iter().rev().find(|l| *l <= word.chars().count())?;
        let end = word.char_indices().nth(length).map_or(word.len(), |(at, _)| at);
        word.get(..end).map(|p| self.token(controller, b"p", p))
    }

    /// The token that finds words that sound like `word`.
    #[must_use]
    pub fn sound_token(&self, controller: &[u8; 16], word: &str) -> Option<Token> {
        let word = words(word).next()?;
        sound(&DoubleMetaphone::default(), &word).map(|s| self.token(controller, b"s", &s))
    }

    fn token(&self, controller: &[u8; 16], kind: &[u8], text: &str) -> Token {
        let full = mac(&self.words, &[controller, kind, text.as_bytes()]);
        Token(u64::from_be_bytes(first(&full)))
    }
}

/// The pseudonym of a person in a research project: an HMAC under the project's own key.
#[must_use]
pub fn research_pseudonym(key: &Key, person: &[u8; 16]) -> [u8; 16] {
    first(&mac(key, &[b"counterfoil/research-pseudonym/v1", person]))
}

fn sound(metaphone: &DoubleMetaphone, word: &str) -> Option<String> {
    if word.len() < 3 || !word.is_ascii() || word.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(metaphone.encode(word)).filter(|s| !s.is_empty())
}

/// The normalised words of a text: folded case, no accents, letters and digits only. Apostrophes and
/// hyphens inside a word are dropped, so that `O'Neill` and `oneill` are one word.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !(c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '\'' | '’' | '-')))
        .map(fold)
        .filter(|w| !w.is_empty())
}

/// Folds case and accents and keeps only letters and digits.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|b| char::from(b.to_ascii_lowercase()))
            .collect();
    }
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .collect()
}

fn mac(key: &Key, parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length; the error type is for other constructions.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.bytes()) else { return [0; 32] };
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn first<const N: usize>(full: &[u8; 32]) -> [u8; N] {
    let mut out = [0; N];
    out.iter_mut().zip(full).for_each(|(o, f)| *o = *f);
    out
}

fn base32(mut value: u64) -> String {
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut out = [b'a'; 13];
    for place in &mut out {
        *place = DIGITS.get((value & 31) as usize).copied().unwrap_or(b'a');
        value >>= 5;
    }
    out.iter().map(|b| char::from(*b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::entropy::Entropy;

    #[test]
    fn words_are_folded_and_joined() {
        let got: Vec<String> = words("O'Neill’s café, Łódź-based; NI: QQ 12 34 56 C").collect();
        assert_eq!(got, ["oneills", "cafe", "łodzbased", "ni", "qq", "12", "34", "56", "c"]);
    }

    #[test]
    fn a_text_is_found_by_word_prefix_and_sound_but_not_by_another_organisations_tokens() {
        let keys = BlindKeys::new(&OrganisationKeys::random(&Entropy::system()));
        let (here, there) = (&[1; 16], &[2; 16]);
        let indexed = keys.index_tokens(here, "Katherine owes rent to Housing");
        let has = |t: Option<Token>| t.is_some_and(|t| indexed.contains(&t));
        assert!(has(keys.word_token(here, "KATHERINE")));
        assert!(has(keys.prefix_token(here, "kathe")), "prefix");
        assert!(has(keys.prefix_token(here, "katherin")), "long prefix by its first six letters");
        assert!(has(keys.sound_token(here, "Catherine")), "sound");
        assert!(!has(keys.word_token(here, "kath")));
        assert!(!has(keys.word_token(there, "katherine")));
        assert!(keys.prefix_token(here, "ka").is_none(), "too short to be indexed");
    }
}
