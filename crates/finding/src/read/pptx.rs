//! PowerPoint presentations: slides, notes, comments, and what is off or under something.

use super::builder::Builder;
use super::limits::Context;
use super::package::{self, Package};
use super::xml::{self, Attributes, Node};
use super::{ReadError, archive, guard};
use crate::model::{BlockKind, Document, FileKind, HiddenKind};

pub(super) fn read(bytes: &[u8], context: Context<'_>) -> Result<Document, ReadError> {
    guard::guarded("PowerPoint", || {
        let mut package = Package::open(bytes, context.limits.entries)?;
        let mut builder = Builder::new(FileKind::Pptx, context);
        let (slides, size) = order(&mut package, &context)?;
        for name in &slides {
            let result = slide(&mut package, name, size, &mut builder);
            builder.tolerate(name, result)?;
        }
        for name in package.matching("ppt/notesSlides/", ".xml") {
            let result = side(&mut package, &name, HiddenKind::SpeakerNotes, &mut builder);
            builder.tolerate(&name, result)?;
        }
        for prefix in ["ppt/comments/", "ppt/commentAuthors", "ppt/authors", "ppt/threadedComments/"] {
            for name in package.matching(prefix, ".xml") {
                let result = side(&mut package, &name, HiddenKind::Comment, &mut builder);
                builder.tolerate(&name, result)?;
            }
        }
        package::properties(&mut package, &mut builder)?;
        let read = |name: &str| {
            let main = slides.iter().any(|s| s == name) || name == "ppt/presentation.xml";
            let side = ["ppt/notesSlides/", "ppt/comments/", "ppt/commentAuthors", "ppt/authors"];
            main || side.iter().any(|p| name.starts_with(p)) || is_prompt(name)
        };
        archive::carried(&mut package, &mut builder, read)?;
        Ok(builder.document)
    })
}

/// Masters and layouts hold prompts such as "click to edit", and properties of the program.
fn is_prompt(name: &str) -> bool {
    ["ppt/slideMasters/", "ppt/slideLayouts/", "ppt/notesMasters/", "ppt/handoutMasters/", "ppt/presProps"]
        .iter()
        .any(|p| name.starts_with(p))
}

/// The slides in the order of the show, and the size of a slide.
fn order(package: &mut Package<'_>, context: &Context<'_>) -> Result<(Vec<String>, (i64, i64)), ReadError> {
    let name = "ppt/presentation.xml";
    let bytes =
        package.part(name, context)?.ok_or_else(|| ReadError::malformed("it has no list of slides"))?;
    let relations = package::relations(package, name, context)?;
    let mut slides = Vec::new();
    let mut size = (i64::MAX, i64::MAX);
    xml::walk(&bytes, context, |node| {
        match node {
            Node::Open("sldId", a) => {
                let target = a.exact("r:id").and_then(|id| relations.get(&id));
                slides.extend(target.map(|(target, _)| target.clone()));
            }
            Node::Open("sldSz", a) => size = (number(a, "cx"), number(a, "cy")),
            _ => {}
        }
        Ok(())
    })?;
    // Slides that the show does not list are still in the file.
    for name in package.matching("ppt/slides/slide", ".xml") {
        if !slides.contains(&name) {
            slides.push(name);
        }
    }
    Ok((slides, size))
}

fn number(a: &Attributes<'_>, name: &str) -> i64 {
    a.get(name).and_then(|v| v.parse().ok()).unwrap_or(0)
}

/// A shape of a slide.
#[derive(Debug, Default)]
struct Shape {
    title: bool,
    hidden: bool,
    place: Option<(i64, i64)>,
    size: (i64, i64),
    /// A fill of one colour; INVARIANT: set only inside the shape's own properties.
    opaque: bool,
    /// Where its blocks begin and end in the document.
    blocks: (usize, usize),
    picture: bool,
}

struct Walk<'w, 'b> {
    part: String,
    builder: &'w mut Builder<'b>,
    shapes: Vec<Shape>,
    open: Vec<usize>,
    groups: usize,
    text: String,
    taking: bool,
    element: usize,
    in_shape_properties: bool,
    in_line: usize,
    table: Option<(usize, usize, usize)>,
    tables: usize,
    shown: bool,
    links: std::collections::BTreeMap<String, (String, bool)>,
}

