//! Which data is erased and how: by hand, or from a policy in the public Fides format.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::Spanned;

use crate::category;
use crate::dataset::raw::RawMasking;
use crate::dataset::{Problems, yaml};
use crate::mask::Strategy;

/// Categories of data and how they are masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The categories; all that lie below them are meant.
    pub targets: Vec<String>,
    /// How.
    pub strategy: Strategy,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "keys that describe and change nothing are known, so that others are refused")]
struct RawPolicy {
    name: Option<IgnoredAny>,
    key: Option<IgnoredAny>,
    execution_timeframe: Option<IgnoredAny>,
    drp_action: Option<IgnoredAny>,
    rules: Vec<RawRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "keys that describe and change nothing are known, so that others are refused")]
struct RawRule {
    name: Option<IgnoredAny>,
    key: Option<IgnoredAny>,
    storage_destination_key: Option<IgnoredAny>,
    action_type: Spanned<String>,
    masking_strategy: Option<RawMasking>,
    targets: Vec<RawTarget>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "keys that describe and change nothing are known, so that others are refused")]
struct RawTarget {
    name: Option<IgnoredAny>,
    key: Option<IgnoredAny>,
    data_category: Spanned<String>,
}

/// Reads the erasure rules of a policy (YAML or JSON).
///
/// # Errors
/// Everything that is wrong with it, by line: an unknown key or strategy, an erasure rule without a
/// strategy, a category that lies below another one, no erasure rule at all.
pub fn parse(text: &str) -> Result<Vec<Rule>, Problems> {
    let raw: RawPolicy = yaml(text)?;
    let mut problems = Problems::default();
    let mut rules = Vec::new();
    let mut named: Vec<&Spanned<String>> = Vec::new();
    for rule in raw.rules.iter().filter(|r| r.action_type.value == "erasure") {
        let line = rule.action_type.referenced.line();
        match rule.masking_strategy.as_ref().map(Strategy::read) {
            None => problems.add("no-strategy", line, "an erasure rule needs a masking_strategy"),
            Some(Err(message)) => problems.add("unknown-strategy", line, message),
            Some(Ok(strategy)) => {
                let targets = rule.targets.iter().map(|t| t.data_category.value.clone()).collect();
                rules.push(Rule { targets, strategy });
            }
        }
        named.extend(rule.targets.iter().map(|t| &t.data_category));
    }
    check_targets(&named, &mut problems);
    if rules.is_empty() && problems.0.is_empty() {
        problems.add("no-rule", 0, "the policy has no rule with `action_type: erasure` and a target");
    }
    if problems.0.is_empty() { Ok(rules) } else { Err(problems) }
}

fn check_targets(named: &[&Spanned<String>], problems: &mut Problems) {
    for (at, target) in named.iter().enumerate() {
        let line = target.referenced.line();
        if !category::is_well_formed(&target.value) {
            problems.add("bad-category", line, format!("`{}` is no data category", target.value));
        }
        let above =
            named.iter().enumerate().find(|(n, t)| *n != at && category::covers(&t.value, &target.value));
        if let Some((_, above)) = above {
            let message =
                format!("`{}` is covered by the target `{}`: name one of them", target.value, above.value);
            problems.add("overlapping-targets", line, message);
        }
    }
}
