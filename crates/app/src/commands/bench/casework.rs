//! `counterfoil bench casework`: a network's daily work with many users at once, over a year of invented people.

mod kept;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use counterfoil_domain::access::Role;
use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::{CaseId, OfficeId, PersonId};
use counterfoil_service::casebook::batch::Made;
use counterfoil_service::casebook::look_up::{Sought, look_up};
use counterfoil_service::casebook::{NoteText, work};
use counterfoil_service::demo::{self, Colleague, Making, Network, scale};
use counterfoil_service::rights::Desk;
use counterfoil_service::sign_in::{SignIn, StoreAccounts, code_at, hash_password};
use counterfoil_service::store::{Actor, Hardness, Place, Store, statements_sent};
use counterfoil_service::{calendar, installation};
use serde::Serialize;

use self::kept::Kept;
use crate::chance::random;
use crate::clock::{self, Movable};
use crate::config::{self, Config};
use crate::out::{self, CommandError, CommandResult};
use crate::progress::Bar;
use crate::running::start_logging;
use crate::running::upkeep::Upkeep;

/// Search before create, open a case, save a note, the allocation queue, the cross-office check, all users at once
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many invented people, with three cases and ten notes each
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    people: u32,
    /// How many offices, each with six who work there
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u16).range(1..))]
    offices: u16,
    /// How many users work at once, each with a session
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..))]
    users: u16,
    /// For how many seconds each kind of work is measured
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Measure PostgreSQL at this address instead of the embedded database; schemas of its own, named
    /// bench_…, are made and left for you to drop
    #[arg(long, value_name = "URL", env = "COUNTERFOIL_BENCH_POSTGRES")]
    database: Option<String>,
    /// Where the embedded database is made; it is removed at the end
    #[arg(long, value_name = "FOLDER", conflicts_with = "keep")]
    folder: Option<PathBuf>,
    /// Keep the network in this folder, and measure the one that is kept there already
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Figures {
    engine: &'static str,
    people: u32,
    offices: u16,
    users: u16,
    people_per_second: Option<f64>,
    work: Vec<Figure>,
}

/// One kind of work under load.
#[derive(Debug, Serialize)]
struct Figure {
    work: &'static str,
    count: usize,
    errors: usize,
    first_error: Option<String>,
    per_second: f64,
    median_ms: f64,
    p99_ms: f64,
    worst_ms: f64,
    /// Statements to the database for one, the session's included.
    statements: u64,
}

/// Measures and prints.
pub fn run(args: &Args) -> CommandResult {
    start_logging("error");
    let (_temporary, folder) = folder(args).map_err(|e| CommandError::failed("bench", e.to_string()))?;
    let bench = Bench::open(args, &folder)?;
    let _upkeep = Upkeep::start(bench.store.clone(), &Config::at(&folder)?.log)?;
    let users = bench.sign_in(usize::from(args.users))?;
    let work = Work::ALL
        .iter()
        .map(|work| bench.measure(*work, &users, Duration::from_secs(args.seconds)))
        .collect::<Result<Vec<_>, _>>()?;
    let figures = Figures {
        engine: if args.database.is_some() { "PostgreSQL" } else { "SQLite" },
        people: u32::try_from(bench.people).unwrap_or(u32::MAX),
        offices: u16::try_from(bench.network.offices.len()).unwrap_or(u16::MAX),
        users: args.users,
        people_per_second: bench.people_per_second,
        work,
    };
    tell(args, &figures)
}

/// Where everything but a database of PostgreSQL is: a folder that is kept, or one that goes with the first.
fn folder(args: &Args) -> std::io::Result<(Option<tempfile::TempDir>, PathBuf)> {
    if let Some(keep) = &args.keep {
        std::fs::create_dir_all(keep)?;
        return Ok((None, keep.clone()));
    }
    let folder = match &args.folder {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let path = folder.path().to_owned();
    Ok((Some(folder), path))
}

fn tell(args: &Args, figures: &Figures) -> CommandResult {
    if args.json {
        return out::json(figures);
    }
    let made =
        figures.people_per_second.map_or(String::new(), |n| format!(", made at {n:.0} people a second"));
    out::line(&format!(
        "{} people in {} offices on {}{}; {} users at once",
        figures.people, figures.offices, figures.engine, made, figures.users
    ));
    out::line(
        "work                     per second  median ms     p99 ms   worst ms    count   errors  statements",
    );
    for f in &figures.work {
        out::line(&format!(
            "{:<24} {:>10.0} {:>10.2} {:>10.2} {:>10.2} {:>8} {:>8} {:>11}",
            f.work, f.per_second, f.median_ms, f.p99_ms, f.worst_ms, f.count, f.errors, f.statements
        ));
        if let Some(why) = &f.first_error {
            out::line(&format!("  {why}"));
        }
    }
    let errors: usize = figures.work.iter().map(|f| f.errors).sum();
    if errors == 0 {
        return Ok(());
    }
    Err(CommandError::failed("bench", format!("{errors} failed: the figures say little")))
}

/// What users do.
#[derive(Debug, Clone, Copy)]
enum Work {
    Search,
    Open,
    Note,
    Queue,
    Elsewhere,
}

impl Work {
    const ALL: [Self; 5] = [Self::Search, Self::Open, Self::Note, Self::Queue, Self::Elsewhere];

    const fn name(self) -> &'static str {
        match self {
            Self::Search => "search before create",
            Self::Open => "open a case",
            Self::Note => "save a note",
            Self::Queue => "desk with the queue",
            Self::Elsewhere => "cross-office check",
        }
    }
}

