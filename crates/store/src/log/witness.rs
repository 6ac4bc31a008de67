//! A witness (c2sp.org/tlog-witness): it cosigns a log's checkpoint only when that log has grown by
//! appending since the last checkpoint it cosigned. The rules are here; the state is behind a trait.

use std::fmt;

use sha2::{Digest, Sha256};

use super::Hash;
use super::check;
use super::checkpoint::SignedCheckpoint;
use super::key::{KeyError, KeyType, Signer, VerifierKey};
use super::merkle::empty_root;
use super::text::{base64, decimal, hash_from_base64, hex};

/// The most consistency proof lines that a request may have.
pub const MAX_PROOF_LINES: usize = 63;
/// The content type of the size that a conflict answers with.
pub const SIZE_CONTENT_TYPE: &str = "text/x.tlog.size";
/// The content type of every other answer.
pub const TEXT_CONTENT_TYPE: &str = "text/plain; charset=utf-8";

/// What an `add-checkpoint` request carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the sender believes the witness cosigned last; 0 for none.
    pub old: u64,
    /// The consistency proof from `old` to the checkpoint; empty when `old` is 0.
    pub proof: Vec<Hash>,
    /// The checkpoint.
    pub checkpoint: SignedCheckpoint,
}

impl AddCheckpoint {
    /// Reads a request body; `None` when it is malformed.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        let body = std::str::from_utf8(body).ok()?;
        let (head, checkpoint) = body.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let old = decimal(lines.next()?.strip_prefix("old ")?)?;
        let proof: Vec<Hash> = lines.map(hash_from_base64).collect::<Option<_>>()?;
        let checkpoint = SignedCheckpoint::parse(checkpoint.as_bytes()).ok()?;
        (proof.len() <= MAX_PROOF_LINES).then_some(Self { old, proof, checkpoint })
    }
}

/// The request body.
impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|h| writeln!(f, "{}", base64(h)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

/// The size and root of a log at one checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many entries.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
}

/// What a witness remembers: for each log, the latest checkpoint it cosigned.
pub trait WitnessState {
    /// How reading or writing fails.
    type Error;

    /// The latest checkpoint that was cosigned for this log; `None` when there was none.
    ///
    /// # Errors
    /// When the state cannot be read or is damaged. A state that was lost must be an error, not `None`.
    fn latest(&mut self, origin: &str) -> Result<Option<Head>, Self::Error>;

    /// Remembers `to` and its cosigned checkpoint, if the latest is still `from`; otherwise changes
    /// nothing and gives `false`.
    ///
    /// INVARIANT: comparing and writing are one step that nothing can come between, and it is durable
    /// before this returns. Without that a witness can cosign two histories.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn advance(
        &mut self,
        origin: &str,
        from: Option<Head>,
        to: Head,
        cosigned: &str,
    ) -> Result<bool, Self::Error>;
}

/// What a witness answers, ready for HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status: 200, 400, 403, 404, 409 or 422.
    pub status: u16,
    /// The content type of `body`.
    pub content_type: &'static str,
    /// Signature lines (200), a size (409), or a plain word on what is wrong.
    pub body: String,
}

impl Answer {
    fn refusal(status: u16, body: &str) -> Self {
        Self { status, content_type: TEXT_CONTENT_TYPE, body: format!("{body}\n") }
    }

    fn conflict(latest: u64) -> Self {
        Self { status: 409, content_type: SIZE_CONTENT_TYPE, body: format!("{latest}\n") }
    }

    /// Whether the request shows that a log signed two histories: it is worth keeping.
    #[must_use]
    pub const fn is_evidence(&self) -> bool {
        self.status == 422
    }
}

/// A witness: its key and the logs that it knows.
#[derive(Debug)]
pub struct Witness {
    signer: Signer,
    logs: Vec<VerifierKey>,
}

impl Witness {
    /// A witness that cosigns with `signer` for the logs whose keys are given; a log's origin is its
    /// key's name.
    ///
    /// # Errors
    /// [`KeyError::Type`] when `signer` is not a cosignature key or a log's key is one.
    pub fn new(signer: Signer, logs: Vec<VerifierKey>) -> Result<Self, KeyError> {
        let fits = signer.verifier().key_type() == KeyType::Cosignature
            && logs.iter().all(|k| k.key_type() == KeyType::Ed25519);
        if fits { Ok(Self { signer, logs }) } else { Err(KeyError::Type) }
    }

