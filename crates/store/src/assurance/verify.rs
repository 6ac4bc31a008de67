//! The self-check of the audit log: everything recomputed from the entries.
//!
//! It believes the log's signing key, the checkpoints that the caller brings from elsewhere, and nothing
//! that stands in the database. So an edit, a deletion, a reordering or a truncation of what a checkpoint
//! spoke for shows, and so does a payload that is not the one that its entry committed to.

use std::collections::BTreeMap;

use counterfoil_domain::ids::ControllerId;
use serde::Serialize;

use super::audit::{LOWEST_KEPT, head, int, unsigned};
use crate::db::{Conn, Row};
use crate::error::{Result, StoreError};
use crate::log::checkpoint::SignedCheckpoint;
use crate::log::entry::{Commitment, Entry};
use crate::log::key::VerifierKey;
use crate::log::merkle::{Frontier, Hash, leaf_hash};
use crate::log::verify::{DEFAULT_TOLERANCE_MS, Problem};
use crate::seal::aead::{KeyId, Place, key_of};
use crate::store::{Inner, Store};

/// How many entries are read at once.
const BATCH: u64 = 4096;
/// After this many findings a report only counts.
const MOST: usize = 100;

/// What the check is told from outside the database.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Older checkpoints of the log, kept elsewhere, each with the name that the report calls it by.
    pub checkpoints: Vec<(String, Vec<u8>)>,
    /// The keys of witnesses, whose cosignatures are then checked too.
    pub witnesses: Vec<VerifierKey>,
}

/// What was checked and found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether nothing is wrong.
    pub sound: bool,
    /// The log's name.
    pub origin: String,
    /// Numbered entries.
    pub size: u64,
    /// Entries that wait for their number: nothing speaks for these yet.
    pub waiting: u64,
    /// The root over the numbered entries, in hexadecimal.
    pub root: String,
    /// Checkpoints whose signature and root hold.
    pub checkpoints: u64,
    /// The size that the newest of them speaks for.
    pub signed_size: Option<u64>,
    /// Cosignatures of the given witnesses that hold.
    pub cosignatures: u64,
    /// Older checkpoints from elsewhere that the log continues.
    pub continues: u64,
    /// Payloads that open and are what their entries committed to.
    pub opened: u64,
    /// Payloads whose key was destroyed by an erasure.
    pub erased: u64,
    /// What is wrong, at most the first hundred findings.
    pub problems: Vec<Problem>,
    /// How many findings there are in all.
    pub problem_count: usize,
}

impl Report {
    fn problem(&mut self, code: &'static str, place: impl Into<String>, what: impl Into<String>) {
        self.problem_count += 1;
        if self.problems.len() < MOST {
            self.problems.push(Problem { code, place: place.into(), what: what.into() });
        }
    }
}

impl Store {
    /// Checks an organisation's whole log in one snapshot, while the product runs.
    ///
    /// # Errors
    /// When the database cannot be read. What is wrong with the log is in the report.
    pub fn verify_log(&self, controller: ControllerId, known: &Known) -> Result<Report> {
        let key = self.log_verifier(controller)?;
        let mut keys = vec![key];
        keys.extend(known.witnesses.iter().cloned());
        let origin = Self::log_origin(controller);
        self.read(|conn| {
            conn.begin_snapshot()?;
            let walk = Walk {
                store: &self.inner,
                controller,
                keys,
                tree: Frontier::default(),
                nodes: BTreeMap::new(),
                made: 0,
                latest: 0,
                outside: Vec::new(),
                report: Report { origin, ..Report::default() },
            };
            let report = walk.run(conn, known);
            conn.rollback().and(report)
        })
    }
}

struct Walk<'a> {
    store: &'a Inner,
    controller: ControllerId,
    /// The log's own key, then the witnesses'.
    keys: Vec<VerifierKey>,
    tree: Frontier,
    /// The tree's inner hashes that the present batch completed, by level and position.
    nodes: BTreeMap<(u8, u64), Hash>,
    /// How many inner hashes there were in all.
    made: u64,
    latest: u64,
    /// Older checkpoints from elsewhere, by size: name and root.
    outside: Vec<(u64, String, Hash)>,
    report: Report,
}

