//! Research extracts that name nobody (promise C8): pseudonyms by project, coarse values, and no row that is
//! one of fewer than k alike.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::check::{Missing, missing};

/// The least k that a project may have.
pub const LEAST_K: usize = 3;
/// The most rows, of a hundred, that may fall away before the extract says nothing reliable.
pub const MOST_DROPPED: usize = 20;

/// Which rows of an extract may be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// For each row, whether it may.
    pub rows: Vec<bool>,
    /// How many fall away.
    pub dropped: usize,
    /// The size of the smallest group that is kept; 0 when none is.
    pub smallest: usize,
}

/// Which rows are each one of at least `k` with the same values.
#[must_use]
pub fn k_anonymous(rows: &[Vec<String>], k: usize) -> Kept {
    let k = k.max(LEAST_K);
    let mut sizes: BTreeMap<&Vec<String>, usize> = BTreeMap::new();
    for row in rows {
        *sizes.entry(row).or_default() += 1;
    }
    let kept: Vec<bool> = rows.iter().map(|row| sizes.get(row).is_some_and(|n| *n >= k)).collect();
    let dropped = kept.iter().filter(|k| !**k).count();
    let smallest = sizes.values().copied().filter(|n| *n >= k).min().unwrap_or(0);
    Kept { rows: kept, dropped, smallest }
}

/// Whether an extract may be given.
///
/// # Errors
/// Too much of it falls away: coarser values, or a smaller k that is still allowed, would mend it.
pub fn may_extract(kept: &Kept) -> Result<(), Missing> {
    let all = kept.rows.len();
    if kept.smallest == 0 {
        return Err(missing(
            "nothing-kept",
            "fields",
            "no group is large enough: ask for fewer or coarser fields",
        ));
    }
    if kept.dropped * 100 > all * MOST_DROPPED {
        let reason = format!(
            "{} of {all} rows are one of too few alike: ask for fewer or coarser fields",
            kept.dropped
        );
        return Err(missing("too-few-alike", "fields", reason));
    }
    Ok(())
}

/// Ten years of age, such as `25-34`; `unknown` without a date of birth.
#[must_use]
pub fn age_band(born: Option<Date>, on: Date) -> String {
    let years = born.and_then(|b| b.until((jiff::Unit::Year, on)).ok()).map(|span| span.get_years());
    match years {
        None => "unknown".to_owned(),
        Some(years) if years < 18 => "0-17".to_owned(),
        Some(years) if years < 25 => "18-24".to_owned(),
        Some(years) if years >= 75 => "75+".to_owned(),
        Some(years) => {
            let from = (years - 25) / 10 * 10 + 25;
            format!("{from}-{}", from + 9)
        }
    }
}

/// The letters of a postcode's area, such as `LA`; `unknown` for anything else.
#[must_use]
pub fn postcode_area(postcode: &str) -> String {
    let letters: String = postcode.trim().chars().take_while(char::is_ascii_alphabetic).collect();
    if (1..=2).contains(&letters.len()) { letters.to_ascii_uppercase() } else { "unknown".to_owned() }
}
