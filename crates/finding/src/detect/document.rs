//! Findings in a whole document: a cell knows its column's heading and the label beside it, a
//! paragraph the paragraph before, an e-mail header its field.

use std::collections::HashMap;

use super::text::wordy;
use super::{Detector, Entity, Finding};
use crate::cast::Cast;
use crate::model::{Block, BlockKind, Document};
use crate::normalise::Shadow;

/// A finding and the block that holds it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Located {
    /// The block's index in [`Document::blocks`].
    pub block: usize,
    /// Where in the block, and what.
    pub finding: Finding,
}

/// The longest text that is a label rather than a sentence, in bytes.
const LONGEST_LABEL: usize = 60;

impl Detector {
    /// The findings of every block, visible or hidden.
    #[must_use]
    pub fn find_in_document(&self, document: &Document, cast: Option<&Cast>) -> Vec<Located> {
        let labels = Labels::of(document);
        let mut located = Vec::new();
        for (index, block) in document.blocks.iter().enumerate() {
            let label = Shadow::new(&labels.for_block(document, index));
            let mut words: Vec<&[u8]> =
                label.bytes().split(|b| !wordy(*b)).filter(|w| !w.is_empty()).collect();
            words.reverse();
            let found = self.find_with(&block.text, &words, cast);
            located.extend(found.into_iter().map(|finding| Located { block: index, finding }));
        }
        located.extend(display_names(document, self, &located));
        located.sort_by_key(|l| (l.block, l.finding.start));
        located
    }
}

/// The texts that label other blocks.
struct Labels<'d> {
    cells: HashMap<(usize, usize, usize), &'d str>,
    headings: HashMap<(usize, usize), &'d str>,
}

impl<'d> Labels<'d> {
    fn of(document: &'d Document) -> Self {
        let mut labels = Self { cells: HashMap::new(), headings: HashMap::new() };
        for block in &document.blocks {
            if let BlockKind::Cell { table, row, column, header } = block.kind
                && block.text.len() <= LONGEST_LABEL
            {
                labels.cells.insert((table, row, column), &block.text);
                if header {
                    labels.headings.entry((table, column)).or_insert(&block.text);
                }
            }
        }
        labels
    }

    /// The words over or beside a block.
    fn for_block(&self, document: &Document, index: usize) -> String {
        let Some(block) = document.blocks.get(index) else { return String::new() };
        match &block.kind {
            BlockKind::Cell { table, row, column, header: false } => self.for_cell(*table, *row, *column),
            BlockKind::Header(name) => name.replace('-', " "),
            BlockKind::Paragraph | BlockKind::ListItem => before(document, index),
            _ => String::new(),
        }
    }

    fn for_cell(&self, table: usize, row: usize, column: usize) -> String {
        let heading = self.headings.get(&(table, column)).copied();
        let beside = column.checked_sub(1).and_then(|left| self.cells.get(&(table, row, left))).copied();
        let beside = beside.filter(|text| !text.bytes().any(|b| b.is_ascii_digit()));
        let top = || {
            let first = self.cells.get(&(table, 0, column)).copied()?;
            (row > 0 && !first.bytes().any(|b| b.is_ascii_digit())).then_some(first)
        };
        match (heading.or_else(top), beside) {
            (Some(heading), _) if self.headings.contains_key(&(table, column)) => heading.to_owned(),
            (heading, Some(beside)) => format!("{} {beside}", heading.unwrap_or_default()),
            (Some(heading), None) => heading.to_owned(),
            (None, None) => String::new(),
        }
    }
}

/// A short paragraph before this one that ends as a label does.
fn before(document: &Document, index: usize) -> String {
    let label = |block: &&Block| {
        block.text.len() <= LONGEST_LABEL
            && (block.text.trim_end().ends_with(':') || matches!(block.kind, BlockKind::Heading(_)))
    };
    let previous = index.checked_sub(1).and_then(|i| document.blocks.get(i)).filter(label);
    previous.map(|block| block.text.clone()).unwrap_or_default()
}

/// The display names in `From`, `To`, `Cc`, `Bcc`, `Sender` and `Reply-To`.
fn display_names(document: &Document, detector: &Detector, known: &[Located]) -> Vec<Located> {
    let mut names = Vec::new();
    for (index, block) in document.blocks.iter().enumerate() {
        let BlockKind::Header(field) = &block.kind else { continue };
        if !detector.wants(Entity::Person) || !crate::cast::is_address_field(field) {
            continue;
        }
        for (start, end) in crate::cast::display_name_spans(&block.text) {
            let taken =
                known.iter().any(|l| l.block == index && l.finding.start < end && start < l.finding.end);
            if !taken {
                let why = format!("display name in the header `{field}`");
                names.push(Located {
                    block: index,
                    finding: Finding { entity: Entity::Person, start, end, score: 0.85, why },
                });
            }
        }
    }
    names
}
