//! A policy that is wrong stops the start, with the file and the policy in the error.

use counterfoil_domain::access::{Purpose, ResourceKind, Role, Verb};
use counterfoil_store::access::{Actor, Gate, Limits, PolicyError, PolicySource};
use jiff::SignedDuration;

use super::world;

fn with_own(text: &str) -> Result<Gate, PolicyError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("own.cedar"), text).unwrap();
    std::fs::write(folder.path().join("readme.txt"), "not a policy").unwrap();
    Gate::load(Some(folder.path()), Limits::default())
}

#[test]
fn what_is_mistyped_does_not_load() {
    let policy = |rest: &str| format!("@id(\"mine\") {rest}");
    let bad = [
        (
            "a role",
            policy("permit (principal in Role::\"advisor\", action == Action::\"audit.read\", resource);"),
        ),
        (
            "a purpose",
            policy("forbid (principal, action, resource) when { context.purpose == Purpose::\"fun\" };"),
        ),
        (
            "an attribute",
            policy("forbid (principal is Staff, action, resource) when { principal.trainned };"),
        ),
        ("a verb", policy("forbid (principal, action == Action::\"record.reed\", resource);")),
        (
            "unguarded",
            policy(
                "forbid (principal, action == Action::\"record.read\", resource) when { context.grant.withdrawn };",
            ),
        ),
        ("never", policy("forbid (principal, action, resource) when { principal is Office };")),
        ("syntax", policy("forbid (principal, action, resource) when { ;")),
        ("a template", policy("forbid (principal == ?principal, action, resource);")),
    ];
    for (what, text) in bad {
        let error = with_own(&text).map(|_| ()).expect_err(what).to_string();
        assert!(error.contains("own.cedar") && error.contains("`mine`"), "{what}: {error}");
    }
}

#[test]
fn names_are_there_and_unique() {
    let forbid = "forbid (principal, action == Action::\"record.merge\", resource);";
    assert!(matches!(with_own(forbid), Err(PolicyError::Unnamed { .. })));
    let twice = format!("@id(\"x\") {forbid} @id(\"x\") {forbid}");
    assert!(matches!(with_own(&twice), Err(PolicyError::Duplicate { .. })));
    let error = with_own(&format!("@id(\"good-reason\") {forbid}")).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("2-other-offices.cedar") && error.contains("`good-reason`"), "{error}");
    let missing = Gate::load(Some(std::path::Path::new("no-such-folder")), Limits::default()).map(|_| ());
    assert!(missing.unwrap_err().to_string().contains("`no-such-folder`"));
}

#[test]
fn an_organisation_adds_policies_and_overcomes_none() {
    let adviser = Actor::Staff(world::worker(&[Role::Adviser]));
    let reads =
        |kind| world::asks(adviser.clone(), Verb::RecordRead, Purpose::ServiceDelivery, kind, world::OFFICE);
    let forbids = with_own(
        "@id(\"notes-closed\") forbid (principal, action == Action::\"record.read\", resource is Note);",
    )
    .unwrap();
    let refused = forbids.decide(&reads(ResourceKind::Note));
    assert_eq!((refused.allowed, refused.policies), (false, vec!["notes-closed".to_owned()]));
    assert_eq!(refused.why, "a policy of your organisation does not allow this");
    assert!(forbids.decide(&reads(ResourceKind::Case)).allowed);

    let permits = with_own(
        "@id(\"planners\") permit (principal is Staff, action == Action::\"record.read\", resource) \
         when { context.purpose == Purpose::\"service-delivery\" };",
    )
    .unwrap();
    let mut elsewhere = reads(ResourceKind::Note);
    elsewhere.resource.office = world::OTHER_OFFICE;
    assert_eq!(permits.decide(&elsewhere).policies, ["planners"]);
    world::facts(&mut elsewhere).restricted = true;
    assert!(!permits.decide(&elsewhere).allowed, "a forbid wins over an added permit");
}

#[test]
fn lists_are_not_widened() {
    for scope in ["action", "action in Action::\"reaching a record\"", "action == Action::\"record.list\""] {
        let text = format!("@id(\"all\") permit (principal is Staff, {scope}, resource);");
        let error = with_own(&text).map(|_| ()).unwrap_err();
        assert!(matches!(error, PolicyError::WidensLists { .. }), "{scope}: {error}");
    }
}

#[test]
fn an_evaluation_error_is_a_refusal() {
    // Validation lets arithmetic through that can overflow at run time; the answer must be no.
    let mut sources = Gate::built_in();
    let text = "@id(\"late\") forbid (principal, action == Action::\"record.read\", resource) \
                when { context.now * 9223372036854775807 == 1 };";
    sources.push(PolicySource { file: "own.cedar".to_owned(), text: text.to_owned(), own: true });
    let gate = Gate::from_sources(&sources, Limits::default()).unwrap();
    let adviser = Actor::Staff(world::worker(&[Role::Adviser]));
    let question =
        world::asks(adviser, Verb::RecordRead, Purpose::ServiceDelivery, ResourceKind::Note, world::OFFICE);
    assert!(world::gate().decide(&question).allowed);
    let decision = gate.decide(&question);
    assert!(!decision.allowed && decision.policies.is_empty(), "{decision:?}");
    assert!(decision.why.contains("could not be decided"));
}

#[test]
fn limits_are_hours_not_days() {
    assert!(Limits::new(SignedDuration::from_hours(24), 2).is_ok());
    assert!(Limits::new(SignedDuration::from_hours(25), 2).is_err());
    assert!(Limits::new(SignedDuration::ZERO, 2).is_err());
    assert!(Limits::new(SignedDuration::from_hours(1), 0).is_err());
}

#[test]
fn a_question_that_does_not_hang_together_is_refused() {
    let gate = world::gate();
    let adviser = Actor::Staff(world::worker(&[Role::Adviser]));
    let good =
        world::asks(adviser, Verb::RecordRead, Purpose::ServiceDelivery, ResourceKind::Person, world::OFFICE);
    assert!(gate.decide(&good).allowed);
    let mut without_facts = good.clone();
    without_facts.resource.person = None;
    let mut facts_of_another = good.clone();
    world::facts(&mut facts_of_another).id = world::OTHER_PERSON;
    let mut wrong_kind = good.clone();
    wrong_kind.verb = Verb::AuditRead;
    for question in [without_facts, facts_of_another, wrong_kind] {
        let decision = gate.decide(&question);
        assert!(!decision.allowed && decision.why.contains("could not be decided"), "{decision:?}");
    }
}
