//! Word documents: an own walk, because everything that Word hides must be seen.

use std::collections::BTreeMap;

use super::builder::Builder;
use super::docx_styles::{Styles, styles, toggled};
use super::limits::Context;
use super::package::{self, Package};
use super::xml::{self, Attributes, Node};
use super::{ReadError, archive, guard};
use crate::model::{BlockKind, Document, FileKind, HiddenKind};

pub(super) fn read(bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    guard::guarded("Word", || {
        let mut package = Package::open(bytes, context.limits.entries)?;
        let mut builder = Builder::new(FileKind::Docx, context);
        let styles = package.part("word/styles.xml", &context)?.map(|b| styles(&b, &context)).transpose()?;
        let styles = styles.unwrap_or_default();
        let main = package.matching("word/document", ".xml");
        for name in main.iter().chain(&running_parts(&package)) {
            let result = part(&mut package, name, &styles, &mut builder);
            if main.first() == Some(name) {
                result?;
            } else {
                builder.tolerate(name, result)?;
            }
        }
        side_parts(&mut package, &mut builder)?;
        package::properties(&mut package, &mut builder)?;
        archive::carried(&mut package, &mut builder, is_read)?;
        Ok(builder.document)
    })
}

fn is_read(name: &str) -> bool {
    let file = name.strip_prefix("word/").unwrap_or_default();
    let stem = file.trim_end_matches(".xml").trim_end_matches(|c: char| c.is_ascii_digit());
    let text = ["document", "header", "footer", "footnotes", "endnotes", "comments", "glossary/document"];
    text.contains(&stem)
        || ["styles", "numbering", "settings", "people", "glossary/styles", "glossary/settings"]
            .contains(&stem)
        || stem.starts_with("comments")
        || stem.starts_with("glossary/") && stem != "glossary/document"
}

fn running_parts(package: &Package<'_>) -> Vec<String> {
    [
        "word/header",
        "word/footer",
        "word/footnotes",
        "word/endnotes",
        "word/comments",
        "word/glossary/document",
    ]
    .into_iter()
    .flat_map(|prefix| package.matching(prefix, ".xml"))
    .filter(|n| !n.contains("commentsExt") && !n.contains("commentsIds"))
    .collect()
}

/// A paragraph in the making. Paragraphs nest because of text boxes.
#[derive(Debug, Default)]
struct Paragraph {
    shown: String,
    hidden: String,
    deleted: String,
    codes: String,
    heading: Option<u8>,
    hidden_style: bool,
    list: bool,
}

/// How a run of characters looks.
#[derive(Debug, Default, Clone, Copy)]
struct Run {
    hidden: bool,
    /// The reason is the colour or size rather than the hidden property.
    faint: bool,
    shaded: bool,
}

#[derive(Debug)]
struct Table {
    number: usize,
    row: usize,
    column: usize,
    header: bool,
    started: bool,
}

struct Walk<'w, 'b, 's> {
    part: String,
    styles: &'s Styles,
    relations: BTreeMap<String, (String, bool)>,
    builder: &'w mut Builder<'b>,
    paragraphs: Vec<Paragraph>,
    tables: Vec<Table>,
    table_count: usize,
    element: usize,
    run: Run,
    /// Depth of open deletions, of properties of the past, and of fallbacks.
    deleting: usize,
    past: usize,
    collecting: Option<Collect>,
    comment: bool,
    in_paragraph_mark: bool,
}

/// What the text that follows is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Collect {
    Text,
    Deleted,
    Code,
}

fn part(
    package: &mut Package<'_>,
    name: &str,
    styles: &Styles,
    builder: &mut Builder<'_>,
) -> Result<(), ReadError> {
    let context = builder.context;
    let Some(bytes) = package.part(name, &context)? else { return Ok(()) };
    let relations = package::relations(package, name, &context)?;
    let mut walk = Walk::new(name, styles, relations, builder);
    let result = xml::walk(&bytes, &context, |node| walk.node(&node));
    // What was read before the damage is kept.
    walk.finish()?;
    if result? {
        builder.problem(name, "it declares entities, which are not expanded");
    }
    Ok(())
}

