//! Excel workbooks (XLSX, XLSM): an own walk that streams cells and sees what Excel hides.

use std::collections::BTreeSet;

use super::builder::Builder;
use super::limits::Context;
use super::package::{self, Package, harvest};
use super::xlsx_dates::{date_formats, serial_date};
use super::xml::{self, Attributes, Node};
use super::{ReadError, archive, guard};
use crate::model::{Block, BlockKind, Document, FileKind, HiddenKind, Source};

pub(super) fn read(bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    guard::guarded("Excel", || {
        let mut package = Package::open(bytes, context.limits.entries)?;
        let mut builder = Builder::new(FileKind::Spreadsheet, context);
        let book = workbook(&mut package, &mut builder)?;
        for (number, sheet) in book.sheets.iter().enumerate() {
            let result = read_sheet(&mut package, sheet, number, &book, &mut builder);
            builder.tolerate(&format!("sheet `{}`", sheet.name), result)?;
        }
        side_parts(&mut package, &mut builder)?;
        package::properties(&mut package, &mut builder)?;
        let sheets: BTreeSet<&str> = book.sheets.iter().map(|s| s.part.as_str()).collect();
        archive::carried(&mut package, &mut builder, |n| is_read(n) || sheets.contains(n))?;
        Ok(builder.document)
    })
}

/// Side parts: where they are, what they are, and the attributes that hold words.
const SIDES: [(&str, HiddenKind, &[&str]); 14] = [
    ("xl/comments", HiddenKind::Comment, &[]),
    ("xl/threadedComments/", HiddenKind::Comment, &[]),
    ("xl/persons/", HiddenKind::Metadata, &["displayName", "userId"]),
    ("xl/pivotCache/pivotCacheDefinition", HiddenKind::PivotCache, &["v", "name", "refreshedBy"]),
    ("xl/pivotCache/pivotCacheRecords", HiddenKind::PivotCache, &["v"]),
    ("xl/externalLinks/externalLink", HiddenKind::ExternalLink, &["val", "name"]),
    ("xl/connections", HiddenKind::ExternalLink, &["name", "description", "connection", "command", "url"]),
    ("xl/queryTables/", HiddenKind::ExternalLink, &["name"]),
    ("xl/slicerCaches/", HiddenKind::Filter, &["n", "name"]),
    ("xl/slicers/", HiddenKind::Filter, &["caption"]),
    ("xl/revisions/", HiddenKind::TrackedChange, &["userName", "v"]),
    ("xl/model/", HiddenKind::PivotCache, &[]),
    ("xl/ctrlProps/", HiddenKind::FormField, &["val", "fmlaTxbx"]),
    ("xl/customProperty", HiddenKind::Metadata, &[]),
];

fn is_read(name: &str) -> bool {
    let ends = ["xl/sharedStrings.xml", "xl/styles.xml", "xl/metadata.xml", "xl/volatileDependencies.xml"];
    ends.contains(&name)
        || name.starts_with("xl/workbook")
        || SIDES.iter().any(|(prefix, ..)| name.starts_with(prefix) && name.ends_with(".xml"))
        || ["xl/drawings/", "xl/charts/", "xl/chartsheets/", "xl/tables/", "xl/pivotTables/"]
            .iter()
            .any(|p| name.starts_with(p) && (name.ends_with(".xml") || name.ends_with(".vml")))
}

fn side_parts(package: &mut Package<'_>, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let context = builder.context;
    for (prefix, what, attributes) in SIDES {
        for name in package.matching(prefix, ".xml") {
            let Some(bytes) = package.part(&name, &context)? else { continue };
            let result = harvest(&bytes, &name, what, attributes, builder);
            builder.tolerate(&name, result)?;
        }
    }
    for name in package.matching("xl/externalLinks/externalLink", ".xml") {
        for (target, _) in package::relations(package, &name, &context)?.into_values() {
            builder.concealed(HiddenKind::ExternalLink, &target, &name, 0)?;
        }
    }
    for prefix in ["xl/drawings/", "xl/charts/chart", "xl/chartsheets/", "xl/tables/", "xl/pivotTables/"] {
        for suffix in [".xml", ".vml"] {
            for name in package.matching(prefix, suffix) {
                let result = drawing(package, &name, builder);
                builder.tolerate(&name, result)?;
            }
        }
    }
    Ok(())
}

