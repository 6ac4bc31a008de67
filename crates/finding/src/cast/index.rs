//! The words of all names of a cast, and their near misspellings.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{CastError, Person, Role};
use crate::normalise::Shadow;

/// Names shorter than this are only found in their exact spelling.
const MISSPELT_FROM: usize = 6;
/// Identifiers shorter than this would be found everywhere.
const SHORTEST_IDENTIFIER: usize = 6;
const NICKNAMES: &str = include_str!("../../data/nicknames.txt");

/// Which part of a person's name a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// The first forename.
    Forename,
    /// A further forename.
    Middle,
    /// The surname or a part of it.
    Surname,
    /// A short form of a forename.
    Nickname,
    /// A word of another name.
    Alias,
}

/// A word's meaning: whose name, which part, and whether the spelling differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    pub(super) person: usize,
    pub(super) part: Part,
    pub(super) misspelt: bool,
}

/// Look-ups for all people.
#[derive(Debug, Clone)]
pub(super) struct Index {
    words: HashMap<String, Vec<Entry>>,
    /// Each name with one letter left out, and the names it comes from.
    shortened: HashMap<String, Vec<String>>,
    initials: HashMap<String, Vec<usize>>,
    local_parts: HashMap<String, Vec<usize>>,
    addresses: HashMap<String, Vec<usize>>,
    identifiers: Option<AhoCorasick>,
    identifier_owner: Vec<usize>,
    /// Which first letters any word begins with.
    first_letters: [bool; 26],
}

/// A name at least this long is a full form, not one of the short forms of its line.
const FULL_FORM_FROM: usize = 6;

/// The lines of the table by each of their words: a full form, then what people make of it.
static SHORT_FORMS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut map: HashMap<&str, Vec<&str>> = HashMap::new();
    for line in NICKNAMES.lines() {
        for word in line.split_whitespace() {
            map.entry(word).or_default().push(line);
        }
    }
    map
});

/// What else a forename is called. A short form leads to the full ones only: a Bert may be an Albert,
/// but an Al is not a Bert.
fn other_forms(key: &str) -> impl Iterator<Item = &'static str> {
    let lines = SHORT_FORMS.get(key).cloned().unwrap_or_default();
    let all = key.len() >= FULL_FORM_FROM;
    let key = key.to_owned();
    lines.into_iter().flat_map(move |line| {
        let first = line.split_whitespace().next().unwrap_or("");
        let most = if all || first == key { usize::MAX } else { 1 };
        line.split_whitespace().take(most).filter(|word| *word != key).collect::<Vec<_>>()
    })
}

impl Index {
    pub(super) fn new(people: &[Person]) -> Result<Self, CastError> {
        let mut index = Self {
            words: HashMap::new(),
            shortened: HashMap::new(),
            initials: HashMap::new(),
            local_parts: HashMap::new(),
            addresses: HashMap::new(),
            identifiers: None,
            identifier_owner: Vec::new(),
            first_letters: [false; 26],
        };
        let mut patterns = Vec::new();
        for (number, person) in people.iter().enumerate() {
            index.add_person(number, person);
            for identifier in identifiers(person) {
                patterns.push(identifier);
                index.identifier_owner.push(number);
            }
        }
        index.shorten();
        if !patterns.is_empty() {
            let automaton = AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(&patterns)
                .map_err(|e| CastError::TooLarge(e.to_string()))?;
            index.identifiers = Some(automaton);
        }
        Ok(index)
    }

    fn add_person(&mut self, number: usize, person: &Person) {
        for address in &person.emails {
            self.addresses.entry(address.trim().to_ascii_lowercase()).or_default().push(number);
        }
        if person.role == Role::Organisation {
            return;
        }
        for (i, forename) in person.forenames.iter().enumerate() {
            let part = if i == 0 { Part::Forename } else { Part::Middle };
            self.add_name(forename, number, part);
            for key in keys(forename) {
                for other in other_forms(&key) {
                    self.add_word(other.to_owned(), number, Part::Nickname);
                }
            }
        }
        self.add_name(&person.surname, number, Part::Surname);
        for part in local_parts(person) {
            self.local_parts.entry(part).or_default().push(number);
        }
        for alias in &person.aliases {
            for word in alias.split_whitespace() {
                self.add_name(word, number, Part::Alias);
            }
        }
        let letters: String = person
            .forenames
            .iter()
            .chain(std::iter::once(&person.surname))
            .filter_map(|name| keys(name).first().and_then(|k| k.chars().next()))
            .collect();
        if letters.len() >= 2 {
            self.initials.entry(letters.clone()).or_default().push(number);
            let outer: String = letters.chars().take(1).chain(letters.chars().last()).collect();
            if outer != letters {
                self.initials.entry(outer).or_default().push(number);
            }
        }
    }

    /// A name, whole and by the parts of a double one.
    fn add_name(&mut self, name: &str, number: usize, part: Part) {
        for key in keys(name) {
            self.add_word(key, number, part);
        }
    }

    fn add_word(&mut self, key: String, person: usize, part: Part) {
        if let Some(first) = key.bytes().next().and_then(|b| self.first_letters.get_mut(usize::from(b.wrapping_sub(b'a')))) {
            *first = true;
        }
        let entries = self.words.entry(key).or_default();
        if !entries.iter().any(|e| e.person == person && e.part == part) {
            entries.push(Entry { person, part, misspelt: false });
        }
    }

