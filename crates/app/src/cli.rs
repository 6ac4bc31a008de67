//! The command line: which commands there are, and what happens when one fails.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands;
use crate::out::{self, CommandResult};

/// Casework and records that keep what the privacy notice promises, and can prove it.
#[derive(Debug, Parser)]
#[command(name = "counterfoil", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// One variant a command; the work is in `commands/<name>.rs`.
#[derive(Debug, Subcommand)]
enum Command {
    Applies(commands::applies::Args),
    Assessments(commands::assessments::Args),
    Clock(Box<commands::clock::Args>),
    Audit(commands::audit::Args),
    Backup(commands::backup::Args),
    Bom(commands::bom::Args),
    #[command(hide = true)]
    Crash(commands::crash::Args),
    Doctor(commands::doctor::Args),
    Migrate(commands::migrate::Args),
    Restore(commands::restore::Args),
    RotateKeys(commands::rotate_keys::Args),
    Detect(commands::detect::Args),
    Redact(commands::redact::Args),
    Exemptions(commands::exemptions::Args),
    Import(commands::import::Args),
    Match(commands::matching::Args),
    Request(commands::request::Args),
    Notice(commands::notice::Args),
    Retention(commands::retention::Args),
    Promises(commands::promises::Args),
    /// The register of disclosures
    Disclosures(commands::disclosures::Args),
    /// Figures that name nobody
    Statistics(commands::statistics::Args),
    /// Pseudonymised extracts for research
    #[command(subcommand)]
    Research(commands::research::Args),
    Ropa(commands::ropa::Args),
    Serve(commands::serve::Args),
    SetUp(commands::set_up::Args),
    Source(commands::source::Args),
    Staff(commands::staff::Args),
    Bench(commands::bench::Args),
    Demo(commands::demo::Args),
    Work(commands::work::Args),
}

/// Runs one command line and gives its exit status.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(e) => {
            let _ = e.print();
            return if e.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    match dispatch(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            out::note(&format!("error[{}]: {}", e.code, e.message));
            ExitCode::from(e.status)
        }
    }
}

fn dispatch(command: Command) -> CommandResult {
    match command {
        Command::Applies(args) => commands::applies::run(args),
        Command::Assessments(args) => commands::assessments::run(&args),
        Command::Clock(args) => commands::clock::run(*args),
        Command::Audit(args) => commands::audit::run(args),
        Command::Backup(args) => commands::backup::run(&args),
        Command::Bom(args) => commands::bom::run(&args),
        Command::Crash(args) => commands::crash::run(args),
        Command::Doctor(args) => commands::doctor::run(&args),
        Command::Migrate(args) => commands::migrate::run(&args),
        Command::Restore(args) => commands::restore::run(&args),
        Command::RotateKeys(args) => commands::rotate_keys::run(&args),
        Command::Detect(args) => commands::detect::run(args),
        Command::Redact(args) => commands::redact::run(&args),
        Command::Exemptions(args) => commands::exemptions::run(args),
        Command::Import(args) => commands::import::run(args),
        Command::Match(args) => commands::matching::run(args),
        Command::Request(args) => commands::request::run(args),
        Command::Notice(args) => commands::notice::run(args),
        Command::Promises(args) => commands::promises::run(&args),
        Command::Disclosures(args) => commands::disclosures::run(&args),
        Command::Statistics(args) => commands::statistics::run(&args),
        Command::Research(args) => commands::research::run(&args),
        Command::Ropa(args) => commands::ropa::run(args),
        Command::Retention(args) => commands::retention::run(args),
        Command::Serve(args) => commands::serve::run(&args),
        Command::SetUp(args) => commands::set_up::run(&args),
        Command::Source(args) => commands::source::run(args),
        Command::Staff(args) => commands::staff::run(args),
        Command::Bench(args) => commands::bench::run(args),
        Command::Demo(args) => commands::demo::run(&args),
        Command::Work(args) => commands::work::run(&args),
    }
}
