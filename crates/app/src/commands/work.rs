//! `counterfoil work`: the upkeep, in a process of its own or once.

use counterfoil_domain::clock::ClockConfig;
use counterfoil_domain::ids::ControllerId;
use counterfoil_service::calendar;
use counterfoil_service::intake::channels::Channels;
use counterfoil_service::intake::work::{ChannelRound, Works};
use counterfoil_service::rights::Worker;
use counterfoil_service::store::Store;
use counterfoil_service::upkeep;

use crate::config::Config;
use crate::desk::Where;
use crate::out::{self, CommandError, CommandResult};
use crate::running::channels::{self, ChannelWork, EVERY};
use crate::running::letters::Letters;
use crate::running::upkeep::{Upkeep, witnesses};
use crate::running::worker::Working;
use crate::running::{asked_to_stop, block_on, start_logging};

/// Number and sign the audit log, have it cosigned, scrub what was erased, do the jobs that wait, and work the channels.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Whose channels the configuration names, when there are several organisations here: its name
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
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
    let line = Lines::of(&store, &config, args.organisation.as_deref())?;
    if !args.once {
        start_logging("info");
        let _channels = line.map(|l| l.start(&store)).transpose()?;
        let _letters = Letters::start(store.clone(), calendar::load(None)?, &config.mail)?;
        let _working = Working::start(store.clone(), calendar::load(None)?);
        let _upkeep = Upkeep::start(store, &config.log)?;
        return block_on(asked_to_stop());
    }
    let (jobs, failed) = jobs(&store)?;
    let channels = line.map(|l| l.once(&store)).transpose()?.unwrap_or_default();
    let round = upkeep::round(&store, &witnesses(&config.log)?)?;
    if args.place.json {
        out::json(&serde_json::json!({
            "signed": round.signed, "cosigned": round.cosigned,
            "scrubbed": round.scrubbed, "troubles": round.troubles,
            "jobs": jobs, "jobs_not_done": failed,
            "channel_items": channels.received, "channel_errands": channels.done, "channel_troubles": channels.troubles,
        }))?;
    } else {
        out::line(&format!(
            "{} logs signed, {} cosignatures, {} erasures scrubbed, {jobs} jobs done; {} messages received, {} errands of \
             the channels done",
            round.signed, round.cosigned, round.scrubbed, channels.received, channels.done
        ));
        for why in &channels.troubles {
            out::line(&format!("A channel: {why}"));
        }
        for why in &failed {
            out::line(&format!("A job was not done: {why}"));
        }
    }
    if round.troubles.is_empty() {
        return Ok(());
    }
    Err(CommandError::failed("upkeep", round.troubles.join("; ")))
}

/// The channels of one organisation, as `counterfoil serve` works them.
struct Lines {
    controller: ControllerId,
    channels: Channels,
}

impl Lines {
    /// The configured channels with the organisation whose they are; nothing without channels.
    fn of(store: &Store, config: &Config, organisation: Option<&str>) -> Result<Option<Self>, CommandError> {
        if config.channels.is_empty() {
            return Ok(None);
        }
        let controller = super::serve::choose(store, organisation)?.id;
        Ok(Some(Self { controller, channels: channels::build(&config.channels)? }))
    }

    fn start(self, store: &Store) -> Result<ChannelWork, CommandError> {
        let calendar = calendar::load(None)?;
        Ok(ChannelWork::start(store.clone(), self.controller, calendar, self.channels, EVERY))
    }

    fn once(self, store: &Store) -> Result<ChannelRound, CommandError> {
        let calendar = calendar::load(None)?;
        let channels = &self.channels;
        Ok(Works { store, controller: self.controller, calendar: &calendar, channels }.round())
    }
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
