//! A drawing device that draws nothing: it keeps each glyph and decides whether a reader sees it.

use std::collections::HashMap;

use hayro_interpret::font::{Glyph as FontGlyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::object::{Dict, String as PdfString};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect, Shape};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, Paint, SoftMask,
};

use super::super::limits::Context;
use super::super::{ReadError, guard};

/// What becomes of a glyph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// A reader sees it.
    Shown,
    /// It is drawn in the invisible mode or fully transparent.
    Invisible,
    /// It has the colour of its ground.
    Faint,
    /// A later box or picture covers it.
    Covered,
    /// The clip leaves it out.
    Clipped,
    /// It is outside the visible page.
    OffPage,
}

/// One glyph on the page.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    pub text: String,
    /// In points from the top left of the visible page.
    pub area: Rect,
    pub origin: Point,
    /// Where the next glyph would stand.
    pub end: Point,
    /// The height of an em.
    pub size: f64,
    pub fate: Fate,
}

/// What a page drew.
#[derive(Debug)]
pub(super) struct Collected {
    pub glyphs: Vec<Glyph>,
    /// Replacement texts that differ from the glyphs that they replace.
    pub replacements: Vec<String>,
    /// Pictures of which a clip shows less than half.
    pub cropped: usize,
    /// True when anything but text was drawn.
    pub draws: bool,
}

/// Something that text can stand on or under.
#[derive(Debug, Clone, Copy)]
struct Cover {
    area: Rect,
    /// `None` for a picture or pattern.
    colour: Option<[u8; 3]>,
}

/// Glyphs in one band of the page, so that a box looks only at those near it.
const BAND: f64 = 24.0;

/// How many earlier boxes are looked at for the ground of a glyph.
const GROUNDS: usize = 4_000;

pub(super) struct Collector<'c> {
    page: Rect,
    context: &'c Context<'c>,
    glyphs: Vec<Glyph>,
    bands: HashMap<i64, Vec<usize>>,
    seen: HashMap<(String, i64, i64), Vec<usize>>,
    covers: Vec<Cover>,
    clips: Vec<Rect>,
    /// True for each open group that is not fully opaque.
    groups: Vec<bool>,
    marked: Vec<Option<(String, usize)>>,
    replacements: Vec<String>,
    cropped: usize,
    draws: bool,
    last_filled: Option<(usize, Point)>,
}

impl<'c> Collector<'c> {
    pub fn new(page: Rect, context: &'c Context<'c>) -> Self {
        Self {
            page,
            context,
            glyphs: Vec::new(),
            bands: HashMap::new(),
            seen: HashMap::new(),
            covers: Vec::new(),
            clips: Vec::new(),
            groups: Vec::new(),
            marked: Vec::new(),
            replacements: Vec::new(),
            cropped: 0,
            draws: false,
            last_filled: None,
        }
    }

    pub fn finish(self) -> Result<Collected, ReadError> {
        let Self { glyphs, replacements, cropped, draws, .. } = self;
        Ok(Collected { glyphs, replacements, cropped, draws })
    }

    /// Uses work; the device has no way to return an error, so it leaves the library.
    fn spend(&self, units: usize) {
        if let Err(e) = self.context.spend(units) {
            guard::leave(e);
        }
    }

    fn clip(&self) -> Rect {
        self.clips.last().copied().unwrap_or(Rect::new(-1e9, -1e9, 1e9, 1e9))
    }

    /// The colour that the point stands on; `None` when it is a picture.
    fn ground(&self, at: Point) -> Option<[u8; 3]> {
        let look = self.covers.len().min(GROUNDS);
        self.spend(look / 4);
        let found = self.covers.iter().rev().take(GROUNDS).find(|c| c.area.contains(at));
        found.map_or(Some([255; 3]), |c| c.colour)
    }

    fn fate(&self, area: Rect, colour: Option<[u8; 4]>, invisible: bool) -> Fate {
        let centre = area.center();
        if !self.page.contains(centre) {
            return Fate::OffPage;
        }
        if invisible || colour.is_some_and(|c| c[3] < 13) {
            return Fate::Invisible;
        }
        if !self.clip().contains(centre) {
            return Fate::Clipped;
        }
        match (colour, self.ground(centre)) {
            (Some([r, g, b, _]), Some(ground)) if alike([r, g, b], ground) => Fate::Faint,
            _ => Fate::Shown,
        }
    }

