//! Signing in: a password, then a one-time code, then a session with two time limits.
//!
//! Time and randomness are arguments. What is kept lies behind [`Accounts`], so that the rules here
//! are tested without a database. The same answer is given for an unknown name, a wrong password, a
//! locked and a closed account, after the same work, so that nobody learns which names exist
//! (OWASP ASVS 5.0, 6.3.8).

mod code;
mod kept;
mod password;

use std::sync::Arc;

use counterfoil_domain::ids::{SessionId, StaffId};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

pub use code::{CodeError, code_at, code_matches, new_code_secret};
pub use kept::StoreAccounts;
pub use password::{PasswordError, acceptable_password, hash_password};

/// A session that nobody uses ends after this (OWASP ASVS 5.0, 7.3.1).
pub const IDLE_LIMIT: SignedDuration = SignedDuration::from_mins(30);
/// A session ends after this however much it is used (OWASP ASVS 5.0, 7.3.2): a working day.
pub const ABSOLUTE_LIMIT: SignedDuration = SignedDuration::from_hours(12);
/// How long a person has between the password and the code.
pub const CODE_LIMIT: SignedDuration = SignedDuration::from_mins(10);
/// Wrong passwords and codes in a row before an account is locked for a while.
pub const TRIES: u32 = 5;
/// The first lock; each further wrong try doubles it.
const FIRST_LOCK: SignedDuration = SignedDuration::from_mins(1);
/// The longest lock: long enough to make guessing hopeless, short enough that a person locked out by
/// someone else's guesses can still do the day's work.
const LONGEST_LOCK: SignedDuration = SignedDuration::from_mins(60);

/// Why a sign-in did not go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// Wrong name, password or code, or an account that is locked or closed: never said which.
    #[error("the name, password or code is not right")]
    Refused,
    /// The time between password and code has passed.
    #[error("the sign-in took too long: start again with the password")]
    Expired,
    /// The accounts could not be read or written.
    #[error("signing in is not possible now: {0}")]
    Unavailable(String),
}

/// What signing in needs to know of a member of staff.
#[derive(Clone)]
pub struct Account {
    /// Who it is.
    pub staff: StaffId,
    /// The password as a PHC string; nothing when they sign in otherwise.
    pub password_hash: Option<String>,
    /// The shared secret of their one-time codes, 20 bytes or more.
    pub code_secret: Option<Vec<u8>>,
    /// The last time step whose code was used; no code works twice (RFC 6238 section 5.2).
    pub last_code_step: u64,
    /// Whether they still work here.
    pub active: bool,
    /// Wrong tries in a row.
    pub failed_tries: u32,
    /// Until when every try is refused.
    pub locked_until: Timestamp,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("staff", &self.staff).finish_non_exhaustive()
    }
}

/// A session that both time limits allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveSession {
    /// Its identifier, safe to show in a list.
    pub id: SessionId,
    /// Whose it is.
    pub staff: StaffId,
    /// Whether the one-time code has been given.
    pub second_factor: bool,
    /// Whether they still work here.
    pub active: bool,
}

/// A session that begins. The token itself is never kept, only its hash.
#[derive(Debug, Clone, Copy)]
pub struct NewSession {
    /// SHA-256 of the token that the browser holds.
    pub token_hash: [u8; 32],
    /// Whose it is.
    pub staff: StaffId,
    /// Whether the one-time code has been given.
    pub second_factor: bool,
    /// When it begins.
    pub now: Timestamp,
    /// How long it lasts however much it is used.
    pub lasts: SignedDuration,
}

/// Where accounts and sessions are kept: the store ([`StoreAccounts`]), or memory for tests of pages.
pub trait Accounts: Send + Sync {
    /// The account with this sign-in name.
    ///
    /// # Errors
    /// When it cannot be read, as a text for the operator without personal data; so for all of these.
    fn by_name(&self, name: &str) -> Result<Option<Account>, String>;
    /// The account of this member of staff.
    ///
    /// # Errors
    /// When it cannot be read.
    fn by_id(&self, staff: StaffId) -> Result<Option<Account>, String>;
    /// Their name and their office's.
    ///
    /// # Errors
    /// When they cannot be read.
    fn names(&self, staff: StaffId) -> Result<(String, String), String>;
    /// Adds one wrong try and refuses every further one until `locked_until`.
    ///
    /// # Errors
    /// When it cannot be written.
    fn note_failure(&self, staff: StaffId, locked_until: Timestamp) -> Result<(), String>;
    /// Marks a code's step as used and clears the wrong tries, in one step; false when that step or a
    /// later one was used already.
    ///
    /// # Errors
    /// When it cannot be written.
    fn use_code(&self, staff: StaffId, step: u64) -> Result<bool, String>;
    /// Keeps a session.
    ///
    /// # Errors
    /// When it cannot be written.
    fn open(&self, session: &NewSession) -> Result<(), String>;
    /// The session with this token hash, when it has not ended and was used within `idle` before
    /// `now`; its use is noted.
    ///
    /// # Errors
    /// When it cannot be read or written.
    fn live(
        &self,
        token_hash: [u8; 32],
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<Option<LiveSession>, String>;
    /// Removes a session; no error when it is gone already.
    ///
    /// # Errors
    /// When it cannot be written.
    fn close(&self, session: SessionId) -> Result<(), String>;
}

/// Someone who is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who it is.
    pub staff: StaffId,
    /// Their name.
    pub name: String,
    /// Their office's name.
    pub office: String,
    /// Their session.
    pub session: SessionId,
}

/// The use-cases of signing in.
#[derive(Clone)]
pub struct SignIn(Arc<dyn Accounts>);

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignIn")
    }
}

