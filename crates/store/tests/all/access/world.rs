//! A small invented world: one worker, two offices, two controllers, one person.

use counterfoil_domain::access::{
    Identity, Protection, Purpose, PurposeSet, ReasonCode, ResourceKind, Role, RoleSet, Verb,
};
use counterfoil_domain::ids::{ControllerId, OfficeId, PersonId, StaffId};
use counterfoil_store::access::{
    Actor, Gate, GrantFacts, Limits, PersonFacts, PolicyError, PolicySource, Question, Resource, StaffActor,
};
use jiff::{SignedDuration, Timestamp};

pub const CONTROLLER: ControllerId = ControllerId::from_bytes([1; 16]);
pub const OTHER_CONTROLLER: ControllerId = ControllerId::from_bytes([2; 16]);
pub const OFFICE: OfficeId = OfficeId::from_bytes([3; 16]);
pub const OTHER_OFFICE: OfficeId = OfficeId::from_bytes([4; 16]);
pub const ME: StaffId = StaffId::from_bytes([5; 16]);
pub const COLLEAGUE: StaffId = StaffId::from_bytes([6; 16]);
pub const SECOND_COLLEAGUE: StaffId = StaffId::from_bytes([7; 16]);
pub const PERSON: PersonId = PersonId::from_bytes([8; 16]);
pub const OTHER_PERSON: PersonId = PersonId::from_bytes([9; 16]);

/// The purposes that the casebook's activity has.
pub const HELD: PurposeSet =
    PurposeSet::of(&[Purpose::ServiceDelivery, Purpose::Safeguarding, Purpose::Quality, Purpose::Complaint]);

pub fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

pub fn hours(n: i64) -> Timestamp {
    now() + SignedDuration::from_hours(n)
}

pub fn worker(roles: &[Role]) -> StaffActor {
    StaffActor {
        staff: ME,
        office: OFFICE,
        controller: CONTROLLER,
        roles: RoleSet::of(roles),
        training_until: Some(hours(24 * 90)),
        second_factor: true,
        account_active: true,
        office_adherent: true,
    }
}

pub fn ordinary_person() -> PersonFacts {
    PersonFacts {
        id: PERSON,
        identity: Identity::Named,
        protection: Protection::Standard,
        restricted: false,
        legal_hold: false,
        complaint_file: false,
        staff_member: None,
        relations: Vec::new(),
        purposes: HELD,
    }
}

pub fn resource(kind: ResourceKind, office: OfficeId) -> Resource {
    let mut facts = ordinary_person();
    if kind == ResourceKind::StaffAccount {
        facts.staff_member = Some(COLLEAGUE);
    }
    let of_the_house = matches!(
        kind,
        ResourceKind::AuditLog
            | ResourceKind::Office
            | ResourceKind::Register
            | ResourceKind::System
            | ResourceKind::Statistics
    );
    let person = (!of_the_house).then_some(facts);
    let id = match kind {
        ResourceKind::Person => *PERSON.as_bytes(),
        ResourceKind::Office => *office.as_bytes(),
        _ => [10; 16],
    };
    Resource { kind, id, controller: CONTROLLER, office, person }
}

pub fn grant(reason: ReasonCode) -> GrantFacts {
    GrantFacts {
        staff: ME,
        person: PERSON,
        reason,
        evidence_checked: true,
        from: hours(-1),
        until: hours(3),
        withdrawn: false,
    }
}

/// The facts about the person, which every kind but the house's own has.
pub fn facts(question: &mut Question) -> &mut PersonFacts {
    question.resource.person.as_mut().expect("this kind has facts about a person")
}

/// The worker.
pub fn me(question: &mut Question) -> &mut StaffActor {
    match &mut question.actor {
        Actor::Staff(staff) => staff,
        Actor::Automation { .. } => panic!("the system has no account"),
    }
}

pub fn asks(actor: Actor, verb: Verb, purpose: Purpose, kind: ResourceKind, office: OfficeId) -> Question {
    Question::new(actor, verb, purpose, resource(kind, office), now())
}

pub fn gate() -> Gate {
    Gate::load(None, Limits::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// These policies, and one of an organisation that permits everyone everything.
pub fn generous(mut sources: Vec<PolicySource>) -> Result<Gate, PolicyError> {
    let text = "@id(\"everything\") permit (principal, action, resource);".to_owned();
    sources.push(PolicySource { file: "generous.cedar".to_owned(), text, own: false });
    Gate::from_sources(&sources, Limits::default())
}

/// Whether the schema lets this kind of asker do the verb: the system does some verbs only, staff
/// all but the carrying out.
pub fn fits_the_schema(question: &Question) -> bool {
    let executes = matches!(
        question.verb,
        Verb::ErasureExecute
            | Verb::DisposalExecute
            | Verb::MessageDeliver
            | Verb::RequestFollow
            | Verb::RequestLooked
            | Verb::RequestReply
            | Verb::RequestCollect
            | Verb::RequestAnswer
            | Verb::SurveyAnswer
    );
    let shared = matches!(
        question.verb,
        Verb::RequestReceive
            | Verb::SystemBackup
            | Verb::DisposalFind
            | Verb::MessageReceive
            | Verb::MessageDrain
            | Verb::ConsentWithdraw
    );
    let asker = shared || executes == matches!(question.actor, Actor::Automation { .. });
    asker && question.verb.kinds().contains(question.resource.kind)
}
