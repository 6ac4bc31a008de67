//! A generated network that is kept in a folder, to be measured again after a change.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::out::CommandError;

/// What the network itself does not tell.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Where it is on PostgreSQL.
    pub(super) schema: Option<String>,
    /// At what rate it was made; none when its making was cut off.
    pub(super) people_per_second: Option<f64>,
}

const FILE: &str = "network.json";

fn trouble(e: impl std::fmt::Display) -> CommandError {
    CommandError::failed("bench", format!("the network that is kept cannot be used: {e}"))
}

impl Kept {
    /// What is kept in the folder, when something is.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, CommandError> {
        match std::fs::read(folder.join(FILE)) {
            Ok(content) => serde_json::from_slice(&content).map(Some).map_err(trouble),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(trouble(e)),
        }
    }

    pub(super) fn write(&self, folder: &Path) -> Result<(), CommandError> {
        let content = serde_json::to_vec(self).map_err(trouble)?;
        std::fs::write(folder.join(FILE), content).map_err(trouble)
    }
}
