//! Identifiers of letters and digits: National Insurance, postcode, vehicle, driving licence, IBAN,
//! passport, PPS number, wallets.

use super::Entity;
use super::checks;
use super::context::{Around, Label};
use super::numbers::resembles;
use super::postcodes;
use super::scan::{Scan, score};
use super::topics::Topic;
use super::vehicles;
use super::window::{Edge, Window, edge_before, gap};

/// Labels that people run together with what follows them.
const GLUED_LABELS: &[&str] = &[
    "nationalinsurancenumber", "nationalinsurance", "ninumber", "nino", "nin", "ni", "postcode", "passport",
    "iban", "reg", "vrm", "vrn", "registration",
];

/// Looks at the code that begins at `start`.
pub(super) fn look(scan: &mut Scan, start: usize) {
    let before = edge_before(&scan.text, start);
    if before != Edge::Inside {
        look_from(scan, start, before);
    }
}

/// Looks behind a label that is run together with its value, as `NINOAB123456C`, and where a small
/// letter is followed by a capital.
pub(super) fn labelled(scan: &mut Scan, start: usize, end: usize) {
    let token = scan.text.slice(start, end);
    for label in GLUED_LABELS {
        let head = token.get(..label.len());
        if head.is_some_and(|head| head.eq_ignore_ascii_case(label.as_bytes())) {
            look_from(scan, start + label.len(), Edge::Glued);
        }
    }
    let turn = token.windows(2).rposition(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()));
    if let Some(turn) = turn.filter(|_| !token.iter().any(u8::is_ascii_digit)) {
        look(scan, start + turn + 1);
    }
}

fn look_from(scan: &mut Scan, start: usize, before: Edge) {
    let limit = if scan.text.at(start).is_ascii_digit() { 12 } else { 36 };
    let window = Window::read(&scan.text, start, limit);
    if window.len() < 5 {
        return;
    }
    let mut code = Code { window: &window, start, around: None, before };
    code.nino(scan);
    postcodes::look(scan, &mut code);
    vehicles::look(scan, &mut code);
    code.driving_licence(scan);
    code.iban(scan);
    code.passport(scan);
    code.ppsn(scan);
}

/// A code that begins at a known place.
pub(super) struct Code<'w, 't> {
    pub(super) window: &'w Window,
    pub(super) start: usize,
    pub(super) before: Edge,
    around: Option<Around<'t>>,
}

