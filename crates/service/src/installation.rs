//! Setting up and opening an installation.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use counterfoil_domain::access::RoleSet;
use counterfoil_domain::ids::{ControllerId, OfficeId, StaffId};
use counterfoil_store::access::{Gate, Limits};
use counterfoil_store::accounts::{NewAccount, StaffText};
use counterfoil_store::network::{NewController, Office};
use counterfoil_store::seal::entropy::Entropy;
use counterfoil_store::seal::organisation::{Hardness, OrganisationKeys};
use counterfoil_store::{Clock, Migrated, Place, Store, StoreError, Surroundings};
use jiff::{Timestamp, ToSpan};

use crate::error::{Result, ServiceError};
use crate::organisation::Organisation;

/// Where an installation is.
#[derive(Debug, Clone)]
pub struct Site {
    /// Where the data is.
    pub place: Place,
    /// The file with the organisation's keys, sealed by a passphrase.
    pub key_file: PathBuf,
    /// A folder with the organisation's own policies, if it has any.
    pub policies: Option<PathBuf>,
}

/// A new installation's organisation.
#[derive(Debug, Clone)]
pub struct NewOrganisation {
    /// Its settings as TOML; see [`Organisation`].
    pub settings: String,
    /// The names of its offices; at least one.
    pub offices: Vec<String>,
    /// Until when the offices' adherence to the organisation's terms counts; a year when not said.
    pub adherent_until: Option<Timestamp>,
}

/// A member of staff who is to be given an account.
#[derive(Debug, Clone)]
pub struct NewStaff {
    /// Their office's name.
    pub office: String,
    /// The name that colleagues see.
    pub name: String,
    /// What they sign in with.
    pub sign_in: String,
    /// What they are trusted to do.
    pub roles: RoleSet,
    /// The hash of their password.
    pub password_hash: Option<String>,
    /// The secret of their one-time codes.
    pub totp_secret: Option<Vec<u8>>,
    /// Until when their training counts.
    pub training_until: Option<Timestamp>,
}

/// Makes the key file of a new installation.
///
/// # Errors
/// [`ServiceError::Invalid`] when there is one already or the passphrase is short; a full disk.
pub fn make_keys(key_file: &Path, passphrase: &str, hardness: Hardness) -> Result<()> {
    if key_file.exists() {
        return Err(ServiceError::Invalid(format!(
            "`{}` exists already: a new key would lock what the old one sealed",
            key_file.display()
        )));
    }
    if hardness == Hardness::Full && passphrase.chars().count() < 16 {
        return Err(ServiceError::Invalid(
            "the passphrase is too short: it protects everything, so use 16 characters or more".to_owned(),
        ));
    }
    let sealed = OrganisationKeys::random(&Entropy::system()).to_file(passphrase, hardness)?;
    write_whole(key_file, &sealed)
}

fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    use std::io::Write as _;
    let half = path.with_extension("part");
    let trouble = || ServiceError::file("the key file could not be written");
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(trouble())?;
    }
    std::fs::File::create(&half)
        .and_then(|mut f| f.write_all(content).and_then(|()| f.sync_all()))
        .and_then(|()| std::fs::rename(&half, path))
        .map_err(trouble())
}

/// Opens an installation.
///
/// # Errors
/// A wrong passphrase, a missing key file, an invalid policy, a newer schema, or a database that cannot
/// be reached: each says what to do.
pub fn open(site: &Site, passphrase: &str, clock: Clock) -> Result<(Store, Migrated)> {
    let file = std::fs::read(&site.key_file).map_err(ServiceError::file(format!(
        "the key file `{}` could not be read: run `counterfoil set-up` first, or name the file that you have",
        site.key_file.display()
    )))?;
    let keys = OrganisationKeys::from_file(&file, passphrase)?;
    let gate = Gate::load(site.policies.as_deref(), Limits::default())
        .map_err(|e| ServiceError::Store(StoreError::Policy(e.to_string())))?;
    let surroundings = Surroundings { keys, gate, clock, entropy: Entropy::system() };
    Ok(Store::open(&site.place, surroundings)?)
}

/// Rotates the organisation's wrapping key: a new version in the key file, every data key wrapped anew,
/// the old version forgotten. A crash at any point leaves a key file that opens everything.
///
/// # Errors
/// A wrong passphrase, a full disk, or what the key store answers.
pub fn rotate_keys(site: &Site, store: &Store, passphrase: &str, hardness: Hardness) -> Result<usize> {
    let file = std::fs::read(&site.key_file).map_err(ServiceError::file("the key file could not be read"))?;
    let both = OrganisationKeys::from_file(&file, passphrase)?.rotated(&Entropy::system());
    write_whole(&site.key_file, &both.to_file(passphrase, hardness)?)?;
    let wrapped = store.rewrap_keys(both.clone())?;
    write_whole(&site.key_file, &both.without_old().to_file(passphrase, hardness)?)?;
    Ok(wrapped)
}

/// Sets up an organisation with its offices.
///
/// # Errors
/// [`ServiceError::Invalid`] when the settings cannot be used or no office is named.
pub fn set_up(store: &Store, new: &NewOrganisation) -> Result<ControllerId> {
    let organisation = Organisation::from_toml(&new.settings)?;
    if new.offices.is_empty() {
        return Err(ServiceError::Invalid("name at least one office".to_owned()));
    }
    let controller = store.set_up_controller(&NewController {
        name: organisation.name.clone(),
        kind: organisation.kind.clone(),
        division: organisation.division.clone(),
        settings: new.settings.clone(),
    })?;
    let in_a_year =
        store.now().checked_add(8760.hours()).map_err(|e| ServiceError::Invalid(e.to_string()))?;
    let adherent_until = new.adherent_until.unwrap_or(in_a_year);
    for name in &new.offices {
        store.set_up_office(
            controller,
            &Office {
                id: OfficeId::from_bytes(store.fresh_id()),
                name: name.clone(),
                division: organisation.division.clone(),
                language: "en".to_owned(),
                adherent_until,
            },
        )?;
    }
    if let Some(name) = &organisation.register {
        crate::register::keep::set_up(store, controller, name)?;
    }
    Ok(controller)
}

/// Gives a member of staff an account.
///
/// # Errors
/// [`ServiceError::Invalid`] for an unknown office, no role, or a sign-in name that is taken.
pub fn add_staff(store: &Store, controller: ControllerId, new: &NewStaff) -> Result<StaffId> {
    if new.roles.is_empty() {
        return Err(ServiceError::Invalid("give at least one role".to_owned()));
    }
    let office = office_named(store, controller, &new.office)?;
    let account = NewAccount {
        office,
        roles: new.roles,
        text: StaffText { name: new.name.clone(), sign_in: new.sign_in.clone(), ..StaffText::default() },
        password_hash: new.password_hash.clone(),
        totp_secret: new.totp_secret.clone(),
        training_until: new.training_until,
    };
    Ok(store.set_up_account(controller, &account)?)
}

/// The office with this name.
///
/// # Errors
/// [`ServiceError::Invalid`] naming the offices that there are.
pub fn office_named(store: &Store, controller: ControllerId, name: &str) -> Result<OfficeId> {
    let offices = store.offices(controller)?;
    offices.iter().find(|o| o.name.eq_ignore_ascii_case(name)).map(|o| o.id).ok_or_else(|| {
        let known: Vec<&str> = offices.iter().map(|o| o.name.as_str()).collect();
        ServiceError::Invalid(format!("`{name}` is not an office: use one of {}", known.join(", ")))
    })
}

/// The system's own clock as the store takes it.
#[must_use]
pub fn clock(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Clock {
    Arc::new(now)
}
