//! Forms that were saved to be finished later. The key is derived from the link's secret and kept nowhere:
//! without the link nobody can open one, the organisation included.

use hkdf::Hkdf;
use jiff::Timestamp;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::{Result, StoreError};
use crate::seal::aead::{self, Key, KeyId, Place};
use crate::tx::Tx;

/// The most that one draft may hold, in bytes.
pub const LARGEST: usize = 200_000;

/// From the link's secret: the row's name, and the key.
fn derive(secret: &str) -> Result<([u8; 16], Key)> {
    let hkdf = Hkdf::<Sha256>::new(None, secret.as_bytes());
    let (mut id, mut key) = ([0; 16], Zeroizing::new([0; 32]));
    let trouble = |_| StoreError::Invalid("the link's secret cannot be used".to_owned());
    hkdf.expand(b"counterfoil/ask-draft/id/v1", &mut id).map_err(trouble)?;
    hkdf.expand(b"counterfoil/ask-draft/key/v1", key.as_mut_slice()).map_err(trouble)?;
    Ok((id, Key::from_bytes(*key)))
}

const fn place(id: &[u8; 16]) -> Place<'_> {
    Place { table: "ask_draft", column: "sealed", row: id }
}

impl Tx<'_> {
    /// Keeps a form under its link, in place of what the link led to before; those that have run out go.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for one that is too large; what the database answers.
    pub fn keep_draft(&mut self, secret: &str, content: &[u8], expires_at: Timestamp) -> Result<()> {
        if content.len() > LARGEST {
            return Err(StoreError::Invalid("the form is too long to be saved".to_owned()));
        }
        let (id, key) = derive(secret)?;
        let sealed = aead::seal(&key, KeyId(id), place(&id), content, &self.store.entropy)?;
        self.execute(
            "DELETE FROM ask_draft WHERE controller_id = $1 AND (id = $2 OR expires_at <= $3)",
            &[self.controller().into(), id.into(), self.now.into()],
        )?;
        self.execute(
            "INSERT INTO ask_draft (controller_id, id, sealed, made_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
            &[self.controller().into(), id.into(), sealed.into(), self.now.into(), expires_at.into()],
        )
        .map(|_| ())
    }

    /// What a link leads to, and until when.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was sent, removed, has run out or never was.
    pub fn draft(&mut self, secret: &str) -> Result<(Vec<u8>, Timestamp)> {
        let (id, key) = derive(secret)?;
        let rows = self.query(
            "ask_draft",
            "SELECT sealed, expires_at FROM ask_draft WHERE controller_id = $1 AND id = $2 AND expires_at > $3",
            &[self.controller().into(), id.into(), self.now.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("saved form"))?;
        let content = aead::open(&key, place(&id), &row.get::<Vec<u8>>(0, "sealed")?)?;
        Ok((content, row.get(1, "expires_at")?))
    }

    /// Removes what a link leads to; one that is gone is no error.
    ///
    /// # Errors
    /// What the database answers.
    pub fn drop_draft(&mut self, secret: &str) -> Result<()> {
        let (id, _) = derive(secret)?;
        self.execute(
            "DELETE FROM ask_draft WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), id.into()],
        )
        .map(|_| ())
    }
}
