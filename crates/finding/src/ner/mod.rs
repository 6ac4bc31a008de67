//! People and other things found by a local token-classification model.
//!
//! The model is plugged in, never shipped and never fetched: an ONNX file with its vocabulary and its
//! labels, as the usual exporters write them beside each other. It adds to what the rules of
//! [`crate::detect`] find and takes nothing away. Loading code is in the build only with the feature
//! `ner`; without it [`Model::new`] says so.

mod labels;
#[cfg(feature = "ner")]
mod network;
#[cfg(not(feature = "ner"))]
#[path = "absent.rs"]
mod network;
mod pieces;

use labels::Labels;
use network::Network;
use pieces::{Pieces, Word};

use crate::detect::{Entity, Finding};

/// Pieces that a window of the model holds, its two marks included.
const WINDOW: usize = 128;
/// Pieces that two windows share, so that every word is seen with words on both sides.
const SHARED: usize = 32;

/// The contents of a model's folder.
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    /// `model.onnx`: inputs `input_ids`, `attention_mask` and, if it wants them, `token_type_ids`, each
    /// 64-bit integers of shape batch x pieces; output batch x pieces x labels.
    pub onnx: &'a [u8],
    /// `vocab.txt`: one word piece a line; a piece that goes on a word begins with `##`.
    pub vocabulary: &'a str,
    /// `config.json`: its `id2label` names the labels.
    pub config: &'a str,
    /// `tokenizer_config.json`, when there is one: its `do_lower_case` says whether case is folded.
    pub tokenizer: Option<&'a str>,
}

/// Why a model cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The build has no loader.
    #[error("this build cannot load a model; build it with `--features ner`")]
    NotBuilt,
    /// The vocabulary lacks what every text needs.
    #[error("the vocabulary has no `{0}`; it must be the word-piece vocabulary of the model")]
    Vocabulary(&'static str),
    /// The labels cannot be read.
    #[error("the labels cannot be used: {0}")]
    Labels(String),
    /// The network cannot be loaded or run.
    #[error("the model cannot be used: {0}")]
    Network(String),
}

/// A model that is ready to read texts.
#[derive(Debug)]
pub struct Model {
    pieces: Pieces,
    labels: Labels,
    network: Network,
}

/// What the model says of one word: the label's number, how sure, and how far the word stood from the
/// edge of the window in which it was said.
#[derive(Debug, Clone, Copy)]
struct Said {
    label: usize,
    score: f32,
    margin: usize,
}

impl Model {
    /// Loads a model and tries it once.
    ///
    /// # Errors
    /// [`ModelError`] when a file is not what it should be, or the build has no loader.
    pub fn new(files: &Files<'_>) -> Result<Self, ModelError> {
        let pieces = Pieces::new(files.vocabulary, files.tokenizer)?;
        let labels = Labels::new(files.config)?;
        let network = Network::load(files.onnx)?;
        let given = network.logits(&pieces.padded(&[], WINDOW))?.labels;
        if given != labels.len() {
            let why = format!("it gives {given} labels, the configuration names {}", labels.len());
            return Err(ModelError::Network(why));
        }
        Ok(Self { pieces, labels, network })
    }

    /// What the model finds in `text`, in order of place. A text on which the model fails is one finding
    /// from its beginning to its end, for a person to look at: nothing is passed over.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Finding> {
        let words = self.pieces.words(text);
        self.read(&words).map_or_else(
            |_| {
                let why = "the local model failed on this text; read it".to_owned();
                let end = text.chars().count();
                let whole = Finding { entity: Entity::Person, start: 0, end, score: 1.0, why };
                if end == 0 { Vec::new() } else { vec![whole] }
            },
            |said| self.labels.findings(&words, &said),
        )
    }

    /// Adds what the model finds to what the rules found. Where both found the same kind of thing the
    /// longer stands; where they differ in kind the rules are right.
    pub(crate) fn add(
        &self,
        text: &str,
        threshold: f32,
        wants: impl Fn(Entity) -> bool,
        to: &mut Vec<Finding>,
    ) {
        for found in self.find(text).into_iter().filter(|f| f.score >= threshold && wants(f.entity)) {
            join(found, to);
        }
        to.sort_by_key(|f| (f.start, f.end));
    }

    /// The best word on each word, over windows that overlap.
    fn read(&self, words: &[Word]) -> Result<Vec<Said>, ModelError> {
        let mut said = vec![Said { label: 0, score: 0.0, margin: 0 }; words.len()];
        let mut start = 0;
        while start < words.len() {
            let end = fitting(words, start);
            let window = words.get(start..end).unwrap_or_default();
            let logits = self.network.logits(&self.pieces.padded(window, WINDOW))?;
            // The first piece is the mark of the beginning.
            let mut piece = 1;
            for (offset, word) in window.iter().enumerate() {
                let margin = 1 + offset.min(window.len() - 1 - offset);
                if let Some(slot) = said.get_mut(start + offset).filter(|s| s.margin < margin) {
                    let (label, score) = logits.best(piece);
                    *slot = Said { label, score, margin };
                }
                piece += word.pieces.len();
            }
            if end >= words.len() {
                break;
            }
            start = back(words, start, end);
        }
        Ok(said)
    }
}

/// One past the last word whose pieces fit in a window that begins with word `start`.
fn fitting(words: &[Word], start: usize) -> usize {
    let mut room = WINDOW - 2;
    let mut end = start;
    while let Some(left) = words.get(end).and_then(|w| room.checked_sub(w.pieces.len())) {
        room = left;
        end += 1;
    }
    // A word is cut to fit a window of its own, so every window takes at least one.
    end.max(start + 1)
}

/// Where the next window begins: some pieces before `end`, and always after `start`.
fn back(words: &[Word], start: usize, end: usize) -> usize {
    let mut shared = 0;
    let mut at = end;
    while at > start + 1 && shared < SHARED {
        at -= 1;
        shared += words.get(at).map_or(0, |w| w.pieces.len());
    }
    at
}

fn join(mut found: Finding, to: &mut Vec<Finding>) {
    let meets = |f: &Finding, start: usize, end: usize| f.start < end && start < f.end;
    if to.iter().any(|f| f.entity != found.entity && meets(f, found.start, found.end)) {
        return;
    }
    let (start, end) = (found.start, found.end);
    to.retain(|f| {
        let same = f.entity == found.entity && meets(f, start, end);
        if same {
            found.start = found.start.min(f.start);
            found.end = found.end.max(f.end);
            found.score = found.score.max(f.score);
            found.why = format!("{}; {}", f.why, found.why);
        }
        !same
    });
    to.push(found);
}
