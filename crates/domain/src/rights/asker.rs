//! The asker's own way to their request: how often a code may be wrong, and what they may still do.

use jiff::SignedDuration;

/// What follows a wrong code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// Another try is looked at.
    None,
    /// No try is looked at for so long.
    For(SignedDuration),
    /// The key has ended: a new one is given out.
    Ended,
}

/// Wrong codes in a row before the first wait.
const FIRST: u32 = 5;
/// Wrong codes in a row that end the key. Eight digits are then guessed once in some seven million.
const LAST: u32 = 15;
/// How long a wait is.
const WAIT: SignedDuration = SignedDuration::from_hours(1);

/// What follows after `wrong` codes in a row, this one included: an hour's wait after each five, the end
/// after fifteen.
#[must_use]
pub const fn after_wrong(wrong: u32) -> Lock {
    match wrong {
        LAST.. => Lock::Ended,
        n if n > 0 && n % FIRST == 0 => Lock::For(WAIT),
        _ => Lock::None,
    }
}

/// Whether a request in this state can still be withdrawn by its asker: what was answered or closed cannot.
#[must_use]
pub fn may_withdraw(state: &str) -> bool {
    !matches!(state, "released" | "closed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_wrong_codes_wait_and_fifteen_end() {
        for (wrong, expected) in [
            (0, Lock::None),
            (1, Lock::None),
            (4, Lock::None),
            (5, Lock::For(WAIT)),
            (6, Lock::None),
            (10, Lock::For(WAIT)),
            (14, Lock::None),
            (15, Lock::Ended),
            (16, Lock::Ended),
            (u32::MAX, Lock::Ended),
        ] {
            assert_eq!(after_wrong(wrong), expected, "{wrong}");
        }
    }
}
