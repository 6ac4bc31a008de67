//! Search before create: who may be meant, here in full, elsewhere only that a record exists and where.

use std::collections::BTreeMap;

use counterfoil_domain::access::{Identity, Purpose, Verb};
use counterfoil_domain::casebook::identity::{self, IdentityKind};
use counterfoil_domain::casebook::quality::{self, Alike};
use counterfoil_domain::ids::{OfficeId, PersonId};
use counterfoil_store::casebook::search::Term;
use counterfoil_store::{StoreError, Terms, Tx};
use jiff::civil::Date;

use crate::error::{Result, ServiceError};
use crate::rights::Desk;

/// The most records that a search shows.
const MOST: u32 = 25;

/// What is known of somebody who may be in the casebook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// Names, in any order.
    pub name: String,
    /// Date of birth.
    pub born: Option<Date>,
    /// E-mail address.
    pub email: String,
    /// Telephone number.
    pub phone: String,
    /// National Insurance number.
    pub nino: String,
    /// Any other number by which the person is known.
    pub reference: String,
    /// The follow-up code that the client holds.
    pub code: String,
}

/// Somebody of the own office, or one whose record is open to the worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Who.
    pub person: PersonId,
    /// The name; empty for a person without one.
    pub name: String,
    /// Date of birth.
    pub born: Option<Date>,
    /// The present postcode.
    pub postcode: String,
    /// How the person is known.
    pub identity: Identity,
    /// The office that holds the record.
    pub office: OfficeId,
    /// How much alike.
    pub alike: Alike,
}

/// That another office knows somebody; nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// Which record, for an appointment or to ask for access.
    pub person: PersonId,
    /// Which office.
    pub office: OfficeId,
    /// How much alike.
    pub alike: Alike,
    /// Whether the client's own code found it.
    pub by_code: bool,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// People whom the worker may list, the likeliest first.
    pub here: Vec<Known>,
    /// Records at other offices.
    pub elsewhere: Vec<Elsewhere>,
}

/// Looks somebody up by all that is given.
///
/// A record of another office is looked for by exact keys alone (e-mail, telephone, number, name with date of
/// birth), and only that it exists is told, by the network's rules (access rules 12 and 38). The follow-up code of a
/// person without a name finds their record from any office: only the client holds it.
///
/// # Errors
/// [`ServiceError::Invalid`] when nothing is given, or a value is none of its kind; a refusal of the gate.
pub fn look_up(desk: &Desk<'_>, sought: &Sought) -> Result<Found> {
    let (here, unseen) = both(desk, Purpose::ServiceDelivery, sought)?;
    let mut elsewhere = Vec::new();
    for (person, hit) in unseen {
        elsewhere.extend(locate(desk, person, &hit)?);
    }
    Ok(Found { here, elsewhere })
}

/// The people whom the worker may list for a purpose, the likeliest first; of anybody else nothing is told.
///
/// # Errors
/// As [`look_up`].
pub(crate) fn listed(desk: &Desk<'_>, purpose: Purpose, sought: &Sought) -> Result<Vec<Known>> {
    both(desk, purpose, sought).map(|(here, _)| here)
}

/// The people who may be listed, and those found by an exact key who may not.
type Both = (Vec<Known>, Vec<(PersonId, Hit)>);

fn both(desk: &Desk<'_>, purpose: Purpose, sought: &Sought) -> Result<Both> {
    let keys = keys(sought)?;
    let words = words(&sought.name);
    if keys.is_empty() && words.is_empty() {
        return Err(ServiceError::Invalid(
            "give a name, or something by which the person is known: three letters or more".to_owned(),
        ));
    }
    Ok(desk.store.act(desk.who, Verb::RecordList, purpose, |tx| {
        let candidates = candidates(tx, &keys, &words)?;
        tx.ask_about(&candidates.keys().copied().collect::<Vec<_>>())?;
        let mut here = Vec::new();
        let mut unseen = Vec::new();
        for (person, hit) in candidates {
            match known(tx, person, &hit, sought)? {
                Seen::Listed(line) => here.extend(line),
                Seen::Hidden if hit.exact => unseen.push((person, hit)),
                Seen::Hidden => {}
            }
        }
        here.sort_by(|a, b| (a.alike, &a.name).cmp(&(b.alike, &b.name)));
        Ok((here, unseen))
    })?)
}

/// How a candidate was found.
#[derive(Debug, Clone, Copy, Default)]
struct Hit {
    identity: bool,
    name_born: bool,
    name: bool,
    code: bool,
    /// By an exact key, which other offices may be asked after.
    exact: bool,
}

