//! Capacity and representatives.

use counterfoil_domain::place::Division;
use counterfoil_domain::rights::capacity::{Capacity, Understanding, capacity};
use counterfoil_domain::rights::representative::{Evidence, Representative, Standing, representative};

/// division, age, understanding, capacity
const CAPACITY: &[(&str, u8, &str, &str)] = &[
    ("scotland", 11, "not-assessed", "assess-first"),
    ("scotland", 12, "not-assessed", "own"),
    ("scotland", 12, "insufficient", "needs-representative"),
    ("scotland", 10, "sufficient", "own"),
    ("scotland", 16, "not-assessed", "own"),
    ("england-and-wales", 12, "not-assessed", "assess-first"),
    ("england-and-wales", 9, "sufficient", "own"),
    ("england-and-wales", 17, "not-assessed", "assess-first"),
    ("england-and-wales", 18, "not-assessed", "own"),
    ("england-and-wales", 40, "insufficient", "needs-representative"),
    ("northern-ireland", 14, "insufficient", "needs-representative"),
    ("northern-ireland", 17, "sufficient", "own"),
    ("northern-ireland", 18, "not-assessed", "own"),
];

#[test]
fn capacity_follows_the_table() {
    for (division, age, understanding, wanted) in CAPACITY {
        let got = capacity(division.parse().unwrap(), *age, understanding.parse().unwrap());
        assert_eq!(got.capacity.code(), *wanted, "{division} {age} {understanding}");
        assert!(!got.provision.is_empty() && !got.why.is_empty());
    }
}

#[test]
fn twelve_is_presumed_in_scotland_only() {
    for division in Division::ALL {
        let got = capacity(*division, 12, Understanding::NotAssessed);
        assert_eq!(got.capacity == Capacity::Own, *division == Division::Scotland);
    }
}

/// who, capacity of the person, evidence that must be among what is asked; `-` when they may not act
const EVIDENCE: &[(&str, &str, &str)] = &[
    ("parent", "needs-representative", "parental-responsibility best-interests"),
    ("parent", "own", "parental-responsibility child-authority"),
    ("parent", "assess-first", "-"),
    ("attorney", "needs-representative", "registered-power incapacity-note"),
    ("attorney", "own", "registered-power"),
    ("deputy", "needs-representative", "court-order"),
    ("solicitor", "own", "signed-authority instruction"),
    ("solicitor", "needs-representative", "-"),
    ("authorised", "own", "signed-authority"),
    ("authorised", "needs-representative", "-"),
    ("elected", "own", "constituent-request"),
    ("executor", "own", "-"),
    ("executor", "needs-representative", "-"),
];

#[test]
fn representatives_show_the_evidence_of_the_matrix() {
    for (who, person, wanted) in EVIDENCE {
        for division in Division::ALL {
            match representative(who.parse().unwrap(), *division, person.parse().unwrap()) {
                Standing::With(shown) => {
                    for one in wanted.split_whitespace() {
                        let one: Evidence = one.parse().expect("may not act in the table");
                        assert!(shown.contains(&one), "{who} {division} {person}: {shown:?}");
                    }
                }
                Standing::Not { provision, staff, person: words } => {
                    assert_eq!(*wanted, "-", "{who} {division}");
                    assert!(![provision, staff, words].contains(&""));
                }
            }
        }
    }
}

#[test]
fn the_executor_is_told_of_the_law_of_the_place() {
    let Standing::Not { staff, .. } =
        representative(Representative::Executor, Division::NorthernIreland, Capacity::Own)
    else {
        panic!("an executor has no standing")
    };
    assert!(staff.contains("Order 1993"));
}
