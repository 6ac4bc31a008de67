//! The register of a live installation: kept in versions, each in force from a moment on.

use counterfoil_domain::access::{Purpose, PurposeSet, Verb};
use counterfoil_domain::ids::{ControllerId, OfficeId};
use counterfoil_store::Store;
use counterfoil_store::access::Actor;
use counterfoil_store::register::NewRegister;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Files, Register, built_in_files, refused};
use crate::error::{Result, ServiceError};

fn zone() -> Result<TimeZone> {
    TimeZone::get("Europe/London")
        .map_err(|_| ServiceError::Invalid("the time zone Europe/London is not known".to_owned()))
}

/// The day of a moment in the United Kingdom.
pub(crate) fn day_of(at: Timestamp) -> Result<Date> {
    Ok(at.to_zoned(zone()?).date())
}

fn start_of(day: Date) -> Result<Timestamp> {
    let zoned = day.to_zoned(zone()?);
    zoned.map(|z| z.timestamp()).map_err(|_| ServiceError::Invalid(format!("`{day}` is beyond the calendar")))
}

/// From when casework is held for which purposes: the first set from the beginning, then each change.
fn purposes(register: &Register) -> Result<Vec<(Timestamp, PurposeSet)>> {
    let mut days: Vec<Date> =
        register.part.activity.iter().flat_map(|e| [e.from, e.until]).flatten().collect();
    days.retain(|d| *d > register.head.from);
    days.sort_unstable();
    days.dedup();
    let mut found = vec![(Timestamp::UNIX_EPOCH, register.casework_purposes(register.head.from))];
    for day in days {
        let held = register.casework_purposes(day);
        if found.last().is_none_or(|(_, before)| *before != held) {
            found.push((start_of(day)?, held));
        }
    }
    Ok(found)
}

fn stored(register: &Register, effective_from: Timestamp) -> Result<NewRegister> {
    let content = serde_json::to_string(register.files())
        .map_err(|e| ServiceError::Invalid(format!("the register cannot be kept: {e}")))?;
    let version = register.head.version.clone();
    Ok(NewRegister { effective_from, version, content, purposes: purposes(register)? })
}

/// Gives an organisation that is being set up its first register: a built-in one.
///
/// # Errors
/// [`ServiceError::Invalid`] for another name, or when it has a register already.
pub fn set_up(store: &Store, controller: ControllerId, name: &str) -> Result<()> {
    let files = built_in_files(name).ok_or_else(|| {
        ServiceError::Invalid(format!("`{name}` is not a built-in register: use advice-network or council"))
    })?;
    let register = Register::from_files(&files, day_of(store.now())?).map_err(|f| refused(&f))?;
    Ok(store.set_up_register(controller, &stored(&register, Timestamp::UNIX_EPOCH)?)?)
}

/// Keeps a changed register, in force from a day on. The notices, the Art 15 information and the gate follow.
///
/// # Errors
/// The faults of the register, or a refusal of the gate.
pub fn save(store: &Store, who: &Actor, office: OfficeId, files: &Files, from: Date) -> Result<()> {
    let register = Register::from_files(files, from.max(day_of(store.now())?)).map_err(|f| refused(&f))?;
    let new = stored(&register, start_of(from)?)?;
    Ok(store.act(who, Verb::RegisterEdit, Purpose::Administration, |tx| tx.save_register(office, &new))?)
}

/// The register that is in force now; `None` for an organisation without one.
///
/// # Errors
/// What the database answers; a register that can no longer be read.
pub fn current(store: &Store, controller: ControllerId) -> Result<Option<Register>> {
    let Some(kept) = store.register(controller, store.now())? else { return Ok(None) };
    let files: Files = serde_json::from_str(&kept.content).map_err(|_| {
        ServiceError::Invalid("the register that is kept cannot be read: save it again".to_owned())
    })?;
    Register::from_files(&files, day_of(store.now())?).map(Some).map_err(|f| refused(&f))
}
