//! The policies against the oracle: every role, verb, kind, purpose and office relation, with every
//! single and double departure from the ordinary where something is permitted at all; then random
//! questions.

use counterfoil_domain::access::{
    Identity, Protection, Purpose, PurposeSet, ReasonCode, ResourceKind, RestrictionUse, Role, RoleSet, Verb,
};
use counterfoil_domain::ids::{OfficeId, RequestId, StaffId};
use counterfoil_store::access::{Actor, Gate, GrantFacts, Limits, PersonFacts, Question};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{oracle, world};

fn compare(gate: &Gate, question: &Question) {
    let decision = gate.decide(question);
    let expected = oracle::allows(question, gate.limits());
    assert_eq!(decision.allowed, expected, "{question:#?}\n{decision:?}");
    assert_eq!(decision.allowed, decision.why.is_empty(), "a refusal has words: {decision:?}");
}

/// A departure from the ordinary.
type Departure = (&'static str, fn(&mut Question));

fn on_person(question: &mut Question, change: impl Fn(&mut PersonFacts)) {
    if let Some(facts) = &mut question.resource.person {
        change(facts);
    }
}

fn on_worker(question: &mut Question, change: impl Fn(&mut counterfoil_store::access::StaffActor)) {
    if let Actor::Staff(me) = &mut question.actor {
        change(me);
    }
}

fn on_grant(question: &mut Question, change: impl Fn(&mut GrantFacts)) {
    if let Some(grant) = &mut question.grant {
        change(grant);
    }
}

const DEPARTURES: &[Departure] = &[
    ("another controller", |q| q.resource.controller = world::OTHER_CONTROLLER),
    ("closed account", |q| on_worker(q, |w| w.account_active = false)),
    ("no second factor", |q| on_worker(q, |w| w.second_factor = false)),
    ("training just ended", |q| on_worker(q, |w| w.training_until = Some(world::now()))),
    ("never trained", |q| on_worker(q, |w| w.training_until = None)),
    ("office not adherent", |q| on_worker(q, |w| w.office_adherent = false)),
    ("purpose not held", |q| on_person(q, |p| p.purposes = PurposeSet::EMPTY)),
    ("complaint file", |q| on_person(q, |p| p.complaint_file = true)),
    ("extra protection", |q| on_person(q, |p| p.protection = Protection::Extra)),
    ("anonymous", |q| on_person(q, |p| p.identity = Identity::Anonymous)),
    ("pseudonymous", |q| on_person(q, |p| p.identity = Identity::Pseudonymous)),
    ("own record", |q| on_person(q, |p| p.staff_member = Some(world::ME))),
    ("a colleague's record", |q| on_person(q, |p| p.staff_member = Some(world::COLLEAGUE))),
    ("declared relation", |q| on_person(q, |p| p.relations = vec![world::ME])),
    ("restricted", |q| on_person(q, |p| p.restricted = true)),
    ("no use named", |q| q.restriction_use = None),
    ("legal hold", |q| on_person(q, |p| p.legal_hold = true)),
    ("not told", |q| q.person_told = false),
    ("nobody signed", |q| q.signatories.clear()),
    ("one signed twice", |q| q.signatories = vec![world::COLLEAGUE, world::COLLEAGUE]),
    ("the worker signed", |q| q.signatories.push(world::ME)),
    ("nobody was asked", |q| q.colleague = None),
    ("asked about another request", |q| q.colleague = Some(RequestId::from_bytes([11; 16]))),
    ("not proved", |q| q.asker = None),
    ("proved for another request", |q| q.asker = Some(RequestId::from_bytes([11; 16]))),
    ("no grant", |q| q.grant = None),
    ("grant of another worker", |q| on_grant(q, |g| g.staff = world::COLLEAGUE)),
    ("grant for another person", |q| on_grant(q, |g| g.person = world::OTHER_PERSON)),
    ("grant ends now", |q| on_grant(q, |g| g.until = world::now())),
    ("grant begins now", |q| on_grant(q, |g| g.from = world::now())),
    ("grant not begun", |q| on_grant(q, |g| g.from = world::hours(1))),
    ("grant as long as allowed", |q| on_grant(q, |g| g.until = world::hours(7))),
    ("grant too long", |q| on_grant(q, |g| g.until = world::hours(7) + SignedDuration::from_millis(1))),
    ("grant without evidence", |q| on_grant(q, |g| g.evidence_checked = false)),
    ("grant withdrawn", |q| on_grant(q, |g| g.withdrawn = true)),
    ("shared", |q| q.shared = true),
    ("not offered", |q| q.offered = false),
];

/// Everything that could help is there: signatures, told, a use, a grant.
fn equipped(mut question: Question, reason: Option<ReasonCode>) -> Question {
    question.signatories = vec![world::COLLEAGUE, world::SECOND_COLLEAGUE];
    question.person_told = true;
    question.asker = Some(RequestId::from_bytes(question.resource.id));
    question.colleague = question.asker;
    question.restriction_use = Some(RestrictionUse::Consent);
    question.offered = true;
    question.grant = reason.map(world::grant);
    question
}

fn actors() -> Vec<Actor> {
    let mut actors = vec![
        Actor::Automation { controller: world::CONTROLLER },
        Actor::Staff(world::worker(&[])),
        Actor::Staff(world::worker(Role::ALL)),
    ];
    actors.extend(Role::ALL.iter().map(|role| Actor::Staff(world::worker(&[*role]))));
    actors
}

/// Bare and equipped, at the own office and at another, for every actor, verb, kind and purpose.
fn ordinary() -> Vec<Question> {
    let mut questions = Vec::new();
    for actor in actors() {
        for verb in Verb::ALL {
            for kind in verb.kinds().iter() {
                for purpose in Purpose::ALL {
                    for office in [world::OFFICE, world::OTHER_OFFICE] {
                        let bare = world::asks(actor.clone(), *verb, *purpose, kind, office);
                        questions.push(equipped(bare, None));
                    }
                }
            }
        }
    }
    questions
}

/// Each work on its share; deciding is what takes the time.
fn in_two<T: Send + Sync>(all: &[T], work: impl Fn(&T) + Send + Sync) {
    let (left, right) = all.split_at(all.len() / 2);
    std::thread::scope(|scope| {
        scope.spawn(|| left.iter().for_each(&work));
        right.iter().for_each(&work);
    });
}

#[test]
fn roles_verbs_kinds_purposes_and_offices() {
    let gate = world::gate();
    let questions = ordinary();
    println!("{} questions", questions.len());
    in_two(&questions, |question| {
        // An explained refusal costs ten decisions; whether it is one is what counts here.
        let expected = oracle::allows(question, gate.limits());
        assert_eq!(gate.allows(question), expected, "{question:#?}");
    });
}

#[test]
fn departures_from_what_is_permitted() {
    let gate = world::gate();
    let limits = Limits::default();
    let mut questions = Vec::new();
    for question in ordinary() {
        let reasons = ReasonCode::ALL.iter().map(|r| Some(*r)).chain([None]);
        let variants = reasons.map(|reason| equipped(question.clone(), reason));
        let mut permitted: Vec<_> = variants.filter(|q| oracle::allows(q, &limits)).collect();
        // Where a grant makes no difference one variant will do.
        if permitted.iter().any(|q| q.grant.is_none()) {
            permitted.retain(|q| q.grant.is_none());
        }
        questions.extend(permitted);
    }
    let mut departed = Vec::new();
    for (index, question) in questions.iter().enumerate() {
        for (n, (_, first)) in DEPARTURES.iter().enumerate() {
            let mut changed = question.clone();
            first(&mut changed);
            // Alternately a single departure, and one with a rotating second.
            if (index + n) % 2 == 0 {
                let (_, second) = DEPARTURES[(index + n * 7 + 1) % DEPARTURES.len()];
                second(&mut changed);
            }
            // A third of them in turn is enough: every departure still meets every verb.
            if changed != *question && (index + 2 * n) % 3 == 0 {
                departed.push(changed);
            }
        }
    }
    println!("{} permitted, {} departures", questions.len(), departed.len());
    in_two(&departed, |question| {
        assert_eq!(gate.allows(question), oracle::allows(question, &limits), "{question:#?}");
    });
}

fn some_staff() -> impl Strategy<Value = StaffId> {
    prop::sample::select(vec![world::ME, world::COLLEAGUE, world::SECOND_COLLEAGUE])
}

fn some_office() -> impl Strategy<Value = OfficeId> {
    prop::sample::select(vec![world::OFFICE, world::OTHER_OFFICE])
}

fn some_time() -> impl Strategy<Value = Timestamp> {
    (-10i64..=10).prop_map(world::hours)
}

fn mostly(yes: bool) -> impl Strategy<Value = bool> {
    prop::bool::weighted(if yes { 0.9 } else { 0.1 })
}

prop_compose! {
    fn some_facts()(
        id in prop::sample::select(vec![world::PERSON, world::PERSON, world::OTHER_PERSON]),
        identity in prop::sample::select(Identity::ALL.to_vec()),
        protection in prop::sample::select(Protection::ALL.to_vec()),
        restricted in mostly(false),
        legal_hold in mostly(false),
        complaint_file in mostly(false),
        staff_member in prop::option::weighted(0.2, some_staff()),
        relations in prop::collection::vec(some_staff(), 0..2),
        purposes in prop::sample::subsequence(Purpose::ALL.to_vec(), 0..Purpose::ALL.len()),
    ) -> PersonFacts {
        let purposes = purposes.into_iter().collect();
        PersonFacts { id, identity, protection, restricted, legal_hold, complaint_file, staff_member, relations, purposes }
    }
}

prop_compose! {
    fn some_grant()(
        staff in prop::sample::select(vec![world::ME, world::ME, world::COLLEAGUE]),
        person in prop::sample::select(vec![world::PERSON, world::PERSON, world::OTHER_PERSON]),
        reason in prop::sample::select(ReasonCode::ALL.to_vec()),
        evidence_checked in mostly(true),
        from in some_time(),
        until in some_time(),
        withdrawn in mostly(false),
    ) -> GrantFacts {
        GrantFacts { staff, person, reason, evidence_checked, from, until, withdrawn }
    }
}

prop_compose! {
    fn some_actor()(
        roles in prop::collection::vec(prop::sample::select(Role::ALL.to_vec()), 0..4),
        training_until in prop::option::weighted(0.9, some_time()),
        second_factor in mostly(true),
        account_active in mostly(true),
        office_adherent in mostly(true),
        automation in mostly(false),
    ) -> Actor {
        if automation {
            return Actor::Automation { controller: world::CONTROLLER };
        }
        let mut me = world::worker(&[]);
        me.roles = roles.into_iter().collect::<RoleSet>();
        (me.training_until, me.second_factor) = (training_until, second_factor);
        (me.account_active, me.office_adherent) = (account_active, office_adherent);
        Actor::Staff(me)
    }
}

prop_compose! {
    fn some_question()(
        actor in some_actor(),
        verb in prop::sample::select(Verb::ALL.to_vec()),
        purpose in prop::sample::select(Purpose::ALL.to_vec()),
        kind in prop::sample::select(ResourceKind::ALL.to_vec()),
        fits in mostly(true),
        office in some_office(),
        facts in some_facts(),
        grant in prop::option::of(some_grant()),
        restriction_use in prop::option::of(prop::sample::select(RestrictionUse::ALL.to_vec())),
        person_told in any::<bool>(),
        asker in prop::option::of(mostly(true)),
        colleague in prop::option::of(mostly(true)),
        signatories in prop::collection::vec(some_staff(), 0..4),
        (shared, offered) in (any::<bool>(), any::<bool>()),
    ) -> Question {
        let kind = if fits { verb.kinds().iter().next().unwrap() } else { kind };
        let mut question = world::asks(actor, verb, purpose, kind, office);
        if let Some(own) = &mut question.resource.person {
            let staff_member = facts.staff_member.or(own.staff_member);
            *own = PersonFacts { staff_member, ..facts };
            if kind == ResourceKind::Person {
                question.resource.id = *own.id.as_bytes();
            }
        }
        (question.grant, question.restriction_use) = (grant, restriction_use);
        (question.person_told, question.signatories) = (person_told, signatories);
        let other = [11; 16];
        let of = |own: bool| RequestId::from_bytes(if own { question.resource.id } else { other });
        (question.asker, question.colleague) = (asker.map(of), colleague.map(of));
        (question.shared, question.offered) = (shared, offered);
        question
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_at_all(question in some_question()) {
        thread_local! { static GATE: Gate = world::gate(); }
        GATE.with(|gate| {
            compare(gate, &question);
            if world::fits_the_schema(&question) {
                assert_eq!(gate.conforms(&question), Ok(()));
            }
        });
    }
}
