//! What an access request finds in the casebook besides the record, the cases, the notes and the documents.

use std::fmt::Write as _;

use counterfoil_domain::ids::PersonId;
use counterfoil_store::casebook::entries::{Entry, EntryText};
use counterfoil_store::{Record, StoreError, Terms, Tx};
use jiff::Timestamp;

/// An item: its name, its text, and why a person must look at it when no copy is here.
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) to_fetch: String,
}

fn day(at: Timestamp) -> jiff::civil::Date {
    at.to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn item(name: String, text: String) -> Item {
    Item { name, text, to_fetch: String::new() }
}

/// Tasks, appointments, outcomes, quality reviews and paper files; relations; merges; grants and who shares a case;
/// earlier versions.
pub(crate) fn items(tx: &mut Tx<'_>, person: PersonId, terms: &Terms) -> Result<Vec<Item>, StoreError> {
    let mut all = Vec::new();
    let permit = tx.permit(Record::Person, person, terms)?;
    let mut entries = tx.entries_of(&permit)?;
    let cases = tx.permit(Record::Case(None), person, terms)?;
    entries.extend(tx.entries_of(&cases)?.into_iter().filter(|e| e.case.is_some()));
    all.extend(entries.iter().map(entry));
    for relation in tx.relations_of(&permit)? {
        let text = format!("Relation: {}\n{}", relation.relation.label(), relation.text.note);
        all.push(item(format!("Relation recorded on {}", day(relation.made_at)), text));
    }
    for merge in tx.merges_of(&permit)? {
        let text = format!("The record of {} was merged into this one: {}", merge.text.name, merge.text.why);
        all.push(item(format!("Merge of {}", day(merge.made_at)), text));
    }
    for grant in tx.grants_on(&permit)? {
        let text = format!(
            "Another office asked for access ({}) from {} until {}.\nReason: {}\nEvidence: {}",
            grant.reason, grant.from, grant.until, grant.text.reason, grant.text.evidence
        );
        all.push(item(format!("Access asked for on {}", day(grant.from)), text));
    }
    for record in [Record::Person, Record::Case(None), Record::Note(None)] {
        let permit = tx.permit(record, person, terms)?;
        for earlier in tx.earlier_versions(&permit)? {
            let text = plain(&earlier.content);
            let on = day(earlier.replaced_at);
            let name = format!("Earlier version {} of a {}, replaced on {on}", earlier.version, earlier.kind);
            all.push(item(name, text));
        }
    }
    Ok(all)
}

fn entry(entry: &Entry) -> Item {
    let when = entry.starts_at.unwrap_or(entry.made_at);
    let (on, state) = (day(when), entry.state.label());
    match &entry.text {
        EntryText::Task { what } => item(format!("Task for {on}"), format!("Task ({state}): {what}")),
        EntryText::Appointment { who, what, place } => {
            item(format!("Appointment of {on}"), format!("Appointment ({state}) of {who}: {what}\n{place}"))
        }
        EntryText::Outcome { code, pence, what } => {
            let amount = pence.map(|p| format!(" (£{}.{:02})", p / 100, p % 100)).unwrap_or_default();
            item(format!("Outcome of {on}"), format!("Outcome: {code}{amount}\n{what}"))
        }
        EntryText::Quality { points, feedback } => {
            let mut text = "Quality review\n".to_owned();
            for (point, met) in points {
                let _ = writeln!(text, "{point}: {}", if *met { "met" } else { "not met" });
            }
            text.push_str(feedback);
            item(format!("Quality review of {on}"), text)
        }
        EntryText::Paper { title, location, custodian } => Item {
            name: format!("Paper file: {title}"),
            text: format!("Paper file: {title}\nWhere: {location}\nKept by: {custodian}"),
            to_fetch: format!("on paper at {location}, kept by {custodian}: fetch it and add a copy"),
        },
    }
}

/// What a record said, field by field.
fn plain(content: &serde_json::Value) -> String {
    let mut lines = Vec::new();
    flatten("", content, &mut lines);
    lines.join("\n")
}

fn flatten(name: &str, value: &serde_json::Value, lines: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(map) => map.iter().for_each(|(key, inner)| flatten(key, inner, lines)),
        serde_json::Value::Array(list) => list.iter().for_each(|inner| flatten(name, inner, lines)),
        serde_json::Value::String(text) if !text.trim().is_empty() => {
            lines.push(format!("{}: {text}", name.replace('_', " ")));
        }
        _ => {}
    }
}
