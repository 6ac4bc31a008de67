//! Page numbers that stay: a document with pages has its own; any other is cut by what its source says, never
//! by what is withheld, so that page 3 is page 3 before a decision and after it, in the review and in the pack.

use crate::model::{Block, BlockKind, Document, Source};

/// Lines of a page that is cut by us, as they would be on A4.
const LINES: usize = 46;
/// Characters of a line.
const LINE: usize = 92;

/// Which page each block is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    pages: Vec<usize>,
    count: usize,
}

impl Paging {
    /// The pages of a document.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        if document.pages.is_empty() { Self::cut(document) } else { Self::own(document) }
    }

    fn own(document: &Document) -> Self {
        let mut last = 0;
        let pages = document.blocks.iter().map(|block| {
            if let Source::Page { page, .. } = block.source {
                last = page;
            }
            last
        });
        Self { pages: pages.collect(), count: document.pages.len() }
    }

    fn cut(document: &Document) -> Self {
        let (mut page, mut used) = (0, 0);
        let mut pages = Vec::with_capacity(document.blocks.len());
        let mut before: Option<&Block> = None;
        for block in &document.blocks {
            let lines = lines(block, before);
            if lines > 0 && used > 0 && used + lines > LINES {
                (page, used) = (page + 1, 0);
            }
            used += lines;
            pages.push(page);
            before = Some(block);
        }
        Self { pages, count: page + 1 }
    }

    /// How many pages there are; an empty document has one.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// The page of a block, from 0.
    #[must_use]
    pub fn page_of(&self, block: usize) -> usize {
        self.pages.get(block).copied().unwrap_or(0)
    }

    /// The blocks of a page, from 0.
    pub fn blocks(&self, page: usize) -> impl Iterator<Item = usize> + '_ {
        self.pages.iter().enumerate().filter(move |(_, p)| **p == page).map(|(block, _)| block)
    }
}

/// The lines that a block takes. Cells of one row stand side by side; what is hidden takes no room.
fn lines(block: &Block, before: Option<&Block>) -> usize {
    if !block.visible {
        return 0;
    }
    let row = |b: &Block| match b.kind {
        BlockKind::Cell { table, row, .. } => Some((table, row)),
        _ => None,
    };
    if row(block).is_some() && before.and_then(row) == row(block) {
        return 0;
    }
    let text: usize = block.text.lines().map(|l| l.chars().count() / LINE + 1).sum();
    match block.kind {
        BlockKind::Heading(_) => text + 2,
        BlockKind::Cell { .. } | BlockKind::Header(_) | BlockKind::ListItem => text,
        _ => text + 1,
    }
}
