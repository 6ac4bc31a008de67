//! What was found out about a request, and whether the right applies (promise N24): from the lawful bases of the
//! activities, the record, and what the officer answers.

use std::collections::BTreeMap;

use counterfoil_domain::access::Verb;
use counterfoil_domain::register::bases::{ControllerKind, LawfulBasis};
use counterfoil_domain::register::special::Art9;
use counterfoil_domain::rights::deciding::asked_about;
use counterfoil_domain::rights::{
    Answer, Condition, Effect, Facts, Prospective, Question, Right, Verdict, across, applies,
};
use counterfoil_store::Terms;
pub use counterfoil_store::rights::other::texts::{DecisionText, FactText};
use counterfoil_store::rights::other::texts::{JudgedText, ReasonText};
use counterfoil_store::rights::requests::Request;
use jiff::civil::Date;
use serde::Serialize;

use super::super::Desk;
use super::{lines, opened, unanswered};
use crate::error::{Result, ServiceError};
use crate::register::model::{Entry, SystemKind};
use crate::register::{Register, keep};

/// One condition that an officer is asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// Its code.
    pub code: &'static str,
    /// What it says.
    pub label: &'static str,
    /// The answer, if there is one.
    pub holds: Option<bool>,
    /// Whether the answer would settle whether the right applies.
    pub open: bool,
}

/// An activity of the register that the request may be about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Touching {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it counts.
    pub chosen: bool,
    /// The purposes of the gate that serve it, which an objection can stop.
    pub purposes: Vec<&'static str>,
}

/// Whether the right applies, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Applicability {
    /// The right.
    pub right: String,
    /// `applies`, `applies-in-part` or `does-not-apply`; none without an activity.
    pub verdict: Option<&'static str>,
    /// One line for each lawful basis.
    pub lines: Vec<Judged>,
    /// What is asked of the officer.
    pub asked: Vec<Asked>,
    /// The activities: those chosen, and the others that could be.
    pub activities: Vec<Touching>,
    /// How the answers were found.
    pub note: String,
}

/// How the right stands for the activities of one basis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// The activities, by name.
    pub activities: Vec<String>,
    /// The basis, in words with its provision.
    pub basis: String,
    /// The verdict.
    pub verdict: &'static str,
    /// Why: effect, provision, words for staff, words for the person.
    pub reasons: Vec<(&'static str, &'static str, &'static str, &'static str)>,
}

impl Judged {
    pub(super) fn kept(&self) -> JudgedText {
        JudgedText {
            activities: self.activities.clone(),
            basis: self.basis.clone(),
            verdict: self.verdict.to_owned(),
            reasons: self
                .reasons
                .iter()
                .map(|(effect, provision, staff, person)| ReasonText {
                    effect: (*effect).to_owned(),
                    provision: (*provision).to_owned(),
                    staff: (*staff).to_owned(),
                    person: (*person).to_owned(),
                })
                .collect(),
        }
    }
}

/// Keeps what was found out. An answer that is left out counts as not known.
///
/// # Errors
/// [`ServiceError::Invalid`] for an unknown condition or activity; a refusal of the gate.
pub fn note(desk: &Desk<'_>, reference: &str, found: &FactText) -> Result<()> {
    unanswered(desk, reference)?;
    for code in found.facts.keys() {
        code.parse::<Condition>().map_err(|e| ServiceError::Invalid(e.to_string()))?;
    }
    if let Some(register) = keep::current(desk.store, desk.controller())? {
        for id in &found.activities {
            if !register.part.activity.iter().any(|a| a.id == *id) {
                return Err(ServiceError::Invalid(format!("`{id}` is not an activity of the register")));
            }
        }
    }
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        tx.add_line(request, "found", None, found).map(|_| ())
    })
}

/// Whether the right applies to a request, as things stand.
///
/// # Errors
/// A refusal of the gate; a register that cannot be read.
pub fn applicability(desk: &Desk<'_>, reference: &str) -> Result<Applicability> {
    let request = opened(desk, reference)?;
    let found = lines::<FactText>(desk, reference)?.pop().map(|l| l.text).unwrap_or_default();
    judge(desk, &request, &found).map(|(applicability, _)| applicability)
}

