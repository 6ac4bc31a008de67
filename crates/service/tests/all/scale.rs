//! A network at scale, here a small one: what is generated behaves as what was recorded one by one.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

use counterfoil_domain::access::{Purpose, Role, RoleSet};
use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::OfficeId;
use counterfoil_service::ServiceError;
use counterfoil_service::casebook::batch::Made;
use counterfoil_service::casebook::look_up::{Sought, look_up};
use counterfoil_service::casebook::{self, work};
use counterfoil_service::demo::scale::{Invented, cases_by_office};
use counterfoil_service::demo::{self, Making, Network};
use counterfoil_service::installation::{self, NewStaff};
use counterfoil_service::rights::Desk;
use counterfoil_service::{calendar, store::Store};
use counterfoil_store::access::{Actor, Gate, Limits};
use counterfoil_store::assurance::verify::Known;
use counterfoil_store::seal::entropy::Entropy;
use counterfoil_store::seal::organisation::OrganisationKeys;
use counterfoil_store::{Place, StoreError, Surroundings};
use jiff::Timestamp;

use crate::places::places;

const NOW: &str = "2026-11-22T12:00:00Z";
const OFFICES: usize = 3;
const PEOPLE: usize = 40;

thread_local! {
    static HERE: Cell<Option<Timestamp>> = const { Cell::new(None) };
}

struct Made3 {
    store: Store,
    network: Network,
    made: Vec<(OfficeId, Made)>,
    calendar: Calendar,
    law: ClockConfig,
}

fn make(place: &Place) -> Made3 {
    let now: Timestamp = NOW.parse().unwrap();
    let surroundings = Surroundings {
        keys: OrganisationKeys::random(&Entropy::system()),
        gate: Gate::load(None, Limits::default()).unwrap(),
        clock: Arc::new(move || HERE.get().unwrap_or(now)),
        entropy: Entropy::system(),
    };
    let (store, _) = Store::open(place, surroundings).unwrap();
    let (calendar, law) = (calendar::load(None).unwrap(), ClockConfig::default());
    let making = Making {
        store: &store,
        set_clock: &|at| HERE.set(Some(at)),
        now,
        calendar: &calendar,
        law: &law,
        password_hash: "none",
        secret: &|| [7; 20],
        progress: &|_, _, _| (),
        threads: 3,
    };
    let network = demo::network(&making, OFFICES).unwrap();
    let made = demo::fill(&making, &network, PEOPLE).unwrap();
    Made3 { store, network, made, calendar, law }
}

impl Made3 {
    fn adviser(&self, office: OfficeId) -> Actor {
        let who = self.network.staff.iter().find(|c| c.office == office && c.role == Role::Adviser).unwrap();
        Actor::Staff(self.store.actor(self.network.controller, who.staff, true).unwrap())
    }

    fn desk<'d>(&'d self, who: &'d Actor) -> Desk<'d> {
        Desk { store: &self.store, who, calendar: &self.calendar, law: &self.law }
    }

    fn officer(&self, n: usize) -> Actor {
        let office = self.store.offices(self.network.controller).unwrap().remove(0).name;
        let new = NewStaff {
            office,
            name: format!("Officer {n}"),
            sign_in: format!("officer{n}"),
            roles: RoleSet::of(&[Role::IgOfficer]),
            password_hash: None,
            totp_secret: None,
            training_until: Some("2027-06-01T00:00:00Z".parse().unwrap()),
        };
        let staff = installation::add_staff(&self.store, self.network.controller, &new).unwrap();
        Actor::Staff(self.store.actor(self.network.controller, staff, true).unwrap())
    }
}

fn is_refused<T>(outcome: &Result<T, ServiceError>) -> bool {
    matches!(outcome, Err(ServiceError::Store(StoreError::Refused { .. })))
}

