//! The promises of minimisation, and of help without a name: each is kept once exercised, and its breaking shows.

use counterfoil_domain::access::{Identity, Protection, Purpose, Role};
use counterfoil_domain::sharing::statistics::Dimension;
use counterfoil_service::casebook::{self, NewPerson, NoteText, Profile, people, work};
use counterfoil_service::sharing::minimise::Care;
use counterfoil_service::sharing::statistics::{self, Cut};
use counterfoil_service::sharing::survey;
use jiff::civil::date;

use crate::promises_sharing::{house, state, tamper};
use crate::sharing::house::{House, content};
use crate::sharing::minimising::lose_the_condition;

/// The promises that this module keeps and breaks.
pub const WHOLE: [&str; 4] = ["N5", "N22", "N23", "C7"];

fn special(house: &House) {
    let adviser = house.adviser();
    let desk = house.desk(&adviser);
    let person = house.person(&adviser, "Ada", "ada@mail.example");
    for issue in ["housing.disrepair", "wellbeing.isolation"] {
        let case = house.case(&adviser, person, issue);
        let text =
            NoteText { text: "She is ill".into(), special: vec!["health".into()], ..NoteText::default() };
        work::write_note(&desk, case, &text, None).unwrap();
    }
    let care = Care { special: vec!["health".into()], because: String::new() };
    assert!(work::open_case(&desk, person, "gossip", &Default::default(), &care).is_err());
}

fn unnamed(house: &House) {
    house.at("2026-09-10T09:00:00Z");
    let adviser = house.adviser();
    for n in 0..9 {
        let person = house.person(&adviser, &format!("Person {n}"), &format!("p{n}@mail.example"));
        house.case(&adviser, person, "debt.rent");
    }
    let new = NewPerson {
        office: casebook::office_of(&adviser).unwrap(),
        identity: Identity::Anonymous,
        protection: Protection::Standard,
        profile: Profile::default(),
        shares_contact: false,
    };
    let (_, code) = people::record(&house.desk(&adviser), &new, &people::Taken::default()).unwrap();
    assert!(code.is_some());
    let supervisor = house.staff("Moor", &[Role::Supervisor]);
    let hidden = house.person(&supervisor, "Hidden", "hidden@mail.example");
    people::protect(&house.desk(&supervisor), hidden, Protection::Extra).unwrap();
    casebook::open_person(&house.store, &supervisor, Purpose::ServiceDelivery, hidden).unwrap();
    house.at("2026-11-22T09:00:00Z");
    let officer = house.staff("Moor", &[Role::IgOfficer]);
    let cut = Cut { first: date(2026, 9, 1), last: date(2026, 9, 1), by: vec![Dimension::Issue] };
    statistics::release(&house.desk(&officer), &cut, Default::default()).unwrap();
}

fn answered(house: &House) {
    let public = house.public();
    let desk = house.desk(&public);
    survey::answer(&desk, "survey", &content(&[("answers", "The bins were late.")])).unwrap();
    assert!(
        survey::answer(&desk, "survey", &content(&[("answers", "x"), ("email", "a@b.example")])).is_err()
    );
}

type Deed = fn(&House);

#[test]
fn each_promise_is_kept_when_it_is_exercised_and_breaks_when_its_control_does() {
    let breaks: [(&str, &str, Deed, &str); 5] = [
        ("N5", "advice-network", unnamed, "UPDATE statistics_release SET threshold = 1"),
        ("N22", "advice-network", special, "UPDATE minimise_count SET basis = '' WHERE area = 'housing'"),
        ("N23", "advice-network", special, "UPDATE minimise_count SET basis = '' WHERE area = 'wellbeing'"),
        (
            "N23",
            "advice-network",
            special,
            "UPDATE minimise_count SET basis = 'legal-claims' WHERE area = 'wellbeing'",
        ),
        ("C7", "council", answered, "UPDATE survey_answer SET form = 'gossip'"),
    ];
    for (id, template, exercise, sql) in breaks {
        let (house, file) = house(template);
        assert_eq!(state(&house, id), "not-exercised", "{id}");
        exercise(&house);
        assert_eq!(state(&house, id), "kept", "{id}");
        tamper(&file, sql);
        assert_eq!(state(&house, id), "broken", "{id} after `{sql}`");
    }
}

#[test]
fn a_condition_that_the_register_loses_breaks_what_rests_on_it() {
    let (house, _) = house("advice-network");
    special(&house);
    assert_eq!((state(&house, "N22"), state(&house, "N23")), ("kept", "kept"));
    lose_the_condition(&house);
    assert_eq!((state(&house, "N22"), state(&house, "N23")), ("broken", "kept"));
}
