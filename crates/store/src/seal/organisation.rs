//! The organisation's keys: what wraps data keys, indexes blindly, names by pseudonym and signs the log.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::aead::Key;
use super::entropy::Entropy;
use super::stream;
use crate::error::{Result, StoreError};

/// All of an organisation's keys, opened.
///
/// Wrapping keys have versions and can be rotated at any time. The root of the blind indexes stays,
/// since a new one means indexing everything again.
#[derive(Debug, Clone)]
pub struct OrganisationKeys {
    wrapping: BTreeMap<u32, Key>,
    root: Key,
    signing: Key,
}

/// The key file's content before it is sealed by the passphrase.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    format: u32,
    wrapping: BTreeMap<String, String>,
    root: String,
    signing: String,
}

/// How hard the passphrase is made to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hardness {
    /// About a second of work and memory, chosen for this machine.
    Full,
    /// Almost none: only for tests and the demo, whose passphrases are known anyway.
    Test,
}

impl OrganisationKeys {
    /// Fresh random keys.
    #[must_use]
    pub fn random(entropy: &Entropy) -> Self {
        Self {
            wrapping: BTreeMap::from([(1, Key::random(entropy))]),
            root: Key::random(entropy),
            signing: Key::random(entropy),
        }
    }

    /// Adds a wrapping key and makes it the current one. Old ones stay to open what they wrapped.
    #[must_use]
    pub fn rotated(&self, entropy: &Entropy) -> Self {
        let mut next = self.clone();
        next.wrapping.insert(self.current_version() + 1, Key::random(entropy));
        next
    }

    /// Forgets every wrapping key but the current one, once everything is wrapped by that.
    #[must_use]
    pub fn without_old(&self) -> Self {
        let current = self.current_version();
        let mut next = self.clone();
        next.wrapping.retain(|version, _| *version == current);
        next
    }

    /// The version of the wrapping key in use, from 1.
    #[must_use]
    pub fn current_version(&self) -> u32 {
        self.wrapping.last_key_value().map_or(0, |(version, _)| *version)
    }

    /// The wrapping key of a version.
    #[must_use]
    pub fn wrapping(&self, version: u32) -> Option<&Key> {
        self.wrapping.get(&version)
    }

    /// The seed of the log's Ed25519 signing key.
    #[must_use]
    pub const fn signing_seed(&self) -> &[u8; 32] {
        self.signing.bytes()
    }

    /// The key for one use, such as `blind-index/email` (HKDF-SHA-256 from the root).
    #[must_use]
    pub fn derived(&self, purpose: &str) -> Key {
        let mut out = [0u8; 32];
        // HKDF refuses only outputs over 255 blocks; 32 bytes is one.
        let _ = Hkdf::<Sha256>::new(None, self.root.bytes()).expand(purpose.as_bytes(), &mut out);
        Key::from_bytes(out)
    }

    /// Seals the keys by a passphrase into an age file (scrypt).
    ///
    /// # Errors
    /// [`StoreError::Keys`] when the file cannot be written.
    pub fn to_file(&self, passphrase: &str, hardness: Hardness) -> Result<Vec<u8>> {
        let text = |key: &Key| STANDARD.encode(key.bytes());
        let content = KeyFile {
            format: 1,
            wrapping: self.wrapping.iter().map(|(v, k)| (v.to_string(), text(k))).collect(),
            root: text(&self.root),
            signing: text(&self.signing),
        };
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(&content).map_err(|_| malformed())?);
        stream::seal_bytes(&plain, passphrase, hardness)
    }

    /// Opens a key file.
    ///
    /// # Errors
    /// [`StoreError::Keys`] when the passphrase is wrong or the file is not a key file.
    pub fn from_file(file: &[u8], passphrase: &str) -> Result<Self> {
        let plain = zeroize::Zeroizing::new(stream::open_bytes(file, passphrase)?);
        let content: KeyFile = serde_json::from_slice(&plain).map_err(|_| malformed())?;
        let wrapping = content
            .wrapping
            .iter()
            .map(|(version, key)| Ok((version.parse().map_err(|_| malformed())?, parse_key(key)?)))
            .collect::<Result<BTreeMap<u32, Key>>>()?;
        if content.format != 1 || wrapping.is_empty() {
            return Err(malformed());
        }
        Ok(Self { wrapping, root: parse_key(&content.root)?, signing: parse_key(&content.signing)? })
    }
}

fn parse_key(text: &str) -> Result<Key> {
    let bytes = zeroize::Zeroizing::new(STANDARD.decode(text).map_err(|_| malformed())?);
    bytes.as_slice().try_into().map(Key::from_bytes).map_err(|_| malformed())
}

fn malformed() -> StoreError {
    StoreError::Keys("the key file is damaged or of another format: restore it from its backup".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_opens_only_with_its_passphrase() {
        let entropy = Entropy::system();
        let keys = OrganisationKeys::random(&entropy).rotated(&entropy);
        let file = keys.to_file("correct horse", Hardness::Test).unwrap();
        let again = OrganisationKeys::from_file(&file, "correct horse").unwrap();
        assert_eq!(again.current_version(), 2);
        assert_eq!(again.derived("x").bytes(), keys.derived("x").bytes());
        assert_ne!(again.derived("x").bytes(), keys.derived("y").bytes());
        assert!(matches!(OrganisationKeys::from_file(&file, "wrong"), Err(StoreError::Keys(_))));
        assert!(OrganisationKeys::from_file(b"rubbish", "correct horse").is_err());
        assert_eq!(again.without_old().wrapping.len(), 1);
    }
}
