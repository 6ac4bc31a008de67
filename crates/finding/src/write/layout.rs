//! Laying a flow out on pages.
//!
//! Lines break where our own words and fixed-width labels make them break, so nothing about the
//! length of withheld text can be read from where a line ends.

use super::flow::{Flow, Item, Role, Run, plain};
use super::font::{Fonts, drawable};
use super::page::{
    Book, Bookmark, NodeId, NodeTag, Op, PageOps, RebuiltPage, RectOp, Stamp, TextLine, TextOp, Tree, draw,
};
use super::{Words, WriteError};
use crate::redact::ReasonCode;

/// A4 in points.
const PAGE: (f32, f32) = (595.28, 841.89);
const MARGIN: f32 = 62.0;
/// Where text starts on a page.
pub(crate) const LEFT: f32 = MARGIN;
const BOTTOM: f32 = 68.0;
const BODY: f32 = 10.5;
/// Ink and ground of text, labels and rules.
const BLACK: u8 = 0x0b;
const GREY: u8 = 0x50;
const RULE: u8 = 0xb4;
const WHITE: u8 = 0xff;
/// The width of every label in ems of its line's size, enough for the longest code allowed.
pub(crate) const LABEL_EMS: f32 = 8.6;

/// How a run of text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) size: f32,
    pub(crate) bold: bool,
    pub(crate) shade: u8,
}

impl Style {
    pub(crate) const BODY: Self = Self { size: BODY, bold: false, shade: BLACK };

    pub(crate) fn leading(self) -> f32 {
        self.size * 1.42
    }
}

/// A part of a set line, at its distance from the line's start.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Segment {
    Text(f32, String),
    Label(f32, ReasonCode),
}

pub(crate) type Line = Vec<Segment>;

/// Writes `flow` as a tagged PDF (PDF/UA-1).
///
/// # Errors
///
/// [`WriteError`] when the PDF writer refuses.
pub fn pdf(flow: &Flow, words: &Words) -> Result<Vec<u8>, WriteError> {
    let fonts = Fonts::load()?;
    let mut composer = Composer::new(&fonts, words, flow);
    composer.title(&flow.title);
    composer.items(&flow.items);
    composer.finish()
}

/// Writes rebuilt page images with their unseen text, then `after` (the legend) on pages of its own.
///
/// # Errors
///
/// [`WriteError`] when the PDF writer refuses.
pub(crate) fn pages_book(
    pages: Vec<RebuiltPage>,
    after: &Flow,
    words: &Words,
) -> Result<Vec<u8>, WriteError> {
    let fonts = Fonts::load()?;
    let mut composer = Composer::new(&fonts, words, after);
    for page in pages {
        composer.rebuilt(page);
    }
    composer.furnished_from = composer.pages.len();
    if !after.items.is_empty() {
        composer.new_page();
        composer.items(&after.items);
    }
    composer.finish()
}

pub(crate) struct Composer<'a> {
    pub(crate) fonts: &'a Fonts,
    words: &'a Words,
    title: String,
    language: String,
    pages: Vec<PageOps>,
    /// Pages before this one are pictures of the source and get no furniture of ours.
    furnished_from: usize,
    pub(crate) y: f32,
    pub(crate) tree: Tree,
    bookmarks: Vec<Bookmark>,
    heading: u8,
    list: Option<NodeId>,
    after_field: bool,
}

impl<'a> Composer<'a> {
    fn new(fonts: &'a Fonts, words: &'a Words, flow: &Flow) -> Self {
        Self {
            fonts,
            words,
            title: flow.title.clone(),
            language: flow.language.clone(),
            pages: Vec::new(),
            furnished_from: 0,
            y: MARGIN,
            tree: Tree::default(),
            bookmarks: Vec::new(),
            heading: 0,
            list: None,
            after_field: false,
        }
    }

    pub(crate) const fn width() -> f32 {
        PAGE.0 - 2.0 * MARGIN
    }

