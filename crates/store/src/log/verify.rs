//! Checking an exported log offline, believing nothing but the keys that were given.
//!
//! Everything is recomputed from the entries: each entry's own form, the hash in its tile, every tile
//! above, the root, and the roots of older checkpoints. So an edit, a deletion, a reordering or a
//! truncation anywhere shows.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use super::entry::Entry;
use super::files::{FileError, read_if_there};
use super::merkle::{Frontier, Hash};
use super::policy::{Policy, PolicyError, Verdict};
use super::text::base64;
use super::tile::{EntryTooLong, Kind, Tile, expected_width, split_entries, split_hashes, tiles};
use super::tree::TreeBuilder;

/// After this many findings a report only counts.
const MAX_PROBLEMS: usize = 100;

/// How far the clocks of those who write a log may differ, in milliseconds, unless told otherwise.
pub const DEFAULT_TOLERANCE_MS: u64 = 60_000;

/// How to check.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whose signatures are believed, and how many are needed.
    pub policy: Policy,
    /// Older checkpoints of the same log, each with the name that the report calls it by. The log must
    /// continue them.
    pub since: Vec<(String, Vec<u8>)>,
    /// How far an entry's time may lie before an earlier entry's, in milliseconds.
    pub tolerance_ms: u64,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A stable word for programs.
    pub code: &'static str,
    /// Which file or entry.
    pub place: String,
    /// What is wrong.
    pub what: String,
}

/// What was checked and found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether nothing is wrong.
    pub sound: bool,
    /// The log's name.
    pub origin: String,
    /// How many entries the checkpoint speaks for.
    pub size: u64,
    /// The checkpoint's root, in Base64.
    pub root: String,
    /// The log keys that signed.
    pub signed_by: Vec<String>,
    /// The witnesses that cosigned, and when, in seconds since 1970.
    pub cosigned_by: Vec<(String, u64)>,
    /// Signature lines by keys that were not given: nothing is known about them.
    pub unknown_signatures: usize,
    /// How many entries were read.
    pub entries: u64,
    /// How many tiles and bundles were compared.
    pub files: u64,
    /// How many older checkpoints the log continues.
    pub continues: usize,
    /// The first entry's time, in milliseconds since 1970.
    pub first_time: Option<u64>,
    /// The last entry's time, in milliseconds since 1970.
    pub last_time: Option<u64>,
    /// What is wrong, at most the first hundred findings.
    pub problems: Vec<Problem>,
    /// How many findings there are in all.
    pub problem_count: usize,
}

impl Report {
    fn problem(&mut self, code: &'static str, place: impl Into<String>, what: impl Into<String>) {
        self.problem_count += 1;
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem { code, place: place.into(), what: what.into() });
        }
    }
}

/// Checks the log that lies in `dir` as [`super::tree::export`] writes it.
///
/// Everything wrong with the log is in the report; only a file that the system refuses to read is an
/// error.
///
/// # Errors
/// [`FileError`] when a file or folder exists but cannot be read.
pub fn verify_export(dir: &Path, options: &Options) -> Result<Report, FileError> {
    let mut report = Report::default();
    if let Some(head) = check_head(dir, options, &mut report)? {
        let since = check_since(options, &head, &mut report);
        let mut walk = Walk { dir, head: &head, since, tolerance_ms: options.tolerance_ms, report };
        walk.entries()?;
        walk.other_files()?;
        report = walk.report;
    }
    report.sound = report.problem_count == 0;
    Ok(report)
}

/// Reads the checkpoint and asks the policy about it.
fn check_head(dir: &Path, options: &Options, report: &mut Report) -> Result<Option<Checkpoint>, FileError> {
    let Some(bytes) = read_if_there(&dir.join("checkpoint"))? else {
        report.problem("no-checkpoint", "checkpoint", "the file is missing");
        return Ok(None);
    };
    let signed = match SignedCheckpoint::parse(&bytes) {
        Ok(signed) => signed,
        Err(e) => {
            report.problem("bad-checkpoint", "checkpoint", e.to_string());
            return Ok(None);
        }
    };
    match options.policy.check(&signed) {
        Ok(verdict) => note_verdict(report, verdict),
        Err(e) => report.problem(policy_code(&e), "checkpoint", e.to_string()),
    }
    let head = signed.checkpoint;
    report.origin.clone_from(&head.origin);
    report.size = head.size;
    report.root = base64(&head.root);
    Ok(Some(head))
}

