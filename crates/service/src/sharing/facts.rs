//! What the rules are held against: the register in force, the organisation's promise, the fields.

use std::collections::BTreeMap;

use counterfoil_domain::place::Division;
use counterfoil_domain::questions::Response;
use counterfoil_domain::register::transfer::Adequate;
use counterfoil_domain::sharing::fields::Declared;
use counterfoil_domain::sharing::permission::{ConsentPurpose, Permission, PermissionKind};
use counterfoil_domain::sharing::recipient::{AgreementState, Recipient, RecipientKind, TransferState};
use counterfoil_domain::sharing::special::area_of;
use counterfoil_domain::sharing::{Ground, Missing, Promise, ground_rule};
use counterfoil_store::sharing::disclosures::DisclosureText;
use counterfoil_store::sharing::permissions::StoredPermission;
use jiff::civil::Date;

use crate::error::{Result, ServiceError};
use crate::register::assessments;
use crate::register::keep;
use crate::register::model::{Entry, RecipientRole, TransferEntry};
use crate::register::{Register, adequate_countries};
use crate::rights::Desk;

/// The record forms whose fields may be given: their ids begin with this.
const DISCLOSURE_FORMS: &str = "disclosure";

/// What the rules are held against, on one day.
pub(super) struct Facts {
    pub(super) register: Option<Register>,
    pub(super) organisation: String,
    pub(super) promise: Promise,
    pub(super) division: Division,
    pub(super) adequate: Vec<Adequate>,
    pub(super) declared: Vec<Declared>,
    pub(super) on: Date,
}

impl Facts {
    pub(super) fn of(desk: &Desk<'_>) -> Result<Self> {
        let organisation = desk.store.controller(desk.controller())?;
        let register = keep::current(desk.store, desk.controller())?;
        let promise = if organisation.kind == "council" { Promise::C17 } else { Promise::N19 };
        let division = organisation.division.parse().map_err(|_| {
            ServiceError::Invalid(format!("`{}` is no division: correct the settings", organisation.division))
        })?;
        let declared = register.as_ref().map(declared).unwrap_or_default();
        Ok(Self {
            register,
            organisation: organisation.name,
            promise,
            division,
            adequate: adequate_countries(),
            declared,
            on: desk.today()?,
        })
    }

    /// The recipient as the register has it, or as the proposal describes it.
    pub(super) fn recipient(&self, text: &DisclosureText) -> Result<Recipient> {
        if text.recipient.is_empty() {
            return stranger(text);
        }
        self.registered(&text.recipient).ok_or_else(|| {
            ServiceError::Invalid("this recipient is not on the register: choose another".to_owned())
        })
    }

    /// The directory's entries: ids with names.
    pub(super) fn entries(&self) -> Vec<(String, String)> {
        self.register.as_ref().map(entries_of).unwrap_or_default()
    }

    /// The recipient with this id of the register.
    pub(super) fn registered(&self, id: &str) -> Option<Recipient> {
        let register = self.register.as_ref()?;
        let found = register.recipient(id)?;
        Some(Recipient {
            id: found.id.clone(),
            name: found.name.clone(),
            kind: kind_of(found.role),
            country: found.country.clone(),
            agreement: found.agreement.as_deref().and_then(|a| self.agreement(register, a)),
            transfer: found.transfer.as_ref().map(|t| self.transfer(register, t)),
            may_get: Some(self.may_get(register, id, &found.only)),
            only_fields: found.only_fields.clone(),
        })
    }

    /// The activities under which an issue is worked on: those whose id names its area (`ADV-HOUSING` for
    /// `housing.disrepair`), or all of them where none does.
    pub(super) fn activities_for<'r>(register: &'r Register, on: Date, issue: &str) -> Vec<&'r Entry> {
        let all: Vec<&Entry> = register.activities(on).collect();
        let word = area_of(issue).map(|a| a.code().to_uppercase());
        let own: Vec<&Entry> = all
            .iter()
            .copied()
            .filter(|a| word.as_deref().is_some_and(|w| a.id.to_uppercase().split('-').any(|part| part == w)))
            .collect();
        if own.is_empty() { all } else { own }
    }

    fn agreement(&self, register: &Register, id: &str) -> Option<AgreementState> {
        let agreement = register.agreement(id)?;
        let in_force = agreement.from <= self.on && agreement.until.is_none_or(|u| self.on <= u);
        let assessed =
            agreement.needs_assessment.as_deref().map(|a| assessments::is_complete(register, a, self.on));
        Some(AgreementState { reference: agreement.reference.clone(), in_force, assessed })
    }

    fn transfer(&self, register: &Register, entry: &TransferEntry) -> TransferState {
        let assessed =
            entry.assessment.as_deref().is_some_and(|a| assessments::is_complete(register, a, self.on));
        TransferState {
            mechanism: entry.mechanism,
            within: entry.within.clone(),
            assessed,
            advice: entry.advice,
        }
    }

    /// The kinds of data of the activities that name the recipient, less what the recipient is limited to.
    fn may_get(&self, register: &Register, id: &str, only: &[String]) -> Vec<String> {
        let mut kinds: Vec<String> = register
            .activities(self.on)
            .filter(|a| a.recipients.iter().any(|r| r == id))
            .flat_map(|a| a.data.iter().cloned())
            .filter(|kind| only.is_empty() || only.contains(kind))
            .collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}

