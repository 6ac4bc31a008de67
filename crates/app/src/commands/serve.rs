//! `counterfoil serve`: the web site of an organisation.

use std::net::SocketAddr;
use std::sync::Arc;

use counterfoil_service::calendar;
use counterfoil_service::store::{Controller, Store};
use counterfoil_web::Figures;
use metrics_exporter_prometheus::PrometheusBuilder;

use crate::config::{Config, SiteConfig};
use crate::desk::Where;
use crate::out::{self, CommandError, CommandResult};
use crate::running::channels::{self, ChannelWork, EVERY};
use crate::running::letters::Letters;
use crate::running::upkeep::Upkeep;
use crate::running::worker::Working;
use crate::running::{asked_to_stop, block_on, site, start_logging};

/// Serve the public and the staff site, and do the upkeep beside it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which organisation, when there are several here: its name
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// Leave the upkeep to `counterfoil work` in another process
    #[arg(long)]
    no_work: bool,
    #[command(flatten)]
    place: Where,
}

/// Runs `counterfoil serve` until it is asked to stop; then it finishes what is at hand.
pub fn run(args: &Args) -> CommandResult {
    let config = Config::load(args.place.config.as_deref())?;
    start_logging("info");
    let store = config.open()?;
    let organisation = choose(&store, args.organisation.as_deref())?;
    let channels = channels::build(&config.channels)?;
    let site = site::build(&store, &organisation, &config.site, calendar::load(None)?, &channels)?;
    let figures = figures(&config.site)?;
    // The store outlives the runtime: PostgreSQL's connections cannot be closed from within one.
    let _work = if args.no_work {
        None
    } else {
        let working = Working::start(store.clone(), calendar::load(None)?);
        let lines =
            ChannelWork::start(store.clone(), organisation.id, calendar::load(None)?, channels, EVERY);
        Some((Upkeep::start(store.clone(), &config.log)?, working, lines))
    };
    let _letters =
        if args.no_work { None } else { Letters::start(store.clone(), calendar::load(None)?, &config.mail)? };
    block_on(async {
        let listener = tokio::net::TcpListener::bind(&config.site.listen).await.map_err(|e| {
            let why =
                format!("`{}` cannot be listened on: {e}; change `listen` under [site]", config.site.listen);
            CommandError::failed("listen", why)
        })?;
        let at = listener.local_addr().map_err(|e| CommandError::failed("listen", e.to_string()))?;
        out::line(&format!("{} at http://{at}", organisation.name));
        counterfoil_web::serve(site, listener, figures, asked_to_stop())
            .await
            .map_err(|e| CommandError::failed("serve", e.to_string()))
    })?
}

/// The organisation of this name, or the only one.
pub(super) fn choose(store: &Store, name: Option<&str>) -> Result<Controller, CommandError> {
    let all = store.controllers()?;
    let names: Vec<String> = all.iter().map(|c| c.name.clone()).collect();
    let mut fitting = all.into_iter().filter(|c| name.is_none_or(|n| n.eq_ignore_ascii_case(&c.name)));
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Ok(one),
        (None, _) if names.is_empty() => Err(CommandError::refused(
            "organisation",
            "no organisation is set up here: run `counterfoil set-up` first",
        )),
        _ => Err(CommandError::refused(
            "organisation",
            format!("say which with `--organisation`: {}", names.join(", ")),
        )),
    }
}

fn figures(config: &SiteConfig) -> Result<Option<Figures>, CommandError> {
    let Some(at) = &config.metrics else { return Ok(None) };
    let address: SocketAddr = at.parse().map_err(|_| {
        CommandError::refused("config", format!("`{at}` is not an address and port such as 127.0.0.1:9470"))
    })?;
    let recorder = PrometheusBuilder::new()
        .install_recorder()
        .map_err(|e| CommandError::failed("metrics", format!("the figures cannot be kept: {e}")))?;
    Ok(Some(Figures { address, text: Arc::new(move || recorder.render()) }))
}