impl<'t> Code<'_, 't> {
    /// The words around, read once, for a code of `count` characters.
    pub(super) fn around(&mut self, scan: &Scan<'t>, count: usize) -> &Around<'t> {
        let end = self.window.end(count);
        let start = self.start;
        self.around.get_or_insert_with(|| scan.around(start)).ending(end)
    }

    pub(super) fn edge(&self, scan: &Scan, count: usize) -> Edge {
        self.window.edge(&scan.text, count)
    }

    /// Whether the letters of the first `count` characters are written all large or all small. A small
    /// `l` says nothing: it is how a 1 comes out of OCR.
    pub(super) fn case(&self, scan: &Scan, count: usize) -> Case {
        let letters = || (0..count).map(|i| scan.text.at(self.window.place(i))).filter(|b| b.is_ascii_alphabetic() && *b != b'l');
        match (letters().all(|b| b.is_ascii_uppercase()), letters().all(|b| b.is_ascii_lowercase())) {
            (true, _) => Case::Upper,
            (false, true) => Case::Lower,
            (false, false) => Case::Mixed,
        }
    }

    pub(super) fn add(&self, scan: &mut Scan, entity: Entity, count: usize, value: f32, why: impl Into<String>) {
        scan.add(entity, self.start, self.window.end(count), value, why);
    }

    /// Two letters, six digits, a letter A to D that may be missing.
    fn nino(&mut self, scan: &mut Scan<'t>) {
        let Some((prefix, slips)) = self.nino_body() else { return };
        let temporary = prefix == *b"TN";
        if !(checks::nino_prefix(prefix[0], prefix[1]) || temporary) {
            return;
        }
        let suffix = self.nino_suffix(scan, temporary);
        let count = if suffix { 9 } else { 8 };
        if self.edge(scan, count) == Edge::Inside || (!suffix && self.edge(scan, count) != Edge::Clean) {
            return;
        }
        let grouped = self.window.gaps_only_at(count, &[2, 4, 6, 8]);
        let case = self.case(scan, 2);
        let unbroken = self.window.mask(count) == 0;
        let around = self.around(scan, count);
        let label = around.label(Topic::Nino);
        let other = around.within(Topic::Other, 1).is_some();
        let (value, why) = match label {
            Label::Yes(word) => (score::SURE, format!("National Insurance number, near `{word}`")),
            _ if temporary || !suffix => return,
            Label::No if unbroken && other => {
                (score::FAINT, "form of a National Insurance number after a word for another number".to_owned())
            }
            _ if slips == 0 && case != Case::Mixed => (score::GOOD, "National Insurance number".to_owned()),
            _ if grouped && case == Case::Upper => {
                (score::PASS, "National Insurance number with one confused character".to_owned())
            }
            _ => return,
        };
        self.add(scan, Entity::UkNino, count, value, why);
    }

    /// The two letters, with at most one character of the eight read as what it resembles.
    fn nino_body(&self) -> Option<([u8; 2], u32)> {
        let mut slips = 0;
        for i in 2..8 {
            let b = self.window.at(i);
            if !b.is_ascii_digit() {
                resembles(b)?;
                slips += 1;
            }
        }
        let mut prefix = [self.window.at(0), self.window.at(1)];
        for b in &mut prefix {
            if !b.is_ascii_alphabetic() {
                *b = letter_like(*b)?;
                slips += 1;
            }
        }
        (slips <= 1).then_some((prefix, slips))
    }

    fn nino_suffix(&self, scan: &Scan, temporary: bool) -> bool {
        let suffix = self.window.at(8);
        let known = matches!(suffix, b'A'..=b'D') || (temporary && matches!(suffix, b'M' | b'F'));
        let place = self.window.place(8);
        let apart = self.window.gap(8) & (gap::SPACE | gap::BREAK) != 0;
        let same_case = scan.text.at(place).is_ascii_uppercase() == scan.text.at(self.window.place(0)).is_ascii_uppercase();
        known && (same_case || !apart) && self.edge(scan, 9) != Edge::Inside
    }

    fn driving_licence(&mut self, scan: &mut Scan<'t>) {
        let code = self.window.first(16);
        if !checks::driving_licence(code)
            || self.edge(scan, 16) != Edge::Clean
            || !self.window.gaps_only_at(16, &[5, 11, 13, 14])
            || self.before != Edge::Clean
        {
            return;
        }
        self.add(scan, Entity::UkDrivingLicence, 16, score::SURE, "driving licence number: form, birth month and day");
    }

    fn iban(&mut self, scan: &mut Scan<'t>) {
        let Some(length) = checks::iban_length(self.window.first(2)) else { return };
        if self.window.len() < length
            || !checks::iban(self.window.first(length))
            || self.edge(scan, length) == Edge::Inside
            || self.case(scan, length) == Case::Mixed
            || self.window.gap(1) != gap::NONE
        {
            return;
        }
        self.add(scan, Entity::IbanCode, length, score::SURE, "IBAN: country length and check digits");
    }

    /// Passports with letters: of other series and countries, near the word.
    fn passport(&mut self, scan: &mut Scan<'t>) {
        let letters = self.window.first(3).iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let digits = (letters..self.window.len()).take_while(|i| self.window.at(*i).is_ascii_digit()).count();
        let count = letters + digits;
        if !(matches!(letters, 1 | 2) && (6..=8).contains(&digits) && (8..=9).contains(&count))
            || self.edge(scan, count) != Edge::Clean
            || self.before != Edge::Clean
        {
            return;
        }
        let unbroken = self.window.mask(count) == 0;
        let upper = self.case(scan, count) != Case::Mixed;
        let around = self.around(scan, count);
        let whole = around.whole();
        if let Label::Yes(word) = around.label(Topic::Passport) {
            self.add(scan, Entity::UkPassport, count, score::GOOD, format!("letters and digits near `{word}`"));
        } else if whole && letters == 2 && digits == 7 && unbroken && upper {
            self.add(scan, Entity::UkPassport, count, score::PASS, "two letters and seven digits alone in their field");
        }
    }

    /// The Irish Personal Public Service number.
    fn ppsn(&mut self, scan: &mut Scan<'t>) {
        let letters = (7..9).take_while(|i| self.window.at(*i).is_ascii_alphabetic()).count();
        let count = 7 + letters;
        if self.window.digits() != 7 || letters == 0 || !self.window.gaps_only_at(count, &[7]) {
            return;
        }
        let count = if self.edge(scan, count) == Edge::Clean { count } else { 8 };
        if self.edge(scan, count) != Edge::Clean
            || self.before != Edge::Clean
            || !checks::ppsn(self.window.first(count))
        {
            return;
        }
        let unbroken = self.window.mask(count) == 0 && self.case(scan, count) == Case::Upper;
        let around = self.around(scan, count);
        match around.label(Topic::Ppsn) {
            Label::Yes(word) => {
                let why = format!("PPS number, check letter, near `{word}`");
                self.add(scan, Entity::IePpsn, count, score::SURE, why);
            }
            Label::Silent | Label::Vague if unbroken => {
                self.add(scan, Entity::IePpsn, count, score::PASS, "PPS number, check letter");
            }
            _ => {}
        }
    }
}

/// How letters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Upper,
    Lower,
    Mixed,
}

/// The letter that a digit is taken for.
pub(super) fn letter_like(digit: u8) -> Option<u8> {
    Some(match digit {
        b'0' => b'O',
        b'1' => b'I',
        b'2' => b'Z',
        b'5' => b'S',
        b'6' => b'G',
        b'8' => b'B',
        _ => return None,
    })
}

/// A whole token that may be a wallet address.
pub(super) fn token(scan: &mut Scan, start: usize, end: usize) {
    if !(26..=90).contains(&(end - start)) || edge_before(&scan.text, start) == Edge::Inside {
        return;
    }
    let token = scan.text.slice(start, end);
    if checks::bitcoin(token) {
        scan.add(Entity::Crypto, start, end, score::SURE, "Bitcoin address, checksum");
    } else if checks::ethereum(token) {
        scan.add(Entity::Crypto, start, end, score::SURE, "Ethereum address, checksum");
    }
}
