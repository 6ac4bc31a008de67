//! Erasure (Art 17 UK GDPR): six grounds (a seventh is prospective) and five exceptions.

use super::applicability::{Answer, Question, Verdict};
use super::{Condition as C, Facts};
use crate::register::bases::LawfulBasis;

/// A ground of Art 17(1).
struct Ground {
    provision: &'static str,
    staff: &'static str,
    person: &'static str,
    /// The fact that makes it out.
    fact: C,
}

const PURPOSE_ENDED: Ground = Ground {
    provision: "Art 17(1)(a) UK GDPR",
    staff: "the data are no longer necessary for the purpose",
    person: "We no longer need this information, so we must delete it.",
    fact: C::PurposeEnded,
};
const CONSENT: Ground = Ground {
    provision: "Art 17(1)(b) UK GDPR",
    staff: "consent is withdrawn and no other ground remains",
    person: "You have withdrawn your consent and we have no other legal reason to keep this information.",
    fact: C::ConsentWithdrawn,
};
const OBJECTION: Ground = Ground {
    provision: "Art 17(1)(c) with Art 21(1) UK GDPR",
    staff: "the person objects and there are no overriding legitimate grounds",
    person: "You objected and we have no overriding reason to keep this information.",
    fact: C::ObjectionUpheld,
};
const MARKETING: Ground = Ground {
    provision: "Art 17(1)(c) with Art 21(2) UK GDPR",
    staff: "the data are used for direct marketing and the person objects; keep only a minimal suppression entry",
    person: "You asked us to stop marketing. We delete what we held for it and keep only a note not to contact you.",
    fact: C::DirectMarketing,
};
const UNLAWFUL: Ground = Ground {
    provision: "Art 17(1)(d) UK GDPR",
    staff: "the data have been processed unlawfully",
    person: "We should not have used this information in that way, so we must delete it.",
    fact: C::Unlawful,
};
const REQUIRED: Ground = Ground {
    provision: "Art 17(1)(e) UK GDPR",
    staff: "domestic law requires the erasure",
    person: "The law requires us to delete this information.",
    fact: C::ErasureRequired,
};
const CHILD: Ground = Ground {
    provision: "Art 17(1)(f) UK GDPR",
    staff: "the data were collected when an information society service was offered to a child",
    person: "This information was collected through an online service when you were a child.",
    fact: C::ChildOnline,
};
const MALICIOUS: Ground = Ground {
    provision: "Art 17(1)(g) UK GDPR (prospective)",
    staff: "the data come from an allegation by a person since convicted or restrained for malicious conduct",
    person: "This information came from a malicious allegation against you.",
    fact: C::MaliciousAllegation,
};

