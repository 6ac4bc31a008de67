//! Comparison levels: how far two values of a kind agree.

use strsim::{jaro_winkler, osa_distance};

use super::fields::Kind;
use super::normal::Value;
use super::table::{View, WIDEST};

/// One degree of agreement, with the chances that a model starts from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    pub name: &'static str,
    /// Chance of this degree between two records of one person.
    pub m: f64,
    /// Chance of it between records of two people.
    pub u: f64,
}

const fn level(name: &'static str, m: f64, u: f64) -> Level {
    Level { name, m, u }
}

// INVARIANT: in every table level 0 is "missing", 1 is exact and the last one is "different".
const MISSING: Level = level("missing", 1.0, 1.0);
const FORENAME: &[Level] = &[
    MISSING,
    level("exact", 0.78, 0.008),
    level("nickname", 0.04, 0.001),
    level("one slip", 0.06, 0.003),
    level("close", 0.03, 0.004),
    level("initial", 0.02, 0.002),
    level("part of the name", 0.02, 0.001),
    level("sounds alike", 0.01, 0.01),
    level("swapped with surname", 0.01, 0.0002),
    level("different", 0.03, 0.97),
];
const SURNAME: &[Level] = &[
    MISSING,
    level("exact", 0.82, 0.003),
    level("one slip", 0.06, 0.001),
    level("close", 0.03, 0.003),
    level("part of the name", 0.02, 0.0005),
    level("sounds alike", 0.01, 0.006),
    level("swapped with forename", 0.01, 0.0002),
    level("different", 0.05, 0.986),
];
const BIRTH: &[Level] = &[
    MISSING,
    level("exact", 0.88, 0.00005),
    level("day and month swapped", 0.01, 0.00003),
    level("one digit", 0.05, 0.0006),
    level("two digits", 0.02, 0.006),
    level("two of three parts", 0.01, 0.003),
    level("same year", 0.01, 0.013),
    level("different", 0.02, 0.977),
];
const POSTCODE: &[Level] = &[
    MISSING,
    level("exact", 0.75, 0.0005),
    level("one slip", 0.06, 0.002),
    level("same sector", 0.03, 0.002),
    level("same district", 0.04, 0.006),
    level("same area", 0.05, 0.03),
    level("different", 0.07, 0.96),
];
const NUMBER: &[Level] = &[
    MISSING,
    level("exact", 0.9, 0.00002),
    level("one slip", 0.06, 0.00002),
    level("two slips", 0.02, 0.0003),
    level("different", 0.02, 0.9997),
];
const EMAIL: &[Level] = &[
    MISSING,
    level("exact", 0.75, 0.00002),
    level("same name, other domain", 0.05, 0.0001),
    level("one slip", 0.05, 0.0001),
    level("alike", 0.02, 0.0002),
    level("different", 0.13, 0.9996),
];
const PHONE: &[Level] = &[
    MISSING,
    level("exact", 0.75, 0.0001),
    level("same local number", 0.04, 0.00005),
    level("one slip", 0.06, 0.0001),
    level("different", 0.15, 0.9998),
];
const ADDRESS: &[Level] = &[
    MISSING,
    level("exact", 0.7, 0.0005),
    level("slips", 0.1, 0.0005),
    level("words in common", 0.06, 0.004),
    level("in another line", 0.03, 0.0005),
    level("alike", 0.03, 0.02),
    level("different", 0.08, 0.975),
];
const TOWN: &[Level] = &[
    MISSING,
    level("exact", 0.82, 0.01),
    level("one slip", 0.06, 0.001),
    level("close", 0.03, 0.003),
    level("words in common", 0.02, 0.006),
    level("different", 0.07, 0.98),
];
const TEXT: &[Level] = &[
    MISSING,
    level("exact", 0.8, 0.01),
    level("one slip", 0.07, 0.008),
    level("close", 0.03, 0.01),
    level("words in common", 0.02, 0.01),
    level("different", 0.08, 0.962),
];
const COUNTY: &[Level] =
    &[MISSING, level("exact", 0.9, 0.2), level("one slip", 0.05, 0.02), level("different", 0.05, 0.78)];
