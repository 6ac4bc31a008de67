//! Whether a register hangs together: no dangling reference, no two entries for one day, rules that read.

use std::collections::BTreeSet;

use counterfoil_domain::register::assessment::Step;
use counterfoil_domain::register::schedule1::Gate;
use counterfoil_domain::retention::Rule;

use super::load::twice;
use super::model::{AgreementKind, RecipientRole};
use super::{EACH_OFFICE, Fault, Register};
use crate::notices::Section;

/// The ids of every kind of entry.
struct Ids<'a> {
    faults: Vec<Fault>,
    at: String,
    register: &'a Register,
}

impl Ids<'_> {
    fn one(&mut self, what: &str, id: &str, known: &BTreeSet<&str>) {
        if !known.contains(id) {
            let reason = format!("`{id}` is not a {what} of this register");
            self.faults.push(Fault::blocking(self.at.clone(), "", reason));
        }
    }

    fn all(&mut self, what: &str, ids: &[String], known: &BTreeSet<&str>) {
        for id in ids {
            self.one(what, id, known);
        }
        for id in twice(ids.iter().map(String::as_str)) {
            self.faults.push(Fault::blocking(self.at.clone(), "", format!("`{id}` stands twice")));
        }
    }
}

macro_rules! ids {
    ($register:expr, $list:ident) => {
        $register.part.$list.iter().map(|e| e.id.as_str()).collect::<BTreeSet<&str>>()
    };
}

/// Every reference to nothing, and every id that stands twice.
pub(super) fn references(register: &Register) -> Vec<Fault> {
    let mut at = Ids { faults: Vec::new(), at: String::new(), register };
    duplicates(&mut at);
    of_the_network(&mut at);
    of_recipients(&mut at);
    of_activities(&mut at);
    of_casework(&mut at);
    at.faults
}

fn of_casework(at: &mut Ids<'_>) {
    let register = at.register;
    let rules = ids!(register, retention);
    "register.casework".clone_into(&mut at.at);
    for id in register.head.casework.iter().flat_map(super::model::Casework::named) {
        at.one("retention rule", id, &rules);
    }
}

fn duplicates(at: &mut Ids<'_>) {
    let p = &at.register.part;
    let mut found = Vec::new();
    macro_rules! once {
        ($($list:ident),+) => {$(
            for id in twice(p.$list.iter().map(|e| e.id.as_str())) {
                found.push(format!(concat!(stringify!($list), " `{}`"), id));
            }
        )+};
    }
    once!(
        controller, joint, office, service, channel, system, people, data, source, purpose, measure, reason
    );
    once!(recipient, agreement, assessment, policy, retention, form);
    for place in found {
        at.faults.push(Fault::blocking(place, "", "two entries have this id: rename one"));
    }
}

fn of_the_network(at: &mut Ids<'_>) {
    let register = at.register;
    let controllers = ids!(register, controller);
    let joints = ids!(register, joint);
    let recipients = ids!(register, recipient);
    let systems = ids!(register, system);
    for joint in &register.part.joint {
        at.at = format!("joint `{}`", joint.id);
        at.all("controller", &joint.controllers, &controllers);
        let own = joint.controllers.iter().map(String::as_str).collect();
        let answering = joint.answers.iter().filter(|id| *id != super::EACH_OFFICE);
        answering
            .chain(&joint.answers_else)
            .for_each(|id| at.one("controller of this arrangement", id, &own));
    }
    for office in &register.part.office {
        at.at = format!("office `{}`", office.id);
        at.one("controller", &office.controller, &controllers);
    }
    for system in &register.part.system {
        at.at = format!("system `{}`", system.id);
        system.joint.iter().for_each(|id| at.one("joint arrangement", id, &joints));
        system.processor.iter().for_each(|id| at.one("recipient", id, &recipients));
    }
    for channel in &register.part.channel {
        at.at = format!("channel `{}`", channel.id);
        at.one("system", &channel.system, &systems);
    }
}

