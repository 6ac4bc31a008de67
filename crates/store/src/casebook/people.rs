//! People: the record, and the blind identities by which it is found.

use counterfoil_domain::access::{Identity, Protection, ResourceKind, Verb};
use counterfoil_domain::casebook::identity::{self, IdentityKind};
use counterfoil_domain::casebook::source::{self, Detail, DetailKind, Sourced};
use counterfoil_domain::ids::{OfficeId, PersonId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::history::Replaced;
use super::identities::identities;
use crate::error::{Result, StoreError};
use crate::permit::{Permit, PersonRow, Record, Terms};
use crate::rights::other::people::Statement;
use crate::seal::aead::{KeyId, Place};
use crate::tx::Tx;

/// What is held about a person; sealed as a whole under the person's key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Profile {
    /// Forenames, as the person gives them.
    pub forenames: String,
    /// Family name.
    pub surname: String,
    /// Other names: former, preferred, misspelt in letters.
    pub also_known_as: Vec<String>,
    /// Date of birth.
    pub born: Option<Date>,
    /// E-mail addresses, the preferred one first.
    pub emails: Vec<String>,
    /// Telephone numbers, the preferred one first.
    pub phones: Vec<String>,
    /// Addresses, the present one first.
    pub addresses: Vec<Address>,
    /// Numbers by which others know the person.
    pub identifiers: Vec<Identifier>,
    /// The language of letters (`en`, `cy`, `ga` ...).
    pub language: String,
    /// How the person may safely be reached, in words.
    pub contact_rules: String,
    /// How the person may safely be reached, way by way.
    pub contact: ContactRules,
    /// Whether the person is known to have died: the data protection rights are those of the living.
    pub died: Option<Date>,
    /// Where each detail came from, and when it was taken.
    pub sources: Vec<DetailSource>,
}

/// Where one detail of a person came from (promise C28).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetailSource {
    /// What kind of detail, by its code: `name`, `email` ...
    pub kind: String,
    /// What the detail says.
    pub value: String,
    /// The kind of source, by the register's id.
    pub source: String,
    /// The day on which it was taken.
    pub on: Date,
}

/// Which ways of reaching the person are safe: each `yes`, `no`, or empty when nobody has asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContactRules {
    /// Ringing.
    pub call: String,
    /// Leaving a message.
    pub voicemail: String,
    /// A text message.
    pub text: String,
    /// E-mail.
    pub email: String,
    /// A letter to the present address.
    pub post: String,
    /// The format in which the person reads best: `large-print`, `easy-read`, `audio`, `braille`; or empty.
    pub format: String,
    /// The spoken or signed language for which an interpreter is needed.
    pub interpreter: String,
    /// Whether the person has no fixed address.
    pub no_fixed_address: bool,
}

impl Profile {
    /// The name as lists show it; empty for a person without one.
    #[must_use]
    pub fn shown_name(&self) -> String {
        format!("{} {}", self.forenames.trim(), self.surname.trim()).trim().to_owned()
    }

    /// The details that state their source, each with what it says; what is empty is none.
    #[must_use]
    pub fn details(&self) -> Vec<Detail> {
        use DetailKind as K;
        let every =
            |kind: K, list: &[String]| -> Vec<Detail> { list.iter().map(|v| (kind, v.clone())).collect() };
        let mut all = vec![(K::Name, self.shown_name())];
        all.extend(every(K::OtherName, &self.also_known_as));
        all.extend(self.born.map(|day| (K::Born, day.to_string())));
        all.extend(every(K::Email, &self.emails));
        all.extend(every(K::Phone, &self.phones));
        all.extend(self.addresses.iter().map(|a| (K::Address, a.in_one_line())));
        all.extend(self.identifiers.iter().map(|i| (K::Number, format!("{} {}", i.kind, i.value))));
        all.retain(|(_, value)| !value.trim().is_empty());
        all
    }

    /// The sources as the rule has them; one of a kind that is not known counts as none.
    #[must_use]
    pub fn sourced(&self) -> Vec<Sourced> {
        let read = |s: &DetailSource| {
            let detail = (s.kind.parse().ok()?, s.value.clone());
            Some(Sourced { detail, source: s.source.clone(), on: s.on })
        };
        self.sources.iter().filter_map(read).collect()
    }