const EXACT: &[Level] = &[MISSING, level("exact", 0.95, 0.3), level("different", 0.05, 0.7)];

/// The degrees of agreement of a kind.
pub(super) fn levels(kind: Kind) -> &'static [Level] {
    match kind {
        Kind::Forename => FORENAME,
        Kind::Surname | Kind::FullName => SURNAME,
        Kind::DateOfBirth => BIRTH,
        Kind::Postcode => POSTCODE,
        Kind::Identifier => NUMBER,
        Kind::Email => EMAIL,
        Kind::Phone => PHONE,
        Kind::Address => ADDRESS,
        Kind::Town => TOWN,
        Kind::County => COUNTY,
        Kind::Text => TEXT,
        Kind::Exact | Kind::Ignore => EXACT,
    }
}

/// A level by its number in the table of its kind.
pub(super) type Grade = u8;
/// The grades of a pair, in the order of the columns.
pub(super) type Grades = [Grade; WIDEST];

/// Compares two records column by column.
pub(super) fn grade(kinds: &[Kind], a: &View<'_>, b: &View<'_>) -> Grades {
    let mut grades = [0; WIDEST];
    for (((grade, kind), x), y) in grades.iter_mut().zip(kinds).zip(a).zip(b) {
        if let (Some(x), Some(y)) = (x, y) {
            *grade = grade_values(*kind, x, y);
        }
    }
    name_swap(kinds, a, b, &mut grades);
    line_swap(kinds, a, b, &mut grades);
    grades
}

/// Compares two values that are both present.
pub(super) fn grade_values(kind: Kind, a: &Value, b: &Value) -> Grade {
    if a.text == b.text {
        return 1;
    }
    match kind {
        Kind::Forename => forename(a, b),
        Kind::Surname | Kind::FullName => surname(a, b),
        Kind::DateOfBirth => birth(a, b),
        Kind::Postcode => postcode(a, b),
        Kind::Identifier => identifier(a, b),
        Kind::Email => email(a, b),
        Kind::Phone => phone(a, b),
        Kind::Address => address(a, b),
        Kind::Town => town(a, b),
        Kind::County => 3 - Grade::from(slip(a, b, 1)),
        Kind::Text => words(a, b),
        Kind::Exact | Kind::Ignore => 2,
    }
}

/// Letters and digits that only one of the two has.
fn unlike(a: &Value, b: &Value) -> (u32, u32) {
    ((a.letters & !b.letters).count_ones(), (b.letters & !a.letters).count_ones())
}

/// At most `most` insertions, deletions, replacements or swaps of neighbours.
fn slip(a: &Value, b: &Value, most: usize) -> bool {
    let (x, y) = unlike(a, b);
    // An edit brings at most one new letter to each side, and changes the length by one.
    let possible = !(a.ascii && b.ascii) || (x as usize <= most && y as usize <= most);
    possible && a.text.len().abs_diff(b.text.len()) <= most * 4 && osa_distance(&a.text, &b.text) <= most
}

/// Whether Jaro-Winkler's likeness is at least `least`.
fn alike(a: &Value, b: &Value, least: f64) -> bool {
    likeness_at_most(a, b) >= least && jaro_winkler(&a.text, &b.text) >= least
}

/// What Jaro-Winkler's likeness cannot exceed: letters of which the other has none cannot match.
fn likeness_at_most(a: &Value, b: &Value) -> f64 {
    if !(a.ascii && b.ascii) {
        return 1.0;
    }
    let (x, y) = unlike(a, b);
    let (m, n) = (a.text.len() as f64, b.text.len() as f64);
    let matching = (m - f64::from(x)).min(n - f64::from(y));
    let jaro = (matching / m + matching / n + 1.0) / 3.0;
    let prefix = a.text.bytes().zip(b.text.bytes()).take(4).take_while(|(x, y)| x == y).count();
    (0.1 * prefix as f64).mul_add(1.0 - jaro, jaro) + 1e-9
}

