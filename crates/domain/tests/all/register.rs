//! Lawful bases, conditions, and what may be saved in the register.

use std::collections::BTreeMap;

use counterfoil_domain::register::activity::{
    Activity, AutomatedUse, BasisClaim, Schedule1Claim, Severity, admit, is_public_authority_here,
    may_record_special, validate,
};
use counterfoil_domain::register::bases::{
    Annex1, ControllerKind, LawfulBasis, RequestStatement, Section8, acts_as_public_authority,
    basis_in_force, may_rely_on, request_statement_gaps,
};
use counterfoil_domain::register::issues::{IssueArea, issue_condition};
use counterfoil_domain::register::purpose::{Footing, NewPurpose, compatible};
use counterfoil_domain::register::schedule1::{
    Gate, Policy, RECORD_ADDITIONS, SCHEDULE1, WithoutConsent, keep_policy_until, policy_document_needed,
    policy_gaps, schedule1_condition,
};
use counterfoil_domain::register::special::{Art9, CriminalData, SpecialCategory, schedule1_needed};
use jiff::civil::{Date, date};
use proptest::prelude::*;

const NOW: Date = date(2026, 11, 22);

fn text(s: &str) -> String {
    s.to_owned()
}

fn policy() -> Policy {
    Policy {
        reference: text("APD-1"),
        explains_principles: true,
        explains_retention: true,
        reviewed: Some(date(2026, 9, 1)),
    }
}

fn schedule1(paragraph: &str) -> Schedule1Claim {
    let gates = schedule1_condition(paragraph).map_or(&[][..], |c| c.gates);
    Schedule1Claim {
        paragraph: text(paragraph),
        gates: gates.iter().map(|g| (*g, text("recorded"))).collect::<BTreeMap<_, _>>(),
        without_consent: Some(WithoutConsent::NotReasonable),
        policy: Some(policy()),
        disclosure: false,
        preparation: false,
    }
}

fn interests() -> BasisClaim {
    BasisClaim::LegitimateInterests { interest: text("to advise"), assessment: text("LIA-1") }
}

fn task() -> BasisClaim {
    BasisClaim::PublicTask { task: Some(Section8::Enactment), legal_source: text("an Act"), own_task: true }
}

/// General advice by a charity: 6(1)(f) with 9(2)(f).
fn advice() -> Activity {
    Activity {
        name: text("general advice"),
        purposes: vec![text("advise clients on their rights")],
        controller: ControllerKind::Private,
        performing_its_tasks: false,
        bases: vec![interests()],
        special: vec![SpecialCategory::Health],
        art9: vec![Art9::LegalClaims],
        criminal: Vec::new(),
        official_authority: false,
        schedule1: Vec::new(),
        retention: text("6 years after closed"),
        automated: None,
    }
}

/// Council tax: a public task.
fn council() -> Activity {
    Activity {
        controller: ControllerKind::PublicAuthority,
        performing_its_tasks: true,
        bases: vec![task()],
        special: Vec::new(),
        art9: Vec::new(),
        ..advice()
    }
}

/// Wellbeing support: 9(2)(g) with Sch 1 para 17.
fn wellbeing() -> Activity {
    Activity { art9: vec![Art9::SubstantialPublicInterest], schedule1: vec![schedule1("17")], ..advice() }
}

fn blocked_by(activity: &Activity) -> Vec<&'static str> {
    validate(activity, NOW).iter().filter(|v| v.severity == Severity::Blocking).map(|v| v.code).collect()
}

fn changed(mut activity: Activity, change: impl FnOnce(&mut Activity)) -> Vec<&'static str> {
    change(&mut activity);
    blocked_by(&activity)
}

#[test]
fn lawful_activities_are_admitted() {
    for activity in [advice(), council(), wellbeing()] {
        let lawful = admit(activity.clone(), NOW).expect("lawful");
        assert_eq!((lawful.activity(), lawful.on(), lawful.warnings().len()), (&activity, NOW, 0));
    }
}

