//! `counterfoil backup`: a sealed copy of everything but the keys, and one of the key store.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::config::{self, Config};
use crate::desk::Where;
use crate::out::{self, CommandError, CommandResult};

/// Write a sealed backup while the product runs: the database and files, or the key store.
///
/// The two are kept apart: a backup opens nothing without the keys, and a destroyed key is gone
/// everywhere once the last copy of the key store that holds it is deleted.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file to write; it must not exist yet
    to: PathBuf,
    /// Write a copy of the key store instead (keep these for days, not years)
    #[arg(long)]
    keys: bool,
    #[command(flatten)]
    place: Where,
}

/// The variable that holds the passphrase of backups; the key file's is used without it.
pub const PASSPHRASE: &str = "COUNTERFOIL_BACKUP_PASSPHRASE";

/// The passphrase of backups.
pub fn passphrase() -> Result<String, CommandError> {
    std::env::var(PASSPHRASE).or_else(|_| config::passphrase())
}

/// Runs `counterfoil backup`.
pub fn run(args: &Args) -> CommandResult {
    refuse_existing(&args.to)?;
    let config = Config::load(args.place.config.as_deref())?;
    let passphrase = passphrase()?;
    let store = config.open()?;
    if args.keys {
        let keys = store.back_up_keys(&args.to, &passphrase, super::set_up::hardness())?;
        if args.place.json {
            return out::json(&json!({ "file": args.to, "keys": keys }));
        }
        out::line(&format!("{keys} keys are in `{}`.", args.to.display()));
        return Ok(());
    }
    let copied = store.back_up(&args.to, &passphrase, super::set_up::hardness())?;
    if args.place.json {
        return out::json(&json!({ "file": args.to, "files": copied.files, "bytes": copied.bytes }));
    }
    out::line(&format!("The database and {} files are in `{}`.", copied.files, args.to.display()));
    out::line("Back up the key store too, apart from this: counterfoil backup --keys FILE");
    Ok(())
}

fn refuse_existing(path: &Path) -> CommandResult {
    if path.exists() {
        let message = format!("`{}` exists already: name a new file", path.display());
        return Err(CommandError::refused("file-exists", message));
    }
    Ok(())
}
