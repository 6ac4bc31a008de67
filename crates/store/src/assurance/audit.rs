//! The audit log on the database.
//!
//! An entry is appended in the transaction of the act that it records. On the embedded engine it is
//! given its number in the same transaction; on PostgreSQL a sequencer numbers committed entries
//! moments later, so that acts do not queue for the log (`docs/decisions/0006-audit-sequencing.md`).

use counterfoil_domain::ids::{ControllerId, EntryId, PersonId, StaffId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::Actor;
use crate::db::{Conn, Engine, Row, Value};
use crate::error::{Result, StoreError};
use crate::log::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::log::entry::{Commitment, Entry, Token};
use crate::log::key::{KeyType, Signer, VerifierKey};
use crate::log::merkle::{self, Hash, HashStore, Node, TreeError};
use crate::seal::aead::{KeyId, Place};
use crate::store::Store;
use crate::tx::{About, Tx};

pub use crate::log::entry::Outcome;

/// The most entries that are numbered at once.
const SEQUENCE_BATCH: i64 = 4096;

/// What [`append`] needs to know.
pub(crate) struct NewEntry<'a, T> {
    pub(crate) about: About,
    pub(crate) key: KeyId,
    pub(crate) outcome: Outcome,
    pub(crate) reason: Option<&'a str>,
    pub(crate) policies: &'a [String],
    pub(crate) detail: &'a T,
}

/// What the sealed payload of an entry says. It can be erased while the log's proofs hold.
#[derive(Debug, Serialize)]
struct Payload<'a, T> {
    staff: Option<String>,
    office: Option<String>,
    person: Option<String>,
    object: Option<String>,
    detail: &'a T,
}

/// An entry's payload, opened.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Opened {
    /// The member of staff; none for the system itself.
    pub staff: Option<String>,
    /// Their office.
    pub office: Option<String>,
    /// The person whose data it was.
    pub person: Option<String>,
    /// The record.
    pub object: Option<String>,
    /// What the act added, such as the reason in words.
    pub detail: serde_json::Value,
}

/// One line of the audit trail.
#[derive(Debug, Clone)]
pub struct TrailLine {
    /// The entry's identifier.
    pub id: EntryId,
    /// Its number in the log; none while it waits to be numbered.
    pub number: Option<u64>,
    /// The entry.
    pub entry: Entry,
    /// Its payload; none once it was erased.
    pub opened: Option<Opened>,
}

/// An entry as its row will hold it.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) id: EntryId,
    pub(crate) leaf: Vec<u8>,
    key: KeyId,
    sealed: Vec<u8>,
    actor: [u8; 16],
    subject: Option<[u8; 16]>,
    at: Timestamp,
}

/// The columns of [`Written::row`].
pub(crate) const COLUMNS: &[&str] =
    &["controller_id", "id", "number", "leaf", "key_id", "sealed", "actor", "subject", "at"];

impl Written {
    /// Its row, numbered or not.
    pub(crate) fn row(&self, controller: ControllerId, number: Option<i64>) -> Vec<Value> {
        vec![
            controller.into(),
            self.id.into(),
            number.into(),
            self.leaf.as_slice().into(),
            self.key.0.into(),
            self.sealed.as_slice().into(),
            self.actor.into(),
            self.subject.into(),
            self.at.into(),
        ]
    }
}

/// Writes an entry of an act; the act sends it.
pub(crate) fn append<T: Serialize>(tx: &mut Tx<'_>, new: &NewEntry<'_, T>) -> Result<Written> {
    let id = EntryId::from_bytes(tx.fresh_id());
    let controller = tx.controller();
    let payload = payload(tx, new)?;
    let salt: [u8; 32] = tx.store.entropy.bytes();
    let mut sealed = salt.to_vec();
    sealed.extend_from_slice(&payload);
    let place = Place { table: "audit_entry", column: "sealed", row: id.as_bytes() };
    let sealed = tx.seal_bytes(new.key, place, &sealed)?;
    let actor = actor_pseudonym(tx);
    let subject =
        new.about.person.map(|p| tx.store.blind.pseudonym(controller.as_bytes(), "person", p.as_bytes()));
    let leaf = Entry {
        time: u64::try_from(tx.now.as_millisecond()).unwrap_or(0),
        verb: token(tx.verb.as_str())?,
        purpose: token(tx.purpose.as_str())?,
        reason: new.reason.map(token).transpose()?,
        policies: new.policies.iter().map(|p| token(p)).collect::<Result<_>>()?,
        actor: token(&hex(&actor))?,
        person: subject.map(|s| token(&hex(&s))).transpose()?,
        object: new.about.object.map(|(prefix, id)| object_token(tx, prefix, &id)).transpose()?,
        outcome: new.outcome,
        commitment: Commitment::to(&salt, &payload),
    }
    .encode()
    .map_err(|e| StoreError::Log(e.to_string()))?;
    Ok(Written { id, leaf, key: new.key, sealed, actor, subject, at: tx.now })
}