fn slide(
    package: &mut Package<'_>,
    name: &str,
    size: (i64, i64),
    builder: &mut Builder<'_>,
) -> Result<(), ReadError> {
    let context = builder.context;
    let Some(bytes) = package.part(name, &context)? else {
        builder.problem(name, "the slide is missing");
        return Ok(());
    };
    let links = package::relations(package, name, &context)?;
    let tables = builder.document.blocks.iter().filter_map(table_number).max().map_or(0, |t| t + 1);
    let mut walk = Walk {
        part: name.to_owned(),
        builder,
        shapes: Vec::new(),
        open: Vec::new(),
        groups: 0,
        text: String::new(),
        taking: false,
        element: 0,
        in_shape_properties: false,
        in_line: 0,
        table: None,
        tables,
        shown: true,
        links,
    };
    let result = xml::walk(&bytes, &context, |node| walk.node(&node));
    walk.covered();
    walk.off_slide(size);
    result.map(drop)
}

fn table_number(block: &crate::model::Block) -> Option<usize> {
    match block.kind {
        BlockKind::Cell { table, .. } => Some(table),
        _ => None,
    }
}

impl Walk<'_, '_> {
    fn node(&mut self, node: &Node<'_, '_>) -> Result<(), ReadError> {
        match node {
            Node::Open(name, a) => self.open(name, a),
            Node::Close(name) => self.close(name),
            Node::Text(text) => {
                if self.taking {
                    self.text.push_str(text);
                }
                Ok(())
            }
        }
    }

    fn shape(&mut self) -> Option<&mut Shape> {
        let index = *self.open.last()?;
        self.shapes.get_mut(index)
    }

    fn open(&mut self, name: &str, a: &Attributes<'_>) -> Result<(), ReadError> {
        match name {
            "sld" if a.get("show").as_deref() == Some("0") => {
                self.shown = false;
                self.builder.hide(HiddenKind::Slide, &self.part, 1);
            }
            "sp" | "pic" | "graphicFrame" | "cxnSp" => {
                let at = self.builder.document.blocks.len();
                self.open.push(self.shapes.len());
                self.shapes.push(Shape { blocks: (at, at), picture: name == "pic", ..Shape::default() });
            }
            "grpSp" => self.groups += 1,
            "cNvPr" => self.named(a)?,
            "ph" => {
                let title = matches!(a.get("type").as_deref(), Some("title" | "ctrTitle"));
                if let Some(shape) = self.shape() {
                    shape.title = title;
                }
            }
            "spPr" => self.in_shape_properties = true,
            "ln" => self.in_line += 1,
            "off" | "ext" | "solidFill" => self.geometry(name, a),
            "srcRect" if ["l", "t", "r", "b"].iter().any(|s| number(a, s) != 0) => {
                self.builder.hide(HiddenKind::CroppedPicture, &self.part, 1);
            }
            "tbl" | "tr" | "tc" => self.table(name),
            "t" => self.taking = true,
            "br" => self.text.push('\n'),
            "hlinkClick" => self.link(a)?,
            _ => {}
        }
        Ok(())
    }

    fn named(&mut self, a: &Attributes<'_>) -> Result<(), ReadError> {
        let hidden = a.on("hidden");
        let words = a.get("descr").unwrap_or_default();
        if let Some(shape) = self.shape() {
            shape.hidden = hidden;
        }
        self.element += 1;
        self.builder.part(BlockKind::Picture, &words, &self.part, self.element, self.shown && !hidden)
    }

    /// Places inside groups are in the group's own measure and are not compared.
    fn geometry(&mut self, name: &str, a: &Attributes<'_>) {
        if !self.in_shape_properties || self.groups > 0 || self.in_line > 0 {
            return;
        }
        let Some(shape) = self.shape() else { return };
        match name {
            "off" => shape.place = Some((number(a, "x"), number(a, "y"))),
            "ext" => shape.size = (number(a, "cx"), number(a, "cy")),
            _ => shape.opaque = true,
        }
    }

    fn table(&mut self, name: &str) {
        self.table = match (name, self.table) {
            ("tbl", _) => {
                self.tables += 1;
                Some((self.tables - 1, 0, 0))
            }
            ("tr", Some((table, row, _))) => Some((table, row + 1, 0)),
            ("tc", Some((table, row, column))) => Some((table, row, column + 1)),
            (_, table) => table,
        };
    }

