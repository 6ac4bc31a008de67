//! Letters about invented people, with every mention marked.

use super::{Dice, Gold};
use crate::cast::{Person, Role};
use crate::detect::Entity;

/// A letter and who is mentioned where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CastSample {
    /// The text.
    pub text: String,
    /// Who is mentioned where: the person's index in the cast, or several when nobody could tell.
    pub mentions: Vec<(Vec<usize>, Gold)>,
}

fn person(role: Role, title: &str, forenames: &[&str], surname: &str, email: &str) -> Person {
    Person {
        role,
        title: Some(title.to_owned()),
        forenames: forenames.iter().map(|f| (*f).to_owned()).collect(),
        surname: surname.to_owned(),
        aliases: Vec::new(),
        identifiers: Vec::new(),
        emails: vec![email.to_owned()],
        phones: Vec::new(),
        addresses: Vec::new(),
    }
}

/// The invented cast: a requester and a neighbour share a forename.
fn people() -> Vec<Person> {
    vec![
        person(Role::Requester, "Ms", &["Sarah", "Louise"], "Hargreaves", "sarah.hargreaves@example.org"),
        person(Role::ThirdParty, "Mr", &["Sean"], "Doherty", "sdoherty@example.com"),
        person(Role::ThirdParty, "Mrs", &["Sarah"], "Okonkwo", "s.okonkwo@example.com"),
        person(Role::Professional, "Dr", &["Katherine", "Anne"], "O'Neill", "k.oneill@nhs.example"),
        person(Role::Staff, "Mr", &["Imran"], "Siddiqui", "imran.siddiqui@council.example"),
        person(Role::ThirdParty, "Miss", &["Zofia"], "Wiśniewska-Kowal", "zofia@example.pl"),
    ]
}

/// A form of a person's name and whether it names nobody else of the cast.
fn form(dice: &mut Dice, person: usize) -> (&'static str, Vec<usize>) {
    let forms: &[&'static str] = match person {
        0 => &[
            "Sarah Hargreaves", "Ms Hargreaves", "S. Hargreaves", "Sarah L. Hargreaves", "HARGREAVES, Sarah",
            "Sarah Louise Hargreaves", "Hargreeves", "S L Hargreaves", "sarah hargreaves",
        ],
        1 => &[
            "Sean Doherty", "Mr Doherty", "Sean", "Doherty", "Shaun Doherty", "S Doherty", "Mr. S. Doherty", "Docherty",
            "SEAN DOHERTY", "Doherty, Sean", "Mr Sean Doherty", "Sean\u{a0}Doherty", "Sean\nDoherty",
        ],
        2 => &["Sarah Okonkwo", "Mrs Okonkwo", "Okonkwo", "Mrs S. Okonkwo", "Okonkwo, Sarah", "Okonkwa"],
        3 => &[
            "Dr O'Neill", "Katherine O'Neill", "Kate O'Neill", "Kate", "Dr K. O\u{2019}Neill", "K O'Neill", "Dr. Katie O'Neill",
            "Katherine A. O'Neill", "Katharine O'Neill",
        ],
        4 => &["Imran Siddiqui", "Imran", "Mr Siddiqui", "I. Siddiqui", "Siddiqi", "Siddiqui"],
        _ => &[
            "Zofia Wiśniewska-Kowal", "Zofia", "Miss Wisniewska-Kowal", "Zofia Wisniewska", "Z. Wiśniewska-Kowal",
        ],
    };
    if matches!(person, 0 | 2) && dice.below(8) == 0 {
        return ("Sarah", vec![0, 2]);
    }
    (dice.pick(forms), vec![person])
}

/// The cast and `count` letters about it.
#[must_use]
pub fn cast_letters(seed: u64, count: usize) -> (Vec<Person>, Vec<CastSample>) {
    let people = people();
    let mut dice = Dice::new(seed);
    let letters = (0..count).map(|_| letter(&mut dice, people.len())).collect();
    (people, letters)
}

fn letter(dice: &mut Dice, people: usize) -> CastSample {
    const SENTENCES: &[&str] = &[
        "I spoke to {} about the noise.",
        "According to {}, the door was open.",
        "{} has not replied since.",
        "The letter from {} is attached.",
        "We met with {} at the office.",
        "{}'s account differs.",
        "It was agreed that {} would call back.",
    ];
    let mut text = String::new();
    let mut mentions = Vec::new();
    for _ in 0..dice.between(3, 8) {
        let who = dice.below(people);
        let (form, meant) = form(dice, who);
        let sentence = dice.pick(SENTENCES);
        let (before, after) = sentence.split_once("{}").unwrap_or((sentence, ""));
        text.push_str(before);
        let start = text.chars().count();
        text.push_str(form);
        let end = text.chars().count();
        text.push_str(after);
        text.push(' ');
        mentions.push((meant, Gold { entity: Entity::Person, start, end }));
    }
    CastSample { text, mentions }
}
