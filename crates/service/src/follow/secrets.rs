//! The key and the code: made so that they can be read out over the telephone and typed from paper.

use sha2::{Digest, Sha256};

use crate::rights::PublicRequest;

/// No I, L, O or U: what looks alike is one sign (Crockford's base 32).
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Signs of a key: 100 bits.
const KEY: usize = 20;
/// Digits of a code.
const CODE: u64 = 100_000_000;

/// A key and a code, as they are given out: once, to the asker, and kept nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets {
    /// Twenty letters and digits, without the hyphens that [`Secrets::shown_key`] adds.
    pub key: String,
    /// Eight digits.
    pub code: String,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Secrets {
    /// From 32 random bytes.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
        let half = |name: &[u8]| Sha256::new_with_prefix(name).chain_update(bytes).finalize();
        let key = half(b"counterfoil follow key\0")
            .iter()
            .take(KEY)
            .filter_map(|byte| SIGNS.get(usize::from(byte & 31)))
            .map(|sign| char::from(*sign))
            .collect();
        let number =
            half(b"counterfoil follow code\0").iter().take(7).fold(0, |n, byte| n << 8 | u64::from(*byte));
        Self { key, code: format!("{:08}", number % CODE) }
    }

    /// `K7Q4M-2XWTB-…`, in groups of five.
    #[must_use]
    pub fn shown_key(&self) -> String {
        grouped(&self.key, 5, '-')
    }

    /// `1234 5678`.
    #[must_use]
    pub fn shown_code(&self) -> String {
        grouped(&self.code, 4, ' ')
    }
}

fn grouped(text: &str, size: usize, between: char) -> String {
    let mut out = String::new();
    for (n, sign) in text.chars().enumerate() {
        if n > 0 && n % size == 0 {
            out.push(between);
        }
        out.push(sign);
    }
    out
}

/// The key and code of a request of the public form: the same each time that the same form is sent, and told by
/// nothing that is kept, because the form's token is not.
#[must_use]
pub fn of_form(asked: &PublicRequest) -> Secrets {
    let mut hash = Sha256::new_with_prefix(b"counterfoil follow form\0");
    hash.update(asked.token.as_bytes());
    hash.update(crate::rights::id_of_form(asked).as_bytes());
    Secrets::from_bytes(&hash.finalize().into())
}

/// What was typed, as it is compared: spaces and hyphens dropped, signs that look alike made one.
pub(super) fn plain(typed: &str) -> String {
    let kept = typed.chars().filter(char::is_ascii_alphanumeric).take(64);
    kept.map(|sign| match sign.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_however_it_is_typed() {
        let secrets = Secrets::from_bytes(&[7; 32]);
        assert_eq!((secrets.key.len(), secrets.code.len()), (20, 8));
        assert_eq!(plain(&secrets.shown_key()), secrets.key);
        assert_eq!(
            plain(&secrets.shown_key().to_lowercase().replace('1', "l").replace('0', "o")),
            secrets.key
        );
        assert_eq!(plain(&format!(" {} ", secrets.shown_code())), secrets.code);
        assert_eq!(secrets.shown_key().split('-').map(str::len).collect::<Vec<_>>(), [5; 4]);
        assert_eq!(format!("{secrets:?}"), "Secrets(…)");
    }

    #[test]
    fn keys_use_every_sign_about_as_often() {
        let mut counts = std::collections::BTreeMap::new();
        for n in 0..500u16 {
            let mut bytes = [0; 32];
            bytes[..2].copy_from_slice(&n.to_be_bytes());
            for sign in Secrets::from_bytes(&bytes).key.chars() {
                *counts.entry(sign).or_insert(0) += 1;
            }
        }
        assert_eq!(counts.len(), 32);
        assert!(counts.values().all(|n| (200..440).contains(n)), "{counts:?}");
    }
}
