//! What one audit entry says, and its one spelling.
//!
//! An entry is one line of canonical JSON: the members below, all present, in this order, without
//! spaces, in plain ASCII that needs no escapes. So anyone can read a bundle with `jq`, one value has
//! exactly one encoding, and reading is strict: bytes that are not what [`Entry::encode`] would write
//! are not an entry.
//!
//! An entry holds no personal data: people are pseudonyms, and what was done is a salted commitment
//! to a payload that is sealed elsewhere and can be erased while every proof still holds.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Hash;
use super::text::{base64, hash_from_base64};

/// The only version of the encoding so far.
const VERSION: u8 = 1;
/// The longest token, in bytes.
const MAX_TOKEN: usize = 128;
/// The most deciding policies that one entry may name.
const MAX_POLICIES: usize = 64;

/// Why an entry is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Not a word of the allowed alphabet.
    #[error(
        "an audit entry's words are 1 to {MAX_TOKEN} letters, digits or `-._:/@`, so that nothing free-form gets in"
    )]
    Token,
    /// Too many policies.
    #[error("an audit entry may name at most {MAX_POLICIES} policies")]
    Policies,
    /// Not an entry.
    #[error("this is not an audit entry")]
    Form,
    /// An entry of another version.
    #[error("this audit entry's version is not known: verify it with a newer program")]
    Version,
    /// An entry in another spelling than the canonical one.
    #[error("this audit entry is not written in the canonical way: it was altered")]
    NotCanonical,
}

/// A word that may stand in an entry: 1 to 128 ASCII letters, digits or `-._:/@`. It cannot hold a
/// sentence, a name with a space, or anything that JSON would escape.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Token(String);

impl Token {
    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Token {
    type Error = EntryError;

    fn try_from(word: String) -> Result<Self, EntryError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._:/@".contains(&b);
        let good = (1..=MAX_TOKEN).contains(&word.len()) && word.bytes().all(allowed);
        if good { Ok(Self(word)) } else { Err(EntryError::Token) }
    }
}

impl FromStr for Token {
    type Err = EntryError;

    fn from_str(word: &str) -> Result<Self, EntryError> {
        word.to_owned().try_into()
    }
}

impl From<Token> for String {
    fn from(token: Token) -> Self {
        token.0
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether the act was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was.
    Done,
    /// It was refused.
    Refused,
}

/// A salted commitment: `SHA-256(salt || payload)`. The salt's fixed length keeps the two apart, and
/// without it nobody can guess the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Commitment(pub Hash);

impl Commitment {
    /// Commits to `payload` (its canonical bytes) with 32 random bytes that are used once.
    #[must_use]
    pub fn to(salt: &[u8; 32], payload: &[u8]) -> Self {
        Self(Sha256::new().chain_update(salt).chain_update(payload).finalize().into())
    }

    /// Whether this is the commitment to `payload` with `salt`.
    #[must_use]
    pub fn opens_to(&self, salt: &[u8; 32], payload: &[u8]) -> bool {
        *self == Self::to(salt, payload)
    }
}

impl TryFrom<String> for Commitment {
    type Error = EntryError;

    fn try_from(text: String) -> Result<Self, EntryError> {
        hash_from_base64(&text).map(Self).ok_or(EntryError::Form)
    }
}

impl From<Commitment> for String {
    fn from(commitment: Commitment) -> Self {
        base64(&commitment.0)
    }
}

/// One audit entry. Its encoding is the log's leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time: u64,
    /// What was done, for example `open-record`.
    pub verb: Token,
    /// For what purpose of the register.
    pub purpose: Token,
    /// The coded reason, where the act needed one.
    pub reason: Option<Token>,
    /// The policies that decided, by their `@id`.
    pub policies: Vec<Token>,
    /// The pseudonym of who did it.
    pub actor: Token,
    /// The pseudonym of the person whose data it was, if it was one person's.
    pub person: Option<Token>,
    /// The record that was touched, if any.
    pub object: Option<Token>,
    /// Whether it was done or refused.
    pub outcome: Outcome,
    /// The commitment to the sealed payload.
    pub commitment: Commitment,
}

/// The encoding's shape; the order of its members is the canonical order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    v: u8,
    time: u64,
    verb: Token,
    purpose: Token,
    reason: Option<Token>,
    policies: Vec<Token>,
    actor: Token,
    person: Option<Token>,
    object: Option<Token>,
    outcome: Outcome,
    commitment: Commitment,
}

impl Entry {
    /// The entry's one encoding: the leaf of the log. At most about 9 kB, so it always fits a bundle.
    ///
    /// # Errors
    /// [`EntryError::Policies`] when it names too many policies.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        if self.policies.len() > MAX_POLICIES {
            return Err(EntryError::Policies);
        }
        serde_json::to_vec(&self.wire()).map_err(|_| EntryError::Form)
    }

    /// Reads an entry strictly.
    ///
    /// # Errors
    /// [`EntryError`] for anything but what [`Entry::encode`] writes.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        let wire: Wire = serde_json::from_slice(bytes).map_err(|_| EntryError::Form)?;
        if wire.v != VERSION {
            return Err(EntryError::Version);
        }
        let entry = Self::from_wire(wire);
        if entry.encode()? == bytes { Ok(entry) } else { Err(EntryError::NotCanonical) }
    }

    fn wire(&self) -> Wire {
        let e = self.clone();
        Wire {
            v: VERSION,
            time: e.time,
            verb: e.verb,
            purpose: e.purpose,
            reason: e.reason,
            policies: e.policies,
            actor: e.actor,
            person: e.person,
            object: e.object,
            outcome: e.outcome,
            commitment: e.commitment,
        }
    }

    fn from_wire(w: Wire) -> Self {
        Self {
            time: w.time,
            verb: w.verb,
            purpose: w.purpose,
            reason: w.reason,
            policies: w.policies,
            actor: w.actor,
            person: w.person,
            object: w.object,
            outcome: w.outcome,
            commitment: w.commitment,
        }
    }
}
