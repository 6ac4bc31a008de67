//! Fides' files of systems: each privacy declaration becomes a draft of an activity.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::super::Register;
use super::super::super::model::Entry;
use super::{Draft, slug};
use crate::error::{Result, ServiceError};

const WORDS: &str = include_str!("../../../../../../config/fides.toml");

/// What Fides' words mean in DPV.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Meanings {
    data: BTreeMap<String, String>,
    subject: BTreeMap<String, String>,
    r#use: BTreeMap<String, String>,
}

/// The part of a Fides file that is read; its many other keys are left alone.
#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    system: Vec<FidesSystem>,
}

#[derive(Debug, Deserialize)]
struct FidesSystem {
    fides_key: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    privacy_declarations: Vec<Declaration>,
}

#[derive(Debug, Deserialize)]
struct Declaration {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    data_categories: Vec<String>,
    data_use: String,
    #[serde(default)]
    data_subjects: Vec<String>,
}

/// Reads a Fides file of systems.
///
/// # Errors
/// [`ServiceError::Invalid`] when it is no such file.
pub fn systems(text: &str, register: &Register) -> Result<Draft> {
    let file: File = serde_saphyr::from_str(text)
        .map_err(|e| ServiceError::Invalid(format!("this is not a Fides file of systems: {e}")))?;
    if file.system.is_empty() {
        return Err(ServiceError::Invalid(
            "the file has no `system`: give a Fides file of systems".to_owned(),
        ));
    }
    let words: Meanings = toml::from_str(WORDS)
        .map_err(|e| ServiceError::Invalid(format!("the words of Fides cannot be used: {}", e.message())))?;
    let mut draft = Draft::default();
    for system in &file.system {
        for declaration in &system.privacy_declarations {
            let entry = entry(system, declaration, register, &words, &mut draft.unknown);
            draft.entries.push(entry);
        }
    }
    Ok(draft)
}

/// The DPV term of the longest key that a word begins with.
fn meaning<'a>(words: &'a BTreeMap<String, String>, word: &str) -> Option<&'a String> {
    words
        .iter()
        .filter(|(key, _)| {
            word == key.as_str() || word.strip_prefix(key.as_str()).is_some_and(|r| r.starts_with('.'))
        })
        .max_by_key(|(key, _)| key.len())
        .map(|(_, term)| term)
}

fn entry(
    system: &FidesSystem,
    declaration: &Declaration,
    register: &Register,
    words: &Meanings,
    unknown: &mut Vec<String>,
) -> Entry {
    let named = system.name.clone().unwrap_or_else(|| system.fides_key.clone());
    let name = declaration.name.clone().unwrap_or_else(|| named.clone());
    let id = format!("{}-{}", slug(&system.fides_key), slug(&name));
    let p = &register.part;
    let mut ids = |given: &[String], what: &str, find: &dyn Fn(&str) -> Option<String>| {
        let mut found: Vec<String> = Vec::new();
        for word in given {
            match find(word) {
                Some(own) if !found.contains(&own) => found.push(own),
                Some(_) => {}
                None => unknown.push(format!("{id}: `{word}` ({what})")),
            }
        }
        found
    };
    let data = ids(&declaration.data_categories, "data category", &|w| {
        let term = meaning(&words.data, w)?;
        p.data.iter().find(|d| d.dpv.contains(term)).map(|d| d.id.clone())
    });
    let people = ids(&declaration.data_subjects, "data subject", &|w| {
        let term = meaning(&words.subject, w)?;
        p.people.iter().find(|t| t.dpv.as_ref() == Some(term)).map(|t| t.id.clone())
    });
    let purposes = ids(std::slice::from_ref(&declaration.data_use), "data use", &|w| {
        let term = meaning(&words.r#use, w)?;
        p.purpose.iter().find(|t| t.dpv.as_ref() == Some(term)).map(|t| t.id.clone())
    });
    let systems = ids(std::slice::from_ref(&named), "system", &|w| {
        p.system.iter().find(|s| s.name == w || s.id == slug(w)).map(|s| s.id.clone())
    });
    Entry {
        controller: p.controller.first().map(|c| c.id.clone()),
        why: name.clone(),
        name,
        purposes,
        people,
        data,
        systems,
        ..Entry::blank(id)
    }
}
