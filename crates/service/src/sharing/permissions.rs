//! Consents and authorities to act: given, renewed, withdrawn; each with a receipt (promises N7, N13, C6).

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::{CaseId, PermissionId, PersonId};
use counterfoil_domain::sharing::marketing::MarketingChannel;
use counterfoil_domain::sharing::permission::{
    ConsentPurpose, Given, Permission, PermissionKind, Stand, incomplete, stand,
};
use counterfoil_domain::sharing::recipient::{Naming, naming};
use counterfoil_store::sharing::permissions::{
    NewPermission, PermissionEvent, PermissionEventText, PermissionText, StoredPermission,
};
use counterfoil_store::{Record, StoreError, Terms, Tx};
use jiff::civil::Date;

use super::facts::{Facts, permission_of};
use super::{refused, words_of};
use crate::error::{Result, ServiceError};
use crate::rights::Desk;

/// A consent or an authority that a person gives.
#[derive(Debug, Clone, Default)]
pub struct Giving {
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// What a consent is for; `None` for an authority to act.
    pub purpose: Option<ConsentPurpose>,
    /// To whom data may be given: ids of the directory's entries, or names with the reason below.
    pub parties: Vec<String>,
    /// Why a party is none of the directory.
    pub unlisted_why: String,
    /// What may be given; for marketing the channels.
    pub fields: Vec<String>,
    /// How it was given.
    pub given: Option<Given>,
    /// The day.
    pub given_on: Option<Date>,
    /// The last day on which it counts; worked out from the wording when absent, and never later than that.
    pub until: Option<Date>,
    /// The language of the words.
    pub language: String,
    /// Where the evidence is.
    pub evidence: String,
    /// A note.
    pub note: String,
}

/// What the person gets: printable, and the code with which they withdraw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Which permission.
    pub id: PermissionId,
    /// Whose.
    pub person: PersonId,
    /// The organisation.
    pub organisation: String,
    /// `consent` or `authority`.
    pub kind: String,
    /// What a consent is for, by its code.
    pub purpose: String,
    /// The words that were agreed to.
    pub words: String,
    /// Their language.
    pub language: String,
    /// The version of the wording.
    pub version: u32,
    /// To whom, by name.
    pub names: Vec<String>,
    /// What may be given, or the channels.
    pub fields: Vec<String>,
    /// How it was given.
    pub given: String,
    /// The day.
    pub given_on: Date,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// The code with which it is withdrawn.
    pub code: String,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
}

/// One permission with where it stands today and what happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionLine {
    /// The permission.
    pub permission: StoredPermission,
    /// Where it stands.
    pub stand: Stand,
    /// What happened to it, oldest first.
    pub events: Vec<PermissionEvent>,
}

/// Records a consent or an authority, and gives its receipt.
///
/// # Errors
/// [`ServiceError::Unlawful`] with everything that is missing; a refusal of the gate.
pub fn give(desk: &Desk<'_>, person: PersonId, giving: &Giving) -> Result<Receipt> {
    let facts = Facts::of(desk)?;
    let new = prepared(&facts, giving)?;
    let id = desk.store.act(desk.who, Verb::RecordCreate, Purpose::ServiceDelivery, |tx| {
        let terms = detail("permission given", &new);
        let opened = tx.read_person(person, &terms)?;
        let permit = tx.permit(Record::Person, person, &Terms::default())?;
        let text = PermissionText { code: tx.fresh_code(), ..new.text.clone() };
        if giving.purpose == Some(ConsentPurpose::Marketing) {
            tx.lift_marketing_stop(&permit, &opened.profile, &giving.fields)?;
        }
        tx.give_permission(&permit, &NewPermission { text, ..new.clone() })
    })?;
    receipt(desk, person, id)
}

fn detail(what: &str, new: &NewPermission) -> Terms {
    let detail = serde_json::json!({ "sharing": what, "kind": new.kind, "purpose": new.purpose });
    Terms { detail, ..Terms::default() }
}

/// A permission that nothing is missing from, in the words of today.
fn prepared(facts: &Facts, giving: &Giving) -> Result<NewPermission> {
    let (parties, unlisted) = parties(facts, giving)?;
    let words = words_of(giving.purpose, &giving.language)?;
    let given = giving
        .given
        .ok_or_else(|| ServiceError::Invalid("say how it was given: silence is no consent".to_owned()))?;
    let given_on = giving.given_on.unwrap_or(facts.on);
    let longest = words.rule.last_day(given_on);
    let until = match (giving.until, longest) {
        (Some(asked), Some(longest)) => Some(asked.min(longest)),
        (asked, longest) => asked.or(longest),
    };
    let kind = if giving.purpose.is_some() { PermissionKind::Consent } else { PermissionKind::Authority };
    let rule = Permission {
        kind,
        purpose: giving.purpose,
        parties: parties.clone(),
        fields: giving.fields.clone(),
        version: words.rule.version,
        given_on,
        until,
        withdrawn: false,
    };
    let mut gaps = incomplete(&rule, facts.on);
    gaps.extend(strange_fields(facts, giving));
    if !gaps.is_empty() {
        return Err(refused(&gaps));
    }
    let names: Vec<String> = parties.iter().map(|p| facts.name_of(p)).collect();
    let text = PermissionText {
        unlisted_why: if unlisted > 0 { giving.unlisted_why.trim().to_owned() } else { String::new() },
        parties,
        words: words.filled(&facts.organisation, &names, &giving.fields),
        names,
        fields: giving.fields.clone(),
        given: given.code().to_owned(),
        language: if giving.language == "cy" { "cy".to_owned() } else { "en".to_owned() },
        evidence: giving.evidence.clone(),
        note: giving.note.clone(),
        code: String::new(),
    };
    let purpose = giving.purpose.map(ConsentPurpose::code).unwrap_or_default().to_owned();
    Ok(NewPermission {
        case: giving.case,
        kind: kind.code(),
        purpose,
        version: words.rule.version,
        given_on,
        until,
        unlisted,
        text,
    })
}

