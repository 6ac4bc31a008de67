//! Marketing: only with consent, never after a stop; and the bulk mailing, which carries name and e-mail address
//! and nothing else (promise C31).

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::PersonId;
use counterfoil_domain::sharing::fields::bulk_fields;
use counterfoil_domain::sharing::marketing::{MarketingChannel, may_market as rule};
use counterfoil_domain::sharing::permission::{ConsentPurpose, Permission};
use counterfoil_domain::sharing::recipient::recipient_gaps;
use counterfoil_domain::sharing::{Ground, Missing};
use counterfoil_store::sharing::permissions::PermissionEventText;
use counterfoil_store::{Permit, Record, StoreError, Terms, Tx};
use jiff::civil::Date;

use super::facts::{Facts, permission_of};
use super::{refused, words_of};
use crate::error::{Result, ServiceError};
use crate::rights::Desk;

type Stored<T> = std::result::Result<T, StoreError>;

/// Whether a person may be reached with news by a channel today: the inner error says why not.
///
/// # Errors
/// A refusal of the gate.
pub fn may_market(
    desk: &Desk<'_>,
    person: PersonId,
    channel: MarketingChannel,
) -> Result<std::result::Result<(), Missing>> {
    let on = desk.today()?;
    Ok(desk.store.act(desk.who, Verb::RecordRead, Purpose::ServiceDelivery, |tx| {
        let opened = tx.read_person(person, &Terms::default())?;
        let permit = tx.permit(Record::Person, person, &Terms::default())?;
        allowed(tx, &permit, &opened.profile, channel, on)
    })?)
}

fn allowed(
    tx: &mut Tx<'_>,
    permit: &Permit,
    profile: &counterfoil_store::casebook::people::Profile,
    channel: MarketingChannel,
    on: Date,
) -> Stored<std::result::Result<(), Missing>> {
    let mut stops: Vec<MarketingChannel> =
        tx.marketing_stops(permit, profile)?.iter().filter_map(|c| c.parse().ok()).collect();
    // A stop that was asked for as a right is kept by address alone, and outlives the record (Art 21(3)).
    for contact in crate::rights::other::marketing::of_profile(profile) {
        for channel in MarketingChannel::ALL {
            if tx.suppressed(&contact, channel.code())? {
                stops.push(*channel);
            }
        }
    }
    let unreadable = |e: ServiceError| StoreError::Invalid(e.to_string());
    let consents: Vec<Permission> = tx
        .permissions_of(permit)?
        .iter()
        .filter(|p| p.purpose == ConsentPurpose::Marketing.code())
        .map(permission_of)
        .collect::<Result<_>>()
        .map_err(unreadable)?;
    let wording = words_of(Some(ConsentPurpose::Marketing), "en").map_err(unreadable)?.rule;
    Ok(rule(&consents, &wording, &stops, channel, on))
}

/// Stops marketing to a person by every channel, and withdraws what they consented to (Art 21(2), (3) UK GDPR).
///
/// # Errors
/// A refusal of the gate.
pub fn stop(desk: &Desk<'_>, person: PersonId) -> Result<()> {
    let on = desk.today()?;
    Ok(desk.store.act(desk.who, Verb::ConsentWithdraw, Purpose::ServiceDelivery, |tx| {
        stop_in(tx, person, on, "the person stopped marketing")
    })?)
}

/// As [`stop`], by the code of any of the person's receipts: the person's own act on the public page.
///
/// # Errors
/// [`StoreError::NotFound`] for a code that there is not.
pub fn stop_by_code(desk: &Desk<'_>, code: &str) -> Result<()> {
    let on = desk.today()?;
    Ok(desk.store.act(desk.who, Verb::ConsentWithdraw, Purpose::RightsRequest, |tx| {
        let (_, person) = tx.permission_by_code(code)?;
        stop_in(tx, person, on, "by the person, with the code of a receipt")
    })?)
}

