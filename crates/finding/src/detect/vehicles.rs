//! UK vehicle registrations (DVLA INF104): the format since 2001, prefix, suffix, Northern Ireland
//! and dateless.

use super::Entity;
use super::codes::{Case, Code};
use super::context::Label;
use super::scan::{Scan, score};
use super::topics::Topic;
use super::window::{Edge, gap};

/// Words of three capitals that stand before or after a number without being a registration.
const WORDS: &[&[u8]] = &[
    b"THE", b"AND", b"FOR", b"REF", b"FIG", b"SEC", b"VOL", b"APT", b"BOX", b"ACT", b"ART", b"REG", b"PER", b"NOT",
    b"WAS", b"ARE", b"YOU", b"HAS", b"HAD", b"HIS", b"HER", b"OUR", b"ALL", b"BUT", b"CAN", b"DAY", b"NEW", b"NOW",
    b"OLD", b"ONE", b"OUT", b"SEE", b"TWO", b"USE", b"WAY", b"WHO", b"DID", b"ITS", b"LET", b"PUT", b"SAY", b"SHE",
    b"TOO", b"JAN", b"FEB", b"MAR", b"APR", b"MAY", b"JUN", b"JUL", b"AUG", b"SEP", b"OCT", b"NOV", b"DEC", b"MON",
    b"TUE", b"WED", b"THU", b"FRI", b"SAT", b"SUN", b"ISO", b"PIN", b"TEL", b"FAX", b"MOB", b"DOB", b"GBP", b"USD",
    b"EUR", b"VAT", b"NHS", b"GMT", b"BST", b"UTC", b"PDF", b"DOC", b"SKU", b"SET", b"END", b"TOP", b"ADD", b"AGE",
];

/// Looks for a registration at the place of `code`.
pub(super) fn look<'t>(scan: &mut Scan<'t>, code: &mut Code<'_, 't>) {
    let shape = shape(code.window.first(8));
    for form in [current, prefix, suffix, dateless, dateless_number_first] {
        if let Some(plate) = form(code, &shape) {
            judge(scan, code, &plate);
        }
    }
}

/// A possible registration.
struct Plate {
    count: usize,
    /// Where the one gap may stand.
    split: usize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `AB51 ABC`
    Current,
    /// `A123 BCD`, `ABC 123D`, or Northern Ireland with I or Z
    Dated,
    /// Letters and digits that need a word beside them.
    Dateless,
}

/// Lengths of the leading letters, the digits after them and the letters after those.
struct Shape {
    head: usize,
    digits: usize,
    tail: usize,
}

fn shape(code: &[u8]) -> Shape {
    let head = code.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let digits = code.iter().skip(head).take_while(|b| b.is_ascii_digit()).count();
    let tail = code.iter().skip(head + digits).take_while(|b| b.is_ascii_alphabetic()).count();
    Shape { head, digits, tail }
}

fn current(code: &Code, shape: &Shape) -> Option<Plate> {
    let [a, b, c, d, rest @ ..] = code.window.first(7) else { return None };
    if (shape.head, shape.digits) != (2, 2) {
        return None;
    }
    let age = (c - b'0') * 10 + (d - b'0');
    (shape.tail >= 3
        && !b"IQZ".contains(a)
        && !b"IQZ".contains(b)
        && matches!(age, 2..=29 | 51..=79)
        && rest.iter().all(|b| !b"IQ".contains(b)))
    .then_some(Plate { count: 7, split: 4, kind: Kind::Current })
}

fn prefix(code: &Code, shape: &Shape) -> Option<Plate> {
    let first = code.window.at(0);
    let count = shape.digits + 4;
    let tail = code.window.first(count).get(1 + shape.digits..)?;
    (shape.head == 1
        && (1..=3).contains(&shape.digits)
        && shape.tail >= 3
        && tail.len() == 3
        && !b"IOQUZ".contains(&first)
        && !WORDS.contains(&tail)
        && tail.iter().all(|b| !b"IQ".contains(b)))
    .then_some(Plate { count, split: 1 + shape.digits, kind: Kind::Dated })
}

fn suffix(code: &Code, shape: &Shape) -> Option<Plate> {
    let count = shape.digits + 4;
    let last = code.window.at(count - 1);
    (shape.head == 3
        && (1..=3).contains(&shape.digits)
        && shape.tail >= 1
        && code.window.gap(count - 1) == gap::NONE
        && last.is_ascii_alphabetic()
        && !b"IOQUZ".contains(&last)
        && !WORDS.contains(&code.window.first(3)))
    .then_some(Plate { count, split: 3, kind: Kind::Dated })
}

fn dateless(code: &Code, shape: &Shape) -> Option<Plate> {
    let irish = shape.head == 3 && code.window.first(3).iter().any(|b| b"IZ".contains(b));
    let known_word = WORDS.contains(&code.window.first(3));
    ((1..=3).contains(&shape.head) && (1..=4).contains(&shape.digits) && !known_word).then_some(Plate {
        count: shape.head + shape.digits,
        split: shape.head,
        kind: if irish && shape.digits >= 3 { Kind::Dated } else { Kind::Dateless },
    })
}

fn dateless_number_first(_: &Code, shape: &Shape) -> Option<Plate> {
    (shape.head == 0 && (1..=4).contains(&shape.digits) && (1..=3).contains(&shape.tail)).then_some(Plate {
        count: shape.digits + shape.tail,
        split: shape.digits,
        kind: Kind::Dateless,
    })
}

fn judge<'t>(scan: &mut Scan<'t>, code: &mut Code<'_, 't>, plate: &Plate) {
    let count = plate.count;
    if code.window.len() < count
        || !code.window.gaps_only_at(count, &[plate.split])
        || code.edge(scan, count) != Edge::Clean
        || code.before != Edge::Clean
    {
        return;
    }
    let upper = code.case(scan, count) == Case::Upper;
    let lower = code.case(scan, count) == Case::Lower;
    let plain_gap = code.window.gap(plate.split) & (gap::BREAK | gap::DOT | gap::SLASH) == 0;
    let dateless = plate.kind == Kind::Dateless;
    let around = code.around(scan, count);
    let other = around.within(Topic::OtherCode, 2).is_some();
    let near = around.within(Topic::Vehicle, if dateless { 3 } else { 10 });
    let (value, why) = match (near, plate.kind) {
        (Some(word), Kind::Dateless) if upper && count >= 4 => {
            (score::PASS, format!("letters and digits near `{word}`"))
        }
        (_, Kind::Dateless) => return,
        (Some(word), _) => (score::SURE, format!("vehicle registration near `{word}`")),
        _ if other && !around.whole() => (score::FAINT, "form of a registration after a word for another code".to_owned()),
        (None, Kind::Current) if upper && plain_gap => (score::GOOD, "vehicle registration, format since 2001".to_owned()),
        (None, Kind::Current) if lower && plain_gap => {
            (score::PASS, "vehicle registration, format since 2001, small letters".to_owned())
        }
        (None, Kind::Dated) if around.whole() || (upper && plain_gap) => {
            (score::PASS, "vehicle registration, older or Northern Ireland format".to_owned())
        }
        _ => (score::FAINT, "form of a vehicle registration".to_owned()),
    };
    if !matches!(around.label(Topic::Vehicle), Label::No) || near.is_some() {
        code.add(scan, Entity::UkVehicleRegistration, count, value, why);
    }
}
