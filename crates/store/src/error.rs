//! What can go wrong below the use-cases.

/// A failure of the store. Texts never hold personal data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database engine refused or failed; the text is the engine's own, without row contents.
    #[error("the database could not do this: {0}")]
    Database(String),
    /// The transaction lost a race and may be tried again.
    #[error("another change was made at the same moment: try again")]
    Conflict,
    /// The database cannot be reached or opened.
    #[error("the database cannot be opened: {0}")]
    Unavailable(String),
    /// A column held something that it must not.
    #[error("`{table}.{column}` of row {row} does not hold what it must: {why}")]
    Decode {
        /// The table or query.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's number in the answer, from 0.
        row: usize,
        /// What was wrong, without the content.
        why: &'static str,
    },
    /// The schema is newer than this program.
    #[error(
        "the database was made by a newer version of this program (schema {found}, this program knows {known}): \
         install that version or newer"
    )]
    NewerSchema {
        /// The schema's version.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// A landed migration differs from the one in this program.
    #[error(
        "migration {0} of the database differs from this program's: the database or the program was altered"
    )]
    AlteredMigration(i64),
    /// Sealed content did not open: wrong place, wrong key or altered bytes.
    #[error("sealed content of `{table}` could not be opened: it was altered, moved or its key is gone")]
    Unsealable {
        /// The table.
        table: &'static str,
    },
    /// The key of a person or record was destroyed (erasure) or never existed.
    #[error("the key of this record is gone: the record was erased")]
    KeyGone,
    /// The key file or its passphrase is wrong.
    #[error("{0}")]
    Keys(String),
    /// The gate refused.
    #[error("{why}{}", .remedy.as_deref().map(|r| format!(": {r}")).unwrap_or_default())]
    Refused {
        /// Why, in plain words, without what the record holds.
        why: String,
        /// What would make it possible.
        remedy: Option<String>,
        /// The deciding policies.
        policies: Vec<String>,
    },
    /// There is no such record, or the actor may not know of it.
    #[error("there is no such {0}, or you may not see it")]
    NotFound(&'static str),
    /// The input cannot be stored as it is.
    #[error("{0}")]
    Invalid(String),
    /// The disk is full or a file could not be written or read.
    #[error("{what}: {why}")]
    File {
        /// What was being done, without personal data.
        what: &'static str,
        /// The operating system's answer.
        why: String,
    },
    /// A policy could not be loaded or evaluated.
    #[error("the access policies cannot be used: {0}")]
    Policy(String),
    /// The audit log does not verify.
    #[error("the audit log does not verify: {0}")]
    Log(String),
}

impl StoreError {
    /// The same failure for another act that shared the commit.
    #[must_use]
    pub fn again(&self) -> Self {
        match self {
            Self::Conflict => Self::Conflict,
            Self::Unavailable(text) => Self::Unavailable(text.clone()),
            Self::File { what, why } => Self::File { what, why: why.clone() },
            Self::Log(text) => Self::Log(text.clone()),
            Self::Database(text) => Self::Database(text.clone()),
            other => Self::Database(other.to_string()),
        }
    }

    /// True when the same act may succeed if tried again.
    #[must_use]
    pub const fn may_retry(&self) -> bool {
        matches!(self, Self::Conflict)
    }
}

/// What the store gives back.
pub type Result<T> = std::result::Result<T, StoreError>;
