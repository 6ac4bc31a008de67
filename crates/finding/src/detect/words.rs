//! What single words are: months, kinds of street, titles, forenames. One table, one look-up.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a word may begin or end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `March`, `Mar`.
    Month,
    /// `Street`, `Rd`.
    Street,
    /// `Box`, of `PO Box`.
    Box,
    /// `Mrs`.
    Title,
    /// A forename, written with a capital.
    Forename,
}

const FORENAMES: &str = include_str!("../../data/forenames.txt");
const SURNAMES: &str = include_str!("../../data/surnames.txt");
const STREETS: &str = include_str!("../../data/street-types.txt");
const TITLES: &str = "mr mrs miss ms mx dr prof professor rev reverend sir lady dame lord cllr councillor sgt \
                      sergeant mstr messrs mister pastor imam rabbi baroness";
/// Months by number, abbreviations after the name.
const MONTHS: [&str; 12] = [
    "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
    "september sept sep", "october oct", "november nov", "december dec",
];
/// The longest word in the table.
const LONGEST: usize = 14;

struct Table {
    words: HashMap<Vec<u8>, Kind>,
    surnames: HashMap<Vec<u8>, ()>,
    /// For each first letter, a bit for each length that occurs.
    lengths: [u32; 26],
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { words: HashMap::new(), surnames: HashMap::new(), lengths: [0; 26] };
    for name in FORENAMES.split_whitespace() {
        table.add(&name.to_ascii_lowercase(), Kind::Forename);
    }
    for name in SURNAMES.split_whitespace() {
        table.surnames.insert(name.to_ascii_lowercase().into_bytes(), ());
    }
    for word in STREETS.split_whitespace() {
        table.add(word, Kind::Street);
    }
    for word in TITLES.split_whitespace() {
        table.add(word, Kind::Title);
    }
    for word in MONTHS.iter().flat_map(|names| names.split(' ')) {
        table.add(word, Kind::Month);
    }
    table.add("box", Kind::Box);
    table
});

impl Table {
    fn add(&mut self, word: &str, kind: Kind) {
        self.words.insert(word.as_bytes().to_vec(), kind);
        if let Some(bits) = word.bytes().next().and_then(|b| self.lengths.get_mut(usize::from(b.wrapping_sub(b'a')))) {
            *bits |= 1 << word.len().min(31);
        }
    }
}

/// What this word is, whatever its case; a forename only with a capital.
pub(crate) fn kind(word: &[u8]) -> Option<Kind> {
    let first = word.first()?;
    let bits = TABLE.lengths.get(usize::from(first.to_ascii_lowercase().wrapping_sub(b'a')))?;
    if bits >> word.len().min(31) & 1 == 0 {
        return None;
    }
    let kind = with_lower(word, |lower| TABLE.words.get(lower).copied())?;
    (kind != Kind::Forename || first.is_ascii_uppercase()).then_some(kind)
}

/// Whether this is a common surname.
pub(crate) fn is_surname(word: &[u8]) -> bool {
    with_lower(word, |lower| TABLE.surnames.contains_key(lower).then_some(())).is_some()
}

/// The number of a month, from 1.
pub(crate) fn month_number(word: &[u8]) -> Option<u8> {
    let index = MONTHS
        .iter()
        .position(|names| names.split(' ').any(|name| name.as_bytes().eq_ignore_ascii_case(word)))?;
    u8::try_from(index + 1).ok()
}

fn with_lower<T>(word: &[u8], look: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
    let mut lower = [0u8; LONGEST];
    let lower = lower.get_mut(..word.len())?;
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    look(lower)
}
