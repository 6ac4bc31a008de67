//! Every policy, condition and listed word does work: take it away and an example comes out wrong.

use std::str::FromStr;

use cedar_policy::{Policy, PolicyId, PolicySet};
use counterfoil_store::access::{Gate, Limits, PolicySource};
use serde_json::Value;

use super::cases::{self, Case};

/// The built-in policies with one change.
struct Mutant {
    what: String,
    policy: String,
    /// All policies, with the changed one or without the dropped one.
    text: String,
}

fn policies() -> Vec<Policy> {
    let texts = Gate::built_in();
    texts
        .iter()
        .flat_map(|s| PolicySet::from_str(&s.text).unwrap().policies().cloned().collect::<Vec<_>>())
        .collect()
}

fn id_of(policy: &Policy) -> String {
    policy.annotation("id").unwrap().to_owned()
}

/// Every way to leave one thing out of a policy's JSON form.
fn changes(policy: &Value) -> Vec<(String, Value)> {
    let mut changed = Vec::new();
    let conditions = policy["conditions"].as_array().unwrap();
    for index in 0..conditions.len() {
        let mut without = policy.clone();
        without["conditions"].as_array_mut().unwrap().remove(index);
        changed.push((format!("condition {} dropped", index + 1), without));
        for (what, body) in weaker(&conditions[index]["body"]) {
            let mut with = policy.clone();
            with["conditions"][index]["body"] = body;
            changed.push((format!("condition {}: {what}", index + 1), with));
        }
    }
    changed.extend(scope_changes(policy));
    changed
}

/// Fewer verbs, and no role or kind asked for.
fn scope_changes(policy: &Value) -> Vec<(String, Value)> {
    let mut changed = Vec::new();
    let verbs = policy["action"]["entities"].as_array().map_or(0, Vec::len);
    for index in 0..verbs {
        let mut without = policy.clone();
        let verb = without["action"]["entities"].as_array_mut().unwrap().remove(index);
        changed.push((format!("verb {verb} dropped"), without));
    }
    if policy["principal"]["op"] == "in" {
        let mut wider = policy.clone();
        wider["principal"] = serde_json::json!({ "op": "is", "entity_type": "Staff" });
        changed.push(("any role".to_owned(), wider));
    }
    if policy["resource"]["op"] == "is" {
        let mut wider = policy.clone();
        wider["resource"] = serde_json::json!({ "op": "All" });
        changed.push(("any kind".to_owned(), wider));
    }
    changed
}

/// Every way to change one thing inside an expression: an operand of `&&` or `||` left out, a
/// comparison moved by one, a negation dropped, a branch taken always, a word left out of a list.
fn weaker(body: &Value) -> Vec<(String, Value)> {
    let mut changed = here(body);
    let Value::Object(fields) = body else { return changed };
    for (key, inner) in fields {
        let parts: Vec<(Value, &Value)> = match inner {
            Value::Array(items) => items.iter().enumerate().map(|(i, v)| (Value::from(i), v)).collect(),
            Value::Object(members) => members.iter().map(|(k, v)| (Value::from(k.as_str()), v)).collect(),
            _ => Vec::new(),
        };
        for (place, part) in parts {
            for (what, replaced) in weaker(part) {
                let mut whole = body.clone();
                match &place {
                    Value::Number(i) => whole[key][i.as_u64().unwrap() as usize] = replaced,
                    place => whole[key][place.as_str().unwrap()] = replaced,
                }
                changed.push((what, whole));
            }
        }
    }
    changed
}

fn here(body: &Value) -> Vec<(String, Value)> {
    let mut changed = Vec::new();
    for (operator, name) in [("&&", "and"), ("||", "or")] {
        if let Some(both) = body.get(operator) {
            changed.push((format!("right of {name} only"), both["right"].clone()));
            changed.push((format!("left of {name} only"), both["left"].clone()));
        }
    }
    for (operator, moved) in [("<", "<="), ("<=", "<"), (">=", ">")] {
        if let Some(sides) = body.get(operator) {
            changed.push((format!("{operator} made {moved}"), serde_json::json!({ moved: sides })));
        }
    }
    if let Some(negated) = body.get("!") {
        changed.push(("negation dropped".to_owned(), negated["arg"].clone()));
    }
    if let Some(branches) = body.get("if-then-else") {
        changed.push(("then always".to_owned(), branches["then"].clone()));
        changed.push(("else always".to_owned(), branches["else"].clone()));
    }
    if let Some(Value::Array(words)) = body.get("Set") {
        for index in 0..words.len() {
            let mut fewer = words.clone();
            let word = fewer.remove(index);
            changed.push((format!("word {word} left out"), serde_json::json!({ "Set": fewer })));
        }
    }
    changed
}