fn of_recipients(at: &mut Ids<'_>) {
    let register = at.register;
    let agreements = ids!(register, agreement);
    let assessments = ids!(register, assessment);
    let data = ids!(register, data);
    for recipient in &register.part.recipient {
        at.at = format!("recipient `{}`", recipient.id);
        recipient.agreement.iter().for_each(|id| at.one("agreement", id, &agreements));
        at.all("kind of data", &recipient.only, &data);
        let transfer = recipient.transfer.iter().filter_map(|t| t.assessment.as_ref());
        transfer.for_each(|id| at.one("assessment", id, &assessments));
    }
    for agreement in &register.part.agreement {
        at.at = format!("agreement `{}`", agreement.id);
        agreement.needs_assessment.iter().for_each(|id| at.one("assessment", id, &assessments));
    }
}

fn of_activities(at: &mut Ids<'_>) {
    let register = at.register;
    let mut controllers = ids!(register, controller);
    if !register.part.office.is_empty() {
        controllers.insert(EACH_OFFICE);
    }
    let (services, joints) = (ids!(register, service), ids!(register, joint));
    let (purposes, people) = (ids!(register, purpose), ids!(register, people));
    let (data, sources) = (ids!(register, data), ids!(register, source));
    let (recipients, systems) = (ids!(register, recipient), ids!(register, system));
    let (retention, measures) = (ids!(register, retention), ids!(register, measure));
    let (assessments, policies) = (ids!(register, assessment), ids!(register, policy));
    let activities = ids!(register, activity);
    for entry in &register.part.activity {
        at.at = format!("activity `{}`", entry.id);
        at.one("service", &entry.service, &services);
        entry.controller.iter().for_each(|id| at.one("controller", id, &controllers));
        entry.joint.iter().for_each(|id| at.one("joint arrangement", id, &joints));
        at.all("purpose", &entry.purposes, &purposes);
        at.all("category of people", &entry.people, &people);
        at.all("kind of data", &entry.data, &data);
        at.all("kind of source", &entry.sources, &sources);
        at.all("recipient", &entry.recipients, &recipients);
        at.all("system", &entry.systems, &systems);
        at.all("retention rule", &entry.retention, &retention);
        at.all("security measure", &entry.security, &measures);
        entry.dpia.iter().for_each(|id| at.one("assessment", id, &assessments));
        let balance = entry.bases.iter().map(|b| &b.assessment).filter(|id| !id.is_empty());
        balance.for_each(|id| at.one("assessment", id, &assessments));
        entry.schedule1.iter().filter_map(|c| c.policy.as_ref()).for_each(|id| {
            at.one("policy document", id, &policies);
        });
    }
    for form in &register.part.form {
        at.at = format!("form `{}`", form.id);
        at.one("activity", &form.activity, &activities);
        let kinds: BTreeSet<String> = form.field.iter().map(|f| f.data.clone()).collect();
        kinds.iter().for_each(|id| at.one("kind of data", id, &data));
    }
}

/// Rules that a single entry must keep.
pub(super) fn rules(register: &Register) -> Vec<Fault> {
    let mut faults = Vec::new();
    periods(register, &mut faults);
    for rule in &register.part.retention {
        if let Err(e) = rule.rule.parse::<Rule>() {
            faults.push(Fault::blocking(
                format!("retention `{}`", rule.id),
                "Art 5(1)(e) UK GDPR",
                e.to_string(),
            ));
        }
    }
    recipients(register, &mut faults);
    assessments(register, &mut faults);
    gates(register, &mut faults);
    sections(register, &mut faults);
    forms(register, &mut faults);
    faults
}

/// Two entries with one id must not be in force on the same day.
fn periods(register: &Register, faults: &mut Vec<Fault>) {
    let activities = register.part.activity.iter().map(|e| ("activity", e.id.as_str(), e.from, e.until));
    let statements = register.part.statement.iter().map(|s| ("statement", s.id.as_str(), s.from, s.until));
    let all: Vec<_> = activities.chain(statements).collect();
    for (at, (kind, id, from, until)) in all.iter().enumerate() {
        let from = from.unwrap_or(register.head.from);
        if until.is_some_and(|u| u <= from) {
            faults.push(Fault::blocking(format!("{kind} `{id}`"), "", "it ends before it begins"));
        }
        let overlap = all.iter().skip(at + 1).any(|(k, i, f, u)| {
            let f = f.unwrap_or(register.head.from);
            k == kind && i == id && until.is_none_or(|until| f < until) && u.is_none_or(|u| from < u)
        });
        if overlap {
            let reason = "two entries with this id are in force on the same day: end one with `until`";
            faults.push(Fault::blocking(format!("{kind} `{id}`"), "", reason));
        }
    }
}

