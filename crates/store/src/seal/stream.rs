//! Sealed streams: backups too large to hold in memory (age, scrypt).

use std::io::{BufRead, Read, Write};

use age::secrecy::SecretString;

use super::organisation::Hardness;
use crate::error::{Result, StoreError};

/// Begins a sealed stream; `finish` it, or it will not open again.
///
/// # Errors
/// [`StoreError::File`] when the head cannot be written.
pub fn seal<W: Write>(out: W, passphrase: &str, hardness: Hardness) -> Result<age::stream::StreamWriter<W>> {
    let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase.to_owned()));
    if hardness == Hardness::Test {
        recipient.set_work_factor(2);
    }
    let fault = |why: String| StoreError::File { what: "the sealed stream could not be begun", why };
    age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))
        .map_err(|e| fault(e.to_string()))?
        .wrap_output(out)
        .map_err(|e| fault(e.to_string()))
}

/// Opens a sealed stream.
///
/// # Errors
/// [`StoreError::Keys`] when the passphrase is wrong or the stream is not a sealed one.
pub fn open<R: BufRead>(from: R, passphrase: &str) -> Result<impl Read + use<R>> {
    let wrong = || {
        StoreError::Keys(
            "the passphrase is wrong, or the file is not one that it sealed: check both".to_owned(),
        )
    };
    let identity = age::scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
    age::Decryptor::new_buffered(from)
        .map_err(|_| wrong())?
        .decrypt(std::iter::once(&identity as &dyn age::Identity))
        .map_err(|_| wrong())
}
