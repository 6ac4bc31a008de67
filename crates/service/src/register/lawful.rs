//! The register's activities before the law: each is put to `domain::register` as it stands on a day.

use counterfoil_domain::register::activity::{Activity, BasisClaim, Schedule1Claim, Severity, validate};
use counterfoil_domain::register::assessment::{AssessmentKind, Standing, dpia_required, standing};
use counterfoil_domain::register::bases::LawfulBasis;
use counterfoil_domain::register::schedule1::Policy;
use counterfoil_domain::register::transfer::{TransferClaim, transfer_allowed};
use jiff::civil::Date;

use super::load::adequate;
use super::model::{Assessment, BasisEntry, ConditionEntry, Entry, Recipient};
use super::{Fault, Register};

/// What the law of a day has against the register: activities, agreements, assessments and transfers.
pub(super) fn faults(register: &Register, on: Date) -> Vec<Fault> {
    let mut faults = Vec::new();
    for entry in &register.part.activity {
        // An entry of the past is held against the law of its last day, one of the future against its first.
        let from = entry.from.unwrap_or(register.head.from);
        let last = entry.until.and_then(|u| u.yesterday().ok());
        let day = last.map_or(on, |l| l.min(on)).max(from);
        faults.extend(of_activity(register, entry, day, day < on));
    }
    for recipient in &register.part.recipient {
        faults.extend(of_recipient(register, recipient, on));
    }
    for assessment in &register.part.assessment {
        if let Standing::ReviewDue(due) = standing_of(assessment, on) {
            let reason = format!("its review was due on {due}: {} answers for it", assessment.owner);
            faults.push(Fault::warning(
                format!("assessment `{}`", assessment.id),
                assessment.kind.provision(),
                reason,
            ));
        }
    }
    faults
}

fn of_activity(register: &Register, entry: &Entry, on: Date, past: bool) -> Vec<Fault> {
    let place = format!("activity `{}` ({})", entry.id, entry.name);
    let mut activity = as_law_sees_it(register, entry);
    if past {
        // The register holds a policy document's last review only: it had one then too.
        for policy in activity.schedule1.iter_mut().filter_map(|c| c.policy.as_mut()) {
            policy.reviewed = policy.reviewed.map(|d| d.min(on));
        }
    }
    let mut faults: Vec<Fault> = validate(&activity, on)
        .into_iter()
        .map(|v| Fault {
            place: place.clone(),
            provision: v.provision,
            reason: v.reason,
            severity: v.severity,
        })
        .collect();
    if dpia_required(&entry.features) {
        faults.extend(needed(register, &place, entry.dpia.as_deref(), AssessmentKind::Dpia, on));
    }
    for basis in entry.bases.iter().filter(|b| b.basis == LawfulBasis::LegitimateInterests) {
        let kind = AssessmentKind::LegitimateInterests;
        faults.extend(needed(register, &place, Some(&basis.assessment), kind, on));
    }
    faults
}

/// A required assessment that is missing or not complete blocks what needs it.
fn needed(
    register: &Register,
    place: &str,
    id: Option<&str>,
    kind: AssessmentKind,
    on: Date,
) -> Option<Fault> {
    let found = id.and_then(|id| register.assessment(id)).filter(|a| a.kind == kind);
    let reason = match found.map(|a| standing_of(a, on)) {
        None => format!("it needs a completed {}, and has none", kind.label()),
        Some(Standing::Incomplete) => {
            format!("its {} is not complete: finish and sign it, or stop the activity", kind.label())
        }
        Some(_) => return None,
    };
    Some(Fault::blocking(place, kind.provision(), reason))
}

/// Where an assessment stands on a day.
pub(crate) fn standing_of(assessment: &Assessment, on: Date) -> Standing {
    standing(assessment.kind, &assessment.answered(), assessment.completed, assessment.review, on)
}

fn of_recipient(register: &Register, recipient: &Recipient, on: Date) -> Vec<Fault> {
    let place = format!("recipient `{}` ({})", recipient.id, recipient.name);
    let mut faults = Vec::new();
    if let Some(agreement) = recipient.agreement.as_deref().and_then(|id| register.agreement(id)) {
        let before = agreement.needs_assessment.as_deref();
        if let Some(id) = before {
            faults.extend(needed(register, &place, Some(id), AssessmentKind::Dpia, on));
        }
        if agreement.from > on || agreement.until.is_some_and(|u| u < on) {
            let reason =
                format!("the agreement `{}` is not in force: send nothing under it", agreement.reference);
            faults.push(Fault::warning(place.clone(), "Arts 26, 28(3) UK GDPR", reason));
        } else if agreement.review <= on {
            let reason = format!("the agreement `{}` is due for review", agreement.reference);
            faults.push(Fault::warning(place.clone(), "Art 24(1) UK GDPR", reason));
        }
    }
    faults.extend(transfer_of(register, recipient, on, &place));
    faults
}

