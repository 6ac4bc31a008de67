//! From a document and the decisions on it to a [`Flow`]: labels in place of what is withheld, hidden
//! content left out.

use std::collections::BTreeMap;

use super::plan::{AttachmentPlan, Options, Plan, ReasonCode};
use crate::model::{Block, BlockKind, Document, FileKind, Source};
use crate::paging::Paging;
use crate::write::flow::{Flow, Item, Role, Run, Table};

/// Header names that are printed as they are; any other is called "other header", since a sender can
/// put anything there.
const HEADERS: [&str; 14] = [
    "From",
    "To",
    "Cc",
    "Bcc",
    "Subject",
    "Date",
    "Sent",
    "Reply-To",
    "Sender",
    "Importance",
    "Priority",
    "Message-ID",
    "In-Reply-To",
    "References",
];

/// The redacted document in reading order, without the legend.
pub(crate) fn flow(
    document: &Document,
    plan: &Plan,
    options: &Options,
    withheld_pages: &[(usize, Vec<Run>)],
    marks: bool,
) -> Flow {
    let mut builder = Builder::new(document, plan, options, withheld_pages);
    let marked = marks && options.mark_pages && document.pages.is_empty();
    let paging = marked.then(|| Paging::of(document));
    let mut page = 0;
    for (index, block) in document.blocks.iter().enumerate() {
        if !plan.releases(index, block) {
            continue;
        }
        let here = paging.as_ref().map_or(0, |p| p.page_of(index));
        // A table is not cut by a mark: its rows have numbers of their own.
        if here > page && !matches!(block.kind, BlockKind::Cell { .. }) {
            builder.mark(here);
            page = here;
        }
        builder.block(index, block);
    }
    builder.end_table();
    builder.pages_to(document.pages.len());
    builder.into_flow()
}

/// The same for one page, from 0.
pub(crate) fn page(
    document: &Document,
    plan: &Plan,
    options: &Options,
    withheld_pages: &[(usize, Vec<Run>)],
    paging: &Paging,
    page: usize,
) -> Flow {
    let mut builder = Builder::new(document, plan, options, withheld_pages);
    builder.page = page.checked_sub(1);
    for index in paging.blocks(page) {
        if let Some(block) = document.blocks.get(index).filter(|b| plan.releases(index, b)) {
            builder.block(index, block);
        }
    }
    builder.end_table();
    if !document.pages.is_empty() {
        builder.pages_to(page + 1);
    }
    builder.into_flow()
}

/// The legend: what each code means and how often it was used, and what the copy does not show.
pub(crate) fn legend(counts: &BTreeMap<ReasonCode, usize>, options: &Options) -> Vec<Item> {
    let words = &options.words;
    let text = |t: &str| vec![Run::Text(t.to_owned())];
    let mut items = vec![Item::Heading(1, text(&words.legend))];
    if !counts.is_empty() {
        let mut rows = vec![words.legend_columns.iter().map(|c| text(c)).collect::<Vec<_>>()];
        for (code, count) in counts {
            let meaning = options.meanings.get(code).unwrap_or(&words.no_meaning);
            rows.push(vec![text(code.as_str()), text(meaning), text(&count.to_string())]);
        }
        items.push(Item::Table(Table { has_header: true, rows, origin: (0, 0) }));
    }
    items.push(Item::Text(Role::Paragraph, text(&words.not_reproduced)));
    items
}

struct Builder<'a> {
    document: &'a Document,
    plan: &'a Plan,
    options: &'a Options,
    /// Pages withheld whole, from 0, with what is said instead.
    withheld_pages: &'a [(usize, Vec<Run>)],
    items: Vec<Item>,
    page: Option<usize>,
    table: Option<Open>,
}

/// A table being filled.
struct Open {
    number: usize,
    cells: BTreeMap<(usize, usize), Vec<Run>>,
    header_row: Option<usize>,
}

impl<'a> Builder<'a> {
    fn new(
        document: &'a Document,
        plan: &'a Plan,
        options: &'a Options,
        withheld_pages: &'a [(usize, Vec<Run>)],
    ) -> Self {
        Self { document, plan, options, withheld_pages, items: Vec::new(), page: None, table: None }
    }

    fn into_flow(self) -> Flow {
        let (title, language) = (self.options.title.clone(), self.options.language.clone());
        Flow { title, language, items: self.items }
    }

    /// `Document 12, Page 3`.
    fn mark(&mut self, page: usize) {
        self.end_table();
        let text = format!("{}, {} {}", self.options.title, self.options.words.page, page + 1);
        self.items.push(Item::Text(Role::Aside, vec![Run::Text(text)]));
    }

    fn block(&mut self, index: usize, block: &Block) {
        if let Source::Page { page, .. } = block.source {
            self.pages_to(page + 1);
            if self.withheld_pages.iter().any(|(p, _)| *p == page) {
                return;
            }
        }
        let runs = self.runs(index, block);
        if let BlockKind::Cell { table, row, column, header } = block.kind {
            return self.cell(table, (row, column), header, runs);
        }
        self.end_table();
        if let Some(item) = self.item(&block.kind, runs) {
            self.items.push(item);
        }
    }

