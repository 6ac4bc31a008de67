//! Searching: every source answers, and "none held" is never confused with "failed".

use std::path::{Path, PathBuf};

use counterfoil_domain::access::Verb;
use counterfoil_domain::casebook::source::Sourced;
use counterfoil_domain::ids::PersonId;
use counterfoil_finding::cast::Cast;
use counterfoil_finding::detect::Detector;
use counterfoil_finding::model::{Document, FileKind};
use counterfoil_finding::read::{Hint, Limits, Ocr, read};
use counterfoil_store::casebook::documents::{Document as DocumentRow, Region};
use counterfoil_store::casebook::people::{Person, Profile};
use counterfoil_store::rights::items::ItemText;
use counterfoil_store::rights::requests::{SourceAnswer, SourceText};
use counterfoil_store::{Record, StoreError, Terms};
use sha2::{Digest, Sha256};

use super::cast::People;
use super::other::asked_by;
use super::{Desk, cast, prepare, reading, regions};
use crate::error::{Result, ServiceError};

/// The name of the casebook as a source.
pub(crate) const CASEBOOK: &str = "casebook";

/// The name of the inboxes as a source: what came from the person and nobody has moved yet.
const INBOX: &str = "inbox";

/// The largest file that a folder source reads, in bytes.
const LARGEST: u64 = 512 << 20;

/// A folder of files that may hold something about the person.
#[derive(Debug, Clone)]
pub struct FolderSource {
    /// The name under which it appears in the answer to the requester.
    pub name: String,
    /// Where it is.
    pub folder: PathBuf,
}

/// What one source answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searched {
    /// The source.
    pub source: String,
    /// `held`, `none-held` or `failed`.
    pub result: String,
    /// How many items it gave.
    pub items: i64,
    /// How many files could not be read and so were taken as items for a person to look at.
    pub unreadable: i64,
}

/// One thing that a source holds.
struct Found {
    text: ItemText,
    content: Vec<u8>,
}

/// Searches the casebook and the folders for the identified person. Run again, a source's earlier items
/// are replaced, so long as nothing was decided about them.
///
/// `progress` is told the source and how many files of how many are done.
///
/// # Errors
/// [`ServiceError::NotReady`] when the person is not identified or decisions exist; a refusal of the gate.
/// A source that fails does not fail the search: it is noted as failed and stops the sealing.
pub fn search(
    desk: &Desk<'_>,
    reference: &str,
    folders: &[FolderSource],
    progress: &dyn Fn(&str, usize, usize),
) -> Result<Vec<Searched>> {
    let person = ready(desk, reference)?;
    let terms = asked_by(reference, serde_json::Value::Null);
    let profile = desk.store.act(desk.who, Verb::RecordRead, super::Purpose::RightsRequest, |tx| {
        tx.read_person(person, &terms)
    })?;
    let people = People::new(cast::requester(&profile.profile), &[], &[])?.cast;
    let tools = Tools { detector: reading::detector()?, nobody: reading::nobody()? };
    let mut searched = Vec::new();
    let keeping = Keeping::begin(desk, reference, CASEBOOK, "the casebook", &tools)?;
    searched.push(casebook(desk, &profile, keeping, &|done, total| progress(CASEBOOK, done, total))?);
    let keeping = Keeping::begin(desk, reference, INBOX, "the offices' inboxes", &tools)?;
    searched.push(unmoved(desk, &profile, keeping)?);
    for source in folders {
        let place = source.folder.display().to_string();
        let keeping = Keeping::begin(desk, reference, &source.name, &place, &tools)?;
        let progress = |done, total| progress(&source.name, done, total);
        searched.push(folder(&source.folder, &people, keeping, &progress)?);
    }
    desk.on_request(Verb::RequestSearch, reference, &Terms::default(), |tx, request| {
        tx.move_request(request, "searched")
    })?;
    prepare::prepare_as(desk, Verb::RequestSearch, reference, &|done, total| {
        progress("people", done, total);
    })?;
    Ok(searched)
}

