//! Identifiers made of digits: NHS, telephone, card, sort code, account, taxpayer, passport.

use super::checks;
use super::context::{Around, Label};
use super::scan::{Scan, score};
use super::topics::Topic;
use super::window::{Edge, Window, edge_before, gap};
use super::Entity;

/// Looks at the digits that begin at `start`.
pub(super) fn look(scan: &mut Scan, start: usize) {
    let before = edge_before(&scan.text, start);
    if before == Edge::Inside && scan.text.before(start) != b'+' {
        return;
    }
    let window = Window::read(&scan.text, start, 21);
    let plain = window.digits();
    let mut digits = plain;
    let mut slip = false;
    let mut corrected = [0u8; 21];
    for (i, slot) in corrected.iter_mut().enumerate() {
        *slot = window.at(i);
    }
    if digits < 13
        && let Some(longer) = mend(&window, digits, &mut corrected)
    {
        digits = longer;
        slip = true;
    }
    if digits < 6 {
        return;
    }
    let from = Number { window: &window, digits: &corrected, slip, start, before };
    let mut around = scan.around(start);
    for count in 6..=digits.min(20) {
        if count == digits || count == plain || window.gap(count) != gap::NONE {
            from.try_length(scan, count, &mut around);
        }
    }
}

/// Reads one letter as the digit it resembles, and the digits after it. OCR confuses them.
fn mend(window: &Window, digits: usize, corrected: &mut [u8; 21]) -> Option<usize> {
    let as_digit = resembles(window.at(digits))?;
    let bracketed = window.gap(digits) & window.gap(digits + 1) & gap::PAREN != 0;
    let inside = bracketed || window.gap(digits) == gap::NONE || window.gap(digits + 1) == gap::NONE;
    let more = (digits + 1..window.len()).take_while(|i| window.at(*i).is_ascii_digit()).count();
    let lone_head = digits > 0 || more >= 2;
    *corrected.get_mut(digits)? = as_digit;
    (inside && lone_head && (more > 0 || digits >= 5)).then_some(digits + 1 + more)
}

/// The digit that a letter is taken for, or the other way round never.
pub(super) fn resembles(letter: u8) -> Option<u8> {
    Some(match letter {
        b'O' | b'Q' | b'D' => b'0',
        b'I' | b'L' => b'1',
        b'Z' => b'2',
        b'S' => b'5',
        b'G' => b'6',
        b'B' => b'8',
        _ => return None,
    })
}

/// A number that begins at a known place.
struct Number<'w> {
    window: &'w Window,
    digits: &'w [u8],
    /// One letter was read as a digit.
    slip: bool,
    start: usize,
    before: Edge,
}

