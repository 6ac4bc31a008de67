//! `counterfoil bench store`: the JSON API over HTTP, sealed, audited and policy-checked, under load.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use counterfoil_domain::access::{Role, RoleSet};
use counterfoil_service::calendar;
use counterfoil_service::installation::{self, NewOrganisation, NewStaff};
use counterfoil_service::intake::channels::Channels;
use counterfoil_service::organisation::Organisation;
use counterfoil_service::sign_in::{code_at, hash_password};
use counterfoil_service::store::{Controller, Hardness, Place, Store};
use serde::Serialize;
use serde_json::{Value, json};

use crate::chance::random;
use crate::clock;
use crate::config::Config;
use crate::out::{self, CommandError, CommandResult};
use crate::running::{site, start_logging};

/// Create, read, find, update, erase and list the audit of people over HTTP
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many clients at once; give several for several runs
    #[arg(long, value_delimiter = ',', default_values_t = [1, 32])]
    clients: Vec<usize>,
    /// How many people each client makes, and does everything with
    #[arg(long, default_value_t = 200)]
    people: usize,
    /// Measure PostgreSQL at this address instead of the embedded database; schemas of its own, named
    /// bench_…, are made and left for you to drop
    #[arg(long, value_name = "ADDRESS", env = "COUNTERFOIL_BENCH_POSTGRES")]
    postgres: Option<String>,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

/// One operation under one number of clients.
#[derive(Debug, Serialize)]
struct Figure {
    engine: &'static str,
    clients: usize,
    operation: &'static str,
    count: usize,
    per_second: f64,
    median_ms: f64,
    p99_ms: f64,
}

const OPERATIONS: [&str; 6] = ["create", "read by id", "find by e-mail", "update", "list audit", "erase"];

/// Measures and prints.
pub fn run(args: &Args) -> CommandResult {
    start_logging("error");
    let mut figures = Vec::new();
    for clients in &args.clients {
        let bench = Bench::start(args, (*clients).max(1))?;
        figures.extend(bench.measure(args.people.max(1))?);
    }
    if args.json {
        return out::json(&figures);
    }
    out::line("engine       clients  operation            per second   median ms      p99 ms    count");
    for f in &figures {
        out::line(&format!(
            "{:<12} {:>7}  {:<18} {:>12.0} {:>11.2} {:>11.2} {:>8}",
            f.engine, f.clients, f.operation, f.per_second, f.median_ms, f.p99_ms, f.count
        ));
    }
    Ok(())
}

/// A site on a free port over a fresh store, and the tokens of three people who work there.
struct Bench {
    engine: &'static str,
    clients: usize,
    address: String,
    adviser: String,
    officers: [String; 2],
    _runtime: tokio::runtime::Runtime,
    // Dropped after the runtime: PostgreSQL's connections cannot be closed from within one.
    _store: Store,
    _folder: tempfile::TempDir,
}

const PASSWORD: &str = "a long bench password";

