//! Signing in over accounts kept in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use counterfoil_domain::ids::{OfficeId, SessionId, StaffId};
use counterfoil_service::sign_in::{
    Account, Accounts, Fresh, Session, SignIn, SignInError, code_at, hash_password,
};
use jiff::{SignedDuration, Timestamp};

const SECRET: [u8; 20] = [5; 20];
const NAME: &str = "ada@example.org";
const PASSWORD: &str = "three plain words";

#[derive(Default)]
struct Memory {
    accounts: Mutex<HashMap<String, Account>>,
    sessions: Mutex<HashMap<[u8; 32], Session>>,
}

impl Memory {
    fn change<T>(&self, staff: StaffId, change: impl FnOnce(&mut Account) -> T) -> T {
        let mut accounts = self.accounts.lock().unwrap();
        change(accounts.values_mut().find(|account| account.staff == staff).unwrap())
    }
}

impl Accounts for Memory {
    fn by_name(&self, name: &str) -> Result<Option<Account>, String> {
        Ok(self.accounts.lock().unwrap().get(name).cloned())
    }
    fn by_id(&self, staff: StaffId) -> Result<Option<Account>, String> {
        Ok(self.accounts.lock().unwrap().values().find(|a| a.staff == staff).cloned())
    }
    fn count_failure(&self, staff: StaffId) -> Result<u32, String> {
        Ok(self.change(staff, |account| {
            account.failed_tries += 1;
            account.failed_tries
        }))
    }
    fn lock(&self, staff: StaffId, until: Timestamp) -> Result<(), String> {
        self.change(staff, |account| account.locked_until = Some(until));
        Ok(())
    }
    fn use_code(&self, staff: StaffId, step: u64) -> Result<bool, String> {
        Ok(self.change(staff, |account| {
            let fresh = step > account.last_code_step;
            if fresh {
                account.last_code_step = step;
                account.failed_tries = 0;
            }
            fresh
        }))
    }
    fn open(&self, session: &Session) -> Result<(), String> {
        self.sessions.lock().unwrap().insert(session.token_hash, session.clone());
        Ok(())
    }
    fn session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>, String> {
        Ok(self.sessions.lock().unwrap().get(token_hash).cloned())
    }
    fn touch(&self, id: SessionId, at: Timestamp) -> Result<(), String> {
        let mut sessions = self.sessions.lock().unwrap();
        sessions.values_mut().filter(|s| s.id == id).for_each(|s| s.last_seen_at = at);
        Ok(())
    }
    fn close(&self, id: SessionId) -> Result<(), String> {
        self.sessions.lock().unwrap().retain(|_, s| s.id != id);
        Ok(())
    }
}

struct World {
    memory: Arc<Memory>,
    sign_in: SignIn,
    count: u8,
}

impl World {
    fn new() -> Self {
        let memory = Arc::new(Memory::default());
        let account = Account {
            staff: StaffId::from_bytes([1; 16]),
            office: OfficeId::from_bytes([2; 16]),
            role: "information-officer".into(),
            display_name: "Ada".into(),
            office_name: "North".into(),
            password_hash: Some(hash_password(PASSWORD, [3; 16]).unwrap()),
            code_secret: Some(SECRET.to_vec()),
            last_code_step: 0,
            active: true,
            failed_tries: 0,
            locked_until: None,
        };
        memory.accounts.lock().unwrap().insert(NAME.into(), account);
        Self { sign_in: SignIn::new(Arc::clone(&memory) as Arc<dyn Accounts>), memory, count: 0 }
    }

    fn fresh(&mut self) -> Fresh {
        self.count += 1;
        Fresh { token: [self.count; 32], id: [self.count; 10] }
    }

    fn password(&mut self, name: &str, password: &str, now: Timestamp) -> Result<String, SignInError> {
        let fresh = self.fresh();
        self.sign_in.password(name, password, fresh, now)
    }

    fn code(&mut self, token: &str, code: &str, now: Timestamp) -> Result<String, SignInError> {
        let fresh = self.fresh();
        self.sign_in.code(token, code, fresh, now)
    }

    fn full(&mut self, now: Timestamp) -> String {
        let waiting = self.password(NAME, PASSWORD, now).unwrap();
        self.code(&waiting, &code_at(&SECRET, now).unwrap(), now).unwrap()
    }
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap() + SignedDuration::from_mins(minutes)
}

