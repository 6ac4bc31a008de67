//! A value as it is compared: folded letters, digits of dates and numbers, sounds and nicknames.

use std::collections::HashMap;
use std::sync::LazyLock;

use rphonetic::{DoubleMetaphone, Encoder};
use unicode_normalization::UnicodeNormalization;

use super::fields::Kind;

const NICKNAMES: &str = include_str!("../../data/nicknames.txt");
const MISSING: &[&str] =
    &["nan", "null", "none", "na", "n a", "unknown", "not known", "not recorded", "nk", "nil"];

/// One distinct value of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    /// The folded text; for dates `yyyymmdd` where it could be read.
    pub text: Box<str>,
    /// Sound of a name or place; the given name's own form for nicknames; empty otherwise.
    pub sound: Box<str>,
    /// Numbers of the nickname groups of a forename.
    pub groups: Box<[u16]>,
    /// One bit for each letter or digit that occurs.
    pub letters: u64,
    /// Whether `letters` tells everything apart.
    pub ascii: bool,
    /// How many records hold it.
    pub count: u32,
}

/// Groups of forenames that stand for each other, by name.
static NICKNAME_GROUPS: LazyLock<HashMap<&'static str, Vec<u16>>> = LazyLock::new(|| {
    let mut groups: HashMap<&'static str, Vec<u16>> = HashMap::new();
    for (number, line) in (0_u16..).zip(NICKNAMES.lines().filter(|l| !l.starts_with('#'))) {
        for name in line.split_whitespace() {
            groups.entry(name).or_default().push(number);
        }
    }
    groups
});