impl Walk<'_> {
    fn run(mut self, conn: &mut Conn, known: &Known) -> Result<Report> {
        let size = head(conn, self.controller)?;
        self.report.size = size;
        self.read_outside(known, size);
        self.compare_checkpoints(conn, 0, 0)?;
        let mut from = 0;
        while from < size {
            let to = size.min(from + BATCH);
            self.batch(conn, from, to)?;
            from = to;
        }
        self.compare_leftovers(conn, size)?;
        self.report.root = self.tree.root().iter().map(|b| format!("{b:02x}")).collect();
        self.report.sound = self.report.problem_count == 0;
        Ok(self.report)
    }

    fn read_outside(&mut self, known: &Known, size: u64) {
        for (name, bytes) in &known.checkpoints {
            match self.open(bytes) {
                Ok(signed) if signed.checkpoint.size > size => {
                    let what = format!(
                        "it speaks for {} entries, and the log has {size}: entries are missing from its end",
                        signed.checkpoint.size
                    );
                    self.report.problem("truncated", name, what);
                }
                Ok(signed) => {
                    self.outside.push((signed.checkpoint.size, name.clone(), signed.checkpoint.root));
                }
                Err(why) => self.report.problem("bad-older-checkpoint", name, why),
            }
        }
        self.outside.sort();
    }

    /// Reads a checkpoint of this log and checks its signatures.
    fn open(&self, bytes: &[u8]) -> std::result::Result<SignedCheckpoint, String> {
        let signed = SignedCheckpoint::parse(bytes).map_err(|e| e.to_string())?;
        let verified = signed.open(&self.keys).map_err(|e| e.to_string())?;
        let by_log = verified.iter().any(|v| self.keys.first() == Some(v.key));
        if !by_log {
            return Err("it is not signed by this log's key".to_owned());
        }
        if signed.checkpoint.origin == self.report.origin {
            return Ok(signed);
        }
        Err(format!("it is a checkpoint of `{}`", signed.checkpoint.origin))
    }

    fn batch(&mut self, conn: &mut Conn, from: u64, to: u64) -> Result<()> {
        let rows = conn.query(
            "audit_entry",
            "SELECT number, id, leaf, key_id, sealed, actor, subject, at FROM audit_entry \
             WHERE controller_id = $1 AND number >= $2 AND number < $3 ORDER BY number, id",
            &[self.controller.into(), int(from)?, int(to)?],
        )?;
        let mut rows = rows.iter().peekable();
        let mut roots = Vec::new();
        for number in from..to {
            let mut leaf = None;
            while let Some(row) =
                rows.next_if(|r| matches!(r.get::<i64>(0, "number"), Ok(n) if n.unsigned_abs() == number))
            {
                if leaf.is_some() {
                    self.report.problem("twice", at(number), "two entries have this number");
                }
                leaf = Some(self.entry(number, row)?);
            }
            if leaf.is_none() {
                self.report.problem("missing", at(number), "the entry is missing");
            }
            self.push(leaf.unwrap_or([0; 32]));
            roots.push(self.tree.root());
        }
        self.compare_nodes(conn)?;
        self.compare_roots(conn, from, &roots)
    }

    fn push(&mut self, leaf: Hash) {
        let nodes = &mut self.nodes;
        self.tree.push(leaf, |node, hash| {
            if node.level >= LOWEST_KEPT {
                nodes.insert((node.level, node.index), hash);
            }
        });
    }

    /// Checks one entry by itself and gives its leaf's hash.
    fn entry(&mut self, number: u64, row: &Row) -> Result<Hash> {
        let leaf: Vec<u8> = row.get(2, "leaf")?;
        match Entry::parse(&leaf) {
            Ok(entry) => {
                self.compare_columns(number, &entry, row)?;
                self.payload(number, &entry, row)?;
                if entry.time.saturating_add(DEFAULT_TOLERANCE_MS) < self.latest {
                    let what =
                        format!("its time lies {} ms before an earlier entry's", self.latest - entry.time);
                    self.report.problem("time-backwards", at(number), what);
                }
                self.latest = self.latest.max(entry.time);
            }
            Err(e) => self.report.problem("bad-entry", at(number), e.to_string()),
        }
        Ok(leaf_hash(&leaf))
    }

    /// The columns by which entries are found say what the entry says.
    fn compare_columns(&mut self, number: u64, entry: &Entry, row: &Row) -> Result<()> {
        let hex = |b: Vec<u8>| -> String { b.iter().map(|b| format!("{b:02x}")).collect() };
        let actor = hex(row.get(5, "actor")?);
        let subject = row.get::<Option<Vec<u8>>>(6, "subject")?.map(hex);
        let time = u64::try_from(row.get::<i64>(7, "at")?).unwrap_or(0);
        let same = actor == entry.actor.as_str()
            && subject.as_deref() == entry.person.as_ref().map(crate::log::entry::Token::as_str)
            && time == entry.time;
        if !same {
            self.report.problem(
                "altered-row",
                at(number),
                "its row names another actor, person or time than the entry",
            );
        }
        Ok(())
    }

    fn payload(&mut self, number: u64, entry: &Entry, row: &Row) -> Result<()> {
        let id: Vec<u8> = row.get(1, "id")?;
        let sealed: Vec<u8> = row.get(4, "sealed")?;
        let key = KeyId(row.get(3, "key_id")?);
        let place = Place { table: "audit_entry", column: "sealed", row: &id };
        if key_of(&sealed, "audit_entry").ok() != Some(key) {
            self.report.problem(
                "altered-payload",
                at(number),
                "its payload is not sealed by the key that its row names",
            );
            return Ok(());
        }
        match self.store.open_bytes(place, &sealed) {
            Ok(plain) if commits(&entry.commitment, &plain) => self.report.opened += 1,
            Ok(_) => {
                self.report.problem(
                    "altered-payload",
                    at(number),
                    "its payload is not what the entry committed to",
                );
            }
            Err(StoreError::KeyGone) if self.store.keys.was_destroyed(key)? => self.report.erased += 1,
            Err(StoreError::KeyGone) => {
                let what = "the key of its payload is neither there nor destroyed by an erasure";
                self.report.problem("key-missing", at(number), what);
            }
            Err(StoreError::Unsealable { .. }) => {
                self.report.problem("altered-payload", at(number), "its payload does not open");
            }
            Err(e) => return Err(e),
        }
        Ok(())
    }

    /// Compares the stored inner hashes with those of this batch.
    fn compare_nodes(&mut self, conn: &mut Conn) -> Result<()> {
        let expected = std::mem::take(&mut self.nodes);
        self.made += expected.len() as u64;
        let mut ranges: BTreeMap<u8, (u64, u64)> = BTreeMap::new();
        for (level, index) in expected.keys() {
            ranges.entry(*level).and_modify(|r| r.1 = *index).or_insert((*index, *index));
        }
        for (level, (first, last)) in ranges {
            let rows = conn.query(
                "audit_hash",
                "SELECT position, hash FROM audit_hash \
                 WHERE controller_id = $1 AND level = $2 AND position >= $3 AND position <= $4",
                &[self.controller.into(), i64::from(level).into(), int(first)?, int(last)?],
            )?;
            let mut stored: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
            for row in &rows {
                stored.insert(unsigned(row.get(0, "position")?)?, row.get(1, "hash")?);
            }
            for ((_, index), hash) in expected.range((level, first)..=(level, last)) {
                if stored.get(index).map(Vec::as_slice) != Some(hash.as_slice()) {
                    let what = "the stored hash does not follow from the entries";
                    self.report.problem("altered-hash", format!("level {level}, position {index}"), what);
                }
            }
        }
        Ok(())
    }

    /// Compares what was signed for the sizes `from + 1 ..` with the roots computed for them.
    fn compare_roots(&mut self, conn: &mut Conn, from: u64, roots: &[Hash]) -> Result<()> {
        let root_of = |size: u64| usize::try_from(size - from - 1).ok().and_then(|i| roots.get(i)).copied();
        let to = from + roots.len() as u64;
        for (size, root) in self.checkpoints(conn, from + 1, to)? {
            self.judge(size, &root, root_of(size));
        }
        let outside = std::mem::take(&mut self.outside);
        for (size, name, root) in outside {
            if size > to {
                self.outside.push((size, name, root));
            } else if size > from && root_of(size) != Some(root) {
                let what = format!("the log does not continue this checkpoint of {size} entries");
                self.report.problem("inconsistent", name, what);
            } else {
                self.report.continues += 1;
            }
        }
        Ok(())
    }

    /// Checkpoints of the empty log.
    fn compare_checkpoints(&mut self, conn: &mut Conn, from: u64, to: u64) -> Result<()> {
        let empty = self.tree.root();
        for (size, root) in self.checkpoints(conn, from, to)? {
            self.judge(size, &root, Some(empty));
        }
        Ok(())
    }

    fn judge(&mut self, size: u64, root: &Hash, computed: Option<Hash>) {
        if computed == Some(*root) {
            self.report.checkpoints += 1;
            self.report.signed_size = Some(size);
        } else {
            let what = "the entries do not lead to the root that was signed";
            self.report.problem("wrong-root", format!("checkpoint of {size}"), what);
        }
    }

    /// The stored checkpoints of these sizes whose signatures hold, with their roots.
    fn checkpoints(&mut self, conn: &mut Conn, from: u64, to: u64) -> Result<Vec<(u64, Hash)>> {
        let rows = conn.query(
            "audit_checkpoint",
            "SELECT size, note FROM audit_checkpoint WHERE controller_id = $1 AND size >= $2 AND size <= $3 ORDER BY size",
            &[self.controller.into(), int(from)?, int(to)?],
        )?;
        let mut good = Vec::with_capacity(rows.len());
        for row in &rows {
            let size = unsigned(row.get(0, "size")?)?;
            let place = format!("checkpoint of {size}");
            let mut note: String = row.get(1, "note")?;
            let lines = super::audit::cosignature_lines(conn, self.controller, size)?;
            lines.iter().for_each(|line| note.push_str(line));
            match self.open(note.as_bytes()) {
                Ok(signed) if signed.checkpoint.size == size => {
                    let witnesses =
                        signed.open(&self.keys).map_or(0, |v| v.iter().filter(|v| v.time.is_some()).count());
                    self.report.cosignatures += witnesses as u64;
                    good.push((size, signed.checkpoint.root));
                }
                Ok(_) => self.report.problem(
                    "altered-checkpoint",
                    place,
                    "it speaks for another size than its row",
                ),
                Err(why) => self.report.problem("altered-checkpoint", place, why),
            }
        }
        Ok(good)
    }

    /// Rows that belong to no part of a log of this size.
    fn compare_leftovers(&mut self, conn: &mut Conn, size: u64) -> Result<()> {
        let beyond = self.count(conn, "audit_entry", "number >= $2 OR number < 0", Some(size))?;
        let signed_beyond = self.count(conn, "audit_checkpoint", "size > $2", Some(size))?;
        let hashes = self.count(conn, "audit_hash", "1 = 1", None)?;
        self.report.waiting = self.count(conn, "audit_entry", "number IS NULL", None)?;
        if beyond > 0 {
            let what = format!("{beyond} entries have numbers that the log's head does not reach");
            self.report.problem("beyond-head", "audit_head", what);
        }
        if signed_beyond > 0 {
            let what = format!(
                "{signed_beyond} checkpoints speak for more entries than there are: the end was cut off"
            );
            self.report.problem("truncated", "audit_head", what);
        }
        if hashes != self.made {
            let what = format!("there are {hashes} stored hashes, and the entries make {}", self.made);
            self.report.problem("wrong-hashes", "audit_hash", what);
        }
        Ok(())
    }

    fn count(&self, conn: &mut Conn, table: &'static str, condition: &str, size: Option<u64>) -> Result<u64> {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE controller_id = $1 AND ({condition})");
        let mut params = vec![self.controller.into()];
        params.extend(size.map(int).transpose()?);
        let rows = conn.query(table, &sql, &params)?;
        rows.first().map_or(Ok(0), |r| unsigned(r.get(0, "count")?))
    }
}

fn at(number: u64) -> String {
    format!("entry {number}")
}

/// A payload is its salt of 32 bytes and its text.
fn commits(commitment: &Commitment, plain: &[u8]) -> bool {
    plain.split_first_chunk::<32>().is_some_and(|(salt, text)| commitment.opens_to(salt, text))
}