/// A guard that the types demand (`context has grant && …`) cannot be left out: the result does not
/// load, which is the strict validation doing its work.
fn mutants() -> Vec<Mutant> {
    let texts: Vec<_> = policies().iter().map(|p| (id_of(p), p.to_string())).collect();
    let mut mutants = Vec::new();
    for policy in policies() {
        let id = id_of(&policy);
        let others: String =
            texts.iter().filter(|(other, _)| *other != id).map(|(_, text)| text.as_str()).collect();
        let mut add = |what: String, changed: &str| {
            mutants.push(Mutant { what, policy: id.clone(), text: format!("{others}\n{changed}") });
        };
        add("policy dropped".to_owned(), "");
        for (what, json) in changes(&policy.to_json().unwrap()) {
            add(what, &Policy::from_json(Some(PolicyId::new(&id)), json).unwrap().to_string());
        }
    }
    mutants
}

#[derive(Debug, PartialEq)]
enum Fate {
    DoesNotLoad,
    Caught,
    Survived,
}

/// An example, with the policies that decide it unchanged.
struct Known {
    case: Case,
    decided_by: Vec<String>,
}

fn known() -> Vec<Known> {
    let gate = super::world::gate();
    let decided_by = |case: &Case| gate.decide(&case.question).policies;
    cases::all().into_iter().map(|case| Known { decided_by: decided_by(&case), case }).collect()
}

fn fate(mutant: &Mutant, known: &[Known]) -> Fate {
    let sources =
        vec![PolicySource { file: "mutant.cedar".to_owned(), text: mutant.text.clone(), own: false }];
    let Ok(gate) = Gate::from_sources(&sources, Limits::default()) else { return Fate::DoesNotLoad };
    // The examples that the policy decided come first: they most likely notice.
    let (first, rest): (Vec<_>, Vec<_>) = known.iter().partition(|k| k.decided_by.contains(&mutant.policy));
    let mut ordered = first.iter().chain(&rest).map(|k| &k.case);
    if ordered.any(|case| gate.allows(&case.question) != case.allowed) {
        return Fate::Caught;
    }
    let generous = super::world::generous(sources).unwrap();
    let mut never = known.iter().map(|k| &k.case).filter(|case| case.whatever_is_permitted);
    if never.any(|case| generous.allows(&case.question)) { Fate::Caught } else { Fate::Survived }
}

#[test]
fn each_part_of_each_policy_is_needed() {
    let known = known();
    let mutants = mutants();
    let started = std::time::Instant::now();
    let work = |share: &[Mutant]| -> Vec<(String, Fate)> {
        share.iter().map(|m| (format!("{}: {}", m.policy, m.what), fate(m, &known))).collect()
    };
    let (left, right) = mutants.split_at(mutants.len() / 2);
    let fates: Vec<_> = std::thread::scope(|scope| {
        let left = scope.spawn(|| work(left));
        let right = work(right);
        left.join().unwrap().into_iter().chain(right).collect()
    });
    let count = |fate: &Fate| fates.iter().filter(|(_, f)| f == fate).count();
    let caught = count(&Fate::Caught);
    println!(
        "{} mutants: {caught} caught, {} refused to load, {:?}",
        fates.len(),
        count(&Fate::DoesNotLoad),
        started.elapsed()
    );
    let survivors: Vec<_> =
        fates.iter().filter(|(_, f)| *f == Fate::Survived).map(|(what, _)| what).collect();
    assert!(survivors.is_empty(), "no example needs:\n{survivors:#?}");
    assert!(caught > 200, "mutants are made and caught: {caught}");
}
