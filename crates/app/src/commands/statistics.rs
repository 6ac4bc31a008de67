//! Figures that name nobody.

use counterfoil_domain::sharing::statistics::{Dimension, Protection};
use counterfoil_service::sharing::statistics::{self as figures, Cut, Figures};
use jiff::civil::Date;

use crate::desk::AsWhom;
use crate::out::{self, CommandError, CommandResult};

/// Count cases, small numbers left out; with `--release` the figures are kept as released
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The first month, such as 2026-08
    #[arg(long, value_name = "MONTH")]
    first: String,
    /// The last month
    #[arg(long, value_name = "MONTH")]
    last: String,
    /// What to break them down by, at most two: `office`, `issue`, `month`, `outcome`
    #[arg(long)]
    by: Vec<String>,
    /// The least number that is shown, from 3
    #[arg(long, default_value_t = 5)]
    threshold: u64,
    /// Release them: kept, and held against every later release
    #[arg(long)]
    release: bool,
    #[command(flatten)]
    as_whom: AsWhom,
}

fn month(text: &str) -> Result<Date, CommandError> {
    format!("{text}-01")
        .parse()
        .map_err(|_| CommandError::refused("usage", format!("`{text}` is no month: write it as 2026-08")))
}

pub fn run(args: &Args) -> CommandResult {
    let by: Vec<Dimension> = args
        .by
        .iter()
        .map(|d| {
            d.parse().map_err(|e: counterfoil_domain::vocabulary::UnknownWord| {
                CommandError::refused("usage", e.to_string())
            })
        })
        .collect::<Result<_, _>>()?;
    let cut = Cut { first: month(&args.first)?, last: month(&args.last)?, by };
    let guard = Protection { threshold: args.threshold.max(3), ..Protection::default() };
    let opened = args.as_whom.open()?;
    let shown = if args.release {
        figures::release(&opened.desk(), &cut, guard)?.figures
    } else {
        figures::preview(&opened.desk(), &cut, guard)?
    };
    if args.as_whom.place.json { out::json(&shown) } else { print(&shown) }
}

fn print(shown: &Figures) -> CommandResult {
    for cell in &shown.cells {
        let values: Vec<&str> = cell.values.iter().map(|v| v.as_deref().unwrap_or("all")).collect();
        let number = cell.number.map_or_else(|| "hidden".to_owned(), |n| n.to_string());
        out::line(&format!(
            "{} {number}",
            if values.is_empty() { "all".to_owned() } else { values.join(", ") }
        ));
    }
    out::line(&format!(
        "Numbers below {} are hidden, the others rounded to {}.",
        shown.threshold, shown.round_to
    ));
    Ok(())
}
