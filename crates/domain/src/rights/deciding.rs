//! Deciding a request of another right than access: what each decision needs, and what follows from it.
//!
//! The grounds are not a list of their own: they are the [`Condition`]s that an officer answers, from which
//! [`super::applies`] says whether the right stands for each activity. A decision must agree with that.

use super::{Condition as C, Facts, Right, Verdict};
use crate::vocabulary::vocabulary;

vocabulary! {
    /// How a request is decided.
    Outcome: "outcome" {
        Granted = "granted", "granted";
        GrantedInPart = "granted-in-part", "granted in part";
        Refused = "refused", "refused";
    }
}

vocabulary! {
    /// What a decision makes necessary.
    FollowUp: "follow-up" {
        /// Art 12(3)-(4).
        TellPerson = "tell-person", "tell the person what was decided, why, and how to complain";
        /// Art 19.
        TellRecipients = "tell-recipients", "tell each recipient, and note what they answer";
        /// Art 16.
        Correct = "correct", "correct the record; the old value stays in the log";
        /// Art 16, promise C11.
        Statement = "statement", "attach the person's own statement, shown wherever the record is shown";
        /// Art 17.
        Erase = "erase", "plan the erasure, have a second person approve it, and carry it out";
        /// Art 5(2).
        Certificate = "certificate", "write the certificate";
        /// Art 18(1).
        Restrict = "restrict", "place the restriction";
        /// Art 18(3).
        TellBeforeLifting = "tell-before-lifting", "tell the person before the restriction is lifted";
        /// Art 21(1), 7(3).
        Stop = "stop", "stop the use for good";
        /// Art 21(1).
        Resume = "resume", "end the pause of the use";
        /// Art 20.
        Export = "export", "give the person the file, or send it where they ask";
        /// Art 22C(2).
        HumanReview = "human-review", "have a person look at the decision again";
        /// Art 21(3).
        Suppress = "suppress", "stop marketing on every channel";
    }
}

/// The shortest reasons that can be called reasons, in characters.
const SENTENCE: usize = 20;

/// One thing that keeps a decision from being made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{reason} ({provision})")]
pub struct Lacking {
    /// A stable code.
    pub code: &'static str,
    /// Where the law says so.
    pub provision: &'static str,
    /// What is missing or wrong, and what to do.
    pub reason: &'static str,
}

const fn lacking(code: &'static str, provision: &'static str, reason: &'static str) -> Lacking {
    Lacking { code, provision, reason }
}

/// A decision that is to be checked.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// The right.
    pub right: Right,
    /// What is decided.
    pub outcome: Outcome,
    /// What the law says of the right for the activities in question; `None` when none is named.
    pub verdict: Option<Verdict>,
    /// What was found out.
    pub facts: &'a Facts,
    /// Why, in words.
    pub reasons: &'a str,
    /// What it rests on.
    pub evidence: &'a str,
    /// An exemption whose test is met and which lifts this right.
    pub exempt: bool,
}

/// The grounds of Art 17(1).
const ERASURE_GROUNDS: &[C] = &[
    C::PurposeEnded,
    C::ConsentWithdrawn,
    C::ObjectionUpheld,
    C::DirectMarketing,
    C::Unlawful,
    C::ErasureRequired,
    C::ChildOnline,
    C::MaliciousAllegation,
];

/// What an officer is asked about a right, in the order of the law. What the register or the record answers by
/// itself is not among them.
#[must_use]
pub const fn asked_about(right: Right) -> &'static [C] {
    match right {
        Right::Rectification => &[C::Inaccurate, C::Incomplete, C::Opinion, C::UnfoundedOrExcessive],
        Right::Erasure => &[
            C::PurposeEnded,
            C::ConsentWithdrawn,
            C::OtherGround,
            C::ObjectionUpheld,
            C::DirectMarketing,
            C::Unlawful,
            C::ErasureRequired,
            C::ChildOnline,
            C::FreeExpression,
            C::NeededForDuty,
            C::PublicHealth,
            C::ResearchImpaired,
            C::LegalClaims,
            C::MadePublic,
            C::UnfoundedOrExcessive,
        ],
        Right::Restriction => &[
            C::AccuracyContested,
            C::Unlawful,
            C::PrefersRestriction,
            C::PurposeEnded,
            C::PersonNeedsForClaims,
            C::ObjectionPending,
            C::UnfoundedOrExcessive,
        ],
        Right::NotifyRecipients => &[C::TellingImpossible],
        Right::Portability => &[C::ExplicitConsent, C::Automated, C::Inferred, C::AffectsOthers],
        Right::Objection => &[
            C::Research,
            C::PublicInterestTask,
            C::CompellingGrounds,
            C::LegalClaims,
            C::UnfoundedOrExcessive,
        ],
        Right::AutomatedDecisions => &[
            C::SolelyAutomated,
            C::SignificantEffect,
            C::SpecialCategory,
            C::ExplicitConsent,
            C::ContractOrLaw,
            C::SubstantialPublicInterest,
        ],
        Right::WithdrawConsent => &[C::ExplicitConsent],
        Right::MarketingObjection | Right::Access | Right::Complaint => &[],
    }
}

/// Checks a decision.
///
/// # Errors
/// Everything that is missing or wrong, in the order in which a person would mend it.
pub fn check(decision: &Decision<'_>) -> Result<Vec<FollowUp>, Vec<Lacking>> {
    let mut found: Vec<Lacking> = form(decision).into_iter().collect();
    found.extend(match decision.outcome {
        Outcome::Refused => refusal(decision),
        Outcome::Granted | Outcome::GrantedInPart => grant(decision),
    });
    if found.is_empty() { Ok(follow_ups(decision.right, decision.outcome)) } else { Err(found) }
}