fn payload<T: Serialize>(tx: &Tx<'_>, new: &NewEntry<'_, T>) -> Result<Vec<u8>> {
    let staff = tx.who.staff();
    let payload = Payload {
        staff: staff.map(|s| s.staff.to_string()),
        office: staff.map(|s| s.office.to_string()),
        person: new.about.person.map(|p| p.to_string()),
        object: new.about.object.map(|(prefix, id)| format!("{prefix}_{}", hex(&id))),
        detail: new.detail,
    };
    serde_json::to_vec(&payload).map_err(|_| StoreError::Log("the entry cannot be written".to_owned()))
}

fn actor_pseudonym(tx: &Tx<'_>) -> [u8; 16] {
    let controller = tx.controller();
    match tx.who {
        Actor::Staff(staff) => {
            tx.store.blind.pseudonym(controller.as_bytes(), "staff", staff.staff.as_bytes())
        }
        Actor::Automation { .. } => [0; 16],
    }
}

/// Records are named by pseudonym too: an identifier in a published log could be joined to other data.
fn object_token(tx: &Tx<'_>, prefix: &str, id: &[u8; 16]) -> Result<Token> {
    let pseudonym = tx.store.blind.pseudonym(tx.controller().as_bytes(), prefix, id);
    token(&format!("{prefix}.{}", hex(&pseudonym)))
}

fn token(text: &str) -> Result<Token> {
    text.parse().map_err(|_| StoreError::Log(format!("`{text}` cannot stand in the audit log")))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Numbers the entries that wait, in the order of their identifiers, and extends the tree.
///
/// INVARIANT: runs inside a write transaction; on PostgreSQL the head's row lock makes it alone.
pub(crate) fn sequence(conn: &mut Conn) -> Result<()> {
    loop {
        let waiting = conn.query(
            "audit_entry",
            "SELECT controller_id, id, leaf FROM audit_entry WHERE number IS NULL ORDER BY controller_id, id LIMIT $1",
            &[SEQUENCE_BATCH.into()],
        )?;
        let waiting: Vec<Waiting> = waiting.iter().map(Waiting::read).collect::<Result<_>>()?;
        let full = waiting.len() as i64 == SEQUENCE_BATCH;
        for group in waiting.chunk_by(|a, b| a.controller == b.controller) {
            number(conn, group)?;
        }
        if !full {
            return Ok(());
        }
    }
}

struct Waiting {
    controller: ControllerId,
    id: EntryId,
    leaf: Hash,
}

impl Waiting {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            controller: row.get(0, "controller_id")?,
            id: row.get(1, "id")?,
            leaf: merkle::leaf_hash(&row.get::<Vec<u8>>(2, "leaf")?),
        })
    }
}

fn number(conn: &mut Conn, group: &[Waiting]) -> Result<()> {
    let Some(first) = group.first() else { return Ok(()) };
    let controller = first.controller;
    let size = lock_head(conn, controller)?;
    let leaves: Vec<Hash> = group.iter().map(|w| w.leaf).collect();
    let numbered = (size..).zip(group).map(|(next, waiting)| Ok((waiting.id, int(next)?)));
    give_numbers(conn, controller, &numbered.collect::<Result<Vec<_>>>()?)?;
    extend(conn, controller, size, &leaves)
}