/// Every word of the shorter one is a word of the longer one.
fn part_of(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    long.contains(' ') && short.len() > 1 && short.split(' ').all(|w| long.split(' ').any(|x| x == w))
}

fn initial(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short.len() <= 2 && short.split(' ').next().is_some_and(|i| i.len() == 1 && long.starts_with(i))
}

fn forename(a: &Value, b: &Value) -> Grade {
    if a.groups.iter().any(|group| b.groups.contains(group)) {
        return 2;
    }
    if initial(&a.text, &b.text) {
        return 5;
    }
    if part_of(&a.text, &b.text) {
        return 6;
    }
    near_name(a, b, [3, 4, 7, 9])
}

fn surname(a: &Value, b: &Value) -> Grade {
    if part_of(&a.text, &b.text) { 4 } else { near_name(a, b, [2, 3, 5, 7]) }
}

/// Grades for one slip, close, alike by sound or letters, different.
fn near_name(a: &Value, b: &Value, [one, close, akin, different]: [Grade; 4]) -> Grade {
    let shorter = a.text.len().min(b.text.len());
    if shorter >= 3 && slip(a, b, 1) {
        return one;
    }
    if alike(a, b, 0.92) || (shorter >= 5 && slip(a, b, 2) && alike(a, b, 0.75)) {
        close
    } else if alike(a, b, 0.82) || (shorter >= 3 && a.sound == b.sound) {
        akin
    } else {
        different
    }
}

fn birth(a: &Value, b: &Value) -> Grade {
    let part = |value: &Value, from: usize, to: usize| value.text.get(from..to).unwrap_or_default().to_owned();
    let same = |from, to| a.text.get(from..to) == b.text.get(from..to);
    if a.text.len() != 8 || b.text.len() != 8 {
        return if same(0, 4) { 6 } else { 7 };
    }
    if same(0, 4) && part(a, 4, 6) == part(b, 6, 8) && part(a, 6, 8) == part(b, 4, 6) {
        return 2;
    }
    if slip(a, b, 1) {
        3
    } else if (same(0, 4) && (same(4, 6) || same(6, 8))) || same(4, 8) {
        5
    } else if slip(a, b, 2) {
        4
    } else if same(0, 4) {
        6
    } else {
        7
    }
}

/// Where sector and district of a British postcode end; of another one, where its last digit and two stand.
fn ends(code: &str) -> (usize, usize) {
    let bytes = code.as_bytes();
    let british = (5..=7).contains(&bytes.len())
        && bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.iter().rev().take(2).all(u8::is_ascii_alphabetic);
    let cut = |n: usize| bytes.len().saturating_sub(n);
    if british { (cut(2), cut(3)) } else { (cut(1), cut(2)) }
}

fn postcode(x: &Value, y: &Value) -> Grade {
    let (a, b) = (&*x.text, &*y.text);
    let ((sector, district), (_, other)) = (ends(a), ends(b));
    let area = |code: &str| code.chars().take_while(char::is_ascii_alphabetic).collect::<String>();
    let same = |to: usize| to > 1 && a.len() == b.len() && a.get(..to) == b.get(..to);
    if slip(x, y, 1) {
        2
    } else if same(sector) {
        3
    } else if district > 1 && a.get(..district) == b.get(..other) {
        4
    } else if !area(a).is_empty() && area(a) == area(b) {
        5
    } else {
        6
    }
}

