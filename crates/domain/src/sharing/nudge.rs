//! What free text should not hold: found while it is written, with plain advice. A nudge refuses nothing.

use super::special::area_of;
use crate::register::issues::IssueArea;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What a nudge is about.
    NudgeKind: "kind of nudge" {
        /// A payment card's number.
        BankCard = "bank-card", "a bank card number";
        /// A sort code with an account number.
        BankAccount = "bank-account", "a bank account";
        /// A National Insurance number.
        NationalInsurance = "national-insurance", "a National Insurance number";
        /// A secret that nobody should write down.
        Secret = "secret", "a password or PIN";
        /// Health, where the advice does not turn on it.
        Health = "health", "words about health";
    }
}

impl NudgeKind {
    /// What to do instead.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::BankCard => {
                "Take the card number out: advice never needs it. The last four digits are enough."
            }
            Self::BankAccount => {
                "Keep the account number only if somebody must be paid, and then in the case's reference numbers."
            }
            Self::NationalInsurance => {
                "Put the National Insurance number in the person's identifiers, where it is sealed and searchable, and take it out here."
            }
            Self::Secret => "Take the password or PIN out, and tell the person to change it.",
            Self::Health => {
                "This issue does not usually turn on health. Keep this only if the advice needs it."
            }
        }
    }
}

/// Something in a text, with where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nudge {
    /// What it is.
    pub kind: NudgeKind,
    /// Where it begins, in bytes of the text, on a character boundary.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// Whether a text says who somebody is or how to reach them: an e-mail address, a telephone number, a whole postcode,
/// a National Insurance number, an account. What comes to a survey with one of these is not taken.
#[must_use]
pub fn says_who(text: &str) -> bool {
    let words = words(text);
    let email = text.split_whitespace().any(|w| {
        w.split_once('@')
            .is_some_and(|(name, domain)| !name.is_empty() && domain.trim_end_matches('.').contains('.'))
    });
    let number = digit_runs(text).iter().any(|(_, _, digits)| (9..=19).contains(&digits.len()));
    email || number || has_postcode(text, &words) || !national_insurance(text, &words).is_empty()
}

/// `LA1 9ZA`, `la19za`: outward and inward part, together or apart. A district alone is none.
fn has_postcode(text: &str, words: &[(usize, usize)]) -> bool {
    let word = |n: usize| words.get(n).map(|(s, e)| part(text, *s, *e).to_ascii_uppercase());
    (0..words.len()).any(|n| {
        let Some(first) = word(n) else { return false };
        let apart = word(n + 1).is_some_and(|second| is_outward(&first) && is_inward(&second));
        let cut = first.len().checked_sub(3).filter(|at| first.is_char_boundary(*at));
        let (outward, inward) = first.split_at(cut.unwrap_or(0));
        apart || (is_outward(outward) && is_inward(inward))
    })
}

fn is_outward(text: &str) -> bool {
    let bytes = text.as_bytes();
    let letters = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let rest = bytes.get(letters..).unwrap_or_default();
    (1..=2).contains(&letters)
        && (1..=2).contains(&rest.len())
        && rest.first().is_some_and(u8::is_ascii_digit)
        && rest.iter().all(u8::is_ascii_alphanumeric)
}

fn is_inward(text: &str) -> bool {
    matches!(text.as_bytes(), [a, b, c] if a.is_ascii_digit() && b.is_ascii_uppercase() && c.is_ascii_uppercase())
}

/// The least that a reason for keeping something is, in characters.
pub const LEAST_REASON: usize = 10;

/// What of `found` its writer has still to answer: nothing once they say why it stays; words about health are answered
/// by saying that the text is about health.
#[must_use]
pub fn unanswered(found: &[Nudge], says_health: bool, because: &str) -> Vec<Nudge> {
    if because.trim().chars().count() >= LEAST_REASON {
        return Vec::new();
    }
    found.iter().copied().filter(|n| !(says_health && n.kind == NudgeKind::Health)).collect()
}

/// Words that speak of health.
const HEALTH: &[&str] = &[
    "asthma",
    "cancer",
    "depressed",
    "depression",
    "diabetes",
    "diagnosed",
    "diagnosis",
    "disability",
    "disabled",
    "epilepsy",
    "hospital",
    "illness",
    "medication",
    "miscarriage",
    "overdose",
    "parkinson",
    "pregnant",
    "psychiatric",
    "schizophrenia",
    "stroke",
    "suicidal",
    "surgery",
    "tumour",
];

/// Words before a secret.
const SECRETS: &[&str] = &["password", "passcode", "pin"];

/// What this text holds that it should not, in the order of the text.
///
/// `issue` is the case's issue code: under benefits, discrimination, employment and wellbeing health is expected.
#[must_use]
pub fn nudges(text: &str, issue: &str) -> Vec<Nudge> {
    let words = words(text);
    let mut found = numbers(text);
    found.extend(national_insurance(text, &words));
    found.extend(secrets(text, &words));
    if !expects_health(issue) {
        let of_health = words.iter().filter(|(start, end)| is_one_of(part(text, *start, *end), HEALTH));
        found.extend(of_health.map(|(start, end)| Nudge {
            kind: NudgeKind::Health,
            start: *start,
            end: *end,
        }));
    }
    found.sort_by_key(|n| (n.start, n.end));
    found
}