/// Text boxes, charts, controls and table captions: text that the sheet shows.
fn drawing(package: &mut Package<'_>, name: &str, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let context = builder.context;
    let Some(bytes) = package.part(name, &context)? else { return Ok(()) };
    // Old drawings repeat the shapes of comments and hold HTML that need not be well formed.
    if name.ends_with(".vml") {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let mut side = Builder::new(FileKind::Html, context);
        super::html::read_into(&text, name, &mut side)?;
        for block in side.document.blocks.into_iter().filter(|b| b.visible && b.text.len() > 3) {
            builder.push(Block { visible: false, kind: BlockKind::Aside, ..block })?;
        }
        return Ok(());
    }
    let mut words: Vec<(String, bool)> = Vec::new();
    let mut text = String::new();
    let mut taking = false;
    xml::walk(&bytes, &context, |node| {
        match node {
            Node::Open("t" | "v" | "f", _) => taking = true,
            Node::Close("t" | "v" | "f") => taking = false,
            Node::Text(t) if taking => text.push_str(t),
            Node::Close("p" | "pt" | "tx" | "ser") => words.push((std::mem::take(&mut text), true)),
            Node::Open("cNvPr", a) => words.extend(a.get("descr").map(|d| (d, true))),
            Node::Open("table" | "pivotTableDefinition", a) => {
                words.extend(["displayName", "comment"].iter().filter_map(|n| a.get(n)).map(|d| (d, false)));
            }
            _ => {}
        }
        Ok(())
    })?;
    words.push((text, true));
    for (element, (words, visible)) in words.iter().enumerate() {
        builder.part(BlockKind::Aside, words, name, element, *visible)?;
    }
    Ok(())
}

#[derive(Debug)]
struct Sheet {
    name: String,
    part: String,
    hidden: bool,
}

#[derive(Debug, Default)]
struct Book {
    sheets: Vec<Sheet>,
    strings: Vec<String>,
    /// Formats of cells that show a date.
    dates: BTreeSet<usize>,
    from_1904: bool,
}

fn workbook(package: &mut Package<'_>, builder: &mut Builder<'_>) -> Result<Book, ReadError> {
    let context = builder.context;
    let name = "xl/workbook.xml";
    let bytes =
        package.part(name, &context)?.ok_or_else(|| ReadError::malformed("it has no list of sheets"))?;
    let relations = package::relations(package, name, &context)?;
    let mut book = Book::default();
    let mut names: Vec<(String, String)> = Vec::new();
    let mut naming = false;
    let mut states = Vec::new();
    xml::walk(&bytes, &context, |node| {
        match node {
            Node::Open("sheet", a) => {
                let part = a.exact("r:id").and_then(|id| relations.get(&id)).map(|(t, _)| t.clone());
                let state = a.get("state").unwrap_or_default();
                let sheet = Sheet {
                    name: a.get("name").unwrap_or_default(),
                    part: part.unwrap_or_default(),
                    hidden: matches!(state.as_str(), "hidden" | "veryHidden"),
                };
                states.push((state, sheet.name.clone()));
                book.sheets.push(sheet);
            }
            Node::Open("workbookPr", a) => book.from_1904 = a.on("date1904"),
            Node::Open("definedName", a) => {
                naming = true;
                names.push((a.get("name").unwrap_or_default(), String::new()));
            }
            Node::Close("definedName") => naming = false,
            Node::Text(t) if naming => names.last_mut().into_iter().for_each(|(_, v)| v.push_str(t)),
            _ => {}
        }
        Ok(())
    })?;
    for (state, sheet) in states {
        let what = match state.as_str() {
            "hidden" => HiddenKind::Sheet,
            "veryHidden" => HiddenKind::VeryHiddenSheet,
            _ => continue,
        };
        builder.hide(what, &format!("sheet `{sheet}`"), 1);
    }
    for (element, (label, value)) in names.iter().enumerate() {
        builder.concealed(HiddenKind::DefinedName, &format!("{label} {value}"), name, element)?;
    }
    book.strings = strings(package, &context)?;
    book.dates = date_formats(package, &context)?;
    Ok(book)
}

fn strings(package: &mut Package<'_>, context: &Context<'_>) -> Result<Vec<String>, ReadError> {
    let Some(bytes) = package.part("xl/sharedStrings.xml", context)? else { return Ok(Vec::new()) };
    let mut strings = Vec::new();
    let (mut text, mut taking, mut phonetic) = (String::new(), false, false);
    xml::walk(&bytes, context, |node| {
        match node {
            Node::Open("t", _) => taking = true,
            Node::Close("t") => taking = false,
            Node::Open("rPh", _) => phonetic = true,
            Node::Close("rPh") => phonetic = false,
            Node::Text(t) if taking && !phonetic => text.push_str(t),
            Node::Close("si") => strings.push(std::mem::take(&mut text)),
            _ => {}
        }
        Ok(())
    })?;
    Ok(strings)
}

