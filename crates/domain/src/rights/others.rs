//! The rights whose rules fit on a page each: access, rectification, restriction, notification,
//! portability, objection, withdrawal of consent, complaint.

use super::Condition as C;
use super::applicability::{Answer, COMPLAINT_TO_CONTROLLER_FROM, PROPORTIONATE_SEARCH_FROM, Question};
use crate::register::bases::LawfulBasis as Basis;

/// Arts 21(1) and 18(1)(d) look at these bases only.
const fn objectable(basis: Basis) -> bool {
    matches!(basis, Basis::PublicTask | Basis::RecognisedInterest | Basis::LegitimateInterests)
}

pub(super) fn access(q: &Question<'_>) -> Answer {
    let mut answer = Answer::yes(
        "Art 15 UK GDPR",
        "whatever the basis: confirm, give a copy, and give the information of Art 15(1) and (2)",
        "You can have a copy of the information we hold about you, and be told how we use it.",
    )
    .duty(
        "s.173 DPA 2018",
        "hold everything in scope: altering or erasing data to prevent their disclosure is an offence",
        "We keep everything you asked for until you have our answer.",
    );
    if q.on >= PROPORTIONATE_SEARCH_FROM {
        answer = answer.duty(
            "Art 15(1A) UK GDPR",
            "the person gets what a reasonable and proportionate search finds; record why anything was not searched",
            "We make a reasonable and proportionate search.",
        );
    }
    if q.on >= COMPLAINT_TO_CONTROLLER_FROM {
        answer = answer.duty(
            "Art 15(1)(ea) UK GDPR",
            "the answer must mention the right to complain to the controller under s.164A DPA",
            "You can complain to us about how we used your information.",
        );
    }
    if q.facts.yes(C::AffectsOthers) {
        answer = answer.limited(
            "Art 15(4) UK GDPR; Sch 2 paras 16-17 DPA 2018",
            "the copy must not adversely affect others: decide item by item, with the test recorded",
            "Some of it is also about other people, so we may have to leave parts out.",
        );
    }
    answer
}

pub(super) fn rectification(q: &Question<'_>) -> Answer {
    if q.facts.yes(C::Opinion) && !q.facts.yes(C::Inaccurate) {
        return Answer::yes(
            "Art 16 UK GDPR",
            "the person's own comments are added and shown with the entry",
            "We add your comments beside the entry.",
        )
        .limited(
            "s.205(1) DPA 2018",
            "inaccurate means incorrect or misleading as to a matter of fact; an opinion recorded as an opinion is not \
             inaccurate because it is disputed",
            "The entry is someone's opinion and is recorded as that, so we do not change it.",
        );
    }
    if q.facts.no(C::Inaccurate) && q.facts.no(C::Incomplete) {
        return Answer::no(
            "Art 16 UK GDPR",
            "the data are neither inaccurate nor incomplete; offer to record the person's view",
            "We checked the information and found it correct and complete. We can record that you disagree.",
        );
    }
    Answer::yes(
        "Art 16 UK GDPR",
        "whatever the basis: correct what is incorrect or misleading as to fact, complete what is incomplete, also by a \
         supplementary statement",
        "We correct what is wrong and complete what is missing; you can add a statement of your own.",
    )
    .duty("Art 19 UK GDPR", "tell each recipient of the correction", "We tell those to whom we passed the information.")
    .opens(q.facts, &[C::Inaccurate, C::Incomplete])
}

/// The grounds of Art 18(1) that facts make out: provision, words for staff, words for the person.
fn restriction_grounds(q: &Question<'_>) -> Vec<(&'static str, &'static str, &'static str)> {
    let yes = |c| q.facts.yes(c);
    let mut met = Vec::new();
    if yes(C::AccuracyContested) {
        let staff = "accuracy is contested: restrict for as long as it takes to verify";
        met.push((
            "Art 18(1)(a) UK GDPR",
            staff,
            "We limit our use of it while we check whether it is right.",
        ));
    }
    if yes(C::Unlawful) && !q.facts.no(C::PrefersRestriction) {
        let staff = "the processing is unlawful and the person wants restriction instead of erasure";
        met.push((
            "Art 18(1)(b) UK GDPR",
            staff,
            "We keep it but stop using it, as you prefer that to deletion.",
        ));
    }
    if yes(C::PurposeEnded) && yes(C::PersonNeedsForClaims) {
        let staff = "no longer needed by the controller, but needed by the person for legal claims";
        met.push((
            "Art 18(1)(c) UK GDPR",
            staff,
            "We no longer need it but keep it because you need it for a claim.",
        ));
    }
    if yes(C::ObjectionPending) && objectable(q.basis) {
        let staff = "an objection under Art 21(1) is pending: restrict until it is decided";
        met.push((
            "Art 18(1)(d) UK GDPR",
            staff,
            "We limit our use of it until we have decided your objection.",
        ));
    }
    met
}