impl<'w, 'b, 's> Walk<'w, 'b, 's> {
    fn new(
        part: &str,
        styles: &'s Styles,
        relations: BTreeMap<String, (String, bool)>,
        builder: &'w mut Builder<'b>,
    ) -> Self {
        Self {
            part: part.to_owned(),
            styles,
            relations,
            builder,
            paragraphs: Vec::new(),
            tables: Vec::new(),
            table_count: 0,
            element: 0,
            run: Run::default(),
            deleting: 0,
            past: 0,
            collecting: None,
            comment: false,
            in_paragraph_mark: false,
        }
    }

    fn finish(&mut self) -> Result<(), ReadError> {
        while let Some(paragraph) = self.paragraphs.pop() {
            self.emit(&paragraph)?;
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

    fn open(&mut self, name: &str, a: &Attributes<'_>) -> Result<(), ReadError> {
        if self.past > 0 || is_past(name) {
            self.past += usize::from(is_past(name));
            return Ok(());
        }
        match name {
            "p" => self.paragraphs.push(Paragraph::default()),
            "r" => self.run = Run::default(),
            "t" => self.collecting = Some(Collect::Text),
            "delText" => self.collecting = Some(Collect::Deleted),
            "instrText" | "delInstrText" => self.collecting = Some(Collect::Code),
            "tab" if !self.in_paragraph_mark => self.append("\t"),
            "br" | "cr" => self.append("\n"),
            "noBreakHyphen" => self.append("-"),
            "tbl" | "tr" | "tc" | "tblHeader" | "gridSpan" => self.table(name, a),
            "pPr" => self.in_paragraph_mark = true,
            "ins" | "moveTo" | "del" | "moveFrom" => self.change(name, a),
            "comment" => self.comment_begins(a),
            "fldSimple" => self.code(&a.get("instr").unwrap_or_default()),
            "hyperlink" | "hlinkClick" => self.link(a)?,
            "docPr" | "cNvPr" => self.picture(a)?,
            "srcRect" => self.cropped(a),
            "bookmarkStart" => self.bookmark(a)?,
            _ => self.property(name, a),
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), ReadError> {
        if self.past > 0 {
            self.past -= usize::from(is_past(name));
            return Ok(());
        }
        match name {
            "p" => {
                if let Some(paragraph) = self.paragraphs.pop() {
                    self.emit(&paragraph)?;
                }
            }
            "t" | "delText" | "instrText" | "delInstrText" => self.collecting = None,
            "pPr" => self.in_paragraph_mark = false,
            "del" | "moveFrom" => self.deleting = self.deleting.saturating_sub(1),
            "comment" => self.comment = false,
            "tbl" => drop(self.tables.pop()),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        match self.collecting {
            _ if self.past > 0 => {}
            Some(Collect::Text) if self.deleting == 0 => self.append(text),
            Some(Collect::Text | Collect::Deleted) => {
                if let Some(p) = self.paragraphs.last_mut() {
                    p.deleted.push_str(text);
                }
            }
            Some(Collect::Code) => self.code(text),
            None => {}
        }
    }

    fn code(&mut self, text: &str) {
        if let Some(p) = self.paragraphs.last_mut() {
            p.codes.push_str(text);
        }
    }

    fn append(&mut self, text: &str) {
        let run = self.run;
        if let Some(p) = self.paragraphs.last_mut() {
            let hidden = run.hidden || p.hidden_style || run.faint && !run.shaded;
            if hidden { p.hidden.push_str(text) } else { p.shown.push_str(text) }
        }
    }

    /// Properties of runs and paragraphs.
    fn property(&mut self, name: &str, a: &Attributes<'_>) {
        // The mark at the end of a paragraph has properties of its own.
        let mark = self.in_paragraph_mark;
        match name {
            "vanish" | "webHidden" if !mark => self.run.hidden = toggled(a),
            "color" if !mark => self.run.faint |= a.get("val").is_some_and(|v| is_near_white(&v)),
            "sz" if !mark => {
                self.run.faint |= a.get("val").and_then(|v| v.parse::<u32>().ok()).is_some_and(|v| v <= 3);
            }
            "shd" | "highlight" if !mark => self.run.shaded = a.get("fill").is_none_or(|f| f != "auto"),
            "rStyle" if !mark => {
                let style = a.get("val").and_then(|id| self.styles.get(&id));
                self.run.hidden |= style.is_some_and(|s| s.hidden);
            }
            "pStyle" => {
                let style = a.get("val").and_then(|id| self.styles.get(&id));
                if let (Some(style), Some(p)) = (style, self.paragraphs.last_mut()) {
                    p.heading = style.heading;
                    p.hidden_style = style.hidden;
                }
            }
            "outlineLvl" => {
                let level = a.get("val").and_then(|v| v.parse::<u8>().ok()).filter(|l| *l < 6);
                if let (Some(level), Some(p)) = (level, self.paragraphs.last_mut()) {
                    p.heading = Some(level + 1);
                }
            }
            "numPr" => {
                if let Some(p) = self.paragraphs.last_mut() {
                    p.list = true;
                }
            }
            _ => {}
        }
    }

    fn table(&mut self, name: &str, a: &Attributes<'_>) {
        if name == "tbl" {
            let number = self.table_count;
            self.table_count += 1;
            self.tables.push(Table { number, row: 0, column: 0, header: false, started: false });
            return;
        }
        let Some(table) = self.tables.last_mut() else { return };
        match name {
            "tr" => {
                table.row += usize::from(table.started);
                (table.started, table.column, table.header) = (true, 0, false);
            }
            "tc" => table.column += 1,
            "gridSpan" => {
                let span = a.get("val").and_then(|v| v.parse::<usize>().ok()).unwrap_or(1);
                table.column += span.clamp(1, 1000) - 1;
            }
            _ => table.header = toggled(a),
        }
    }

    fn change(&mut self, name: &str, a: &Attributes<'_>) {
        self.deleting += usize::from(!self.in_paragraph_mark && matches!(name, "del" | "moveFrom"));
        self.builder.hide(HiddenKind::TrackedChange, &self.part, 1);
        self.author("tracked change by", a);
    }

    fn comment_begins(&mut self, a: &Attributes<'_>) {
        self.comment = true;
        self.builder.hide(HiddenKind::Comment, &self.part, 1);
        self.author("comment by", a);
    }

    fn author(&mut self, name: &str, a: &Attributes<'_>) {
        let author = a.get("author").unwrap_or_default();
        let known = self.builder.document.metadata.iter().any(|m| m.name == name && m.value == author);
        if !known {
            self.builder.meta(name, &author);
        }
    }

    fn link(&mut self, a: &Attributes<'_>) -> Result<(), ReadError> {
        let target = a.exact("r:id").and_then(|id| self.relations.get(&id).cloned());
        match target {
            Some((address, true)) => {
                self.element += 1;
                let (part, element) = (self.part.clone(), self.element);
                self.builder.concealed(HiddenKind::LinkTarget, &address, &part, element)
            }
            _ => Ok(()),
        }
    }

    fn picture(&mut self, a: &Attributes<'_>) -> Result<(), ReadError> {
        let words = [a.get("descr"), a.get("title")].into_iter().flatten().collect::<Vec<_>>().join(" ");
        self.element += 1;
        self.builder.part(BlockKind::Picture, &words, &self.part, self.element, !a.on("hidden"))
    }

    fn cropped(&mut self, a: &Attributes<'_>) {
        if ["l", "t", "r", "b"].iter().any(|side| a.get(side).is_some_and(|v| v != "0")) {
            self.builder.hide(HiddenKind::CroppedPicture, &self.part, 1);
        }
    }

    fn bookmark(&mut self, a: &Attributes<'_>) -> Result<(), ReadError> {
        match a.get("name") {
            // Word's own bookmarks begin with an underscore.
            Some(name) if !name.starts_with('_') => {
                self.element += 1;
                let (part, element) = (self.part.clone(), self.element);
                self.builder.concealed(HiddenKind::Bookmark, &name, &part, element)
            }
            _ => Ok(()),
        }
    }

    fn emit(&mut self, p: &Paragraph) -> Result<(), ReadError> {
        self.element += 1;
        let (part, element) = (self.part.clone(), self.element);
        let kind = self.kind(p);
        self.builder.part(
            kind.clone(),
            &p.shown,
            &part,
            element,
            !self.comment && !part.contains("glossary"),
        )?;
        for (what, text) in [(HiddenKind::InvisibleText, &p.hidden), (HiddenKind::FieldCode, &p.codes)] {
            if !text.trim().is_empty() {
                self.builder.hide(what, &part, 1);
            }
            self.builder.part(kind.clone(), text, &part, element, false)?;
        }
        // Deletions were counted when they began.
        self.builder.part(kind, &p.deleted, &part, element, false)
    }

    fn kind(&self, p: &Paragraph) -> BlockKind {
        if self.part != "word/document.xml" && self.tables.is_empty() {
            return BlockKind::Aside;
        }
        match (p.heading, self.tables.last()) {
            (_, Some(t)) if t.column > 0 => {
                BlockKind::Cell { table: t.number, row: t.row, column: t.column - 1, header: t.header }
            }
            (Some(level), _) => BlockKind::Heading(level.clamp(1, 6)),
            _ if p.list => BlockKind::ListItem,
            _ => BlockKind::Paragraph,
        }
    }
}

/// Elements that hold what something was before a change, or the same thing a second time.
fn is_past(name: &str) -> bool {
    matches!(
        name,
        "rPrChange" | "pPrChange" | "tblPrChange" | "tcPrChange" | "trPrChange" | "sectPrChange" | "Fallback"
    )
}

fn is_near_white(colour: &str) -> bool {
    let channel = |range| colour.get(range).and_then(|c| u8::from_str_radix(c, 16).ok());
    colour.len() == 6 && [0..2, 2..4, 4..6].into_iter().all(|r| channel(r).is_some_and(|v| v >= 0xf7))
}

/// Settings and people: names that the document carries without showing them.
fn side_parts(package: &mut Package<'_>, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let context = builder.context;
    for name in ["word/people.xml", "word/commentsExtended.xml"] {
        if let Some(bytes) = package.part(name, &context)? {
            let result = package::harvest(&bytes, name, HiddenKind::Metadata, &["author", "userId"], builder);
            builder.tolerate(name, result)?;
        }
    }
    let Some(bytes) = package.part("word/settings.xml", &context)? else { return Ok(()) };
    let mut found = Vec::new();
    let result = xml::walk(&bytes, &context, |node| {
        if let Node::Open("docVar", a) = node {
            found.push((a.get("name").unwrap_or_default(), a.get("val").unwrap_or_default()));
        }
        Ok(())
    });
    builder.tolerate("word/settings.xml", result.map(drop))?;
    for (name, value) in found {
        builder.meta(&name, &value);
        builder.hide(HiddenKind::Metadata, "document variables", 1);
    }
    let relations = package::relations(package, "word/settings.xml", &context)?;
    for (target, _) in relations.values().filter(|(_, outside)| *outside) {
        builder.meta("attached template", target);
        builder.hide(HiddenKind::Metadata, "attached template", 1);
    }
    Ok(())
}
