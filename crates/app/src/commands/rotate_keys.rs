//! `counterfoil rotate-keys`: a new wrapping key, and every data key wrapped anew.

use counterfoil_service::installation;
use serde_json::json;

use crate::config::{self, Config};
use crate::desk::Where;
use crate::out::{self, CommandResult};

/// Make a new wrapping key and wrap every data key anew. Stop other processes first and start them after.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Where,
}

/// Runs `counterfoil rotate-keys`.
pub fn run(args: &Args) -> CommandResult {
    let config = Config::load(args.place.config.as_deref())?;
    let passphrase = config::passphrase()?;
    let store = config.open()?;
    let keys = installation::rotate_keys(&config.site(), &store, &passphrase, super::set_up::hardness())?;
    if args.place.json {
        return out::json(&json!({ "keys": keys }));
    }
    out::line(&format!("{keys} data keys are wrapped by a new key."));
    out::line("Copies of the key store made before need the key file of before: make a new copy now.");
    Ok(())
}
