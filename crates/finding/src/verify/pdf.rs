//! A PDF opened again: what it draws, by `hayro`; what it holds, by `lopdf`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, Paint, SoftMask, TransformExt, interpret_page,
};
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, Point, Rect, Shape};
use lopdf::{Dictionary, Object};

use super::vocabulary::{
    PROPERTY_VALUES, STRINGS, is_our_properties, is_standard, without_numbers, without_standard,
};
use super::{Check, Doubt, html};
use crate::write::OUR_FONTS;

/// Keys of objects that can carry what no page shows, or act.
const FOREIGN: [(&[u8], &str); 27] = [
    (b"Annots", "annotations"),
    (b"AcroForm", "a form"),
    (b"XFA", "a form"),
    (b"JS", "a script"),
    (b"JavaScript", "a script"),
    (b"AA", "an action"),
    (b"OpenAction", "an action"),
    (b"A", "an action"),
    (b"URI", "a link"),
    (b"Launch", "an action"),
    (b"EmbeddedFiles", "an attached file"),
    (b"EmbeddedFile", "an attached file"),
    (b"EF", "an attached file"),
    (b"AF", "an attached file"),
    (b"Collection", "an attached file"),
    (b"RichMedia", "media"),
    (b"OCProperties", "layers"),
    (b"OCGs", "layers"),
    (b"OC", "layers"),
    (b"PieceInfo", "private data of another program"),
    (b"Thumb", "a thumbnail"),
    (b"Alternates", "an alternate picture"),
    (b"Threads", "article threads"),
    (b"SpiderInfo", "captured web content"),
    (b"Perms", "signatures"),
    (b"SMask", "a masked picture"),
    (b"Encrypt", "encryption"),
];

/// Kinds of action that reach beyond the page.
const ACTIONS: [&[u8]; 12] = [
    b"Launch",
    b"GoToR",
    b"GoToE",
    b"URI",
    b"JavaScript",
    b"SubmitForm",
    b"ImportData",
    b"Named",
    b"Sound",
    b"Movie",
    b"Rendition",
    b"Hide",
];

pub(super) fn check(check: &mut Check<'_>, bytes: &[u8]) {
    let drawn = catch_unwind(AssertUnwindSafe(|| drawn(bytes))).ok().flatten();
    match drawn {
        Some(pages) => look(check, &pages),
        None => check.unreadable("hayro"),
    }
    match catch_unwind(AssertUnwindSafe(|| lopdf::Document::load_mem(bytes).ok())).ok().flatten() {
        Some(document) => objects(check, &document),
        None => check.unreadable("lopdf"),
    }
    versions(check, bytes);
    check.bytes(&without_standard(bytes), "bytes");
}

/// A glyph as drawn.
#[derive(Debug, Clone)]
struct Mark {
    text: String,
    area: Rect,
    /// The height of its baseline.
    base: f64,
    /// 0 to 255 on its ground, or nothing drawn at all.
    unseen: bool,
}

/// What one page draws, in order.
#[derive(Debug, Default)]
struct Drawn {
    marks: Vec<Mark>,
    size: (f32, f32),
    has_picture: bool,
    covered: bool,
    /// Opaque shapes and their shade, for the ground under a glyph.
    shapes: Vec<(Rect, i32)>,
}

fn drawn(bytes: &[u8]) -> Option<Vec<Drawn>> {
    let pdf = Pdf::new(bytes.to_vec()).ok()?;
    let cache = InterpreterCache::new();
    Some(pdf.pages().iter().map(|page| draw(page, &cache)).collect())
}

fn draw<'a>(page: &'a Page<'a>, cache: &InterpreterCache<'a>) -> Drawn {
    let size = page.render_dimensions();
    let transform = page.initial_transform(true).to_kurbo();
    let bounds = Rect::new(0.0, 0.0, f64::from(size.0), f64::from(size.1));
    let mut context = Context::new(transform, bounds, cache, page.xref(), InterpreterSettings::default());
    let mut drawn = Drawn { size, ..Drawn::default() };
    interpret_page(page, &mut context, &mut drawn);
    drawn
}

fn shade(paint: &Paint<'_>) -> Option<(i32, u8)> {
    let Paint::Color(colour) = paint else { return None };
    let [r, g, b, alpha] = colour.to_rgba().to_rgba8();
    Some(((i32::from(r) * 77 + i32::from(g) * 150 + i32::from(b) * 29) >> 8, alpha))
}

impl Drawn {
    fn ground(&self, point: Point) -> i32 {
        self.shapes.iter().rev().find(|(area, _)| area.contains(point)).map_or(255, |(_, shade)| *shade)
    }