/// The grounds that a basis leaves open. A withdrawn consent counts on the basis of consent or with
/// explicit consent under Art 9(2)(a); an objection under 21(1) on (e), (ea) and (f) only.
fn grounds(q: &Question<'_>) -> Vec<&'static Ground> {
    let consent = q.basis == LawfulBasis::Consent || q.facts.yes(C::ExplicitConsent);
    let objectable = matches!(
        q.basis,
        LawfulBasis::PublicTask | LawfulBasis::RecognisedInterest | LawfulBasis::LegitimateInterests
    );
    let mut open = vec![&PURPOSE_ENDED];
    open.extend(consent.then_some(&CONSENT));
    open.extend(objectable.then_some(&OBJECTION));
    open.extend([&MARKETING, &UNLAWFUL, &REQUIRED]);
    open.extend(consent.then_some(&CHILD));
    open.extend(q.prospective.malicious_allegation.then_some(&MALICIOUS));
    open
}

fn made_out(ground: &Ground, facts: &Facts) -> bool {
    let defeated = ground.fact == C::ConsentWithdrawn && facts.yes(C::OtherGround)
        || ground.fact == C::ObjectionUpheld && facts.yes(C::CompellingGrounds);
    facts.yes(ground.fact) && !defeated
}

fn ruled_out(ground: &Ground, facts: &Facts) -> bool {
    facts.no(ground.fact) || (facts.yes(ground.fact) && !made_out(ground, facts))
}

/// The exceptions of Art 17(3) that facts establish: provision, words for staff, words for the person.
const EXCEPTIONS: &[(C, &str, &str, &str)] = &[
    (
        C::FreeExpression,
        "Art 17(3)(a) UK GDPR",
        "to the extent that the data are needed for freedom of expression and information",
        "We keep what is needed for freedom of expression and information.",
    ),
    (
        C::NeededForDuty,
        "Art 17(3)(b) UK GDPR",
        "to the extent that the data are needed for a legal obligation, a public-interest task or official authority",
        "We keep what the law or our public task requires us to keep.",
    ),
    (
        C::PublicHealth,
        "Art 17(3)(c) UK GDPR",
        "to the extent that the data are needed for public health under Art 9(2)(h), (i) and 9(3)",
        "We keep what is needed for public health.",
    ),
    (
        C::ResearchImpaired,
        "Art 17(3)(d) UK GDPR",
        "to the extent that erasure would make archiving, research or statistics under Art 84B (Art 89(1) before 5 \
         February 2026) impossible or seriously impair it",
        "We keep what is needed for research or archiving that deleting it would seriously damage.",
    ),
    (
        C::LegalClaims,
        "Art 17(3)(e) UK GDPR",
        "to the extent that the data are needed to establish, exercise or defend legal claims",
        "We keep what is needed for legal claims.",
    ),
];

pub(super) fn erasure(q: &Question<'_>) -> Answer {
    let open = grounds(q);
    if open.iter().all(|g| ruled_out(g, q.facts)) {
        return no_ground();
    }
    let shown: Vec<_> = open.iter().filter(|g| made_out(g, q.facts)).collect();
    if let Some(answer) = excepted(q) {
        return answer;
    }
    let duty_bound = matches!(q.basis, LawfulBasis::LegalObligation | LawfulBasis::PublicTask);
    if duty_bound && !q.facts.no(C::NeededForDuty) {
        return while_needed(!shown.is_empty()).opens(q.facts, &[C::NeededForDuty]);
    }
    let Some(first) = shown.first() else {
        let facts: Vec<C> = open.iter().map(|g| g.fact).filter(|c| q.facts.unknown(*c)).collect();
        return follow_up(q, available(q.basis)).opens(q.facts, &facts);
    };
    let mut answer = Answer::yes(first.provision, first.staff, first.person);
    for more in shown.iter().skip(1) {
        answer.reasons.extend(Answer::yes(more.provision, more.staff, more.person).reasons);
    }
    follow_up(q, answer).opens(q.facts, &[C::MadePublic])
}

fn no_ground() -> Answer {
    Answer::no(
        "Art 17(1) UK GDPR",
        "none of the grounds for erasure is met",
        "The law lets us keep this information, because none of the legal grounds for deleting it is met.",
    )
}

/// The exceptions that the facts establish.
///
/// Assumption: a fact such as `legal-claims` is answered about the data in question, so an exception
/// answers for all of them. What it does not cover is asked about separately, item by item.
fn excepted(q: &Question<'_>) -> Option<Answer> {
    let mut hit = EXCEPTIONS.iter().filter(|(fact, ..)| q.facts.yes(*fact));
    let (_, provision, staff, person) = hit.next()?;
    let mut answer = Answer::no(provision, staff, person);
    for (_, provision, staff, person) in hit {
        answer.reasons.extend(Answer::no(provision, staff, person).reasons);
    }
    Some(answer)
}

/// On a legal obligation or public task Art 17(3)(b) answers for as long as the data are needed for it.
fn while_needed(ground_shown: bool) -> Answer {
    let answer = Answer::no(
        "Art 17(3)(b) UK GDPR",
        "the basis is a legal obligation or public task: no erasure to the extent that the data are needed for it. \
         Check item by item what is no longer needed",
        "We need this information for a legal duty or a public task, so we cannot delete what that requires.",
    );
    if !ground_shown {
        return answer;
    }
    // A ground is made out for something: erase that, keep what the duty still needs.
    let mut part = answer.duty(
        "Art 17(1) UK GDPR",
        "a ground for erasure is made out: erase whatever the duty or task does not need",
        "We delete whatever that duty or task does not need.",
    );
    part.verdict = Verdict::AppliesInPart;
    part
}

fn available(basis: LawfulBasis) -> Answer {
    match basis {
        LawfulBasis::Consent => Answer::yes(
            "Art 17(1)(b) UK GDPR",
            "the basis is consent: withdrawing it removes the ground, and the data must go unless another ground remains",
            "You can ask us to delete this information; if you withdraw your consent we must, unless another legal \
             reason remains.",
        ),
        LawfulBasis::RecognisedInterest | LawfulBasis::LegitimateInterests => Answer::yes(
            "Art 17(1)(c) with Art 21(1) UK GDPR",
            "the person can object, and the data must go unless there are overriding legitimate grounds; the other \
             grounds of Art 17(1) are open too",
            "You can ask us to delete this information. If you object to our using it, we must delete it unless we \
             have an overriding reason.",
        ),
        _ => Answer::yes(
            "Art 17(1) UK GDPR",
            "the right is open on this basis: establish which ground of Art 17(1) is met",
            "You can ask us to delete this information; we will look at whether a legal ground for it is met.",
        ),
    }
}

fn follow_up(q: &Question<'_>, answer: Answer) -> Answer {
    let answer = answer.duty(
        "Art 19 UK GDPR",
        "tell each recipient of the erasure unless impossible or disproportionate, and tell the person who they are if asked",
        "We tell those to whom we passed the information that it has been deleted.",
    );
    if !q.facts.yes(C::MadePublic) {
        return answer;
    }
    answer.duty(
        "Art 17(2) UK GDPR",
        "the data were made public: take reasonable steps to tell other controllers to erase links and copies",
        "Because we made the information public, we take reasonable steps to tell others to remove it.",
    )
}
