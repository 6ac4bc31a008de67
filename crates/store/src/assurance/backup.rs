//! The online sealed backup, and the restore that replays erasures.
//!
//! A backup is one stream, sealed by a passphrase (age, scrypt): the database as of one moment, and the
//! sealed files. It holds no data keys. The key store has a backup of its own with a short life, so that
//! a destroyed key is gone everywhere once its last copy is; a restore replays the key store's
//! tombstones before the service opens.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use crate::db::Conn;
use crate::error::{Result, StoreError};
use crate::files::Address;
use crate::seal::organisation::Hardness;
use crate::seal::stream;
use crate::store::{Backend, Place, Store};

const MAGIC: &[u8; 16] = b"counterfoil/bk/1";
const CHUNK: usize = 1 << 20;

/// What a backup or restore handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Copied {
    /// Parts: the database (SQLite) or its tables (PostgreSQL).
    pub parts: u64,
    /// Sealed files.
    pub files: u64,
    /// Bytes before sealing.
    pub bytes: u64,
}

/// The tables in an order in which their foreign keys hold (the PostgreSQL backup).
pub const TABLES: &[&str] = &[
    "schema_migration",
    "controller",
    "office",
    "register_version",
    "register_purposes",
    "staff_account",
    "session",
    "partnership",
    "incident",
    "adherence",
    "person",
    "person_identity",
    "person_relation",
    "person_merge",
    "record_transfer",
    "odd_access",
    "declared_relation",
    "access_grant",
    "case_file",
    "note",
    "note_draft",
    "record_version",
    "case_entry",
    "case_share",
    "document",
    "document_version",
    "recording",
    "permission",
    "permission_event",
    "disclosure",
    "referral",
    "marketing_stop",
    "statistics_release",
    "research_project",
    "research_extract",
    "reidentification",
    "survey_answer",
    "search_entry",
    "rights_request",
    "request_event",
    "request_source",
    "request_service",
    "request_time",
    "source_question",
    "request_item",
    "request_media",
    "request_reading",
    "request_cast",
    "request_decision",
    "request_note",
    "request_check",
    "request_approval",
    "request_pack",
    "inbox_item",
    "inbox_part",
    "channel_copy",
    "channel_message",
    "channel_opt_out",
    "channel_warning",
    "right_fact",
    "right_decision",
    "erasure_plan",
    "right_certificate",
    "recipient_telling",
    "complaint_stage",
    "complaint_note",
    "internal_review",
    "regulator_case",
    "person_statement",
    "processing_stop",
    "processing_restriction",
    "automated_decision",
    "suppression",
    "follow_access",
    "follow_visit",
    "ask_draft",
    "pack_ticket",
    "asker_file",
    "message",
    "mail_item",
    "site_check",
    "legal_hold",
    "retention_mark",
    "retention_look",
    "disposal_run",
    "disposal_item",
    "disposal_tombstone",
    "minimise_count",
    "import",
    "import_entry",
    "job",
    "request_job",
    "erasure",
    "audit_entry",
    "audit_head",
    "audit_hash",
    "audit_checkpoint",
    "audit_cosignature",
    "witnessed_log",
];

fn trouble(what: &'static str) -> impl Fn(std::io::Error) -> StoreError {
    move |e| StoreError::File { what, why: e.to_string() }
}

const WRITING: &str = "the backup could not be written";
const READING: &str = "the backup could not be read";

/// Writes parts of unknown length: name, chunks, an empty chunk.
struct Parts<'a> {
    out: &'a mut dyn Write,
    copied: Copied,
}

impl Parts<'_> {
    fn add(&mut self, name: &str, content: &mut dyn Read) -> Result<()> {
        let length = u16::try_from(name.len()).unwrap_or(u16::MAX);
        self.put(&length.to_be_bytes())?;
        self.put(name.as_bytes())?;
        let mut buffer = vec![0; CHUNK];
        loop {
            let n = content.read(&mut buffer).map_err(trouble(WRITING))?;
            self.put(&(n as u32).to_be_bytes())?;
            if n == 0 {
                return Ok(());
            }
            self.put(buffer.get(..n).unwrap_or_default())?;
            self.copied.bytes += n as u64;
        }
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).map_err(trouble(WRITING))
    }
}

