//! From decisions to a plan: which characters of which block of an item are withheld, and why.

use std::collections::BTreeMap;

use counterfoil_finding::cast::{Cast, Mention, candidates};
use counterfoil_finding::detect::{Detector, Entity};
use counterfoil_finding::model::Document;
use counterfoil_finding::redact::{AttachmentPlan, Kept, Plan, ReasonCode, Span, spread};

use super::choice::{Choice, Fate};
use super::own::Own;
use crate::error::{Result, ServiceError};

/// Everything that decides one item.
pub(crate) struct Judge<'a> {
    pub(crate) cast: &'a Cast,
    /// The decision about each person of the cast; none for the requester.
    pub(crate) decided: &'a [Option<Choice>],
    pub(crate) choices: &'a [Choice],
    pub(crate) detector: &'a Detector,
    /// What is the requester's own by its value.
    pub(crate) own: &'a Own,
}

/// What the officer has not decided yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Open {
    /// Mentions that could be of several people.
    pub(crate) ambiguous: usize,
    /// Names and identifiers that belong to no one of the cast.
    pub(crate) others: usize,
    /// Attachments that could not be read.
    pub(crate) unread: usize,
}

/// Kinds of finding that single a person out. Dates, addresses on the web and postcodes alone do not.
const fn identifies(entity: Entity) -> bool {
    matches!(
        entity,
        Entity::Person
            | Entity::EmailAddress
            | Entity::PhoneNumber
            | Entity::UkNhs
            | Entity::UkNino
            | Entity::UkPassport
            | Entity::UkDrivingLicence
            | Entity::UkVehicleRegistration
            | Entity::UkSortCode
            | Entity::UkBankAccount
            | Entity::UkUtr
            | Entity::CreditCard
            | Entity::IbanCode
            | Entity::DateOfBirth
            | Entity::Address
            | Entity::Crypto
    )
}

/// Why the requester's own data stays.
const OWN: &str = "the requester's own data";

fn text_at(document: &Document, block: usize, start: usize, end: usize) -> String {
    let text = document.blocks.get(block).map_or("", |b| b.text.as_str());
    text.chars().skip(start).take(end.saturating_sub(start)).collect()
}

pub(crate) fn code(text: &str) -> Result<ReasonCode> {
    ReasonCode::new(text).map_err(|e| ServiceError::Invalid(e.to_string()))
}

