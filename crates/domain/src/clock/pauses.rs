//! Days that do not count: closed spans, both ends inside.

use jiff::civil::Date;

/// A span of days, both ends inside; open when it has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub from: Date,
    pub to: Option<Date>,
}

impl Span {
    pub fn is_open(&self) -> bool {
        self.to.is_none()
    }

    pub fn holds(&self, date: Date) -> bool {
        self.from <= date && self.to.is_none_or(|to| date <= to)
    }
}

/// Calendar days from `a` to `b`, not counting `a`.
pub(super) fn between(a: Date, b: Date) -> i64 {
    i64::from((b - a).get_days())
}

/// How many days the spans cover together after `start`, none twice, an open span lasting to `end`.
pub(super) fn union(spans: &[Span], start: Date, end: Date) -> i64 {
    let mut spans = spans.to_vec();
    spans.sort_unstable_by_key(|s| s.from);
    let (mut total, mut counted_to) = (0, start);
    for span in spans {
        let to = span.to.unwrap_or(end);
        // `counted_to` is the last day already counted (or the start, which never counts).
        let first_missing = if span.from > counted_to { between(counted_to, span.from) - 1 } else { 0 };
        let fresh = (between(counted_to, to) - first_missing).max(0);
        total += fresh;
        counted_to = counted_to.max(to);
    }
    total
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn span(from: i8, to: i8) -> Span {
        Span { from: date(2026, 6, from), to: Some(date(2026, 6, to)) }
    }

    #[test]
    fn a_union_counts_each_day_after_the_start_once() {
        let end = date(2026, 6, 30);
        for (spans, days) in [
            (vec![], 0),
            (vec![span(5, 5)], 1),
            (vec![span(5, 9)], 5),
            (vec![span(1, 1)], 0),
            (vec![span(1, 3)], 2),
            (vec![span(5, 9), span(7, 12)], 8),
            (vec![span(7, 12), span(5, 9)], 8),
            (vec![span(5, 9), span(6, 7)], 5),
            (vec![span(5, 9), span(10, 12)], 8),
            (vec![span(5, 9), span(12, 12)], 6),
            (vec![Span { from: date(2026, 6, 28), to: None }], 3),
        ] {
            assert_eq!(union(&spans, date(2026, 6, 1), end), days, "{spans:?}");
        }
    }
}
