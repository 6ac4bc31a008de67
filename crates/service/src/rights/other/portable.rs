//! Portability (Art 20 UK GDPR, promise C15): what the person gave, as JSON with a schema and as CSV.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_domain::access::Verb;
use counterfoil_domain::rights::Verdict;
use counterfoil_domain::rights::portable::given_by_person;
use counterfoil_store::casebook::cases::Case;
use counterfoil_store::casebook::documents::Document;
use counterfoil_store::casebook::notes::Note;
use counterfoil_store::casebook::people::{Person, Profile};
use counterfoil_store::rights::other::people::Statement;
use counterfoil_store::{Record, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::super::{Desk, Purpose};
use super::facts::applicability;
use super::{Stored, asked_for, carried_out, granted, person_of};
use crate::error::{Result, ServiceError};
use crate::register::keep::day_of;

/// The JSON schema of the export (draft 2020-12).
pub const SCHEMA: &str = include_str!("../../../../../content/portability.schema.json");

/// An export: the same content twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// As JSON, by [`SCHEMA`].
    pub json: String,
    /// As CSV: one value a line, with the kind of record, its day and its field.
    pub csv: String,
}

/// What the JSON holds.
#[derive(Debug, Serialize)]
struct File<'a> {
    format: &'static str,
    reference: &'a str,
    exported_on: Date,
    controller: &'a str,
    rests_on: &'a [String],
    person: Own<'a>,
    cases: Vec<Asked<'a>>,
    notes: Vec<Told<'a>>,
    documents: Vec<Paper<'a>>,
    statements: Vec<Said<'a>>,
}

#[derive(Debug, Serialize)]
struct Own<'a> {
    forenames: &'a str,
    surname: &'a str,
    also_known_as: &'a [String],
    born: Option<Date>,
    emails: &'a [String],
    phones: &'a [String],
    addresses: Vec<Place<'a>>,
    identifiers: Vec<Number<'a>>,
    language: &'a str,
}

#[derive(Debug, Serialize)]
struct Place<'a> {
    lines: &'a [String],
    postcode: &'a str,
}

#[derive(Debug, Serialize)]
struct Number<'a> {
    kind: &'a str,
    value: &'a str,
}

#[derive(Debug, Serialize)]
struct Asked<'a> {
    on: Date,
    question: &'a str,
}

#[derive(Debug, Serialize)]
struct Told<'a> {
    on: Date,
    text: &'a str,
}

#[derive(Debug, Serialize)]
struct Paper<'a> {
    on: Date,
    name: &'a str,
    media_type: &'a str,
    content_base64: String,
}

#[derive(Debug, Serialize)]
struct Said<'a> {
    on: Date,
    text: &'a str,
}

/// Everything of the record that may be the person's own.
struct Whole {
    person: Person,
    cases: Vec<Case>,
    notes: Vec<Note>,
    documents: Vec<(Document, Vec<u8>)>,
}

/// Exports what the person gave. The request must have been granted, and the right must apply: consent or
/// contract, and automated.
///
/// # Errors
/// [`ServiceError::NotReady`] before it is granted; [`ServiceError::Unlawful`] when the right does not apply; a
/// refusal of the gate.
pub fn export(desk: &Desk<'_>, reference: &str) -> Result<Export> {
    let (request, _) = granted(desk, reference)?;
    let person = person_of(&request)?;
    let applies = applicability(desk, reference)?;
    let rests_on: Vec<String> = applies
        .lines
        .iter()
        .filter(|l| l.verdict != Verdict::DoesNotApply.code())
        .flat_map(|l| l.activities.iter().cloned())
        .collect();
    if rests_on.is_empty() {
        return Err(ServiceError::Unlawful(
            "nothing here rests on consent or a contract: portability does not apply (Art 20(1) UK GDPR)"
                .to_owned(),
        ));
    }
    let terms = asked_for(&request, serde_json::json!({ "exported": "portability" }));
    let whole = desk.store.act(desk.who, Verb::RecordExport, Purpose::RightsRequest, |tx| {
        let read = tx.read_person(person, &terms)?;
        let permit = tx.permit(Record::Case(None), person, &terms)?;
        let cases = tx.cases_of(&permit)?;
        let permit = tx.permit(Record::Note(None), person, &terms)?;
        let notes = tx.notes_of(&permit)?;
        Ok(Whole { person: read, cases, notes, documents: documents(tx, person, &terms)? })
    })?;
    let controller = desk.store.controller(desk.controller())?.name;
    let export = written(&whole, &request.reference, desk.today()?, &controller, &rests_on)?;
    carried_out(desk, reference, "the export was written")?;
    Ok(export)
}

