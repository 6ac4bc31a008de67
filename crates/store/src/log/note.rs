//! Signed notes (c2sp.org/signed-note): a text and the signatures over it.

use std::fmt;

use super::key::{Verified, VerifierKey};
use super::text::{base64, from_base64};

/// The most signatures that a note may carry; the specification asks for at least 16.
pub const MAX_SIGNATURES: usize = 100;
/// The largest note that is read, in bytes.
pub const MAX_NOTE_BYTES: usize = 1 << 20;

/// Why a note is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Larger than [`MAX_NOTE_BYTES`].
    #[error("the note is larger than {MAX_NOTE_BYTES} bytes")]
    TooLarge,
    /// Not UTF-8.
    #[error("the note is not UTF-8 text")]
    NotText,
    /// A control character other than the line feed.
    #[error("the note holds a control character; only the line feed is allowed")]
    ControlCharacter,
    /// No blank line, no signature, or an unfinished last line.
    #[error(
        "the note has no signatures: it must end with a blank line and signature lines, each ended by a line feed"
    )]
    NoSignatures,
    /// A line after the blank line that is not a signature.
    #[error("line {0} after the note's last blank line is not a signature line")]
    BadSignatureLine(usize),
    /// More than [`MAX_SIGNATURES`].
    #[error("the note has more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// A text that cannot be signed.
    #[error("a note's text must end with a line feed")]
    UnfinishedText,
    /// A signature by a known key that does not verify.
    #[error("the signature of `{0}` does not match the text")]
    BadSignature(String),
    /// Two trusted keys with the same name and identifier.
    #[error("the key `{0}` was given twice")]
    AmbiguousKey(String),
    /// No signature by any trusted key.
    #[error("no trusted key has signed this")]
    NoKnownSignature,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The signing key's name.
    pub name: String,
    /// The signing key's identifier: the first four bytes of a hash, big-endian.
    pub key_id: u32,
    /// What follows the identifier; its meaning depends on the key's type.
    pub bytes: Vec<u8>,
}

impl Signature {
    /// Reads one signature line, without its line feed.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
        let blob = from_base64(encoded)?;
        let (id, bytes) = blob.split_first_chunk::<4>()?;
        let usable = is_key_name(name) && !bytes.is_empty();
        usable.then(|| Self { name: name.to_owned(), key_id: u32::from_be_bytes(*id), bytes: bytes.to_vec() })
    }
}

/// The signature line, with its line feed.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blob = [&self.key_id.to_be_bytes(), self.bytes.as_slice()].concat();
        writeln!(f, "— {} {}", self.name, base64(&blob))
    }
}

/// Whether `name` may name a key: not empty, no Unicode space, no plus sign, no control character.
#[must_use]
pub fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c == '+' || c < ' ')
}

/// A text and its signatures, none of them verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    // INVARIANT: UTF-8 without control characters but LF, ending in LF.
    text: String,
    /// The signatures in the order of their lines.
    pub signatures: Vec<Signature>,
}

impl Note {
    /// A note with no signature yet.
    ///
    /// # Errors
    /// When the text does not end with a line feed or holds another control character.
    pub fn new(text: String) -> Result<Self, NoteError> {
        refuse_control_characters(&text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::UnfinishedText);
        }
        Ok(Self { text, signatures: Vec::new() })
    }

    /// Reads a signed note. Nothing in it may be believed before [`Note::open`].
    ///
    /// # Errors
    /// When the bytes are not a signed note.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLarge);
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| NoteError::NotText)?;
        refuse_control_characters(whole)?;
        // The text may hold blank lines of its own, so the last one divides.
        let (text, lines) = whole.rsplit_once("\n\n").ok_or(NoteError::NoSignatures)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::NoSignatures)?;
        let signatures = parse_signatures(lines)?;
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// The text, ending with its line feed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Verifies every signature by a trusted key and gives them in the order of their lines, each key
    /// once. Signatures by other keys are ignored.
    ///
    /// # Errors
    /// When a trusted key's signature does not verify, when no trusted key has signed, or when two
    /// trusted keys have the same name and identifier.
    pub fn open<'k>(&self, trusted: &'k [VerifierKey]) -> Result<Vec<Verified<'k>>, NoteError> {
        let mut verified: Vec<Verified<'k>> = Vec::new();
        for signature in &self.signatures {
            let Some(key) = find_key(trusted, signature)? else { continue };
            let bad = || NoteError::BadSignature(key.name().to_owned());
            let good = key.verify(&self.text, &signature.bytes).ok_or_else(bad)?;
            if !verified.iter().any(|v| std::ptr::eq(v.key, key)) {
                verified.push(good);
            }
        }
        if verified.is_empty() { Err(NoteError::NoKnownSignature) } else { Ok(verified) }
    }
}

/// The whole note: text, blank line, signature lines.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|s| write!(f, "{s}"))
    }
}

/// Reads signature lines that are divided by line feeds, the last without one.
pub(super) fn parse_signatures(lines: &str) -> Result<Vec<Signature>, NoteError> {
    let signatures = lines
        .split('\n')
        .take(MAX_SIGNATURES + 1)
        .enumerate()
        .map(|(i, line)| Signature::parse(line).ok_or(NoteError::BadSignatureLine(i + 1)))
        .collect::<Result<Vec<_>, _>>()?;
    if signatures.len() > MAX_SIGNATURES { Err(NoteError::TooManySignatures) } else { Ok(signatures) }
}

fn refuse_control_characters(text: &str) -> Result<(), NoteError> {
    if text.bytes().any(|b| b < b' ' && b != b'\n') { Err(NoteError::ControlCharacter) } else { Ok(()) }
}

fn find_key<'k>(
    trusted: &'k [VerifierKey],
    signature: &Signature,
) -> Result<Option<&'k VerifierKey>, NoteError> {
    let mut matching = trusted.iter().filter(|k| k.id() == signature.key_id && k.name() == signature.name);
    let found = matching.next();
    match matching.next() {
        Some(second) => Err(NoteError::AmbiguousKey(second.name().to_owned())),
        None => Ok(found),
    }
}
