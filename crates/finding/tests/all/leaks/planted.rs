//! The people of a pack, and what of them must not be found.

use counterfoil_finding::corpus::{self, Dice};
use counterfoil_finding::detect::Entity;

const FORENAMES: [&str; 10] = [
    "Tamsin", "Ruaridh", "Ottoline", "Caspian", "Ffion", "Leofric", "Isolde", "Barnaby", "Morwenna", "Perran",
];
const SURNAMES: [&str; 12] = [
    "Quillfeather",
    "Marlowick",
    "Thistlecombe",
    "Osterby",
    "Pennarth",
    "Wexcombe",
    "Drumbeck",
    "Ravensholt",
    "Lindqvarn",
    "Bexforth",
    "Hollinside",
    "Trewhella",
];

/// Somebody who is to be withheld.
#[derive(Debug)]
pub struct Somebody {
    pub forename: &'static str,
    pub surname: &'static str,
    pub email: String,
    pub phone: String,
    pub nino: String,
}

impl Somebody {
    pub fn full(&self) -> String {
        format!("{} {}", self.forename, self.surname)
    }
}

/// Two people to be withheld.
#[derive(Debug)]
pub struct Planted {
    pub people: [Somebody; 2],
}

impl Planted {
    pub fn draw(dice: &mut Dice) -> Self {
        let (name, family) = (dice.below(FORENAMES.len()), dice.below(SURNAMES.len()));
        let mut person = |step: usize| {
            let forename = FORENAMES[(name + step) % FORENAMES.len()];
            let surname = SURNAMES[(family + step) % SURNAMES.len()];
            Somebody {
                forename,
                surname,
                email: format!("{}.{}@example.org", forename.to_lowercase(), surname.to_lowercase()),
                phone: format!("07700 900{}", dice.digits(3)),
                nino: corpus::draw(dice, Entity::UkNino),
            }
        };
        Self { people: [person(0), person(3)] }
    }

    /// What a reviewer would ask to be withheld everywhere.
    pub fn terms(&self) -> Vec<String> {
        let of = |p: &Somebody| {
            [p.full(), p.surname.into(), p.forename.into(), p.email.clone(), p.phone.clone(), p.nino.clone()]
        };
        self.people.iter().flat_map(of).collect()
    }

    /// What of it a text holds, in whatever spacing and case.
    pub fn found_in(&self, text: &str) -> Vec<String> {
        let squeezed: String =
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let backwards: String = squeezed.chars().rev().collect();
        let holds = |term: &String| {
            let term: String =
                term.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            // Five letters occur by chance in pages of hexadecimal and base 64; these are word-searched.
            if term.len() < 7 {
                words(text).any(|word| word == term)
            } else {
                squeezed.contains(&term) || backwards.contains(&term)
            }
        };
        self.terms().into_iter().filter(holds).collect()
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase)
}