fn consent(record: &str, withdrawal: &str, youngest_online: Option<u8>) -> BasisClaim {
    BasisClaim::Consent { record: text(record), withdrawal: text(withdrawal), youngest_online }
}

fn public_task(legal_source: &str, own_task: bool) -> BasisClaim {
    BasisClaim::PublicTask { task: None, legal_source: text(legal_source), own_task }
}

fn weighed(interest: &str, assessment: &str) -> BasisClaim {
    BasisClaim::LegitimateInterests { interest: text(interest), assessment: text(assessment) }
}

#[test]
fn each_basis_is_claimed_with_what_the_law_wants_recorded() {
    let of = |claim| changed(advice(), |a| a.bases = vec![claim]);
    for (found, wanted) in [
        (of(consent("", "a link", None)), "consent-unrecorded"),
        (of(consent("the form", "", None)), "consent-no-way-back"),
        (of(consent("the form", "a link", Some(12))), "consent-too-young"),
        (of(BasisClaim::Contract { which: text("") }), "contract-unnamed"),
        (of(BasisClaim::LegalObligation { enactment: text(" ") }), "obligation-unnamed"),
        (of(BasisClaim::VitalInterests { whose: text("") }), "vital-unnamed"),
        (of(public_task("an Act", false)), "task-of-another"),
        (of(public_task("", true)), "task-without-law"),
        (of(weighed("advice", "")), "interest-not-balanced"),
        (of(weighed("", "LIA")), "interest-unnamed"),
    ] {
        assert_eq!(found, [wanted]);
    }
    for claim in [
        consent("the form", "a link", Some(13)),
        BasisClaim::Contract { which: text("the tenancy") },
        BasisClaim::LegalObligation { enactment: text("an Act") },
        BasisClaim::VitalInterests { whose: text("the caller's") },
        public_task("an Act", true),
    ] {
        assert!(of(claim.clone()).is_empty(), "{claim:?}");
    }
}

#[test]
fn each_fault_blocks_with_its_code() {
    let allegations = |a: &mut Activity| a.criminal = vec![CriminalData::Allegation];
    let cases = [
        (changed(advice(), |a| a.purposes.clear()), "no-purpose"),
        (changed(council(), |a| a.bases.clear()), "no-basis"),
        (changed(advice(), |a| a.bases.clear()), "special-without-basis"),
        (changed(advice(), |a| a.retention.clear()), "no-retention"),
        (changed(advice(), |a| a.retention = text("for a while")), "retention-unreadable"),
        (changed(council(), |a| a.bases = vec![interests()]), "basis-not-open"),
        (changed(advice(), |a| a.art9.clear()), "special-without-condition"),
        (changed(advice(), |a| a.art9 = vec![Art9::Health]), "condition-without-schedule-1"),
        (changed(wellbeing(), |a| a.schedule1.clear()), "condition-without-schedule-1"),
        (changed(wellbeing(), |a| a.schedule1[0].paragraph = text("99")), "schedule-1-unknown"),
        (changed(wellbeing(), |a| a.schedule1[0].without_consent = None), "consent-reason-missing"),
        (changed(advice(), allegations), "criminal-without-condition"),
    ];
    for (found, wanted) in cases {
        assert!(found.contains(&wanted), "{wanted}: {found:?}");
    }
    let authority = |a: &mut Activity| {
        allegations(a);
        a.official_authority = true;
    };
    assert!(changed(advice(), authority).is_empty());
    let claims = |a: &mut Activity| {
        allegations(a);
        a.schedule1 = vec![schedule1("33")];
    };
    assert!(changed(advice(), claims).is_empty());
}

#[test]
fn a_refused_activity_comes_with_reasons_and_provisions() {
    let violations = admit(Activity { bases: vec![interests()], ..council() }, NOW).unwrap_err();
    let one = violations.iter().find(|v| v.code == "basis-not-open").unwrap();
    assert!(one.provision.contains("Art 6(1)") && one.reason.contains("public task"), "{one:?}");
}

