//! Learning a model from unlabelled records: u from random pairs, m by expectation-maximisation.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::blocking::{self, Blocks, WIDTH};
use super::compare::{Grade, Grades, grade};
use super::fields::Kind;
use super::levels::levels;
use super::model::{Evidence, FieldModel, Model, imagined, partly, shared_at_home};
use super::table::Table;

/// Random pairs to learn u from, and candidates to learn m from.
const RANDOM_PAIRS: u32 = 60_000;
const CANDIDATES: u64 = 120_000;
/// At least so many first records of candidates.
const FIRSTS: u32 = 2_000;
/// How many matches the prior chances count for, and how many other pairs.
const PRIOR_MATCHES: f64 = 10.0;
const PRIOR_OTHERS: f64 = 500.0;
const ROUNDS: usize = 40;

/// Numbers that look random and are the same in every run (SplitMix64).
#[derive(Debug)]
pub(super) struct Draw(pub u64);

impl Draw {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: u32) -> u32 {
        u32::try_from(self.next() % u64::from(n.max(1))).unwrap_or(0)
    }
}

/// How often each combination of grades occurs.
pub(super) type Patterns = BTreeMap<Vec<Grade>, f64>;

/// Learns everything there is to learn from `table`.
pub(super) fn learn(table: &Table, blocks: &Blocks, seed: u64) -> Model {
    let mut model = Model::prior(table);
    if table.len() < 2 || total_pairs(table) < 1.0 {
        return model;
    }
    learn_u(&mut model, table, seed);
    let sample = Sample::take(&model, table, blocks, seed);
    learn_m(&mut model, &sample);
    learn_priors(&mut model, table, &sample);
    model
}

fn total_pairs(table: &Table) -> f64 {
    let all = f64::from(table.len());
    match table.boundary {
        None => all * (all - 1.0) / 2.0,
        Some(first) => f64::from(first) * (all - f64::from(first)),
    }
}

fn random_pairs(table: &Table, seed: u64) -> Vec<(u32, u32)> {
    let (mut draw, all) = (Draw(seed), table.len());
    let mut pair = || match table.boundary {
        Some(first) => (draw.below(first), first + draw.below(all - first)),
        None => (draw.below(all), draw.below(all)),
    };
    let drawn = f64::from(RANDOM_PAIRS).min(20.0 * total_pairs(table)) as u32;
    (0..drawn).map(|_| pair()).filter(|(a, b)| a != b).collect()
}

fn learn_u(model: &mut Model, table: &Table, seed: u64) {
    let kinds = model.kinds.clone();
    let pairs = random_pairs(table, seed);
    let graded = |(a, b): &(u32, u32)| grade(&kinds, &table.view(*a), &table.view(*b));
    let mut grades: Vec<Grades> = pairs.par_iter().map(graded).collect();
    grades.retain(|grades| !plainly_one(model, grades));
    // Of few records the same pairs are drawn again and again; they say no more for that.
    let each = (total_pairs(table) / (pairs.len() as f64).max(1.0)).min(1.0);
    for (at, (field, column)) in model.fields.iter_mut().zip(&table.columns).enumerate() {
        let mut counts = vec![0.0; field.u.len()];
        for place in grades.iter().filter_map(|g| g.get(at)) {
            if let Some(count) = counts.get_mut(usize::from(*place)) {
                *count += each;
            }
        }
        blend(&mut field.u, &counts, PRIOR_OTHERS);
        let counts = column.values().iter().map(|v| f64::from(v.count));
        let (squares, held) = counts.fold((0.0, 0.0), |(s, n), c| (s + c * (c - 1.0).max(0.0), n + c));
        let imagined = imagined(field.kind);
        set_exact(&mut field.u, (squares + 0.5 * imagined) / (held * held + imagined * imagined));
    }
}

/// Whether the model to start from takes a pair for one person: such pairs would teach what strangers are
/// not like.
fn plainly_one(model: &Model, grades: &Grades) -> bool {
    let weights = model.fields.iter().zip(grades).map(|(field, grade)| field.weight(*grade));
    model.start() + weights.sum::<f64>() > 0.0
}