/// Writes the numbers: on PostgreSQL, where each statement is a journey, many at once.
fn give_numbers(conn: &mut Conn, controller: ControllerId, numbers: &[(EntryId, Value)]) -> Result<()> {
    if conn.engine() == Engine::Sqlite {
        let sql =
            "UPDATE audit_entry SET number = $3 WHERE controller_id = $1 AND id = $2 AND number IS NULL";
        return numbers.iter().try_for_each(|(id, number)| {
            conn.execute(sql, &[controller.into(), (*id).into(), number.clone()]).map(|_| ())
        });
    }
    let mut rest = numbers;
    while !rest.is_empty() {
        // By powers of two, so that few statements are prepared.
        let (some, others) = rest.split_at((1 << rest.len().ilog2()).min(256));
        rest = others;
        let places: Vec<String> =
            (1..=some.len()).map(|n| format!("(${}::bytea, ${}::bigint)", 2 * n, 2 * n + 1)).collect();
        let sql = format!(
            "UPDATE audit_entry AS e SET number = v.number FROM (VALUES {}) AS v (id, number) \
             WHERE e.controller_id = $1 AND e.id = v.id AND e.number IS NULL",
            places.join(", ")
        );
        let mut params: Vec<Value> = vec![controller.into()];
        params.extend(some.iter().flat_map(|(id, number)| [(*id).into(), number.clone()]));
        conn.execute(&sql, &params)?;
    }
    Ok(())
}

/// Extends the tree of `size` leaves; the caller holds the head.
fn extend(conn: &mut Conn, controller: ControllerId, size: u64, leaves: &[Hash]) -> Result<()> {
    let appended = merkle::append(&mut Tree { conn, controller }, size, leaves)?;
    let hashes = appended
        .nodes
        .iter()
        .filter(|(node, _)| node.level >= LOWEST_KEPT)
        .map(|(node, hash)| {
            let level = i64::from(node.level).into();
            Ok(vec![controller.into(), level, int(node.index)?, (*hash).into()])
        })
        .collect::<Result<Vec<_>>>()?;
    conn.insert("audit_hash", &["controller_id", "level", "position", "hash"], &hashes)?;
    conn.execute(
        "UPDATE audit_head SET size = $2 WHERE controller_id = $1",
        &[controller.into(), int(appended.frontier.size())?],
    )?;
    Ok(())
}

/// Writes entries with their numbers at once, in the order of their identifiers; what waits for its number is older
/// and goes first.
pub(crate) fn write_numbered(
    conn: &mut Conn,
    controller: ControllerId,
    entries: &mut [Written],
) -> Result<()> {
    sequence(conn)?;
    let size = lock_head(conn, controller)?;
    entries.sort_by_key(|e| e.id);
    let leaves: Vec<Hash> = entries.iter().map(|e| merkle::leaf_hash(&e.leaf)).collect();
    let first = i64::try_from(size).map_err(|_| StoreError::Log("the log is too large".to_owned()))?;
    let rows: Vec<Vec<Value>> =
        (first..).zip(&*entries).map(|(number, entry)| entry.row(controller, Some(number))).collect();
    conn.insert("audit_entry", COLUMNS, &rows)?;
    extend(conn, controller, size, &leaves)
}

fn lock_head(conn: &mut Conn, controller: ControllerId) -> Result<u64> {
    let sql = match conn.engine() {
        Engine::Sqlite => "SELECT size FROM audit_head WHERE controller_id = $1",
        Engine::Postgres => "SELECT size FROM audit_head WHERE controller_id = $1 FOR UPDATE",
    };
    let rows = conn.query("audit_head", sql, &[controller.into()])?;
    let row = rows.first().ok_or_else(|| StoreError::Log("the log has no head".to_owned()))?;
    unsigned(row.get(0, "size")?)
}

pub(crate) fn int(value: u64) -> Result<Value> {
    i64::try_from(value).map(Value::Int).map_err(|_| StoreError::Log("the log is too large".to_owned()))
}

pub(crate) fn unsigned(value: i64) -> Result<u64> {
    u64::try_from(value).map_err(|_| StoreError::Log("a number of the log is negative".to_owned()))
}

/// The tree's hashes, in the database. Those of the lowest levels are not kept twice: they come from the entries.
pub(crate) struct Tree<'a> {
    pub(crate) conn: &'a mut Conn,
    pub(crate) controller: ControllerId,
}

impl From<TreeError> for StoreError {
    fn from(e: TreeError) -> Self {
        Self::Log(e.to_string())
    }
}

/// The lowest level of the tree whose hashes are kept. Those below follow from eight entries at most: to keep them would
/// take a fifth of the log's room again.
pub(crate) const LOWEST_KEPT: u8 = 3;

