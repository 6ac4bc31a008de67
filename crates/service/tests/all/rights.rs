//! The rights other than access, carried out through the use-cases on both engines: each decision, each refusal.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use counterfoil_domain::access::{Purpose, Role, RoleSet};
use counterfoil_domain::clock::{Calendar, ClockConfig};
use counterfoil_domain::ids::{CaseId, ControllerId, OfficeId, PersonId};
use counterfoil_domain::place::Division;
use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::deciding::{FollowUp, Outcome};
use counterfoil_domain::rights::marketing::Channel;
use counterfoil_service::casebook::{
    self, CaseText, DocumentText, Identity, NewPerson, NoteText, Profile, Protection, Recorded,
};
use counterfoil_service::installation::{self, NewOrganisation, NewStaff};
use counterfoil_service::organisation::Organisation;
use counterfoil_service::rights::other::{
    automated, correct, decide, erase, facts, marketing, outcome, panel, portable, restrict, stop,
};
use counterfoil_service::rights::{self, Desk, Reception, RequestText};
use counterfoil_service::{Result, calendar};
use counterfoil_store::access::{Actor, Gate, Limits};
use counterfoil_store::casebook::people::Address;
use counterfoil_store::rights::other::texts::FactText;
use counterfoil_store::seal::entropy::Entropy;
use counterfoil_store::seal::organisation::OrganisationKeys;
use counterfoil_store::{Place, Store, Surroundings};
use jiff::Timestamp;
use jiff::civil::date;

use crate::places::each_place;

const NOW: &str = "2026-11-10T09:00:00Z";
pub const WHY: &str = "The reasons are these, in a whole sentence.";

/// An organisation with two officers, an adviser and a complaints officer.
pub struct House {
    pub store: Store,
    pub controller: ControllerId,
    pub clock: Arc<AtomicI64>,
    pub folder: tempfile::TempDir,
    pub office: OfficeId,
    pub division: Division,
    pub calendar: Calendar,
    pub law: ClockConfig,
    staff: BTreeMap<&'static str, Actor>,
    people: AtomicU32,
}

/// Runs a test in a council or an advice network, on each engine.
pub fn in_each(template: &str, connected: &str, test: impl Fn(&House)) {
    each_place(|place, folder| test(&House::new(&place, folder, template, connected)));
}

fn at(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_second()
}

impl House {
    pub fn new(place: &Place, folder: tempfile::TempDir, template: &str, connected: &str) -> Self {
        let clock = Arc::new(AtomicI64::new(at(NOW)));
        let hand = Arc::clone(&clock);
        let surroundings = Surroundings {
            keys: OrganisationKeys::random(&Entropy::system()),
            gate: Gate::load(None, Limits::default()).unwrap(),
            clock: Arc::new(move || Timestamp::from_second(hand.load(Ordering::SeqCst)).unwrap()),
            entropy: Entropy::system(),
        };
        let (store, _) = Store::open(place, surroundings).unwrap();
        let (settings, organisation) = Organisation::template(template).unwrap();
        let connected = connected.replace("FOLDER", &folder.path().display().to_string());
        let new = NewOrganisation {
            settings: format!("{settings}\n{connected}"),
            offices: vec!["Moor".to_owned(), "Vale".to_owned()],
            adherent_until: Some("2027-06-01T00:00:00Z".parse().unwrap()),
        };
        let controller = installation::set_up(&store, &new).unwrap();
        let office = installation::office_named(&store, controller, "Moor").unwrap();
        let mut staff = BTreeMap::new();
        for (name, office, roles) in [
            ("ines", "Moor", [Role::IgOfficer].as_slice()),
            ("marek", "Moor", &[Role::IgOfficer]),
            ("nia", "Moor", &[Role::OfficeManager]),
            ("ada", "Moor", &[Role::Adviser]),
            ("carys", "Vale", &[Role::ComplaintsOfficer]),
        ] {
            let new = NewStaff {
                office: office.to_owned(),
                name: name.to_owned(),
                sign_in: name.to_owned(),
                roles: RoleSet::of(roles),
                password_hash: None,
                totp_secret: None,
                training_until: Some("2027-06-01T00:00:00Z".parse().unwrap()),
            };
            let id = installation::add_staff(&store, controller, &new).unwrap();
            staff.insert(name, Actor::Staff(store.actor(controller, id, true).unwrap()));
        }
        let division = organisation.division.parse().unwrap();
        let (calendar, law) = (calendar::load(None).unwrap(), ClockConfig::default());
        let people = AtomicU32::new(0);
        Self { store, controller, clock, folder, office, division, calendar, law, staff, people }
    }

