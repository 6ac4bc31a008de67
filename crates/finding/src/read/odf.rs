//! `OpenDocument` text, spreadsheets and presentations: one walk for all three.

use std::collections::{BTreeMap, BTreeSet};

use super::builder::Builder;
use super::limits::Context;
use super::package::Package;
use super::sniff::Format;
use super::xml::{self, Attributes, Node};
use super::{ReadError, archive, guard};
use crate::model::{Block, BlockKind, Document, FileKind, HiddenKind, Source};

pub(super) fn read(format: Format, bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    guard::guarded("OpenDocument", || {
        let mut package = Package::open(bytes, context.limits.entries)?;
        let kind = match format {
            Format::Ods => FileKind::Spreadsheet,
            Format::Odp => FileKind::Pptx,
            _ => FileKind::Odt,
        };
        if let Some(manifest) = package.part("META-INF/manifest.xml", &context)?
            && memchr::memmem::find(&manifest, b"encryption-data").is_some()
        {
            return Err(ReadError::Encrypted);
        }
        let mut builder = Builder::new(kind, context);
        for name in ["content.xml", "styles.xml"] {
            let Some(bytes) = package.part(name, &context)? else { continue };
            let styles = styles(&bytes, &context)?;
            let mut walk = Walk::new(name, kind, &styles, &mut builder);
            let result = xml::walk(&bytes, &context, |node| walk.node(&node));
            walk.finish()?;
            if name == "content.xml" {
                result?;
            } else {
                builder.tolerate(name, result.map(drop))?;
            }
        }
        metadata(&mut package, &mut builder)?;
        let read = |n: &str| matches!(n, "content.xml" | "styles.xml" | "meta.xml" | "settings.xml");
        archive::carried(&mut package, &mut builder, read)?;
        if package.has("Versions/") {
            builder.hide(HiddenKind::EarlierVersion, "Versions", 1);
        }
        Ok(builder.document)
    })
}

/// Names of styles that hide what bears them.
fn styles(bytes: &[u8], context: &Context<'_>) -> Result<BTreeSet<String>, ReadError> {
    let mut hidden = BTreeSet::new();
    let mut parents: BTreeMap<String, String> = BTreeMap::new();
    let mut open = String::new();
    xml::walk(bytes, context, |node| {
        match node {
            Node::Open("style", a) => {
                open = a.get("name").unwrap_or_default();
                parents.extend(a.get("parent-style-name").map(|p| (open.clone(), p)));
            }
            Node::Open("text-properties", a) if a.get("display").as_deref() == Some("none") => {
                hidden.insert(open.clone());
            }
            Node::Open("text-properties", a)
                if a.get("color").as_deref() == Some("#ffffff")
                    && a.get("background-color").is_none_or(|c| c == "transparent" || c == "#ffffff") =>
            {
                hidden.insert(open.clone());
            }
            Node::Open("table-properties", a) if a.get("display").as_deref() == Some("false") => {
                hidden.insert(open.clone());
            }
            Node::Open("drawing-page-properties", a) if a.get("visibility").as_deref() == Some("hidden") => {
                hidden.insert(open.clone());
            }
            _ => {}
        }
        Ok(())
    })?;
    let heirs: Vec<String> =
        parents.iter().filter(|(_, p)| hidden.contains(*p)).map(|(n, _)| n.clone()).collect();
    hidden.extend(heirs);
    Ok(hidden)
}

/// What an element does to the text inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Hidden(HiddenKind),
    Aside,
    List,
    /// Not text of the document.
    Skip,
}

#[derive(Debug, Default)]
struct Table {
    number: usize,
    name: String,
    hidden: bool,
    row: usize,
    row_repeat: usize,
    row_hidden: bool,
    column: usize,
    cell_repeat: usize,
    hidden_columns: Vec<(usize, usize)>,
    columns_seen: usize,
    header: bool,
    cell: String,
    value: Option<String>,
}

struct Walk<'w, 'b> {
    part: String,
    kind: FileKind,
    hidden_styles: &'w BTreeSet<String>,
    builder: &'w mut Builder<'b>,
    scopes: Vec<(String, Scope)>,
    paragraphs: Vec<(String, Option<u8>)>,
    concealed: String,
    tables: Vec<Table>,
    table_count: usize,
    element: usize,
    field: Option<&'static str>,
}

impl<'w, 'b> Walk<'w, 'b> {
    fn new(part: &str, kind: FileKind, styles: &'w BTreeSet<String>, builder: &'w mut Builder<'b>) -> Self {
        Self {
            part: part.to_owned(),
            kind,
            hidden_styles: styles,
            builder,
            scopes: Vec::new(),
            paragraphs: Vec::new(),
            concealed: String::new(),
            tables: Vec::new(),
            table_count: 0,
            element: 0,
            field: None,
        }
    }

    fn finish(&mut self) -> Result<(), ReadError> {
        while let Some((text, heading)) = self.paragraphs.pop() {
            self.paragraph(&text, heading)?;
        }
        Ok(())
    }