/// Whose data is searched for, when nothing stands against searching.
pub(crate) fn ready(desk: &Desk<'_>, reference: &str) -> Result<PersonId> {
    let (request, decided) =
        desk.on_request(Verb::RequestSearch, reference, &Terms::default(), |tx, request| {
            Ok((request.clone(), !tx.decisions_of(request)?.is_empty()))
        })?;
    if decided {
        return Err(ServiceError::NotReady(
            "decisions were made about the items found: undo them before searching again, so that none is lost"
                .to_owned(),
        ));
    }
    request.person.ok_or_else(|| {
        ServiceError::NotReady(
            "nobody is identified yet: identify the requester first, so that the right person is searched for"
                .to_owned(),
        )
    })
}

/// What finds people in an item; made once for a search.
struct Tools {
    detector: Detector,
    nobody: Cast,
}

/// Keeping what a source gives, item by item, so that only one is in memory. Until the source has given all, its
/// answer is `pending`, which no pack can be sealed over: a search that dies half-way is run again.
struct Keeping<'k> {
    desk: &'k Desk<'k>,
    reference: &'k str,
    source: &'k str,
    location: &'k str,
    tools: &'k Tools,
    items: i64,
    unreadable: i64,
}

impl<'k> Keeping<'k> {
    /// Begins anew: what the source gave before goes.
    fn begin(
        desk: &'k Desk<'k>,
        reference: &'k str,
        source: &'k str,
        location: &'k str,
        tools: &'k Tools,
    ) -> Result<Self> {
        let this = Self { desk, reference, source, location, tools, items: 0, unreadable: 0 };
        this.answer("pending", &SourceText { location: location.to_owned(), ..SourceText::default() }, true)?;
        Ok(this)
    }

    /// Keeps one item with what reading it gives, or gave already.
    fn item(&mut self, found: Found, read: Option<Document>) -> Result<()> {
        let Found { mut text, content } = found;
        let Tools { detector, nobody } = self.tools;
        let fresh = match read {
            Some(document) => reading::of_document(detector, nobody, document),
            None => reading::fresh(detector, nobody, &text.name, &content),
        };
        // A paper file that is to be fetched is unreadable whatever its slip of text says.
        if text.unreadable.is_empty() {
            text.unreadable.clone_from(&fresh.reading.unreadable);
        }
        if let Some((media_type, what)) = regions::recording(&content) {
            (text.media_type, text.unreadable) = (media_type.to_owned(), what);
        }
        self.items += 1;
        self.unreadable += i64::from(!text.unreadable.is_empty());
        let parts = fresh.parts()?;
        drop(fresh);
        self.desk.on_request(Verb::RequestSearch, self.reference, &Terms::default(), |tx, request| {
            let (item, _) = tx.add_item(request, self.source, &text, &content)?;
            if !text.regions.is_empty() {
                tx.keep_media(request, &regions::found(item, &text))?;
            }
            reading::keep(tx, request, item, &parts)
        })
    }

    /// The source has given everything, and says how it was searched; or why it failed.
    fn end(self, outcome: std::result::Result<String, String>) -> Result<Searched> {
        let (result, method, why) = match outcome {
            Err(why) => ("failed", String::new(), why),
            Ok(method) if self.items == 0 => ("none-held", method, String::new()),
            Ok(method) => ("held", method, String::new()),
        };
        let text = SourceText { method, why, location: self.location.to_owned() };
        self.answer(result, &text, result == "failed")?;
        let items = if result == "failed" { 0 } else { self.items };
        let (source, result) = (self.source.to_owned(), result.to_owned());
        Ok(Searched { source, result, items, unreadable: self.unreadable })
    }

    fn answer(&self, result: &str, text: &SourceText, drop_items: bool) -> Result<()> {
        let items = if drop_items { 0 } else { self.items };
        self.desk.on_request(Verb::RequestSearch, self.reference, &Terms::default(), |tx, request| {
            if drop_items {
                tx.drop_items(request, self.source)?;
            }
            let answer = SourceAnswer {
                source: self.source.to_owned(),
                result: result.to_owned(),
                items,
                text: text.clone(),
                answered_at: (result != "pending").then(|| tx.now()),
            };
            tx.keep_answer(request, &answer)
        })
    }
}

