//! Does a right apply? Right × lawful basis × facts → a verdict with provisions and words.
//!
//! The matrix of rights and bases is the starting point; facts refine it. Where a fact is not known the
//! answer of the matrix stands, and [`Answer::open`] lists what would settle it. The answer is about one
//! processing activity; a person touched by several gets one answer for each, and [`across`] sums them up.
//!
//! Dates: the UK GDPR as it stood on the day asked about. Recognised legitimate interests, Arts 22A to 22D
//! and Art 84B from 5 February 2026; complaints to the controller from 19 June 2026; Art 15(1A) from 1
//! January 2024. Art 17(1)(g) is prospective and off unless [`Prospective`] turns it on.

use jiff::civil::{Date, date};

use super::{Condition, Facts, Right};
use super::{automated, erasure, others};
use crate::register::bases::{LawfulBasis, basis_in_force};

/// The first day whose rules are loaded: the Data Protection Act 2018 came into force.
pub const RULES_FROM: Date = date(2018, 5, 25);
/// From when s.164A DPA (complaint to the controller) is in force.
pub const COMPLAINT_TO_CONTROLLER_FROM: Date = date(2026, 6, 19);
/// From when Arts 22A to 22D replace Art 22.
pub const ARTICLE_22A_FROM: Date = date(2026, 2, 5);
/// From when Art 15(1A) (reasonable and proportionate search) is deemed to apply.
pub const PROPORTIONATE_SEARCH_FROM: Date = date(2024, 1, 1);

/// Rules that are enacted but not known to be in force. All are off by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Prospective {
    /// Art 17(1)(g), (4), (5): erasure of data from a malicious allegation.
    pub malicious_allegation: bool,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The right.
    pub right: Right,
    /// The lawful basis of the activity.
    pub basis: LawfulBasis,
    /// What is known.
    pub facts: &'a Facts,
    /// The day whose law is asked about: the day the request was received.
    pub on: Date,
    /// Which prospective rules are switched on.
    pub prospective: Prospective,
}

/// Whether the right applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Act on it.
    Applies,
    /// Act on it, save for what a reason excludes.
    AppliesInPart,
    /// It gives the person nothing here; tell them why.
    DoesNotApply,
}

impl Verdict {
    /// The stable code: `applies`, `applies-in-part` or `does-not-apply`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Applies => "applies",
            Self::AppliesInPart => "applies-in-part",
            Self::DoesNotApply => "does-not-apply",
        }
    }
}

/// One verdict for a person whom several activities touch: the right applies where it applies everywhere, not
/// where it applies nowhere, and in part in between. `None` when no activity touches the person.
#[must_use]
pub fn across(verdicts: &[Verdict]) -> Option<Verdict> {
    let first = *verdicts.first()?;
    let same = verdicts.iter().all(|v| *v == first);
    Some(if same { first } else { Verdict::AppliesInPart })
}

/// What a reason does to the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It makes the right apply.
    For,
    /// It takes the right away.
    Against,
    /// It takes part of the right away.
    Limits,
    /// It says what must be done along with the right.
    Duty,
    /// It forbids the processing itself.
    Prohibits,
}

impl Effect {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::For => "for",
            Self::Against => "against",
            Self::Limits => "limits",
            Self::Duty => "duty",
            Self::Prohibits => "prohibits",
        }
    }
}

/// One reason, in words for two readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// What it does.
    pub effect: Effect,
    /// Where the law says so.
    pub provision: &'static str,
    /// For the decision maker.
    pub staff: &'static str,
    /// For the person, to go into a letter.
    pub person: &'static str,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The verdict.
    pub verdict: Verdict,
    /// Every reason, the deciding ones first; never empty.
    pub reasons: Vec<Reason>,
    /// The facts that are not known and would settle the answer.
    pub open: Vec<Condition>,
}

