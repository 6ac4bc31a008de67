//! Versions: what a record said before each change, sealed under the same key, erased with the person.

use counterfoil_domain::access::{ResourceKind, Verb};
use counterfoil_domain::ids::{PersonId, StaffId, VersionId};
use jiff::Timestamp;
use serde_json::Value as Json;

use crate::error::{Result, StoreError};
use crate::permit::Permit;
use crate::seal::aead::Place;
use crate::tx::Tx;

/// A record as it was before a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Earlier {
    /// `person`, `case` or `note`.
    pub kind: String,
    /// Which record.
    pub object: [u8; 16],
    /// Its version then, from 1.
    pub version: i64,
    /// What it said.
    pub content: Json,
    /// Who changed it.
    pub replaced_by: StaffId,
    /// When it was changed.
    pub replaced_at: Timestamp,
}

const fn place(id: &VersionId) -> Place<'_> {
    Place { table: "record_version", column: "sealed", row: id.as_bytes() }
}

/// The record whose present content becomes an earlier version.
pub(crate) struct Replaced<'a> {
    pub(crate) kind: &'static str,
    pub(crate) place: Place<'a>,
    pub(crate) version: i64,
    pub(crate) sealed: &'a [u8],
}

impl Tx<'_> {
    /// Keeps what a record says before it is changed.
    pub(crate) fn keep_version(&mut self, permit: &Permit, replaced: &Replaced<'_>) -> Result<()> {
        let id = VersionId::from_bytes(self.fresh_id());
        let content: Json = self.open(replaced.place, replaced.sealed)?;
        let sealed = self.seal(permit.key(), place(&id), &content)?;
        let by = self.who.staff().map_or([0; 16], |s| *s.staff.as_bytes());
        // Two who change one version at once: the second is tried again, and finds that the record has moved on.
        let kept = self.execute(
            "INSERT INTO record_version (controller_id, id, person_id, kind, object_id, version, sealed, \
             replaced_by, replaced_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            &[
                self.controller().into(),
                id.into(),
                permit.person().into(),
                replaced.kind.into(),
                replaced.place.row.to_vec().into(),
                replaced.version.into(),
                sealed.into(),
                by.into(),
                self.now.into(),
            ],
        )?;
        if kept == 1 { Ok(()) } else { Err(StoreError::Conflict) }
    }

    /// The earlier versions of a person's records, oldest first: of the person alone with a permit for the
    /// person, of the notes with one for notes, of the cases with one for cases.
    ///
    /// # Errors
    /// A permit for something else, or altered content.
    pub fn earlier_versions(&mut self, permit: &Permit) -> Result<Vec<Earlier>> {
        let kind = match permit.kind() {
            ResourceKind::Note => "note",
            ResourceKind::Case => "case",
            _ => "person",
        };
        permit.covers(permit.kind(), &[Verb::RecordRead, Verb::RecordExport])?;
        let rows = self.query(
            "record_version",
            "SELECT id, object_id, version, sealed, replaced_by, replaced_at FROM record_version \
             WHERE controller_id = $1 AND person_id = $2 AND kind = $3 ORDER BY replaced_at, version",
            &[self.controller().into(), permit.person().into(), kind.into()],
        )?;
        rows.iter()
            .map(|r| {
                let id: VersionId = r.get(0, "id")?;
                Ok(Earlier {
                    kind: kind.to_owned(),
                    object: r.get(1, "object_id")?,
                    version: r.get(2, "version")?,
                    content: self.open(place(&id), &r.get::<Vec<u8>>(3, "sealed")?)?,
                    replaced_by: r.get(4, "replaced_by")?,
                    replaced_at: r.get(5, "replaced_at")?,
                })
            })
            .collect()
    }

    /// How many earlier versions a person's records have; opens nothing.
    pub(crate) fn version_count(&mut self, person: PersonId) -> Result<i64> {
        let rows = self.query(
            "record_version",
            "SELECT COUNT(*) FROM record_version WHERE controller_id = $1 AND person_id = $2",
            &[self.controller().into(), person.into()],
        )?;
        rows.first().map_or(Ok(0), |r| r.get(0, "count"))
    }
}
