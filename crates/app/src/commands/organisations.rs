//! Which register a command reads.

use std::path::{Path, PathBuf};

use counterfoil_service::organisation::Organisation;
use counterfoil_service::register::Register;
use jiff::civil::Date;

use crate::clock;
use crate::out::{self, CommandError, CommandResult};

/// Which organisation's register, as it stands on which day.
#[derive(Debug, Clone, clap::Args)]
pub struct Which {
    /// A built-in organisation (advice-network, council), or a folder with a register of your own
    #[arg(long, value_name = "NAME|FOLDER")]
    pub organisation: String,
    /// The day as at which the register is read; today by default
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
}

impl Which {
    /// The day.
    pub fn day(&self) -> Result<Date, CommandError> {
        self.on.map_or_else(clock::today, Ok)
    }

    /// The register and the organisation's own facts.
    pub fn open(&self) -> Result<(Register, Organisation, Date), CommandError> {
        let (today, day) = (clock::today()?, self.day()?);
        let folder = Path::new(&self.organisation);
        if !folder.is_dir() {
            let register = Register::built_in(&self.organisation, today)?;
            return Ok((register, Organisation::template(&self.organisation)?.1, day));
        }
        let settings = folder.join("organisation.toml");
        let text = std::fs::read_to_string(&settings).map_err(|e| {
            CommandError::refused("settings", format!("`{}` cannot be read: {e}", settings.display()))
        })?;
        Ok((Register::in_folder(folder, today)?, Organisation::from_toml(&text)?, day))
    }
}

/// Writes the answer to a file, or to standard output.
pub fn put(output: Option<&PathBuf>, bytes: &[u8]) -> CommandResult {
    use std::io::Write as _;
    let Some(path) = output else {
        // A closed pipe is not an error.
        let _ = std::io::stdout().lock().write_all(bytes);
        return Ok(());
    };
    std::fs::write(path, bytes).map_err(|e| {
        CommandError::failed("output", format!("`{}` cannot be written: {e}", path.display()))
    })?;
    out::note(&format!("written to `{}`", path.display()));
    Ok(())
}