    fn keep(&mut self, glyph: Glyph) {
        if self.repeated(&glyph) {
            return;
        }
        let index = self.glyphs.len();
        for band in bands(glyph.area) {
            self.bands.entry(band).or_default().push(index);
        }
        self.glyphs.push(glyph);
    }

    /// True when the same character stands at the same place, as programs draw bold letters.
    fn repeated(&mut self, glyph: &Glyph) -> bool {
        let cell = |v: f64| floor(v / 2.0);
        let (x, y) = (cell(glyph.origin.x), cell(glyph.origin.y));
        let near = (glyph.size * 0.15).min(1.9);
        for (dx, dy) in [-1, 0, 1].into_iter().flat_map(|dx| [-1, 0, 1].map(|dy| (dx, dy))) {
            let twins = self.seen.get(&(glyph.text.clone(), x + dx, y + dy));
            let twin = |i: &usize| {
                self.glyphs
                    .get(*i)
                    .is_some_and(|g| g.origin.distance(glyph.origin) < near && g.fate == glyph.fate)
            };
            if twins.is_some_and(|list| list.iter().rev().take(20).any(twin)) {
                return true;
            }
        }
        self.seen.entry((glyph.text.clone(), x, y)).or_default().push(self.glyphs.len());
        false
    }

    /// A box or picture was drawn: glyphs below it are no longer seen.
    fn cover(&mut self, area: Rect, colour: Option<[u8; 3]>) {
        let area = area.intersect(self.clip());
        if area.area() <= 0.0 {
            return;
        }
        let mut looked = 0;
        for band in bands(area.intersect(self.page)) {
            for index in self.bands.get(&band).into_iter().flatten() {
                looked += 1;
                if let Some(glyph) = self.glyphs.get_mut(*index)
                    && matches!(glyph.fate, Fate::Shown | Fate::Faint)
                    && covers(area, glyph.area)
                {
                    glyph.fate = Fate::Covered;
                }
            }
        }
        self.spend(looked);
        self.covers.push(Cover { area, colour });
    }

    fn transparent(&self) -> bool {
        self.groups.iter().any(|g| *g)
    }
}