/// Everybody is found where they are recorded, and elsewhere only that they are.
fn everybody_is_found(net: &Made3) {
    let invented = Invented::new().unwrap();
    let (mut n, mut seen) = (0, BTreeSet::new());
    for (office, some) in &net.made {
        let (own, other) = (net.adviser(*office), net.network.offices.iter().find(|o| *o != office));
        let other = net.adviser(*other.unwrap());
        for (id, cases) in some {
            let person = invented.person(n);
            n += 1;
            assert!(seen.insert(*id) && cases.len() == 3);
            let (name, born) = (person.shown_name(), person.born);
            let found = look_up(&net.desk(&own), &Sought { name, born, ..Sought::default() }).unwrap();
            assert_eq!(found.here.first().map(|k| k.person), Some(*id), "by name and date of birth");
            let sought = Sought { email: person.emails[0].clone(), ..Sought::default() };
            let found = look_up(&net.desk(&other), &sought).unwrap();
            assert_eq!(found.here.len(), 0);
            assert_eq!(found.elsewhere.iter().map(|e| e.office).collect::<Vec<_>>(), [*office]);
        }
    }
    assert_eq!(n, PEOPLE);
}

/// Records open at home with all that stands in them, and nowhere else.
fn records_open_through_the_gate(net: &Made3) {
    let (mut notes, mut closed, mut waiting) = (0, 0, 0);
    for (office, cases) in cases_by_office(&net.made) {
        let own = net.adviser(office);
        for (person, case) in cases {
            let page = work::case_page(&net.desk(&own), case).unwrap();
            assert_eq!(page.person.id, person);
            assert_eq!(page.entries.len(), 1, "an outcome or a task");
            notes += page.notes.len();
            closed += usize::from(page.case.status == "closed" && page.case.closed_at.is_some());
            waiting += usize::from(page.case.worker.is_none());
            let elsewhere = net.network.offices.iter().find(|o| **o != office).unwrap();
            let stranger = net.adviser(*elsewhere);
            assert!(is_refused(&work::case_page(&net.desk(&stranger), case)));
        }
        let desk = work::my_desk(&net.desk(&own)).unwrap();
        waiting -= desk.unallocated.len();
        assert!(desk.cases.iter().chain(&desk.unallocated).all(|(_, name)| name.is_some()));
    }
    assert_eq!(notes, PEOPLE * 10);
    assert!(closed > PEOPLE * 2, "{closed} cases are closed");
    assert_eq!(waiting, 0, "what waits for somebody is in the queues");
}

fn an_erased_person_is_gone(net: &Made3) {
    let (office, some) = &net.made[0];
    let (person, cases) = &some[0];
    let erased = casebook::erase_agreed(&net.store, &net.officer(1), &net.officer(2), *person).unwrap();
    let _ = erased;
    let adviser = net.adviser(*office);
    let known = Invented::new().unwrap().person(0);
    let sought = Sought { name: known.shown_name(), born: known.born, ..Sought::default() };
    let found = look_up(&net.desk(&adviser), &sought).unwrap();
    assert!(found.here.iter().all(|k| k.person != *person) && found.elsewhere.is_empty());
    let opened = casebook::open_person(&net.store, &adviser, Purpose::ServiceDelivery, *person);
    assert!(matches!(opened, Err(ServiceError::Store(StoreError::NotFound(_)))), "{opened:?}");
    assert!(work::case_page(&net.desk(&adviser), cases[0]).is_err());
}

#[test]
fn a_network_at_scale_is_one_that_was_recorded() {
    let folder = tempfile::tempdir().unwrap();
    for place in places(folder.path()) {
        let net = make(&place);
        everybody_is_found(&net);
        records_open_through_the_gate(&net);
        an_erased_person_is_gone(&net);
        // The log tells the year in order, and the checkpoint covers it.
        let (size, _) = net.store.checkpoint(net.network.controller).unwrap();
        let report = net.store.verify_log(net.network.controller, &Known::default()).unwrap();
        assert!(report.sound && report.size == size, "{:?}", report.problems);
        let health = net.store.health().unwrap();
        assert!(health.damage.is_empty() && health.keys_closed == 0, "{health:?}");
    }
}
