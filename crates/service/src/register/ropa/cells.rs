//! The cells of the regulator's table. Each list has one item a line, so that [`super::import`] reads it back.

use counterfoil_domain::register::assessment::dpia_required as required;
use counterfoil_domain::register::bases::LawfulBasis;
use counterfoil_domain::register::schedule1::schedule1_condition;
use counterfoil_domain::rights::{Facts, Prospective, Question, Right, Verdict, applies};
use jiff::civil::Date;

use super::super::lawful::standing_of;
use super::super::model::{Entry, RecipientRole};
use super::super::{EACH_OFFICE, Register};
use super::{Kept, NOT_MEASURED};

/// Says that each office is its own controller.
pub(super) const EACH_FOR_ITSELF: &str = "none: each office is the controller of its own";

pub(super) fn lines(items: impl IntoIterator<Item = String>) -> String {
    items.into_iter().filter(|i| !i.is_empty()).collect::<Vec<_>>().join("\n")
}

pub(super) fn names<'a>(ids: &[String], name: impl Fn(&str) -> Option<&'a String>) -> String {
    lines(ids.iter().filter_map(|id| name(id).cloned()))
}

/// `Waste and recycling: Household collections [SVC-WASTE]`.
pub(super) fn function(register: &Register, entry: &Entry) -> String {
    let service = register.service(&entry.service).map_or("", |s| s.name.as_str());
    format!("{service}: {} [{}]", entry.name, entry.id)
}

pub(super) fn purpose(register: &Register, entry: &Entry) -> String {
    let names = entry.purposes.iter().filter_map(|id| register.purpose(id)).map(|p| p.name.clone());
    lines(std::iter::once(entry.why.clone()).chain(names))
}

pub(super) fn joint(register: &Register, entry: &Entry) -> String {
    if entry.controller.as_deref() == Some(EACH_OFFICE) {
        return EACH_FOR_ITSELF.to_owned();
    }
    let Some(joint) = entry.joint.as_deref().and_then(|id| register.joint(id)) else { return String::new() };
    let who = joint.controllers.iter().filter_map(|id| register.controller(id));
    let who = who.map(|c| format!("{}, {}", c.name, c.email));
    lines(std::iter::once(format!("{} [{}]", joint.name, joint.id)).chain(who))
}

fn processors<'a>(
    register: &'a Register,
    entry: &'a Entry,
) -> impl Iterator<Item = &'a super::super::model::Recipient> {
    entry
        .recipients
        .iter()
        .filter_map(|id| register.recipient(id))
        .filter(|r| r.role == RecipientRole::Processor)
}

pub(super) fn contracts(register: &Register, entry: &Entry) -> String {
    lines(
        processors(register, entry)
            .filter_map(|r| register.agreement(r.agreement.as_deref()?))
            .map(|a| a.reference.clone()),
    )
}

fn abroad<'a>(
    register: &'a Register,
    entry: &'a Entry,
) -> impl Iterator<Item = &'a super::super::model::Recipient> {
    entry.recipients.iter().filter_map(|id| register.recipient(id)).filter(|r| r.country != "GB")
}

pub(super) fn countries(register: &Register, entry: &Entry) -> String {
    let mut found: Vec<String> = abroad(register, entry).map(|r| r.country.clone()).collect();
    let systems = entry.systems.iter().filter_map(|id| register.system(id));
    found.extend(systems.filter(|s| s.country != "GB").map(|s| s.country.clone()));
    found.sort();
    found.dedup();
    lines(found)
}

pub(super) fn safeguards(register: &Register, entry: &Entry) -> String {
    lines(abroad(register, entry).filter_map(|r| {
        let t = r.transfer.as_ref()?;
        let within = if t.within.is_empty() { String::new() } else { format!(", {}", t.within) };
        Some(format!("{}: {} ({}){within}", r.country, t.mechanism.label(), t.mechanism.provision()))
    }))
}

pub(super) fn retention(register: &Register, entry: &Entry) -> String {
    lines(entry.retention.iter().filter_map(|id| register.retention(id)).map(|r| {
        let mark = if r.verified { "" } else { " (not verified)" };
        format!("{}: {} [{}]{mark}", r.record, r.says, r.id)
    }))
}

pub(super) fn bases(entry: &Entry) -> String {
    lines(entry.bases.iter().map(|b| {
        let back = if b.withdrawal.is_empty() {
            String::new()
        } else {
            format!(" | withdrawn by: {}", b.withdrawal)
        };
        format!("{} ({}): {}{back}", b.basis.label(), b.basis.provision(), b.says)
    }))
}

pub(super) fn basis_names(entry: &Entry) -> String {
    lines(entry.bases.iter().map(|b| format!("{} ({})", b.basis.label(), b.basis.provision())))
}

