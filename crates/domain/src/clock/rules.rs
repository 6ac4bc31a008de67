//! The rule sets, each with the day from which it governs what is received.

use jiff::civil::{Date, date};

use super::config::{ClockConfig, Transition};
use super::provisions as p;
use super::refusal::Refusal;
use super::regime::Regime;
use super::working::long;

/// One state of the law. What is received on or after `from`, and before the next set of the same law,
/// is governed by it.
#[derive(Debug, PartialEq, Eq)]
pub struct RuleSet {
    /// A stable name.
    pub id: &'static str,
    /// The first day of receipt that it governs.
    pub from: Date,
    /// What changed.
    pub change: &'static str,
    /// The source of the effective date.
    pub source: &'static str,
    /// Its provisions for the period, its beginning, the extension, the notice, the pause, the counting.
    pub(super) cite: Cite,
}

/// Which provision says what in one rule set of Art 12.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cite {
    pub period: &'static str,
    pub start: &'static str,
    pub extension: &'static str,
    pub notice: &'static str,
    pub pause: &'static str,
    pub count: &'static str,
    pub roll: &'static str,
}

const EARLIER: Cite = Cite {
    period: p::ART_12_3_EARLIER,
    start: p::ICO_ACCESS,
    extension: p::ART_12_3_EARLIER,
    notice: p::ART_12_3_EARLIER,
    pause: p::ICO_PAUSE,
    count: p::ICO_ACCESS,
    roll: p::ICO_ACCESS,
};

const ART_12A: Cite = Cite {
    period: p::ART_12A_1,
    start: p::ART_12A_2,
    extension: p::ART_12A_3,
    notice: p::ART_12A_4,
    pause: p::ART_12A_5,
    count: p::ART_4A,
    roll: p::REG_1182_3_4,
};

const fn plain(period: &'static str, count: &'static str, roll: &'static str) -> Cite {
    Cite { period, start: period, extension: period, notice: period, pause: period, count, roll }
}

/// When Art 12A began: 5 February 2026.
pub const ART_12A_BEGINS: Date = date(2026, 2, 5);

/// Requests under the UK GDPR, oldest first.
pub const UK_GDPR: &[RuleSet] = &[
    RuleSet {
        id: "uk-gdpr-2021-01-01",
        from: date(2021, 1, 1),
        change: "one month of receipt, as the regulator counts it; clarification pauses by guidance only",
        source: p::ART_12_3_EARLIER,
        cite: EARLIER,
    },
    RuleSet {
        id: "uk-gdpr-2025-08-20",
        from: date(2025, 8, 20),
        change: "Art 4A: periods are counted by Regulation 1182/71",
        source: p::SI_2025_904,
        cite: Cite { count: p::ART_4A, roll: p::REG_1182_3_4, ..EARLIER },
    },
    RuleSet {
        id: "uk-gdpr-2026-02-05",
        from: ART_12A_BEGINS,
        change: "Art 12A: the relevant time, the pause and the extension are in the statute",
        source: p::SI_2026_82,
        cite: ART_12A,
    },
    RuleSet {
        id: "uk-gdpr-2026-06-19",
        from: date(2026, 6, 19),
        change: "as before; a refusal must also name the complaint to the controller (s.164A)",
        source: p::DUAA_SCH_10,
        cite: ART_12A,
    },
];

/// Complaints to the controller.
pub const COMPLAINT: &[RuleSet] = &[RuleSet {
    id: "complaint-2026-06-19",
    from: date(2026, 6, 19),
    change: "s.164A DPA 2018: acknowledge within 30 days",
    source: p::DUAA_SCH_10,
    cite: plain(p::S164A_3, p::ICO_COMPLAINTS, p::S205_2),
}];

/// Freedom of information.
pub const FOI: &[RuleSet] = &[RuleSet {
    id: "foia-2000",
    from: date(2005, 1, 1),
    change: "twentieth working day following receipt",
    source: p::FOIA_10_1,
    cite: plain(p::FOIA_10_1, p::FOIA_10_1, p::FOIA_10_6),
}];

/// Freedom of information in Scotland.
pub const FOISA: &[RuleSet] = &[RuleSet {
    id: "foisa-2002",
    from: date(2005, 1, 1),
    change: "twentieth working day after receipt, by Scottish holidays",
    source: p::FOISA_10_1,
    cite: plain(p::FOISA_10_1, p::FOISA_10_1, p::FOISA_73),
}];

/// Environmental information.
pub const EIR: &[RuleSet] = &[RuleSet {
    id: "eir-2004",
    from: date(2005, 1, 1),
    change: "20 working days after receipt, or 40 when complex and voluminous",
    source: p::EIR_5_2,
    cite: plain(p::EIR_5_2, p::EIR_5_2, p::EIR_2_1),
}];

/// Examination marks.
pub const EXAM: &[RuleSet] = &[RuleSet {
    id: "dpa-2018-sch-2-para-25",
    from: date(2018, 5, 25),
    change: "the earlier of 5 months from the question and 40 days beginning with the announcement",
    source: p::SCH2_25_3,
    cite: plain(p::SCH2_25_3, p::S205_2, p::S205_2),
}];

/// Notices under the older Act, honoured because the organisation's notice promises it.
pub const OLDER_ACT: &[RuleSet] = &[RuleSet {
    id: "dpa-1998-promise",
    from: date(2000, 3, 1),
    change: "a notice under the Data Protection Act 1998, honoured as the published notice promises",
    source: p::DPA98_10_3,
    cite: plain(p::DPA98_10_3, p::DPA98_10_3, p::REG_1182_3_4),
}];

/// Breaches.
pub const BREACH: &[RuleSet] = &[RuleSet {
    id: "breach-2021-01-01",
    from: date(2021, 1, 1),
    change: "72 hours after becoming aware",
    source: p::ART_33_1,
    cite: plain(p::ART_33_1, p::REG_1182_HOURS, p::REG_1182_HOURS),
}];

/// The rule sets of a regime, oldest first.
#[must_use]
pub const fn of(regime: Regime) -> &'static [RuleSet] {
    match regime {
        Regime::UkGdpr(_) => UK_GDPR,
        Regime::Complaint => COMPLAINT,
        Regime::Foi => FOI,
        Regime::Foisa => FOISA,
        Regime::Eir { .. } => EIR,
        Regime::ExamMarks => EXAM,
        Regime::OlderAct(_) => OLDER_ACT,
    }
}

/// The rule set that governs what was received on `received` and was open until `end` (when it was
/// finished, or the day of the reading), and why it does, in words. `what` is the law in words; the verb is
/// an argument because a breach is not received.
///
/// # Errors
/// [`Refusal::NotInForce`] when the law did not exist yet.
pub fn choose(
    sets: &'static [RuleSet],
    (what, verb): (&'static str, &'static str),
    received: Date,
    end: Date,
    config: &ClockConfig,
) -> Result<(&'static RuleSet, String), Refusal> {
    let deciding = match config.transition {
        Transition::DateReceived => received,
        Transition::OpenAtChange => end.max(received),
    };
    let first = sets.first().map_or(received, |s| s.from);
    let begun = first <= received;
    let chosen = sets.iter().rev().find(|set| begun && set.from <= deciding);
    let Some(set) = chosen else { return Err(Refusal::NotInForce { received, what, from: first }) };
    let open = if set.from > received { " and still open when it began (setting `transition`)" } else { "" };
    let why = format!("{verb} on {}{open}; in force from {}: {}", long(received), long(set.from), set.change);
    Ok((set, why))
}