#[test]
fn every_gate_and_every_part_of_the_policy_document_is_needed() {
    for condition in SCHEDULE1.iter().filter(|c| c.part == 2) {
        let claimed = Activity {
            art9: vec![Art9::SubstantialPublicInterest],
            schedule1: vec![schedule1(condition.paragraph)],
            ..advice()
        };
        assert_eq!(blocked_by(&claimed), Vec::<&str>::new(), "para {}", condition.paragraph);
        for gate in condition.gates {
            let lacking = changed(claimed.clone(), |a| {
                a.schedule1[0].gates.remove(gate);
            });
            assert_eq!(lacking, ["gate-unanswered"], "para {} without {gate}", condition.paragraph);
            let blank = changed(claimed.clone(), |a| {
                a.schedule1[0].gates.insert(*gate, text("  "));
            });
            assert_eq!(blank, ["gate-unanswered"], "para {} with {gate} blank", condition.paragraph);
        }
        let without_policy = changed(claimed, |a| a.schedule1[0].policy = None);
        let needed = policy_document_needed(condition, false);
        assert_eq!(without_policy.contains(&"policy-document"), needed, "para {}", condition.paragraph);
    }
}

/// Which conditions need a policy document; paragraph by paragraph, from the table of Schedule 1.
const NO_POLICY: &[&str] = &["2", "3", "4", "13", "29", "30", "31", "32", "33", "34"];
/// Which have the words "substantial public interest".
const PUBLIC_INTEREST: &[&str] = &["6", "10", "11", "12", "13", "16", "17", "18", "19", "20", "28"];

#[test]
fn schedule_1_is_whole() {
    let numbers: Vec<u8> = SCHEDULE1.iter().map(|c| c.paragraph.parse().unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3, 4].into_iter().chain(6..=37).collect::<Vec<u8>>());
    for c in SCHEDULE1 {
        assert_eq!(
            policy_document_needed(c, false),
            !NO_POLICY.contains(&c.paragraph),
            "para {}",
            c.paragraph
        );
        let spi = c.gates.contains(&Gate::SubstantialPublicInterest);
        assert_eq!(spi, PUBLIC_INTEREST.contains(&c.paragraph), "para {}", c.paragraph);
        let reasons = c.gates.contains(&Gate::ConsentReason);
        assert_eq!(reasons, ["17", "18", "19"].contains(&c.paragraph), "para {}", c.paragraph);
    }
    assert_eq!(WithoutConsent::ALL.len(), 3);
    assert_eq!(RECORD_ADDITIONS.len(), 3);
}

#[test]
fn disclosure_to_an_authority_needs_no_policy_document_and_preparing_it_does_until_2026() {
    let ten = schedule1_condition("10").unwrap();
    assert!(policy_document_needed(ten, false) && !policy_document_needed(ten, true));
    let claim = |preparation| Schedule1Claim { policy: None, preparation, ..schedule1("10") };
    let activity = |preparation| Activity {
        art9: vec![Art9::SubstantialPublicInterest],
        schedule1: vec![claim(preparation)],
        ..advice()
    };
    let blocked =
        |preparation, on| validate(&activity(preparation), on).iter().any(|v| v.code == "policy-document");
    assert!(!blocked(true, date(2026, 2, 5)) && blocked(true, date(2026, 2, 4)) && blocked(false, NOW));
}

#[test]
fn a_policy_document_has_four_parts_and_is_kept_six_months_longer() {
    assert_eq!(policy_gaps(&Policy::default()).len(), 4);
    assert!(policy_gaps(&policy()).is_empty());
    assert_eq!(keep_policy_until(date(2026, 8, 31)), Some(date(2027, 2, 28)));
    let mut year_old = wellbeing();
    year_old.schedule1[0].policy = Some(Policy { reviewed: Some(date(2025, 11, 22)), ..policy() });
    assert!(admit(year_old, NOW).expect("lawful").warnings().is_empty(), "a year to the day is not old");
    let old = Policy { reviewed: Some(date(2025, 11, 21)), ..policy() };
    let mut activity = wellbeing();
    activity.schedule1[0].policy = Some(old);
    let lawful = admit(activity, NOW).expect("an old review warns and does not block");
    assert_eq!(lawful.warnings().iter().map(|v| v.code).collect::<Vec<_>>(), ["policy-review-old"]);
}