fn recipients(register: &Register, faults: &mut Vec<Fault>) {
    for recipient in &register.part.recipient {
        let agreement = recipient.agreement.as_deref().and_then(|id| register.agreement(id));
        let (wanted, provision) = match recipient.role {
            RecipientRole::Processor => (Some(AgreementKind::Processing), "Art 28(3) UK GDPR"),
            RecipientRole::JointController => (Some(AgreementKind::Joint), "Art 26(1) UK GDPR"),
            _ => (None, "Art 6 UK GDPR"),
        };
        let place = format!("recipient `{}`", recipient.id);
        if let Some(wanted) = wanted
            && agreement.is_none_or(|a| a.kind != wanted)
        {
            let reason = "it needs an agreement of its kind: name one, or do not send it anything";
            faults.push(Fault::blocking(place, provision, reason));
        } else if wanted.is_none() && agreement.is_none() && recipient.gateway.trim().is_empty() {
            let reason =
                "without an agreement, name the ground or statutory gateway on which it is given data";
            faults.push(Fault::blocking(place, provision, reason));
        }
    }
}

fn assessments(register: &Register, faults: &mut Vec<Fault>) {
    for assessment in &register.part.assessment {
        for step in assessment.steps.keys() {
            let known = step.parse::<Step>().is_ok_and(|s| assessment.kind.steps().contains(&s));
            if !known {
                let reason = format!("`{step}` is not a step of a {}", assessment.kind.label());
                faults.push(Fault::blocking(format!("assessment `{}`", assessment.id), "", reason));
            }
        }
    }
}

fn gates(register: &Register, faults: &mut Vec<Fault>) {
    for entry in &register.part.activity {
        let unknown =
            entry.schedule1.iter().flat_map(|c| c.gates.keys()).filter_map(|g| g.parse::<Gate>().err());
        faults.extend(
            unknown.map(|e| {
                Fault::blocking(format!("activity `{}`", entry.id), "Sch 1 DPA 2018", e.to_string())
            }),
        );
        if entry.controller.is_some() == entry.joint.is_some() {
            let reason = "name its controller or its joint arrangement: one of the two";
            faults.push(Fault::blocking(format!("activity `{}`", entry.id), "Arts 4(7), 26 UK GDPR", reason));
        }
    }
}

fn sections(register: &Register, faults: &mut Vec<Fault>) {
    for statement in &register.part.statement {
        let place = format!("statement `{}`", statement.id);
        if let Err(e) = statement.section.parse::<Section>() {
            faults.push(Fault::blocking(place.clone(), "", e.to_string()));
        }
        for layer in &statement.layers {
            if !["organisation", "office", "service", "child"].contains(&layer.as_str()) {
                let reason = format!("`{layer}` is not a layer: use organisation, office, service or child");
                faults.push(Fault::blocking(place.clone(), "", reason));
            }
        }
    }
}

/// A field may hold only what its activity declares (promise C7).
fn forms(register: &Register, faults: &mut Vec<Fault>) {
    for form in &register.part.form {
        let place = format!("form `{}`", form.id);
        let allowed: BTreeSet<&str> = register
            .part
            .activity
            .iter()
            .filter(|a| a.id == form.activity)
            .flat_map(|a| a.data.iter().map(String::as_str))
            .collect();
        for field in &form.field {
            if !allowed.contains(field.data.as_str()) {
                let reason = format!(
                    "the field `{}` holds `{}`, which activity `{}` does not collect",
                    field.name, field.data, form.activity
                );
                faults.push(Fault::blocking(place.clone(), "Art 5(1)(c) UK GDPR", reason));
            }
            if field.need.trim().is_empty() {
                let reason = format!("say why the field `{}` is needed", field.name);
                faults.push(Fault::blocking(place.clone(), "Art 5(1)(c) UK GDPR", reason));
            }
        }
        for name in twice(form.field.iter().map(|f| f.name.as_str())) {
            faults.push(Fault::blocking(place.clone(), "", format!("the field `{name}` stands twice")));
        }
    }
}