/// Folds case, accents and punctuation; letters, digits and single spaces stay.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd() {
        match c {
            'ß' => out.push_str("ss"),
            'æ' | 'Æ' => out.push_str("ae"),
            'ø' | 'Ø' => out.push('o'),
            'ł' | 'Ł' => out.push('l'),
            '\'' | '’' | '‘' | '`' | '.' => {}
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            c if unicode_normalization::char::is_combining_mark(c) => {}
            _ if out.ends_with(' ') || out.is_empty() => {}
            _ => out.push(' '),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn email(text: &str) -> String {
    text.trim().trim_start_matches("mailto:").to_lowercase()
}

fn phone(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let national = digits.strip_prefix("0044").or_else(|| digits.strip_prefix("44").filter(|r| r.len() >= 9));
    national.map_or(digits.clone(), |rest| format!("0{}", rest.trim_start_matches('0')))
}

/// The date as `yyyymmdd`, or `yyyy` alone, or the folded text when it is no date.
fn date(text: &str) -> String {
    let day =
        text.split_once('T').map(|(day, _)| day).filter(|day| day.ends_with(|c: char| c.is_ascii_digit()));
    let folded = fold(&day.unwrap_or(text).replace('.', " "));
    let parts: Vec<&str> = folded.split(' ').collect();
    let read = match parts.as_slice() {
        [whole] if whole.len() == 8 && digits(whole) => return eight(whole),
        [y, m, d, ..] if y.len() == 4 && digits(y) => (Some(*y), month(m), Some(*d)),
        [d, m, y] if d.starts_with(|c: char| c.is_ascii_digit()) => (Some(*y), month(m), Some(*d)),
        [m, d, y, ..] => (Some(*y), month(m), Some(*d)),
        _ => return folded,
    };
    let (Some(y), Some(m), Some(d)) = read else { return folded };
    let d = d.trim_end_matches(char::is_alphabetic);
    if y.len() == 4 && digits(y) && d.len() <= 2 && digits(d) { format!("{y}{m:02}{d:0>2}") } else { folded }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `ddmmyyyy` is turned round when it can be nothing else.
fn eight(text: &str) -> String {
    let year_at = |from: usize| text.get(from..from + 4).and_then(|y| y.parse::<u16>().ok());
    let is_year = |y: Option<u16>| y.is_some_and(|y| (1800..2100).contains(&y));
    if is_year(year_at(0)) || !is_year(year_at(4)) {
        return text.to_owned();
    }
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    format!("{}{}{}", part(4, 8), part(2, 4), part(0, 2))
}

fn month(text: &str) -> Option<u8> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let by_name = || MONTHS.iter().zip(1_u8..).find(|(m, _)| text.starts_with(**m)).map(|(_, n)| n);
    text.parse().ok().or_else(by_name)
}

/// Street words in one spelling, so that `12 High St.` and `12 High Street` agree.
fn address(text: &str) -> String {
    let folded = fold(text);
    let words = folded.split(' ').map(|word| match word {
        "st" | "str" => "street",
        "rd" => "road",
        "ave" | "av" => "avenue",
        "ln" => "lane",
        "dr" => "drive",
        "cl" => "close",
        "ct" => "court",
        "cres" | "cr" => "crescent",
        "pl" => "place",
        "sq" => "square",
        "gdns" => "gardens",
        "tce" | "terr" => "terrace",
        "apt" => "flat",
        word => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The text by which values of `kind` are equal, or nothing for a missing value.
pub(super) fn normalise(kind: Kind, raw: &str) -> Option<String> {
    let raw = raw.trim();
    let text = match kind {
        Kind::DateOfBirth => date(raw),
        Kind::Postcode | Kind::Identifier => squeeze(&fold(raw)),
        Kind::Email => email(raw),
        Kind::Phone => phone(raw),
        Kind::Address => address(raw),
        _ => fold(raw),
    };
    let folded = if kind == Kind::Email { fold(raw) } else { text.clone() };
    // A hostile cell of a megabyte would cost its square in every comparison.
    let text: String = text.chars().take(96).collect();
    (!folded.is_empty() && !MISSING.contains(&folded.as_str())).then_some(text)
}

/// The sound of a word's ASCII letters by Double Metaphone.
fn sound(text: &str) -> Box<str> {
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    if letters.is_empty() {
        return text.into();
    }
    let code = DoubleMetaphone::new(Some(5)).encode(&letters);
    if code.is_empty() { letters.into() } else { code.into() }
}

fn letters(text: &str) -> u64 {
    text.bytes().fold(0, |mask, b| {
        mask | match b {
            b'a'..=b'z' => 1 << (b - b'a'),
            b'0'..=b'9' => 1 << (26 + b - b'0'),
            b' ' => 0,
            other => 1 << (36 + other % 28),
        }
    })
}

/// Only letters, digits and spaces, each with a bit of its own in `letters`.
fn plain(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b' ')
}

/// Forename and surname of a whole name: `surname, forename` or `forename … surname`.
pub(super) fn split_name(raw: &str) -> (String, String) {
    if let Some((surname, forename)) = raw.split_once(',') {
        return (forename.trim().into(), surname.trim().into());
    }
    match raw.trim().rsplit_once(char::is_whitespace) {
        Some((forename, surname)) => (forename.trim().into(), surname.into()),
        None => (String::new(), raw.trim().into()),
    }
}

impl Value {
    /// Makes the value of a normalised text.
    pub fn new(kind: Kind, text: &str) -> Self {
        let first = text.split(' ').next().unwrap_or(text);
        let groups = if kind == Kind::Forename { NICKNAME_GROUPS.get(first).cloned() } else { None };
        let sound = match kind {
            Kind::Forename => sound(first),
            Kind::Surname | Kind::Town | Kind::Text => sound(text),
            _ => "".into(),
        };
        let groups = groups.unwrap_or_default().into_boxed_slice();
        Self { text: text.into(), sound, groups, letters: letters(text), ascii: plain(text), count: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_any_order_become_one_text() {
        for raw in [
            "1970-03-04",
            "04/03/1970",
            "4.3.1970",
            "19700304",
            "4 March 1970",
            "04031970",
            "Mar 4, 1970",
            "1970-03-04T00:00:00",
            "1970-03-04 00:00:00",
            "4th MARCH 1970",
        ] {
            assert_eq!(normalise(Kind::DateOfBirth, raw).as_deref(), Some("19700304"), "{raw}");
        }
        assert_eq!(normalise(Kind::DateOfBirth, "1970").as_deref(), Some("1970"));
        assert_eq!(normalise(Kind::DateOfBirth, "19571399").as_deref(), Some("19571399"));
    }

    #[test]
    fn other_kinds_are_folded() {
        let cases = [
            (Kind::Surname, " O’Neill ", Some("oneill")),
            (Kind::Surname, "Łukasz-Ångström", Some("lukasz angstrom")),
            (Kind::Postcode, "sw1a 1aa", Some("sw1a1aa")),
            (Kind::Phone, "+44 (0)20 7946 0018", Some("02079460018")),
            (Kind::Address, "12 High St.", Some("12 high street")),
            (Kind::Email, " A.B@Example.ORG", Some("a.b@example.org")),
            (Kind::Forename, "N/A", None),
            (Kind::Identifier, "QQ 12 34 56 C", Some("qq123456c")),
        ];
        for (kind, raw, expected) in cases {
            assert_eq!(normalise(kind, raw).as_deref(), expected, "{raw}");
        }
    }
}
