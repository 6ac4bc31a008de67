//! Rows as they are printed: streamed, never kept.

use std::io::{BufWriter, Stdout, Write};

use counterfoil_connect::category;
use counterfoil_connect::dataset::{Collection, Dataset, Field};
use counterfoil_connect::find::{Item, Shared};
use counterfoil_connect::value::Value;
use serde_json::{Map, Value as Json, json};

use crate::out::CommandError;

/// Writes rows to standard output as they come, collection by collection.
pub(super) struct Rows<'r> {
    dataset: &'r Dataset,
    targets: &'r [String],
    json: bool,
    to: BufWriter<Stdout>,
    current: Option<(usize, u64)>,
    written: Vec<usize>,
}

/// Why a row may be another person's, as JSON.
pub(super) fn shared_json(shared: &[Shared]) -> Vec<Json> {
    let one = |s: &Shared| match s {
        Shared::ReferredTo { by } => json!({ "why": "referred-to-by-others", "by": by }),
        Shared::Names { field } => json!({ "why": "names-another-person", "field": field }),
        Shared::Identity { field } => json!({ "why": "holds-another-identity", "field": field }),
    };
    shared.iter().map(one).collect()
}

fn shared_words(shared: &[Shared]) -> String {
    let one = |s: &Shared| match s {
        Shared::ReferredTo { by } => format!("others refer to it by {by}"),
        Shared::Names { field } => format!("{field} names another person"),
        Shared::Identity { field } => format!("{field} holds another identity"),
    };
    shared.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// A printed value on one line.
pub(super) fn shown(value: &Value) -> String {
    match value.to_json() {
        Json::String(text) => text,
        other => other.to_string(),
    }
}

impl<'r> Rows<'r> {
    pub(super) fn new(dataset: &'r Dataset, targets: &'r [String], json: bool) -> Self {
        let to = BufWriter::with_capacity(1 << 16, std::io::stdout());
        Self { dataset, targets, json, to, current: None, written: Vec::new() }
    }

    /// The beginning of the answer.
    pub(super) fn begin(&mut self) -> Result<(), CommandError> {
        let text = if self.json { "{\n\"collections\": [" } else { "" };
        self.write(text)
    }

    /// One row; nothing when none of its fields is asked for.
    pub(super) fn row(&mut self, item: &Item) -> Result<(), CommandError> {
        let Some(collection) = self.dataset.collections.get(item.collection) else { return Ok(()) };
        let values: Vec<(&Field, &Value)> =
            collection.fields.iter().zip(&item.values).filter(|(f, _)| self.asked(collection, f)).collect();
        if values.is_empty() {
            return Ok(());
        }
        if self.json { self.json_row(item, &values) } else { self.text_row(collection, item, &values) }
    }

    fn asked(&self, collection: &Collection, field: &Field) -> bool {
        let covered = |categories: &[String]| category::any_covered(self.targets, categories);
        // A category on a collection means the whole row.
        self.targets.is_empty()
            || covered(&collection.categories)
            || covered(&field.categories)
            || field.fields.iter().any(|f| self.asked(collection, f))
    }

    fn json_row(&mut self, item: &Item, values: &[(&Field, &Value)]) -> Result<(), CommandError> {
        if self.current.is_none_or(|(c, _)| c != item.collection) {
            self.open(item.collection)?;
        }
        let first = self.current.is_none_or(|(_, n)| n == 0);
        let values: Map<String, Json> = values.iter().map(|(f, v)| (f.name.clone(), v.to_json())).collect();
        let row = json!({ "values": values, "path": item.path, "shared": shared_json(&item.shared) });
        self.write(if first { "\n  " } else { ",\n  " })?;
        self.write(&row.to_string())?;
        if let Some((_, count)) = &mut self.current {
            *count += 1;
        }
        Ok(())
    }

    fn open(&mut self, number: usize) -> Result<(), CommandError> {
        self.close()?;
        let Some(collection) = self.dataset.collections.get(number) else { return Ok(()) };
        let categories: Map<String, Json> = collection
            .leaves()
            .map(|(path, field)| (path.join("."), Json::from(collection.categories_of(field).to_vec())))
            .collect();
        let comma = if self.written.is_empty() { "" } else { "," };
        let head = format!(
            "{comma}\n {{\"name\": {}, \"dataset\": {}, \"categories\": {}, \"rows\": [",
            json!(collection.name),
            json!(collection.dataset),
            Json::from(categories)
        );
        self.current = Some((number, 0));
        self.written.push(number);
        self.write(&head)
    }

    fn close(&mut self) -> Result<(), CommandError> {
        match self.current.take() {
            Some((_, count)) => self.write(&format!("], \"count\": {count}}}")),
            None => Ok(()),
        }
    }

    fn text_row(
        &mut self,
        collection: &Collection,
        item: &Item,
        values: &[(&Field, &Value)],
    ) -> Result<(), CommandError> {
        let mut text = format!("{} ({})", collection.name, item.path.join(" → "));
        if !item.shared.is_empty() {
            text.push_str(&format!(" — may be another person's too: {}", shared_words(&item.shared)));
        }
        text.push('\n');
        for (field, value) in values {
            let categories = collection.categories_of(field).join(", ");
            text.push_str(&format!("  {}: {}  [{categories}]\n", field.name, shown(value)));
        }
        self.write(&text)
    }

    /// The end of the answer: the collections in which nothing was found, then `rest`.
    pub(super) fn end(&mut self, searched: &[usize], rest: &Json) -> Result<(), CommandError> {
        if self.json {
            for &number in searched {
                if !self.written.contains(&number) {
                    self.open(number)?;
                }
            }
            self.close()?;
            let rest = rest.to_string();
            self.write(&format!("\n],\n{}\n", rest.strip_prefix('{').unwrap_or(&rest)))?;
        }
        self.to.flush().map_err(|e| unwritable(&e))
    }

    fn write(&mut self, text: &str) -> Result<(), CommandError> {
        self.to.write_all(text.as_bytes()).map_err(|e| unwritable(&e))
    }
}

fn unwritable(error: &std::io::Error) -> CommandError {
    CommandError::failed("output", format!("the answer could not be written: {error}"))
}
