//! The promise ledger's rules: what counts mean, and which promises there are.

use std::collections::BTreeSet;

use counterfoil_domain::promises::{Control, Evidence, Owner, PROMISES, State, of};

#[test]
fn every_promise_stands_once_in_the_order_of_its_id() {
    let ids: Vec<&str> = PROMISES.iter().map(|p| p.id).collect();
    let network = (1..=26).map(|n| format!("N{n}"));
    let expected: Vec<String> = network.chain((1..=36).map(|n| format!("C{n}"))).collect();
    assert_eq!(ids, expected);
    assert_eq!((of(Owner::AdviceNetwork).count(), of(Owner::Council).count()), (26, 36));
}

#[test]
fn the_ids_are_those_of_the_published_table() {
    let shared = std::env::var_os("COUNTERFOIL_SHARED").map_or_else(
        || std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        std::path::PathBuf::from,
    );
    let Ok(text) = std::fs::read_to_string(shared.join("spec/promises.md")) else {
        println!("skipped: the table of promises is not here");
        return;
    };
    let id = |line: &str| line.strip_prefix("| ")?.split_once(" |").map(|(id, _)| id.to_owned());
    let numbered = |id: &String| id.starts_with(['N', 'C']) && id[1..].parse::<u8>().is_ok();
    let published: Vec<String> = text.lines().filter_map(id).filter(numbered).collect();
    assert_eq!(published, PROMISES.iter().map(|p| p.id.to_owned()).collect::<Vec<_>>());
}

#[test]
fn what_counts_mean() {
    for (exercised, due, failing, state) in [
        (0, 0, 0, State::NotExercised),
        (9, 0, 0, State::Kept),
        (9, 1, 0, State::AtRisk),
        (0, 1, 0, State::AtRisk),
        (9, 0, 1, State::Broken),
        (0, 0, 1, State::Broken),
        (9, 5, 1, State::Broken),
    ] {
        let evidence = Evidence { exercised, failing, due, last: None };
        assert_eq!(evidence.state(), state, "{evidence:?}");
    }
}

#[test]
fn a_promise_stands_as_its_worst_control_and_never_kept_while_a_part_is_missing() {
    let promise = |whole| *PROMISES.iter().find(|p| p.whole == whole).unwrap();
    for (controls, whole, part) in [
        (&[][..], State::NotBuilt, State::NotBuilt),
        (&[State::Kept, State::Kept], State::Kept, State::NotBuilt),
        (&[State::Kept, State::NotExercised], State::NotExercised, State::NotBuilt),
        (&[State::NotExercised, State::AtRisk], State::AtRisk, State::NotBuilt),
        (&[State::Kept, State::Broken, State::AtRisk], State::Broken, State::Broken),
    ] {
        assert_eq!(promise(true).state(controls), whole, "{controls:?}");
        assert_eq!(promise(false).state(controls), part, "{controls:?} of an unfinished promise");
    }
}

#[test]
fn what_is_whole_has_a_control_and_every_control_serves_a_promise() {
    assert!(PROMISES.iter().all(|p| !p.whole || !p.controls.is_empty()));
    let used: BTreeSet<Control> = PROMISES.iter().flat_map(|p| p.controls).copied().collect();
    let idle: Vec<&Control> = Control::ALL.iter().filter(|c| !used.contains(c)).collect();
    assert!(idle.is_empty(), "{idle:?}");
}
