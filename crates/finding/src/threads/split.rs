//! A message body into what was written and what was quoted.

use super::lead::{self, Opening};
use crate::model::{BlockKind, Document};

/// How a quoted segment was introduced: the words, and what they say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lead {
    /// The introduction as it stands, such as `On 3 April 2026 Jo wrote:`.
    pub text: String,
    /// Header lines in it, names in lower case.
    pub headers: Vec<(String, String)>,
}

/// A part of a body: written by the sender (depth 0) or quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// 0 for the sender's own words, 1 for a quote, 2 for a quote in a quote.
    pub depth: usize,
    /// What introduced it; empty for depth 0 and for quotes without an introduction.
    pub lead: Lead,
    /// The words, without quote marks.
    pub text: String,
    /// Bytes of the body that it came from.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// Quotes inside quotes that are told apart; deeper ones count as this deep.
const DEPTH: usize = 64;

/// A line of the body without its quote marks.
struct Line<'b> {
    marks: usize,
    text: &'b str,
    start: usize,
    end: usize,
}

/// Splits a message body into segments in order; INVARIANT: every word of the body is in one
/// segment's text or lead.
#[must_use]
pub fn split(body: &str) -> Vec<Segment> {
    let lines = lines(body);
    let mut splitter = Splitter::default();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += splitter.step(line, lines.get(at..).unwrap_or_default());
    }
    splitter.finish()
}

fn lines(body: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut at = 0;
    for raw in body.split_inclusive('\n') {
        let content = raw.trim_end_matches(['\n', '\r']);
        let (marks, text) = unmark(content);
        lines.push(Line { marks, text, start: at, end: at + content.len() });
        at += raw.len();
    }
    lines
}

fn unmark(line: &str) -> (usize, &str) {
    let mut rest = line;
    let mut marks = 0;
    while let Some(after) = rest.trim_start_matches([' ', '\u{a0}']).strip_prefix(['>', '|']) {
        // A bar is a quote mark only before a space or another mark: tables have bars too.
        if rest.trim_start().starts_with('|') && marks == 0 {
            break;
        }
        marks += 1;
        rest = after;
    }
    if marks > 0 { (marks, rest.strip_prefix(' ').unwrap_or(rest)) } else { (0, line) }
}

#[derive(Default)]
struct Splitter {
    done: Vec<Segment>,
    open: Option<Segment>,
    /// Quotes that were introduced without marks: everything after is at least this deep.
    base: usize,
    lead: Lead,
    /// Bytes of the waiting lead and the marks of the line that it stood on.
    lead_at: Option<(usize, usize)>,
}

impl Splitter {
    /// Takes the first of `rest`; returns how many lines were used.
    fn step(&mut self, line: &Line<'_>, rest: &[Line<'_>]) -> usize {
        let same: Vec<&str> =
            rest.iter().take(26).take_while(|l| l.marks == line.marks).map(|l| l.text).collect();
        if let Some((opening, used)) = lead::opening(&same) {
            let end = rest.get(used - 1).map_or(line.end, |l| l.end);
            self.open_quote(opening, line, same.get(..used).unwrap_or_default(), end, rest.get(used..));
            return used;
        }
        let depth = (self.base + line.marks).min(DEPTH);
        self.take(depth, line);
        1
    }

    fn open_quote(
        &mut self,
        opening: Opening,
        line: &Line<'_>,
        lead: &[&str],
        end: usize,
        after: Option<&[Line<'_>]>,
    ) {
        self.close();
        self.keep_lead();
        let next = after.unwrap_or_default().iter().find(|l| !l.text.trim().is_empty() || l.marks > 0);
        // Marks after the introduction already say how deep the quote is.
        let marked = next.is_some_and(|l| l.marks > line.marks);
        let in_marks = line.marks > 0 && opening == Opening::Headers;
        if !marked && !in_marks && self.base < DEPTH {
            self.base += 1;
        }
        let headers = lead.iter().filter_map(|l| lead::header(l)).collect();
        self.lead = Lead { text: lead.join("\n").trim().to_owned(), headers };
        self.lead_at = Some((line.start, end));
    }

    fn take(&mut self, depth: usize, line: &Line<'_>) {
        let blank = line.text.trim().is_empty();
        match &mut self.open {
            Some(open) if open.depth == depth || blank => {
                open.text.push('\n');
                open.text.push_str(line.text);
                if !blank {
                    open.end = line.end;
                }
            }
            _ if blank => {}
            _ => {
                self.close();
                let at = if depth > 0 { self.lead_at.take() } else { None };
                if depth == 0 {
                    self.keep_lead();
                }
                let lead = std::mem::take(&mut self.lead);
                let start = at.map_or(line.start, |(start, _)| start);
                self.open = Some(Segment { depth, lead, text: line.text.to_owned(), start, end: line.end });
            }
        }
    }

    fn close(&mut self) {
        if let Some(mut open) = self.open.take() {
            open.text.truncate(open.text.trim_end().len());
            self.done.push(open);
        }
    }

    /// An introduction that nothing follows is kept as a segment of its own.
    fn keep_lead(&mut self) {
        if let Some((start, end)) = self.lead_at.take() {
            let lead = std::mem::take(&mut self.lead);
            self.done.push(Segment { depth: self.base.max(1), lead, text: String::new(), start, end });
        }
    }

    fn finish(mut self) -> Vec<Segment> {
        self.close();
        self.keep_lead();
        self.done
    }
}

/// The body of a message that was read: its visible text, quotes marked again by their depth.
#[must_use]
pub fn of_document(document: &Document) -> Vec<Segment> {
    let mut body = String::new();
    for block in document.blocks.iter().filter(|b| b.visible) {
        let depth = match &block.kind {
            BlockKind::Header(_) | BlockKind::Attachment(_) | BlockKind::Picture => continue,
            BlockKind::Quote(depth) => usize::from(*depth),
            _ => 0,
        };
        for line in block.text.lines() {
            body.push_str(&">".repeat(depth));
            body.push_str(if depth > 0 { " " } else { "" });
            body.push_str(line);
            body.push('\n');
        }
        body.push_str(&">".repeat(depth));
        body.push('\n');
    }
    split(&body)
}
