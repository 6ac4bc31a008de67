//! People who may belong to the cast: from headers, salutations, signatures, `X, Housing Officer`,
//! and capitalised pairs that nobody knows. A person decides about each.

use crate::detect::names::name_end;
use crate::detect::text::{Text, wordy};
use crate::detect::words::{self, Kind};
use crate::model::{BlockKind, Document};
use crate::normalise::Shadow;

use super::Cast;

/// Where a candidate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hint {
    /// The display name of a header.
    Header,
    /// `Dear …`
    Salutation,
    /// Under `Regards`.
    Signature,
    /// A name with a post: `…, Housing Officer`.
    NameAndPost,
    /// Two capitalised words that nobody of the cast has: for review only.
    UnknownPair,
}

/// Somebody who may belong to the cast.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Candidate {
    /// The name as written.
    pub name: String,
    /// Where it comes from.
    pub hint: Hint,
    /// The post, in a signature or after the name.
    pub post: Option<String>,
    /// The address beside the name in a header.
    pub email: Option<String>,
    /// The block.
    pub block: usize,
    /// First character in the block.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
}

const POSTS: &[&str] = &[
    "officer",
    "manager",
    "worker",
    "director",
    "adviser",
    "advisor",
    "assistant",
    "administrator",
    "coordinator",
    "nurse",
    "doctor",
    "consultant",
    "solicitor",
    "teacher",
    "headteacher",
    "councillor",
    "inspector",
    "warden",
    "caseworker",
    "secretary",
    "clerk",
    "lead",
    "head",
    "practitioner",
    "therapist",
    "psychologist",
    "surveyor",
    "engineer",
    "analyst",
    "supervisor",
    "executive",
    "specialist",
    "technician",
    "midwife",
    "counsellor",
    "psychiatrist",
];
const GREETINGS: &[&str] = &["dear", "hi", "hello", "hiya"];
const FAREWELLS: &[&str] = &[
    "regards",
    "sincerely",
    "faithfully",
    "wishes",
    "thanks",
    "thank you",
    "cheers",
    "best",
    "truly",
    "many thanks",
];
/// Capitalised words that begin no name.
const NO_NAMES: &[&str] = &[
    "the",
    "a",
    "an",
    "this",
    "that",
    "these",
    "those",
    "i",
    "we",
    "he",
    "she",
    "they",
    "it",
    "in",
    "on",
    "at",
    "by",
    "for",
    "from",
    "to",
    "of",
    "and",
    "but",
    "or",
    "if",
    "when",
    "while",
    "please",
    "thank",
    "thanks",
    "dear",
    "hi",
    "hello",
    "kind",
    "best",
    "yours",
    "many",
    "sir",
    "madam",
    "all",
    "team",
    "colleague",
    "colleagues",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "no",
    "yes",
    "not",
    "her",
    "his",
    "our",
    "my",
    "your",
    "their",
    "as",
    "after",
    "before",
    "since",
    "re",
    "subject",
    "date",
    "north",
    "south",
    "east",
    "west",
    "new",
    "united",
    "royal",
    "great",
    "st",
    "saint",
    "data",
    "information",
    "personal",
    "county",
    "city",
    "borough",
    "council",
];

/// The candidates of a document whom `cast` does not know, in order of place.
#[must_use]
pub fn candidates(document: &Document, cast: &Cast) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (number, block) in document.blocks.iter().enumerate() {
        let mut here = Vec::new();
        if let BlockKind::Header(field) = &block.kind {
            if is_address_field(field) {
                here.extend(from_header(&block.text, number));
            }
        } else {
            let shadow = Shadow::new(&block.text);
            from_lines(&shadow, number, &mut here);
            from_words(&shadow, number, &mut here);
        }
        here.sort_by_key(|c| (c.start, c.hint));
        here.dedup_by(|b, a| b.start < a.end && a.start < b.end);
        found.extend(here.into_iter().filter(|c| !known(cast, &block.text, c)));
    }
    for candidate in &mut found {
        if let Some(block) = document.blocks.get(candidate.block) {
            candidate.name =
                block.text.chars().skip(candidate.start).take(candidate.end - candidate.start).collect();
        }
    }
    found
}