/// Goes on without a source's answer, with a reason that the letter states.
///
/// # Errors
/// [`ServiceError::Invalid`] without a reason; a refusal of the gate.
pub fn waive(desk: &Desk<'_>, reference: &str, source: &str, why: &str) -> Result<()> {
    if why.trim().chars().count() < 10 {
        return Err(ServiceError::Invalid(
            "say why the answer goes out without this source: the letter will state it".to_owned(),
        ));
    }
    desk.on_request(Verb::RequestDecide, reference, &Terms::default(), |tx, request| {
        let answers = tx.answers_of(request)?;
        let answer = answers.iter().find(|a| a.source == source).ok_or(StoreError::NotFound("source"))?;
        if answer.result != "failed" && answer.result != "pending" {
            return Err(StoreError::Invalid(
                "this source has answered: there is nothing to waive".to_owned(),
            ));
        }
        let text = SourceText { why: why.to_owned(), ..answer.text.clone() };
        tx.keep_answer(request, &SourceAnswer { result: "waived".to_owned(), text, ..answer.clone() })
    })
}

fn found(name: &str, media_type: &str, location: &str, content: Vec<u8>) -> Found {
    let hash = Sha256::digest(&content).iter().map(|b| format!("{b:02x}")).collect();
    let text = ItemText {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        location: location.to_owned(),
        hash,
        ..ItemText::default()
    };
    Found { text, content }
}

/// What came from the person's addresses and stands in an inbox still.
fn unmoved(desk: &Desk<'_>, person: &Person, mut keeping: Keeping<'_>) -> Result<Searched> {
    let held = match crate::intake::inbox::held_of(desk, &person.profile) {
        Ok(held) => held,
        Err(e) => return keeping.end(Err(e.to_string())),
    };
    for (name, content) in held {
        let read = readable(&name, &content).ok();
        let kind = read.as_ref().map_or("application/octet-stream", |document| media_type(document.kind));
        keeping.item(found(&name, kind, INBOX, content), read)?;
    }
    keeping.end(Ok("every inbox of the organisation, by the person's addresses and numbers".to_owned()))
}

/// Everything that the casebook holds: the record, the cases, the notes and the documents.
fn casebook(
    desk: &Desk<'_>,
    person: &Person,
    mut keeping: Keeping<'_>,
    progress: &dyn Fn(usize, usize),
) -> Result<Searched> {
    let terms = asked_by(keeping.reference, serde_json::Value::Null);
    let (written, documents) =
        match written(desk, person, &terms).and_then(|w| Ok((w, documents(desk, person, &terms)?))) {
            Ok(held) => held,
            Err(e) => return keeping.end(Err(e.to_string())),
        };
    let total = written.len() + documents.len();
    let mut done = 0;
    for item in written {
        progress(done, total);
        done += 1;
        keeping.item(item, None)?;
    }
    for document in &documents {
        progress(done, total);
        done += 1;
        let (content, regions) = match document_content(desk, person, document, &terms) {
            Ok(content) => content,
            Err(e) => return keeping.end(Err(e.to_string())),
        };
        let mut item = found(&document.text.name, &document.text.media_type, CASEBOOK, content);
        item.text.regions = regions;
        keeping.item(item, None)?;
    }
    progress(total, total);
    keeping.end(Ok(
        "the person's own record with its versions and relations, every case with what hangs on it, note, document, \
         statement and complaint file, by the record's identifier"
            .to_owned()
    ))
}