impl Answer {
    /// Whether the processing itself is forbidden (Art 22B).
    #[must_use]
    pub fn prohibits(&self) -> bool {
        self.reasons.iter().any(|r| r.effect == Effect::Prohibits)
    }

    pub(super) fn new(verdict: Verdict, reasons: Vec<Reason>) -> Self {
        Self { verdict, reasons, open: Vec::new() }
    }

    /// The right applies for this reason.
    pub(super) fn yes(provision: &'static str, staff: &'static str, person: &'static str) -> Self {
        Self::new(Verdict::Applies, vec![Reason { effect: Effect::For, provision, staff, person }])
    }

    /// The right does not apply, for this reason.
    pub(super) fn no(provision: &'static str, staff: &'static str, person: &'static str) -> Self {
        Self::new(Verdict::DoesNotApply, vec![Reason { effect: Effect::Against, provision, staff, person }])
    }

    /// A right that applies is now limited by this reason.
    pub(super) fn limited(
        mut self,
        provision: &'static str,
        staff: &'static str,
        person: &'static str,
    ) -> Self {
        self.reasons.push(Reason { effect: Effect::Limits, provision, staff, person });
        self.verdict = self.verdict.max(Verdict::AppliesInPart);
        self
    }

    /// This must be done along with it.
    pub(super) fn duty(mut self, provision: &'static str, staff: &'static str, person: &'static str) -> Self {
        self.reasons.push(Reason { effect: Effect::Duty, provision, staff, person });
        self
    }

    /// These facts would settle it, as far as they are not known.
    pub(super) fn opens(mut self, facts: &Facts, conditions: &[Condition]) -> Self {
        self.open.extend(conditions.iter().copied().filter(|c| facts.unknown(*c)));
        self
    }
}

/// A question that has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnswered {
    /// The basis did not exist on that day.
    #[error("`{basis}` was not a lawful basis on {on}: it exists from 2026-02-05; name the basis of the day")]
    BasisNotInForce {
        /// The basis.
        basis: LawfulBasis,
        /// The day.
        on: Date,
    },
    /// The day lies before the loaded rules.
    #[error("the rules are loaded from 2018-05-25: `{on}` is too early")]
    TooEarly {
        /// The day.
        on: Date,
    },
}

/// Says whether a right applies.
///
/// Order: living persons only (s.3(2) DPA); manual unstructured data (s.24 DPA); the right's own rules;
/// then unfounded or excessive requests (Art 12(5)).
///
/// # Errors
/// [`NotAnswered`] when the basis or the day is outside the loaded rules.
pub fn applies(question: &Question<'_>) -> Result<Answer, NotAnswered> {
    let Question { basis, on, facts, .. } = *question;
    if on < RULES_FROM {
        return Err(NotAnswered::TooEarly { on });
    }
    if !basis_in_force(basis, on) {
        return Err(NotAnswered::BasisNotInForce { basis, on });
    }
    if facts.yes(Condition::Deceased) {
        return Ok(living_only());
    }
    let manual = manual_unstructured(question);
    if let Some(answer) = manual.as_ref().filter(|a| a.verdict == Verdict::DoesNotApply) {
        return Ok(answer.clone());
    }
    let mut answer = basis_open(question, excessive(question, by_right(question)));
    if let Some(limits) = manual.filter(|_| answer.verdict != Verdict::DoesNotApply) {
        answer.verdict = Verdict::AppliesInPart;
        answer.reasons.extend(limits.reasons);
        answer.open.extend(limits.open);
    }
    Ok(answer)
}

fn by_right(q: &Question<'_>) -> Answer {
    match q.right {
        Right::Access => others::access(q),
        Right::Rectification => others::rectification(q),
        Right::Erasure => erasure::erasure(q),
        Right::Restriction => others::restriction(q),
        Right::NotifyRecipients => others::notify_recipients(q),
        Right::Portability => others::portability(q),
        Right::Objection => others::objection(q),
        Right::MarketingObjection => others::marketing_objection(),
        Right::AutomatedDecisions => automated::automated_decisions(q),
        Right::WithdrawConsent => others::withdraw_consent(q),
        Right::Complaint => others::complaint(q),
    }
}