fn known(cast: &Cast, text: &str, candidate: &Candidate) -> bool {
    cast.mentions(text).iter().any(|m| !m.ambiguous && m.start < candidate.end && candidate.start < m.end)
}

/// Whether a header holds addresses.
#[must_use]
pub fn is_address_field(field: &str) -> bool {
    ["from", "to", "cc", "bcc", "sender", "reply-to"].iter().any(|f| f.eq_ignore_ascii_case(field))
}

/// The display names in a list of addresses, as characters of `text`.
pub(crate) fn display_name_spans(text: &str) -> Vec<(usize, usize)> {
    display_names(text).into_iter().map(|(start, end, _)| (start, end)).collect()
}

/// Display names with the address behind each.
fn display_names(text: &str) -> Vec<(usize, usize, String)> {
    let chars: Vec<char> = text.chars().collect();
    let mut names = Vec::new();
    let mut from = 0;
    while let Some(open) = position(&chars, from, '<') {
        let close = position(&chars, open, '>').unwrap_or(chars.len());
        let (start, end) = trimmed(&chars, from, open);
        let address: String = chars.iter().take(close).skip(open + 1).collect();
        let holds_address = chars.iter().take(end).skip(start).any(|c| *c == '@');
        if start < end && !holds_address {
            names.push((start, end, address));
        }
        from = close + 1;
    }
    names
}

fn position(chars: &[char], from: usize, wanted: char) -> Option<usize> {
    chars.iter().skip(from).position(|c| *c == wanted).map(|i| from + i)
}

fn trimmed(chars: &[char], start: usize, end: usize) -> (usize, usize) {
    let part = chars.get(start..end).unwrap_or(&[]);
    let letter = |c: &char| c.is_alphanumeric() || matches!(c, ')' | '.');
    let head = part.iter().take_while(|c| !c.is_alphanumeric()).count();
    let tail = part.iter().rev().take_while(|c| !letter(c)).count();
    (start + head.min(part.len()), end - tail.min(part.len() - head.min(part.len())))
}

fn from_header(text: &str, block: usize) -> Vec<Candidate> {
    let candidate = |(start, end, email): (usize, usize, String)| Candidate {
        name: String::new(),
        hint: Hint::Header,
        post: None,
        email: Some(email),
        block,
        start,
        end,
    };
    display_names(text).into_iter().map(candidate).collect()
}

/// Salutations and signatures: names at the start of lines.
fn from_lines(shadow: &Shadow, block: usize, found: &mut Vec<Candidate>) {
    let text = Text::new(shadow.bytes());
    let mut start = 0;
    let mut farewell = 0u8;
    let mut lines = shadow.text().split('\n').peekable();
    while let Some(line) = lines.next() {
        let words = line.trim().trim_end_matches([',', '.', '!']);
        let lower = words.to_ascii_lowercase();
        let indent = line.len() - line.trim_start().len();
        if let Some(rest) =
            GREETINGS.iter().find_map(|g| lower.strip_prefix(g).filter(|r| r.starts_with(' ')))
        {
            let from = start + indent + lower.len() - rest.trim_start().len();
            push_name(&text, shadow, from, Hint::Salutation, None, block, found);
        } else if farewell > 0 && !words.is_empty() {
            if name_end(&text, start + indent, 4).is_some_and(|end| end >= start + indent + words.len()) {
                let post = lines.peek().and_then(|next| post_line(next));
                push_name(&text, shadow, start + indent, Hint::Signature, post, block, found);
                farewell = 0;
            }
            farewell = farewell.saturating_sub(1);
        }
        if lower.len() < 30 && FAREWELLS.iter().any(|f| lower.ends_with(f)) {
            farewell = 3;
        }
        start += line.len() + 1;
    }
}

fn push_name(
    text: &Text,
    shadow: &Shadow,
    start: usize,
    hint: Hint,
    post: Option<String>,
    block: usize,
    found: &mut Vec<Candidate>,
) {
    let Some(end) = name_end(text, start, 4) else { return };
    let word_end = text.run(start, 24, wordy);
    if is_one_of(text.slice(start, word_end), NO_NAMES) {
        return;
    }
    let place = shadow.source(start..end);
    found.push(Candidate {
        name: String::new(),
        hint,
        post,
        email: None,
        block,
        start: place.start,
        end: place.end,
    });
}

