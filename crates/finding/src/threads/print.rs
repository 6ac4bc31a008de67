//! Fingerprints of texts: a canonical hash, and shingles for containment and resemblance.

use std::cmp::Ordering;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// Words in one shingle.
const SHINGLE: usize = 4;

/// Values in the `MinHash` signature; the error of the resemblance is about 1 in 11.
const SIGNATURE: usize = 128;

/// The words of a text without what mail programs change: case, white space, quote marks,
/// punctuation and the compatibility forms of letters.
#[must_use]
pub fn canonical(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.is_ascii() {
        text.bytes().for_each(|b| take(char::from(b.to_ascii_lowercase()), &mut out));
    } else {
        text.nfkc().flat_map(char::to_lowercase).for_each(|c| take(c, &mut out));
    }
    out.truncate(out.trim_end().len());
    out
}

fn take(c: char, out: &mut String) {
    let inside_words = matches!(c, '\u{200b}'..='\u{200d}' | '\u{ad}' | '\u{feff}' | '\'' | '\u{2019}');
    if c.is_alphanumeric() {
        out.push(c);
    } else if !inside_words && !out.ends_with(' ') && !out.is_empty() {
        out.push(' ');
    }
}

/// The fingerprint of one text.
#[derive(Debug, Clone)]
pub struct Print {
    /// SHA-256 of the canonical text.
    pub hash: [u8; 32],
    /// Words of the canonical text.
    pub words: usize,
    /// In order, each once.
    shingles: Vec<u64>,
    /// Made when it is first asked for: most texts are never asked how alike they are.
    signature: OnceLock<Vec<u64>>,
}

impl Print {
    /// The fingerprint of `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let canonical = canonical(text);
        let words: Vec<u64> = canonical.split_whitespace().map(|w| hash(w.bytes())).collect();
        let mut shingles: Vec<u64> = if words.len() < SHINGLE {
            words.clone()
        } else {
            words.windows(SHINGLE).map(|w| w.iter().fold(0, |sum, word| mix(sum ^ *word))).collect()
        };
        shingles.sort_unstable();
        shingles.dedup();
        let hash = Sha256::digest(canonical.as_bytes()).into();
        Self { hash, words: words.len(), shingles, signature: OnceLock::new() }
    }

    /// The part of this text's shingles that `other` holds too, 0 to 1. An empty text is in any.
    #[must_use]
    pub fn contained_in(&self, other: &Self) -> f64 {
        if self.shingles.is_empty() {
            return 1.0;
        }
        ratio(shared(&self.shingles, &other.shingles), self.shingles.len())
    }

    /// How alike the two sets of shingles are (Jaccard), estimated from the signatures, 0 to 1.
    #[must_use]
    pub fn resemblance(&self, other: &Self) -> f64 {
        if self.hash == other.hash {
            return 1.0;
        }
        let same = self.signature().iter().zip(other.signature()).filter(|(a, b)| a == b).count();
        ratio(same, SIGNATURE)
    }

    fn signature(&self) -> &[u64] {
        self.signature.get_or_init(|| signature(&self.shingles))
    }

    /// Keys of which texts that resemble each other very probably share one: 32 bands of 4 values.
    pub(super) fn bands(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        self.signature().chunks(4).map(|band| hash(band.iter().flat_map(|v| v.to_le_bytes()))).enumerate()
    }

    /// Shingles, for an index of containment.
    pub(super) fn shingles(&self) -> impl Iterator<Item = u64> + '_ {
        self.shingles.iter().copied()
    }
}

/// How many numbers are in both of two ordered lists.
fn shared(these: &[u64], those: &[u64]) -> usize {
    let (few, many) = if these.len() <= those.len() { (these, those) } else { (those, these) };
    if few.len() * 16 < many.len() {
        return few.iter().filter(|n| many.binary_search(n).is_ok()).count();
    }
    let (mut few, mut many) = (few.iter().peekable(), many.iter().peekable());
    let mut count = 0;
    while let (Some(a), Some(b)) = (few.peek(), many.peek()) {
        match a.cmp(b) {
            Ordering::Less => drop(few.next()),
            Ordering::Greater => drop(many.next()),
            Ordering::Equal => {
                count += 1;
                few.next();
                many.next();
            }
        }
    }
    count
}

fn ratio(part: usize, whole: usize) -> f64 {
    let exact = |n: usize| u32::try_from(n).map_or(f64::from(u32::MAX), f64::from);
    if whole == 0 { 0.0 } else { exact(part) / exact(whole) }
}

/// FNV-1a with a final mix: fast, and the same on every machine.
fn hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for byte in bytes {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    mix(state)
}

fn mix(mut value: u64) -> u64 {
    value ^= value >> 30;
    value = value.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value ^= value >> 27;
    value = value.wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

fn signature(shingles: &[u64]) -> Vec<u64> {
    let seeds = (1..=SIGNATURE as u64).map(|n| mix(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    seeds.map(|seed| shingles.iter().map(|s| mix(s ^ seed)).min().unwrap_or(u64::MAX)).collect()
}
