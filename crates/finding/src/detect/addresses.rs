//! Street addresses: a house number or name, the words of a street, its kind; and the town between a
//! street and its postcode.

use super::Entity;
use super::overlap::Hit;
use super::scan::{Scan, score};
use super::text::{Text, wordy};
use super::words::{self, Kind};

/// How many words the name of a street has at most.
const MOST_WORDS: usize = 4;
/// Kinds of street that are everyday words too; the words before them need capitals.
const EVERYDAY: &[&str] = &[
    "way", "park", "hill", "close", "end", "court", "place", "view", "row", "walk", "drive", "green", "rise", "bank",
    "side", "side", "gate", "yard", "fields", "field", "bridge", "cross", "mount", "st", "dr", "pl", "ct", "square",
    "circus", "gardens", "garden", "house", "farm", "cottage", "mill", "fold", "brow", "lea", "vale", "grange", "top",
    "bottom", "corner", "heights", "villas", "buildings", "mansions", "estate", "common", "hall", "lodge", "approach",
    "parade", "meadow", "meadows", "croft", "dale", "wharf", "quay", "chase", "copse", "dene", "nook", "path", "pass",
    "passage", "promenade", "ridge", "spinney", "wood", "wynd", "heath", "orchard", "moor", "stile", "wells", "strand",
    "broadway",
];
/// Words before a house number that belong to the address.
const PARTS: &[&str] = &["flat", "apartment", "apt", "unit", "room", "suite", "block", "plot", "house", "floor", "level", "bedsit"];

/// Looks at the name of a kind of street.
pub(super) fn street(scan: &mut Scan, start: usize, end: usize) {
    let text = scan.text;
    if wordy(text.before(start)) || text.before(start) == b'_' || text.before(start) == b'\'' {
        return;
    }
    let kind = text.slice(start, end);
    let everyday = EVERYDAY.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(kind));
    let capital = text.at(start).is_ascii_uppercase();
    if everyday && !capital {
        return;
    }
    let Some(name) = street_name(&text, start, capital) else { return };
    let end = abbreviation_dot(&text, end);
    match house_number(&text, name.start) {
        Some(from) => {
            let from = part_of_house(&text, from);
            let value = if capital { score::GOOD } else { score::PASS };
            scan.add(Entity::Address, from, end, value, "house number and street");
        }
        None if capital && name.words > 0 && postcode_follows(&text, end) => {
            scan.add(Entity::Address, name.start, end, score::PASS, "street before a postcode");
        }
        None => {}
    }
}

/// The words between a house number and the kind of street.
struct Name {
    start: usize,
    words: usize,
}

/// Goes back over the words of a street's name; stops at the house number.
fn street_name(text: &Text, kind: usize, capital: bool) -> Option<Name> {
    let mut start = kind;
    let mut count = 0;
    while count < MOST_WORDS {
        let Some(stop) = back_over_gap(text, start) else { break };
        let from = text.run_back(stop, 20, |b| wordy(b) || b == b'\'' || b == b'-');
        let word = text.slice(from, stop);
        let first = word.first().copied().unwrap_or(0);
        if word.is_empty() || first.is_ascii_digit() {
            break;
        }
        let small = [&b"of"[..], b"the", b"and", b"upon", b"on", b"le", b"la", b"y"].iter().any(|s| word.eq_ignore_ascii_case(s));
        if capital && !first.is_ascii_uppercase() && !small {
            break;
        }
        if PARTS.iter().any(|p| p.as_bytes().eq_ignore_ascii_case(word)) && count > 0 {
            break;
        }
        start = from;
        count += 1;
    }
    // A name does not begin with a small word.
    while count > 0 && capital && text.at(start).is_ascii_lowercase() {
        let word_end = text.run(start, 20, wordy);
        start = text.skip_space(word_end);
        count -= 1;
    }
    (start <= kind).then_some(Name { start, words: count })
}

/// The end of the word before `at`, over one gap that does not end a sentence.
fn back_over_gap(text: &Text, at: usize) -> Option<usize> {
    let stop = text.run_back(at, 8, |b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'>'));
    if stop == at {
        return None;
    }
    // `St. John's Road`, `R. Smith Street`: a dot after one or two letters is an abbreviation's.
    if text.before(stop) == b'.' {
        let letters = text.run_back(stop - 1, 4, |b| b.is_ascii_alphabetic());
        return (stop - 1 > letters && stop - 1 - letters <= 2).then_some(stop - 1);
    }
    wordy(text.before(stop)).then_some(stop)
}

