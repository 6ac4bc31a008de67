//! Merging two records of one person, and undoing it.
//!
//! Rows move; nothing is sealed anew, since what is sealed names its own key. The absorbed record stays, empty
//! and out of lists, until the merge is undone or the person erased: then its key goes too.
//!
//! INVARIANT: every table with a `person_id` is in [`MOVED`] or in [`STAYS`]; a test compares them with the schema.

use counterfoil_domain::access::{Protection, ResourceKind, Verb};
use counterfoil_domain::casebook::source::DetailKind;
use counterfoil_domain::ids::{MergeId, PersonId, StaffId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::people::{Address, DetailSource, Identifier, Profile};
use crate::db::{Row, Value};
use crate::error::{Result, StoreError};
use crate::permit::{Permit, Record, Terms};
use crate::seal::aead::Place;
use crate::tx::Tx;

/// Tables whose rows go with the person, and the column that names a row within the controller.
pub const MOVED: &[(&str, &str)] = &[
    ("case_file", "id"),
    ("note", "id"),
    ("document", "id"),
    ("document_version", "id"),
    ("recording", "document_id"),
    ("case_entry", "id"),
    ("case_share", "id"),
    ("record_version", "id"),
    ("search_entry", "object_id"),
    ("rights_request", "id"),
    ("legal_hold", "id"),
    ("retention_mark", "case_id"),
    ("person_statement", "id"),
    ("automated_decision", "id"),
    ("permission", "id"),
    ("permission_event", "permission_id"),
    ("disclosure", "id"),
    ("referral", "id"),
    ("inbox_item", "id"),
    ("channel_message", "id"),
];

/// Tables whose rows stay with the record that they were made for, and why.
pub const STAYS: &[(&str, &str)] = &[
    ("person_identity", "moved by its blind value, not by a row's name"),
    ("declared_relation", "copied: it ties hands, whichever record is opened"),
    ("access_grant", "a grant was given for one record and lasts hours"),
    ("note_draft", "a draft is its worker's, in one case"),
    ("person_relation", "names both records"),
    ("person_merge", "names both records"),
    ("record_transfer", "an offer was made of one record"),
    ("processing_stop", "a record with a use that has stopped is not merged"),
    ("processing_restriction", "a restricted record is not merged; one that was stays told of where it was"),
    ("odd_access", "what happened to a record stays with it"),
    ("disposal_item", "a proposal names the record as it was; the case is asked whose it is"),
];

/// The sealed part of a merge: who decided what, and what moved.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MergeText {
    /// Why they are one person.
    pub why: String,
    /// The absorbed record's name, for the explanation.
    pub name: String,
    /// Rows moved: the table and, in hexadecimal, their names.
    pub rows: Vec<(String, Vec<String>)>,
    /// Blind identities moved: the kind and, in hexadecimal, value and place.
    pub identities: Vec<(String, String, i64)>,
    /// What the merge added to the profile.
    pub added: Added,
}

/// What a merge adds to the profile that stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Added {
    /// Names.
    pub names: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Telephone numbers.
    pub phones: Vec<String>,
    /// Addresses.
    pub addresses: Vec<Address>,
    /// Numbers.
    pub identifiers: Vec<Identifier>,
    /// Where what was added came from.
    pub sources: Vec<DetailSource>,
    /// Whether the record came under extra protection because the absorbed one was.
    pub protection: bool,
    /// Staff who had declared a relation to the absorbed person alone, in hexadecimal.
    pub relations: Vec<String>,
}

/// A merge as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Which.
    pub id: MergeId,
    /// The record that stayed.
    pub person: PersonId,
    /// The record that was absorbed.
    pub other: PersonId,
    /// Why, and what moved.
    pub text: MergeText,
    /// Who merged.
    pub made_by: StaffId,
    /// When.
    pub made_at: Timestamp,
    /// When it was undone, if it was.
    pub undone_at: Option<Timestamp>,
}