impl HashStore for Tree<'_> {
    type Error = StoreError;

    fn get(&mut self, node: Node) -> Result<Hash> {
        if node.level < LOWEST_KEPT {
            return self.computed(node);
        }
        let sql = "SELECT hash FROM audit_hash WHERE controller_id = $1 AND level = $2 AND position = $3";
        let params = [self.controller.into(), i64::from(node.level).into(), int(node.index)?];
        let rows = self.conn.query("audit_hash", sql, &params)?;
        rows.first().ok_or_else(missing_hash)?.get(0, "hash")
    }
}

impl Tree<'_> {
    /// The hash of a small complete subtree, from its entries.
    fn computed(&mut self, node: Node) -> Result<Hash> {
        let (first, width) = (node.index << node.level, 1 << node.level);
        let sql = "SELECT leaf FROM audit_entry WHERE controller_id = $1 AND number >= $2 AND number < $3 \
                   ORDER BY number";
        let params = [self.controller.into(), int(first)?, int(first + width)?];
        let rows = self.conn.query("audit_entry", sql, &params)?;
        if rows.len() as u64 != width {
            return Err(missing_hash());
        }
        let mut level = rows
            .iter()
            .map(|row| row.get::<Vec<u8>>(0, "leaf").map(|leaf| merkle::leaf_hash(&leaf)))
            .collect::<Result<Vec<_>>>()?;
        while level.len() > 1 {
            let (pairs, _) = level.as_chunks::<2>();
            level = pairs.iter().map(|[left, right]| merkle::node_hash(left, right)).collect();
        }
        level.first().copied().ok_or_else(missing_hash)
    }
}

fn missing_hash() -> StoreError {
    StoreError::Log("a hash of the tree is missing".to_owned())
}

impl Store {
    /// Numbers the entries that wait (PostgreSQL; the embedded engine has none).
    ///
    /// # Errors
    /// When the database refuses; the entries stay and are numbered the next time.
    pub fn sequence_log(&self) -> Result<()> {
        loop {
            match self.write(sequence) {
                Err(StoreError::Conflict) => {}
                outcome => return outcome,
            }
        }
    }

    /// The origin line of an organisation's log.
    #[must_use]
    pub fn log_origin(controller: ControllerId) -> String {
        format!("counterfoil.log/{controller}")
    }

    pub(crate) fn log_signer(&self, controller: ControllerId) -> Result<Signer> {
        let seed = self.inner.keys.organisation();
        Signer::from_seed(&Self::log_origin(controller), KeyType::Ed25519, seed.signing_seed())
            .map_err(|e| StoreError::Log(e.to_string()))
    }

    /// The key with which anyone verifies the log's checkpoints.
    ///
    /// # Errors
    /// When the key cannot be named.
    pub fn log_verifier(&self, controller: ControllerId) -> Result<VerifierKey> {
        self.log_signer(controller).map(|s| s.verifier().clone())
    }

