//! `counterfoil match`: which records of one file, or of two, are the same person.

mod answer;

use std::fs::File;
use std::io::{BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};

use counterfoil_finding::matching::{self, Error, Fields, Matches, Options};
use indicatif::{ProgressBar, ProgressStyle};

use self::answer::Answer;
use crate::out::{self, CommandError, CommandResult};

/// Find the records that are the same person, in one CSV file or across two.
///
/// A match is proposed with a probability and a weight (log2 of the odds); nothing is merged.
/// Without --fields the columns are guessed from the headers, and the guess is printed on standard error
/// as TOML that --fields accepts. Kinds: forename, surname, full-name, date-of-birth, address, town,
/// postcode, county, identifier, email, phone, text, exact, ignore.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A CSV file with a header line
    #[arg(value_name = "A.csv")]
    first: PathBuf,
    /// A second file, to link with the first; without it, duplicates are looked for in the first
    #[arg(value_name = "B.csv")]
    second: Option<PathBuf>,
    /// What the columns hold: TOML with id, gold (both optional) and a table [fields] of column = "kind"
    #[arg(long, value_name = "FILE")]
    fields: Option<PathBuf>,
    /// The lowest probability to report, 0 to 1 [default: 0.5; with --clusters 0.9, as a group needs only
    /// one wrong pair to join two people]
    #[arg(long, value_name = "P", value_parser = probability)]
    threshold: Option<f64>,
    /// Say for each pair what its weight is made of
    #[arg(long)]
    explain: bool,
    /// Report the groups of records that belong together instead of pairs
    #[arg(long)]
    clusters: bool,
    /// Print JSON instead of CSV
    #[arg(long)]
    json: bool,
    /// Write to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Above it a pair joins two groups, unless --threshold says otherwise.
const CLUSTER_THRESHOLD: f64 = 0.9;

fn probability(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "give a number from 0 to 1".to_owned())?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err("give a number from 0 to 1".to_owned()) }
}

/// Matches, and prints what was found.
#[expect(clippy::needless_pass_by_value, reason = "every command takes its arguments by value")]
pub fn run(args: Args) -> CommandResult {
    let fields = fields(&args)?;
    let usual = if args.clusters { CLUSTER_THRESHOLD } else { Options::default().threshold };
    let threshold = args.threshold.unwrap_or(usual);
    let options = Options { threshold, ..Options::default() };
    let matches = find(&args, &fields, &options)?;
    let answer = Answer { matches: &matches, threshold, explain: args.explain, clusters: args.clusters };
    summarise(&matches, threshold);
    let text = if args.json { answer.json()? } else { answer.csv()? };
    write(args.out.as_deref(), &text)
}

fn fields(args: &Args) -> Result<Fields, CommandError> {
    if let Some(path) = &args.fields {
        let text = std::fs::read_to_string(path).map_err(|e| unreadable(path, &e))?;
        return Fields::from_toml(&text).map_err(|e| refused(path, &e));
    }
    let headers = matching::read_headers(open(&args.first)?).map_err(|e| refused(&args.first, &e))?;
    let fields = Fields::guess(&headers).map_err(|e| refused(&args.first, &e))?;
    out::note(&format!(
        "fields guessed from the headers (give --fields to say otherwise):\n{}",
        fields.to_toml()
    ));
    Ok(fields)
}

fn find(args: &Args, fields: &Fields, options: &Options) -> Result<Matches, CommandError> {
    let bar = progress();
    let mut told = |done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    };
    let a = open(&args.first)?;
    let found = match &args.second {
        None => matching::dedupe(a, fields, options, &mut told).map_err(|e| refused(&args.first, &e)),
        Some(second) => matching::link(a, open(second)?, fields, options, &mut told)
            .map_err(|e| refused_of_two(args, second, fields, &e)),
    };
    bar.finish_and_clear();
    found
}

fn progress() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("comparing: {pos} of {len} keys, {elapsed}");
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn open(path: &Path) -> Result<BufReader<File>, CommandError> {
    Ok(BufReader::new(File::open(path).map_err(|e| unreadable(path, &e))?))
}

fn unreadable(path: &Path, error: &std::io::Error) -> CommandError {
    CommandError::refused("unreadable-file", format!("`{}` could not be read: {error}", path.display()))
}

fn refused(path: &Path, error: &Error) -> CommandError {
    let code = match error {
        Error::Fields(_) => "bad-fields",
        Error::MissingColumn { .. } => "missing-column",
        Error::NoHeader => "no-header",
        Error::Csv { .. } => "bad-csv",
        Error::DuplicateId { .. } => "duplicate-id",
    };
    CommandError::refused(code, format!("`{}`: {error}", path.display()))
}

/// The file at fault is the first one that cannot be read by itself.
fn refused_of_two(args: &Args, second: &Path, fields: &Fields, error: &Error) -> CommandError {
    let faulty = |path: &Path| open(path).is_ok_and(|input| matching::check(input, fields).is_err());
    refused(if faulty(&args.first) { &args.first } else { second }, error)
}

fn summarise(matches: &Matches, threshold: f64) {
    let report = &matches.report;
    let (first, second) = report.records;
    out::note(&format!(
        "{} records, {} pairs compared, {} at or above {threshold}",
        first + second,
        report.compared,
        matches.pairs.len()
    ));
    for capped in report.capped.iter().filter(|c| c.left_out > 0) {
        let (key, left_out) = (&capped.key, capped.left_out);
        out::note(&format!("not compared by {key}: {left_out} records that too many others share it with"));
    }
    if let Some(quality) = matches.quality(threshold) {
        let (used, best, clusters) = (quality.used, quality.best, quality.clusters);
        out::note(&format!(
            "against the gold column: F1 {:.4} (precision {:.4}, recall {:.4}); best {:.4} at weight {:.2}; clusters {:.4}",
            used.f1, used.precision, used.recall, best.f1, best.weight, clusters.f1
        ));
    }
}

fn write(path: Option<&Path>, text: &str) -> CommandResult {
    let failed =
        |e: std::io::Error| CommandError::failed("output", format!("the answer could not be written: {e}"));
    match path {
        Some(path) => std::fs::write(path, text).map_err(failed),
        None => {
            let _ = std::io::stdout().lock().write_all(text.as_bytes());
            Ok(())
        }
    }
}