pub(super) fn restriction(q: &Question<'_>) -> Answer {
    const GROUND_FACTS: [C; 5] =
        [C::AccuracyContested, C::Unlawful, C::PurposeEnded, C::PersonNeedsForClaims, C::ObjectionPending];
    let mut grounds = restriction_grounds(q).into_iter();
    let Some((provision, staff, person)) = grounds.next() else {
        return no_restriction_ground(q, &GROUND_FACTS);
    };
    let mut answer = Answer::yes(provision, staff, person);
    for (provision, staff, person) in grounds {
        answer.reasons.extend(Answer::yes(provision, staff, person).reasons);
    }
    let prefers: &[C] = if q.facts.yes(C::Unlawful) { &[C::PrefersRestriction] } else { &[] };
    restriction_duties(answer).opens(q.facts, prefers)
}

fn restriction_duties(answer: Answer) -> Answer {
    answer
        .duty(
            "Art 18(2) UK GDPR",
            "store only; otherwise use with consent, for legal claims, to protect another's rights, or for important \
             public interest",
            "We only store it, unless you agree, or it is needed for a legal claim, to protect someone, or for an \
             important public reason.",
        )
        .duty("Art 18(3) UK GDPR", "tell the person before lifting it", "We tell you before we lift the limit.")
        .duty("Art 19 UK GDPR", "tell each recipient", "We tell those to whom we passed the information.")
}

/// No ground is made out by the facts. Asserting only an objection on a basis that Art 18(1)(d) does not
/// look at is answered with no; ruling out all four grounds likewise; otherwise the right stays open.
fn no_restriction_ground(q: &Question<'_>, ground_facts: &[C]) -> Answer {
    let no = |c| q.facts.no(c);
    let others_asserted = ground_facts.iter().any(|c| *c != C::ObjectionPending && q.facts.yes(*c));
    if q.facts.yes(C::ObjectionPending) && !others_asserted {
        return Answer::no(
            "Art 18(1)(d) UK GDPR",
            "a pending objection restricts only processing on public task, recognised or other legitimate interests",
            "On this legal basis an objection does not limit our use of the information.",
        )
        .opens(q.facts, ground_facts);
    }
    let ruled_out = [
        no(C::AccuracyContested),
        no(C::Unlawful) || no(C::PrefersRestriction),
        no(C::PurposeEnded) || no(C::PersonNeedsForClaims),
        no(C::ObjectionPending) || !objectable(q.basis),
    ];
    if ruled_out == [true; 4] {
        return Answer::no(
            "Art 18(1) UK GDPR",
            "none of the grounds for restriction is met",
            "None of the legal grounds for limiting our use of the information is met.",
        );
    }
    restriction_duties(Answer::yes(
        "Art 18(1) UK GDPR",
        "the right is open on every basis: establish which ground is met",
        "You can ask us to limit our use of the information; we look at whether a legal ground for it is met.",
    ))
    .opens(q.facts, ground_facts)
}

pub(super) fn notify_recipients(q: &Question<'_>) -> Answer {
    let answer = Answer::yes(
        "Art 19 UK GDPR",
        "tell each recipient of a rectification, an erasure under Art 17(1) or a restriction, and tell the person who \
         they are if asked",
        "We tell those to whom we passed your information what has changed, and tell you who they are if you ask.",
    );
    if !q.facts.yes(C::TellingImpossible) {
        return answer.opens(q.facts, &[C::TellingImpossible]);
    }
    answer.limited(
        "Art 19 UK GDPR",
        "recipients whom it is impossible or disproportionate to tell are left out; record why",
        "There are some whom we could not reasonably tell.",
    )
}

pub(super) fn portability(q: &Question<'_>) -> Answer {
    let on_consent = q.basis == Basis::Consent || q.basis == Basis::Contract;
    let on_explicit = q.facts.yes(C::ExplicitConsent) && q.basis != Basis::PublicTask;
    if !on_consent && !on_explicit {
        return Answer::no(
            "Art 20(1)(a), (3) UK GDPR",
            "portability needs consent or a contract; it does not apply to a public task or any other basis",
            "This right covers only information that we use with your consent or under a contract with you. You can \
             still have a copy of it.",
        );
    }
    if q.facts.no(C::Automated) {
        return Answer::no(
            "Art 20(1)(b) UK GDPR",
            "the processing is not automated; answer by an ordinary copy under Art 15",
            "This right covers only information held on computer. You can still have a copy of it.",
        );
    }
    let mut answer = Answer::yes(
        "Art 20(1)-(2) UK GDPR",
        "data that the person provided (observed data included), in a structured, commonly used and machine-readable \
         format; sent directly to another controller where technically feasible",
        "We give you the information you provided in a format that a computer can read, or send it to someone else for \
         you where we can.",
    )
    .opens(q.facts, &[C::Automated]);
    if !on_consent {
        let staff = "explicit consent reaches the special-category data only";
        answer = answer.limited(
            "Art 20(1)(a) UK GDPR",
            staff,
            "It covers only the information you expressly agreed to.",
        );
    }
    if q.facts.yes(C::Inferred) {
        let staff = "leave out what the controller inferred or derived; it is given under Art 15 instead";
        answer = answer.limited("Art 20(1) UK GDPR", staff, "It leaves out what we worked out ourselves.");
    }
    if q.facts.yes(C::AffectsOthers) {
        let staff = "it must not adversely affect the rights of others";
        answer = answer.limited(
            "Art 20(4) UK GDPR",
            staff,
            "It leaves out what would harm other people's rights.",
        );
    }
    answer
}