fn stop_in(tx: &mut Tx<'_>, person: PersonId, on: Date, note: &str) -> Stored<()> {
    let detail = serde_json::json!({ "sharing": "marketing stopped" });
    let opened = tx.read_person(person, &Terms { detail, ..Terms::default() })?;
    let permit = tx.permit(Record::Person, person, &Terms::default())?;
    let channels: Vec<&str> = MarketingChannel::ALL.iter().map(|c| c.code()).collect();
    tx.stop_marketing(&permit, &opened.profile, &channels)?;
    let open = tx.permissions_of(&permit)?.into_iter();
    let marketing =
        open.filter(|p| p.purpose == ConsentPurpose::Marketing.code() && p.withdrawn_at.is_none());
    for consent in marketing.collect::<Vec<_>>() {
        let event = PermissionEventText { note: note.to_owned() };
        tx.withdraw_permission(&permit, consent.id, on, &event)?;
    }
    Ok(())
}

/// A bulk mailing's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailing {
    /// `name,email`, one row for each person.
    pub csv: String,
    /// How many people are in it.
    pub people: usize,
    /// How many consented once and are left out: stopped, withdrawn or run out.
    pub left_out: usize,
}

/// The list for a bulk mailing by e-mail: name and e-mail address of the own office's people who consent to it
/// today and have not stopped it. Each person's record says that they were in it.
///
/// # Errors
/// [`ServiceError::Unlawful`] when other fields are asked for, or the recipient may not be sent anything (no
/// agreement, no mechanism for its country); a refusal of the gate.
pub fn mailing(desk: &Desk<'_>, recipient: &str, fields: &[&str]) -> Result<Mailing> {
    bulk_fields(fields).map_err(|gap| refused(&[gap]))?;
    let facts = Facts::of(desk)?;
    let to = facts.registered(recipient).ok_or_else(|| {
        ServiceError::Invalid("the mailing's recipient is not on the register: register it first".to_owned())
    })?;
    let gaps = recipient_gaps(&to, Ground::Agreement, facts.promise, &facts.adequate, facts.on);
    if !gaps.is_empty() {
        return Err(refused(&gaps));
    }
    let (rows, left_out) = desk.store.act(desk.who, Verb::RecordExport, Purpose::ServiceDelivery, |tx| {
        let (mut rows, mut left_out) = (Vec::new(), 0);
        for person in tx.people_with_consent(ConsentPurpose::Marketing.code())? {
            if !tx.may(person)? {
                continue;
            }
            match line(tx, person, facts.on)? {
                Some(row) => rows.push(row),
                None => left_out += 1,
            }
        }
        Ok((rows, left_out))
    })?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |e: csv::Error| ServiceError::Invalid(format!("the list could not be written: {e}"));
    writer.write_record(["name", "email"]).map_err(failed)?;
    for (name, email) in &rows {
        writer.write_record([name, email]).map_err(failed)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|e| ServiceError::Invalid(format!("the list could not be written: {e}")))?;
    let csv = String::from_utf8_lossy(&bytes).into_owned();
    Ok(Mailing { csv, people: rows.len(), left_out })
}

/// Name and e-mail address of a person who may be mailed; their record says that they were.
fn line(tx: &mut Tx<'_>, person: PersonId, on: Date) -> Stored<Option<(String, String)>> {
    let detail = serde_json::json!({ "sharing": "bulk mailing" });
    let opened = tx.read_person(person, &Terms { detail, ..Terms::default() })?;
    let permit = tx.permit(Record::Person, person, &Terms::default())?;
    let allowed = allowed(tx, &permit, &opened.profile, MarketingChannel::Email, on)?;
    let email = opened.profile.emails.first().cloned();
    let name = format!("{} {}", opened.profile.forenames, opened.profile.surname).trim().to_owned();
    Ok(email.filter(|_| allowed.is_ok()).map(|email| (name, email)))
}
