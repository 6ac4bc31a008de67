//! Names of people that no cast tells of: after a title, after a label, or a known forename with a
//! capitalised word behind it. Bare unknown pairs go to review, below the threshold.

use super::Entity;
use super::scan::{Scan, score};
use super::text::{Text, wordy};
use super::words::{self, Kind};

/// Small words inside a name.
const PARTICLES: &[&[u8]] = &[b"de", b"la", b"le", b"van", b"von", b"der", b"den", b"bin", b"ibn", b"al", b"da", b"di", b"dos", b"du", b"ap", b"st"];
/// Words after a forename and a word that make the three something else than a person.
const PLACES: &[&str] = &[
    "street", "road", "lane", "avenue", "close", "drive", "way", "court", "house", "hospital", "school", "college",
    "university", "station", "park", "centre", "center", "surgery", "church", "council", "ltd", "limited", "plc", "llp",
    "hotel", "hall", "bridge", "square", "place", "gardens", "terrace", "crescent", "academy", "trust", "island",
    "airport", "line", "library", "museum", "theatre", "stadium", "day", "inn", "arms", "foundation", "award", "cup",
    "county", "city", "town", "ward", "wing", "building", "estate", "solicitors", "associates", "bank", "falls", "beach",
];

/// Forenames that are words or places too; they need a known surname.
const EVERYDAY: &[&str] = &[
    "mark", "will", "grace", "rose", "hope", "faith", "joy", "dawn", "bill", "rob", "sue", "pat", "art", "ray", "rich",
    "nick", "jack", "frank", "grant", "victoria", "florence", "chelsea", "georgia", "charlotte", "sydney", "sidney",
    "jordan", "dale", "iris", "ivy", "holly", "heather", "daisy", "lily", "ruby", "pearl", "amber", "jade", "penny",
    "max", "don", "robin", "jay", "guy", "miles", "jasmine", "poppy", "violet", "hazel", "eve", "drew", "dean", "glen",
    "lewis", "craig", "wayne", "graham", "howard", "kent", "stanley", "francis", "warren", "leigh", "lee", "carol",
    "bob", "tony", "jean", "scott", "ross", "kim", "jan", "may", "june", "april", "gene", "josh", "vera", "stella",
    "virginia", "shannon", "paris", "alexandra", "albert", "george", "william", "james", "david", "elizabeth", "mary",
    "martin", "patrick", "andrew", "john", "paul", "peter", "thomas", "michael", "ward", "cliff", "rob", "una", "ali",
];

/// Looks at a title: `Mrs`, `Dr`.
pub(super) fn titled(scan: &mut Scan, start: usize, end: usize) {
    let text = scan.text;
    if !text.at(start).is_ascii_uppercase() || wordy(text.before(start)) {
        return;
    }
    let dot = if text.at(end) == b'.' { end + 1 } else { end };
    let next = text.run(dot, 3, |b| b == b' ');
    if next == dot && dot == end {
        return;
    }
    let Some(last) = name_end(&text, next, 4) else { return };
    let name = text.slice(next, last);
    let place = PLACES.iter().any(|p| p.as_bytes().eq_ignore_ascii_case(name));
    if name.len() > 1 && !place {
        scan.add(Entity::Person, start, last, score::GOOD, "name after a title");
    }
}

/// Looks at a known forename.
pub(super) fn forename(scan: &mut Scan, start: usize, end: usize) {
    let text = scan.text;
    let before = text.before(start);
    if wordy(before) || matches!(before, b'@' | b'.' | b'/' | b'_') || matches!(text.at(end), b'@' | b'_') {
        return;
    }
    let gap = text.run(end, 3, |b| b == b' ');
    if gap == end {
        return;
    }
    let Some(last) = name_end(&text, gap, 3) else { return };
    let surname_start = text.run_back(last, 24, |b| wordy(b) || b == b'\'' || b == b'-');
    let surname = text.slice(surname_start, last);
    let kind = words::kind(surname);
    let place = followed_by_place(&text, last) || is_place(surname) || matches!(kind, Some(Kind::Month | Kind::Street));
    let everyday = EVERYDAY.iter().any(|w| w.as_bytes().eq_ignore_ascii_case(text.slice(start, end)));
    if surname.len() < 2 || place || (everyday && !words::is_surname(surname)) {
        return;
    }
    let (value, why) = if words::is_surname(surname) {
        (score::FAIR, "known forename and surname")
    } else {
        (score::PASS, "known forename and a capitalised word")
    };
    scan.add(Entity::Person, start, last, value, why);
}

fn is_place(word: &[u8]) -> bool {
    PLACES.iter().any(|p| p.as_bytes().eq_ignore_ascii_case(word))
}

fn followed_by_place(text: &Text, end: usize) -> bool {
    let next = text.run(end, 2, |b| b == b' ');
    let stop = text.run(next, 16, |b| b.is_ascii_alphabetic());
    next > end && is_place(text.slice(next, stop))
}

/// The end of up to `most` capitalised words, initials and particles from `at`, when there is one.
pub(crate) fn name_end(text: &Text, at: usize, most: usize) -> Option<usize> {
    let mut next = at;
    let mut last = None;
    for _ in 0..most {
        let end = text.run(next, 24, |b| wordy(b) || b == b'\'' || b == b'-');
        let word = text.slice(next, end);
        let word = word.strip_suffix(b"'s").or_else(|| word.strip_suffix(b"'")).unwrap_or(word);
        let end = next + word.len();
        let first = word.first().copied().unwrap_or(0);
        let particle = PARTICLES.contains(&word);
        if word.iter().any(u8::is_ascii_digit) || !(first.is_ascii_uppercase() || particle) {
            break;
        }
        let initial = word.len() == 1 && text.at(end) == b'.';
        if !particle {
            last = Some(end);
        }
        let after = if initial { end + 1 } else { end };
        let gap = text.run(after, 2, |b| b == b' ');
        if gap == after && !initial {
            break;
        }
        next = gap;
    }
    last
}

/// A text that is nothing but a name, in a field whose label says so.
pub(super) fn whole(scan: &mut Scan) {
    const LABELS: &[&str] =
        &["name", "surname", "forename", "client", "customer", "tenant", "patient", "applicant", "claimant", "complainant", "carer", "guardian", "contact", "employee", "officer"];
    let about_people = scan.labels.iter().take(2).any(|label| {
        let singular = label.strip_suffix(b"s").unwrap_or(label);
        LABELS.iter().any(|l| l.as_bytes().eq_ignore_ascii_case(label) || l.as_bytes().eq_ignore_ascii_case(singular))
    });
    let text = scan.text;
    if !about_people || text.len() > 60 {
        return;
    }
    let start = text.run(0, 60, |b| b.is_ascii_whitespace());
    if let Some(end) = name_end(&text, start, 4) {
        let rest = text.slice(end, text.len());
        if rest.iter().all(|b| !wordy(*b)) && text.slice(start, end).len() > 1 {
            scan.add(Entity::Person, start, end, score::GOOD, "a field for a name");
        }
    }
}
