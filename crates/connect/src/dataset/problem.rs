//! What is wrong with a dataset file, and where.

use std::fmt;

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A stable code such as `unknown-key`.
    pub code: &'static str,
    /// The line, when known.
    pub line: Option<u64>,
    /// What is wrong and what to do.
    pub message: String,
}

/// Everything to mend, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// One more.
    pub(crate) fn add(&mut self, code: &'static str, line: u64, message: impl Into<String>) {
        self.0.push(Problem { code, line: (line > 0).then_some(line), message: message.into() });
    }

    /// The code of the first problem.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.first().map_or("bad-dataset", |p| p.code)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&texts.join("; "))
    }
}

impl std::error::Error for Problems {}