fn expects_health(issue: &str) -> bool {
    use IssueArea as A;
    matches!(
        area_of(issue),
        Some(A::Benefits | A::Discrimination | A::Employment | A::Wellbeing | A::HealthAndCare)
    )
}

fn part(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or_default()
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    let word = word.to_lowercase();
    let word = word.strip_suffix("'s").unwrap_or(&word);
    list.contains(&word)
}

/// Where the words stand.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = None;
    for (at, c) in text.char_indices() {
        let inside = c.is_alphanumeric() || c == '\'';
        match (inside, from) {
            (true, None) => from = Some(at),
            (false, Some(start)) => {
                found.push((start, at));
                from = None;
            }
            _ => {}
        }
    }
    found.extend(from.map(|start| (start, text.len())));
    found
}

/// Runs of digits that single spaces or hyphens may group.
fn digit_runs(text: &str) -> Vec<(usize, usize, String)> {
    let mut runs: Vec<(usize, usize, String)> = Vec::new();
    let mut gap = usize::MAX;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let glued = before.is_some_and(char::is_alphabetic);
        if c.is_ascii_digit() {
            match runs.last_mut().filter(|_| gap <= 1) {
                Some((_, end, digits)) => {
                    digits.push(c);
                    *end = at + 1;
                }
                None if !glued => runs.push((at, at + 1, c.to_string())),
                None => {}
            }
            gap = if glued && gap > 1 { usize::MAX } else { 0 };
        } else if matches!(c, ' ' | '-') {
            gap = gap.saturating_add(1);
        } else {
            gap = usize::MAX;
        }
        before = Some(c);
    }
    runs
}

fn numbers(text: &str) -> Vec<Nudge> {
    let kind = |digits: &str| match digits.len() {
        13..=19 if luhn(digits) => Some(NudgeKind::BankCard),
        14 => Some(NudgeKind::BankAccount),
        _ => None,
    };
    digit_runs(text)
        .into_iter()
        .filter_map(|(start, end, digits)| Some(Nudge { kind: kind(&digits)?, start, end }))
        .collect()
}

/// The check digit of payment cards (ISO/IEC 7812-1 annex B).
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, b)| {
            let digit = u32::from(b.saturating_sub(b'0'));
            if place % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 }
        })
        .sum();
    sum.is_multiple_of(10) && digits.bytes().any(|b| b != b'0')
}

/// `AB 12 34 56 C`, with or without spaces.
fn national_insurance(text: &str, words: &[(usize, usize)]) -> Vec<Nudge> {
    let mut found = Vec::new();
    for (n, (start, _)) in words.iter().enumerate() {
        let closed = |end: usize| -> String {
            part(text, *start, end).chars().filter(|c| !matches!(c, ' ' | '-')).collect()
        };
        let ends = words.iter().skip(n).take(5).map(|(_, end)| *end);
        let whole = ends.map(|end| (end, closed(end))).find(|(_, joined)| joined.chars().count() >= 9);
        if let Some((end, _)) = whole.filter(|(_, joined)| is_national_insurance(joined)) {
            found.push(Nudge { kind: NudgeKind::NationalInsurance, start: *start, end });
        }
    }
    found
}

fn is_national_insurance(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let bytes = upper.as_bytes();
    let [a, b, digits @ .., last] = bytes else { return false };
    let prefix = |c: &u8| c.is_ascii_uppercase() && !b"DFIQUV".contains(c);
    digits.len() == 6
        && prefix(a)
        && prefix(b)
        && *b != b'O'
        && ![*b"BG", *b"GB", *b"KN", *b"NK", *b"NT", *b"TN", *b"ZZ"].contains(&[*a, *b])
        && digits.iter().all(u8::is_ascii_digit)
        && (b'A'..=b'D').contains(last)
}

/// "password is swordfish", "PIN: 4821": the word after it, past one "is".
fn secrets(text: &str, words: &[(usize, usize)]) -> Vec<Nudge> {
    let mut found = Vec::new();
    for (n, (start, end)) in words.iter().enumerate() {
        if !is_one_of(part(text, *start, *end), SECRETS) {
            continue;
        }
        let mut next = words.iter().skip(n + 1);
        let said = match next.next() {
            Some((s, e)) if part(text, *s, *e).eq_ignore_ascii_case("is") => next.next(),
            Some(word) if part(text, *end, word.0).contains([':', '=']) => Some(word),
            Some(word) if part(text, word.0, word.1).bytes().all(|b| b.is_ascii_digit()) => Some(word),
            _ => None,
        };
        found.extend(said.map(|(_, until)| Nudge { kind: NudgeKind::Secret, start: *start, end: *until }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::says_who;

    #[test]
    fn what_says_who_one_is_is_found_and_ordinary_words_are_not() {
        for who in [
            "write to ada@mail.example please",
            "ring 01632 960331",
            "07700 900 461",
            "+44 7700 900461",
            "I live at LA1 9ZA",
            "la19za",
            "bt54 6aa.",
            "AB 12 34 56 C",
            "account 12-34-56 12345678",
        ] {
            assert!(says_who(who), "{who}");
        }
        for nobody in [
            "We kept our home.",
            "I waited 40 minutes on 3 May 2026",
            "district BT54",
            "£1,250 off",
            "A1 help!",
            "24/7",
        ] {
            assert!(!says_who(nobody), "{nobody}");
        }
    }
}
