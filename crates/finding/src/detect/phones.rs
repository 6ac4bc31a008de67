//! Telephone numbers: our own matcher by the national number plan, validated softly. A number that
//! has the right form is kept even when its range is not allocated.

use super::Entity;
use super::context::{Around, Label};
use super::scan::{Scan, score};
use super::topics::Topic;
use super::window::{Edge, Window, edge_before, gap};

/// How sure the form alone makes us.
struct Form {
    value: f32,
    why: &'static str,
}

/// Looks at the first `digits.len()` characters of `window`, a number that begins at `start`.
pub(super) fn look(scan: &mut Scan, window: &Window, digits: &[u8], start: usize, around: &Around, slip: bool) {
    let count = digits.len();
    if !(7..=16).contains(&count) {
        return;
    }
    let plus = scan.text.before(start) == b'+';
    let groups = window.groups(count);
    let form = form(digits, plus, groups.sizes(), window.mask(count), before_is_paren(scan, start));
    if form.is_none() && groups.sizes().len() > 5 {
        return;
    }
    let label = around.label(Topic::Phone);
    let found = match (form, label) {
        (Some(form), Label::Yes(word)) => Some((form.value.max(score::GOOD), format!("{}, near `{word}`", form.why))),
        (Some(form), Label::No) if plus => Some((form.value, form.why.to_owned())),
        (Some(form), Label::No) => Some((score::FAINT, format!("{}, after a word for another number", form.why))),
        (Some(form), Label::Vague) if !plus && groups.sizes().len() == 1 && around.within(Topic::Some, 1).is_some() => {
            Some((score::FAINT, format!("{}, after a word for some number", form.why)))
        }
        (Some(form), Label::Silent | Label::Vague) => Some((form.value, form.why.to_owned())),
        (None, label) => loose(digits, groups.sizes(), around, label),
    };
    let Some((value, why)) = found else { return };
    let glued = edge_before(&scan.text, start) == Edge::Glued || window.edge(&scan.text, count) == Edge::Glued;
    let national = digits.first() == Some(&b'0');
    if (glued && !plus && !national) || (slip && !(national || plus)) {
        return;
    }
    let (from, to) = extent(scan, window, count, start, plus);
    scan.add(Entity::PhoneNumber, from, to, value, why);
}

fn before_is_paren(scan: &Scan, start: usize) -> bool {
    scan.text.before(start) == b'('
}

/// The form of a whole number: with `+`, with a trunk 0, or North American.
fn form(digits: &[u8], plus: bool, groups: &[u8], mask: u8, paren: bool) -> Option<Form> {
    if plus {
        return international(digits);
    }
    match digits {
        [b'0', b'0', b'1'..=b'9', ..] if (11..=16).contains(&digits.len()) && groups.first() != Some(&1) => {
            Some(Form { value: score::FAIR, why: "international number after 00" })
        }
        [b'0', rest @ ..] => national(rest, groups),
        [b'4', b'4', rest @ ..] if digits.len() >= 11 && uk_national(strip_trunk(rest)) => {
            Some(Form { value: score::PASS, why: "UK number after 44" })
        }
        _ => american(digits, groups, mask, paren),
    }
}

fn international(digits: &[u8]) -> Option<Form> {
    match digits {
        [b'4', b'4', rest @ ..] if uk_national(strip_trunk(rest)) => {
            Some(Form { value: score::SURE, why: "UK number after +44" })
        }
        [b'1'..=b'9', ..] if digits.len() >= 8 => {
            Some(Form { value: score::GOOD, why: "international number after +" })
        }
        _ => None,
    }
}

fn strip_trunk(rest: &[u8]) -> &[u8] {
    rest.strip_prefix(b"0").unwrap_or(rest)
}

