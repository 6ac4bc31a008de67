//! From YAML to a checked dataset.

use std::collections::BTreeMap;

use serde_saphyr::Spanned;

use super::problem::Problems;
use super::raw::{RawCollection, RawDataset, RawField, RawFieldMeta, RawFile};
use super::{Collection, DataType, Dataset, Field, refer};
use crate::mask::Strategy;

/// Reads a dataset file.
///
/// # Errors
/// Everything that is wrong with it, by line: bad YAML, an unknown key, a name that occurs twice, a
/// reference to what is not there, no identity, a collection that no identity leads to, an order that
/// cannot be kept.
pub fn parse(text: &str) -> Result<Dataset, Problems> {
    let raw: RawFile = yaml(text)?;
    let mut problems = Problems::default();
    let mut dataset = Dataset {
        keys: raw.dataset.iter().map(|d| d.fides_key.value.clone()).collect(),
        collections: Vec::new(),
        references: Vec::new(),
        after: Vec::new(),
        erase_after: Vec::new(),
    };
    unique(raw.dataset.iter().map(|d| &d.fides_key), "the dataset", &mut problems);
    for one in &raw.dataset {
        key(&one.fides_key, &mut problems);
        unique(one.collections.iter().map(|c| &c.name), "the collection", &mut problems);
        dataset.collections.extend(one.collections.iter().map(|c| collection(one, c, &mut problems)));
    }
    dataset.collections.sort_by(|a, b| (&a.dataset, &a.name).cmp(&(&b.dataset, &b.name)));
    refer::resolve(&raw, &mut dataset, &mut problems);
    if problems.0.is_empty() {
        refer::check_reach(&dataset, &mut problems);
    }
    problems.0.sort_by_key(|p| p.line);
    if problems.0.is_empty() { Ok(dataset) } else { Err(problems) }
}

pub(crate) fn yaml<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Problems> {
    let options = serde_saphyr::options! { with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|e| {
        let line = e.location().map_or(0, |l| l.line());
        let (code, message) = plain(&e.to_string());
        let mut problems = Problems::default();
        problems.add(code, line, message);
        problems
    })
}

/// The library's words, without its own line number and with what to do.
fn plain(text: &str) -> (&'static str, String) {
    let text = text.lines().next().unwrap_or_default();
    let text = text.split(" at line ").next().unwrap_or(text);
    let text = text.split_once(": ").filter(|(a, _)| a.contains("line ")).map_or(text, |(_, b)| b);
    let tell = |code, advice: &str| (code, format!("{text}{advice}"));
    if text.contains("unknown field") {
        (
            "unknown-key",
            format!("{}; mend its spelling or remove it", text.replace("unknown field", "unknown key")),
        )
    } else if text.contains("missing field") {
        ("missing-key", format!("{}; add it", text.replace("missing field", "missing key")))
    } else if text.contains("duplicate") {
        tell("duplicate-key", "; a key is written once")
    } else {
        tell("bad-yaml", "")
    }
}

fn key(key: &Spanned<String>, problems: &mut Problems) {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.-<>".contains(c);
    if key.value.is_empty() || !key.value.chars().all(fits) {
        let message = format!("`{}` is no key: use letters, digits and `_ . - < >`", key.value);
        problems.add("bad-key", key.referenced.line(), message);
    }
}

fn unique<'a>(names: impl Iterator<Item = &'a Spanned<String>>, what: &str, problems: &mut Problems) {
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    for name in names {
        let line = name.referenced.line();
        if let Some(first) = seen.insert(&name.value, line) {
            let message =
                format!("{what} `{}` was named before, on line {first}: names occur once", name.value);
            problems.add("duplicate-name", line, message);
        }
    }
}

fn collection(dataset: &RawDataset, raw: &RawCollection, problems: &mut Problems) -> Collection {
    unique(raw.fields.iter().map(|f| &f.name), "the field", problems);
    let line = raw.name.referenced.line();
    if raw.fields.is_empty() {
        problems.add("no-fields", line, format!("the collection `{}` has no fields", raw.name.value));
    }
    let meta = raw.fides_meta.as_ref().or(raw.fidesops_meta.as_ref());
    let delete = meta.and_then(|m| m.masking_strategy_override.as_ref()).is_some_and(|masking| {
        let known = masking.strategy.value == "delete";
        if !known {
            let message =
                format!("`{}` is no strategy for a collection: only `delete` is", masking.strategy.value);
            problems.add("unknown-strategy", masking.strategy.referenced.line(), message);
        }
        known
    });
    let whole = dataset.fides_meta.as_ref().or(dataset.fidesops_meta.as_ref());
    let mut fields: Vec<Field> = raw.fields.iter().map(|f| field(f, false, problems)).collect();
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    let own = categories(raw.data_categories.as_deref(), problems);
    Collection {
        dataset: dataset.fides_key.value.clone(),
        name: raw.name.value.clone(),
        schema: whole.and_then(|m| m.namespace.as_ref()).and_then(|n| n.schema.clone()),
        categories: if own.is_empty() {
            categories(dataset.data_categories.as_deref(), problems)
        } else {
            own
        },
        fields,
        skip: meta.and_then(|m| m.skip_processing).unwrap_or(false),
        delete,
        line,
    }
}