    /// The profile with these sources.
    #[must_use]
    pub fn with_sources(self, sources: Vec<Sourced>) -> Self {
        let kept = |s: Sourced| DetailSource {
            kind: s.detail.0.code().to_owned(),
            value: s.detail.1,
            source: s.source,
            on: s.on,
        };
        Self { sources: sources.into_iter().map(kept).collect(), ..self }
    }

    /// How many of the details do not say where they came from.
    fn unsourced(&self) -> i64 {
        i64::try_from(source::unsourced(&self.details(), &self.sourced())).unwrap_or(i64::MAX)
    }
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Address {
    /// The lines above the postcode.
    pub lines: Vec<String>,
    /// The postcode.
    pub postcode: String,
    /// Since when, if known.
    pub from: Option<Date>,
    /// Until when; none for the present one.
    pub until: Option<Date>,
}

impl Address {
    /// The lines and the postcode, with commas.
    #[must_use]
    pub fn in_one_line(&self) -> String {
        let parts = self.lines.iter().chain([&self.postcode]).map(|p| p.trim()).filter(|p| !p.is_empty());
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// A number by which someone else knows the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// Such as `nino`, `nhs`, `council-tax`.
    pub kind: String,
    /// As written.
    pub value: String,
}

/// A person who is to be recorded.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// The office that will hold the record.
    pub office: OfficeId,
    /// How the person is known.
    pub identity: Identity,
    /// How narrowly the record is held.
    pub protection: Protection,
    /// What is held.
    pub profile: Profile,
    /// True when staff say that an e-mail address or telephone number is shared with another person.
    pub shares_contact: bool,
}

/// A person's record, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// The office that holds the record.
    pub office: OfficeId,
    /// How the person is known.
    pub identity: Identity,
    /// How narrowly the record is held.
    pub protection: Protection,
    /// Whether processing is restricted (Art 18 UK GDPR).
    pub restricted: bool,
    /// Whether a legal hold lies on the record.
    pub legal_hold: bool,
    /// What is held.
    pub profile: Profile,
    /// What the person says against it (Art 16 UK GDPR); shown wherever the record is.
    pub statements: Vec<Statement>,
    /// The record's version, from 1; a change names the version that it read.
    pub version: i64,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Whether it is the record of someone in the public eye.
    pub watched: bool,
    /// When the details were last checked with the person.
    pub checked_at: Timestamp,
    /// The record that this one was merged into.
    pub merged_into: Option<PersonId>,
    /// How many earlier versions of the person's records are kept.
    pub earlier: i64,
}

/// What came of recording a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// A new record was made.
    New(PersonId),
    /// Someone is already known by one of these identities; nothing was made.
    Known(PersonId),
}

pub(crate) const fn place(person: &PersonId) -> Place<'_> {
    Place { table: "person", column: "sealed", row: person.as_bytes() }
}

const NEW: &[&str] = &[
    "controller_id",
    "id",
    "office_id",
    "kind",
    "protection",
    "restricted",
    "legal_hold",
    "key_id",
    "sealed",
    "version",
    "made_at",
    "changed_at",
    "checked_at",
    "unsourced",
];