    /// The size of the log.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn log_size(&self, controller: ControllerId) -> Result<u64> {
        self.read(|conn| head(conn, controller))
    }

    /// Signs a checkpoint of the log as it is now, unless the last one already says so.
    ///
    /// # Errors
    /// When the log or the key cannot be used.
    pub fn checkpoint(&self, controller: ControllerId) -> Result<(u64, String)> {
        self.sequence_log()?;
        let signer = self.log_signer(controller)?;
        let now = self.now();
        self.write(|conn| {
            let size = lock_head(conn, controller)?;
            if let Some(note) = checkpoint_note(conn, controller, size)? {
                return Ok((size, note));
            }
            must_continue(conn, controller)?;
            let root = merkle::root_at(&mut Tree { conn, controller }, size)?;
            let seconds = u64::try_from(now.as_second()).unwrap_or(0);
            let signed = Checkpoint::new(&Self::log_origin(controller), size, root)
                .sign(&signer, seconds)
                .map_err(|e| StoreError::Log(e.to_string()))?;
            let note = signed.note.to_string();
            conn.execute(
                "INSERT INTO audit_checkpoint (controller_id, size, note, made_at) VALUES ($1, $2, $3, $4)",
                &[controller.into(), int(size)?, note.as_str().into(), now.into()],
            )?;
            Ok((size, note))
        })
    }

    /// The last signed checkpoint with the cosignatures that it has; none before the first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_checkpoint(&self, controller: ControllerId) -> Result<Option<(u64, String)>> {
        self.read(|conn| {
            let rows = conn.query(
                "audit_checkpoint",
                "SELECT size FROM audit_checkpoint WHERE controller_id = $1 ORDER BY size DESC LIMIT 1",
                &[controller.into()],
            )?;
            let Some(row) = rows.first() else { return Ok(None) };
            let size = unsigned(row.get(0, "size")?)?;
            let note = cosigned_note(conn, controller, size)?;
            Ok(note.map(|n| (size, n)))
        })
    }

    /// Keeps a witness's cosignature line of a checkpoint. The caller has verified it.
    ///
    /// # Errors
    /// When there is no such checkpoint.
    pub fn keep_cosignature(
        &self,
        controller: ControllerId,
        size: u64,
        witness: &str,
        line: &str,
    ) -> Result<()> {
        let now = self.now();
        self.write(|conn| {
            conn.execute(
                "INSERT INTO audit_cosignature (controller_id, size, witness, line, made_at) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                &[controller.into(), int(size)?, witness.into(), line.into(), now.into()],
            )
            .map(|_| ())
        })
    }

    /// The inclusion proof of one entry in the tree of `size` leaves.
    ///
    /// # Errors
    /// When there is no such entry in a tree of that size.
    pub fn inclusion_proof(&self, controller: ControllerId, number: u64, size: u64) -> Result<Vec<Hash>> {
        self.read(|conn| merkle::inclusion_proof(&mut Tree { conn, controller }, number, size))
    }

    /// The consistency proof between two sizes.
    ///
    /// # Errors
    /// When the log is smaller than `new`.
    pub fn consistency_proof(&self, controller: ControllerId, old: u64, new: u64) -> Result<Vec<Hash>> {
        self.read(|conn| merkle::consistency_proof(&mut Tree { conn, controller }, old, new))
    }

    /// The leaves `from..to` in order, as they were appended.
    ///
    /// # Errors
    /// [`StoreError::Log`] when a number is missing.
    pub fn log_leaves(&self, controller: ControllerId, from: u64, to: u64) -> Result<Vec<Vec<u8>>> {
        let rows = self.read(|conn| {
            conn.query(
                "audit_entry",
                "SELECT number, leaf FROM audit_entry WHERE controller_id = $1 AND number >= $2 AND number < $3 \
                 ORDER BY number",
                &[controller.into(), int(from)?, int(to)?],
            )
        })?;
        (from..to)
            .zip(&rows)
            .map(|(expected, row)| {
                if unsigned(row.get(0, "number")?)? == expected {
                    row.get(1, "leaf")
                } else {
                    Err(StoreError::Log(format!("entry {expected} is missing")))
                }
            })
            .collect::<Result<Vec<_>>>()
            .and_then(|leaves| {
                if leaves.len() as u64 == to - from {
                    Ok(leaves)
                } else {
                    Err(StoreError::Log(format!("the log should have {to} entries, but some are missing")))
                }
            })
    }

    /// Where one entry stands in the log; numbers what waits first.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such entry.
    pub fn entry_number(&self, controller: ControllerId, id: EntryId) -> Result<u64> {
        self.sequence_log()?;
        let rows = self.read(|conn| {
            conn.query(
                "audit_entry",
                "SELECT number FROM audit_entry WHERE controller_id = $1 AND id = $2",
                &[controller.into(), id.into()],
            )
        })?;
        unsigned(rows.first().ok_or(StoreError::NotFound("audit entry"))?.get(0, "number")?)
    }
}

/// Refuses to sign over a log that no longer holds what the last checkpoint vouched for: a signature
/// over an altered history would make two histories ours.
fn must_continue(conn: &mut Conn, controller: ControllerId) -> Result<()> {
    let rows = conn.query(
        "audit_checkpoint",
        "SELECT note FROM audit_checkpoint WHERE controller_id = $1 ORDER BY size DESC LIMIT 1",
        &[controller.into()],
    )?;
    let Some(row) = rows.first() else { return Ok(()) };
    let last = SignedCheckpoint::parse(row.get::<String>(0, "note")?.as_bytes())
        .map_err(|e| StoreError::Log(format!("the last checkpoint is damaged: {e}")))?
        .checkpoint;
    if merkle::root_at(&mut Tree { conn, controller }, last.size)? == last.root {
        return Ok(());
    }
    Err(StoreError::Log(format!(
        "the log no longer continues its checkpoint of {} entries: run `counterfoil audit verify`",
        last.size
    )))
}

