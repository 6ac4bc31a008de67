//! The job queue, on both engines.

use counterfoil_domain::access::{Purpose, Role, Verb};
use counterfoil_store::access::Actor;
use counterfoil_store::{Record, StoreError, Terms};
use jiff::SignedDuration;

use crate::support::{House, on_both_engines, profile};

const LEASE: SignedDuration = SignedDuration::from_secs(60);

fn queue(house: &House, kind: &str) {
    let system = Actor::Automation { controller: house.controller };
    house
        .store
        .act(&system, Verb::RecordList, Purpose::Assurance, |tx| {
            tx.queue(kind, None, &serde_json::json!({ "kind": kind }), tx.now())
        })
        .unwrap();
}

fn states(house: &House) -> Vec<(String, i64)> {
    house.store.job_counts().unwrap()
}

#[test]
fn a_job_is_claimed_once_however_many_ask() {
    on_both_engines(|house| {
        for n in 0..20 {
            queue(&house, &format!("k{n}"));
        }
        let mut claimed: Vec<_> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..6)
                .map(|_| {
                    scope.spawn(|| {
                        let mut mine = Vec::new();
                        while let Some(job) = house.store.claim_job(LEASE).unwrap() {
                            let payload: serde_json::Value = house.store.job_payload(&job).unwrap();
                            assert_eq!(payload["kind"], job.kind);
                            mine.push(job.id);
                            house.store.end_job(&job, Ok(())).unwrap();
                        }
                        mine
                    })
                })
                .collect();
            workers.into_iter().flat_map(|w| w.join().unwrap()).collect()
        });
        claimed.sort();
        claimed.dedup();
        assert_eq!(claimed.len(), 20, "each job once");
        assert_eq!(states(&house), [("done".to_owned(), 20)]);
    });
}

#[test]
fn a_worker_of_one_organisation_leaves_the_jobs_of_others_alone() {
    on_both_engines(|house| {
        queue(&house, "channel.deliver");
        let kinds = ["channel.deliver"];
        let another = counterfoil_domain::ids::ControllerId::from_bytes([9; 16]);
        let claim = |who| house.store.claim_job_of(who, &kinds, LEASE).unwrap();
        assert!(claim(Some(another)).is_none(), "it is not theirs to claim");
        assert_eq!(states(&house), [("waiting".to_owned(), 1)], "and it waits as before");
        assert!(claim(Some(house.controller)).is_some());
        assert!(claim(None).is_none(), "once");
    });
}

#[test]
fn a_job_whose_worker_died_is_taken_up_when_its_lease_is_over() {
    on_both_engines(|house| {
        queue(&house, "walk");
        let first = house.store.claim_job(LEASE).unwrap().unwrap();
        assert!(house.store.claim_job(LEASE).unwrap().is_none(), "it is another's");
        house.hands.forward(61_000);
        let again = house.store.claim_job(LEASE).unwrap().unwrap();
        assert_eq!((again.id, again.attempts), (first.id, 2));
        house.store.end_job(&again, Ok(())).unwrap();
        assert!(house.store.end_job(&first, Err("late")).is_ok(), "the first worker comes back too late");
        assert_eq!(states(&house), [("done".to_owned(), 1)], "and undoes nothing");
    });
}

#[test]
fn a_job_that_keeps_failing_is_given_up_with_its_reason_and_without_its_payload() {
    on_both_engines(|house| {
        queue(&house, "send");
        for attempt in 1..=5 {
            house.hands.forward(3_600_000);
            let job = house.store.claim_job(LEASE).unwrap().unwrap();
            assert_eq!(job.attempts, attempt);
            house.store.end_job(&job, Err("the mailbox is full")).unwrap();
            if attempt == 5 {
                let state = house.store.job_state(house.controller, job.id).unwrap().unwrap();
                assert_eq!((state.state.as_str(), state.why.as_str()), ("failed", "the mailbox is full"));
            }
        }
        house.hands.forward(36_000_000);
        assert!(house.store.claim_job(LEASE).unwrap().is_none());
        let mut raw = crate::raw::Raw::open(&house.place);
        assert_eq!(raw.one("SELECT length(sealed) FROM job"), "0");
    });
}

#[test]
fn a_job_about_an_erased_person_is_over() {
    on_both_engines(|house| {
        let adviser = house.actor(house.here, Role::Adviser);
        let person = house.record(&adviser, profile("Ann", "Lee", "ann@example.org"));
        let terms = Terms::default();
        house
            .store
            .act(&adviser, Verb::RecordEdit, Purpose::ServiceDelivery, |tx| {
                let permit = tx.permit(Record::Person, person, &terms)?;
                tx.queue_about(&permit, "write-letter", &"dear Ann", tx.now())
            })
            .unwrap();
        let job = house.store.claim_job(LEASE).unwrap().unwrap();
        assert_eq!(house.store.job_payload::<String>(&job).unwrap(), "dear Ann");
        let system = Actor::Automation { controller: house.controller };
        let signatories =
            vec![house.staff(house.here, Role::IgOfficer), house.staff(house.here, Role::OfficeManager)];
        let terms = Terms { signatories, ..Terms::default() };
        let erased = house
            .store
            .act(&system, Verb::ErasureExecute, Purpose::RightsRequest, |tx| {
                let permit = tx.permit(Record::Person, person, &terms)?;
                tx.erase_person(&permit)
            })
            .unwrap();
        assert!(erased.rows.contains(&("job", 1)), "{:?}", erased.rows);
        assert!(matches!(house.store.job_payload::<String>(&job), Err(StoreError::KeyGone)));
        house.hands.forward(3_600_000);
        assert!(house.store.claim_job(LEASE).unwrap().is_none(), "nobody takes it up again");
        assert_eq!(states(&house), [("failed".to_owned(), 1)]);
    });
}

#[test]
fn an_act_that_fails_queues_nothing() {
    on_both_engines(|house| {
        let system = Actor::Automation { controller: house.controller };
        let failed = house.store.act(&system, Verb::RecordList, Purpose::Assurance, |tx| {
            tx.queue("never", None, &(), tx.now())?;
            Err::<(), _>(StoreError::Invalid("changed my mind".to_owned()))
        });
        assert!(failed.is_err());
        assert_eq!(states(&house), []);
    });
}
