//! What changed between two versions of a notice, and who must be told.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;

use super::{Layer, Notice, Section, build};
use crate::error::Result;
use crate::organisation::Organisation;
use crate::register::Register;
use crate::register::model::Entry;

/// A change of one passage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The section.
    pub section: String,
    /// `added` or `removed`.
    pub what: &'static str,
    /// The words.
    pub text: String,
}

/// Someone who must be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tell {
    /// Who.
    pub who: String,
    /// Why.
    pub why: String,
    /// Where the law says so.
    pub provision: &'static str,
}

/// The difference between a notice on two days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What was added and removed, in the order of the notice.
    pub changes: Vec<Change>,
    /// Who must be told, and why.
    pub tell: Vec<Tell>,
}

/// The difference of a notice between two days of one register.
///
/// # Errors
/// As [`build`].
pub fn between(
    register: &Register,
    organisation: &Organisation,
    layer: &Layer,
    language: &str,
    days: (Date, Date),
) -> Result<Difference> {
    let old = build(register, organisation, layer, language, days.0)?;
    let new = build(register, organisation, layer, language, days.1)?;
    let before: Vec<&Entry> = register.activities(days.0).collect();
    let after: Vec<&Entry> = register.activities(days.1).collect();
    let mut tell = tell(register, &before, &after);
    tell.extend(law(days));
    Ok(Difference { changes: changes(&old, &new), tell })
}

/// The difference of a notice between two registers, each as it stands on its day: for showing an edit before it
/// is saved.
///
/// # Errors
/// As [`build`].
pub fn between_registers(
    old: (&Register, Date),
    new: (&Register, Date),
    organisation: &Organisation,
    layer: &Layer,
    language: &str,
) -> Result<Difference> {
    let before = build(old.0, organisation, layer, language, old.1)?;
    let after = build(new.0, organisation, layer, language, new.1)?;
    let (was, is): (Vec<&Entry>, Vec<&Entry>) =
        (old.0.activities(old.1).collect(), new.0.activities(new.1).collect());
    let mut tell = tell(new.0, &was, &is);
    tell.extend(law((old.1, new.1)));
    Ok(Difference { changes: changes(&before, &after), tell })
}

/// The passages of a notice by section.
fn passages(notice: &Notice) -> Vec<(&'static str, String)> {
    notice
        .parts
        .iter()
        .flat_map(|part| {
            let one = Notice { parts: vec![part.clone()], ..notice.clone() };
            let texts: Vec<String> = rows(&one);
            texts.into_iter().map(|t| (part.id, t)).collect::<Vec<_>>()
        })
        .collect()
}

/// What a reader would see as one thing: a paragraph, a list item, a row.
fn rows(notice: &Notice) -> Vec<String> {
    use super::Block as B;
    let mut all = Vec::new();
    for block in notice.parts.iter().flat_map(|p| &p.blocks) {
        match block {
            B::Paragraph(p) | B::Callout(p) | B::Heading(p) => all.push(p.text.clone()),
            B::List(list) => all.extend(list.iter().map(|p| p.text.clone())),
            B::Table { rows, .. } => all.extend(
                rows.iter().map(|r| r.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join(" | ")),
            ),
            B::Links(links) => all.extend(links.iter().map(|(p, _)| p.text.clone())),
        }
    }
    all
}

fn changes(old: &Notice, new: &Notice) -> Vec<Change> {
    let (before, after) = (passages(old), passages(new));
    let had: BTreeSet<&(&str, String)> = before.iter().collect();
    let has: BTreeSet<&(&str, String)> = after.iter().collect();
    let mut changes = Vec::new();
    for section in Section::ALL.map(Section::code) {
        for (what, list, other) in [("removed", &before, &has), ("added", &after, &had)] {
            changes.extend(list.iter().filter(|p| p.0 == section && !other.contains(p)).map(|p| Change {
                section: section.to_owned(),
                what,
                text: p.1.clone(),
            }));
        }
    }
    changes
}

fn news<'a>(was: &'a [String], is: &'a [String]) -> Vec<&'a str> {
    is.iter().filter(|id| !was.contains(id)).map(String::as_str).collect()
}

/// The people of an activity, in words.
fn people(register: &Register, entry: &Entry) -> String {
    let names: Vec<&str> =
        entry.people.iter().filter_map(|id| register.people(id)).map(|p| p.name.as_str()).collect();
    names.join(", ")
}

/// Who must be told of a change: the people of an activity with a new purpose before it begins (Arts 13(3),
/// 14(4)); of new recipients, sources or bases, by the notice (Arts 13, 14); of the end of an activity, nobody.
fn tell(register: &Register, before: &[&Entry], after: &[&Entry]) -> Vec<Tell> {
    let mut tell = Vec::new();
    for entry in after {
        let who = people(register, entry);
        let Some(old) = before.iter().find(|e| e.id == entry.id) else {
            let why = format!("a new activity: {}", entry.name);
            tell.push(Tell { who, why, provision: "Arts 13(1)-(2), 14(1)-(3) UK GDPR" });
            continue;
        };
        let purposes = news(&old.purposes, &entry.purposes);
        let named: Vec<&str> =
            purposes.iter().filter_map(|id| register.purpose(id)).map(|p| p.name.as_str()).collect();
        if !named.is_empty() {
            let why = format!("{}: a new purpose, before it begins: to {}", entry.name, named.join("; to "));
            tell.push(Tell { who: who.clone(), why, provision: "Arts 8A, 13(3), 14(4) UK GDPR" });
        }
        let others = other_changes(old, entry);
        if !others.is_empty() {
            let why = format!("{}: {}", entry.name, others.join(", "));
            tell.push(Tell { who, why, provision: "Arts 5(1)(a), 13, 14 UK GDPR" });
        }
    }
    tell
}

fn other_changes(old: &Entry, new: &Entry) -> Vec<&'static str> {
    let bases = |e: &Entry| e.bases.iter().map(|b| b.basis).collect::<Vec<_>>();
    [
        (!news(&old.recipients, &new.recipients).is_empty(), "new recipients"),
        (!news(&old.data, &new.data).is_empty(), "new kinds of data"),
        (!news(&old.sources, &new.sources).is_empty(), "new sources"),
        (bases(old) != bases(new), "another lawful basis"),
        (old.art9 != new.art9, "another condition for special information"),
        (old.retention != new.retention, "another retention rule"),
        (old.controller != new.controller || old.joint != new.joint, "another controller"),
        (old.automated.is_none() && new.automated.is_some(), "a new use of automated means"),
    ]
    .into_iter()
    .filter_map(|(changed, words)| changed.then_some(words))
    .collect()
}

/// What the law itself changed between the two days, for everyone.
fn law((old, new): (Date, Date)) -> Vec<Tell> {
    use counterfoil_domain::rights::applicability::COMPLAINT_TO_CONTROLLER_FROM as COMPLAINTS;
    if old < COMPLAINTS && new >= COMPLAINTS {
        return vec![Tell {
            who: "everyone, by the notice".to_owned(),
            why: "the right to complain to the controller must be told from 19 June 2026".to_owned(),
            provision: "Arts 13(2)(ca), 14(2)(da) UK GDPR; s.164A DPA 2018",
        }];
    }
    Vec::new()
}
