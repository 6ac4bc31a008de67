//! Tries to get round the good reason (promises N3, C4 and N5), and the promises that the casebook keeps.

use counterfoil_domain::access::{Purpose, ReasonCode};
use counterfoil_domain::ids::PersonId;
use counterfoil_service::ServiceError;
use counterfoil_service::casebook::look_up::{Sought, look_up};
use counterfoil_service::casebook::people::Taken;
use counterfoil_service::casebook::reason::{self, Asking};
use counterfoil_service::casebook::{self, Identity, NewPerson, Profile, Protection, Recorded, people, work};
use counterfoil_service::promises;
use counterfoil_store::StoreError;
use counterfoil_store::access::Actor;

use crate::story::{self, World};

fn beatrix(world: &World) -> PersonId {
    let ada = world.actor("ada@hearth-advice.example");
    let sought = Sought { name: "Beatrix Thornquist".into(), ..Sought::default() };
    look_up(&world.desk(&ada), &sought).unwrap().here[0].person
}

fn refused<T>(outcome: &Result<T, ServiceError>) -> bool {
    matches!(outcome, Err(ServiceError::Store(StoreError::Refused { .. })))
}

fn asking(person: PersonId, reason: ReasonCode, evidence: &str) -> Asking {
    let (words, evidence) = ("she is at our desk with a letter".to_owned(), evidence.to_owned());
    Asking { person, reason, words, evidence, code: String::new(), hours: 1 }
}

/// Every door that a worker of another office could try.
fn shut(world: &World, who: &Actor, person: PersonId) {
    let desk = world.desk(who);
    let for_service = Purpose::ServiceDelivery;
    assert!(refused(&casebook::open_person(desk.store, who, for_service, person)), "the record");
    assert!(refused(&work::person_page(&desk, person)), "the page");
    assert!(refused(&casebook::notes(desk.store, who, for_service, person)), "the notes");
    assert!(refused(&casebook::access_list(desk.store, who, for_service, person, 9)), "who looked");
    assert!(refused(&people::protect(&desk, person, Protection::Extra)), "a change");
    let found = casebook::find_people(
        desk.store,
        who,
        for_service,
        counterfoil_domain::casebook::identity::IdentityKind::Email,
        "b.thornquist@mail.example",
    );
    assert!(found.unwrap().is_empty(), "the search by e-mail");
    let word = casebook::Term::Word("Thornquist".into());
    let hits = casebook::search(desk.store, who, for_service, &[word], 9).unwrap();
    assert!(hits.iter().all(|h| h.person != person), "the search by words");
    for purpose in [Purpose::Research, Purpose::Planning, Purpose::Workforce, Purpose::RightsRequest] {
        assert!(refused(&casebook::open_person(desk.store, who, purpose, person)), "for {purpose}");
    }
}

#[test]
fn another_offices_record_stays_shut_without_a_good_reason() {
    story::each("advice-network", |world| {
        let person = beatrix(world);
        let (rowan, tomos) =
            (world.actor("rowan@hearth-advice.example"), world.actor("tomos@hearth-advice.example"));
        shut(world, &tomos, person);
        // Stage one tells the office and no more.
        let sought = Sought { email: "b.thornquist@mail.example".into(), ..Sought::default() };
        let found = look_up(&world.desk(&tomos), &sought).unwrap();
        assert!(found.here.is_empty());
        assert_eq!(found.elsewhere.iter().map(|e| e.person).collect::<Vec<_>>(), [person]);
        // A name alone tells nothing of other offices.
        let by_name = Sought { name: "Beatrix Thornquist".into(), ..Sought::default() };
        assert!(look_up(&world.desk(&tomos), &by_name).unwrap().elsewhere.is_empty());
        // A colleague's grant is not one's own.
        reason::ask(&world.desk(&rowan), &asking(person, ReasonCode::ClientAttends, "")).unwrap();
        casebook::open_person(&world.store, &rowan, Purpose::ServiceDelivery, person).unwrap();
        shut(world, &tomos, person);
    });
}

#[test]
fn evidence_is_found_by_the_system_and_not_taken_on_trust() {
    story::each("advice-network", |world| {
        let person = beatrix(world);
        let tomos = world.actor("tomos@hearth-advice.example");
        let desk = world.desk(&tomos);
        let invalid = |reason, evidence: &str| {
            matches!(
                reason::ask(&desk, &asking(person, reason, evidence)),
                Err(ServiceError::Store(StoreError::Invalid(_)))
            )
        };
        assert!(invalid(ReasonCode::Partnership, "HAN-P-07"), "of two other offices");
        assert!(invalid(ReasonCode::Partnership, "HAN-P-99"), "that there is not");
        let long = Asking { hours: 9, ..asking(person, ReasonCode::ClientAttends, "") };
        assert!(reason::ask(&desk, &long).is_err(), "hours, not days");
        let wordless = Asking { words: "hi".into(), ..asking(person, ReasonCode::ClientAttends, "") };
        assert!(reason::ask(&desk, &wordless).is_err(), "a sentence");
        assert!(
            refused(&reason::ask(&desk, &asking(person, ReasonCode::Complaint, "R-2026-00001")))
                || invalid(ReasonCode::Complaint, "R-2026-00001"),
            "a complaint that is not about this person"
        );
        shut(world, &tomos, person);
        let asked = reason::ask(&desk, &asking(person, ReasonCode::ClientAttends, "")).unwrap();
        assert!(!asked.checked, "on the worker's word");
        casebook::open_person(&world.store, &tomos, Purpose::ServiceDelivery, person).unwrap();
        reason::withdraw(&desk, asked.grant).unwrap();
        shut(world, &tomos, person);
    });
}

