//! Ways round what the organisation promises, each tried through the site and the API as a worker would try it. The
//! page `docs/security/ways-round.md` lists them by number; a test holds the two together.

mod addresses;
mod consent;
pub mod house;
mod leaving;
mod reason;
mod whatsapp;

use std::collections::BTreeSet;

const SOURCES: [&str; 5] = [
    include_str!("addresses.rs"),
    include_str!("consent.rs"),
    include_str!("leaving.rs"),
    include_str!("reason.rs"),
    include_str!("whatsapp.rs"),
];
const PAGE: &str = include_str!("../../../../../docs/security/ways-round.md");

/// The numbers of tries in a text: `N3-07`.
fn numbers(text: &str, open: &str) -> BTreeSet<String> {
    let promises = ["N3-", "N13-", "N14-", "N19-", "C6-", "C17-", "C19-", "C31-"];
    let found = |prefix: &str| {
        let mark = format!("{open}{prefix}");
        let tails: Vec<String> = text
            .split(&mark)
            .skip(1)
            .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>())
            .collect();
        tails.into_iter().map(move |n| format!("{prefix}{n}")).collect::<Vec<_>>()
    };
    promises.into_iter().flat_map(found).collect()
}

#[test]
fn each_try_stands_on_the_page_and_each_line_of_the_page_is_tried() {
    let tried: BTreeSet<String> = SOURCES.iter().flat_map(|text| numbers(text, "\"")).collect();
    let told = numbers(PAGE, "| ");
    assert_eq!(tried.difference(&told).collect::<Vec<_>>(), Vec::<&String>::new(), "tried and not told");
    assert_eq!(told.difference(&tried).collect::<Vec<_>>(), Vec::<&String>::new(), "told and not tried");
    assert!(tried.len() > 80, "{}", tried.len());
}
