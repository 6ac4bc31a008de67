//! One decision for each person, everywhere in a request.

use std::collections::HashMap;

use super::{Cast, Mention, Role};

/// What happens to the mentions of a person.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Decision {
    /// Whether they are withheld.
    pub withhold: bool,
    /// The code that the mark shows, such as `third-party`; never the kind of data.
    pub code: String,
    /// Why, for the record.
    pub reason: String,
}

/// What is to be done with one mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict<'d> {
    /// Release it.
    Keep(&'d Decision),
    /// Withhold it.
    Withhold(&'d Decision),
    /// Ask a person who is meant; withheld until then.
    Ask,
}

/// A decision that cannot be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecisionError {
    /// No such person.
    #[error("the cast has no person {0}")]
    NoSuchPerson(usize),
    /// Without a reason there is nothing to review.
    #[error("a decision for one document needs a reason")]
    NoReason,
}

/// The decisions of one request. INVARIANT: a person has exactly one decision, and in one document
/// at most one that differs, with its own reason.
#[derive(Debug, Clone)]
pub struct Decisions {
    people: Vec<Decision>,
    overrides: HashMap<(String, usize), Decision>,
}

impl Decisions {
    /// The usual decision for each role, for a person to confirm. Health, social work and education
    /// workers are presumed reasonable to disclose (DPA 2018 Sch 2 para 17); other individuals are
    /// withheld until consent or reasonableness is recorded (para 16).
    #[must_use]
    pub fn by_role(cast: &Cast) -> Self {
        let people = cast.people().iter().map(|person| usual(person.role)).collect();
        Self { people, overrides: HashMap::new() }
    }

    /// Decides for a person everywhere.
    ///
    /// # Errors
    /// When the cast has no such person.
    pub fn decide(&mut self, person: usize, decision: Decision) -> Result<(), DecisionError> {
        let slot = self.people.get_mut(person).ok_or(DecisionError::NoSuchPerson(person))?;
        *slot = decision;
        Ok(())
    }

    /// Decides otherwise for a person in one document.
    ///
    /// # Errors
    /// When the cast has no such person or the decision has no reason.
    pub fn decide_in(
        &mut self,
        document: &str,
        person: usize,
        decision: Decision,
    ) -> Result<(), DecisionError> {
        if person >= self.people.len() {
            return Err(DecisionError::NoSuchPerson(person));
        }
        if decision.reason.trim().is_empty() {
            return Err(DecisionError::NoReason);
        }
        self.overrides.insert((document.to_owned(), person), decision);
        Ok(())
    }

    /// What is to be done with a mention in a document.
    #[must_use]
    pub fn verdict(&self, document: &str, mention: &Mention) -> Verdict<'_> {
        let Some(person) = mention.person.filter(|_| !mention.ambiguous) else { return Verdict::Ask };
        let special = self.overrides.get(&(document.to_owned(), person));
        match special.or_else(|| self.people.get(person)) {
            Some(decision) if decision.withhold => Verdict::Withhold(decision),
            Some(decision) => Verdict::Keep(decision),
            None => Verdict::Ask,
        }
    }
}

fn usual(role: Role) -> Decision {
    let (withhold, code, reason) = match role {
        Role::Requester => (false, "requester", "the person's own data"),
        Role::Representative => (false, "representative", "acts for the requester"),
        Role::ThirdParty => (true, "third-party", "another individual, no consent recorded"),
        Role::Professional => (false, "professional", "acts in a health, social work or education role"),
        Role::Staff => (false, "staff", "acts in a role for the controller"),
        Role::Organisation => (false, "organisation", "not an individual"),
    };
    Decision { withhold, code: code.to_owned(), reason: reason.to_owned() }
}
