//! Who runs a command, on which installation.

use std::path::PathBuf;

use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::ControllerId;
use counterfoil_service::calendar;
use counterfoil_service::rights::Desk;
use counterfoil_service::store::{Actor, Store};

use crate::config::Config;
use crate::out::CommandError;

/// What every command on an installation takes.
#[derive(Debug, Clone, clap::Args)]
pub struct Where {
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Where, and as whom.
#[derive(Debug, Clone, clap::Args)]
pub struct AsWhom {
    /// Whose act it is: a sign-in name. The audit log records it as done at the command line
    #[arg(long = "as", value_name = "SIGN-IN", env = "COUNTERFOIL_AS")]
    pub staff: String,
    #[command(flatten)]
    pub place: Where,
}

/// An open installation, and who acts on it.
pub struct Opened {
    /// The store.
    pub store: Store,
    /// Who acts.
    pub who: Actor,
    /// The bank holidays.
    pub calendar: Calendar,
    /// The open points of the law.
    pub law: ClockConfig,
}

impl Where {
    /// Opens the installation.
    ///
    /// # Errors
    /// As [`Config::load`] and [`Config::open`].
    pub fn open(&self) -> Result<Store, CommandError> {
        Config::load(self.config.as_deref())?.open()
    }
}

impl AsWhom {
    /// Opens the installation for this member of staff.
    ///
    /// Whoever holds the key file's passphrase is trusted as with a second factor; the gate still asks
    /// for the account's roles, office and training.
    ///
    /// # Errors
    /// As [`Where::open`]; an unknown sign-in name.
    pub fn open(&self) -> Result<Opened, CommandError> {
        let store = self.place.open()?;
        let (controller, staff) = find(&store, &self.staff)?;
        let who = Actor::Staff(store.actor(controller, staff, true).map_err(CommandError::from)?);
        Ok(Opened { store, who, calendar: calendar::load(None)?, law: ClockConfig::default() })
    }
}

fn find(
    store: &Store,
    sign_in: &str,
) -> Result<(ControllerId, counterfoil_domain::ids::StaffId), CommandError> {
    for controller in store.controllers()? {
        if let Some(facts) = store.sign_in_facts(controller.id, sign_in)? {
            return Ok((controller.id, facts.staff));
        }
    }
    Err(CommandError::refused(
        "no-such-account",
        format!("`{sign_in}` is not a sign-in name here: list them with `counterfoil staff list`"),
    ))
}

impl Opened {
    /// The desk of the use-cases.
    pub const fn desk(&self) -> Desk<'_> {
        Desk { store: &self.store, who: &self.who, calendar: &self.calendar, law: &self.law }
    }
}

impl From<counterfoil_service::ServiceError> for CommandError {
    fn from(error: counterfoil_service::ServiceError) -> Self {
        let status = if error.is_refusal() { 2 } else { 1 };
        Self { code: error.code(), message: error.to_string(), status }
    }
}

impl From<counterfoil_service::store::StoreError> for CommandError {
    fn from(error: counterfoil_service::store::StoreError) -> Self {
        counterfoil_service::ServiceError::from(error).into()
    }
}
