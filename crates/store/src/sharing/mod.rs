//! Sharing: permissions, disclosures, referrals, releases of figures, research.

pub mod disclosures;
pub mod figures;
pub mod listing;
pub mod marketing;
pub mod minimise;
pub mod permissions;
pub mod referrals;
pub mod releases;
pub mod research;
pub mod survey;

use counterfoil_domain::access::{ResourceKind, Verb};
use counterfoil_domain::ids::{PersonId, StaffId};
use serde::Serialize;

use crate::access::{Question, Resource};
use crate::error::{Result, StoreError};
use crate::permit::Permit;
use crate::seal::aead::KeyId;
use crate::tx::{About, Tx};

/// With these a person's permissions, disclosures and referrals are looked at.
const LOOKING: &[Verb] = &[
    Verb::RecordRead,
    Verb::RecordCreate,
    Verb::RecordEdit,
    Verb::RecordExport,
    Verb::DisclosureMake,
    Verb::DisclosureAuthorise,
    Verb::ConsentWithdraw,
];

/// With these a permission is recorded or renewed.
const RECORDING: &[Verb] = &[Verb::RecordCreate, Verb::RecordEdit];

impl Permit {
    fn for_sharing(&self, verbs: &[Verb]) -> Result<()> {
        self.covers(ResourceKind::Person, verbs)
    }
}

impl Tx<'_> {
    /// Writes down that something permitted to be tried was refused by a rule of sharing: who tried, about whom,
    /// and why. The act commits with it.
    ///
    /// # Errors
    /// What the database answers.
    pub fn note_refused(
        &mut self,
        permit: &Permit,
        object: (&'static str, [u8; 16]),
        reason: &str,
        detail: &impl Serialize,
    ) -> Result<()> {
        let about = About { person: Some(permit.person()), object: Some(object), key: Some(permit.key()) };
        self.append_refused(about, reason, detail)
    }

    /// Whether the gate would allow the act's verb on a person, without opening anything: for lists, which leave
    /// out what may not be seen.
    ///
    /// # Errors
    /// What the database answers.
    pub fn may(&mut self, person: PersonId) -> Result<bool> {
        self.may_with_key(person).map(|key| key.is_some())
    }

    fn may_with_key(&mut self, person: PersonId) -> Result<Option<KeyId>> {
        let row = self.person_row(person)?;
        let purposes = self.casework_purposes()?;
        let resource = Resource {
            kind: ResourceKind::Person,
            id: *person.as_bytes(),
            controller: self.controller(),
            office: row.office,
            person: Some(row.facts(person, purposes)),
        };
        let question = Question::new(self.who.clone(), self.verb, self.purpose, resource, self.now);
        let allowed = self.store.gate.decide(&Question { grant: row.grant_facts(), ..question }).allowed;
        Ok(allowed.then_some(row.key))
    }

    /// Who acts; zeros for the system itself.
    fn hand(&self) -> StaffId {
        self.who.staff().map_or(StaffId::from_bytes([0; 16]), |s| s.staff)
    }

    /// A change that another made at the same moment, or that does not fit where the record stands.
    fn one(&self, changed: u64, otherwise: &str) -> Result<()> {
        if changed == 1 { Ok(()) } else { Err(StoreError::Invalid(otherwise.to_owned())) }
    }
}