fn identifier(a: &Value, b: &Value) -> Grade {
    let shorter = a.text.len().min(b.text.len());
    if shorter >= 4 && slip(a, b, 1) {
        2
    } else if shorter >= 6 && slip(a, b, 2) {
        3
    } else {
        4
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn email(x: &Value, y: &Value) -> Grade {
    let (a, b) = (&*x.text, &*y.text);
    let local = |text: &str| text.split('@').next().unwrap_or_default().to_owned();
    if local(a).len() >= 4 && local(a) == local(b) {
        2
    } else if slip(x, y, 1) && digits(a) == digits(b) {
        3
    } else if slip(x, y, 2) {
        4
    } else {
        5
    }
}

fn phone(a: &Value, b: &Value) -> Grade {
    fn tail(value: &Value) -> &str {
        value.text.get(value.text.len().saturating_sub(7)..).unwrap_or_default()
    }
    if slip(a, b, 1) {
        3
    } else if tail(a).len() == 7 && tail(a) == tail(b) {
        2
    } else {
        4
    }
}

fn common_words(a: &str, b: &str) -> bool {
    let (mut common, mut most) = (0, 0);
    for text in [a, b] {
        most = most.max(text.split(' ').count());
    }
    for word in a.split(' ') {
        common += usize::from(b.split(' ').any(|other| other == word));
    }
    common * 2 > most || (common * 2 == most && most > 2)
}

fn address(a: &Value, b: &Value) -> Grade {
    let long = a.text.len().min(b.text.len()) >= 5;
    if long && slip(a, b, 2) {
        2
    } else if common_words(&a.text, &b.text) || part_of(&a.text, &b.text) {
        3
    } else if alike(a, b, 0.85) {
        5
    } else {
        6
    }
}

fn town(a: &Value, b: &Value) -> Grade {
    let shorter = a.text.len().min(b.text.len());
    if shorter >= 3 && slip(a, b, 1) {
        2
    } else if part_of(&a.text, &b.text) {
        4
    } else if alike(a, b, 0.9) || (shorter >= 6 && slip(a, b, 2)) {
        3
    } else {
        5
    }
}

fn words(a: &Value, b: &Value) -> Grade {
    if a.text.len().min(b.text.len()) <= 3 && slip(a, b, 1) {
        return 2;
    }
    town(a, b)
}

/// Forename and surname have changed places.
fn name_swap(kinds: &[Kind], a: &View<'_>, b: &View<'_>, grades: &mut Grades) {
    let place = |kind| kinds.iter().position(|k| *k == kind);
    let (Some(fore), Some(sur)) = (place(Kind::Forename), place(Kind::Surname)) else { return };
    let both_differ = grades.get(fore) == Some(&9) && grades.get(sur).is_some_and(|g| matches!(g, 5 | 7));
    if !both_differ {
        return;
    }
    let crossed = |x: usize, y: usize| {
        let (x, y) = (a.get(x).copied().flatten(), b.get(y).copied().flatten());
        x.zip(y).is_some_and(|(x, y)| x.text.len() > 2 && (x.text == y.text || slip(x, y, 1)))
    };
    if crossed(fore, sur) && crossed(sur, fore) {
        set(grades, fore, 8);
        set(grades, sur, 6);
    }
}

fn set(grades: &mut Grades, at: usize, grade: Grade) {
    if let Some(place) = grades.get_mut(at) {
        *place = grade;
    }
}

/// A line of the address stands in another line of the other record.
fn line_swap(kinds: &[Kind], a: &View<'_>, b: &View<'_>, grades: &mut Grades) {
    let lines = || kinds.iter().enumerate().filter(|(_, k)| **k == Kind::Address).map(|(at, _)| at);
    for at in lines() {
        if !matches!(grades.get(at), Some(5 | 6)) {
            continue;
        }
        let other = |x: &View<'_>, y: &View<'_>| {
            let mine = x.get(at).copied().flatten();
            let theirs = |there: usize| y.get(there).copied().flatten();
            mine.is_some_and(|v| lines().any(|l| l != at && theirs(l).is_some_and(|w| v.text == w.text)))
        };
        if other(a, b) || other(b, a) {
            set(grades, at, 4);
        }
    }
}