/// The start of a house number right before `at`: `12`, `12a`, `12-14`, `12/3`.
fn house_number(text: &Text, at: usize) -> Option<usize> {
    let stop = text.run_back(at, 8, |b| matches!(b, b' ' | b',' | b'\t' | b'\n' | b'\r' | b'>'));
    let from = text.run_back(stop, 9, |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'/'));
    let number = text.slice(from, stop);
    let digits = number.iter().take_while(|b| b.is_ascii_digit()).count();
    let tail = number.get(digits..).unwrap_or(&[]);
    let plain = match tail {
        [] => true,
        [letter] => letter.is_ascii_alphabetic(),
        [b'-' | b'/', rest @ ..] => rest.len() <= 4 && rest.first().is_some_and(u8::is_ascii_digit),
        [letter, b'-', rest @ ..] => letter.is_ascii_alphabetic() && rest.first().is_some_and(u8::is_ascii_digit),
        _ => false,
    };
    let free = !wordy(text.before(from)) && !matches!(text.before(from), b'.' | b':' | b'_');
    (stop < at && (1..=4).contains(&digits) && plain && free).then_some(from)
}

/// Takes in `Flat 2,` and `Rose House,` before a house number.
fn part_of_house(text: &Text, number: usize) -> usize {
    let mut start = number;
    for _ in 0..2 {
        let stop = text.run_back(start, 4, |b| matches!(b, b' ' | b',' | b'\n'));
        let label = text.run_back(stop, 5, |b| b.is_ascii_alphanumeric());
        let gap = text.run_back(label, 2, |b| b == b' ');
        let word = text.run_back(gap, 10, |b| b.is_ascii_alphabetic());
        let known = PARTS.iter().any(|p| p.as_bytes().eq_ignore_ascii_case(text.slice(word, gap)));
        let named = text.slice(label, stop);
        let number = named.len() == 1 || named.iter().any(u8::is_ascii_digit);
        if !known || !number || stop == start || gap == label || label == stop {
            break;
        }
        start = word;
    }
    start
}

/// Past the dot of `Rd.` when the sentence goes on.
fn abbreviation_dot(text: &Text, end: usize) -> usize {
    let next = text.at(end + 1);
    if text.at(end) == b'.' && matches!(next, b',') { end + 1 } else { end }
}

/// Whether a postcode stands within the next words.
fn postcode_follows(text: &Text, end: usize) -> bool {
    let stop = text.run(end, 64, |b| b != b';' && b != b'\r');
    let mut at = end;
    while at < stop {
        let from = text.run(at, 64, |b| !wordy(b));
        let to = text.run(from, 64, wordy);
        let token = text.slice(from, to);
        let outward = (2..=4).contains(&token.len())
            && token.first().is_some_and(u8::is_ascii_uppercase)
            && token.iter().any(u8::is_ascii_digit);
        if outward {
            return matches!(text.slice(to, to + 4), [b' ', d, a, b] if d.is_ascii_digit() && a.is_ascii_uppercase() && b.is_ascii_uppercase());
        }
        at = to.max(at + 1);
    }
    false
}

/// `PO Box 123`, at the word `Box`.
pub(super) fn po_box(scan: &mut Scan, start: usize, end: usize) {
    let text = scan.text;
    let stop = text.run_back(start, 2, |b| b == b' ');
    let from = text.run_back(stop, 6, |b| b.is_ascii_alphabetic() || b == b'.');
    let letters: Vec<u8> = text.slice(from, stop).iter().filter(|b| **b != b'.').map(u8::to_ascii_lowercase).collect();
    let number = text.run(end, 2, |b| b == b' ');
    let last = text.run(number, 6, |b| b.is_ascii_digit());
    if letters == b"po" && last > number && !wordy(text.at(last)) {
        scan.add(Entity::Address, from, last, score::GOOD, "post office box");
    }
}

/// Adds the town that stands between a street and its postcode.
pub(super) fn towns(text: &Text, hits: &mut Vec<Hit>) {
    let mut found = Vec::new();
    for pair in hits.windows(2) {
        if let [street, code] = pair
            && street.entity == Entity::Address
            && code.entity == Entity::UkPostcode
            && let Some((start, end)) = town(text, street.end, code.start)
        {
            let why = "between a street and its postcode".to_owned();
            found.push(Hit { entity: Entity::Address, start, end, score: score::FAIR, why });
        }
    }
    hits.extend(found);
    hits.sort_by_key(|hit| hit.start);
}

fn town(text: &Text, street_end: usize, code_start: usize) -> Option<(usize, usize)> {
    let between = text.slice(street_end, code_start);
    let gap = |b: &u8| !wordy(*b);
    let start = street_end + between.iter().take_while(|b| gap(b)).count();
    let end = code_start - between.iter().rev().take_while(|b| gap(b)).count();
    let words = text.slice(start, end.max(start));
    let names = words
        .split(|b| gap(b) && *b != b'\'')
        .filter(|w| !w.is_empty())
        .all(|w| w.first().is_some_and(u8::is_ascii_uppercase) || [&b"on"[..], b"in", b"the", b"of", b"le", b"upon", b"by", b"under", b"s"].contains(&w));
    let sentence = words.windows(2).any(|p| matches!(p, [b'.' | b';' | b':', b' ']));
    (start < end && between.len() <= 80 && names && !sentence && words::kind(words) != Some(Kind::Month)).then_some((start, end))
}