    fn title(&mut self, title: &str) {
        self.new_page();
        self.set_heading(1, &[Run::Text(title.to_owned())]);
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            if !matches!(item, Item::Text(Role::ListItem, _)) {
                self.list = None;
            }
            if std::mem::replace(&mut self.after_field, matches!(item, Item::Field(..))) != self.after_field {
                self.gap(BODY * 0.6);
            }
            match item {
                Item::Heading(level, runs) => self.set_heading(*level, runs),
                Item::Text(role, runs) => self.set_text(*role, runs),
                Item::Field(name, runs) => self.set_field(name, runs),
                Item::Table(table) => super::table::set(self, table),
            }
        }
    }

    /// Sets a heading; levels never jump down by more than one, as PDF/UA asks.
    fn set_heading(&mut self, level: u8, runs: &[Run]) {
        let level = level.clamp(1, self.heading.saturating_add(1).min(6));
        self.heading = level;
        let size = match level {
            1 => 18.0,
            2 => 14.0,
            3 => 12.0,
            _ => BODY,
        };
        let style = Style { size, bold: true, shade: BLACK };
        self.gap(size * 0.7);
        self.keep(style.leading() + BODY * 4.0);
        let title = drawable(&plain(runs, self.words)).replace('\n', " ");
        let node = self.tree.add(None, NodeTag::Heading(level, title.clone()));
        if level <= 3 && !title.trim().is_empty() {
            let page = self.pages.len().saturating_sub(1);
            self.bookmarks.push(Bookmark { text: title, page, y: self.y });
        }
        self.paragraph(node, runs, style, 0.0);
        self.gap(size * 0.3);
    }

    fn set_text(&mut self, role: Role, runs: &[Run]) {
        let small = Style { size: 9.0, bold: false, shade: GREY };
        match role {
            Role::Paragraph => {
                let node = self.tree.add(None, NodeTag::Paragraph);
                self.paragraph(node, runs, Style::BODY, 0.0);
            }
            Role::Aside => {
                let node = self.tree.add(None, NodeTag::Note);
                self.paragraph(node, runs, small, 0.0);
            }
            Role::Notice => {
                let node = self.tree.add(None, NodeTag::Paragraph);
                self.paragraph(node, runs, Style { bold: true, ..Style::BODY }, 0.0);
            }
            Role::Quote(depth) => self.set_quote(depth, runs),
            Role::ListItem => self.set_list_item(runs),
        }
        self.gap(BODY * 0.55);
    }

    fn set_quote(&mut self, depth: u8, runs: &[Run]) {
        let quote = self.tree.add(None, NodeTag::Quote);
        let node = self.tree.add(Some(quote), NodeTag::Paragraph);
        let indent = 14.0 * f32::from(depth.clamp(1, 5));
        self.barred(node, runs, Style { shade: 0x2c, ..Style::BODY }, indent);
    }

    fn set_list_item(&mut self, runs: &[Run]) {
        let list = match self.list {
            Some(list) => list,
            None => self.tree.add(None, NodeTag::List),
        };
        self.list = Some(list);
        let item = self.tree.add(Some(list), NodeTag::ListItem);
        let label = self.tree.add(Some(item), NodeTag::ListLabel);
        let body = self.tree.add(Some(item), NodeTag::ListBody);
        self.keep(Style::BODY.leading());
        let baseline = self.y + BODY;
        self.put_text(MARGIN + 6.0, baseline, "\u{2022} ", Style::BODY, Some(label));
        self.paragraph(body, runs, Style::BODY, 20.0);
    }

    fn set_field(&mut self, name: &str, runs: &[Run]) {
        let node = self.tree.add(None, NodeTag::Paragraph);
        let bold = Style { bold: true, ..Style::BODY };
        self.keep(bold.leading());
        self.put_text(MARGIN, self.y + BODY, &format!("{name}: "), bold, Some(node));
        let indent = (self.fonts.width(&format!("{name}: "), true) * BODY + 6.0).max(84.0);
        self.paragraph(node, runs, Style::BODY, indent);
        self.gap(2.0);
    }

    fn paragraph(&mut self, node: NodeId, runs: &[Run], style: Style, indent: f32) {
        for line in self.lines(runs, style, Self::width() - indent) {
            self.keep(style.leading());
            self.put_line(&line, MARGIN + indent, style, Some(node));
            self.y += style.leading();
        }
    }

    fn barred(&mut self, node: NodeId, runs: &[Run], style: Style, indent: f32) {
        for line in self.lines(runs, style, Self::width() - indent) {
            self.keep(style.leading());
            let bar = [MARGIN + indent - 10.0, self.y, 1.6, style.leading()];
            self.put_rect(bar, RULE);
            self.put_line(&line, MARGIN + indent, style, Some(node));
            self.y += style.leading();
        }
    }

    /// Breaks `runs` into lines of at most `width` points.
    pub(crate) fn lines(&self, runs: &[Run], style: Style, width: f32) -> Vec<Line> {
        let mut setter =
            LineSetter { fonts: self.fonts, style, width, lines: Vec::new(), line: Vec::new(), x: 0.0 };
        for run in runs {
            match run {
                Run::Text(text) => setter.text(&drawable(text)),
                Run::Label(code) => setter.label(code),
            }
        }
        setter.finish()
    }

    /// Draws a line whose top is at the current height, without moving on.
    pub(crate) fn put_line(&mut self, line: &Line, x: f32, style: Style, node: Option<NodeId>) {
        let baseline = self.y + style.size;
        for segment in line {
            match segment {
                Segment::Text(dx, text) => self.put_text(x + dx, baseline, text, style, node),
                Segment::Label(dx, code) => self.put_label(x + dx, code, style, node),
            }
        }
    }

    /// A label: a dark box of one width with `[withheld: code]` in it. What is drawn is what is read
    /// aloud and copied.
    fn put_label(&mut self, x: f32, code: &ReasonCode, style: Style, node: Option<NodeId>) {
        let width = LABEL_EMS * style.size;
        self.put_rect([x, self.y + style.size * 0.12, width, style.size * 1.2], 0x1d);
        let text = self.words.label(code);
        let ems = self.fonts.width(&text, true).max(0.1);
        let size = (style.size * 0.7).min((width - 6.0) / ems);
        let (dx, y) = ((width - ems * size) / 2.0, self.y + style.size * 0.98);
        self.put_text(x + dx, y, &text, Style { size, bold: true, shade: WHITE }, node);
    }

    fn put_text(&mut self, x: f32, y: f32, text: &str, style: Style, node: Option<NodeId>) {
        let Style { size, bold, shade } = style;
        let text = text.to_owned();
        self.push(Op::Text(TextOp { x, y, size, bold, shade, unseen: false, text, node }));
    }

    pub(crate) fn put_rect(&mut self, area: [f32; 4], shade: u8) {
        self.push(Op::Rect(RectOp { area, shade }));
    }

    fn push(&mut self, op: Op) {
        if let Some(page) = self.pages.last_mut() {
            page.ops.push(op);
        }
    }

    /// Adds white space, but not at the top of a page.
    pub(crate) fn gap(&mut self, points: f32) {
        if self.y > MARGIN {
            self.y += points;
        }
    }

    /// Starts a new page when fewer than `points` are left on this one; true when it did.
    pub(crate) fn keep(&mut self, points: f32) -> bool {
        let full = self.pages.is_empty() || self.y + points > PAGE.1 - BOTTOM;
        if full {
            self.new_page();
        }
        full
    }

    fn new_page(&mut self) {
        self.pages.push(PageOps { width: PAGE.0, height: PAGE.1, picture: None, ops: Vec::new() });
        self.y = MARGIN;
    }

    fn rebuilt(&mut self, page: RebuiltPage) {
        let number = self.pages.len() + 1;
        let text = format!("{} {number}", self.words.page);
        self.bookmarks.push(Bookmark { text, page: number - 1, y: 0.0 });
        let (width, height, picture) = (page.width, page.height, page.picture);
        self.pages.push(PageOps { width, height, picture, ops: Vec::new() });
        let section = self.tree.add(None, NodeTag::Section);
        for lines in page.paragraphs {
            let node = self.tree.add(Some(section), NodeTag::Paragraph);
            for line in lines {
                let op = match &line.stamp {
                    Some(stamp) => self.stamp(&line, stamp, node),
                    None => self.unseen(line, node),
                };
                self.push(Op::Text(op));
            }
        }
        if !page.notice.is_empty() {
            let node = self.tree.add(Some(section), NodeTag::Paragraph);
            // Small pages get small words, so that the reason is on the page and not beside it.
            let size = (width / 26.0).min(height / 5.0).min(BODY);
            let style = Style { size, bold: true, shade: BLACK };
            let left = (width * 0.1).min(MARGIN);
            let lines = self.lines(&page.notice, style, width - 2.0 * left);
            self.y = (height / 3.0).min((height - lines.len() as f32 * style.leading()).max(0.0));
            for line in lines {
                self.put_line(&line, left, style, Some(node));
                self.y += style.leading();
            }
        }
    }

    /// The text of a page image: there for readers and search, stretched over the words it stands for.
    fn unseen(&self, line: TextLine, node: NodeId) -> TextOp {
        let size = (line.width / self.fonts.width(&line.text, false).max(0.1)).clamp(3.0, 40.0);
        let TextLine { x, y, text, .. } = line;
        TextOp { x, y, size, bold: false, shade: BLACK, unseen: true, text, node: Some(node) }
    }

    /// The label of a burnt box: in full where that is legible, else the code, else there but not seen.
    fn stamp(&self, line: &TextLine, stamp: &Stamp, node: NodeId) -> TextOp {
        const LEAST: f32 = 5.5;
        let fit = |text: &str| {
            let ems = self.fonts.width(text, true).max(0.1);
            (stamp.height * 0.62).min((line.width - 3.0) / ems).min(9.0)
        };
        let code = stamp.code.as_str();
        let whole = fit(&line.text);
        let (text, size) = if whole >= LEAST { (line.text.as_str(), whole) } else { (code, fit(code)) };
        let unseen = size < 3.0;
        let (text, size) = if unseen { (line.text.as_str(), 3.0) } else { (text, size) };
        let x = line.x + ((line.width - self.fonts.width(text, true) * size) / 2.0).max(0.0);
        let y = line.y + stamp.height / 2.0 + size * 0.36;
        TextOp { x, y, size, bold: true, shade: WHITE, unseen, text: format!("{text} "), node: Some(node) }
    }

    fn finish(mut self) -> Result<Vec<u8>, WriteError> {
        let total = self.pages.len();
        let style = Style { size: 8.5, bold: false, shade: GREY };
        for index in self.furnished_from..total {
            let number = self.words.page_of(index + 1, total);
            let width = self.fonts.width(&number, false) * style.size;
            let baseline = PAGE.1 - 36.0;
            let title = (MARGIN, drawable(&self.title));
            for (x, text) in [title, (PAGE.0 - MARGIN - width, number)] {
                let Style { size, bold, shade } = style;
                let op = TextOp { x, y: baseline, size, bold, shade, unseen: false, text, node: None };
                if let Some(page) = self.pages.get_mut(index) {
                    page.ops.push(Op::Text(op));
                }
            }
        }
        let Self { title, language, pages, tree, bookmarks, fonts, .. } = self;
        draw(&Book { title, language, pages, tree, bookmarks }, fonts)
    }
}