/// What the casebook holds as text: the record, the cases, the notes and what hangs on them.
fn written(desk: &Desk<'_>, person: &Person, terms: &Terms) -> std::result::Result<Vec<Found>, StoreError> {
    let (cases, notes, further, told, shared) =
        desk.store.act(desk.who, Verb::RecordRead, super::Purpose::RightsRequest, |tx| {
            let permit = tx.permit(Record::Case(None), person.id, terms)?;
            let cases = tx.cases_of(&permit)?;
            let permit = tx.permit(Record::Note(None), person.id, terms)?;
            let notes = tx.notes_of(&permit)?;
            let further = crate::casebook::further_items(tx, person.id, terms)?;
            let said =
                cases.iter().flat_map(|c| &c.statements).chain(notes.iter().flat_map(|n| &n.statements));
            let said: Vec<_> = said.collect();
            let mut told = super::other::found::of_person(tx, person, &said, terms)?;
            told.extend(crate::retention::holds::found(tx, &permit)?);
            let shared = crate::sharing::own::items(tx, person.id, terms)?;
            Ok((cases, notes, further, told, shared))
        })?;
    let mut items =
        vec![found("Your record", "text/plain", CASEBOOK, record_text(&person.profile).into_bytes())];
    for case in cases {
        let day = case.opened_at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let text = format!(
            "Case opened on {day}\nIssue: {}\n\n{}\n\n{}",
            case.issue, case.text.title, case.text.question
        );
        items.push(found(&format!("Case of {day}"), "text/plain", CASEBOOK, text.into_bytes()));
    }
    for note in notes {
        let day = note.made_at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let text = format!("Note of {day}\n\n{}", note.text.text);
        items.push(found(&format!("Note of {day}"), "text/plain", CASEBOOK, text.into_bytes()));
    }
    for (name, text) in told.into_iter().chain(shared) {
        items.push(found(&name, "text/plain", CASEBOOK, text.into_bytes()));
    }
    for further in further {
        let mut item = found(&further.name, "text/plain", CASEBOOK, further.text.into_bytes());
        item.text.unreadable = further.to_fetch;
        items.push(item);
    }
    Ok(items)
}

fn documents(
    desk: &Desk<'_>,
    person: &Person,
    terms: &Terms,
) -> std::result::Result<Vec<DocumentRow>, StoreError> {
    desk.store.act(desk.who, Verb::RecordRead, super::Purpose::RightsRequest, |tx| {
        let permit = tx.permit(Record::Document(None), person.id, terms)?;
        tx.documents_of(&permit)
    })
}

fn document_content(
    desk: &Desk<'_>,
    person: &Person,
    document: &DocumentRow,
    terms: &Terms,
) -> std::result::Result<(Vec<u8>, Vec<Region>), StoreError> {
    desk.store.act(desk.who, Verb::RecordRead, super::Purpose::RightsRequest, |tx| {
        let permit = tx.permit(Record::Document(None), person.id, terms)?;
        let said = tx.document_description(&permit, document)?;
        Ok((tx.document_content(&permit, document)?, said.regions))
    })
}

fn record_text(profile: &Profile) -> String {
    let mut lines = Vec::new();
    let mut say = |label: &str, value: &str| {
        if !value.trim().is_empty() {
            lines.push(format!("{label}: {value}"));
        }
    };
    say("Forenames", &profile.forenames);
    say("Surname", &profile.surname);
    profile.also_known_as.iter().for_each(|v| say("Also known as", v));
    say("Date of birth", &profile.born.map(|d| d.to_string()).unwrap_or_default());
    profile.emails.iter().for_each(|v| say("E-mail", v));
    profile.phones.iter().for_each(|v| say("Telephone", v));
    for address in &profile.addresses {
        say("Address", &format!("{}, {}", address.lines.join(", "), address.postcode));
    }
    profile.identifiers.iter().for_each(|i| say(&format!("Number ({})", i.kind), &i.value));
    say("Language", &profile.language);
    say("How to contact", &profile.contact_rules);
    let rules = &profile.contact;
    for (way, answer) in [
        ("Safe to ring", &rules.call),
        ("Safe to leave a message", &rules.voicemail),
        ("Safe to text", &rules.text),
        ("Safe to e-mail", &rules.email),
        ("Safe to write", &rules.post),
        ("Reads best", &rules.format),
        ("Interpreter", &rules.interpreter),
    ] {
        say(way, answer);
    }
    if !profile.sources.is_empty() {
        lines.push("\nWhere these details came from (Art 15(1)(g) UK GDPR):".to_owned());
        lines.extend(profile.sourced().iter().map(source_line));
    }
    lines.join("\n")
}

/// The day stands far from the words `date of birth` of this line and the one before: it is no date of birth, and
/// would be taken for somebody else's.
fn source_line(s: &Sourced) -> String {
    let (label, value) = (s.detail.0.label(), &s.detail.1);
    format!("It is on record since {}, as it was taken then from {}: {label} {value}", s.on, s.source)
}