fn note_verdict(report: &mut Report, verdict: Verdict) {
    report.signed_by = verdict.logs;
    report.cosigned_by = verdict.witnesses;
    report.unknown_signatures = verdict.unknown;
}

const fn policy_code(error: &PolicyError) -> &'static str {
    match error {
        PolicyError::NoQuorumMet { .. } => "no-quorum",
        _ => "bad-signature",
    }
}

/// An older checkpoint that the log must continue.
struct Since {
    name: String,
    size: u64,
    root: Hash,
}

/// Reads the older checkpoints; those that cannot be compared are reported here.
fn check_since(options: &Options, head: &Checkpoint, report: &mut Report) -> Vec<Since> {
    let mut since = Vec::new();
    for (name, bytes) in &options.since {
        match open_since(bytes, &options.policy, &head.origin) {
            Ok(old) if old.size > head.size => report.problem(
                "truncated",
                name,
                format!("this checkpoint of {} entries is later than the log's {}", old.size, head.size),
            ),
            Ok(old) => since.push(Since { name: name.clone(), size: old.size, root: old.root }),
            Err(e) => report.problem("bad-older-checkpoint", name, e.to_string()),
        }
    }
    since.sort_by_key(|s| s.size);
    since
}

fn open_since(bytes: &[u8], policy: &Policy, origin: &str) -> Result<Checkpoint, CheckpointError> {
    let signed = SignedCheckpoint::parse(bytes)?;
    signed.open(policy.logs())?;
    if signed.checkpoint.origin == origin {
        return Ok(signed.checkpoint);
    }
    Err(CheckpointError::OtherLog { found: signed.checkpoint.origin, expected: origin.to_owned() })
}

/// Stops the walk over the entries: a system fault, or a finding that leaves nothing to go on with.
enum Stop {
    Fault(FileError),
    Found(Problem),
}

impl From<FileError> for Stop {
    fn from(e: FileError) -> Self {
        Self::Fault(e)
    }
}

impl From<EntryTooLong> for Stop {
    fn from(e: EntryTooLong) -> Self {
        Self::Found(Problem { code: "damaged-bundle", place: "tile/entries".to_owned(), what: e.to_string() })
    }
}

struct Walk<'a> {
    dir: &'a Path,
    head: &'a Checkpoint,
    since: Vec<Since>,
    tolerance_ms: u64,
    report: Report,
}