    fn item(&self, kind: &BlockKind, runs: Vec<Run>) -> Option<Item> {
        let words = &self.options.words;
        let empty = runs.iter().all(|r| matches!(r, Run::Text(t) if t.trim().is_empty()));
        let item = match kind {
            BlockKind::Attachment(number) => Item::Text(Role::Notice, self.attachment(*number)),
            BlockKind::Picture if empty => Item::Text(Role::Aside, vec![Run::Text(words.picture.clone())]),
            _ if empty => return None,
            BlockKind::Heading(level) => Item::Heading(level.saturating_add(1), runs),
            BlockKind::ListItem => Item::Text(Role::ListItem, runs),
            BlockKind::Quote(depth) => Item::Text(Role::Quote(*depth), runs),
            BlockKind::Header(name) => {
                let known = HEADERS.iter().find(|h| h.eq_ignore_ascii_case(name));
                Item::Field(known.map_or_else(|| words.field.clone(), |h| (*h).to_owned()), runs)
            }
            BlockKind::Aside | BlockKind::Picture => Item::Text(Role::Aside, runs),
            BlockKind::Paragraph | BlockKind::Cell { .. } => Item::Text(Role::Paragraph, runs),
        };
        Some(item)
    }

    /// `Attachment 2: released as a separate file`; its own name may be personal data.
    fn attachment(&self, number: usize) -> Vec<Run> {
        let words = &self.options.words;
        let mut runs = vec![Run::Text(format!("{} {}: ", words.attachment, number + 1))];
        match self.plan.attachments.get(&number) {
            Some(AttachmentPlan::Release(_)) => runs.push(Run::Text(words.attachment_released.clone())),
            Some(AttachmentPlan::Withhold(code)) => runs.push(Run::Label(code.clone())),
            None => runs.push(Run::Text(words.attachment_withheld.clone())),
        }
        runs
    }

    /// The block's text with labels.
    fn runs(&self, index: usize, block: &Block) -> Vec<Run> {
        let chars: Vec<char> = block.text.chars().collect();
        let mut runs = Vec::new();
        let mut at = 0;
        for (start, end, code) in self.plan.ranges(self.document, index) {
            let text: String = chars.get(at..start).unwrap_or_default().iter().collect();
            push_text(&mut runs, text);
            runs.push(Run::Label(code));
            at = end;
        }
        let rest: String = chars.get(at..).unwrap_or_default().iter().collect();
        push_text(&mut runs, rest);
        runs
    }

    fn cell(&mut self, table: usize, place: (usize, usize), header: bool, runs: Vec<Run>) {
        if self.table.as_ref().is_none_or(|open| open.number != table) {
            self.end_table();
            self.table = Some(Open { number: table, cells: BTreeMap::new(), header_row: None });
        }
        if let Some(open) = &mut self.table {
            if header && open.header_row.is_none_or(|row| place.0 < row) {
                open.header_row = Some(place.0);
            }
            open.cells.insert(place, runs);
        }
    }

    fn end_table(&mut self) {
        let Some(open) = self.table.take() else { return };
        let keep_places = self.document.kind == FileKind::Spreadsheet;
        if let Some(table) = closed(open, keep_places) {
            self.items.push(Item::Table(table));
        }
    }

    /// Starts every page up to `page` (exclusive), so that each withheld page says so in its place.
    fn pages_to(&mut self, page: usize) {
        let first = self.page.map_or(0, |p| p + 1);
        for number in first..page {
            self.end_table();
            let heading = format!("{} {}", self.options.words.page, number + 1);
            self.items.push(Item::Heading(2, vec![Run::Text(heading)]));
            if let Some((_, notice)) = self.withheld_pages.iter().find(|(p, _)| *p == number) {
                self.items.push(Item::Text(Role::Notice, notice.clone()));
            }
            self.page = Some(number);
        }
    }
}

fn push_text(runs: &mut Vec<Run>, text: String) {
    if !text.is_empty() {
        runs.push(Run::Text(text));
    }
}

/// A table of the cells that are there. A sheet keeps the distance between its rows, up to a limit
/// beyond which a lone far cell would make millions of empty ones; each row ends at its last cell.
fn closed(open: Open, keep_places: bool) -> Option<Table> {
    const WIDEST_GAP: usize = 64;
    let mut by_row: BTreeMap<usize, Vec<(usize, Vec<Run>)>> = BTreeMap::new();
    for ((row, column), runs) in open.cells {
        by_row.entry(row).or_default().push((column, runs));
    }
    let left = by_row.values().filter_map(|row| row.first()).map(|(column, _)| *column).min()?;
    let (top, bottom) = (*by_row.keys().next()?, *by_row.keys().next_back()?);
    let sparse = bottom - top > by_row.len() * 4 + WIDEST_GAP;
    let order: Vec<usize> =
        if keep_places && !sparse { (top..=bottom).collect() } else { by_row.keys().copied().collect() };
    let rows = order.iter().map(|row| filled(by_row.remove(row).unwrap_or_default(), left)).collect();
    Some(Table { has_header: open.header_row == Some(top), rows, origin: (top, left) })
}

/// A row from its cells, with empty ones between; a cell beyond the last column of a sheet is an
/// error of the source and is set at the end.
fn filled(cells: Vec<(usize, Vec<Run>)>, left: usize) -> Vec<Vec<Run>> {
    let mut row: Vec<Vec<Run>> = Vec::new();
    for (column, runs) in cells {
        let place = (column - left).min(16_383).max(row.len());
        row.resize(place, Vec::new());
        row.push(runs);
    }
    row
}
