//! Sealing: AES-256-GCM-SIV (RFC 8452) with additional data that binds content to its place.

use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use zeroize::ZeroizeOnDrop;

use super::entropy::Entropy;
use crate::error::{Result, StoreError};

/// The first byte of everything sealed: the format.
const FORMAT: u8 = 1;
const NONCE: usize = 12;
const KEY_ID: usize = 16;
const HEAD: usize = 1 + KEY_ID + NONCE;

/// A 256-bit key. It is wiped when dropped and never printed.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// The key with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A fresh random key.
    #[must_use]
    pub fn random(entropy: &Entropy) -> Self {
        Self(entropy.bytes())
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Names a data key in the key store. It says nothing of whom the key belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub [u8; 16]);

/// Where sealed content stands. A ciphertext opens only in the place that it was sealed for, so it
/// cannot be cut from one person's row and pasted into another's.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table, or the kind of file.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's identifier.
    pub row: &'a [u8],
}

impl Place<'_> {
    /// Length-prefixed, so that no two places encode alike; the key's name is bound as well because
    /// GCM-SIV does not commit to its key.
    fn additional_data(&self, key: KeyId) -> Vec<u8> {
        let parts = [self.table.as_bytes(), self.column.as_bytes(), self.row, &key.0];
        let mut out = Vec::with_capacity(64);
        for part in parts {
            out.extend_from_slice(&(part.len() as u64).to_be_bytes());
            out.extend_from_slice(part);
        }
        out
    }
}

/// Seals `plain` under `key` for `place`: format, key name, nonce, ciphertext and tag.
///
/// # Errors
/// [`StoreError::Invalid`] when the content is larger than the cipher allows (64 GiB).
pub fn seal(key: &Key, id: KeyId, place: Place<'_>, plain: &[u8], entropy: &Entropy) -> Result<Vec<u8>> {
    let nonce: [u8; NONCE] = entropy.bytes();
    let aad = place.additional_data(id);
    let sealed = Aes256GcmSiv::new(key.bytes().into())
        .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: &aad })
        .map_err(|_| StoreError::Invalid("the content is too large to be sealed".to_owned()))?;
    let mut out = Vec::with_capacity(HEAD + sealed.len());
    out.push(FORMAT);
    out.extend_from_slice(&id.0);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&sealed);
    Ok(out)
}

/// The name of the key that `sealed` needs.
///
/// # Errors
/// [`StoreError::Unsealable`] when the bytes are not something sealed.
pub fn key_of(sealed: &[u8], table: &'static str) -> Result<KeyId> {
    match sealed.split_first_chunk::<{ 1 + KEY_ID }>() {
        Some(([FORMAT, id @ ..], _)) => Ok(KeyId(*id)),
        _ => Err(StoreError::Unsealable { table }),
    }
}

/// Opens what [`seal`] sealed for the same place.
///
/// # Errors
/// [`StoreError::Unsealable`] when the bytes were altered, moved, or belong to another key.
pub fn open(key: &Key, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>> {
    let altered = || StoreError::Unsealable { table: place.table };
    let id = key_of(sealed, place.table)?;
    let rest = sealed.get(1 + KEY_ID..).ok_or_else(altered)?;
    let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or_else(altered)?;
    let aad = place.additional_data(id);
    Aes256GcmSiv::new(key.bytes().into())
        .decrypt(&Nonce::from(*nonce), Payload { msg: body, aad: &aad })
        .map_err(|_| altered())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'static> = Place { table: "person", column: "sealed", row: b"row-1" };

    #[test]
    fn content_opens_only_in_its_place_and_unaltered() {
        let entropy = Entropy::system();
        let (key, id) = (Key::random(&entropy), KeyId([3; 16]));
        let sealed = seal(&key, id, PLACE, b"hello", &entropy).unwrap();
        assert_eq!(open(&key, PLACE, &sealed).unwrap(), b"hello");
        assert_eq!(key_of(&sealed, "person").unwrap(), id);
        for place in [
            Place { row: b"row-2", ..PLACE },
            Place { table: "note", ..PLACE },
            Place { column: "other", ..PLACE },
        ] {
            assert!(open(&key, place, &sealed).is_err(), "{place:?}");
        }
        assert!(open(&Key::random(&entropy), PLACE, &sealed).is_err());
        for i in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[i] ^= 1;
            assert!(open(&key, PLACE, &bent).is_err(), "byte {i}");
        }
        for cut in 0..sealed.len() {
            assert!(open(&key, PLACE, &sealed[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn the_same_content_never_looks_the_same() {
        let entropy = Entropy::system();
        let key = Key::random(&entropy);
        let once = seal(&key, KeyId([0; 16]), PLACE, b"hello", &entropy).unwrap();
        let again = seal(&key, KeyId([0; 16]), PLACE, b"hello", &entropy).unwrap();
        assert_ne!(once, again);
    }
}
