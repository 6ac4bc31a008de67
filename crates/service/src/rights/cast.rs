//! The cast of a request: the requester as the casebook knows them, and whoever an officer has named.

use counterfoil_finding::cast::{Cast, Person, Role};
use counterfoil_store::casebook::people::Profile;
use serde::{Deserialize, Serialize};

use super::choice::Choice;
use crate::error::{Result, ServiceError};

/// Someone in the cast.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CastMember {
    /// `representative`, `third-party`, `professional`, `staff` or `organisation`.
    pub role: String,
    /// Forenames, separated by spaces.
    pub forenames: String,
    /// The surname, or the name of an organisation.
    pub surname: String,
    /// Other whole names.
    pub aliases: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Telephone numbers.
    pub phones: Vec<String>,
    /// Other identifiers.
    pub identifiers: Vec<String>,
}

impl CastMember {
    fn person(&self) -> Result<Person> {
        let role = match self.role.as_str() {
            "requester" => Role::Requester,
            "representative" => Role::Representative,
            "third-party" => Role::ThirdParty,
            "professional" => Role::Professional,
            "staff" => Role::Staff,
            "organisation" => Role::Organisation,
            other => {
                return Err(ServiceError::Invalid(format!(
                    "`{other}` is not a role in a request: use representative, third-party, professional, staff or \
                     organisation"
                )));
            }
        };
        Ok(Person {
            role,
            title: None,
            forenames: self.forenames.split_whitespace().map(str::to_owned).collect(),
            surname: self.surname.clone(),
            aliases: self.aliases.clone(),
            identifiers: self.identifiers.clone(),
            emails: self.emails.clone(),
            phones: self.phones.clone(),
            addresses: Vec::new(),
        })
    }
}

/// The requester, from the casebook.
pub(crate) fn requester(profile: &Profile) -> Person {
    Person {
        role: Role::Requester,
        title: None,
        forenames: profile.forenames.split_whitespace().map(str::to_owned).collect(),
        surname: profile.surname.clone(),
        aliases: profile.also_known_as.clone(),
        identifiers: profile.identifiers.iter().map(|i| i.value.clone()).collect(),
        emails: profile.emails.clone(),
        phones: profile.phones.clone(),
        addresses: profile.addresses.iter().filter_map(|a| a.lines.first().cloned()).collect(),
    }
}

/// The cast: the requester first, then the people of the decisions in order. The last decision about
/// the same person counts.
pub(crate) fn cast(profile: &Profile, choices: &[Choice]) -> Result<(Cast, Vec<Option<Choice>>)> {
    let mut people = vec![requester(profile)];
    let mut decided: Vec<Option<Choice>> = vec![None];
    for choice in choices {
        let Choice::Person { member, .. } = choice else { continue };
        let person = member.person()?;
        match people.iter().position(|p| *p == person || p.name() == person.name()) {
            Some(at) if at > 0 => {
                if let Some(slot) = decided.get_mut(at) {
                    *slot = Some(choice.clone());
                }
            }
            _ => {
                people.push(person);
                decided.push(Some(choice.clone()));
            }
        }
    }
    let cast = Cast::new(people).map_err(|e| ServiceError::Invalid(e.to_string()))?;
    Ok((cast, decided))
}
