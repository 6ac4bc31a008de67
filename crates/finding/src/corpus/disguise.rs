//! The same identifiers as people and programs disguise them.

use super::identifiers::{draw, grouped};
use super::sentences::{around, place};
use super::{Dice, Gold, Sample};
use crate::detect::Entity;

/// The ways of disguise.
pub const DISGUISES: &[&str] = &[
    "no-break space", "thin space", "double space", "zero-width space", "soft hyphen", "line break", "quoted line",
    "dashes", "dots", "slashes", "full width", "other case", "glued",
];

/// `count` samples of a kind under one of [`DISGUISES`]; none when it does not apply to the kind.
#[must_use]
pub fn disguised(seed: u64, entity: Entity, disguise: &str, count: usize) -> Vec<Sample> {
    let mut dice = Dice::new(seed);
    if entity == Entity::EmailAddress && ["dashes", "dots", "slashes"].contains(&disguise) {
        return Vec::new();
    }
    (0..count).filter_map(|_| sample(&mut dice, entity, disguise)).collect()
}

fn sample(dice: &mut Dice, entity: Entity, disguise: &str) -> Option<Sample> {
    let plain = spaced(dice, entity);
    let between = |mark: &str| plain.replace(' ', mark);
    let disguised = match disguise {
        "no-break space" => between("\u{a0}"),
        "thin space" => between("\u{2009}"),
        "double space" => between("  "),
        "zero-width space" => sprinkle(dice, &plain, '\u{200b}'),
        "soft hyphen" => sprinkle(dice, &plain, '\u{ad}'),
        "line break" => plain.replacen(' ', "\n", 1),
        "quoted line" => plain.replacen(' ', "\n> ", 1),
        "dashes" => between(dice.pick(&["-", "\u{2013}", "\u{2011}"])),
        "dots" => between("."),
        "slashes" => between("/"),
        "full width" => plain.chars().map(wide).collect(),
        "other case" => other_case(&plain),
        "glued" => return Some(glued(dice, entity, &plain)),
        _ => return None,
    };
    Some(place(dice, entity, Some(disguised)))
}

/// The identifier with plain spaces where it may have them.
fn spaced(dice: &mut Dice, entity: Entity) -> String {
    match entity {
        Entity::EmailAddress => email_with_gaps(dice),
        Entity::UkSortCode => grouped(&format!("20{}", dice.digits(4)), &[2, 2, 2], " "),
        Entity::UkNhs => grouped(&super::identifiers::nhs_digits(dice), &[3, 3, 4], " "),
        Entity::PhoneNumber => {
            let number = format!("07{}", dice.digits(9));
            grouped(&number, dice.pick_sizes(&[&[5, 6], &[5, 3, 3], &[4, 3, 4]]), " ")
        }
        _ => loop {
            let drawn = draw(dice, entity);
            if drawn.contains(' ') {
                return drawn;
            }
        },
    }
}

/// White space in an address can only stand around its marks.
fn email_with_gaps(dice: &mut Dice) -> String {
    let address = draw(dice, Entity::EmailAddress);
    let (local, domain) = address.split_once('@').unwrap_or((&address, ""));
    match dice.below(3) {
        0 => format!("{local} @{domain}"),
        1 => format!("{local}@ {domain}"),
        _ => format!("{local} @ {domain}"),
    }
}

impl Dice {
    fn pick_sizes<'t>(&mut self, things: &[&'t [usize]]) -> &'t [usize] {
        let i = self.below(things.len());
        things.get(i).copied().unwrap_or(&[])
    }
}

/// An invisible character inside.
fn sprinkle(dice: &mut Dice, plain: &str, mark: char) -> String {
    let plain = plain.replace(" @", "@").replace("@ ", "@");
    let at = dice.between(1, plain.chars().count().saturating_sub(2).max(1));
    plain.chars().enumerate().flat_map(|(i, c)| if i == at { vec![mark, c] } else { vec![c] }).collect()
}

fn wide(c: char) -> char {
    if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c) } else { c }
}

fn other_case(plain: &str) -> String {
    let plain = plain.replace(" @", "@").replace("@ ", "@");
    if plain.chars().any(char::is_uppercase) { plain.to_lowercase() } else { plain.to_uppercase() }
}

/// Run together with the words around.
fn glued(dice: &mut Dice, entity: Entity, plain: &str) -> Sample {
    let plain = plain.replace(" @", "@").replace("@ ", "@");
    let sentence = match (entity, dice.below(2)) {
        // What stands before an address cannot be told from it.
        (Entity::EmailAddress, _) => dice.pick(&["Mail to {}Thanks", "e-mail:{}or call", "Address <{}>now"]),
        (Entity::UkNino, 0) => "National insurance number{}was given",
        (Entity::UkNino, _) => "NINO{}, checked",
        (Entity::UkNhs, 0) => "NHS number{}and ward",
        (Entity::UkNhs, _) => "NHS{}, seen today",
        (Entity::UkPostcode, 0) => "postcode{}is hers",
        (Entity::UkPostcode, _) => "Preston{}, by the river",
        (Entity::PhoneNumber, 0) => "phone{}or call in",
        (Entity::PhoneNumber, _) => "mob{}today",
        (Entity::UkSortCode, 0) => "sort code{}and account",
        (_, 0) => "the{}and",
        _ => "sort code:{}then",
    };
    around(sentence, entity, &plain)
}

/// `count` samples in which OCR took one character for another that looks alike.
#[must_use]
pub fn slipped(seed: u64, entity: Entity, count: usize) -> Vec<Sample> {
    let mut dice = Dice::new(seed);
    let mut samples = Vec::new();
    while samples.len() < count {
        let plain = draw(&mut dice, entity);
        let places: Vec<usize> =
            plain.char_indices().filter(|(_, c)| confused(*c).is_some()).map(|(i, _)| i).collect();
        let Some(at) = places.get(dice.below(places.len())).copied() else { continue };
        let text: String = plain
            .char_indices()
            .map(|(i, c)| if i == at { confused(c).unwrap_or(c) } else { c })
            .collect();
        let sample = place(&mut dice, entity, Some(text));
        samples.push(Sample { gold: sample.gold.iter().map(|g| Gold { entity, ..*g }).collect(), ..sample });
    }
    samples
}

fn confused(c: char) -> Option<char> {
    Some(match c {
        '0' => 'O',
        'O' => '0',
        '1' => 'l',
        'I' | 'L' => '1',
        '5' => 'S',
        'S' => '5',
        '8' => 'B',
        'B' => '8',
        _ => return None,
    })
}
