//! `counterfoil crash` (hidden): writers that are killed, and the check of what they acknowledged.
//!
//! `crash write` changes an installation from several threads and prints each acknowledged act;
//! `crash check` reads such lines and compares them with what is there. `./dev crash` kills the one at
//! random moments and runs the other.

mod check;
mod kill;
mod write;

use clap::Subcommand;

use crate::out::CommandResult;

/// Kill writers at random moments and see that nothing acknowledged is lost.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Write from several threads until killed, printing each acknowledged act.
    Write(write::Args),
    /// Start a writer, kill it, check; again and again.
    Run(kill::Args),
}

/// Runs `counterfoil crash`.
pub fn run(args: Args) -> CommandResult {
    match args.action {
        Action::Write(args) => write::run(&args),
        Action::Run(args) => kill::run(&args),
    }
}