/// One part's content as it is read back.
struct Part<'a> {
    from: &'a mut dyn Read,
    left: usize,
    ended: bool,
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 && !self.ended {
            let mut length = [0; 4];
            self.from.read_exact(&mut length)?;
            self.left = u32::from_be_bytes(length) as usize;
            self.ended = self.left == 0;
        }
        let most = buffer.len().min(self.left);
        let n = self.from.read(buffer.get_mut(..most).unwrap_or_default())?;
        if n == 0 && most > 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= n;
        Ok(n)
    }
}

fn next_name(from: &mut dyn Read) -> Result<Option<String>> {
    let mut length = [0; 2];
    from.read_exact(&mut length).map_err(trouble(READING))?;
    let length = usize::from(u16::from_be_bytes(length));
    if length == 0 {
        return Ok(None);
    }
    let mut name = vec![0; length];
    from.read_exact(&mut name).map_err(trouble(READING))?;
    String::from_utf8(name).map(Some).map_err(|_| damaged())
}

fn damaged() -> StoreError {
    StoreError::Invalid("this is not a whole backup of this product: use another copy".to_owned())
}

impl Store {
    /// Writes a sealed backup to `target` while the product runs. Nothing is left behind on failure.
    ///
    /// # Errors
    /// [`StoreError::File`] when the disk is full or refuses, or what the database answers.
    pub fn back_up(&self, target: &Path, passphrase: &str, hardness: Hardness) -> Result<Copied> {
        let half = target.with_extension("part");
        self.inner.backups.fetch_add(1, Ordering::SeqCst);
        let outcome = self.write_backup(&half, passphrase, hardness);
        self.inner.backups.fetch_sub(1, Ordering::SeqCst);
        let outcome = outcome.and_then(|copied| {
            fs::rename(&half, target).map_err(trouble(WRITING))?;
            Ok(copied)
        });
        if outcome.is_err() {
            let _ = fs::remove_file(&half);
        }
        outcome
    }

    fn write_backup(&self, half: &Path, passphrase: &str, hardness: Hardness) -> Result<Copied> {
        let file = File::create(half).map_err(trouble(WRITING))?;
        let mut sealed = stream::seal(BufWriter::new(file), passphrase, hardness)?;
        sealed.write_all(MAGIC).map_err(trouble(WRITING))?;
        let mut parts = Parts { out: &mut sealed, copied: Copied::default() };
        // INVARIANT: the database first, the files after: every file that a row names was there before the row.
        self.add_database(&mut parts, half)?;
        for address in self.inner.files.addresses()? {
            // A file may be removed by an erasure while the backup runs; then no row will need it.
            if let Ok(content) = self.inner.files.read(&address) {
                parts.add(&format!("file/{}", hex(&address)), &mut content.as_slice())?;
                parts.copied.files += 1;
            }
        }
        parts.put(&[0, 0])?;
        let copied = parts.copied;
        let inner = sealed.finish().map_err(trouble(WRITING))?;
        let file = inner.into_inner().map_err(|e| trouble(WRITING)(e.into_error()))?;
        file.sync_all().map_err(trouble(WRITING))?;
        Ok(copied)
    }

    fn add_database(&self, parts: &mut Parts<'_>, half: &Path) -> Result<()> {
        match &self.inner.backend {
            Backend::Sqlite { .. } => {
                let copy = half.with_extension("copy");
                let outcome = self
                    .read(|conn| conn.copy_to(&copy))
                    .and_then(|()| File::open(&copy).map_err(trouble(WRITING)))
                    .and_then(|file| parts.add("sqlite", &mut BufReader::new(file)));
                let _ = fs::remove_file(&copy);
                parts.copied.parts = 1;
                outcome
            }
            Backend::Postgres(_) => self.outside(|conn| {
                conn.begin()?;
                let outcome = TABLES.iter().try_for_each(|table| {
                    parts.copied.parts += 1;
                    conn.copy_out(table, &mut |content| parts.add(&format!("table/{table}"), content))
                });
                conn.rollback().and(outcome)
            }),
        }
    }

