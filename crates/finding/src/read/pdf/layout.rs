//! Glyphs into words, lines and blocks, in the order in which the page draws them.

use hayro_interpret::kurbo::{Point, Rect, Vec2};

use super::super::ReadError;
use super::super::limits::Context;
use super::device::{Fate, Glyph};
use crate::model::{Area, Block, BlockKind, Source, Word};

/// A gap of this part of an em is a space between words.
const WORD_GAP: f64 = 0.18;

/// A gap of this many ems is a new line of text: another column or cell.
const LINE_GAP: f64 = 2.5;

/// A stretch of glyphs on one baseline.
#[derive(Debug)]
struct Line<'g> {
    /// Each glyph, and whether a space stands before it.
    glyphs: Vec<(&'g Glyph, bool)>,
    area: Rect,
    direction: Vec2,
}

impl<'g> Line<'g> {
    fn new(glyph: &'g Glyph) -> Self {
        Self { glyphs: vec![(glyph, false)], area: glyph.area, direction: direction(glyph) }
    }

    fn add(&mut self, glyph: &'g Glyph, space: bool) {
        self.area = self.area.union(glyph.area);
        self.glyphs.push((glyph, space));
    }

    fn size(&self) -> f64 {
        self.glyphs.first().map_or(1.0, |(g, _)| g.size)
    }

    fn fate(&self) -> Fate {
        self.glyphs.first().map_or(Fate::Shown, |(g, _)| g.fate)
    }

    fn text_length(&self) -> usize {
        self.glyphs.iter().map(|(g, space)| g.text.chars().count() + usize::from(*space)).sum()
    }
}

/// The direction in which a glyph's text runs.
fn direction(glyph: &Glyph) -> Vec2 {
    let along = glyph.end - glyph.origin;
    if along.hypot() > 0.0 { along / along.hypot() } else { Vec2::new(1.0, 0.0) }
}

/// The page's text as blocks; INVARIANT: every glyph that is not white space is in exactly one.
pub(super) fn blocks(glyphs: &[Glyph], page: usize, context: &Context<'_>) -> Result<Vec<Block>, ReadError> {
    context.spend(glyphs.len() * 10)?;
    let lines = lines(glyphs);
    let mut blocks = Vec::new();
    let mut open: Vec<Line<'_>> = Vec::new();
    for line in lines {
        if open.last().is_some_and(|last| !continues(last, &line)) {
            blocks.push(block(&open, page));
            open.clear();
        }
        open.push(line);
    }
    if !open.is_empty() {
        blocks.push(block(&open, page));
    }
    Ok(blocks)
}

fn lines(glyphs: &[Glyph]) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut last: Option<&Glyph> = None;
    let mut space = false;
    for glyph in glyphs {
        if glyph.text.trim().is_empty() {
            space = true;
            continue;
        }
        match (lines.last_mut(), last.map(|l| step(l, glyph))) {
            (Some(line), Some(Step::Same(gap))) if line.fate() == glyph.fate => line.add(glyph, space || gap),
            _ => lines.push(Line::new(glyph)),
        }
        last = Some(glyph);
        space = false;
    }
    lines
}

/// How one glyph follows another.
enum Step {
    /// On the same line; true when there is a gap between them.
    Same(bool),
    Apart,
}

fn step(last: &Glyph, next: &Glyph) -> Step {
    let along = direction(last);
    let size = last.size.max(next.size).max(0.1);
    let gap = next.origin - last.end;
    let forward = gap.dot(along);
    let aside = gap.cross(along).abs();
    let turned = direction(next).dot(along) < 0.9;
    // Letters may be pulled together, but not set before the letter that they follow.
    let back = (next.origin - last.origin).dot(along) < -0.2 * size;
    if turned || back || aside > 0.5 * size || forward > LINE_GAP * size || forward < -1.2 * size {
        Step::Apart
    } else {
        Step::Same(forward > WORD_GAP * size)
    }
}

/// True when `next` is the next line of the same paragraph.
fn continues(last: &Line<'_>, next: &Line<'_>) -> bool {
    let size = last.size().max(0.1);
    let level = last.direction.x > 0.9 && next.direction.x > 0.9;
    let down = base(next).y - base(last).y;
    let alike = (next.size() / size - 1.0).abs() < 0.25;
    let overlap = last.area.x1.min(next.area.x1) - last.area.x0.max(next.area.x0);
    last.fate() == next.fate() && level && alike && overlap > 0.0 && down > 0.5 * size && down < 1.7 * size
}

fn base(line: &Line<'_>) -> Point {
    line.glyphs.first().map_or(Point::ZERO, |(g, _)| g.origin)
}

fn block(lines: &[Line<'_>], page: usize) -> Block {
    let capacity = lines.iter().map(Line::text_length).sum::<usize>() + lines.len();
    let mut writer =
        Writer { text: String::with_capacity(capacity), length: 0, words: Vec::new(), open: None };
    for (number, line) in lines.iter().enumerate() {
        if number > 0 {
            writer.separate('\n');
        }
        for (glyph, space) in &line.glyphs {
            if *space {
                writer.separate(' ');
            }
            writer.glyph(glyph);
        }
    }
    writer.end_word();
    let visible = lines.first().is_none_or(|l| l.fate() == Fate::Shown);
    let source = Source::Page { page, words: writer.words };
    Block { kind: BlockKind::Paragraph, text: writer.text, source, visible }
}

/// Collects text and the words in it.
struct Writer {
    text: String,
    length: usize,
    words: Vec<Word>,
    open: Option<(usize, Rect)>,
}

impl Writer {
    fn separate(&mut self, c: char) {
        self.end_word();
        self.text.push(c);
        self.length += 1;
    }

    fn glyph(&mut self, glyph: &Glyph) {
        self.open = Some(match self.open {
            Some((start, area)) => (start, area.union(glyph.area)),
            None => (self.length, glyph.area),
        });
        self.text.push_str(&glyph.text);
        self.length += glyph.text.chars().count();
    }

    fn end_word(&mut self) {
        if let Some((start, area)) = self.open.take() {
            let area =
                Area { x0: narrow(area.x0), y0: narrow(area.y0), x1: narrow(area.x1), y1: narrow(area.y1) };
            self.words.push(Word { start, end: self.length, area });
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "points on a page fit a single")]
fn narrow(value: f64) -> f32 {
    value as f32
}
