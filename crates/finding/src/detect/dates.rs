//! Dates in all the ways people write them in the United Kingdom, and the ISO and American ones.
//! Impossible dates are not dates. A date of birth is told from other dates by the words around it.

use super::Entity;
use super::context::Around;
use super::scan::{Scan, score};
use super::text::{Text, wordy};
use super::topics::Topic;
use super::words::month_number;

/// How near a word about birth must stand.
const BIRTH_WITHIN: u8 = 5;

/// A number of a date: its value and how many digits it has.
#[derive(Clone, Copy)]
struct Part {
    value: u32,
    digits: usize,
    end: usize,
}

fn part(text: &Text, at: usize) -> Option<Part> {
    let end = text.run(at, 5, |b| b.is_ascii_digit());
    let value = text.slice(at, end).iter().fold(0u32, |sum, b| sum * 10 + u32::from(b - b'0'));
    (matches!(end - at, 1..=4)).then_some(Part { value, digits: end - at, end })
}

/// Looks at a token that begins with a digit.
pub(super) fn number(scan: &mut Scan, start: usize, end: usize) {
    let before = scan.text.before(start);
    if wordy(before) || before == b'_' || before == b'$' {
        return;
    }
    if end - start > 9 {
        return;
    }
    let earlier = start.checked_sub(2).map_or(0, |i| scan.text.at(i));
    if matches!(before, b'/' | b'-' | b'.') && wordy(earlier) {
        return;
    }
    let found = iso(&scan.text, start)
        .or_else(|| day_month(&scan.text, start))
        .or_else(|| numeric(&scan.text, start));
    if let Some(found) = found {
        report(scan, start, &found);
    } else {
        short(scan, start);
        compact(scan, start, end);
    }
}

/// A date that was read: where it ends, how sure its form is.
struct Found {
    end: usize,
    value: f32,
    why: &'static str,
}

fn report(scan: &mut Scan, start: usize, found: &Found) {
    let start = weekday_before(&scan.text, start);
    let around = scan.around(start);
    report_with(scan, start, found, &around);
}

fn report_with(scan: &mut Scan, start: usize, found: &Found, around: &Around) {
    match around.within(Topic::Birth, BIRTH_WITHIN) {
        Some(word) if born(scan, word, start) => {
            let why = format!("{}, near `{word}`", found.why);
            scan.add(Entity::DateOfBirth, start, found.end, found.value.max(score::GOOD), why);
        }
        _ => {
            let dotted = scan.text.slice(start, found.end).iter().filter(|b| **b == b'.').count() == 2;
            let version = dotted && around.within(Topic::Software, 2).is_some();
            let value = if version { score::FAINT } else { found.value };
            scan.add(Entity::DateTime, start, found.end, value, found.why);
        }
    }
}

/// `b` alone speaks of birth only as `b.` right before the date.
fn born(scan: &Scan, word: &str, start: usize) -> bool {
    if word != "b" {
        return true;
    }
    let mark = scan.text.run_back(start, 2, |b| matches!(b, b' ' | b'.'));
    matches!(scan.text.before(mark), b'b' | b'B') && scan.text.slice(mark, start).contains(&b'.')
}

/// `2024-03-15`, with a time of day when one follows.
fn iso(text: &Text, start: usize) -> Option<Found> {
    let year = part(text, start).filter(|p| p.digits == 4 && (1800..2200).contains(&p.value))?;
    let mark = text.at(year.end);
    let month = part(text, spaced(text, year.end, mark)?).filter(|p| p.digits <= 2)?;
    let day = part(text, spaced(text, month.end, mark)?).filter(|p| p.digits <= 2)?;
    if !valid(day.value, month.value, Some(year.value)) {
        return None;
    }
    let end = time(text, day.end);
    closes(text, end).then_some(Found { end, value: score::GOOD, why: "date, year first" })
}

/// Past one of `-`, `/`, `.`, with white space around it, to the next number.
fn spaced(text: &Text, at: usize, mark: u8) -> Option<usize> {
    let from = text.skip_space(at);
    if !matches!(mark, b'-' | b'/' | b'.') || text.at(from) != mark {
        return None;
    }
    let to = text.skip_space(from + 1);
    // A dot with white space ends a sentence.
    (mark != b'.' || to == at + 1).then_some(to)
}

