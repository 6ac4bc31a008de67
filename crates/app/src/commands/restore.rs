//! `counterfoil restore`: a backup into an empty place, and erasures and disposals since then made again.

use std::path::PathBuf;

use counterfoil_service::store::Store;
use serde_json::json;

use crate::config::Config;
use crate::desk::Where;
use crate::out::{self, CommandError, CommandResult};

/// Restore a backup into the empty place that the configuration names.
///
/// The newest copy of the key store brings the keys and the names of those that were destroyed: whoever
/// was erased since the backup is erased again, and what was disposed of is disposed of again with its certificate,
/// before anything else can be done.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The backup
    from: PathBuf,
    /// The newest copy of the key store; leave it out only when the key store itself is still in place
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    #[command(flatten)]
    place: Where,
}

/// Runs `counterfoil restore`.
pub fn run(args: &Args) -> CommandResult {
    for path in std::iter::once(&args.from).chain(&args.keys) {
        if !path.is_file() {
            let message = format!("`{}` is not a file: name the backup", path.display());
            return Err(CommandError::refused("unreadable-file", message));
        }
    }
    let config = Config::load(args.place.config.as_deref())?;
    let passphrase = super::backup::passphrase()?;
    // What would make the restore useless is found before it is made.
    crate::config::passphrase()?;
    let copied = Store::restore(&args.from, &passphrase, &config.site().place)?;
    let store = config.open()?;
    let keys = match &args.keys {
        Some(path) => store.restore_keys(path, &passphrase)?,
        None => 0,
    };
    let replayed = store.replay_erasures()?;
    let disposed = store.replay_disposals()?;
    store.scrub_after_disposal()?;
    let health = store.health()?;
    if args.place.json {
        out::json(&json!({
            "files": copied.files, "keys": keys, "erasures_replayed": replayed, "disposals_replayed": disposed,
            "files_missing": health.files_missing,
        }))?;
    } else {
        out::line(&format!(
            "Restored: {} files, {keys} keys; {replayed} erasures and {disposed} disposals were made again.",
            copied.files
        ));
    }
    if health.damage.is_empty() && health.files_missing == 0 {
        return Ok(());
    }
    Err(CommandError::failed("damaged", "the restored data is not whole: run `counterfoil doctor`"))
}
