//! Decisions by machine alone: Arts 22A to 22D UK GDPR, and Art 22 before 5 February 2026.

use super::Condition as C;
use super::applicability::{ARTICLE_22A_FROM, Answer, Effect, Question, Reason};
use crate::register::bases::LawfulBasis;

pub(super) fn automated_decisions(q: &Question<'_>) -> Answer {
    if q.facts.no(C::SolelyAutomated) || q.facts.no(C::SignificantEffect) {
        return Answer::no(
            if q.on < ARTICLE_22A_FROM { "Art 22(1) UK GDPR" } else { "Art 22A(1) UK GDPR" },
            "a person takes a meaningful part in the decision, or it has no legal or similarly significant effect \
             (consider how far it rests on profiling)",
            "This was not a significant decision taken by a computer alone.",
        );
    }
    if q.on < ARTICLE_22A_FROM {
        return article_22(q);
    }
    let answer = Answer::yes(
        "Art 22C UK GDPR",
        "give the four safeguards: information about the decision, a chance to make representations, human \
         intervention, a way to contest it",
        "A computer took this decision alone. You can have it explained, tell us your view, have a person look at it \
         again, and challenge it.",
    )
    .opens(q.facts, &[C::SolelyAutomated, C::SignificantEffect, C::SpecialCategory]);
    prohibitions(q, answer)
}

fn prohibitions(q: &Question<'_>, mut answer: Answer) -> Answer {
    if q.basis == LawfulBasis::RecognisedInterest {
        answer.reasons.insert(0, Reason {
            effect: Effect::Prohibits,
            provision: "Art 22B(4) UK GDPR",
            staff: "prohibited: a significant decision may not be taken by machine alone where the processing rests, \
                    wholly or partly, on a recognised legitimate interest",
            person: "We must not take this decision by computer alone.",
        });
    }
    let law_and_interest = q.facts.yes(C::ContractOrLaw) && q.facts.yes(C::SubstantialPublicInterest);
    if q.facts.yes(C::SpecialCategory) && !q.facts.yes(C::ExplicitConsent) && !law_and_interest {
        answer.reasons.insert(0, Reason {
            effect: Effect::Prohibits,
            provision: "Art 22B(1)-(3) UK GDPR",
            staff: "prohibited with special-category data unless there is explicit consent, or the decision is \
                    necessary for a contract or required or authorised by law and Art 9(2)(g) is met",
            person: "We must not take this decision by computer alone from such sensitive information.",
        });
        answer = answer.opens(q.facts, &[C::ExplicitConsent, C::ContractOrLaw, C::SubstantialPublicInterest]);
    }
    answer
}

/// Art 22 until 4 February 2026: a right not to be subject to such a decision, with three gateways.
fn article_22(q: &Question<'_>) -> Answer {
    let gateway = matches!(q.basis, LawfulBasis::Consent)
        || q.facts.yes(C::ContractOrLaw)
        || q.facts.yes(C::ExplicitConsent);
    let mut answer = Answer::yes(
        "Art 22(1), (3) UK GDPR (before 5 February 2026); s.14 DPA 2018",
        "the person may have human intervention, give their view and contest the decision",
        "A computer took this decision alone. You can have a person look at it again, tell us your view, and \
         challenge it.",
    )
    .opens(q.facts, &[C::SolelyAutomated, C::SignificantEffect, C::ContractOrLaw]);
    if !gateway {
        answer.reasons.insert(0, Reason {
            effect: Effect::Prohibits,
            provision: "Art 22(1)-(2) UK GDPR (before 5 February 2026)",
            staff: "prohibited unless necessary for a contract, authorised by law, or based on explicit consent",
            person: "We must not have taken this decision by computer alone.",
        });
    }
    answer
}
