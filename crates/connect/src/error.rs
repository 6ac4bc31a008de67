//! What a source can answer besides a result.

use crate::dataset::Problems;

/// Why nothing was done, or nothing can be said.
///
/// No text holds a row's contents or a secret: they go to terminals and logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The dataset file is not in order.
    #[error("{0}")]
    Dataset(#[from] Problems),
    /// What was asked is refused: nothing was done, mend it.
    #[error("{message}")]
    Refused {
        /// A stable code.
        code: &'static str,
        /// Why, and what to do.
        message: String,
    },
    /// The source did not answer, or answered in part.
    #[error("{message}")]
    Failed {
        /// A stable code.
        code: &'static str,
        /// Why, and what to do.
        message: String,
    },
}

impl SourceError {
    pub(crate) fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::Refused { code, message: message.into() }
    }

    pub(crate) fn failed(code: &'static str, message: impl Into<String>) -> Self {
        Self::Failed { code, message: message.into() }
    }

    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Dataset(problems) => problems.code(),
            Self::Refused { code, .. } | Self::Failed { code, .. } => code,
        }
    }

    /// Whether the input is at fault rather than the source.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        !matches!(self, Self::Failed { .. })
    }
}

/// What the functions of this crate return.
pub type Result<T> = std::result::Result<T, SourceError>;