/// Past `T10:30:00.5+01:00`.
fn time(text: &Text, at: usize) -> usize {
    if !matches!(text.at(at), b'T' | b't') || !text.at(at + 1).is_ascii_digit() {
        return at;
    }
    let clock = text.run(at + 1, 20, |b| b.is_ascii_digit() || matches!(b, b':' | b'.'));
    let clock = if matches!(text.before(clock), b'.' | b':') { clock - 1 } else { clock };
    match text.at(clock) {
        b'Z' | b'z' => clock + 1,
        b'+' | b'-' => text.run(clock + 1, 5, |b| b.is_ascii_digit() || b == b':'),
        _ => clock,
    }
}

/// Nothing of a word or a longer number follows.
fn closes(text: &Text, end: usize) -> bool {
    let next = text.at(end);
    let more = (matches!(next, b'/' | b'-' | b'.' | b',') && text.at(end + 1).is_ascii_digit())
        || (next == b'-' && wordy(text.at(end + 1)));
    !wordy(next) && next != b'_' && !(more && next != b',')
}

/// `12/03/1999`, `12.3.99`, `5-20-2021`.
fn numeric(text: &Text, start: usize) -> Option<Found> {
    let first = part(text, start).filter(|p| p.digits <= 2)?;
    let mark = text.at(text.skip_space(first.end));
    let second = part(text, spaced(text, first.end, mark)?).filter(|p| p.digits <= 2)?;
    let year = part(text, spaced(text, second.end, mark)?).filter(|p| matches!(p.digits, 2 | 4))?;
    let apart = text.slice(start, year.end).iter().any(u8::is_ascii_whitespace);
    let full = full_year(year);
    let plausible_year = year.digits == 2 || (1800..2200).contains(&year.value);
    let fits = valid(first.value, second.value, Some(full)) || valid(second.value, first.value, Some(full));
    if !plausible_year || !fits || !closes(text, year.end) || (apart && year.digits == 2) {
        return None;
    }
    Some(Found { end: year.end, value: score::FAIR, why: "date in figures" })
}

fn full_year(year: Part) -> u32 {
    match (year.digits, year.value) {
        (2, y @ 0..=49) => 2000 + y,
        (2, y) => 1900 + y,
        (_, y) => y,
    }
}

/// Whether there is such a day. Without a year, 29 February may be.
fn valid(day: u32, month: u32, year: Option<u32>) -> bool {
    let leap = year.is_none_or(|y| y.is_multiple_of(4) && (!y.is_multiple_of(100) || y.is_multiple_of(400)));
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => 0,
    };
    (1..=last).contains(&day)
}

/// `12 March 1999`, `12th of March`, `12-Mar-99`, `12Mar1999`.
fn day_month(text: &Text, start: usize) -> Option<Found> {
    let day = part(text, start).filter(|p| p.digits <= 2)?;
    let after = ordinal(text, day.end);
    let mut at = joint(text, after);
    let of = text.run(at, 3, |b| b.is_ascii_alphabetic());
    if text.slice(at, of).eq_ignore_ascii_case(b"of") {
        at = joint(text, of);
    }
    let name_end = text.run(at, 10, |b| b.is_ascii_alphabetic());
    let name = text.slice(at, name_end);
    let month = u32::from(month_number(name)?);
    let (end, year) = year_after(text, name_end);
    if !valid(day.value, month, year) || wordy(text.at(end)) {
        return None;
    }
    let marked = after > day.end || year.is_some() || name.first().is_some_and(u8::is_ascii_uppercase);
    let value = match (year, marked) {
        (Some(_), _) => score::GOOD,
        (None, true) => score::FAIR,
        (None, false) if name.len() > 3 && month != 3 => score::PASS,
        _ => return None,
    };
    Some(Found { end, value, why: "date with the month's name" })
}

fn ordinal(text: &Text, at: usize) -> usize {
    let suffix = text.slice(at, at + 2);
    let known = [b"st", b"nd", b"rd", b"th"].iter().any(|s| suffix.eq_ignore_ascii_case(*s));
    if known && !wordy(text.at(at + 2)) { at + 2 } else { at }
}

