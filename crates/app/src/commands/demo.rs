//! `counterfoil demo`: invented organisations with invented people, on a temporary database.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use counterfoil_domain::clock::ClockConfig;
use counterfoil_service::calendar;
use counterfoil_service::demo::{self, Made, Stage};
use counterfoil_service::installation;
use counterfoil_service::sign_in::code_at;
use counterfoil_service::store::{Clock, Controller, Hardness, Store};
use jiff::Timestamp;
use serde::Serialize;

use crate::chance::random;
use crate::clock;
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
    /// This many more invented people in each organisation, with three cases each, to see it at scale
    #[arg(long, value_name = "PEOPLE", default_value_t = 0)]
    scale: usize,
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
    let (clock, set) = movable_clock()?;
    let store = new_store(folder.path(), clock)?;
    let (password, hash) = demo::password(random()?, random()?)?;
    let mut made = Vec::new();
    for template in templates {
        made.push((template, make(&store, &set, &hash, template, args)?));
    }
    set.store(0, Ordering::SeqCst);
    serve(args, &store, &made, &password)
}

fn templates(name: &str) -> Result<Vec<&str>, CommandError> {
    match name {
        "both" => Ok(vec!["advice-network", "council"]),
        "advice-network" | "council" => Ok(vec![name]),
        other => Err(CommandError::refused(
            "organisation",
            format!(
                "`{other}` is not an organisation of the demonstration: use advice-network, council or both"
            ),
        )),
    }
}

/// A clock in seconds since 1970 that the story sets; 0 lets it run.
fn movable_clock() -> Result<(Clock, Arc<AtomicI64>), CommandError> {
    let set = Arc::new(AtomicI64::new(0));
    let told = Arc::clone(&set);
    let running = crate::config::fixed_or_system()?;
    let clock = installation::clock(move || match told.load(Ordering::SeqCst) {
        0 => running(),
        seconds => Timestamp::from_second(seconds).unwrap_or_else(|_| running()),
    });
    Ok((clock, set))
}

fn new_store(folder: &Path, clock: Clock) -> Result<Store, CommandError> {
    let config = Config::at(folder)?;
    let passphrase = hex(&random::<16>()?);
    // The passphrase is as random as a key, so there is nothing for a slow hash to protect.
    installation::make_keys(&config.keys.file, &passphrase, Hardness::Test)?;
    Ok(installation::open(&config.site(), &passphrase, clock)?.0)
}

fn make(
    store: &Store,
    set: &AtomicI64,
    hash: &str,
    template: &str,
    args: &Args,
) -> Result<Made, CommandError> {
    let bar = Bar::new("making the demonstration");
    let calendar = calendar::load(None)?;
    let stage = Stage {
        store,
        set_clock: &|at| set.store(at.as_second(), Ordering::SeqCst),
        now: clock::now()?,
        calendar: &calendar,
        law: &ClockConfig::default(),
        password_hash: hash,
        secret: &|| random().unwrap_or([0; 20]),
        progress: &|_, n, of| bar.at(template, n, of),
    };
    let made = demo::make(&stage, template)?;
    let began = std::time::Instant::now();
    let people = demo::scale(&stage, &made, template, args.scale)?;
    bar.done();
    if people > 0 && !args.json {
        let each = people as f64 / began.elapsed().as_secs_f64();
        out::line(&format!("{template}: {people} more people with their cases, {each:.0} people a second"));
    }
    if made.accounts.iter().any(|(_, secret)| secret == &[0; 20]) {
        return Err(CommandError::failed("random", "the system gives no randomness"));
    }
    Ok(made)
}

fn serve(args: &Args, store: &Store, made: &[(&str, Made)], password: &str) -> CommandResult {
    let config = Config::load(None)?;
    let _upkeep = Upkeep::start(store.clone(), &config.log)?;
    let _working = Working::start(store.clone(), calendar::load(None)?);
    let mut working = Vec::new();
    block_on(async {
        let mut ready = Ready { sites: Vec::new() };
        // The demo hides nothing: its ledger is public.
        let shown = SiteConfig { public_ledger: true, ..config.site.clone() };
        let mut serving = Vec::new();
        for (n, (template, made)) in (0_u16..).zip(made) {
            let port = if args.port == 0 { 0 } else { args.port.saturating_add(n) };
            let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.map_err(|e| {
                CommandError::failed(
                    "listen",
                    format!("port {port} cannot be listened on: {e}; try `--port 0`"),
                )
            })?;
            let at = listener.local_addr().map_err(|e| CommandError::failed("listen", e.to_string()))?;
            let organisation = organisation_of(store, made)?;
            let channels = &made.lines.channels;
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
                organisation: (*template).to_owned(),
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

fn organisation_of(store: &Store, made: &Made) -> Result<Controller, CommandError> {
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
