//! Word pieces: a text as the numbers of a vocabulary, with the place of every word.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{ModelError, WINDOW};

/// A longer word is no word that a vocabulary knows.
const LONGEST: usize = 100;

/// A word of the text: its characters and its pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) pieces: Vec<i64>,
    pub(super) after_empty_line: bool,
}

/// A vocabulary of word pieces.
#[derive(Debug)]
pub(super) struct Pieces {
    numbers: HashMap<String, i64>,
    fold: bool,
    begin: i64,
    end: i64,
    unknown: i64,
}

#[derive(serde::Deserialize)]
struct Tokenizer {
    #[serde(default)]
    do_lower_case: bool,
}

impl Pieces {
    pub(super) fn new(vocabulary: &str, tokenizer: Option<&str>) -> Result<Self, ModelError> {
        let numbers: HashMap<String, i64> =
            (0..).zip(vocabulary.lines()).map(|(n, line)| (line.trim_end().to_owned(), n)).collect();
        let mark = |name: &'static str| numbers.get(name).copied().ok_or(ModelError::Vocabulary(name));
        let (begin, end, unknown) = (mark("[CLS]")?, mark("[SEP]")?, mark("[UNK]")?);
        let fold = match tokenizer {
            Some(text) => {
                let bad = |_| ModelError::Labels("`tokenizer_config.json` cannot be read".to_owned());
                serde_json::from_str::<Tokenizer>(text).map_err(bad)?.do_lower_case
            }
            // A vocabulary without a capital letter is of a model that knows none.
            None => !numbers.keys().any(|k| !k.starts_with('[') && k.chars().any(char::is_uppercase)),
        };
        Ok(Self { numbers, fold, begin, end, unknown })
    }

    /// The words and marks of a text in order.
    pub(super) fn words(&self, text: &str) -> Vec<Word> {
        let mut words = Vec::new();
        let mut open: Option<(usize, String)> = None;
        let mut line_ends = 0;
        for (at, c) in text.chars().enumerate() {
            let alone = is_alone(c);
            if c.is_whitespace() || alone {
                self.close(&mut open, at, &mut line_ends, &mut words);
                line_ends += usize::from(c == '\n');
            }
            if alone {
                open = Some((at, c.to_string()));
                self.close(&mut open, at + 1, &mut line_ends, &mut words);
            } else if !c.is_whitespace() {
                open.get_or_insert_with(|| (at, String::new())).1.push(c);
            }
        }
        self.close(&mut open, text.chars().count(), &mut line_ends, &mut words);
        words
    }

    fn close(
        &self,
        open: &mut Option<(usize, String)>,
        end: usize,
        line_ends: &mut usize,
        words: &mut Vec<Word>,
    ) {
        let Some((start, text)) = open.take() else { return };
        words.push(Word { start, end, pieces: self.cut(&text), after_empty_line: *line_ends > 1 });
        *line_ends = 0;
    }

    /// The longest pieces of the vocabulary from left to right, or the unknown piece.
    fn cut(&self, word: &str) -> Vec<i64> {
        let folded = if self.fold { folded(word) } else { word.to_owned() };
        let mut rest = folded.as_str();
        let mut pieces = Vec::new();
        if rest.chars().count() > LONGEST {
            return vec![self.unknown];
        }
        while !rest.is_empty() {
            let before = if pieces.is_empty() { "" } else { "##" };
            let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
            let longest = ends.into_iter().find_map(|end| {
                let number = self.numbers.get(&format!("{before}{}", rest.get(..end)?))?;
                Some((*number, end))
            });
            let Some((number, end)) = longest else { return vec![self.unknown] };
            pieces.push(number);
            rest = rest.get(end..).unwrap_or_default();
        }
        pieces.truncate(WINDOW - 2);
        if pieces.is_empty() { vec![self.unknown] } else { pieces }
    }

    /// A window of `length` pieces: the mark of the beginning, the words, the mark of the end, nothing.
    pub(super) fn padded(&self, words: &[Word], length: usize) -> Vec<i64> {
        let mut window = vec![self.begin];
        window.extend(words.iter().flat_map(|w| &w.pieces));
        window.push(self.end);
        window.resize(length, -1);
        window
    }
}

/// Punctuation and the characters of scripts that set no spaces are words of their own.
fn is_alone(c: char) -> bool {
    let wide = matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}');
    wide || c.is_ascii_punctuation()
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '«' | '»')
}

/// In lower case and without accents.
fn folded(word: &str) -> String {
    word.to_lowercase().nfd().filter(|c| !is_combining_mark(*c)).collect()
}
