//! What the person is told: the data of the outcome letter, and the closing of the request.

use counterfoil_domain::access::Verb;
use counterfoil_domain::rights::applicability::COMPLAINT_TO_CONTROLLER_FROM;
use counterfoil_domain::rights::telling::Telling;
use counterfoil_domain::rights::{Right, exemptions};
use counterfoil_store::Terms;
use counterfoil_store::rights::other::texts::{CertificateText, StageText, TellingText};
use counterfoil_store::rights::requests::EventText;
use jiff::civil::Date;
use serde::Serialize;

use super::super::Desk;
use super::older::heading_of;
use super::{ANSWERED, decision, lines, opened};
use crate::error::{Result, ServiceError};
use crate::letters::{self, Letter, LetterKind, Points};
use crate::organisation::{Contact, Officer, Organisation, Regulator};

/// What the letter that answers a request of another right, or a complaint, must say (Art 12(3)-(4) UK GDPR; from
/// 19 June 2026 with s.164A DPA 2018).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutcomeLetter {
    /// The reference.
    pub reference: String,
    /// Who asked.
    pub requester: String,
    /// The right.
    pub right: String,
    /// When it was received.
    pub received_on: Date,
    /// `granted`, `granted-in-part`, `refused`, or `outcome` for a complaint; empty before a decision.
    pub outcome: String,
    /// Why, in the officer's words.
    pub reasons: String,
    /// What the law says, each with its provision; nothing twice.
    pub law: Vec<(String, String)>,
    /// The exemption relied on, in words, or empty.
    pub exemption: String,
    /// What was done, a sentence each.
    pub done: Vec<String>,
    /// What stays, and why.
    pub left: Vec<String>,
    /// Who was told or will be, and how each stands.
    pub recipients: Vec<(String, String)>,
    /// Whether the person may have their own statement attached (a correction that was not made).
    pub statement_offered: bool,
    /// Where a notice under the older Act leads, or empty.
    pub route: String,
    /// Who answers.
    pub contact: Contact,
    /// The data protection officer.
    pub officer: Officer,
    /// The regulator.
    pub regulator: Regulator,
    /// Whether the right to complain to us is to be named (from 19 June 2026).
    pub complain_to_us: bool,
}

/// The data of the letter, as things stand.
///
/// # Errors
/// A refusal of the gate; settings that cannot be read.
pub fn letter(desk: &Desk<'_>, reference: &str) -> Result<OutcomeLetter> {
    let request = opened(desk, reference)?;
    let settings = desk.store.controller(desk.controller())?.settings;
    let organisation = Organisation::from_toml(&settings)?;
    let decision = decision(desk, reference)?.map(|d| d.text);
    let (outcome, reasons) = match (&decision, request.right.parse()) {
        (Some(d), _) => (d.outcome.clone(), d.reasons.clone()),
        (None, Ok(Right::Complaint)) => complaint(desk, reference)?,
        _ => (String::new(), String::new()),
    };
    let certificate = lines::<CertificateText>(desk, reference)?.pop().map(|c| c.text).unwrap_or_default();
    let exemption = decision.as_ref().and_then(|d| exemptions::exemption(&d.exemption));
    let right = request.right.parse::<Right>();
    Ok(OutcomeLetter {
        reference: request.reference.clone(),
        requester: request.text.requester.clone(),
        right: request.right.clone(),
        received_on: request.received_on,
        statement_offered: outcome == "refused" && right == Ok(Right::Rectification),
        outcome,
        reasons,
        law: decision.map(|d| law(&d.lines)).unwrap_or_default(),
        exemption: exemption.map(|e| format!("{} ({})", e.name, e.provision)).unwrap_or_default(),
        done: certificate.done,
        left: certificate.left,
        recipients: told(&lines::<TellingText>(desk, reference)?),
        route: heading_of(&request.regime).map(|h| h.route().to_owned()).unwrap_or_default(),
        contact: organisation.contact,
        officer: organisation.data_protection_officer,
        regulator: organisation.regulator,
        complain_to_us: desk.today()? >= COMPLAINT_TO_CONTROLLER_FROM,
    })
}

fn complaint(desk: &Desk<'_>, reference: &str) -> Result<(String, String)> {
    let steps = lines::<StageText>(desk, reference)?;
    let outcome = steps.into_iter().rev().find(|s| s.state == "outcome");
    Ok(outcome.map(|s| (s.state, s.text.words)).unwrap_or_default())
}

fn law(lines: &[counterfoil_store::rights::other::texts::JudgedText]) -> Vec<(String, String)> {
    let mut said: Vec<(String, String)> = Vec::new();
    for reason in lines.iter().flat_map(|l| &l.reasons).filter(|r| !r.person.is_empty()) {
        let line = (reason.person.clone(), reason.provision.clone());
        if !said.contains(&line) {
            said.push(line);
        }
    }
    said
}

fn told(all: &[counterfoil_store::rights::other::lines::Line<TellingText>]) -> Vec<(String, String)> {
    all.iter()
        .map(|l| {
            let state = l.state.parse::<Telling>().map_or_else(|_| l.state.clone(), |t| t.label().to_owned());
            (l.text.recipient.clone(), state)
        })
        .collect()
}