/// Counts with the former chances as pseudo-counts; "missing" says nothing.
fn blend(chances: &mut [f64], counts: &[f64], strength: f64) {
    let total: f64 = counts.iter().skip(1).sum();
    for (chance, count) in chances.iter_mut().zip(counts).skip(1) {
        *chance = (count + *chance * strength) / (total + strength);
    }
}

/// The chance of exact agreement is known from the counts of the values; the others share what is left.
fn set_exact(u: &mut [f64], exact: f64) {
    let exact = exact.clamp(1e-9, 0.999);
    let others: f64 = u.iter().skip(2).sum();
    for chance in u.iter_mut().skip(2) {
        *chance *= (1.0 - exact) / others.max(1e-12);
    }
    if let Some(chance) = u.get_mut(1) {
        *chance = exact;
    }
}

/// Some of the candidate pairs, all when they are few.
struct Sample {
    /// First record, the keys that the two share (one bit each), grades.
    pairs: Vec<(u32, u64, Grades)>,
    /// How many candidates one of the sample stands for.
    each: f64,
}

impl Sample {
    fn take(model: &Model, table: &Table, blocks: &Blocks, seed: u64) -> Self {
        // By first records, so that the pairs of the others need not even be met.
        let each = (blocks.most_pairs() / CANDIDATES).min(u64::from(table.len() / FIRSTS)).max(1);
        let chosen = |a: u32| Draw(seed ^ u64::from(a)).next().is_multiple_of(each);
        let taken = |a: u32, b: u32| Some((a, b, grade(&model.kinds, &table.view(a), &table.view(b))));
        let pairs = blocks.pairs(chosen, taken, |_, _| {});
        let pairs = pairs.into_iter().map(|(a, b, grades)| (a, blocks.shared(a, b), grades)).collect();
        Self { pairs, each: each as f64 }
    }

    /// How often each pattern occurs among the pairs that share a key.
    fn patterns(&self, key: usize, columns: usize) -> Patterns {
        let mut counts = HashMap::<&[Grade], f64>::new();
        for (_, _, grades) in self.pairs.iter().filter(|(_, shared, _)| shared >> key & 1 == 1) {
            *counts.entry(grades.get(..columns).unwrap_or(grades)).or_default() += 1.0;
        }
        counts.into_iter().map(|(pattern, number)| (pattern.to_vec(), number)).collect()
    }
}

/// One run under each key, learning only of columns that the key does not presume; then their mean, each
/// run counting for as many matches as it saw.
fn learn_m(model: &mut Model, sample: &Sample) {
    let mut counts: Vec<Vec<f64>> = model.fields.iter().map(|f| vec![0.0; f.m.len()]).collect();
    for key in 0..WIDTH {
        let patterns = sample.patterns(key, model.kinds.len());
        let presumed = blocking::presumed(key);
        let free: Vec<bool> = model.kinds.iter().map(|kind| !presumed.contains(kind)).collect();
        let Some(found) = expect_and_maximise(&model.fields, &patterns, &free) else { continue };
        for ((sums, counted), free) in counts.iter_mut().zip(&found).zip(&free) {
            for (sum, count) in sums.iter_mut().zip(counted).filter(|_| *free) {
                *sum += count;
            }
        }
    }
    for (field, counts) in model.fields.iter_mut().zip(&counts) {
        blend(&mut field.m, counts, PRIOR_MATCHES);
    }
}

/// Counts of the levels among the matches of one run; nothing when the run saw too few of them.
pub(super) fn expect_and_maximise(
    fields: &[FieldModel],
    patterns: &Patterns,
    free: &[bool],
) -> Option<Vec<Vec<f64>>> {
    let pairs: f64 = patterns.values().sum();
    if free.iter().filter(|f| **f).count() < 2 || pairs < 20.0 {
        return None;
    }
    let (mut fields, mut shares) = (fields.to_vec(), Shares { same: 0.2, home: 0.1 });
    let mut last = None;
    for _ in 0..ROUNDS {
        let (counts, found) = expect(&fields, patterns, free, shares);
        if found.same < 5.0 {
            return None;
        }
        for ((field, counted), free) in fields.iter_mut().zip(&counts).zip(free) {
            if *free {
                field.m = levels(field.kind).iter().map(|l| l.m).collect();
                blend(&mut field.m, counted, PRIOR_MATCHES);
            }
        }
        let share = |of: f64| (of / pairs).clamp(1e-6, 1.0 - 1e-6);
        let next = Shares { same: share(found.same), home: share(found.home) };
        let settled = (next.same - shares.same).abs() < 1e-5;
        (shares, last) = (next, Some(counts));
        if settled {
            break;
        }
    }
    last
}

