//! `counterfoil bench`: the named workloads with their figures.

mod gate;
mod matching;

use clap::Subcommand;

use crate::out::CommandResult;

/// Measure a named workload on this machine.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    workload: Workload,
}

/// One variant a workload; the work is in `bench/<name>.rs`.
#[derive(Debug, Subcommand)]
enum Workload {
    Gate(gate::Args),
    Match(matching::Args),
}

/// Measures and prints.
pub fn run(args: Args) -> CommandResult {
    match args.workload {
        Workload::Gate(args) => gate::run(&args),
        Workload::Match(args) => matching::run(&args),
    }
}