pub(super) fn conditions(entry: &Entry) -> String {
    lines(entry.art9.iter().map(|a| format!("{} ({})", a.label(), a.provision())))
}

pub(super) fn interests(entry: &Entry) -> String {
    let weighed = entry.bases.iter().filter(|b| b.basis == LawfulBasis::LegitimateInterests);
    let recognised = entry.bases.iter().filter_map(|b| b.annex1);
    lines(
        weighed
            .map(|b| b.says.clone())
            .chain(recognised.map(|a| format!("recognised: {} ({})", a.label(), a.provision()))),
    )
}

pub(super) fn balances(entry: &Entry) -> String {
    lines(entry.bases.iter().map(|b| b.assessment.clone()))
}

/// The rights that apply on at least one of the bases, with a mark where not on all.
pub(crate) fn rights_of(register: &Register, entry: &Entry, on: Date) -> Vec<(Right, Verdict)> {
    let mut facts = Facts::none();
    let public = counterfoil_domain::register::bases::acts_as_public_authority(
        register.kind_of_controller(entry),
        entry.own_tasks,
    );
    facts = facts.with(counterfoil_domain::rights::Condition::PublicAuthority, public);
    Right::ALL
        .iter()
        .filter_map(|right| {
            let verdicts: Vec<Verdict> = entry
                .bases
                .iter()
                .filter_map(|b| {
                    let q = Question {
                        right: *right,
                        basis: b.basis,
                        facts: &facts,
                        on,
                        prospective: Prospective::default(),
                    };
                    applies(&q).ok().map(|a| a.verdict)
                })
                .collect();
            counterfoil_domain::rights::across(&verdicts).map(|v| (*right, v))
        })
        .filter(|(_, v)| *v != Verdict::DoesNotApply)
        .collect()
}

pub(super) fn rights(register: &Register, entry: &Entry, on: Date) -> String {
    lines(rights_of(register, entry, on).into_iter().map(|(right, verdict)| {
        let part = if verdict == Verdict::AppliesInPart { ", in part" } else { "" };
        format!("{} ({}){part}", right.label(), right.provision())
    }))
}

pub(super) fn automated(entry: &Entry) -> String {
    let Some(a) = &entry.automated else { return "none".to_owned() };
    let who = if a.solely { "a computer alone" } else { "a person" };
    lines([
        format!("What: {}", a.what),
        format!("Logic: {}", a.logic),
        format!("Effect: {}", a.effect),
        format!("Decided by: {who}"),
    ])
}

pub(super) fn consents(entry: &Entry) -> String {
    lines(entry.bases.iter().filter(|b| b.basis == LawfulBasis::Consent).map(|b| b.says.clone()))
}

pub(super) fn dpia_required(entry: &Entry) -> String {
    let answer = if required(&entry.features) { "yes" } else { "no" };
    lines(std::iter::once(answer.to_owned()).chain(entry.features.iter().map(|f| f.label().to_owned())))
}

pub(super) fn dpia_progress(register: &Register, entry: &Entry, on: Date) -> String {
    entry
        .dpia
        .as_deref()
        .and_then(|id| register.assessment(id))
        .map(|a| {
            let done = a.completed.map_or_else(String::new, |d| format!(", completed {d}"));
            format!("{}{done}, review {}", standing_of(a, on).code(), a.review)
        })
        .unwrap_or_default()
}

/// Stands for processing under the control of official authority.
pub(super) const OFFICIAL: &str = "criminal data under the control of official authority (Art 10(1) UK GDPR)";

pub(super) fn schedule1(entry: &Entry) -> String {
    let official = entry.official_authority.then(|| OFFICIAL.to_owned());
    let claims = entry.schedule1.iter().map(|c| {
        let name = schedule1_condition(&c.paragraph).map_or("", |s| s.name);
        format!("Sch 1 para {}: {name}", c.paragraph)
    });
    lines(official.into_iter().chain(claims))
}

pub(super) fn policies(entry: &Entry) -> String {
    lines(entry.schedule1.iter().map(|c| c.policy.clone().unwrap_or_default()))
}

pub(super) fn kept(measured: Option<&Kept>) -> [String; 2] {
    match measured {
        None => [NOT_MEASURED.to_owned(), NOT_MEASURED.to_owned()],
        Some(Kept::Followed) => ["yes".to_owned(), String::new()],
        Some(Kept::NotFollowed { overdue, reasons }) => {
            [format!("no: {overdue} past their time"), lines(reasons.iter().cloned())]
        }
    }
}

pub(super) fn breaches(measured: Option<&[String]>) -> [String; 2] {
    match measured {
        None => [NOT_MEASURED.to_owned(), NOT_MEASURED.to_owned()],
        Some([]) => ["no".to_owned(), String::new()],
        Some(all) => ["yes".to_owned(), lines(all.iter().cloned())],
    }
}
