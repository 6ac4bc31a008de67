//! Who of the casebook a request may be about: looked up by what the requester said of themselves, for the officer to
//! choose from.

use counterfoil_domain::access::Verb;
use counterfoil_domain::casebook::identity::{self, IdentityKind};
use counterfoil_store::Terms;

use super::{Desk, Purpose, RequestText};
use crate::casebook::look_up::{Known, Sought, listed};
use crate::error::Result;

/// What a request itself says of its person: the name, and each thing by which they say that they are known. Of
/// somebody who acts for another, the address is not the person's.
#[must_use]
pub fn sought_of(text: &RequestText) -> Sought {
    let own = text.subject.trim().is_empty();
    let name = if own { &text.requester } else { &text.subject };
    let parts: Vec<&str> = text.known_by.split([',', ';', '\n']).map(str::trim).collect();
    let first = |kind| {
        let fits = |part: &&&str| identity::normalise(kind, part).is_some();
        parts.iter().find(fits).map_or(String::new(), |part| (*part).to_owned())
    };
    let reply = identity::normalise(IdentityKind::Email, &text.reply_to).filter(|_| own).unwrap_or_default();
    let said = first(IdentityKind::Email);
    Sought {
        name: name.trim().to_owned(),
        email: if said.is_empty() { reply } else { said },
        phone: first(IdentityKind::Phone),
        nino: first(IdentityKind::Nino),
        ..Sought::default()
    }
}

/// The people of the casebook whom a request may be about, the likeliest first: by what is given, or else by what the
/// request itself says. Nobody is linked by it.
///
/// # Errors
/// [`crate::ServiceError::Invalid`] when a value is none of its kind; a refusal of the gate.
pub fn candidates(desk: &Desk<'_>, reference: &str, sought: Option<&Sought>) -> Result<(Sought, Vec<Known>)> {
    let text = desk.on_request(Verb::RequestReview, reference, &Terms::default(), |_, request| {
        Ok(request.text.clone())
    })?;
    let sought = sought.cloned().unwrap_or_else(|| sought_of(&text));
    let found = listed(desk, Purpose::RightsRequest, &sought)?;
    Ok((sought, found))
}
