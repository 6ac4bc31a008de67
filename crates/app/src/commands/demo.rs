//! `counterfoil demo`: invented organisations with invented people, on a temporary database.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use counterfoil_domain::clock::ClockConfig;
use counterfoil_domain::ids::ControllerId;
use counterfoil_service::calendar;
use counterfoil_service::demo::{self, Making, Network, Stage};
use counterfoil_service::installation;
use counterfoil_service::intake::channels::Channels;
use counterfoil_service::sign_in::code_at;
use counterfoil_service::store::{Clock, Controller, Hardness, Store};
use serde::Serialize;

use crate::chance::random;
use crate::clock::{self, Movable};
use crate::config::{Config, SiteConfig};
use crate::out::{self, CommandError, CommandResult};
use crate::progress::Bar;
use crate::running::channels::ChannelWork;
use crate::running::upkeep::Upkeep;
use crate::running::worker::Working;
use crate::running::{asked_to_stop, block_on, site, start_logging};

/// How often the demonstration's channels are worked.
const EVERY: Duration = Duration::from_secs(2);

/// Try Counterfoil with invented people: a temporary database, gone when you stop it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which organisation: advice-network, council or both
    #[arg(long, value_name = "NAME", default_value = "both")]
    organisation: String,
    /// The first port; further organisations get the ones after it. 0 takes any that is free
    #[arg(long, default_value_t = 8470)]
    port: u16,
    /// Write the addresses and sign-ins to this file as JSON once the sites answer
    #[arg(long, value_name = "FILE")]
    json_ready: Option<PathBuf>,
    /// A further organisation with this many invented people, three cases and ten notes each, over a year
    #[arg(long, value_name = "PEOPLE", default_value_t = 0)]
    scale: usize,
    /// How many offices the organisation at scale has
    #[arg(long, value_name = "OFFICES", default_value_t = 300, value_parser = clap::value_parser!(u16).range(1..))]
    offices: u16,
    /// Print the addresses and sign-ins as JSON
    #[arg(long)]
    json: bool,
}

/// What a visitor needs to know.
#[derive(Debug, Serialize)]
struct Ready {
    sites: Vec<ReadySite>,
}

#[derive(Debug, Serialize)]
struct ReadySite {
    organisation: String,
    name: String,
    address: String,
    sign_ins: Vec<SignIn>,
}

#[derive(Debug, Serialize)]
struct SignIn {
    name: String,
    who: String,
    roles: Vec<String>,
    password: String,
    code_secret: String,
    #[serde(skip)]
    secret: Vec<u8>,
}

/// Runs `counterfoil demo` until it is stopped.
pub fn run(args: &Args) -> CommandResult {
    let templates = templates(&args.organisation)?;
    start_logging("warn");
    let folder = tempfile::tempdir().map_err(|e| CommandError::failed("demo", e.to_string()))?;
    let set = Movable::default();
    let store = new_store(folder.path(), set.clock(crate::config::fixed_or_system()?))?;
    let (password, hash) = demo::password(random()?, random()?)?;
    let mut made = Vec::new();
    for template in templates {
        made.push(make(&store, &set, &hash, template)?);
    }
    if args.scale > 0 {
        made.push(at_scale(&store, &hash, args)?);
    }
    set.run();
    serve(args, &store, &made, &password)
}

/// An organisation that was made, and who signs in to it.
struct Shown {
    template: &'static str,
    controller: ControllerId,
    name: String,
    accounts: Vec<(demo::Member, [u8; 20])>,
    channels: Channels,
    /// The channels' provider ends with the last hold on it.
    _lines: Option<demo::Lines>,
}

fn templates(name: &str) -> Result<Vec<&'static str>, CommandError> {
    match name {
        "both" => Ok(vec!["advice-network", "council"]),
        "advice-network" => Ok(vec!["advice-network"]),
        "council" => Ok(vec!["council"]),
        other => Err(CommandError::refused(
            "organisation",
            format!(
                "`{other}` is not an organisation of the demonstration: use advice-network, council or both"
            ),
        )),
    }
}

