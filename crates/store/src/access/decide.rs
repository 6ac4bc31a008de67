//! Asking the policies.

use cedar_policy::{Decision as CedarDecision, Entities, PolicySet, Request, Response};
use counterfoil_domain::access::FlagSet;

use super::entities::{Built, Fault};
use super::explain::{self, Words};
use super::gate::{Gate, VerbRules};
use super::question::Question;

/// The gate's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may be done.
    pub allowed: bool,
    /// The policies that decided, by name, sorted, for the audit log: the permits that allowed it or
    /// the forbids that refused it. Empty when nothing allowed it, or when it could not be decided.
    pub policies: Vec<String>,
    /// Why it is refused, in words for the person who asked; says nothing of what the record holds.
    /// Empty when allowed.
    pub why: String,
    /// What would make it possible, where something would.
    pub remedy: Option<String>,
    /// What makes it worth a reviewer's look, allowed or not.
    pub flags: FlagSet,
}

impl Gate {
    /// Decides `question`.
    ///
    /// INVARIANT: it allows only what a permit allows and no forbid refuses; whatever cannot be put or
    /// evaluated without error is refused.
    #[must_use]
    pub fn decide(&self, question: &Question) -> Decision {
        match self.answer(question) {
            Ok((true, policies)) => {
                let (why, remedy, flags) = (String::new(), None, question.flags());
                Decision { allowed: true, policies, why, remedy, flags }
            }
            Ok((false, policies)) => {
                let words = explain::refusal(self, question, &policies);
                refused(words, policies, question.flags())
            }
            Err(Fault::Unfitting) if question.actor.staff().is_none() => {
                refused(self.wording.not_automatic(), Vec::new(), question.flags())
            }
            Err(_) => refused(self.wording.fault(), Vec::new(), question.flags()),
        }
    }

    /// Whether `question` is allowed: [`Gate::decide`] without the words of a refusal.
    #[must_use]
    pub fn allows(&self, question: &Question) -> bool {
        self.answer(question).is_ok_and(|(allowed, _)| allowed)
    }

    /// Whether permits alone would allow it: whether the way is open but for a forbid.
    pub(super) fn permitted(&self, question: &Question) -> bool {
        let Some(rules) = self.rules(question.verb) else { return false };
        self.ask(question, rules, &rules.permits).is_ok_and(|r| r.decision() == CedarDecision::Allow)
    }

    /// Checks that `question` fits the schema to the last attribute. The gate does not do this on
    /// every decision; tests and the self-check do.
    ///
    /// # Errors
    /// What does not fit.
    pub fn conforms(&self, question: &Question) -> Result<(), String> {
        let rules = self.rules(question.verb).ok_or("the verb is unknown")?;
        let built = self.types.build(question, &self.limits).map_err(|e| e.to_string())?;
        let ids = (built.principal.uid(), built.resource.uid());
        Entities::from_entities([built.principal, built.resource], Some(self.schema()))
            .map_err(|e| e.to_string())?;
        Request::new(ids.0, rules.action.clone(), ids.1, built.context, Some(self.schema()))
            .map(drop)
            .map_err(|e| e.to_string())
    }

    fn answer(&self, question: &Question) -> Result<(bool, Vec<String>), Fault> {
        let rules = self.rules(question.verb).ok_or(Fault::Unbuildable)?;
        let response = self.ask(question, rules, &rules.all)?;
        let mut policies: Vec<String> = response.diagnostics().reason().map(ToString::to_string).collect();
        policies.sort_unstable();
        Ok((response.decision() == CedarDecision::Allow, policies))
    }

    fn ask(&self, question: &Question, rules: &VerbRules, policies: &PolicySet) -> Result<Response, Fault> {
        let Built { principal, resource, context } = self.types.build(question, &self.limits)?;
        let (asker, asked) = (principal.uid(), resource.uid());
        if !rules.pairs.contains(&(asker.type_name().clone(), asked.type_name().clone())) {
            return Err(Fault::Unfitting);
        }
        let entities = Entities::from_entities([principal, resource, rules.action_entity.clone()], None)
            .map_err(|_| Fault::Unbuildable)?;
        let request = Request::new(asker, rules.action.clone(), asked, context, None)
            .map_err(|_| Fault::Unbuildable)?;
        let response = self.authorizer.is_authorized(&request, policies, &entities);
        // Cedar skips a policy that fails to evaluate; a skipped forbid would be an open door.
        let failed = response.diagnostics().errors().next().is_some();
        if failed { Err(Fault::Unevaluable) } else { Ok(response) }
    }
}

fn refused(words: Words, policies: Vec<String>, flags: FlagSet) -> Decision {
    Decision { allowed: false, policies, why: words.why, remedy: words.remedy, flags }
}
