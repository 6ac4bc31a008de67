//! `counterfoil retention`: a rule explained, the shipped schedule, and what is past its time in an installation.

mod explain;
mod holds;
mod live;
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
    /// Counts what is due in an installation, by rule
    Due(live::Plain),
    /// Proposes the disposal of what is due by a rule
    Propose(live::Propose),
    /// Puts the second name to a run
    Approve(live::Reference),
    /// Withdraws a run that was not carried out
    Withdraw(live::Reference),
    /// Carries out approved runs now; the upkeep does it within minutes
    Execute(live::Plain),
    /// Lists the runs
    Runs(live::Plain),
    /// Shows the items of a run with their working
    Items(live::Items),
    /// Records what was decided about an item whose rule does not destroy
    Settle(live::Settle),
    /// Gives the signed certificate of a run
    Certificate(live::Certificate),
    /// Checks a certificate, without an installation
    CheckCertificate(live::Check),
    /// Lists the legal holds
    Holds(live::Plain),
    /// Places a legal hold on a person's record
    Hold(holds::Place),
    /// Lifts a legal hold
    Lift(holds::Lift),
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
        Action::Due(args) => live::due(&args),
        Action::Propose(args) => live::propose(&args),
        Action::Approve(args) => live::approve(&args),
        Action::Withdraw(args) => live::withdraw(&args),
        Action::Execute(args) => live::execute(&args),
        Action::Runs(args) => live::runs(&args),
        Action::Items(args) => live::items(&args),
        Action::Settle(args) => live::settle(&args),
        Action::Certificate(args) => live::certificate(&args),
        Action::CheckCertificate(args) => live::check(&args),
        Action::Holds(args) => holds::list(&args),
        Action::Hold(args) => holds::place(&args),
        Action::Lift(args) => holds::lift(&args),
    }
}