/// Past what may stand between the parts of a date: white space, one comma, hyphen, slash or dot.
fn joint(text: &Text, at: usize) -> usize {
    let from = text.skip_space(at);
    if matches!(text.at(from), b',' | b'-' | b'/' | b'.') { text.skip_space(from + 1) } else { from }
}

/// Past a year, in full, of two digits or after an apostrophe, when one follows.
fn year_after(text: &Text, at: usize) -> (usize, Option<u32>) {
    let from = joint(text, at);
    let quoted = text.at(from) == b'\'';
    let figures = if quoted { from + 1 } else { from };
    let Some(year) = part(text, figures) else { return (at, None) };
    let free = !wordy(text.at(year.end)) && !(text.at(year.end) == b':' && text.at(year.end + 1).is_ascii_digit());
    let joined = matches!(text.at(year.end), b'/' | b'-' | b'.') && text.at(year.end + 1).is_ascii_digit();
    let close = from == at + 1 || from == at || !text.slice(at, from).iter().any(|b| b"-/.".contains(b));
    match (year.digits, free && !joined) {
        (4, true) if (1800..2200).contains(&year.value) => (year.end, Some(year.value)),
        (2, true) if quoted || (from > at && close) || from == at => (year.end, Some(full_year(year))),
        _ => (at, None),
    }
}

/// Looks at the name of a month: `March 12, 1999`, `March 1999`, `May-21`.
pub(super) fn month(scan: &mut Scan, start: usize, end: usize) {
    let text = scan.text;
    let before = text.before(start);
    if wordy(before) || before == b'_' {
        return;
    }
    let Some(month) = month_number(text.slice(start, end)).map(u32::from) else { return };
    let capital = text.at(start).is_ascii_uppercase();
    let earlier = start.checked_sub(2).map_or(0, |i| text.at(i));
    if day_before(&text, start) || (matches!(before, b'-' | b'/' | b'.') && earlier.is_ascii_digit()) {
        return;
    }
    if let Some(found) = month_day(&text, end, month).or_else(|| month_year(&text, end))
        && (capital || found.value >= score::GOOD)
    {
        report(scan, start, &found);
    } else {
        ordinal_word(scan, start, end);
    }
}

/// Whether a number stands before the month that has been taken with it already.
fn day_before(text: &Text, start: usize) -> bool {
    let at = text.run_back(start, 6, |b| matches!(b, b' ' | b'-' | b'/' | b'.' | b'\n' | b'\t' | b'>' | b','));
    let suffix = text.run_back(at, 2, |b| b.is_ascii_alphabetic());
    let digit = text.before(at).is_ascii_digit() || text.before(suffix).is_ascii_digit();
    let day = text.run_back(if text.before(at).is_ascii_digit() { at } else { suffix }, 3, |b| b.is_ascii_digit());
    digit && day_month(text, day).is_some()
}

fn month_day(text: &Text, end: usize, month: u32) -> Option<Found> {
    let at = joint(text, end);
    let day = part(text, at).filter(|p| p.digits <= 2)?;
    let after = ordinal(text, day.end);
    if wordy(text.at(after)) || text.at(after) == b':' {
        return None;
    }
    let (last, year) = match year_after(text, after) {
        (last, Some(year)) if last - after >= 5 => (last, Some(year)),
        _ => (after, None),
    };
    let value = if year.is_some() { score::GOOD } else { score::FAIR };
    (valid(day.value, month, year)).then_some(Found { end: last, value, why: "date with the month's name" })
}

fn month_year(text: &Text, end: usize) -> Option<Found> {
    match year_after(text, end) {
        (last, Some(_)) => Some(Found { end: last, value: score::FAIR, why: "month and year" }),
        _ => None,
    }
}

