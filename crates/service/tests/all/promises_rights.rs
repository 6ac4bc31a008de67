//! The promises about the other rights and complaints: each is exercised through the use-cases until the ledger says
//! that it is kept, then one of its controls is broken, and the ledger sees it.

use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::deciding::Outcome;
use counterfoil_domain::rights::older::Heading;
use counterfoil_domain::rights::telling::Telling;
use counterfoil_service::rights::other::{
    automated, complaint, correct, erase, facts, marketing, older, outcome, portable, recipients, restrict,
    stop,
};
use counterfoil_service::rights::{self, Choice, Fate, Ground};
use counterfoil_service::{promises, upkeep};
use counterfoil_store::Place;
use jiff::civil::date;

use crate::rights::{House, WHY};

/// The promises that are whole and need more than a house with one adviser.
pub const WHOLE: [&str; 10] = ["N17", "N24", "N25", "C11", "C12", "C13", "C14", "C15", "C16", "C32"];

fn house(template: &str) -> House {
    let folder = tempfile::tempdir().unwrap();
    House::new(&Place::Folder(folder.path().join("data")), folder, template, "")
}

fn ledger_of(house: &House) -> counterfoil_service::promises::Ledger {
    promises::ledger(&house.store, house.controller, &house.calendar, &house.law).unwrap()
}

fn state(house: &House, id: &str) -> &'static str {
    upkeep::round(&house.store, &[]).unwrap();
    let ledger = promises::ledger(&house.store, house.controller, &house.calendar, &house.law).unwrap();
    let line = ledger.promises.iter().find(|p| p.id == id).expect("the promise").clone();
    if line.state != "kept" {
        println!("{id} {}: {:?}", line.state, line.controls);
    }
    line.state
}

/// Alters the database behind the store's back.
fn tamper(house: &House, sql: &str) {
    let raw = rusqlite::Connection::open(house.folder.path().join("data/counterfoil.db")).unwrap();
    raw.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    assert!(raw.execute(sql, []).unwrap() > 0, "`{sql}` changed nothing");
}

fn tell(house: &House, reference: &str) {
    outcome::tell(&house.desk("ines"), reference, date(2026, 11, 10), "by letter").unwrap();
}

fn corrected(house: &House) -> String {
    let (person, _) = house.person();
    let reference = house.asked(Right::Rectification, person, &[("inaccurate", true)]);
    house.decide(&reference, Outcome::Granted, "The birth certificate was seen.").unwrap();
    let fix = correct::Correction { field: "surname".into(), wrong: String::new(), right: "Ashgrave".into() };
    correct::correct(&house.desk("ines"), &reference, &fix).unwrap();
    reference
}

fn recipient(house: &House, reference: &str, answered: bool) {
    let desk = house.desk("ines");
    let creditor = recipients::Whom { entry: "insurers".into(), ..recipients::Whom::default() };
    recipients::add(&desk, reference, &creditor, "what has changed").unwrap();
    recipients::step(&desk, reference, 1, &recipients::Step::Told(date(2026, 11, 10))).unwrap();
    if answered {
        let done = recipients::Step::Answered(Telling::Done, "done".into());
        recipients::step(&desk, reference, 1, &done).unwrap();
    }
}

fn erased(house: &House) -> String {
    let (person, _) = house.person();
    let facts = [("purpose-ended", true), ("needed-for-duty", false)];
    let reference = house.asked(Right::Erasure, person, &facts);
    house.decide(&reference, Outcome::Granted, "").unwrap();
    recipient(house, &reference, true);
    erase::propose(&house.desk("ines"), &reference).unwrap();
    erase::approve(&house.desk("marek"), &reference).unwrap();
    erase::execute(&house.desk("ines"), &reference, &[]).unwrap();
    tell(house, &reference);
    reference
}

fn restricted(house: &House) -> String {
    let (person, _) = house.person();
    let reference = house.asked(Right::Restriction, person, &[("accuracy-contested", true)]);
    house.decide(&reference, Outcome::Granted, "").unwrap();
    restrict::place(&house.desk("ines"), &reference, "accuracy-contested", WHY).unwrap();
    tell(house, &reference);
    reference
}