    fn cover(&mut self, area: Rect) {
        self.covered |=
            self.marks.iter().any(|m| !m.text.trim().is_empty() && area.contains(m.area.center()));
    }

    fn glyph(&mut self, glyph: &Glyph<'_>, place: Affine, seen: Option<(i32, u8)>) {
        let text = match glyph.as_unicode() {
            Some(BfString::Char(c)) => c.to_string(),
            Some(BfString::String(s)) => s,
            None => "\u{fffd}".to_owned(),
        };
        let origin = place * Point::ZERO;
        let mut area = Rect::from_points(origin, origin);
        if let Glyph::Outline(outline) = glyph {
            let path = outline.outline();
            if !path.is_empty() {
                area = (place * path).bounding_box();
            }
        }
        const CONTRAST: i32 = 60;
        let ground = self.ground(area.center());
        let unseen = seen.is_none_or(|(shade, alpha)| alpha < 128 || (shade - ground).abs() < CONTRAST);
        self.marks.push(Mark { text, area, base: origin.y, unseen });
    }

    /// The text in the order of drawing; a new line where the place jumps, a space where a gap is wide.
    fn in_order(&self) -> String {
        joined(self.marks.iter())
    }

    /// The text from top to bottom and left to right, whatever order it was drawn in.
    fn in_sight(&self) -> String {
        let mut marks: Vec<&Mark> = self.marks.iter().collect();
        marks.sort_by(|a, b| {
            let line = |m: &Mark| (m.base / 4.0).round() as i64;
            line(a).cmp(&line(b)).then(a.area.x0.total_cmp(&b.area.x0))
        });
        joined(marks.into_iter())
    }
}

fn joined<'m>(marks: impl Iterator<Item = &'m Mark>) -> String {
    let mut text = String::new();
    let mut last: Option<(Rect, f64)> = None;
    for mark in marks {
        if let Some((last, base)) = last {
            let size = last.height().max(mark.area.height()).max(4.0);
            let gap = mark.area.x0 - last.x1;
            if (mark.base - base).abs() > size * 0.5 {
                text.push('\n');
            } else if gap > size * 0.35 || gap < -size * 2.0 {
                text.push(' ');
            }
        }
        text.push_str(&mark.text);
        last = Some((mark.area, mark.base));
    }
    text
}