    pub fn who(&self, name: &str) -> &Actor {
        &self.staff[name]
    }

    pub fn desk(&self, name: &str) -> Desk<'_> {
        Desk { store: &self.store, who: self.who(name), calendar: &self.calendar, law: &self.law }
    }

    pub fn on(&self, when: &str) -> &Self {
        self.clock.store(at(when), Ordering::SeqCst);
        self
    }

    /// A person with a case, a note of theirs, a note of another's words and a paper that they gave.
    pub fn person(&self) -> (PersonId, CaseId) {
        let n = self.people.fetch_add(1, Ordering::SeqCst);
        let further = if n == 0 { String::new() } else { n.to_string() };
        let new = NewPerson {
            office: self.office,
            identity: Identity::Named,
            protection: Protection::Standard,
            profile: Profile {
                forenames: "Wilfred".into(),
                surname: "Ashgrove".into(),
                born: Some(date(1961, 5, 4)),
                emails: vec![format!("w.ashgrove{further}@mail.example")],
                phones: vec![format!("07700 900{}", 123 + n)],
                addresses: vec![Address {
                    lines: vec!["3 Kiln Row".into(), "Moor".into()],
                    postcode: "LA1 9ZB".into(),
                    ..Address::default()
                }],
                ..Profile::default()
            },
            shares_contact: false,
        };
        let ada = self.who("ada");
        let recorded = casebook::record_person(&self.store, ada, Purpose::ServiceDelivery, &new).unwrap();
        let (Recorded::New(id) | Recorded::Known(id)) = recorded;
        let text = CaseText { title: "Arrears".into(), question: "Can I pay by the month?".into() };
        let case = casebook::open_case(&self.store, ada, id, "debt.council-tax", &text).unwrap();
        let note = |text: &str, source: &str| NoteText {
            text: text.into(),
            source: source.into(),
            ..NoteText::default()
        };
        let notes = [
            note("Wilfred says the rent is paid.", "the client"),
            note("The landlord says it is not.", "the landlord"),
        ];
        casebook::write_notes(&self.store, ada, case, &notes).unwrap();
        let about = DocumentText {
            name: "payslip.txt".into(),
            media_type: "text/plain".into(),
            source: "the client".into(),
            ..DocumentText::default()
        };
        casebook::add_document(&self.store, ada, id, &about, b"Pay 412.20", Some("Pay")).unwrap();
        (id, case)
    }

    pub fn receive(&self, right: Right) -> String {
        rights::receive(&self.desk("ines"), &self.reception(right)).unwrap().reference
    }

    pub fn reception(&self, right: Right) -> Reception {
        Reception {
            office: self.office,
            right,
            division: self.division,
            received_on: date(2026, 11, 9),
            text: RequestText {
                requester: "Wilfred Ashgrove".into(),
                capacity: "self".into(),
                wording: "Please.".into(),
                channel: "letter".into(),
                ..RequestText::default()
            },
        }
    }

    /// A request of the person, identified, with these facts.
    pub fn asked(&self, right: Right, person: PersonId, facts: &[(&str, bool)]) -> String {
        let reference = self.receive(right);
        rights::identify(&self.desk("ines"), &reference, person, "known to the adviser").unwrap();
        if !facts.is_empty() {
            self.found(&reference, facts, &[]);
        }
        reference
    }

    /// The search plan: nothing else of the register holds this person.
    pub fn plan(&self, reference: &str) {
        let why = "searched for by name, never a user of it";
        rights::sources::set_plan(&self.desk("ines"), reference, &[], why).unwrap();
    }

    pub fn found(&self, reference: &str, facts: &[(&str, bool)], activities: &[&str]) {
        let text = FactText {
            facts: facts.iter().map(|(c, b)| ((*c).to_owned(), *b)).collect(),
            activities: activities.iter().map(|a| (*a).to_owned()).collect(),
            note: String::new(),
        };
        facts::note(&self.desk("ines"), reference, &text).unwrap();
    }

    pub fn decide(&self, reference: &str, outcome: Outcome, evidence: &str) -> Result<Vec<FollowUp>> {
        let decision = decide::Decision {
            outcome,
            reasons: WHY.into(),
            evidence: evidence.into(),
            exemption: String::new(),
            answers: BTreeMap::new(),
        };
        decide::decide(&self.desk("ines"), reference, &decision)
    }

    pub fn state(&self, reference: &str) -> String {
        rights::show(&self.desk("ines"), reference).unwrap().summary.state
    }

    /// Whether the adviser can open the person's record to serve them.
    pub fn open_to_adviser(&self, person: PersonId) -> bool {
        casebook::open_person(&self.store, self.who("ada"), Purpose::ServiceDelivery, person).is_ok()
    }
}

