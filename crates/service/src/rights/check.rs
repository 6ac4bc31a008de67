//! A second person's look: the decisions with who made them, a sample drawn by lot, what was checked, and what
//! changed since one last approved; and the notes of a review.

use std::collections::BTreeMap;

use counterfoil_domain::access::Verb;
use counterfoil_store::Terms;
use counterfoil_store::rights::checks::{Check, PastDecision};
use counterfoil_store::rights::reading::NoteOnItem;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::cast::{self, People};
use super::choice::Fate;
use super::workbench::DecisionLine;
use super::{Desk, prepare, review};
use crate::error::{Result, ServiceError};

/// The decisions of a request, for whoever checks them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SecondLook {
    /// The decisions that count, the newest first.
    pub decisions: Vec<CheckLine>,
    /// When this person last approved the request; what came after it is marked.
    pub approved_at: Option<Timestamp>,
    /// Decisions taken back since then.
    pub undone_since: Vec<DecisionLine>,
    /// Decisions of the sample that nobody has checked.
    pub to_check: usize,
}

/// A decision with who made it and who looked at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckLine {
    /// The decision.
    pub decision: DecisionLine,
    /// Who made it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Whether it is this person's own.
    pub own: bool,
    /// Whether it is in the sample.
    pub sampled: bool,
    /// Whether it is newer than this person's last approval.
    pub is_new: bool,
    /// Who looked at it, and `agreed` or `queried`.
    pub looks: Vec<(String, String)>,
    /// The answers to the exemption's test, as question and answer.
    pub test: Vec<(String, String)>,
}

/// One in so many decisions of a kind is drawn, beside all that give somebody else's name.
const ONE_IN: u8 = 4;

/// Whether a decision is in the sample. The lot is drawn from the request and the decision, so that it is the same
/// for everyone and nobody can choose.
fn sampled(request: &[u8; 16], number: i64, fate: Fate, about: &str) -> bool {
    let mut hash = Sha256::new();
    hash.update(request);
    hash.update(number.to_be_bytes());
    let drawn = hash.finalize().first().is_some_and(|lot| lot % ONE_IN == 0);
    drawn || (fate == Fate::Release && matches!(about, "person" | "others" | "mention"))
}

/// The decisions of a request with what a second person needs to check them.
///
/// # Errors
/// A refusal of the gate.
pub fn second_look(desk: &Desk<'_>, reference: &str) -> Result<SecondLook> {
    let (request, past, checks, approved_at, packed) =
        desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
            let (past, checks) = (tx.all_decisions_of(request)?, tx.checks_of(request)?);
            Ok((request.id, past, checks, tx.last_approval(request)?, tx.cast_of(request)?))
        })?;
    let names = names(desk)?;
    let me = desk.who.staff().map(|s| s.staff);
    let counting: Vec<_> = past.iter().filter(|p| p.undone_at.is_none()).map(|p| p.kept.clone()).collect();
    let choices = review::choices_of(&counting)?;
    let prepared = prepare::prepared(packed.as_deref())?;
    let people = People::new(cast::requester(&prepared.profile), &prepared.found, &choices)?;
    let is_new = |at: Timestamp| approved_at.is_some_and(|approved| at > approved);
    let mut decisions: Vec<CheckLine> = Vec::new();
    for (kept, (number, choice)) in counting.iter().zip(&choices).rev() {
        let decision = DecisionLine::new(*number, choice, &people);
        decisions.push(CheckLine {
            sampled: sampled(request.as_bytes(), *number, choice.fate(), &decision.about),
            decision,
            by: name_of(&names, &kept.by.to_string()),
            at: kept.at,
            own: Some(kept.by) == me,
            is_new: is_new(kept.at),
            looks: looks(&checks, *number, &names),
            test: test(choice),
        });
    }
    let undone = |p: &&PastDecision| p.undone_at.is_some_and(is_new);
    let undone_since = past
        .iter()
        .filter(undone)
        .filter_map(|p| review::choices_of(std::slice::from_ref(&p.kept)).ok()?.pop())
        .map(|(number, choice)| DecisionLine::new(number, &choice, &people))
        .collect();
    let to_check = decisions.iter().filter(|d| d.sampled && d.looks.is_empty()).count();
    Ok(SecondLook { decisions, approved_at, undone_since, to_check })
}

fn looks(checks: &[Check], number: i64, names: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let of = checks.iter().filter(|c| c.number == number);
    of.map(|c| (name_of(names, &c.staff.to_string()), c.result.clone())).collect()
}

/// The questions of the exemption's test with the answers given.
fn test(choice: &super::Choice) -> Vec<(String, String)> {
    let ground = choice.ground();
    let exemption = counterfoil_domain::rights::exemptions::exemption(&ground.code);
    let fields = exemption.map_or(&[][..], |e| e.test);
    let answered = |f: &counterfoil_domain::questions::Field| {
        ground.answers.get(f.key).map(|a| (f.ask.to_owned(), a.clone()))
    };
    fields.iter().filter_map(answered).collect()
}

/// The names of the staff by their identifiers.
pub(crate) fn names(desk: &Desk<'_>) -> Result<BTreeMap<String, String>> {
    let accounts = desk.store.accounts(desk.controller())?;
    Ok(accounts.into_iter().map(|a| (a.id.to_string(), a.text.name)).collect())
}

fn name_of(names: &BTreeMap<String, String>, id: &str) -> String {
    names.get(id).cloned().unwrap_or_else(|| "someone who has left".to_owned())
}

/// Notes that this person looked at somebody else's decision and agreed, or has a query.
///
/// # Errors
/// When it is their own decision or there is none; a refusal of the gate.
pub fn check_decision(desk: &Desk<'_>, reference: &str, number: i64, agreed: bool) -> Result<()> {
    let result = if agreed { "agreed" } else { "queried" };
    desk.on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| {
        tx.check_decision(request, number, result)
    })
}

/// Writes a note on a page, an item or the request.
///
/// # Errors
/// [`ServiceError::Invalid`] when it is empty; a refusal of the gate.
pub fn note(desk: &Desk<'_>, reference: &str, item: i64, page: i64, text: &str) -> Result<()> {
    if text.trim().is_empty() {
        return Err(ServiceError::Invalid("write the note first".to_owned()));
    }
    let note = NoteOnItem { item, page, text: text.trim().to_owned() };
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        tx.write_review_note(request, &note).map(|_| ())
    })
}
