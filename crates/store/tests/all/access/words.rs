//! The words are defined once: the schema, the page of rules and the refusals use the same.

use std::collections::BTreeSet;

use counterfoil_domain::access::{Purpose, ReasonCode, RestrictionUse, Role, Verb};
use counterfoil_store::access::Gate;

const SCHEMA: &str = include_str!("../../../../../policies/counterfoil.cedarschema");
const RULES: &str = include_str!("../../../../../docs/security/access-rules.md");
const REFUSALS: &str = include_str!("../../../../../content/en/refusals.toml");

fn enum_in_schema(name: &str) -> Vec<String> {
    let rest = SCHEMA.split(&format!("entity {name} enum [")).nth(1).unwrap();
    let list = rest.split(']').next().unwrap();
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_schema_has_the_words_of_the_domain() {
    let words = |all: &[&'static str]| all.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    assert_eq!(enum_in_schema("Role"), words(&Role::ALL.iter().map(|w| w.as_str()).collect::<Vec<_>>()));
    assert_eq!(
        enum_in_schema("Purpose"),
        words(&Purpose::ALL.iter().map(|w| w.as_str()).collect::<Vec<_>>())
    );
    assert_eq!(
        enum_in_schema("Reason"),
        words(&ReasonCode::ALL.iter().map(|w| w.as_str()).collect::<Vec<_>>())
    );
    let uses: Vec<_> = RestrictionUse::ALL.iter().map(|w| w.as_str()).collect();
    assert_eq!(enum_in_schema("RestrictionUse"), words(&uses));
    let dotted = |text: &str| text.contains('.');
    let actions: BTreeSet<_> = SCHEMA
        .split("// Groups of verbs.")
        .nth(1)
        .unwrap()
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|w| dotted(w))
        .map(str::to_owned)
        .collect();
    let verbs: BTreeSet<_> = Verb::ALL.iter().map(|v| v.as_str().to_owned()).collect();
    assert_eq!(actions, verbs);
}

/// The values of an annotation in all built-in policies.
fn annotations(name: &str) -> Vec<String> {
    let marker = format!("\n@{name}(\"");
    let texts = Gate::built_in();
    texts
        .iter()
        .flat_map(|s| s.text.split(&marker).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()))
        .collect()
}

#[test]
fn every_rule_has_a_policy_and_every_policy_a_rule() {
    let (ids, rules) = (annotations("id"), annotations("rule"));
    assert_eq!(ids.len(), rules.len(), "every policy has an @id and a @rule");
    let named: BTreeSet<u32> = rules.iter().flat_map(|r| r.split(' ').map(|n| n.parse().unwrap())).collect();
    let number = |line: &str| line.split_once(". ").and_then(|(n, _)| n.parse::<u32>().ok());
    let written: BTreeSet<u32> = RULES.lines().filter_map(number).collect();
    let without_policy = BTreeSet::from([1]);
    assert_eq!(written.difference(&named).copied().collect::<BTreeSet<_>>(), without_policy);
    assert!(named.is_subset(&written), "{named:?}");
}

#[test]
fn every_forbid_has_words_and_every_word_a_forbid() {
    let source = Gate::built_in().into_iter().find(|s| s.file == "6-never.cedar").unwrap().text;
    let forbids = source.split("\n@id(\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let expected: BTreeSet<_> = forbids.chain(["organisation"]).collect();
    let worded: BTreeSet<_> =
        REFUSALS.split("[policies.").skip(1).map(|rest| rest.split(']').next().unwrap()).collect();
    assert_eq!(worded, expected);
    for file in Gate::built_in().iter().filter(|s| s.file != "6-never.cedar") {
        assert!(!file.text.contains("\nforbid"), "forbids live in 6-never.cedar, not in {}", file.file);
    }
}
