//! Controllers and offices.

pub mod administer;

use counterfoil_domain::ids::{ControllerId, OfficeId};
use jiff::Timestamp;

use crate::error::{Result, StoreError};
use crate::store::Store;

/// A controller that is to be set up.
#[derive(Debug, Clone)]
pub struct NewController {
    /// The organisation's name.
    pub name: String,
    /// `advice-charity` or `council`.
    pub kind: String,
    /// `england-and-wales`, `scotland` or `northern-ireland`.
    pub division: String,
    /// Further settings as TOML.
    pub settings: String,
}

/// A controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Controller {
    /// Which.
    pub id: ControllerId,
    /// The organisation's name.
    pub name: String,
    /// `advice-charity` or `council`.
    pub kind: String,
    /// Its division of the United Kingdom.
    pub division: String,
    /// Further settings as TOML.
    pub settings: String,
}

/// An office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Which.
    pub id: OfficeId,
    /// Its name.
    pub name: String,
    /// Its division, whose bank holidays count for it.
    pub division: String,
    /// The language that it works in first.
    pub language: String,
    /// Until when its adherence to the network's terms is current.
    pub adherent_until: Timestamp,
}

impl Store {
    /// Sets up a controller with its own data key and an empty audit log.
    ///
    /// # Errors
    /// What the database answers.
    pub fn set_up_controller(&self, new: &NewController) -> Result<ControllerId> {
        let id = ControllerId::from_bytes(self.fresh_id());
        let now = self.now();
        let key = self.inner.keys.fresh(now)?;
        self.write(|conn| {
            conn.execute(
                "INSERT INTO controller (controller_id, name, kind, division, key_id, settings, made_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                &[
                    id.into(),
                    (&new.name).into(),
                    (&new.kind).into(),
                    (&new.division).into(),
                    key.0.into(),
                    (&new.settings).into(),
                    now.into(),
                ],
            )?;
            conn.execute("INSERT INTO audit_head (controller_id, size) VALUES ($1, 0)", &[id.into()])?;
            Ok(())
        })?;
        Ok(id)
    }

    /// Sets up an office.
    ///
    /// # Errors
    /// What the database answers.
    pub fn set_up_office(&self, controller: ControllerId, office: &Office) -> Result<()> {
        let now = self.now();
        self.write(|conn| {
            conn.execute(
                "INSERT INTO office (controller_id, id, name, division, language, adherent_until, made_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                &[
                    controller.into(),
                    office.id.into(),
                    (&office.name).into(),
                    (&office.division).into(),
                    (&office.language).into(),
                    office.adherent_until.into(),
                    now.into(),
                ],
            )
            .map(|_| ())
        })
    }

    /// The controllers of this installation.
    ///
    /// # Errors
    /// What the database answers.
    pub fn controllers(&self) -> Result<Vec<Controller>> {
        let rows = self.read(|conn| {
            conn.query(
                "controller",
                "SELECT controller_id, name, kind, division, settings FROM controller ORDER BY made_at, controller_id",
                &[],
            )
        })?;
        rows.iter()
            .map(|r| {
                Ok(Controller {
                    id: r.get(0, "controller_id")?,
                    name: r.get(1, "name")?,
                    kind: r.get(2, "kind")?,
                    division: r.get(3, "division")?,
                    settings: r.get(4, "settings")?,
                })
            })
            .collect()
    }

    /// The offices of a controller.
    ///
    /// # Errors
    /// What the database answers.
    pub fn offices(&self, controller: ControllerId) -> Result<Vec<Office>> {
        let rows = self.read(|conn| {
            conn.query(
                "office",
                "SELECT id, name, division, language, adherent_until FROM office WHERE controller_id = $1 ORDER BY name",
                &[controller.into()],
            )
        })?;
        rows.iter()
            .map(|r| {
                Ok(Office {
                    id: r.get(0, "id")?,
                    name: r.get(1, "name")?,
                    division: r.get(2, "division")?,
                    language: r.get(3, "language")?,
                    adherent_until: r.get(4, "adherent_until")?,
                })
            })
            .collect()
    }

    /// One controller.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn controller(&self, id: ControllerId) -> Result<Controller> {
        self.controllers()?.into_iter().find(|c| c.id == id).ok_or(StoreError::NotFound("organisation"))
    }
}
