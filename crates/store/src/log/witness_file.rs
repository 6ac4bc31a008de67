//! A witness in a folder, for example on a memory stick that another office keeps.
//!
//! | file | content |
//! | --- | --- |
//! | `witness.key` | the witness's private key |
//! | `logs` | the logs that it knows, one `log VKEY` line each |
//! | `<sha256 of origin>/checkpoint` | the latest cosigned checkpoint: this **is** the state |
//! | `<sha256 of origin>/cosigned/<size>` | every cosigned checkpoint, for later comparison |
//! | `<sha256 of origin>/evidence/<hash>` | requests that showed two histories |
//!
//! The state carries the witness's own cosignature, so a state that someone edited is noticed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::checkpoint::{CheckpointError, SignedCheckpoint};
use super::files::{FileError, read_if_there, replace, replace_private};
use super::key::{KeyError, KeyType, Signer, VerifierKey};
use super::text::hex;
use super::witness::{Answer, Head, Witness, WitnessState, origin_path};

/// Why a witness in a folder cannot work.
#[derive(Debug, thiserror::Error)]
pub enum WitnessFileError {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is already a witness.
    #[error("`{}` already holds a witness: use it, or choose an empty folder", .0.display())]
    AlreadyThere(PathBuf),
    /// There is no witness.
    #[error("`{}` holds no witness: make one first", .0.display())]
    NoWitness(PathBuf),
    /// A key that cannot be read or used.
    #[error("the witness's keys cannot be used: {0}")]
    Key(#[from] KeyError),
    /// The state is not what the witness wrote.
    #[error("the witness's state for this log was altered: {0}; do not use this witness any more")]
    Altered(#[source] CheckpointError),
    /// The state is gone though the witness had cosigned.
    #[error("the witness's state for this log is lost: do not use this witness any more, make a new one")]
    Lost,
}

/// A witness whose state is a folder.
#[derive(Debug)]
pub struct FileWitness {
    dir: PathBuf,
    witness: Witness,
}

impl FileWitness {
    /// Makes a new witness in `dir` with a name and 32 random bytes.
    ///
    /// # Errors
    /// When one is there already, the name is not usable, or the folder cannot be written.
    pub fn create(dir: &Path, name: &str, seed: &[u8; 32]) -> Result<VerifierKey, WitnessFileError> {
        let path = dir.join("witness.key");
        if path.exists() {
            return Err(WitnessFileError::AlreadyThere(dir.to_owned()));
        }
        let signer = Signer::from_seed(name, KeyType::Cosignature, seed)?;
        let line = zeroize::Zeroizing::new(format!("{}\n", *signer.to_secret_text()));
        replace_private(&path, line.as_bytes())?;
        Ok(signer.verifier().clone())
    }

    /// Adds a log that the witness in `dir` shall cosign for. Adding it again changes nothing.
    ///
    /// # Errors
    /// When the key is not a log's or the folder cannot be written.
    pub fn trust(dir: &Path, log: &VerifierKey) -> Result<(), WitnessFileError> {
        if log.key_type() != KeyType::Ed25519 {
            return Err(KeyError::Type.into());
        }
        let mut logs = read_logs(dir)?;
        if !logs.contains(log) {
            logs.push(log.clone());
        }
        let lines: String = logs.iter().map(|k| format!("log {k}\n")).collect();
        Ok(replace(&dir.join("logs"), lines.as_bytes())?)
    }

    /// Opens the witness in `dir`.
    ///
    /// # Errors
    /// When there is none or its files cannot be read.
    pub fn open(dir: &Path) -> Result<Self, WitnessFileError> {
        let secret = read_if_there(&dir.join("witness.key"))?
            .map(zeroize::Zeroizing::new)
            .ok_or_else(|| WitnessFileError::NoWitness(dir.to_owned()))?;
        let text = std::str::from_utf8(&secret).map_err(|_| KeyError::Form)?;
        let signer = Signer::from_secret_text(text.trim_end_matches('\n'))?;
        Ok(Self { dir: dir.to_owned(), witness: Witness::new(signer, read_logs(dir)?)? })
    }

    /// The witness's public key.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        self.witness.verifier()
    }

    /// Answers one `add-checkpoint` request; `now` is in seconds since 1970. A request that shows two
    /// histories is kept as evidence.
    ///
    /// # Errors
    /// When the folder cannot be read or written; nothing was cosigned then.
    pub fn add_checkpoint(&self, now: u64, body: &[u8]) -> Result<Answer, WitnessFileError> {
        let mut state = FileState::new(&self.dir, self.verifier().clone());
        let answer = self.witness.add_checkpoint(&mut state, now, body)?;
        if answer.is_evidence() {
            self.keep_evidence(body)?;
        }
        Ok(answer)
    }

    fn keep_evidence(&self, body: &[u8]) -> Result<(), WitnessFileError> {
        let Some(request) = super::witness::AddCheckpoint::parse(body) else { return Ok(()) };
        let log = self.dir.join(origin_path(&request.checkpoint.checkpoint.origin));
        Ok(replace(&log.join("evidence").join(hex(&Sha256::digest(body))), body)?)
    }

    /// The latest cosigned checkpoint, as monitors fetch it; `hash` is [`origin_path`] of the log.
    ///
    /// # Errors
    /// When it is there but cannot be read.
    pub fn cosigned(&self, hash: &str) -> Result<Option<Vec<u8>>, WitnessFileError> {
        let plain = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        if plain { Ok(read_if_there(&self.dir.join(hash).join("checkpoint"))?) } else { Ok(None) }
    }
}

/// A witness's state in a folder.
#[derive(Debug)]
pub struct FileState {
    dir: PathBuf,
    key: [VerifierKey; 1],
}

impl FileState {
    /// The state in `dir` of the witness with this key.
    #[must_use]
    pub fn new(dir: &Path, key: VerifierKey) -> Self {
        Self { dir: dir.to_owned(), key: [key] }
    }

