//! What names a recipient that the directory does not have: a thing to mend (promise N20).

use counterfoil_domain::ids::{DisclosureId, PermissionId, PersonId, RequestId};
use jiff::Timestamp;

use crate::error::Result;
use crate::tx::Tx;

/// A record that names a recipient without an entry of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unlisted {
    /// An authority to act, or a consent to a referral.
    Permission {
        /// Which.
        id: PermissionId,
        /// Whose.
        person: PersonId,
        /// When it was recorded.
        at: Timestamp,
    },
    /// A disclosure.
    Disclosure {
        /// Which.
        id: DisclosureId,
        /// Whose data.
        person: PersonId,
        /// When it was proposed.
        at: Timestamp,
    },
    /// A recipient who is told of a correction, erasure or restriction.
    Telling {
        /// The request.
        request: RequestId,
        /// Its reference.
        reference: String,
        /// The recipient's number in the request.
        number: i64,
        /// When it was noted.
        at: Timestamp,
    },
}

impl Tx<'_> {
    /// The permissions and disclosures that name a recipient without an entry, of people on whom the gate allows the
    /// act's verb; newest first, at most `most` of each. Nothing is opened.
    ///
    /// # Errors
    /// What the database answers.
    pub fn unlisted_of_people(&mut self, most: u32) -> Result<Vec<Unlisted>> {
        let mut found = Vec::new();
        for (table, sql) in [
            (
                "permission",
                "SELECT id, person_id, made_at FROM permission WHERE controller_id = $1 AND unlisted > 0 \
                 ORDER BY made_at DESC LIMIT $2",
            ),
            (
                "disclosure",
                "SELECT id, person_id, proposed_at FROM disclosure WHERE controller_id = $1 AND unlisted > 0 \
                 AND state <> 'refused' ORDER BY proposed_at DESC LIMIT $2",
            ),
        ] {
            for row in &self.query(table, sql, &[self.controller().into(), most.into()])? {
                let (person, at) = (row.get(1, "person_id")?, row.get(2, "at")?);
                if !self.may(person)? {
                    continue;
                }
                found.push(if table == "permission" {
                    Unlisted::Permission { id: row.get(0, "id")?, person, at }
                } else {
                    Unlisted::Disclosure { id: row.get(0, "id")?, person, at }
                });
            }
        }
        Ok(found)
    }

    /// The tellings that name a recipient without an entry, newest first, at most `most`. The reference and a number
    /// are all that is given.
    ///
    /// # Errors
    /// What the database answers.
    pub fn unlisted_tellings(&mut self, most: u32) -> Result<Vec<Unlisted>> {
        let rows = self.query(
            "recipient_telling",
            "SELECT t.request_id, r.reference, t.number, t.made_at FROM recipient_telling t \
             JOIN rights_request r ON r.controller_id = t.controller_id AND r.id = t.request_id \
             WHERE t.controller_id = $1 AND t.unlisted > 0 ORDER BY t.made_at DESC LIMIT $2",
            &[self.controller().into(), most.into()],
        )?;
        rows.iter()
            .map(|r| {
                Ok(Unlisted::Telling {
                    request: r.get(0, "request_id")?,
                    reference: r.get(1, "reference")?,
                    number: r.get(2, "number")?,
                    at: r.get(3, "made_at")?,
                })
            })
            .collect()
    }
}