/// National significant numbers: ten digits, nine in a few old ranges.
fn uk_national(digits: &[u8]) -> bool {
    match (digits, digits.len()) {
        ([b'1'..=b'3' | b'7'..=b'9', ..], 10) => true,
        ([b'5', b'5' | b'6', ..], 10) => true,
        ([b'1', ..] | [b'8', b'0', b'0', ..], 9) => true,
        _ => false,
    }
}

fn national(rest: &[u8], groups: &[u8]) -> Option<Form> {
    if !uk_national(rest) || !plausible(rest) {
        return None;
    }
    let short = rest.len() == 9;
    let value = if short && groups.len() < 2 { score::FAINT } else { score::FAIR };
    Some(Form { value, why: "UK number after 0" })
}

/// The second digit of a range in use.
fn plausible(rest: &[u8]) -> bool {
    match rest {
        [b'1', second, ..] => *second != b'0',
        [b'2', second, ..] => b"03489".contains(second),
        [b'3', second, ..] => b"03478".contains(second),
        [b'7', second, ..] => *second != b'0' || rest.len() == 10,
        [b'8', second, ..] => b"04578".contains(second),
        _ => true,
    }
}

/// `(415) 555-0132`, `415-555-0132`, with a leading 1 or country code.
fn american(digits: &[u8], groups: &[u8], mask: u8, paren: bool) -> Option<Form> {
    let (head, body) = digits.split_at_checked(digits.len().checked_sub(10)?)?;
    let [area, _, _, exchange, ..] = body else { return None };
    let grouped = match groups {
        [3, 3, 4] | [3, 7] => head.is_empty(),
        [1..=3, 3, 3, 4] => (1..=3).contains(&head.len()),
        _ => false,
    };
    let marked = mask & (gap::HYPHEN | gap::DOT) != 0 || (paren && mask & gap::PAREN != 0);
    (grouped && marked && (b'2'..=b'9').contains(area) && (b'2'..=b'9').contains(exchange))
        .then_some(Form { value: score::PASS, why: "North American number" })
}

/// Any other number that the words around call a telephone number.
fn loose(digits: &[u8], groups: &[u8], around: &Around, label: Label) -> Option<(f32, String)> {
    match label {
        Label::Yes(word) if digits.len() <= 13 && groups.iter().all(|g| *g <= 8 || groups.len() == 1) => {
            Some((score::PASS, format!("digits near `{word}`")))
        }
        Label::Silent => {
            let word = around.within(Topic::Number, 2)?;
            let trunk = digits.first() == Some(&b'0') && (9..=11).contains(&digits.len()) && groups.len() > 1;
            let chinese = matches!(digits, [b'1', b'3'..=b'9', ..]) && digits.len() == 11 && groups.len() == 1;
            (trunk || chinese).then(|| (score::PASS, format!("foreign number near `{word}`")))
        }
        _ => None,
    }
}

/// The number with its plus sign, brackets and extension.
fn extent(scan: &Scan, window: &Window, count: usize, start: usize, plus: bool) -> (usize, usize) {
    let mut from = if plus { start - 1 } else { start };
    let end = window.end(count);
    let closes = scan.text.slice(start, end).contains(&b')');
    let opens = scan.text.slice(start, end).contains(&b'(');
    if scan.text.before(from) == b'(' && closes && !opens {
        from -= 1;
    }
    (from, extension(scan, end))
}

/// Past `ext 123`, `extension 123` or `x123` when one follows.
fn extension(scan: &Scan, end: usize) -> usize {
    let word = scan.text.run(end, 3, |b| b == b' ' || b == b',');
    let stop = scan.text.run(word, 10, |b| b.is_ascii_alphabetic());
    let name = scan.text.slice(word, stop);
    if ![&b"ext"[..], b"extn", b"extension", b"x"].iter().any(|known| name.eq_ignore_ascii_case(known)) {
        return end;
    }
    let digits = scan.text.run(stop, 3, |b| matches!(b, b' ' | b'.' | b':'));
    let last = scan.text.run(digits, 7, |b| b.is_ascii_digit());
    if (2..=6).contains(&(last - digits)) { last } else { end }
}
