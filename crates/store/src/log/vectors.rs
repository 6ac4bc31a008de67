//! Running public test vectors against this implementation, so that anyone can check it without
//! reading it.
//!
//! A vector file is one JSON object or an array of them, each with `desc`, `wantErr` and:
//!
//! | kind | members |
//! | --- | --- |
//! | inclusion | `leafIdx`, `treeSize`, `root`, `leafHash`, `proof` (transparency-dev/merkle) |
//! | subtree-inclusion | `leafIdx`, `start`, `end`, `root`, `leafHash`, `proof` (the same) |
//! | consistency | `size1`, `size2`, `root1`, `root2`, `proof` (the same) |
//! | note | `note` (or `noteBase64`), `keys` (verifier keys) |
//! | vkey | `vkey` |
//! | checkpoint | `checkpoint` (or `checkpointBase64`), `keys`; without keys only the form is checked |
//!
//! Hashes and proofs are Base64. For the last three kinds a file that is not JSON is taken as the note,
//! key or checkpoint itself, which must be accepted.

use serde::{Deserialize, Serialize};

use super::check::{self, ProofError};
use super::checkpoint::{Checkpoint, SignedCheckpoint};
use super::key::VerifierKey;
use super::merkle::Hash;
use super::note::Note;
use super::text::from_base64;

/// What a vector is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VectorKind {
    /// A Merkle inclusion proof.
    Inclusion,
    /// A Merkle inclusion proof in a subtree.
    SubtreeInclusion,
    /// A Merkle consistency proof.
    Consistency,
    /// A signed note.
    Note,
    /// A verifier key.
    Vkey,
    /// A checkpoint, signed or only its text.
    Checkpoint,
}

/// How one vector went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// What the vector says it tests.
    pub desc: String,
    /// Whether it must be accepted.
    pub must_pass: bool,
    /// Whether we accepted it.
    pub accepted: bool,
    /// Why we refused it, if we did.
    pub why: Option<String>,
    /// Whether we did as the vector wants.
    pub good: bool,
}

