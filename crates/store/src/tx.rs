//! Inside an act: permits, sealing, and the audit entry that every permit leaves.

use std::collections::HashMap;

use counterfoil_domain::access::{FlagSet, Purpose, PurposeSet, Verb};
use counterfoil_domain::ids::{ControllerId, EntryId, OfficeId, PersonId};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::access::Actor;
use crate::assurance::audit::{self, NewEntry, Outcome, Written};
use crate::bulk::Bulk;
use crate::db::{Conn, Engine, Row, Value};
use crate::error::{Result, StoreError};
use crate::files::Address;
use crate::permit::PersonRow;
use crate::rights::other::people::Statement;
use crate::seal::aead::{self, KeyId, Place};
use crate::store::Inner;

/// What must follow a committed act. Each is finished at the next start if the process dies first.
#[derive(Debug)]
pub(crate) enum After {
    /// Destroy the key of an erased person.
    DestroyKey { controller: ControllerId, erasure: [u8; 16], key: KeyId },
    /// Remove a file that no row names any more.
    RemoveFile(Address),
    /// Destroy the key of an item of the inbox that was closed, or of a message that is over.
    DestroyContentKey { controller: ControllerId, table: &'static str, row: [u8; 16], key: KeyId },
    /// Destroy the key of something whose content was emptied. Should the process die first, an unused key
    /// is left, and nothing that it opens.
    DropKey(KeyId),
    /// Copy what was disposed of to the key store.
    CopyDisposals,
}

/// One act at work.
pub struct Tx<'a> {
    pub(crate) conn: &'a mut Conn,
    pub(crate) store: &'a Inner,
    pub(crate) who: &'a Actor,
    pub(crate) verb: Verb,
    pub(crate) purpose: Purpose,
    pub(crate) now: Timestamp,
    /// Whether anything was entered in the log.
    entered: bool,
    /// Entries that are not sent to the database yet: they go together, before the act ends.
    pub(crate) entries: Vec<Written>,
    after: Vec<After>,
    /// The purposes for which casework is held: asked once in an act.
    pub(crate) purposes: Option<PurposeSet>,
    /// The people asked about so far.
    ///
    /// INVARIANT: forgotten at every write, so that they are what the transaction would read.
    pub(crate) asked: HashMap<PersonId, PersonRow>,
    /// What the people asked about say against their records; forgotten as they are.
    pub(crate) said: HashMap<PersonId, Vec<(String, Statement)>>,
    /// What waits to be written, in an act that records many people.
    pub(crate) bulk: Option<Box<Bulk>>,
    /// Whose record the gate refused last, at which office, and what is odd about it.
    pub(crate) refused: Option<(PersonId, OfficeId, FlagSet)>,
    /// Whom this act has been looked at for already.
    pub(crate) looked: Vec<PersonId>,
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").field("verb", &self.verb).finish_non_exhaustive()
    }
}

