//! Progress of long work, on standard error and only where a person looks at it.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar.
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar for work of unknown length; hidden when standard error is not a terminal.
    pub fn new(what: &'static str) -> Self {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{prefix} {msg} [{bar:30}] {pos} of {len}") {
            bar.set_style(style);
        }
        bar.set_prefix(what);
        Self(bar)
    }

    /// `done` of `total` steps of `part` are done.
    pub fn at(&self, part: &str, done: usize, total: usize) {
        self.0.set_length(total as u64);
        self.0.set_position(done as u64);
        self.0.set_message(part.to_owned());
    }

    /// The work is over.
    pub fn done(&self) {
        self.0.finish_and_clear();
    }
}
