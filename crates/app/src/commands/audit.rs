//! `counterfoil audit`: checking the audit log, by anyone, without trusting us.

mod vectors;
mod verify;
mod witness;

use std::path::Path;

use clap::Subcommand;
use counterfoil_service::log::key::VerifierKey;
use counterfoil_service::log::policy::Policy;

use crate::out::{CommandError, CommandResult};

/// Check the audit log: exported logs, proofs, test vectors; keep a witness.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Check an exported log offline: every entry, tile, signature and older checkpoint.
    Verify(verify::Args),
    /// Check a proof file: that one entry is in the log.
    CheckProof(verify::ProofArgs),
    /// Run public test vectors against this program.
    Vectors(vectors::Args),
    /// Keep a witness in a folder and let it cosign a log's checkpoint.
    Witness(witness::Args),
}

/// Runs `counterfoil audit`.
pub fn run(args: Args) -> CommandResult {
    match args.action {
        Action::Verify(args) => verify::run(&args),
        Action::CheckProof(args) => verify::check_proof(&args),
        Action::Vectors(args) => vectors::run(&args),
        Action::Witness(args) => witness::run(&args),
    }
}

/// Whose signatures are believed.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Trust {
    /// A key to believe, as `name+id+base64`: the log's, and each witness's that must have cosigned.
    #[arg(long = "key", value_name = "VKEY")]
    keys: Vec<VerifierKey>,
    /// A policy file (c2sp.org/tlog-policy) that names logs, witnesses and the quorum.
    #[arg(long, value_name = "FILE")]
    policy: Option<std::path::PathBuf>,
}

impl Trust {
    fn policy(&self) -> Result<Policy, CommandError> {
        let policy = match &self.policy {
            Some(path) => Policy::parse(&read(path)?),
            None => Policy::of_keys(&self.keys),
        };
        policy.map_err(|e| CommandError::refused("bad-policy", e.to_string()))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    std::fs::read(path).map_err(|e| {
        CommandError::refused("unreadable-file", format!("`{}` could not be read: {e}", path.display()))
    })
}
