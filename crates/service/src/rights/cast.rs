//! The cast of a request: the requester as the casebook knows them, the people whom the documents mention, and
//! whoever an officer has named; who is the same as whom; and what was decided about each.

use counterfoil_finding::cast::{Cast, Person, Role};
use counterfoil_store::casebook::people::Profile;
use serde::{Deserialize, Serialize};

use super::choice::Choice;
use crate::error::{Result, ServiceError};

/// The requester's key.
pub const REQUESTER: &str = "r";

/// Someone in the cast.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CastMember {
    /// `representative`, `third-party`, `professional`, `staff` or `organisation`.
    pub role: String,
    /// Such as `Mrs`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
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

/// The roles that somebody but the requester can have.
pub const ROLES: [&str; 5] = ["third-party", "professional", "staff", "representative", "organisation"];

fn role_of(role: &str) -> Result<Role> {
    Ok(match role {
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
    })
}

impl CastMember {
    /// From a whole name as it is written: the last word is the surname, unless it is an organisation's.
    #[must_use]
    pub fn named(name: &str, role: &str) -> Self {
        let mut words: Vec<&str> = name.split_whitespace().collect();
        let title = words.first().filter(|w| words.len() > 1 && is_title(w)).map(|w| (*w).to_owned());
        if title.is_some() {
            words.remove(0);
        }
        let surname =
            if role == "organisation" { words.join(" ") } else { words.pop().unwrap_or("").to_owned() };
        let forenames = if role == "organisation" { String::new() } else { words.join(" ") };
        let title = title.unwrap_or_default();
        Self { role: role.to_owned(), title, forenames, surname, ..Self::default() }
    }

    /// Adds another name, address or number, each where it belongs.
    pub fn also(&mut self, form: &str) {
        let form = form.trim().to_owned();
        let list = match kind_of(&form) {
            Form::Email => &mut self.emails,
            Form::Number => &mut self.phones,
            Form::Name => &mut self.aliases,
        };
        if !form.is_empty() && !list.contains(&form) {
            list.push(form);
        }
    }

    /// The whole names and addresses by which somebody is the same person, in small letters.
    pub(crate) fn known_as(&self) -> Vec<String> {
        let whole = format!("{} {}", self.forenames, self.surname);
        let all =
            std::iter::once(whole.trim()).chain(self.aliases.iter().chain(&self.emails).map(String::as_str));
        all.map(str::to_lowercase).filter(|form| !form.is_empty()).collect()
    }

