//! Approvals and the sealed pack.

use counterfoil_domain::ids::StaffId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::requests::Request;
use crate::casebook::documents::content_place;
use crate::error::{Result, StoreError};
use crate::files::Address;
use crate::seal::aead::Place;
use crate::tx::{After, Tx};

/// One person's approval of exactly what the fingerprint stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Who.
    pub staff: StaffId,
    /// SHA-256 over items, decisions and answers as they were.
    pub fingerprint: [u8; 32],
    /// When.
    pub at: Timestamp,
}

/// The sealed part of a pack's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PackText {
    /// How many items were found.
    pub found: i64,
    /// How many are released, whole or in part.
    pub released: i64,
    /// How many are withheld whole.
    pub withheld: i64,
    /// Pages released.
    pub pages: i64,
    /// The file name of the pack.
    pub name: String,
}

/// How many systems of the register there were at sealing, and how many of them had not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SystemsAsked {
    /// Systems of the register.
    pub systems: i64,
    /// Of these, those without an answer and without a reason to leave them out.
    pub unasked: i64,
}

/// A sealed pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// Where its content is kept.
    pub address: Address,
    /// SHA-256 of its manifest.
    pub manifest_hash: [u8; 32],
    /// Its counts.
    pub text: PackText,
    /// Who sealed it.
    pub sealed_by: StaffId,
    /// When.
    pub sealed_at: Timestamp,
    /// When it was released.
    pub released_at: Option<Timestamp>,
}

const fn place(request: &Request) -> Place<'_> {
    Place { table: "request_pack", column: "sealed", row: request.id.as_bytes() }
}

impl Tx<'_> {
    /// Keeps the actor's approval.
    ///
    /// # Errors
    /// What the database answers.
    pub fn keep_approval(&mut self, request: &Request, fingerprint: [u8; 32]) -> Result<()> {
        let staff = self.who.staff().ok_or(StoreError::NotFound("staff account"))?.staff;
        self.execute(
            "INSERT INTO request_approval (controller_id, request_id, staff_id, fingerprint, approved_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (controller_id, request_id, staff_id) DO UPDATE \
             SET fingerprint = EXCLUDED.fingerprint, approved_at = EXCLUDED.approved_at, voided_at = NULL",
            &[self.controller().into(), request.id.into(), staff.into(), fingerprint.into(), self.now.into()],
        )
        .map(|_| ())
    }

    /// The approvals of a request.
    ///
    /// # Errors
    /// What the database answers.
    pub fn approvals_of(&mut self, request: &Request) -> Result<Vec<Approval>> {
        let rows = self.query(
            "request_approval",
            "SELECT staff_id, fingerprint, approved_at FROM request_approval \
             WHERE controller_id = $1 AND request_id = $2 AND voided_at IS NULL ORDER BY approved_at, staff_id",
            &[self.controller().into(), request.id.into()],
        )?;
        rows.iter()
            .map(|r| {
                Ok(Approval {
                    staff: r.get(0, "staff_id")?,
                    fingerprint: r.get(1, "fingerprint")?,
                    at: r.get(2, "approved_at")?,
                })
            })
            .collect()
    }

    /// Keeps a pack, sealed under the request's key; one that was never released may be replaced.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when a pack was released already; a full disk.
    pub fn keep_pack(
        &mut self,
        request: &Request,
        content: &[u8],
        manifest_hash: [u8; 32],
        text: &PackText,
        asked: SystemsAsked,
    ) -> Result<()> {
        let staff = self.who.staff().ok_or(StoreError::NotFound("staff account"))?.staff;
        if let Some(before) = self.pack_of(request)? {
            if before.released_at.is_some() {
                return Err(StoreError::Invalid(
                    "a pack of this request was released already: it cannot be replaced".to_owned(),
                ));
            }
            self.follow_with(After::RemoveFile(before.address));
        }
        let address = self.store.blind.content_address(request.id.as_bytes(), content);
        let sealed_content = self.seal_bytes(request.key, content_place(&address), content)?;
        self.store.files.keep(&address, &sealed_content)?;
        let sealed = self.seal(request.key, place(request), text)?;
        self.execute(
            "INSERT INTO request_pack (controller_id, request_id, address, manifest_hash, sealed, sealed_by, sealed_at, \
             systems, systems_unasked) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (controller_id, request_id) DO UPDATE \
             SET address = EXCLUDED.address, manifest_hash = EXCLUDED.manifest_hash, sealed = EXCLUDED.sealed, \
             sealed_by = EXCLUDED.sealed_by, sealed_at = EXCLUDED.sealed_at, systems = EXCLUDED.systems, \
             systems_unasked = EXCLUDED.systems_unasked",
            &[
                self.controller().into(),
                request.id.into(),
                address.into(),
                manifest_hash.into(),
                sealed.into(),
                staff.into(),
                self.now.into(),
                asked.systems.into(),
                asked.unasked.into(),
            ],
        )
        .map(|_| ())
    }

    /// Notes which controllers the letter of the kept pack names, by the register's ids.
    ///
    /// # Errors
    /// What the database answers.
    pub fn name_on_pack(&mut self, request: &Request, answerable: &[String]) -> Result<()> {
        self.execute(
            "UPDATE request_pack SET answerable = $3 WHERE controller_id = $1 AND request_id = $2",
            &[self.controller().into(), request.id.into(), answerable.join(" ").into()],
        )
        .map(|_| ())
    }

    /// The pack of a request.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn pack_of(&mut self, request: &Request) -> Result<Option<Pack>> {
        let rows = self.query(
            "request_pack",
            "SELECT address, manifest_hash, sealed, sealed_by, sealed_at, released_at FROM request_pack \
             WHERE controller_id = $1 AND request_id = $2",
            &[self.controller().into(), request.id.into()],
        )?;
        rows.first()
            .map(|r| {
                Ok(Pack {
                    address: r.get(0, "address")?,
                    manifest_hash: r.get(1, "manifest_hash")?,
                    text: self.open(place(request), &r.get::<Vec<u8>>(2, "sealed")?)?,
                    sealed_by: r.get(3, "sealed_by")?,
                    sealed_at: r.get(4, "sealed_at")?,
                    released_at: r.get(5, "released_at")?,
                })
            })
            .transpose()
    }

    /// A pack's content.
    ///
    /// # Errors
    /// A missing file, or altered content.
    pub fn pack_content(&mut self, pack: &Pack) -> Result<Vec<u8>> {
        let sealed = self.store.files.read(&pack.address)?;
        self.open_bytes(content_place(&pack.address), &sealed)
    }

    /// Notes that the pack has left the house.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when nothing was sealed.
    pub fn release_pack(&mut self, request: &Request) -> Result<()> {
        let released = self.execute(
            "UPDATE request_pack SET released_at = COALESCE(released_at, $3) \
             WHERE controller_id = $1 AND request_id = $2",
            &[self.controller().into(), request.id.into(), self.now.into()],
        )?;
        if released == 1 { Ok(()) } else { Err(StoreError::NotFound("sealed pack")) }
    }
}
