//! The words around a candidate.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::LazyLock;

use super::text::{Text, wordy};
use super::topics::{PHRASES, TOPICS, Topic};

/// How far to look back and ahead, in bytes and words.
const REACH: usize = 96;
const WORDS_BEFORE: usize = 10;
const WORDS_AFTER: usize = 5;
/// The longest word that says anything.
const LONGEST: usize = 14;
/// A word for another kind of number settles the matter only this near.
const OTHER_WITHIN: u8 = 3;

type Phrases = HashMap<&'static [u8], Vec<(Topic, &'static str)>>;

/// Each phrase under its last word.
static BY_LAST_WORD: LazyLock<Phrases> = LazyLock::new(|| {
    let mut map = Phrases::new();
    for (topic, phrases) in PHRASES {
        for phrase in *phrases {
            let last = phrase.rsplit(' ').next().unwrap_or(phrase);
            map.entry(last.as_bytes()).or_default().push((*topic, phrase));
        }
    }
    map
});

/// What the nearest telling word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    /// A word that names this kind of identifier.
    Yes(&'static str),
    /// A word that names another kind of number.
    No,
    /// A word for some number or other: `ref`, `case`.
    Vague,
    /// Nothing.
    Silent,
}

/// How far away the nearest word about each topic is, in words; none when there is none.
#[derive(Debug, Clone, Copy)]
struct Near {
    at: [Option<(u8, &'static str)>; TOPICS],
}

impl Near {
    fn get(&self, topic: Topic) -> Option<(u8, &'static str)> {
        self.at.get(topic as usize).copied().flatten()
    }

    fn note(&mut self, topic: Topic, distance: usize, phrase: &'static str) {
        if let Some(slot @ None) = self.at.get_mut(topic as usize) {
            *slot = Some((u8::try_from(distance).unwrap_or(u8::MAX), phrase));
        }
    }
}

/// The words before a place, and on demand those after it.
pub(super) struct Around<'t> {
    text: Text<'t>,
    start: usize,
    end: usize,
    labels: &'t [&'t [u8]],
    before: OnceCell<Near>,
}

impl<'t> Around<'t> {
    /// Reads before `start`; `labels` are the words of the column's heading or of the field's label.
    /// Nothing is read before it is asked for.
    pub(super) fn read(text: Text<'t>, start: usize, labels: &'t [&'t [u8]]) -> Self {
        Self { text, start, end: start, labels, before: OnceCell::new() }
    }

    fn before(&self) -> &Near {
        self.before.get_or_init(|| {
            let mut words: Words = Words::default();
            for label in self.labels {
                words.push(label);
            }
            words_before(&self.text, self.start, &mut words);
            let mut before = Near { at: [None; TOPICS] };
            note_all(&words, true, &mut before);
            before
        })
    }

    /// The same place, for a candidate that ends at `end`.
    pub(super) fn ending(&mut self, end: usize) -> &Self {
        self.end = end;
        self
    }

    /// True when the candidate is all that the text (a cell, a field) holds.
    pub(super) fn whole(&self) -> bool {
        self.labels.is_empty() && self.text.is_whole(self.start, self.end)
    }

    /// What the words say about a candidate of the kind that `topic` names.
    pub(super) fn label(&self, topic: Topic) -> Label {
        let other = self.before().get(Topic::Other).filter(|(at, _)| *at < OTHER_WITHIN);
        match (self.before().get(topic), other) {
            (Some((near, name)), Some((other, _))) if near < other => Label::Yes(name),
            (_, Some(_)) => Label::No,
            (Some((_, name)), None) => Label::Yes(name),
            (None, None) => self.label_after(topic),
        }
    }

    fn label_after(&self, topic: Topic) -> Label {
        let mut words = Words::default();
        words_after(&self.text, self.end, &mut words);
        let mut after = Near { at: [None; TOPICS] };
        note_all(&words, false, &mut after);
        if let Some((_, name)) = after.get(topic) {
            return Label::Yes(name);
        }
        if self.within(Topic::Some, 3).is_some() { Label::Vague } else { Label::Silent }
    }

    /// The word about `topic` when it is among the nearest `count` words before.
    pub(super) fn within(&self, topic: Topic, count: u8) -> Option<&'static str> {
        self.before().get(topic).filter(|(at, _)| *at < count).map(|(_, name)| name)
    }
}