/// The parties as the directory has them, and how many it does not have.
fn parties(facts: &Facts, giving: &Giving) -> Result<(Vec<String>, i64)> {
    let entries = facts.entries();
    let (mut parties, mut unlisted): (Vec<String>, i64) = (Vec::new(), 0);
    for party in &giving.parties {
        let is_entry = entries.iter().any(|(id, _)| id == party.trim());
        let (entry, name) = if is_entry { (party.as_str(), "") } else { ("", party.as_str()) };
        let named = naming(entry, name, &giving.unlisted_why, &entries);
        let party = match named.map_err(|gap| refused(&[gap]))? {
            Naming::Entry(id) => id,
            Naming::Unlisted { name, .. } => {
                unlisted += 1;
                name
            }
        };
        if !parties.contains(&party) {
            parties.push(party);
        }
    }
    Ok((parties, unlisted))
}

/// Nobody can permit what the register does not declare: it could never be given.
fn strange_fields(facts: &Facts, giving: &Giving) -> Vec<counterfoil_domain::sharing::Missing> {
    use counterfoil_domain::sharing::Missing;
    let gap = |reason: String| Missing { code: "undeclared-field", field: "fields".to_owned(), reason };
    match giving.purpose {
        Some(ConsentPurpose::Marketing) if giving.fields.is_empty() => {
            vec![gap("name the ways by which news may be sent".to_owned())]
        }
        Some(ConsentPurpose::Marketing) => giving
            .fields
            .iter()
            .filter_map(|f| f.parse::<MarketingChannel>().err())
            .map(|e| gap(e.to_string()))
            .collect(),
        _ => counterfoil_domain::sharing::fields::undeclared(&facts.declared, &giving.fields)
            .into_iter()
            .map(|f| gap(format!("`{f}` is not a declared field: choose from the list")))
            .collect(),
    }
}

/// The receipt of a permission, printed again whenever it is asked for.
///
/// # Errors
/// A refusal of the gate; another person's permission is not found.
pub fn receipt(desk: &Desk<'_>, person: PersonId, id: PermissionId) -> Result<Receipt> {
    let organisation = desk.store.controller(desk.controller())?.name;
    let stored = desk.store.act(desk.who, Verb::RecordRead, Purpose::ServiceDelivery, |tx| {
        let permit = tx.permit(Record::Person, person, &Terms::default())?;
        tx.permission(&permit, id)
    })?;
    Ok(receipt_of(organisation, stored))
}

fn receipt_of(organisation: String, stored: StoredPermission) -> Receipt {
    Receipt {
        id: stored.id,
        person: stored.person,
        organisation,
        kind: stored.kind,
        purpose: stored.purpose,
        words: stored.text.words,
        language: stored.text.language,
        version: stored.version,
        names: stored.text.names,
        fields: stored.text.fields,
        given: stored.text.given,
        given_on: stored.given_on,
        until: stored.until,
        code: stored.text.code,
        withdrawn: stored.withdrawn_at.is_some(),
    }
}

/// The consents and authorities of a person, newest first, with where each stands.
///
/// # Errors
/// A refusal of the gate.
pub fn list(desk: &Desk<'_>, person: PersonId) -> Result<Vec<PermissionLine>> {
    let on = desk.today()?;
    let found = desk.store.act(desk.who, Verb::RecordRead, Purpose::ServiceDelivery, |tx| {
        let permit = tx.permit(Record::Person, person, &Terms::default())?;
        let all = tx.permissions_of(&permit)?;
        all.into_iter()
            .map(|p| tx.permission_events(&permit, p.id).map(|events| (p, events)))
            .collect::<std::result::Result<Vec<_>, _>>()
    })?;
    found
        .into_iter()
        .map(|(permission, events)| {
            let stand = stand_of(&permission, on)?;
            Ok(PermissionLine { permission, stand, events })
        })
        .collect()
}