/// A file that holds no vectors.
#[derive(Debug, thiserror::Error)]
pub enum VectorError {
    /// Not JSON, for a kind that has no other form.
    #[error("the file is not JSON with one vector or an array of vectors: {0}")]
    Json(#[from] serde_json::Error),
}

/// Runs the vectors in one file. `keys` are believed in addition to those that a vector names.
///
/// # Errors
/// When the file holds no vectors of this kind.
pub fn run(kind: VectorKind, content: &[u8], keys: &[VerifierKey]) -> Result<Vec<Outcome>, VectorError> {
    match kind {
        VectorKind::Inclusion => cases(content, |v: &Inclusion| v.check()),
        VectorKind::SubtreeInclusion => cases(content, |v: &SubtreeInclusion| v.check()),
        VectorKind::Consistency => cases(content, |v: &Consistency| v.check()),
        VectorKind::Note => texts(content, |v| open_note(v, keys)),
        VectorKind::Vkey => texts(content, |v| {
            let key = v.bytes().and_then(|b| String::from_utf8(b).ok()).unwrap_or_default();
            key.trim_end_matches('\n').parse::<VerifierKey>().map(|_| ()).map_err(|e| e.to_string())
        }),
        VectorKind::Checkpoint => texts(content, |v| open_checkpoint(v, keys)),
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    Many(Vec<T>),
    One(T),
}

#[derive(Deserialize)]
struct Case<T> {
    #[serde(default)]
    desc: String,
    #[serde(default, rename = "wantErr", alias = "wantError")]
    want_err: bool,
    #[serde(flatten)]
    body: T,
}

impl<T> Case<T> {
    fn outcome(&self, result: Result<(), String>) -> Outcome {
        let (accepted, must_pass) = (result.is_ok(), !self.want_err);
        Outcome {
            desc: self.desc.clone(),
            must_pass,
            accepted,
            why: result.err(),
            good: accepted == must_pass,
        }
    }
}

fn cases<T: for<'d> Deserialize<'d>, E: ToString>(
    content: &[u8],
    check: impl Fn(&T) -> Result<(), E>,
) -> Result<Vec<Outcome>, VectorError> {
    let cases: Vec<Case<T>> = match serde_json::from_slice(content)? {
        OneOrMany::Many(cases) => cases,
        OneOrMany::One(case) => vec![case],
    };
    Ok(cases.iter().map(|c| c.outcome(check(&c.body).map_err(|e| e.to_string()))).collect())
}

/// As [`cases`], or one case that is the whole file when it is not JSON.
fn texts(content: &[u8], check: impl Fn(&Text) -> Result<(), String>) -> Result<Vec<Outcome>, VectorError> {
    let is_json = content.trim_ascii_start().first().is_some_and(|b| matches!(b, b'{' | b'['));
    if is_json {
        return cases(content, check);
    }
    let body = Text { raw: Some(content.to_vec()), ..Text::default() };
    let case = Case { desc: String::new(), want_err: false, body };
    Ok(vec![case.outcome(check(&case.body))])
}

/// Bytes in Base64; `null` is no bytes, as Go writes it.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl<'d> Deserialize<'d> for Bytes {
    fn deserialize<D: serde::Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let text: Option<String> = Option::deserialize(from)?;
        let bytes = from_base64(&text.unwrap_or_default());
        bytes.map(Self).ok_or_else(|| serde::de::Error::custom("not base64"))
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

fn one_hash(bytes: &Bytes) -> Result<Hash, ProofError> {
    bytes.0.as_slice().try_into().map_err(|_| ProofError::HashSize)
}

fn proof_of(proof: Option<&Vec<Bytes>>) -> Result<Vec<Hash>, ProofError> {
    proof.map_or_else(|| Ok(Vec::new()), |p| check::hashes(p))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inclusion {
    #[serde(alias = "leafIndex")]
    leaf_idx: u64,
    tree_size: u64,
    root: Bytes,
    leaf_hash: Bytes,
    proof: Option<Vec<Bytes>>,
}

impl Inclusion {
    fn check(&self) -> Result<(), ProofError> {
        let proof = proof_of(self.proof.as_ref())?;
        check::inclusion(self.leaf_idx, self.tree_size, &one_hash(&self.leaf_hash)?, &proof, &self.root.0)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SubtreeInclusion {
    leaf_idx: u64,
    start: u64,
    end: u64,
    root: Bytes,
    leaf_hash: Bytes,
    proof: Option<Vec<Bytes>>,
}

impl SubtreeInclusion {
    fn check(&self) -> Result<(), ProofError> {
        let (leaf, proof) = (one_hash(&self.leaf_hash)?, proof_of(self.proof.as_ref())?);
        check::subtree_inclusion(self.leaf_idx, self.start, self.end, &leaf, &proof, &self.root.0)
    }
}

#[derive(Deserialize)]
struct Consistency {
    size1: u64,
    size2: u64,
    root1: Bytes,
    root2: Bytes,
    proof: Option<Vec<Bytes>>,
}

impl Consistency {
    fn check(&self) -> Result<(), ProofError> {
        let proof = proof_of(self.proof.as_ref())?;
        check::consistency(self.size1, self.size2, &self.root1.0, &self.root2.0, &proof)
    }
}

#[derive(Default, Deserialize)]
struct Text {
    #[serde(alias = "note", alias = "checkpoint", alias = "vkey")]
    text: Option<String>,
    #[serde(alias = "noteBase64", alias = "checkpointBase64")]
    base64: Option<Bytes>,
    #[serde(default)]
    keys: Vec<String>,
    #[serde(skip)]
    raw: Option<Vec<u8>>,
}

impl Text {
    fn bytes(&self) -> Option<Vec<u8>> {
        let encoded = self.base64.as_ref().map(|b| b.0.clone());
        self.raw.clone().or(encoded).or_else(|| self.text.clone().map(String::into_bytes))
    }

    fn keys(&self, more: &[VerifierKey]) -> Result<Vec<VerifierKey>, String> {
        let own = self.keys.iter().map(|k| k.parse::<VerifierKey>());
        let mut keys = own.collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
        keys.extend_from_slice(more);
        Ok(keys)
    }
}

fn open_note(vector: &Text, keys: &[VerifierKey]) -> Result<(), String> {
    let note = Note::parse(&vector.bytes().unwrap_or_default()).map_err(|e| e.to_string())?;
    note.open(&vector.keys(keys)?).map(|_| ()).map_err(|e| e.to_string())
}

fn open_checkpoint(vector: &Text, keys: &[VerifierKey]) -> Result<(), String> {
    let (bytes, keys) = (vector.bytes().unwrap_or_default(), vector.keys(keys)?);
    if keys.is_empty() && !bytes.windows(2).any(|w| w == b"\n\n") {
        let text = String::from_utf8(bytes).map_err(|e| e.to_string())?;
        return Checkpoint::parse(&text).map(|_| ()).map_err(|e| e.to_string());
    }
    let signed = SignedCheckpoint::parse(&bytes).map_err(|e| e.to_string())?;
    if keys.is_empty() {
        return Ok(());
    }
    signed.open(&keys).map(|_| ()).map_err(|e| e.to_string())
}