pub(super) fn marketing_objection() -> Answer {
    Answer::yes(
        "Art 21(2)-(3) UK GDPR",
        "absolute, whatever the basis: stop direct marketing and the profiling for it at once, on every channel; keep a \
         minimal suppression entry. No exemption lifts this right",
        "You can stop marketing at any time and we must stop. We keep only a note not to contact you.",
    )
}

pub(super) fn objection(q: &Question<'_>) -> Answer {
    if q.facts.yes(C::DirectMarketing) {
        return marketing_objection();
    }
    if q.facts.yes(C::Research) {
        return research_objection(q);
    }
    if !objectable(q.basis) {
        return not_objectable(q.basis);
    }
    if let Some(refused) = overriding(q) {
        return refused;
    }
    Answer::yes(
        "Art 21(1) UK GDPR",
        "stop unless you show compelling legitimate grounds that override the person's interests, or legal claims; \
         restrict meanwhile if asked (Art 18(1)(d))",
        "You can object on grounds of your own situation. We must stop unless we have compelling reasons, which we \
         would explain.",
    )
    .duty(
        "Art 21(4) UK GDPR",
        "the right must be brought to the person's attention at the first communication, clearly and separately",
        "We tell you of this right when we first write to you.",
    )
    .opens(q.facts, &[C::CompellingGrounds, C::LegalClaims])
}

fn overriding(q: &Question<'_>) -> Option<Answer> {
    if !q.facts.yes(C::CompellingGrounds) && !q.facts.yes(C::LegalClaims) {
        return None;
    }
    Some(Answer::no(
        "Art 21(1) UK GDPR",
        "compelling legitimate grounds or legal claims override; record them, the burden is the controller's",
        "We considered your objection but have compelling reasons, or a legal claim, for continuing. We explain them.",
    ))
}

fn not_objectable(basis: Basis) -> Answer {
    let staff =
        "Art 21(1) looks only at public task, recognised legitimate interest and legitimate interests";
    let person = match basis {
        Basis::Consent => {
            "This use rests on your consent: you can withdraw it at any time, with the same effect."
        }
        Basis::Contract => {
            "This use is needed for our contract with you, so the right to object does not reach it."
        }
        Basis::LegalObligation => "The law requires this use, so the right to object does not reach it.",
        _ => "On this legal basis the right to object does not reach this use.",
    };
    Answer::no("Art 21(1) UK GDPR", staff, person)
}

fn research_objection(q: &Question<'_>) -> Answer {
    if q.facts.yes(C::PublicInterestTask) {
        return Answer::no(
            "Art 21(6) UK GDPR",
            "the research is necessary for a task carried out for reasons of public interest",
            "The research is needed for a task in the public interest, so it continues.",
        );
    }
    Answer::yes(
        "Art 21(6) UK GDPR",
        "research and statistics on any basis: stop for this person, on grounds of their particular situation",
        "You can object to our using your information for this research, on grounds of your own situation.",
    )
    .opens(q.facts, &[C::PublicInterestTask])
}

pub(super) fn withdraw_consent(q: &Question<'_>) -> Answer {
    let words = (
        "Art 7(3) UK GDPR",
        "effective at once for everything that rests on the consent; as easy as giving it; what was done before stays \
         lawful",
        "You can withdraw your consent at any time, as easily as you gave it.",
    );
    if q.basis == Basis::Consent {
        return Answer::yes(words.0, words.1, words.2);
    }
    if q.facts.yes(C::ExplicitConsent) {
        let staff = "the explicit consent of Art 9(2)(a) can be withdrawn; the basis in Art 6 is another";
        return Answer::yes(words.0, words.1, words.2).limited(
            "Art 9(2)(a) UK GDPR",
            staff,
            "It reaches the sensitive information you expressly agreed to; the rest rests on another legal basis.",
        );
    }
    Answer::no(
        "Art 7(3) UK GDPR",
        "there is no consent to withdraw: the basis is another; treat it as an objection where Art 21(1) allows",
        "This use does not rest on your consent, so there is none to withdraw. You may be able to object instead.",
    )
}

pub(super) fn complaint(q: &Question<'_>) -> Answer {
    if q.on < COMPLAINT_TO_CONTROLLER_FROM {
        return Answer::yes(
            "Art 77 UK GDPR; s.165 DPA 2018",
            "before 19 June 2026: complaint to the regulator; a complaint to the controller is good practice without a \
             statutory clock",
            "You can complain to us, and to the regulator.",
        );
    }
    Answer::yes(
        "ss.164A, 165 DPA 2018",
        "to the controller (acknowledge within 30 days, respond without undue delay) and to the regulator",
        "You can complain to us; we acknowledge within 30 days. You can also complain to the regulator.",
    )
}
