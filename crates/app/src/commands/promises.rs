//! `counterfoil promises`: what the notice says, what keeps it, and the evidence as it is now.

use std::path::{Path, PathBuf};

use counterfoil_domain::clock::ClockConfig;
use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::promises::Owner;
use counterfoil_service::calendar;
use counterfoil_service::log::key::VerifierKey;
use counterfoil_service::promises::{self, Ledger};
use counterfoil_service::store::Store;

use crate::clock;
use crate::config::Config;
use crate::desk::Where;
use crate::out::{self, CommandError, CommandResult};

/// List each promise of the privacy notice with the evidence that it is kept, counted now.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The organisation's kind (advice-network, council) or name; all of the installation by default
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// Look at no installation: say what is built and what is not
    #[arg(long)]
    without_data: bool,
    /// Write the ledger, dated and signed with the key of the audit log, to this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["without_data", "check"])]
    export: Option<PathBuf>,
    /// Check a signed ledger and print it; needs `--key` and no installation
    #[arg(long, value_name = "FILE", requires = "key")]
    check: Option<PathBuf>,
    /// The key of the organisation's audit log, as `name+id+base64`
    #[arg(long, value_name = "VKEY")]
    key: Option<VerifierKey>,
    #[command(flatten)]
    place: Where,
}

/// Runs `counterfoil promises`.
pub fn run(args: &Args) -> CommandResult {
    if let (Some(file), Some(key)) = (&args.check, &args.key) {
        return check(args, file, key);
    }
    if let Some(file) = &args.export {
        return export(args, file);
    }
    // Where nothing was set up there is nothing to count, and the ledger says so.
    let set_up = args.place.config.is_some() || Config::load(None)?.keys.file.exists();
    let ledgers = if args.without_data || !set_up { built(args)? } else { live(args)? };
    if args.place.json {
        return out::json(&ledgers);
    }
    for ledger in &ledgers {
        print(ledger);
    }
    Ok(())
}

fn export(args: &Args, file: &Path) -> CommandResult {
    let store = args.place.open()?;
    let found = wanted(args, &store)?;
    let [(controller, ledger)] = found.as_slice() else {
        let why = "a signed ledger is of one organisation: name it with `--organisation`";
        return Err(CommandError::refused("organisation", why));
    };
    let signed = promises::export::signed(&store, *controller, ledger)?;
    let key = store.log_verifier(*controller)?.to_string();
    std::fs::write(file, signed).map_err(|e| {
        CommandError::failed("file", format!("`{}` could not be written: {e}", file.display()))
    })?;
    if args.place.json {
        return out::json(&serde_json::json!({ "file": file, "key": key, "states": ledger.states }));
    }
    let file = file.display();
    out::line(&format!("The ledger of {} is in `{file}`, signed.", ledger.organisation));
    out::line(&format!("Anyone checks it with: counterfoil promises --check {file} --key {key}"));
    Ok(())
}

fn check(args: &Args, file: &Path, key: &VerifierKey) -> CommandResult {
    let bytes = std::fs::read(file).map_err(|e| {
        CommandError::refused("unreadable-file", format!("`{}` could not be read: {e}", file.display()))
    })?;
    let (at, ledger) = promises::export::open(&bytes, key)?;
    if args.place.json {
        return out::json(&serde_json::json!({ "signed_at": at, "ledger": ledger }));
    }
    let name = ledger.get("organisation").and_then(|n| n.as_str()).unwrap_or_default();
    out::line(&format!("Signed at {at} by {}: the ledger of {name}.", key.name()));
    for promise in ledger.get("promises").and_then(|p| p.as_array()).into_iter().flatten() {
        let word = |key: &str| promise.get(key).and_then(|w| w.as_str()).unwrap_or_default();
        out::line(&format!("{:<4} {:<13} {}", word("id"), word("state"), word("says")));
    }
    Ok(())
}

fn built(args: &Args) -> Result<Vec<Ledger>, CommandError> {
    let today = clock::today()?;
    let wanted = match &args.organisation {
        None => Owner::ALL.to_vec(),
        Some(name) => {
            vec![name.parse::<Owner>().map_err(|e| CommandError::refused("organisation", e.to_string()))?]
        }
    };
    wanted.into_iter().map(|owner| Ok(promises::without_data(owner, today)?)).collect()
}

fn live(args: &Args) -> Result<Vec<Ledger>, CommandError> {
    let store = args.place.open()?;
    Ok(wanted(args, &store)?.into_iter().map(|(_, ledger)| ledger).collect())
}

fn wanted(args: &Args, store: &Store) -> Result<Vec<(ControllerId, Ledger)>, CommandError> {
    let (calendar, law) = (calendar::load(None)?, ClockConfig::default());
    let mut ledgers = Vec::new();
    for controller in store.controllers()? {
        let kind = promises::owner_of(&controller.kind)?.code();
        if args.organisation.as_ref().is_none_or(|o| o == kind || *o == controller.name) {
            ledgers.push((controller.id, promises::ledger(store, controller.id, &calendar, &law)?));
        }
    }
    if ledgers.is_empty() {
        let why = "no such organisation is set up here: leave `--organisation` out to see all, or give \
                   `--without-data` to see what is built";
        return Err(CommandError::refused("organisation", why));
    }
    Ok(ledgers)
}

fn print(ledger: &Ledger) {
    let counted =
        ledger.counted_at.map_or_else(|| "without data".to_owned(), |at| format!("counted at {at}"));
    out::line(&format!("{} ({}), {counted}", ledger.organisation, ledger.kind));
    for line in &ledger.promises {
        out::line(&format!("{:<4} {:<13} {}", line.id, line.state, line.says));
        for control in &line.controls {
            let figures: Vec<String> =
                control.figures.iter().map(|f| format!("{} {}", f.number, f.name)).collect();
            out::line(&format!("       {}: {} ({})", control.state, control.label, figures.join(", ")));
            for record in &control.records {
                out::line(&format!("         {record}"));
            }
        }
        for missing in &line.missing {
            out::line(&format!("       missing: {missing}"));
        }
    }
    let states: Vec<String> = ledger.states.iter().map(|(state, n)| format!("{n} {state}")).collect();
    out::line(&states.join(", "));
}
