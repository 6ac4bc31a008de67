//! The Art 15(1)(a) to (h) and (2) information, from the register.

use jiff::civil::Date;

use super::Register;
use super::model::{Entry, SystemKind};
use crate::organisation::Processing;

/// What a person whose casework is held must be told of its use on a day.
///
/// It covers every activity that uses the casebook: which of them touch one person is not recorded, so nothing
/// is left out. Lists of sentences have one a line.
#[must_use]
pub fn of_casework(register: &Register, on: Date) -> Processing {
    // An installation whose clock stands before the register's first day reads it as on that day.
    let on = on.max(register.head.from);
    let uses = |e: &&Entry| {
        e.systems.iter().any(|s| register.system(s).is_some_and(|s| s.kind == SystemKind::Casebook))
    };
    let entries: Vec<&Entry> = register.activities(on).filter(uses).collect();
    let kinds: Vec<_> = ids(&entries, |e| &e.data).into_iter().filter_map(|id| register.data(id)).collect();
    let special: Vec<&str> =
        kinds.iter().filter(|d| !d.special.is_empty()).map(|d| d.name.as_str()).collect();
    let mut conditions: Vec<&str> = entries.iter().flat_map(|e| &e.art9).map(|a| a.provision()).collect();
    conditions.sort_unstable();
    conditions.dedup();
    Processing {
        purposes: names(
            &entries,
            |e| &e.purposes,
            |id| register.purpose(id).map(|p| format!("to {}", p.name)),
        ),
        categories: kinds.iter().map(|d| d.name.clone()).collect(),
        special_categories: format!("{} ({})", special.join("; "), conditions.join(", ")),
        basis: lines(entries.iter().flat_map(|e| {
            e.bases.iter().map(|b| format!("{} ({}): {}", b.basis.label(), b.basis.provision(), b.says))
        })),
        recipients: names(
            &entries,
            |e| &e.recipients,
            |id| register.recipient(id).map(|r| format!("{}: {}", r.name, r.why)),
        ),
        transfers: transfers(register, &entries),
        retention: lines(
            ids(&entries, |e| &e.retention)
                .into_iter()
                .filter_map(|id| register.retention(id))
                .map(|r| format!("{}: {}", r.record, r.says)),
        ),
        sources: names(&entries, |e| &e.sources, |id| register.source(id).map(|s| s.name.clone())),
        automated: automated(&entries),
    }
}

fn ids<'a>(entries: &[&'a Entry], list: impl Fn(&'a Entry) -> &'a [String]) -> Vec<&'a str> {
    let mut seen = std::collections::BTreeSet::new();
    entries.iter().flat_map(|e| list(e)).map(String::as_str).filter(|id| seen.insert(*id)).collect()
}

fn names<'a>(
    entries: &[&'a Entry],
    list: impl Fn(&'a Entry) -> &'a [String],
    name: impl Fn(&str) -> Option<String>,
) -> Vec<String> {
    ids(entries, list).into_iter().filter_map(name).collect()
}

/// Each line once, in the order of the first.
fn lines(all: impl Iterator<Item = String>) -> String {
    let mut seen = std::collections::BTreeSet::new();
    all.filter(|l| seen.insert(l.clone())).collect::<Vec<_>>().join("\n")
}

fn transfers(register: &Register, entries: &[&Entry]) -> String {
    let abroad = ids(entries, |e| &e.recipients)
        .into_iter()
        .filter_map(|id| register.recipient(id))
        .filter_map(|r| Some((r, r.transfer.as_ref()?)))
        .map(|(r, t)| {
            format!("{} ({}): {} ({})", r.name, r.country, t.mechanism.label(), t.mechanism.provision())
        });
    let abroad = lines(abroad);
    if abroad.is_empty() { "We keep your information in the United Kingdom.".to_owned() } else { abroad }
}

fn automated(entries: &[&Entry]) -> String {
    let used = lines(entries.iter().filter_map(|e| e.automated.as_ref()).map(|a| {
        let who = if a.solely { "a computer decides alone" } else { "a person decides" };
        format!("{}: {}; {}; {who}", a.what, a.logic, a.effect)
    }));
    if used.is_empty() { "No decision about you is made by a computer alone.".to_owned() } else { used }
}