pub fn says<T: std::fmt::Debug>(answer: Result<T>, words: &str) {
    let error = answer.expect_err("it should have been refused").to_string();
    assert!(error.contains(words), "`{error}` does not say `{words}`");
}

#[test]
fn a_correction_needs_evidence_changes_the_record_and_keeps_the_old_value_in_the_log() {
    in_each("advice-network", "", |house| {
        let (person, _) = house.person();
        let reference = house.asked(Right::Rectification, person, &[]);
        says(house.decide(&reference, Outcome::Granted, ""), "what was checked");
        house.found(&reference, &[("inaccurate", true)], &[]);
        let desk = house.desk("ines");
        let fix = |field: &str, right: &str| correct::Correction {
            field: field.into(),
            wrong: String::new(),
            right: right.into(),
        };
        says(correct::correct(&desk, &reference, &fix("surname", "Ashgrave")), "decide the request first");
        let follow = house.decide(&reference, Outcome::Granted, "The birth certificate was seen.").unwrap();
        assert!(follow.contains(&FollowUp::Correct) && follow.contains(&FollowUp::TellRecipients));
        says(outcome::tell(&desk, &reference, date(2026, 11, 10), ""), "not been carried out");
        says(correct::correct(&desk, &reference, &fix("born", "4 May 1961")), "is not a date");
        says(correct::correct(&desk, &reference, &fix("colour", "x")), "is not a field");
        correct::correct(&desk, &reference, &fix("surname", "Ashgrave")).unwrap();
        correct::correct(&desk, &reference, &fix("address", "5 Kiln Row, Moor, LA1 9ZB")).unwrap();
        let read =
            casebook::open_person(&house.store, house.who("ada"), Purpose::ServiceDelivery, person).unwrap();
        assert_eq!(read.profile.surname, "Ashgrave");
        assert_eq!(read.profile.addresses[0].lines, ["5 Kiln Row", "Moor"]);
        let trail =
            casebook::access_list(&house.store, house.who("ines"), Purpose::RightsRequest, person, 50)
                .unwrap();
        assert!(trail.iter().any(|l| format!("{l:?}").contains("Ashgrove")), "{trail:?}");
        assert_eq!(house.state(&reference), "done");
        outcome::tell(&desk, &reference, date(2026, 11, 10), "by letter").unwrap();
        assert_eq!(house.state(&reference), "closed");
        says(house.decide(&reference, Outcome::Granted, WHY), "internal review");
    });
}