#[test]
fn a_password_alone_opens_nothing() {
    let mut world = World::new();
    let waiting = world.password(NAME, PASSWORD, at(0)).unwrap();
    assert!(world.sign_in.waits_for_code(&waiting, at(1)).unwrap());
    assert!(world.sign_in.resume(&waiting, at(1)).unwrap().is_none());
    let full = world.code(&waiting, &code_at(&SECRET, at(1)).unwrap(), at(1)).unwrap();
    assert_ne!(full, waiting, "the token changes when the privilege does");
    let who = world.sign_in.resume(&full, at(1)).unwrap().unwrap();
    assert_eq!(who.account.display_name, "Ada");
    assert!(!world.sign_in.waits_for_code(&waiting, at(1)).unwrap(), "the first token is gone");
    assert_eq!(world.code(&full, &code_at(&SECRET, at(3)).unwrap(), at(3)), Err(SignInError::Expired));
}

#[test]
fn every_refusal_is_the_same() {
    let mut world = World::new();
    assert_eq!(world.password("nobody@example.org", PASSWORD, at(0)), Err(SignInError::Refused));
    assert_eq!(world.password(NAME, "three plain wordz", at(0)), Err(SignInError::Refused));
    world.memory.change(StaffId::from_bytes([1; 16]), |account| account.active = false);
    assert_eq!(world.password(NAME, PASSWORD, at(0)), Err(SignInError::Refused));
}

#[test]
fn a_code_works_once() {
    let mut world = World::new();
    let code = code_at(&SECRET, at(0)).unwrap();
    world.full(at(0));
    let again = world.password(NAME, PASSWORD, at(0)).unwrap();
    assert_eq!(world.code(&again, &code, at(0)), Err(SignInError::Refused));
    assert!(world.code(&again, &code_at(&SECRET, at(1)).unwrap(), at(1)).is_ok());
}

#[test]
fn wrong_tries_of_either_kind_lock_for_a_while_and_success_clears_them() {
    let mut world = World::new();
    for _ in 0..3 {
        assert!(world.password(NAME, "wrong wrong wrong", at(0)).is_err());
    }
    let waiting = world.password(NAME, PASSWORD, at(0)).unwrap();
    for _ in 0..2 {
        assert_eq!(world.code(&waiting, "000000", at(0)), Err(SignInError::Refused));
    }
    assert_eq!(world.password(NAME, PASSWORD, at(0)), Err(SignInError::Refused), "locked");
    let right = code_at(&SECRET, at(0)).unwrap();
    assert_eq!(world.code(&waiting, &right, at(0)), Err(SignInError::Refused), "locked for the code too");
    world.full(at(2));
    assert!(world.password(NAME, "wrong wrong wrong", at(3)).is_err());
    assert!(world.password(NAME, PASSWORD, at(3)).is_ok(), "the count began again");
}

#[test]
fn a_session_ends_when_idle_when_old_when_closed_and_when_its_holder_leaves() {
    let mut world = World::new();
    let idle = world.full(at(0));
    assert!(world.sign_in.resume(&idle, at(29)).unwrap().is_some());
    assert!(world.sign_in.resume(&idle, at(58)).unwrap().is_some(), "use keeps it open");
    assert!(world.sign_in.resume(&idle, at(88)).unwrap().is_none());
    assert!(world.sign_in.resume(&idle, at(60)).unwrap().is_none(), "and it does not come back");

    let old = world.full(at(100));
    for minute in (120..100 + 12 * 60).step_by(20) {
        assert!(world.sign_in.resume(&old, at(minute)).unwrap().is_some(), "{minute}");
    }
    assert!(world.sign_in.resume(&old, at(100 + 12 * 60)).unwrap().is_none());

    let closed = world.full(at(1000));
    world.sign_in.sign_out(&closed).unwrap();
    assert!(world.sign_in.resume(&closed, at(1000)).unwrap().is_none());
    world.sign_in.sign_out(&closed).unwrap();

    let leaver = world.full(at(1001));
    world.memory.change(StaffId::from_bytes([1; 16]), |account| account.active = false);
    assert!(world.sign_in.resume(&leaver, at(1001)).unwrap().is_none());
}

#[test]
fn the_code_must_follow_the_password_soon() {
    let mut world = World::new();
    let waiting = world.password(NAME, PASSWORD, at(0)).unwrap();
    let late = code_at(&SECRET, at(10)).unwrap();
    assert_eq!(world.code(&waiting, &late, at(10)), Err(SignInError::Expired));
}

#[test]
fn the_store_never_sees_a_token() {
    let mut world = World::new();
    let token = world.full(at(0));
    let sessions = world.memory.sessions.lock().unwrap();
    let kept = format!("{:?}", sessions.values().collect::<Vec<_>>());
    assert!(!kept.contains(&token));
}
