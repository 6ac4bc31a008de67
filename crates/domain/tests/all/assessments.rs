//! Assessments, transfers, and the reading level: rules as tables.

use counterfoil_domain::notices::reading::{level, syllables_of};
use counterfoil_domain::register::assessment::{
    AssessmentKind, RiskFeature as F, Standing, Step, dpia_required, standing,
};
use counterfoil_domain::register::transfer::{
    Adequate, Mechanism as M, NoTransfer, TransferClaim, transfer_allowed,
};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 22);

#[test]
fn an_impact_assessment_is_required_by_one_strong_feature_or_two_weak_ones() {
    let table: &[(&[F], bool)] = &[
        (&[], false),
        (&[F::SpecialAtScale], true),
        (&[F::PublicMonitoring], true),
        (&[F::Matching], true),
        (&[F::Biometric], false),
        (&[F::Invisible, F::Invisible], false),
        (&[F::Biometric, F::Tracking], true),
    ];
    for (features, required) in table {
        assert_eq!(dpia_required(features), *required, "{features:?}");
    }
}

#[test]
fn an_assessment_counts_once_every_step_is_answered_and_it_is_signed() {
    let kind = AssessmentKind::Dpia;
    assert_eq!(kind.steps().len(), 7, "the regulator's seven steps");
    let done = Some(date(2026, 1, 5));
    let review = date(2027, 1, 5);
    let all = kind.steps();
    assert_eq!(standing(kind, all, done, review, TODAY), Standing::Current);
    assert_eq!(standing(kind, all, done, review, review), Standing::ReviewDue(review));
    assert_eq!(standing(kind, all, None, review, TODAY), Standing::Incomplete);
    assert_eq!(standing(kind, all, Some(date(2026, 12, 1)), review, TODAY), Standing::Incomplete);
    for missing in all {
        let rest: Vec<Step> = all.iter().copied().filter(|s| s != missing).collect();
        assert_eq!(standing(kind, &rest, done, review, TODAY), Standing::Incomplete, "{missing}");
    }
}

#[test]
fn a_transfer_needs_an_approval_a_safeguard_or_a_derogation() {
    let adequate = [
        Adequate { country: "IE".into(), from: date(2021, 1, 1), limited_to: String::new() },
        Adequate { country: "US".into(), from: date(2023, 10, 12), limited_to: "certified ones".into() },
    ];
    let claim = |country, mechanism, within, assessed| {
        transfer_allowed(&TransferClaim { country, mechanism, within, assessed }, &adequate, TODAY)
    };
    assert_eq!(claim("GB", M::Adequacy, "", false), Ok("no transfer"));
    assert_eq!(claim("IE", M::Adequacy, "", false), Ok("Art 45A UK GDPR"));
    assert_eq!(claim("US", M::Adequacy, "on the list", false), Ok("Art 45A UK GDPR"));
    assert!(matches!(claim("US", M::Adequacy, " ", false), Err(NoTransfer::OutsideApproval { .. })));
    assert!(matches!(claim("BR", M::Adequacy, "", true), Err(NoTransfer::NotAdequate(_))));
    assert!(matches!(claim("BR", M::Idta, "", false), Err(NoTransfer::NotAssessed(_))));
    assert_eq!(claim("BR", M::Idta, "", true), Ok("Art 46(2)(d) UK GDPR"));
    assert_eq!(claim("BR", M::VitalInterests, "", false), Ok("Art 49(1)(f) UK GDPR"));
    let early =
        TransferClaim { country: "US", mechanism: M::Adequacy, within: "on the list", assessed: false };
    assert!(transfer_allowed(&early, &adequate, date(2023, 10, 11)).is_err(), "before the approval");
}

#[test]
fn syllables_are_counted_by_groups_of_vowels() {
    for (word, count) in [
        ("cat", 1),
        ("table", 2),
        ("make", 1),
        ("advice", 2),
        ("wanted", 2),
        ("asked", 1),
        ("information", 4),
    ] {
        assert_eq!(syllables_of(word), count, "{word}");
    }
}

#[test]
fn plain_sentences_read_easier_than_long_words() {
    let age = |text| level([text]).map(|l| l.age());
    assert_eq!(level([""]), None);
    let easy = age("We help you. It is free. Tell us what is wrong.").unwrap();
    let hard = age("Notwithstanding subsequent organisational determinations, individuals retain extraordinarily comprehensive entitlements.").unwrap();
    assert!(easy < 8 && hard > 18, "{easy} {hard}");
    let split = level(["One two three", "four five six"]).unwrap();
    assert_eq!((split.sentences, split.words), (2, 6), "each passage ends a sentence");
}