/// A few words, nearest first.
#[derive(Default)]
struct Words<'w> {
    count: usize,
    words: [&'w [u8]; 16],
}

impl<'w> Words<'w> {
    fn push(&mut self, word: &'w [u8]) {
        if let Some(slot) = self.words.get_mut(self.count) {
            *slot = word;
            self.count += 1;
        }
    }

    fn get(&self, i: usize) -> &'w [u8] {
        self.words.get(i).copied().unwrap_or(&[])
    }
}

fn note_all(words: &Words, backwards: bool, near: &mut Near) {
    for at in 0..words.count {
        for (topic, phrase) in phrases_ending_with(words.get(at)) {
            let stands = phrase.rsplit(' ').enumerate().skip(1).all(|(i, part)| {
                let place = if backwards { Some(at + i) } else { at.checked_sub(i) };
                place.is_some_and(|place| words.get(place).eq_ignore_ascii_case(part.as_bytes()))
            });
            if stands {
                near.note(*topic, at, phrase);
            }
        }
    }
}

/// The phrases whose last word this is, but for case and a plural `s`.
fn phrases_ending_with(word: &[u8]) -> &'static [(Topic, &'static str)] {
    let mut lower = [0u8; LONGEST];
    let Some(lower) = lower.get_mut(..word.len()) else { return &[] };
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    let singular = lower.strip_suffix(b"s").filter(|s| s.len() > 1);
    let found = BY_LAST_WORD.get(&*lower).or_else(|| BY_LAST_WORD.get(singular?));
    found.map_or(&[], Vec::as_slice)
}

fn words_before<'t>(text: &Text<'t>, start: usize, words: &mut Words<'t>) {
    let floor = start.saturating_sub(REACH);
    let most = words.count + WORDS_BEFORE;
    let mut at = start;
    let mut breaks = 0;
    while at > floor && words.count < most {
        let b = text.before(at);
        if !wordy(b) {
            breaks += usize::from(b == b'\n');
            if breaks >= 2 && !matches!(b, b'\n' | b'\r' | b' ' | b'>') {
                return;
            }
            at -= 1;
            continue;
        }
        if breaks >= 2 {
            return;
        }
        breaks = 0;
        let from = text.run_back(at, 24, wordy);
        let word = text.slice(from, at);
        if word.iter().any(u8::is_ascii_digit) {
            // A number between does not separate a label from the next number of its list.
            at = from;
            continue;
        }
        words.push(word);
        at = from;
    }
}

fn words_after<'t>(text: &Text<'t>, end: usize, words: &mut Words<'t>) {
    let mut at = end;
    while at < end + REACH / 2 && words.count < WORDS_AFTER && at < text.len() {
        let b = text.at(at);
        if matches!(b, b';' | b'\n') || (matches!(b, b'.' | b',') && !wordy(text.at(at + 1))) {
            return;
        }
        if !wordy(b) {
            at += 1;
            continue;
        }
        let to = text.run(at, 24, wordy);
        words.push(text.slice(at, to));
        at = to;
    }
}

impl<'t> Around<'t> {
    /// The first of `words` that stands near, before or after, or among `labels`.
    pub(super) fn has_word<'w>(&self, words: &'w [String], text: &Text, labels: &[&[u8]]) -> Option<&'w str> {
        let mut near = Words::default();
        words_before(text, self.start, &mut near);
        let mut after = Words::default();
        words_after(text, self.end, &mut after);
        words.iter().map(String::as_str).find(|word| {
            let same = |other: &[u8]| other.eq_ignore_ascii_case(word.as_bytes());
            (0..near.count).any(|i| same(near.get(i)))
                || (0..after.count).any(|i| same(after.get(i)))
                || labels.iter().any(|label| same(label))
        })
    }
}
