//! Recordings of calls, on both engines: taken from the telephone system, removed there, kept with their source and what
//! the caller was told, disposed of by a rule of their own. Each breaking of a control shows in the ledger.

use counterfoil_domain::access::{Purpose, Role, Verb};
use counterfoil_domain::clock::ClockConfig;
use counterfoil_domain::ids::PersonId;
use counterfoil_domain::intake::{Age, Channel, Told};
use counterfoil_service::casebook::recordings::{self, Timed};
use counterfoil_service::intake::inbox;
use counterfoil_service::intake::settle::{self, Moving, Target};
use counterfoil_service::{promises, retention};
use counterfoil_store::access::Actor;
use counterfoil_store::{Record, StoreError, Terms};
use jiff::SignedDuration;

use crate::intake_office::{Office, each_of};

/// The promise that this module keeps and breaks.
pub const WHOLE: [&str; 1] = ["C34"];

const DAY: SignedDuration = SignedDuration::from_hours(24);
const SOUND: &[u8] = b"RIFF\x30\0\0\0WAVEThistledown of a call";

fn state(office: &Office, control: &str) -> &'static str {
    let ledger =
        promises::ledger(&office.store, office.controller, &office.calendar, &ClockConfig::default())
            .unwrap();
    let line = ledger.promises.into_iter().find(|p| p.id == "C34").unwrap();
    if control.is_empty() {
        return line.state;
    }
    line.controls.iter().find(|c| c.control == control).unwrap().state
}

/// A call is recorded, taken in and moved into the case of a person.
fn call(office: &Office, who: &Actor, announced: Option<bool>) -> PersonId {
    office.fake.call_ends("07700 900461", SOUND, announced, office.store.now());
    assert_eq!(office.round().troubles, Vec::<String>::new());
    let id = office.only(who);
    let person = office.person(who, "Ellis", "sian@example.org", "07700 900461");
    let target = Target::Case(office.case(who, person));
    let moving = Moving { target, keep: vec![1, 2], summary: String::new() };
    settle::move_item(&office.desk(who), id, &moving).unwrap();
    person
}

fn of(office: &Office, who: &Actor, person: PersonId) -> Vec<Timed> {
    recordings::of_person(&office.desk(who), person).unwrap().all
}

#[test]
fn a_call_is_fetched_kept_with_its_source_and_removed_at_the_telephone_system() {
    each_of("council", |office| {
        let adviser = office.staff("Weir Street", Role::Adviser);
        assert_eq!(state(office, ""), "not-exercised");
        let person = call(office, &adviser, Some(true));
        let all = of(office, &adviser, person);
        let facts = &all[0].recording.facts;
        assert_eq!(
            (facts.channel, facts.provider.as_str(), facts.told),
            (Channel::Phone, "telephony", Told::AtStart)
        );
        assert_eq!(all[0].recording.document.text.source, "recording/phone");
        assert_eq!(all[0].until, Some("2027-05-20".parse().unwrap()), "six months after the call");
        // The gate answers for a recording as for any record.
        let reception = office.staff("Market Hall", Role::Reception);
        assert!(recordings::of_person(&office.desk(&reception), person).is_err());
        // The system's own copy is removed, and looked for again.
        assert_eq!(office.fake.calls(), 1);
        assert_eq!((state(office, "drain"), state(office, "recordings")), ("not-exercised", "kept"));
        office.round();
        assert_eq!(office.fake.calls(), 0, "removed at the telephone system");
        assert_eq!(state(office, ""), "kept");
        assert_eq!(office.round().received, 0, "nothing is taken in twice");
    });
}

#[test]
fn a_call_that_nobody_moves_is_chased_and_a_copy_that_stays_breaks_the_promise() {
    each_of("council", |office| {
        let adviser = office.staff("Weir Street", Role::Adviser);
        office.fake.call_ends("07700 900461", SOUND, Some(true), office.store.now());
        office.round();
        office.forward(DAY * 5);
        let waiting = inbox::chase(&office.desk(&adviser)).unwrap().items;
        assert_eq!((waiting.len(), waiting[0].age), (1, Age::Past));
        let id = office.only(&adviser);
        let person = office.person(&adviser, "Ellis", "sian@example.org", "07700 900461");
        let target = Target::Case(office.case(&adviser, person));
        settle::move_item(
            &office.desk(&adviser),
            id,
            &Moving { target, keep: vec![2], summary: String::new() },
        )
        .unwrap();
        // The telephone system is out of order until the time for it has passed.
        office.forward(DAY * 3);
        assert_eq!((office.fake.calls(), state(office, "drain"), state(office, "")), (1, "broken", "broken"));
        office.round();
        assert_eq!((office.fake.calls(), state(office, "")), (0, "kept"));
    });
}

#[test]
fn a_call_of_which_nobody_knows_whether_the_caller_was_told_breaks_the_promise_after_a_week() {
    each_of("council", |office| {
        let adviser = office.staff("Weir Street", Role::Adviser);
        let person = call(office, &adviser, None);
        office.round();
        let all = of(office, &adviser, person);
        assert_eq!(
            all[0].recording.facts.told,
            Told::Unknown,
            "the system does not say, and nothing is guessed"
        );
        assert_eq!(state(office, "recordings"), "kept");
        office.forward(DAY * 8);
        assert_eq!((state(office, "recordings"), state(office, "")), ("broken", "broken"));
        let desk = office.desk(&adviser);
        recordings::note_told(&desk, all[0].recording.document.id, Told::ByNotice).unwrap();
        assert_eq!((state(office, "recordings"), state(office, "")), ("kept", "kept"));
    });
}

#[test]
fn a_recording_goes_by_its_own_rule_and_its_case_stays() {
    each_of("advice-network", |office| {
        let adviser = office.staff("Weir Street", Role::Adviser);
        let (keeper, manager) = (
            office.staff("Weir Street", Role::RecordsManager),
            office.staff("Weir Street", Role::OfficeManager),
        );
        let person = call(office, &adviser, Some(true));
        office.round();
        let line = |rule: &str| {
            let list = retention::due(&office.desk(&keeper)).unwrap();
            assert!(!list.without_rule.contains(&"recordings"));
            list.lines.into_iter().find(|l| l.rule == rule).unwrap()
        };
        assert_eq!((line("R-CALLS").due, line("R-CALLS").soon), (0, 1));
        office.forward(DAY * 182);
        assert_eq!(line("R-CALLS").due, 1);
        let signed = retention::propose(&office.desk(&keeper), "R-CALLS", None).unwrap();
        let items = retention::items(&office.desk(&keeper), &signed.reference, 1, 10).unwrap();
        assert_eq!(items[0].kind, "recording");
        retention::approve(&office.desk(&manager), &signed.reference).unwrap();
        let carried = retention::carry_out(&office.store, office.controller, 100).unwrap();
        assert_eq!((carried.disposed, carried.left, carried.finished), (1, 0, 1));
        assert!(of(office, &adviser, person).is_empty());
        assert!(
            office.notes(&adviser, person).contains("recorded by the telephone system"),
            "the case stays"
        );
        let documents = office.store.act(&adviser, Verb::RecordRead, Purpose::ServiceDelivery, |tx| {
            let permit = tx.permit(Record::Document(None), person, &Terms::default())?;
            Ok::<_, StoreError>(tx.documents_of(&permit)?.len())
        });
        assert_eq!(documents.unwrap(), 0, "and its file with it");
        let figures = office.store.recording_figures(office.controller).unwrap();
        assert_eq!((figures.kept, figures.disposed), (0, 1));
    });
}