/// The files of a folder that mention the person, by any form of the name or an identifier. A file that
/// cannot be read is taken as well: a person must look at it.
fn folder(
    root: &Path,
    people: &Cast,
    mut keeping: Keeping<'_>,
    progress: &dyn Fn(usize, usize),
) -> Result<Searched> {
    let mut files = Vec::new();
    if let Err(why) = list(root, &mut files, 0) {
        return keeping.end(Err(why));
    }
    files.sort();
    let total = files.len();
    for (done, path) in files.iter().enumerate() {
        progress(done, total);
        let name = path.strip_prefix(root).unwrap_or(path).display().to_string();
        let content = match file_content(path) {
            Ok(content) => content,
            Err(why) => return keeping.end(Err(why)),
        };
        match readable(&name, &content) {
            Ok(document) if mentions(&document, people) => {
                let item = found(&name, media_type(document.kind), &name, content);
                keeping.item(item, Some(document))?;
            }
            Ok(_) => {}
            Err(_) => keeping.item(found(&name, "application/octet-stream", &name, content), None)?,
        }
    }
    progress(total, total);
    let method = format!(
        "{total} files read whole, attachments and hidden content included; searched for every form of the name, \
         e-mail addresses, telephone numbers and other identifiers"
    );
    keeping.end(Ok(method))
}

fn file_content(path: &Path) -> std::result::Result<Vec<u8>, String> {
    let size = std::fs::metadata(path).map_err(|e| format!("a file could not be looked at: {e}"))?.len();
    if size > LARGEST {
        return Err(format!("a file is larger than {} MB: search it apart", LARGEST >> 20));
    }
    std::fs::read(path).map_err(|e| format!("a file could not be read: {e}"))
}

fn list(folder: &Path, files: &mut Vec<PathBuf>, depth: usize) -> std::result::Result<(), String> {
    if depth > 32 {
        return Err("the folders are nested too deeply: search the inner ones apart".to_owned());
    }
    let entries = std::fs::read_dir(folder).map_err(|e| format!("the folder could not be read: {e}"))?;
    for entry in entries {
        let entry = entry.map_err(|e| format!("the folder could not be read: {e}"))?;
        let kind = entry.file_type().map_err(|e| format!("the folder could not be read: {e}"))?;
        // A link could lead out of the folder, or round in a circle.
        if kind.is_dir() {
            list(&entry.path(), files, depth + 1)?;
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

pub(crate) fn readable(name: &str, content: &[u8]) -> std::result::Result<Document, String> {
    let hint = Hint { name: Some(name), media_type: None };
    read(content, &hint, &reading_limits()).map_err(|e| e.to_string())
}

/// Whether anything in the document, visible or hidden or attached, mentions the requester.
fn mentions(document: &Document, people: &Cast) -> bool {
    let texts: Vec<&str> = document.blocks.iter().map(|b| b.text.as_str()).collect();
    let here = people
        .mentions_in_thread(&texts)
        .iter()
        .flatten()
        .any(|m| m.person == Some(0) || m.candidates.contains(&0));
    here || document
        .attachments
        .iter()
        .any(|a| a.content.as_ref().map_or(true, |inner| mentions(inner, people)))
}

/// The words of a file for the search index; none when it cannot be read.
pub(crate) fn readable_text(name: &str, content: &[u8]) -> Option<String> {
    let document = readable(name, content).ok()?;
    Some(document.blocks.iter().map(|b| b.text.as_str()).collect::<Vec<_>>().join("\n"))
}

pub(crate) const fn media_type(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Text => "text/plain",
        FileKind::Csv => "text/csv",
        FileKind::Html => "text/html",
        FileKind::Email => "message/rfc822",
        FileKind::Mbox => "application/mbox",
        FileKind::Msg | FileKind::Pst => "application/vnd.ms-outlook",
        FileKind::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        FileKind::Spreadsheet => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        FileKind::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        FileKind::Odt => "application/vnd.oasis.opendocument.text",
        FileKind::Rtf => "application/rtf",
        FileKind::Pdf => "application/pdf",
        FileKind::Image => "image/png",
        FileKind::Zip => "application/zip",
    }
}

/// The limits of reading, with text recognition of page images where Tesseract is installed.
pub(crate) fn reading_limits() -> Limits {
    Limits { ocr: Ocr::tesseract(), ..Limits::default() }
}
