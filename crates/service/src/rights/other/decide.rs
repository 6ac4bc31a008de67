//! Deciding a request of another right than access.

use std::collections::BTreeMap;

use counterfoil_domain::access::Verb;
use counterfoil_domain::rights::deciding::{self, FollowUp, Outcome};
use counterfoil_domain::rights::{Right, Verdict};
use counterfoil_store::Terms;
use counterfoil_store::rights::other::texts::{DecisionText, FactText};
use counterfoil_store::rights::requests::EventText;

use super::super::Desk;
use super::super::choice::{Ground, check_ground};
use super::super::receive::law_of;
use super::facts::judge;
use super::{lines, person_of, stop, unanswered};
use crate::error::{Result, ServiceError};

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What is decided.
    pub outcome: Outcome,
    /// Why; the letter repeats it.
    pub reasons: String,
    /// What it rests on: what was checked, or the compelling grounds.
    pub evidence: String,
    /// The exemption that lifts the right, by code, or empty.
    pub exemption: String,
    /// The answers to the exemption's test.
    pub answers: BTreeMap<String, String>,
}

/// Records a decision that agrees with the law as applied to the facts; gives what follows from it. An earlier
/// decision is replaced and stays on record. An objection or withdrawal that was pending is settled by it.
///
/// # Errors
/// [`ServiceError::Unlawful`] naming everything that is missing; [`ServiceError::NotReady`] before the person is
/// identified; a refusal of the gate.
pub fn decide(desk: &Desk<'_>, reference: &str, decision: &Decision) -> Result<Vec<FollowUp>> {
    let request = unanswered(desk, reference)?;
    let (_, right) = law_of(&request.right)?;
    if right != Right::MarketingObjection {
        person_of(&request)?;
    }
    let exempt = !decision.exemption.trim().is_empty();
    if exempt {
        let ground = Ground {
            code: decision.exemption.trim().to_owned(),
            reason: decision.reasons.clone(),
            answers: decision.answers.clone(),
            ..Ground::default()
        };
        check_ground(desk, reference, &ground, "what the request asks for")?;
    }
    let found = lines::<FactText>(desk, reference)?.pop().map(|l| l.text).unwrap_or_default();
    let (applicability, facts) = judge(desk, &request, &found)?;
    let checked = deciding::Decision {
        right,
        outcome: decision.outcome,
        verdict: applicability.verdict.and_then(verdict),
        facts: &facts,
        reasons: &decision.reasons,
        evidence: &decision.evidence,
        exempt,
    };
    let follow = deciding::check(&checked).map_err(|lacking| {
        let all: Vec<String> = lacking.iter().map(ToString::to_string).collect();
        ServiceError::Unlawful(all.join("; "))
    })?;
    let kept = DecisionText {
        outcome: decision.outcome.code().to_owned(),
        reasons: decision.reasons.trim().to_owned(),
        evidence: decision.evidence.trim().to_owned(),
        exemption: decision.exemption.trim().to_owned(),
        answers: decision.answers.clone(),
        lines: applicability.lines.iter().map(super::facts::Judged::kept).collect(),
    };
    let today = desk.today()?;
    let note = EventText { reason: kept.outcome.clone(), note: decision.outcome.label().to_owned() };
    desk.on_request(Verb::RequestDecide, reference, &Terms::default(), |tx, request| {
        tx.add_line(request, &kept.outcome, None, &kept)?;
        tx.add_event(request, "decided", today, &note)?;
        tx.move_request(request, "decided")
    })?;
    if matches!(right, Right::Objection | Right::WithdrawConsent) {
        stop::settle(desk, &request, decision)?;
    }
    Ok(follow)
}

fn verdict(code: &str) -> Option<Verdict> {
    [Verdict::Applies, Verdict::AppliesInPart, Verdict::DoesNotApply].into_iter().find(|v| v.code() == code)
}
