//! What the law leaves open, as named settings with stated defaults (`law.md` section 8).

use crate::vocabulary::vocabulary;

vocabulary! {
    /// What a clarification question asked and answered on one day takes out of the period.
    SameDayPause: "same-day pause" {
        OneDay = "1", "one day, as Art 12A(5) reads: both ends are inside the period left out";
        NoDay = "0", "no day";
    }
}

vocabulary! {
    /// Whose public holidays end a UK GDPR period.
    HolidayNation: "holiday nation" {
        OwnDivision = "own-division", "those of the division of the office that has to act";
        AnyPartOfUk = "any-part-of-uk", "those of any part of the United Kingdom";
    }
}

vocabulary! {
    /// What a clarification question does that is asked when the period has already ended.
    LateQuestion: "late question rule" {
        Ignored = "ignored", "nothing: no day of the period is left to leave out";
        Counted = "counted", "it moves the due date all the same";
    }
}

vocabulary! {
    /// Whether clarification pauses an access request received before 5 February 2026.
    EarlierPause: "earlier pause rule" {
        Guidance = "guidance", "yes, as the regulator's guidance had it, counted as Art 12A(5) counts";
        None = "none", "no: the statute did not have it";
    }
}

vocabulary! {
    /// Which rules govern a request received before a change of the law and open after it.
    Transition: "transition rule" {
        DateReceived = "date-received", "the rules of the day on which it was received";
        OpenAtChange = "open-at-change", "the later rules, if it was still open when they began";
    }
}

vocabulary! {
    /// How the 40 days "beginning with the announcement" of exam results are counted.
    ExamDays: "exam counting rule" {
        FromDayAfter = "from-day-after", "the day of the announcement is not counted (s.205(2) DPA 2018)";
        FromThatDay = "from-that-day", "the day of the announcement is day 1";
    }
}

vocabulary! {
    /// What becomes of a local time that happened twice when the clocks went back.
    AmbiguousTime: "ambiguous time rule" {
        Earlier = "earlier", "the earlier instant, which gives the earlier deadline";
        Refused = "refused", "it is refused";
    }
}

vocabulary! {
    /// Whether a period of the Data Protection Act 1998 that ends on a non-working day runs on.
    OlderActEnd: "older-Act end rule" {
        NextWorkingDay = "next-working-day", "it runs to the next working day";
        SameDay = "same-day", "it ends that day";
    }
}

/// The open points of the law. [`Default`] gives the stated defaults; `docs/law-clock.md` has the reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockConfig {
    /// `same-day-pause`.
    pub same_day_pause: SameDayPause,
    /// `holiday-nation`.
    pub holiday_nation: HolidayNation,
    /// `late-question`.
    pub late_question: LateQuestion,
    /// `earlier-pause`.
    pub earlier_pause: EarlierPause,
    /// `transition`.
    pub transition: Transition,
    /// `exam-days`.
    pub exam_days: ExamDays,
    /// `ambiguous-time`.
    pub ambiguous_time: AmbiguousTime,
    /// `older-act-end`.
    pub older_act_end: OlderActEnd,
    /// `marketing-days`: what "a reasonable period" was under s.11 DPA 1998, in days.
    pub marketing_days: u16,
    /// `no-reply-months`: how long to wait for a reply before closing, in months.
    pub no_reply_months: u16,
}

impl Default for ClockConfig {
    fn default() -> Self {
        Self {
            same_day_pause: SameDayPause::OneDay,
            holiday_nation: HolidayNation::OwnDivision,
            late_question: LateQuestion::Ignored,
            earlier_pause: EarlierPause::Guidance,
            transition: Transition::DateReceived,
            exam_days: ExamDays::FromDayAfter,
            ambiguous_time: AmbiguousTime::Earlier,
            older_act_end: OlderActEnd::NextWorkingDay,
            marketing_days: 28,
            no_reply_months: 1,
        }
    }
}

/// A setting that does not exist, or a value that it cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSetting {
    /// No such setting.
    #[error("`{0}` is not a setting of the clocks: use one of {list}", list = ClockConfig::KEYS.join(", "))]
    UnknownKey(String),
    /// A word that the setting does not know.
    #[error(transparent)]
    UnknownWord(#[from] crate::vocabulary::UnknownWord),
    /// A number that is not one, or not sensible.
    #[error("`{0}` is not a number from 1 to 366")]
    NotANumber(String),
}

impl ClockConfig {
    /// The names of the settings.
    pub const KEYS: [&str; 10] = [
        "same-day-pause",
        "holiday-nation",
        "late-question",
        "earlier-pause",
        "transition",
        "exam-days",
        "ambiguous-time",
        "older-act-end",
        "marketing-days",
        "no-reply-months",
    ];

    /// Sets one open point by its name.
    ///
    /// # Errors
    /// An unknown name or value.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), BadSetting> {
        match key {
            "same-day-pause" => self.same_day_pause = value.parse()?,
            "holiday-nation" => self.holiday_nation = value.parse()?,
            "late-question" => self.late_question = value.parse()?,
            "earlier-pause" => self.earlier_pause = value.parse()?,
            "transition" => self.transition = value.parse()?,
            "exam-days" => self.exam_days = value.parse()?,
            "ambiguous-time" => self.ambiguous_time = value.parse()?,
            "older-act-end" => self.older_act_end = value.parse()?,
            "marketing-days" => self.marketing_days = number(value)?,
            "no-reply-months" => self.no_reply_months = number(value)?,
            _ => return Err(BadSetting::UnknownKey(key.to_owned())),
        }
        Ok(())
    }
}

fn number(value: &str) -> Result<u16, BadSetting> {
    match value.parse() {
        Ok(n @ 1..=366) => Ok(n),
        _ => Err(BadSetting::NotANumber(value.to_owned())),
    }
}