impl Number<'_> {
    fn value(&self, count: usize) -> &[u8] {
        self.digits.get(..count).unwrap_or(&[])
    }

    fn slipped(&self, count: usize) -> bool {
        self.slip && self.window.first(count).iter().any(u8::is_ascii_alphabetic)
    }

    fn try_length(&self, scan: &mut Scan, count: usize, around: &mut Around) {
        let after = self.window.edge(&scan.text, count);
        if after == Edge::Inside {
            return;
        }
        let clean = self.before == Edge::Clean && after == Edge::Clean;
        let around = around.ending(self.window.end(count));
        if self.before != Edge::Inside {
            match count {
                6 if self.groups_within(count, 3) => self.sort_code(scan, count, around),
                8 if self.groups_within(count, 3) => self.account(scan, count, around),
                9 if clean && self.groups_within(count, 3) => self.passport(scan, count, around),
                10 => {
                    self.nhs(scan, count, around);
                    self.utr(scan, count, around);
                }
                12..=19 => self.card(scan, count, around),
                _ => {}
            }
        }
        if self.before != Edge::Inside || scan.text.before(self.start) == b'+' {
            super::phones::look(scan, self.window, self.value(count), self.start, around, self.slipped(count));
        }
    }

    fn add(&self, scan: &mut Scan, entity: Entity, count: usize, value: f32, why: impl Into<String>) {
        scan.add(entity, self.start, self.window.end(count), value, why);
    }

    /// Whether separators make at most `most` groups. What needs a word beside it is not written in
    /// more, and asking for words is what costs in a long row of figures.
    fn groups_within(&self, count: usize, most: usize) -> bool {
        (1..count).filter(|i| self.window.gap(*i) != gap::NONE).count() < most
    }

    fn nhs(&self, scan: &mut Scan, count: usize, around: &Around) {
        let valid = checks::nhs(self.value(count));
        if !valid && !self.groups_within(count, 5) {
            return;
        }
        let grouped = self.window.groups(count).sizes() == [3, 3, 4];
        let slipped = self.slipped(count);
        match (around.label(Topic::Nhs), valid) {
            (Label::Yes(word), true) => {
                self.add(scan, Entity::UkNhs, count, score::SURE, format!("NHS number, check digit, near `{word}`"));
            }
            (Label::Yes(word), false) => {
                let why = format!("ten digits near `{word}`, check digit fails");
                self.add(scan, Entity::UkNhs, count, score::FAINT, why);
            }
            (Label::Silent, true) if grouped => {
                self.add(scan, Entity::UkNhs, count, score::FAIR, "NHS number, check digit, grouped 3-3-4");
            }
            (Label::Silent, true) if around.whole() && !slipped => {
                self.add(scan, Entity::UkNhs, count, score::FAIR, "NHS number, check digit, alone in its field");
            }
            (Label::Silent, true) if self.window.mask(count) != 0 && !slipped => {
                self.add(scan, Entity::UkNhs, count, score::PASS, "NHS number, check digit, grouped");
            }
            (_, true) => self.add(scan, Entity::UkNhs, count, score::FAINT, "ten digits with an NHS check digit"),
            (_, false) => {}
        }
    }

    fn utr(&self, scan: &mut Scan, count: usize, around: &Around) {
        if !self.groups_within(count, 4) {
            return;
        }
        let Label::Yes(word) = around.label(Topic::Utr) else { return };
        let (value, check) =
            if checks::utr(self.value(count)) { (score::SURE, "check digit, ") } else { (score::PASS, "") };
        self.add(scan, Entity::UkUtr, count, value, format!("ten digits, {check}near `{word}`"));
    }

    fn passport(&self, scan: &mut Scan, count: usize, around: &Around) {
        let unbroken = self.window.mask(count) == 0;
        match around.label(Topic::Passport) {
            Label::Yes(word) => {
                self.add(scan, Entity::UkPassport, count, score::GOOD, format!("nine digits near `{word}`"));
            }
            Label::Silent if around.whole() && unbroken && !self.slip => {
                self.add(scan, Entity::UkPassport, count, score::PASS, "nine digits alone in their field");
            }
            _ if unbroken && !self.slip => {
                self.add(scan, Entity::UkPassport, count, score::FAINT, "nine digits");
            }
            _ => {}
        }
    }

    fn sort_code(&self, scan: &mut Scan, count: usize, around: &Around) {
        if let Label::Yes(word) = around.label(Topic::SortCode) {
            self.add(scan, Entity::UkSortCode, count, score::GOOD, format!("six digits near `{word}`"));
        } else if self.window.groups(count).sizes() == [2, 2, 2] && self.account_follows(scan, count) {
            self.add(scan, Entity::UkSortCode, count, score::GOOD, "six digits in pairs before an account number");
        } else if around.whole() && self.window.groups(count).sizes() == [2, 2, 2] {
            let value = if self.could_be_date(count) { score::FAINT } else { score::PASS };
            self.add(scan, Entity::UkSortCode, count, value, "six digits in pairs alone in their field");
        }
    }

    /// Whether eight digits stand close behind, as in `12-34-56 12345678`.
    fn account_follows(&self, scan: &mut Scan, count: usize) -> bool {
        let end = self.window.end(count);
        let next = scan.text.run(end, 24, |b| !b.is_ascii_digit() && b != b'\n');
        let stop = scan.text.run(next, 9, |b| b.is_ascii_digit());
        let ends_clean = !super::text::wordy(scan.text.at(stop));
        stop - next == 8 && ends_clean
    }

    fn could_be_date(&self, count: usize) -> bool {
        let value = self.value(count);
        let pair = |i: usize| value.iter().skip(i).take(2).fold(0, |sum, d| sum * 10 + u32::from(d - b'0'));
        let (a, b) = (pair(0), pair(2));
        matches!((a, b), (1..=31, 1..=12) | (1..=12, 1..=31))
    }

    fn account(&self, scan: &mut Scan, count: usize, around: &Around) {
        let paired = scan.near_sort_code(self.start);
        let licence = around.label(Topic::Licence);
        match around.label(Topic::Account) {
            _ if paired => self.add(scan, Entity::UkBankAccount, count, score::GOOD, "eight digits after a sort code"),
            Label::Yes(word) => {
                self.add(scan, Entity::UkBankAccount, count, score::GOOD, format!("eight digits near `{word}`"));
            }
            _ => {
                if let Label::Yes(word) = licence {
                    let why = format!("eight digits near `{word}` (Northern Ireland)");
                    self.add(scan, Entity::UkDrivingLicence, count, score::GOOD, why);
                }
            }
        }
    }

    fn card(&self, scan: &mut Scan, count: usize, around: &Around) {
        let value = self.value(count);
        if !checks::luhn(value) || !self.regular(count) {
            return;
        }
        let issuer = checks::card_issuer(value);
        match around.label(Topic::Card) {
            Label::Yes(word) => {
                self.add(scan, Entity::CreditCard, count, score::SURE, format!("card number, Luhn, near `{word}`"));
            }
            Label::Silent | Label::Vague if issuer && !self.slipped(count) => {
                self.add(scan, Entity::CreditCard, count, score::GOOD, "card number, Luhn and issuer range");
            }
            Label::No if issuer && self.window.mask(count) != 0 => {
                self.add(scan, Entity::CreditCard, count, score::PASS, "card number, Luhn and issuer range, grouped");
            }
            _ => {}
        }
    }

    /// Cards are written in one piece or in groups of three to seven.
    fn regular(&self, count: usize) -> bool {
        let groups = self.window.groups(count);
        let sizes = groups.sizes();
        sizes.len() == 1 || sizes.iter().all(|size| (2..=7).contains(size)) || sizes.iter().all(|size| *size == 1)
    }
}
