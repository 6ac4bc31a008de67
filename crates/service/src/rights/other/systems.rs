//! The connected systems of an erasure: planned with the dry run, carried out before the casebook forgets by
//! what the person is known there.

use std::collections::BTreeMap;

use counterfoil_connect::dataset::{self, Dataset};
use counterfoil_connect::erase::{self, Erasing, Erasure, Outcome, SharedRule};
use counterfoil_connect::find::Question;
use counterfoil_connect::mask::{Secret, Strategy};
use counterfoil_connect::policy::Rule;
use counterfoil_connect::source::{Address, Identity, Limits};
use counterfoil_store::casebook::people::Profile;
use counterfoil_store::rights::other::texts::SystemText;

use super::super::Desk;
use crate::error::Result;
use crate::organisation::{Connected, Organisation};

/// By what a person is known in other systems, the surest first.
pub(super) fn identities(profile: &Profile) -> Vec<Identity> {
    let one = |kind: &str, value: &str| Identity { kind: kind.to_owned(), value: value.to_owned() };
    let emails = profile.emails.iter().map(|v| one("email", v));
    let phones = profile.phones.iter().map(|v| one("phone_number", v));
    let numbers = profile.identifiers.iter().map(|i| one(&i.kind, &i.value));
    emails.chain(phones).chain(numbers).filter(|i| !i.value.trim().is_empty()).collect()
}

/// What the organisation has connected.
pub(super) fn connected(desk: &Desk<'_>) -> Result<Vec<Connected>> {
    let settings = desk.store.controller(desk.controller())?.settings;
    Ok(Organisation::from_toml(&settings)?.connected)
}

/// Asks every connected system what an erasure would do (`write` false) or does (`write` true).
pub(super) fn each(
    systems: &[Connected],
    identities: &[Identity],
    secret: [u8; 32],
    write: bool,
) -> Vec<SystemText> {
    systems.iter().map(|system| one(system, identities, secret, write)).collect()
}

fn one(system: &Connected, identities: &[Identity], secret: [u8; 32], write: bool) -> SystemText {
    let answer = |answer: &str, rows: u64, why: String| SystemText {
        name: system.name.clone(),
        answer: answer.to_owned(),
        rows,
        why,
    };
    let (dataset, address) = match (described(system), placed(system)) {
        (Ok(dataset), Ok(address)) => (dataset, address),
        (Err(why), _) | (_, Err(why)) => return answer("failed", 0, why),
    };
    let erasure = erasure(system, &dataset, identities, secret);
    let done = if write { erase::execute(&address, &erasure) } else { erase::plan(&address, &erasure) };
    match done {
        Err(error) => answer("blocked", 0, error.to_string()),
        Ok(Erasing::Failed(error)) => answer("failed", 0, error.to_string()),
        Ok(Erasing::NotThisKindOfPerson) => answer("not-this-kind-of-person", 0, String::new()),
        Ok(Erasing::NoneHeld(_)) => answer("none-held", 0, String::new()),
        Ok(Erasing::Held(outcome)) => {
            let word = if outcome.executed { "erased" } else { "held" };
            let word = if outcome.blocked.is_empty() { word } else { "blocked" };
            answer(word, rows(&outcome, write), outcome.blocked.join("; "))
        }
    }
}

fn rows(outcome: &Outcome, write: bool) -> u64 {
    if write {
        outcome.collections.iter().map(|c| c.changed).sum()
    } else {
        outcome.collections.iter().flat_map(|c| &c.rows).filter(|r| r.to_change).count() as u64
    }
}

fn described(system: &Connected) -> std::result::Result<Dataset, String> {
    let text = std::fs::read_to_string(&system.dataset)
        .map_err(|e| format!("the description of the system could not be read: {e}"))?;
    dataset::parse(&text).map_err(|problems| problems.to_string())
}

fn placed(system: &Connected) -> std::result::Result<Address, String> {
    let text = match system.connection.strip_prefix("env:") {
        None => system.connection.clone(),
        Some(name) => {
            std::env::var(name).map_err(|_| format!("the environment variable `{name}` is not set"))?
        }
    };
    Address::parse(&text).map_err(|e| e.to_string())
}

fn erasure<'q>(
    system: &Connected,
    dataset: &'q Dataset,
    identities: &'q [Identity],
    secret: [u8; 32],
) -> Erasure<'q> {
    Erasure {
        question: Question { dataset, identities, limits: Limits::default(), accept_unlinked: false },
        rules: vec![Rule { targets: vec!["user".to_owned()], strategy: Strategy::Null }],
        strategies: BTreeMap::new(),
        keep: Vec::new(),
        shared: if system.shared == "mask" { SharedRule::Mask } else { SharedRule::Keep },
        secret: Secret::new(secret),
        reviewed: None,
    }
}
