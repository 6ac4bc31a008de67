//! Many clients at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use counterfoil_domain::access::{Purpose, Role, Verb};
use counterfoil_store::Terms;
use counterfoil_store::assurance::verify::Known;

use crate::support::{on_both_engines, profile};

const CLIENTS: usize = 32;
const ROUNDS: usize = 6;
const FOR: Purpose = Purpose::ServiceDelivery;

#[test]
fn thirty_two_clients_work_without_an_error() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let shared = house.record(&adviser, profile("Shared", "Record", "shared@example.org"));
        let (acts, moved_on) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (house, adviser, acts, moved_on) = (&house, &adviser, &acts, &moved_on);
                scope.spawn(move || {
                    let terms = Terms::default();
                    for round in 0..ROUNDS {
                        let id = house.record(
                            adviser,
                            profile("Ann", "Lee", &format!("c{client}r{round}@example.org")),
                        );
                        let person = house
                            .store
                            .act(adviser, Verb::RecordRead, FOR, |tx| tx.read_person(id, &terms))
                            .unwrap();
                        let mut changed = person.profile.clone();
                        changed.surname = format!("Lee{round}");
                        house
                            .store
                            .act(adviser, Verb::RecordEdit, FOR, |tx| {
                                tx.change_person(id, 1, &changed, &terms)
                            })
                            .unwrap();
                        // All of them want the same record: each change is made from a version that was
                        // read, and one that has moved on is refused, never lost.
                        let seen = house
                            .store
                            .act(adviser, Verb::RecordRead, FOR, |tx| tx.read_person(shared, &terms))
                            .unwrap();
                        let mut next = seen.profile.clone();
                        next.contact_rules = format!("{client} {round}");
                        let change = house.store.act(adviser, Verb::RecordEdit, FOR, |tx| {
                            tx.change_person(shared, seen.version, &next, &terms)
                        });
                        match change {
                            Ok(_) => acts.fetch_add(1, Ordering::SeqCst),
                            Err(counterfoil_store::StoreError::Invalid(_)) => {
                                moved_on.fetch_add(1, Ordering::SeqCst)
                            }
                            Err(e) => panic!("{e}"),
                        };
                    }
                });
            }
        });
        let version = house
            .store
            .act(&adviser, Verb::RecordRead, FOR, |tx| tx.read_person(shared, &Terms::default()))
            .unwrap()
            .version;
        let (done, refused) = (acts.into_inner(), moved_on.into_inner());
        assert_eq!(done + refused, CLIENTS * ROUNDS);
        assert_eq!(version, 1 + i64::try_from(done).unwrap(), "no change was lost");
        house.store.sequence_log().unwrap();
        let report = house.store.verify_log(house.controller, &Known::default()).unwrap();
        assert!(report.sound, "{:?}", report.problems);
        assert!(report.size >= (CLIENTS * ROUNDS * 4) as u64);
    });
}