    fn shorten(&mut self) {
        let mut shortened: HashMap<String, Vec<String>> = HashMap::new();
        for word in self.words.keys().filter(|w| w.len() >= MISSPELT_FROM) {
            for short in without_one(word) {
                shortened.entry(short).or_default().push(word.clone());
            }
        }
        self.shortened = shortened;
    }

    /// Whose names this word may be; `key` in small letters without marks.
    pub(super) fn exact(&self, key: &str) -> Vec<Entry> {
        self.words.get(key).cloned().unwrap_or_default()
    }

    /// Whether any name may begin like this word: cheap, for every word of a text.
    pub(super) fn may_hold(&self, first: u8) -> bool {
        self.first_letters.get(usize::from(first.to_ascii_lowercase().wrapping_sub(b'a'))) == Some(&true)
    }

    /// Names within one slip of the pen: a letter more, less, other, or two swapped.
    pub(super) fn near(&self, key: &str) -> Vec<Entry> {
        if key.len() + 1 < MISSPELT_FROM {
            return Vec::new();
        }
        let mut names: HashSet<&str> = HashSet::new();
        for short in without_one(key).chain(std::iter::once(key.to_owned())) {
            if let Some((name, _)) = self.words.get_key_value(&short).filter(|(n, _)| n.len() >= MISSPELT_FROM) {
                names.insert(name);
            }
            names.extend(self.shortened.get(&short).into_iter().flatten().map(String::as_str));
        }
        let close = names.into_iter().filter(|name| strsim::osa_distance(name, key) == 1);
        let mut entries: Vec<Entry> =
            close.flat_map(|name| self.exact(name)).map(|e| Entry { misspelt: true, ..e }).collect();
        entries.sort_by_key(|e| e.person);
        entries
    }

    /// Whose address this is, or whose name makes its local part.
    pub(super) fn by_email(&self, local: &[u8], address: &[u8]) -> Vec<usize> {
        let known = self.addresses.get(&String::from_utf8_lossy(address).to_ascii_lowercase());
        let mut people = known.or_else(|| self.local_parts.get(&key(local))).cloned().unwrap_or_default();
        people.dedup();
        people
    }

    /// Who has these initials.
    pub(super) fn by_initials(&self, letters: &str) -> &[usize] {
        self.initials.get(&letters.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// Places in `squeezed` (letters and digits, large) of the people's identifiers.
    pub(super) fn identifiers<'a>(&'a self, squeezed: &'a str) -> impl Iterator<Item = (usize, usize, usize)> + 'a {
        let found = self.identifiers.as_ref().map(|automaton| automaton.find_iter(squeezed));
        found.into_iter().flatten().filter_map(|m| {
            self.identifier_owner.get(m.pattern().as_usize()).map(|owner| (*owner, m.start(), m.end()))
        })
    }

    pub(super) fn has_identifiers(&self) -> bool {
        self.identifiers.is_some()
    }
}

/// A name's keys: all its letters, small and without marks; and each part of a double name.
fn keys(name: &str) -> Vec<String> {
    let shadow = Shadow::new(name);
    let mut keys = vec![key(shadow.bytes())];
    if shadow.text().contains(['-', ' ']) {
        keys.extend(shadow.text().split(['-', ' ']).map(|part| key(part.as_bytes())).filter(|k| k.len() > 2));
    }
    keys.retain(|k| !k.is_empty());
    keys
}

/// Letters only, small.
pub(super) fn key(word: &[u8]) -> String {
    word.iter().filter(|b| b.is_ascii_alphabetic()).map(|b| char::from(b.to_ascii_lowercase())).collect()
}

/// The word with each letter left out once.
fn without_one(word: &str) -> impl Iterator<Item = String> + '_ {
    (0..word.len()).map(|i| word.bytes().enumerate().filter(|(at, _)| *at != i).map(|(_, b)| char::from(b)).collect())
}

/// A person's identifiers, telephone numbers and addresses, letters and digits only, large.
fn identifiers(person: &Person) -> impl Iterator<Item = String> {
    let plain = person.identifiers.iter().chain(&person.addresses).map(|s| squeeze(s));
    let phones = person.phones.iter().map(|s| national(&squeeze(s)));
    let organisation = (person.role == Role::Organisation).then(|| squeeze(&person.surname));
    let all: Vec<String> = plain.chain(phones).chain(organisation).collect();
    all.into_iter().filter(|s| s.len() >= SHORTEST_IDENTIFIER)
}

pub(super) fn squeeze(text: &str) -> String {
    Shadow::new(text).text().chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// A telephone number without country code and trunk 0.
fn national(digits: &str) -> String {
    let digits = digits.trim_start_matches("00").strip_prefix("44").unwrap_or(digits);
    digits.trim_start_matches('0').to_owned()
}

/// Local parts that a person's name makes, letters only.
fn local_parts(person: &Person) -> Vec<String> {
    let surname = key(Shadow::new(&person.surname).bytes());
    let mut parts = Vec::new();
    for forename in &person.forenames {
        let forename = key(Shadow::new(forename).bytes());
        let initial: String = forename.chars().take(1).collect();
        parts.extend([
            format!("{forename}{surname}"),
            format!("{surname}{forename}"),
            format!("{initial}{surname}"),
            format!("{surname}{initial}"),
        ]);
    }
    parts.retain(|p| p.len() > surname.len() && surname.len() >= 2);
    parts
}
