//! Carrying out a withdrawal of consent (Art 7(3) UK GDPR, promise C6): the person's permissions are taken back, and
//! what waits on them stops. At once where it is certain which is meant: by the code of its receipt in the request, or
//! because the person has given only one. Otherwise the officer chooses with the person's words before them.

use counterfoil_domain::access::Verb;
use counterfoil_domain::ids::{PermissionId, PersonId};
use counterfoil_domain::rights::Right;
use counterfoil_domain::sharing::permission::{ConsentPurpose, PermissionKind, Stand};
use counterfoil_store::rights::requests::Request;
use counterfoil_store::{Record, StoreError, Terms, Tx};
use jiff::civil::Date;

use super::super::{Desk, Purpose};
use super::{asked_for, carried_out, decision, opened, person_of, unanswered};
use crate::error::{Result, ServiceError};
use crate::sharing::permissions;

/// The most codes that are looked at in one request: whoever writes more is guessing.
const MOST_CODES: usize = 5;
/// Characters of a receipt's code, without its hyphens.
const CODE: usize = 12;

/// A permission of the person that counts, or that this request took back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Which.
    pub id: PermissionId,
    /// What it is for, in words.
    pub purpose: &'static str,
    /// To whom, by name.
    pub names: Vec<String>,
    /// The day on which it was given.
    pub given_on: Date,
    /// Whether it was taken back.
    pub withdrawn: bool,
}

/// What the note of a withdrawal says, so that the request it came by is known.
fn note(reference: &str) -> String {
    format!("asked in request {reference}")
}

/// The codes of receipts that a text holds: twelve letters and figures, mostly in fours.
fn codes(text: &str) -> Vec<String> {
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
    let plain = |w: &str| w.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let words = text.split(word).map(plain);
    words.filter(|w| w.len() == CODE && w.bytes().any(|b| b.is_ascii_digit())).take(MOST_CODES).collect()
}

/// Takes back every permission whose receipt's code stands in a request of the public form; gives how many. One that
/// was taken back already, and a code that there is not, change nothing.
///
/// # Errors
/// What the store answers.
pub(crate) fn by_codes(desk: &Desk<'_>, request: &Request) -> Result<usize> {
    if request.right != Right::WithdrawConsent.code() {
        return Ok(0);
    }
    let mut taken = 0;
    for code in codes(&format!("{}\n{}", request.text.known_by, request.text.wording)) {
        match permissions::take_back(desk, &code, &note(&request.reference)) {
            Ok(_) => taken += 1,
            Err(ServiceError::Store(StoreError::NotFound(_) | StoreError::Invalid(_))) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(taken)
}

/// Once the person is known: when they have given a single consent, it is the one that is meant, and ends at once.
///
/// # Errors
/// A refusal of the gate, or altered content.
pub(crate) fn when_known(desk: &Desk<'_>, reference: &str) -> Result<()> {
    let request = opened(desk, reference)?;
    if request.right != Right::WithdrawConsent.code() {
        return Ok(());
    }
    let consents = of_person(desk, &request, person_of(&request)?)?;
    let live: Vec<_> = consents.iter().filter(|c| !c.withdrawn).collect();
    match live.as_slice() {
        [only] if consents.len() == 1 => withdraw(desk, reference, only.id),
        _ => Ok(()),
    }
}

/// Takes one permission back, as the request asks. Of a request that was granted, this carries it out.
///
/// # Errors
/// [`ServiceError::NotReady`] when nobody is identified or it was answered; [`StoreError::NotFound`] for a permission
/// of somebody else; one that was taken back already; a refusal of the gate.
pub fn withdraw(desk: &Desk<'_>, reference: &str, id: PermissionId) -> Result<()> {
    let request = unanswered(desk, reference)?;
    if request.right != Right::WithdrawConsent.code() {
        return Err(ServiceError::Invalid("this request takes back no consent".to_owned()));
    }
    let person = person_of(&request)?;
    let (on, said) = (desk.today()?, note(reference));
    let terms = asked_for(&request, serde_json::json!({ "sharing": "permission withdrawn" }));
    desk.store.act(desk.who, Verb::ConsentWithdraw, Purpose::RightsRequest, |tx| {
        permissions::withdraw_in(tx, person, id, on, &said, &terms)
    })?;
    match decision(desk, reference)? {
        Some(d) if d.state != "refused" => carried_out(desk, reference, "the consent was taken back"),
        _ => Ok(()),
    }
}

/// Whether this request took back a permission of its person.
pub(super) fn taken_back(desk: &Desk<'_>, request: &Request) -> Result<bool> {
    Ok(of_person(desk, request, person_of(request)?)?.iter().any(|c| c.withdrawn))
}

/// The person's permissions that count today, and those that this request took back.
pub(super) fn of_person(desk: &Desk<'_>, request: &Request, person: PersonId) -> Result<Vec<Consent>> {
    let (on, said) = (desk.today()?, note(&request.reference));
    let terms = asked_for(request, serde_json::Value::Null);
    let all = desk
        .store
        .act(desk.who, Verb::RecordRead, Purpose::RightsRequest, |tx| read(tx, person, &terms, &said))?;
    let mut consents = Vec::new();
    for (permission, by_this) in all {
        let stand = permissions::stand_of(&permission, on)?;
        if by_this || !matches!(stand, Stand::Withdrawn | Stand::Expired(_)) {
            let authority = permission.kind == PermissionKind::Authority.code();
            let purpose = permission.purpose.parse().map_or("consent", ConsentPurpose::label);
            consents.push(Consent {
                id: permission.id,
                purpose: if authority { PermissionKind::Authority.label() } else { purpose },
                names: permission.text.names,
                given_on: permission.given_on,
                withdrawn: by_this,
            });
        }
    }
    Ok(consents)
}

type Read = Vec<(counterfoil_store::sharing::permissions::StoredPermission, bool)>;

/// Each permission, with whether this request took it back.
fn read(
    tx: &mut Tx<'_>,
    person: PersonId,
    terms: &Terms,
    said: &str,
) -> std::result::Result<Read, StoreError> {
    let permit = tx.permit(Record::Person, person, terms)?;
    let mut all = Vec::new();
    for permission in tx.permissions_of(&permit)? {
        let events = tx.permission_events(&permit, permission.id)?;
        let by_this = events.iter().any(|e| e.kind == "withdrawn" && e.text.note.contains(said));
        all.push((permission, by_this));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::codes;

    #[test]
    fn codes_of_receipts_are_found_in_a_persons_words() {
        for (text, found) in [
            ("My code is 7K2M-99XW-0B4T.", &["7K2M99XW0B4T"][..]),
            ("7k2m99xw0b4t", &["7k2m99xw0b4t"]),
            ("I take back what I agreed to in newspapers and congratulate", &[]),
            ("07700 900123, 12 Mill Lane", &[]),
            ("A1AA-A1AA-A1AA B2BB-B2BB-B2BB", &["A1AAA1AAA1AA", "B2BBB2BBB2BB"]),
        ] {
            assert_eq!(codes(text), found, "{text}");
        }
        assert_eq!(codes(&"A1AA-A1AA-A1AA ".repeat(9)).len(), 5);
    }
}
