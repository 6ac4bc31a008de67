//! What looks like an identifier of a person and is none.

use super::{Dice, Gold, Sample};
use crate::detect::Entity;

/// Sentences in which nothing is an identifier of a person. `{4}` stands for four digits, `{V}` for a
/// version.
const NEGATIVES: &[&str] = &[
    "Invoice {10} was paid in full.",
    "Order number {9} has shipped.",
    "Tracking {12} shows it at the depot.",
    "ISBN 978-0-306-{5}-7 is on the shelf.",
    "Firmware version {V} fixes this.",
    "See section 12.4.1 of the report.",
    "The score was 12-34-56 after three sets.",
    "Part no. AB-{4}-X is out of stock.",
    "The grid reference is SD {3} {3}.",
    "It cost £1,2{2}.50 plus postage.",
    "Serial {8} was recalled.",
    "The ratio was 3:2:1 on average.",
    "Ticket {7} is closed.",
    "They counted {6} votes in all.",
    "Page {3} of {3} is missing.",
    "Barcode {13} would not scan.",
    "Model XK{4}B is discontinued.",
    "About {7} people live there.",
    "The meeting room is B12 on the second floor.",
    "Purchase order {10} is open.",
    "The M25 and the A6 were closed.",
    "Batch {9} failed the test.",
    "Meter {11} was read.",
    "Ref ABC/{4}/XY is filed.",
    "We opened at 10:30 and closed at 16:45.",
    "Class 4B won by 12 points to 7.",
    "Channel 4 HD moved to 104.",
    "The build {V}-rc1 is out.",
    "Call std::mem::swap on both.",
    "Charity {7} is registered.",
];

/// `count` texts without any identifier of a person.
#[must_use]
pub fn look_alikes(seed: u64, count: usize) -> Vec<String> {
    let mut dice = Dice::new(seed);
    (0..count).map(|i| fill(&mut dice, NEGATIVES.get(i % NEGATIVES.len()).copied().unwrap_or(""))).collect()
}

fn fill(dice: &mut Dice, template: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        let (code, after) = tail.split_once('}').unwrap_or((tail, ""));
        text.push_str(before);
        match code.parse::<usize>() {
            Ok(count) => text.push_str(&format!("{}{}", dice.between(1, 9), dice.digits(count - 1))),
            Err(_) => text.push_str(&format!("{}.{}.{}", dice.below(9), dice.below(20), dice.below(99))),
        }
        rest = after;
    }
    text + rest
}

/// NHS numbers among other numbers of ten digits that pass the same check as often as chance has it.
#[must_use]
pub fn nhs_against_references(seed: u64, count: usize) -> Vec<Sample> {
    let mut dice = Dice::new(seed);
    let mut samples = super::prose(seed ^ 1, Entity::UkNhs, count);
    for _ in 0..count {
        let number = dice.digits(10);
        let sentence = dice.pick(&[
            "Case reference {} was opened.",
            "The page id is {} in the wiki.",
            "Invoice {} is overdue.",
            "Your order {} has been sent.",
            "Council tax account reference {} applies.",
            "See record {} for details.",
            "The ticket number is {}.",
            "We refer to {} of last week.",
            "Document {} was archived.",
            "Ref: {}",
        ]);
        samples.push(Sample { text: sentence.replace("{}", &number), gold: Vec::<Gold>::new() });
    }
    samples
}
