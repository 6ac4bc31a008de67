//! The identities by which people are found: keyed tokens of e-mail addresses, numbers, and name with date of birth.

use std::collections::BTreeMap;

use counterfoil_domain::casebook::identity::{self, IdentityKind};
use counterfoil_domain::casebook::quality;
use counterfoil_domain::ids::PersonId;

use super::people::Profile;
use crate::bulk::Bulk;
use crate::db::Value;
use crate::error::{Result, StoreError};
use crate::tx::Tx;

const IDENTITY: &[&str] = &["controller_id", "kind", "blind", "ordinal", "person_id"];

/// The identities in a profile that single a person out.
pub(super) fn identities(profile: &Profile) -> Vec<(IdentityKind, String)> {
    let emails = profile.emails.iter().map(|v| (IdentityKind::Email, v.as_str()));
    let phones = profile.phones.iter().map(|v| (IdentityKind::Phone, v.as_str()));
    let numbers = profile.identifiers.iter().map(|i| (IdentityKind::of_number(&i.kind), i.value.as_str()));
    let known = quality::name_born(&profile.forenames, &profile.surname, profile.born);
    let mut all: Vec<_> = emails
        .chain(phones)
        .chain(numbers)
        .filter_map(|(kind, value)| identity::normalise(kind, value).map(|v| (kind, v)))
        .chain(known.map(|v| (IdentityKind::NameBorn, v)))
        .collect();
    all.sort();
    all.dedup();
    all
}

impl Tx<'_> {
    /// Asks at once who is known by the identities of these people, before each is recorded; only where many are
    /// recorded in one act.
    ///
    /// # Errors
    /// What the database answers.
    pub fn expect_people<'p>(&mut self, people: impl Iterator<Item = &'p Profile>) -> Result<()> {
        let controller = self.controller();
        let mut expected: BTreeMap<IdentityKind, Vec<[u8; 16]>> = BTreeMap::new();
        for (kind, value) in people.flat_map(identities) {
            let blind = self.store.blind.identity(controller.as_bytes(), kind.as_str(), &value);
            expected.entry(kind).or_default().push(blind);
        }
        for blinds in expected.values_mut() {
            blinds.sort_unstable();
            blinds.dedup();
        }
        let Some(mut bulk) = self.bulk.take() else { return Ok(()) };
        bulk.expect(expected.values().flatten().copied());
        let asked = expected.iter().try_for_each(|(kind, blinds)| {
            blinds.chunks(500).try_for_each(|some| self.ask_who_is_known(&mut bulk, *kind, some))
        });
        self.bulk = Some(bulk);
        asked
    }

    fn ask_who_is_known(&mut self, bulk: &mut Bulk, kind: IdentityKind, blinds: &[[u8; 16]]) -> Result<()> {
        let places: Vec<String> = (3..blinds.len() + 3).map(|n| format!("${n}")).collect();
        let sql = format!(
            "SELECT blind, person_id FROM person_identity WHERE controller_id = $1 AND kind = $2 \
             AND blind IN ({}) ORDER BY ordinal",
            places.join(", ")
        );
        let mut params: Vec<Value> = vec![self.controller().into(), kind.as_str().into()];
        params.extend(blinds.iter().map(Value::from));
        for row in &self.query("person_identity", &sql, &params)? {
            bulk.claim(row.get(0, "blind")?, row.get(1, "person_id")?)?;
        }
        Ok(())
    }

    /// Takes an identity for a person. Two at once: the second loses the race and is tried again, when
    /// it will find the first.
    pub(super) fn claim_identity(
        &mut self,
        id: PersonId,
        (kind, value): &(IdentityKind, String),
        shared: bool,
    ) -> Result<()> {
        let controller = self.controller();
        let blind = self.store.blind.identity(controller.as_bytes(), kind.as_str(), value);
        if let Some(bulk) = &mut self.bulk {
            let ordinal = bulk.claim(blind, id)?;
            if ordinal > 0 && !shared && !kind.is_shared() {
                return Err(StoreError::Conflict);
            }
            let row = vec![controller.into(), kind.as_str().into(), blind.into(), ordinal.into(), id.into()];
            return self.insert("person_identity", IDENTITY, row);
        }
        let ordinal = if shared || kind.is_shared() { self.next_ordinal(*kind, &blind)? } else { 0 };
        let taken = self.execute(
            "INSERT INTO person_identity (controller_id, kind, blind, ordinal, person_id) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            &[controller.into(), kind.as_str().into(), blind.into(), ordinal.into(), id.into()],
        )?;
        if taken == 1 { Ok(()) } else { Err(StoreError::Conflict) }
    }

    fn next_ordinal(&mut self, kind: IdentityKind, blind: &[u8; 16]) -> Result<i64> {
        let params: [Value; 3] = [self.controller().into(), kind.as_str().into(), blind.into()];
        let rows = self.query(
            "person_identity",
            "SELECT COUNT(*) FROM person_identity WHERE controller_id = $1 AND kind = $2 AND blind = $3",
            &params,
        )?;
        rows.first().map_or(Ok(0), |r| r.get(0, "count"))
    }

    /// The people who are known by one of these identities; for the gate to say who may learn of them.
    pub(super) fn find_by_identities(
        &mut self,
        identities: &[(IdentityKind, String)],
    ) -> Result<Vec<PersonId>> {
        let mut found = Vec::new();
        for (kind, value) in identities.iter().filter(|(kind, _)| !kind.is_shared()) {
            for id in self.persons_by_identity(*kind, value)? {
                if !found.contains(&id) {
                    found.push(id);
                }
            }
        }
        Ok(found)
    }

    /// The persons who are known by an identity. Their records open only with a permit.
    ///
    /// # Errors
    /// What the database answers.
    pub fn persons_by_identity(&mut self, kind: IdentityKind, normalised: &str) -> Result<Vec<PersonId>> {
        let controller = self.controller();
        let blind = self.store.blind.identity(controller.as_bytes(), kind.as_str(), normalised);
        if let Some(known) = self.bulk.as_ref().and_then(|bulk| bulk.known_by(&blind)) {
            return Ok(known.to_vec());
        }
        let rows = self.query(
            "person_identity",
            "SELECT person_id FROM person_identity WHERE controller_id = $1 AND kind = $2 AND blind = $3 \
             ORDER BY ordinal",
            &[controller.into(), kind.as_str().into(), blind.into()],
        )?;
        rows.iter().map(|r| r.get(0, "person_id")).collect()
    }

    pub(super) fn move_identities(
        &mut self,
        id: PersonId,
        before: &[(IdentityKind, String)],
        after: &[(IdentityKind, String)],
    ) -> Result<()> {
        let controller = self.controller();
        for (kind, value) in before.iter().filter(|i| !after.contains(i)) {
            let blind = self.store.blind.identity(controller.as_bytes(), kind.as_str(), value);
            self.execute(
                "DELETE FROM person_identity WHERE controller_id = $1 AND kind = $2 AND blind = $3 AND person_id = $4",
                &[controller.into(), kind.as_str().into(), blind.into(), id.into()],
            )?;
        }
        for identity in after.iter().filter(|i| !before.contains(i)) {
            // A changed address may be one that a partner has already: it becomes a shared one.
            self.claim_identity(id, identity, true)?;
        }
        Ok(())
    }
}
