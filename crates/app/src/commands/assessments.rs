//! `counterfoil assessments`: which assessments there are, and where each stands.

use counterfoil_service::register::assessments;

use crate::commands::organisations::Which;
use crate::out::{self, CommandResult};

/// List the assessments of a register: which are incomplete, due for review or current.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// Only those that need work
    #[arg(long)]
    due: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs `counterfoil assessments`.
pub fn run(args: &Args) -> CommandResult {
    let (register, _, day) = args.which.open()?;
    let mut lines = assessments::list(&register, day);
    lines.retain(|l| !args.due || l.standing != "current");
    if args.json {
        return out::json(&serde_json::json!({ "on": day.to_string(), "assessments": lines }));
    }
    for l in &lines {
        out::line(&format!("{}  {}  {}: {}", l.standing, l.id, l.kind, l.name));
        out::line(&format!("    {}; review {}; {}", l.owner, l.review, l.outcome));
        if !l.open_steps.is_empty() {
            out::line(&format!("    open: {}", l.open_steps.join("; ")));
        }
        if !l.holds.is_empty() {
            out::line(&format!("    rests on it: {}", l.holds.join(", ")));
        }
    }
    if lines.is_empty() {
        out::line("Nothing is due.");
    }
    Ok(())
}
