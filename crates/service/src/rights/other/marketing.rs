//! Stopping marketing (Art 21(2)-(3) UK GDPR, promise C32): every channel at once, for the person of the record and
//! for people of whom nothing is recorded.

use counterfoil_domain::access::Verb;
use counterfoil_domain::casebook::identity::{self, IdentityKind};
use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::rights::Right;
use counterfoil_domain::rights::deciding::Outcome;
use counterfoil_domain::rights::marketing::{Channel, address_key, address_key_of_text};
use counterfoil_store::casebook::people::Profile;
use counterfoil_store::rights::other::suppression::Contact;
use counterfoil_store::{Store, Terms};

use super::super::Desk;
use super::decide::{Decision, decide};
use super::{asked_for, carried_out, unanswered};
use crate::error::{Result, ServiceError};

/// Stops all marketing to everything by which the person can be reached: what the record holds, where the answer
/// is to go, and what is given in `further` (an e-mail address, a telephone number, or an address with commas and
/// the postcode last). Nothing is to be decided: the right is absolute. Gives how many contacts are stopped.
///
/// # Errors
/// [`ServiceError::Invalid`] when nothing is known by which the person could be marketed to; a refusal of the gate.
pub fn stop(desk: &Desk<'_>, reference: &str, further: &[String]) -> Result<usize> {
    let request = unanswered(desk, reference)?;
    if request.right.parse() != Ok(Right::MarketingObjection) {
        return Err(ServiceError::Invalid("this request does not ask for marketing to stop".to_owned()));
    }
    let mut contacts: Vec<Contact> = Vec::new();
    if let Some(person) = request.person {
        let terms = asked_for(&request, serde_json::Value::Null);
        let read = desk.store.act(desk.who, Verb::RecordRead, super::Purpose::RightsRequest, |tx| {
            tx.read_person(person, &terms)
        })?;
        contacts.extend(of_profile(&read.profile));
    }
    let given = further.iter().map(String::as_str).filter(|t| !t.trim().is_empty());
    for text in given {
        contacts.push(contact(text).ok_or_else(|| {
            ServiceError::Invalid(
                "one of the contacts is neither an e-mail address, nor a telephone number, nor an address with a \
                 postcode"
                    .to_owned(),
            )
        })?);
    }
    contacts.extend(contact(&request.text.reply_to));
    contacts.sort();
    contacts.dedup();
    if contacts.is_empty() {
        return Err(ServiceError::Invalid(
            "nothing is known by which this person could be marketed to: give an address or number"
                .to_owned(),
        ));
    }
    let today = desk.today()?;
    desk.on_request(Verb::RequestDecide, reference, &Terms::default(), |tx, request| {
        contacts.iter().try_for_each(|c| tx.suppress(request, c, Channel::All.code(), today).map(|_| ()))
    })?;
    let decision = Decision {
        outcome: Outcome::Granted,
        reasons: "The right to object to direct marketing is absolute: every channel has stopped.".to_owned(),
        evidence: String::new(),
        exemption: String::new(),
        answers: std::collections::BTreeMap::new(),
    };
    decide(desk, reference, &decision)?;
    carried_out(desk, reference, &format!("marketing stopped for {} contacts", contacts.len()))?;
    Ok(contacts.len())
}

/// Whether marketing by this channel to this address or number has been stopped: to be asked before anything is
/// sent. A text that is no contact may not be written to either.
///
/// # Errors
/// What the database answers.
pub fn is_stopped(store: &Store, controller: ControllerId, to: &str, channel: Channel) -> Result<bool> {
    let Some(contact) = contact(to) else { return Ok(true) };
    Ok(store.suppressed(controller, &contact, channel.code())?)
}

pub(crate) fn of_profile(profile: &Profile) -> Vec<Contact> {
    let emails = profile.emails.iter().filter_map(|v| email(v));
    let phones = profile.phones.iter().filter_map(|v| phone(v));
    let post = profile
        .addresses
        .iter()
        .filter_map(|a| address_key(a.lines.first()?, &a.postcode))
        .map(|value| Contact { kind: "post".to_owned(), value });
    emails.chain(phones).chain(post).collect()
}

fn email(value: &str) -> Option<Contact> {
    identity::normalise(IdentityKind::Email, value).map(|value| Contact { kind: "email".to_owned(), value })
}

fn phone(value: &str) -> Option<Contact> {
    identity::normalise(IdentityKind::Phone, value).map(|value| Contact { kind: "phone".to_owned(), value })
}

/// A contact of whichever kind the text is.
fn contact(text: &str) -> Option<Contact> {
    let post = || address_key_of_text(text).map(|value| Contact { kind: "post".to_owned(), value });
    if text.contains('@') {
        return email(text);
    }
    if text.chars().any(char::is_alphabetic) { post() } else { phone(text) }
}
