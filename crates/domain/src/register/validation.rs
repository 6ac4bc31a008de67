//! What the law has against a processing activity.

use jiff::civil::{Date, date};

use super::activity::{Activity, AutomatedUse, BasisClaim, Schedule1Claim, Severity, Violation};
use super::bases::{
    Annex1, ISS_CONSENT_AGE, LawfulBasis, RequestStatement, Section8, basis_in_force, may_rely_on,
    request_statement_gaps,
};
use super::schedule1::{
    Gate, PREPARATION_COUNTS_FROM, Policy, Schedule1, policy_document_needed, policy_gaps,
    schedule1_condition,
};
use super::special::{Art9, schedule1_needed};

/// Everything that the law of a day has against an activity; empty when nothing.
///
/// Checked: purposes and retention (Art 5(1)(b), (e)); bases (Art 6, Annex 1, ss.7-8 DPA); special
/// categories (Art 9, s.10, Sch 1 DPA); criminal data (Art 10, ss.10-11 DPA); automated decisions (Arts
/// 22A-22D).
#[must_use]
pub fn validate(activity: &Activity, on: Date) -> Vec<Violation> {
    let mut found = Vec::new();
    basics(activity, &mut found);
    for claim in &activity.bases {
        open_to(activity, claim.basis(), on, &mut found);
        claim_is_complete(claim, &mut found);
    }
    special_data(activity, on, &mut found);
    criminal_data(activity, &mut found);
    for claim in &activity.schedule1 {
        schedule1_claim(claim, on, &mut found);
    }
    if let Some(automated) = &activity.automated {
        automated_use(activity, automated, on, &mut found);
    }
    found
}

fn basics(activity: &Activity, found: &mut Vec<Violation>) {
    if activity.purposes.iter().all(|p| p.trim().is_empty()) {
        found.push(blocking("no-purpose", "Art 5(1)(b) UK GDPR", "name at least one purpose"));
    }
    if activity.bases.is_empty() {
        found.push(blocking("no-basis", "Art 6(1) UK GDPR", "name the lawful basis"));
    }
    if activity.retention.trim().is_empty() {
        found.push(blocking(
            "no-retention",
            "Art 5(1)(e) and Art 30(1)(f) UK GDPR",
            "give a retention rule: nothing personal is held without one",
        ));
    } else if let Err(e) = activity.retention.parse::<crate::retention::Rule>() {
        found.push(blocking("retention-unreadable", "Art 5(1)(e) UK GDPR", e.to_string()));
    }
}

fn open_to(activity: &Activity, basis: LawfulBasis, on: Date, found: &mut Vec<Violation>) {
    if !basis_in_force(basis, on) {
        found.push(blocking(
            "basis-not-in-force",
            basis.provision(),
            "recognised legitimate interests exist from 5 February 2026: name the basis of the day",
        ));
    }
    if !may_rely_on(basis, activity.controller, activity.performing_its_tasks) {
        found.push(blocking(
            "basis-not-open",
            "Art 6(1) UK GDPR, last part; s.7 DPA 2018",
            format!(
                "a public authority performing its tasks cannot rely on {}: use public task (Art 6(1)(e)) or legal \
                 obligation (Art 6(1)(c))",
                basis.label()
            ),
        ));
    }
}

fn need(text: &str, code: &'static str, provision: &str, reason: &str, found: &mut Vec<Violation>) {
    if text.trim().is_empty() {
        found.push(blocking(code, provision, reason));
    }
}