    fn node(&mut self, node: &Node<'_, '_>) -> Result<(), ReadError> {
        match node {
            Node::Open(name, a) => self.open(name, a),
            Node::Close(name) => self.close(name),
            Node::Text(text) => {
                self.text(text);
                Ok(())
            }
        }
    }

    fn hidden(&self) -> Option<HiddenKind> {
        self.scopes.iter().find_map(|(_, s)| match s {
            Scope::Hidden(what) => Some(*what),
            _ => None,
        })
    }

    fn styled_hidden(&self, a: &Attributes<'_>) -> bool {
        a.get("style-name").is_some_and(|s| self.hidden_styles.contains(&s))
    }

    /// The scope that an element opens, if any.
    fn scope(&self, name: &str, a: &Attributes<'_>) -> Option<Scope> {
        Some(match name {
            "annotation" => Scope::Hidden(HiddenKind::Comment),
            "deletion" | "cell-content-deletion" => Scope::Hidden(HiddenKind::TrackedChange),
            "hidden-text" | "hidden-paragraph" => Scope::Hidden(HiddenKind::InvisibleText),
            "script" => Scope::Hidden(HiddenKind::Script),
            "notes" if self.kind == FileKind::Pptx => Scope::Hidden(HiddenKind::SpeakerNotes),
            "page" if self.styled_hidden(a) => Scope::Hidden(HiddenKind::Slide),
            "section" if a.get("display").is_some_and(|d| d != "true") => {
                Scope::Hidden(HiddenKind::InvisibleText)
            }
            "span" | "p" | "h" if self.styled_hidden(a) => Scope::Hidden(HiddenKind::InvisibleText),
            "note" | "header" | "footer" | "header-left" | "footer-left" => Scope::Aside,
            "list-item" => Scope::List,
            "note-citation" | "master-styles" if name == "note-citation" => Scope::Skip,
            _ => return None,
        })
    }

    fn open(&mut self, name: &str, a: &Attributes<'_>) -> Result<(), ReadError> {
        if let Some(scope) = self.scope(name, a) {
            if let Scope::Hidden(what) = scope {
                self.builder.hide(what, &self.part, 1);
            }
            self.scopes.push((name.to_owned(), scope));
        }
        match name {
            "p" => self.paragraphs.push((String::new(), None)),
            "h" => {
                let level = a.get("outline-level").and_then(|l| l.parse().ok()).unwrap_or(1_u8);
                self.paragraphs.push((String::new(), Some(level.clamp(1, 6))));
            }
            "s" => {
                let count = a.get("c").and_then(|c| c.parse().ok()).unwrap_or(1_usize);
                self.text(&" ".repeat(count.clamp(1, 1000)));
            }
            "tab" => self.text("\t"),
            "line-break" => self.text("\n"),
            "insertion" => self.builder.hide(HiddenKind::TrackedChange, &self.part, 1),
            "creator" => self.field = Some("author"),
            "a" => self.link(a)?,
            "named-range" | "named-expression" | "bookmark" | "bookmark-start" => self.name(name, a)?,
            "table" | "table-column" | "table-row" | "table-cell" | "covered-table-cell"
            | "table-header-rows" => {
                self.table(name, a);
            }
            _ => {}
        }
        Ok(())
    }

    fn link(&mut self, a: &Attributes<'_>) -> Result<(), ReadError> {
        match a.get("href") {
            Some(address) if !address.starts_with('#') => {
                self.element += 1;
                let (part, element) = (self.part.clone(), self.element);
                self.builder.concealed(HiddenKind::LinkTarget, &address, &part, element)
            }
            _ => Ok(()),
        }
    }

    fn name(&mut self, element: &str, a: &Attributes<'_>) -> Result<(), ReadError> {
        let what = if element.starts_with("named") { HiddenKind::DefinedName } else { HiddenKind::Bookmark };
        let words = ["name", "cell-range-address", "expression"].iter().filter_map(|n| a.get(n));
        let words = words.collect::<Vec<_>>().join(" ");
        self.element += 1;
        let (part, element) = (self.part.clone(), self.element);
        self.builder.concealed(what, &words, &part, element)
    }

