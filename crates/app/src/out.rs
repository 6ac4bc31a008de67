//! What a command prints, and how it fails.

use std::io::Write;

/// A command's failure: a stable code for programs, plain words for people, and the exit status.
///
/// Exit statuses, the same for every command: 0 done; 1 could not be done (a fault, a source that
/// failed, a check that did not pass); 2 refused input (nothing was done; mend the input).
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct CommandError {
    /// A stable, machine-readable code such as `unknown-option`.
    pub code: &'static str,
    /// What went wrong and what to do, lower case, with the user's input in backticks.
    pub message: String,
    /// 1 or 2.
    pub status: u8,
}

impl CommandError {
    /// The input was refused; nothing was done.
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), status: 2 }
    }

    /// The work could not be done.
    pub fn failed(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), status: 1 }
    }
}

/// What every command returns.
pub type CommandResult = Result<(), CommandError>;

/// Writes one line to standard output; a closed pipe is not an error.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Writes one line to standard error.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Prints `value` as indented JSON.
pub fn json(value: &impl serde::Serialize) -> CommandResult {
    let text = serde_json::to_string_pretty(value).map_err(|e| {
        CommandError::failed("output", format!("the answer could not be written as JSON: {e}"))
    })?;
    line(&text);
    Ok(())
}
