//! Taking people and documents in from files. An interrupted import is resumed by running it again: what
//! was taken in is not taken in twice. What arrives by the channels is in modules of its own.

pub mod arrive;
pub mod channels;
pub mod forms;
pub mod inbox;
pub mod outward;
pub mod settle;
pub mod work;

use std::path::{Path, PathBuf};

use counterfoil_domain::access::{Purpose, Verb};
use counterfoil_domain::ids::{ImportId, OfficeId, PersonId};
use counterfoil_finding::model::Document as ReadDocument;
use counterfoil_finding::read::{Hint, read};
use counterfoil_store::access::Actor;
use counterfoil_store::casebook::documents::DocumentText;
use counterfoil_store::casebook::people::{Address, Identifier, NewPerson, Profile, Recorded};
use counterfoil_store::{Store, StoreError, Terms, Tx};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::casebook::{Identity, Protection};
use crate::error::{Result, ServiceError};
use crate::rights::{media_type, reading_limits};

/// The largest document that is taken in, in bytes.
const LARGEST: u64 = 512 << 20;

/// What came of one row or file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The row's number or the file's name.
    pub entry: String,
    /// `new`, `known`, `kept`, `kept-unread`, `refused`, or `done-before`.
    pub result: String,
    /// Why, without personal data.
    pub why: String,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Whether it went on from an interrupted run.
    pub resumed: bool,
    /// Entry by entry, in order.
    pub outcomes: Vec<Outcome>,
}

/// The columns that a file of people may have.
const COLUMNS: &[&str] = &[
    "forenames",
    "surname",
    "also_known_as",
    "born",
    "email",
    "phone",
    "address",
    "postcode",
    "nino",
    "nhs",
    "reference",
    "language",
    "contact_rules",
];

