//! Logging a request on someone's behalf, and passing one to the office that can answer it: the clock is one.

use counterfoil_domain::access::Verb;
use counterfoil_domain::ids::{OfficeId, RequestId};
use counterfoil_store::rights::requests::{EventText, NewRequest, RequestText};
use counterfoil_store::{StoreError, Terms};
use sha2::{Digest, Sha256};

use super::receive::{Received, Reception, checked};
use super::{Desk, Purpose, answer};
use crate::error::{Result, ServiceError};

/// How a request can come, besides the form on the site.
pub const CHANNELS: &[&str] =
    &["telephone", "counter", "letter", "email", "social-media", "other-organisation"];

/// Logs a request that came by another way than the site, as [`super::receive`]; the same form sent twice makes
/// one request. Whoever meets the public may.
///
/// # Errors
/// As [`super::receive`]; [`ServiceError::Invalid`] for an unknown channel.
pub fn log(desk: &Desk<'_>, token: &str, reception: &Reception) -> Result<Received> {
    if !CHANNELS.contains(&reception.text.channel.as_str()) {
        return Err(ServiceError::Invalid(format!("say how it came: one of {}", CHANNELS.join(", "))));
    }
    let (due, new) = prepared(desk, reception)?;
    let id = id_of(token, &new);
    let request = desk.store.act(desk.who, Verb::RequestReceive, Purpose::RightsRequest, |tx| {
        tx.receive_request_once(id, &new, &Terms::default())
    })?;
    Ok(Received { reference: request.reference, due })
}

/// The request as it is kept, and its due date: a clock that cannot be computed must be known before the request
/// is taken in.
pub(crate) fn prepared(
    desk: &Desk<'_>,
    reception: &Reception,
) -> Result<(Option<jiff::civil::Date>, NewRequest)> {
    let today = desk.today()?;
    checked(reception, today)?;
    let due = answer::due_of_new(desk, reception, today)?;
    let new = NewRequest {
        office: reception.office,
        right: reception.right.code().to_owned(),
        regime: "uk-gdpr".to_owned(),
        division: reception.division.code().to_owned(),
        received_on: reception.received_on,
        text: RequestText { office: reception.office.to_string(), ..reception.text.clone() },
    };
    Ok((due, new))
}

fn id_of(token: &str, new: &NewRequest) -> RequestId {
    let text = &new.text;
    let received = new.received_on.to_string();
    let mut hash = Sha256::new_with_prefix(b"counterfoil logged request\0");
    for part in [token, &new.right, &received, &text.requester, &text.subject, &text.wording, &text.reply_to]
    {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    let whole: [u8; 32] = hash.finalize().into();
    let (id, _) = whole.split_at(16);
    RequestId::from_bytes(id.try_into().unwrap_or_default())
}

/// Passes a request to another office of the organisation: its reference, its clock and its history stay, and the
/// passing becomes a part of the history. A request can be used against each controller of a joint arrangement
/// (Art 26(3) UK GDPR), so that its month runs from the first receipt by any of them.
///
/// # Errors
/// [`ServiceError::Invalid`] for the office that has it already, one that does not take requests, or without a
/// reason; a refusal of the gate.
pub fn pass(desk: &Desk<'_>, reference: &str, to: OfficeId, why: &str) -> Result<String> {
    let why = why.trim();
    if why.chars().count() < 5 || why.chars().count() > 500 {
        return Err(ServiceError::Invalid("say why it is passed on, in a few words".to_owned()));
    }
    let (now, today) = (desk.store.now(), desk.today()?);
    let offices = desk.store.offices(desk.controller())?;
    let office = offices.iter().find(|office| office.id == to && office.adherent_until > now);
    let name = office.map(|office| office.name.clone()).ok_or_else(|| {
        ServiceError::Invalid("this office does not take requests: choose another".to_owned())
    })?;
    desk.on_request(Verb::RequestReview, reference, &Terms::default(), |tx, request| {
        if request.text.office == to.to_string() {
            return Err(StoreError::Invalid("this office has the request already".to_owned()));
        }
        if matches!(request.state.as_str(), "released" | "closed") {
            return Err(StoreError::Invalid("this request was answered or closed already".to_owned()));
        }
        let from = offices.iter().find(|office| office.id.to_string() == request.text.office);
        let from = from.map_or("?", |office| office.name.as_str());
        tx.pass_request(request, to)?;
        let note = EventText { note: format!("{from} → {name}: {why}"), ..EventText::default() };
        tx.add_event(request, "passed", today, &note).map(|_| ())
    })?;
    Ok(name)
}
