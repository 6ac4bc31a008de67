//! A plan made without a person: everything detected is withheld, except what is the requester's.
//!
//! It is a first proposal for review, and what `counterfoil redact --auto` does.

use super::plan::{AttachmentPlan, Kept, Plan, ReasonCode, Span};
use super::terms::{mentions, spread};
use crate::cast::{Cast, Decisions, Mention, Verdict};
use crate::detect::Detector;
use crate::model::Document;

/// What to withhold without asking.
#[derive(Debug, Clone)]
pub struct Automatic<'a> {
    /// Withhold every finding.
    pub detector: Option<&'a Detector>,
    /// The people of the request: the decision for each goes before what is detected.
    pub cast: Option<&'a Cast>,
    /// Withhold every mention of these texts, whoever they are about.
    pub terms: &'a [String],
    /// The code for all of it.
    pub code: ReasonCode,
}

impl Automatic<'_> {
    /// The plan for `document` and the files in it that could be read; one that could not is withheld.
    #[must_use]
    pub fn plan(&self, document: &Document) -> Plan {
        let mut plan = self.first(document);
        // A name found in the message is withheld in its attachments too, and the other way round.
        spread(document, &mut plan);
        plan
    }

    fn first(&self, document: &Document) -> Plan {
        let mut plan = Plan { spans: mentions(document, self.terms, &self.code), ..Plan::default() };
        if let Some(cast) = self.cast {
            self.decide(document, cast, &mut plan);
        }
        if let Some(detector) = self.detector {
            self.detect(document, detector, &mut plan);
        }
        for (number, attachment) in document.attachments.iter().enumerate() {
            let decision = match &attachment.content {
                Ok(inner) => AttachmentPlan::Release(Box::new(self.first(inner))),
                Err(_) => AttachmentPlan::Withhold(self.code.clone()),
            };
            plan.attachments.insert(number, decision);
        }
        plan
    }

    /// One decision a person, by role; a mention that could be several people is withheld.
    fn decide(&self, document: &Document, cast: &Cast, plan: &mut Plan) {
        let decisions = Decisions::by_role(cast);
        let texts: Vec<&str> = document.blocks.iter().map(|b| b.text.as_str()).collect();
        for (block, found) in cast.mentions_in_thread(&texts).into_iter().enumerate() {
            for mention in found {
                match decisions.verdict("", &mention) {
                    Verdict::Keep(decision) => keep(block, &mention, &decision.reason, plan),
                    Verdict::Withhold(_) | Verdict::Ask => {
                        let Mention { start, end, person, .. } = mention;
                        let person = person.map(|p| p.to_string());
                        plan.spans.push(Span { block, start, end, code: self.code.clone(), person });
                    }
                }
            }
        }
    }

    fn detect(&self, document: &Document, detector: &Detector, plan: &mut Plan) {
        for located in detector.find_in_document(document, self.cast) {
            let (block, start, end) = (located.block, located.finding.start, located.finding.end);
            let kept = plan.kept.iter().any(|k| k.block == block && k.start < end && start < k.end);
            if !kept && start < end {
                plan.spans.push(Span { block, start, end, code: self.code.clone(), person: None });
            }
        }
    }
}

/// Keeps a mention unless a term withholds it.
fn keep(block: usize, mention: &Mention, reason: &str, plan: &mut Plan) {
    let (start, end) = (mention.start, mention.end);
    if !plan.spans.iter().any(|s| s.block == block && s.start < end && start < s.end) {
        plan.kept.push(Kept { block, start, end, reason: reason.to_owned() });
    }
}
