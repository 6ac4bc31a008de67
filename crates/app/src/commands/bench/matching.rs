//! `counterfoil bench match`: finding duplicates among invented people, and looking people up.

use std::time::{Duration, Instant};

use counterfoil_finding::matching::{self, Error, Fields, Index, Options};
use serde::Serialize;

use crate::out::{self, CommandError, CommandResult};

/// Matching people: duplicates in a file of invented people, then lookups of single persons
///
/// `bench/peers/match.py` measures `counterfoil match` beside Splink, on FEBRL's sets too.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many people, each in one to three records
    #[arg(long, default_value_t = 25_000, value_parser = clap::value_parser!(u32).range(10..))]
    people: u32,
    /// Per cent of errors
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u8).range(0..=100))]
    noise: u8,
    /// How many lookups
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..))]
    lookups: u16,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Figures {
    records: usize,
    pairs_compared: usize,
    f1_best: f64,
    f1_default: f64,
    match_seconds: f64,
    build_index_seconds: f64,
    lookup_median_ms: f64,
    lookup_worst_ms: f64,
}

fn failed(error: &Error) -> CommandError {
    CommandError::failed("match", error.to_string())
}

/// Measures and prints the figures.
pub fn run(args: &Args) -> CommandResult {
    let csv = matching::invent(args.people as usize, 3, usize::from(args.noise), 7);
    let headers = matching::read_headers(csv.as_bytes()).map_err(|e| failed(&e))?;
    let mut fields = Fields::guess(&headers).map_err(|e| failed(&e))?;
    fields.gold = Some("person".to_owned());
    let figures = measure(&csv, &fields, usize::from(args.lookups)).map_err(|e| failed(&e))?;
    if args.json {
        return out::json(&figures);
    }
    let Figures { records, pairs_compared, match_seconds, build_index_seconds, .. } = figures;
    out::line(&format!("{records} records, {pairs_compared} pairs compared in {match_seconds:.2} s"));
    out::line(&format!(
        "F1 {:.4} at the default threshold, {:.4} at the best",
        figures.f1_default, figures.f1_best
    ));
    out::line(&format!("index built in {build_index_seconds:.2} s"));
    let (median, worst) = (figures.lookup_median_ms, figures.lookup_worst_ms);
    out::line(&format!("lookup: median {median:.2} ms, worst {worst:.2} ms"));
    Ok(())
}

fn measure(csv: &str, fields: &Fields, lookups: usize) -> Result<Figures, Error> {
    let (options, start) = (Options::default(), Instant::now());
    let matches = matching::dedupe(csv.as_bytes(), fields, &options, &mut |_, _| {})?;
    let match_seconds = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let index = Index::build(csv.as_bytes(), fields, &options)?;
    let build_index_seconds = start.elapsed().as_secs_f64();
    let times = look_up(&index, csv, lookups)?;
    let at = |place: usize| times.get(place).map_or(0.0, |t| t.as_secs_f64() * 1000.0);
    let quality = matches.quality(options.threshold);
    Ok(Figures {
        records: index.len(),
        pairs_compared: matches.report.compared,
        f1_best: quality.map_or(0.0, |q| q.best.f1),
        f1_default: quality.map_or(0.0, |q| q.used.f1),
        match_seconds,
        build_index_seconds,
        lookup_median_ms: at(times.len() / 2),
        lookup_worst_ms: at(times.len().saturating_sub(1)),
    })
}

/// Times, sorted, of asking for people by name, date of birth and postcode.
fn look_up(index: &Index, csv: &str, lookups: usize) -> Result<Vec<Duration>, Error> {
    let every = (index.len() / lookups).max(1);
    let mut times = Vec::new();
    for line in csv.lines().skip(1).step_by(every) {
        let mut cells = line.split(',').skip(2);
        let [forename, surname, dob] = [(); 3].map(|()| cells.next().unwrap_or_default());
        let postcode = cells.nth(2).unwrap_or_default();
        let known = [("forename", forename), ("surname", surname), ("dob", dob), ("postcode", postcode)];
        let start = Instant::now();
        index.lookup(&known, 10)?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok(times)
}
