//! `counterfoil bench`: the named workloads with their figures.

mod casework;
mod detect;
mod gate;
mod matching;
mod read;
mod redact;
mod review;
mod search;
mod source;
mod store;

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
    Casework(casework::Args),
    Detect(detect::Args),
    Gate(gate::Args),
    Read(read::Args),
    Redact(redact::Args),
    Review(review::Args),
    Match(matching::Args),
    Search(search::Args),
    Source(source::Args),
    Store(store::Args),
}

/// Measures and prints.
pub fn run(args: Args) -> CommandResult {
    match args.workload {
        Workload::Casework(args) => casework::run(&args),
        Workload::Detect(args) => detect::run(args),
        Workload::Gate(args) => gate::run(&args),
        Workload::Read(args) => read::run(&args),
        Workload::Redact(args) => redact::run(&args),
        Workload::Review(args) => review::run(&args),
        Workload::Match(args) => matching::run(&args),
        Workload::Search(args) => search::run(&args),
        Workload::Source(args) => source::run(&args),
        Workload::Store(args) => store::run(&args),
    }
}