type Step = (String, &'static str, Option<[u8; 16]>);

/// Takes people in from a CSV file with a heading row. People who are known already are left as they are.
///
/// # Errors
/// [`ServiceError::Invalid`] for an unreadable file or an unknown column: then nothing was taken in. A
/// single bad row is refused by itself and reported.
pub fn import_people(
    store: &Store,
    who: &Actor,
    office: OfficeId,
    file: &Path,
    progress: &dyn Fn(usize, usize),
) -> Result<Imported> {
    let (headings, rows) = rows_of(file)?;
    let source = file.display().to_string();
    run(store, who, "people", &source, rows.len(), progress, |at, import| {
        let Some(row) = rows.get(at) else { return Ok(None) };
        let entry = row.join("\u{1f}").into_bytes();
        let label = format!("row {}", at + 2);
        once(store, who, import, &entry, &label, |tx| {
            let profile = match profile(&headings, row) {
                Ok(profile) => profile,
                Err(why) => return Ok((why, "refused", None)),
            };
            let new = NewPerson {
                office,
                identity: Identity::Named,
                protection: Protection::Standard,
                profile,
                shares_contact: false,
            };
            Ok(match tx.record_person(&new, &Terms::default())? {
                Recorded::New(id) => (String::new(), "new", Some(*id.as_bytes())),
                Recorded::Known(id) => {
                    ("someone is known by one of these identities".to_owned(), "known", Some(*id.as_bytes()))
                }
            })
        })
        .map(Some)
    })
}

type Rows = (Vec<String>, Vec<Vec<String>>);

fn rows_of(file: &Path) -> Result<Rows> {
    let name = file.display();
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(file)
        .map_err(|e| ServiceError::Invalid(format!("`{name}` cannot be read: {e}")))?;
    let headings: Vec<String> = reader
        .headers()
        .map_err(|e| ServiceError::Invalid(format!("`{name}` cannot be read: {e}")))?
        .iter()
        .map(|h| h.trim_start_matches('\u{feff}').to_lowercase())
        .collect();
    if let Some(unknown) = headings.iter().find(|h| !COLUMNS.contains(&h.as_str())) {
        return Err(ServiceError::Invalid(format!(
            "column `{unknown}` is not one that a person's record has a need for: use {}",
            COLUMNS.join(", ")
        )));
    }
    let rows = reader
        .records()
        .enumerate()
        .map(|(at, row)| {
            row.map(|r| r.iter().map(str::to_owned).collect()).map_err(|_| {
                ServiceError::Invalid(format!("row {} of `{name}` cannot be read as CSV", at + 2))
            })
        })
        .collect::<Result<_>>()?;
    Ok((headings, rows))
}

fn profile(headings: &[String], row: &[String]) -> std::result::Result<Profile, String> {
    let mut profile = Profile { language: "en".to_owned(), ..Profile::default() };
    let mut address = Address::default();
    for (heading, value) in headings.iter().zip(row).filter(|(_, v)| !v.is_empty()) {
        match heading.as_str() {
            "forenames" => profile.forenames.clone_from(value),
            "surname" => profile.surname.clone_from(value),
            "also_known_as" => {
                profile.also_known_as = value.split(';').map(|v| v.trim().to_owned()).collect();
            }
            "born" => {
                profile.born =
                    Some(value.parse().map_err(|_| "the date of birth is not YYYY-MM-DD".to_owned())?);
            }
            "email" => profile.emails = value.split(';').map(|v| v.trim().to_owned()).collect(),
            "phone" => profile.phones = value.split(';').map(|v| v.trim().to_owned()).collect(),
            "address" => address.lines = value.split(',').map(|v| v.trim().to_owned()).collect(),
            "postcode" => address.postcode.clone_from(value),
            "language" => profile.language.clone_from(value),
            "contact_rules" => profile.contact_rules.clone_from(value),
            kind => profile.identifiers.push(Identifier { kind: kind.to_owned(), value: value.clone() }),
        }
    }
    if profile.forenames.is_empty() && profile.surname.is_empty() {
        return Err("the row names nobody".to_owned());
    }
    if address != Address::default() {
        profile.addresses.push(address);
    }
    Ok(profile)
}

/// Takes the files of a folder in as documents of one person. A file that cannot be read is kept all the
/// same, and said to be unread: nothing that was handed over is lost.
///
/// # Errors
/// [`ServiceError::File`] when the folder cannot be read; a refusal of the gate.
pub fn import_documents(
    store: &Store,
    who: &Actor,
    person: PersonId,
    folder: &Path,
    progress: &dyn Fn(usize, usize),
) -> Result<Imported> {
    let files = files_of(folder)?;
    let source = format!("{person} {}", folder.display());
    run(store, who, "documents", &source, files.len(), progress, |at, import| {
        let Some(path) = files.get(at) else { return Ok(None) };
        let name = path.strip_prefix(folder).unwrap_or(path).display().to_string();
        take_file(store, who, person, import, path, &name).map(Some)
    })
}

fn take_file(
    store: &Store,
    who: &Actor,
    person: PersonId,
    import: ImportId,
    path: &Path,
    name: &str,
) -> Result<Outcome> {
    let refused = |why: String| Outcome { entry: name.to_owned(), result: "refused".to_owned(), why };
    match std::fs::metadata(path) {
        Err(e) => return Ok(refused(format!("it could not be looked at: {e}"))),
        Ok(m) if m.len() > LARGEST => return Ok(refused(format!("it is larger than {} MB", LARGEST >> 20))),
        Ok(_) => {}
    }
    let content = match std::fs::read(path) {
        Ok(content) => content,
        Err(e) => return Ok(refused(format!("it could not be read: {e}"))),
    };
    let document = read(&content, &Hint { name: Some(name), media_type: None }, &reading_limits());
    let text = document.as_ref().ok().map(all_text);
    let about = DocumentText {
        name: name.to_owned(),
        media_type: document.as_ref().map_or("application/octet-stream", |d| media_type(d.kind)).to_owned(),
        source: "imported".to_owned(),
        description: String::new(),
    };
    let entry = [name.as_bytes(), Sha256::digest(&content).as_slice()].concat();
    once(store, who, import, &entry, name, |tx| {
        let id = tx.add_document(person, None, &about, &content, text.as_deref(), &Terms::default())?;
        Ok(match &document {
            Ok(_) => (String::new(), "kept", Some(*id.as_bytes())),
            Err(e) => (e.to_string(), "kept-unread", Some(*id.as_bytes())),
        })
    })
}

pub(crate) fn all_text(document: &ReadDocument) -> String {
    let mut text = String::new();
    for block in &document.blocks {
        text.push_str(&block.text);
        text.push('\n');
    }
    for inner in document.attachments.iter().filter_map(|a| a.content.as_ref().ok()) {
        text.push_str(&all_text(inner));
    }
    text
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let what = || ServiceError::file(format!("the folder `{}` could not be read", folder.display()));
        for entry in std::fs::read_dir(&folder).map_err(what())? {
            let entry = entry.map_err(what())?;
            let kind = entry.file_type().map_err(what())?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

fn run(
    store: &Store,
    who: &Actor,
    kind: &str,
    source: &str,
    total: usize,
    progress: &dyn Fn(usize, usize),
    step: impl Fn(usize, ImportId) -> Result<Option<Outcome>>,
) -> Result<Imported> {
    let import = store
        .act(who, Verb::RecordCreate, Purpose::ServiceDelivery, |tx| tx.begin_import(kind, source, total))?;
    let mut outcomes = Vec::with_capacity(total);
    for at in 0..total {
        progress(at, total);
        outcomes.extend(step(at, import.id)?);
    }
    progress(total, total);
    store.act(who, Verb::RecordCreate, Purpose::ServiceDelivery, |tx| tx.finish_import(import.id))?;
    Ok(Imported { resumed: import.resumed, outcomes })
}

/// Handles one entry in one transaction, unless it was handled before.
fn once(
    store: &Store,
    who: &Actor,
    import: ImportId,
    entry: &[u8],
    label: &str,
    work: impl Fn(&mut Tx<'_>) -> std::result::Result<Step, StoreError>,
) -> Result<Outcome> {
    let (why, result) = store.act(who, Verb::RecordCreate, Purpose::ServiceDelivery, |tx| {
        if let Some((result, why)) = tx.import_entry(import, entry)?
            && result != "refused"
        {
            return Ok((why, "done-before"));
        }
        let (why, result, record) = work(tx)?;
        tx.note_import_entry(import, entry, result, &why, record)?;
        Ok((why, result))
    })?;
    Ok(Outcome { entry: label.to_owned(), result: result.to_owned(), why })
}
