//! From labels on words to findings.

use std::collections::BTreeMap;

use super::pieces::Word;
use super::{ModelError, Said};
use crate::detect::{Entity, Finding};

/// What a label means.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Label {
    /// Such as `PER`, without `B-` or `I-`.
    name: String,
    /// None for a kind that is no finding of ours: organisations, places, `O`.
    entity: Option<Entity>,
    /// `B-`: a new thing begins here even right after another.
    begins: bool,
}

/// The labels of a model by number.
#[derive(Debug)]
pub(super) struct Labels {
    labels: Vec<Label>,
}

#[derive(serde::Deserialize)]
struct Config {
    id2label: BTreeMap<String, String>,
}

impl Labels {
    pub(super) fn new(config: &str) -> Result<Self, ModelError> {
        let bad = |why: &str| ModelError::Labels(why.to_owned());
        let config: Config = serde_json::from_str(config)
            .map_err(|_| bad("`config.json` has no table `id2label` of numbers and names"))?;
        let mut labels = Vec::new();
        for number in 0..config.id2label.len() {
            let name = config.id2label.get(&number.to_string());
            labels.push(label(name.ok_or_else(|| bad("`id2label` leaves out a number"))?));
        }
        if !labels.iter().any(|l| l.entity.is_some()) {
            return Err(bad("none of them is `PER`, `PERSON` or the name of one of our kinds"));
        }
        Ok(Self { labels })
    }

    pub(super) fn len(&self) -> usize {
        self.labels.len()
    }

    /// Words next to each other with one kind of label are one finding, as sure as its words are on
    /// average; an empty line between them parts it.
    pub(super) fn findings(&self, words: &[Word], said: &[Said]) -> Vec<Finding> {
        let mut found: Vec<Finding> = Vec::new();
        let mut open: Option<(Entity, u16)> = None;
        for (word, said) in words.iter().zip(said) {
            let Some((label, entity)) = self.labels.get(said.label).and_then(|l| Some((l, l.entity?))) else {
                open = None;
                continue;
            };
            let goes_on = open.filter(|(kind, _)| *kind == entity && !label.begins && !word.after_empty_line);
            match (goes_on, found.last_mut()) {
                (Some((_, count)), Some(last)) => {
                    last.end = word.end;
                    last.score += (said.score - last.score) / f32::from(count + 1);
                    open = Some((entity, count.saturating_add(1).min(u16::MAX - 1)));
                }
                _ => {
                    let why = format!("local model, label `{}`", label.name);
                    found.push(Finding { entity, start: word.start, end: word.end, score: said.score, why });
                    open = Some((entity, 1));
                }
            }
        }
        found
    }
}

fn label(full: &str) -> Label {
    let (begins, name) = match full.split_once('-') {
        Some(("B", name)) => (true, name),
        Some(("I", name)) => (false, name),
        _ => (false, full),
    };
    let entity = match name {
        "PER" | "per" | "person" => Some(Entity::Person),
        other => Entity::from_name(other),
    };
    Label { name: name.to_owned(), entity, begins }
}