fn transfer_of(register: &Register, recipient: &Recipient, on: Date, place: &str) -> Option<Fault> {
    if recipient.country == "GB" {
        return None;
    }
    let Some(transfer) = &recipient.transfer else {
        let reason = format!("it is in `{}`: say on what the transfer rests", recipient.country);
        return Some(Fault::blocking(place, "Art 44A UK GDPR", reason));
    };
    let assessed =
        transfer.assessment.as_deref().and_then(|id| register.assessment(id)).is_some_and(|a| {
            a.kind == AssessmentKind::Transfer && standing_of(a, on) != Standing::Incomplete
        });
    let claim = TransferClaim {
        country: &recipient.country,
        mechanism: transfer.mechanism,
        within: &transfer.within,
        assessed,
    };
    let refused = transfer_allowed(&claim, &adequate(), on).err()?;
    Some(Fault::blocking(place, "Art 44A UK GDPR", refused.to_string()))
}

/// An entry in the terms of the law.
#[must_use]
pub(crate) fn as_law_sees_it(register: &Register, entry: &Entry) -> Activity {
    let kinds = || entry.data.iter().filter_map(|id| register.data(id));
    let mut special: Vec<_> = kinds().flat_map(|d| d.special.iter().copied()).collect();
    special.sort_unstable();
    special.dedup();
    let mut criminal: Vec<_> = kinds().flat_map(|d| d.criminal.iter().copied()).collect();
    criminal.sort_unstable();
    criminal.dedup();
    let retention = entry.retention.first().and_then(|id| register.retention(id));
    Activity {
        name: entry.name.clone(),
        purposes: entry
            .purposes
            .iter()
            .filter_map(|id| register.purpose(id))
            .map(|p| p.name.clone())
            .collect(),
        controller: register.kind_of_controller(entry),
        performing_its_tasks: entry.own_tasks,
        bases: entry.bases.iter().map(claim).collect(),
        special,
        art9: entry.art9.clone(),
        criminal,
        official_authority: entry.official_authority,
        schedule1: entry.schedule1.iter().map(|c| condition(register, c)).collect(),
        retention: retention.map(|r| r.rule.clone()).unwrap_or_default(),
        automated: entry.automated.as_ref().and_then(super::model::AutomatedEntry::in_law),
    }
}

fn claim(entry: &BasisEntry) -> BasisClaim {
    let says = entry.says.clone();
    match entry.basis {
        LawfulBasis::Consent => BasisClaim::Consent {
            record: says,
            withdrawal: entry.withdrawal.clone(),
            youngest_online: entry.youngest_online,
        },
        LawfulBasis::Contract => BasisClaim::Contract { which: says },
        LawfulBasis::LegalObligation => BasisClaim::LegalObligation { enactment: says },
        LawfulBasis::VitalInterests => BasisClaim::VitalInterests { whose: says },
        LawfulBasis::PublicTask => {
            BasisClaim::PublicTask { task: entry.task, legal_source: says, own_task: true }
        }
        // Without a condition the loosest one is claimed, whose statement is then missing: it is refused.
        LawfulBasis::RecognisedInterest => BasisClaim::RecognisedInterest {
            condition: entry.annex1.unwrap_or(counterfoil_domain::register::bases::Annex1::PublicTaskRequest),
            request: None,
        },
        LawfulBasis::LegitimateInterests => {
            BasisClaim::LegitimateInterests { interest: says, assessment: entry.assessment.clone() }
        }
    }
}

fn condition(register: &Register, entry: &ConditionEntry) -> Schedule1Claim {
    let policy = entry.policy.as_deref().and_then(|id| register.policy(id)).map(|p| Policy {
        reference: p.id.clone(),
        explains_principles: p.explains_principles,
        explains_retention: p.explains_retention,
        reviewed: Some(p.reviewed),
    });
    Schedule1Claim {
        paragraph: entry.paragraph.clone(),
        gates: entry.answers(),
        without_consent: entry.without_consent,
        policy,
        disclosure: false,
        preparation: false,
    }
}

impl Fault {
    /// A fault that keeps the register from being used.
    pub(crate) fn blocking(
        place: impl Into<String>,
        provision: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        Self {
            place: place.into(),
            provision: provision.into(),
            reason: reason.into(),
            severity: Severity::Blocking,
        }
    }

    /// Something that the officer should know.
    pub(crate) fn warning(
        place: impl Into<String>,
        provision: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Warning, ..Self::blocking(place, provision, reason) }
    }
}