fn claim_is_complete(claim: &BasisClaim, found: &mut Vec<Violation>) {
    match claim {
        BasisClaim::Consent { record, withdrawal, youngest_online } => {
            need(record, "consent-unrecorded", "Art 7(1) UK GDPR", "say how each consent is recorded", found);
            let easy = "say how consent is withdrawn, as easily as it is given";
            need(withdrawal, "consent-no-way-back", "Art 7(3) UK GDPR", easy, found);
            if youngest_online.is_some_and(|age| age < ISS_CONSENT_AGE) {
                let reason = "a child under 13 cannot consent to an online service: ask who holds parental responsibility";
                found.push(blocking("consent-too-young", "Art 8(1) UK GDPR; s.9 DPA 2018", reason));
            }
        }
        BasisClaim::Contract { which } => {
            need(
                which,
                "contract-unnamed",
                "Art 6(1)(b) UK GDPR",
                "name the contract with the person",
                found,
            );
        }
        BasisClaim::LegalObligation { enactment } => {
            need(
                enactment,
                "obligation-unnamed",
                "Art 6(1)(c), (3) UK GDPR",
                "name the enactment or rule of law",
                found,
            );
        }
        BasisClaim::VitalInterests { whose } => {
            need(whose, "vital-unnamed", "Art 6(1)(d) UK GDPR", "say whose life is protected", found);
        }
        BasisClaim::PublicTask { task, legal_source, own_task } => {
            public_task_claim(*task, legal_source, *own_task, found);
        }
        BasisClaim::RecognisedInterest { condition, request } => {
            recognised_interest_claim(*condition, request.as_ref(), found);
        }
        BasisClaim::LegitimateInterests { interest, assessment } => {
            let named = "name the interest; the notice must state it";
            need(interest, "interest-unnamed", "Art 6(1)(f), Art 13(1)(d) UK GDPR", named, found);
            let balance = "link the legitimate-interests assessment that weighs the person's interests";
            need(assessment, "interest-not-balanced", "Art 6(1)(f) UK GDPR", balance, found);
        }
    }
}

fn public_task_claim(task: Option<Section8>, legal_source: &str, own_task: bool, found: &mut Vec<Violation>) {
    if !own_task {
        found.push(blocking(
            "task-of-another",
            "Art 6(1)(e) UK GDPR as amended by s.70 of the 2025 Act",
            "the task must be the controller's own; to help another body's task use Annex 1 para 1",
        ));
    }
    need(
        legal_source,
        "task-without-law",
        task.map_or("Art 6(3) UK GDPR", Section8::provision),
        "name the enactment, rule of law or function that lays the task down",
        found,
    );
}

fn recognised_interest_claim(
    condition: Annex1,
    request: Option<&RequestStatement>,
    found: &mut Vec<Violation>,
) {
    if condition != Annex1::PublicTaskRequest {
        return;
    }
    let blank = RequestStatement::default();
    for gap in request_statement_gaps(request.unwrap_or(&blank)) {
        found.push(blocking("request-not-stated", condition.provision(), format!("record {gap}")));
    }
}

/// From when Art 9(2) says in terms that the processing must also be based on Art 6(1).
const ART9_NEEDS_ART6_FROM: Date = date(2026, 2, 5);

fn special_data(activity: &Activity, on: Date, found: &mut Vec<Violation>) {
    if activity.special.is_empty() {
        return;
    }
    if activity.art9.is_empty() {
        let reason = "special-category data need a condition of Art 9(2): name one";
        found.push(blocking("special-without-condition", "Art 9(1), (2) UK GDPR", reason));
    }
    if activity.bases.is_empty() && on >= ART9_NEEDS_ART6_FROM {
        let reason = "a condition of Art 9(2) works only together with a basis in Art 6(1)";
        found.push(blocking("special-without-basis", "Art 9(2) UK GDPR", reason));
    }
    for condition in &activity.art9 {
        paired_with_schedule1(activity, *condition, found);
    }
}

fn paired_with_schedule1(activity: &Activity, condition: Art9, found: &mut Vec<Violation>) {
    let needed = schedule1_needed(condition);
    let met = activity.schedule1.iter().any(|c| needed.contains(&c.paragraph.as_str()));
    if !needed.is_empty() && !met {
        found.push(blocking(
            "condition-without-schedule-1",
            format!("{}; s.10(2)-(3) DPA 2018", condition.provision()),
            format!(
                "`{condition}` also needs a condition of Schedule 1: one of paragraphs {}",
                needed.join(", ")
            ),
        ));
    }
}

fn criminal_data(activity: &Activity, found: &mut Vec<Violation>) {
    if !activity.criminal.is_empty() && !activity.official_authority && activity.schedule1.is_empty() {
        found.push(blocking(
            "criminal-without-condition",
            "Art 10(1) UK GDPR; ss.10(5), 11(2) DPA 2018",
            "data about offences, allegations included, need official authority or a condition of Schedule 1 \
             Part 1, 2 or 3",
        ));
    }
}