#[test]
fn the_needs_of_article_9_follow_section_10() {
    for condition in Art9::ALL {
        let parts: Vec<u8> = schedule1_needed(*condition)
            .iter()
            .map(|p| schedule1_condition(p).expect("a condition of the Schedule").part)
            .collect();
        let wanted = match condition {
            Art9::Employment | Art9::Health | Art9::PublicHealth | Art9::Research => Some(1),
            Art9::SubstantialPublicInterest => Some(2),
            _ => None,
        };
        assert_eq!(parts.first().copied(), wanted, "{condition}");
        assert!(parts.iter().all(|p| Some(*p) == wanted), "{condition}");
    }
    assert_eq!(schedule1_needed(Art9::SubstantialPublicInterest).len(), 23);
}

#[test]
fn who_may_use_which_basis() {
    use ControllerKind::{ParishCouncil, Private, PublicAuthority};
    for basis in LawfulBasis::ALL {
        let balancing = matches!(basis, LawfulBasis::RecognisedInterest | LawfulBasis::LegitimateInterests);
        assert_eq!(may_rely_on(*basis, PublicAuthority, true), !balancing, "{basis}");
        for (kind, tasks) in
            [(PublicAuthority, false), (ParishCouncil, true), (Private, true), (Private, false)]
        {
            assert!(may_rely_on(*basis, kind, tasks), "{basis} {kind} {tasks}");
        }
    }
    assert!(
        acts_as_public_authority(PublicAuthority, true) && !acts_as_public_authority(ParishCouncil, true)
    );
    assert!(is_public_authority_here(&council()) && !is_public_authority_here(&advice()));
    assert!(!basis_in_force(LawfulBasis::RecognisedInterest, date(2026, 2, 4)));
    assert!(basis_in_force(LawfulBasis::RecognisedInterest, date(2026, 2, 5)));
}

#[test]
fn a_request_under_annex_1_states_who_what_where_and_need() {
    let full = RequestStatement {
        requester: text("the police"),
        task: text("to investigate"),
        legal_source: text("common law"),
        states_need: true,
    };
    assert!(request_statement_gaps(&full).is_empty());
    assert_eq!(request_statement_gaps(&RequestStatement::default()).len(), 4);
    let claim = |condition, request| Activity {
        bases: vec![BasisClaim::RecognisedInterest { condition, request }],
        ..advice()
    };
    assert_eq!(blocked_by(&claim(Annex1::PublicTaskRequest, None)), ["request-not-stated"; 4]);
    assert_eq!(blocked_by(&claim(Annex1::PublicTaskRequest, Some(full))), Vec::<&str>::new());
    assert_eq!(blocked_by(&claim(Annex1::Safeguarding, None)), Vec::<&str>::new());
    let early = validate(&claim(Annex1::Safeguarding, None), date(2026, 2, 4));
    assert!(early.iter().any(|v| v.code == "basis-not-in-force"));
}

#[test]
fn automated_decisions_need_safeguards_and_never_a_recognised_interest() {
    let with = |automated| Activity { automated: Some(automated), ..advice() };
    let safe = AutomatedUse { safeguards: true, ..AutomatedUse::default() };
    assert_eq!(blocked_by(&with(safe.clone())), Vec::<&str>::new());
    assert_eq!(blocked_by(&with(AutomatedUse::default())), ["automated-without-safeguards"]);
    let special = AutomatedUse { special_data: true, ..safe.clone() };
    assert_eq!(blocked_by(&with(special.clone())), ["automated-on-special-data"]);
    assert!(blocked_by(&with(AutomatedUse { explicit_consent: true, ..special })).is_empty());
    let by_law = |contract_or_law| Activity {
        art9: vec![Art9::SubstantialPublicInterest],
        schedule1: vec![schedule1("6")],
        ..with(AutomatedUse { special_data: true, contract_or_law, ..safe.clone() })
    };
    assert!(blocked_by(&by_law(true)).is_empty());
    assert_eq!(blocked_by(&by_law(false)), ["automated-on-special-data"]);
    let recognised = Activity {
        bases: vec![BasisClaim::RecognisedInterest { condition: Annex1::Crime, request: None }],
        ..with(safe)
    };
    assert_eq!(blocked_by(&recognised), ["automated-on-recognised-interest"]);
}

