//! A request that a person makes on the public site, without an account and without anyone's help.

use counterfoil_domain::access::Verb;
use counterfoil_domain::ids::{OfficeId, RequestId};
use counterfoil_domain::place::Division;
use counterfoil_domain::rights::Right;
use counterfoil_store::Terms;
use counterfoil_store::rights::requests::{EventText, NewRequest, RequestText};
use sha2::{Digest, Sha256};

use super::receive::{Received, Reception};
use super::{Desk, answer};
use crate::error::{Result, ServiceError};
use crate::follow;

/// The fewest characters of a form's token: what is shorter could be guessed.
const TOKEN: usize = 32;

/// A request as the public form sends it.
#[derive(Debug, Clone)]
pub struct PublicRequest {
    /// What is unguessable and the same each time that the same form is sent.
    pub token: String,
    /// The right.
    pub right: Right,
    /// Who, what, how. The office may be the one that the person chose; the channel is filled in here.
    pub text: RequestText,
}

/// Logs a request of the public form, as the system itself: it is received today, by the office that the person
/// chose or else by the organisation's first that adheres. The same form sent twice with the same words is one
/// request; with other words, another. A consent whose receipt's code it gives is taken back at once. Its asker gets a key and a code ([`crate::follow::of_form`]).
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
    let (office, division) = front_office(desk, &asked.text.office)?;
    let text =
        RequestText { office: office.to_string(), channel: "web-form".to_owned(), ..asked.text.clone() };
    let reception = Reception { office, right: asked.right, division, received_on: today, text };
    // A clock that cannot be computed must be known before the request is taken in.
    let due = answer::due_of_new(desk, &reception, today)?;
    let new = NewRequest {
        office,
        right: asked.right.code().to_owned(),
        regime: super::other::older::regime_code(&asked.text.heading),
        division: division.code().to_owned(),
        received_on: today,
        text: reception.text.clone(),
    };
    let (id, secrets) = (id_of(asked), follow::of_form(asked));
    let until = desk.store.now() + follow::ACCESS;
    let request = desk.store.act(desk.who, Verb::RequestReceive, super::Purpose::RightsRequest, |tx| {
        let request = tx.receive_request_once(id, &new, &Terms::default())?;
        // Sent again, it must not undo a key that was given out since.
        if !tx.has_access(id)? {
            tx.give_access(id, &secrets.key, &secrets.code, until)?;
        }
        Ok(request)
    })?;
    if super::other::consent::by_codes(desk, &request)? > 0 {
        let note = EventText {
            note: "the consent of the receipt was taken back".to_owned(),
            ..EventText::default()
        };
        desk.store.act(desk.who, Verb::RequestReceive, super::Purpose::RightsRequest, |tx| {
            let request = tx.receive_request_once(id, &new, &Terms::default())?;
            tx.add_event(&request, "carried-out", today, &note)
        })?;
    }
    // Sent again after midnight, it was still received on the first day.
    let first = Reception { received_on: request.received_on, ..reception };
    let due = if first.received_on == today { due } else { answer::due_of_new(desk, &first, today)? };
    Ok(Received { reference: request.reference, due })
}

/// The offices that a person may choose, by name, with their identifiers as text: those of a network. A council's
/// departments are no choice that a person should have to make.
///
/// # Errors
/// What the store answers.
pub fn offices(desk: &Desk<'_>) -> Result<Vec<(String, String)>> {
    if desk.store.controller(desk.controller())?.kind == "council" {
        return Ok(Vec::new());
    }
    let now = desk.store.now();
    let offices = desk.store.offices(desk.controller())?.into_iter();
    let open = offices.filter(|office| office.adherent_until > now);
    Ok(open.map(|office| (office.id.to_string(), office.name)).collect())
}

/// The office that was chosen, if it takes requests, else the first that does; and whose bank holidays count.
pub(crate) fn front_office(desk: &Desk<'_>, chosen: &str) -> Result<(OfficeId, Division)> {
    let now = desk.store.now();
    let mut offices = desk.store.offices(desk.controller())?;
    offices.retain(|office| office.adherent_until > now);
    let office = offices
        .iter()
        .find(|office| office.id.to_string() == chosen)
        .or_else(|| offices.first())
        .ok_or_else(|| {
            ServiceError::NotReady("the organisation has no office that could receive a request".to_owned())
        })?;
    let controller = desk.store.controller(desk.controller())?;
    let division = office.division.parse().or_else(|_| controller.division.parse()).map_err(|_| {
        ServiceError::NotReady(format!("`{}` is not a division: correct the settings", controller.division))
    })?;
    Ok((office.id, division))
}

/// INVARIANT: the same token with the same words gives the same request, and no two forms share one:
/// every part is hashed with its length before it.
pub(crate) fn id_of(asked: &PublicRequest) -> RequestId {
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
        &text.office,
        &text.heading,
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
