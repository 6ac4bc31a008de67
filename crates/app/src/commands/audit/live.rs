//! `counterfoil audit verify` without a folder, `checkpoint`, `export` and `prove`: the log of a live
//! installation.

use std::path::{Path, PathBuf};

use counterfoil_domain::ids::{ControllerId, EntryId};
use counterfoil_service::log::key::{KeyType, VerifierKey};
use counterfoil_service::store::{Known, LogReport, Store};
use serde_json::json;

use super::read;
use crate::config::Config;
use crate::desk::Where;
use crate::out::{self, CommandError, CommandResult};
use crate::running::upkeep::witnesses;

/// Number what waits and sign a checkpoint of the log.
#[derive(Debug, clap::Args)]
pub struct CheckpointArgs {
    #[command(flatten)]
    place: Where,
}

/// Write the log to a folder, for anyone to check offline.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// The folder.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    #[command(flatten)]
    place: Where,
}

/// Prove that an entry is in the log: a proof file, and the entry itself.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub struct ProveArgs {
    /// The entry.
    #[arg(value_name = "ENTRY", group = "what")]
    entry: Option<EntryId>,
    /// The request whose receipt is to be proved, such as R-2026-00001.
    #[arg(long, value_name = "REFERENCE", group = "what")]
    request: Option<String>,
    /// Where to write: PATH.tlog-proof and PATH.entry.
    #[arg(long, value_name = "PATH")]
    to: PathBuf,
    #[command(flatten)]
    place: Where,
}

/// The installation's organisation; the log is one organisation's.
fn only(store: &Store) -> Result<ControllerId, CommandError> {
    match store.controllers()?.as_slice() {
        [controller] => Ok(controller.id),
        _ => Err(CommandError::refused("organisation", "there is not exactly one organisation here")),
    }
}

/// Checks the log against everything in the database; exit status 0 when it is sound, 1 when it is not.
///
/// Of `keys`, those of witnesses are used, beside the configured ones: the log's own comes from the
/// installation.
pub fn check(place: &Where, since: &[PathBuf], keys: &[VerifierKey]) -> CommandResult {
    let checkpoints = since.iter().map(|p| Ok((p.display().to_string(), read(p)?)));
    let config = Config::load(place.config.as_deref())?;
    let mut witnesses: Vec<VerifierKey> = witnesses(&config.log)?.into_iter().map(|w| w.key).collect();
    witnesses.extend(keys.iter().filter(|k| k.key_type() == KeyType::Cosignature).cloned());
    let known = Known { checkpoints: checkpoints.collect::<Result<_, CommandError>>()?, witnesses };
    let store = config.open()?;
    let report = store.verify_log(only(&store)?, &known)?;
    if place.json {
        out::json(&report)?;
    } else {
        print(&report);
    }
    if report.sound {
        return Ok(());
    }
    Err(CommandError::failed(
        "log-not-sound",
        format!("the log is not sound: {} findings", report.problem_count),
    ))
}

fn print(report: &LogReport) {
    out::line(&format!("log       {}", report.origin));
    out::line(&format!("size      {} entries, {} more wait for their number", report.size, report.waiting));
    out::line(&format!("root      {}", report.root));
    let signed = report.signed_size.map_or_else(|| "none".to_owned(), |s| format!("up to entry {s}"));
    out::line(&format!(
        "signed    {} checkpoints, {signed}; {} cosignatures",
        report.checkpoints, report.cosignatures
    ));
    out::line(&format!("continues {} checkpoints kept elsewhere", report.continues));
    out::line(&format!("payloads  {} open, {} erased", report.opened, report.erased));
    for problem in &report.problems {
        out::line(&format!("WRONG     [{}] {}: {}", problem.code, problem.place, problem.what));
    }
    out::line(if report.sound { "sound" } else { "NOT SOUND" });
}

/// Prints the checkpoint with the cosignatures that it has.
pub fn checkpoint(args: &CheckpointArgs) -> CommandResult {
    let store = args.place.open()?;
    let controller = only(&store)?;
    store.checkpoint(controller)?;
    let (size, note) = store
        .last_checkpoint(controller)?
        .ok_or_else(|| CommandError::failed("log", "there is no checkpoint"))?;
    if args.place.json {
        let key = store.log_verifier(controller)?.to_string();
        return out::json(&json!({ "size": size, "checkpoint": note, "key": key }));
    }
    out::line(note.trim_end());
    Ok(())
}

/// Writes the export and says which key checks it.
pub fn export(args: &ExportArgs) -> CommandResult {
    let store = args.place.open()?;
    let controller = only(&store)?;
    let size = store.export_log(controller, &args.to)?;
    let key = store.log_verifier(controller)?;
    if args.place.json {
        return out::json(&json!({ "size": size, "folder": args.to, "key": key.to_string() }));
    }
    let folder = args.to.display();
    out::line(&format!("{size} entries are in `{folder}`."));
    out::line(&format!("Anyone checks them with: counterfoil audit verify --dir {folder} --key {key}"));
    Ok(())
}

/// Writes the proof and the entry.
pub fn prove(args: &ProveArgs) -> CommandResult {
    let store = args.place.open()?;
    let controller = only(&store)?;
    let entry = match (&args.entry, &args.request) {
        (Some(entry), _) => *entry,
        (None, Some(reference)) => store.entry_of_receipt(controller, reference)?,
        (None, None) => return Err(CommandError::refused("missing-option", "name an entry or a request")),
    };
    let proof = store.prove(controller, entry)?;
    let (proof_file, entry_file) = (args.to.with_extension("tlog-proof"), args.to.with_extension("entry"));
    write(&proof_file, proof.text.as_bytes())?;
    write(&entry_file, &proof.entry)?;
    let key = store.log_verifier(controller)?.to_string();
    if args.place.json {
        return out::json(&json!({
            "entry": entry.to_string(), "number": proof.number, "proof": proof_file, "entry_file": entry_file,
            "key": key,
        }));
    }
    out::line(&format!("Entry {} is proved by `{}`.", proof.number, proof_file.display()));
    out::line(&format!(
        "Anyone checks it with: counterfoil audit check-proof {} --entry {} --key {key}",
        proof_file.display(),
        entry_file.display()
    ));
    Ok(())
}

fn write(path: &Path, content: &[u8]) -> CommandResult {
    std::fs::write(path, content).map_err(|e| {
        CommandError::failed("unwritable-file", format!("`{}` could not be written: {e}", path.display()))
    })
}
