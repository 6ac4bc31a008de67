//! A page as a list of things to draw, and the drawing of it as PDF/UA-1 with the `krilla` library.

use std::num::NonZeroU16;

use krilla::color::luma;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect, Size};
use krilla::image::Image;
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, Node, TableHeaderScope, Tag, TagGroup,
    TagTree,
};
use krilla::{Document, SerializeSettings};

use super::WriteError;
use super::font::Fonts;
use crate::redact::ReasonCode;

/// The number of a node of the structure tree.
pub(crate) type NodeId = usize;

/// Text at a place; `y` is the baseline, from the top of the page, in points.
#[derive(Debug, Clone)]
pub(crate) struct TextOp {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) size: f32,
    pub(crate) bold: bool,
    /// 0 black to 255 white.
    pub(crate) shade: u8,
    /// Present for readers and search, not drawn: the text of a page image.
    pub(crate) unseen: bool,
    pub(crate) text: String,
    /// Where it belongs in the reading order; `None` for page furniture.
    pub(crate) node: Option<NodeId>,
}

/// A filled rectangle, page furniture: left, top, width, height.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RectOp {
    pub(crate) area: [f32; 4],
    pub(crate) shade: u8,
}

#[derive(Debug, Clone)]
pub(crate) enum Op {
    Text(TextOp),
    Rect(RectOp),
}

/// A whole-page picture as JPEG.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub(crate) jpeg: Vec<u8>,
}

#[derive(Debug, Clone)]
pub(crate) struct PageOps {
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) picture: Option<Picture>,
    pub(crate) ops: Vec<Op>,
}

/// A page of the source, rebuilt from burnt pixels and surviving text.
#[derive(Debug, Clone)]
pub(crate) struct RebuiltPage {
    pub(crate) width: f32,
    pub(crate) height: f32,
    /// `None` when the whole page is withheld.
    pub(crate) picture: Option<Picture>,
    /// The surviving text by paragraph, drawn unseen over the picture.
    pub(crate) paragraphs: Vec<Vec<TextLine>>,
    /// Said visibly when the page is withheld.
    pub(crate) notice: Vec<super::flow::Run>,
}

/// A line of surviving text; `y` is the baseline, or the top of the box for a stamp.
#[derive(Debug, Clone)]
pub(crate) struct TextLine {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) text: String,
    /// Present for a label that is seen, white on its box.
    pub(crate) stamp: Option<Stamp>,
}

/// A label on a burnt box.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    /// Shown alone where the whole label does not fit.
    pub(crate) code: ReasonCode,
    /// Of the box, in points.
    pub(crate) height: f32,
}

/// What a node is to a screen reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NodeTag {
    Section,
    Paragraph,
    Heading(u8, String),
    Quote,
    Note,
    List,
    ListItem,
    ListLabel,
    ListBody,
    Table,
    Row,
    ColumnHeader,
    Cell,
}

#[derive(Debug)]
struct TreeNode {
    tag: NodeTag,
    children: Vec<NodeId>,
}

/// The structure tree in reading order.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<TreeNode>,
    roots: Vec<NodeId>,
}

impl Tree {
    pub(crate) fn add(&mut self, parent: Option<NodeId>, tag: NodeTag) -> NodeId {
        let id = self.nodes.len();
        self.nodes.push(TreeNode { tag, children: Vec::new() });
        match parent.and_then(|p| self.nodes.get_mut(p)) {
            Some(parent) => parent.children.push(id),
            None => self.roots.push(id),
        }
        id
    }
}

/// An entry of the bookmarks: text, page from 0, height on the page.
#[derive(Debug, Clone)]
pub(crate) struct Bookmark {
    pub(crate) text: String,
    pub(crate) page: usize,
    pub(crate) y: f32,
}

/// Everything that makes up one PDF.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) title: String,
    pub(crate) language: String,
    pub(crate) pages: Vec<PageOps>,
    pub(crate) tree: Tree,
    pub(crate) bookmarks: Vec<Bookmark>,
}

/// Draws `book` as PDF 1.7, PDF/UA-1.
pub(crate) fn draw(book: &Book, fonts: &Fonts) -> Result<Vec<u8>, WriteError> {
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|e| WriteError::Pdf(format!("{e:?}")))?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let mut identifiers: Vec<Vec<Identifier>> = book.tree.nodes.iter().map(|_| Vec::new()).collect();
    for page in &book.pages {
        draw_page(&mut document, page, fonts, &mut identifiers)?;
    }
    let mut outline = Outline::new();
    for mark in &book.bookmarks {
        let place = XyzDestination::new(mark.page, Point::from_xy(0.0, mark.y));
        outline.push_child(OutlineNode::new(mark.text.clone(), place));
    }
    document.set_outline(outline);
    document.set_metadata(Metadata::new().title(book.title.clone()).language(book.language.clone()));
    let mut tree = TagTree::new().with_lang(Some(book.language.clone()));
    for root in &book.tree.roots {
        if let Some(group) = group(&book.tree, *root, &identifiers) {
            tree.push(group);
        }
    }
    document.set_tag_tree(tree);
    document.finish().map_err(|e| WriteError::Pdf(e.to_string()))
}

