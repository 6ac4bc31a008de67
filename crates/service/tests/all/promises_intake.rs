//! The ledger's rows of the channels: kept by the work, at risk when it waits, broken when a control is off.

use counterfoil_domain::access::Role;
use counterfoil_domain::clock::ClockConfig;
use counterfoil_service::intake::forms::{self, PublicForm, Submission};
use counterfoil_service::intake::inbox;
use counterfoil_service::intake::outward::{self, Writing};
use counterfoil_service::intake::settle::{self, Moving, Target};
use counterfoil_service::promises::{self, Ledger};
use counterfoil_store::Place;
use jiff::SignedDuration;

use crate::intake::move_as_ticked;
use crate::intake_office::{Office, each};

/// The promises that the channels keep.
pub const WHOLE: [&str; 5] = ["N9", "N10", "N11", "N12", "N14"];

fn ledger(office: &Office) -> Ledger {
    promises::ledger(&office.store, office.controller, &office.calendar, &ClockConfig::default()).unwrap()
}

fn state(office: &Office, id: &str) -> &'static str {
    ledger(office).promises.iter().find(|p| p.id == id).expect("the promise").state
}

fn states(office: &Office) -> Vec<(&'static str, &'static str)> {
    let ledger = ledger(office);
    let ours = ledger.promises.iter().filter(|p| WHOLE.contains(&p.id));
    ours.map(|p| (p.id, p.state)).collect()
}

/// Alters the embedded database behind the store's back; on the other engine the test of the first is enough.
fn tamper(office: &Office, sql: &str) -> bool {
    let Place::Folder(folder) = &office.place else { return false };
    let raw = rusqlite::Connection::open(folder.join("counterfoil.db")).unwrap();
    raw.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    assert!(raw.execute(sql, []).unwrap() > 0, "`{sql}` changed nothing");
    true
}

/// One of everything, dealt with.
fn work(office: &Office) {
    let adviser = office.staff("Weir Street", Role::Adviser);
    let automation = office.system();
    let person = office.person(&adviser, "Ellis", "sian@example.org", "07700 900461");
    let case = office.case(&adviser, person);
    let enquiry = Submission {
        form: PublicForm::Enquiry,
        token: "a".repeat(64),
        office: counterfoil_service::casebook::office_of(&adviser).unwrap().to_string(),
        answers: vec![
            ("your-question".to_owned(), "Rent?".to_owned()),
            ("contact".to_owned(), "sian@example.org".to_owned()),
        ],
        language: "en".to_owned(),
    };
    forms::submit(&office.desk(&automation), &office.channels, &enquiry).unwrap();
    let now = office.store.now();
    office.fake.text_arrives("+447700900461", "Hello?", now);
    office.fake.chat_ends("Siân", "sian@example.org", &[("visitor", "Hello?")], now);
    let call = office.fake.whatsapp_arrives("447700900461", "Siân", "Hello?", now);
    office.told("whatsapp", &call).unwrap();
    office.round();
    let reply = Writing { words: "We can help.".to_owned(), ..Writing::default() };
    for waiting in inbox::queue(&office.desk(&adviser), true).unwrap() {
        let id = waiting.line.id;
        if waiting.line.channel.is_text() {
            outward::answer(&office.desk(&adviser), &office.channels, id, &reply).unwrap();
            office.round();
        }
        move_as_ticked(office, &adviser, id, Target::Case(case));
        office.round();
    }
}

#[test]
fn the_work_keeps_what_the_channels_promise() {
    each(|office| {
        assert!(states(office).iter().all(|(_, state)| *state == "not-exercised"), "{:?}", states(office));
        work(office);
        assert!(states(office).iter().all(|(_, state)| *state == "kept"), "{:?}", states(office));
    });
}

#[test]
fn what_nobody_moves_puts_the_promises_at_risk() {
    each(|office| {
        work(office);
        office.fake.chat_ends("Ann", "ann@example.org", &[("visitor", "Hello?")], office.store.now());
        office.round();
        office.forward(SignedDuration::from_hours(5 * 24));
        assert_eq!(state(office, "N12"), "at-risk");
        assert_eq!(state(office, "N10"), "at-risk");
    });
}

#[test]
fn the_drain_turned_off_breaks_the_promise() {
    each(|office| {
        work(office);
        let adviser = office.staff("Weir Street", Role::Adviser);
        office.fake.chat_ends("Ann", "ann@example.org", &[("visitor", "Hello?")], office.store.now());
        office.round();
        let id = office.only(&adviser);
        let person = office.person(&adviser, "Pryce", "ann@example.org", "");
        let target = Target::Person { person, issue: "debt".into(), title: "x".into() };
        let moving = Moving { target, keep: vec![1], summary: String::new() };
        settle::move_item(&office.desk(&adviser), id, &moving).unwrap();
        // Nobody works the errands for three days: the copy is still there.
        assert_eq!(state(office, "N12"), "kept", "two days are left for it");
        office.forward(SignedDuration::from_hours(3 * 24));
        assert_eq!((state(office, "N12"), state(office, "N10")), ("broken", "broken"));
        office.round();
        assert_eq!((state(office, "N12"), state(office, "N10")), ("kept", "kept"));
    });
}

#[test]
fn a_key_that_outlives_its_item_breaks_the_promise() {
    each(|office| {
        work(office);
        if tamper(office, "UPDATE inbox_item SET content = 'emptied'") {
            assert_eq!(state(office, "N10"), "broken");
        }
    });
}

#[test]
fn a_text_against_a_wish_and_one_that_is_not_sent_break_the_promise() {
    each(|office| {
        work(office);
        let wish = "INSERT INTO channel_opt_out SELECT controller_id, 'phone', recipient_blind, 'sms', sent_at - 1 \
                    FROM channel_message WHERE channel = 'sms' LIMIT 1";
        if tamper(office, wish) {
            assert_eq!(state(office, "N11"), "broken");
            tamper(office, "DELETE FROM channel_opt_out");
            assert_eq!(state(office, "N11"), "kept");
            tamper(office, "UPDATE channel_message SET state = 'permanent-failure' WHERE channel = 'sms'");
            assert_eq!(state(office, "N11"), "at-risk");
        }
    });
}

#[test]
fn an_answer_without_a_warning_breaks_the_promise() {
    each(|office| {
        work(office);
        if tamper(office, "UPDATE channel_warning SET made_at = made_at + 100000000") {
            assert_eq!(state(office, "N14"), "broken");
        }
    });
}
