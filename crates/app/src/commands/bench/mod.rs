//! `counterfoil bench`: the named workloads with their figures.

pub mod detect;

use clap::Subcommand;

use crate::out::CommandResult;

/// Measure a named workload; with a peer beside it in the same run where there is one.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    workload: BenchCommand,
}

/// One variant a workload; the work is in `bench/<name>.rs`.
#[derive(Debug, Subcommand)]
enum BenchCommand {
    Detect(detect::Args),
}

/// Runs one workload.
///
/// # Errors
/// As the workload says.
pub fn run(args: Args) -> CommandResult {
    match args.workload {
        BenchCommand::Detect(args) => detect::run(args),
    }
}
