//! `counterfoil source`: one connected system, from its dataset description.

mod check;
mod erase;
mod find;
mod rows;

use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Subcommand;
use counterfoil_connect::SourceError;
use counterfoil_connect::dataset::{self, Dataset};
use counterfoil_connect::source::{Address, Identity, Limits};

use crate::out::{CommandError, CommandResult};

/// Check, search or erase in one connected database, as its Fides dataset (YAML) describes it.
///
/// Exit status: 0 done, whether something is held or nothing; 1 the source failed; 2 refused.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Check(check::Args),
    Find(find::Args),
    Erase(erase::Args),
}

/// What every verb takes.
#[derive(Debug, clap::Args)]
struct Common {
    /// The dataset: Fides YAML
    #[arg(long, value_name = "FILE")]
    dataset: PathBuf,
    /// postgres://user@host/database, sqlite:FILE, or env:NAME to take it from an environment variable
    #[arg(long, value_name = "URL")]
    connection: String,
    /// Who is looked for: kind=value, such as email=jane@example.org; the verified one first. @FILE (or @-)
    /// reads them from a file (or standard input), one a line
    #[arg(long, value_name = "KIND=VALUE")]
    identity: Vec<String>,
    /// How many seconds one statement may take
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// How often tables that refer to each other are searched again before the search fails
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// How many keys are kept in memory before the search fails
    #[arg(long, default_value_t = 2_000_000)]
    keys: usize,
    /// Search by a further identity even when nothing in the source links it to the first
    #[arg(long)]
    accept_unlinked: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What every verb works on.
struct Opened {
    dataset: Dataset,
    address: Address,
    identities: Vec<Identity>,
    limits: Limits,
}

/// Runs the verb.
pub fn run(args: Args) -> CommandResult {
    match args.verb {
        Verb::Check(args) => check::run(&args),
        Verb::Find(args) => find::run(&args),
        Verb::Erase(args) => erase::run(&args),
    }
}

impl Common {
    fn open(&self) -> Result<Opened, CommandError> {
        let text = read(&self.dataset)?;
        let dataset = dataset::parse(&text).map_err(|problems| {
            CommandError::refused(problems.code(), format!("`{}`: {problems}", self.dataset.display()))
        })?;
        let address = Address::parse(&self.connection()?).map_err(refused)?;
        let rounds = usize::try_from(self.rounds).unwrap_or(usize::MAX);
        let limits = Limits { timeout: Duration::from_secs(self.timeout), rounds, keys: self.keys };
        Ok(Opened { dataset, address, identities: self.identities()?, limits })
    }

    fn connection(&self) -> Result<String, CommandError> {
        let Some(name) = self.connection.strip_prefix("env:") else { return Ok(self.connection.clone()) };
        std::env::var(name).map_err(|_| {
            CommandError::refused("no-connection", format!("the environment variable `{name}` is not set"))
        })
    }

    fn identities(&self) -> Result<Vec<Identity>, CommandError> {
        let mut found = Vec::new();
        for text in &self.identity {
            match text.strip_prefix('@') {
                None => found.push(Identity::parse(text).map_err(refused)?),
                Some(file) => {
                    for line in lines(file)?.iter().filter(|l| !l.trim().is_empty()) {
                        found.push(Identity::parse(line).map_err(refused)?);
                    }
                }
            }
        }
        Ok(found)
    }

    /// The file beside the dataset that keeps the fingerprint of the reviewed schema.
    fn fingerprint_file(&self) -> PathBuf {
        let mut name = self.dataset.clone().into_os_string();
        name.push(".fingerprint");
        name.into()
    }

    /// The fingerprint of the reviewed schema, when one is kept.
    fn reviewed(&self) -> Option<String> {
        std::fs::read_to_string(self.fingerprint_file()).ok().map(|text| text.trim().to_owned())
    }
}

impl Opened {
    /// That somebody is looked for.
    fn require_identity(&self) -> CommandResult {
        if self.identities.is_empty() {
            let message = "say who is looked for: `--identity email=jane@example.org`";
            return Err(CommandError::refused("no-identity-given", message));
        }
        Ok(())
    }

    fn name(&self, collection: usize) -> &str {
        self.dataset.collections.get(collection).map_or("?", |c| c.name.as_str())
    }
}

fn lines(file: &str) -> Result<Vec<String>, CommandError> {
    if file != "-" {
        return Ok(read(Path::new(file))?.lines().map(str::to_owned).collect());
    }
    let lines: std::io::Result<Vec<String>> = std::io::stdin().lock().lines().collect();
    lines.map_err(|e| CommandError::refused("unreadable-file", format!("standard input: {e}")))
}

fn read(path: &Path) -> Result<String, CommandError> {
    std::fs::read_to_string(path).map_err(|e| {
        CommandError::refused("unreadable-file", format!("`{}` could not be read: {e}", path.display()))
    })
}

#[expect(clippy::needless_pass_by_value, reason = "it is used as a function for map_err")]
fn refused(error: SourceError) -> CommandError {
    if error.is_refusal() {
        CommandError::refused(error.code(), error.to_string())
    } else {
        CommandError::failed(error.code(), error.to_string())
    }
}

/// A collection of whole milliseconds, for people and programs.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}
