//! `counterfoil work`: the upkeep, in a process of its own or once.

use counterfoil_domain::clock::ClockConfig;
use counterfoil_service::calendar;
use counterfoil_service::rights::Worker;
use counterfoil_service::store::Store;
use counterfoil_service::upkeep;

use crate::config::Config;
use crate::desk::Where;
use crate::out::{self, CommandError, CommandResult};
use crate::running::letters::Letters;
use crate::running::upkeep::{Upkeep, witnesses};
use crate::running::worker::Working;
use crate::running::{asked_to_stop, block_on, start_logging};

/// Number and sign the audit log, have it cosigned, scrub what was erased, and do the jobs that wait.
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
        let _working = Working::start(store.clone(), calendar::load(None)?);
        let _upkeep = Upkeep::start(store, &config.log)?;
        return block_on(asked_to_stop());
    }
    let (jobs, failed) = jobs(&store)?;
    let round = upkeep::round(&store, &witnesses(&config.log)?)?;
    if args.place.json {
        out::json(&serde_json::json!({
            "signed": round.signed, "cosigned": round.cosigned,
            "scrubbed": round.scrubbed, "troubles": round.troubles,
            "jobs": jobs, "jobs_not_done": failed,
        }))?;
    } else {
        out::line(&format!(
            "{} logs signed, {} cosignatures, {} erasures scrubbed, {jobs} jobs done",
            round.signed, round.cosigned, round.scrubbed
        ));
        for why in &failed {
            out::line(&format!("A job was not done: {why}"));
        }
    }
    if round.troubles.is_empty() {
        return Ok(());
    }
    Err(CommandError::failed("upkeep", round.troubles.join("; ")))
}

/// Does every job that waits; gives how many were done, and why others were not.
fn jobs(store: &Store) -> Result<(usize, Vec<String>), CommandError> {
    let worker =
        Worker { store: store.clone(), calendar: calendar::load(None)?, law: ClockConfig::default() };
    let (mut done, mut failed) = (0, Vec::new());
    while let Some(outcome) = worker.one()? {
        match outcome {
            Ok(()) => done += 1,
            Err(why) => failed.push(why),
        }
    }
    Ok((done, failed))
}
