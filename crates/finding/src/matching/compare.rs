//! Comparison levels: how far two values of a kind agree.

use strsim::{jaro_winkler, osa_distance};

use super::fields::Kind;
use super::normal::Value;
use super::table::{View, WIDEST};

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
    possible && within(&a.text, &b.text, most)
}

/// Whether the optimal string alignment distance of two texts is at most `most`.
fn within(a: &str, b: &str, most: usize) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return bytes_within(a.as_bytes(), b.as_bytes(), most);
    }
    a.len().abs_diff(b.len()) <= most * 4 && osa_distance(a, b) <= most
}

/// The same for a few edits: far cheaper than the whole table of distances.
fn bytes_within(mut a: &[u8], mut b: &[u8], most: usize) -> bool {
    while let ([x, rest_a @ ..], [y, rest_b @ ..]) = (a, b)
        && x == y
    {
        (a, b) = (rest_a, rest_b);
    }
    while let ([rest_a @ .., x], [rest_b @ .., y]) = (a, b)
        && x == y
    {
        (a, b) = (rest_a, rest_b);
    }
    let Some(left) = most.checked_sub(1).filter(|_| a.len().abs_diff(b.len()) <= most) else {
        return a.is_empty() && b.is_empty();
    };
    match (a, b) {
        ([], rest) | (rest, []) => rest.len() <= most,
        ([x, after_a @ ..], [y, after_b @ ..]) => {
            bytes_within(after_a, after_b, left)
                || bytes_within(after_a, b, left)
                || bytes_within(a, after_b, left)
                || matches!((after_a, after_b), ([v, rest_a @ ..], [w, rest_b @ ..])
                    if x == w && y == v && bytes_within(rest_a, rest_b, left))
        }
    }
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
    let part =
        |value: &Value, from: usize, to: usize| value.text.get(from..to).unwrap_or_default().to_owned();
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::levels::{Level, levels};
    use super::super::normal::normalise;
    use super::*;

    fn named(kind: Kind, a: &str, b: &str) -> &'static str {
        let value = |raw| Value::new(kind, &normalise(kind, raw).unwrap());
        let (x, y) = (value(a), value(b));
        let grade = grade_values(kind, &x, &y);
        assert_eq!(grade, grade_values(kind, &y, &x), "`{a}` and `{b}` compare alike both ways");
        levels(kind)[usize::from(grade)].name
    }

    #[test]
    fn levels_of_each_kind() {
        let cases = [
            (Kind::Forename, "Katherine", "katherine", "exact"),
            (Kind::Forename, "Robert", "Bob", "nickname"),
            (Kind::Forename, "Graham", "Grahem", "one slip"),
            (Kind::Forename, "Christopher", "Chrsitohper", "close"),
            (Kind::Forename, "Mary", "M", "initial"),
            (Kind::Forename, "Mary Jane", "Jane", "part of the name"),
            (Kind::Forename, "Stephanie", "Graham", "different"),
            (Kind::Surname, "O'Neill", "ONeill", "exact"),
            (Kind::Surname, "Smith", "Smiht", "one slip"),
            (Kind::Surname, "Smith", "Smyth", "one slip"),
            (Kind::Surname, "Rhys-Jones", "Jones", "part of the name"),
            (Kind::Surname, "Philips", "Fillips", "sounds alike"),
            (Kind::Surname, "Ahmed", "Walker", "different"),
            (Kind::DateOfBirth, "1970-03-04", "04/03/1970", "exact"),
            (Kind::DateOfBirth, "1970-03-04", "1970-04-03", "day and month swapped"),
            (Kind::DateOfBirth, "1970-03-04", "1970-03-05", "one digit"),
            (Kind::DateOfBirth, "1970-03-04", "1907-03-04", "one digit"),
            (Kind::DateOfBirth, "1970-03-04", "1970-03-29", "two of three parts"),
            (Kind::DateOfBirth, "1970-03-04", "1981-03-04", "two of three parts"),
            (Kind::DateOfBirth, "1970-03-04", "1971-03-05", "two digits"),
            (Kind::DateOfBirth, "1970-03-04", "1970-11-28", "same year"),
            (Kind::DateOfBirth, "1970-03-04", "1970", "same year"),
            (Kind::DateOfBirth, "1970-03-04", "1985-11-28", "different"),
            (Kind::Postcode, "LS1 4AB", "ls14ab", "exact"),
            (Kind::Postcode, "LS1 4AB", "LS1 4BA", "one slip"),
            (Kind::Postcode, "LS1 4AB", "LS1 4XY", "same sector"),
            (Kind::Postcode, "LS1 4AB", "LS1 7XY", "same district"),
            (Kind::Postcode, "LS1 4AB", "LS27 8XY", "same area"),
            (Kind::Postcode, "LS1 4AB", "CF10 3NP", "different"),
            (Kind::Postcode, "4011", "4101", "one slip"),
            (Kind::Identifier, "QQ 12 34 56 C", "QQ123456C", "exact"),
            (Kind::Identifier, "6988048", "6980848", "one slip"),
            (Kind::Identifier, "6988048", "7364009", "different"),
            (Kind::Email, "Ann.Lee9@example.org", "ann.lee9@example.org", "exact"),
            (Kind::Email, "ann.lee9@example.org", "ann.lee9@example.com", "same name, other domain"),
            (Kind::Email, "ann.lee19@example.org", "an.lee19@example.org", "one slip"),
            (Kind::Email, "ann.lee19@example.org", "ann.lee18@example.org", "alike"),
            (Kind::Phone, "020 7946 0018", "+44 20 7946 0018", "exact"),
            (Kind::Phone, "020 7946 0018", "7946 0018", "same local number"),
            (Kind::Phone, "020 7946 0018", "020 7946 0081", "one slip"),
            (Kind::Phone, "020 7946 0018", "0161 496 0299", "different"),
            (Kind::Address, "12 High St", "12 High Street", "exact"),
            (Kind::Address, "12 High Street", "12 Hihg Street", "slips"),
            (Kind::Address, "Flat 2, 12 High Street", "12 High Street", "words in common"),
            (Kind::Address, "12 High Street", "The Old Vicarage", "different"),
            (Kind::Town, "St Albans", "St. Albans", "exact"),
            (Kind::Town, "Leeds", "Leds", "one slip"),
            (Kind::Town, "Leeds", "Cardiff", "different"),
            (Kind::County, "nsw", "nws", "one slip"),
            (Kind::Text, "12", "21", "one slip"),
            (Kind::Exact, "F", "M", "different"),
        ];
        for (kind, a, b, expected) in cases {
            assert_eq!(named(kind, a, b), expected, "{kind:?}: `{a}` and `{b}`");
        }
    }

    #[test]
    fn swapped_names_and_address_lines_are_seen() {
        let kinds = [Kind::Forename, Kind::Surname, Kind::Address, Kind::Address];
        let record = |cells: [&str; 4]| {
            let value = |(kind, cell): (&Kind, &str)| Value::new(*kind, &normalise(*kind, cell).unwrap());
            kinds.iter().zip(cells).map(value).collect::<Vec<_>>()
        };
        let view = |values: &'static [Value]| {
            let mut view: View<'static> = [None; WIDEST];
            view.iter_mut().zip(values).for_each(|(place, value)| *place = Some(value));
            view
        };
        let a: &'static [Value] = record(["Graham", "Oakley", "9 Mill Lane", "Birchfield House"]).leak();
        let b: &'static [Value] = record(["Oakley", "Graham", "Birchfield House", "9 Mill Lane"]).leak();
        assert_eq!(grade(&kinds, &view(a), &view(b))[..4], [8, 6, 4, 4]);
    }

    #[test]
    fn every_table_has_its_frame_and_sums_to_one() {
        for kind in [
            Kind::Forename,
            Kind::Surname,
            Kind::DateOfBirth,
            Kind::Postcode,
            Kind::Identifier,
            Kind::Email,
            Kind::Phone,
            Kind::Address,
            Kind::Town,
            Kind::County,
            Kind::Text,
            Kind::Exact,
        ] {
            let table = levels(kind);
            assert_eq!(
                (table[0].name, table[1].name, table[table.len() - 1].name),
                ("missing", "exact", "different")
            );
            let sum = |chance: fn(&Level) -> f64| table[1..].iter().map(chance).sum::<f64>();
            assert!((sum(|l| l.m) - 1.0).abs() < 0.01, "{kind:?}: m sums to {}", sum(|l| l.m));
            assert!((sum(|l| l.u) - 1.0).abs() < 0.01, "{kind:?}: u sums to {}", sum(|l| l.u));
        }
    }

    proptest! {
        #[test]
        fn few_edits_are_counted_as_the_library_counts_them(a in "[abc]{0,7}", b in "[abc]{0,7}", most in 0_usize..4) {
            prop_assert_eq!(within(&a, &b, most), osa_distance(&a, &b) <= most);
        }

        #[test]
        fn the_quick_bounds_never_refuse_what_is_near(a in "[a-e1-3 ]{1,9}", b in "[a-e1-3 ]{1,9}", most in 1_usize..3) {
            let (x, y) = (Value::new(Kind::Surname, &a), Value::new(Kind::Surname, &b));
            prop_assert_eq!(slip(&x, &y, most), osa_distance(&a, &b) <= most);
            prop_assert!(likeness_at_most(&x, &y) >= jaro_winkler(&a, &b));
        }
    }
}