    fn link(&mut self, a: &Attributes<'_>) -> Result<(), ReadError> {
        let target = a.exact("r:id").and_then(|id| self.links.get(&id).cloned());
        match target {
            Some((address, true)) => {
                self.element += 1;
                let (part, element) = (self.part.clone(), self.element);
                self.builder.concealed(HiddenKind::LinkTarget, &address, &part, element)
            }
            _ => Ok(()),
        }
    }

    fn close(&mut self, name: &str) -> Result<(), ReadError> {
        match name {
            "t" => self.taking = false,
            "p" => self.paragraph()?,
            "spPr" => self.in_shape_properties = false,
            "ln" => self.in_line = self.in_line.saturating_sub(1),
            "grpSp" => self.groups = self.groups.saturating_sub(1),
            "tbl" => self.table = None,
            "sp" | "pic" | "graphicFrame" | "cxnSp" => {
                let end = self.builder.document.blocks.len();
                if let Some(shape) = self.shape() {
                    shape.blocks.1 = end;
                }
                self.open.pop();
            }
            _ => {}
        }
        Ok(())
    }

    fn paragraph(&mut self) -> Result<(), ReadError> {
        let text = std::mem::take(&mut self.text);
        if text.trim().is_empty() {
            return Ok(());
        }
        let (title, hidden) = self.shape().map_or((false, false), |s| (s.title, s.hidden));
        let kind = match self.table {
            Some((table, row, column)) if row > 0 && column > 0 => {
                BlockKind::Cell { table, row: row - 1, column: column - 1, header: row == 1 }
            }
            _ if title => BlockKind::Heading(1),
            _ => BlockKind::Paragraph,
        };
        if hidden {
            self.builder.hide(HiddenKind::InvisibleText, &self.part, 1);
        }
        self.element += 1;
        self.builder.part(kind, &text, &self.part, self.element, self.shown && !hidden)
    }

    /// Text wholly under a later shape of one colour, or a later picture.
    fn covered(&mut self) {
        for (index, under) in self.shapes.iter().enumerate() {
            let Some(place) = under.place else { continue };
            let covers = |over: &Shape| {
                let Some(at) = over.place else { return false };
                (over.opaque || over.picture)
                    && at.0 <= place.0
                    && at.1 <= place.1
                    && at.0 + over.size.0 >= place.0 + under.size.0
                    && at.1 + over.size.1 >= place.1 + under.size.1
            };
            if self.shapes.iter().skip(index + 1).take(500).any(covers) {
                conceal(self.builder, &self.part, under.blocks, HiddenKind::TextUnderBox);
            }
        }
    }

    fn off_slide(&mut self, size: (i64, i64)) {
        for shape in &self.shapes {
            let Some((x, y)) = shape.place else { continue };
            let off = x >= size.0 || y >= size.1 || x + shape.size.0 <= 0 || y + shape.size.1 <= 0;
            if off {
                conceal(self.builder, &self.part, shape.blocks, HiddenKind::OffPage);
            }
        }
    }
}

fn conceal(builder: &mut Builder<'_>, part: &str, (start, end): (usize, usize), what: HiddenKind) {
    let mut count = 0;
    for block in builder.document.blocks.get_mut(start..end).into_iter().flatten() {
        count += usize::from(block.visible);
        block.visible = false;
    }
    builder.hide(what, part, count);
}

/// Notes and comments: their paragraphs, and the people that they name.
fn side(
    package: &mut Package<'_>,
    name: &str,
    what: HiddenKind,
    builder: &mut Builder<'_>,
) -> Result<(), ReadError> {
    let context = builder.context;
    let Some(bytes) = package.part(name, &context)? else { return Ok(()) };
    let mut people = Vec::new();
    xml::walk(&bytes, &context, |node| {
        if let Node::Open("cmAuthor" | "author", a) = node {
            people.extend(a.get("name"));
        }
        Ok(())
    })?;
    for person in people {
        builder.meta("comment by", &person);
    }
    let text = xml::plain(&bytes, &["p", "text", "cm"], &context)?;
    for (element, line) in text.lines().filter(|l| !l.trim().is_empty()).enumerate() {
        builder.concealed(what, line, name, element)?;
    }
    Ok(())
}
