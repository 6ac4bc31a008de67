//! HTML by one pass of html5ever's tokeniser: no tree, so that depth and tag soup cost nothing.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::builder::Builder;
use super::html_style::{self, Rgb, Sheet, WHITE};
use super::limits::Context;
use super::{ReadError, text};
use crate::model::{BlockKind, Document, FileKind, HiddenKind};

pub(super) fn read(bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    let mut builder = Builder::new(FileKind::Html, context);
    let decoded = declared(bytes).unwrap_or_else(|| text::decode(bytes).text);
    read_into(&decoded, "html", &mut builder)?;
    Ok(builder.document)
}

/// Decodes by the encoding that the page declares, unless UTF-8 fits.
fn declared(bytes: &[u8]) -> Option<String> {
    if std::str::from_utf8(bytes).is_ok() || encoding_rs::Encoding::for_bom(bytes).is_some() {
        return None;
    }
    let head = String::from_utf8_lossy(bytes.get(..2048).unwrap_or(bytes)).to_ascii_lowercase();
    let (_, after) = head.split_once("charset=")?;
    let label = after.trim_start_matches(['"', '\'']).split(['"', '\'', ' ', '>', ';', '/']).next()?;
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes())?;
    Some(encoding.decode(bytes).0.into_owned())
}

/// Reads HTML into `builder` as blocks of the part `name`.
pub(super) fn read_into(html: &str, name: &str, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    builder.context.spend(html.len())?;
    let sink = Sink(RefCell::new(Walk::new(name, builder)));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(html));
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    tokenizer.sink.0.into_inner().finish()
}

struct Sink<'w, 'b>(RefCell<Walk<'w, 'b>>);

impl TokenSink for Sink<'_, '_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut walk = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return walk.start(&tag),
            Token::TagToken(tag) => walk.end(&tag.name),
            Token::CharacterTokens(text) => walk.text(&text),
            Token::CommentToken(text) => walk.comment(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// An element that is open.
struct Open {
    name: String,
    hidden: bool,
    colour: Option<Rgb>,
    ground: Rgb,
    /// The address of a link and where its text began.
    link: Option<String>,
}

/// A table that is open: its number and the cell that we are in.
struct Table {
    number: usize,
    row: usize,
    column: usize,
    rows: usize,
    columns: usize,
    header: bool,
}

struct Walk<'w, 'b> {
    name: String,
    builder: &'w mut Builder<'b>,
    stack: Vec<Open>,
    tables: Vec<Table>,
    table_count: usize,
    sheet: Sheet,
    run: String,
    run_hidden: bool,
    raw: Option<&'static str>,
    raw_text: String,
    element: usize,
    error: Option<ReadError>,
}

const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
];

const BLOCKS: [&str; 38] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "td",
    "th",
    "tr",
    "ul",
];

impl<'w, 'b> Walk<'w, 'b> {
    fn new(name: &str, builder: &'w mut Builder<'b>) -> Self {
        Self {
            name: name.to_owned(),
            builder,
            stack: Vec::new(),
            tables: Vec::new(),
            table_count: 0,
            sheet: Sheet::default(),
            run: String::new(),
            run_hidden: false,
            raw: None,
            raw_text: String::new(),
            element: 0,
            error: None,
        }
    }

    fn finish(mut self) -> Result<(), ReadError> {
        self.flush();
        self.end_raw();
        self.error.map_or(Ok(()), Err)
    }

