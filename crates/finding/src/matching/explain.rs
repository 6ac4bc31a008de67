//! Why a pair has its score: a waterfall of log2 Bayes factors.

use serde::Serialize;

use super::compare::Grades;
use super::levels::levels;
use super::model::{Model, Step, probability};
use super::normal::Value;
use super::table::View;

/// One bar of the waterfall.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bar {
    /// The column, or `prior`, or `shared home or area`.
    pub field: String,
    /// How far the values agree.
    pub level: String,
    /// log2 of the Bayes factor: what this adds to (or takes from) the weight.
    pub weight: f64,
    /// The part of `weight` that comes from the value being rare or common.
    pub rarity: f64,
    /// The two values as they were compared.
    pub values: Option<(String, String)>,
}

/// The score of a pair and what it is made of.
///
/// INVARIANT: `weight` is the sum of the bars' weights, and `probability` follows from `weight`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// log2 of the odds that the two records are one person.
    pub weight: f64,
    /// The same as a probability, 0 to 1.
    pub probability: f64,
    /// In the order of the columns, between the prior and what is taken off for homes and areas.
    pub bars: Vec<Bar>,
}

fn plain(field: &str, level: &str, weight: f64) -> Bar {
    Bar { field: field.into(), level: level.into(), weight, rarity: 0.0, values: None }
}

fn bar(name: &str, level: &str, step: Step, a: Option<&Value>, b: Option<&Value>) -> Bar {
    let values = a.zip(b).map(|(a, b)| (a.text.to_string(), b.text.to_string()));
    Bar {
        field: name.into(),
        level: level.into(),
        weight: step.level + step.rarity,
        rarity: step.rarity,
        values,
    }
}

pub(super) fn explain(model: &Model, grades: &Grades, a: &View<'_>, b: &View<'_>) -> Explanation {
    let evidence = model.evidence(grades, a);
    let mut bars = vec![plain("prior", "any two records", model.start())];
    for (((field, step), x), y) in model.steps(grades, a).zip(a).zip(b) {
        let level = levels(field.kind).get(usize::from(step.grade)).map_or("", |l| l.name);
        bars.push(bar(&field.name, level, step, *x, *y));
    }
    bars.push(plain("shared home or area", "others agree in this too", model.shared(&evidence)));
    let weight = model.weight(&evidence);
    Explanation { weight, probability: probability(weight), bars }
}
