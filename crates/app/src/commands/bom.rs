//! `counterfoil bom`: what this executable was built from.

use counterfoil_service::materials::Bill;

use super::doctor;
use crate::desk::Where;
use crate::out::{self, CommandError, CommandResult};

/// The bill of materials: every part, with its version and the hash that holds it. As CycloneDX with `--json`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Also check this installation as `doctor` does, and write the outcome into the bill
    #[arg(long)]
    self_check: bool,
    #[command(flatten)]
    place: Where,
}

/// Exit status 0; 1 when a part is held by no hash, or the self-check found something.
pub fn run(args: &Args) -> CommandResult {
    let bill = Bill::of_this()?;
    let checks = if args.self_check { doctor::checks(&args.place)? } else { Vec::new() };
    let unlocked = bill.unlocked().count();
    if args.place.json {
        let property = |c: &doctor::Check| {
            let state = if c.well { "well" } else { "bad" };
            (format!("counterfoil:self-check:{}", c.name.replace(' ', "-")), format!("{state}: {}", c.says))
        };
        let properties: Vec<_> = checks.iter().map(property).collect();
        out::json(&bill.cyclonedx(env!("CARGO_PKG_VERSION"), &properties))?;
    } else {
        for part in &bill.parts {
            let hash = part.hash.as_ref().map_or_else(|| "no hash".to_owned(), |(a, h)| format!("{a} {h}"));
            out::line(&format!("{}  {hash}", part.address()));
        }
        out::line(&format!("{} parts, {unlocked} held by no hash", bill.parts.len()));
        checks.iter().for_each(|c| out::line(&c.line()));
    }
    let bad = checks.iter().filter(|c| !c.well).count();
    if unlocked + bad == 0 {
        return Ok(());
    }
    Err(CommandError::failed(
        "not-well",
        format!("{unlocked} parts are held by no hash, {bad} checks failed"),
    ))
}
