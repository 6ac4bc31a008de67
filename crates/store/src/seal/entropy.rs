//! The one source of randomness. Everything that needs chance takes an [`Entropy`].

use std::sync::Arc;

/// Fills a slice with random bytes.
type Fill = dyn Fn(&mut [u8]) + Send + Sync;

/// Gives random bytes. Tests give a seeded one; the product uses the operating system's.
#[derive(Clone)]
pub struct Entropy(Arc<Fill>);

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entropy")
    }
}

impl Entropy {
    /// The operating system's generator.
    ///
    /// The process stops when the system has no randomness to give: to go on would seal with
    /// guessable keys.
    #[must_use]
    pub fn system() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the one source")]
        Self(Arc::new(|bytes| {
            if getrandom::fill(bytes).is_err() {
                std::process::abort();
            }
        }))
    }

    /// A source of one's own, for tests that must repeat.
    pub fn from_fn(fill: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0)(&mut bytes);
        bytes
    }
}
