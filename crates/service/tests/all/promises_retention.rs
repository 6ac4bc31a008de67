//! C20 and C33: kept once something was disposed of in time; broken when something waits too long, a run lacks a
//! name, a hold is unknown to the gate, or nobody looks.

use counterfoil_service::register::ropa;
use counterfoil_service::{calendar, promises, retention, upkeep};

use crate::retention::{House, NOW};

/// What these tests show kept.
pub const WHOLE: [&str; 2] = ["C20", "C33"];

fn state(house: &House, id: &str) -> &'static str {
    let calendar = calendar::load(None).unwrap();
    let law = counterfoil_domain::clock::ClockConfig::default();
    let ledger = promises::ledger(&house.store, house.controller, &calendar, &law).unwrap();
    ledger.promises.iter().find(|p| p.id == id).unwrap().state
}

fn tamper(house: &House, sql: &str) {
    let raw = rusqlite::Connection::open(house.folder.path().join("data/counterfoil.db")).unwrap();
    raw.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    assert!(raw.execute(sql, []).unwrap() > 0, "`{sql}` changed nothing");
}

/// A council where something was due yesterday, and was disposed of today.
fn exercised() -> House {
    let house = House::new("council");
    house.case(house.person("Adams", None), "housing.grant", "2020-11-20");
    let reference = house.sign("R-SERVICE-6");
    upkeep::round(&house.store, &[]).unwrap();
    assert!(retention::certificate::of(&house.store, house.controller, &reference).is_ok());
    house
}

#[test]
fn disposal_in_time_keeps_the_promise() {
    let house = House::new("council");
    upkeep::round(&house.store, &[]).unwrap();
    assert_eq!(state(&house, "C20"), "not-exercised");
    let house = exercised();
    assert_eq!((state(&house, "C20"), state(&house, "C33")), ("kept", "kept"));
    assert_eq!(state(&house, "C29"), "not-exercised", "its dates of checking are the casebook's");
}

#[test]
fn what_waits_beyond_the_grace_breaks_it_until_it_is_disposed_of() {
    let house = exercised();
    house.case(house.person("Benson", None), "housing.grant", "2019-11-20");
    upkeep::round(&house.store, &[]).unwrap();
    assert_eq!((state(&house, "C20"), state(&house, "C33")), ("broken", "broken"));
    house.sign("R-SERVICE-6");
    assert_eq!(state(&house, "C33"), "broken", "approved is not done");
    upkeep::round(&house.store, &[]).unwrap();
    assert_eq!(state(&house, "C33"), "kept");
}

#[test]
fn upkeep_that_is_turned_off_shows() {
    let house = exercised();
    assert_eq!(state(&house, "C20"), "kept");
    house.go("2026-11-25T09:00:01Z");
    assert_eq!(state(&house, "C20"), "at-risk");
    house.go("2026-11-30T09:00:00Z");
    assert_eq!(state(&house, "C20"), "broken");
    upkeep::round(&house.store, &[]).unwrap();
    assert_eq!(state(&house, "C20"), "kept");
}

#[test]
fn an_approved_run_that_nobody_carries_out_breaks_it() {
    let house = exercised();
    house.case(house.person("Benson", None), "housing.grant", "2020-11-20");
    house.sign("R-SERVICE-6");
    assert_eq!(state(&house, "C20"), "kept", "a day is left for the upkeep");
    house.go("2026-11-23T09:00:01Z");
    assert_eq!(state(&house, "C20"), "broken");
}

#[test]
fn a_run_without_two_names_or_a_certificate_breaks_it() {
    for sql in
        ["UPDATE disposal_run SET approved_by = proposed_by", "UPDATE disposal_run SET certificate = NULL"]
    {
        let house = exercised();
        tamper(&house, sql);
        assert_eq!(state(&house, "C20"), "broken", "{sql}");
    }
}

#[test]
fn a_hold_that_the_gate_does_not_know_breaks_it() {
    let house = exercised();
    let person = house.person("Held", None);
    house.as_("records", |desk| {
        retention::holds::place(desk, &retention::holds::Whose::Person(person), "a claim", "").unwrap();
    });
    assert_eq!(state(&house, "C20"), "kept");
    tamper(&house, "UPDATE person SET legal_hold = 0 WHERE legal_hold = 1");
    assert_eq!(state(&house, "C20"), "broken");
}

#[test]
fn a_kind_of_record_without_a_rule_breaks_it() {
    let house = exercised();
    let kept = house.store.register(house.controller, house.store.now()).unwrap().unwrap();
    let without = kept.content.replacen("person = \\\"R-CONTACT\\\"\\n", "", 1);
    assert_ne!(without, kept.content);
    let raw = rusqlite::Connection::open(house.folder.path().join("data/counterfoil.db")).unwrap();
    raw.execute("UPDATE register_version SET content = ?1", [without]).unwrap();
    assert_eq!((state(&house, "C20"), state(&house, "C33")), ("broken", "broken"));
}

#[test]
fn columns_29_and_30_are_computed_from_what_was_disposed_of() {
    let house = exercised();
    let cells = |house: &House| {
        let measured = retention::measurements(&house.store, house.controller).unwrap();
        let register =
            counterfoil_service::register::keep::current(&house.store, house.controller).unwrap().unwrap();
        let on = "2026-11-22".parse().unwrap();
        let entry =
            register.activities(on).find(|e| e.retention.contains(&"R-SERVICE-6".to_owned())).unwrap();
        let row = ropa::ico_row(&register, entry, on, measured.get(&entry.id));
        (row[28].clone(), row[29].clone())
    };
    assert_eq!(cells(&house), ("yes".to_owned(), String::new()));
    house.case(house.person("Benson", None), "housing.grant", "2019-11-20");
    let (kept, why) = cells(&house);
    assert_eq!(kept, "no: 1 past their time");
    assert!(why.contains("R-SERVICE-6: 1 not proposed for disposal yet"), "{why}");
    house.go(NOW);
}
