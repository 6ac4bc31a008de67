//! Keys that sign notes: verifier keys (`name+id+base64`), signers, and the two kinds of signature
//! that we make: the log's own (type 01) and a witness's timestamped cosignature (type 04,
//! c2sp.org/tlog-cosignature, `cosignature/v1`).

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::note::{Signature, is_key_name};
use super::text::{base64, from_base64};

/// The latest time a cosignature may carry, in seconds since 1970 (c2sp.org/tlog-cosignature).
const MAX_TIME: u64 = i64::MAX as u64;

/// What a key signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyType {
    /// Type 01: Ed25519 over the note's text. Logs sign with it.
    Ed25519,
    /// Type 04: Ed25519 over the time and the note's text. Witnesses sign with it.
    Cosignature,
}

impl KeyType {
    const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::Cosignature => 0x04,
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Ed25519),
            0x04 => Some(Self::Cosignature),
            _ => None,
        }
    }
}

/// A key that could not be read. It never repeats what was given: that may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not of the form name, plus, eight hexadecimal digits, plus, Base64.
    #[error("this is not a verifier key: give name, plus, eight hexadecimal digits, plus, base64")]
    Form,
    /// A name that no key may have.
    #[error("a key's name must not be empty and must hold no space and no plus sign")]
    Name,
    /// A type of key that we do not verify.
    #[error(
        "this type of key is not supported: give an Ed25519 key (type 01) or an Ed25519 cosignature key (type 04)"
    )]
    Type,
    /// Not a usable Ed25519 key.
    #[error("the key's bytes are not an Ed25519 key")]
    Bytes,
    /// The identifier does not belong to the name and key.
    #[error("the key's identifier does not match its name and bytes: it was altered or mistyped")]
    Identifier,
}

/// A public key that may verify notes, printed and read as a `vkey`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key_type: KeyType,
    public: VerifyingKey,
    id: u32,
}

/// A signature that a trusted key made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'k> {
    /// The key.
    pub key: &'k VerifierKey,
    /// For a cosignature: when the witness made it, in seconds since 1970.
    pub time: Option<u64>,
}

impl VerifierKey {
    fn new(name: &str, key_type: KeyType, public: VerifyingKey) -> Self {
        let id = key_id(name, key_type, public.as_bytes());
        Self { name: name.to_owned(), key_type, public, id }
    }

    /// The key's name; a log's is its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's identifier.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// What it signs with.
    #[must_use]
    pub const fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// The 32 bytes of the Ed25519 public key.
    #[must_use]
    pub fn public_bytes(&self) -> &[u8; 32] {
        self.public.as_bytes()
    }

    /// Verifies what follows the key identifier in a signature line; `None` when it is not this key's
    /// signature over `text`.
    #[must_use]
    pub fn verify(&self, text: &str, signature: &[u8]) -> Option<Verified<'_>> {
        match self.key_type {
            KeyType::Ed25519 => {
                let bytes = signature.try_into().ok()?;
                self.is_signed(text.as_bytes(), bytes).then_some(Verified { key: self, time: None })
            }
            KeyType::Cosignature => {
                let (time, bytes) = signature.split_first_chunk::<8>()?;
                let time = u64::from_be_bytes(*time);
                let message = cosigned_message(time, text);
                let good = time <= MAX_TIME && self.is_signed(message.as_bytes(), bytes.try_into().ok()?);
                good.then_some(Verified { key: self, time: Some(time) })
            }
        }
    }

    /// Strict verification, so that weak keys and other spellings of a signature are refused.
    fn is_signed(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.public.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[self.key_type.byte()], self.public.as_bytes().as_slice()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, base64(&key))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, key_type, bytes, id) = parse_key(text)?;
        let public = VerifyingKey::from_bytes(&bytes).map_err(|_| KeyError::Bytes)?;
        let key = Self::new(name, key_type, public);
        if key.id == id { Ok(key) } else { Err(KeyError::Identifier) }
    }
}

/// A private key that signs notes.
pub struct Signer {
    secret: SigningKey,
    verifier: VerifierKey,
}

impl Signer {
    /// The signer with this name and 32-byte seed (RFC 8032 section 5.1.5).
    ///
    /// # Errors
    /// [`KeyError::Name`] when the name may not name a key.
    pub fn from_seed(name: &str, key_type: KeyType, seed: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name);
        }
        let secret = SigningKey::from_bytes(seed);
        let verifier = VerifierKey::new(name, key_type, secret.verifying_key());
        Ok(Self { secret, verifier })
    }

    /// Reads a private key as [`Signer::to_secret_text`] writes it.
    ///
    /// # Errors
    /// [`KeyError`] when it is not one.
    pub fn from_secret_text(text: &str) -> Result<Self, KeyError> {
        let rest = text.strip_prefix("PRIVATE+KEY+").ok_or(KeyError::Form)?;
        let (name, key_type, seed, id) = parse_key(rest)?;
        let seed = Zeroizing::new(seed);
        let signer = Self::from_seed(name, key_type, &seed)?;
        if signer.verifier.id == id { Ok(signer) } else { Err(KeyError::Identifier) }
    }

    /// The private key as text (`PRIVATE+KEY+name+id+base64`, as in Go's `sumdb/note`). Seal it.
    #[must_use]
    pub fn to_secret_text(&self) -> Zeroizing<String> {
        let key =
            Zeroizing::new([&[self.verifier.key_type.byte()], self.secret.as_bytes().as_slice()].concat());
        let encoded = Zeroizing::new(base64(&key));
        Zeroizing::new(format!("PRIVATE+KEY+{}+{:08x}+{}", self.verifier.name, self.verifier.id, *encoded))
    }

    /// The public half.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a note's text. `unix_seconds` is the time that a cosignature carries; a type 01 signature
    /// carries none and ignores it.
    #[must_use]
    pub fn sign(&self, text: &str, unix_seconds: u64) -> Signature {
        let bytes = match self.verifier.key_type {
            KeyType::Ed25519 => self.secret.sign(text.as_bytes()).to_bytes().to_vec(),
            KeyType::Cosignature => {
                let time = unix_seconds.min(MAX_TIME);
                let signature = self.secret.sign(cosigned_message(time, text).as_bytes());
                [time.to_be_bytes().as_slice(), &signature.to_bytes()].concat()
            }
        };
        Signature { name: self.verifier.name.clone(), key_id: self.verifier.id, bytes }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the private half of {}", self.verifier)
    }
}

/// What an Ed25519 cosignature signs (c2sp.org/tlog-cosignature).
fn cosigned_message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

fn key_id(name: &str, key_type: KeyType, public: &[u8; 32]) -> u32 {
    let hash: [u8; 32] = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', key_type.byte()])
        .chain_update(public)
        .finalize()
        .into();
    let [a, b, c, d, ..] = hash;
    u32::from_be_bytes([a, b, c, d])
}

/// Splits `name+id+base64`; the Base64 itself may hold plus signs.
fn parse_key(text: &str) -> Result<(&str, KeyType, [u8; 32], u32), KeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Form);
    };
    if !is_key_name(name) {
        return Err(KeyError::Name);
    }
    if id.len() != 8 || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(KeyError::Form);
    }
    let id = u32::from_str_radix(id, 16).map_err(|_| KeyError::Form)?;
    let key = Zeroizing::new(from_base64(encoded).ok_or(KeyError::Form)?);
    let (byte, bytes) = key.split_first().ok_or(KeyError::Form)?;
    let key_type = KeyType::from_byte(*byte).ok_or(KeyError::Type)?;
    Ok((name, key_type, bytes.try_into().map_err(|_| KeyError::Bytes)?, id))
}
