//! Mentions of relatives without a name: "her sister in Leyland" identifies as a name does.

use crate::detect::text::{Text, wordy};
use crate::normalise::Shadow;

/// A relative who is mentioned without a name.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Kinship {
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// The relation, in small letters, such as `sister`.
    pub relation: String,
}

const RELATIONS: &[&str] = &[
    "mother",
    "mum",
    "mam",
    "mummy",
    "father",
    "dad",
    "daddy",
    "parent",
    "parents",
    "sister",
    "brother",
    "sibling",
    "siblings",
    "son",
    "daughter",
    "child",
    "children",
    "kids",
    "baby",
    "husband",
    "wife",
    "partner",
    "spouse",
    "boyfriend",
    "girlfriend",
    "fiance",
    "fiancee",
    "aunt",
    "auntie",
    "uncle",
    "cousin",
    "niece",
    "nephew",
    "grandmother",
    "grandfather",
    "grandma",
    "grandad",
    "granddad",
    "nan",
    "nana",
    "gran",
    "granny",
    "grandson",
    "granddaughter",
    "grandchild",
    "grandchildren",
    "stepmother",
    "stepfather",
    "stepmum",
    "stepdad",
    "stepson",
    "stepdaughter",
    "stepbrother",
    "stepsister",
    "ex",
    "neighbour",
    "neighbours",
    "flatmate",
    "housemate",
    "lodger",
    "carer",
    "guardian",
    "twin",
    "twins",
    "inlaws",
    "godmother",
    "godfather",
    "landlord",
    "landlady",
];
const OWNERS: &[&str] = &["my", "his", "her", "their", "your", "our", "the", "whose"];
/// Words that may stand between owner and relation.
const BETWEEN: &[&str] = &[
    "older",
    "elder",
    "younger",
    "little",
    "big",
    "late",
    "ex",
    "former",
    "estranged",
    "foster",
    "adoptive",
    "adopted",
    "step",
    "half",
    "twin",
    "eldest",
    "youngest",
    "oldest",
    "maternal",
    "paternal",
    "current",
    "new",
    "own",
    "disabled",
    "next",
    "door",
    "upstairs",
    "downstairs",
    "birth",
    "biological",
];

/// The relatives whom `text` mentions by relation: an owner (`her`, a name's possessive) and a relation.
#[must_use]
pub fn kinship(text: &str) -> Vec<Kinship> {
    let shadow = Shadow::new(text);
    let text = Text::new(shadow.bytes());
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let end = text.run(at, 32, wordy);
        if end == at {
            at += 1;
            continue;
        }
        if let Some((relation, last)) = owned_relation(&text, at, end) {
            let place = shadow.source(at..last);
            found.push(Kinship { start: place.start, end: place.end, relation });
            at = last;
        } else {
            at = end;
        }
    }
    found
}

/// The relation that the word at `start..end` owns, and its end.
fn owned_relation(text: &Text, start: usize, end: usize) -> Option<(String, usize)> {
    let word = text.slice(start, end);
    let possessive = text.slice(end, end + 2) == b"'s" && word.first().is_some_and(u8::is_ascii_uppercase);
    let the = word.eq_ignore_ascii_case(b"the");
    let owner = is_one_of(word, OWNERS);
    if !(possessive || owner) || wordy(text.before(start)) || text.before(start) == b'\'' {
        return None;
    }
    let mut at = if possessive { end + 2 } else { end };
    for _ in 0..4 {
        let next = text.run(at, 4, |b| matches!(b, b' ' | b'-' | b'\n'));
        let stop = text.run(next, 32, wordy);
        let word = text.slice(next, stop);
        if word.is_empty() || next == at {
            return None;
        }
        if is_one_of(word, RELATIONS)
            && !(is_one_of(word, &["ex"])
                && matches!(text.at(stop), b'-' | b' ')
                && further_relation(text, stop))
        {
            // "The children" of a service are not a relation of anybody's.
            return (!the || is_one_of(word, &["neighbour", "neighbours", "landlord", "landlady", "ex"]))
                .then(|| (String::from_utf8_lossy(word).to_ascii_lowercase(), stop));
        }
        if !is_one_of(word, BETWEEN) {
            return None;
        }
        at = stop;
    }
    None
}

fn further_relation(text: &Text, at: usize) -> bool {
    let next = text.run(at, 2, |b| matches!(b, b' ' | b'-'));
    is_one_of(text.slice(next, text.run(next, 32, wordy)), RELATIONS)
}

fn is_one_of(word: &[u8], words: &[&str]) -> bool {
    words.iter().any(|w| w.as_bytes().eq_ignore_ascii_case(word))
}