fn new_store(folder: &Path, clock: Clock) -> Result<Store, CommandError> {
    let config = Config::at(folder)?;
    let passphrase = hex(&random::<16>()?);
    // The passphrase is as random as a key, so there is nothing for a slow hash to protect.
    installation::make_keys(&config.keys.file, &passphrase, Hardness::Test)?;
    Ok(installation::open(&config.site(), &passphrase, clock)?.0)
}

fn make(store: &Store, set: &Movable, hash: &str, template: &'static str) -> Result<Shown, CommandError> {
    let bar = Bar::new("making the demonstration");
    let calendar = calendar::load(None)?;
    let stage = Stage {
        store,
        set_clock: &|at| set.set(at),
        now: clock::now()?,
        calendar: &calendar,
        law: &ClockConfig::default(),
        password_hash: hash,
        secret: &|| random().unwrap_or([0; 20]),
        progress: &|_, n, of| bar.at(template, n, of),
    };
    let made = demo::make(&stage, template)?;
    bar.done();
    must_be_random(made.accounts.iter().map(|(_, secret)| secret))?;
    Ok(Shown {
        template,
        controller: made.controller,
        name: made.name,
        accounts: made.accounts,
        channels: made.lines.channels.clone(),
        _lines: Some(made.lines),
    })
}

fn must_be_random<'s>(mut secrets: impl Iterator<Item = &'s [u8; 20]>) -> CommandResult {
    if secrets.any(|secret| secret == &[0; 20]) {
        return Err(CommandError::failed("random", "the system gives no randomness"));
    }
    Ok(())
}

/// A network with a year of people, in an organisation of its own, so that its log tells the year in order.
fn at_scale(store: &Store, hash: &str, args: &Args) -> Result<Shown, CommandError> {
    let bar = Mutex::new(Bar::new("making the network"));
    let calendar = calendar::load(None)?;
    let making = Making {
        store,
        set_clock: &Movable::set_here,
        now: clock::now()?,
        calendar: &calendar,
        law: &ClockConfig::default(),
        password_hash: hash,
        secret: &|| random().unwrap_or([0; 20]),
        progress: &|what, n, of| {
            if let Ok(bar) = bar.lock() {
                bar.at(what, n, of);
            }
        },
        threads: std::thread::available_parallelism().map_or(1, usize::from) + 1,
    };
    let network = demo::network(&making, usize::from(args.offices))?;
    let began = std::time::Instant::now();
    demo::fill(&making, &network, args.scale)?;
    let each = args.scale as f64 / began.elapsed().as_secs_f64();
    if let Ok(bar) = bar.lock() {
        bar.done();
    }
    if !args.json {
        out::line(&format!("{} people with their cases over a year, {each:.0} people a second", args.scale));
    }
    must_be_random(network.staff.iter().map(|c| &c.secret))?;
    shown(store, network)
}

/// Of a network's staff the first three of each of the first two offices sign in.
fn shown(store: &Store, network: Network) -> Result<Shown, CommandError> {
    let mut accounts = Vec::new();
    for office in network.offices.iter().take(2) {
        for colleague in network.staff.iter().filter(|c| c.office == *office).take(3) {
            let (name, office) = store.own_names(network.controller, colleague.staff)?;
            let roles = vec![colleague.role.to_string()];
            let member = demo::Member { sign_in: colleague.sign_in.clone(), name, office, roles };
            accounts.push((member, colleague.secret));
        }
    }
    let (controller, name) = (network.controller, network.name);
    let channels = Channels::default();
    Ok(Shown { template: "scale", controller, name, accounts, channels, _lines: None })
}

