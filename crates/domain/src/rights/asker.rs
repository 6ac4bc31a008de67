//! The asker's own way to their request: how often a code may be wrong, and what they may still do.

use jiff::SignedDuration;
use jiff::civil::Date;

use crate::clock::{Dated, Event};
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What a request may wait for, as its asker is told.
    Awaited: "thing that is awaited" {
        /// Art 12(6) UK GDPR.
        Identity = "identity", "evidence of identity";
        /// Of a representative.
        Authority = "authority", "evidence of authority";
        /// Art 12A(5) UK GDPR.
        Clarification = "clarification", "an answer to a question";
        /// Art 12(5) UK GDPR.
        Fee = "fee", "a fee";
    }
}

vocabulary! {
    /// How a sealed answer reaches its asker.
    HandOver: "way of handing over an answer" {
        /// The asker collects it on the site, with key and code.
        Online = "online", "to collect on the site";
        /// An encrypted archive, sent to the e-mail address that was given.
        Email = "email", "an encrypted archive by e-mail";
        /// Paper, to the postal address that was given.
        Post = "post", "on paper by post";
    }
}

impl HandOver {
    /// The way that the asker chose: where the answer goes, in which format, and whether they have a key and a code.
    /// Whoever asked electronically gets it electronically unless they asked for paper, as large print is (Art 15(3) UK GDPR).
    #[must_use]
    pub fn chosen(reply_to: &str, format: &str, has_access: bool) -> Self {
        let by_mail = reply_to.split_whitespace().count() == 1 && reply_to.contains('@');
        match (by_mail && !matches!(format, "paper" | "large-print"), has_access) {
            (false, _) => Self::Post,
            (true, true) => Self::Online,
            (true, false) => Self::Email,
        }
    }
}

/// A time in which a request waited for its asker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// For what.
    pub what: Awaited,
    /// Since when.
    pub from: Date,
    /// Until when; `None` while it waits still.
    pub to: Option<Date>,
}

/// The times in which a request waited for its asker, by their beginnings. What comes answers what was asked
/// longest ago; an answer that answers nothing is left out.
#[must_use]
pub fn waits(events: &[Dated]) -> Vec<Wait> {
    let mut sorted = events.to_vec();
    sorted.sort_unstable();
    let mut waits: Vec<Wait> = Vec::new();
    for dated in &sorted {
        let (what, begins) = match dated.event {
            Event::IdentityAsked => (Awaited::Identity, true),
            Event::IdentityReceived => (Awaited::Identity, false),
            Event::AuthorityAsked => (Awaited::Authority, true),
            Event::AuthorityReceived => (Awaited::Authority, false),
            Event::ClarificationAsked { .. } => (Awaited::Clarification, true),
            Event::ClarificationAnswered { .. } => (Awaited::Clarification, false),
            Event::FeeAsked => (Awaited::Fee, true),
            Event::FeePaid => (Awaited::Fee, false),
            _ => continue,
        };
        let open = waits.iter_mut().find(|wait| wait.what == what && wait.to.is_none());
        match (begins, open) {
            // Identity asked for once more is the same wait; two questions are two.
            (true, Some(_)) if what != Awaited::Clarification => {}
            (true, _) => waits.push(Wait { what, from: dated.on, to: None }),
            (false, Some(wait)) => wait.to = Some(dated.on),
            (false, None) => {}
        }
    }
    waits
}

/// What follows a wrong code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// Another try is looked at.
    None,
    /// No try is looked at for so long.
    For(SignedDuration),
    /// The key has ended: a new one is given out.
    Ended,
}

/// Wrong codes in a row before the first wait.
const FIRST: u32 = 5;
/// Wrong codes in a row that end the key. Eight digits are then guessed once in some seven million.
const LAST: u32 = 15;
/// How long a wait is.
const WAIT: SignedDuration = SignedDuration::from_hours(1);

/// What follows after `wrong` codes in a row, this one included: an hour's wait after each five, the end
/// after fifteen.
#[must_use]
pub const fn after_wrong(wrong: u32) -> Lock {
    match wrong {
        LAST.. => Lock::Ended,
        n if n > 0 && n % FIRST == 0 => Lock::For(WAIT),
        _ => Lock::None,
    }
}

/// Whether a request in this state can still be withdrawn by its asker: what was answered or closed cannot.
#[must_use]
pub fn may_withdraw(state: &str) -> bool {
    !matches!(state, "released" | "closed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_takes_the_way_that_was_asked_for() {
        for (reply_to, format, has_access, way) in [
            ("gethin@mail.example", "electronic", true, HandOver::Online),
            ("gethin@mail.example", "easy-read", true, HandOver::Online),
            ("gethin@mail.example", "electronic", false, HandOver::Email),
            ("gethin@mail.example", "paper", true, HandOver::Post),
            ("14 Mill Lane\nLancaster", "electronic", true, HandOver::Post),
            ("c/o Mair @ 14 Mill Lane", "electronic", true, HandOver::Post),
            ("gethin@mail.example", "large-print", true, HandOver::Post),
            ("", "", true, HandOver::Post),
        ] {
            assert_eq!(
                HandOver::chosen(reply_to, format, has_access),
                way,
                "{reply_to} {format} {has_access}"
            );
        }
    }
}