    pub(crate) fn person(&self) -> Result<Person> {
        Ok(Person {
            role: role_of(&self.role)?,
            title: (!self.title.is_empty()).then(|| self.title.clone()),
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

enum Form {
    Email,
    Number,
    Name,
}

fn kind_of(form: &str) -> Form {
    let digits = form.chars().filter(char::is_ascii_digit).count();
    match form {
        f if f.contains('@') => Form::Email,
        f if digits >= 6 && !f.contains(char::is_alphabetic) => Form::Number,
        _ => Form::Name,
    }
}

pub(crate) fn is_title(word: &str) -> bool {
    let word = word.trim_end_matches('.').to_lowercase();
    ["mr", "mrs", "miss", "ms", "mx", "dr", "prof", "professor", "rev", "sir", "dame", "lady", "lord", "cllr"]
        .contains(&word.as_str())
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

/// Somebody whom the documents mention, before anything was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Found {
    pub(crate) key: String,
    pub(crate) member: CastMember,
    /// What speaks for who they are, in words for the officer.
    pub(crate) why: Vec<String>,
    /// The post that stands behind their name.
    pub(crate) post: String,
    /// Messages between them and the requester.
    pub(crate) met: usize,
    /// Messages of theirs to which the requester was no party.
    pub(crate) apart: usize,
}

/// One person of the cast as things stand.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) key: String,
    pub(crate) person: Person,
    /// The decision about them and its number.
    pub(crate) decided: Option<(i64, Choice)>,
    /// Further keys that are this person.
    pub(crate) also: Vec<String>,
    pub(crate) found: Option<Found>,
}

/// The cast as things stand; mentions name its people by their index.
#[derive(Debug, Clone)]
pub(crate) struct People {
    pub(crate) cast: Cast,
    pub(crate) members: Vec<Member>,
    /// The numbers of the decisions that changed who is looked for: what was counted before them is old.
    pub(crate) shaped_by: Vec<i64>,
}

impl People {
    /// The requester first, then the people found, then those of the decisions in their order. The last decision
    /// about the same person counts.
    pub(crate) fn new(requester: Person, found: &[Found], choices: &[(i64, Choice)]) -> Result<Self> {
        let mut building = Building { members: Vec::new(), shaped_by: Vec::new() };
        building.add(REQUESTER, requester, None);
        for one in found {
            building.add(&one.key, one.member.person()?, Some(one.clone()));
        }
        for (number, choice) in choices {
            building.take(*number, choice)?;
        }
        let Building { members, shaped_by } = building;
        let cast = Cast::new(members.iter().map(|m| m.person.clone()).collect())
            .map_err(|e| ServiceError::Invalid(e.to_string()))?;
        Ok(Self { cast, members, shaped_by })
    }

    /// The person with this key, or who was found to be the same.
    pub(crate) fn by_key(&self, key: &str) -> Option<(usize, &Member)> {
        self.members.iter().enumerate().find(|(_, m)| is(m, key))
    }
}

fn is(member: &Member, key: &str) -> bool {
    member.key == key || member.also.iter().any(|k| k == key)
}

struct Building {
    members: Vec<Member>,
    shaped_by: Vec<i64>,
}

impl Building {
    fn add(&mut self, key: &str, person: Person, found: Option<Found>) {
        self.members.push(Member { key: key.to_owned(), person, decided: None, also: Vec::new(), found });
    }

    fn take(&mut self, number: i64, choice: &Choice) -> Result<()> {
        match choice {
            Choice::Person { member, who, .. } => self.decide(number, choice, member, who),
            Choice::Same { first, second, .. } => {
                self.join(number, first, second);
                Ok(())
            }
            Choice::Apart { who, forms, .. } => self.part(number, who, forms),
            _ => Ok(()),
        }
    }

    fn decide(&mut self, number: i64, choice: &Choice, member: &CastMember, who: &str) -> Result<()> {
        let person = member.person()?;
        // Somebody else may have the requester's very name.
        let known = self
            .members
            .iter_mut()
            .skip(1)
            .find(|m| if who.is_empty() { same_name(&m.person, &person) } else { is(m, who) });
        let decided = Some((number, choice.clone()));
        match known {
            Some(known) => {
                let before = known.person.clone();
                absorb(&mut known.person, &person);
                known.person.role = person.role;
                known.decided = decided;
                if forms(&known.person) != forms(&before) {
                    self.shaped_by.push(number);
                }
            }
            None => {
                self.add(&format!("d{number}"), person, None);
                if let Some(new) = self.members.last_mut() {
                    new.decided = decided;
                }
                self.shaped_by.push(number);
            }
        }
        Ok(())
    }

    fn join(&mut self, number: i64, first: &str, second: &str) {
        let at = |key: &str| self.members.iter().position(|m| is(m, key));
        let (Some(one), Some(other)) = (at(first), at(second)) else { return };
        // The requester stays the requester, whichever was named first.
        let (stays, goes) = if other == 0 { (other, one) } else { (one, other) };
        if stays == goes {
            return;
        }
        let gone = self.members.remove(goes);
        let stays = if goes < stays { stays - 1 } else { stays };
        if let Some(stays) = self.members.get_mut(stays) {
            absorb(&mut stays.person, &gone.person);
            let last = |m: &Member| m.decided.as_ref().map_or(0, |(n, _)| *n);
            if stays.person.role != Role::Requester && last(&gone) > last(stays) {
                stays.decided = gone.decided;
            }
            stays.also.push(gone.key);
            stays.also.extend(gone.also);
        }
        self.shaped_by.push(number);
    }

    fn part(&mut self, number: i64, who: &str, theirs: &[String]) -> Result<()> {
        let Some(whole) = self.members.iter_mut().skip(1).find(|m| is(m, who)) else { return Ok(()) };
        let other = |form: &String| theirs.iter().any(|t| t.eq_ignore_ascii_case(form));
        let name = theirs.iter().find(|f| matches!(kind_of(f), Form::Name)).cloned();
        let Some(name) = name.or_else(|| theirs.first().cloned()) else { return Ok(()) };
        let role = serde_json::to_value(whole.person.role).ok();
        let role = role.as_ref().and_then(|r| r.as_str()).unwrap_or("third-party").to_owned();
        let mut new = CastMember::named(&name, &role);
        theirs.iter().filter(|f| **f != name).for_each(|f| new.also(f));
        for list in [
            &mut whole.person.aliases,
            &mut whole.person.emails,
            &mut whole.person.phones,
            &mut whole.person.identifiers,
        ] {
            list.retain(|form| !other(form));
        }
        self.add(&format!("d{number}"), new.person()?, None);
        self.shaped_by.push(number);
        Ok(())
    }
}

/// Everything by which a person is looked for.
pub(crate) fn forms(person: &Person) -> Vec<String> {
    let mut all = vec![person.name()];
    for list in [&person.aliases, &person.emails, &person.phones, &person.identifiers] {
        all.extend(list.iter().filter(|f| !f.is_empty()).cloned());
    }
    all
}

pub(crate) fn same_name(one: &Person, other: &Person) -> bool {
    let name = |p: &Person| p.name().to_lowercase();
    name(one) == name(other)
}

fn absorb(into: &mut Person, from: &Person) {
    let known = forms(into);
    let new = |f: &&String| !known.iter().any(|k| k.eq_ignore_ascii_case(f));
    let name = from.name();
    if !same_name(into, from) && !known.contains(&name) {
        into.aliases.push(name);
    }
    into.aliases.extend(from.aliases.iter().filter(new).cloned());
    into.emails.extend(from.emails.iter().filter(new).cloned());
    into.phones.extend(from.phones.iter().filter(new).cloned());
    into.identifiers.extend(from.identifiers.iter().filter(new).cloned());
}
