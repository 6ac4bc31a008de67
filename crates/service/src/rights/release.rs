//! Release: the sealed pack leaves the house, as a folder or an encrypted archive.

use std::fs;
use std::io::{Cursor, Read, Seek, Write};
use std::path::Path;

use counterfoil_domain::access::Verb;
use counterfoil_store::rights::requests::EventText;
use counterfoil_store::{StoreError, Terms};
use zip::write::SimpleFileOptions;
use zip::{AesMode, ZipArchive, ZipWriter};

use super::Desk;
use super::approve::signatories;
use super::review::File;
use crate::error::{Result, ServiceError};

/// What was released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// Files written.
    pub files: usize,
    /// The day on which the request counts as answered.
    pub answered_on: jiff::civil::Date,
}

/// Writes the sealed pack to `target`: a folder, or with a password an AES-256 encrypted archive. The
/// request counts as answered today.
///
/// # Errors
/// [`ServiceError::Invalid`] when the target exists or the password is short; a refusal of the gate.
/// When nothing could be written, nothing is marked as released.
pub fn release(desk: &Desk<'_>, reference: &str, target: &Path, password: Option<&str>) -> Result<Released> {
    if target.exists() {
        return Err(ServiceError::Invalid(format!(
            "`{}` exists already: name a new file or folder",
            target.display()
        )));
    }
    if let Some(password) = password {
        long_enough(password)?;
    }
    let (content, terms) = sealed(desk, reference)?;
    let half = target.with_extension("part");
    let written = match password {
        None => unpack(&content, &half),
        Some(password) => fs::File::create(&half)
            .map_err(ServiceError::file("the pack could not be written"))
            .and_then(|file| {
                let (file, files) = encrypt(&content, password, file)?;
                file.sync_all().map_err(ServiceError::file("the pack could not be written"))?;
                Ok(files)
            }),
    };
    let files = written.inspect_err(|_| remove(&half))?;
    let today = mark(desk, reference, &terms).inspect_err(|_| remove(&half))?;
    fs::rename(&half, target).map_err(ServiceError::file("the pack could not be put in its place"))?;
    Ok(Released { files, answered_on: today })
}

/// The sealed pack as an AES-256 encrypted archive, to be handed on. The request counts as answered today.
///
/// # Errors
/// As [`release`].
pub fn release_archive(desk: &Desk<'_>, reference: &str, password: &str) -> Result<Vec<u8>> {
    long_enough(password)?;
    let (content, terms) = sealed(desk, reference)?;
    let (archive, _) = encrypt(&content, password, Cursor::new(Vec::new()))?;
    mark(desk, reference, &terms)?;
    Ok(archive.into_inner())
}

fn long_enough(password: &str) -> Result<()> {
    if password.chars().count() >= 12 {
        return Ok(());
    }
    Err(ServiceError::Invalid("the archive's password is too short: use 12 characters or more".to_owned()))
}

/// Releases the sealed pack for its asker to collect on the site. The request counts as answered today.
///
/// # Errors
/// A refusal of the gate; [`ServiceError::Store`] when nothing is sealed.
pub fn offer(desk: &Desk<'_>, reference: &str) -> Result<jiff::civil::Date> {
    mark(desk, reference, &signed(desk, reference)?)
}

/// The names under the request as it stands. What was changed after sealing has none, and the gate stops the
/// old pack.
fn signed(desk: &Desk<'_>, reference: &str) -> Result<Terms> {
    let file = File::read(desk, Verb::RequestRead, reference, &Terms::default())?;
    let approvals = desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
        tx.approvals_of(request)
    })?;
    Ok(Terms { signatories: signatories(&file, &approvals), ..Terms::default() })
}

/// The content of the sealed pack, and the names under it.
fn sealed(desk: &Desk<'_>, reference: &str) -> Result<(Vec<u8>, Terms)> {
    let terms = signed(desk, reference)?;
    let content = desk.on_request(Verb::RequestRelease, reference, &terms, |tx, request| {
        let pack = tx
            .pack_of(request)?
            .ok_or_else(|| StoreError::Invalid("nothing is sealed yet: seal the pack first".to_owned()))?;
        tx.pack_content(&pack)
    })?;
    Ok((content, terms))
}

/// Notes that the pack has left the house, today.
fn mark(desk: &Desk<'_>, reference: &str, terms: &Terms) -> Result<jiff::civil::Date> {
    let today = desk.today()?;
    desk.on_request(Verb::RequestRelease, reference, terms, |tx, request| {
        tx.release_pack(request)?;
        if request.state != "released" {
            tx.add_event(request, "released", today, &EventText::default())?;
            tx.move_request(request, "released")?;
        }
        Ok(())
    })?;
    Ok(today)
}

fn remove(half: &Path) {
    let _ = if half.is_dir() { fs::remove_dir_all(half) } else { fs::remove_file(half) };
}

fn damaged<E: std::fmt::Display>(e: E) -> ServiceError {
    ServiceError::File { what: "the sealed pack could not be opened".to_owned(), why: e.to_string() }
}

/// Calls `take` with each file's name and content.
fn each(content: &[u8], mut take: impl FnMut(&str, &[u8]) -> Result<()>) -> Result<usize> {
    let mut archive = ZipArchive::new(Cursor::new(content)).map_err(damaged)?;
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).map_err(damaged)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(damaged)?;
        let name = file.name().map_err(damaged)?.into_owned();
        take(&name, &bytes)?;
    }
    Ok(archive.len())
}

fn unpack(content: &[u8], folder: &Path) -> Result<usize> {
    let trouble = || ServiceError::file("the pack could not be written");
    fs::create_dir_all(folder.join("documents")).map_err(trouble())?;
    each(content, |name, bytes| fs::write(folder.join(name), bytes).map_err(trouble()))
}

fn encrypt<W: Write + Seek>(content: &[u8], password: &str, target: W) -> Result<(W, usize)> {
    let mut zip = ZipWriter::new(target);
    let options = SimpleFileOptions::default().with_aes_encryption(AesMode::Aes256, password);
    let files = each(content, |name, bytes| {
        zip.start_file(name, options).map_err(damaged)?;
        zip.write_all(bytes).map_err(ServiceError::file("the pack could not be written"))
    })?;
    Ok((zip.finish().map_err(damaged)?, files))
}
