//! Sealing by a passphrase (age, scrypt): key files, copies of the key store, and backups too large to
//! hold in memory.

use std::io::{BufRead, Read, Write};

use age::secrecy::SecretString;

use super::organisation::Hardness;
use crate::error::{Result, StoreError};

fn unwritten(why: &dyn std::fmt::Display) -> StoreError {
    StoreError::File { what: "the sealed copy could not be written", why: why.to_string() }
}

fn wrong() -> StoreError {
    StoreError::Keys("the passphrase is wrong, or the file is not one that it sealed: check both".to_owned())
}

/// Begins a sealed stream; `finish` it, or it will not open again.
///
/// # Errors
/// [`StoreError::File`] when the head cannot be written.
pub fn seal<W: Write>(out: W, passphrase: &str, hardness: Hardness) -> Result<age::stream::StreamWriter<W>> {
    let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase.to_owned()));
    if hardness == Hardness::Test {
        recipient.set_work_factor(2);
    }
    age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))
        .map_err(|e| unwritten(&e))?
        .wrap_output(out)
        .map_err(|e| unwritten(&e))
}

/// Opens a sealed stream.
///
/// # Errors
/// [`StoreError::Keys`] when the passphrase is wrong or the stream is not a sealed one.
pub fn open<R: BufRead>(from: R, passphrase: &str) -> Result<impl Read + use<R>> {
    let identity = age::scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
    age::Decryptor::new_buffered(from)
        .map_err(|_| wrong())?
        .decrypt(std::iter::once(&identity as &dyn age::Identity))
        .map_err(|_| wrong())
}

/// Seals bytes.
///
/// # Errors
/// [`StoreError::File`] when sealing fails.
pub fn seal_bytes(plain: &[u8], passphrase: &str, hardness: Hardness) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(plain.len() + 512);
    let mut writer = seal(&mut out, passphrase, hardness)?;
    writer.write_all(plain).and_then(|()| writer.finish().map(|_| ())).map_err(|e| unwritten(&e))?;
    Ok(out)
}

/// Opens what [`seal_bytes`] sealed.
///
/// # Errors
/// [`StoreError::Keys`] when the passphrase is wrong or the bytes were altered.
pub fn open_bytes(sealed: &[u8], passphrase: &str) -> Result<Vec<u8>> {
    let mut plain = Vec::new();
    open(sealed, passphrase)?.read_to_end(&mut plain).map_err(|_| wrong())?;
    Ok(plain)
}
