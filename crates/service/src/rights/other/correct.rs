//! Correcting a record (Art 16 UK GDPR), and the person's own statement where it is not corrected (promise C11).

use counterfoil_domain::access::Verb;
use counterfoil_store::casebook::people::Profile;
use counterfoil_store::rights::other::people::NewHeld;
use counterfoil_store::rights::other::texts::StatementText;
use counterfoil_store::{Record, StoreError};

use super::super::Desk;
use super::{asked_for, carried_out, decision, granted, opened, person_of, said};
use crate::casebook::people::{self, Taken};
use crate::error::{Result, ServiceError};

/// What of the person's record can be corrected, by its spelling.
pub const FIELDS: &[&str] =
    &["forenames", "surname", "born", "email", "phone", "address", "language", "contact-rules"];

/// One thing that is put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Which field: one of [`FIELDS`].
    pub field: String,
    /// The value that is wrong, where a field holds several; empty for the first.
    pub wrong: String,
    /// The right value; a date as `1979-03-14`; an address as lines separated by commas, the postcode last.
    pub right: String,
}

/// Corrects the person's record. The old value stays in the log, sealed under the person's key.
///
/// # Errors
/// [`ServiceError::NotReady`] when no correction was granted; [`ServiceError::Invalid`] for a field or value that
/// cannot be taken; a refusal of the gate.
pub fn correct(desk: &Desk<'_>, reference: &str, correction: &Correction) -> Result<()> {
    let (request, decision) = granted(desk, reference)?;
    let person = person_of(&request)?;
    let read = desk.store.act(desk.who, Verb::RecordRead, super::Purpose::RightsRequest, |tx| {
        tx.read_person(person, &asked_for(&request, serde_json::Value::Null))
    })?;
    let mut profile = read.profile.clone();
    let old = put_right(&mut profile, correction)?;
    if profile == read.profile {
        return Err(ServiceError::Invalid("the record says this already: nothing was changed".to_owned()));
    }
    // What is put right comes from the person: they asked for it, with evidence.
    let profile = people::sourced(desk, &read.profile, profile, &Taken::from(people::THEMSELVES))?;
    let terms = asked_for(
        &request,
        serde_json::json!({
            "corrected": correction.field, "old": old, "new": correction.right,
            "evidence": decision.text.evidence,
        }),
    );
    desk.store.act(desk.who, Verb::RecordEdit, super::Purpose::RightsRequest, |tx| {
        tx.change_person(person, read.version, &profile, &terms)
    })?;
    carried_out(desk, reference, &format!("corrected: {}", correction.field))
}

/// Puts the value in its place; gives the one that was there.
fn put_right(profile: &mut Profile, correction: &Correction) -> Result<String> {
    let new = correction.right.trim().to_owned();
    if new.is_empty() {
        return Err(ServiceError::Invalid("give the right value".to_owned()));
    }
    let wrong = correction.wrong.trim();
    Ok(match correction.field.as_str() {
        "forenames" => std::mem::replace(&mut profile.forenames, new),
        "surname" => std::mem::replace(&mut profile.surname, new),
        "language" => std::mem::replace(&mut profile.language, new),
        "contact-rules" => std::mem::replace(&mut profile.contact_rules, new),
        "born" => {
            let born = new.parse().map_err(|_| {
                ServiceError::Invalid(format!("`{new}` is not a date: write it as 1979-03-14"))
            })?;
            profile.born.replace(born).map(|d| d.to_string()).unwrap_or_default()
        }
        "email" => in_list(&mut profile.emails, wrong, new)?,
        "phone" => in_list(&mut profile.phones, wrong, new)?,
        "address" => address(profile, &new)?,
        other => {
            let known = FIELDS.join(", ");
            return Err(ServiceError::Invalid(format!("`{other}` is not a field: use one of {known}")));
        }
    })
}

fn in_list(list: &mut Vec<String>, wrong: &str, new: String) -> Result<String> {
    let place = if wrong.is_empty() { list.first_mut() } else { list.iter_mut().find(|v| *v == wrong) };
    match place {
        Some(value) => Ok(std::mem::replace(value, new)),
        None if wrong.is_empty() => {
            list.push(new);
            Ok(String::new())
        }
        None => Err(ServiceError::Invalid(format!("the record does not hold `{wrong}`"))),
    }
}

fn address(profile: &mut Profile, new: &str) -> Result<String> {
    let mut lines: Vec<String> =
        new.split([',', '\n']).map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect();
    let postcode = lines.pop().filter(|_| !lines.is_empty()).ok_or_else(|| {
        ServiceError::Invalid("give the address as lines with commas, the postcode last".to_owned())
    })?;
    let old = profile.addresses.first().map(|a| format!("{}, {}", a.lines.join(", "), a.postcode));
    let new = counterfoil_store::casebook::people::Address { lines, postcode, ..Default::default() };
    match profile.addresses.first_mut() {
        Some(first) => *first = new,
        None => profile.addresses.push(new),
    }
    Ok(old.unwrap_or_default())
}

/// Attaches the person's own words to their record (`person`) or to a case, note or document of theirs by its
/// identifier. They are shown wherever the record is shown, and given in answer to an access request.
///
/// # Errors
/// [`ServiceError::Invalid`] for a record that is not theirs or words that are none; a refusal of the gate.
pub fn attach_statement(desk: &Desk<'_>, reference: &str, about: &str, words: &str) -> Result<()> {
    let request = opened(desk, reference)?;
    let person = person_of(&request)?;
    let text = StatementText { text: said(words, "give the person's own words")? };
    let about = if about.trim().is_empty() { "person" } else { about.trim() };
    let record = record_of(about)?;
    let today = desk.today()?;
    let terms = asked_for(&request, serde_json::json!({ "statement": about }));
    desk.store
        .act(desk.who, Verb::RecordEdit, super::Purpose::RightsRequest, |tx| {
            let permit = tx.permit(record, person, &terms)?;
            let new = NewHeld { request: Some(request.id), about, state: "shown", since: today };
            tx.attach_statement(&permit, &new, &text)
        })
        .map_err(|e| match e {
            StoreError::NotFound(_) => {
                ServiceError::Invalid(format!("`{about}` is no record of this person"))
            }
            other => other.into(),
        })?;
    let refused = decision(desk, reference)?.is_some_and(|d| d.state == "refused");
    if refused { Ok(()) } else { carried_out(desk, reference, "the person's statement is attached") }
}

fn record_of(about: &str) -> Result<Record> {
    if about == "person" {
        return Ok(Record::Person);
    }
    let case = about.parse().map(|id| Record::Case(Some(id)));
    let note = || about.parse().map(|id| Record::Note(Some(id)));
    let document = || about.parse().map(|id| Record::Document(Some(id)));
    case.or_else(|_| note()).or_else(|_| document()).map_err(|_| {
        ServiceError::Invalid(format!(
            "`{about}` is not a record: give `person`, or the identifier of a case, note or document"
        ))
    })
}
