//! Dates in workbooks: numbers that a cell's format shows as days.

use std::collections::{BTreeMap, BTreeSet};

use super::ReadError;
use super::limits::Context;
use super::package::Package;
use super::xml::{self, Node};

/// Indices of cell formats that show a number as a date.
pub(super) fn date_formats(
    package: &mut Package<'_>,
    context: &Context<'_>,
) -> Result<BTreeSet<usize>, ReadError> {
    let Some(bytes) = package.part("xl/styles.xml", context)? else { return Ok(BTreeSet::new()) };
    let mut custom: BTreeMap<usize, bool> = BTreeMap::new();
    let mut dates = BTreeSet::new();
    let (mut inside, mut index) = (false, 0);
    xml::walk(&bytes, context, |node| {
        match node {
            Node::Open("numFmt", a) => {
                let id = a.get("numFmtId").and_then(|v| v.parse().ok()).unwrap_or(0);
                custom.insert(id, shows_date(&a.get("formatCode").unwrap_or_default()));
            }
            Node::Open("cellXfs", _) => inside = true,
            Node::Close("cellXfs") => inside = false,
            Node::Open("xf", a) if inside => {
                let id = a.get("numFmtId").and_then(|v| v.parse().ok()).unwrap_or(0);
                let builtin = matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58);
                if custom.get(&id).copied().unwrap_or(builtin) {
                    dates.insert(index);
                }
                index += 1;
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(dates)
}

/// True when a number format has day, month, year or hour fields outside quotes and brackets.
fn shows_date(code: &str) -> bool {
    let (mut quoted, mut bracket, mut escaped) = (false, false, false);
    code.chars().any(|c| {
        let skip = escaped;
        escaped = !quoted && matches!(c, '\\' | '_' | '*') && !skip;
        quoted ^= c == '"' && !skip;
        bracket = (bracket || c == '[') && c != ']';
        !skip && !quoted && !bracket && matches!(c.to_ascii_lowercase(), 'd' | 'm' | 'y' | 'h')
    })
}

/// A serial number as Excel shows a date: `2026-01-31`, with the time when it has one.
pub(super) fn serial_date(serial: f64, from_1904: bool) -> Option<String> {
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
    let seconds = (serial * 86_400.0).round() as i64;
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Excel counts a 29 February 1900 that never was.
    let (epoch, days) = match (from_1904, days) {
        (true, d) => (jiff::civil::date(1904, 1, 1), d),
        (false, d) if d < 60 => (jiff::civil::date(1899, 12, 31), d),
        (false, d) => (jiff::civil::date(1899, 12, 30), d),
    };
    let date = epoch.checked_add(jiff::Span::new().days(days)).ok()?;
    let time = format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    Some(match (days, rest) {
        (0, _) => time,
        (_, 0) => date.to_string(),
        _ => format!("{date} {time}"),
    })
}