impl Tx<'_> {
    /// Records a person, unless someone is already known by one of the identities.
    ///
    /// # Errors
    /// A refusal of the gate, or what the database answers.
    pub fn record_person(&mut self, new: &NewPerson, terms: &Terms) -> Result<Recorded> {
        let identities = identities(&new.profile);
        let found = if new.shares_contact { Vec::new() } else { self.find_by_identities(&identities)? };
        if let Some(known) = self.first_that_may_be_known(&found, terms)? {
            return Ok(Recorded::Known(known));
        }
        // Somebody is known by it of whom this worker may not learn: they are not told, and the identity is shared.
        let shared = new.shares_contact || !found.is_empty();
        let id = PersonId::from_bytes(self.fresh_id());
        let permit = self.permit_new(id, new.office, new.identity, new.protection, terms)?;
        let sealed = self.seal(permit.key(), place(&id), &new.profile)?;
        self.insert_person(id, new, permit.key(), sealed)?;
        for identity in &identities {
            self.claim_identity(id, identity, shared)?;
        }
        self.index_person(id, &new.profile)?;
        Ok(Recorded::New(id))
    }

    fn insert_person(&mut self, id: PersonId, new: &NewPerson, key: KeyId, sealed: Vec<u8>) -> Result<()> {
        if let Some(bulk) = &mut self.bulk {
            let known = (new.office, new.identity, new.protection);
            bulk.remember_person(id, PersonRow::new(known, key, sealed.clone(), self.now));
        }
        let row = vec![
            self.controller().into(),
            id.into(),
            new.office.into(),
            new.identity.as_str().into(),
            new.protection.as_str().into(),
            false.into(),
            false.into(),
            key.0.into(),
            sealed.into(),
            1_i64.into(),
            self.now.into(),
            self.now.into(),
            self.now.into(),
            new.profile.unsourced().into(),
        ];
        self.insert("person", NEW, row)
    }

    /// The first of whom the worker may learn that they are known: each is asked of the gate as stage one, and
    /// leaves its entry in the log (access rules 12 and 38).
    fn first_that_may_be_known(&mut self, found: &[PersonId], terms: &Terms) -> Result<Option<PersonId>> {
        for id in found {
            match self.as_verb(Verb::RecordLocate, |tx| tx.permit(Record::Person, *id, terms)) {
                Ok(_) => return Ok(Some(*id)),
                Err(StoreError::Refused { .. }) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(None)
    }

    /// Opens a person's record.
    ///
    /// # Errors
    /// A refusal of the gate, [`StoreError::NotFound`], or altered content.
    pub fn read_person(&mut self, id: PersonId, terms: &Terms) -> Result<Person> {
        let (permit, row) = self.permit_row(Record::Person, id, terms)?;
        let profile = self.profile(id, &row)?;
        let statements = self.statements_of(&permit)?.remove("person").unwrap_or_default();
        Ok(Person {
            id,
            office: permit.office(),
            identity: row.identity,
            protection: row.protection,
            restricted: row.restricted,
            legal_hold: row.legal_hold,
            profile,
            statements,
            version: row.version,
            made_at: row.made_at,
            changed_at: row.changed_at,
            watched: row.watched,
            checked_at: row.checked_at,
            merged_into: row.merged_into,
            earlier: self.version_count(id)?,
        })
    }

    /// The profile in a person's row; the caller has the permit.
    pub(crate) fn profile(&self, id: PersonId, row: &PersonRow) -> Result<Profile> {
        self.open(place(&id), &row.sealed)
    }

    /// Writes a profile and keeps what the row said before.
    pub(crate) fn rewrite_profile(&mut self, permit: &Permit, row: &PersonRow, to: &Profile) -> Result<()> {
        let id = permit.person();
        let sealed = self.seal(permit.key(), place(&id), to)?;
        let changed = self.execute(
            "UPDATE person SET sealed = $3, version = version + 1, changed_at = $5, unsourced = $6 \
             WHERE controller_id = $1 AND id = $2 AND version = $4",
            &[
                self.controller().into(),
                id.into(),
                sealed.into(),
                row.version.into(),
                self.now.into(),
                to.unsourced().into(),
            ],
        )?;
        if changed == 0 {
            return Err(StoreError::Conflict);
        }
        let place = place(&id);
        self.keep_version(
            permit,
            &Replaced { kind: "person", place, version: row.version, sealed: &row.sealed },
        )
    }

    /// Changes what is held about a person. `read_version` is the version that the change was made
    /// from: a change of something that has moved on is refused, so that nothing is lost.
    ///
    /// # Errors
    /// A refusal of the gate, [`StoreError::Invalid`] when the record has changed since.
    pub fn change_person(
        &mut self,
        id: PersonId,
        read_version: i64,
        profile: &Profile,
        terms: &Terms,
    ) -> Result<i64> {
        let (permit, row) = self.permit_row(Record::Person, id, terms)?;
        permit.covers(ResourceKind::Person, &[Verb::RecordEdit])?;
        let before: Profile = self.open(place(&id), &row.sealed)?;
        if row.version != read_version {
            return Err(StoreError::Invalid(
                "someone else has changed this record since you opened it: open it again and repeat your change"
                    .to_owned(),
            ));
        }
        self.rewrite_profile(&permit, &row, profile)?;
        self.move_identities(id, &identities(&before), &identities(profile))?;
        if before != *profile {
            self.index_person(id, profile)?;
        }
        Ok(read_version + 1)
    }

    /// Says how a person is known: someone without a name may become named, by their own choice.
    ///
    /// # Errors
    /// A refusal of the gate.
    pub fn set_identity(&mut self, id: PersonId, identity: Identity, terms: &Terms) -> Result<()> {
        self.permit(Record::Person, id, terms)?.covers(ResourceKind::Person, &[Verb::RecordEdit])?;
        self.execute(
            "UPDATE person SET kind = $3, changed_at = $4 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), id.into(), identity.as_str().into(), self.now.into()],
        )
        .map(|_| ())
    }

    /// Puts a record under extra protection, or takes it out again.
    ///
    /// # Errors
    /// A refusal of the gate.
    pub fn set_protection(&mut self, id: PersonId, protection: Protection, terms: &Terms) -> Result<()> {
        self.permit(Record::Person, id, terms)?.covers(ResourceKind::Person, &[Verb::RecordEdit])?;
        self.execute(
            "UPDATE person SET protection = $3, changed_at = $4 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), id.into(), protection.as_str().into(), self.now.into()],
        )
        .map(|_| ())
    }

    /// Notes that the person's details were checked with them now.
    ///
    /// # Errors
    /// A refusal of the gate.
    pub fn check_details(&mut self, id: PersonId, terms: &Terms) -> Result<()> {
        self.permit(Record::Person, id, terms)?.covers(ResourceKind::Person, &[Verb::RecordEdit])?;
        self.execute(
            "UPDATE person SET checked_at = $3 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), id.into(), self.now.into()],
        )
        .map(|_| ())
    }

    /// Gives a person a follow-up code, in place of the one they had. The code itself is not kept.
    ///
    /// # Errors
    /// A refusal of the gate, or what is no code.
    pub fn give_code(&mut self, id: PersonId, code: &str, terms: &Terms) -> Result<()> {
        let permit = self.permit(Record::Person, id, terms)?;
        permit.covers(ResourceKind::Person, &[Verb::RecordCreate, Verb::RecordEdit])?;
        let value = identity::normalise(IdentityKind::FollowUp, code)
            .ok_or_else(|| StoreError::Invalid("this is not a follow-up code".to_owned()))?;
        self.execute(
            "DELETE FROM person_identity WHERE controller_id = $1 AND person_id = $2 AND kind = $3",
            &[self.controller().into(), id.into(), IdentityKind::FollowUp.as_str().into()],
        )?;
        self.claim_identity(id, &(IdentityKind::FollowUp, value), false)
    }

    /// Notes that a person is a member of staff, so that their record is theirs to nobody's curiosity.
    ///
    /// # Errors
    /// A refusal of the gate.
    pub fn set_staff_member(&mut self, id: PersonId, staff: Option<StaffId>, terms: &Terms) -> Result<()> {
        self.permit(Record::Person, id, terms)?.covers(ResourceKind::Person, &[Verb::RecordEdit])?;
        self.execute(
            "UPDATE person SET staff_id = $3 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), id.into(), staff.into()],
        )
        .map(|_| ())
    }

    pub(crate) fn index_person(&mut self, id: PersonId, profile: &Profile) -> Result<()> {
        let mut text = format!("{} {}", profile.forenames, profile.surname);
        for name in &profile.also_known_as {
            text.push(' ');
            text.push_str(name);
        }
        self.index(id.as_bytes(), "person", id, &text)
    }

    /// Sets or clears the restriction of processing (Art 18 UK GDPR). The gate holds the rules.
    ///
    /// # Errors
    /// A refusal of the gate.
    pub fn set_restriction(&mut self, permit: &Permit, restricted: bool) -> Result<()> {
        permit.covers(ResourceKind::Person, &[Verb::RestrictionPlace, Verb::RestrictionLift])?;
        self.set_flag(
            "UPDATE person SET restricted = $3 WHERE controller_id = $1 AND id = $2",
            permit,
            restricted,
        )
    }

    /// Places or lifts a legal hold.
    ///
    /// # Errors
    /// A refusal of the gate.
    pub fn set_hold(&mut self, permit: &Permit, held: bool) -> Result<()> {
        permit.covers(ResourceKind::Person, &[Verb::HoldPlace, Verb::HoldLift])?;
        self.set_flag("UPDATE person SET legal_hold = $3 WHERE controller_id = $1 AND id = $2", permit, held)
    }

    fn set_flag(&mut self, sql: &str, permit: &Permit, value: bool) -> Result<()> {
        self.execute(sql, &[self.controller().into(), permit.person().into(), value.into()]).map(|_| ())
    }
}
