//! One-time codes (TOTP, RFC 6238): six digits, thirty seconds, SHA-1, one step either side.

use jiff::Timestamp;
use totp_rs::{Builder, Secret, Totp};

/// A shared secret that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret of the one-time codes is damaged: set up the authenticator again")]
pub struct CodeError;

/// A new shared secret and the text that an authenticator takes (base32).
///
/// # Errors
/// [`CodeError`] when the library refuses the bytes, which 20 bytes never are.
pub fn new_code_secret(random: [u8; 20]) -> Result<(Vec<u8>, String), CodeError> {
    let totp = totp(&random)?;
    Ok((random.to_vec(), totp.secret().to_base32()))
}

/// The code of this secret at this moment; for the demo's printed sign-ins and for tests.
///
/// # Errors
/// [`CodeError`] when the secret is shorter than 16 bytes.
pub fn code_at(secret: &[u8], now: Timestamp) -> Result<String, CodeError> {
    Ok(totp(secret)?.generate(seconds(now)).to_string())
}

/// The time step that a code belongs to, when it is right now or was within one step. Spaces and
/// hyphens do not matter.
#[must_use]
pub fn code_matches(secret: &[u8], code: &str, now: Timestamp) -> Option<u64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    totp(secret).ok()?.check(&digits, seconds(now))
}

fn totp(secret: &[u8]) -> Result<Totp, CodeError> {
    Builder::new().with_secret(Secret::from(secret.to_vec())).build().map_err(|_| CodeError)
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.as_second()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, the SHA-1 rows, last six digits.
    #[test]
    fn codes_are_the_rfcs() {
        for (at, expected) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let now = Timestamp::from_second(at).unwrap();
            assert_eq!(code_at(b"12345678901234567890", now).unwrap(), expected);
            assert_eq!(code_matches(b"12345678901234567890", expected, now), Some(at as u64 / 30));
        }
    }

    #[test]
    fn a_code_may_be_one_step_late_and_spaced_and_no_more() {
        let secret = [9; 20];
        let now = Timestamp::from_second(1_790_000_010).unwrap();
        let code = code_at(&secret, now).unwrap();
        let spaced = format!(" {} {}", &code[..3], &code[3..]);
        let later = |s: i64| Timestamp::from_second(1_790_000_010 + s).unwrap();
        assert!(code_matches(&secret, &spaced, later(30)).is_some());
        assert!(code_matches(&secret, &code, later(90)).is_none());
        assert!(code_matches(&secret, "", now).is_none());
    }
}
