//! Right × lawful basis × facts.

use counterfoil_domain::register::bases::LawfulBasis;
use counterfoil_domain::rights::applicability::Prospective;
use counterfoil_domain::rights::restricted::{NotYet, Use, may_lift, permitted_while_restricted};
use counterfoil_domain::rights::{
    Answer, Condition, Facts, NotAnswered, Question, Right, Verdict, across, applies,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

const NOW: Date = date(2026, 11, 22);

fn ask_on(right: Right, basis: LawfulBasis, facts: &Facts, on: Date) -> Answer {
    applies(&Question { right, basis, facts, on, prospective: Prospective::default() }).expect("in force")
}

fn ask(right: Right, basis: LawfulBasis, facts: &Facts) -> Answer {
    ask_on(right, basis, facts, NOW)
}

/// Facts in one line: `automated made-public !unlawful`.
fn facts(words: &str) -> Facts {
    words.split_whitespace().fold(Facts::none(), |facts, word| match word.strip_prefix('!') {
        Some(word) => facts.with(word.parse().expect(word), false),
        None => facts.with(word.parse().expect(word), true),
    })
}

/// The matrix of rights and bases. Columns: consent, contract, legal obligation, vital interests, public task,
/// recognised interest, legitimate interests. Y applies, N does not, P prohibits the processing.
const MATRIX: &str = "
    access              -                                  Y Y Y Y Y Y Y
    rectification       -                                  Y Y Y Y Y Y Y
    notify-recipients   -                                  Y Y Y Y Y Y Y
    complaint           -                                  Y Y Y Y Y Y Y
    erasure             -                                  Y Y N Y N Y Y
    restriction         accuracy-contested                 Y Y Y Y Y Y Y
    restriction         unlawful                           Y Y Y Y Y Y Y
    restriction         purpose-ended,person-needs-for-claims  Y Y Y Y Y Y Y
    restriction         objection-pending                  N N N N Y Y Y
    portability         automated                          Y Y N N N N N
    portability         !automated                         N N N N N N N
    objection           -                                  N N N N Y Y Y
    objection           direct-marketing                   Y Y Y Y Y Y Y
    marketing-objection -                                  Y Y Y Y Y Y Y
    automated-decisions solely-automated,significant-effect  Y Y Y Y Y P Y
    withdraw-consent    -                                  Y N N N N N N
";

#[test]
fn the_matrix_of_rights_and_bases_holds() {
    let mut cells = 0;
    for line in MATRIX.lines().filter(|l| !l.trim().is_empty()) {
        let mut words = line.split_whitespace();
        let right: Right = words.next().unwrap().parse().unwrap();
        let conditions = words.next().unwrap();
        let known =
            facts(&conditions.replace(',', " ").replace('-', if conditions == "-" { "" } else { "-" }));
        for basis in LawfulBasis::ALL {
            let wanted = words.next().expect(line);
            let got = ask(right, *basis, &known);
            let cell = match (got.verdict, got.prohibits()) {
                (_, true) => "P",
                (Verdict::Applies, _) => "Y",
                (Verdict::DoesNotApply, _) => "N",
                (Verdict::AppliesInPart, _) => "part",
            };
            assert_eq!(cell, wanted, "{right} on {basis} with {conditions}: {got:?}");
            cells += 1;
        }
        assert_eq!(words.next(), None);
    }
    assert_eq!(cells, 16 * 7);
}

/// right, basis, facts, verdict, and a provision that must be among the reasons.
const CASES: &[(&str, &str, &str, &str, &str)] = &[
    // Erasure: grounds.
    ("erasure", "consent", "consent-withdrawn !other-ground", "applies", "Art 17(1)(b) UK GDPR"),
    ("erasure", "contract", "purpose-ended", "applies", "Art 17(1)(a) UK GDPR"),
    ("erasure", "legitimate-interests", "objection-upheld", "applies", "Art 17(1)(c) with Art 21(1) UK GDPR"),
    ("erasure", "legitimate-interests", "direct-marketing", "applies", "Art 17(1)(c) with Art 21(2) UK GDPR"),
    ("erasure", "vital-interests", "unlawful", "applies", "Art 17(1)(d) UK GDPR"),
    ("erasure", "contract", "erasure-required", "applies", "Art 17(1)(e) UK GDPR"),
    ("erasure", "consent", "child-online", "applies", "Art 17(1)(f) UK GDPR"),
    ("erasure", "contract", "purpose-ended made-public", "applies", "Art 17(2) UK GDPR"),
    ("erasure", "contract", "purpose-ended", "applies", "Art 19 UK GDPR"),
    (
        "erasure",
        "contract",
        "!purpose-ended !direct-marketing !unlawful !erasure-required",
        "does-not-apply",
        "Art 17(1) UK GDPR",
    ),
    (
        "erasure",
        "consent",
        "consent-withdrawn other-ground !purpose-ended !direct-marketing !unlawful !erasure-required !child-online",
        "does-not-apply",
        "Art 17(1) UK GDPR",
    ),
    (
        "erasure",
        "legitimate-interests",
        "objection-upheld compelling-grounds !purpose-ended !direct-marketing !unlawful !erasure-required",
        "does-not-apply",
        "Art 17(1) UK GDPR",
    ),
    // Erasure: exceptions.
    (
        "erasure",
        "legitimate-interests",
        "purpose-ended free-expression",
        "does-not-apply",
        "Art 17(3)(a) UK GDPR",
    ),
    (
        "erasure",
        "legitimate-interests",
        "purpose-ended needed-for-duty",
        "does-not-apply",
        "Art 17(3)(b) UK GDPR",
    ),
    ("erasure", "legitimate-interests", "unlawful public-health", "does-not-apply", "Art 17(3)(c) UK GDPR"),
    ("erasure", "consent", "consent-withdrawn research-impaired", "does-not-apply", "Art 17(3)(d) UK GDPR"),
    ("erasure", "consent", "consent-withdrawn legal-claims", "does-not-apply", "Art 17(3)(e) UK GDPR"),
    // On a duty or task: to the extent that it is needed.
    ("erasure", "public-task", "", "does-not-apply", "Art 17(3)(b) UK GDPR"),
    ("erasure", "public-task", "purpose-ended", "applies-in-part", "Art 17(1) UK GDPR"),
    ("erasure", "public-task", "purpose-ended !needed-for-duty", "applies", "Art 17(1)(a) UK GDPR"),
    ("erasure", "legal-obligation", "unlawful !needed-for-duty", "applies", "Art 17(1)(d) UK GDPR"),
    // Rectification.
    ("rectification", "public-task", "inaccurate", "applies", "Art 16 UK GDPR"),
    ("rectification", "public-task", "opinion", "applies-in-part", "s.205(1) DPA 2018"),
    ("rectification", "public-task", "!inaccurate !incomplete", "does-not-apply", "Art 16 UK GDPR"),
    // Restriction.
    ("restriction", "consent", "objection-pending accuracy-contested", "applies", "Art 18(1)(a) UK GDPR"),
    ("restriction", "public-task", "objection-pending", "applies", "Art 18(3) UK GDPR"),
    (
        "restriction",
        "contract",
        "!accuracy-contested !unlawful !purpose-ended",
        "does-not-apply",
        "Art 18(1) UK GDPR",
    ),
    (
        "restriction",
        "contract",
        "!accuracy-contested unlawful !prefers-restriction !person-needs-for-claims",
        "does-not-apply",
        "Art 18(1) UK GDPR",
    ),
    (
        "restriction",
        "contract",
        "!accuracy-contested !unlawful purpose-ended !person-needs-for-claims",
        "does-not-apply",
        "Art 18(1) UK GDPR",
    ),
    // Portability.
    ("portability", "contract", "automated inferred", "applies-in-part", "Art 20(1) UK GDPR"),
    ("portability", "consent", "automated affects-others", "applies-in-part", "Art 20(4) UK GDPR"),
    (
        "portability",
        "legitimate-interests",
        "automated explicit-consent",
        "applies-in-part",
        "Art 20(1)(a) UK GDPR",
    ),
    (
        "portability",
        "public-task",
        "automated explicit-consent",
        "does-not-apply",
        "Art 20(1)(a), (3) UK GDPR",
    ),
    // Objection.
    ("objection", "legitimate-interests", "compelling-grounds", "does-not-apply", "Art 21(1) UK GDPR"),
    ("objection", "public-task", "legal-claims", "does-not-apply", "Art 21(1) UK GDPR"),
    (
        "objection",
        "legitimate-interests",
        "direct-marketing compelling-grounds",
        "applies",
        "Art 21(2)-(3) UK GDPR",
    ),
    ("objection", "consent", "research", "applies", "Art 21(6) UK GDPR"),
    ("objection", "public-task", "research public-interest-task", "does-not-apply", "Art 21(6) UK GDPR"),
    // Automated decisions.
    ("automated-decisions", "contract", "!solely-automated", "does-not-apply", "Art 22A(1) UK GDPR"),
    (
        "automated-decisions",
        "contract",
        "solely-automated !significant-effect",
        "does-not-apply",
        "Art 22A(1) UK GDPR",
    ),
    ("automated-decisions", "recognised-legitimate-interest", "", "applies", "Art 22B(4) UK GDPR"),
    ("automated-decisions", "contract", "special-category", "applies", "Art 22B(1)-(3) UK GDPR"),
    // Withdrawal.
    (
        "withdraw-consent",
        "legitimate-interests",
        "explicit-consent",
        "applies-in-part",
        "Art 9(2)(a) UK GDPR",
    ),
    // Limits that meet every right.
    ("access", "public-task", "deceased", "does-not-apply", "s.3(2)-(3) DPA 2018"),
    ("access", "public-task", "unfounded-or-excessive", "applies-in-part", "Art 12(5) UK GDPR"),
    (
        "access",
        "public-task",
        "affects-others",
        "applies-in-part",
        "Art 15(4) UK GDPR; Sch 2 paras 16-17 DPA 2018",
    ),
    // Paper outside any filing system.
    (
        "access",
        "legitimate-interests",
        "manual-unstructured !public-authority",
        "does-not-apply",
        "Art 2(1) UK GDPR",
    ),
    (
        "access",
        "public-task",
        "manual-unstructured public-authority",
        "applies-in-part",
        "s.24(5)-(7) DPA 2018",
    ),
    (
        "objection",
        "public-task",
        "manual-unstructured public-authority",
        "does-not-apply",
        "s.24(2) DPA 2018",
    ),
    (
        "access",
        "public-task",
        "manual-unstructured public-authority personnel-matter",
        "does-not-apply",
        "s.24(3)-(4) DPA 2018",
    ),
];

#[test]
fn cases_give_the_verdict_and_its_provision() {
    for (right, basis, known, verdict, provision) in CASES {
        let answer = ask(right.parse().unwrap(), basis.parse().unwrap(), &facts(known));
        let case = format!("{right} on {basis} with `{known}`");
        assert_eq!(answer.verdict.code(), *verdict, "{case}: {answer:?}");
        assert!(answer.reasons.iter().any(|r| r.provision == *provision), "{case}: {answer:?}");
    }
}

#[test]
fn explicit_consent_or_law_with_public_interest_lifts_the_prohibition_on_special_data() {
    let prohibits =
        |known: &str| ask(Right::AutomatedDecisions, LawfulBasis::Contract, &facts(known)).prohibits();
    assert!(prohibits("special-category"));
    assert!(prohibits("special-category contract-or-law"));
    assert!(!prohibits("special-category explicit-consent"));
    assert!(!prohibits("special-category contract-or-law substantial-public-interest"));
}

#[test]
fn dates_choose_the_rules() {
    let none = Facts::none();
    let asked = |basis, on| {
        applies(&Question {
            right: Right::Access,
            basis,
            facts: &none,
            on,
            prospective: Prospective::default(),
        })
    };
    let recognised = LawfulBasis::RecognisedInterest;
    assert!(matches!(asked(recognised, date(2026, 2, 4)), Err(NotAnswered::BasisNotInForce { .. })));
    assert!(asked(recognised, date(2026, 2, 5)).is_ok());
    assert!(matches!(asked(LawfulBasis::Consent, date(2018, 5, 24)), Err(NotAnswered::TooEarly { .. })));
    assert!(asked(LawfulBasis::Consent, date(2018, 5, 25)).is_ok());

    let mentions = |right, on, provision: &str| {
        ask_on(right, LawfulBasis::PublicTask, &none, on)
            .reasons
            .iter()
            .any(|r| r.provision.contains(provision))
    };
    for (right, first, provision) in [
        (Right::Access, date(2024, 1, 1), "Art 15(1A)"),
        (Right::Access, date(2026, 6, 19), "Art 15(1)(ea)"),
        (Right::Complaint, date(2026, 6, 19), "164A"),
        (Right::AutomatedDecisions, date(2026, 2, 5), "Art 22C"),
    ] {
        assert!(mentions(right, first, provision), "{provision} from {first}");
        assert!(!mentions(right, first.yesterday().unwrap(), provision), "{provision} not before {first}");
    }
    assert!(ask_on(Right::AutomatedDecisions, LawfulBasis::PublicTask, &none, date(2026, 2, 4)).prohibits());
}

#[test]
fn the_malicious_allegation_ground_is_off_unless_switched_on() {
    let known = facts("malicious-allegation !purpose-ended !direct-marketing !unlawful !erasure-required");
    let ask = |on_flag| {
        let prospective = Prospective { malicious_allegation: on_flag };
        let basis = LawfulBasis::Contract;
        applies(&Question { right: Right::Erasure, basis, facts: &known, on: NOW, prospective })
            .unwrap()
            .verdict
    };
    assert_eq!(ask(false), Verdict::DoesNotApply);
    assert_eq!(ask(true), Verdict::Applies);
}

#[test]
fn several_activities_give_one_verdict() {
    use Verdict::{Applies, AppliesInPart, DoesNotApply};
    for (verdicts, wanted) in [
        (vec![], None),
        (vec![Applies, Applies], Some(Applies)),
        (vec![DoesNotApply], Some(DoesNotApply)),
        (vec![Applies, DoesNotApply], Some(AppliesInPart)),
        (vec![DoesNotApply, AppliesInPart], Some(AppliesInPart)),
    ] {
        assert_eq!(across(&verdicts), wanted, "{verdicts:?}");
    }
}

#[test]
fn open_facts_are_named_until_they_are_known() {
    let open = |known: &str| ask(Right::Portability, LawfulBasis::Consent, &facts(known)).open;
    assert_eq!(open(""), [Condition::Automated]);
    assert!(open("automated").is_empty());
    let erasure = ask(Right::Erasure, LawfulBasis::PublicTask, &Facts::none());
    assert_eq!(erasure.open, [Condition::NeededForDuty]);
}

#[test]
fn a_public_authority_on_legitimate_interests_is_told_to_correct_the_register() {
    let told = |basis, known: &str| {
        ask(Right::Access, basis, &facts(known)).reasons.iter().any(|r| r.provision.contains("last part"))
    };
    assert!(told(LawfulBasis::LegitimateInterests, "public-authority"));
    assert!(!told(LawfulBasis::LegitimateInterests, "!public-authority"));
    assert!(!told(LawfulBasis::PublicTask, "public-authority"));
}

#[test]
fn restricted_data_may_be_stored_and_used_for_four_things() {
    let permitted: Vec<_> = Use::ALL.iter().filter(|u| permitted_while_restricted(**u).is_some()).collect();
    assert_eq!(permitted.len(), 5);
    assert_eq!(permitted_while_restricted(Use::Other), None);
}

#[test]
fn a_restriction_is_lifted_only_after_the_person_was_told() {
    let lift = date(2026, 11, 22);
    assert_eq!(may_lift(None, lift), Err(NotYet::NotTold));
    assert!(may_lift(Some(lift), lift).is_err());
    assert!(may_lift(Some(date(2026, 11, 23)), lift).is_err());
    assert_eq!(may_lift(Some(date(2026, 11, 21)), lift), Ok(()));
}

fn any_facts() -> impl Strategy<Value = Facts> {
    proptest::collection::vec((proptest::sample::select(Condition::ALL), any::<bool>()), 0..10)
        .prop_map(|known| known.into_iter().fold(Facts::none(), |f, (c, b)| f.with(c, b)))
}

proptest! {
    #[test]
    fn every_answer_gives_reasons_in_two_voices(
        right in proptest::sample::select(Right::ALL),
        basis in proptest::sample::select(LawfulBasis::ALL),
        known in any_facts(),
    ) {
        let answer = ask(right, basis, &known);
        prop_assert!(!answer.reasons.is_empty());
        for reason in &answer.reasons {
            prop_assert!(!reason.provision.is_empty() && !reason.staff.is_empty() && !reason.person.is_empty(), "{reason:?}");
            prop_assert!(!reason.person.contains("Art "), "the person's words cite no article: {reason:?}");
        }
        for open in &answer.open {
            prop_assert!(known.unknown(*open), "{open} is known and yet open");
        }
        prop_assert_eq!(&answer, &ask(right, basis, &known));
    }

    #[test]
    fn nothing_takes_the_marketing_objection_from_a_living_person(
        basis in proptest::sample::select(LawfulBasis::ALL),
        known in any_facts(),
    ) {
        let known = known.with(Condition::Deceased, false).with(Condition::ManualUnstructured, false);
        prop_assert_eq!(ask(Right::MarketingObjection, basis, &known).verdict, Verdict::Applies);
    }

    #[test]
    fn the_dead_have_no_rights_here(
        right in proptest::sample::select(Right::ALL),
        basis in proptest::sample::select(LawfulBasis::ALL),
        known in any_facts(),
    ) {
        let known = known.with(Condition::Deceased, true);
        prop_assert_eq!(ask(right, basis, &known).verdict, Verdict::DoesNotApply);
    }
}
