//! Figures name nobody: what is suppressed cannot be worked out, and releases do not give people away together.

use std::collections::BTreeMap;

use counterfoil_domain::sharing::research::{age_band, k_anonymous, may_extract, postcode_area};
use counterfoil_domain::sharing::statistics::{
    Dimension, Key, Protection, Published, Region, Shown, Table, Unit, no_differencing, whole_months,
};
use jiff::civil::date;
use proptest::prelude::*;

const EXACT: Protection = Protection { threshold: 5, round_to: 1 };

fn person(n: usize) -> [u8; 16] {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&n.to_be_bytes());
    id
}

/// As many cases of as many people as the numbers say.
fn table(numbers: &[(&str, &str, usize)]) -> Table {
    let mut next = 0;
    let mut units = Vec::new();
    for (row, column, count) in numbers {
        for _ in 0..*count {
            next += 1;
            units.push(Unit { values: vec![(*row).to_owned(), (*column).to_owned()], person: person(next) });
        }
    }
    Table::tally(units)
}

fn at(shown: &Shown, row: Option<&str>, column: Option<&str>) -> Option<u64> {
    shown[&vec![row.map(str::to_owned), column.map(str::to_owned)]]
}

#[test]
fn small_numbers_and_what_would_give_them_away_are_suppressed() {
    let table = table(&[
        ("A", "x", 40),
        ("A", "y", 2),
        ("B", "x", 30),
        ("B", "y", 22),
        ("C", "x", 9),
        ("C", "y", 50),
    ]);
    let shown = table.protect(EXACT);
    assert_eq!(at(&shown, Some("A"), Some("y")), None, "a small number");
    assert_eq!(at(&shown, Some("A"), Some("x")), None, "its neighbour in the row: the row's total is shown");
    assert_eq!(at(&shown, None, None), Some(153));
    assert_eq!(at(&shown, Some("A"), None), Some(42));
    let hidden = shown.values().filter(|n| n.is_none()).count();
    assert!((4..=6).contains(&hidden), "{hidden} hidden of {}", shown.len());
}

#[test]
fn one_person_with_many_cases_is_a_small_number() {
    let one = (0..40).map(|_| Unit { values: vec!["A".into(), "x".into()], person: person(1) });
    let many = (2..60).map(|n| Unit { values: vec!["B".into(), "x".into()], person: person(n) });
    let shown = Table::tally(one.chain(many)).protect(EXACT);
    assert_eq!(at(&shown, Some("A"), Some("x")), None);
}

#[test]
fn what_is_shown_is_rounded() {
    let table = table(&[("A", "x", 42), ("A", "y", 38)]);
    let shown = table.protect(Protection::default());
    assert_eq!(at(&shown, Some("A"), Some("x")), Some(40));
    assert_eq!(at(&shown, Some("A"), None), Some(80));
    let none: Table = Table::tally(Vec::new());
    assert!(none.protect(Protection::default()).is_empty());
}

/// What an attentive reader can tell: the range of each number, narrowed by every total until nothing changes.
/// Written apart from the code under test, over the whole grid.
fn ranges(table: &Table, shown: &Shown) -> BTreeMap<Key, (i64, i64)> {
    let far = 1_000_000;
    let mut ranges: BTreeMap<Key, (i64, i64)> =
        shown.iter().map(|(k, n)| (k.clone(), n.map_or((1, far), |n| (n as i64, n as i64)))).collect();
    for _ in 0..40 {
        for total in table.cells().keys() {
            for dimension in 0..total.len() {
                if total[dimension].is_some() {
                    continue;
                }
                let parts: Vec<Key> = table
                    .cells()
                    .keys()
                    .filter(|k| k[dimension].is_some())
                    .filter(|k| (0..k.len()).all(|d| d == dimension || k[d] == total[d]))
                    .cloned()
                    .collect();
                let low: i64 = parts.iter().map(|p| ranges[p].0).sum();
                let high: i64 = parts.iter().map(|p| ranges[p].1).sum();
                let whole = ranges[total];
                ranges.insert(total.clone(), (whole.0.max(low), whole.1.min(high)));
                for part in &parts {
                    let own = ranges[part];
                    let others = (low - own.0, high - own.1);
                    let narrowed = (own.0.max(whole.0 - others.1), own.1.min(whole.1 - others.0));
                    ranges.insert(part.clone(), narrowed);
                }
            }
        }
    }
    ranges
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_suppressed_number_can_be_told(counts in prop::collection::vec(0usize..14, 12)) {
        let rows = ["A", "B", "C", "D"];
        let columns = ["x", "y", "z"];
        let numbers: Vec<_> = counts.iter().enumerate().map(|(n, c)| (rows[n / 3], columns[n % 3], *c)).collect();
        let table = table(&numbers);
        let shown = table.protect(EXACT);
        for (key, range) in ranges(&table, &shown) {
            let cell = table.cells()[&key];
            match shown[&key] {
                Some(n) => prop_assert!(n == cell.cases && n >= 5, "{key:?} {n}"),
                None => prop_assert!(range.1 - range.0 >= 2, "{key:?} is between {range:?}: {shown:?}"),
            }
        }
    }
}