impl Walk<'_> {
    /// Reads every entry in order and compares all that follows from them.
    fn entries(&mut self) -> Result<(), FileError> {
        let mut builder = TreeBuilder::default();
        match self.grow(&mut builder) {
            Ok(()) => self.compare_root(builder.frontier()),
            Err(Stop::Fault(e)) => return Err(e),
            Err(Stop::Found(p)) => self.report.problem(p.code, p.place, p.what),
        }
        self.compare_cosignatures();
        Ok(())
    }

    fn grow(&mut self, builder: &mut TreeBuilder) -> Result<(), Stop> {
        self.compare_since(builder.frontier());
        // The size is not to be trusted yet, so nothing may be sized by it.
        for bundle in tiles(self.head.size).take_while(|t| t.kind == Kind::Entries) {
            let content = self.read(&bundle)?;
            let entries = split_entries(&content).filter(|e| e.len() == usize::from(bundle.width));
            let entries = entries.ok_or_else(|| damaged(&bundle))?;
            self.report.files += 1;
            for entry in entries {
                self.check_entry(builder.frontier().size(), entry);
                builder.push(entry, &mut |tile, content| self.compare_tile(tile, content))?;
                self.compare_since(builder.frontier());
            }
        }
        builder.finish(&mut |tile, content| self.compare_tile(tile, content))
    }

    fn read(&self, tile: &Tile) -> Result<Vec<u8>, Stop> {
        let path = tile.path();
        read_if_there(&self.dir.join(&path))?.ok_or_else(|| {
            Stop::Found(Problem { code: "missing-file", place: path, what: "the file is missing".to_owned() })
        })
    }

    fn check_entry(&mut self, index: u64, bytes: &[u8]) {
        self.report.entries += 1;
        let entry = match Entry::parse(bytes) {
            Ok(entry) => entry,
            Err(e) => return self.report.problem("bad-entry", format!("entry {index}"), e.to_string()),
        };
        let latest = self.report.last_time.unwrap_or(0);
        if entry.time.saturating_add(self.tolerance_ms) < latest {
            let what = format!("its time lies {} ms before an earlier entry's", latest - entry.time);
            self.report.problem("time-backwards", format!("entry {index}"), what);
        }
        self.report.first_time.get_or_insert(entry.time);
        self.report.last_time = Some(latest.max(entry.time));
    }

    /// Compares a tile that the entries lead to with the one in the folder.
    fn compare_tile(&mut self, tile: Tile, expected: &[u8]) -> Result<(), Stop> {
        let Kind::Hashes(level) = tile.kind else { return Ok(()) };
        let found = match self.read(&tile) {
            Err(Stop::Found(p)) => {
                self.report.problem(p.code, p.place, p.what);
                return Ok(());
            }
            other => other?,
        };
        self.report.files += 1;
        if found == expected {
            return Ok(());
        }
        let same = found.chunks(32).zip(expected.chunks(32)).take_while(|(a, b)| a == b).count() as u64;
        let first = tile.index * super::tile::TILE_WIDTH + same;
        let what = match level {
            0 => format!("entry {first} is not the one that was logged, or the tile was altered"),
            _ => "the tile does not follow from the entries".to_owned(),
        };
        self.report.problem("altered", tile.path(), what);
        Ok(())
    }

    fn compare_since(&mut self, tree: &Frontier) {
        while let Some(since) = self.since.first().filter(|s| s.size == tree.size()) {
            if since.root == tree.root() {
                self.report.continues += 1;
            } else {
                let what = format!("the log does not continue this checkpoint of {} entries", since.size);
                self.report.problem("inconsistent", since.name.clone(), what);
            }
            self.since.remove(0);
        }
    }

    fn compare_root(&mut self, tree: &Frontier) {
        if tree.root() != self.head.root {
            self.report.problem("wrong-root", "checkpoint", "the entries do not lead to the signed root");
        }
    }

    /// An entry cannot be younger than a checkpoint that already spoke for it.
    fn compare_cosignatures(&mut self) {
        let Some(last) = self.report.last_time else { return };
        for (witness, seconds) in self.report.cosigned_by.clone() {
            let at = seconds.saturating_mul(1000).saturating_add(self.tolerance_ms);
            if last > at {
                let what = format!("the last entry's time is later than the cosignature of `{witness}`");
                self.report.problem("time-ahead", "checkpoint", what);
            }
        }
    }

    /// Looks for files that do not belong to the log.
    fn other_files(&mut self) -> Result<(), FileError> {
        let mut paths = Vec::new();
        list(&self.dir.join("tile"), &mut paths)?;
        paths.sort();
        for path in paths {
            let name = path.strip_prefix(self.dir).unwrap_or(&path).to_string_lossy().into_owned();
            if !self.belongs(&name)? {
                self.report.problem("unexpected-file", name, "the file is not part of the log");
            }
        }
        Ok(())
    }

    /// A file belongs if it is one of the log's tiles, or an older partial tile of which it is the start.
    fn belongs(&self, name: &str) -> Result<bool, FileError> {
        let Some(tile) = Tile::parse(name) else { return Ok(false) };
        let width = expected_width(tile.kind, tile.index, self.head.size);
        if tile.width == width {
            return Ok(true);
        }
        if tile.width > width {
            return Ok(false);
        }
        let read = |t: &Tile| Ok(read_if_there(&self.dir.join(t.path()))?.unwrap_or_default());
        let (part, whole) = (read(&tile)?, read(&Tile { width, ..tile })?);
        let count = match tile.kind {
            Kind::Entries => split_entries(&part).map(|e| e.len()),
            Kind::Hashes(_) => split_hashes(&part).map(|h| h.len()),
        };
        Ok(whole.starts_with(&part) && count == Some(usize::from(tile.width)))
    }
}

fn damaged(bundle: &Tile) -> Stop {
    let what = format!("its lengths do not give {} entries", bundle.width);
    Stop::Found(Problem { code: "damaged-bundle", place: bundle.path(), what })
}

/// Every file below `dir`; none when it does not exist.
fn list(dir: &Path, found: &mut Vec<PathBuf>) -> Result<(), FileError> {
    let children = match fs::read_dir(dir) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(FileError::read(dir))?,
    };
    for child in children {
        let path = child.map_err(FileError::read(dir))?.path();
        if path.is_dir() { list(&path, found)? } else { found.push(path) }
    }
    Ok(())
}
