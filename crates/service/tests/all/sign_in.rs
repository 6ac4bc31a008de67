//! Signing in over the store, with a clock that the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use counterfoil_domain::access::{Role, RoleSet};
use counterfoil_domain::ids::{ControllerId, OfficeId};
use counterfoil_service::sign_in::{SignIn, SignInError, StoreAccounts, code_at, hash_password};
use counterfoil_store::access::{Gate, Limits};
use counterfoil_store::accounts::{NewAccount, StaffText};
use counterfoil_store::network::{NewController, Office};
use counterfoil_store::seal::entropy::Entropy;
use counterfoil_store::seal::organisation::OrganisationKeys;
use counterfoil_store::{Place, Store, Surroundings};
use jiff::{SignedDuration, Timestamp};

const SECRET: [u8; 20] = [5; 20];
const NAME: &str = "ada@example.org";
const PASSWORD: &str = "three plain words";

struct World {
    folder: tempfile::TempDir,
    clock: Arc<AtomicI64>,
    sign_in: SignIn,
    count: u8,
}

fn account(office: OfficeId) -> NewAccount {
    NewAccount {
        office,
        roles: RoleSet::of(&[Role::IgOfficer]),
        text: StaffText { name: "Ada".into(), sign_in: NAME.into(), ..StaffText::default() },
        password_hash: Some(hash_password(PASSWORD, [3; 16]).unwrap()),
        totp_secret: Some(SECRET.to_vec()),
        training_until: None,
    }
}

fn furnish(store: &Store) -> ControllerId {
    let (name, kind, division) = ("Westmere".into(), "council".into(), "england-and-wales".into());
    let controller =
        store.set_up_controller(&NewController { name, kind, division, settings: String::new() }).unwrap();
    let office = Office {
        id: OfficeId::from_bytes([2; 16]),
        name: "North".into(),
        division: "england-and-wales".into(),
        language: "en".into(),
        adherent_until: "2030-01-01T00:00:00Z".parse().unwrap(),
    };
    store.set_up_office(controller, &office).unwrap();
    store.set_up_account(controller, &account(office.id)).unwrap();
    controller
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(at(0).as_second()));
        let hand = Arc::clone(&clock);
        let surroundings = Surroundings {
            keys: OrganisationKeys::random(&Entropy::system()),
            gate: Gate::load(None, Limits::default()).unwrap(),
            clock: Arc::new(move || Timestamp::from_second(hand.load(Ordering::SeqCst)).unwrap()),
            entropy: Entropy::system(),
        };
        let (store, _) = Store::open(&Place::Folder(folder.path().join("data")), surroundings).unwrap();
        let controller = furnish(&store);
        let sign_in = SignIn::new(Arc::new(StoreAccounts { store, controller }));
        Self { folder, clock, sign_in, count: 0 }
    }

    fn fresh(&mut self, now: Timestamp) -> [u8; 32] {
        self.clock.store(now.as_second(), Ordering::SeqCst);
        self.count += 1;
        [self.count; 32]
    }

    fn resume(&self, token: &str, now: Timestamp) -> Option<String> {
        self.clock.store(now.as_second(), Ordering::SeqCst);
        self.sign_in.resume(token, now).unwrap().map(|who| format!("{} of {}", who.name, who.office))
    }

    fn password(&mut self, name: &str, password: &str, now: Timestamp) -> Result<String, SignInError> {
        let fresh = self.fresh(now);
        self.sign_in.password(name, password, fresh, now)
    }

    fn code(&mut self, token: &str, code: &str, now: Timestamp) -> Result<String, SignInError> {
        let fresh = self.fresh(now);
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
    assert!(world.resume(&waiting, at(1)).is_none());
    let full = world.code(&waiting, &code_at(&SECRET, at(1)).unwrap(), at(1)).unwrap();
    assert_ne!(full, waiting, "the token changes when the privilege does");
    assert_eq!(world.resume(&full, at(1)).as_deref(), Some("Ada of North"));
    assert!(!world.sign_in.waits_for_code(&waiting, at(1)).unwrap(), "the first token is gone");
    assert_eq!(world.code(&full, &code_at(&SECRET, at(3)).unwrap(), at(3)), Err(SignInError::Expired));
}

#[test]
fn every_refusal_is_the_same() {
    let mut world = World::new();
    assert_eq!(world.password("nobody@example.org", PASSWORD, at(0)), Err(SignInError::Refused));
    assert_eq!(world.password(NAME, "three plain wordz", at(0)), Err(SignInError::Refused));
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
fn a_session_ends_when_idle_when_old_and_when_closed() {
    let mut world = World::new();
    let idle = world.full(at(0));
    assert!(world.resume(&idle, at(29)).is_some());
    assert!(world.resume(&idle, at(58)).is_some(), "use keeps it open");
    assert!(world.resume(&idle, at(88)).is_none());
    assert!(world.resume(&idle, at(89)).is_none(), "and it does not come back");

    let old = world.full(at(100));
    for minute in (120..100 + 12 * 60).step_by(20) {
        assert!(world.resume(&old, at(minute)).is_some(), "{minute}");
    }
    assert!(world.resume(&old, at(100 + 12 * 60)).is_none());

    let closed = world.full(at(1000));
    world.sign_in.sign_out(&closed, at(1000)).unwrap();
    assert!(world.resume(&closed, at(1000)).is_none());
    world.sign_in.sign_out(&closed, at(1000)).unwrap();
}

#[test]
fn the_code_must_follow_the_password_soon() {
    let mut world = World::new();
    let waiting = world.password(NAME, PASSWORD, at(0)).unwrap();
    let late = code_at(&SECRET, at(10)).unwrap();
    assert_eq!(world.code(&waiting, &late, at(10)), Err(SignInError::Expired));
}

#[test]
fn no_file_holds_a_token_a_code_secret_or_a_name() {
    let mut world = World::new();
    let token = world.full(at(0));
    let mut files = 0;
    let mut folders = vec![world.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let bytes = std::fs::read(&path).unwrap();
            for secret in [token.as_bytes(), &SECRET, NAME.as_bytes(), PASSWORD.as_bytes()] {
                let found = bytes.windows(secret.len()).any(|window| window == secret);
                assert!(!found, "{}", path.display());
            }
        }
    }
    assert!(files >= 2, "the database and the key store");
}
