//! One organisation's site, wired to its store.

use std::path::Path;
use std::sync::Arc;

use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_service::intake::channels::Channels;
use counterfoil_service::log::witness_file::FileWitness;
use counterfoil_service::sign_in::{SignIn, StoreAccounts};
use counterfoil_service::store::{Controller, Store};
use counterfoil_web::theme::Theme;
use counterfoil_web::use_cases::Live;
use counterfoil_web::{Means, Settings, Site};

use crate::config::SiteConfig;
use crate::out::CommandError;

/// Builds the site of one organisation.
///
/// # Errors
/// A theme, an address or a witness that cannot be used: each is named.
pub fn build(
    store: &Store,
    organisation: &Controller,
    config: &SiteConfig,
    calendar: Calendar,
    channels: &Channels,
) -> Result<Site, CommandError> {
    let controller = organisation.id;
    let clock = store.clone();
    let live = Live {
        store: store.clone(),
        controller,
        calendar,
        law: ClockConfig::default(),
        channels: channels.clone(),
    };
    let means = Means {
        now: Arc::new(move || clock.now()),
        random: Arc::new(fill),
        sign_in: SignIn::new(Arc::new(StoreAccounts { store: store.clone(), controller })),
        use_cases: Arc::new(live.clone()),
        calendar: live.calendar.clone(),
        division: organisation.division.clone(),
        live: Some(live),
        witness: config.witness.as_deref().map(witness).transpose()?,
    };
    let settings = Settings {
        public_address: config.address.clone(),
        trusted_proxies: config.trusted_proxies.clone(),
        public_ledger: config.public_ledger,
        ..Settings::default()
    };
    let theme = theme(organisation, config.theme.as_deref())?;
    Site::new(theme, settings, means).map_err(|e| CommandError::refused("site", e.to_string()))
}

fn theme(organisation: &Controller, file: Option<&Path>) -> Result<Theme, CommandError> {
    let text = match file {
        Some(path) => std::fs::read_to_string(path).map_err(|e| {
            CommandError::refused("theme", format!("the theme `{}` cannot be read: {e}", path.display()))
        })?,
        None if organisation.kind == "council" => {
            include_str!("../../../../organisations/council/theme.toml").to_owned()
        }
        None => include_str!("../../../../organisations/advice-network/theme.toml").to_owned(),
    };
    Theme::parse(&text).map_err(|e| CommandError::refused("theme", e.to_string()))
}

fn witness(folder: &Path) -> Result<Arc<FileWitness>, CommandError> {
    FileWitness::open(folder).map(Arc::new).map_err(|e| {
        let how = "make one with `counterfoil audit witness --init`";
        CommandError::refused("witness", format!("the witness in `{}`: {e}; {how}", folder.display()))
    })
}

/// Fills with the system's randomness. Without randomness no token is safe, so the site stops.
#[expect(clippy::panic, reason = "the connection fails; no session can be given without randomness")]
fn fill(bytes: &mut [u8]) {
    if crate::chance::fill(bytes).is_err() {
        panic!("the system gives no randomness");
    }
}
