//! `counterfoil audit witness`: a witness in a folder, for example on a memory stick.

use std::path::{Path, PathBuf};

use counterfoil_service::log::checkpoint::SignedCheckpoint;
use counterfoil_service::log::key::VerifierKey;
use counterfoil_service::log::tree::TileFolder;
use counterfoil_service::log::witness::Answer;
use counterfoil_service::log::witness_client::{CosignError, Reply, cosign};
use counterfoil_service::log::witness_file::{FileWitness, WitnessFileError};
use serde::Serialize;

use super::read;
use crate::chance::random;
use crate::clock;
use crate::out::{self, CommandError, CommandResult};

/// Keep a witness in a folder.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub struct Args {
    /// The witness's folder; it holds its private key, so keep it from others.
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// Make a new witness with this name, for example `office.example/witness`; prints its key.
    #[arg(long, value_name = "NAME", group = "what")]
    init: Option<String>,
    /// Cosign for the log with this key from now on.
    #[arg(long, value_name = "VKEY", group = "what")]
    trust: Option<VerifierKey>,
    /// Print the witness's key.
    #[arg(long, group = "what")]
    show: bool,
    /// Cosign a checkpoint: an `add-checkpoint` request in a file, or the folder of an exported log.
    /// Prints the signature line, which may be appended to the export's `checkpoint`.
    #[arg(long, value_name = "FILE|DIR", group = "what")]
    add_checkpoint: Option<PathBuf>,
    /// Print the answer as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Shown {
    key: String,
}

#[derive(Serialize)]
struct Cosigned {
    status: u16,
    signatures: Vec<String>,
}

/// Exit status 0 when done, 1 when the witness refuses, 2 when the input cannot be used.
pub fn run(args: &Args) -> CommandResult {
    if let Some(name) = &args.init {
        let key = FileWitness::create(&args.state, name, &random()?).map_err(unusable)?;
        return show(&key, args.json);
    }
    if let Some(log) = &args.trust {
        FileWitness::trust(&args.state, log).map_err(unusable)?;
    }
    let witness = FileWitness::open(&args.state).map_err(unusable)?;
    match &args.add_checkpoint {
        Some(path) => add_checkpoint(&witness, path, args.json),
        None => show(witness.verifier(), args.json),
    }
}

fn show(key: &VerifierKey, json: bool) -> CommandResult {
    if json {
        return out::json(&Shown { key: key.to_string() });
    }
    out::line(&key.to_string());
    Ok(())
}

fn add_checkpoint(witness: &FileWitness, path: &Path, json: bool) -> CommandResult {
    let now = u64::try_from(clock::now()?.as_second()).unwrap_or(0);
    let lines =
        if path.is_dir() { from_export(witness, now, path)? } else { from_request(witness, now, path)? };
    if json {
        return out::json(&Cosigned { status: 200, signatures: lines });
    }
    lines.iter().for_each(|l| out::line(l));
    Ok(())
}

fn from_request(witness: &FileWitness, now: u64, path: &Path) -> Result<Vec<String>, CommandError> {
    let answer = witness.add_checkpoint(now, &read(path)?).map_err(unusable)?;
    if answer.status == 200 {
        return Ok(answer.body.lines().map(str::to_owned).collect());
    }
    Err(refused(&answer))
}

fn refused(answer: &Answer) -> CommandError {
    let said = answer.body.trim_end();
    let message = format!("the witness refused with status {}: {said}", answer.status);
    CommandError::failed("witness-refused", message)
}

/// Plays the log's part: makes the consistency proof from the export's tiles.
fn from_export(witness: &FileWitness, now: u64, dir: &Path) -> Result<Vec<String>, CommandError> {
    let signed = SignedCheckpoint::parse(&read(&dir.join("checkpoint"))?)
        .map_err(|e| CommandError::refused("bad-checkpoint", e.to_string()))?;
    let mut tiles = TileFolder::new(dir, signed.checkpoint.size);
    let post = |body: &str| -> Result<Reply, WitnessFileError> {
        let a = witness.add_checkpoint(now, body.as_bytes())?;
        Ok(Reply { status: a.status, content_type: a.content_type.to_owned(), body: a.body })
    };
    let lines = cosign(&mut tiles, &signed, 0, &[witness.verifier().clone()], post);
    match lines {
        Ok(lines) => Ok(lines.iter().map(|l| l.to_string().trim_end().to_owned()).collect()),
        Err(CosignError::Transport(e)) => Err(unusable(e)),
        Err(e @ CosignError::Store(_)) => Err(CommandError::refused("bad-export", e.to_string())),
        Err(e) => Err(CommandError::failed("witness-refused", e.to_string())),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is used as a function for map_err")]
fn unusable(error: WitnessFileError) -> CommandError {
    CommandError::refused("bad-witness", error.to_string())
}