/// A public authority that performs its tasks cannot rest on (ea) or (f): the answer is then built on sand.
fn basis_open(q: &Question<'_>, answer: Answer) -> Answer {
    let balancing = matches!(q.basis, LawfulBasis::RecognisedInterest | LawfulBasis::LegitimateInterests);
    if !(balancing && q.facts.yes(Condition::PublicAuthority)) {
        return answer;
    }
    answer.duty(
        "Art 6(1) UK GDPR, last part; s.7 DPA 2018",
        "a public authority performing its tasks cannot rely on this basis: correct the register and ask again",
        "We are checking the legal basis on which we use this information.",
    )
}

fn living_only() -> Answer {
    Answer::no(
        "s.3(2)-(3) DPA 2018",
        "personal data are about living individuals; the file of someone who has died is outside the UK GDPR. \
         Consider confidentiality, which outlives the person, and for health records the Access to Health Records \
         Act 1990 or the Access to Health Records (Northern Ireland) Order 1993",
        "Data protection law gives rights over information about living people. It does not reach information about \
         someone who has died. Other laws may help you; we can tell you which.",
    )
}

/// s.24 DPA for FOI authorities; for everybody else such paper is outside the UK GDPR (Art 2(1), (1A)).
fn manual_unstructured(q: &Question<'_>) -> Option<Answer> {
    if !q.facts.yes(Condition::ManualUnstructured) {
        return None;
    }
    if q.facts.no(Condition::PublicAuthority) {
        return Some(Answer::no(
            "Art 2(1) UK GDPR",
            "paper outside any filing system is personal data under the UK GDPR only in the hands of a public authority",
            "The paper you ask about is not kept in a filing system, so data protection law does not cover it here.",
        ));
    }
    let disapplied = matches!(q.right, Right::Portability | Right::Objection);
    if disapplied || q.facts.yes(Condition::PersonnelMatter) {
        return Some(Answer::no(
            if disapplied { "s.24(2) DPA 2018" } else { "s.24(3)-(4) DPA 2018" },
            "for paper outside any filing system held by a public authority this right is disapplied",
            "The law takes this right away for loose paper that is not kept in a filing system.",
        ));
    }
    let limits = Answer::yes("s.24 DPA 2018", "the right remains for loose paper held by a public authority", "")
        .limited(
            "s.24(5)-(7) DPA 2018",
            "access to loose paper may be refused if the request does not describe the data, or if finding it would \
             cost more than the appropriate maximum",
            "Some of what you ask for is on loose paper. Please describe it; we need not search if that would cost too \
             much.",
        )
        .opens(q.facts, &[Condition::PublicAuthority, Condition::PersonnelMatter]);
    Some(Answer {
        reasons: limits.reasons.into_iter().filter(|r| r.effect == Effect::Limits).collect(),
        ..limits
    })
}

/// Art 12(5): the rights of Arts 15 to 22D may be refused or charged for; consent and complaint may not.
fn excessive(q: &Question<'_>, answer: Answer) -> Answer {
    let exempt = matches!(q.right, Right::WithdrawConsent | Right::Complaint | Right::MarketingObjection);
    if exempt || answer.verdict == Verdict::DoesNotApply || !q.facts.yes(Condition::UnfoundedOrExcessive) {
        return answer;
    }
    answer.limited(
        "Art 12(5) UK GDPR",
        "a manifestly unfounded or excessive request may be refused or charged a reasonable fee; you must be able to \
         show that it is so. Volume alone does not make it excessive",
        "We consider this request manifestly unfounded or excessive, and explain why. You can complain to us, to the \
         regulator or to a court.",
    )
}