    fn table(&mut self, name: &str, a: &Attributes<'_>) {
        let repeat = |n: &str| a.get(n).and_then(|v| v.parse::<usize>().ok()).unwrap_or(1).clamp(1, 1 << 24);
        let collapsed = matches!(a.get("visibility").as_deref(), Some("collapse" | "filter"));
        if name == "table" {
            let hidden = self.styled_hidden(a);
            let label = a.get("name").unwrap_or_default();
            if hidden {
                self.builder.hide(HiddenKind::Sheet, &format!("sheet `{label}`"), 1);
            }
            let number = self.table_count;
            self.table_count += 1;
            self.tables.push(Table { number, name: label, hidden, ..Table::default() });
            return;
        }
        let Some(table) = self.tables.last_mut() else { return };
        match name {
            "table-column" => {
                let count = repeat("number-columns-repeated");
                if collapsed && table.hidden_columns.len() < 20_000 {
                    table.hidden_columns.push((table.columns_seen, table.columns_seen + count));
                }
                table.columns_seen += count;
            }
            "table-row" => {
                table.row += table.row_repeat;
                table.row_repeat = repeat("number-rows-repeated");
                (table.row_hidden, table.column, table.cell_repeat) = (collapsed, 0, 0);
            }
            "table-header-rows" => table.header = true,
            _ => {
                table.column += table.cell_repeat;
                table.cell_repeat = repeat("number-columns-repeated");
                table.cell.clear();
                table.value =
                    ["value", "date-value", "time-value", "boolean-value"].iter().find_map(|n| a.get(n));
            }
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(field) = self.field {
            let known = self.builder.document.metadata.iter().any(|m| m.name == field && m.value == text);
            if !known {
                self.builder.meta(field, text);
            }
            return;
        }
        if self.scopes.iter().any(|(_, s)| *s == Scope::Skip) {
            return;
        }
        let inside = self.hidden().is_some();
        if let Some((paragraph, _)) = self.paragraphs.last_mut() {
            if inside { self.concealed.push_str(text) } else { paragraph.push_str(text) }
        } else if inside {
            self.concealed.push_str(text);
        }
    }

    fn close(&mut self, name: &str) -> Result<(), ReadError> {
        match name {
            "p" | "h" => {
                if let Some((text, heading)) = self.paragraphs.pop() {
                    self.paragraph(&text, heading)?;
                }
            }
            "creator" => self.field = None,
            "table-cell" | "covered-table-cell" => self.cell()?,
            "table-header-rows" => {
                if let Some(table) = self.tables.last_mut() {
                    table.header = false;
                }
            }
            "table" => drop(self.tables.pop()),
            _ => {}
        }
        if self.scopes.last().is_some_and(|(n, _)| n == name) {
            self.flush_concealed()?;
            self.scopes.pop();
        }
        Ok(())
    }

    fn flush_concealed(&mut self) -> Result<(), ReadError> {
        let text = std::mem::take(&mut self.concealed);
        self.element += 1;
        self.builder.part(BlockKind::Aside, &text, &self.part, self.element, false)
    }

    fn paragraph(&mut self, text: &str, heading: Option<u8>) -> Result<(), ReadError> {
        if self.hidden().is_some() {
            self.concealed.push('\n');
        }
        if let Some(table) = self.tables.last_mut() {
            if !table.cell.is_empty() {
                table.cell.push('\n');
            }
            table.cell.push_str(text);
            return Ok(());
        }
        self.element += 1;
        let aside = self.part == "styles.xml" || self.scopes.iter().any(|(_, s)| *s == Scope::Aside);
        let kind = match heading {
            _ if aside => BlockKind::Aside,
            Some(level) => BlockKind::Heading(level),
            None if self.scopes.iter().any(|(_, s)| *s == Scope::List) => BlockKind::ListItem,
            None => BlockKind::Paragraph,
        };
        self.builder.part(kind, text, &self.part, self.element, true)
    }

    fn cell(&mut self) -> Result<(), ReadError> {
        let Some(table) = self.tables.last_mut() else { return Ok(()) };
        let mut text = std::mem::take(&mut table.cell);
        if text.trim().is_empty() {
            text = table.value.take().unwrap_or_default();
        }
        if text.trim().is_empty() {
            return Ok(());
        }
        let column_hidden = table.hidden_columns.iter().any(|(a, b)| (*a..*b).contains(&table.column));
        let place = format!("sheet `{}`", table.name);
        if table.row_hidden {
            self.builder.hide(HiddenKind::Rows, &place, 1);
        }
        if column_hidden {
            self.builder.hide(HiddenKind::Columns, &place, 1);
        }
        let Some(table) = self.tables.last() else { return Ok(()) };
        let kind = BlockKind::Cell {
            table: table.number,
            row: table.row,
            column: table.column,
            header: table.header,
        };
        let source = match self.kind {
            FileKind::Spreadsheet => {
                Source::Sheet { sheet: table.name.clone(), row: table.row, column: table.column }
            }
            _ => Source::Part { name: self.part.clone(), element: self.element },
        };
        let visible = !(table.hidden || table.row_hidden || column_hidden);
        self.builder.push(Block { kind, text, source, visible })
    }
}

fn metadata(package: &mut Package<'_>, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let context = builder.context;
    let Some(bytes) = package.part("meta.xml", &context)? else { return Ok(()) };
    let mut found: Vec<(String, String)> = Vec::new();
    let mut open = String::new();
    let result = xml::walk(&bytes, &context, |node| {
        match node {
            Node::Open("user-defined", a) => open = a.get("name").unwrap_or_default(),
            Node::Open(name, _) => name.clone_into(&mut open),
            Node::Text(text) if !text.trim().is_empty() => found.push((open.clone(), text.to_owned())),
            _ => {}
        }
        Ok(())
    });
    for (name, value) in found.iter().filter(|(n, _)| n != "generator" && n != "editing-cycles") {
        builder.meta(name, value);
        builder.hide(HiddenKind::Metadata, "document properties", 1);
    }
    builder.tolerate("meta.xml", result.map(drop))
}