    fn read(&self, origin: &str) -> Result<Option<Head>, WitnessFileError> {
        let log = self.dir.join(origin_path(origin));
        let Some(bytes) = read_if_there(&log.join("checkpoint"))? else {
            let cosigned_before = fs::read_dir(log.join("cosigned")).is_ok_and(|mut d| d.next().is_some());
            return if cosigned_before { Err(WitnessFileError::Lost) } else { Ok(None) };
        };
        let signed = SignedCheckpoint::parse(&bytes).map_err(WitnessFileError::Altered)?;
        signed.open(&self.key).map_err(WitnessFileError::Altered)?;
        let head = signed.checkpoint;
        if head.origin != origin {
            let (found, expected) = (head.origin, origin.to_owned());
            return Err(WitnessFileError::Altered(CheckpointError::OtherLog { found, expected }));
        }
        Ok(Some(Head { size: head.size, root: head.root }))
    }
}

impl WitnessState for FileState {
    type Error = WitnessFileError;

    fn latest(&mut self, origin: &str) -> Result<Option<Head>, WitnessFileError> {
        self.read(origin)
    }

    fn advance(
        &mut self,
        origin: &str,
        from: Option<Head>,
        to: Head,
        cosigned: &str,
    ) -> Result<bool, WitnessFileError> {
        let path = self.dir.join("lock");
        let lock = File::create(&path).map_err(FileError::at(&path, "locked"))?;
        // Held until `lock` is dropped, against other processes and threads alike.
        lock.lock().map_err(FileError::at(&path, "locked"))?;
        if self.read(origin)? != from {
            return Ok(false);
        }
        let log = self.dir.join(origin_path(origin));
        replace(&log.join("checkpoint"), cosigned.as_bytes())?;
        replace(&log.join("cosigned").join(to.size.to_string()), cosigned.as_bytes())?;
        Ok(true)
    }
}

fn read_logs(dir: &Path) -> Result<Vec<VerifierKey>, WitnessFileError> {
    let bytes = read_if_there(&dir.join("logs"))?.unwrap_or_default();
    let text = String::from_utf8(bytes).map_err(|_| KeyError::Form)?;
    let keys = text.lines().map(|l| l.strip_prefix("log ").ok_or(KeyError::Form)?.parse());
    Ok(keys.collect::<Result<_, KeyError>>()?)
}
