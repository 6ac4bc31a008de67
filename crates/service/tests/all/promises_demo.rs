//! What the ledger says of the demonstration: its stories exercise what the product does. Some promises are meant to be
//! seen broken or at risk there: requests are overdue, a recipient has not answered.

use counterfoil_service::{promises, upkeep};

use crate::story::each;

fn states(organisation: &str, expected: &[&str]) {
    each(organisation, |world| {
        upkeep::round(&world.store, &[]).unwrap();
        let ledger =
            promises::ledger(&world.store, world.made.controller, &world.calendar, &world.law).unwrap();
        for line in ledger.promises.iter().filter(|line| line.state != "kept") {
            let reasons: Vec<_> = line.controls.iter().filter(|c| c.state != "kept").collect();
            println!("{organisation} {} {}: {reasons:?}", line.id, line.state);
        }
        for id in expected {
            let line = ledger.promises.iter().find(|line| line.id == *id).expect("the promise");
            assert_eq!(line.state, "kept", "{organisation} {id}: {:?}", line.controls);
        }
    });
}

#[test]
fn the_network_of_the_demonstration_exercises_its_promises() {
    states("advice-network", &["N18", "N24"]);
}

#[test]
fn the_council_of_the_demonstration_exercises_its_promises() {
    states("council", &["C13", "C14", "C15", "C16", "C35"]);
}
