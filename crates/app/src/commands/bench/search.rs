//! `counterfoil bench search`: full-text search over sealed notes, gate and list rules included.

use std::time::{Duration, Instant};

use counterfoil_domain::access::{Purpose, Role, RoleSet};
use counterfoil_service::casebook::{
    self, CaseText, Identity, NewPerson, NoteText, Profile, Protection, Recorded, Term,
};
use counterfoil_service::installation::{self, NewOrganisation, NewStaff};
use counterfoil_service::organisation::Organisation;
use counterfoil_service::store::{Actor, Hardness, Place, Store};
use serde::Serialize;

use crate::chance::random;
use crate::config::{self, Config};
use crate::out::{self, CommandError, CommandResult};
use crate::progress::Bar;

/// Index invented notes and search them by word, beginning, sound and two words
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many notes
    #[arg(long, default_value_t = 100_000)]
    notes: usize,
    /// How many queries of each kind
    #[arg(long, default_value_t = 200)]
    queries: usize,
    /// Measure PostgreSQL at this address instead of the embedded database
    #[arg(long, value_name = "ADDRESS", env = "COUNTERFOIL_BENCH_POSTGRES")]
    postgres: Option<String>,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Figures {
    engine: &'static str,
    notes: usize,
    indexed_per_second: f64,
    queries: Vec<Query>,
}

#[derive(Debug, Serialize)]
struct Query {
    kind: &'static str,
    count: usize,
    hits: usize,
    median_ms: f64,
    p99_ms: f64,
}

/// Notes of one person, written in one act.
const EACH: usize = 50;
/// Words of a note.
const WORDS: usize = 40;
/// Different words of the language.
const VOCABULARY: u64 = 20_000;

/// Draws the terms of one query.
type Terms = fn(&mut Chance) -> Vec<Term>;

/// Measures and prints.
pub fn run(args: &Args) -> CommandResult {
    let folder = tempfile::tempdir().map_err(|e| CommandError::failed("bench", e.to_string()))?;
    let (store, who, engine) = open(args, folder.path())?;
    let mut chance = Chance(7);
    let bar = Bar::new("indexing");
    let began = Instant::now();
    let people = args.notes.div_ceil(EACH);
    for n in 0..people {
        bar.at("notes", n * EACH, args.notes);
        write(&store, &who, n, EACH.min(args.notes - n * EACH), &mut chance)?;
    }
    bar.done();
    let indexed_per_second = args.notes as f64 / began.elapsed().as_secs_f64();
    let kinds: [(&'static str, Terms); 4] = [
        ("word", |c| vec![Term::Word(c.word())]),
        ("beginning", |c| vec![Term::Prefix(c.word().chars().take(4).collect())]),
        ("sound", |c| vec![Term::Sound(c.word())]),
        ("two words", |c| vec![Term::Word(c.word()), Term::Word(c.word())]),
    ];
    let queries = kinds
        .into_iter()
        .map(|(kind, terms)| query(&store, &who, kind, args.queries, &mut chance, terms))
        .collect::<Result<Vec<_>, _>>()?;
    tell(args, &Figures { engine, notes: args.notes, indexed_per_second, queries })
}

fn tell(args: &Args, figures: &Figures) -> CommandResult {
    if args.json {
        return out::json(figures);
    }
    out::line(&format!(
        "{} notes of {WORDS} words on {}: {:.0} notes a second written, sealed, audited and indexed",
        figures.notes, figures.engine, figures.indexed_per_second
    ));
    out::line("query          median ms      p99 ms    hits shown");
    for q in &figures.queries {
        out::line(&format!("{:<12} {:>11.2} {:>11.2} {:>13}", q.kind, q.median_ms, q.p99_ms, q.hits));
    }
    Ok(())
}

fn query(
    store: &Store,
    who: &Actor,
    kind: &'static str,
    count: usize,
    chance: &mut Chance,
    terms: Terms,
) -> Result<Query, CommandError> {
    let (mut times, mut hits) = (Vec::with_capacity(count), 0);
    for _ in 0..count {
        let terms = terms(chance);
        let began = Instant::now();
        hits += casebook::search(store, who, Purpose::ServiceDelivery, &terms, 20)?.len();
        times.push(began.elapsed());
    }
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1)));
    let millis = |share| at(share).map_or(0.0, |t: &Duration| t.as_secs_f64() * 1e3);
    Ok(Query { kind, count, hits, median_ms: millis(50), p99_ms: millis(99) })
}