fn says_something(text: &str) -> bool {
    text.trim().chars().count() >= SENTENCE
}

fn form(d: &Decision<'_>) -> Vec<Lacking> {
    let mut found = Vec::new();
    if matches!(d.right, Right::Access | Right::Complaint) {
        found.push(lacking(
            "other-route",
            "Art 15 UK GDPR; s.164A DPA 2018",
            "an access request ends in a pack and a complaint in an outcome: neither is decided here",
        ));
    }
    if !says_something(d.reasons) {
        found.push(lacking(
            "no-reasons",
            "Art 12(3)-(4) UK GDPR",
            "give the reasons in a sentence or more: the person is told them",
        ));
    }
    let rests_on_evidence =
        matches!(d.right, Right::Rectification) || d.facts.yes(C::UnfoundedOrExcessive) || overrides(d.facts);
    if rests_on_evidence && !says_something(d.evidence) {
        found.push(evidence(d));
    }
    found
}

fn overrides(facts: &Facts) -> bool {
    facts.yes(C::CompellingGrounds)
}

fn evidence(d: &Decision<'_>) -> Lacking {
    if overrides(d.facts) {
        return lacking(
            "no-compelling-grounds",
            "Art 21(1) UK GDPR",
            "state the compelling legitimate grounds and why they override the person's interests: the burden is ours",
        );
    }
    if d.facts.yes(C::UnfoundedOrExcessive) {
        return lacking(
            "no-evidence",
            "Art 12(5) UK GDPR",
            "say what shows that the request is manifestly unfounded or excessive: the burden is ours",
        );
    }
    lacking("no-evidence", "Art 16 UK GDPR", "say what was checked, and what it shows")
}

fn refusal(d: &Decision<'_>) -> Vec<Lacking> {
    if d.right == Right::MarketingObjection {
        return vec![lacking(
            "absolute",
            "Art 21(3) UK GDPR",
            "an objection to direct marketing cannot be refused: grant it",
        )];
    }
    let stands = d.verdict == Some(Verdict::DoesNotApply);
    let excessive = d.facts.yes(C::UnfoundedOrExcessive) && d.right != Right::WithdrawConsent;
    let opinion = d.right == Right::Rectification && d.facts.yes(C::Opinion) && !d.facts.yes(C::Inaccurate);
    if stands || excessive || opinion || d.exempt {
        return Vec::new();
    }
    vec![lacking(
        "no-ground-to-refuse",
        "Art 12(4)-(5) UK GDPR",
        "the right applies: answer the facts that take it away, name an exemption that lifts it, or grant it",
    )]
}

fn grant(d: &Decision<'_>) -> Vec<Lacking> {
    let mut found = Vec::new();
    if d.verdict == Some(Verdict::DoesNotApply) {
        found.push(lacking(
            "does-not-apply",
            d.right.provision(),
            "on these facts the right does not apply to any of the activities: change the facts or refuse it",
        ));
    }
    if d.outcome == Outcome::GrantedInPart && d.right == Right::MarketingObjection {
        found.push(lacking("absolute", "Art 21(3) UK GDPR", "all direct marketing stops, not a part of it"));
    }
    if let Some(gap) = ground(d) {
        found.push(gap);
    }
    found
}

/// Rights that need a ground to be made out.
fn ground(d: &Decision<'_>) -> Option<Lacking> {
    let any = |list: &[C]| list.iter().any(|c| d.facts.yes(*c));
    match d.right {
        Right::Erasure if !any(ERASURE_GROUNDS) => Some(lacking(
            "no-ground",
            "Art 17(1) UK GDPR",
            "no ground for erasure is made out: answer yes to at least one of them",
        )),
        Right::Restriction
            if !any(&[C::AccuracyContested, C::Unlawful, C::PersonNeedsForClaims, C::ObjectionPending]) =>
        {
            Some(lacking(
                "no-ground",
                "Art 18(1) UK GDPR",
                "no ground for restriction is made out: answer yes to at least one of them",
            ))
        }
        Right::Rectification if !any(&[C::Inaccurate, C::Incomplete]) && d.outcome == Outcome::Granted => {
            Some(lacking(
                "no-ground",
                "Art 16 UK GDPR",
                "say whether the data are inaccurate or incomplete before they are corrected",
            ))
        }
        _ => None,
    }
}

/// What follows from a decision.
#[must_use]
pub fn follow_ups(right: Right, outcome: Outcome) -> Vec<FollowUp> {
    use FollowUp as F;
    let mut follow = match (right, outcome) {
        (Right::Rectification, Outcome::Granted) => vec![F::Correct, F::TellRecipients],
        (Right::Rectification, Outcome::GrantedInPart) => vec![F::Correct, F::Statement, F::TellRecipients],
        (Right::Rectification, Outcome::Refused) => vec![F::Statement],
        (Right::Objection, Outcome::Refused) => vec![F::Resume],
        (_, Outcome::Refused) => Vec::new(),
        (Right::Erasure, _) => vec![F::Erase, F::TellRecipients, F::Certificate],
        (Right::Restriction, _) => vec![F::Restrict, F::TellRecipients, F::TellBeforeLifting],
        (Right::NotifyRecipients, _) => vec![F::TellRecipients],
        (Right::Portability, _) => vec![F::Export],
        (Right::Objection | Right::WithdrawConsent, _) => vec![F::Stop],
        (Right::MarketingObjection, _) => vec![F::Suppress],
        (Right::AutomatedDecisions, _) => vec![F::HumanReview],
        (Right::Access | Right::Complaint, _) => Vec::new(),
    };
    follow.push(F::TellPerson);
    follow
}
