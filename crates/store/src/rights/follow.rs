//! How the asker of a request comes back to it without an account: a key from a link, a code, and for a while
//! a browser that has shown both. Only keyed hashes are kept.
//!
//! INVARIANT: an [`Asker`] is made only here, after key and code were right.

use counterfoil_domain::access::ResourceKind;
use counterfoil_domain::ids::{ControllerId, OfficeId, RequestId};
use counterfoil_domain::rights::asker::{Lock, after_wrong};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::requests::Request;
use crate::assurance::audit::Outcome;
use crate::casebook::documents::content_place;
use crate::db::Row;
use crate::error::{Result, StoreError};
use crate::files::Address;
use crate::permit::Terms;
use crate::seal::aead::Place;
use crate::store::Store;
use crate::tx::{About, After, Tx};

/// The proof that whoever asks is the asker of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    request: RequestId,
}

impl Asker {
    /// The request that is theirs.
    #[must_use]
    pub const fn request(&self) -> RequestId {
        self.request
    }
}

/// What came of a try with a key and a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Both are right.
    Given(Asker),
    /// They do not belong together, or there is no such key, or it has ended.
    Wrong,
    /// Too many wrong tries: nothing is looked at until then.
    Locked {
        /// When the next try is looked at; `None` when new ones must be given out.
        until: Option<Timestamp>,
    },
}

/// A paper that the asker sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskerFile {
    /// Which.
    pub id: [u8; 16],
    /// `identity`, `authority` or `answer`.
    pub purpose: String,
    /// Bytes.
    pub size: i64,
    /// Its name and kind.
    pub text: AskerFileText,
    /// When it came.
    pub made_at: Timestamp,
    address: Address,
}

/// The sealed part of a paper's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AskerFileText {
    /// The name that the asker's device gave it.
    pub name: String,
    /// `application/pdf`, `image/jpeg` ...
    pub media_type: String,
}

/// Never locked again: new secrets must be given out.
const FOR_EVER: i64 = i64::MAX;

const fn file_place(id: &[u8; 16]) -> Place<'_> {
    Place { table: "asker_file", column: "sealed", row: id }
}

/// Equal without telling by the time it takes where they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (x, y)| differs | (x ^ y)) == 0
}