    /// The witness's public key.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        self.signer.verifier()
    }

    /// Answers one `add-checkpoint` request. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// Only when the state fails; the web answers that with 500 and nothing was cosigned.
    pub fn add_checkpoint<S: WitnessState>(
        &self,
        state: &mut S,
        now: u64,
        body: &[u8],
    ) -> Result<Answer, S::Error> {
        let request = match self.admit(body) {
            Ok(request) => request,
            Err(refusal) => return Ok(refusal),
        };
        let origin = &request.checkpoint.checkpoint.origin;
        let latest = state.latest(origin)?;
        if let Err(refusal) = judge(&request, latest) {
            return Ok(refusal);
        }
        let text = request.checkpoint.note.text();
        let line = self.signer.sign(text, now);
        let cosigned = self.cosigned(&request.checkpoint, &line);
        let head =
            Head { size: request.checkpoint.checkpoint.size, root: request.checkpoint.checkpoint.root };
        if state.advance(origin, latest, head, &cosigned)? {
            return Ok(Answer { status: 200, content_type: TEXT_CONTENT_TYPE, body: line.to_string() });
        }
        // Another request came between: say where the log stands now.
        Ok(Answer::conflict(state.latest(origin)?.map_or(0, |h| h.size)))
    }

    /// The checks that need no state: form, known log, the log's signature, sizes.
    fn admit(&self, body: &[u8]) -> Result<AddCheckpoint, Answer> {
        let request =
            AddCheckpoint::parse(body).ok_or_else(|| Answer::refusal(400, "the request is malformed"))?;
        let head = &request.checkpoint.checkpoint;
        let keys = self.keys_of(&head.origin);
        if keys.is_empty() {
            return Err(Answer::refusal(404, "this witness does not know that log"));
        }
        if request.checkpoint.open(&keys).is_err() {
            return Err(Answer::refusal(403, "the checkpoint is not signed by the log"));
        }
        if request.old > head.size {
            return Err(Answer::refusal(400, "the old size is larger than the checkpoint"));
        }
        Ok(request)
    }

    fn keys_of(&self, origin: &str) -> Vec<VerifierKey> {
        self.logs.iter().filter(|k| k.name() == origin).cloned().collect()
    }

    /// The checkpoint for monitors: the log's own signatures and ours, no stranger's.
    fn cosigned(&self, checkpoint: &SignedCheckpoint, line: &super::note::Signature) -> String {
        let keys = self.keys_of(&checkpoint.checkpoint.origin);
        let mut note = checkpoint.note.clone();
        note.signatures.retain(|s| keys.iter().any(|k| k.id() == s.key_id && k.name() == s.name));
        note.signatures.push(line.clone());
        note.to_string()
    }
}

/// The checks against what the witness remembers.
fn judge(request: &AddCheckpoint, latest: Option<Head>) -> Result<(), Answer> {
    let new = &request.checkpoint.checkpoint;
    let known = latest.unwrap_or(Head { size: 0, root: empty_root() });
    if request.old != known.size {
        return Err(Answer::conflict(known.size));
    }
    if new.size == known.size && new.root != known.root {
        return Err(Answer::refusal(422, "the root differs from the one cosigned for this size"));
    }
    let proved = if request.old == 0 {
        // Every log continues the empty one, and nothing proves it.
        request.proof.is_empty()
    } else {
        check::consistency(known.size, new.size, &known.root, &new.root, &request.proof).is_ok()
    };
    if proved { Ok(()) } else { Err(Answer::refusal(422, "the consistency proof does not hold")) }
}

/// The name under which a log's latest cosigned checkpoint is served to monitors
/// (`GET <prefix>/<this>/checkpoint`): SHA-256 of the origin in lower-case hexadecimal.
#[must_use]
pub fn origin_path(origin: &str) -> String {
    hex(&Sha256::digest(origin))
}