/// The entries of a register's directory: ids with names.
pub(crate) fn entries_of(register: &Register) -> Vec<(String, String)> {
    register.part.recipient.iter().map(|r| (r.id.clone(), r.name.clone())).collect()
}

/// The fields that may be given, as the register's forms declare them.
pub(super) fn declared(register: &Register) -> Vec<Declared> {
    fields_of(register, |form| form.starts_with(DISCLOSURE_FORMS))
}

/// The fields of the forms that `wanted` chooses by their ids.
pub(super) fn fields_of(register: &Register, wanted: impl Fn(&str) -> bool) -> Vec<Declared> {
    let special =
        |kind: &str| register.data(kind).is_some_and(|d| !d.special.is_empty() || !d.criminal.is_empty());
    let mut found: Vec<Declared> = Vec::new();
    for field in register.part.form.iter().filter(|f| wanted(&f.id)).flat_map(|f| &f.field) {
        if found.iter().all(|d| d.name != field.name) {
            found.push(Declared {
                name: field.name.clone(),
                data: field.data.clone(),
                need: field.need.clone(),
                special: special(&field.data),
            });
        }
    }
    found
}

const fn kind_of(role: RecipientRole) -> RecipientKind {
    match role {
        RecipientRole::Processor => RecipientKind::Processor,
        RecipientRole::Controller => RecipientKind::Controller,
        RecipientRole::JointController => RecipientKind::JointController,
        RecipientRole::Representative => RecipientKind::Representative,
        RecipientRole::Authority => RecipientKind::Authority,
    }
}

/// A recipient that the register does not have, as the proposal describes it.
fn stranger(text: &DisclosureText) -> Result<Recipient> {
    if text.country.trim().is_empty() {
        return Err(ServiceError::Invalid(
            "say in which country this recipient is, such as GB: it is not on the register".to_owned(),
        ));
    }
    let kind = if text.kind.is_empty() {
        RecipientKind::Authority
    } else {
        text.kind
            .parse()
            .map_err(|e: counterfoil_domain::vocabulary::UnknownWord| ServiceError::Invalid(e.to_string()))?
    };
    let transfer = text.mechanism.parse().ok().map(|mechanism| TransferState {
        mechanism,
        within: text.within.clone(),
        assessed: text.assessed,
        advice: text.advice,
    });
    Ok(Recipient {
        id: String::new(),
        name: text.recipient_name.clone(),
        kind,
        country: text.country.trim().to_uppercase(),
        agreement: None,
        transfer,
        may_get: None,
        only_fields: Vec::new(),
    })
}

/// A stored permission as the rules see it.
pub(super) fn permission_of(stored: &StoredPermission) -> Result<Permission> {
    let unreadable = || {
        ServiceError::Invalid(
            "a permission on record cannot be read: information governance looks at it".to_owned(),
        )
    };
    let kind: PermissionKind = stored.kind.parse().map_err(|_| unreadable())?;
    let purpose: Option<ConsentPurpose> = match kind {
        PermissionKind::Authority => None,
        PermissionKind::Consent => Some(stored.purpose.parse().map_err(|_| unreadable())?),
    };
    Ok(Permission {
        kind,
        purpose,
        parties: stored.text.parties.clone(),
        fields: stored.text.fields.clone(),
        version: stored.version,
        given_on: stored.given_on,
        until: stored.until,
        withdrawn: stored.withdrawn_at.is_some(),
    })
}

/// The answers to a ground's questions as they were typed, and what cannot be read of them.
pub(super) fn answers(
    ground: Ground,
    typed: &BTreeMap<String, String>,
) -> (BTreeMap<String, Response>, Vec<Missing>) {
    let fields = ground_rule(ground).map_or(&[][..], |r| r.evidence);
    let (mut read, mut gaps) = (BTreeMap::new(), Vec::new());
    for (key, text) in typed.iter().filter(|(_, text)| !text.trim().is_empty()) {
        match fields.iter().find(|f| f.key == key) {
            // One that the ground does not ask for is refused by the rules.
            None => {
                read.insert(key.clone(), Response::Text(text.clone()));
            }
            Some(field) => match Response::read(field, text) {
                Ok(response) => {
                    read.insert(key.clone(), response);
                }
                Err(gap) => gaps.push(Missing { code: gap.code, field: key.clone(), reason: gap.reason }),
            },
        }
    }
    (read, gaps)
}
