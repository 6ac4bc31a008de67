//! Disposal through the use-cases, on both engines: two people, certificates, holds, and what is left alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use counterfoil_domain::access::{Purpose, Role, RoleSet, Verb};
use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::{CaseId, ControllerId, OfficeId, PersonId};
use counterfoil_domain::place::Division;
use counterfoil_domain::rights::Right;
use counterfoil_service::casebook::{
    self, CaseText, DocumentText, Identity, NewPerson, NoteText, Profile, Protection, Recorded,
};
use counterfoil_service::installation::{self, NewOrganisation, NewStaff};
use counterfoil_service::organisation::Organisation;
use counterfoil_service::register::{Register, keep};
use counterfoil_service::retention::holds::{self, Whose};
use counterfoil_service::retention::{self, Decision, DueLine, certificate};
use counterfoil_service::rights::{self, Desk, Reception, RequestText};
use counterfoil_service::store::Hardness;
use counterfoil_service::{calendar, upkeep};
use counterfoil_store::access::{Actor, Gate, Limits};
use counterfoil_store::assurance::verify::Known;
use counterfoil_store::seal::entropy::Entropy;
use counterfoil_store::seal::organisation::OrganisationKeys;
use counterfoil_store::{Place, Record, Store, Surroundings, Terms};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::places::each_place;

pub const NOW: &str = "2026-11-22T09:00:00Z";

const PASSPHRASE: &str = "three plain words";

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An office with an adviser, a records manager, its manager and an information governance officer.
pub struct House {
    pub store: Store,
    pub controller: ControllerId,
    pub office: OfficeId,
    pub clock: Arc<AtomicI64>,
    pub place: Place,
    pub keys: OrganisationKeys,
    calendar: Calendar,
    law: ClockConfig,
    pub folder: tempfile::TempDir,
}

fn surroundings(keys: &OrganisationKeys, clock: &Arc<AtomicI64>) -> Surroundings {
    let hand = Arc::clone(clock);
    Surroundings {
        keys: keys.clone(),
        gate: Gate::load(None, Limits::default()).unwrap(),
        clock: Arc::new(move || Timestamp::from_second(hand.load(Ordering::SeqCst)).unwrap()),
        entropy: Entropy::system(),
    }
}

pub fn each(template: &str, test: impl Fn(&House)) {
    each_place(|place, folder| test(&House::at(place, folder, template)));
}

impl House {
    pub fn new(template: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Folder(folder.path().join("data"));
        Self::at(place, folder, template)
    }

    fn at(place: Place, folder: tempfile::TempDir, template: &str) -> Self {
        let clock = Arc::new(AtomicI64::new(moment(NOW).as_second()));
        let keys = OrganisationKeys::random(&Entropy::system());
        let (store, _) = Store::open(&place, surroundings(&keys, &clock)).unwrap();
        let new = NewOrganisation {
            settings: Organisation::template(template).unwrap().0.to_owned(),
            offices: vec!["Moor".to_owned()],
            adherent_until: Some(moment("2040-01-01T00:00:00Z")),
        };
        let controller = installation::set_up(&store, &new).unwrap();
        let office = installation::office_named(&store, controller, "Moor").unwrap();
        let (calendar, law) = (calendar::load(None).unwrap(), ClockConfig::default());
        let house = Self { store, controller, office, clock, place, keys, calendar, law, folder };
        for (name, role) in [
            ("adviser", Role::Adviser),
            ("records", Role::RecordsManager),
            ("manager", Role::OfficeManager),
            ("governance", Role::IgOfficer),
        ] {
            let new = NewStaff {
                office: "Moor".to_owned(),
                name: name.to_owned(),
                sign_in: name.to_owned(),
                roles: RoleSet::of(&[role]),
                password_hash: None,
                totp_secret: None,
                training_until: Some(moment("2040-01-01T00:00:00Z")),
            };
            installation::add_staff(&house.store, controller, &new).unwrap();
        }
        house
    }