fn published(first: i8, last: i8, office: Option<&str>, cases: u64) -> Published {
    let values = office.iter().map(|o| (Dimension::Office, (*o).to_owned())).collect();
    Published { region: Region { first: date(2026, first, 1), last: date(2026, last, 1), values }, cases }
}

#[test]
fn two_releases_do_not_give_a_few_people_away() {
    let earlier = [published(1, 3, None, 100), published(1, 3, Some("Moor"), 40)];
    for (new, refused) in [
        (published(1, 3, None, 100), false),
        (published(1, 3, None, 103), true),
        (published(1, 4, None, 102), true),
        (published(1, 4, None, 105), false),
        (published(2, 3, None, 97), true),
        (published(4, 6, None, 101), false),
        (published(1, 3, Some("Moor"), 44), true),
        (published(1, 4, Some("Moor"), 41), true),
        (published(1, 3, Some("Vale"), 97), true),
        (published(2, 2, Some("Vale"), 20), false),
    ] {
        let found = no_differencing(std::slice::from_ref(&new), &earlier, Protection::default());
        assert_eq!(found.is_err(), refused, "{new:?}: {found:?}");
    }
}

#[test]
fn only_whole_months_that_are_over_are_counted() {
    let today = date(2026, 11, 22);
    for (first, last, good) in [
        (date(2026, 1, 1), date(2026, 10, 1), true),
        (date(2026, 10, 1), date(2026, 10, 1), true),
        (date(2026, 1, 1), date(2026, 11, 1), false),
        (date(2026, 3, 1), date(2026, 2, 1), false),
        (date(2026, 1, 2), date(2026, 2, 1), false),
    ] {
        assert_eq!(whole_months(first, last, today).is_ok(), good, "{first} {last}");
    }
}

#[test]
fn an_extract_gives_only_rows_that_are_one_of_enough() {
    let rows = |list: &[(&str, usize)]| -> Vec<Vec<String>> {
        list.iter().flat_map(|(v, n)| std::iter::repeat_n(vec![(*v).to_owned()], *n)).collect()
    };
    let kept = k_anonymous(&rows(&[("25-34", 9), ("75+", 2)]), 5);
    assert_eq!((kept.dropped, kept.smallest, kept.rows.len()), (2, 9, 11));
    assert!(may_extract(&kept).is_ok());
    let kept = k_anonymous(&rows(&[("25-34", 9), ("75+", 4)]), 5);
    assert_eq!(may_extract(&kept).unwrap_err().code, "too-few-alike");
    assert_eq!(may_extract(&k_anonymous(&rows(&[("75+", 2)]), 1)).unwrap_err().code, "nothing-kept");
}

#[test]
fn extracts_are_coarse() {
    let on = date(2026, 11, 22);
    for (born, band) in [
        (Some(date(2010, 1, 1)), "0-17"),
        (Some(date(2008, 11, 22)), "18-24"),
        (Some(date(2001, 11, 22)), "25-34"),
        (Some(date(1951, 11, 23)), "65-74"),
        (Some(date(1951, 11, 22)), "75+"),
        (None, "unknown"),
    ] {
        assert_eq!(age_band(born, on), band, "{born:?}");
    }
    for (postcode, area) in
        [("LA1 9ZA", "LA"), ("l1 1aa", "L"), ("", "unknown"), ("1AB", "unknown"), ("ABCD", "unknown")]
    {
        assert_eq!(postcode_area(postcode), area, "{postcode}");
    }
}
