//! An office's adherence to the network's terms (promise N15): until when it counts, from its dates.

use jiff::Span;
use jiff::civil::Date;

/// How long an office's yearly training counts, in months.
pub const TRAINING_MONTHS: i32 = 12;

/// What is recorded of an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adherence {
    /// The version of the membership agreement that it signed.
    pub agreement: String,
    /// When it signed.
    pub signed_on: Date,
    /// When its staff were last trained as a whole.
    pub training_on: Date,
    /// When the network last reviewed it.
    pub reviewed_on: Date,
    /// By when it is reviewed again.
    pub next_review: Date,
}

/// What ends an office's adherence first, and when: adherence counts up to that day, not including it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Until {
    /// The first day on which it no longer counts.
    pub day: Date,
    /// Why: `agreement`, `training` or `review`.
    pub why: &'static str,
}

/// Until when the office's adherence counts, under the agreement version in force.
///
/// An organisation without an agreement (an empty version) has none that could lapse. An office that signed another version has until the day that the new one took force, `in_force_from`:
/// its adherence has then lapsed already.
#[must_use]
pub fn until(adherence: &Adherence, agreement_in_force: &str, in_force_from: Date) -> Until {
    let training = adherence.training_on.saturating_add(Span::new().months(TRAINING_MONTHS));
    let mut ends = vec![(training, "training"), (adherence.next_review, "review")];
    if !agreement_in_force.is_empty() && adherence.agreement != agreement_in_force {
        ends.push((in_force_from, "agreement"));
    }
    ends.sort();
    let (day, why) = ends.first().copied().unwrap_or((adherence.next_review, "review"));
    Until { day, why }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_first_thing_that_lapses_ends_adherence() {
        let office = Adherence {
            agreement: "2025".into(),
            signed_on: date(2025, 4, 1),
            training_on: date(2026, 3, 1),
            reviewed_on: date(2026, 1, 10),
            next_review: date(2027, 1, 10),
        };
        let from = date(2025, 4, 1);
        assert_eq!(until(&office, "2025", from), Until { day: date(2027, 1, 10), why: "review" });
        let trained_late = Adherence { training_on: date(2025, 12, 1), ..office.clone() };
        assert_eq!(until(&trained_late, "2025", from), Until { day: date(2026, 12, 1), why: "training" });
        let new = until(&office, "2026", date(2026, 6, 1));
        assert_eq!(new, Until { day: date(2026, 6, 1), why: "agreement" });
    }
}