/// A user with a session, and what their office has.
struct User {
    token: String,
    office: OfficeId,
    /// The first number of the user's draws, so that no two do the same.
    seed: u64,
}

/// A made network.
struct Bench {
    store: Store,
    network: Network,
    calendar: Calendar,
    law: ClockConfig,
    people: u64,
    people_per_second: Option<f64>,
    cases: BTreeMap<OfficeId, Vec<(PersonId, CaseId)>>,
    /// The numbers of each office's people.
    numbers: BTreeMap<OfficeId, Vec<usize>>,
    sign_in: SignIn,
    invented: scale::Invented,
}

const PASSWORD: &str = "a long bench password";

impl Bench {
    /// The network that is kept in the folder, or a new one.
    fn open(args: &Args, folder: &Path) -> Result<Self, CommandError> {
        let kept = Kept::read(folder)?;
        if kept.as_ref().is_some_and(|kept| kept.schema.is_some() != args.database.is_some()) {
            let why = "the network kept there is on the other engine: give --database for PostgreSQL only";
            return Err(CommandError::refused("bench", why));
        }
        let set = Movable::default();
        let schema = match (&args.database, &kept) {
            (None, _) => None,
            (Some(_), Some(kept)) => kept.schema.clone(),
            (Some(_), None) => Some(named_by_chance()?),
        };
        let store = open(args, folder, schema.clone(), &set)?;
        if let Some(kept) = kept {
            set.run();
            let (network, made) = scale::kept(&store)?;
            return Self::ready(store, network, &made, kept.people_per_second);
        }
        let keep = |people_per_second| {
            let kept = Kept { schema: schema.clone(), people_per_second };
            args.keep.as_ref().map_or(Ok(()), |folder| kept.write(folder))
        };
        keep(None)?;
        let (network, made, rate) = make(args, &store, &set)?;
        keep(Some(rate))?;
        Self::ready(store, network, &made, Some(rate))
    }

    fn ready(
        store: Store,
        network: Network,
        made: &[(OfficeId, Made)],
        people_per_second: Option<f64>,
    ) -> Result<Self, CommandError> {
        let (mut numbers, mut next) = (BTreeMap::<OfficeId, Vec<usize>>::new(), 0);
        for (office, some) in made {
            numbers.entry(*office).or_default().extend(next..next + some.len());
            next += some.len();
        }
        let accounts = StoreAccounts { store: store.clone(), controller: network.controller };
        Ok(Self {
            store,
            network,
            calendar: calendar::load(None)?,
            law: ClockConfig::default(),
            people: made.iter().map(|(_, some)| some.len() as u64).sum(),
            people_per_second,
            cases: scale::cases_by_office(made),
            numbers,
            sign_in: SignIn::new(std::sync::Arc::new(accounts)),
            invented: scale::Invented::new()?,
        })
    }

    /// Signs in advisers of as many offices as there are users, with password and code.
    fn sign_in(&self, users: usize) -> Result<Vec<User>, CommandError> {
        let advisers: Vec<&Colleague> =
            self.network.staff.iter().filter(|c| c.role == Role::Adviser).collect();
        let step = (advisers.len() / users).max(1);
        let failed =
            |e: &dyn std::fmt::Display| CommandError::failed("bench", format!("the sign-in failed: {e}"));
        (0..users)
            .map(|n| {
                // Several users may be one adviser when there are more users than advisers.
                let who =
                    advisers.get(n * step % advisers.len().max(1)).ok_or_else(|| failed(&"no staff"))?;
                let now = clock::now()?;
                let token = self.token(who, now).map_err(|e| failed(&e))?;
                Ok(User { token, office: who.office, seed: n as u64 + 1 })
            })
            .collect()
    }