#[test]
fn a_correction_that_is_refused_leaves_the_persons_statement_wherever_the_record_is_shown() {
    in_each("advice-network", "", |house| {
        let (person, case) = house.person();
        let reference = house.asked(Right::Rectification, person, &[("opinion", true)]);
        let follow =
            house.decide(&reference, Outcome::Refused, "The adviser's opinion is recorded as one.").unwrap();
        assert_eq!(follow, [FollowUp::Statement, FollowUp::TellPerson]);
        let desk = house.desk("ines");
        assert!(outcome::letter(&desk, &reference).unwrap().statement_offered);
        says(correct::attach_statement(&desk, &reference, "person", "no"), "own words");
        says(
            correct::attach_statement(
                &desk,
                &reference,
                &CaseId::from_bytes([9; 16]).to_string(),
                "I disagree with it.",
            ),
            "is no record of this person",
        );
        correct::attach_statement(&desk, &reference, "person", "I was never late with anything.").unwrap();
        correct::attach_statement(&desk, &reference, &case.to_string(), "It was my brother's debt.").unwrap();
        let note =
            casebook::notes(&house.store, house.who("ada"), Purpose::ServiceDelivery, person).unwrap()[1].id;
        correct::attach_statement(&desk, &reference, &note.to_string(), "The landlord is wrong.").unwrap();
        let ada = house.who("ada");
        let read = casebook::open_person(&house.store, ada, Purpose::ServiceDelivery, person).unwrap();
        assert_eq!(read.statements[0].text, "I was never late with anything.");
        let notes = casebook::notes(&house.store, ada, Purpose::ServiceDelivery, person).unwrap();
        assert_eq!(notes[1].statements[0].text, "The landlord is wrong.");
        assert!(notes[0].statements.is_empty());
        // An access request finds them too.
        let access = house.asked(Right::Access, person, &[]);
        rights::search(&desk, &access, &[], &|_, _, _| ()).unwrap();
        let items = rights::show(&desk, &access).unwrap().items;
        assert!(items.iter().any(|(_, _, name, _)| name.contains("statement")), "{items:?}");
    });
}

#[test]
fn an_erasure_is_counted_proposed_approved_by_another_and_certified() {
    in_each("advice-network", "", |house| {
        let (person, _) = house.person();
        let reference = house.asked(Right::Erasure, person, &[]);
        let (ines, marek, nia) = (house.desk("ines"), house.desk("marek"), house.desk("nia"));
        says(house.decide(&reference, Outcome::Granted, ""), "no ground for erasure is made out");
        house.found(&reference, &[("purpose-ended", true), ("legal-claims", true)], &[]);
        says(house.decide(&reference, Outcome::Granted, ""), "does not apply");
        house.found(&reference, &[("purpose-ended", true), ("needed-for-duty", false)], &[]);
        says(erase::propose(&ines, &reference), "decide the request first");
        house.decide(&reference, Outcome::Granted, "").unwrap();
        let plan = erase::dry_run(&ines, &reference).unwrap();
        let counted = |table: &str| plan.rows.iter().find(|r| r.table == table).map(|r| r.number);
        assert_eq!((counted("note"), counted("person"), plan.files), (Some(2), Some(1), 1));
        // An open access request of the same person comes first.
        let access = house.asked(Right::Access, person, &[]);
        says(erase::propose(&ines, &reference), "s.173 DPA 2018");
        rights::event(&ines, &access, "closed-no-reply", date(2026, 11, 10), &Default::default())
            .unwrap_err();
        house
            .store
            .act(
                house.who("ines"),
                counterfoil_domain::access::Verb::RequestReview,
                Purpose::RightsRequest,
                |tx| {
                    let id = tx.request_by_reference(&access)?;
                    let request = tx.open_request(id, &Default::default())?;
                    tx.move_request(&request, "closed")
                },
            )
            .unwrap();
        erase::propose(&ines, &reference).unwrap();
        assert_eq!(house.state(&reference), "awaiting-approval");
        says(erase::execute(&ines, &reference, &[]), "has not approved");
        says(erase::approve(&ines, &reference), "someone other than those who have signed");
        // What has changed since is not approved.
        let about = DocumentText { name: "late.txt".into(), ..DocumentText::default() };
        casebook::add_document(&house.store, house.who("ada"), person, &about, b"late", None).unwrap();
        says(erase::approve(&nia, &reference), "has changed since");
        erase::propose(&ines, &reference).unwrap();
        erase::approve(&nia, &reference).unwrap();
        let certificate = erase::execute(&marek, &reference, &[]).unwrap();
        assert!(certificate.done[0].contains("2 files"), "{certificate:?}");
        assert!(!house.open_to_adviser(person));
        assert_eq!(house.state(&reference), "done");
        // The page still shows what was done, and to whom it must be said.
        let seen = panel::panel(&ines, &reference).unwrap();
        assert!(seen.certificate.is_some() && seen.person.stops.is_empty());
        outcome::tell(&ines, &reference, date(2026, 11, 10), "by letter").unwrap();
        assert_eq!(house.state(&reference), "closed");
    });
}

