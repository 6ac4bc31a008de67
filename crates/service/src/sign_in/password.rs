//! Passwords: Argon2id with OWASP's first recommended parameters (19 MiB, 2 passes, 1 lane).

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

/// Fewest characters (OWASP ASVS 5.0, 6.2.1 asks 8 and recommends 15; staff also give a code).
const SHORTEST: usize = 12;
/// Most characters; a limit only so that hashing cannot be made expensive (6.2.9 asks at least 64).
const LONGEST: usize = 256;

/// Why a password cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short to resist guessing.
    #[error("the password is too short: use 12 characters or more, for example three words")]
    TooShort,
    /// Longer than is taken.
    #[error("the password is too long: use 256 characters or fewer")]
    TooLong,
    /// The person's own name, or one character again and again.
    #[error("the password is too easy to guess: do not use your name or one character repeated")]
    Guessable,
    /// The password could not be hashed.
    #[error("the password could not be stored: try again")]
    NotHashed,
}

/// Checks a new password.
///
/// # Errors
/// [`PasswordError`] when it is too short, too long or made from `name`.
pub fn acceptable_password(password: &str, name: &str) -> Result<(), PasswordError> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(PasswordError::TooShort);
    }
    if length > LONGEST {
        return Err(PasswordError::TooLong);
    }
    let lower = password.to_lowercase();
    let local = name.split('@').next().unwrap_or_default().to_lowercase();
    let named = local.chars().count() >= 3 && lower.contains(&local);
    let mut characters = lower.chars();
    let first = characters.next();
    let repeated = characters.all(|c| Some(c) == first);
    if named || repeated { Err(PasswordError::Guessable) } else { Ok(()) }
}

/// The PHC string to keep for a password; `salt` is 16 random bytes of its own.
///
/// # Errors
/// [`PasswordError::TooLong`] or [`PasswordError::NotHashed`].
pub fn hash_password(password: &str, salt: [u8; 16]) -> Result<String, PasswordError> {
    if password.chars().count() > LONGEST {
        return Err(PasswordError::TooLong);
    }
    let hasher = hasher().ok_or(PasswordError::NotHashed)?;
    let hash = hasher.hash_password_with_salt(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|_| PasswordError::NotHashed)
}

/// Whether the password is right. Without a hash the same work is done and the answer is no.
pub(super) fn verify(password: &str, hash: Option<&str>) -> bool {
    if password.chars().count() > LONGEST {
        return false;
    }
    match hash.map(PasswordHash::new) {
        Some(Ok(parsed)) => Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok(),
        _ => {
            let _ = hash_password(password, [0; 16]);
            false
        }
    }
}

fn hasher() -> Option<Argon2<'static>> {
    let params = Params::new(19_456, 2, 1, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_states_its_parameters_and_verifies() {
        let hash = hash_password("correct horse battery", [7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("correct horse battery", Some(&hash)));
        assert!(!verify("correct horse batterz", Some(&hash)));
        assert!(!verify("correct horse battery", None));
        assert!(!verify("correct horse battery", Some("not a hash")));
    }

    #[test]
    fn a_guessable_password_is_refused() {
        for (password, expected) in [
            ("short", Err(PasswordError::TooShort)),
            ("aaaaaaaaaaaaaaaa", Err(PasswordError::Guessable)),
            ("ffion.price-2026", Err(PasswordError::Guessable)),
            ("tri gair hawdd", Ok(())),
        ] {
            assert_eq!(acceptable_password(password, "ffion.price@example.org"), expected, "{password}");
        }
    }
}
