//! Finding a text without case by an index that knows case.
//!
//! An index in byte order cannot be asked for `lower(column)`. But the ways in which an address can be
//! written form a small tree: letter by letter, each in upper and lower case, and an index says at once
//! whether any row begins so. Walking it costs two looks a letter, however large the table is.

/// Longer addresses are looked for by reading the table.
const LONGEST: usize = 320;

/// The letters of a key, each in both cases: position and letter. `None` when it is too long.
pub(crate) fn letters(folded: &str) -> Option<Vec<(usize, String)>> {
    if folded.chars().count() > LONGEST {
        return None;
    }
    let both = |(at, c): (usize, char)| {
        let upper: String = c.to_uppercase().collect();
        let lower = c.to_string();
        let upper = (upper != lower).then_some((at, upper));
        std::iter::once((at, lower)).chain(upper)
    };
    Some(folded.chars().enumerate().flat_map(both).collect())
}

/// The question that walks the tree: `first` and `letter` are how the engine casts a text, `column` the
/// column with its order, `places` the parameters of position and letter, in pairs.
pub(crate) fn walk(
    table: &str,
    column: &str,
    cast: &str,
    highest: &str,
    places: &str,
    length: usize,
) -> String {
    format!(
        "WITH RECURSIVE letters(n, c) AS (VALUES {places}), walk(p, n) AS (SELECT CAST('' AS {cast}), 0 \
         UNION ALL SELECT walk.p || letters.c, walk.n + 1 FROM walk JOIN letters ON letters.n = walk.n \
         WHERE EXISTS (SELECT 1 FROM {table} t WHERE t.{column} >= walk.p || letters.c \
         AND t.{column} < walk.p || letters.c || {highest})) SELECT p FROM walk WHERE n = {length}"
    )
}