    /// Signs in. A code is good once, and a network that is kept may have had this moment's: the next one is good too.
    fn token(&self, who: &Colleague, now: jiff::Timestamp) -> Result<String, String> {
        let random = || random().map_err(|e| e.to_string());
        let waiting =
            self.sign_in.password(&who.sign_in, PASSWORD, random()?, now).map_err(|e| e.to_string())?;
        let with_code_at = |moment| {
            let code = code_at(&who.secret, moment).map_err(|e| e.to_string())?;
            self.sign_in.code(&waiting, &code, random()?, now).map_err(|e| e.to_string())
        };
        with_code_at(now).or_else(|_| with_code_at(now + jiff::SignedDuration::from_secs(30)))
    }

    fn measure(&self, work: Work, users: &[User], lasts: Duration) -> Result<Figure, CommandError> {
        let statements = self.statements(work, users)?;
        let (over, errors) = (AtomicBool::new(false), Mutex::new(Vec::new()));
        let began = Instant::now();
        let mut times: Vec<Duration> = std::thread::scope(|scope| {
            let threads: Vec<_> = users
                .iter()
                .map(|user| {
                    let (over, errors) = (&over, &errors);
                    scope.spawn(move || {
                        let (mut chance, mut times) = (Chance::of(user.seed, work), Vec::new());
                        while !over.load(Ordering::Relaxed) {
                            let one = Instant::now();
                            match self.once(work, user, &mut chance) {
                                Ok(()) => times.push(one.elapsed()),
                                Err(e) => errors.lock().unwrap_or_else(PoisonError::into_inner).push(e),
                            }
                        }
                        times
                    })
                })
                .collect();
            std::thread::sleep(lasts);
            over.store(true, Ordering::Relaxed);
            threads.into_iter().flat_map(|t| t.join().unwrap_or_default()).collect()
        });
        let took = began.elapsed().as_secs_f64();
        times.sort_unstable();
        let millis = |share: usize| {
            let at = (times.len() * share / 100).min(times.len().saturating_sub(1));
            times.get(at).map_or(0.0, |t| t.as_secs_f64() * 1e3)
        };
        let errors = errors.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Figure {
            work: work.name(),
            count: times.len(),
            errors: errors.len(),
            first_error: errors.into_iter().next(),
            per_second: times.len() as f64 / took,
            median_ms: millis(50),
            p99_ms: millis(99),
            worst_ms: millis(100),
            statements,
        })
    }

    /// How many statements one takes when nobody else works: the median of nine, for upkeep works too.
    fn statements(&self, work: Work, users: &[User]) -> Result<u64, CommandError> {
        let user = users.first().ok_or_else(|| CommandError::failed("bench", "no users"))?;
        let mut chance = Chance::of(0, work);
        let mut counts = Vec::new();
        for _ in 0..9 {
            let before = statements_sent();
            self.once(work, user, &mut chance).map_err(|e| CommandError::failed("bench", e))?;
            counts.push(statements_sent() - before);
        }
        counts.sort_unstable();
        Ok(counts.get(4).copied().unwrap_or_default())
    }

    /// One click: the session is resumed and the account read, as for every page, and then the use-case.
    fn once(&self, work: Work, user: &User, chance: &mut Chance) -> Result<(), String> {
        let now = clock::now().map_err(|e| e.to_string())?;
        let signed_in = self.sign_in.resume(&user.token, now).map_err(|e| e.to_string())?;
        let staff = signed_in.ok_or("the session is over")?.staff;
        let actor = self.store.actor(self.network.controller, staff, true).map_err(|e| e.to_string())?;
        let who = Actor::Staff(actor);
        let desk = Desk { store: &self.store, who: &who, calendar: &self.calendar, law: &self.law };
        self.act(work, &desk, user, chance).map_err(|e| e.to_string())
    }

    fn act(
        &self,
        work: Work,
        desk: &Desk<'_>,
        user: &User,
        chance: &mut Chance,
    ) -> Result<(), Box<dyn std::error::Error>> {
        match work {
            Work::Search => self.search(desk, user, chance)?,
            Work::Open => drop(work::case_page(desk, self.case(user, chance)?)?),
            Work::Note => {
                let text = "Rang to say that the letter came; brings it on Thursday with the rent book.";
                let note = NoteText {
                    text: text.to_owned(),
                    source: "telephone call".to_owned(),
                    ..NoteText::default()
                };
                work::write_note(desk, self.case(user, chance)?, &note, None)?;
            }
            Work::Queue => drop(work::my_desk(desk)?),
            Work::Elsewhere => self.elsewhere(desk, user, chance)?,
        }
        Ok(())
    }

    fn case(&self, user: &User, chance: &mut Chance) -> Result<CaseId, &'static str> {
        let own = self.cases.get(&user.office);
        own.and_then(|own| chance_of(own, chance)).map(|(_, case)| *case).ok_or("the office has no cases")
    }

    /// By name and date of birth: two of three are known here, one of three is new.
    fn search(
        &self,
        desk: &Desk<'_>,
        user: &User,
        chance: &mut Chance,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let own = self.numbers.get(&user.office).ok_or("the office has no people")?;
        let n = *chance_of(own, chance).ok_or("the office has no people")?;
        let person = self.invented.person(n);
        let known = chance.next() % 3 < 2;
        let born = if known { person.born } else { jiff::civil::Date::new(1901, 1, 1).ok() };
        let surname = if known { person.surname.clone() } else { format!("Un{}", person.surname) };
        let first = person.forenames.split(' ').next().unwrap_or_default();
        let found = look_up(desk, &Sought { name: format!("{first} {surname}"), born, ..Sought::default() })?;
        let seen = found.here.iter().any(|h| h.name == person.shown_name());
        if seen == known { Ok(()) } else { Err(format!("person {n} should be found: {known}").into()) }
    }

    /// By e-mail address: somebody of another office, of whom only the office is told.
    fn elsewhere(
        &self,
        desk: &Desk<'_>,
        user: &User,
        chance: &mut Chance,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let own = self.numbers.get(&user.office);
        let alone = self.network.offices.len() < 2;
        let n = loop {
            let n = usize::try_from(chance.next() % self.people)?;
            if alone || own.is_none_or(|own| own.binary_search(&n).is_err()) {
                break n;
            }
        };
        let email = self.invented.person(n).emails.first().cloned().ok_or("no address")?;
        let found = look_up(desk, &Sought { email, ..Sought::default() })?;
        let told = if alone { found.here.len() } else { found.elsewhere.len() };
        if told == 1 { Ok(()) } else { Err(format!("person {n} was found {told} times").into()) }
    }
}