/// Sets words one after the other and starts a new line when one does not fit.
struct LineSetter<'a> {
    fonts: &'a Fonts,
    style: Style,
    width: f32,
    lines: Vec<Line>,
    line: Line,
    x: f32,
}

impl LineSetter<'_> {
    fn text(&mut self, text: &str) {
        for (index, part) in text.split('\n').enumerate() {
            if index > 0 {
                self.end_line();
            }
            for word in part.split_inclusive(' ') {
                self.word(word);
            }
        }
    }

    fn word(&mut self, word: &str) {
        if word == " " && self.line.is_empty() {
            return;
        }
        let bare = self.measure(word.trim_end_matches(' '));
        if self.x + bare > self.width && !self.line.is_empty() {
            self.end_line();
        }
        if bare > self.width {
            return self.long_word(word);
        }
        self.append(word);
    }

    /// A word wider than the line is cut between characters.
    fn long_word(&mut self, word: &str) {
        let mut buffer = [0_u8; 4];
        for c in word.chars() {
            let c: &str = c.encode_utf8(&mut buffer);
            if self.x + self.measure(c) > self.width && !self.line.is_empty() {
                self.end_line();
            }
            self.append(c);
        }
    }

    fn append(&mut self, text: &str) {
        let width = self.measure(text);
        match self.line.last_mut() {
            Some(Segment::Text(_, last)) => last.push_str(text),
            _ => self.line.push(Segment::Text(self.x, text.to_owned())),
        }
        self.x += width;
    }

    fn label(&mut self, code: &ReasonCode) {
        let width = LABEL_EMS * self.style.size;
        if self.x + width > self.width && !self.line.is_empty() {
            self.end_line();
        }
        self.line.push(Segment::Label(self.x, code.clone()));
        self.x += width;
    }

    fn measure(&self, text: &str) -> f32 {
        self.fonts.width(text, self.style.bold) * self.style.size
    }

    fn end_line(&mut self) {
        self.lines.push(std::mem::take(&mut self.line));
        self.x = 0.0;
    }

    fn finish(mut self) -> Vec<Line> {
        if !self.line.is_empty() {
            self.end_line();
        }
        self.lines
    }
}