fn field(raw: &RawField, all_above: bool, problems: &mut Problems) -> Field {
    let none = RawFieldMeta::default();
    let meta = raw.fides_meta.as_ref().or(raw.fidesops_meta.as_ref()).unwrap_or(&none);
    let line = raw.name.referenced.line();
    let (data_type, array) = data_type(meta, problems);
    let inner = raw.fields.as_deref().unwrap_or_default();
    unique(inner.iter().map(|f| &f.name), "the field", problems);
    check_shape(raw, meta, (data_type, array), problems);
    let all_elements = all_above || meta.return_all_elements.unwrap_or(false);
    let mut fields: Vec<Field> = inner.iter().map(|f| field(f, all_elements, problems)).collect();
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    let object = !fields.is_empty();
    Field {
        name: raw.name.value.clone(),
        categories: categories(raw.data_categories.as_deref(), problems),
        // What an object says of itself is not used: its parts carry their own.
        identity: meta.identity.as_ref().filter(|_| !object).map(|i| i.value.clone()),
        primary_key: meta.primary_key.unwrap_or(false) && !object,
        data_type,
        array,
        length: meta.length.map(|n| n as usize),
        all_elements,
        read_only: meta.read_only.unwrap_or(false),
        masking: meta.masking_strategy_override.as_ref().and_then(|m| match Strategy::read(m) {
            Ok(strategy) => Some(strategy),
            Err(message) => {
                problems.add("unknown-strategy", m.strategy.referenced.line(), message);
                None
            }
        }),
        fields,
        line,
    }
}

fn check_shape(raw: &RawField, meta: &RawFieldMeta, kind: (Option<DataType>, bool), problems: &mut Problems) {
    let (name, line) = (&raw.name.value, raw.name.referenced.line());
    let has_parts = raw.fields.as_ref().is_some_and(|f| !f.is_empty());
    if name.is_empty() || name.contains('.') {
        problems.add("bad-name", line, format!("`{name}` is no field's name: it has no dots"));
    }
    if has_parts && kind.0.is_some_and(|t| t != DataType::Object) {
        let message = format!("`{name}` has parts, so its data_type is `object` or left out");
        problems.add("bad-type", line, message);
    }
    if meta.return_all_elements.is_some() && !kind.1 {
        let message = format!("`{name}`: return_all_elements is for arrays; give a data_type with `[]`");
        problems.add("bad-type", line, message);
    }
    if meta.length == Some(0) {
        problems.add("bad-length", line, format!("`{name}`: length is at least 1"));
    }
}

fn data_type(meta: &RawFieldMeta, problems: &mut Problems) -> (Option<DataType>, bool) {
    let Some(written) = &meta.data_type else { return (None, false) };
    let word = written.value.strip_suffix("[]");
    let kind = match word.unwrap_or(&written.value) {
        "string" => Some(DataType::String),
        "integer" => Some(DataType::Integer),
        "float" => Some(DataType::Float),
        "boolean" => Some(DataType::Boolean),
        "object" => Some(DataType::Object),
        "object_id" => Some(DataType::ObjectId),
        other => {
            let message = format!(
                "`{other}` is no data_type: use string, integer, float, boolean, object or object_id"
            );
            problems.add("bad-type", written.referenced.line(), message);
            None
        }
    };
    (kind, word.is_some())
}

fn categories(raw: Option<&[Spanned<String>]>, problems: &mut Problems) -> Vec<String> {
    let list = raw.unwrap_or_default();
    for bad in list.iter().filter(|c| !crate::category::is_well_formed(&c.value)) {
        let message = format!("`{}` is no data category: write it as `user.contact.email`", bad.value);
        problems.add("bad-category", bad.referenced.line(), message);
    }
    list.iter().map(|c| c.value.clone()).collect()
}
