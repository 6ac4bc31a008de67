//! `counterfoil bench gate`: how long the gate takes to decide.

use counterfoil_service::access::measure::{self, Figure};

use crate::clock;
use crate::out::{self, CommandError, CommandResult};

/// The gate: a decision of the built-in policies, allowed and refused
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many batches of a hundred decisions for each workload
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..))]
    batches: u16,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

/// Measures and prints the figures.
pub fn run(args: &Args) -> CommandResult {
    let figures = measure::gate(usize::from(args.batches), clock::now()?)
        .map_err(|e| CommandError::failed("policies", e.to_string()))?;
    if args.json {
        return out::json(&figures);
    }
    out::line("                                                      microseconds each");
    out::line(
        "workload                                                 best    median     worst   questions",
    );
    figures.iter().for_each(|figure| out::line(&row(figure)));
    Ok(())
}

fn row(figure: &Figure) -> String {
    let Figure { workload, questions, best_us, median_us, worst_us } = figure;
    format!("{workload:<50} {best_us:>10.1} {median_us:>9.1} {worst_us:>9.1} {questions:>11}")
}
