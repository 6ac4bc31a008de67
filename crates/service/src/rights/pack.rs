//! The pack: letter, information about the processing, index, documents, manifest and proof.

use std::io::{Cursor, Write};

use counterfoil_finding::redact::SafeFile;
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
    pub(crate) passages: usize,
    pub(crate) codes: Vec<String>,
    pub(crate) files: Vec<SafeFile>,
}

/// A pack in the making.
#[derive(Debug, Default)]
pub(crate) struct Pack {
    pub(crate) released: Vec<Released>,
    /// Number, source and code of the items withheld whole.
    pub(crate) withheld: Vec<(i64, String, String)>,
    pub(crate) not_theirs: i64,
    /// The letter, the information and the index.
    pub(crate) letters: Vec<SafeFile>,
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
    pub(crate) fn counts(&self) -> Sealed {
        let (released, withheld) = (self.released.len() as i64, self.withheld.len() as i64);
        Sealed {
            found: released + withheld + self.not_theirs,
            released,
            withheld,
            not_theirs: self.not_theirs,
            passages: self.released.iter().map(|r| r.passages).sum(),
            files: self.letters.len() + self.released.iter().map(|r| r.files.len()).sum::<usize>() + 3,
            manifest_hash: String::new(),
        }
    }

    /// The pack as one archive, and the hash of its manifest.
    pub(crate) fn to_zip(&self, desk: &Desk<'_>, file: &File) -> Result<(Vec<u8>, [u8; 32])> {
        let mut files: Vec<(String, &[u8])> =
            self.letters.iter().map(|f| (f.name.clone(), f.bytes.as_slice())).collect();
        for item in &self.released {
            files.extend(item.files.iter().map(|f| (format!("documents/{}", f.name), f.bytes.as_slice())));
        }
        let controller = desk.controller();
        let receipt = desk.store.entry_of_receipt(controller, &file.request.reference)?;
        let receipt = desk.store.prove(controller, receipt)?;
        files.push((RECEIPT.to_owned(), receipt.entry.as_slice()));
        files.push((RECEIPT_PROOF.to_owned(), receipt.text.as_bytes()));
        let manifest = self.manifest(desk, file, &files)?;
        let hash = Sha256::digest(&manifest).into();
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, bytes) in &files {
            add(&mut zip, name, bytes, options)?;
        }
        add(&mut zip, "manifest.json", &manifest, options)?;
        let content = zip.finish().map_err(|e| unwritable(&e.to_string()))?;
        Ok((content.into_inner(), hash))
    }

    fn manifest(&self, desk: &Desk<'_>, file: &File, files: &[(String, &[u8])]) -> Result<Vec<u8>> {
        let counts = self.counts();
        let manifest = Manifest {
            format: "counterfoil-pack/1",
            reference: file.request.reference.clone(),
            sealed_on: desk.today()?.to_string(),
            found: counts.found,
            released: counts.released,
            withheld: counts.withheld,
            not_theirs: counts.not_theirs,
            files: files.iter().map(|(name, bytes)| listed(name, bytes)).collect(),
            log_key: desk.store.log_verifier(desk.controller())?.to_string(),
        };
        serde_json::to_vec_pretty(&manifest).map_err(|e| unwritable(&e.to_string()))
    }
}

fn listed(name: &str, bytes: &[u8]) -> Listed {
    let sha256 = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
    Listed { name: name.to_owned(), bytes: bytes.len(), sha256 }
}

fn add(
    zip: &mut ZipWriter<Cursor<Vec<u8>>>,
    name: &str,
    bytes: &[u8],
    options: SimpleFileOptions,
) -> Result<()> {
    zip.start_file(name, options).map_err(|e| unwritable(&e.to_string()))?;
    zip.write_all(bytes).map_err(|e| unwritable(&e.to_string()))
}

fn unwritable(why: &str) -> ServiceError {
    ServiceError::File { what: "the pack could not be written".to_owned(), why: why.to_owned() }
}
