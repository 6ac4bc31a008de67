//! Which system is asked, and within which limits.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::{Result, SourceError};

/// Where a connected system is.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL address; it may hold a password.
    Postgres(String),
}

impl std::fmt::Debug for Address {
    // INVARIANT: a password is never printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(_) => f.debug_tuple("Postgres").field(&"…").finish(),
        }
    }
}

impl Address {
    /// Reads `postgres://…`, `postgresql://…`, `sqlite:FILE`, or a path to a file that is there.
    ///
    /// # Errors
    /// Anything else; the text is not repeated, as it may hold a password.
    pub fn parse(text: &str) -> Result<Self> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        if let Some(rest) = text.strip_prefix("sqlite:") {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            let path = path.split('?').next().unwrap_or(path);
            return if path.is_empty() { Err(unknown()) } else { Ok(Self::Sqlite(path.into())) };
        }
        let path = PathBuf::from(text);
        if !text.contains("://") && path.is_file() {
            return Ok(Self::Sqlite(path));
        }
        Err(unknown())
    }

    /// What kind of system it is.
    #[must_use]
    pub const fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgresql",
        }
    }
}

fn unknown() -> SourceError {
    let message = "the connection is neither `postgres://user@host/database` nor `sqlite:FILE` (a file that is there); \
                   `env:NAME` takes it from an environment variable";
    SourceError::refused("bad-connection", message)
}

/// How far a search goes before it fails rather than answer in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long one statement may take.
    pub timeout: Duration,
    /// How often collections that lead to each other are searched again.
    pub rounds: usize,
    /// How many keys are kept in memory.
    pub keys: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(60), rounds: 20, keys: 2_000_000 }
    }
}

/// A value that a person is known by, such as an e-mail address.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The kind, such as `email`.
    pub kind: String,
    /// The value.
    pub value: String,
}

impl std::fmt::Debug for Identity {
    // INVARIANT: the value is personal and is never printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Identity {
    /// Reads `email=jane@example.org`.
    ///
    /// # Errors
    /// A text without a kind or without a value; the text is not repeated.
    pub fn parse(text: &str) -> Result<Self> {
        let pair = text.split_once('=').map(|(kind, value)| (kind.trim(), value.trim()));
        match pair {
            Some((kind, value)) if !kind.is_empty() && !value.is_empty() => {
                Ok(Self { kind: kind.to_owned(), value: value.to_owned() })
            }
            _ => Err(SourceError::refused(
                "bad-identity",
                "an identity is a kind and a value: `email=jane@example.org`",
            )),
        }
    }
}