fn schedule1_claim(claim: &Schedule1Claim, on: Date, found: &mut Vec<Violation>) {
    let Some(condition) = schedule1_condition(&claim.paragraph) else {
        let reason = format!(
            "`{}` is not a condition of Schedule 1: give its paragraph, such as `17`",
            claim.paragraph
        );
        found.push(blocking("schedule-1-unknown", "Sch 1 DPA 2018", reason));
        return;
    };
    for gate in condition.gates {
        if claim.gates.get(gate).is_none_or(|answer| answer.trim().is_empty()) {
            found.push(blocking(
                "gate-unanswered",
                provision_of(condition),
                format!("record {} (`{gate}`)", gate.label()),
            ));
        }
    }
    if condition.gates.contains(&Gate::ConsentReason) && claim.without_consent.is_none() {
        let reason = "say which of the three reasons for acting without consent applies";
        found.push(blocking("consent-reason-missing", provision_of(condition), reason));
    }
    policy_claim(claim, condition, on, found);
}

fn policy_claim(claim: &Schedule1Claim, condition: &Schedule1, on: Date, found: &mut Vec<Violation>) {
    let relieved = claim.disclosure || (claim.preparation && on >= PREPARATION_COUNTS_FROM);
    if !policy_document_needed(condition, relieved) {
        return;
    }
    let blank = Policy::default();
    let policy = claim.policy.as_ref().unwrap_or(&blank);
    for gap in policy_gaps(policy) {
        found.push(blocking(
            "policy-document",
            provision_of(condition),
            format!("the policy document lacks {gap}"),
        ));
    }
    if policy.reviewed.is_some_and(|d| d > on) {
        let reason = "the policy document's review lies in the future: give the last review";
        found.push(blocking("policy-document", "Sch 1 para 40 DPA 2018", reason));
    } else if policy
        .reviewed
        .and_then(|d| d.checked_add(jiff::Span::new().years(1)).ok())
        .is_some_and(|d| d < on)
    {
        // The Act says "from time to time": a year is the product's default, so it warns and does not block.
        let reason = "the policy document was last reviewed more than a year ago";
        found.push(warning("policy-review-old", "Sch 1 para 40(1)(b) DPA 2018", reason));
    }
}

fn provision_of(condition: &Schedule1) -> String {
    format!("Sch 1 para {} DPA 2018", condition.paragraph)
}

/// From when Arts 22A to 22D stand in place of Art 22.
const ART22A_FROM: Date = date(2026, 2, 5);

fn automated_use(activity: &Activity, automated: &AutomatedUse, on: Date, found: &mut Vec<Violation>) {
    if on < ART22A_FROM {
        return;
    }
    if activity.bases.iter().any(|b| b.basis() == LawfulBasis::RecognisedInterest) {
        let reason =
            "a significant decision cannot be taken by machine alone on a recognised legitimate interest";
        found.push(blocking("automated-on-recognised-interest", "Art 22B(4) UK GDPR", reason));
    }
    if automated.special_data && !automated_special_allowed(activity, automated) {
        let reason =
            "with special-category data: explicit consent, or contract or law together with Art 9(2)(g)";
        found.push(blocking("automated-on-special-data", "Art 22B(1)-(3) UK GDPR", reason));
    }
    if !automated.safeguards {
        let reason = "put the four safeguards in place: inform, representations, human intervention, contest";
        found.push(blocking("automated-without-safeguards", "Art 22C UK GDPR", reason));
    }
}

fn automated_special_allowed(activity: &Activity, automated: &AutomatedUse) -> bool {
    automated.explicit_consent
        || (automated.contract_or_law && activity.art9.contains(&Art9::SubstantialPublicInterest))
}

fn blocking(code: &'static str, provision: impl Into<String>, reason: impl Into<String>) -> Violation {
    Violation { code, severity: Severity::Blocking, provision: provision.into(), reason: reason.into() }
}

fn warning(code: &'static str, provision: impl Into<String>, reason: impl Into<String>) -> Violation {
    Violation { code, severity: Severity::Warning, provision: provision.into(), reason: reason.into() }
}
