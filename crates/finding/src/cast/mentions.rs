//! Where a text mentions the people of a cast.

use std::collections::HashMap;

use super::index::{Entry, Part, key};
use super::steps::{
    everyday, is_known_name, name_word_end, other_forename, other_surname, over_gap, over_initial,
    over_name_gap,
};
use super::{Cast, Role};
use crate::detect::text::{Text, wordy};
use crate::detect::words::{self, Kind};
use crate::detect::{Entity, ShadowHit, person_hit};
use crate::normalise::Shadow;

/// How a person is mentioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Forename, or initial, with surname.
    Full,
    /// A forename alone.
    Forename,
    /// A surname alone.
    Surname,
    /// Title and surname.
    Titled,
    /// A short form of a forename.
    Nickname,
    /// Another name.
    Alias,
    /// A spelling that differs by one letter.
    Misspelt,
    /// Initials.
    Initials,
    /// One of the person's e-mail addresses, or one made of the name.
    Email,
    /// An identifier, telephone number or address.
    Identifier,
}

/// A place where the text mentions somebody of the cast.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Mention {
    /// Who, by index in [`Cast::people`]; nobody when it could be several or somebody else.
    pub person: Option<usize>,
    /// Who it may be; one when `person` is set.
    pub candidates: Vec<usize>,
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// By what.
    pub how: How,
    /// True when a person must say who is meant.
    pub ambiguous: bool,
}

/// A mention in shadow bytes.
struct Spot {
    start: usize,
    end: usize,
    people: Vec<usize>,
    how: How,
    ambiguous: bool,
    title: Option<String>,
}

impl Cast {
    /// Every mention of a person in `text`, in order of place.
    #[must_use]
    pub fn mentions(&self, text: &str) -> Vec<Mention> {
        self.mentions_in_thread(&[text]).pop().unwrap_or_default()
    }

    /// The mentions in each message of a thread. What one message tells about titles holds in all.
    #[must_use]
    pub fn mentions_in_thread(&self, texts: &[&str]) -> Vec<Vec<Mention>> {
        let shadows: Vec<Shadow> = texts.iter().map(|text| Shadow::new(text)).collect();
        let mut spots: Vec<Vec<Spot>> = shadows.iter().map(|shadow| self.spots(shadow)).collect();
        let titles = self.titles(spots.iter().flatten());
        spots.iter_mut().flatten().for_each(|spot| settle_by_title(spot, &titles));
        let mentions =
            |(shadow, spots): (&Shadow, Vec<Spot>)| spots.into_iter().map(|s| mention(shadow, s)).collect();
        shadows.iter().zip(spots).map(mentions).collect()
    }

    /// Adds the mentions to what a detector found.
    pub(crate) fn hits(&self, shadow: &Shadow, hits: &mut Vec<ShadowHit>) {
        let mut spots = self.spots(shadow);
        let titles = self.titles(spots.iter());
        spots.iter_mut().for_each(|spot| settle_by_title(spot, &titles));
        for spot in spots {
            let organisation = |p: &usize| self.people.get(*p).is_some_and(|p| p.role == Role::Organisation);
            if spot.people.iter().all(organisation) {
                continue;
            }
            let why = why(&spot);
            match spot.how {
                How::Email => {}
                How::Identifier => hits.push(ShadowHit {
                    entity: Entity::Reference,
                    start: spot.start,
                    end: spot.end,
                    // Below what finds the same as a kind of its own.
                    score: 0.6,
                    why,
                }),
                _ => {
                    hits.push(person_hit(spot.start, spot.end, if spot.ambiguous { 0.9 } else { 0.97 }, why));
                }
            }
        }
    }