impl Tx<'_> {
    /// Gives the asker a key and a code, in place of earlier ones; browsers that showed those are sent away.
    ///
    /// # Errors
    /// What the database answers.
    pub fn give_access(
        &mut self,
        request: RequestId,
        key: &str,
        code: &str,
        expires_at: Timestamp,
    ) -> Result<()> {
        let (key, code) = (self.key_blind(key), self.code_blind(request, code));
        let params = [self.controller().into(), request.into()];
        self.execute("DELETE FROM follow_visit WHERE controller_id = $1 AND request_id = $2", &params)?;
        self.execute(
            "INSERT INTO follow_access (controller_id, request_id, key_blind, code_blind, failed, locked_until, \
             made_at, expires_at) VALUES ($1, $2, $3, $4, 0, 0, $5, $6) \
             ON CONFLICT (controller_id, request_id) DO UPDATE SET key_blind = EXCLUDED.key_blind, \
             code_blind = EXCLUDED.code_blind, failed = 0, locked_until = 0, made_at = EXCLUDED.made_at, \
             expires_at = EXCLUDED.expires_at",
            &[
                self.controller().into(),
                request.into(),
                key.into(),
                code.into(),
                self.now.into(),
                expires_at.into(),
            ],
        )
        .map(|_| ())
    }

    /// Whether the request's asker has a key and a code already.
    ///
    /// # Errors
    /// What the database answers.
    pub fn has_access(&mut self, request: RequestId) -> Result<bool> {
        let rows = self.query(
            "follow_access",
            "SELECT 1 FROM follow_access WHERE controller_id = $1 AND request_id = $2",
            &[self.controller().into(), request.into()],
        )?;
        Ok(!rows.is_empty())
    }

    fn key_blind(&self, key: &str) -> [u8; 32] {
        self.store.blind.content_address(b"follow-key", key.as_bytes())
    }

    fn code_blind(&self, request: RequestId, code: &str) -> [u8; 32] {
        let owner = [b"follow-code".as_slice(), request.as_bytes()].concat();
        self.store.blind.content_address(&owner, code.as_bytes())
    }

    /// Looks at a key and a code. Every try leaves an entry in the audit log; a wrong one counts.
    ///
    /// # Errors
    /// What the database answers.
    pub fn prove_asker(&mut self, key: &str, code: &str) -> Result<Proof> {
        let rows = self.query(
            "follow_access",
            "SELECT request_id, code_blind, failed, locked_until, expires_at FROM follow_access \
             WHERE controller_id = $1 AND key_blind = $2",
            &[self.controller().into(), self.key_blind(key).into()],
        )?;
        match rows.first() {
            Some(row) => self.prove(row, code),
            None => {
                self.note_try(None, "unknown key")?;
                Ok(Proof::Wrong)
            }
        }
    }

    /// As [`Self::prove_asker`], with a link that gives the answer in place of the key. `None` when the link was
    /// used, has run out or never was.
    ///
    /// # Errors
    /// What the database answers.
    pub fn prove_collector(&mut self, ticket: &str, code: &str) -> Result<Option<Proof>> {
        let rows = self.query(
            "follow_access",
            "SELECT a.request_id, a.code_blind, a.failed, a.locked_until, a.expires_at FROM follow_access a \
             JOIN pack_ticket t ON t.controller_id = a.controller_id AND t.request_id = a.request_id \
             WHERE a.controller_id = $1 AND t.ticket_blind = $2 AND t.spent_at IS NULL AND t.expires_at > $3",
            &[self.controller().into(), self.ticket_blind(ticket).into(), self.now.into()],
        )?;
        match rows.first() {
            Some(row) => self.prove(row, code).map(Some),
            None => {
                self.note_try(None, "spent or unknown link")?;
                Ok(None)
            }
        }
    }

    fn prove(&mut self, row: &Row, code: &str) -> Result<Proof> {
        let request: RequestId = row.get(0, "request_id")?;
        let locked: i64 = row.get(3, "locked_until")?;
        if locked > self.now.as_millisecond() {
            self.note_try(Some(request), "locked")?;
            let until = (locked != FOR_EVER).then(|| Timestamp::from_millisecond(locked).ok()).flatten();
            return Ok(Proof::Locked { until });
        }
        let ended = row.get::<Timestamp>(4, "expires_at")? <= self.now;
        let right = same(&row.get::<Vec<u8>>(1, "code_blind")?, &self.code_blind(request, code));
        if right && !ended {
            self.count_wrong(request, 0, 0)?;
            let about = About { object: Some((RequestId::PREFIX, *request.as_bytes())), ..About::default() };
            self.append(about, None, &[], &serde_json::json!({ "proved": "key and code" }))?;
            return Ok(Proof::Given(Asker { request }));
        }
        self.wrong(request, row)
    }

    fn wrong(&mut self, request: RequestId, row: &Row) -> Result<Proof> {
        let failed: i64 = row.get::<i64>(2, "failed")? + 1;
        let lock = after_wrong(u32::try_from(failed).unwrap_or(u32::MAX));
        let until = match lock {
            Lock::None => 0,
            Lock::For(wait) => (self.now + wait).as_millisecond(),
            Lock::Ended => FOR_EVER,
        };
        self.count_wrong(request, failed, until)?;
        self.note_try(Some(request), "wrong code")?;
        Ok(match lock {
            Lock::None => Proof::Wrong,
            Lock::For(wait) => Proof::Locked { until: Some(self.now + wait) },
            Lock::Ended => Proof::Locked { until: None },
        })
    }

    fn count_wrong(&mut self, request: RequestId, failed: i64, until: i64) -> Result<()> {
        self.execute(
            "UPDATE follow_access SET failed = $3, locked_until = $4 WHERE controller_id = $1 AND request_id = $2",
            &[self.controller().into(), request.into(), failed.into(), until.into()],
        )
        .map(|_| ())
    }

    /// A try that did not succeed, in the audit log.
    fn note_try(&mut self, request: Option<RequestId>, why: &str) -> Result<()> {
        let object = request.map(|r| (RequestId::PREFIX, *r.as_bytes()));
        let about = About { object, ..About::default() };
        self.append_entry(about, Outcome::Refused, None, &[], &why).map(|_| ())
    }

    /// Remembers that the asker proved it in this browser.
    ///
    /// # Errors
    /// What the database answers.
    pub fn open_visit(&mut self, asker: &Asker, token_hash: [u8; 32], expires_at: Timestamp) -> Result<()> {
        self.execute(
            "INSERT INTO follow_visit (controller_id, token_hash, request_id, made_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (controller_id, token_hash) DO UPDATE \
             SET request_id = EXCLUDED.request_id, expires_at = EXCLUDED.expires_at",
            &[
                self.controller().into(),
                token_hash.into(),
                asker.request.into(),
                self.now.into(),
                expires_at.into(),
            ],
        )
        .map(|_| ())
    }

    /// Opens the asker's own request, under the proof.
    ///
    /// # Errors
    /// A refusal of the gate, [`StoreError::NotFound`], or altered content.
    pub fn open_followed(&mut self, asker: &Asker) -> Result<Request> {
        self.open_request(asker.request, &Terms { asker: Some(*asker), ..Terms::default() })
    }

    /// Makes a link that gives the answer once.
    ///
    /// # Errors
    /// What the database answers.
    pub fn make_ticket(&mut self, request: &Request, ticket: &str, expires_at: Timestamp) -> Result<()> {
        let id = self.fresh_id();
        let blind = self.ticket_blind(ticket);
        self.execute(
            "INSERT INTO pack_ticket (controller_id, id, request_id, ticket_blind, made_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                self.controller().into(),
                id.into(),
                request.id.into(),
                blind.into(),
                self.now.into(),
                expires_at.into(),
            ],
        )
        .map(|_| ())
    }

    /// Spends a link: true once, and only for the request that it was made for.
    ///
    /// # Errors
    /// What the database answers.
    pub fn spend_ticket(&mut self, request: &Request, ticket: &str) -> Result<bool> {
        let spent = self.execute(
            "UPDATE pack_ticket SET spent_at = $4 WHERE controller_id = $1 AND ticket_blind = $2 \
             AND request_id = $3 AND spent_at IS NULL AND expires_at > $4",
            &[self.controller().into(), self.ticket_blind(ticket).into(), request.id.into(), self.now.into()],
        )?;
        Ok(spent == 1)
    }

    /// How often the answer was collected.
    ///
    /// # Errors
    /// What the database answers.
    pub fn collected(&mut self, request: &Request) -> Result<i64> {
        let rows = self.query(
            "pack_ticket",
            "SELECT COUNT(*) FROM pack_ticket WHERE controller_id = $1 AND request_id = $2 AND spent_at IS NOT NULL",
            &[self.controller().into(), request.id.into()],
        )?;
        rows.first().map_or(Ok(0), |r| r.get(0, "count"))
    }

    fn ticket_blind(&self, ticket: &str) -> [u8; 32] {
        self.store.blind.content_address(b"pack-ticket", ticket.as_bytes())
    }

    /// Keeps a paper that the asker sent, sealed under the request's key.
    ///
    /// # Errors
    /// A full disk, or what the database answers.
    pub fn keep_asker_file(
        &mut self,
        request: &Request,
        purpose: &str,
        text: &AskerFileText,
        content: &[u8],
    ) -> Result<()> {
        let id = self.fresh_id();
        // The same paper sent twice is two files: one may be deleted before the other.
        let owner = [request.id.as_bytes().as_slice(), &id].concat();
        let address = self.store.blind.content_address(&owner, content);
        let sealed_content = self.seal_bytes(request.key, content_place(&address), content)?;
        self.store.files.keep(&address, &sealed_content)?;
        let sealed = self.seal(request.key, file_place(&id), text)?;
        self.execute(
            "INSERT INTO asker_file (controller_id, id, request_id, purpose, address, size, sealed, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                self.controller().into(),
                id.into(),
                request.id.into(),
                purpose.into(),
                address.into(),
                i64::try_from(content.len()).unwrap_or(i64::MAX).into(),
                sealed.into(),
                self.now.into(),
            ],
        )
        .map(|_| ())
    }

    /// The papers that the asker sent and that were not deleted.
    ///
    /// # Errors
    /// What the database answers, or altered content.
    pub fn asker_files(&mut self, request: &Request) -> Result<Vec<AskerFile>> {
        let rows = self.query(
            "asker_file",
            "SELECT id, purpose, address, size, sealed, made_at FROM asker_file \
             WHERE controller_id = $1 AND request_id = $2 ORDER BY made_at, id",
            &[self.controller().into(), request.id.into()],
        )?;
        rows.iter()
            .map(|r| {
                let id: [u8; 16] = r.get(0, "id")?;
                Ok(AskerFile {
                    id,
                    purpose: r.get(1, "purpose")?,
                    address: r.get(2, "address")?,
                    size: r.get(3, "size")?,
                    text: self.open(file_place(&id), &r.get::<Vec<u8>>(4, "sealed")?)?,
                    made_at: r.get(5, "made_at")?,
                })
            })
            .collect()
    }

    /// The content of a paper.
    ///
    /// # Errors
    /// A missing file, or altered content.
    pub fn asker_file_content(&mut self, file: &AskerFile) -> Result<Vec<u8>> {
        let sealed = self.store.files.read(&file.address)?;
        self.open_bytes(content_place(&file.address), &sealed)
    }

    /// Deletes a paper that has served.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is gone already.
    pub fn drop_asker_file(&mut self, request: &Request, file: &AskerFile) -> Result<()> {
        let gone = self.execute(
            "DELETE FROM asker_file WHERE controller_id = $1 AND request_id = $2 AND id = $3",
            &[self.controller().into(), request.id.into(), file.id.into()],
        )?;
        if gone == 0 {
            return Err(StoreError::NotFound("paper"));
        }
        self.follow_with(After::RemoveFile(file.address));
        Ok(())
    }

    /// Gives a request to another office of the same controller: the clock and the reference stay.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when someone else changed the request meanwhile.
    pub fn pass_request(&mut self, request: &Request, office: OfficeId) -> Result<()> {
        let mut text = request.text.clone();
        text.office = office.to_string();
        let place = Place { table: "rights_request", column: "sealed", row: request.id.as_bytes() };
        let sealed = self.seal(request.key, place, &text)?;
        let changed = self.execute(
            "UPDATE rights_request SET sealed = $3, version = version + 1 \
             WHERE controller_id = $1 AND id = $2 AND version = $4",
            &[self.controller().into(), request.id.into(), sealed.into(), request.version.into()],
        )?;
        if changed == 1 {
            return Ok(());
        }
        Err(StoreError::Invalid("someone else has changed this request: open it again".to_owned()))
    }

    /// Leave to look at something of the public pages that is not tied to a request yet.
    pub(crate) fn permit_intake(&mut self, id: [u8; 16], office: OfficeId) -> Result<()> {
        let nobody = self.nobody()?;
        self.permit_house(ResourceKind::Request, id, office, Some(nobody), &Terms::default())
    }
}

