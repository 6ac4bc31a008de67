//! `counterfoil audit vectors`.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use counterfoil_service::log::key::VerifierKey;
use counterfoil_service::log::vectors::{Outcome, VectorKind, run as run_file};
use serde::Serialize;

use super::read;
use crate::out::{self, CommandError, CommandResult};

/// Run public test vectors against this program.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Vector files, or folders whose files (at any depth) are all vectors.
    #[arg(required = true, value_name = "DIR|FILE")]
    paths: Vec<PathBuf>,
    /// What the vectors are about.
    #[arg(long, value_enum)]
    kind: Kind,
    /// A key to believe besides those that a vector names, for notes and checkpoints.
    #[arg(long = "key", value_name = "VKEY")]
    keys: Vec<VerifierKey>,
    /// Print the outcomes as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// Merkle inclusion proofs.
    Inclusion,
    /// Merkle inclusion proofs in subtrees.
    SubtreeInclusion,
    /// Merkle consistency proofs.
    Consistency,
    /// Signed notes.
    Note,
    /// Verifier keys.
    Vkey,
    /// Checkpoints.
    Checkpoint,
}

impl From<Kind> for VectorKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Inclusion => Self::Inclusion,
            Kind::SubtreeInclusion => Self::SubtreeInclusion,
            Kind::Consistency => Self::Consistency,
            Kind::Note => Self::Note,
            Kind::Vkey => Self::Vkey,
            Kind::Checkpoint => Self::Checkpoint,
        }
    }
}

#[derive(Serialize)]
struct FileOutcome {
    file: String,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
struct Summary {
    passed: usize,
    failed: usize,
    vectors: Vec<FileOutcome>,
}

/// Exit status 0 when every vector went as it wants, 1 when one did not, 2 when a file holds none.
pub fn run(args: &Args) -> CommandResult {
    let mut files = Vec::new();
    args.paths.iter().try_for_each(|p| collect(p, &mut files))?;
    files.sort();
    let mut vectors = Vec::new();
    for file in &files {
        vectors.extend(outcomes(file, args)?);
    }
    let failed = vectors.iter().filter(|v| !v.outcome.good).count();
    let summary = Summary { passed: vectors.len() - failed, failed, vectors };
    if args.json {
        out::json(&summary)?;
    } else {
        print(&summary);
    }
    if summary.vectors.is_empty() {
        return Err(CommandError::refused("no-vectors", "there is no vector in the files given"));
    }
    if failed > 0 {
        let message = format!("{failed} of {} vectors did not go as they want", summary.vectors.len());
        return Err(CommandError::failed("vectors-failed", message));
    }
    Ok(())
}

fn outcomes(file: &Path, args: &Args) -> Result<Vec<FileOutcome>, CommandError> {
    let outcomes = run_file(args.kind.into(), &read(file)?, &args.keys)
        .map_err(|e| CommandError::refused("bad-vector", format!("`{}`: {e}", file.display())))?;
    let named = |outcome| FileOutcome { file: file.display().to_string(), outcome };
    Ok(outcomes.into_iter().map(named).collect())
}

fn print(summary: &Summary) {
    for v in &summary.vectors {
        let word = if v.outcome.good { "pass" } else { "FAIL" };
        let did = if v.outcome.accepted { "accepted" } else { "refused" };
        let why = v.outcome.why.as_ref().map(|w| format!(": {w}")).unwrap_or_default();
        out::line(&format!("{word}  {}  {} ({did}{why})", v.file, v.outcome.desc));
    }
    out::line(&format!("{} passed, {} failed", summary.passed, summary.failed));
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> CommandResult {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let fault = |e: std::io::Error| {
        CommandError::refused("unreadable-file", format!("`{}` could not be read: {e}", path.display()))
    };
    for child in std::fs::read_dir(path).map_err(fault)? {
        collect(&child.map_err(fault)?.path(), files)?;
    }
    Ok(())
}
