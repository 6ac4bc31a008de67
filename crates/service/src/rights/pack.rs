//! The pack: letter, information about the processing, index, documents, manifest and proof.

use std::io::{Cursor, Write};

use counterfoil_finding::redact::SafeFile;
use counterfoil_store::rights::media::Media;
use serde::Serialize;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::Desk;
use super::review::File;
use super::seal::Sealed;
use crate::error::{Result, ServiceError};

/// One released item.
#[derive(Debug, Clone)]
pub(crate) struct Released {
    pub(crate) number: i64,
    pub(crate) source: String,
    /// By the numbers of the review.
    pub(crate) pages: usize,
    pub(crate) passages: usize,
    pub(crate) codes: Vec<String>,
    /// The names of its files.
    pub(crate) files: Vec<String>,
}

/// A pack in the making. Each item goes into the archive as soon as its copy is verified, so that only one is in
/// memory beside the compressed archive.
pub(crate) struct Pack {
    pub(crate) released: Vec<Released>,
    /// Number, source and code of the items withheld whole.
    pub(crate) withheld: Vec<(i64, String, String)>,
    pub(crate) not_theirs: i64,
    /// What became of recorded regions, item by item.
    pub(crate) media: Vec<Media>,
    /// The letter, the information and the index.
    pub(crate) letters: Vec<SafeFile>,
    archive: ZipWriter<Cursor<Vec<u8>>>,
    listed: Vec<Listed>,
}

/// What the manifest says of one file.
#[derive(Serialize)]
struct Listed {
    name: String,
    bytes: usize,
    sha256: String,
}

/// The manifest: enough to check the pack without us.
#[derive(Serialize)]
struct Manifest {
    format: &'static str,
    reference: String,
    sealed_on: String,
    found: i64,
    released: i64,
    withheld: i64,
    not_theirs: i64,
    files: Vec<Listed>,
    log_key: String,
}

/// The audit log's entry of the request's receipt, and the proof that the log holds it: so that the
/// requester can show when they asked, whatever we say later.
const RECEIPT: &str = "receipt.entry";
const RECEIPT_PROOF: &str = "receipt.tlog-proof";

impl Pack {
    pub(crate) fn new() -> Self {
        Self {
            released: Vec::new(),
            withheld: Vec::new(),
            not_theirs: 0,
            media: Vec::new(),
            letters: Vec::new(),
            archive: ZipWriter::new(Cursor::new(Vec::new())),
            listed: Vec::new(),
        }
    }

    /// Puts a released item with its files into the archive.
    pub(crate) fn add(&mut self, mut released: Released, files: &[SafeFile]) -> Result<()> {
        for file in files {
            self.put(&format!("documents/{}", file.name), &file.bytes)?;
            released.files.push(file.name.clone());
        }
        self.released.push(released);
        Ok(())
    }

    fn put(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.listed.push(listed(name, bytes));
        self.archive.start_file(name, options).map_err(|e| unwritable(&e.to_string()))?;
        self.archive.write_all(bytes).map_err(|e| unwritable(&e.to_string()))
    }

    pub(crate) fn counts(&self) -> Sealed {
        let (released, withheld) = (self.released.len() as i64, self.withheld.len() as i64);
        Sealed {
            found: released + withheld + self.not_theirs,
            released,
            withheld,
            not_theirs: self.not_theirs,
            passages: self.released.iter().map(|r| r.passages).sum(),
            pages: self.released.iter().map(|r| r.pages as i64).sum(),
            files: self.letters.len() + self.released.iter().map(|r| r.files.len()).sum::<usize>() + 3,
            manifest_hash: String::new(),
        }
    }

    /// The pack as one archive, and the hash of its manifest.
    pub(crate) fn into_zip(mut self, desk: &Desk<'_>, file: &File) -> Result<(Vec<u8>, [u8; 32])> {
        for letter in std::mem::take(&mut self.letters) {
            self.put(&letter.name, &letter.bytes)?;
        }
        let controller = desk.controller();
        let receipt = desk.store.entry_of_receipt(controller, &file.request.reference)?;
        let receipt = desk.store.prove(controller, receipt)?;
        self.put(RECEIPT, receipt.entry.as_slice())?;
        self.put(RECEIPT_PROOF, receipt.text.as_bytes())?;
        let manifest = self.manifest(desk, file)?;
        let hash = Sha256::digest(&manifest).into();
        self.put("manifest.json", &manifest)?;
        let content = self.archive.finish().map_err(|e| unwritable(&e.to_string()))?;
        Ok((content.into_inner(), hash))
    }

    fn manifest(&mut self, desk: &Desk<'_>, file: &File) -> Result<Vec<u8>> {
        let counts = self.counts();
        let manifest = Manifest {
            format: "counterfoil-pack/1",
            reference: file.request.reference.clone(),
            sealed_on: desk.today()?.to_string(),
            found: counts.found,
            released: counts.released,
            withheld: counts.withheld,
            not_theirs: counts.not_theirs,
            files: std::mem::take(&mut self.listed),
            log_key: desk.store.log_verifier(desk.controller())?.to_string(),
        };
        serde_json::to_vec_pretty(&manifest).map_err(|e| unwritable(&e.to_string()))
    }
}

fn listed(name: &str, bytes: &[u8]) -> Listed {
    let sha256 = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
    Listed { name: name.to_owned(), bytes: bytes.len(), sha256 }
}

fn unwritable(why: &str) -> ServiceError {
    ServiceError::File { what: "the pack could not be written".to_owned(), why: why.to_owned() }
}
