//! `counterfoil set-up`: the keys, the database and the organisation of a new installation.

use std::path::PathBuf;

use counterfoil_service::installation::{self, NewOrganisation};
use counterfoil_service::organisation::Organisation;
use counterfoil_service::store::Hardness;

use crate::config::{self, Config};
use crate::desk::Where;
use crate::out::{self, CommandError, CommandResult};

/// Set up a new installation: its keys, its database and its organisation.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A built-in organisation to begin from: advice-network or council
    #[arg(long, value_name = "NAME", conflicts_with = "settings")]
    organisation: Option<String>,
    /// A file with the organisation's settings (see organisations/council/organisation.toml)
    #[arg(long, value_name = "FILE", required_unless_present = "organisation")]
    settings: Option<PathBuf>,
    /// An office; give one or more
    #[arg(long = "office", value_name = "NAME", required = true)]
    offices: Vec<String>,
    #[command(flatten)]
    place: Where,
}

/// Runs `counterfoil set-up`.
pub fn run(args: &Args) -> CommandResult {
    let config = Config::load(args.place.config.as_deref())?;
    let settings = match (&args.organisation, &args.settings) {
        (Some(name), _) => Organisation::template(name)?.0.to_owned(),
        (None, Some(path)) => std::fs::read_to_string(path).map_err(|e| {
            CommandError::refused("settings", format!("`{}` cannot be read: {e}", path.display()))
        })?,
        (None, None) => return Err(CommandError::refused("settings", "name an organisation")),
    };
    // What can be refused is refused before anything is made.
    let name = Organisation::from_toml(&settings)?.name;
    let passphrase = config::passphrase()?;
    if !config.keys.file.exists() {
        installation::make_keys(&config.keys.file, &passphrase, hardness())?;
    }
    let store = config.open()?;
    let controller = installation::set_up(
        &store,
        &NewOrganisation { settings, offices: args.offices.clone(), adherent_until: None },
    )?;
    if args.place.json {
        return out::json(&serde_json::json!({
            "organisation": name, "controller": controller.to_string(), "offices": args.offices,
            "log_key": store.log_verifier(controller)?.to_string(),
        }));
    }
    out::line(&format!("{name} is set up with {} office(s).", args.offices.len()));
    out::line(&format!(
        "The key file is `{}`: keep a copy of it apart from the backups.",
        config.keys.file.display()
    ));
    out::line(&format!(
        "The audit log's key, for whoever is to verify it: {}",
        store.log_verifier(controller)?
    ));
    Ok(())
}

/// Tests need no second of work for a passphrase that is known.
pub fn hardness() -> Hardness {
    if std::env::var_os("COUNTERFOIL_TEST_HARDNESS").is_some() { Hardness::Test } else { Hardness::Full }
}
