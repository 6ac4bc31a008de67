//! The register as the store keeps it: whole versions, and the purposes that the gate takes from them.

use counterfoil_domain::access::{Purpose, PurposeSet, ResourceKind};
use counterfoil_domain::ids::{ControllerId, OfficeId};
use jiff::Timestamp;

use crate::db::{Conn, Row, Value};
use crate::error::{Result, StoreError};
use crate::permit::Terms;
use crate::store::Store;
use crate::tx::Tx;

/// A version of a register that is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRegister {
    /// From when it is in force.
    pub effective_from: Timestamp,
    /// Its own version, such as `2026.2`.
    pub version: String,
    /// Its files, as the service writes them.
    pub content: String,
    /// From when casework is held for which purposes; the first is from the beginning.
    pub purposes: Vec<(Timestamp, PurposeSet)>,
}

/// A version of a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRegister {
    /// From when it is in force.
    pub effective_from: Timestamp,
    /// Its own version.
    pub version: String,
    /// Its files.
    pub content: String,
}

fn insert(conn: &mut Conn, who: (ControllerId, [u8; 16]), new: &NewRegister, now: Timestamp) -> Result<()> {
    let (controller, id) = who;
    conn.execute(
        "INSERT INTO register_version (controller_id, id, effective_from, version, content, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            controller.into(),
            id.into(),
            new.effective_from.into(),
            (&new.version).into(),
            (&new.content).into(),
            now.into(),
        ],
    )?;
    for (from, purposes) in &new.purposes {
        let words: Vec<&str> = purposes.iter().map(Purpose::as_str).collect();
        conn.execute(
            "INSERT INTO register_purposes (controller_id, register_id, effective_from, purposes) \
             VALUES ($1, $2, $3, $4)",
            &[controller.into(), id.into(), (*from).into(), (&words.join(" ")).into()],
        )?;
    }
    Ok(())
}

impl Store {
    /// Keeps the first register of an organisation that is being set up.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when there is one already; what the database answers.
    pub fn set_up_register(&self, controller: ControllerId, new: &NewRegister) -> Result<()> {
        if self.register(controller, Timestamp::MAX)?.is_some() {
            return Err(StoreError::Invalid("the organisation has a register: change that one".to_owned()));
        }
        let (id, now) = (self.fresh_id(), self.now());
        self.write(|conn| insert(conn, (controller, id), new, now))
    }

    /// The register that is in force at a moment; `None` for an organisation without one.
    ///
    /// # Errors
    /// What the database answers.
    pub fn register(&self, controller: ControllerId, at: Timestamp) -> Result<Option<StoredRegister>> {
        let rows = self.read(|conn| {
            conn.query(
                "register_version",
                "SELECT effective_from, version, content FROM register_version \
                 WHERE controller_id = $1 AND effective_from <= $2 \
                 ORDER BY effective_from DESC, made_at DESC, id DESC LIMIT 1",
                &[controller.into(), at.into()],
            )
        })?;
        rows.first().map(stored).transpose()
    }

    /// Every version of a register, the newest first.
    ///
    /// # Errors
    /// What the database answers.
    pub fn register_versions(&self, controller: ControllerId) -> Result<Vec<StoredRegister>> {
        let rows = self.read(|conn| {
            conn.query(
                "register_version",
                "SELECT effective_from, version, content FROM register_version WHERE controller_id = $1 \
                 ORDER BY effective_from DESC, made_at DESC, id DESC",
                &[controller.into()],
            )
        })?;
        rows.iter().map(stored).collect()
    }
}

fn stored(row: &Row) -> Result<StoredRegister> {
    Ok(StoredRegister {
        effective_from: row.get(0, "effective_from")?,
        version: row.get(1, "version")?,
        content: row.get(2, "content")?,
    })
}

impl Tx<'_> {
    /// Keeps a version of the register; the gate decides and the log says who.
    ///
    /// # Errors
    /// [`StoreError::Refused`].
    pub fn save_register(&mut self, office: OfficeId, new: &NewRegister) -> Result<()> {
        let id = self.fresh_id();
        let terms = Terms { detail: serde_json::json!({ "version": new.version }), ..Terms::default() };
        self.permit_house(ResourceKind::Register, id, office, None, &terms)?;
        let (controller, now) = (self.controller(), self.now);
        self.purposes = None;
        insert(self.conn, (controller, id), new, now)
    }

    /// The purposes for which casework is held now: those of the register's activities that use the casebook.
    ///
    /// An organisation without a register holds it for those that a notice of casework commonly names.
    pub(crate) fn casework_purposes(&mut self) -> Result<PurposeSet> {
        if let Some(known) = self.purposes {
            return Ok(known);
        }
        let purposes = casework_purposes(self.conn, self.controller(), self.now)?;
        self.purposes = Some(purposes);
        Ok(purposes)
    }
}

pub(crate) fn casework_purposes(
    conn: &mut Conn,
    controller: ControllerId,
    now: Timestamp,
) -> Result<PurposeSet> {
    let params: [Value; 2] = [controller.into(), now.into()];
    let rows = conn.query(
        "register_purposes",
        "SELECT p.purposes FROM register_version v \
         JOIN register_purposes p ON p.controller_id = v.controller_id AND p.register_id = v.id \
         WHERE v.controller_id = $1 AND v.effective_from <= $2 AND p.effective_from <= $2 \
         ORDER BY v.effective_from DESC, v.made_at DESC, v.id DESC, p.effective_from DESC LIMIT 1",
        &params,
    )?;
    let Some(row) = rows.first() else { return Ok(WITHOUT_REGISTER) };
    let words: String = row.get(0, "purposes")?;
    words
        .split_whitespace()
        .map(|w| {
            w.parse()
                .map_err(|_| StoreError::Invalid(format!("the register holds `{w}`, which is no purpose")))
        })
        .collect()
}

const WITHOUT_REGISTER: PurposeSet = {
    use Purpose as P;
    PurposeSet::of(&[
        P::ServiceDelivery,
        P::Safeguarding,
        P::ServiceManagement,
        P::Complaint,
        P::Incident,
        P::Quality,
        P::RightsRequest,
        P::Disposal,
        P::Assurance,
    ])
};