const fn place(id: &MergeId) -> Place<'_> {
    Place { table: "person_merge", column: "sealed", row: id.as_bytes() }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .filter_map(|n| text.get(2 * n..2 * n + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect()
}

fn missing<T: PartialEq + Clone>(from: &[T], there: &[T]) -> Vec<T> {
    from.iter().filter(|v| !there.contains(v)).cloned().collect()
}

/// The sources of a record that is absorbed: its name becomes another name of the one that stays.
fn as_other_name(absorbed: &Profile) -> Vec<DetailSource> {
    let renamed = |s: &DetailSource| {
        let kind = if s.kind == DetailKind::Name.code() { DetailKind::OtherName.code() } else { &s.kind };
        DetailSource { kind: kind.to_owned(), ..s.clone() }
    };
    absorbed.sources.iter().map(renamed).collect()
}

impl Added {
    fn of(kept: &Profile, absorbed: &Profile) -> Self {
        let name = absorbed.shown_name();
        let mut names = missing(&absorbed.also_known_as, &kept.also_known_as);
        if name != kept.shown_name() && !kept.also_known_as.contains(&name) && !name.is_empty() {
            names.push(name);
        }
        Self {
            names,
            emails: missing(&absorbed.emails, &kept.emails),
            phones: missing(&absorbed.phones, &kept.phones),
            addresses: missing(&absorbed.addresses, &kept.addresses),
            identifiers: missing(&absorbed.identifiers, &kept.identifiers),
            sources: missing(&as_other_name(absorbed), &kept.sources),
            ..Self::default()
        }
    }

    fn add_to(&self, profile: &mut Profile) {
        profile.also_known_as.extend_from_slice(&self.names);
        profile.emails.extend_from_slice(&self.emails);
        profile.phones.extend_from_slice(&self.phones);
        profile.addresses.extend_from_slice(&self.addresses);
        profile.identifiers.extend_from_slice(&self.identifiers);
        profile.sources.extend_from_slice(&self.sources);
    }

    fn take_from(&self, profile: &mut Profile) {
        profile.also_known_as.retain(|v| !self.names.contains(v));
        profile.emails.retain(|v| !self.emails.contains(v));
        profile.phones.retain(|v| !self.phones.contains(v));
        profile.addresses.retain(|v| !self.addresses.contains(v));
        profile.identifiers.retain(|v| !self.identifiers.contains(v));
        profile.sources.retain(|v| !self.sources.contains(v));
    }
}

impl Tx<'_> {
    /// Makes one person of two records: `other` is absorbed into `person`.
    ///
    /// # Errors
    /// A refusal of the gate for either; [`StoreError::Invalid`] without a reason, for one record twice, or for
    /// one that was merged before.
    pub fn merge_people(
        &mut self,
        person: PersonId,
        other: PersonId,
        why: &str,
        terms: &Terms,
    ) -> Result<MergeId> {
        if person == other {
            return Err(StoreError::Invalid("these are the same record: choose two".to_owned()));
        }
        if why.trim().chars().count() < 10 {
            return Err(StoreError::Invalid(
                "say in a sentence how you know that they are one person: at least 10 characters".to_owned(),
            ));
        }
        let (permit, row) = self.permit_row(Record::Person, person, terms)?;
        permit.covers(ResourceKind::Person, &[Verb::RecordMerge])?;
        let (_, absorbed) = self.permit_row(Record::Person, other, terms)?;
        if row.merged_into.is_some() || absorbed.merged_into.is_some() {
            return Err(StoreError::Invalid("one of these was merged already: undo that first".to_owned()));
        }
        // A merge would carry the rows and not what they do at the gate.
        if row.is_limited() || absorbed.is_limited() {
            return Err(StoreError::Invalid(
                "one of these is restricted, held, or has a use that was stopped: settle that first"
                    .to_owned(),
            ));
        }
        let (mut kept, gone) = (self.profile(person, &row)?, self.profile(other, &absorbed)?);
        let added = Added {
            protection: absorbed.protection == Protection::Extra && row.protection != Protection::Extra,
            relations: self.relations_of_one(other, person)?,
            ..Added::of(&kept, &gone)
        };
        let text = MergeText {
            why: why.trim().to_owned(),
            name: gone.shown_name(),
            rows: self.move_rows(other, person)?,
            identities: self.move_identity_rows(other, person)?,
            added: added.clone(),
        };
        added.add_to(&mut kept);
        self.rewrite_profile(&permit, &row, &kept)?;
        self.index_person(person, &kept)?;
        // The absorbed record is out of lists; the stricter of both situations holds for the person.
        self.execute(
            "UPDATE person SET merged_into = $3, changed_at = $4 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), other.into(), person.into(), self.now.into()],
        )?;
        self.copy_situation(other, person)?;
        self.keep_merge(&permit, other, &text)
    }

    fn keep_merge(&mut self, permit: &Permit, other: PersonId, text: &MergeText) -> Result<MergeId> {
        let id = MergeId::from_bytes(self.fresh_id());
        let sealed = self.seal(permit.key(), place(&id), text)?;
        let by = self.who.staff().map_or([0; 16], |s| *s.staff.as_bytes());
        self.execute(
            "INSERT INTO person_merge (controller_id, id, person_id, other_id, sealed, made_by, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                self.controller().into(),
                id.into(),
                permit.person().into(),
                other.into(),
                sealed.into(),
                by.into(),
                self.now.into(),
            ],
        )?;
        Ok(id)
    }

    fn copy_situation(&mut self, from: PersonId, to: PersonId) -> Result<()> {
        let params: [Value; 3] = [self.controller().into(), to.into(), from.into()];
        for sql in [
            "UPDATE person SET protection = 'extra' WHERE controller_id = $1 AND id = $2 AND EXISTS \
             (SELECT 1 FROM person o WHERE o.controller_id = $1 AND o.id = $3 AND o.protection = 'extra')",
            "UPDATE person SET restricted = 1 WHERE controller_id = $1 AND id = $2 AND EXISTS \
             (SELECT 1 FROM person o WHERE o.controller_id = $1 AND o.id = $3 AND o.restricted = 1)",
            "UPDATE person SET legal_hold = 1 WHERE controller_id = $1 AND id = $2 AND EXISTS \
             (SELECT 1 FROM person o WHERE o.controller_id = $1 AND o.id = $3 AND o.legal_hold = 1)",
            "INSERT INTO declared_relation (controller_id, staff_id, person_id, made_at) \
             SELECT d.controller_id, d.staff_id, p.id, d.made_at FROM declared_relation d \
             JOIN person p ON p.controller_id = d.controller_id AND p.id = $2 \
             WHERE d.controller_id = $1 AND d.person_id = $3 ON CONFLICT DO NOTHING",
        ] {
            self.execute(sql, &params)?;
        }
        Ok(())
    }

    fn move_rows(&mut self, from: PersonId, to: PersonId) -> Result<Vec<(String, Vec<String>)>> {
        let mut moved = Vec::new();
        for (table, name) in MOVED {
            // Several rows may bear one name (the events of a permission): they move together, and go back so.
            let sql =
                format!("SELECT DISTINCT {name} FROM {table} WHERE controller_id = $1 AND person_id = $2");
            let rows = self.query("person_merge", &sql, &[self.controller().into(), from.into()])?;
            let names: Vec<String> =
                rows.iter().map(|r| r.get::<Vec<u8>>(0, "id").map(|id| hex(&id))).collect::<Result<_>>()?;
            if names.is_empty() {
                continue;
            }
            let sql =
                format!("UPDATE {table} SET person_id = $3 WHERE controller_id = $1 AND person_id = $2");
            self.execute(&sql, &[self.controller().into(), from.into(), to.into()])?;
            moved.push(((*table).to_owned(), names));
        }
        Ok(moved)
    }

    /// Staff who declared a relation to one person and none to another.
    fn relations_of_one(&mut self, person: PersonId, other: PersonId) -> Result<Vec<String>> {
        let rows = self.query(
            "declared_relation",
            "SELECT d.staff_id FROM declared_relation d WHERE d.controller_id = $1 AND d.person_id = $2 \
             AND NOT EXISTS (SELECT 1 FROM declared_relation o WHERE o.controller_id = $1 AND o.person_id = $3 \
             AND o.staff_id = d.staff_id)",
            &[self.controller().into(), person.into(), other.into()],
        )?;
        rows.iter().map(|r| Ok(hex(&r.get::<Vec<u8>>(0, "staff_id")?))).collect()
    }

    /// Takes back what the absorbed record's situation added to the one that stayed.
    fn take_back_situation(&mut self, person: PersonId, added: &Added) -> Result<()> {
        if added.protection {
            self.execute(
                "UPDATE person SET protection = 'standard' WHERE controller_id = $1 AND id = $2",
                &[self.controller().into(), person.into()],
            )?;
        }
        for staff in &added.relations {
            self.execute(
                "DELETE FROM declared_relation WHERE controller_id = $1 AND person_id = $2 AND staff_id = $3",
                &[self.controller().into(), person.into(), unhex(staff).into()],
            )?;
        }
        Ok(())
    }

    /// After holds went back: nobody stays held by them.
    fn forget_holds(&mut self, person: PersonId) -> Result<()> {
        self.execute(
            "UPDATE person SET legal_hold = 0 WHERE controller_id = $1 AND id = $2 AND NOT EXISTS \
             (SELECT 1 FROM legal_hold h WHERE h.controller_id = $1 AND h.person_id = $2 AND h.lifted_at IS NULL)",
            &[self.controller().into(), person.into()],
        )
        .map(|_| ())
    }

    fn move_identity_rows(&mut self, from: PersonId, to: PersonId) -> Result<Vec<(String, String, i64)>> {
        let rows = self.query(
            "person_identity",
            "SELECT kind, blind, ordinal FROM person_identity WHERE controller_id = $1 AND person_id = $2",
            &[self.controller().into(), from.into()],
        )?;
        self.execute(
            "UPDATE person_identity SET person_id = $3 WHERE controller_id = $1 AND person_id = $2",
            &[self.controller().into(), from.into(), to.into()],
        )?;
        rows.iter()
            .map(|r| Ok((r.get(0, "kind")?, hex(&r.get::<Vec<u8>>(1, "blind")?), r.get(2, "ordinal")?)))
            .collect()
    }

    /// Undoes a merge: what it moved goes back, what it added to the profile is taken out, what was changed since
    /// stays where it was changed.
    ///
    /// # Errors
    /// A refusal of the gate, [`StoreError::NotFound`], or a merge that was undone.
    pub fn undo_merge(&mut self, merge: MergeId, terms: &Terms) -> Result<()> {
        let rows = self.query(
            "person_merge",
            "SELECT person_id, other_id, sealed FROM person_merge \
             WHERE controller_id = $1 AND id = $2 AND undone_at IS NULL",
            &[self.controller().into(), merge.into()],
        )?;
        let row = rows.first().ok_or(StoreError::NotFound("merge that can be undone"))?;
        let (person, other): (PersonId, PersonId) = (row.get(0, "person_id")?, row.get(1, "other_id")?);
        let (permit, person_row) = self.permit_row(Record::Person, person, terms)?;
        permit.covers(ResourceKind::Person, &[Verb::RecordMerge])?;
        self.permit(Record::Person, other, terms)?;
        let text: MergeText = self.open(place(&merge), &row.get::<Vec<u8>>(2, "sealed")?)?;
        self.move_back(&text, other)?;
        if text.rows.iter().any(|(table, _)| table == "legal_hold") {
            self.forget_holds(person)?;
        }
        let mut profile = self.profile(person, &person_row)?;
        text.added.take_from(&mut profile);
        self.rewrite_profile(&permit, &person_row, &profile)?;
        self.index_person(person, &profile)?;
        self.take_back_situation(person, &text.added)?;
        let by = self.who.staff().map_or([0; 16], |s| *s.staff.as_bytes());
        self.execute(
            "UPDATE person SET merged_into = NULL, changed_at = $3 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), other.into(), self.now.into()],
        )?;
        self.execute(
            "UPDATE person_merge SET undone_by = $3, undone_at = $4 WHERE controller_id = $1 AND id = $2",
            &[self.controller().into(), merge.into(), by.into(), self.now.into()],
        )
        .map(|_| ())
    }

    fn move_back(&mut self, text: &MergeText, to: PersonId) -> Result<()> {
        for (table, names) in &text.rows {
            // Only tables of the list: what is sealed cannot name another.
            let Some((table, name)) = MOVED.iter().find(|(known, _)| known == table) else { continue };
            let sql = format!("UPDATE {table} SET person_id = $3 WHERE controller_id = $1 AND {name} = $2");
            for id in names {
                self.execute(&sql, &[self.controller().into(), unhex(id).into(), to.into()])?;
            }
        }
        for (kind, blind, ordinal) in &text.identities {
            self.execute(
                "UPDATE person_identity SET person_id = $5 \
                 WHERE controller_id = $1 AND kind = $2 AND blind = $3 AND ordinal = $4",
                &[self.controller().into(), kind.into(), unhex(blind).into(), (*ordinal).into(), to.into()],
            )?;
        }
        Ok(())
    }

    /// The merges that made a person's record what it is, newest first.
    ///
    /// # Errors
    /// A permit for something else, or altered content.
    pub fn merges_of(&mut self, permit: &Permit) -> Result<Vec<Merge>> {
        permit.covers(ResourceKind::Person, &[Verb::RecordRead, Verb::RecordExport])?;
        let rows = self.query(
            "person_merge",
            "SELECT id, person_id, other_id, sealed, made_by, made_at, undone_at FROM person_merge \
             WHERE controller_id = $1 AND person_id = $2 ORDER BY made_at DESC, id DESC",
            &[self.controller().into(), permit.person().into()],
        )?;
        rows.iter().map(|r| self.merge(r)).collect()
    }

    fn merge(&self, row: &Row) -> Result<Merge> {
        let id: MergeId = row.get(0, "id")?;
        Ok(Merge {
            id,
            person: row.get(1, "person_id")?,
            other: row.get(2, "other_id")?,
            text: self.open(place(&id), &row.get::<Vec<u8>>(3, "sealed")?)?,
            made_by: row.get(4, "made_by")?,
            made_at: row.get(5, "made_at")?,
            undone_at: row.get(6, "undone_at")?,
        })
    }

    /// The records that were absorbed into a person's, and their keys.
    pub(crate) fn absorbed(&mut self, person: PersonId) -> Result<Vec<(PersonId, crate::seal::aead::KeyId)>> {
        let rows = self.query(
            "person",
            "SELECT id, key_id FROM person WHERE controller_id = $1 AND merged_into = $2",
            &[self.controller().into(), person.into()],
        )?;
        rows.iter().map(|r| Ok((r.get(0, "id")?, crate::seal::aead::KeyId(r.get(1, "key_id")?)))).collect()
    }

    /// The record that a person's was merged into, if it was; opens nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn merged_into(&mut self, person: PersonId) -> Result<Option<PersonId>> {
        self.person_row(person).map(|row| row.merged_into)
    }
}
