//! Steps over a text: from word to word of a name, and which words are names at all.

use crate::detect::text::{Text, wordy};
use crate::detect::words::{self, Kind};

/// The end of a word with the hyphens and apostrophes inside it; a possessive `'s` stays out.
pub(super) fn name_word_end(text: &Text, start: usize) -> usize {
    let end = text.run(start, 40, |b| wordy(b) || b == b'\'' || b == b'-');
    let word = text.slice(start, end);
    let kept = word.strip_suffix(b"'s").or_else(|| word.strip_suffix(b"'S")).unwrap_or(word);
    let kept = kept.iter().rposition(|b| wordy(*b)).map_or(0, |i| i + 1);
    start + kept.max(1)
}

/// Past the white space, dot or comma between the words of one name, to the next letter.
pub(super) fn over_name_gap(text: &Text, at: usize) -> Option<usize> {
    let comma = text.at(at) == b',';
    let from = if comma { at + 1 } else { at };
    let next = text.skip_space(from);
    let gap = text.slice(at, next);
    let blank_line = gap.iter().filter(|b| **b == b'\n').count() > 1;
    (next > from && !blank_line && text.at(next).is_ascii_alphabetic()).then_some(next)
}

/// Past the dot and space after a title.
pub(super) fn over_gap(text: &Text, end: usize) -> Option<usize> {
    let from = if text.at(end) == b'.' { end + 1 } else { end };
    let next = text.skip_space(from);
    (next > end && text.at(next).is_ascii_uppercase()).then_some(next)
}

/// Past what follows an initial.
pub(super) fn over_initial(text: &Text, end: usize) -> Option<usize> {
    let from = if text.at(end) == b'.' { end + 1 } else { end };
    let next = text.skip_space(from);
    (next > end && text.at(next).is_ascii_alphabetic()).then_some(next)
}

/// Whether another forename stands right before a surname: `Kate Doherty` is not Sean.
pub(super) fn other_forename(text: &Text, anchor: usize, start: usize) -> bool {
    if anchor != start {
        return false;
    }
    let stop = text.run_back(start, 3, |b| b == b' ');
    let from = text.run_back(stop, 24, wordy);
    stop < start && words::kind(text.slice(from, stop)) == Some(Kind::Forename)
}

/// Whether another surname stands right behind a forename: `Sarah Williams` is not Sarah Jones.
pub(super) fn other_surname(text: &Text, end: usize) -> bool {
    let next = text.run(end, 2, |b| b == b' ');
    let stop = name_word_end(text, next.min(text.len()));
    let word = text.slice(next, stop);
    next > end
        && word.len() > 2
        && word.first().is_some_and(u8::is_ascii_uppercase)
        && (words::is_surname(word) || word.iter().skip(1).all(u8::is_ascii_lowercase))
        && !matches!(words::kind(word), Some(Kind::Month))
}

pub(super) fn is_known_name(word: &[u8]) -> bool {
    words::is_surname(word) || words::kind(word) == Some(Kind::Forename)
}

/// Names that are everyday words when written small.
pub(super) fn everyday(key: &str) -> bool {
    const WORDS: &[&str] = &[
        "will", "mark", "may", "april", "june", "rose", "hope", "grace", "faith", "joy", "dawn", "bill",
        "rob", "sue", "pat", "art", "ray", "rich", "nick", "jack", "frank", "grant", "long", "short",
        "young", "white", "black", "brown", "green", "gray", "king", "lord", "page", "price", "cook",
        "cross", "field", "fields", "hill", "wood", "woods", "bird", "fox", "lamb", "wolf", "hunt", "hall",
        "house", "park", "parks", "banks", "bank", "best", "power", "law", "case", "read", "reed", "rice",
        "small", "strong", "sharp", "stone", "summer", "winter", "summers", "winters", "west", "north",
        "day", "days", "love", "bush", "ford", "ward", "marsh", "moore", "baker", "butcher", "carter",
        "chambers", "church", "fisher", "gardener", "gardner", "mason", "miller", "porter", "potter",
        "shepherd", "smith", "taylor", "turner", "walker", "weaver", "wright", "bishop", "pope", "knight",
        "marshall", "sage", "holly", "ivy", "heather", "daisy", "lily", "ruby", "pearl", "amber", "jade",
        "crystal", "penny", "max", "rod", "don", "les", "reg", "val", "viv", "ant", "sandy", "misty",
        "rusty", "chase", "drew", "earl", "guy", "miles", "norm", "pip", "peg", "dot", "iris", "robin",
        "jay", "martin", "swift", "swan", "dean", "gale", "glen", "dale", "lane", "brook", "brooks", "burns",
        "mills", "nail", "nails", "little", "good", "noble", "wise", "gay", "bright", "savage", "cash",
        "coin", "gold", "silver", "steel", "major", "sergeant", "cooper", "dick", "ted", "ned", "mo", "ed",
        "al", "jo", "kit", "ally", "tess", "pop", "lou", "mad", "mel", "sam", "sally", "trace", "von", "nan",
        "bob", "jim", "bea", "abi", "si", "stew", "jude", "loz", "liv", "ernie", "connie",
    ];
    WORDS.contains(&key)
}