impl SignIn {
    /// Signing in to the accounts kept there.
    #[must_use]
    pub fn new(accounts: Arc<dyn Accounts>) -> Self {
        Self(accounts)
    }

    /// Checks a name and password; the token of a session that only waits for the code.
    ///
    /// # Errors
    /// [`SignInError::Refused`] or [`SignInError::Unavailable`].
    pub fn password(
        &self,
        name: &str,
        password: &str,
        token: [u8; 32],
        now: Timestamp,
    ) -> Result<String, SignInError> {
        let found = self.0.by_name(name).map_err(SignInError::Unavailable)?;
        let hash = found.as_ref().and_then(|account| account.password_hash.as_deref());
        let right = password::verify(password, hash);
        let account = found.ok_or(SignInError::Refused)?;
        if !right {
            self.wrong_try(&account, now)?;
            return Err(SignInError::Refused);
        }
        open_to(&account, now)?;
        self.open(account.staff, false, token, now)
    }

    /// Checks the one-time code of a session that waits for it; the token of a new, full session.
    ///
    /// # Errors
    /// [`SignInError`]; after [`SignInError::Expired`] the person starts again.
    pub fn code(
        &self,
        waiting: &str,
        code: &str,
        token: [u8; 32],
        now: Timestamp,
    ) -> Result<String, SignInError> {
        let waiting =
            self.live(waiting, now)?.filter(|session| !session.second_factor).ok_or(SignInError::Expired)?;
        let account = self.account(waiting.staff)?.ok_or(SignInError::Refused)?;
        open_to(&account, now)?;
        let secret = account.code_secret.as_deref().ok_or(SignInError::Refused)?;
        let step = code_matches(secret, code, now).filter(|step| *step > account.last_code_step);
        let used = match step {
            Some(step) => self.0.use_code(account.staff, step).map_err(SignInError::Unavailable)?,
            None => false,
        };
        if !used {
            self.wrong_try(&account, now)?;
            return Err(SignInError::Refused);
        }
        // INVARIANT: a token that existed before the second factor never becomes a full session.
        self.0.close(waiting.id).map_err(SignInError::Unavailable)?;
        self.open(account.staff, true, token, now)
    }

    /// Who holds this token, when both time limits and the account allow it.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`].
    pub fn resume(&self, token: &str, now: Timestamp) -> Result<Option<SignedIn>, SignInError> {
        let full = |session: &LiveSession| session.second_factor && session.active;
        let Some(session) = self.live(token, now)?.filter(full) else { return Ok(None) };
        let (name, office) = self.0.names(session.staff).map_err(SignInError::Unavailable)?;
        Ok(Some(SignedIn { staff: session.staff, name, office, session: session.id }))
    }

    /// Whether this token is of a session that waits for its code.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`].
    pub fn waits_for_code(&self, token: &str, now: Timestamp) -> Result<bool, SignInError> {
        Ok(self.live(token, now)?.is_some_and(|session| !session.second_factor))
    }

    /// Ends the session of this token.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`].
    pub fn sign_out(&self, token: &str, now: Timestamp) -> Result<(), SignInError> {
        let found = self.live(token, now)?;
        found.map_or(Ok(()), |session| self.0.close(session.id).map_err(SignInError::Unavailable))
    }

    fn account(&self, staff: StaffId) -> Result<Option<Account>, SignInError> {
        self.0.by_id(staff).map_err(SignInError::Unavailable)
    }

    fn live(&self, token: &str, now: Timestamp) -> Result<Option<LiveSession>, SignInError> {
        self.0.live(hash_token(token), now, IDLE_LIMIT).map_err(SignInError::Unavailable)
    }

    fn open(
        &self,
        staff: StaffId,
        full: bool,
        token: [u8; 32],
        now: Timestamp,
    ) -> Result<String, SignInError> {
        let token = hex(&token);
        let lasts = if full { ABSOLUTE_LIMIT } else { CODE_LIMIT };
        let session = NewSession { token_hash: hash_token(&token), staff, second_factor: full, now, lasts };
        self.0.open(&session).map_err(SignInError::Unavailable)?;
        Ok(token)
    }

    fn wrong_try(&self, account: &Account, now: Timestamp) -> Result<(), SignInError> {
        let lock = lock_after(account.failed_tries.saturating_add(1));
        let until =
            lock.map_or(account.locked_until, |lock| now.saturating_add(lock).unwrap_or(Timestamp::MAX));
        self.0.note_failure(account.staff, until).map_err(SignInError::Unavailable)
    }
}

fn open_to(account: &Account, now: Timestamp) -> Result<(), SignInError> {
    if account.active && now >= account.locked_until { Ok(()) } else { Err(SignInError::Refused) }
}

/// How long an account is locked after this many wrong tries in a row.
fn lock_after(failed: u32) -> Option<SignedDuration> {
    let over = failed.checked_sub(TRIES)?;
    let doubled = 2_i32.checked_pow(over).and_then(|factor| FIRST_LOCK.checked_mul(factor));
    Some(doubled.unwrap_or(LONGEST_LOCK).min(LONGEST_LOCK))
}

fn hash_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_double_up_to_an_hour() {
        let minutes = |failed| lock_after(failed).map(|lock| lock.as_mins());
        for (failed, expected) in [
            (0, None),
            (4, None),
            (5, Some(1)),
            (6, Some(2)),
            (10, Some(32)),
            (11, Some(60)),
            (u32::MAX, Some(60)),
        ] {
            assert_eq!(minutes(failed), expected, "{failed}");
        }
    }
}