#[test]
fn a_person_without_a_name_is_found_by_their_own_code_and_in_no_other_way() {
    story::each("advice-network", |world| {
        let (ada, tomos) =
            (world.actor("ada@hearth-advice.example"), world.actor("tomos@hearth-advice.example"));
        let office = casebook::office_of(&ada).unwrap();
        let of = |identity, profile| NewPerson {
            office,
            identity,
            protection: Protection::Standard,
            profile,
            shares_contact: false,
        };
        let you = Taken::from(people::THEMSELVES);
        let named = Profile { forenames: "X".into(), ..Profile::default() };
        assert!(
            people::record(&world.desk(&ada), &of(Identity::Anonymous, named), &you).is_err(),
            "no name is kept"
        );
        let (recorded, code) = people::record(
            &world.desk(&ada),
            &of(Identity::Anonymous, Profile::default()),
            &Taken::default(),
        )
        .unwrap();
        let (Recorded::New(person), Some(code)) = (recorded, code) else {
            panic!("a new record with its code")
        };
        assert!(refused(&work::where_is(&world.desk(&tomos), person)), "that they are known is hidden");
        let by =
            |code: &str| look_up(&world.desk(&tomos), &Sought { code: code.into(), ..Sought::default() });
        assert!(by("7KQ2-M9XD-0TRA-5HVE").unwrap().elsewhere.is_empty(), "a guess finds nobody");
        assert!(by(&code.to_lowercase()).unwrap().elsewhere[0].by_code);
        let asking = Asking { code, ..asking(person, ReasonCode::ClientAttends, "") };
        assert!(reason::ask(&world.desk(&tomos), &asking).unwrap().checked, "the code is the evidence");
        let opened = casebook::open_person(&world.store, &tomos, Purpose::ServiceDelivery, person).unwrap();
        assert!(opened.profile.shown_name().is_empty());
    });
}

#[test]
fn the_reviewer_sees_the_odd_ones_first_and_nobody_reviews_their_own() {
    story::each("advice-network", |world| {
        let (priya, ada) =
            (world.actor("priya@hearth-advice.example"), world.actor("ada@hearth-advice.example"));
        let digest = reason::digest(&world.desk(&priya)).unwrap();
        assert!(
            digest.grants.len() >= 2 && !digest.odd.is_empty(),
            "{} {}",
            digest.grants.len(),
            digest.odd.len()
        );
        assert!(digest.grants.is_sorted_by_key(|g| g.why));
        assert!(refused(&reason::digest(&world.desk(&ada)).map(|_| ())), "advisers do not");
        let first = &digest.grants[0].grant;
        reason::review_grant(&world.desk(&priya), first.id, false).unwrap();
        let holder = Actor::Staff(world.store.actor(world.made.controller, first.staff, true).unwrap());
        shut_person(world, &holder, first.person);
        reason::review_odd(&world.desk(&priya), digest.odd[0].odd.id, true).unwrap();
        assert_eq!(reason::digest(&world.desk(&priya)).unwrap().odd.len(), digest.odd.len() - 1);
        let lines = reason::who_looked(&world.desk(&ada), beatrix(world), 100).unwrap();
        assert!(
            lines.iter().any(|l| l.elsewhere && l.reason.as_deref() == Some("client-attends")),
            "{lines:?}"
        );
    });
}

fn shut_person(world: &World, who: &Actor, person: PersonId) {
    let opened = casebook::open_person(&world.store, who, Purpose::ServiceDelivery, person);
    assert!(refused(&opened), "a grant without a good reason ends at once");
}

#[test]
fn the_ledger_keeps_what_the_casebook_promises() {
    story::each("advice-network", |world| {
        let state = |control: &str| {
            let ledger =
                promises::ledger(&world.store, world.made.controller, &world.calendar, &world.law).unwrap();
            let controls = ledger.promises.iter().flat_map(|p| &p.controls);
            controls.into_iter().find(|c| c.control == control).map(|c| c.state).unwrap()
        };
        for control in ["good-reason", "odd-review", "adherence-dates"] {
            assert_eq!(state(control), "kept", "{control}");
        }
    });
}

#[test]
fn whoever_asks_for_themself_and_is_known_sees_who_looked_and_nobody_else_does() {
    use counterfoil_service::follow;
    story::each("advice-network", |world| {
        let ines = world.actor("ines@hearth-advice.example");
        let automation = Actor::Automation { controller: world.made.controller };
        let all = counterfoil_service::rights::list(&world.desk(&ines), 100).unwrap();
        let of = |name: &str| {
            all.iter().find(|r| r.requester.contains(name) && r.right == "access").unwrap().reference.clone()
        };
        let list = |name: &str, hash: [u8; 32]| {
            let secrets = follow::issue(&world.desk(&ines), &of(name)).unwrap();
            let entry = follow::enter(&world.desk(&automation), &secrets.key, &secrets.code, hash).unwrap();
            assert_eq!(entry, follow::Entry::Open);
            follow::looked(&world.desk(&automation), hash)
        };
        let lines = list("Hamish", [1; 32]).unwrap();
        assert!(lines.iter().any(|l| l.office == "Lancaster" && !l.roles.is_empty()), "{lines:?}");
        assert!(lines.iter().any(|l| l.elsewhere && l.reason.as_deref() == Some("partnership")), "{lines:?}");
        // Not before the officer has settled who they are, and not for whoever asks for another.
        for other in ["Eluned", "Callum", "Osric"] {
            assert!(list(other, [2; 32]).is_err(), "{other}");
        }
        // Without key and code, nothing.
        assert!(follow::looked(&world.desk(&automation), [4; 32]).is_err());
    });
}
