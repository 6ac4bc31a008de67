//! Relations: who of the casebook stands how to whom.

use counterfoil_domain::access::{Identity, ResourceKind, Verb};
use counterfoil_domain::casebook::words::Relation;
use counterfoil_domain::ids::{OfficeId, PersonId, RelationId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::people::Profile;
use crate::error::{Result, StoreError};
use crate::permit::{Permit, Record, Terms};
use crate::seal::aead::Place;
use crate::tx::{About, Tx};

/// The sealed part of a relation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RelationText {
    /// In words.
    pub note: String,
}

/// A person as a line of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What is held; the caller shows the name, the date of birth and the postcode.
    pub profile: Profile,
    /// How the person is known.
    pub identity: Identity,
    /// The office that holds the record.
    pub office: OfficeId,
}

/// A relation as one of the two sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Which.
    pub id: RelationId,
    /// The other person.
    pub other: PersonId,
    /// How they stand to the person.
    pub relation: Relation,
    /// In words.
    pub text: RelationText,
    /// Since when it is recorded.
    pub made_at: Timestamp,
}

const fn place(id: &RelationId) -> Place<'_> {
    Place { table: "person_relation", column: "sealed", row: id.as_bytes() }
}

impl Tx<'_> {
    /// Records how `other` stands to `person`. Both records must be open to the actor; the words are kept with
    /// `person` and are erased with either.
    ///
    /// # Errors
    /// A refusal of the gate; [`StoreError::Invalid`] for a relation to oneself or one that is there already.
    pub fn relate(
        &mut self,
        person: PersonId,
        other: PersonId,
        relation: Relation,
        text: &RelationText,
        terms: &Terms,
    ) -> Result<RelationId> {
        if person == other {
            return Err(StoreError::Invalid("nobody is related to themselves: choose another".to_owned()));
        }
        let permit = self.permit(Record::Person, person, terms)?;
        permit.covers(ResourceKind::Person, &[Verb::RecordEdit])?;
        self.permit(Record::Person, other, terms)?;
        let id = RelationId::from_bytes(self.fresh_id());
        let sealed = self.seal(permit.key(), place(&id), text)?;
        let by = self.who.staff().map_or([0; 16], |s| *s.staff.as_bytes());
        let made = self.execute(
            "INSERT INTO person_relation (controller_id, id, person_id, other_id, relation, sealed, made_by, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            &[
                self.controller().into(),
                id.into(),
                person.into(),
                other.into(),
                relation.code().into(),
                sealed.into(),
                by.into(),
                self.now.into(),
            ],
        )?;
        if made == 1 {
            Ok(id)
        } else {
            Err(StoreError::Invalid("this relation is recorded already".to_owned()))
        }
    }

    /// Removes a relation from either person's record.
    ///
    /// # Errors
    /// A refusal of the gate, or [`StoreError::NotFound`].
    pub fn unrelate(&mut self, person: PersonId, relation: RelationId, terms: &Terms) -> Result<()> {
        self.permit(Record::Person, person, terms)?.covers(ResourceKind::Person, &[Verb::RecordEdit])?;
        let gone = self.execute(
            "DELETE FROM person_relation WHERE controller_id = $1 AND id = $2 AND (person_id = $3 OR other_id = $3)",
            &[self.controller().into(), relation.into(), person.into()],
        )?;
        if gone == 1 { Ok(()) } else { Err(StoreError::NotFound("relation")) }
    }

    /// The relations of a person, each as this person sees it.
    ///
    /// # Errors
    /// A permit for something else, or altered content.
    pub fn relations_of(&mut self, permit: &Permit) -> Result<Vec<Related>> {
        permit.covers(ResourceKind::Person, &[Verb::RecordRead, Verb::RecordExport])?;
        let rows = self.query(
            "person_relation",
            "SELECT id, person_id, other_id, relation, sealed, made_at FROM person_relation \
             WHERE controller_id = $1 AND (person_id = $2 OR other_id = $2) ORDER BY made_at, id",
            &[self.controller().into(), permit.person().into()],
        )?;
        rows.iter()
            .map(|r| {
                let (id, first): (RelationId, PersonId) = (r.get(0, "id")?, r.get(1, "person_id")?);
                let said: Relation =
                    r.get::<String>(3, "relation")?.parse().map_err(|_| StoreError::Decode {
                        table: "person_relation",
                        column: "relation",
                        row: 0,
                        why: "not a known word",
                    })?;
                let own = first == permit.person();
                Ok(Related {
                    id,
                    other: if own { r.get(2, "other_id")? } else { first },
                    relation: if own { said } else { said.inverse() },
                    text: self.open(place(&id), &r.get::<Vec<u8>>(4, "sealed")?)?,
                    made_at: r.get(5, "made_at")?,
                })
            })
            .collect()
    }

    /// A person as a line of a search; none when the actor may not see them in one. A record that was merged into
    /// another is not shown by itself.
    ///
    /// # Errors
    /// What the database answers.
    pub fn line_of(&mut self, person: PersonId, terms: &Terms) -> Result<Option<Listed>> {
        match self.permit_row(Record::Person, person, terms) {
            Ok((permit, row)) if row.merged_into.is_none() => {
                permit.covers(ResourceKind::Person, &[Verb::RecordList])?;
                let profile = self.profile(person, &row)?;
                Ok(Some(Listed { profile, identity: row.identity, office: row.office }))
            }
            Ok(_) | Err(StoreError::Refused { .. }) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// The home office of a record; opens nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn home_office(&mut self, person: PersonId) -> Result<OfficeId> {
        self.person_row(person).map(|row| row.office)
    }

    /// The home office of the person whose own code was given. It is told although the record may be hidden from
    /// other offices: only the client holds the code. The entry in the log names the person.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn office_of_code_holder(&mut self, person: PersonId) -> Result<OfficeId> {
        let row = self.person_row(person)?;
        let about = About { person: Some(person), object: None, key: Some(row.key) };
        self.append(about, Some("follow-up-code"), &[], &())?;
        Ok(row.office)
    }

    /// The name of a person as a line of a list; none when the actor may not see it in one.
    ///
    /// # Errors
    /// What the database answers.
    pub fn name_in_list(&mut self, person: PersonId, terms: &Terms) -> Result<Option<String>> {
        match self.permit_row(Record::Person, person, terms) {
            Ok((permit, row)) => {
                permit.covers(ResourceKind::Person, &[Verb::RecordList])?;
                self.profile(person, &row).map(|p| Some(p.shown_name()))
            }
            Err(StoreError::Refused { .. }) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// The name of the person whose case a line of a list shows, when the gate would show them in a list too. The
    /// line's entry in the log, which has the case and the person, stands for both.
    pub(crate) fn name_of_line(&mut self, line: &Permit) -> Result<Option<String>> {
        line.covers(ResourceKind::Case, &[Verb::RecordList])?;
        if !self.may_list(line.person())? {
            return Ok(None);
        }
        let row = self.person_row(line.person())?;
        self.profile(line.person(), &row).map(|p| Some(p.shown_name()))
    }
}
