//! A request that a person makes on the public site, without an account and without anyone's help.

use counterfoil_domain::access::Verb;
use counterfoil_domain::ids::{OfficeId, RequestId};
use counterfoil_domain::place::Division;
use counterfoil_domain::rights::Right;
use counterfoil_store::Terms;
use counterfoil_store::rights::requests::{NewRequest, RequestText};
use sha2::{Digest, Sha256};

use super::receive::{Received, Reception};
use super::{Desk, answer};
use crate::error::{Result, ServiceError};

/// The fewest characters of a form's token: what is shorter could be guessed.
const TOKEN: usize = 32;

/// A request as the public form sends it.
#[derive(Debug, Clone)]
pub struct PublicRequest {
    /// What is unguessable and the same each time that the same form is sent.
    pub token: String,
    /// The right.
    pub right: Right,
    /// Who, what, how; the office and the channel are filled in here.
    pub text: RequestText,
}

/// Logs a request of the public form, as the system itself: it is received today, by the organisation's
/// first office that adheres. The same form sent twice with the same words is one request; with other words, another.
///
/// # Errors
/// [`ServiceError::Invalid`] when no one is named or the form has no token; [`ServiceError::NotReady`]
/// when the organisation has no office; a refusal of the gate.
pub fn ask(desk: &Desk<'_>, asked: &PublicRequest) -> Result<Received> {
    if asked.text.requester.trim().is_empty() {
        return Err(ServiceError::Invalid("say who asks: a name, or how they call themselves".to_owned()));
    }
    if asked.token.len() < TOKEN {
        return Err(ServiceError::Invalid("the form has no token: open it again".to_owned()));
    }
    let today = desk.today()?;
    let (office, division) = front_office(desk)?;
    let text =
        RequestText { office: office.to_string(), channel: "web-form".to_owned(), ..asked.text.clone() };
    let reception = Reception { office, right: asked.right, division, received_on: today, text };
    // A clock that cannot be computed must be known before the request is taken in.
    let due = answer::due_of_new(desk, &reception, today)?;
    let new = NewRequest {
        office,
        right: asked.right.code().to_owned(),
        regime: "uk-gdpr".to_owned(),
        division: division.code().to_owned(),
        received_on: today,
        text: reception.text.clone(),
    };
    let id = id_of(asked);
    let request = desk.store.act(desk.who, Verb::RequestReceive, super::Purpose::RightsRequest, |tx| {
        tx.receive_request_once(id, &new, &Terms::default())
    })?;
    // Sent again after midnight, it was still received on the first day.
    let first = Reception { received_on: request.received_on, ..reception };
    let due = if first.received_on == today { due } else { answer::due_of_new(desk, &first, today)? };
    Ok(Received { reference: request.reference, due })
}

fn front_office(desk: &Desk<'_>) -> Result<(OfficeId, Division)> {
    let offices = desk.store.offices(desk.controller())?;
    let now = desk.store.now();
    let office = offices.iter().find(|office| office.adherent_until > now).ok_or_else(|| {
        ServiceError::NotReady("the organisation has no office that could receive a request".to_owned())
    })?;
    let controller = desk.store.controller(desk.controller())?;
    let division = controller.division.parse().map_err(|_| {
        ServiceError::NotReady(format!("`{}` is not a division: correct the settings", controller.division))
    })?;
    Ok((office.id, division))
}

/// INVARIANT: the same token with the same words gives the same request, and no two forms share one:
/// every part is hashed with its length before it.
fn id_of(asked: &PublicRequest) -> RequestId {
    let text = &asked.text;
    let parts = [
        asked.token.as_str(),
        asked.right.code(),
        &text.requester,
        &text.subject,
        &text.capacity,
        &text.reply_to,
        &text.wording,
        &text.scope,
        &text.format,
        &text.language,
        &text.known_by,
        &text.adjustments,
    ];
    let mut hash = Sha256::new_with_prefix(b"counterfoil public request\0");
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    let whole: [u8; 32] = hash.finalize().into();
    let (id, _) = whole.split_at(16);
    RequestId::from_bytes(id.try_into().unwrap_or_default())
}
