//! `counterfoil bench source`: an invented system, searched and erased, beside bare SQL.

use counterfoil_connect::measure::{self, Figure, Size};
use serde_json::{Value, json};

use crate::out::{self, CommandError, CommandResult};

/// A connected SQLite system: find a person, find one of many rows, erase them, beside the bare SQL
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many tables
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(2..=500))]
    tables: u16,
    /// How many rows in all
    #[arg(long, default_value_t = 1_000_000)]
    rows: u32,
    /// How many rows one person has
    #[arg(long, default_value_t = 100_000)]
    heavy: u32,
    /// How often each search is repeated; the median counts
    #[arg(long, default_value_t = 7)]
    repeats: u16,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

/// Measures and prints the figures.
pub fn run(args: &Args) -> CommandResult {
    let folder = tempfile::tempdir()
        .map_err(|e| CommandError::failed("no-folder", format!("no temporary folder could be made: {e}")))?;
    let size = Size {
        tables: u32::from(args.tables),
        rows: args.rows,
        heavy: args.heavy,
        repeats: usize::from(args.repeats),
    };
    let figures = measure::sqlite(&folder.path().join("source.db"), size)
        .map_err(|e| CommandError::failed(e.code(), e.to_string()))?;
    if args.json {
        return out::json(&figures.iter().map(as_json).collect::<Vec<_>>());
    }
    out::line("workload                           rows        ms   bare ms  times bare");
    for figure in &figures {
        let (ours, bare, ratio) = numbers(figure);
        out::line(&format!(
            "{:<28} {:>10} {ours:>9.1} {bare:>9.1} {ratio:>11.2}",
            figure.workload, figure.rows
        ));
    }
    Ok(())
}

fn numbers(figure: &Figure) -> (f64, f64, f64) {
    let (ours, bare) = (figure.time.as_secs_f64() * 1000.0, figure.bare.as_secs_f64() * 1000.0);
    (ours, bare, ours / bare.max(0.001))
}

fn as_json(figure: &Figure) -> Value {
    let (ours, bare, ratio) = numbers(figure);
    json!({ "workload": figure.workload, "rows": figure.rows, "milliseconds": ours, "bare_milliseconds": bare, "ratio": ratio })
}