/// The bands that an area crosses.
fn bands(area: Rect) -> std::ops::RangeInclusive<i64> {
    floor(area.y0.max(-100_000.0) / BAND)..=floor(area.y1.min(100_000.0) / BAND)
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and only near numbers are compared")]
fn floor(value: f64) -> i64 {
    value.floor() as i64
}

/// True when most of the glyph's middle is under the area: ascenders may stick out.
fn covers(area: Rect, glyph: Rect) -> bool {
    let middle = Rect::new(
        glyph.x0,
        glyph.y0 + glyph.height() * 0.3,
        glyph.x1.max(glyph.x0 + 0.1),
        glyph.y1 - glyph.height() * 0.25,
    );
    let shared = area.intersect(middle).area();
    shared > 0.6 * middle.area() && area.contains(middle.center())
}

fn alike(a: [u8; 3], b: [u8; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 10)
}

fn colour(paint: &Paint<'_>) -> Option<[u8; 4]> {
    match paint {
        Paint::Color(c) => Some(c.to_rgba().to_rgba8()),
        Paint::Pattern(_) => None,
    }
}

fn text_of(glyph: &FontGlyph<'_>) -> String {
    let text = match glyph.as_unicode() {
        Some(BfString::Char(c)) => c.to_string(),
        Some(BfString::String(s)) => s,
        None => return "\u{fffd}".to_owned(),
    };
    let private = |c: char| matches!(c, '\u{e000}'..='\u{f8ff}') || c.is_control() && !c.is_whitespace();
    if text.is_empty() || text.chars().any(private) { "\u{fffd}".to_owned() } else { text }
}

fn advance(glyph: &FontGlyph<'_>) -> f64 {
    let width = match glyph {
        FontGlyph::Outline(g) => g.advance_width(),
        FontGlyph::Type3(g) => g.advance_width(),
    };
    width.map_or(500.0, f64::from)
}

fn finite(rect: Rect) -> bool {
    rect.x0.is_finite() && rect.x1.is_finite() && rect.y0.is_finite() && rect.y1.is_finite()
}

impl<'a> Device<'a> for Collector<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.spend(100 + path.elements().len() * 5);
        self.draws = true;
        let stroke = match mode {
            DrawMode::Fill(_) | DrawMode::FillAndStroke(..) => 0.0,
            DrawMode::Stroke(stroke) => f64::from(stroke.line_width),
            DrawMode::Invisible => return,
        };
        let plain = props.soft_mask.is_none() && props.blend_mode == BlendMode::Normal && !self.transparent();
        let solid = colour(&props.paint);
        if !plain || solid.is_some_and(|c| c[3] < 242) {
            return;
        }
        let path = props.transform * path.clone();
        let bounds = path.bounding_box();
        if !finite(bounds) {
            return;
        }
        let area = if stroke > 0.0 {
            // A line thick enough to hide a word is a box.
            let width = stroke * props.transform.determinant().abs().sqrt();
            let thin = bounds.width().min(bounds.height()) < 1.0;
            if width < 4.0 || !thin {
                return;
            }
            bounds.inflate(
                0.0_f64.max(width / 2.0 * f64::from(u8::from(bounds.width() < 1.0))),
                width / 2.0 * f64::from(u8::from(bounds.height() < 1.0)),
            )
        } else if path.area().abs() < 0.8 * bounds.area() {
            return;
        } else {
            bounds
        };
        self.cover(area, solid.map(|[r, g, b, _]| [r, g, b]));
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.spend(50 + clip.path.elements().len());
        let bounds = clip.path.bounding_box();
        let clip = self.clip();
        self.clips.push(if finite(bounds) { clip.intersect(bounds) } else { clip });
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, blend: BlendMode) {
        self.spend(50);
        self.groups.push(opacity < 0.95 || mask.is_some() || blend != BlendMode::Normal);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let glyphs = run.glyphs();
        self.spend(50 + glyphs.len() * 60);
        let place =
            |g: &hayro_interpret::font::PositionedGlyph<'_>| props.transform * g.transform() * Point::ZERO;
        let first = glyphs.first().map(|g| (glyphs.len(), place(g)));
        // Text that is filled and stroked comes twice.
        if matches!(mode, DrawMode::Stroke(_)) && first.is_some() && first == self.last_filled {
            return;
        }
        self.last_filled = first;
        let invisible = matches!(mode, DrawMode::Invisible);
        let ink = colour(&props.paint);
        for glyph in glyphs {
            let transform: Affine = props.transform * glyph.transform();
            let (origin, end) = (transform * Point::ZERO, transform * Point::new(advance(glyph), 0.0));
            let up = transform * Point::new(0.0, 1000.0);
            let corners = Rect::new(0.0, -220.0, advance(glyph).max(1.0), 800.0).to_path(0.1);
            let area = (transform * corners).bounding_box();
            if !finite(area) {
                continue;
            }
            let text = text_of(glyph);
            let fate = self.fate(area, ink, invisible);
            let size = (up - origin).hypot();
            self.keep(Glyph { text, area, origin, end, size, fate });
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.spend(500);
        self.draws = true;
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let area = (props.transform * Rect::new(0.0, 0.0, width, height).to_path(0.1)).bounding_box();
        if !finite(area) {
            return;
        }
        let shown = area.intersect(self.clip()).intersect(self.page).area();
        self.cropped += usize::from(area.area() > 100.0 && shown < 0.5 * area.area());
        let plain = props.soft_mask.is_none() && props.blend_mode == BlendMode::Normal && !self.transparent();
        let opaque = match &image {
            Image::Stencil(_) => false,
            Image::Raster(raster) => {
                let dict = raster.stream().dict();
                !dict.contains_key(b"SMask") && !dict.contains_key(b"Mask")
            }
        };
        if plain && opaque {
            self.cover(area, None);
        } else {
            // What stands on a see-through picture has no known ground.
            self.covers.push(Cover { area, colour: None });
        }
    }

    fn pop_clip(&mut self) {
        self.clips.pop();
    }

    fn pop_transparency_group(&mut self) {
        self.groups.pop();
    }

    fn begin_marked_content(&mut self, _tag: &[u8], properties: Option<&Dict<'_>>) {
        self.spend(20);
        let text = properties.and_then(|p| p.get::<PdfString<'_>>(b"ActualText"));
        let text = text.map(|t| (super::objects::decode(t.as_bytes()), self.glyphs.len()));
        self.marked.push(text);
    }

    fn end_marked_content(&mut self) {
        let Some(Some((text, from))) = self.marked.pop() else { return };
        let squeeze = |t: &str| t.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let drawn: String = self.glyphs.iter().skip(from).map(|g| squeeze(&g.text)).collect();
        if squeeze(&text) != drawn && text.chars().any(char::is_alphanumeric) {
            self.replacements.push(text);
        }
    }
}
