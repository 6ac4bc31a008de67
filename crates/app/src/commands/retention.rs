//! `counterfoil retention`: explains a retention rule, and lists the shipped schedule.

mod explain;
mod schedule;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use crate::out::CommandResult;

/// Retention: when a record's time comes, with the working; and the published rules that ship as templates.
#[derive(Debug, ClapArgs)]
#[command(arg_required_else_help = true)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Works out a rule for one record
    Explain(explain::Args),
    /// Lists the template rows: record, rule, authority, source
    List(ListArgs),
}

#[derive(Debug, ClapArgs)]
struct ListArgs {
    /// Another schedule in the same form
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// Explains or lists.
pub fn run(args: Args) -> CommandResult {
    match args.action {
        Action::Explain(args) => explain::run(args),
        Action::List(args) => match schedule::load(args.file.as_deref()) {
            Ok(rows) => schedule::print(&rows, args.json),
            Err(refused) => refused.report(args.json),
        },
    }
}