type Keys = Vec<(IdentityKind, String)>;

fn keys(sought: &Sought) -> Result<Keys> {
    let mut keys = Vec::new();
    for (kind, value) in [
        (IdentityKind::Email, &sought.email),
        (IdentityKind::Phone, &sought.phone),
        (IdentityKind::Nino, &sought.nino),
        (IdentityKind::Reference, &sought.reference),
        (IdentityKind::FollowUp, &sought.code),
    ] {
        if !value.trim().is_empty() {
            let normal = identity::normalise(kind, value).ok_or_else(|| {
                ServiceError::Invalid(format!("this is not a {}: check it and search again", kind.as_str()))
            })?;
            keys.push((kind, normal));
        }
    }
    let mut names = sought.name.split_whitespace();
    let (first, last) = (names.next().unwrap_or_default(), names.next_back().unwrap_or_default());
    keys.extend(quality::name_born(first, last, sought.born).map(|key| (IdentityKind::NameBorn, key)));
    Ok(keys)
}

fn words(name: &str) -> Vec<String> {
    name.split_whitespace().filter(|w| w.chars().count() >= 3).map(str::to_owned).collect()
}

type StoreResult<T> = std::result::Result<T, StoreError>;

fn candidates(tx: &mut Tx<'_>, keys: &Keys, words: &[String]) -> StoreResult<BTreeMap<PersonId, Hit>> {
    let mut found: BTreeMap<PersonId, Hit> = BTreeMap::new();
    for (kind, value) in keys {
        for person in tx.persons_by_identity(*kind, value)? {
            let hit = found.entry(person).or_default();
            hit.exact = true;
            match kind {
                IdentityKind::NameBorn => hit.name_born = true,
                IdentityKind::FollowUp => (hit.identity, hit.code) = (true, true),
                _ => hit.identity = true,
            }
        }
    }
    for person in tx.find_people(&spellings(words), MOST)? {
        found.entry(person).or_default().name = true;
    }
    Ok(found)
}

/// As written, by the beginnings, and by the sound.
fn spellings(words: &[String]) -> Vec<Vec<Term>> {
    if words.is_empty() {
        return Vec::new();
    }
    let of = |term: fn(String) -> Term| words.iter().cloned().map(term).collect();
    let plain = |w: &String| w.is_ascii() && !w.bytes().any(|b| b.is_ascii_digit());
    let mut all = vec![of(Term::Prefix)];
    if words.iter().all(plain) {
        all.push(of(Term::Sound));
    }
    all
}

enum Seen {
    /// The line, unless what is known speaks against it.
    Listed(Option<Known>),
    Hidden,
}

fn known(tx: &mut Tx<'_>, person: PersonId, hit: &Hit, sought: &Sought) -> StoreResult<Seen> {
    let Some(line) = tx.line_of(person, &Terms::default())? else { return Ok(Seen::Hidden) };
    let born_agrees = match (sought.born, line.profile.born) {
        (Some(a), Some(b)) => Some(a == b),
        _ => None,
    };
    let alike = quality::alike(hit.identity, born_agrees, hit.name || hit.name_born);
    let postcode = line.profile.addresses.first().map(|a| a.postcode.clone()).unwrap_or_default();
    Ok(Seen::Listed(alike.map(|alike| Known {
        person,
        name: line.profile.shown_name(),
        born: line.profile.born,
        postcode,
        identity: line.identity,
        office: line.office,
        alike,
    })))
}

/// Stage one: that a record exists, and where.
fn locate(desk: &Desk<'_>, person: PersonId, hit: &Hit) -> Result<Option<Elsewhere>> {
    let alike = if hit.identity { Alike::Same } else { Alike::Likely };
    if hit.code {
        let office = desk.store.act(desk.who, Verb::RecordLocate, Purpose::ServiceDelivery, |tx| {
            tx.office_of_code_holder(person)
        })?;
        return Ok(Some(Elsewhere { person, office, alike, by_code: true }));
    }
    let located = desk.store.act(desk.who, Verb::RecordLocate, Purpose::ServiceDelivery, |tx| {
        match tx.permit(counterfoil_store::Record::Person, person, &Terms::default()) {
            Ok(permit) => Ok(Some(permit.office())),
            Err(StoreError::Refused { .. }) => Ok(None),
            Err(e) => Err(e),
        }
    })?;
    Ok(located.map(|office| Elsewhere { person, office, alike, by_code: false }))
}
