//! Reading a register: strict, whole, and refused with reasons.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_domain::register::activity::Severity;
use jiff::civil::Date;
use serde::Deserialize;

use super::model::Part;
use super::{Fault, Register, check, lawful};

/// A register's files: name and TOML text.
pub type Files = BTreeMap<String, String>;

impl Register {
    /// Reads a register from its files and holds it against the law of a day.
    ///
    /// # Errors
    /// Every fault: an unknown key or word, a reference to nothing, two entries for one day, an activity that the law
    /// does not allow.
    // INVARIANT: a `Register` holds no dangling reference and no unlawful activity in force on its day.
    pub fn from_files(files: &Files, on: Date) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut whole = Part::default();
        for (name, text) in files {
            match toml::from_str::<Part>(text) {
                Ok(part) => join(&mut whole, part),
                Err(e) => faults.push(Fault::blocking(place_in(name, text, &e), "", e.message())),
            }
        }
        let Some(head) = whole.register.clone() else {
            faults.push(Fault::blocking("the register", "", "no file has a [register] table: add one"));
            return Err(faults);
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        let register = Self { head, part: whole, files: files.clone() };
        faults.extend(check::references(&register));
        faults.extend(check::rules(&register));
        let on = on.max(register.head.made.unwrap_or(register.head.from));
        // A reference to nothing makes the judgement of the law meaningless.
        if faults.is_empty() {
            faults.extend(lawful::faults(&register, on));
        }
        if faults.iter().any(|f| f.severity == Severity::Blocking) { Err(faults) } else { Ok(register) }
    }

    /// What the officer should know of the register on a day; none of it blocks.
    #[must_use]
    pub fn warnings(&self, on: Date) -> Vec<Fault> {
        lawful::faults(self, on)
    }
}

/// `activities.toml, line 12`.
fn place_in(name: &str, text: &str, error: &toml::de::Error) -> String {
    match error.span().and_then(|s| text.get(..s.start)) {
        Some(before) => format!("{name}, line {}", before.matches('\n').count() + 1),
        None => name.to_owned(),
    }
}

fn join(whole: &mut Part, part: Part) {
    let Part {
        register,
        controller,
        joint,
        office,
        service,
        channel,
        system,
        people,
        data,
        source,
        purpose,
        measure,
        reason,
        recipient,
        agreement,
        assessment,
        policy,
        retention,
        form,
        activity,
        statement,
    } = part;
    whole.register = whole.register.take().or(register);
    whole.controller.extend(controller);
    whole.joint.extend(joint);
    whole.office.extend(office);
    whole.service.extend(service);
    whole.channel.extend(channel);
    whole.system.extend(system);
    whole.people.extend(people);
    whole.data.extend(data);
    whole.source.extend(source);
    whole.purpose.extend(purpose);
    whole.measure.extend(measure);
    whole.reason.extend(reason);
    whole.recipient.extend(recipient);
    whole.agreement.extend(agreement);
    whole.assessment.extend(assessment);
    whole.policy.extend(policy);
    whole.retention.extend(retention);
    whole.form.extend(form);
    whole.activity.extend(activity);
    whole.statement.extend(statement);
}

/// Countries that regulations approve, as dated data.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AdequacyFile {
    country: Vec<AdequacyRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AdequacyRow {
    code: String,
    #[serde(rename = "name")]
    _name: String,
    from: String,
    #[serde(default)]
    limited_to: String,
}

/// The approved countries that ship with the program.
pub(crate) fn adequate() -> Vec<counterfoil_domain::register::transfer::Adequate> {
    let text = include_str!("../../../../config/adequacy.toml");
    // A test holds that the shipped file can be read.
    let rows = toml::from_str::<AdequacyFile>(text).map(|f| f.country).unwrap_or_default();
    rows.into_iter()
        .filter_map(|r| {
            let from = r.from.parse().ok()?;
            let limited_to = r.limited_to;
            Some(counterfoil_domain::register::transfer::Adequate { country: r.code, from, limited_to })
        })
        .collect()
}

/// The ids that stand more than once in a list, where each may stand once.
pub(super) fn twice<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    ids.filter(|id| !seen.insert(*id)).collect()
}