/// What an audit entry is about.
#[derive(Debug, Clone, Copy, Default)]
pub struct About {
    /// The person whose data it is.
    pub person: Option<PersonId>,
    /// The record: the prefix of its kind of identifier and its bytes.
    pub object: Option<(&'static str, [u8; 16])>,
    /// The key that seals the entry's payload; the organisation's own when absent.
    pub key: Option<KeyId>,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(
        conn: &'a mut Conn,
        store: &'a Inner,
        who: &'a Actor,
        verb: Verb,
        purpose: Purpose,
    ) -> Self {
        let now = (store.clock)();
        Self {
            conn,
            store,
            who,
            verb,
            purpose,
            now,
            entered: false,
            entries: Vec::new(),
            after: Vec::new(),
            purposes: None,
            asked: HashMap::new(),
            said: HashMap::new(),
            bulk: None,
            refused: None,
            looked: Vec::new(),
        }
    }

    /// Who acts.
    #[must_use]
    pub const fn who(&self) -> &Actor {
        self.who
    }

    /// The organisation that the act belongs to.
    #[must_use]
    pub const fn controller(&self) -> ControllerId {
        self.who.controller()
    }

    /// The act's moment: one for the whole act.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Sixteen bytes for a new identifier.
    #[must_use]
    pub fn fresh_id(&self) -> [u8; 16] {
        self.store.fresh_id(self.now)
    }

    /// Does a part of the act under another verb: an item is moved by making records. Each permit is asked
    /// for, and written down, with the verb that it is for.
    ///
    /// # Errors
    /// What `work` answers.
    pub fn as_verb<T>(&mut self, verb: Verb, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let before = std::mem::replace(&mut self.verb, verb);
        let done = work(self);
        self.verb = before;
        done
    }

    pub(crate) const fn engine(&self) -> Engine {
        self.conn.engine()
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        // INVARIANT: what is prepared has no transaction yet, so it must change nothing (see `bulk`).
        if self.bulk.is_some() {
            return Err(StoreError::Invalid(
                "records of many people are made new and not changed".to_owned(),
            ));
        }
        self.forget();
        self.conn.execute(sql, params)
    }

    fn forget(&mut self) {
        self.asked.clear();
        self.said.clear();
    }

    /// Adds a row; where many people are recorded, together with the others.
    pub(crate) fn insert(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        row: Vec<Value>,
    ) -> Result<()> {
        if let Some(bulk) = &mut self.bulk {
            bulk.add(table, columns, row);
            return Ok(());
        }
        self.forget();
        self.conn.insert(table, columns, &[row])
    }

    pub(crate) fn query(&mut self, table: &'static str, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        self.conn.query(table, sql, params)
    }

    pub(crate) fn follow_with(&mut self, after: After) {
        self.after.push(after);
    }

    /// A fresh data key.
    pub(crate) fn fresh_key(&self) -> Result<KeyId> {
        self.store.keys.fresh(self.now)
    }

    /// The organisation's own data key.
    pub(crate) fn controller_key(&mut self) -> Result<KeyId> {
        self.store.controller_key(self.conn, self.who.controller())
    }

    /// Seals a value for its place.
    pub(crate) fn seal(&self, key: KeyId, place: Place<'_>, value: &impl Serialize) -> Result<Vec<u8>> {
        let plain = zeroize::Zeroizing::new(
            serde_json::to_vec(value)
                .map_err(|_| StoreError::Invalid("the content cannot be written".to_owned()))?,
        );
        self.seal_bytes(key, place, &plain)
    }

    /// Seals bytes for their place.
    pub(crate) fn seal_bytes(&self, key: KeyId, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>> {
        aead::seal(&self.store.keys.key(key)?, key, place, plain, &self.store.entropy)
    }

    /// Opens a sealed value.
    pub(crate) fn open<T: DeserializeOwned>(&self, place: Place<'_>, sealed: &[u8]) -> Result<T> {
        self.store.open(place, sealed)
    }

    /// Opens sealed bytes.
    pub(crate) fn open_bytes(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>> {
        self.store.open_bytes(place, sealed)
    }

    /// Appends the entry of something that the gate allowed.
    pub(crate) fn append(
        &mut self,
        about: About,
        reason: Option<&str>,
        policies: &[String],
        detail: &impl Serialize,
    ) -> Result<EntryId> {
        self.append_entry(about, Outcome::Done, reason, policies, detail)
    }

    pub(crate) fn append_refusal(&mut self, why: &str, policies: &[String]) -> Result<EntryId> {
        self.append_entry(About::default(), Outcome::Refused, None, policies, &why)
    }

    /// Appends the entry of something that the gate allowed and a rule refused; the act commits with it.
    pub(crate) fn append_refused(
        &mut self,
        about: About,
        reason: &str,
        detail: &impl Serialize,
    ) -> Result<()> {
        self.append_entry(about, Outcome::Refused, Some(reason), &[], detail).map(|_| ())
    }

    pub(crate) fn append_entry(
        &mut self,
        about: About,
        outcome: Outcome,
        reason: Option<&str>,
        policies: &[String],
        detail: &impl Serialize,
    ) -> Result<EntryId> {
        let key = match about.key {
            Some(key) => key,
            None => self.controller_key()?,
        };
        let entry = NewEntry { about, key, outcome, reason, policies, detail };
        let written = audit::append(self, &entry)?;
        let id = written.id;
        self.entries.push(written);
        self.entered = true;
        Ok(id)
    }

    /// Sends the entries that wait, for a reader of the log and at the act's end.
    pub(crate) fn send_entries(&mut self) -> Result<()> {
        let entries = std::mem::take(&mut self.entries);
        let rows: Vec<Vec<Value>> = entries.iter().map(|e| e.row(self.who.controller(), None)).collect();
        self.conn.insert("audit_entry", audit::COLUMNS, &rows)
    }

    /// Ends the act: one without an entry gets a general one.
    pub(crate) fn finish(mut self) -> Result<Vec<After>> {
        if !self.entered {
            self.append(About::default(), None, &[], &())?;
        }
        self.send_entries()?;
        Ok(self.after)
    }

    /// Ends an act that was prepared: what it wants to write.
    pub(crate) fn prepared(self) -> Result<(Bulk, Vec<Written>)> {
        let bulk = self.bulk.ok_or_else(|| StoreError::Invalid("nothing was prepared".to_owned()))?;
        if !self.after.is_empty() {
            return Err(StoreError::Invalid(
                "records of many people are made new and not changed".to_owned(),
            ));
        }
        Ok((*bulk, self.entries))
    }
}

impl Inner {
    /// Opens a sealed value.
    pub(crate) fn open<T: DeserializeOwned>(&self, place: Place<'_>, sealed: &[u8]) -> Result<T> {
        let plain = zeroize::Zeroizing::new(self.open_bytes(place, sealed)?);
        serde_json::from_slice(&plain).map_err(|_| StoreError::Unsealable { table: place.table })
    }

    /// Opens sealed bytes.
    pub(crate) fn open_bytes(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>> {
        let key = self.keys.key(aead::key_of(sealed, place.table)?)?;
        aead::open(&key, place, sealed)
    }
}