    /// Keeps the first error; the rest of the page is then passed over.
    fn note(&mut self, result: Result<(), ReadError>) {
        if let Err(e) = result {
            self.error.get_or_insert(e);
        }
    }

    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        if self.error.is_some() {
            return TokenSinkResult::Continue;
        }
        self.element += 1;
        let spent = self.builder.context.spend(30 + 10 * tag.attrs.len());
        self.note(spent);
        let name: &str = &tag.name;
        self.imply_ends(name);
        if BLOCKS.contains(&name) {
            self.flush();
        }
        self.open(tag);
        self.special(tag);
        let raw = match name {
            "script" => RawKind::ScriptData,
            "style" | "xmp" | "iframe" | "noembed" => RawKind::Rawtext,
            "textarea" | "title" => RawKind::Rcdata,
            _ => return TokenSinkResult::Continue,
        };
        self.raw = ["script", "style", "xmp", "iframe", "noembed", "textarea", "title"]
            .into_iter()
            .find(|n| *n == name);
        TokenSinkResult::RawData(raw)
    }

    /// Elements that end when the next begins, although no end tag says so.
    fn imply_ends(&mut self, name: &str) {
        let ends: &[&str] = match name {
            "li" => &["li"],
            "tr" => &["td", "th", "tr"],
            "td" | "th" => &["td", "th"],
            "dt" | "dd" => &["dt", "dd"],
            "option" => &["option"],
            _ if BLOCKS.contains(&name) => &["p"],
            _ => &[],
        };
        let scope = ["table", "ul", "ol", "dl", "select", "blockquote"];
        for end in ends {
            let inside = self.stack.iter().rev().take_while(|o| !scope.contains(&o.name.as_str()));
            if inside.clone().any(|o| o.name == *end) {
                self.end(end);
            }
        }
    }

    fn open(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        if VOID.contains(&name) || tag.self_closing && matches!(name, "o:p") {
            return;
        }
        if self.stack.len() >= self.builder.context.limits.depth {
            self.builder.problem("html", "elements are nested too deeply to tell hidden from visible text");
            return;
        }
        let style = attribute(tag, "style").unwrap_or_default();
        let (mut colour, mut ground) = html_style::colours(&style);
        colour = colour.or_else(|| attribute(tag, "color").and_then(|c| html_style::colour(&c)));
        ground = ground.or_else(|| attribute(tag, "bgcolor").and_then(|c| html_style::colour(&c)));
        let parent = self.stack.last();
        let hidden = parent.is_some_and(|o| o.hidden) || self.is_hidden(tag, name, &style);
        let colour = colour.or_else(|| parent.and_then(|o| o.colour));
        let ground = ground.or_else(|| parent.map(|o| o.ground)).unwrap_or(WHITE);
        let link = if name == "a" { attribute(tag, "href") } else { None };
        self.stack.push(Open { name: name.to_owned(), hidden, colour, ground, link });
    }

    fn is_hidden(&self, tag: &Tag, name: &str, style: &str) -> bool {
        let class = attribute(tag, "class");
        let id = attribute(tag, "id");
        matches!(name, "head" | "template" | "script" | "style" | "datalist")
            || tag.attrs.iter().any(|a| &*a.name.local == "hidden")
            || html_style::hides(style)
            || self.sheet.hides(name, class.as_deref(), id.as_deref())
    }

    fn special(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        match name {
            "br" => self.run.push('\n'),
            "table" => {
                let number = self.table_count;
                self.table_count += 1;
                self.tables.push(Table { number, row: 0, column: 0, rows: 0, columns: 0, header: false });
            }
            "tr" => {
                if let Some(table) = self.tables.last_mut() {
                    (table.row, table.columns) = (table.rows, 0);
                    table.rows += 1;
                }
            }
            "td" | "th" => {
                if let Some(table) = self.tables.last_mut() {
                    (table.column, table.header) = (table.columns, name == "th");
                    let span = attribute(tag, "colspan").and_then(|s| s.parse().ok()).unwrap_or(1_usize);
                    table.columns += span.clamp(1, 1000);
                }
            }
            "img" => self.picture(tag),
            "input" => self.input(tag),
            "meta" => {
                let key = attribute(tag, "name").unwrap_or_default();
                let value = attribute(tag, "content").unwrap_or_default();
                if !matches!(key.to_ascii_lowercase().as_str(), "" | "viewport" | "generator" | "progid") {
                    self.builder.meta(&key, &value);
                    self.builder.hide(HiddenKind::Metadata, &self.name, 1);
                }
            }
            _ => {}
        }
    }

    fn picture(&mut self, tag: &Tag) {
        let source = attribute(tag, "src").unwrap_or_default();
        let small = |n| attribute(tag, n).is_some_and(|v| matches!(v.trim_end_matches("px"), "0" | "1"));
        let unseen = small("width")
            || small("height")
            || attribute(tag, "style").is_some_and(|s| html_style::hides(&s));
        if unseen && source.starts_with("http") {
            let result = self.builder.concealed(HiddenKind::HiddenElement, &source, &self.name, self.element);
            self.note(result);
        }
        let words = attribute(tag, "alt").or_else(|| attribute(tag, "title")).unwrap_or_default();
        if !words.trim().is_empty() {
            self.flush();
            self.emit(BlockKind::Picture, &words, !unseen && !self.hidden());
        }
    }

    fn input(&mut self, tag: &Tag) {
        let Some(value) = attribute(tag, "value") else { return };
        let hidden = attribute(tag, "type").is_some_and(|t| t.eq_ignore_ascii_case("hidden"));
        if hidden {
            let result = self.builder.concealed(HiddenKind::FormField, &value, &self.name, self.element);
            self.note(result);
        } else {
            self.run.push_str(&value);
            self.run.push(' ');
        }
    }

    fn hidden(&self) -> bool {
        self.stack
            .last()
            .is_some_and(|o| o.hidden || o.colour.is_some_and(|colour| html_style::alike(colour, o.ground)))
    }

    fn text(&mut self, text: &str) {
        if self.error.is_some() {
            return;
        }
        if self.raw.is_some() {
            self.raw_text.push_str(text);
            return;
        }
        let hidden = self.hidden();
        if hidden != self.run_hidden && !text.trim().is_empty() {
            self.flush();
            self.run_hidden = hidden;
        }
        if self.stack.iter().any(|o| o.name == "pre") {
            self.run.push_str(text);
        } else {
            append_collapsed(&mut self.run, text);
        }
    }

    fn comment(&mut self, text: &str) {
        if self.error.is_none() && !text.trim().is_empty() {
            let result = self.builder.concealed(HiddenKind::HiddenElement, text, &self.name, self.element);
            self.note(result);
        }
    }

    fn end(&mut self, name: &str) {
        if self.error.is_some() {
            return;
        }
        if self.raw == Some("title") || self.raw == Some("textarea") || self.raw.is_some() {
            self.end_raw();
        }
        if BLOCKS.contains(&name) {
            self.flush();
        }
        if let Some(at) = self.stack.iter().rposition(|o| o.name == name) {
            let closed: Vec<Open> = self.stack.drain(at..).collect();
            for open in closed {
                self.leave_link(open);
            }
        }
        if name == "table" {
            self.tables.pop();
        }
    }

    /// The address behind a link's words is hidden content when the words do not say it.
    fn leave_link(&mut self, open: Open) {
        let Some(address) = open.link else { return };
        let bare = address.trim_start_matches("mailto:").trim_start_matches("tel:");
        if bare.is_empty() || bare.starts_with('#') || self.run.contains(bare) {
            return;
        }
        let result = self.builder.concealed(HiddenKind::LinkTarget, &address, &self.name, self.element);
        self.note(result);
    }

    fn end_raw(&mut self) {
        let Some(kind) = self.raw.take() else { return };
        let text = std::mem::take(&mut self.raw_text);
        let name = self.name.clone();
        let result = match kind {
            "style" => {
                self.sheet.add(&text);
                Ok(())
            }
            "script" => self.builder.concealed(HiddenKind::Script, &text, &name, self.element),
            "title" => {
                self.builder.meta("title", &text);
                self.builder.part(BlockKind::Aside, &text, &name, self.element, false)
            }
            "textarea" => self.builder.part(BlockKind::Paragraph, &text, &name, self.element, true),
            _ => self.builder.concealed(HiddenKind::HiddenElement, &text, &name, self.element),
        };
        self.note(result);
    }

    fn flush(&mut self) {
        let run = std::mem::take(&mut self.run);
        if run.trim().is_empty() {
            return;
        }
        let hidden = self.run_hidden;
        if hidden {
            self.builder.hide(HiddenKind::HiddenElement, &self.name, 1);
        }
        self.emit(self.kind(), &run, !hidden);
    }

    fn emit(&mut self, kind: BlockKind, text: &str, visible: bool) {
        let text = tidy_lines(text);
        let result = self.builder.part(kind, &text, &self.name, self.element, visible);
        self.note(result);
    }

    /// The role of the text at this point.
    fn kind(&self) -> BlockKind {
        let quotes = self.stack.iter().filter(|o| o.name == "blockquote").count();
        for open in self.stack.iter().rev() {
            match open.name.as_str() {
                "h1" => return BlockKind::Heading(1),
                "h2" => return BlockKind::Heading(2),
                "h3" => return BlockKind::Heading(3),
                "h4" => return BlockKind::Heading(4),
                "h5" => return BlockKind::Heading(5),
                "h6" => return BlockKind::Heading(6),
                "li" if quotes == 0 => return BlockKind::ListItem,
                "td" | "th" if quotes == 0 => return self.cell(),
                "caption" | "figcaption" => return BlockKind::Aside,
                _ => {}
            }
        }
        match u8::try_from(quotes).unwrap_or(u8::MAX) {
            0 => BlockKind::Paragraph,
            depth => BlockKind::Quote(depth),
        }
    }

    fn cell(&self) -> BlockKind {
        self.tables.last().map_or(BlockKind::Paragraph, |t| BlockKind::Cell {
            table: t.number,
            row: t.row,
            column: t.column,
            header: t.header,
        })
    }
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    tag.attrs.iter().find(|a| &*a.name.local == name).map(|a| a.value.to_string())
}

/// Appends `text` with runs of white space as one space, as a browser shows it.
fn append_collapsed(run: &mut String, text: &str) {
    for c in text.chars() {
        let space = matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c');
        if !space {
            run.push(c);
        } else if !run.ends_with([' ', '\n']) {
            run.push(' ');
        }
    }
}

fn tidy_lines(text: &str) -> String {
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}