#[test]
fn a_legal_hold_stops_an_erasure() {
    in_each("advice-network", "", |house| {
        let (person, _) = house.person();
        let reference =
            house.asked(Right::Erasure, person, &[("purpose-ended", true), ("needed-for-duty", false)]);
        house.decide(&reference, Outcome::Granted, "").unwrap();
        house
            .store
            .act(
                house.who("ines"),
                counterfoil_domain::access::Verb::HoldPlace,
                Purpose::RightsRequest,
                |tx| {
                    let permit = tx.permit(counterfoil_store::Record::Person, person, &Default::default())?;
                    tx.set_hold(&permit, true)
                },
            )
            .unwrap();
        says(erase::propose(&house.desk("ines"), &reference), "hold");
    });
}

#[test]
fn an_erasure_reaches_connected_systems_and_stops_when_one_fails() {
    let dataset = "dataset:\n  - fides_key: shop\n    name: shop\n    description: orders\n    collections:\n      - name: customer\n        fields:\n          - name: id\n            fides_meta:\n              primary_key: true\n          - name: email\n            data_categories: [user.contact.email]\n            fides_meta:\n              identity: email\n          - name: name\n            data_categories: [user.name]\n";
    let connected = "[[connected]]\nname = \"the shop\"\ndataset = \"FOLDER/shop.yml\"\nconnection = \"sqlite:FOLDER/shop.db\"\n";
    in_each("advice-network", connected, |house| {
        std::fs::write(house.folder.path().join("shop.yml"), dataset).unwrap();
        let (person, _) = house.person();
        let facts = [("purpose-ended", true), ("needed-for-duty", false)];
        let reference = house.asked(Right::Erasure, person, &facts);
        house.decide(&reference, Outcome::Granted, "").unwrap();
        // The file is not there: the plan says so, and nothing is erased.
        let plan = erase::propose(&house.desk("ines"), &reference).unwrap();
        assert_eq!(plan.systems[0].answer, "failed", "{plan:?}");
        erase::approve(&house.desk("marek"), &reference).unwrap();
        says(erase::execute(&house.desk("ines"), &reference, &[]), "`the shop` could not");
        assert!(house.open_to_adviser(person));
        let db = house.folder.path().join("shop.db");
        let raw = rusqlite::Connection::open(&db).unwrap();
        raw.execute_batch("CREATE TABLE customer (id INTEGER PRIMARY KEY, email TEXT, name TEXT); \
                           INSERT INTO customer VALUES (1, 'w.ashgrove@mail.example', 'Wilfred'), (2, 'x@y.example', 'Ann');").unwrap();
        let certificate = erase::execute(&house.desk("ines"), &reference, &[]).unwrap();
        assert_eq!((certificate.systems[0].answer.as_str(), certificate.systems[0].rows), ("erased", 1));
        let left: i64 =
            raw.query_row("SELECT count(*) FROM customer WHERE name = 'Wilfred'", [], |r| r.get(0)).unwrap();
        assert_eq!(left, 0);
        assert!(!house.open_to_adviser(person));
    });
}

