//! Collecting no more than is needed: declared fields only, special-category data only under a condition, and a
//! nudge where free text holds what it should not (promises C7, N22, N23).

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::PersonId;
use counterfoil_domain::register::issues::IssueCondition;
use counterfoil_domain::sharing::Missing;
use counterfoil_domain::sharing::fields::undeclared;
use counterfoil_domain::sharing::nudge::{Nudge, nudges};
use counterfoil_domain::sharing::special::{Footing, condition_for};
use counterfoil_store::{Record, Terms};

use super::facts::{Facts, fields_of};
use super::{refused, told};
use crate::error::Result;
use crate::register::Register;
use crate::register::model::{ConditionEntry, Entry, SystemKind};
use crate::rights::Desk;

/// Refuses what a form or record type does not declare.
///
/// # Errors
/// [`crate::ServiceError::Unlawful`] naming each undeclared field and the form.
pub fn only_declared(desk: &Desk<'_>, form: &str, given: &[String]) -> Result<()> {
    let facts = Facts::of(desk)?;
    let declared = facts.register.as_ref().map(|r| fields_of(r, |id| id == form)).unwrap_or_default();
    let gaps: Vec<Missing> = undeclared(&declared, given)
        .into_iter()
        .map(|name| Missing {
            code: "undeclared-field",
            field: name.to_owned(),
            reason: format!(
                "the form `{form}` does not declare `{name}`: leave it out, or declare it with its need"
            ),
        })
        .collect();
    if gaps.is_empty() { Ok(()) } else { Err(refused(&gaps)) }
}

/// The condition on which special-category data may be recorded under an issue code; the inner error says why not.
///
/// # Errors
/// A register that cannot be read.
pub fn special_condition(
    desk: &Desk<'_>,
    issue: &str,
) -> Result<std::result::Result<IssueCondition, Missing>> {
    let facts = Facts::of(desk)?;
    let Some(register) = &facts.register else { return Ok(condition_for(issue, &[])) };
    let held = |a: &&Entry| {
        a.systems.iter().any(|s| register.system(s).is_some_and(|s| s.kind == SystemKind::Casebook))
    };
    let activities = facts.activities_for(register, issue).into_iter().filter(held);
    let footings: Vec<Footing> = activities.map(|a| footing(register, a)).collect();
    Ok(condition_for(issue, &footings))
}

fn footing(register: &Register, activity: &Entry) -> Footing {
    let condition = |c: &ConditionEntry| {
        let document = c.policy.as_deref().is_some_and(|p| register.policy(p).is_some());
        (c.paragraph.clone(), document)
    };
    Footing { art9: activity.art9.clone(), schedule1: activity.schedule1.iter().map(condition).collect() }
}

/// Asks whether special-category data may be recorded about a person under an issue, before it is. A refusal is
/// written in the log of the person's record.
///
/// # Errors
/// [`crate::ServiceError::Unlawful`] with what would mend it; a refusal of the gate.
pub fn may_record_special(desk: &Desk<'_>, person: PersonId, issue: &str) -> Result<IssueCondition> {
    let gap = match special_condition(desk, issue)? {
        Ok(condition) => return Ok(condition),
        Err(gap) => gap,
    };
    desk.store.act(desk.who, Verb::RecordEdit, Purpose::ServiceDelivery, |tx| {
        let detail = serde_json::json!({ "sharing": "special-category data", "issue": issue });
        let permit = tx.permit(Record::Person, person, &Terms { detail, ..Terms::default() })?;
        let object = (PersonId::PREFIX, *person.as_bytes());
        tx.note_refused(&permit, object, gap.code, &told(std::slice::from_ref(&gap)))
    })?;
    Err(refused(&[gap]))
}

/// What a text holds that it should not, with where and what to do: shown while it is written, refusing nothing.
#[must_use]
pub fn look_over(text: &str, issue: &str) -> Vec<(Nudge, &'static str)> {
    nudges(text, issue).into_iter().map(|n| (n, n.kind.advice())).collect()
}