/// Names with a post, and unknown pairs.
fn from_words(shadow: &Shadow, block: usize, found: &mut Vec<Candidate>) {
    let text = Text::new(shadow.bytes());
    let mut at = 0;
    while at < text.len() {
        let end = text.run(at, 40, wordy);
        if end == at {
            at += 1;
            continue;
        }
        let word = text.slice(at, end);
        let begins =
            word.first().is_some_and(u8::is_ascii_uppercase) && word.len() > 1 && !is_one_of(word, NO_NAMES);
        let stop = name_end(&text, at, 3).filter(|stop| begins && *stop > end);
        let Some(stop) = stop else {
            at = end;
            continue;
        };
        match post_after(&text, stop) {
            Some(post) => push_name(&text, shadow, at, Hint::NameAndPost, Some(post), block, found),
            None if plain_pair(text.slice(at, stop)) && !is_address(&text, at, stop) => {
                push_name(&text, shadow, at, Hint::UnknownPair, None, block, found);
            }
            None => {}
        }
        at = stop;
    }
}

/// The line under the name of a signature, when it is a post.
fn post_line(line: &str) -> Option<String> {
    let line = line.trim().trim_end_matches([',', '.']);
    let mut words = line.split_whitespace();
    let last = words.next_back()?.to_lowercase();
    (words.count() < 6 && POSTS.contains(&last.as_str())).then(|| line.to_owned())
}

/// `, Housing Officer` behind a name: up to five capitalised words that end in a post.
fn post_after(text: &Text, end: usize) -> Option<String> {
    let start = text.run(end, 4, |b| matches!(b, b',' | b' ' | b'(' | b'-' | b'\n'));
    if start == end || text.at(start) == 0 || text.slice(end, start) == b" " {
        return None;
    }
    let stop = text.run(start, 60, |b| wordy(b) || matches!(b, b' ' | b'&' | b'-'));
    let phrase = text.slice(start, stop);
    let mut length = 0;
    for word in phrase.split(|b| *b == b' ').take(6) {
        length += word.len() + 1;
        if is_one_of(word, POSTS) {
            return phrase.get(..length - 1).map(|p| String::from_utf8_lossy(p).into_owned());
        }
    }
    None
}

/// Words that end a street's name and are hardly anybody's surname.
const STREETS: &[&str] = &[
    "street",
    "road",
    "avenue",
    "drive",
    "crescent",
    "terrace",
    "court",
    "gardens",
    "way",
    "place",
    "square",
    "boulevard",
    "mews",
    "quay",
    "parade",
];

/// Whether a pair that ends like a street is one: `Casper Holt` and `Mary Hill` are people, `14 Mill Hill`
/// and `in Mill Hill` are not.
fn is_address(text: &Text, start: usize, end: usize) -> bool {
    const BEFORE: &[&str] = &["in", "at", "on", "near", "along", "off", "the"];
    let name = text.slice(start, end);
    let last = name.rsplit(|b| *b == b' ').next().unwrap_or(name);
    if !matches!(words::kind(last), Some(Kind::Street)) {
        return false;
    }
    let before = text.slice(start.saturating_sub(12), start);
    let before = before.strip_suffix(b" ").unwrap_or(before);
    let word = before.rsplit(|b| !b.is_ascii_alphanumeric()).next().unwrap_or(before);
    is_one_of(last, STREETS) || is_one_of(word, BEFORE) || word.iter().any(u8::is_ascii_digit)
}

/// Two or three words, each a capital and small letters, none of a month.
fn plain_pair(name: &[u8]) -> bool {
    name.split(|b| *b == b' ').all(|word| {
        let shaped = word.iter().skip(1).any(u8::is_ascii_lowercase);
        let other = matches!(words::kind(word), Some(Kind::Month | Kind::Title | Kind::Box));
        shaped && !other && !is_one_of(word, NO_NAMES) && !is_one_of(word, POSTS)
    })
}

fn is_one_of(word: &[u8], words: &[&str]) -> bool {
    words.iter().any(|w| w.as_bytes().eq_ignore_ascii_case(word))
}