#[test]
fn a_restriction_is_enforced_and_lifted_only_after_the_person_was_told() {
    in_each("council", "", |house| {
        let (person, _) = house.person();
        let reference = house.asked(Right::Restriction, person, &[]);
        says(house.decide(&reference, Outcome::Granted, ""), "no ground for restriction");
        house.found(&reference, &[("accuracy-contested", true)], &[]);
        house.decide(&reference, Outcome::Granted, "").unwrap();
        let desk = house.desk("ines");
        says(restrict::place(&desk, &reference, "because", WHY), "is not a ground");
        restrict::place(&desk, &reference, "accuracy-contested", WHY).unwrap();
        says(restrict::place(&desk, &reference, "accuracy-contested", WHY), "in force already");
        assert!(!house.open_to_adviser(person));
        outcome::tell(&desk, &reference, date(2026, 11, 10), "").unwrap();
        says(restrict::lift(&desk, &reference), "must be told before");
        says(restrict::told(&desk, &reference, date(2026, 12, 1), "by letter today"), "in the future");
        restrict::told(&desk, &reference, date(2026, 11, 10), "by letter today").unwrap();
        says(restrict::lift(&desk, &reference), "on a later day");
        assert!(!house.open_to_adviser(person));
        house.on("2026-11-12T09:00:00Z");
        restrict::lift(&desk, &reference).unwrap();
        assert!(house.open_to_adviser(person));
        says(restrict::lift(&desk, &reference), "no restriction is in force");
    });
}

#[test]
fn an_objection_stops_the_use_until_it_is_decided_and_for_good_when_upheld() {
    in_each("advice-network", "", |house| {
        let (person, _) = house.person();
        let reference = house.asked(Right::Objection, person, &[]);
        let desk = house.desk("ines");
        let touching = facts::applicability(&desk, &reference).unwrap();
        let serves = |a: &&facts::Touching| a.chosen && a.purposes.contains(&"service-delivery");
        let activity = touching.activities.iter().find(serves).unwrap().id.clone();
        let asked = stop::Stop {
            activity: activity.clone(),
            purposes: vec!["service-delivery".into()],
            words: "My situation.".into(),
        };
        says(
            stop::stop(&desk, &reference, &stop::Stop { activity: "nothing".into(), ..asked.clone() }),
            "not an activity",
        );
        says(
            stop::stop(&desk, &reference, &stop::Stop { purposes: vec!["audit".into()], ..asked.clone() }),
            "does not serve",
        );
        assert!(house.open_to_adviser(person));
        stop::stop(&desk, &reference, &asked).unwrap();
        assert!(!house.open_to_adviser(person), "the use is stopped while the objection is pending");
        // Overridden: only with the compelling grounds stated.
        house.found(&reference, &[("compelling-grounds", true)], &[]);
        says(house.decide(&reference, Outcome::Refused, "so"), "compelling legitimate grounds");
        house
            .decide(&reference, Outcome::Refused, "A court has ordered us to keep acting for the children.")
            .unwrap();
        assert!(house.open_to_adviser(person), "overridden");
        outcome::tell(&desk, &reference, date(2026, 11, 10), "by letter").unwrap();
        assert_eq!(house.state(&reference), "refused");
        // Another objection is upheld.
        let again = house.asked(Right::Objection, person, &[]);
        stop::stop(&desk, &again, &asked).unwrap();
        house.decide(&again, Outcome::Granted, "").unwrap();
        assert_eq!(house.state(&again), "done");
        assert!(!house.open_to_adviser(person), "upheld");
        let seen = panel::panel(&desk, &again).unwrap();
        assert!(seen.person.stops.iter().any(|s| s.state == "overridden"));
        assert!(seen.person.stops.iter().any(|s| s.state == "upheld"));
    });
}