fn stopped(house: &House) -> String {
    let (person, _) = house.person();
    let reference = house.asked(Right::Objection, person, &[]);
    let desk = house.desk("ines");
    let touching = facts::applicability(&desk, &reference).unwrap();
    let serves = |a: &&facts::Touching| a.chosen && a.purposes.contains(&"service-delivery");
    let activity = touching.activities.iter().find(serves).unwrap().id.clone();
    stop::stop(&desk, &reference, &stop::Stop { activity, purposes: Vec::new(), words: String::new() })
        .unwrap();
    reference
}

fn exported(house: &House, activity: &str) {
    let (person, _) = house.person();
    let reference = house.asked(Right::Portability, person, &[]);
    house.found(&reference, &[("automated", true)], &[activity]);
    house.decide(&reference, Outcome::Granted, "").unwrap();
    portable::export(&house.desk("ines"), &reference).unwrap();
    tell(house, &reference);
}

#[test]
fn corrections_are_kept_and_a_recipient_who_is_not_chased_puts_them_at_risk() {
    let house = house("council");
    assert_eq!(state(&house, "C11"), "not-exercised");
    let reference = corrected(&house);
    recipient(&house, &reference, false);
    tell(&house, &reference);
    assert_eq!(state(&house, "C11"), "kept");
    house.on("2026-11-25T09:00:00Z");
    assert_eq!(state(&house, "C11"), "at-risk", "the recipient is due to be chased");
    tamper(&house, "DELETE FROM request_event WHERE kind = 'carried-out'");
    assert_eq!(state(&house, "C11"), "broken", "granted and not carried out");
}

#[test]
fn erasures_are_kept_and_break_without_a_second_person_or_a_certificate() {
    for sql in ["UPDATE erasure_plan SET second_by = made_by", "DELETE FROM right_certificate"] {
        let house = house("council");
        assert_eq!(state(&house, "C12"), "not-exercised");
        erased(&house);
        assert_eq!(state(&house, "C12"), "kept");
        tamper(&house, sql);
        assert_eq!(state(&house, "C12"), "broken", "{sql}");
    }
}

#[test]
fn restrictions_are_kept_and_break_when_they_are_not_enforced_or_lifted_too_soon() {
    for sql in [
        "UPDATE person SET restricted = 0",
        "UPDATE processing_restriction SET state = 'lifted', ended_on = '2026-11-10', told_on = '2026-11-10'",
    ] {
        let house = house("council");
        assert_eq!(state(&house, "C13"), "not-exercised");
        restricted(&house);
        assert_eq!(state(&house, "C13"), "kept");
        tamper(&house, sql);
        assert_eq!(state(&house, "C13"), "broken", "{sql}");
    }
}

#[test]
fn objections_are_kept_and_break_when_the_gate_does_not_know_of_one() {
    let house = house("council");
    assert_eq!(state(&house, "C14"), "not-exercised");
    stopped(&house);
    assert_eq!(state(&house, "C14"), "kept");
    tamper(&house, "UPDATE person SET stopped = ''");
    assert_eq!(state(&house, "C14"), "broken");
}

#[test]
fn portability_is_kept_and_breaks_when_a_grant_is_told_without_a_file() {
    let house = house("council");
    assert_eq!(state(&house, "C15"), "not-exercised");
    exported(&house, "SVC-LEISURE");
    assert_eq!(state(&house, "C15"), "kept");
    tamper(&house, "DELETE FROM request_event WHERE kind = 'carried-out'");
    assert_eq!(state(&house, "C15"), "broken");
}

#[test]
fn decisions_by_computer_are_kept_and_break_when_nobody_looked_again() {
    let house = house("council");
    assert_eq!(state(&house, "C16"), "not-exercised");
    let (person, _) = house.person();
    let taken = automated::Taken {
        activity: "SVC-GRANTS".into(),
        on: None,
        inputs: "turnover of 2025".into(),
        logic: "points for each criterion".into(),
        outcome: "41".into(),
        effect: "none".into(),
    };
    let purpose = counterfoil_domain::access::Purpose::RightsRequest;
    automated::log(&house.store, house.who("ines"), purpose, person, &taken).unwrap();
    let reference = house.asked(Right::AutomatedDecisions, person, &[]);
    house.found(&reference, &[("solely-automated", true), ("significant-effect", true)], &["SVC-GRANTS"]);
    house.decide(&reference, Outcome::Granted, "").unwrap();
    let look = automated::Look {
        number: 1,
        outcome: "confirmed".into(),
        representations: String::new(),
        findings: "The score is right, by hand too.".into(),
    };
    automated::look_again(&house.desk("ines"), &reference, &look).unwrap();
    tell(&house, &reference);
    assert_eq!(state(&house, "C16"), "kept");
    tamper(&house, "DELETE FROM request_event WHERE kind = 'carried-out'");
    assert_eq!(state(&house, "C16"), "broken");
}