impl<'a> Device<'a> for Drawn {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        let Some((shade, alpha)) = shade(&props.paint) else {
            return self.cover((props.transform * path.clone()).bounding_box());
        };
        if alpha > 200 && matches!(mode, DrawMode::Fill(_) | DrawMode::FillAndStroke(..)) {
            let area = (props.transform * path.clone()).bounding_box();
            self.cover(area);
            self.shapes.push((area, shade));
        }
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let seen = if matches!(mode, DrawMode::Invisible) { None } else { shade(&props.paint) };
        for glyph in run.glyphs() {
            self.glyph(glyph, props.transform * glyph.transform(), seen);
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let area = (props.transform * Rect::new(0.0, 0.0, width, height).to_path(0.1)).bounding_box();
        self.cover(area);
        self.has_picture = true;
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

fn look(check: &mut Check<'_>, pages: &[Drawn]) {
    let text = |of: fn(&Drawn) -> String| pages.iter().map(of).collect::<Vec<_>>().join("\n\n");
    check.prose(&text(Drawn::in_order), "page text");
    check.prose(&text(Drawn::in_sight), "page text as seen");
    for (index, page) in pages.iter().enumerate() {
        let (file, number) = (check.file.clone(), index + 1);
        if page.covered {
            check.doubts.push(Doubt::Covered { file: file.clone(), page: number });
        }
        // A rebuilt page says its text unseen over its picture; no other page has reason to.
        let bounds = Rect::new(-1.0, -1.0, f64::from(page.size.0) + 1.0, f64::from(page.size.1) + 1.0);
        let outside = |m: &Mark| !page.has_picture && !bounds.contains(m.area.center());
        let unseen = |m: &Mark| !page.has_picture && m.unseen;
        if page.marks.iter().any(|m| !m.text.trim().is_empty() && (outside(m) || unseen(m))) {
            check.doubts.push(Doubt::Unseen { file, page: number });
        }
    }
}

fn objects(check: &mut Check<'_>, document: &lopdf::Document) {
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    match document.extract_text(&pages) {
        Ok(text) => check.prose(&text, "text operators"),
        Err(_) if pages.is_empty() => check.foreign("no pages"),
        Err(_) => check.unreadable("lopdf"),
    }
    let mut strings = String::new();
    collect(check, &Object::Dictionary(document.trailer.clone()), &mut strings);
    for object in document.objects.values() {
        collect(check, object, &mut strings);
        if let Object::Stream(stream) = object {
            self::stream(check, stream);
        }
    }
    check.strings(&strings, "strings and names");
    pictures(check, document);
}

/// Gathers every string and name of an object and notes keys that a safe copy never has.
fn collect(check: &mut Check<'_>, object: &Object, strings: &mut String) {
    match object {
        Object::String(bytes, _) => {
            let text = lopdf::decode_text_string(object)
                .unwrap_or_else(|_| bytes.iter().map(|b| char::from(*b)).collect());
            if !STRINGS.contains(&text.as_str()) {
                strings.push_str(&text);
                strings.push('\n');
            }
        }
        Object::Name(name) => note(name, strings),
        Object::Array(items) => items.iter().for_each(|item| collect(check, item, strings)),
        Object::Dictionary(dictionary) => entries(check, dictionary, strings),
        Object::Stream(stream) => entries(check, &stream.dict, strings),
        _ => {}
    }
}

fn entries(check: &mut Check<'_>, dictionary: &Dictionary, strings: &mut String) {
    for (key, value) in dictionary {
        // A structure element's attributes and a bookmark's action share the key A.
        let attributes = key == b"A" && !is_action(value);
        if let Some((_, what)) = FOREIGN.iter().find(|(foreign, _)| key == foreign).filter(|_| !attributes) {
            check.foreign(*what);
        }
        if key == b"S" && value.as_name().is_ok_and(|kind| ACTIONS.contains(&kind)) {
            check.foreign("an action");
        }
        if key == b"BaseFont" || key == b"FontName" {
            font(check, value);
        }
        note(key, strings);
        collect(check, value, strings);
    }
}

fn note(name: &[u8], strings: &mut String) {
    if !is_standard(name) {
        strings.push_str(&String::from_utf8_lossy(name));
        strings.push('\n');
    }
}

fn is_action(value: &Object) -> bool {
    value.as_dict().is_ok_and(|d| d.has(b"S"))
}

fn font(check: &mut Check<'_>, name: &Object) {
    let name = name.as_name().map(|n| String::from_utf8_lossy(n).into_owned()).unwrap_or_default();
    let bare = name.split_once('+').map_or(name.as_str(), |(_, bare)| bare);
    let bare = bare.strip_suffix("-Identity-H").unwrap_or(bare);
    if !OUR_FONTS.contains(&bare) {
        check.foreign("a font that is not ours");
    }
}

fn stream(check: &mut Check<'_>, stream: &lopdf::Stream) {
    const MOST: usize = 256 << 20;
    let kind = stream.dict.get(b"Subtype").and_then(Object::as_name).unwrap_or_default();
    if kind == b"Image" {
        return;
    }
    let Ok(content) = stream.decompressed_content_with_limit(MOST) else { return check.unreadable("lopdf") };
    if kind == b"XML" {
        let xml = String::from_utf8_lossy(&content);
        if !is_our_properties(&xml) {
            check.foreign("document properties that are not ours");
        }
        let text = PROPERTY_VALUES
            .iter()
            .fold(html::scan(&without_numbers(&xml)), |text, ours| text.replace(ours, ""));
        return check.strings(&text, "document properties");
    }
    check.bytes(&without_standard(&content), "streams");
}

/// The pictures of rebuilt pages, looked at where they must be burnt.
fn pictures(check: &mut Check<'_>, document: &lopdf::Document) {
    if !check.withheld.burnt.contains_key(&check.file) {
        return;
    }
    for (index, id) in document.get_pages().into_values().enumerate() {
        let images = document.get_page_images(id).unwrap_or_default();
        for image in images {
            let jpeg = image.filters.as_deref().is_some_and(|f| f.last().is_some_and(|f| f == "DCTDecode"));
            match image::load_from_memory_with_format(image.content, image::ImageFormat::Jpeg) {
                Ok(picture) if jpeg => check.burnt(index, &picture.into_luma8()),
                _ => check.foreign("a picture that is not a page of ours"),
            }
        }
    }
}

/// A file that was written once has one cross-reference start and ends at its end mark.
fn versions(check: &mut Check<'_>, bytes: &[u8]) {
    let count = |what: &[u8]| memchr::memmem::find_iter(bytes, what).count();
    if count(b"startxref") != 1 || count(b"%%EOF") != 1 {
        check.foreign("an earlier version of itself");
    }
    let end =
        memchr::memmem::rfind(bytes, b"%%EOF").map_or(&[][..], |at| bytes.get(at + 5..).unwrap_or_default());
    if end.iter().any(|b| !b.is_ascii_whitespace()) {
        check.foreign("bytes after its end");
    }
}