    fn spots(&self, shadow: &Shadow) -> Vec<Spot> {
        let text = Text::new(shadow.bytes());
        let mut spots = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let b = text.at(at);
            if b == b'@' {
                spots.extend(self.email(&text, at));
            }
            if !b.is_ascii_alphabetic() || wordy(text.before(at)) {
                at += 1;
                continue;
            }
            let end = name_word_end(&text, at);
            match self.name_at(&text, at, end) {
                Some(spot) => {
                    at = spot.end.max(end);
                    spots.push(spot);
                }
                None => at = end,
            }
        }
        if self.index.has_identifiers() {
            self.identifier_spots(&text, &mut spots);
        }
        spots.sort_by_key(|s| (s.start, usize::MAX - s.end));
        let mut reach = 0;
        spots.retain(|s| {
            let free = s.start >= reach;
            reach = reach.max(if free { s.end } else { reach });
            free
        });
        spots
    }

    /// The mention that begins with the word at `start..end`.
    fn name_at(&self, text: &Text, start: usize, end: usize) -> Option<Spot> {
        let word = text.slice(start, end);
        let title = words::kind(word) == Some(Kind::Title) && !self.is_name(word);
        if title {
            return self.titled(text, start, end);
        }
        if word.len() == 1 {
            return self.after_initial(text, start);
        }
        if !self.index.may_hold(text.at(start)) && !text.at(start).is_ascii_uppercase() {
            return None;
        }
        let entries = self.entries(word);
        if entries.is_empty() {
            return self.initials(text, start, end);
        }
        self.grow(text, start, start, entries, word)
    }

    fn is_name(&self, word: &[u8]) -> bool {
        !self.index.exact(&key(word)).is_empty()
    }

    /// Whose name a word may be. A word in small letters must be spelt exactly.
    fn entries(&self, word: &[u8]) -> Vec<Entry> {
        let key = key(word);
        let exact = self.index.exact(&key);
        let capital = word.first().is_some_and(u8::is_ascii_uppercase);
        if !exact.is_empty() || !capital {
            return if capital || key.len() > 2 && !everyday(&key) { exact } else { Vec::new() };
        }
        self.index.near(&key)
    }

    /// `Mr Doherty`, `Dr. K O'Neill`.
    fn titled(&self, text: &Text, start: usize, end: usize) -> Option<Spot> {
        let next = over_gap(text, end)?;
        let word_end = name_word_end(text, next);
        let title = key(text.slice(start, end));
        let mut spot = self.name_at_plain(text, start, next, word_end)?;
        spot.start = start;
        spot.title = Some(title);
        if spot.how == How::Surname {
            spot.how = How::Titled;
        }
        Some(spot)
    }

    fn name_at_plain(&self, text: &Text, anchor: usize, start: usize, end: usize) -> Option<Spot> {
        let word = text.slice(start, end);
        if word.len() == 1 {
            return self.after_initial(text, start);
        }
        let entries = self.entries(word);
        if entries.is_empty() { None } else { self.grow(text, anchor, start, entries, word) }
    }

    /// `S. Doherty`, `S P Doherty`, from the first initial.
    fn after_initial(&self, text: &Text, start: usize) -> Option<Spot> {
        if !text.at(start).is_ascii_uppercase() {
            return None;
        }
        let mut letters = vec![text.at(start).to_ascii_lowercase()];
        let mut at = over_initial(text, start + 1)?;
        for _ in 0..3 {
            let end = name_word_end(text, at);
            if end - at == 1 && text.at(at).is_ascii_uppercase() {
                letters.push(text.at(at).to_ascii_lowercase());
                at = match over_initial(text, end) {
                    Some(next) => next,
                    None => break,
                };
                continue;
            }
            let surnames: Vec<Entry> = self
                .entries(text.slice(at, end))
                .into_iter()
                .filter(|e| matches!(e.part, Part::Surname | Part::Alias) && text.at(at).is_ascii_uppercase())
                .filter(|e| self.begins_with(e.person, letters.first()))
                .collect();
            return (!surnames.is_empty()).then(|| spot(start, end, &surnames, How::Full));
        }
        self.dotted_initials(text, start)
    }

    /// `S.D.` and `S.P.D.`
    fn dotted_initials(&self, text: &Text, start: usize) -> Option<Spot> {
        let end = text.run(start, 7, |b| b.is_ascii_uppercase() || b == b'.');
        let run = text.slice(start, end);
        let letters = key(run);
        let dotted = run.len() == letters.len() * 2 && run.iter().skip(1).step_by(2).all(|b| *b == b'.');
        let people = self.index.by_initials(&letters);
        (dotted && !people.is_empty() && !wordy(text.at(end))).then(|| Spot {
            start,
            end,
            people: people.to_vec(),
            how: How::Initials,
            ambiguous: people.len() > 1,
            title: None,
        })
    }

    /// `SD`: only a line or a sign-off of its own is sure.
    fn initials(&self, text: &Text, start: usize, end: usize) -> Option<Spot> {
        let word = text.slice(start, end);
        if !(2..=3).contains(&word.len()) || !word.iter().all(u8::is_ascii_uppercase) {
            return None;
        }
        let people = self.index.by_initials(&key(word));
        let alone = matches!(text.before(text.run_back(start, 4, |b| b == b' ')), 0 | b'\n' | b'/')
            && matches!(text.at(text.run(end, 4, |b| b == b' ')), 0 | b'\n' | b'\r' | b'/');
        (!people.is_empty()).then(|| Spot {
            start,
            end,
            people: people.to_vec(),
            how: How::Initials,
            ambiguous: people.len() > 1 || !alone,
            title: None,
        })
    }

    fn begins_with(&self, person: usize, letter: Option<&u8>) -> bool {
        self.people.get(person).is_some_and(|p| {
            p.forenames.iter().any(|f| key(Shadow::new(f).bytes()).bytes().next() == letter.copied())
                || p.forenames.is_empty()
        })
    }

    /// Takes in the following words as long as somebody fits all of them.
    fn grow(&self, text: &Text, anchor: usize, start: usize, first: Vec<Entry>, word: &[u8]) -> Option<Spot> {
        let lower = !word.first().is_some_and(u8::is_ascii_uppercase);
        let mut entries = first;
        let mut end = start + word.len();
        let mut count = 1;
        let mut at = end;
        while count < 5 {
            let Some(next) = over_name_gap(text, at) else { break };
            let word_end = name_word_end(text, next);
            let next_word = text.slice(next, word_end);
            let initial = next_word.len() == 1 && next_word.first().is_some_and(u8::is_ascii_uppercase);
            let fitting = if initial {
                entries
                    .iter()
                    .copied()
                    .filter(|e| {
                        self.begins_with(e.person, next_word.first().map(u8::to_ascii_lowercase).as_ref())
                    })
                    .collect()
            } else {
                both(&entries, &self.entries(next_word))
            };
            if fitting.is_empty() {
                break;
            }
            at = word_end;
            if initial && text.at(at) == b'.' {
                at += 1;
            }
            // An initial counts only before a further name or after a surname and comma.
            if !initial || entries.iter().any(|e| e.part == Part::Surname) {
                end = word_end;
                count += 1;
            }
            entries = fitting;
        }
        self.judge(text, anchor, start, end, &entries, count, lower)
    }

    #[expect(clippy::too_many_arguments, reason = "one judgement over everything that was read")]
    fn judge(
        &self,
        text: &Text,
        anchor: usize,
        start: usize,
        end: usize,
        entries: &[Entry],
        count: usize,
        lower: bool,
    ) -> Option<Spot> {
        let part = strongest(entries);
        if lower && count == 1 && part != Part::Surname && entries.iter().any(|e| e.part == Part::Nickname) {
            return None;
        }
        let how = match (count, part) {
            (2.., _) => How::Full,
            (_, Part::Surname) => How::Surname,
            (_, Part::Forename | Part::Middle) => How::Forename,
            (_, Part::Nickname) => How::Nickname,
            (_, Part::Alias) => How::Alias,
        };
        let misspelt = entries.iter().all(|e| e.misspelt);
        let mut found = spot(start, end, entries, if misspelt && count == 1 { How::Misspelt } else { how });
        if count == 1 {
            let other = match part {
                Part::Surname => other_forename(text, anchor, start),
                _ => other_surname(text, end),
            };
            // A known name of its own that is one letter away is as likely somebody else's.
            let own = misspelt && is_known_name(text.slice(start, end));
            found.ambiguous |= other || own;
        }
        Some(found)
    }

    /// The mention by an e-mail address around `@`.
    fn email(&self, text: &Text, at: usize) -> Option<Spot> {
        let start = text.run_back(at, 64, |b| wordy(b) || matches!(b, b'.' | b'_' | b'-' | b'+' | b'\''));
        let end = text.run(at + 1, 255, |b| wordy(b) || matches!(b, b'.' | b'-'));
        let end = at + 1 + text.slice(at + 1, end).iter().rposition(|b| wordy(*b)).map_or(0, |i| i + 1);
        if start == at || end == at + 1 {
            return None;
        }
        let people = self.index.by_email(text.slice(start, at), text.slice(start, end));
        if people.is_empty() {
            return None;
        }
        Some(Spot { start, end, ambiguous: people.len() > 1, people, how: How::Email, title: None })
    }

    fn identifier_spots(&self, text: &Text, spots: &mut Vec<Spot>) {
        let mut squeezed = String::new();
        let mut places = Vec::new();
        for at in 0..text.len() {
            let b = text.at(at);
            if b.is_ascii_alphanumeric() {
                squeezed.push(char::from(b.to_ascii_uppercase()));
                places.push(at);
            }
        }
        for (owner, from, to) in self.index.identifiers(&squeezed) {
            let (Some(start), Some(last)) = (places.get(from), to.checked_sub(1).and_then(|i| places.get(i)))
            else {
                continue;
            };
            let free = !text.at(last + 1).is_ascii_digit() && last - start < (to - from) * 3 + 8;
            if free {
                spots.push(Spot {
                    start: *start,
                    end: last + 1,
                    people: vec![owner],
                    how: How::Identifier,
                    ambiguous: false,
                    title: None,
                });
            }
        }
    }

    /// The titles under which people appear with their full names, and those that the cast gives.
    fn titles<'s>(&self, spots: impl Iterator<Item = &'s Spot>) -> HashMap<usize, Vec<String>> {
        let mut titles: HashMap<usize, Vec<String>> = HashMap::new();
        for (number, person) in self.people.iter().enumerate() {
            if let Some(title) = &person.title {
                titles.entry(number).or_default().push(key(title.as_bytes()));
            }
        }
        for spot in spots.filter(|s| s.how == How::Full) {
            if let ([person], Some(title)) = (spot.people.as_slice(), &spot.title) {
                titles.entry(*person).or_default().push(title.clone());
            }
        }
        titles
    }
}