impl Store {
    /// Who proved it in the browser with this token, while that holds.
    ///
    /// # Errors
    /// What the database answers.
    pub fn visit(&self, controller: ControllerId, token_hash: [u8; 32]) -> Result<Option<Asker>> {
        let now = self.now();
        let rows = self.read(|conn| {
            conn.query(
                "follow_visit",
                "SELECT request_id FROM follow_visit WHERE controller_id = $1 AND token_hash = $2 AND expires_at > $3",
                &[controller.into(), token_hash.into(), now.into()],
            )
        })?;
        rows.first().map(|r| Ok(Asker { request: r.get(0, "request_id")? })).transpose()
    }

    /// Forgets a browser; all that have run out go with it.
    ///
    /// # Errors
    /// What the database answers.
    pub fn end_visit(&self, controller: ControllerId, token_hash: [u8; 32]) -> Result<()> {
        let now = self.now();
        self.write(|conn| {
            conn.execute(
                "DELETE FROM follow_visit WHERE controller_id = $1 AND (token_hash = $2 OR expires_at <= $3)",
                &[controller.into(), token_hash.into(), now.into()],
            )
            .map(|_| ())
        })
    }

    /// Bytes from the store's source of randomness, for secrets that are given out once.
    #[must_use]
    pub fn fresh_secret(&self) -> [u8; 32] {
        self.inner.entropy.bytes()
    }
}
