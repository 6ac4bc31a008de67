//! Telling recipients (Art 19 UK GDPR): how each stands, and when it is chased.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::vocabulary::vocabulary;

vocabulary! {
    /// How the telling of one recipient stands.
    Telling: "state of a telling" {
        ToTell = "to-tell", "to be told";
        Told = "told", "told, no answer yet";
        Done = "done", "answered that it is done";
        NotHeld = "not-held", "answered that nothing is held";
        Declined = "declined", "declined";
        Impossible = "impossible", "impossible or disproportionate to tell";
    }
}

impl Telling {
    /// Whether nothing more is expected of the recipient.
    #[must_use]
    pub const fn settled(self) -> bool {
        matches!(self, Self::Done | Self::NotHeld | Self::Declined | Self::Impossible)
    }
}

/// When a recipient who does not answer is chased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder {
    /// Days from telling to the first chase.
    pub first: i8,
    /// Days between chases.
    pub then: i8,
    /// From this chase on somebody senior is written to.
    pub escalate_from: usize,
}

/// Two weeks, then weekly; the third time a manager is written to. The Article sets no period: this is practice.
pub const LADDER: Ladder = Ladder { first: 14, then: 7, escalate_from: 3 };

impl Ladder {
    /// The day of the next chase. `None` beyond the calendar.
    #[must_use]
    pub fn next(&self, told: Date, chased: &[Date]) -> Option<Date> {
        match chased.iter().max() {
            None => told.checked_add(self.first.days()).ok(),
            Some(last) => last.checked_add(self.then.days()).ok(),
        }
    }

    /// Whether the next chase goes to somebody senior.
    #[must_use]
    pub fn escalates(&self, chased: &[Date]) -> bool {
        chased.len() + 1 >= self.escalate_from
    }
}
