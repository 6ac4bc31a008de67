//! Text folded for comparison: words without case, accents, width variants or invisible characters,
//! each with its place and with what stands before it.
//!
//! The verifier has this of its own, apart from the detector's normalising: a slip in one of them
//! must not hide itself in the other.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What stands between a word and the word before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    /// Spaces on one line.
    Space,
    /// A line end, with or without a hyphen before it.
    Break,
    /// Punctuation without space, such as a hyphen, a dot or an apostrophe.
    Joined,
    /// Punctuation and space, such as a full stop and the next sentence.
    Apart,
}

/// A run of letters and digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    /// Characters of the source, first and one past the last.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) before: Gap,
}

/// The words of `text`.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut open = false;
    let mut between = Between::default();
    for (index, c) in text.chars().enumerate() {
        if is_invisible(c) {
            continue;
        }
        let folded = fold(c);
        if folded.is_empty() {
            if !is_combining_mark(c) {
                open = false;
                between.note(c);
            }
            continue;
        }
        match out.last_mut().filter(|_| open) {
            Some(token) => {
                token.text.push_str(&folded);
                token.end = index + 1;
            }
            None => {
                let before = between.gap();
                out.push(Token { text: folded, start: index, end: index + 1, before });
            }
        }
        open = true;
        between = Between::default();
    }
    out
}

#[derive(Debug, Default)]
struct Between {
    space: bool,
    line: bool,
    mark: bool,
}

impl Between {
    const fn note(&mut self, c: char) {
        match c {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => self.line = true,
            c if c.is_whitespace() => self.space = true,
            _ => self.mark = true,
        }
    }

    const fn gap(&self) -> Gap {
        match (self.line, self.space, self.mark) {
            (true, ..) => Gap::Break,
            (false, true, true) => Gap::Apart,
            (false, true, false) => Gap::Space,
            (false, false, _) => Gap::Joined,
        }
    }
}

/// The letters and digits that `c` stands for, in lower case and without accents.
fn fold(c: char) -> String {
    if c.is_ascii() {
        return if c.is_ascii_alphanumeric() { c.to_ascii_lowercase().to_string() } else { String::new() };
    }
    std::iter::once(c)
        .nfkd()
        .filter(|d| !is_combining_mark(*d))
        .flat_map(char::to_lowercase)
        .filter(|d| d.is_alphanumeric())
        .collect()
}

const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{180e}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e007f}')
}
