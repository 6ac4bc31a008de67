//! Stops of marketing: kept by a keyed hash of the address or number, so that they outlive the record.

use counterfoil_domain::casebook::identity::{self, IdentityKind};
use counterfoil_domain::ids::PersonId;

use super::LOOKING;
use crate::casebook::people::Profile;
use crate::error::Result;
use crate::permit::Permit;
use crate::tx::Tx;

impl Tx<'_> {
    /// Stops marketing to a person by these channels: by the record, and by every address and number in it.
    ///
    /// # Errors
    /// A permit for something else, or what the database answers.
    pub fn stop_marketing(&mut self, permit: &Permit, profile: &Profile, channels: &[&str]) -> Result<()> {
        permit.for_sharing(LOOKING)?;
        let keys = self.stop_keys(permit.person(), profile);
        for channel in channels {
            for key in &keys {
                self.execute(
                    "INSERT INTO marketing_stop (controller_id, address_blind, channel, stopped_at) \
                     VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                    &[self.controller().into(), key.into(), (*channel).into(), self.now.into()],
                )?;
            }
        }
        Ok(())
    }

    /// Lifts a stop, because the person consented anew.
    ///
    /// # Errors
    /// A permit for something else, or what the database answers.
    pub fn lift_marketing_stop(
        &mut self,
        permit: &Permit,
        profile: &Profile,
        channels: &[String],
    ) -> Result<()> {
        permit.for_sharing(super::RECORDING)?;
        for key in self.stop_keys(permit.person(), profile) {
            for channel in channels {
                self.execute(
                    "DELETE FROM marketing_stop WHERE controller_id = $1 AND address_blind = $2 AND channel = $3",
                    &[self.controller().into(), key.into(), channel.into()],
                )?;
            }
        }
        Ok(())
    }

    /// The channels by which marketing to a person, or to any of their addresses, is stopped.
    ///
    /// # Errors
    /// A permit for something else, or what the database answers.
    pub fn marketing_stops(&mut self, permit: &Permit, profile: &Profile) -> Result<Vec<String>> {
        permit.for_sharing(LOOKING)?;
        let mut found = Vec::new();
        for key in self.stop_keys(permit.person(), profile) {
            let rows = self.query(
                "marketing_stop",
                "SELECT channel FROM marketing_stop WHERE controller_id = $1 AND address_blind = $2",
                &[self.controller().into(), key.into()],
            )?;
            for row in &rows {
                found.push(row.get::<String>(0, "channel")?);
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    fn stop_keys(&self, person: PersonId, profile: &Profile) -> Vec<[u8; 16]> {
        let controller = self.controller();
        let of = |kind: IdentityKind, value: &String| {
            let value = identity::normalise(kind, value)?;
            Some(self.store.blind.identity(controller.as_bytes(), kind.as_str(), &value))
        };
        let emails = profile.emails.iter().filter_map(|v| of(IdentityKind::Email, v));
        let phones = profile.phones.iter().filter_map(|v| of(IdentityKind::Phone, v));
        let own = self.store.blind.identity(controller.as_bytes(), "marketing-stop", &person.to_string());
        emails.chain(phones).chain([own]).collect()
    }
}