fn serve(args: &Args, store: &Store, made: &[Shown], password: &str) -> CommandResult {
    let config = Config::load(None)?;
    let _upkeep = Upkeep::start(store.clone(), &config.log)?;
    let _working = Working::start(store.clone(), calendar::load(None)?);
    let mut working = Vec::new();
    block_on(async {
        let mut ready = Ready { sites: Vec::new() };
        // The demo hides nothing: its ledger is public.
        let shown = SiteConfig { public_ledger: true, ..config.site.clone() };
        let mut serving = Vec::new();
        for (n, made) in (0_u16..).zip(made) {
            let port = if args.port == 0 { 0 } else { args.port.saturating_add(n) };
            let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.map_err(|e| {
                CommandError::failed(
                    "listen",
                    format!("port {port} cannot be listened on: {e}; try `--port 0`"),
                )
            })?;
            let at = listener.local_addr().map_err(|e| CommandError::failed("listen", e.to_string()))?;
            let organisation = organisation_of(store, made)?;
            let channels = &made.channels;
            let site = site::build(store, &organisation, &shown, calendar::load(None)?, channels)?;
            working.push(ChannelWork::start(
                store.clone(),
                made.controller,
                calendar::load(None)?,
                channels.clone(),
                EVERY,
            ));
            serving.push(tokio::spawn(counterfoil_web::serve(site, listener, None, asked_to_stop())));
            ready.sites.push(ReadySite {
                organisation: made.template.to_owned(),
                name: made.name.clone(),
                address: format!("http://{at}"),
                sign_ins: made.accounts.iter().map(|(m, secret)| sign_in(m, secret, password)).collect(),
            });
        }
        announce(args, ready)?;
        for site in serving {
            if let Ok(Err(e)) = site.await {
                return Err(CommandError::failed("serve", e.to_string()));
            }
        }
        Ok(())
    })?
}

fn organisation_of(store: &Store, made: &Shown) -> Result<Controller, CommandError> {
    let all = store.controllers()?;
    all.into_iter()
        .find(|c| c.id == made.controller)
        .ok_or_else(|| CommandError::failed("demo", "the organisation is gone"))
}

fn sign_in(member: &demo::Member, secret: &[u8; 20], password: &str) -> SignIn {
    SignIn {
        name: member.sign_in.clone(),
        who: member.name.clone(),
        roles: member.roles.clone(),
        password: password.to_owned(),
        code_secret: base32(secret),
        secret: secret.to_vec(),
    }
}

fn announce(args: &Args, ready: Ready) -> CommandResult {
    if let Some(file) = &args.json_ready {
        let text = serde_json::to_string(&ready).map_err(|e| CommandError::failed("json", e.to_string()))?;
        // Whole or not at all: a test waits for the file to appear.
        let half = file.with_extension("part");
        std::fs::write(&half, text)
            .and_then(|()| std::fs::rename(&half, file))
            .map_err(|e| CommandError::failed("json-ready", format!("`{}`: {e}", file.display())))?;
    }
    if args.json {
        return out::json(&ready);
    }
    out::line("Everyone and everything here is invented, and gone when you stop it with Ctrl+C.");
    for site in &ready.sites {
        out::line(&format!("\n{}\n  public  {}\n  staff   {}/staff", site.name, site.address, site.address));
        let password = site.sign_ins.first().map_or("", |s| s.password.as_str());
        out::line(&format!("  password of every account: {password}"));
    }
    codes(&ready)?;
    out::line("\nCodes last half a minute. Press Enter for new ones.");
    std::thread::spawn(move || {
        for line in std::io::stdin().lines() {
            if line.is_err() || codes(&ready).is_err() {
                return;
            }
        }
    });
    Ok(())
}

fn codes(ready: &Ready) -> CommandResult {
    let now = clock::now()?;
    for site in &ready.sites {
        out::line(&format!("\n  {}", site.name));
        for account in &site.sign_ins {
            let code = code_at(&account.secret, now).unwrap_or_default();
            out::line(&format!(
                "  {:<34} code {code}   {}, {}",
                account.name,
                account.who,
                account.roles.join(", ")
            ));
        }
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// RFC 4648 base 32, as authenticator apps take a secret.
fn base32(bytes: &[u8]) -> String {
    let bits: String = bytes.iter().map(|b| format!("{b:08b}")).collect();
    bits.as_bytes()
        .chunks(5)
        .filter_map(|five| std::str::from_utf8(five).ok())
        .filter_map(|five| usize::from_str_radix(five, 2).ok())
        .filter_map(|n| b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".get(n).map(|l| char::from(*l)))
        .collect()
}
