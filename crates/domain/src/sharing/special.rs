//! Whether special-category data may be recorded under an issue (promises N22, N23).

use super::check::{Missing, missing};
use crate::register::issues::{IssueArea, IssueCondition, issue_condition};
use crate::register::special::Art9;

/// An activity in force, as far as special-category data go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footing {
    /// The conditions of Art 9(2) that it names.
    pub art9: Vec<Art9>,
    /// The paragraphs of Sch 1 DPA 2018 that it names, and whether each has its policy document.
    pub schedule1: Vec<(String, bool)>,
}

/// The first level of an issue code: `debt.council-tax` is of the area `debt`.
#[must_use]
pub fn area_of(issue: &str) -> Option<IssueArea> {
    let first = issue.split(['.', '/', ' ']).next().unwrap_or(issue);
    first.parse().ok()
}

/// The condition on which special-category data under this issue code may be recorded: the area's own, provided
/// that an activity in force names it, with its policy document where it needs one.
///
/// # Errors
/// The code is of no area, or no activity names the area's condition.
pub fn condition_for(issue: &str, activities: &[Footing]) -> Result<IssueCondition, Missing> {
    let Some(area) = area_of(issue) else {
        let known: Vec<&str> = IssueArea::ALL.iter().map(|a| a.code()).collect();
        let reason = format!(
            "`{issue}` is of no area of advice, so it has no special-category condition: begin the code with one of {}",
            known.join(", ")
        );
        return Err(missing("no-area", "issue", reason));
    };
    let wanted = issue_condition(area);
    if activities.iter().any(|a| carries(a, &wanted)) {
        return Ok(wanted);
    }
    let document = wanted.schedule1.map(|p| format!(", Sch 1 para {p} DPA 2018 and its policy document"));
    let reason = format!(
        "no activity in force has the condition that `{issue}` rests on ({}{}): information governance adds it to the register first",
        wanted.art9.provision(),
        document.unwrap_or_default()
    );
    Err(missing("no-condition", "issue", reason))
}

fn carries(activity: &Footing, wanted: &IssueCondition) -> bool {
    let paragraph = |needed: &str| activity.schedule1.iter().any(|(p, policy)| p == needed && *policy);
    activity.art9.contains(&wanted.art9) && wanted.schedule1.is_none_or(paragraph)
}