/// The kind of letter that tells this outcome; none before there is one.
fn kind(right: Right, outcome: &str) -> Option<LetterKind> {
    Some(match (right, outcome) {
        (_, "") => return None,
        (Right::Complaint, _) => LetterKind::ComplaintOutcome,
        (_, "refused") => LetterKind::Refusal,
        (_, "granted-in-part") => LetterKind::Partial,
        (Right::Rectification, _) => LetterKind::Rectified,
        (Right::Erasure, _) => LetterKind::Erased,
        (Right::Restriction, _) => LetterKind::Restricted,
        (Right::NotifyRecipients, _) => LetterKind::RecipientsTold,
        (Right::Portability, _) => LetterKind::Portable,
        (Right::Objection, _) => LetterKind::Objection,
        (Right::MarketingObjection, _) => LetterKind::MarketingStopped,
        (Right::AutomatedDecisions, _) => LetterKind::DecisionReviewed,
        (Right::WithdrawConsent, _) => LetterKind::ConsentWithdrawn,
        (Right::Access, _) => LetterKind::Outcome,
    })
}

/// The letter that tells the outcome, drafted: the reasons of the officer and of the law, what was done, who was
/// told, and the ways to complain. Nothing is sent.
///
/// # Errors
/// [`ServiceError::NotReady`] before there is an outcome; what the letter lacks; a refusal of the gate.
pub fn draft(desk: &Desk<'_>, reference: &str) -> Result<Letter> {
    let data = letter(desk, reference)?;
    let right: Right =
        data.right.parse().map_err(|_| ServiceError::Invalid(format!("`{}` is not a right", data.right)))?;
    let kind = kind(right, &data.outcome)
        .ok_or_else(|| ServiceError::NotReady("there is no outcome yet to write about".to_owned()))?;
    let recipients = data.recipients.iter().map(|(name, state)| format!("{name}: {state}")).collect();
    letters::draft(desk, reference, kind, &Points { said: data.said(), recipients, ..Points::default() })
}

impl OutcomeLetter {
    /// The part of the letter that only this request has: paragraphs separated by an empty line.
    #[must_use]
    pub fn said(&self) -> String {
        let list = |lines: &mut dyn Iterator<Item = String>| {
            lines.map(|l| format!("- {l}")).collect::<Vec<_>>().join("\n")
        };
        let mut parts = vec![self.reasons.clone()];
        parts.push(list(&mut self.law.iter().map(|(words, provision)| format!("{words} ({provision})"))));
        if !self.exemption.is_empty() {
            parts.push(format!("We rely on this exemption: {}.", self.exemption));
        }
        parts.push(list(&mut self.done.iter().cloned()));
        if !self.left.is_empty() {
            parts.push("What we keep, and why:".to_owned());
            parts.push(list(&mut self.left.iter().cloned()));
        }
        if self.statement_offered {
            parts.push(
                "You can give us a statement of your own. We attach it and show it wherever the record is shown."
                    .to_owned(),
            );
        }
        parts.push(self.route.clone());
        parts.retain(|p| !p.trim().is_empty());
        parts.join("\n\n")
    }
}

/// Records that the person was told the outcome, which answers the request.
///
/// # Errors
/// [`ServiceError::NotReady`] before it is decided, or before what was granted has been carried out;
/// [`ServiceError::Unlawful`] when the clock refuses the day; a refusal of the gate.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself is not general over the transaction's lifetime"
)]
pub fn tell(desk: &Desk<'_>, reference: &str, on: Date, how: &str) -> Result<()> {
    let request = opened(desk, reference)?;
    if ANSWERED.contains(&request.state.as_str()) {
        return Err(ServiceError::NotReady("the person has been told already".to_owned()));
    }
    let decision = decision(desk, reference)?
        .ok_or_else(|| ServiceError::NotReady("decide the request before you tell the person".to_owned()))?;
    let refused = decision.state == "refused";
    if !refused && request.state != "done" {
        return Err(ServiceError::NotReady(
            "what was granted has not been carried out yet: do it first, then tell the person".to_owned(),
        ));
    }
    let events = desk
        .on_request(Verb::RequestRead, reference, &Terms::default(), |tx, request| tx.events_of(request))?;
    let number =
        |kinds: &[&str]| events.iter().filter(|e| kinds.contains(&e.kind.as_str())).map(|e| e.number).max();
    let (told, decided) = (number(&["answered", "released"]), number(&["decided"]));
    let note = EventText { note: how.trim().to_owned(), ..EventText::default() };
    if told.is_none() {
        super::super::event(desk, reference, "answered", on, &note)?;
    } else if told < decided {
        // After a review the answer is a second one: the clock was stopped by the first.
        desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
            tx.add_event(request, "passed-on", on, &note).map(|_| ())
        })?;
    }
    let state = if refused { "refused" } else { "closed" };
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        tx.move_request(request, state)
    })
}
