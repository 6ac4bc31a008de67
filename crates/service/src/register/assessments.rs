//! The assessments of a register, and where each stands.

use counterfoil_domain::register::assessment::Standing;
use jiff::civil::Date;
use serde::Serialize;

use super::Register;
use super::lawful::standing_of;

/// One assessment as it stands on a day.
#[derive(Debug, Clone, Serialize)]
pub struct AssessmentLine {
    /// Its id.
    pub id: String,
    /// Its kind, in words.
    pub kind: &'static str,
    /// What it is about.
    pub name: String,
    /// Who answers for it.
    pub owner: String,
    /// `incomplete`, `current` or `review-due`.
    pub standing: &'static str,
    /// When it is to be reviewed.
    pub review: String,
    /// The steps that have no answer.
    pub open_steps: Vec<&'static str>,
    /// The outcome.
    pub outcome: String,
    /// The activities and recipients that rest on it: blocked when it is incomplete.
    pub holds: Vec<String>,
}

/// Every assessment, those that need work first.
#[must_use]
pub fn list(register: &Register, on: Date) -> Vec<AssessmentLine> {
    let mut lines: Vec<AssessmentLine> = register
        .part
        .assessment
        .iter()
        .map(|a| {
            let answered = a.answered();
            let open = a.kind.steps().iter().filter(|s| !answered.contains(s)).map(|s| s.label()).collect();
            AssessmentLine {
                id: a.id.clone(),
                kind: a.kind.label(),
                name: a.name.clone(),
                owner: a.owner.clone(),
                standing: standing_of(a, on).code(),
                review: a.review.to_string(),
                open_steps: open,
                outcome: a.outcome.clone(),
                holds: holds(register, &a.id, on),
            }
        })
        .collect();
    let urgency = |line: &AssessmentLine| match line.standing {
        s if s == Standing::Incomplete.code() => 0,
        s if s == Standing::Current.code() => 2,
        _ => 1,
    };
    lines.sort_by(|a, b| (urgency(a), &a.review, &a.id).cmp(&(urgency(b), &b.review, &b.id)));
    lines
}

/// Whether an assessment is there and complete; one whose review is due still counts.
#[must_use]
pub(crate) fn is_complete(register: &Register, id: &str, on: Date) -> bool {
    register.assessment(id).is_some_and(|a| standing_of(a, on) != Standing::Incomplete)
}

fn holds(register: &Register, id: &str, on: Date) -> Vec<String> {
    let activities = register
        .activities(on)
        .filter(|e| e.dpia.as_deref() == Some(id) || e.bases.iter().any(|b| b.assessment == id))
        .map(|e| e.id.clone());
    let recipients = register
        .part
        .recipient
        .iter()
        .filter(|r| {
            let agreed = r.agreement.as_deref().and_then(|a| register.agreement(a));
            agreed.is_some_and(|a| a.needs_assessment.as_deref() == Some(id))
                || r.transfer.as_ref().is_some_and(|t| t.assessment.as_deref() == Some(id))
        })
        .map(|r| r.id.clone());
    activities.chain(recipients).collect()
}