/// The same, with the facts as the rules need them.
pub(super) fn judge(desk: &Desk<'_>, request: &Request, found: &FactText) -> Result<(Applicability, Facts)> {
    let right: Right = request
        .right
        .parse()
        .map_err(|_| ServiceError::Invalid(format!("`{}` is not a right", request.right)))?;
    let answered = officers(found);
    let register = keep::current(desk.store, desk.controller())?;
    let mut groups: Vec<Group> = Vec::new();
    let mut activities = Vec::new();
    if let Some(register) = &register {
        let on = request.received_on.max(register.head.from);
        for entry in register.activities(on) {
            let chosen = if found.activities.is_empty() {
                uses_casebook(register, entry)
            } else {
                found.activities.contains(&entry.id)
            };
            activities.push(Touching {
                id: entry.id.clone(),
                name: entry.name.clone(),
                chosen,
                purposes: gate_purposes(register, entry),
            });
            if chosen {
                bases(register, entry, right, request.received_on, &answered, &mut groups)?;
            }
        }
    }
    activities.sort_by_key(|a| (!a.chosen, a.name.clone()));
    let open: Vec<Condition> = groups.iter().flat_map(|g| g.answer.open.iter().copied()).collect();
    let verdicts: Vec<Verdict> = groups.iter().map(|g| g.answer.verdict).collect();
    let applicability = Applicability {
        right: request.right.clone(),
        verdict: across(&verdicts).map(Verdict::code),
        lines: groups.into_iter().map(Group::judged).collect(),
        asked: asked_about(right)
            .iter()
            .map(|c| Asked {
                code: c.code(),
                label: c.label(),
                holds: found.facts.get(c.code()).copied(),
                open: open.contains(c),
            })
            .collect(),
        activities,
        note: found.note.clone(),
    };
    Ok((applicability, answered))
}

/// Activities of one basis for which the right stands alike.
struct Group {
    basis: LawfulBasis,
    activities: Vec<String>,
    answer: Answer,
}

impl Group {
    fn judged(self) -> Judged {
        let words = |e: Effect| e.code();
        Judged {
            activities: self.activities,
            basis: format!("{} ({})", self.basis.label(), self.basis.provision()),
            verdict: self.answer.verdict.code(),
            reasons: self
                .answer
                .reasons
                .iter()
                .map(|r| (words(r.effect), r.provision, r.staff, r.person))
                .collect(),
        }
    }
}

fn bases(
    register: &Register,
    entry: &Entry,
    right: Right,
    on: Date,
    answered: &Facts,
    groups: &mut Vec<Group>,
) -> Result<()> {
    let facts = known(register, entry, answered);
    for basis in &entry.bases {
        let question =
            Question { right, basis: basis.basis, facts: &facts, on, prospective: Prospective::default() };
        // A basis that did not exist on the day of receipt carried nothing on that day.
        let Ok(answer) = applies(&question) else { continue };
        match groups.iter_mut().find(|g| g.basis == basis.basis && g.answer == answer) {
            Some(group) => group.activities.push(entry.name.clone()),
            None => {
                groups.push(Group { basis: basis.basis, activities: vec![entry.name.clone()], answer });
            }
        }
    }
    Ok(())
}

/// What the register says by itself; what the officer answers goes before it.
fn known(register: &Register, entry: &Entry, answered: &Facts) -> Facts {
    let public = register.kind_of_controller(entry) == ControllerKind::PublicAuthority;
    let alone = entry.automated.as_ref().is_some_and(|a| a.solely);
    let mut facts = Facts::none()
        .with(Condition::PublicAuthority, public && entry.own_tasks)
        .with(Condition::Automated, uses_casebook(register, entry))
        .with(Condition::SpecialCategory, !entry.art9.is_empty())
        .with(Condition::ExplicitConsent, entry.art9.contains(&Art9::ExplicitConsent))
        .with(Condition::SolelyAutomated, alone);
    for (condition, holds) in answered.iter() {
        facts = facts.with(condition, holds);
    }
    facts
}

fn officers(found: &FactText) -> Facts {
    let known: BTreeMap<Condition, bool> =
        found.facts.iter().filter_map(|(code, holds)| Some((code.parse().ok()?, *holds))).collect();
    known.into_iter().fold(Facts::none(), |facts, (condition, holds)| facts.with(condition, holds))
}

fn uses_casebook(register: &Register, entry: &Entry) -> bool {
    entry.systems.iter().any(|s| register.system(s).is_some_and(|s| s.kind == SystemKind::Casebook))
}

/// The purposes of the gate that serve an activity. What is a duty of law towards the person cannot be stopped.
pub(super) fn gate_purposes(register: &Register, entry: &Entry) -> Vec<&'static str> {
    use counterfoil_domain::access::{Purpose, PurposeSet};
    let duties = [
        Purpose::RightsRequest,
        Purpose::Incident,
        Purpose::Assurance,
        Purpose::Disposal,
        Purpose::Administration,
    ];
    let all: PurposeSet = entry
        .purposes
        .iter()
        .filter_map(|p| register.purpose(p))
        .flat_map(|p| p.gate.iter().copied())
        .filter(|p| !duties.contains(p))
        .collect();
    all.iter().map(Purpose::as_str).collect()
}
