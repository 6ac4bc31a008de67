//! Trials: invented questions to the policies that are loaded now. An organisation's own policy that opens what
//! must stay shut is seen here, before anyone uses it.

use counterfoil_domain::access::{
    Identity, Protection, Purpose, PurposeSet, ResourceKind, Role, RoleSet, Verb,
};
use counterfoil_domain::ids::{ControllerId, OfficeId, PersonId, StaffId};
use counterfoil_domain::promises::Control;
use counterfoil_store::Store;
use counterfoil_store::access::{Actor, PersonFacts, Question, Resource, StaffActor};
use jiff::{SignedDuration, Timestamp};

use super::{Found, Measured, size};

const HOME: OfficeId = OfficeId::from_bytes([2; 16]);
const HELD: PurposeSet = PurposeSet::of(&[Purpose::ServiceDelivery, Purpose::Complaint]);

/// The trials of one control: what is tried, the question, and the right answer.
type Trial = (&'static str, Question, bool);

pub(super) fn measure(store: &Store, found: &Found) -> Found {
    let now = store.now();
    let groups = [
        (Control::Gate, gate(now)),
        (
            Control::Restriction,
            vec![try_person("a restricted record was opened", now, |p| p.restricted = true)],
        ),
        (
            Control::Protection,
            vec![try_person("a record under extra protection was opened", now, |p| {
                p.protection = Protection::Extra;
            })],
        ),
        (
            Control::Purposes,
            vec![try_person("a record was opened for a purpose off the register", now, |p| {
                p.purposes = PurposeSet::of(&[Purpose::Complaint]);
            })],
        ),
        (
            Control::ComplaintFiles,
            vec![try_note("a complaint file was opened for another purpose", now, |p| {
                p.complaint_file = true;
            })],
        ),
    ];
    groups.into_iter().map(|(control, trials)| (control, put(store, found, control, &trials))).collect()
}

/// The trials alone exercise nothing: the control's own records do that.
fn put(store: &Store, found: &Found, control: Control, trials: &[Trial]) -> Measured {
    let wrong: Vec<String> = trials
        .iter()
        .filter(|(_, question, right)| store.gate_would_allow(question) != *right)
        .map(|(what, _, _)| (*what).to_owned())
        .collect();
    let measured = found.get(&control).cloned().unwrap_or_default();
    measured.count("trials of the policies", size(trials.len())).fails_in("trials that went wrong", wrong)
}

fn gate(now: Timestamp) -> Vec<Trial> {
    let elsewhere = |what, roles: &[Role]| {
        let mut question = ask(now, ResourceKind::Person, roles);
        question.resource.office = OfficeId::from_bytes([3; 16]);
        (what, question, false)
    };
    let worker = |what, change: &dyn Fn(&mut StaffActor)| {
        let mut question = ask(now, ResourceKind::Person, &[Role::Adviser]);
        if let Actor::Staff(staff) = &mut question.actor {
            change(staff);
        }
        (what, question, false)
    };
    vec![
        (
            "an adviser was kept from a record of the own office",
            ask(now, ResourceKind::Person, &[Role::Adviser]),
            true,
        ),
        elsewhere("an adviser read another office's record without a grant", &[Role::Adviser]),
        elsewhere("a supervisor read another office's record without a grant", &[Role::Supervisor]),
        worker("someone read without training", &|s| s.training_until = None),
        worker("someone read without a second factor", &|s| s.second_factor = false),
        worker("someone read with a closed account", &|s| s.account_active = false),
        worker("someone read another organisation's record", &|s| {
            s.controller = ControllerId::from_bytes([8; 16]);
        }),
        try_person("someone read their own record", now, |p| p.staff_member = Some(me())),
    ]
}

const fn me() -> StaffId {
    StaffId::from_bytes([4; 16])
}

fn try_person(what: &'static str, now: Timestamp, change: impl Fn(&mut PersonFacts)) -> Trial {
    try_record(what, now, ResourceKind::Person, change)
}

fn try_note(what: &'static str, now: Timestamp, change: impl Fn(&mut PersonFacts)) -> Trial {
    try_record(what, now, ResourceKind::Note, change)
}

fn try_record(
    what: &'static str,
    now: Timestamp,
    kind: ResourceKind,
    change: impl Fn(&mut PersonFacts),
) -> Trial {
    let mut question = ask(now, kind, &[Role::Adviser]);
    if let Some(person) = &mut question.resource.person {
        change(person);
    }
    (what, question, false)
}

/// A worker of the own office reads an ordinary record to serve its person.
fn ask(now: Timestamp, kind: ResourceKind, roles: &[Role]) -> Question {
    let controller = ControllerId::from_bytes([1; 16]);
    let staff = StaffActor {
        staff: me(),
        office: HOME,
        controller,
        roles: RoleSet::of(roles),
        training_until: now.checked_add(SignedDuration::from_hours(24)).ok(),
        second_factor: true,
        account_active: true,
        office_adherent: true,
    };
    let id = PersonId::from_bytes([5; 16]);
    let person = PersonFacts {
        id,
        identity: Identity::Named,
        protection: Protection::Standard,
        restricted: false,
        legal_hold: false,
        complaint_file: false,
        staff_member: None,
        relations: Vec::new(),
        purposes: HELD,
    };
    let resource = Resource { kind, id: *id.as_bytes(), controller, office: HOME, person: Some(person) };
    Question::new(Actor::Staff(staff), Verb::RecordRead, Purpose::ServiceDelivery, resource, now)
}