fn write(store: &Store, who: &Actor, n: usize, notes: usize, chance: &mut Chance) -> CommandResult {
    let profile = Profile {
        forenames: "Quillon".to_owned(),
        surname: format!("Benchley{n}"),
        language: "en".to_owned(),
        ..Profile::default()
    };
    let office = casebook::office_of(who).ok_or_else(|| CommandError::failed("bench", "no office"))?;
    let new = NewPerson {
        office,
        identity: Identity::Named,
        protection: Protection::Standard,
        profile,
        shares_contact: false,
    };
    let (Recorded::New(person) | Recorded::Known(person)) =
        casebook::record_person(store, who, Purpose::ServiceDelivery, &new)?;
    let text = CaseText { title: "Bench".to_owned(), question: String::new() };
    let case = casebook::open_case(store, who, person, "bench.search", &text)?;
    let notes: Vec<NoteText> = (0..notes)
        .map(|_| NoteText {
            text: (0..WORDS).map(|_| chance.word()).collect::<Vec<_>>().join(" "),
            source: "bench".to_owned(),
            ..NoteText::default()
        })
        .collect();
    Ok(casebook::write_notes(store, who, case, &notes)?)
}

/// A small generator of numbers that gives the same notes every time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// A word; few are frequent and most are rare, as in a language.
    fn word(&mut self) -> String {
        let (a, b) = (self.next() % VOCABULARY, self.next() % VOCABULARY);
        let mut rank = a * b / VOCABULARY;
        let syllables = ["ba", "ken", "dor", "mil", "tas", "ul", "ver", "shi", "pol", "gran"];
        let mut word = String::new();
        for _ in 0..5 {
            word.push_str(syllables.get((rank % 10) as usize).copied().unwrap_or("x"));
            rank /= 10;
        }
        word
    }
}

fn open(args: &Args, folder: &std::path::Path) -> Result<(Store, Actor, &'static str), CommandError> {
    const PASSPHRASE: &str = "a passphrase for the bench";
    let mut site = Config::at(folder)?.site();
    let engine = match &args.postgres {
        None => "SQLite",
        Some(address) => {
            let [a, b, c, d] = random::<4>()?;
            let schema = format!("bench_{a:02x}{b:02x}{c:02x}{d:02x}");
            site.place = Place::Postgres {
                address: address.clone(),
                connections: 8,
                schema,
                files: folder.join("files"),
            };
            "PostgreSQL"
        }
    };
    installation::make_keys(&site.key_file, PASSPHRASE, Hardness::Test)?;
    let (store, _) = installation::open(&site, PASSPHRASE, config::fixed_or_system()?)?;
    let (settings, _) = Organisation::template("advice-network")?;
    let new = NewOrganisation {
        settings: settings.to_owned(),
        offices: vec!["Bench".to_owned()],
        adherent_until: None,
    };
    let controller = installation::set_up(&store, &new)?;
    let staff = NewStaff {
        office: "Bench".to_owned(),
        name: "Bench".to_owned(),
        sign_in: "bench".to_owned(),
        roles: RoleSet::of(&[Role::Adviser]),
        password_hash: None,
        totp_secret: None,
        training_until: store.now().checked_add(jiff::SignedDuration::from_hours(24)).ok(),
    };
    let id = installation::add_staff(&store, controller, &staff)?;
    let who = Actor::Staff(store.actor(controller, id, true)?);
    Ok((store, who, engine))
}