    pub fn go(&self, when: &str) -> &Self {
        self.clock.store(moment(when).as_second(), Ordering::SeqCst);
        self
    }

    pub fn who(&self, sign_in: &str) -> Actor {
        let staff = self.store.sign_in_facts(self.controller, sign_in).unwrap().unwrap().staff;
        Actor::Staff(self.store.actor(self.controller, staff, true).unwrap())
    }

    pub fn as_<T>(&self, sign_in: &str, work: impl FnOnce(&Desk<'_>) -> T) -> T {
        let who = self.who(sign_in);
        work(&Desk { store: &self.store, who: &who, calendar: &self.calendar, law: &self.law })
    }

    pub fn person(&self, surname: &str, born: Option<&str>) -> PersonId {
        let new = NewPerson {
            office: self.office,
            identity: Identity::Named,
            protection: Protection::Standard,
            profile: Profile {
                forenames: "Ada".into(),
                surname: surname.into(),
                born: born.map(|b| b.parse().unwrap()),
                ..Profile::default()
            },
            shares_contact: false,
        };
        let who = self.who("adviser");
        match casebook::record_person(&self.store, &who, Purpose::ServiceDelivery, &new).unwrap() {
            Recorded::New(id) | Recorded::Known(id) => id,
        }
    }

    /// A case with one note, opened and closed on the same day; the clock is then at NOW again.
    pub fn case(&self, person: PersonId, issue: &str, closed: &str) -> CaseId {
        self.go(&format!("{closed}T10:00:00Z"));
        let who = self.who("adviser");
        let text = CaseText { title: "Boiler".into(), question: "Quincewhistle".into() };
        let case = casebook::open_case(&self.store, &who, person, issue, &text).unwrap();
        self.note(case);
        self.store
            .act(&who, Verb::RecordEdit, Purpose::ServiceDelivery, |tx| {
                tx.close_case(case, &Terms::default())
            })
            .unwrap();
        self.go(NOW);
        case
    }

    pub fn note(&self, case: CaseId) {
        let text = NoteText { text: "Zanzibarplover".into(), source: "call".into(), ..NoteText::default() };
        casebook::write_note(&self.store, &self.who("adviser"), case, &text).unwrap();
    }

    pub fn line(&self, rule: &str) -> DueLine {
        let list = self.as_("records", retention::due).unwrap();
        list.lines.into_iter().find(|l| l.rule == rule).unwrap_or_else(|| panic!("no line `{rule}`"))
    }

    /// Proposes and approves what is due by a rule; gives the reference.
    pub fn sign(&self, rule: &str) -> String {
        let signed = self.as_("records", |desk| retention::propose(desk, rule, None)).unwrap();
        self.as_("manager", |desk| retention::approve(desk, &signed.reference)).unwrap();
        signed.reference
    }

    /// An empty place beside the house's own, on the same engine.
    fn elsewhere(&self) -> Place {
        let folder = self.folder.path().join("restored");
        match &self.place {
            Place::Folder(_) => Place::Folder(folder),
            Place::Postgres { address, connections, schema, .. } => Place::Postgres {
                address: address.clone(),
                connections: *connections,
                schema: format!("{schema}_restored"),
                files: folder,
            },
        }
    }

    fn codes(&self, reference: &str) -> Vec<String> {
        let items = self.as_("records", |desk| retention::items(desk, reference, 1, 100)).unwrap();
        items.into_iter().map(|i| if i.code.is_empty() { i.outcome } else { i.code }).collect()
    }

    fn entries(&self) -> u64 {
        self.store.figures(self.controller).unwrap().entries.number
    }

    fn is_known(&self, person: PersonId) -> bool {
        let who = self.who("adviser");
        casebook::open_person(&self.store, &who, Purpose::ServiceDelivery, person).is_ok()
    }
}

#[test]
fn a_run_by_two_people_disposes_and_leaves_a_certificate_that_anyone_can_check() {
    each("advice-network", |house| {
        let (ada, ben) = (house.person("Adams", None), house.person("Benson", None));
        house.case(ada, "housing.disrepair", "2019-05-01");
        house.case(ben, "housing.disrepair", "2020-11-20");
        house.case(ben, "benefits.pip", "2024-01-01");
        let line = house.line("R-CASE");
        assert_eq!((line.due, line.overdue, line.soon, line.later), (2, 1, 0, 1));

        let signed = house.as_("records", |desk| retention::propose(desk, "R-CASE", None)).unwrap();
        assert_eq!((signed.items, signed.refused), (2, 0));
        assert_eq!(house.line("R-CASE").in_run, 2);
        let again = house.as_("records", |desk| retention::propose(desk, "R-CASE", None)).unwrap_err();
        assert!(again.to_string().contains("nothing is due by `R-CASE`"), "{again}");
        // One person is not two, and an adviser is nobody here.
        for sign_in in ["records", "adviser"] {
            let refused = house.as_(sign_in, |desk| retention::approve(desk, &signed.reference)).unwrap_err();
            assert_eq!(refused.code(), "refused", "{sign_in}: {refused}");
        }
        let items = house.as_("manager", |desk| retention::items(desk, &signed.reference, 1, 10)).unwrap();
        let first = items.first().unwrap();
        assert_eq!((first.kind, first.due), ("case", Some("2025-05-01".parse::<Date>().unwrap())));
        assert!(first.working.iter().any(|l| l.contains("2019-05-01 + 6 years")), "{:?}", first.working);
        // Nothing goes before the second name is there.
        assert_eq!(retention::carry_out(&house.store, house.controller, 100).unwrap().disposed, 0);

        house.as_("manager", |desk| retention::approve(desk, &signed.reference)).unwrap();
        let unfinished = certificate::of(&house.store, house.controller, &signed.reference).unwrap_err();
        assert!(unfinished.to_string().contains("approved"), "{unfinished}");
        let carried = retention::carry_out(&house.store, house.controller, 100).unwrap();
        assert_eq!((carried.disposed, carried.left, carried.finished), (2, 0, 1));
        // It was Ada's only case; Ben has another.
        assert!(!house.is_known(ada) && house.is_known(ben));

        let key = house.store.log_verifier(house.controller).unwrap();
        let text = certificate::of(&house.store, house.controller, &signed.reference).unwrap();
        let (_, says) = certificate::open(text.as_bytes(), &key).unwrap();
        assert_eq!((says.rule.as_str(), says.authority.as_str()), ("R-CASE", "Limitation Act 1980"));
        assert_eq!((says.disposed.get("case"), says.skipped.len()), (Some(&2), 0));
        assert_eq!((says.deleted.get("note"), says.deleted.get("case_file")), (Some(&2), Some(&2)));
        assert_eq!((says.deleted.get("person"), says.deleted.get("key")), (Some(&1), Some(&1)));
        assert_ne!(Some(&says.proposed_by), says.approved_by.as_ref());
        for theirs in [ada.to_string(), ben.to_string(), "Adams".to_owned(), "records".to_owned()] {
            assert!(!text.contains(&theirs), "{theirs} is in the certificate");
        }
        let altered = text.replacen("\"case\":2", "\"case\":3", 1);
        assert_ne!(altered, text);
        assert!(certificate::open(altered.as_bytes(), &key).is_err());
        let ledger = house.store.verify_log(house.controller, &Known::default()).unwrap();
        // The cases were told out of order; nothing else is wrong.
        assert!(ledger.problems.iter().all(|p| p.code == "time-backwards"), "{:?}", ledger.problems);
        // Carrying out again does nothing.
        assert_eq!(
            retention::carry_out(&house.store, house.controller, 100).unwrap(),
            retention::Carried::default()
        );
    });
}

#[test]
fn a_restored_backup_disposes_again_and_keeps_the_certificates() {
    each("advice-network", |house| {
        let (ada, ben) = (house.person("Adams", None), house.person("Benson", None));
        house.case(ada, "housing.disrepair", "2019-05-01");
        let old = house.case(ben, "housing.disrepair", "2019-05-01");
        let young = house.case(ben, "benefits.pip", "2025-01-01");
        let backup = house.folder.path().join("backup");
        house.store.back_up(&backup, PASSPHRASE, Hardness::Test).unwrap();
        let reference = house.sign("R-CASE");
        retention::carry_out(&house.store, house.controller, 100).unwrap();
        let certificate = certificate::of(&house.store, house.controller, &reference).unwrap();
        let keys = house.folder.path().join("keys.copy");
        house.store.back_up_keys(&keys, PASSPHRASE, Hardness::Test).unwrap();

        let place = house.elsewhere();
        Store::restore(&backup, PASSPHRASE, &place).unwrap();
        let (store, _) = Store::open(&place, surroundings(&house.keys, &house.clock)).unwrap();
        store.restore_keys(&keys, PASSPHRASE).unwrap();
        assert_eq!(store.replay_erasures().unwrap(), 1, "Ada went with her only case");
        assert_eq!(store.replay_disposals().unwrap(), 1, "and Ben's old case goes again");
        assert_eq!(store.replay_disposals().unwrap(), 0, "once");
        let adviser = Actor::Staff({
            let staff = store.sign_in_facts(house.controller, "adviser").unwrap().unwrap().staff;
            store.actor(house.controller, staff, true).unwrap()
        });
        let cases = |person| {
            let desk = Desk { store: &store, who: &adviser, calendar: &house.calendar, law: &house.law };
            casebook::work::person_page(&desk, person)
                .map(|p| p.cases.iter().map(|c| c.id).collect::<Vec<_>>())
        };
        assert!(cases(ada).is_err(), "she is gone");
        assert_eq!(cases(ben).unwrap(), [young], "{old} is gone and the other stays");
        let again = certificate::of(&store, house.controller, &reference).unwrap();
        assert_eq!(again, certificate, "the certificate remains");
        let key = store.log_verifier(house.controller).unwrap();
        assert!(certificate::open(again.as_bytes(), &key).is_ok());
        let run = store.disposal_run(house.controller, &reference).unwrap();
        assert_eq!((run.state.as_str(), run.disposed, run.waiting), ("executed", 2, 0));
        let notes = casebook::notes(&store, &adviser, Purpose::ServiceDelivery, ben).unwrap();
        assert_eq!(notes.len(), 1, "the notes of the disposed case too");
    });
}

#[test]
fn what_changed_since_the_proposal_is_left_alone_with_its_reason() {
    each("advice-network", |house| {
        let names = ["Held", "Restricted", "Asking", "Noted", "Plain"];
        let people = names.map(|name| house.person(name, None));
        let cases = people.map(|person| house.case(person, "housing.disrepair", "2019-05-01"));
        let reference = house.sign("R-CASE");
        let [held, restricted, asking, _, plain] = people;

        house.as_("records", |desk| holds::place(desk, &Whose::Person(held), "a claim", "K-1")).unwrap();
        let governance = house.who("governance");
        house
            .store
            .act(&governance, Verb::RestrictionPlace, Purpose::RightsRequest, |tx| {
                let permit = tx.permit(Record::Person, restricted, &Terms::default())?;
                tx.set_restriction(&permit, true)
            })
            .unwrap();
        house.as_("governance", |desk| ask(house, desk, asking));
        house.note(cases[3]);

        let carried = retention::carry_out(&house.store, house.controller, 100).unwrap();
        assert_eq!((carried.disposed, carried.left), (1, 4));
        assert!(!house.is_known(plain));
        let mut codes = house.codes(&reference);
        codes.sort();
        // The restricted record may not even be looked at: its code is told, not its working.
        assert_eq!(codes, ["changed", "disposed", "held", "open-request", "restricted"]);
        let key = house.store.log_verifier(house.controller).unwrap();
        let text = certificate::of(&house.store, house.controller, &reference).unwrap();
        let (_, says) = certificate::open(text.as_bytes(), &key).unwrap();
        assert_eq!(says.skipped.values().sum::<u64>(), 4);

        // The hold shows in the list, is lifted with a reason, and then the case is due again.
        assert_eq!(house.line("R-CASE").held, 1);
        let list = house.as_("records", |desk| holds::list(desk, 10)).unwrap();
        assert_eq!((list.len(), list[0].reason.as_deref()), (1, Some("a claim")));
        let id = list[0].id.parse().unwrap();
        assert!(house.as_("records", |desk| holds::lift(desk, id, " ")).is_err());
        assert!(house.as_("adviser", |desk| holds::lift(desk, id, "over")).is_err());
        house.as_("records", |desk| holds::lift(desk, id, "the claim is settled")).unwrap();
        assert!(house.as_("records", |desk| holds::lift(desk, id, "again")).is_err());
        assert_eq!((house.line("R-CASE").held, house.line("R-CASE").restricted), (0, 1));
    });
}

/// An access request of this person, identified and open.
fn ask(house: &House, desk: &Desk<'_>, person: PersonId) -> String {
    let reception = Reception {
        office: house.office,
        right: Right::Access,
        division: Division::EnglandAndWales,
        received_on: "2026-11-20".parse().unwrap(),
        text: RequestText {
            requester: "Ada Asking".into(),
            capacity: "self".into(),
            ..RequestText::default()
        },
    };
    let received = rights::receive(desk, &reception).unwrap();
    rights::identify(desk, &received.reference, person, "passport").unwrap();
    received.reference
}

#[test]
fn people_who_were_in_touch_since_stay_when_their_last_case_goes() {
    each("council", |house| {
        let person = house.person("Adams", None);
        house.case(person, "housing.grant", "2019-05-01");
        let about = DocumentText { name: "letter.txt".into(), ..DocumentText::default() };
        let who = house.who("adviser");
        casebook::add_document(&house.store, &who, person, &about, b"I have moved.", None).unwrap();
        house.sign("R-SERVICE-6");
        assert_eq!(retention::carry_out(&house.store, house.controller, 10).unwrap().disposed, 1);
        assert!(house.is_known(person));
        assert_eq!((house.line("R-SERVICE-6").due, house.line("R-CONTACT").later), (0, 1));
    });
}

#[test]
fn a_hold_by_the_reference_of_a_request_needs_its_person() {
    let house = House::new("council");
    let person = house.person("Adams", None);
    let whose = house.as_("governance", |desk| Whose::Request(ask(&house, desk, person)));
    house.as_("governance", |desk| holds::place(desk, &whose, "the request is open", "")).unwrap();
    let list = house.as_("records", |desk| holds::list(desk, 10)).unwrap();
    assert_eq!(list[0].person, person.to_string());
    // The person is told of it when they ask what is held.
    let Whose::Request(reference) = &whose else { panic!("a request") };
    house.as_("governance", |desk| {
        rights::search(desk, reference, &[], &|_, _, _| ()).unwrap();
        let items = rights::show(desk, reference).unwrap().items;
        assert!(items.iter().any(|(_, _, name, _)| name.starts_with("Legal hold of")), "{items:?}");
    });
    let nothing = Whose::Request("R-2020-00001".to_owned());
    assert!(house.as_("governance", |desk| holds::place(desk, &nothing, "why", "")).is_err());
}

#[test]
fn a_childs_case_waits_and_their_birth_is_looked_at_once() {
    each("advice-network", |house| {
        // Thirteen when it was closed: until 25, in 2031. An adult's case is due.
        let child = house.person("Young", Some("2006-03-10"));
        let adult = house.person("Grown", Some("1980-03-10"));
        let mark = |person| house.case(person, "housing.disrepair", "2019-05-01");
        mark(child);
        mark(adult);
        let before = house.entries();
        let looked = retention::look(&house.store, house.controller).unwrap().unwrap();
        assert_eq!((looked.opened, looked.due, looked.dated), (2, 1, 2));
        assert_eq!(house.entries(), before + 2, "one entry for each date of birth");
        assert_eq!(retention::look(&house.store, house.controller).unwrap().unwrap().opened, 0);
        assert_eq!(house.entries(), before + 2);
        assert_eq!((house.line("R-CASE").due, house.line("R-CASE-CHILD").due), (1, 0));

        // In the year of the birthday it is looked at again, and once more in the month after it.
        house.go("2031-01-02T09:00:00Z");
        assert_eq!(retention::look(&house.store, house.controller).unwrap().unwrap().opened, 1);
        house.go("2031-03-20T09:00:00Z");
        assert_eq!(retention::look(&house.store, house.controller).unwrap().unwrap().opened, 0);
        assert_eq!(house.line("R-CASE-CHILD").due, 0, "no list tells the birthday");
        house.go("2031-04-01T09:00:00Z");
        assert_eq!(retention::look(&house.store, house.controller).unwrap().unwrap().opened, 1);
        assert_eq!(house.line("R-CASE-CHILD").due, 1);
        let reference = house.sign("R-CASE-CHILD");
        let items = house.as_("records", |desk| retention::items(desk, &reference, 1, 10)).unwrap();
        assert_eq!(items[0].due, Some("2031-03-10".parse::<Date>().unwrap()));
        retention::carry_out(&house.store, house.controller, 10).unwrap();
        assert!(!house.is_known(child));
    });
}

#[test]
fn a_run_that_dies_halfway_goes_on_with_what_waits() {
    each("council", |house| {
        let people = ["A", "B", "C"].map(|name| house.person(name, None));
        for person in people {
            house.case(person, "housing.grant", "2018-05-01");
        }
        let reference = house.sign("R-SERVICE-6");
        let one = retention::carry_out(&house.store, house.controller, 1).unwrap();
        assert_eq!((one.disposed, one.finished), (1, 0));
        // As after a kill: another process opens the same place.
        let (store, _) = Store::open(&house.place, surroundings(&house.keys, &house.clock)).unwrap();
        let rest = retention::upkeep(&store, house.controller).unwrap();
        assert_eq!((rest.disposed, rest.finished), (2, 1));
        assert_eq!(house.codes(&reference), ["disposed"; 3]);
        assert!(people.iter().all(|p| !house.is_known(*p)));
    });
}

#[test]
fn people_without_a_case_and_closed_requests_go_too() {
    each("council", |house| {
        house.go("2024-01-11T10:00:00Z");
        let person = house.person("Passing", None);
        let reference = house.as_("governance", |desk| {
            let reception = Reception {
                office: house.office,
                right: Right::Access,
                division: Division::NorthernIreland,
                received_on: "2024-01-11".parse().unwrap(),
                text: RequestText {
                    requester: "Ada".into(),
                    capacity: "self".into(),
                    ..RequestText::default()
                },
            };
            let received = rights::receive(desk, &reception).unwrap();
            house
                .store
                .act(desk.who, Verb::RequestDecide, Purpose::RightsRequest, |tx| {
                    let id = tx.request_by_reference(&received.reference)?;
                    let request = tx.open_request(id, &Terms::default())?;
                    tx.move_request(&request, "closed")
                })
                .unwrap();
            received.reference
        });
        house.go("2031-02-01T10:00:00Z");
        assert_eq!((house.line("R-CONTACT").due, house.line("R-REQUEST").due), (1, 1));
        let runs = [house.sign("R-CONTACT"), house.sign("R-REQUEST")];
        upkeep::round(&house.store, &[]).unwrap();
        for run in runs {
            assert_eq!(house.codes(&run), ["disposed"], "{run}");
        }
        assert!(!house.is_known(person));
        assert!(house.as_("governance", |desk| rights::show(desk, &reference)).is_err());
    });
}

#[test]
fn a_rule_that_does_not_destroy_is_work_for_a_person() {
    each("advice-network", |house| {
        let mut files =
            Register::built_in("advice-network", "2026-11-22".parse().unwrap()).unwrap().files().clone();
        let schedule = files.get_mut("retention.toml").unwrap();
        *schedule =
            schedule.replacen("\"6 years after closed\"", "\"review with PRONI 6 years after closed\"", 1);
        let from = "2026-11-22".parse().unwrap();
        house.as_("governance", |desk| keep::save(desk.store, desk.who, house.office, &files, from)).unwrap();
        let (a, b) = (house.person("A", None), house.person("B", None));
        house.case(a, "housing.disrepair", "2019-05-01");
        house.case(b, "housing.disrepair", "2019-06-01");
        let reference = house.sign("R-CASE");
        let nothing = retention::carry_out(&house.store, house.controller, 10).unwrap();
        assert_eq!((nothing.disposed, nothing.finished), (0, 0));

        let settle = |number, decision, note: &str| {
            house.as_("records", |desk| retention::settle(desk, &reference, number, decision, note))
        };
        assert!(settle(1, Decision::Keep, "").is_err(), "a decision has its reason");
        assert_eq!(settle(1, Decision::Keep, "of interest to the archive").unwrap(), None);
        let second = settle(2, Decision::Destroy, "of no interest").unwrap().unwrap();
        assert!(settle(2, Decision::Keep, "again").is_err());
        let carried = retention::carry_out(&house.store, house.controller, 10).unwrap();
        assert_eq!((carried.disposed, carried.finished), (0, 1));
        assert_eq!(house.line("R-CASE").due, 1, "kept for a year; the other is in a run");
        house.as_("manager", |desk| retention::approve(desk, &second.reference)).unwrap();
        assert_eq!(retention::carry_out(&house.store, house.controller, 10).unwrap().disposed, 1);
        assert!(house.is_known(a) && !house.is_known(b));
        house.go("2028-01-01T09:00:00Z");
        assert_eq!(house.line("R-CASE").due, 1, "after a year it is listed again");
    });
}

#[test]
fn a_withdrawn_run_disposes_of_nothing_and_frees_its_items() {
    let house = House::new("council");
    house.case(house.person("A", None), "housing.grant", "2018-05-01");
    let reference = house.sign("R-SERVICE-6");
    assert!(house.as_("adviser", |desk| retention::withdraw(desk, &reference)).is_err());
    house.as_("records", |desk| retention::withdraw(desk, &reference)).unwrap();
    assert_eq!(
        retention::carry_out(&house.store, house.controller, 10).unwrap(),
        retention::Carried::default()
    );
    assert_eq!(house.line("R-SERVICE-6").free(), 1);
    assert!(house.as_("records", |desk| retention::withdraw(desk, &reference)).is_err());
}

#[test]
fn a_register_that_names_an_unknown_rule_for_casework_is_refused() {
    let mut files = Register::built_in("council", "2026-11-22".parse().unwrap()).unwrap().files().clone();
    let head = files.get_mut("register.toml").unwrap();
    *head = head.replacen("child = \"R-SERVICE-CHILD\"", "child = \"R-NOBODY\"", 1);
    let faults = Register::from_files(&files, "2026-11-22".parse().unwrap()).unwrap_err();
    assert!(
        faults.iter().any(|f| f.place == "register.casework" && f.reason.contains("R-NOBODY")),
        "{faults:?}"
    );
}