/// `the first of March 1999`.
fn ordinal_word(scan: &mut Scan, start: usize, end: usize) {
    const ORDINALS: &[&[u8]] = &[
        b"first", b"second", b"third", b"fourth", b"fifth", b"sixth", b"seventh", b"eighth", b"ninth", b"tenth",
        b"eleventh", b"twelfth", b"thirteenth", b"fourteenth", b"fifteenth", b"sixteenth", b"seventeenth",
        b"eighteenth", b"nineteenth", b"twentieth", b"thirtieth",
    ];
    let text = scan.text;
    let word_before = |at: usize| {
        let stop = text.run_back(at, 3, |b| matches!(b, b' ' | b'\n' | b'-'));
        (text.run_back(stop, 12, |b| b.is_ascii_alphabetic()), stop)
    };
    let (of, of_end) = word_before(start);
    if !text.slice(of, of_end).eq_ignore_ascii_case(b"of") {
        return;
    }
    let (mut from, to) = word_before(of);
    if !ORDINALS.iter().any(|o| text.slice(from, to).eq_ignore_ascii_case(o)) {
        return;
    }
    let (tens, tens_end) = word_before(from);
    if [&b"twenty"[..], b"thirty"].iter().any(|t| text.slice(tens, tens_end).eq_ignore_ascii_case(t)) {
        from = tens;
    }
    let (last, _) = year_after(&text, end);
    report(scan, from, &Found { end: last, value: score::FAIR, why: "date in words" });
}

/// The start of a weekday's name right before a date, or the date's own start.
fn weekday_before(text: &Text, start: usize) -> usize {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let stop = text.run_back(start, 6, |b| matches!(b, b' ' | b',' | b'\n' | b'\t'));
    let from = text.run_back(stop, 12, |b| b.is_ascii_alphabetic());
    let word = text.slice(from, stop);
    let known = DAYS.iter().any(|day| {
        let short = day.get(..3).unwrap_or(day);
        day.as_bytes().eq_ignore_ascii_case(word) || short.as_bytes().eq_ignore_ascii_case(word)
            || [&b"tues"[..], b"thur", b"thurs", b"weds"].iter().any(|d| d.eq_ignore_ascii_case(word))
    });
    let abbreviation_of_sun = word.eq_ignore_ascii_case(b"sun") && !word.first().is_some_and(u8::is_ascii_uppercase);
    if known && !abbreviation_of_sun && stop < start && !wordy(text.before(from)) { from } else { start }
}

/// `05/21`, `5/2021`: only after a word about dates.
fn short(scan: &mut Scan, start: usize) {
    let text = scan.text;
    let Some(first) = part(&text, start).filter(|p| p.digits <= 2 && text.at(p.end) == b'/') else { return };
    let Some(second) = part(&text, first.end + 1).filter(|p| matches!(p.digits, 1 | 2 | 4)) else { return };
    let next = text.at(second.end);
    let year = second.digits == 4 && (1900..2100).contains(&second.value) && (1..=12).contains(&first.value);
    let day = second.digits <= 2 && (valid(first.value, second.value, None) || valid(second.value, first.value, None));
    let card = second.digits == 2 && (1..=12).contains(&first.value);
    if !(year || day || card) || wordy(next) || matches!(next, b'/' | b'-' | b'%') {
        return;
    }
    let around = scan.around(start);
    let near = around.within(Topic::Date, 2);
    let value = if near.is_some() || around.within(Topic::Birth, BIRTH_WITHIN).is_some() { score::PASS } else { score::FAINT };
    let found = Found { end: second.end, value, why: "short date in figures" };
    report_with(scan, start, &found, &around);
}

/// `12031999` and `120399`: only after a word about birth.
fn compact(scan: &mut Scan, start: usize, end: usize) {
    let text = scan.text;
    let pair = |i: usize| text.slice(start + i, start + i + 2).iter().fold(0u32, |sum, b| sum * 10 + u32::from(b.wrapping_sub(b'0') % 10));
    if !text.slice(start, end).iter().all(u8::is_ascii_digit) || !closes(&text, end) {
        return;
    }
    let fits = match end - start {
        8 => {
            let year_last = pair(4) * 100 + pair(6);
            let year_first = pair(0) * 100 + pair(2);
            ((1900..2100).contains(&year_last) && valid(pair(0), pair(2), Some(year_last)))
                || ((1900..2100).contains(&year_first) && valid(pair(6), pair(4), Some(year_first)))
        }
        6 => valid(pair(0), pair(2), None),
        _ => false,
    };
    if !fits {
        return;
    }
    let around = scan.around(start);
    if let Some(word) = around.within(Topic::Birth, 3).filter(|word| *word != "b") {
        let why = format!("date in figures run together, near `{word}`");
        scan.add(Entity::DateOfBirth, start, end, score::GOOD, why);
    }
}