fn documents(
    tx: &mut Tx<'_>,
    person: counterfoil_domain::ids::PersonId,
    terms: &counterfoil_store::Terms,
) -> Stored<Vec<(Document, Vec<u8>)>> {
    let permit = tx.permit(Record::Document(None), person, terms)?;
    let given = tx.documents_of(&permit)?.into_iter().filter(|d| given_by_person(&d.text.source));
    given
        .collect::<Vec<_>>()
        .into_iter()
        .map(|d| tx.document_content(&permit, &d).map(|content| (d, content)))
        .collect()
}

fn written(
    whole: &Whole,
    reference: &str,
    today: Date,
    controller: &str,
    rests_on: &[String],
) -> Result<Export> {
    let said: Vec<&Statement> = whole
        .person
        .statements
        .iter()
        .chain(whole.cases.iter().flat_map(|c| &c.statements))
        .chain(whole.notes.iter().flat_map(|n| &n.statements))
        .chain(whole.documents.iter().flat_map(|(d, _)| &d.statements))
        .collect();
    let notes: Vec<&Note> = whole.notes.iter().filter(|n| given_by_person(&n.text.source)).collect();
    let file = File {
        format: "counterfoil-portability/1",
        reference,
        exported_on: today,
        controller,
        rests_on,
        person: own(&whole.person.profile),
        cases: whole
            .cases
            .iter()
            .map(|c| Ok(Asked { on: day(c.opened_at)?, question: &c.text.question }))
            .collect::<Result<_>>()?,
        notes: notes
            .iter()
            .map(|n| Ok(Told { on: day(n.made_at)?, text: &n.text.text }))
            .collect::<Result<_>>()?,
        documents: whole.documents.iter().map(paper).collect::<Result<_>>()?,
        statements: said.iter().map(|s| Said { on: s.on, text: &s.text }).collect(),
    };
    let json = serde_json::to_string_pretty(&file)
        .map_err(|_| ServiceError::Invalid("the export could not be written".to_owned()))?;
    Ok(Export { json, csv: csv(&file)? })
}

fn day(at: Timestamp) -> Result<Date> {
    day_of(at)
}

fn paper((document, content): &(Document, Vec<u8>)) -> Result<Paper<'_>> {
    Ok(Paper {
        on: day(document.made_at)?,
        name: &document.text.name,
        media_type: &document.text.media_type,
        content_base64: STANDARD.encode(content),
    })
}

fn own(profile: &Profile) -> Own<'_> {
    Own {
        forenames: &profile.forenames,
        surname: &profile.surname,
        also_known_as: &profile.also_known_as,
        born: profile.born,
        emails: &profile.emails,
        phones: &profile.phones,
        addresses: profile
            .addresses
            .iter()
            .map(|a| Place { lines: &a.lines, postcode: &a.postcode })
            .collect(),
        identifiers: profile.identifiers.iter().map(|i| Number { kind: &i.kind, value: &i.value }).collect(),
        language: &profile.language,
    }
}

/// One value a line: the kind of record, its day, the field, the value. A document's content is in the JSON only.
fn csv(file: &File<'_>) -> Result<String> {
    let mut lines: Vec<[String; 4]> = Vec::new();
    let mut say = |record: &str, on: String, field: &str, value: &str| {
        if !value.is_empty() {
            lines.push([record.to_owned(), on, field.to_owned(), safe(value)]);
        }
    };
    let p = &file.person;
    let single = [("forenames", p.forenames), ("surname", p.surname), ("language", p.language)];
    single.iter().for_each(|(field, value)| say("person", String::new(), field, value));
    say("person", String::new(), "born", &p.born.map(|d| d.to_string()).unwrap_or_default());
    for (field, list) in [("also_known_as", p.also_known_as), ("email", p.emails), ("phone", p.phones)] {
        list.iter().for_each(|value| say("person", String::new(), field, value));
    }
    for a in &p.addresses {
        say("person", String::new(), "address", &format!("{}, {}", a.lines.join(", "), a.postcode));
    }
    p.identifiers.iter().for_each(|i| say("person", String::new(), i.kind, i.value));
    file.cases.iter().for_each(|c| say("case", c.on.to_string(), "question", c.question));
    file.notes.iter().for_each(|n| say("note", n.on.to_string(), "text", n.text));
    file.documents.iter().for_each(|d| say("document", d.on.to_string(), "name", d.name));
    file.statements.iter().for_each(|s| say("statement", s.on.to_string(), "text", s.text));
    let trouble = |_| ServiceError::Invalid("the export could not be written".to_owned());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["record", "on", "field", "value"]).map_err(trouble)?;
    for line in &lines {
        writer.write_record(line).map_err(trouble)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|_| ServiceError::Invalid("the export could not be written".to_owned()))?;
    String::from_utf8(bytes).map_err(|_| ServiceError::Invalid("the export could not be written".to_owned()))
}

/// A value that a spreadsheet would take for a formula is marked as text.
fn safe(value: &str) -> String {
    if value.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{value}") } else { value.to_owned() }
}
