//! `counterfoil work`: the upkeep, in a process of its own or once.

use counterfoil_service::{calendar, upkeep};

use crate::config::Config;
use crate::desk::Where;
use crate::out::{self, CommandError, CommandResult};
use crate::running::letters::Letters;
use crate::running::upkeep::{Upkeep, witnesses};
use crate::running::{asked_to_stop, block_on, start_logging};

/// Number and sign the audit log, have it cosigned, and scrub what was erased: every few seconds.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One round, then end: exit status 1 when anything did not work
    #[arg(long)]
    once: bool,
    #[command(flatten)]
    place: Where,
}

/// Runs `counterfoil work`.
pub fn run(args: &Args) -> CommandResult {
    let config = Config::load(args.place.config.as_deref())?;
    let store = config.open()?;
    if !args.once {
        start_logging("info");
        let _letters = Letters::start(store.clone(), calendar::load(None)?, &config.mail)?;
        let _upkeep = Upkeep::start(store, &config.log)?;
        return block_on(asked_to_stop());
    }
    let round = upkeep::round(&store, &witnesses(&config.log)?)?;
    if args.place.json {
        out::json(&serde_json::json!({
            "signed": round.signed, "cosigned": round.cosigned,
            "scrubbed": round.scrubbed, "troubles": round.troubles,
        }))?;
    } else {
        out::line(&format!(
            "{} logs signed, {} cosignatures, {} erasures scrubbed",
            round.signed, round.cosigned, round.scrubbed
        ));
    }
    if round.troubles.is_empty() {
        return Ok(());
    }
    Err(CommandError::failed("upkeep", round.troubles.join("; ")))
}