/// How many of the pairs are one person, and two people of one home.
#[derive(Clone, Copy)]
struct Shares {
    same: f64,
    home: f64,
}

/// What each level of a field adds for one person, and for two people of one home.
fn worth(field: &FieldModel) -> Vec<(f64, f64)> {
    let levels = (0_u8..).take(field.m.len()).map(|grade| field.weight(grade));
    levels.map(|weight| (weight, partly(shared_at_home(field.kind), weight))).collect()
}

fn expect(
    fields: &[FieldModel],
    patterns: &Patterns,
    free: &[bool],
    shares: Shares,
) -> (Vec<Vec<f64>>, Shares) {
    let mut counts: Vec<Vec<f64>> = fields.iter().map(|f| vec![0.0; f.m.len()]).collect();
    let worths: Vec<Vec<(f64, f64)>> = fields.iter().map(worth).collect();
    let mut found = Shares { same: 0.0, home: 0.0 };
    let rest = (1.0 - shares.same - shares.home).max(1e-6);
    for (pattern, number) in patterns {
        let used = pattern.iter().zip(&worths).zip(free).filter(|(_, free)| **free);
        let worth = used.filter_map(|((grade, worth), _)| worth.get(usize::from(*grade)));
        let (same, home) = worth.fold((0.0, 0.0), |(s, h), (x, y)| (s + x, h + y));
        let (same, home) = (shares.same * f64::exp2(same), shares.home * f64::exp2(home));
        let expected = number * same / (same + home + rest);
        found.same += expected;
        found.home += number * home / (same + home + rest);
        for (grade, counted) in pattern.iter().zip(&mut counts) {
            if let Some(count) = counted.get_mut(usize::from(*grade)) {
                *count += expected;
            }
        }
    }
    (counts, found)
}

/// How many pairs are one person, of one home, of one area.
fn learn_priors(model: &mut Model, table: &Table, sample: &Sample) {
    let total = total_pairs(table);
    let evidence: Vec<Evidence> =
        sample.pairs.par_iter().map(|(a, _, grades)| model.evidence(grades, &table.view(*a))).collect();
    let near = Near::of(model, table);
    model.home = 0.5 / model.records;
    for _ in 0..ROUNDS {
        let (mut same, mut home, mut near_matches) = (0.0, 0.0, [0.0; 2]);
        for (pair, found) in sample.pairs.iter().zip(&evidence) {
            let odds = |chance: f64, weight: f64| chance * weight.min(1000.0).exp2();
            let (p, h) = (odds(model.prior, found.person), odds(model.home, found.home));
            let all = 1.0 + p + h + odds(model.area, found.area);
            same += sample.each * p / all;
            home += sample.each * h / all;
            if let Some(near) = &near {
                near.count(&mut near_matches, &pair.2, sample.each * p / all);
            }
        }
        let chance = |pairs: f64| (pairs / total).clamp(1e-12, 0.5);
        model.prior = chance(same.max(0.5));
        model.home = chance(home.max(0.5));
        model.area = near.as_ref().map_or(0.0, |near| near.chance(total, near_matches));
    }
}

/// How far postcode and town (or county) go together beyond chance.
struct Near {
    postcode: usize,
    place: usize,
    same_postcode: f64,
    same_both: f64,
    by_chance: f64,
}

