//! UK postcodes: form, the list of postcode areas, and the words around.

use super::Entity;
use super::codes::{Case, Code, letter_like};
use super::context::Label;
use super::numbers::resembles;
use super::scan::{Scan, score};
use super::topics::Topic;
use super::window::{Edge, gap};

/// Each postcode area with its highest district in use (Royal Mail's list of areas).
const AREAS: &str = include_str!("../../data/postcode-areas.txt");

/// Looks for a postcode of any length at the place of `code`.
pub(super) fn look<'t>(scan: &mut Scan<'t>, code: &mut Code<'_, 't>) {
    for outward in (2..=4).rev() {
        if try_outward(scan, code, outward) {
            return;
        }
    }
}

fn try_outward<'t>(scan: &mut Scan<'t>, code: &mut Code<'_, 't>, outward: usize) -> bool {
    let count = outward + 3;
    if code.window.len() < count || !code.window.gaps_only_at(count, &[outward]) {
        return false;
    }
    let Some(form) = form(code.window.first(count), outward) else { return false };
    let edge = code.edge(scan, count);
    if edge == Edge::Inside {
        return false;
    }
    let case = code.case(scan, count);
    let spaced = code.window.gap(outward) != gap::NONE;
    let glued = edge == Edge::Glued || code.before == Edge::Glued;
    let ordinal = case != Case::Upper && ends_as_ordinal(code.window.first(count));
    let around = code.around(scan, count);
    let context = around.label(Topic::Postcode);
    let other = around.within(Topic::OtherCode, 1).is_some();
    let whole = around.whole();
    let (value, why) = match (context, case) {
        (Label::Yes(word), _) if !form.slip || spaced => (score::SURE, format!("postcode near `{word}`")),
        _ if ordinal || (other && !spaced) => return false,
        (_, Case::Upper) if form.slip => {
            if !spaced || glued {
                return false;
            }
            (score::PASS, "postcode with one confused character".to_owned())
        }
        _ if form.slip => return false,
        (_, Case::Upper) if spaced && !glued => (score::GOOD, "postcode in a known area".to_owned()),
        (_, Case::Upper) => (score::FAIR, "postcode in a known area, run together".to_owned()),
        _ if whole || spaced || outward > 2 => (score::PASS, "postcode in a known area, in small letters".to_owned()),
        _ => (score::FAINT, "form of a postcode in small letters".to_owned()),
    };
    code.add(scan, Entity::UkPostcode, count, value, why);
    true
}

/// `21st`, `2nd`, `3rd` and `4th` end like the inward part of a postcode.
fn ends_as_ordinal(code: &[u8]) -> bool {
    [&b"1ST"[..], b"2ND", b"3RD", b"TH"].iter().any(|end| code.ends_with(end))
}

struct Form {
    /// One character was read as what it resembles.
    slip: bool,
}

/// Whether the characters have the form of a postcode in a known area.
fn form(code: &[u8], outward: usize) -> Option<Form> {
    if code == b"GIR0AA" {
        return Some(Form { slip: false });
    }
    let exact: u32 = code.iter().map(|b| u32::from(b.is_ascii_digit())).sum();
    let mut mended = [0u8; 7];
    let mended = mended.get_mut(..code.len())?;
    let mut slip = false;
    for letters in [1, 2] {
        mended.copy_from_slice(code);
        match mend(mended, letters, outward) {
            Some(slips @ 0..=1) if exact >= 1 && known_outward(mended, letters, outward) => {
                if slips == 0 {
                    return Some(Form { slip: false });
                }
                slip = true;
            }
            _ => {}
        }
    }
    slip.then_some(Form { slip })
}

/// Turns each character into the kind that its place asks for; counts how many had to be.
fn mend(code: &mut [u8], letters: usize, outward: usize) -> Option<u32> {
    let mut slips = 0;
    for (i, b) in code.iter_mut().enumerate() {
        let wants_letter = i < letters || i > outward;
        let either = i > letters && i == outward - 1;
        if wants_letter && !b.is_ascii_alphabetic() {
            *b = letter_like(*b)?;
            slips += 1;
        } else if !wants_letter && !either && !b.is_ascii_digit() {
            *b = resembles(*b)?;
            slips += 1;
        }
    }
    let inward = code.get(outward + 1..)?;
    inward.iter().all(|b| !b"CIKMOV".contains(b)).then_some(slips)
}

/// Whether the area exists and the district is plausible for it.
fn known_outward(code: &[u8], letters: usize, outward: usize) -> bool {
    let (Some(area), Some(district)) = (code.get(..letters), code.get(letters..outward)) else { return false };
    let digits = district.iter().take_while(|b| b.is_ascii_digit()).count();
    let number = district.iter().take(digits).fold(0u32, |sum, b| sum * 10 + u32::from(b - b'0'));
    let tail = district.get(digits..).unwrap_or(&[]);
    let tail_fits = match tail {
        [] => true,
        // Only inner London and a few non-geographic districts end in a letter.
        [last] => digits == 1 && last.is_ascii_uppercase() && !b"IOQZ".contains(last),
        _ => false,
    };
    let leading_zero = digits == 2 && district.first() == Some(&b'0');
    digits >= 1 && tail_fits && !leading_zero && highest_district(area).is_some_and(|highest| number <= highest)
}

fn highest_district(area: &[u8]) -> Option<u32> {
    AREAS.lines().find_map(|line| {
        let (name, highest) = line.split_once(' ')?;
        (name.as_bytes() == area).then(|| highest.parse().ok())?
    })
}
