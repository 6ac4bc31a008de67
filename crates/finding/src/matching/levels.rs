//! The degrees of agreement of each kind, and the chances that a model starts from.

use super::fields::Kind;

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