/// Settles `Mr Doherty` among several of the name, when exactly one is known by that title and all
/// others are known by another.
fn settle_by_title(spot: &mut Spot, titles: &HashMap<usize, Vec<String>>) {
    let Some(title) = spot.title.as_ref().filter(|_| spot.people.len() > 1) else { return };
    let with: Vec<usize> =
        spot.people.iter().copied().filter(|p| titles.get(p).is_some_and(|t| t.contains(title))).collect();
    let all_known = spot.people.iter().all(|p| titles.contains_key(p));
    if let ([one], true) = (with.as_slice(), all_known) {
        spot.people = vec![*one];
        spot.ambiguous = false;
    }
}

fn mention(shadow: &Shadow, spot: Spot) -> Mention {
    let place = shadow.source(spot.start..spot.end);
    let person = match spot.people.as_slice() {
        [one] if !spot.ambiguous => Some(*one),
        _ => None,
    };
    Mention {
        person,
        candidates: spot.people,
        start: place.start,
        end: place.end,
        how: spot.how,
        ambiguous: spot.ambiguous,
    }
}

fn why(spot: &Spot) -> String {
    let who: Vec<String> = spot.people.iter().map(|p| (p + 1).to_string()).collect();
    match spot.ambiguous {
        false => format!("person {} of the cast", who.join(", ")),
        true => format!("may be person {} of the cast; ask", who.join(" or ")),
    }
}

fn spot(start: usize, end: usize, entries: &[Entry], how: How) -> Spot {
    let mut people: Vec<usize> = entries.iter().map(|e| e.person).collect();
    people.sort_unstable();
    people.dedup();
    Spot { start, end, ambiguous: people.len() > 1, people, how, title: None }
}

/// Those whom both words may name, under different parts of their names.
fn both(first: &[Entry], second: &[Entry]) -> Vec<Entry> {
    let fits = |e: &&Entry| {
        first.iter().any(|f| {
            f.person == e.person
                && (f.part != e.part
                    || f.part == Part::Surname
                    || f.part == Part::Alias
                    || f.part == Part::Middle)
        })
    };
    second.iter().filter(fits).copied().collect()
}

fn strongest(entries: &[Entry]) -> Part {
    for part in [Part::Surname, Part::Forename, Part::Middle, Part::Alias] {
        if entries.iter().any(|e| e.part == part) {
            return part;
        }
    }
    Part::Nickname
}