impl Bench {
    fn start(args: &Args, clients: usize) -> Result<Self, CommandError> {
        let folder = tempfile::tempdir().map_err(|e| CommandError::failed("bench", e.to_string()))?;
        let (store, engine) = open(args, folder.path())?;
        let organisation = set_up(&store)?;
        let config = Config::at(folder.path())?;
        let site =
            site::build(&store, &organisation, &config.site, calendar::load(None)?, &Channels::default())?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|e| CommandError::failed("bench", e.to_string()))?;
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .map_err(|e| CommandError::failed("listen", e.to_string()))?;
        let at = listener.local_addr().map_err(|e| CommandError::failed("listen", e.to_string()))?;
        runtime.spawn(counterfoil_web::serve(site, listener, None, std::future::pending()));
        let address = format!("http://{at}/api/v1");
        let [adviser, first, second] = ["adviser", "first", "second"].map(|name| sign_in(&address, name));
        Ok(Self {
            engine,
            clients,
            address,
            adviser: adviser?,
            officers: [first?, second?],
            _runtime: runtime,
            _store: store,
            _folder: folder,
        })
    }

    fn measure(&self, people: usize) -> Result<Vec<Figure>, CommandError> {
        let ids = Arc::new(Mutex::new(Vec::with_capacity(people * self.clients)));
        OPERATIONS.iter().map(|operation| self.operation(operation, people, &ids)).collect()
    }

    /// Every client does its share; the time is that of the slowest.
    fn operation(
        &self,
        operation: &'static str,
        people: usize,
        ids: &Arc<Mutex<Vec<String>>>,
    ) -> Result<Figure, CommandError> {
        let known = ids.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (next, total) = (AtomicUsize::new(0), people * self.clients);
        let failures = AtomicU64::new(0);
        let began = Instant::now();
        let mut times: Vec<Duration> = std::thread::scope(|scope| {
            let client = || {
                let agent = agent();
                let mut times = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= total {
                        return times;
                    }
                    let one = Instant::now();
                    match self.once(&agent, operation, n, known.get(n)) {
                        Ok(Some(id)) => ids.lock().unwrap_or_else(PoisonError::into_inner).push(id),
                        Ok(None) => {}
                        Err(_) => {
                            failures.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                    times.push(one.elapsed());
                }
            };
            let clients: Vec<_> = (0..self.clients).map(|_| scope.spawn(client)).collect();
            clients.into_iter().flat_map(|c| c.join().unwrap_or_default()).collect()
        });
        let took = began.elapsed();
        let failed = failures.load(Ordering::Relaxed);
        if failed > 0 {
            let why =
                format!("{failed} of {total} requests of `{operation}` failed: the figures say nothing");
            return Err(CommandError::failed("bench", why));
        }
        times.sort_unstable();
        let millis = |share: usize| {
            times
                .get((times.len() * share / 100).min(times.len().saturating_sub(1)))
                .map_or(0.0, |t| t.as_secs_f64() * 1e3)
        };
        Ok(Figure {
            engine: self.engine,
            clients: self.clients,
            operation,
            count: total,
            per_second: total as f64 / took.as_secs_f64(),
            median_ms: millis(50),
            p99_ms: millis(99),
        })
    }

    /// One operation; creating gives the identifier.
    fn once(
        &self,
        agent: &ureq::Agent,
        operation: &str,
        n: usize,
        id: Option<&String>,
    ) -> Result<Option<String>, String> {
        let at = |end: &str| format!("{}/people/{}{end}", self.address, id.map_or("", String::as_str));
        let reply = match operation {
            "create" => post(agent, &format!("{}/people", self.address), &self.adviser, &profile(n, "en"))?,
            "read by id" => get(agent, &at(""), &self.adviser)?,
            "find by e-mail" => {
                let sought = json!({ "kind": "email", "value": email(n) });
                let found = post(agent, &format!("{}/people/find", self.address), &self.adviser, &sought)?;
                if found.get("people").and_then(Value::as_array).is_none_or(Vec::is_empty) {
                    return Err("nobody was found".to_owned());
                }
                found
            }
            "update" => {
                let change = json!({ "version": 1, "profile": profile(n, "cy") });
                let request = agent.put(at("")).header("authorization", format!("Bearer {}", self.adviser));
                told(request.send(change.to_string()))?
            }
            "list audit" => get(agent, &at("/audit"), &self.adviser)?,
            _ => {
                let [first, second] = &self.officers;
                let request = agent.delete(at("")).header("authorization", format!("Bearer {first}"));
                told(request.header("x-approver", second).call())?
            }
        };
        Ok(reply.get("id").and_then(Value::as_str).filter(|_| operation == "create").map(str::to_owned))
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().max_idle_connections_per_host(1).build().into()
}

fn get(agent: &ureq::Agent, address: &str, token: &str) -> Result<Value, String> {
    told(agent.get(address).header("authorization", format!("Bearer {token}")).call())
}

fn post(agent: &ureq::Agent, address: &str, token: &str, body: &Value) -> Result<Value, String> {
    told(agent.post(address).header("authorization", format!("Bearer {token}")).send(body.to_string()))
}

fn told(reply: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value, String> {
    let text = reply.map_err(|e| e.to_string())?.body_mut().read_to_string().map_err(|e| e.to_string())?;
    serde_json::from_str(&text).map_err(|e| e.to_string())
}

fn email(n: usize) -> String {
    format!("person.{n}@bench.example")
}

/// 450 bytes or so of an invented person.
fn profile(n: usize, language: &str) -> Value {
    json!({
        "forenames": "Quillon Aster", "surname": format!("Benchley-{n}"), "born": "1980-02-29",
        "emails": [email(n)], "phones": [format!("0770090{:04}", n % 10_000)],
        "addresses": [{ "lines": [format!("{n} Measuring Lane"), "Upper Test"], "postcode": "ZZ9 9ZZ" }],
        "identifiers": [{ "kind": "reference", "value": format!("BN-{n:08}") }],
        "language": language, "contact_rules": "letters only, large print; no voicemail",
    })
}

fn sign_in(address: &str, name: &str) -> Result<String, CommandError> {
    let code = code_at(&SECRET, clock::now()?).map_err(|e| CommandError::failed("bench", e.to_string()))?;
    let body = json!({ "name": name, "password": PASSWORD, "code": code });
    let reply = told(agent().post(format!("{address}/sign-in")).send(body.to_string()))
        .map_err(|e| CommandError::failed("bench", format!("the sign-in failed: {e}")))?;
    Ok(reply.get("token").and_then(Value::as_str).unwrap_or_default().to_owned())
}

const SECRET: [u8; 20] = [11; 20];

fn open(args: &Args, folder: &std::path::Path) -> Result<(Store, &'static str), CommandError> {
    let mut site = Config::at(folder)?.site();
    let engine = match &args.postgres {
        None => "sqlite",
        Some(address) => {
            let [a, b, c, d] = random::<4>()?;
            let schema = format!("bench_{a:02x}{b:02x}{c:02x}{d:02x}");
            let files = folder.join("files");
            site.place = Place::Postgres { address: address.clone(), connections: 32, schema, files };
            "postgresql"
        }
    };
    installation::make_keys(&site.key_file, PASSWORD, Hardness::Test)?;
    Ok((installation::open(&site, PASSWORD, crate::config::fixed_or_system()?)?.0, engine))
}

fn set_up(store: &Store) -> Result<Controller, CommandError> {
    let (settings, _) = Organisation::template("council")?;
    let new = NewOrganisation {
        settings: settings.to_owned(),
        offices: vec!["Bench".to_owned()],
        adherent_until: None,
    };
    let controller = installation::set_up(store, &new)?;
    let hash =
        hash_password(PASSWORD, random()?).map_err(|e| CommandError::failed("bench", e.to_string()))?;
    for (sign_in, role) in
        [("adviser", Role::Adviser), ("first", Role::IgOfficer), ("second", Role::IgOfficer)]
    {
        let staff = NewStaff {
            office: "Bench".to_owned(),
            name: sign_in.to_owned(),
            sign_in: sign_in.to_owned(),
            roles: RoleSet::of(&[role]),
            password_hash: Some(hash.clone()),
            totp_secret: Some(SECRET.to_vec()),
            training_until: store.now().checked_add(jiff::SignedDuration::from_hours(24)).ok(),
        };
        installation::add_staff(store, controller, &staff)?;
    }
    store
        .controllers()?
        .into_iter()
        .find(|c| c.id == controller)
        .ok_or_else(|| CommandError::failed("bench", "the organisation is gone"))
}
