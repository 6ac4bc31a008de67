//! Accounts and sessions as the store keeps them.

use counterfoil_domain::ids::{ControllerId, SessionId, StaffId};
use counterfoil_store::Store;
use counterfoil_store::accounts::SignIn;
use jiff::{SignedDuration, Timestamp};

use super::{Account, Accounts, LiveSession, NewSession};

/// The accounts of one organisation in the store. The store reads the same clock as its caller.
#[derive(Debug, Clone)]
pub struct StoreAccounts {
    /// The store.
    pub store: Store,
    /// The organisation.
    pub controller: ControllerId,
}

impl Accounts for StoreAccounts {
    fn by_name(&self, name: &str) -> Result<Option<Account>, String> {
        Ok(self.store.sign_in_facts(self.controller, name).map_err(told)?.map(account))
    }

    fn by_id(&self, staff: StaffId) -> Result<Option<Account>, String> {
        Ok(self.store.sign_in_facts_of(self.controller, staff).map_err(told)?.map(account))
    }

    fn names(&self, staff: StaffId) -> Result<(String, String), String> {
        self.store.own_names(self.controller, staff).map_err(told)
    }

    fn note_failure(&self, staff: StaffId, locked_until: Timestamp) -> Result<(), String> {
        self.store.note_failed_sign_in(self.controller, staff, locked_until).map_err(told)
    }

    fn use_code(&self, staff: StaffId, step: u64) -> Result<bool, String> {
        let step = i64::try_from(step).map_err(|_| "a time step beyond the calendar".to_owned())?;
        self.store.use_totp_step(self.controller, staff, step).map_err(told)
    }

    fn open(&self, session: &NewSession) -> Result<(), String> {
        let NewSession { token_hash, staff, second_factor, lasts, .. } = *session;
        self.store
            .begin_session(self.controller, staff, token_hash, second_factor, lasts)
            .map(|_| ())
            .map_err(told)
    }

    fn live(
        &self,
        token_hash: [u8; 32],
        _: Timestamp,
        idle: SignedDuration,
    ) -> Result<Option<LiveSession>, String> {
        let found = self.store.session_actor(self.controller, token_hash, idle).map_err(told)?;
        let live = |(id, actor): (SessionId, counterfoil_store::access::StaffActor)| LiveSession {
            id,
            staff: actor.staff,
            second_factor: actor.second_factor,
            active: actor.account_active,
        };
        Ok(found.map(live))
    }

    fn close(&self, session: SessionId) -> Result<(), String> {
        self.store.end_sessions(self.controller, Some(session), None).map(|_| ()).map_err(told)
    }
}

fn account(facts: SignIn) -> Account {
    Account {
        staff: facts.staff,
        password_hash: facts.password_hash,
        code_secret: facts.totp_secret,
        last_code_step: u64::try_from(facts.totp_last_step).unwrap_or(0),
        active: facts.active,
        failed_tries: u32::try_from(facts.failed).unwrap_or(u32::MAX),
        locked_until: facts.locked_until,
    }
}

/// Store errors name tables and columns, never content.
#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives the error away")]
fn told(error: counterfoil_store::StoreError) -> String {
    error.to_string()
}
