//! Typed questions of a recorded test, and whether their answers let it stand.
//!
//! Exemptions and disclosures are valid only when their test is answered. A test is a list of [`Field`]s;
//! an answer is a [`Response`]; [`unmet`] says what keeps one field from standing.

use jiff::Span;
use jiff::civil::Date;

/// One question of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The key under which the answer is recorded, such as `prejudice`.
    pub key: &'static str,
    /// The question, to the decision maker.
    pub ask: &'static str,
    /// What kind of answer it takes.
    pub kind: Kind,
}

/// The kind of an answer, and which answers let the test stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no; the test stands only on this answer.
    MustBe(bool),
    /// Yes or no, for the record; either lets it stand.
    YesNo,
    /// Words; blank is no answer.
    Text,
    /// A day, ISO `YYYY-MM-DD`, not after the decision.
    Date,
    /// A professional opinion's day, at most six months before the decision.
    OpinionDate,
    /// One of these codes.
    Choice(&'static [&'static str]),
}

impl Kind {
    /// What an answer looks like, in plain words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::MustBe(true) => "yes or no (stands only on yes)",
            Self::MustBe(false) => "yes or no (stands only on no)",
            Self::YesNo => "yes or no",
            Self::Text => "words",
            Self::Date => "a date, YYYY-MM-DD",
            Self::OpinionDate => "a date, YYYY-MM-DD, at most six months before the decision",
            Self::Choice(_) => "one of the listed codes",
        }
    }
}

pub(crate) const fn must(key: &'static str, ask: &'static str) -> Field {
    Field { key, ask, kind: Kind::MustBe(true) }
}

pub(crate) const fn must_not(key: &'static str, ask: &'static str) -> Field {
    Field { key, ask, kind: Kind::MustBe(false) }
}

pub(crate) const fn text(key: &'static str, ask: &'static str) -> Field {
    Field { key, ask, kind: Kind::Text }
}

pub(crate) const fn yes_no(key: &'static str, ask: &'static str) -> Field {
    Field { key, ask, kind: Kind::YesNo }
}

pub(crate) const fn day(key: &'static str, ask: &'static str) -> Field {
    Field { key, ask, kind: Kind::Date }
}

pub(crate) const fn opinion_day(key: &'static str, ask: &'static str) -> Field {
    Field { key, ask, kind: Kind::OpinionDate }
}

pub(crate) const fn choice(key: &'static str, ask: &'static str, codes: &'static [&'static str]) -> Field {
    Field { key, ask, kind: Kind::Choice(codes) }
}

/// An answer to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response {
    /// Yes or no.
    YesNo(bool),
    /// Words.
    Text(String),
    /// A day.
    Date(Date),
    /// One of the listed codes.
    Choice(String),
}

impl Response {
    /// Reads an answer of the field's kind: `yes` or `no`, words, `YYYY-MM-DD`, or a listed code.
    ///
    /// # Errors
    /// [`Gap`] with the code `wrong-kind`, saying what an answer looks like.
    pub fn read(field: &Field, text: &str) -> Result<Self, Gap> {
        let text = text.trim();
        let read = match field.kind {
            Kind::MustBe(_) | Kind::YesNo => match text {
                "yes" | "true" => Some(Self::YesNo(true)),
                "no" | "false" => Some(Self::YesNo(false)),
                _ => None,
            },
            Kind::Text => Some(Self::Text(text.to_owned())),
            Kind::Date | Kind::OpinionDate => text.parse().ok().map(Self::Date),
            Kind::Choice(codes) => codes.contains(&text).then(|| Self::Choice(text.to_owned())),
        };
        read.ok_or_else(|| wrong_kind(field))
    }
}

/// What keeps one field from standing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Gap {
    /// `unanswered`, `test-not-met`, `wrong-kind`, `date-in-future` or `opinion-expired`.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub reason: String,
}

fn gap(code: &'static str, reason: String) -> Gap {
    Gap { code, reason }
}

fn wrong_kind(field: &Field) -> Gap {
    let takes = match field.kind {
        Kind::Choice(codes) => format!("one of {}", codes.join(", ")),
        kind => kind.words().to_owned(),
    };
    gap("wrong-kind", format!("`{}` takes {takes}", field.key))
}

fn unanswered(field: &Field) -> Gap {
    gap("unanswered", format!("answer `{}`: {}", field.key, field.ask))
}

/// What keeps this answer from letting the test stand on the day of the decision; `None` when it stands.
#[must_use]
pub fn unmet(field: &Field, answer: Option<&Response>, on: Date) -> Option<Gap> {
    let Some(answer) = answer else { return Some(unanswered(field)) };
    match (field.kind, answer) {
        (Kind::MustBe(wanted), Response::YesNo(given)) => (wanted != *given).then(|| {
            gap("test-not-met", format!("the answer to `{}` defeats the test: {}", field.key, field.ask))
        }),
        (Kind::Text, Response::Text(words)) => words.trim().is_empty().then(|| unanswered(field)),
        (Kind::Date | Kind::OpinionDate, Response::Date(day)) => unmet_day(field, *day, on),
        (Kind::YesNo, Response::YesNo(_)) => None,
        (Kind::Choice(codes), Response::Choice(code)) if codes.contains(&code.as_str()) => None,
        _ => Some(wrong_kind(field)),
    }
}

fn unmet_day(field: &Field, day: Date, on: Date) -> Option<Gap> {
    if day > on {
        let reason = format!("`{}` lies after the decision: {day} is later than {on}", field.key);
        return Some(gap("date-in-future", reason));
    }
    let stale = field.kind == Kind::OpinionDate && opinion_expires(day).is_none_or(|last| on > last);
    stale.then(|| {
        gap(
            "opinion-expired",
            format!("the opinion of {day} is more than six months old on {on}: ask for a new one"),
        )
    })
}

/// The last day on which a professional opinion given on `given` can be relied on: `None` only beyond the
/// calendar.
///
/// Sch 3 paras 5(4) and 6(4) DPA speak of the six months *ending with* the day of reliance, and s.205(2)
/// takes them out of Regulation 1182/71, so no weekend or holiday moves it. The six months that end with 15
/// August begin with 16 February: an opinion of 15 February can be relied on to 14 August. Assumption: this
/// is the stricter reading by one day of "not more than six months old" (M on the exact words).
#[must_use]
pub fn opinion_expires(given: Date) -> Option<Date> {
    // Counted back from the day of reliance, as the Act does: month ends clamp differently forwards.
    let within = |relied_on: Date| Some(given > relied_on.checked_sub(Span::new().months(6)).ok()?);
    let mut last = given.checked_add(Span::new().months(6)).ok()?;
    while !within(last)? {
        last = last.yesterday().ok()?;
    }
    while within(last.tomorrow().ok()?)? {
        last = last.tomorrow().ok()?;
    }
    Some(last)
}
