//! The one source of randomness of the commands. The store has its own.

use crate::out::CommandError;

/// Random bytes.
///
/// # Errors
/// The system gives none.
pub fn random<const N: usize>() -> Result<[u8; N], CommandError> {
    let mut bytes = [0; N];
    fill(&mut bytes)?;
    Ok(bytes)
}

/// Fills with random bytes.
///
/// # Errors
/// The system gives none.
#[expect(clippy::disallowed_methods, reason = "this is the one place where the commands draw")]
pub fn fill(bytes: &mut [u8]) -> Result<(), CommandError> {
    getrandom::fill(bytes)
        .map_err(|e| CommandError::failed("no-randomness", format!("the system gives no randomness: {e}")))
}