    /// Restores a backup into an empty place. The caller then opens the store there, restores the keys and
    /// calls [`Store::replay_erasures`] before anything else.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the place is not empty or the backup is of the other engine;
    /// [`StoreError::Keys`] when the passphrase is wrong. Nothing half-restored is left.
    pub fn restore(backup: &Path, passphrase: &str, place: &Place) -> Result<Copied> {
        let file = File::open(backup).map_err(trouble(READING))?;
        let mut plain = stream::open(BufReader::new(file), passphrase)?;
        let mut magic = [0; 16];
        plain.read_exact(&mut magic).map_err(|_| damaged())?;
        if magic != *MAGIC {
            return Err(damaged());
        }
        match place {
            Place::Folder(folder) => restore_folder(&mut plain, folder),
            Place::Postgres { address, schema, files, .. } => {
                let mut conn = crate::store::connect_alone(address, schema)?;
                restore_postgres(&mut plain, &mut conn, files)
            }
        }
    }
}

/// A folder that becomes what it is to be only when it is whole; dropped before, it is removed.
struct Half {
    path: PathBuf,
    above: Option<PathBuf>,
}

impl Half {
    fn make(path: PathBuf) -> Result<Self> {
        // Left by a restore that was killed.
        let _ = fs::remove_dir_all(&path);
        let above = path.parent().filter(|p| !p.exists()).map(Path::to_owned);
        fs::create_dir_all(&path).map_err(trouble(READING))?;
        Ok(Self { path, above })
    }

    /// Puts the restored files in their place.
    fn place_files(&self, files: &Path) -> Result<()> {
        let _ = fs::remove_dir(files);
        fs::rename(self.path.join("files"), files).map_err(trouble(READING))
    }
}

impl Drop for Half {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
        if let Some(above) = &self.above {
            // Only when nothing came to be in it.
            let _ = fs::remove_dir(above);
        }
    }
}

fn refuse_files(files: &Path) -> Result<()> {
    if fs::read_dir(files).is_ok_and(|mut d| d.next().is_some()) {
        return Err(StoreError::Invalid(
            "the folder holds sealed files already: restore into an empty folder, then put it in its place"
                .to_owned(),
        ));
    }
    Ok(())
}

fn restore_folder(plain: &mut dyn Read, folder: &Path) -> Result<Copied> {
    let database = crate::db::SqliteFiles::inside(folder).database;
    let files = folder.join("files");
    if database.exists() {
        return Err(StoreError::Invalid(
            "the folder holds a database already: restore into an empty folder, then put it in its place"
                .to_owned(),
        ));
    }
    refuse_files(&files)?;
    let half = Half::make(folder.join("restore.part"))?;
    let copy = half.path.join("counterfoil.db");
    let copied = read_parts(plain, &half.path.join("files"), &mut |name, content| {
        if name != "sqlite" {
            return Err(other_engine());
        }
        let mut file = File::create(&copy).map_err(trouble(READING))?;
        std::io::copy(content, &mut file).map_err(trouble(READING))?;
        file.sync_all().map_err(trouble(READING))
    })?;
    if !copy.exists() {
        return Err(damaged());
    }
    // INVARIANT: the database comes last: a folder without one is empty to every other command.
    half.place_files(&files)?;
    fs::rename(&copy, &database).map_err(trouble(READING))?;
    File::open(folder).and_then(|f| f.sync_all()).map_err(trouble(READING))?;
    Ok(copied)
}