fn draw_page(
    document: &mut Document,
    page: &PageOps,
    fonts: &Fonts,
    identifiers: &mut [Vec<Identifier>],
) -> Result<(), WriteError> {
    let settings = PageSettings::from_wh(page.width, page.height)
        .ok_or_else(|| WriteError::Pdf("a page has no size".to_owned()))?;
    let mut krilla_page = document.start_page_with(settings);
    let mut surface = krilla_page.surface();
    if let Some(picture) = &page.picture {
        draw_picture(&mut surface, picture, page)?;
    }
    for op in &page.ops {
        match op {
            Op::Rect(rect) => draw_rect(&mut surface, rect),
            Op::Text(text) => {
                let identifier = draw_text(&mut surface, text, fonts);
                if let Some(list) = text.node.and_then(|n| identifiers.get_mut(n)) {
                    list.push(identifier);
                }
            }
        }
    }
    surface.finish();
    krilla_page.finish();
    Ok(())
}

fn draw_picture(surface: &mut Surface<'_>, picture: &Picture, page: &PageOps) -> Result<(), WriteError> {
    let image = Image::from_jpeg(picture.jpeg.clone().into(), false).map_err(WriteError::Pdf)?;
    let size = Size::from_wh(page.width, page.height)
        .ok_or_else(|| WriteError::Pdf("a page has no size".to_owned()))?;
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
    surface.draw_image(image, size);
    surface.end_tagged();
    Ok(())
}

fn draw_rect(surface: &mut Surface<'_>, rect: &RectOp) {
    let [x, y, width, height] = rect.area;
    let Some(area) = Rect::from_xywh(x, y, width, height) else { return };
    let mut path = PathBuilder::new();
    path.push_rect(area);
    let Some(path) = path.finish() else { return };
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
    surface.set_fill(Some(ink(rect.shade, false)));
    surface.draw_path(&path);
    surface.end_tagged();
}

fn draw_text(surface: &mut Surface<'_>, op: &TextOp, fonts: &Fonts) -> Identifier {
    let tag = match op.node {
        None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
        Some(_) => ContentTag::Other,
    };
    let identifier = surface.start_tagged(tag);
    surface.set_fill(Some(ink(op.shade, op.unseen)));
    let mut x = op.x;
    for piece in fonts.shape(&op.text, op.bold) {
        surface.draw_glyphs(Point::from_xy(x, op.y), &piece.glyphs, piece.font, &piece.text, op.size, false);
        x += piece.width * op.size;
    }
    surface.end_tagged();
    identifier
}

fn ink(shade: u8, unseen: bool) -> Fill {
    let opacity = if unseen { NormalizedF32::ZERO } else { NormalizedF32::ONE };
    Fill { paint: luma::Color::new(shade).into(), opacity, ..Fill::default() }
}

/// The tag group of a node and all below it; `None` when nothing of it was drawn.
fn group(tree: &Tree, id: NodeId, identifiers: &[Vec<Identifier>]) -> Option<TagGroup> {
    let node = tree.nodes.get(id)?;
    let mut children: Vec<Node> = identifiers.get(id)?.iter().map(|i| Node::from(*i)).collect();
    children.extend(node.children.iter().filter_map(|c| group(tree, *c, identifiers)).map(Node::from));
    // An empty cell keeps its place, or every later cell of its row would stand under a wrong heading.
    let keeps_place = matches!(node.tag, NodeTag::Cell | NodeTag::ColumnHeader);
    if children.is_empty() && !keeps_place {
        return None;
    }
    Some(tagged(&node.tag, children))
}

fn tagged(tag: &NodeTag, children: Vec<Node>) -> TagGroup {
    match tag {
        NodeTag::Section => TagGroup::with_children(Tag::Section, children),
        NodeTag::Paragraph => TagGroup::with_children(Tag::P, children),
        NodeTag::Heading(level, title) => {
            let level = NonZeroU16::new(u16::from(*level)).unwrap_or(NonZeroU16::MIN);
            TagGroup::with_children(Tag::Hn(level, Some(title.clone())), children)
        }
        NodeTag::Quote => TagGroup::with_children(Tag::BlockQuote, children),
        NodeTag::Note => TagGroup::with_children(Tag::Note, children),
        NodeTag::List => TagGroup::with_children(Tag::L(ListNumbering::Disc), children),
        NodeTag::ListItem => TagGroup::with_children(Tag::LI, children),
        NodeTag::ListLabel => TagGroup::with_children(Tag::Lbl, children),
        NodeTag::ListBody => TagGroup::with_children(Tag::LBody, children),
        NodeTag::Table => TagGroup::with_children(Tag::Table, children),
        NodeTag::Row => TagGroup::with_children(Tag::TR, children),
        NodeTag::ColumnHeader => TagGroup::with_children(Tag::TH(TableHeaderScope::Column), children),
        NodeTag::Cell => TagGroup::with_children(Tag::TD, children),
    }
}