impl Near {
    fn of(model: &Model, table: &Table) -> Option<Self> {
        let find = |kind| model.kinds.iter().position(|k| *k == kind);
        let postcode = find(Kind::Postcode)?;
        let place = find(Kind::Town).or_else(|| find(Kind::County))?;
        let (mut alone, mut both) =
            (HashMap::<&str, [f64; 2]>::new(), HashMap::<(&str, &str), [f64; 2]>::new());
        for record in 0..table.len() {
            let view = table.view(record);
            let text = |at: usize| view.get(at).copied().flatten().map(|v| &*v.text);
            let side = usize::from(table.boundary.is_some_and(|b| record >= b));
            let Some((code, town)) = text(postcode).zip(text(place)) else { continue };
            for count in [alone.entry(code).or_default(), both.entry((code, town)).or_default()] {
                if let Some(count) = count.get_mut(side) {
                    *count += 1.0;
                }
            }
        }
        let linked = table.boundary.is_some();
        let pairs = |[a, b]: &[f64; 2]| if linked { a * b } else { a * (a - 1.0) / 2.0 };
        let by_chance = model.fields.get(place).and_then(|f| f.u.get(1)).copied()?;
        let (same_postcode, same_both) = (alone.values().map(pairs).sum(), both.values().map(pairs).sum());
        Some(Self { postcode, place, same_postcode, same_both, by_chance })
    }
}

impl Near {
    fn count(&self, [alone, both]: &mut [f64; 2], grades: &Grades, matches: f64) {
        let exact = |at: usize| grades.get(at) == Some(&1);
        let known = grades.get(self.place).is_some_and(|g| *g != 0);
        if exact(self.postcode) && known {
            *alone += matches;
            *both += if exact(self.place) { matches } else { 0.0 };
        }
    }

    /// The chance that a pair shares both without being one person, beyond what chance would bring.
    fn chance(&self, total: f64, [alone, both]: [f64; 2]) -> f64 {
        let expected = (self.same_postcode - alone).max(0.0) * self.by_chance;
        ((self.same_both - both - expected) / total).clamp(0.0, 0.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws grades from chances that are known, and asks for them back.
    #[test]
    fn known_chances_are_found_again() {
        let kinds = [Kind::Forename, Kind::Surname, Kind::DateOfBirth, Kind::Identifier];
        let mut fields: Vec<FieldModel> = kinds.iter().map(|k| FieldModel::prior("f", *k)).collect();
        let truth: Vec<Vec<f64>> = fields
            .iter()
            .map(|f| {
                let n = f.m.len();
                let part = 0.4 / (n - 2) as f64;
                (0..n).map(|level| [0.0, 0.6].get(level).copied().unwrap_or(part)).collect()
            })
            .collect();
        for field in &mut fields {
            let n = field.u.len();
            field.u = (0..n).map(|level| if level + 1 == n { 0.9 } else { 0.1 / (n - 2) as f64 }).collect();
        }
        let mut draw = Draw(5);
        let mut pick = |chances: &[f64]| {
            let mut left = draw.next() as f64 / u64::MAX as f64;
            let found = chances.iter().enumerate().skip(1).find(|(_, c)| {
                left -= **c;
                left <= 0.0
            });
            u8::try_from(found.map_or(chances.len() - 1, |(at, _)| at)).unwrap()
        };
        let mut patterns = Patterns::new();
        for pair in 0..40_000 {
            let pattern =
                fields.iter().zip(&truth).map(|(f, m)| pick(if pair % 4 == 0 { m } else { &f.u })).collect();
            *patterns.entry(pattern).or_default() += 1.0;
        }
        let counts = expect_and_maximise(&fields, &patterns, &[true; 4]).unwrap();
        for (field, (counts, truth)) in fields.iter().zip(counts.iter().zip(&truth)) {
            let total: f64 = counts.iter().sum();
            assert!((total - 10_000.0).abs() < 400.0, "{:?}: {total} matches", field.kind);
            for (count, m) in counts.iter().zip(truth) {
                assert!((count / total - m).abs() < 0.02, "{:?}: {} for {m}", field.kind, count / total);
            }
        }
    }

    #[test]
    fn too_few_pairs_teach_nothing() {
        let fields = [FieldModel::prior("a", Kind::Forename), FieldModel::prior("b", Kind::Surname)];
        let patterns = Patterns::from([(vec![1, 1], 3.0)]);
        assert!(expect_and_maximise(&fields, &patterns, &[true; 2]).is_none());
    }
}