fn restore_postgres(plain: &mut dyn Read, conn: &mut Conn, files: &Path) -> Result<Copied> {
    if conn.columns()?.iter().any(|(table, _)| TABLES.contains(&table.as_str())) {
        return Err(StoreError::Invalid(
            "the schema holds tables already: restore into an empty one".to_owned(),
        ));
    }
    refuse_files(files)?;
    let half = Half::make(files.with_extension("part"))?;
    conn.begin()?;
    let outcome = read_parts(plain, &half.path.join("files"), &mut |name, content| {
        let table = name.strip_prefix("table/").and_then(|t| TABLES.iter().find(|k| **k == t));
        restore_table(conn, table.ok_or_else(other_engine)?, content)
    });
    let outcome = outcome.and_then(|copied| half.place_files(files).map(|()| copied));
    match outcome {
        Ok(copied) => conn.commit().map(|()| copied).inspect_err(|_| drop(fs::remove_dir_all(files))),
        Err(e) => {
            let _ = conn.rollback();
            Err(e)
        }
    }
}

/// The first table says which schema the backup is of; a newer program then migrates it as it opens it.
fn restore_table(conn: &mut Conn, table: &str, content: &mut dyn Read) -> Result<()> {
    if table != "schema_migration" {
        return conn.copy_in(table, content);
    }
    crate::migrate::make_ledger(conn)?;
    conn.copy_in(table, content)?;
    crate::migrate::rebuild(conn)
}

type Take<'a> = dyn FnMut(&str, &mut dyn Read) -> Result<()> + 'a;

fn read_parts(plain: &mut dyn Read, files: &Path, take: &mut Take<'_>) -> Result<Copied> {
    let shelves = crate::files::Files::open(files)?;
    let mut copied = Copied::default();
    while let Some(name) = next_name(plain)? {
        let mut part = Part { from: plain, left: 0, ended: false };
        if let Some(address) = name.strip_prefix("file/").and_then(unhex) {
            let mut content = Vec::new();
            part.read_to_end(&mut content).map_err(trouble(READING))?;
            shelves.keep(&address, &content)?;
            copied.files += 1;
        } else {
            take(&name, &mut part)?;
            copied.parts += 1;
        }
    }
    // Reading to the end is what shows that the end is there.
    let mut rest = Vec::new();
    plain.read_to_end(&mut rest).map_err(trouble(READING))?;
    if rest.is_empty() { Ok(copied) } else { Err(damaged()) }
}

fn other_engine() -> StoreError {
    StoreError::Invalid(
        "this backup is of the other database engine: restore it to that kind of place".to_owned(),
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Option<Address> {
    let mut address = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (i, byte) in address.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(address)
}

/// Copies of the key store, which has a backup cycle of its own.
impl Store {
    /// Writes a sealed copy of the key store, tombstones included.
    ///
    /// # Errors
    /// [`StoreError::File`], or what the key store answers.
    pub fn back_up_keys(&self, target: &Path, passphrase: &str, hardness: Hardness) -> Result<usize> {
        let (content, keys) = self.inner.keys.dump()?;
        let sealed = stream::seal_bytes(&content, passphrase, hardness)?;
        let half: PathBuf = target.with_extension("part");
        let written = File::create(&half)
            .and_then(|mut f| f.write_all(&sealed).and_then(|()| f.sync_all()))
            .and_then(|()| fs::rename(&half, target));
        written.map_err(|e| {
            let _ = fs::remove_file(&half);
            trouble(WRITING)(e)
        })?;
        Ok(keys)
    }

    /// Adds the keys and tombstones of a copy to the key store. A key that was destroyed stays destroyed.
    ///
    /// # Errors
    /// [`StoreError::Keys`] when the passphrase is wrong; [`StoreError::File`].
    pub fn restore_keys(&self, copy: &Path, passphrase: &str) -> Result<usize> {
        let sealed = fs::read(copy).map_err(trouble(READING))?;
        let content = stream::open_bytes(&sealed, passphrase)?;
        self.inner.keys.load(&content)
    }
}
