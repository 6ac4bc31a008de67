//! Collecting no more than is needed: declared fields only, special-category data only under a condition, and a
//! nudge where free text holds what it should not (promises C7, N22, N23).

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::PersonId;
use counterfoil_domain::register::issues::IssueCondition;
use counterfoil_domain::register::special::SpecialCategory;
use counterfoil_domain::sharing::Missing;
use counterfoil_domain::sharing::fields::undeclared;
use counterfoil_domain::sharing::nudge::{Nudge, NudgeKind, nudges, unanswered};
use counterfoil_domain::sharing::special::{Footing, area_of, condition_for};
use counterfoil_domain::vocabulary::UnknownWord;
use counterfoil_store::{Permit, Record, StoreError, Terms, Tx};

use jiff::civil::Date;

use super::facts::{Facts, fields_of};
use super::{refused, told};
use crate::error::{Result, ServiceError};
use crate::register::Register;
use crate::register::model::{ConditionEntry, Entry, SystemKind};
use crate::rights::Desk;

type Stored<T> = std::result::Result<T, StoreError>;

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
    Ok(condition_in(&Facts::of(desk)?, issue))
}

fn condition_in(facts: &Facts, issue: &str) -> std::result::Result<IssueCondition, Missing> {
    condition_on(facts.register.as_ref(), facts.on, issue)
}

/// The condition of an issue by the register of a day.
pub(crate) fn condition_on(
    register: Option<&Register>,
    on: Date,
    issue: &str,
) -> std::result::Result<IssueCondition, Missing> {
    let Some(register) = register else { return condition_for(issue, &[]) };
    let held = |a: &&Entry| {
        a.systems.iter().any(|s| register.system(s).is_some_and(|s| s.kind == SystemKind::Casebook))
    };
    let activities = Facts::activities_for(register, on, issue).into_iter().filter(held);
    let footings: Vec<Footing> = activities.map(|a| footing(register, a)).collect();
    condition_for(issue, &footings)
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
        let permit = tx.permit(Record::Person, person, &attempt(issue))?;
        turned_away(tx, &permit, issue, &gap)
    })?;
    Err(refused(&[gap]))
}

fn attempt(issue: &str) -> Terms {
    let detail = serde_json::json!({ "sharing": "special-category data", "issue": issue });
    Terms { detail, ..Terms::default() }
}

/// Writes down that special-category data was not recorded for want of a condition.
fn turned_away(tx: &mut Tx<'_>, permit: &Permit, issue: &str, gap: &Missing) -> Stored<()> {
    let object = (PersonId::PREFIX, *permit.person().as_bytes());
    tx.count_minimised("refused", area(issue), gap.code)?;
    tx.note_refused(permit, object, gap.code, &told(std::slice::from_ref(gap)))
}

fn area(issue: &str) -> &'static str {
    area_of(issue).map_or("none", |a| a.code())
}

/// What a worker says of what they write: the special categories in it, and why something stays that was pointed out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Care {
    /// The special categories, by their codes.
    pub special: Vec<String>,
    /// Why it stays.
    pub because: String,
}

/// A text that is about to be kept, with what it is held against.
pub(crate) struct Careful<'a> {
    text: &'a str,
    special: Vec<SpecialCategory>,
    because: &'a str,
    facts: Option<Facts>,
}

impl<'a> Careful<'a> {
    /// Reads what the worker says; the register only where it is needed.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] for a category that there is not; a register that cannot be read.
    pub(crate) fn new(desk: &Desk<'_>, text: &'a str, special: &[String], because: &'a str) -> Result<Self> {
        let special = special
            .iter()
            .map(|code| code.parse().map_err(|e: UnknownWord| ServiceError::Invalid(e.to_string())))
            .collect::<Result<Vec<SpecialCategory>>>()?;
        let facts = if special.is_empty() { None } else { Some(Facts::of(desk)?) };
        Ok(Self { text, special, because, facts })
    }

    /// Holds the text against the rules, in the act that is to keep it: the inner error is for the worker, and the act
    /// commits with it, so that what was refused is on record.
    ///
    /// # Errors
    /// What the database answers.
    pub(crate) fn hold(
        &self,
        tx: &mut Tx<'_>,
        permit: &Permit,
        issue: &str,
    ) -> Stored<std::result::Result<(), ServiceError>> {
        let found = nudges(self.text, issue);
        let says_health = self.special.contains(&SpecialCategory::Health);
        let open = unanswered(&found, says_health, self.because);
        if !open.is_empty() {
            return Ok(Err(pointed_out(&open)));
        }
        if let Some(facts) = &self.facts {
            match condition_in(facts, issue) {
                Ok(condition) => tx.count_minimised("recorded", area(issue), condition.art9.code())?,
                Err(gap) => {
                    turned_away(tx, permit, issue, &gap)?;
                    return Ok(Err(refused(&[gap])));
                }
            }
        }
        if found.iter().any(|n| !(says_health && n.kind == NudgeKind::Health)) {
            tx.count_minimised("kept", area(issue), "")?;
        }
        Ok(Ok(()))
    }
}

/// What was found, once for each kind, with what to do. It repeats nothing of the text.
fn pointed_out(open: &[Nudge]) -> ServiceError {
    let mut kinds: Vec<NudgeKind> = open.iter().map(|n| n.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let lines: Vec<String> =
        kinds.iter().map(|k| format!("this holds {}. {}", k.label(), k.advice())).collect();
    ServiceError::Invalid(format!("{} Or say below why it has to stay.", lines.join(" ")))
}

/// What a text holds that it should not, with where and what to do: shown while it is written, refusing nothing.
#[must_use]
pub fn look_over(text: &str, issue: &str) -> Vec<(Nudge, &'static str)> {
    nudges(text, issue).into_iter().map(|n| (n, n.kind.advice())).collect()
}
