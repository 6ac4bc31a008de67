//! Text as a matcher wants to see it, with an exact way back.
//!
//! People, programs and adversaries write one identifier in many ways: no-break spaces, zero-width
//! characters, soft hyphens, full-width digits, typographic dashes. A [`Shadow`] is an ASCII copy of
//! a text in which all of these look alike. Every shadow byte knows the character it came from, so
//! that a finding in the shadow is a span of the original, no more and no less.

mod fold;

use std::ops::Range;

use fold::Folded;

/// Stands for a letter or digit that has no ASCII counterpart: part of a word, equal to nothing.
pub const OTHER_WORD: u8 = 0x1a;
/// Stands for any other character that has no ASCII counterpart.
pub const OTHER_MARK: u8 = 0x1b;

/// A stretch of the shadow whose bytes come from consecutive characters, or all from one.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// First shadow byte.
    shadow: usize,
    /// The character it came from.
    source: usize,
    /// True when each further byte comes from the next character, false when all come from one.
    moves: bool,
}

/// An ASCII copy of a text with a map back to its characters.
///
/// ```
/// use counterfoil_finding::normalise::Shadow;
/// let shadow = Shadow::new("QQ\u{a0}12\u{2011}34 ５６ C");
/// assert_eq!(shadow.text(), "QQ 12-34 56 C");
/// assert_eq!(shadow.source(3..5), 3..5);
/// ```
#[derive(Debug, Clone)]
pub struct Shadow {
    text: String,
    runs: Vec<Run>,
}

impl Shadow {
    /// Folds `text`. Linear in its length.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut shadow = Self { text: String::with_capacity(text.len()), runs: Vec::new() };
        let mut rest = text;
        let mut source = 0;
        while !rest.is_empty() {
            let ascii = rest.bytes().position(|b| !b.is_ascii()).unwrap_or(rest.len());
            let (plain, tail) = rest.split_at_checked(ascii).unwrap_or((rest, ""));
            if !plain.is_empty() {
                shadow.mark(source, true);
                shadow.text.push_str(plain);
                source += plain.len();
            }
            let mut chars = tail.chars();
            if let Some(c) = chars.next() {
                shadow.push_folded(c, source);
                source += 1;
            }
            rest = chars.as_str();
        }
        shadow
    }

    /// The shadow text: ASCII, without zero-width characters.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The shadow text as bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The original characters that the shadow bytes `span` came from, including dropped characters
    /// between them. An empty or outlying span gives an empty range.
    #[must_use]
    pub fn source(&self, span: Range<usize>) -> Range<usize> {
        let end = span.end.min(self.text.len());
        if span.start >= end {
            let at = self.source_of(span.start);
            return at..at;
        }
        self.source_of(span.start)..self.source_of(end - 1) + 1
    }

    fn source_of(&self, at: usize) -> usize {
        let after = self.runs.partition_point(|run| run.shadow <= at);
        match after.checked_sub(1).and_then(|i| self.runs.get(i)) {
            Some(run) if run.moves => run.source + (at - run.shadow),
            Some(run) => run.source,
            None => 0,
        }
    }

    fn push_folded(&mut self, c: char, source: usize) {
        match fold::fold(c) {
            Folded::Nothing => {}
            Folded::One(b) => {
                self.mark(source, true);
                self.text.push(char::from(b));
            }
            Folded::Several(letters) => {
                self.mark(source, false);
                self.text.extend(letters.iter().filter(|b| **b != 0).map(|b| char::from(*b)));
            }
        }
    }

    /// Begins a run unless the last one already leads here.
    fn mark(&mut self, source: usize, moves: bool) {
        let shadow = self.text.len();
        let goes_on = self
            .runs
            .last()
            .is_some_and(|run| moves && run.moves && run.source + (shadow - run.shadow) == source);
        if !goes_on {
            self.runs.push(Run { shadow, source, moves });
        }
    }
}
