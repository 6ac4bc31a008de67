//! The Fellegi-Sunter model: chances of each level among matches (m) and others (u), and what a pair is
//! worth by them.
//!
//! Beside "the same person" and "two strangers" a pair may be *two people of one home* or *of one area*: they
//! share address, postcode, telephone and often surname. Counting each of these as independent evidence
//! would make one person of a family. The score therefore weighs a match against all three.

use super::compare::{Grade, Grades};
use super::fields::Kind;
use super::levels::{Level, levels};
use super::normal::Value;
use super::table::{Table, View};

/// One column of the model.
#[derive(Debug, Clone)]
pub(super) struct FieldModel {
    pub name: String,
    pub kind: Kind,
    /// Chance of each level between two records of one person; they sum to 1, leaving out "missing".
    pub m: Vec<f64>,
    /// Chance of each level between two records drawn at random.
    pub u: Vec<f64>,
}

impl FieldModel {
    pub fn prior(name: &str, kind: Kind) -> Self {
        let table = levels(kind);
        let column = |chance: fn(&Level) -> f64| table.iter().map(chance).collect();
        Self { name: name.to_owned(), kind, m: column(|l| l.m), u: column(|l| l.u) }
    }

    /// log2 of the Bayes factor of a level, not regarding how common the value is.
    pub fn weight(&self, grade: Grade) -> f64 {
        let at = usize::from(grade);
        match (grade, self.m.get(at), self.u.get(at)) {
            (1.., Some(m), Some(u)) => {
                let weight = (m / u).log2().min(most(self.kind, grade));
                // A difference is never evidence for a match, however the estimates fell.
                if at + 1 == self.m.len() { weight.min(0.0) } else { weight }
            }
            _ => 0.0,
        }
    }

    /// How much more (or less) an exact agreement says because the value is rare (or common).
    fn rarity(&self, grade: Grade, value: Option<&Value>, records: f64) -> f64 {
        let (1, Some(value), Some(u)) = (grade, value, self.u.get(1)) else { return 0.0 };
        // The two records themselves are left out: others that hold the value make it common.
        let others = f64::from(value.count.saturating_sub(2)) + 0.5;
        (u / (others / (records + imagined(self.kind))).min(1.0)).log2()
    }
}

/// How many records the prior chance of agreement counts for when chances are taken from counts: as many
/// as would hold half a record of a value of that chance.
pub(super) fn imagined(kind: Kind) -> f64 {
    levels(kind).get(1).map_or(0.0, |exact| 0.5 / exact.u)
}

/// What a level may add at most.
///
/// An e-mail address is mostly made of the name, so that one that is nearly the same says little more than
/// the names have said already.
fn most(kind: Kind, grade: Grade) -> f64 {
    match (kind, grade) {
        (Kind::Email, 2 | 3) => 8.0,
        (Kind::Email, 4) => 0.0,
        _ => f64::INFINITY,
    }
}

/// Which kinds two people of one home share, and how often; the rest they share by chance.
pub(super) fn shared_at_home(kind: Kind) -> f64 {
    match kind {
        Kind::Address | Kind::Postcode | Kind::Town | Kind::County => 1.0,
        Kind::Surname | Kind::FullName => 0.7,
        Kind::Phone => 0.5,
        Kind::Text => 0.3,
        Kind::Email => 0.05,
        Kind::Forename | Kind::DateOfBirth => 0.01,
        Kind::Identifier => 0.0001,
        Kind::Exact | Kind::Ignore => 0.0,
    }
}

/// The same for two people of one area.
fn shared_in_area(kind: Kind) -> f64 {
    match kind {
        Kind::Postcode | Kind::Town | Kind::County => 1.0,
        Kind::Address => 0.03,
        _ => 0.0,
    }
}

/// What one column says about a pair.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Step {
    pub grade: Grade,
    pub level: f64,
    pub rarity: f64,
}

/// The pieces of a pair's score, as log2 Bayes factors against two strangers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Evidence {
    pub person: f64,
    pub home: f64,
    pub area: f64,
}

/// Learned parameters.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub fields: Vec<FieldModel>,
    pub kinds: Vec<Kind>,
    /// Chance that a pair drawn at random is one person, two people of a home, of an area.
    pub prior: f64,
    pub home: f64,
    pub area: f64,
    pub records: f64,
}

impl Model {
    /// Parameters to start from, and to stay with where there is nothing to learn from.
    pub fn prior(table: &Table) -> Self {
        let fields: Vec<_> = table.columns.iter().map(|c| FieldModel::prior(&c.name, c.kind)).collect();
        let records = f64::from(table.len()).max(2.0);
        let kinds = fields.iter().map(|f| f.kind).collect();
        Self { fields, kinds, prior: 0.5 / records, home: 0.0, area: 0.0, records }
    }

    pub fn steps(&self, grades: &Grades, a: &View<'_>) -> impl Iterator<Item = (&FieldModel, Step)> {
        self.fields.iter().zip(grades).zip(*a).map(|((field, grade), value)| {
            let rarity = field.rarity(*grade, value, self.records);
            // Swapped names are one event: it is paid for once, with the forename.
            let swapped = field.kind == Kind::Surname && *grade == SWAPPED_SURNAME;
            let level = field.weight(if swapped { 1 } else { *grade });
            (field, Step { grade: *grade, level, rarity })
        })
    }

    pub fn evidence(&self, grades: &Grades, a: &View<'_>) -> Evidence {
        let mut sum = Evidence::default();
        for (field, step) in self.steps(grades, a) {
            let weight = step.level + step.rarity;
            sum.person += weight;
            sum.home += partly(shared_at_home(field.kind), weight);
            sum.area += partly(shared_in_area(field.kind), weight);
        }
        sum
    }

    /// What is taken off because people who share a home or an area agree as well.
    pub fn shared(&self, evidence: &Evidence) -> f64 {
        let rival = |chance: f64, weight: f64| chance * weight.min(1000.0).exp2();
        -(1.0 + rival(self.home, evidence.home) + rival(self.area, evidence.area)).log2()
    }

    /// log2 of the odds that the pair is one person.
    pub fn weight(&self, evidence: &Evidence) -> f64 {
        self.start() + evidence.person + self.shared(evidence)
    }

    /// log2 of the odds before anything was compared.
    pub fn start(&self) -> f64 {
        (self.prior / (1.0 - self.prior)).log2()
    }
}

/// The grade of a surname that stands where the forename should.
const SWAPPED_SURNAME: Grade = 6;

/// log2 of the mean of a Bayes factor and 1, the factor with the weight `share`.
pub(super) fn partly(share: f64, weight: f64) -> f64 {
    if share >= 1.0 {
        weight
    } else if share <= 0.0 {
        0.0
    } else {
        share.mul_add(weight.min(1000.0).exp2(), 1.0 - share).log2()
    }
}

/// The probability that stands for log2 odds.
pub(super) fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + (-weight).exp2())
}