/// The size of the log, without a lock.
pub(crate) fn head(conn: &mut Conn, controller: ControllerId) -> Result<u64> {
    let rows = conn.query(
        "audit_head",
        "SELECT size FROM audit_head WHERE controller_id = $1",
        &[controller.into()],
    )?;
    unsigned(rows.first().ok_or(StoreError::NotFound("organisation"))?.get(0, "size")?)
}

fn checkpoint_note(conn: &mut Conn, controller: ControllerId, size: u64) -> Result<Option<String>> {
    let rows = conn.query(
        "audit_checkpoint",
        "SELECT note FROM audit_checkpoint WHERE controller_id = $1 AND size = $2",
        &[controller.into(), int(size)?],
    )?;
    rows.first().map(|r| r.get(0, "note")).transpose()
}

pub(crate) fn cosigned_note(conn: &mut Conn, controller: ControllerId, size: u64) -> Result<Option<String>> {
    let Some(mut note) = checkpoint_note(conn, controller, size)? else { return Ok(None) };
    cosignature_lines(conn, controller, size)?.iter().for_each(|line| note.push_str(line));
    Ok(Some(note))
}

/// The cosignature lines of a checkpoint, each with its line feed.
pub(crate) fn cosignature_lines(conn: &mut Conn, controller: ControllerId, size: u64) -> Result<Vec<String>> {
    let rows = conn.query(
        "audit_cosignature",
        "SELECT line FROM audit_cosignature WHERE controller_id = $1 AND size = $2 ORDER BY witness",
        &[controller.into(), int(size)?],
    )?;
    rows.iter().map(|r| r.get::<String>(0, "line").map(|line| line + "\n")).collect()
}

impl Tx<'_> {
    /// The audit trail of one person, newest first: who opened the record, when, from where and why.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn trail_of(&mut self, person: PersonId, most: u32) -> Result<Vec<TrailLine>> {
        self.send_entries()?;
        let controller = self.controller();
        let mut lines = Vec::new();
        let merged = self.absorbed(person)?.into_iter().map(|(id, _)| id);
        for one in std::iter::once(person).chain(merged) {
            let subject = self.store.blind.pseudonym(controller.as_bytes(), "person", one.as_bytes());
            let rows = self.query(
                "audit_entry",
                "SELECT id, number, leaf, sealed FROM audit_entry WHERE controller_id = $1 AND subject = $2 \
                 ORDER BY id DESC LIMIT $3",
                &[controller.into(), subject.into(), most.into()],
            )?;
            lines.extend(rows.iter().map(|r| self.trail_line(r)).collect::<Result<Vec<_>>>()?);
        }
        lines.sort_by_key(|line| std::cmp::Reverse(line.id));
        lines.truncate(most as usize);
        Ok(lines)
    }

    /// What one member of staff did, newest first.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn trail_by(&mut self, staff: StaffId, most: u32) -> Result<Vec<TrailLine>> {
        self.send_entries()?;
        let controller = self.controller();
        let actor = self.store.blind.pseudonym(controller.as_bytes(), "staff", staff.as_bytes());
        let rows = self.query(
            "audit_entry",
            "SELECT id, number, leaf, sealed FROM audit_entry WHERE controller_id = $1 AND actor = $2 \
             ORDER BY id DESC LIMIT $3",
            &[controller.into(), actor.into(), most.into()],
        )?;
        rows.iter().map(|r| self.trail_line(r)).collect()
    }

    fn trail_line(&self, row: &Row) -> Result<TrailLine> {
        let id: EntryId = row.get(0, "id")?;
        let leaf: Vec<u8> = row.get(2, "leaf")?;
        let place = Place { table: "audit_entry", column: "sealed", row: id.as_bytes() };
        let opened = match self.open_bytes(place, &row.get::<Vec<u8>>(3, "sealed")?) {
            Ok(payload) => payload.get(32..).and_then(|p| serde_json::from_slice(p).ok()),
            Err(StoreError::KeyGone) => None,
            Err(e) => return Err(e),
        };
        Ok(TrailLine {
            id,
            number: row.get::<Option<i64>>(1, "number")?.map(unsigned).transpose()?,
            entry: Entry::parse(&leaf).map_err(|e| StoreError::Log(e.to_string()))?,
            opened,
        })
    }
}
