//! Data quality (promise C29): what is out of date, and how sure it is that two records are one person.

use jiff::civil::Date;

/// After so many months the details of a person are asked again.
pub const CHECK_AFTER_MONTHS: i32 = 12;

/// Whether a person's details should be checked with them: nobody has for a year. Someone without an open
/// case is not troubled.
#[must_use]
pub fn stale(last_checked: Date, today: Date, has_open_case: bool) -> bool {
    let due = last_checked.saturating_add(jiff::Span::new().months(CHECK_AFTER_MONTHS));
    has_open_case && today >= due
}

/// How much alike two records of people are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alike {
    /// One identity in common that belongs to one person: the same, but for sharing or mistakes.
    Same,
    /// Name and date of birth agree.
    Likely,
    /// The names sound alike.
    Perhaps,
}

impl Alike {
    /// Its code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Likely => "likely",
            Self::Perhaps => "perhaps",
        }
    }
}

/// How much alike, from what was found.
#[must_use]
pub fn alike(identity_in_common: bool, born_agrees: Option<bool>, name_found: bool) -> Option<Alike> {
    match (identity_in_common, born_agrees, name_found) {
        (true, ..) => Some(Alike::Same),
        (_, Some(true), true) => Some(Alike::Likely),
        (_, Some(false), true) => None,
        (_, _, true) => Some(Alike::Perhaps),
        _ => None,
    }
}

/// The value under which another office's record can be asked after by name and date of birth; none without
/// all of them. Given names vary more than surnames, so one letter stands for them.
#[must_use]
pub fn name_born(forenames: &str, surname: &str, born: Option<Date>) -> Option<String> {
    let first = forenames.chars().find(|c| c.is_alphabetic())?.to_lowercase();
    let last = super::odd::surname_key(surname);
    let born = born.filter(|_| !last.is_empty())?;
    Some(format!("{last} {first} {born}"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn details_are_stale_after_a_year_while_there_is_work() {
        let checked = date(2025, 11, 22);
        for (today, open, expected) in [
            (date(2026, 11, 21), true, false),
            (date(2026, 11, 22), true, true),
            (date(2027, 1, 1), false, false),
        ] {
            assert_eq!(stale(checked, today, open), expected, "{today}");
        }
    }

    #[test]
    fn two_records_are_alike_by_what_agrees() {
        for (identity, born, name, expected) in [
            (true, Some(false), false, Some(Alike::Same)),
            (false, Some(true), true, Some(Alike::Likely)),
            (false, None, true, Some(Alike::Perhaps)),
            (false, Some(false), true, None),
            (false, Some(true), false, None),
        ] {
            assert_eq!(alike(identity, born, name), expected);
        }
        let born = Some(date(1980, 2, 3));
        assert_eq!(name_born("Órla Mary", "O'Neill", born), name_born("órla", "O Neill oneill", born));
        assert_eq!(name_born("", "Lee", born), None);
        assert_eq!(name_born("Ann", "Lee", None), None);
    }
}