/// `C7` as row 6, column 2.
fn address(reference: &str) -> Option<(usize, usize)> {
    let digits = reference.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = reference.split_at(digits);
    let column = letters.bytes().try_fold(0_usize, |n, b| {
        let letter = b.to_ascii_uppercase().checked_sub(b'A').filter(|l| *l < 26)?;
        n.checked_mul(26)?.checked_add(usize::from(letter) + 1)
    })?;
    Some((row.parse::<usize>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

struct Walk<'w, 'b> {
    sheet: &'w Sheet,
    number: usize,
    book: &'w Book,
    builder: &'w mut Builder<'b>,
    place: String,
    hidden_columns: Vec<(usize, usize)>,
    row: usize,
    column: usize,
    row_hidden: bool,
    rows_hidden: BTreeSet<usize>,
    columns_hidden: BTreeSet<usize>,
    kind: String,
    format: usize,
    value: String,
    formula: String,
    taking: Option<Taking>,
    element: usize,
    side: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taking {
    Value,
    Formula,
    Running,
    Validation,
}

fn read_sheet(
    package: &mut Package<'_>,
    sheet: &Sheet,
    number: usize,
    book: &Book,
    builder: &mut Builder<'_>,
) -> Result<(), ReadError> {
    let context = builder.context;
    let Some(bytes) = package.part(&sheet.part, &context)? else {
        return Err(ReadError::malformed("the sheet is missing"));
    };
    let place = format!("sheet `{}`", sheet.name);
    let mut walk = Walk {
        sheet,
        number,
        book,
        builder,
        place,
        hidden_columns: Vec::new(),
        row: 0,
        column: 0,
        row_hidden: false,
        rows_hidden: BTreeSet::new(),
        columns_hidden: BTreeSet::new(),
        kind: String::new(),
        format: 0,
        value: String::new(),
        formula: String::new(),
        taking: None,
        element: 0,
        side: String::new(),
    };
    let result = xml::walk(&bytes, &context, |node| walk.node(&node));
    walk.finish();
    for (target, _) in
        package::relations(package, &sheet.part, &context)?.into_values().filter(|(_, out)| *out)
    {
        builder.concealed(HiddenKind::LinkTarget, &target, &sheet.part, 0)?;
    }
    result.map(drop)
}

impl Walk<'_, '_> {
    fn finish(&mut self) {
        let (rows, columns) = (self.rows_hidden.len(), self.columns_hidden.len());
        self.builder.hide(HiddenKind::Rows, &self.place, rows);
        self.builder.hide(HiddenKind::Columns, &self.place, columns);
    }

    fn node(&mut self, node: &Node<'_, '_>) -> Result<(), ReadError> {
        match node {
            Node::Open(name, a) => self.open(name, a),
            Node::Close(name) => self.close(name),
            Node::Text(text) => {
                match self.taking {
                    Some(Taking::Value) => self.value.push_str(text),
                    Some(Taking::Formula) => self.formula.push_str(text),
                    Some(_) => self.side.push_str(text),
                    None => {}
                }
                Ok(())
            }
        }
    }

    fn open(&mut self, name: &str, a: &Attributes<'_>) -> Result<(), ReadError> {
        match name {
            "col" if a.on("hidden") || a.get("width").is_some_and(|w| w == "0") => {
                let bound = |n| a.get(n).and_then(|v| v.parse::<usize>().ok()).unwrap_or(1);
                if self.hidden_columns.len() < 20_000 {
                    self.hidden_columns.push((bound("min").saturating_sub(1), bound("max")));
                }
            }
            "row" => {
                let given = a.get("r").and_then(|v| v.parse::<usize>().ok());
                self.row = given.map_or(self.row + 1, |r| r.saturating_sub(1));
                self.column = 0;
                self.row_hidden = a.on("hidden") || a.get("ht").is_some_and(|h| h == "0");
            }
            "c" => {
                if let Some((row, column)) = a.get("r").and_then(|r| address(&r)) {
                    (self.row, self.column) = (row, column);
                }
                self.kind = a.get("t").unwrap_or_default();
                self.format = a.get("s").and_then(|s| s.parse().ok()).unwrap_or(0);
                self.value.clear();
                self.formula.clear();
            }
            "v" | "t" => self.taking = Some(Taking::Value),
            "f" => self.taking = Some(Taking::Formula),
            "dataValidation" => self.validation(a)?,
            "formula1" | "formula2" => self.taking = Some(Taking::Validation),
            "filter" | "customFilter" => {
                let value = a.get("val").unwrap_or_default();
                self.conceal(HiddenKind::Filter, &value)?;
            }
            "hyperlink" => {
                let words =
                    ["tooltip", "location"].iter().filter_map(|n| a.get(n)).collect::<Vec<_>>().join(" ");
                self.conceal(HiddenKind::LinkTarget, &words)?;
            }
            "oddHeader" | "oddFooter" | "evenHeader" | "evenFooter" | "firstHeader" | "firstFooter" => {
                self.taking = Some(Taking::Running);
            }
            "scenario" => {
                let words =
                    ["name", "user", "comment"].iter().filter_map(|n| a.get(n)).collect::<Vec<_>>().join(" ");
                self.conceal(HiddenKind::DefinedName, &words)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn conceal(&mut self, what: HiddenKind, words: &str) -> Result<(), ReadError> {
        if words.trim().is_empty() {
            return Ok(());
        }
        self.element += 1;
        self.builder.concealed(what, words, &self.sheet.part, self.element)
    }

    fn validation(&mut self, a: &Attributes<'_>) -> Result<(), ReadError> {
        let words = ["promptTitle", "prompt", "errorTitle", "error"].iter().filter_map(|n| a.get(n));
        let words = words.collect::<Vec<_>>().join(" ");
        self.conceal(HiddenKind::DataValidation, &words)
    }

    fn close(&mut self, name: &str) -> Result<(), ReadError> {
        match name {
            "v" | "t" | "f" => self.taking = None,
            "c" => {
                self.cell()?;
                self.column += 1;
            }
            "formula1" | "formula2" => {
                self.taking = None;
                let words = std::mem::take(&mut self.side);
                // A list written out holds words; a reference does not.
                if words.contains('"') {
                    self.conceal(HiddenKind::DataValidation, &words)?;
                }
            }
            "oddHeader" | "oddFooter" | "evenHeader" | "evenFooter" | "firstHeader" | "firstFooter" => {
                self.taking = None;
                let words = running(&std::mem::take(&mut self.side));
                self.element += 1;
                self.builder.part(
                    BlockKind::Aside,
                    &words,
                    &self.sheet.part,
                    self.element,
                    !self.sheet.hidden,
                )?;
            }
            _ => {}
        }
        Ok(())
    }

    fn shown(&self) -> String {
        match self.kind.as_str() {
            "s" => {
                let index = self.value.trim().parse::<usize>().ok();
                index.and_then(|i| self.book.strings.get(i)).cloned().unwrap_or_default()
            }
            "b" => if self.value == "1" { "TRUE" } else { "FALSE" }.to_owned(),
            "" | "n" if self.book.dates.contains(&self.format) => {
                let serial = self.value.trim().parse::<f64>().ok();
                serial.and_then(|s| serial_date(s, self.book.from_1904)).unwrap_or_else(|| self.value.clone())
            }
            _ => self.value.clone(),
        }
    }

    fn cell(&mut self) -> Result<(), ReadError> {
        let text = self.shown();
        let formula = std::mem::take(&mut self.formula);
        if formula.contains('"') {
            self.conceal(HiddenKind::Formula, &formula)?;
        }
        if text.trim().is_empty() {
            return Ok(());
        }
        let (row, column) = (self.row, self.column);
        let column_hidden = self.hidden_columns.iter().any(|(from, to)| (*from..*to).contains(&column));
        if self.row_hidden {
            self.rows_hidden.insert(row);
        }
        if column_hidden {
            self.columns_hidden.insert(column);
        }
        let source = Source::Sheet { sheet: self.sheet.name.clone(), row, column };
        let kind = BlockKind::Cell { table: self.number, row, column, header: row == 0 };
        let visible = !(self.sheet.hidden || self.row_hidden || column_hidden);
        self.builder.push(Block { kind, text, source, visible })
    }
}

/// The words of a running header: without the codes for position, font and page number.
fn running(code: &str) -> String {
    let mut out = String::new();
    let mut rest = code.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '&' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('&') => out.push('&'),
            Some('"') => drop(rest.by_ref().find(|c| *c == '"')),
            Some(d) if d.is_ascii_digit() => while rest.next_if(char::is_ascii_digit).is_some() {},
            Some('K') => drop(rest.by_ref().take(6).count()),
            Some(_) => out.push(' '),
            None => {}
        }
    }
    out
}