fn chance_of<'l, T>(list: &'l [T], chance: &mut Chance) -> Option<&'l T> {
    let n = usize::try_from(chance.next()).unwrap_or(0);
    list.get(n % list.len().max(1))
}

/// A small generator of numbers, so that every run draws the same.
struct Chance(u64);

impl Chance {
    fn of(user: u64, work: Work) -> Self {
        Self(user.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (work as u64) << 40)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
}

/// Who was recorded, office by office.
type Recorded = Vec<(OfficeId, Made)>;

/// Makes the network: with who was recorded, and how many people a second.
fn make(args: &Args, store: &Store, set: &Movable) -> Result<(Network, Recorded, f64), CommandError> {
    let hash =
        hash_password(PASSWORD, random()?).map_err(|e| CommandError::failed("bench", e.to_string()))?;
    let bar = Mutex::new(Bar::new("making the network"));
    let making = Making {
        store,
        set_clock: &Movable::set_here,
        now: clock::now()?,
        calendar: &calendar::load(None)?,
        law: &ClockConfig::default(),
        password_hash: &hash,
        secret: &|| random().unwrap_or([7; 20]),
        progress: &|what, n, of| bar.lock().unwrap_or_else(PoisonError::into_inner).at(what, n, of),
        threads: std::thread::available_parallelism().map_or(1, usize::from) + 1,
    };
    let network = demo::network(&making, usize::from(args.offices))?;
    let began = Instant::now();
    let made = demo::fill(&making, &network, args.people as usize)?;
    let rate = f64::from(args.people) / began.elapsed().as_secs_f64();
    bar.lock().unwrap_or_else(PoisonError::into_inner).done();
    set.run();
    Ok((network, made, rate))
}

fn named_by_chance() -> Result<String, CommandError> {
    let [a, b, c, d] = random::<4>()?;
    Ok(format!("bench_{a:02x}{b:02x}{c:02x}{d:02x}"))
}

fn open(args: &Args, folder: &Path, schema: Option<String>, set: &Movable) -> Result<Store, CommandError> {
    let mut site = Config::at(folder)?.site();
    if let (Some(address), Some(schema)) = (args.database.clone(), schema) {
        site.place = Place::Postgres { address, connections: 32, schema, files: folder.join("files") };
    }
    if !site.key_file.exists() {
        installation::make_keys(&site.key_file, PASSWORD, Hardness::Test)?;
    }
    let clock = set.clock(config::fixed_or_system()?);
    Ok(installation::open(&site, PASSWORD, clock)?.0)
}