/// Where a stored permission stands on a day.
///
/// # Errors
/// A permission on record that cannot be read.
pub(crate) fn stand_of(stored: &StoredPermission, on: Date) -> Result<Stand> {
    let rule = permission_of(stored)?;
    Ok(stand(&rule, &words_of(rule.purpose, "en")?.rule, on))
}

/// Renews a permission in the words of today: the person has said so again.
///
/// # Errors
/// [`ServiceError::Store`] when it was withdrawn: a new one is asked for; a refusal of the gate.
pub fn renew(
    desk: &Desk<'_>,
    person: PersonId,
    id: PermissionId,
    given: Given,
    note: &str,
) -> Result<Receipt> {
    let facts = Facts::of(desk)?;
    desk.store.act(desk.who, Verb::RecordEdit, Purpose::ServiceDelivery, |tx| {
        let permit = tx.permit(Record::Person, person, &Terms::default())?;
        let stored = tx.permission(&permit, id)?;
        let purpose = stored.purpose.parse().ok();
        let words =
            words_of(purpose, &stored.text.language).map_err(|e| StoreError::Invalid(e.to_string()))?;
        let text = PermissionText {
            words: words.filled(&facts.organisation, &stored.text.names, &stored.text.fields),
            given: given.code().to_owned(),
            ..stored.text
        };
        let until = words.rule.last_day(facts.on);
        let event = PermissionEventText { note: note.to_owned() };
        tx.renew_permission(&permit, id, (words.rule.version, facts.on, until), &text, &event)
    })?;
    receipt(desk, person, id)
}

/// What a withdrawal stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdrawn {
    /// Referrals and disclosures that waited on it.
    pub stopped: u64,
}

/// Withdraws a permission for the person who asks, at any office of the organisation. It takes effect at once:
/// what waits on it stops in the same transaction, and marketing by its channels is stopped.
///
/// # Errors
/// A refusal of the gate; another person's permission is not found; one that was withdrawn already.
pub fn withdraw(desk: &Desk<'_>, person: PersonId, id: PermissionId, note: &str) -> Result<Withdrawn> {
    let on = desk.today()?;
    let act = |tx: &mut Tx<'_>| withdraw_in(tx, person, id, on, note, &withdrawing());
    Ok(desk.store.act(desk.who, Verb::ConsentWithdraw, Purpose::ServiceDelivery, act)?)
}

fn withdrawing() -> Terms {
    Terms { detail: serde_json::json!({ "sharing": "permission withdrawn" }), ..Terms::default() }
}

pub(crate) fn withdraw_in(
    tx: &mut Tx<'_>,
    person: PersonId,
    id: PermissionId,
    on: Date,
    note: &str,
    terms: &Terms,
) -> std::result::Result<Withdrawn, StoreError> {
    let permit = tx.permit(Record::Person, person, terms)?;
    let stored = tx.permission(&permit, id)?;
    let event = PermissionEventText { note: note.to_owned() };
    let stopped = tx.withdraw_permission(&permit, id, on, &event)?;
    if stored.purpose == ConsentPurpose::Marketing.code() {
        let profile = tx.read_person(person, terms)?.profile;
        let channels: Vec<&str> = stored.text.fields.iter().map(String::as_str).collect();
        tx.stop_marketing(&permit, &profile, &channels)?;
    }
    Ok(Withdrawn { stopped })
}

/// What the person sees who types the code of a receipt: that one permission and nothing else.
///
/// # Errors
/// [`StoreError::NotFound`] for a code that there is not.
pub fn by_code(desk: &Desk<'_>, code: &str) -> Result<Receipt> {
    let organisation = desk.store.controller(desk.controller())?.name;
    let stored = desk.store.act(desk.who, Verb::ConsentWithdraw, Purpose::RightsRequest, |tx| {
        let (id, person) = tx.permission_by_code(code)?;
        let permit = tx.permit(Record::Person, person, &Terms::default())?;
        tx.permission(&permit, id)
    })?;
    Ok(receipt_of(organisation, stored))
}

/// Withdraws a permission by the code of its receipt: the person's own act on the public page.
///
/// # Errors
/// As [`by_code`]; one that was withdrawn already.
pub fn withdraw_by_code(desk: &Desk<'_>, code: &str) -> Result<Withdrawn> {
    take_back(desk, code, "")
}

/// As [`withdraw_by_code`], with what else is noted about it.
pub(crate) fn take_back(desk: &Desk<'_>, code: &str, more: &str) -> Result<Withdrawn> {
    let on = desk.today()?;
    let note = ["by the person, with the code of the receipt", more];
    let note = note.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    Ok(desk.store.act(desk.who, Verb::ConsentWithdraw, Purpose::RightsRequest, |tx| {
        let (id, person) = tx.permission_by_code(code)?;
        withdraw_in(tx, person, id, on, &note, &withdrawing())
    })?)
}

impl Facts {
    /// The name of a recipient of the register, or the name that was given.
    pub(super) fn name_of(&self, party: &str) -> String {
        let found = self.register.as_ref().and_then(|r| r.recipient(party));
        found.map_or_else(|| party.to_owned(), |r| r.name.clone())
    }
}
