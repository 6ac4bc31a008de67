//! What a use-case can answer instead of doing its work.

use counterfoil_finding::redact::RedactError;
use counterfoil_store::StoreError;

/// Why a use-case was not done. Texts hold no personal data and say what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// The store refused or failed; a refusal of the gate is one of these.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The input cannot be taken as it is.
    #[error("{0}")]
    Invalid(String),
    /// The law does not allow it.
    #[error("{0}")]
    Unlawful(String),
    /// The list of bank holidays cannot be relied on.
    #[error("{0}")]
    Holidays(String),
    /// Something must come first.
    #[error("{0}")]
    NotReady(String),
    /// A document cannot be released safely.
    #[error("item {number}: {source}")]
    Unsafe {
        /// The item's number.
        number: i64,
        /// Why.
        source: RedactError,
    },
    /// A file outside the store could not be read or written.
    #[error("{what}: {why}")]
    File {
        /// What was being done.
        what: String,
        /// The operating system's answer.
        why: String,
    },
}

impl ServiceError {
    /// True when the input was refused and nothing was done.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Invalid(_)
                | Self::Holidays(_)
                | Self::Unlawful(_)
                | Self::NotReady(_)
                | Self::Store(StoreError::Refused { .. } | StoreError::NotFound(_) | StoreError::Invalid(_))
        )
    }

    /// A stable, machine-readable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Store(StoreError::Refused { .. }) => "refused",
            Self::Store(StoreError::NotFound(_)) => "not-found",
            Self::Holidays(_) => "bad-holidays",
            Self::Store(StoreError::Keys(_) | StoreError::KeyGone) => "keys",
            Self::Store(StoreError::NewerSchema { .. } | StoreError::AlteredMigration(_)) => "schema",
            Self::Store(StoreError::Unavailable(_)) => "unavailable",
            Self::Store(StoreError::Log(_)) => "log",
            Self::Store(StoreError::Policy(_)) => "policy",
            Self::Store(_) => "store",
            Self::Invalid(_) => "invalid",
            Self::Unlawful(_) => "unlawful",
            Self::NotReady(_) => "not-ready",
            Self::Unsafe { .. } => "unsafe",
            Self::File { .. } => "file",
        }
    }

    pub(crate) fn file(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |e| Self::File { what, why: e.to_string() }
    }
}

/// What a use-case gives back.
pub type Result<T> = std::result::Result<T, ServiceError>;
