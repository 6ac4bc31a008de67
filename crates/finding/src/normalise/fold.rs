//! What one character looks like in the shadow.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use super::{OTHER_MARK, OTHER_WORD};

/// The shadow of one character.
pub(super) enum Folded {
    /// It leaves no trace.
    Nothing,
    /// One byte.
    One(u8),
    /// Up to four letters; 0 is absent.
    Several([u8; 4]),
}

/// Folds one character that is not ASCII.
pub(super) fn fold(c: char) -> Folded {
    if invisible(c) {
        return Folded::Nothing;
    }
    if let Some(b) = punctuation(c).or_else(|| lookalike(c)).or_else(|| digit(c)) {
        return Folded::One(b);
    }
    if let Some(letters) = ligature(c) {
        return Folded::Several(letters);
    }
    if is_combining_mark(c) {
        return Folded::Nothing;
    }
    if c.is_alphabetic() { letter(c) } else { Folded::One(OTHER_MARK) }
}

/// Zero-width, direction and variation characters, and the soft hyphen.
fn invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e01ef}')
}

fn punctuation(c: char) -> Option<u8> {
    Some(match c {
        '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{2800}'
        | '\u{3000}' => b' ',
        '\u{85}' | '\u{2028}' | '\u{2029}' => b'\n',
        '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2212}'
        | '\u{2e3a}'
        | '\u{2e3b}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}'
        | '\u{207b}' => b'-',
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2bc}' | '\u{b4}' | '\u{ff07}' => b'\'',
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' | '\u{ff02}' => b'"',
        '\u{b7}' | '\u{2022}' | '\u{2024}' | '\u{2027}' | '\u{2219}' | '\u{22c5}' | '\u{3002}'
        | '\u{ff61}' => b'.',
        '\u{2044}' | '\u{2215}' | '\u{29f8}' => b'/',
        '\u{fe6b}' => b'@',
        '\u{fe62}' => b'+',
        // INVARIANT: the block differs from ASCII by a constant, so the byte is ASCII.
        '\u{ff01}'..='\u{ff5e}' => u8::try_from(u32::from(c) - 0xfee0).unwrap_or(OTHER_MARK),
        _ => return None,
    })
}

/// Greek and Cyrillic capitals and letters that are drawn like Latin ones.
fn lookalike(c: char) -> Option<u8> {
    const SAME: &[(&str, u8)] = &[
        ("ΑА", b'A'),
        ("ΒВ", b'B'),
        ("СϹ", b'C'),
        ("ΕЕ", b'E'),
        ("ΗН", b'H'),
        ("ΙІӀ", b'I'),
        ("ЈЈ", b'J'),
        ("ΚК", b'K'),
        ("ΜМ", b'M'),
        ("Ν", b'N'),
        ("ΟО", b'O'),
        ("ΡР", b'P'),
        ("Ѕ", b'S'),
        ("ΤТ", b'T'),
        ("ΥУ", b'Y'),
        ("ΧХ", b'X'),
        ("Ζ", b'Z'),
        ("а", b'a'),
        ("с", b'c'),
        ("е", b'e'),
        ("і", b'i'),
        ("ј", b'j'),
        ("ο о", b'o'),
        ("р", b'p'),
        ("ѕ", b's'),
        ("х", b'x'),
        ("у", b'y'),
    ];
    if !matches!(c, '\u{370}'..='\u{52f}') {
        return None;
    }
    SAME.iter().find(|(from, _)| from.contains(c)).map(|(_, to)| *to)
}

/// Decimal digits of other scripts, by the first digit of each block of ten.
fn digit(c: char) -> Option<u8> {
    const ZEROES: &[u32] = &[
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0,
        0xf20, 0x1040, 0x17e0, 0x1810, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6,
    ];
    let code = u32::from(c);
    let zero = ZEROES.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    u8::try_from(code - zero).ok().map(|d| b'0' + d)
}

fn ligature(c: char) -> Option<[u8; 4]> {
    Some(*match c {
        'ß' => b"ss\0\0",
        'ẞ' => b"SS\0\0",
        'æ' => b"ae\0\0",
        'Æ' => b"AE\0\0",
        'œ' => b"oe\0\0",
        'Œ' => b"OE\0\0",
        'þ' => b"th\0\0",
        'Þ' => b"TH\0\0",
        _ => return None,
    })
}

/// A letter without its accents, when what remains is ASCII.
fn letter(c: char) -> Folded {
    if let Some(b) = barred(c) {
        return Folded::One(b);
    }
    let mut letters = [0u8; 4];
    let mut count = 0;
    let mut whole = true;
    decompose_compatible(c, |part| {
        if is_combining_mark(part) {
            return;
        }
        match (u8::try_from(part).ok().filter(u8::is_ascii_alphanumeric), letters.get_mut(count)) {
            (Some(b), Some(slot)) => {
                *slot = b;
                count += 1;
            }
            _ => whole = false,
        }
    });
    match (whole, count, letters) {
        (true, 1, [b, ..]) => Folded::One(b),
        (true, 2.., letters) => Folded::Several(letters),
        _ => Folded::One(OTHER_WORD),
    }
}

fn barred(c: char) -> Option<u8> {
    Some(match c {
        'ø' => b'o',
        'Ø' => b'O',
        'ł' => b'l',
        'Ł' => b'L',
        'đ' | 'ð' => b'd',
        'Đ' | 'Ð' => b'D',
        'ħ' => b'h',
        'ı' => b'i',
        'ŧ' => b't',
        _ => return None,
    })
}
