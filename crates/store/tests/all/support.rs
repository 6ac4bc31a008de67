//! A store for a test, on each engine.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use counterfoil_domain::access::{Identity, Protection, Purpose, Role, RoleSet, Verb};
use counterfoil_domain::ids::{ControllerId, OfficeId, PersonId, StaffId};
use counterfoil_store::access::{Actor, Gate, Limits};
use counterfoil_store::accounts::{NewAccount, StaffText};
use counterfoil_store::casebook::people::{NewPerson, Profile, Recorded};
use counterfoil_store::network::{NewController, Office};
use counterfoil_store::seal::entropy::Entropy;
use counterfoil_store::seal::organisation::OrganisationKeys;
use counterfoil_store::{Place, Store, Surroundings, Terms};
use jiff::Timestamp;

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub struct Hands(Arc<AtomicI64>);

impl Hands {
    pub fn at(text: &str) -> Self {
        Self(Arc::new(AtomicI64::new(text.parse::<Timestamp>().unwrap().as_millisecond())))
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }

    pub fn forward(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

/// A store with one organisation, two offices and a few people at work.
pub struct House {
    pub store: Store,
    pub place: Place,
    pub keys: OrganisationKeys,
    pub hands: Hands,
    pub controller: ControllerId,
    pub here: OfficeId,
    pub there: OfficeId,
    pub folder: tempfile::TempDir,
}

fn surroundings(keys: &OrganisationKeys, hands: &Hands) -> Surroundings {
    let clock = hands.clone();
    Surroundings {
        keys: keys.clone(),
        gate: Gate::load(None, Limits::default()).unwrap(),
        clock: Arc::new(move || clock.now()),
        entropy: Entropy::system(),
    }
}

/// What a store of its own needs.
pub fn fresh_surroundings() -> Surroundings {
    surroundings(&OrganisationKeys::random(&Entropy::system()), &Hands::at("2026-11-22T09:00:00Z"))
}

/// What a house's store needs.
pub fn surroundings_of(house: &House) -> Surroundings {
    surroundings(&house.keys, &house.hands)
}

/// Opens a place as another organisation would, with keys of its own.
pub fn open_with_other_keys(place: &Place) -> Store {
    Store::open(place, fresh_surroundings()).unwrap().0
}

/// Runs `test` on SQLite, and on PostgreSQL when `COUNTERFOIL_TEST_POSTGRES` names one.
pub fn on_both_engines(test: impl Fn(House)) {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Folder(folder.path().join("data"));
    test(House::new(place, folder));
    match std::env::var("COUNTERFOIL_TEST_POSTGRES") {
        Err(_) => println!("skipped on PostgreSQL: COUNTERFOIL_TEST_POSTGRES is not set"),
        Ok(address) => {
            let folder = tempfile::tempdir().unwrap();
            test(House::new(postgres_place(&address, folder.path()), folder));
        }
    }
}

pub fn postgres_place(address: &str, folder: &Path) -> Place {
    let name: String = Entropy::system().bytes::<8>().iter().map(|b| format!("{b:02x}")).collect();
    Place::Postgres {
        address: address.to_owned(),
        connections: 12,
        schema: format!("t{name}"),
        files: folder.join("files"),
    }
}

impl House {
    fn new(place: Place, folder: tempfile::TempDir) -> Self {
        let keys = OrganisationKeys::random(&Entropy::system());
        let hands = Hands::at("2026-11-22T09:00:00Z");
        let (store, _) = Store::open(&place, surroundings(&keys, &hands)).unwrap();
        let controller = store
            .set_up_controller(&NewController {
                name: "Lancaster Moor Advice".to_owned(),
                kind: "advice-charity".to_owned(),
                division: "england-and-wales".to_owned(),
                settings: String::new(),
            })
            .unwrap();
        let [here, there] = ["Moor", "Vale"].map(|name| {
            let id = OfficeId::from_bytes(store.fresh_id());
            let office = Office {
                id,
                name: name.to_owned(),
                division: "england-and-wales".to_owned(),
                language: "en".to_owned(),
                adherent_until: "2027-11-22T00:00:00Z".parse().unwrap(),
            };
            store.set_up_office(controller, &office).unwrap();
            id
        });
        Self { store, place, keys, hands, controller, here, there, folder }
    }

    /// Opens the same place again, as after a restart.
    pub fn reopen(&self) -> Store {
        Store::open(&self.place, surroundings(&self.keys, &self.hands)).unwrap().0
    }

    /// Tries to open the same place, with the keys given.
    pub fn try_open(&self, keys: &OrganisationKeys) -> Result<Store, counterfoil_store::StoreError> {
        Store::open(&self.place, surroundings(keys, &self.hands)).map(|(store, _)| store)
    }

    pub fn open_elsewhere(&self, place: &Place) -> Store {
        Store::open(place, surroundings(&self.keys, &self.hands)).unwrap().0
    }

    pub fn staff(&self, office: OfficeId, role: Role) -> StaffId {
        let name: String = Entropy::system().bytes::<6>().iter().map(|b| format!("{b:02x}")).collect();
        let new = NewAccount {
            office,
            roles: RoleSet::of(&[role]),
            text: StaffText { name: name.clone(), sign_in: name, ..StaffText::default() },
            password_hash: None,
            totp_secret: None,
            training_until: Some("2027-06-01T00:00:00Z".parse().unwrap()),
        };
        self.store.set_up_account(self.controller, &new).unwrap()
    }

    pub fn actor(&self, office: OfficeId, role: Role) -> Actor {
        let staff = self.staff(office, role);
        Actor::Staff(self.store.actor(self.controller, staff, true).unwrap())
    }

    pub fn record(&self, who: &Actor, profile: Profile) -> PersonId {
        let new = NewPerson {
            office: self.here,
            identity: Identity::Named,
            protection: Protection::Standard,
            profile,
            shares_contact: false,
        };
        let recorded = self
            .store
            .act(who, Verb::RecordCreate, Purpose::ServiceDelivery, |tx| {
                tx.record_person(&new, &Terms::default())
            })
            .unwrap();
        match recorded {
            Recorded::New(id) | Recorded::Known(id) => id,
        }
    }
}

pub fn profile(forenames: &str, surname: &str, email: &str) -> Profile {
    Profile {
        forenames: forenames.to_owned(),
        surname: surname.to_owned(),
        emails: vec![email.to_owned()],
        ..Profile::default()
    }
}
