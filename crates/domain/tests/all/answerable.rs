//! Who is answerable for what a request is about.

use counterfoil_domain::register::answerable::{
    Answerable, Answering, Arrangement, Footing, Place, answerable,
};
use proptest::prelude::*;

const NATIONAL: &str = "national";
const OFFICES: [&str; 2] = ["kendal", "bangor"];

fn arrangements() -> Vec<Arrangement<'static>> {
    let all = vec![NATIONAL, "kendal", "bangor"];
    vec![
        Arrangement { id: "casework", controllers: all.clone(), answering: Answering::OfficeElse(NATIONAL) },
        Arrangement { id: "lines", controllers: all, answering: Answering::One(NATIONAL) },
        Arrangement {
            id: "closed",
            controllers: vec![NATIONAL, "bangor"],
            answering: Answering::OfficeElse(NATIONAL),
        },
    ]
}

fn place(id: &'static str) -> Place<'static> {
    let footings = match id {
        "casebook" => vec![Footing::Joint("casework")],
        "telephony" => vec![Footing::Joint("lines")],
        "closed" => vec![Footing::Joint("closed")],
        "hr" => vec![Footing::EachOffice],
        "supporters" => vec![Footing::Sole(NATIONAL)],
        "finance" => vec![Footing::EachOffice, Footing::Sole(NATIONAL)],
        "mail" => vec![Footing::Joint("casework"), Footing::EachOffice],
        _ => Vec::new(),
    };
    Place { id, footings }
}

/// Places, the office, the arrangements named, who is alone, who answers, and all who are named.
type Row = (
    &'static [&'static str],
    Option<&'static str>,
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
    &'static [&'static str],
);

const TABLE: &[Row] = &[
    // What an office does by itself is the office's alone: the national body is not named.
    (&["hr"], Some("kendal"), &[], &["kendal"], "kendal", &["kendal"]),
    // The same, of no office.
    (&["hr"], None, &[], &[NATIONAL], NATIONAL, &[NATIONAL]),
    // Jointly: the office that the person dealt with answers, or the national body where there was none.
    (&["casebook"], Some("kendal"), &["casework"], &[], "kendal", &["kendal"]),
    (&["casebook"], None, &["casework"], &[], NATIONAL, &[NATIONAL]),
    // Jointly, and always answered by the national body: the office is named as one of those answerable.
    (&["telephony"], Some("bangor"), &["lines"], &[], NATIONAL, &[NATIONAL, "bangor"]),
    // An office that is no part of the arrangement does not answer under it.
    (&["closed"], Some("kendal"), &["closed"], &[], NATIONAL, &[NATIONAL]),
    // Both, where both are.
    (&["casebook", "hr"], Some("kendal"), &["casework"], &["kendal"], "kendal", &["kendal"]),
    (&["telephony", "hr"], Some("kendal"), &["lines"], &["kendal"], NATIONAL, &[NATIONAL, "kendal"]),
    (&["mail"], Some("kendal"), &["casework"], &["kendal"], "kendal", &["kendal"]),
    // Each keeps its own in it: the office's own is meant, or the national body's where there is no office.
    (&["finance"], Some("bangor"), &[], &["bangor"], "bangor", &["bangor"]),
    (&["finance"], None, &[], &[NATIONAL], NATIONAL, &[NATIONAL]),
    // The national body alone, also for a person of an office.
    (&["supporters"], Some("kendal"), &[], &[NATIONAL], NATIONAL, &[NATIONAL]),
    (&["supporters", "hr"], Some("kendal"), &[], &[NATIONAL, "kendal"], "kendal", &["kendal", NATIONAL]),
    // A place that the register does not have is the office's own.
    (&["a drawer"], Some("bangor"), &[], &["bangor"], "bangor", &["bangor"]),
    // No place at all.
    (&[], Some("bangor"), &[], &["bangor"], "bangor", &["bangor"]),
    (&[], None, &[], &[NATIONAL], NATIONAL, &[NATIONAL]),
];

#[test]
fn the_footing_of_the_places_says_who_is_answerable_and_who_answers() {
    for (places, office, joint, alone, answers, named) in TABLE {
        let found: Vec<Place<'_>> = places.iter().map(|id| place(id)).collect();
        let got = answerable(&found, *office, &arrangements(), NATIONAL);
        let ids: Vec<&str> = got.alone.iter().map(|(id, _)| *id).collect();
        let note = format!("{places:?} of {office:?}");
        assert_eq!((&*got.joint, &*ids, got.answers), (*joint, *alone, *answers), "{note}");
        assert_eq!(got.named(&arrangements(), *office), *named, "{note}");
        let local = joint.is_empty() && !alone.contains(&NATIONAL);
        assert_eq!(got.is_local_alone(NATIONAL), local, "{note}");
    }
}

#[test]
fn a_controller_is_named_once_with_every_place_that_it_keeps_alone() {
    let places = [place("hr"), place("a drawer"), place("hr")];
    let got = answerable(&places, Some("kendal"), &arrangements(), NATIONAL);
    assert_eq!(got.alone, [("kendal", vec!["hr", "a drawer"])]);
}

proptest! {
    /// Whoever answers is named, somebody always does, and order and repetition of the places change nobody.
    #[test]
    fn somebody_always_answers_and_is_named(
        ids in prop::collection::vec(prop::sample::select(vec![
            "casebook", "telephony", "closed", "hr", "supporters", "mail", "a drawer",
        ]), 0..6),
        office in prop::option::of(prop::sample::select(OFFICES.to_vec())),
    ) {
        let all = arrangements();
        let work = |ids: &[&'static str]| -> Answerable<'static> {
            let places: Vec<Place<'static>> = ids.iter().map(|id| place(id)).collect();
            answerable(&places, office, &[], NATIONAL)
        };
        let got = answerable(
            &ids.iter().map(|id| place(id)).collect::<Vec<_>>(), office, &all, NATIONAL,
        );
        let named = got.named(&all, office);
        prop_assert_eq!(named.first(), Some(&got.answers));
        prop_assert!(got.alone.iter().all(|(id, _)| named.contains(id)));
        let twice: Vec<&'static str> = ids.iter().chain(&ids).copied().collect();
        prop_assert_eq!(work(&ids).joint, work(&twice).joint);
    }
}