impl Judge<'_> {
    /// The plan of one item.
    ///
    /// INVARIANT: whatever nobody has decided about is withheld, and counted in [`Open`].
    pub(crate) fn plan(&self, number: i64, document: &Document) -> Result<(Plan, Open)> {
        let (mut plan, open) = self.part(number, document)?;
        // A name withheld in one line is withheld in every line, the detector's misses included.
        spread(document, &mut plan);
        Ok((plan, open))
    }

    fn part(&self, number: i64, document: &Document) -> Result<(Plan, Open)> {
        let (mut plan, mut open) = (Plan::default(), Open::default());
        let texts: Vec<&str> = document.blocks.iter().map(|b| b.text.as_str()).collect();
        let mentions = self.cast.mentions_in_thread(&texts);
        let mut taken: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for (block, mentions) in mentions.iter().enumerate() {
            for mention in mentions {
                taken.entry(block).or_default().push((mention.start, mention.end));
                self.mention(block, mention, &mut plan, &mut open)?;
            }
        }
        self.others(document, &taken, &mut plan, &mut open)?;
        self.passages(number, document, &mut plan)?;
        self.attachments(number, document, &mut plan, &mut open)?;
        Ok((plan, open))
    }

    fn mention(&self, block: usize, mention: &Mention, plan: &mut Plan, open: &mut Open) -> Result<()> {
        let (start, end) = (mention.start, mention.end);
        let Some(person) = mention.person.filter(|_| !mention.ambiguous) else {
            open.ambiguous += 1;
            plan.spans.push(Span { block, start, end, code: self.others_code()?, person: None });
            return Ok(());
        };
        match self.decided.get(person).and_then(Option::as_ref) {
            Some(choice) if choice.fate() == Fate::Withhold => {
                let person = Some(person.to_string());
                plan.spans.push(Span { block, start, end, code: code(&choice.ground().code)?, person });
            }
            Some(choice) => {
                plan.kept.push(Kept { block, start, end, reason: choice.ground().reason.clone() });
            }
            None => plan.kept.push(Kept { block, start, end, reason: OWN.to_owned() }),
        }
        Ok(())
    }

    /// The decision about everyone else, if there is one.
    fn others_choice(&self) -> Option<&Choice> {
        self.choices.iter().rev().find(|c| matches!(c, Choice::Others { .. }))
    }

    fn others_code(&self) -> Result<ReasonCode> {
        let decided =
            self.others_choice().filter(|c| c.fate() == Fate::Withhold).map(|c| c.ground().code.as_str());
        code(decided.unwrap_or("UNDECIDED"))
    }

    fn others(
        &self,
        document: &Document,
        taken: &BTreeMap<usize, Vec<(usize, usize)>>,
        plan: &mut Plan,
        open: &mut Open,
    ) -> Result<()> {
        let released = self.others_choice().is_some_and(|c| c.fate() == Fate::Release);
        for (block, start, end, entity) in self.unknown(document, taken) {
            let there = text_at(document, block, start, end);
            if self.passage_about(&there).is_some() {
                continue;
            }
            if self.own.holds(entity, &there) {
                plan.kept.push(Kept { block, start, end, reason: OWN.to_owned() });
            } else if released {
                plan.kept.push(Kept { block, start, end, reason: "decided for everyone else".to_owned() });
            } else {
                open.others += usize::from(self.others_choice().is_none());
                plan.spans.push(Span { block, start, end, code: self.others_code()?, person: None });
            }
        }
        Ok(())
    }

    /// What singles somebody out and belongs to no one of the cast: the detector's findings, and names
    /// that only look like names. A name that nobody was asked about is not released as prose.
    fn unknown(
        &self,
        document: &Document,
        taken: &BTreeMap<usize, Vec<(usize, usize)>>,
    ) -> Vec<(usize, usize, usize, Entity)> {
        let overlaps =
            |spans: &[(usize, usize)], start, end| spans.iter().any(|(s, e)| *s < end && start < *e);
        let mut taken = taken.clone();
        let found = self.detector.find_in_document(document, None).into_iter();
        let found = found.map(|l| (l.block, l.finding.start, l.finding.end, l.finding.entity));
        let names = candidates(document, self.cast).into_iter();
        let names = names.map(|c| (c.block, c.start, c.end, Entity::Person));
        let mut unknown = Vec::new();
        for (block, start, end, entity) in found.filter(|f| identifies(f.3)).chain(names) {
            let here = taken.entry(block).or_default();
            if !overlaps(here, start, end) {
                here.push((start, end));
                unknown.push((block, start, end, entity));
            }
        }
        unknown
    }

    /// A decision about a passage that covers these characters.
    fn passage_about(&self, there: &str) -> Option<&Choice> {
        let there = there.to_lowercase();
        let covers = |choice: &&Choice| matches!(choice, Choice::Passage { text, .. } if text.to_lowercase().contains(&there));
        self.choices.iter().rev().find(covers)
    }

    fn passages(&self, number: i64, document: &Document, plan: &mut Plan) -> Result<()> {
        for choice in self.choices {
            let Choice::Passage { number: item, text, fate, ground } = choice else { continue };
            if *item != 0 && *item != number {
                continue;
            }
            let reason = if *fate == Fate::Withhold { code(&ground.code)? } else { code("KEPT")? };
            let spans = counterfoil_finding::redact::mentions(document, std::slice::from_ref(text), &reason);
            if *fate == Fate::Withhold {
                plan.spans.extend(spans);
            } else {
                plan.kept.extend(spans.iter().map(|s| Kept {
                    block: s.block,
                    start: s.start,
                    end: s.end,
                    reason: ground.reason.clone(),
                }));
            }
        }
        Ok(())
    }

    fn attachments(&self, number: i64, document: &Document, plan: &mut Plan, open: &mut Open) -> Result<()> {
        for (index, attachment) in document.attachments.iter().enumerate() {
            let fate = match &attachment.content {
                Ok(inner) => {
                    let (inner, inside) = self.part(number, inner)?;
                    open.ambiguous += inside.ambiguous;
                    open.others += inside.others;
                    open.unread += inside.unread;
                    AttachmentPlan::Release(Box::new(inner))
                }
                Err(_) => {
                    open.unread += 1;
                    AttachmentPlan::Withhold(code("NOT READ")?)
                }
            };
            plan.attachments.insert(index, fate);
        }
        Ok(())
    }
}