#[test]
fn issue_areas_map_to_their_condition() {
    for area in IssueArea::ALL {
        let got = issue_condition(*area);
        let wellbeing = *area == IssueArea::Wellbeing;
        assert_eq!(got.art9 == Art9::LegalClaims, !wellbeing, "{area}");
        assert_eq!(got.schedule1, wellbeing.then_some("17"), "{area}");
        assert!(!got.why.is_empty());
    }
}

#[test]
fn special_data_are_recorded_only_under_an_activity_with_a_condition() {
    assert!(may_record_special(&advice(), SpecialCategory::Health));
    assert!(!may_record_special(&advice(), SpecialCategory::Politics));
    assert!(!may_record_special(&Activity { art9: Vec::new(), ..advice() }, SpecialCategory::Health));
}

/// footing, allowed from 2026; after consent; after consent that cannot be had again; for a public authority;
/// before 2026
const FOOTINGS: &[(&str, [bool; 5])] = &[
    ("consent", [true, true, true, true, true]),
    ("research", [true, false, false, true, true]),
    ("compliance", [true, true, true, true, false]),
    ("public-task-request", [true, false, true, false, false]),
    ("annex-2", [true, false, true, true, false]),
    ("law", [true, false, true, true, true]),
    ("assessment", [true, false, false, true, true]),
];

#[test]
fn new_purposes_follow_the_table() {
    assert_eq!(FOOTINGS.len(), Footing::ALL.len());
    for (footing, wanted) in FOOTINGS {
        let plain = NewPurpose {
            footing: footing.parse().unwrap(),
            collected_on_consent: false,
            consent_unobtainable: false,
            public_authority: false,
            on: date(2026, 2, 5),
        };
        let consent = NewPurpose { collected_on_consent: true, ..plain };
        let cases = [
            plain,
            consent,
            NewPurpose { consent_unobtainable: true, ..consent },
            NewPurpose { public_authority: true, ..plain },
            NewPurpose { on: date(2026, 2, 4), ..plain },
        ];
        assert_eq!(cases.map(|c| compatible(&c).is_ok()), *wanted, "{footing}");
    }
}

proptest! {
    /// What is admitted has no blocking violation; what is refused has one.
    #[test]
    fn admission_is_exactly_freedom_from_blocking_violations(
        public in any::<bool>(),
        tasks in any::<bool>(),
        special in any::<bool>(),
        art9 in proptest::sample::subsequence(Art9::ALL.to_vec(), 0..3),
        paragraphs in proptest::sample::subsequence(vec!["1", "2", "6", "8", "10", "17", "18"], 0..3),
        on_task in any::<bool>(),
    ) {
        let activity = Activity {
            controller: if public { ControllerKind::PublicAuthority } else { ControllerKind::Private },
            performing_its_tasks: tasks,
            bases: vec![if on_task { task() } else { interests() }],
            special: if special { vec![SpecialCategory::Health] } else { Vec::new() },
            art9,
            schedule1: paragraphs.into_iter().map(schedule1).collect(),
            ..advice()
        };
        let blocked = !blocked_by(&activity).is_empty();
        prop_assert_eq!(admit(activity.clone(), NOW).is_err(), blocked);
        if public && tasks && !on_task {
            prop_assert!(blocked, "a public authority on legitimate interests");
        }
        if special && activity.art9.is_empty() {
            prop_assert!(blocked, "special data without a condition");
        }
    }
}