#[test]
fn a_withdrawn_consent_takes_effect_at_once() {
    in_each("advice-network", "", |house| {
        let (person, _) = house.person();
        let reference = house.asked(Right::WithdrawConsent, person, &[]);
        let desk = house.desk("ines");
        let all = facts::applicability(&desk, &reference).unwrap();
        let referral = all
            .activities
            .iter()
            .find(|a| !a.purposes.is_empty() && a.purposes.contains(&"service-delivery"))
            .unwrap();
        let asked = stop::Stop {
            activity: referral.id.clone(),
            purposes: vec!["service-delivery".into()],
            words: String::new(),
        };
        stop::stop(&desk, &reference, &asked).unwrap();
        assert!(!house.open_to_adviser(person));
        house.found(&reference, &[("explicit-consent", true)], &[]);
        house.decide(&reference, Outcome::Granted, "").unwrap();
        assert_eq!(house.state(&reference), "done");
        outcome::tell(&desk, &reference, date(2026, 11, 10), "").unwrap();
        assert!(!house.open_to_adviser(person));
    });
}

#[test]
fn portability_is_refused_with_reasons_or_gives_what_the_person_gave_and_nothing_else() {
    in_each("council", "", |house| {
        let (person, _) = house.person();
        let reference = house.asked(Right::Portability, person, &[]);
        let desk = house.desk("ines");
        let seen = facts::applicability(&desk, &reference).unwrap();
        let consent = seen.activities.iter().map(|a| a.id.clone());
        let applies: Vec<String> = consent
            .filter(|id| {
                house.found(&reference, &[("automated", true)], &[id]);
                facts::applicability(&desk, &reference).unwrap().verdict == Some("applies")
            })
            .take(1)
            .collect();
        let other = seen.activities.iter().find(|a| a.id != applies[0] && a.chosen).unwrap();
        house.found(&reference, &[], &[&other.id]);
        says(house.decide(&reference, Outcome::Granted, ""), "does not apply");
        says(portable::export(&desk, &reference), "decide the request first");
        house.found(&reference, &[("automated", true)], &[&applies[0]]);
        house.decide(&reference, Outcome::Granted, "").unwrap();
        let export = portable::export(&desk, &reference).unwrap();
        let json: serde_json::Value = serde_json::from_str(&export.json).unwrap();
        assert_eq!(json["person"]["surname"], "Ashgrove");
        assert_eq!(json["notes"].as_array().unwrap().len(), 1, "the landlord's words are not the person's");
        assert_eq!(json["documents"][0]["name"], "payslip.txt");
        assert!(!export.json.contains("landlord") && !export.csv.contains("landlord"));
        assert!(export.csv.contains("person,,email,w.ashgrove@mail.example"), "{}", export.csv);
        // Every field is one that the schema requires, and the other way round.
        let schema: serde_json::Value = serde_json::from_str(portable::SCHEMA).unwrap();
        let names = |v: &serde_json::Value| -> std::collections::BTreeSet<String> {
            v.as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(names(&json), names(&schema["properties"]));
        assert_eq!(names(&json["person"]), names(&schema["properties"]["person"]["properties"]));
        assert_eq!(
            names(&json["documents"][0]),
            names(&schema["properties"]["documents"]["items"]["properties"])
        );
        assert_eq!(house.state(&reference), "done");
    });
}

#[test]
fn a_decision_by_computer_is_logged_explained_and_looked_at_again() {
    in_each("council", "", |house| {
        let (person, _) = house.person();
        let taken = automated::Taken {
            activity: "SVC-GRANTS".into(),
            on: Some(date(2026, 10, 1)),
            inputs: "turnover of 2025, number of staff".into(),
            logic: "points for each criterion of the published scheme".into(),
            outcome: "41 of 100 points".into(),
            effect: "no grant".into(),
        };
        let (ada, ines) = (house.who("ada"), house.desk("ines"));
        says(
            automated::log(
                &house.store,
                ada,
                Purpose::ServiceDelivery,
                person,
                &automated::Taken { inputs: String::new(), ..taken.clone() },
            ),
            "what went in",
        );
        automated::log(&house.store, ada, Purpose::ServiceDelivery, person, &taken).unwrap();
        let reference = house.asked(Right::AutomatedDecisions, person, &[]);
        says(house.decide(&reference, Outcome::Granted, ""), "does not apply");
        house.found(&reference, &[("solely-automated", true), ("significant-effect", true)], &["SVC-GRANTS"]);
        house.decide(&reference, Outcome::Granted, "").unwrap();
        assert_eq!(automated::of_request(&ines, &reference).unwrap()[0].text.logic, taken.logic);
        let look = automated::Look {
            number: 1,
            outcome: "changed".into(),
            representations: "The turnover was wrong.".into(),
            findings: "The right turnover gives 72 points: the grant is paid.".into(),
        };
        says(
            automated::look_again(&ines, &reference, &automated::Look { number: 2, ..look.clone() }),
            "decision",
        );
        says(
            automated::look_again(
                &ines,
                &reference,
                &automated::Look { outcome: "kept".into(), ..look.clone() },
            ),
            "no outcome",
        );
        automated::look_again(&ines, &reference, &look).unwrap();
        let seen = automated::of_request(&ines, &reference).unwrap();
        assert_eq!(
            (seen[0].state.as_str(), seen[0].text.review.as_str()),
            ("changed", look.findings.as_str())
        );
    });
}

#[test]
fn a_marketing_stop_reaches_every_channel_survives_erasure_and_holds_for_strangers() {
    in_each("council", "", |house| {
        let desk = house.desk("ines");
        let stopped =
            |to: &str, channel| marketing::is_stopped(&house.store, house.controller, to, channel).unwrap();
        let (person, _) = house.person();
        let reference = house.asked(Right::MarketingObjection, person, &[]);
        says(house.decide(&reference, Outcome::Refused, ""), "cannot be refused");
        assert!(!stopped("w.ashgrove@mail.example", Channel::Email));
        assert_eq!(marketing::stop(&desk, &reference, &[]).unwrap(), 3);
        for (to, channel) in [
            ("W.Ashgrove@mail.example", Channel::Email),
            ("+44 7700 900123", Channel::Text),
            ("07700900123", Channel::Phone),
            ("3 kiln row, Moor, la1 9zb", Channel::Post),
            ("3 Kiln Row, Elsewhere, LA19ZB", Channel::Door),
        ] {
            assert!(stopped(to, channel), "{to} {channel}");
        }
        assert!(!stopped("4 Kiln Row, Moor, LA1 9ZB", Channel::Post));
        assert!(stopped("not a contact", Channel::Email), "what is no contact is not written to");
        // Someone of whom nothing is recorded.
        let stranger = house.receive(Right::MarketingObjection);
        says(marketing::stop(&desk, &stranger, &[]), "give an address or number");
        says(marketing::stop(&desk, &stranger, &["17".into()]), "neither an e-mail");
        assert_eq!(marketing::stop(&desk, &stranger, &["ann@y.example".into()]).unwrap(), 1);
        assert!(stopped("ann@y.example", Channel::Post) && stopped("ann@y.example", Channel::Email));
        // The record goes, the stop stays.
        let staff = |n: &str| house.who(n).staff().unwrap().staff;
        casebook::erase_person(&house.store, person, house.controller, vec![staff("ines"), staff("marek")])
            .unwrap();
        assert!(stopped("w.ashgrove@mail.example", Channel::Email));
    });
}
