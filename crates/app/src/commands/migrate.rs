//! `counterfoil migrate`: the schema, brought up to date.

use counterfoil_service::installation;
use serde_json::json;

use crate::config::{self, Config};
use crate::desk::Where;
use crate::out::{self, CommandResult};

/// Bring the database's schema up to date. Every command does so as it opens it; this one only that.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Where,
}

/// Runs `counterfoil migrate`.
pub fn run(args: &Args) -> CommandResult {
    let config = Config::load(args.place.config.as_deref())?;
    let (_, migrated) =
        installation::open(&config.site(), &config::passphrase()?, config::fixed_or_system()?)?;
    if args.place.json {
        return out::json(&json!({ "from": migrated.from, "to": migrated.to }));
    }
    out::line(&if migrated.from == migrated.to {
        format!("The schema is at version {}: nothing to do.", migrated.to)
    } else {
        format!("The schema went from version {} to {}.", migrated.from, migrated.to)
    });
    Ok(())
}
