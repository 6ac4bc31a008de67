//! `counterfoil audit verify` and `check-proof`.

use std::path::PathBuf;

use counterfoil_service::log::policy::Verdict;
use counterfoil_service::log::proof::InclusionProof;
use counterfoil_service::log::verify::{Options, Report, verify_export};
use jiff::Timestamp;
use serde::Serialize;

use super::{Trust, live, read};
use crate::desk::Where;
use crate::out::{self, CommandError, CommandResult};

/// Check an exported log offline, or, without a folder, this installation's own.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder that holds an export: `checkpoint` and `tile/`.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// The configuration file, when it is this installation's own log.
    #[arg(long, value_name = "FILE", conflicts_with = "dir")]
    config: Option<PathBuf>,
    #[command(flatten)]
    trust: Trust,
    /// An older checkpoint of the same log, which it must continue.
    #[arg(long, value_name = "CHECKPOINT")]
    since: Vec<PathBuf>,
    /// How far the clocks of those who write the log may differ.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    tolerance: u32,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

/// Exit status 0 when the log is sound, 1 when it is not, 2 when it could not be checked.
pub fn run(args: &Args) -> CommandResult {
    let Some(dir) = &args.dir else {
        let place = Where { config: args.config.clone(), json: args.json };
        return live::check(&place, &args.since, &args.trust.keys);
    };
    if !dir.is_dir() {
        let message = format!("`{}` is not a folder: give the folder of an exported log", dir.display());
        return Err(CommandError::refused("no-export", message));
    }
    let since = args.since.iter().map(|p| Ok((p.display().to_string(), read(p)?)));
    let options = Options {
        policy: args.trust.policy()?,
        since: since.collect::<Result<_, CommandError>>()?,
        tolerance_ms: u64::from(args.tolerance) * 1000,
    };
    let report =
        verify_export(dir, &options).map_err(|e| CommandError::refused("unreadable-file", e.to_string()))?;
    if args.json {
        out::json(&report)?;
    } else {
        print(&report);
    }
    if report.sound {
        return Ok(());
    }
    let message = format!("the log is not sound: {} findings", report.problem_count);
    Err(CommandError::failed("log-not-sound", message))
}

fn print(report: &Report) {
    out::line(&format!("log      {}", report.origin));
    out::line(&format!("size     {} entries, {} read", report.size, report.entries));
    out::line(&format!("root     {}", report.root));
    out::line(&format!("signed   {}", report.signed_by.join(", ")));
    for (witness, time) in &report.cosigned_by {
        out::line(&format!("witness  {witness} at {}", instant(time.saturating_mul(1000))));
    }
    if report.unknown_signatures > 0 {
        out::line(&format!("ignored  {} signatures by keys that were not given", report.unknown_signatures));
    }
    if let (Some(first), Some(last)) = (report.first_time, report.last_time) {
        out::line(&format!("time     {} to {}", instant(first), instant(last)));
    }
    out::line(&format!(
        "checked  {} tiles and bundles, {} older checkpoints",
        report.files, report.continues
    ));
    for problem in &report.problems {
        out::line(&format!("WRONG    [{}] {}: {}", problem.code, problem.place, problem.what));
    }
    out::line(if report.sound { "sound" } else { "NOT SOUND" });
}

/// Milliseconds since 1970 as people read them.
fn instant(millis: u64) -> String {
    let time = i64::try_from(millis).ok().and_then(|m| Timestamp::from_millisecond(m).ok());
    time.map_or_else(|| format!("{millis} ms"), |t| t.to_string())
}

/// Check a proof file.
#[derive(Debug, clap::Args)]
pub struct ProofArgs {
    /// The proof file (`.tlog-proof`).
    proof: PathBuf,
    /// The entry that it proves, byte for byte as it stands in the log.
    #[arg(long, value_name = "FILE")]
    entry: PathBuf,
    #[command(flatten)]
    trust: Trust,
    /// Print the answer as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Proved {
    origin: String,
    index: u64,
    size: u64,
    signed_by: Vec<String>,
    cosigned_by: Vec<(String, u64)>,
}

/// Exit status 0 when the entry is proved, 1 when it is not, 2 when the files cannot be read.
pub fn check_proof(args: &ProofArgs) -> CommandResult {
    let policy = args.trust.policy()?;
    let (proof, entry) = (read(&args.proof)?, read(&args.entry)?);
    let not_proved = |e: counterfoil_service::log::proof::ProofFileError| {
        CommandError::failed("not-proved", e.to_string())
    };
    let proof = InclusionProof::parse(&proof).map_err(not_proved)?;
    let verdict = proof.verify(&entry, &policy).map_err(not_proved)?;
    let proved = proved(&proof, verdict);
    if args.json {
        return out::json(&proved);
    }
    out::line(&format!("proved: entry {} of {} in `{}`", proved.index, proved.size, proved.origin));
    for (witness, time) in &proved.cosigned_by {
        out::line(&format!("seen by {witness} at {}", instant(time.saturating_mul(1000))));
    }
    Ok(())
}

fn proved(proof: &InclusionProof, verdict: Verdict) -> Proved {
    let head = &proof.checkpoint.checkpoint;
    Proved {
        origin: head.origin.clone(),
        index: proof.index,
        size: head.size,
        signed_by: verdict.logs,
        cosigned_by: verdict.witnesses,
    }
}
