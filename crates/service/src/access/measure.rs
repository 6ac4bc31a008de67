//! How long the gate takes to decide, on this machine, on questions of everyday work.

use std::hint::black_box;
use std::time::{Duration, Instant};

use counterfoil_domain::access::{
    Identity, Protection, Purpose, PurposeSet, ReasonCode, ResourceKind, Role, RoleSet, Verb,
};
use counterfoil_domain::ids::{ControllerId, OfficeId, PersonId, StaffId};
use counterfoil_store::access::{
    Actor, Gate, GrantFacts, Limits, PersonFacts, PolicyError, Question, Resource, StaffActor, list,
};
use jiff::Timestamp;
use serde::Serialize;

/// What one kind of question takes. Times are microseconds for one question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// What is asked.
    pub workload: &'static str,
    /// How many questions were asked.
    pub questions: usize,
    /// The mean of the fastest batch: what it takes when nothing else runs.
    pub best_us: f64,
    /// The mean of the median batch.
    pub median_us: f64,
    /// The mean of the slowest batch.
    pub worst_us: f64,
}

const BATCH: usize = 100;
const OWN_OFFICE: OfficeId = OfficeId::from_bytes([2; 16]);
const OTHER_OFFICE: OfficeId = OfficeId::from_bytes([3; 16]);
const CONTROLLER: ControllerId = ControllerId::from_bytes([4; 16]);
const WORKER: StaffId = StaffId::from_bytes([5; 16]);
const CLIENT: PersonId = PersonId::from_bytes([6; 16]);
const HELD: PurposeSet = PurposeSet::of(&[Purpose::ServiceDelivery, Purpose::Safeguarding, Purpose::Quality]);

/// Measures the built-in policies: `batches` batches of a hundred questions for each workload, at
/// the moment `now`.
///
/// # Errors
/// When the built-in policies do not load.
pub fn gate(batches: usize, now: Timestamp) -> Result<Vec<Figure>, PolicyError> {
    let started = Instant::now();
    let gate = Gate::load(None, Limits::default())?;
    let loading = started.elapsed();
    let mut figures = vec![figure("load and validate the policies", 1, &[loading])];
    for (workload, question) in questions(now) {
        figures.push(time(workload, batches, || drop(black_box(gate.decide(black_box(&question))))));
    }
    let actor = worker(Role::Adviser, now);
    figures.push(time("write the filter of a list", batches, || {
        let rule = list::rule(black_box(&actor), Purpose::ServiceDelivery, HELD, now, gate.limits());
        drop(black_box(rule.sql("p", 1)));
    }));
    Ok(figures)
}

fn time(workload: &'static str, batches: usize, mut once: impl FnMut()) -> Figure {
    let mut batch = || {
        let started = Instant::now();
        (0..BATCH).for_each(|_| once());
        started.elapsed()
    };
    let mut spent: Vec<_> = (0..batches.max(1)).map(|_| batch()).collect();
    spent.sort_unstable();
    figure(workload, BATCH, &spent)
}

/// The figures of batches, each of `of` questions, fastest first.
fn figure(workload: &'static str, of: usize, spent: &[Duration]) -> Figure {
    let each = |batch: Option<&Duration>| batch.map_or(0.0, |d| d.as_secs_f64() * 1e6 / of as f64);
    Figure {
        workload,
        questions: of * spent.len(),
        best_us: each(spent.first()),
        median_us: each(spent.get(spent.len() / 2)),
        worst_us: each(spent.last()),
    }
}

fn questions(now: Timestamp) -> [(&'static str, Question); 5] {
    let adviser = worker(Role::Adviser, now);
    let own = note_read(&adviser, OWN_OFFICE, Purpose::ServiceDelivery, now);
    let elsewhere = note_read(&adviser, OTHER_OFFICE, Purpose::ServiceDelivery, now);
    let granted = Question { grant: Some(grant(now)), ..elsewhere.clone() };
    let request = note_read(&worker(Role::IgOfficer, now), OTHER_OFFICE, Purpose::RightsRequest, now);
    let mut own_record = own.clone();
    if let Some(facts) = &mut own_record.resource.person {
        facts.staff_member = Some(WORKER);
    }
    [
        ("open a note of the own office", own),
        ("open a note of another office with a grant", granted),
        ("open a note for a rights request", request),
        ("refuse the worker's own record, with words", own_record),
        ("refuse another office without a grant, with words", elsewhere),
    ]
}

fn worker(role: Role, now: Timestamp) -> Actor {
    Actor::Staff(StaffActor {
        staff: WORKER,
        office: OWN_OFFICE,
        controller: CONTROLLER,
        roles: RoleSet::of(&[role]),
        training_until: Some(now + jiff::SignedDuration::from_hours(24)),
        second_factor: true,
        account_active: true,
        office_adherent: true,
    })
}

fn note_read(actor: &Actor, office: OfficeId, purpose: Purpose, now: Timestamp) -> Question {
    let person = PersonFacts {
        id: CLIENT,
        identity: Identity::Named,
        protection: Protection::Standard,
        restricted: false,
        legal_hold: false,
        complaint_file: false,
        staff_member: None,
        relations: Vec::new(),
        purposes: HELD,
    };
    let (kind, id) = (ResourceKind::Note, [7; 16]);
    let resource = Resource { kind, id, controller: CONTROLLER, office, person: Some(person) };
    Question::new(actor.clone(), Verb::RecordRead, purpose, resource, now)
}

fn grant(now: Timestamp) -> GrantFacts {
    GrantFacts {
        staff: WORKER,
        person: CLIENT,
        reason: ReasonCode::Partnership,
        evidence_checked: true,
        from: now,
        until: now + jiff::SignedDuration::from_hours(1),
        withdrawn: false,
    }
}
