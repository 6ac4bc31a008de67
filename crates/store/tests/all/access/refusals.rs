//! What a refusal says, and what it keeps to itself.

use counterfoil_domain::access::{
    Flag, FlagSet, Identity, Protection, Purpose, ReasonCode, ResourceKind as Kind, Role, Verb,
};
use counterfoil_store::access::{Actor, Decision, Question};

use super::world;

fn adviser_reads() -> Question {
    let adviser = Actor::Staff(world::worker(&[Role::Adviser]));
    world::asks(adviser, Verb::RecordRead, Purpose::ServiceDelivery, Kind::Note, world::OFFICE)
}

fn elsewhere() -> Question {
    let mut question = adviser_reads();
    question.resource.office = world::OTHER_OFFICE;
    question
}

fn with(mut question: Question, change: impl Fn(&mut Question)) -> Question {
    change(&mut question);
    question
}

fn with_grant(change: impl Fn(&mut counterfoil_store::access::GrantFacts)) -> Question {
    let mut grant = world::grant(ReasonCode::Partnership);
    change(&mut grant);
    with(elsewhere(), |q| q.grant = Some(grant.clone()))
}

fn ask(question: &Question) -> Decision {
    world::gate().decide(question)
}

#[test]
fn each_refusal_says_why_and_what_would_help() {
    let lapsed = with(adviser_reads(), |q| world::me(q).training_until = Some(world::hours(-24)));
    let table = [
        (elsewhere(), "good reason", "ask for access with a good reason"),
        (lapsed, "19 November 2026 at 10:00", "complete the training"),
        (
            with(adviser_reads(), |q| world::me(q).training_until = None),
            "valid until: no date",
            "complete the training",
        ),
        (with(adviser_reads(), |q| world::me(q).second_factor = false), "second factor", "sign in again"),
        (
            with(adviser_reads(), |q| q.purpose = Purpose::Research),
            "`research`",
            "service-delivery, safeguarding",
        ),
        (with(adviser_reads(), |q| q.verb = Verb::RecordExport), "`record.export`", "your role"),
        (with_grant(|g| g.until = world::now()), "20 November 2026 at 10:00", "new reason"),
        (with_grant(|g| g.from = world::hours(1)), "begins on 20 November 2026 at 11:00", "wait"),
        (with_grant(|g| g.withdrawn = true), "withdrawn", "home office"),
        (with_grant(|g| g.evidence_checked = false), "evidence", "number"),
        (with_grant(|g| g.person = world::OTHER_PERSON), "another person", "ask for access"),
        (with_grant(|g| g.until = world::hours(9)), "longer than", "shorter"),
        (with_grant(|g| g.reason = ReasonCode::Complaint), "does not cover", "the reason that fits"),
        (
            with(adviser_reads(), |q| world::facts(q).staff_member = Some(world::ME)),
            "concerns you",
            "colleague",
        ),
        (with(adviser_reads(), |q| world::facts(q).restricted = true), "consent", "say which"),
        (
            with(adviser_reads(), |q| world::facts(q).complaint_file = true),
            "another purpose",
            "complaints officer",
        ),
    ];
    for (question, why, remedy) in table {
        let decision = ask(&question);
        assert!(!decision.allowed);
        assert!(decision.why.contains(why), "{why}: {decision:?}");
        assert!(decision.remedy.as_deref().unwrap_or("").contains(remedy), "{remedy}: {decision:?}");
        assert!(
            !decision.why.contains('{') && !format!("{:?}", decision.remedy).contains('{'),
            "{decision:?}"
        );
    }
}

#[test]
fn a_supervisor_is_not_told_to_ask_for_what_no_grant_gives() {
    let supervisor = Actor::Staff(world::worker(&[Role::Supervisor]));
    let export = world::asks(
        supervisor,
        Verb::RecordExport,
        Purpose::ServiceDelivery,
        Kind::Case,
        world::OTHER_OFFICE,
    );
    assert_eq!(ask(&export).why, "only the record's home office does this");
}

#[test]
fn another_office_hears_the_same_of_every_record() {
    let plain = ask(&elsewhere());
    let hidden: [fn(&mut Question); 7] = [
        |q| world::facts(q).restricted = true,
        |q| world::facts(q).protection = Protection::Extra,
        |q| world::facts(q).identity = Identity::Anonymous,
        |q| world::facts(q).complaint_file = true,
        |q| world::facts(q).legal_hold = true,
        |q| world::facts(q).staff_member = Some(world::COLLEAGUE),
        |q| world::facts(q).purposes = counterfoil_domain::access::PurposeSet::EMPTY,
    ];
    for change in hidden {
        let decision = ask(&with(elsewhere(), change));
        assert_eq!((decision.why, decision.remedy), (plain.why.clone(), plain.remedy.clone()));
    }
}

#[test]
fn another_controllers_record_does_not_exist() {
    let decision = ask(&with(elsewhere(), |q| q.resource.controller = world::OTHER_CONTROLLER));
    assert_eq!(decision.why, "there is no such record here");
    assert_eq!(decision.policies, ["other-controller"]);
}

#[test]
fn what_a_reviewer_looks_for_is_flagged() {
    let flags = |q: &Question| ask(q).flags;
    assert_eq!(flags(&adviser_reads()), FlagSet::EMPTY);
    assert_eq!(flags(&with_grant(|_| ())), FlagSet::of(&[Flag::OtherOffice]));
    let on_my_word = with_grant(|g| {
        g.reason = ReasonCode::ClientAttends;
        g.evidence_checked = false;
    });
    assert!(ask(&on_my_word).allowed);
    assert_eq!(flags(&on_my_word), FlagSet::of(&[Flag::OtherOffice, Flag::SelfClaimed]));
    let own = with(adviser_reads(), |q| world::facts(q).staff_member = Some(world::ME));
    assert_eq!(flags(&own), FlagSet::of(&[Flag::OwnRecord, Flag::StaffRecord]));
    let close = with(adviser_reads(), |q| world::facts(q).relations = vec![world::ME]);
    assert_eq!(flags(&close), FlagSet::of(&[Flag::DeclaredRelation]));
}

#[test]
fn the_deciding_policies_are_named() {
    assert_eq!(ask(&adviser_reads()).policies, ["own-office-casework"]);
    assert_eq!(ask(&with_grant(|_| ())).policies, ["good-reason"]);
    let twice = with(adviser_reads(), |q| {
        world::facts(q).restricted = true;
        world::facts(q).staff_member = Some(world::ME);
    });
    assert_eq!(ask(&twice).policies, ["own-record", "restricted"]);
}