#[test]
fn the_older_rights_are_kept_and_break_when_marketing_did_not_stop_or_a_notice_is_late() {
    let world = || {
        let house = house("council");
        assert_eq!(state(&house, "C32"), "not-exercised");
        let desk = house.desk("ines");
        let reception = house.reception(Right::Objection);
        older::receive_notice(&desk, &reception, Heading::DamageOrDistress, &Default::default()).unwrap();
        let reference = house.receive(Right::MarketingObjection);
        marketing::stop(&desk, &reference, &["ann@y.example".into()]).unwrap();
        tell(&house, &reference);
        assert_eq!(state(&house, "C32"), "kept");
        house
    };
    let house = world();
    tamper(&house, "DELETE FROM suppression");
    assert_eq!(state(&house, "C32"), "broken", "told as stopped and not stopped");
    let house = world();
    house.on("2026-12-02T09:00:00Z");
    assert_eq!(state(&house, "C32"), "broken", "twenty-one days are over");
}

#[test]
fn that_rights_are_not_absolute_is_kept_and_at_risk_when_an_answer_has_no_decision() {
    let house = house("advice-network");
    assert_eq!(state(&house, "N24"), "not-exercised");
    let (person, _) = house.person();
    let facts = [("inaccurate", false), ("incomplete", false)];
    let reference = house.asked(Right::Rectification, person, &facts);
    house.decide(&reference, Outcome::Refused, "The certificate says what we say.").unwrap();
    tell(&house, &reference);
    assert_eq!(state(&house, "N24"), "kept");
    let other = house.asked(Right::Objection, person, &[]);
    rights::event(&house.desk("ines"), &other, "answered", date(2026, 11, 10), &Default::default()).unwrap();
    assert_eq!(state(&house, "N24"), "at-risk");
}

#[test]
fn complaints_are_kept_and_break_when_none_acknowledges_them() {
    let house = house("advice-network");
    let reference = house.receive(Right::Complaint);
    assert_eq!(state(&house, "N25"), "not-exercised");
    let step = complaint::Step { stage: "acknowledged".into(), ..complaint::Step::default() };
    complaint::step(&house.desk("ines"), &reference, &step).unwrap();
    assert_eq!(state(&house, "N25"), "kept");
    house.receive(Right::Complaint);
    house.on("2026-12-14T09:00:00Z");
    assert_eq!(state(&house, "N25"), "broken");
}

#[test]
fn all_six_rights_are_kept_end_to_end_and_break_with_any_of_them() {
    let world = || {
        let house = house("advice-network");
        assert_eq!(state(&house, "N17"), "not-exercised");
        tell(&house, &corrected(&house));
        erased(&house);
        packed(&house);
        restricted(&house);
        exported(&house, "ADV-REFER");
        stopped(&house);
        house
    };
    let house = world();
    // The erasure's space is cleared by the upkeep.
    upkeep::round(&house.store, &[]).unwrap();
    let found = ledger_of(&house);
    let line = found.promises.iter().find(|l| l.id == "N17").unwrap();
    assert_eq!(line.state, "kept", "{:?}", line.controls);
    for (sql, undo) in [
        ("UPDATE person SET stopped = ',planning,'", None),
        ("UPDATE request_pack SET request_id = request_id", Some("DELETE FROM request_approval")),
    ] {
        tamper(&house, sql);
        if let Some(sql) = undo {
            tamper(&house, sql);
        }
        assert_eq!(state(&house, "N17"), "broken", "{sql}");
    }
}

/// An access request that goes to its sealed pack.
fn packed(house: &House) {
    let (person, _) = house.person();
    let reference = house.asked(Right::Access, person, &[]);
    let (ines, marek) = (house.desk("ines"), house.desk("marek"));
    rights::search(&ines, &reference, &[], &|_, _, _| ()).unwrap();
    house.plan(&reference);
    let ground = Ground { reason: "Nobody else's data is in it.".into(), ..Ground::default() };
    rights::decide(&ines, &reference, &Choice::Others { fate: Fate::Release, ground }).unwrap();
    rights::approve(&marek, &reference).unwrap();
    rights::approve(&ines, &reference).unwrap();
    rights::seal(&ines, &reference, &|_, _| ()).unwrap();
}
