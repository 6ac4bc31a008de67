//! One pass over a shadow text: finds the places where an identifier may begin and asks the
//! matchers that know it.

use super::context::Around;
use super::overlap::Hit;
use super::text::{Text, wordy};
use super::{Detector, Entity, addresses, codes, dates, names, net, numbers, words};

/// The scores that rules give. At [`super::DEFAULT_THRESHOLD`] a council should use what is at
/// least [`score::PASS`].
pub(super) mod score {
    /// Checksum and context, or a form that nothing else has.
    pub const SURE: f32 = 0.95;
    /// Context and form, or a strong checksum.
    pub const GOOD: f32 = 0.85;
    /// A distinctive form.
    pub const FAIR: f32 = 0.7;
    /// More likely than not.
    pub const PASS: f32 = 0.55;
    /// Shown only to someone who asks for everything.
    pub const FAINT: f32 = 0.2;
}

/// The state of one pass.
pub(super) struct Scan<'t> {
    pub(super) text: Text<'t>,
    pub(super) rules: &'t Detector,
    pub(super) labels: &'t [&'t [u8]],
    pub(super) hits: Vec<Hit>,
    /// Where the last sort code ended.
    last_sort_code: Option<usize>,
}

/// How far an account number may stand behind its sort code.
const SORT_CODE_REACH: usize = 40;

impl<'t> Scan<'t> {
    pub(super) fn new(rules: &'t Detector, bytes: &'t [u8], labels: &'t [&'t [u8]]) -> Self {
        Self { text: Text::new(bytes), rules, labels, hits: Vec::new(), last_sort_code: None }
    }

    pub(super) fn run(mut self) -> Vec<Hit> {
        let mut at = 0;
        while at < self.text.len() {
            let b = self.text.at(at);
            if wordy(b) {
                let end = self.text.run(at, usize::MAX / 2, wordy);
                self.token(at, end);
                at = end;
            } else {
                net::mark(&mut self, at, b);
                at += 1;
            }
        }
        names::whole(&mut self);
        self.hits
    }

    /// A run of letters and digits.
    fn token(&mut self, start: usize, end: usize) {
        let token = self.text.slice(start, end);
        let Some(digit) = token.iter().position(u8::is_ascii_digit) else {
            return self.word(start, end);
        };
        // A longer run than any identifier can only hold a wallet address or an IBAN.
        if end - start > 70 {
            return;
        }
        codes::token(self, start, end);
        if digit == 0 {
            dates::number(self, start, end);
            numbers::look(self, start);
            codes::look(self, start);
        } else {
            if digit <= 5 {
                codes::look(self, start);
                numbers::look(self, start);
            }
            self.inside(start, end);
        }
    }

    /// Places inside a token where the kind of character changes as between two words.
    fn inside(&mut self, start: usize, end: usize) {
        for at in start + 1..end {
            let (last, b) = (self.text.before(at), self.text.at(at));
            if last.is_ascii_alphabetic() && b.is_ascii_digit() {
                if self.text.run_back(at, 6, |b| b.is_ascii_alphabetic()) > start || at - start >= 2 {
                    numbers::look(self, at);
                }
            } else if last.is_ascii_lowercase() && b.is_ascii_uppercase() {
                codes::look(self, at);
            }
        }
        codes::labelled(self, start, end);
    }

    /// A run of letters.
    fn word(&mut self, start: usize, end: usize) {
        let length = end - start;
        if length <= 5 && digit_follows(&self.text, end) {
            codes::look(self, start);
            if length == 1 {
                numbers::look(self, start);
            }
        } else if (6..=24).contains(&length) && digit_follows(&self.text, end) {
            codes::labelled(self, start, end);
        }
        if length >= 26 {
            codes::token(self, start, end);
        }
        match words::kind(self.text.slice(start, end)) {
            None => {}
            Some(words::Kind::Month) => dates::month(self, start, end),
            Some(words::Kind::Street) => addresses::street(self, start, end),
            Some(words::Kind::Box) => addresses::po_box(self, start, end),
            Some(words::Kind::Title) => {
                names::titled(self, start, end);
                if self.text.slice(start, end).eq_ignore_ascii_case(b"dr") {
                    addresses::street(self, start, end);
                }
            }
            Some(words::Kind::Forename) => names::forename(self, start, end),
        }
    }

    pub(super) fn around(&self, start: usize) -> Around<'t> {
        Around::read(self.text, start, self.labels)
    }

    pub(super) fn add(&mut self, entity: Entity, start: usize, end: usize, score: f32, why: impl Into<String>) {
        if entity == Entity::UkSortCode && score >= self.rules.threshold() {
            self.last_sort_code = Some(end);
        }
        self.hits.push(Hit { entity, start, end, score, why: why.into() });
    }

    /// Whether a sort code ended shortly before `start`.
    pub(super) fn near_sort_code(&self, start: usize) -> bool {
        self.last_sort_code.is_some_and(|end| end <= start && start - end <= SORT_CODE_REACH)
    }
}

/// Whether a digit follows within one run of separators; a letter in between does not count.
fn digit_follows(text: &Text, end: usize) -> bool {
    let next = text.run(end, 6, |b| matches!(b, b' ' | b'-' | b'.' | b'/' | b'\n' | b'\r' | b'>' | b'\t' | b'_'));
    next > end && (text.at(next).is_ascii_digit() || lone_letter(text, next))
}

/// A single letter, as in `A B 12 34 56 C` or an OCR slip at a group's start.
fn lone_letter(text: &Text, at: usize) -> bool {
    let next = at + 1;
    let separated = || text.run(next, 4, |b| matches!(b, b' ' | b'-' | b'.' | b'/' | b'\n'));
    text.at(at).is_ascii_alphabetic()
        && (text.at(next).is_ascii_digit() || (!wordy(text.at(next)) && text.at(separated()).is_ascii_digit()))
}
