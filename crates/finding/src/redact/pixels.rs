//! Pages and pictures as pixels: where the boxes go, burning them in, encoding what is left.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder};

use crate::model::Area;

/// The shade of a burnt box.
const BOX: u8 = 0x1d;
/// Boxes snap outward to this many points where no word stands near.
const GRID: f32 = 12.0;
/// A neighbour farther away than this is another column.
const NEAR: f32 = 40.0;
/// What is left between a box and a surviving word, in points.
const AIR: f32 = 1.5;

/// A picture of one (grey) or three (red, green, blue) bytes a pixel.
#[derive(Debug, Clone)]
pub(crate) struct Raster {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) channels: usize,
    pub(crate) data: Vec<u8>,
}

/// A word of a page, as the boxes see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed {
    pub(crate) area: Area,
    pub(crate) withheld: bool,
    /// Words of one block share a number; a box may reach to the block's right edge.
    pub(crate) block: usize,
}

/// The boxes that cover every withheld word, in points.
///
/// A box covers whole words, joins its neighbours, and reaches to the surviving words on both sides or,
/// at the end of a line, to the right edge of its paragraph: what it shows of the width of the text is
/// no more than what the surviving words show already.
pub(crate) fn boxes(words: &[Placed]) -> Vec<Area> {
    let mut boxes: Vec<Area> = Vec::new();
    let mut index = 0;
    while let Some(word) = words.get(index) {
        index += 1;
        if !word.withheld {
            continue;
        }
        let mut area = word.area;
        while let Some(next) =
            words.get(index).filter(|n| n.withheld && same_line(&area, &n.area) && n.area.x0 >= area.x0)
        {
            area = union(&area, &next.area);
            index += 1;
        }
        boxes.push(grown(&area, word.block, words));
    }
    joined(boxes)
}

fn grown(area: &Area, block: usize, words: &[Placed]) -> Area {
    let survivors = || words.iter().filter(|w| !w.withheld && same_line(area, &w.area));
    let left =
        survivors().map(|w| w.area.x1).filter(|x| *x <= area.x0 + 1.0).fold(f32::NEG_INFINITY, f32::max);
    let right = survivors().map(|w| w.area.x0).filter(|x| *x >= area.x1 - 1.0).fold(f32::INFINITY, f32::min);
    let edge = words.iter().filter(|w| w.block == block).map(|w| w.area.x1).fold(area.x1, f32::max);
    let snapped_right = (edge / GRID).ceil() * GRID + GRID;
    // A line's start is where every other line starts: it tells nothing, and the box stays in the column.
    let x0 = if area.x0 - left < NEAR { left + AIR } else { area.x0 - AIR };
    let x1 = if right - area.x1 < NEAR { right - AIR } else { snapped_right.min(right - AIR) };
    let pad = (area.y1 - area.y0) * 0.1 + 0.8;
    // Never smaller than the words themselves, even where a neighbour overlaps them.
    Area { x0: x0.min(area.x0 - 0.3), y0: area.y0 - pad, x1: x1.max(area.x1 + 0.3), y1: area.y1 + pad }
}

fn joined(boxes: Vec<Area>) -> Vec<Area> {
    let mut out: Vec<Area> = Vec::new();
    for area in boxes {
        match out.last_mut() {
            Some(last) if same_line(last, &area) && area.x0 <= last.x1 + 2.0 && area.x1 >= last.x0 => {
                *last = union(last, &area);
            }
            _ => out.push(area),
        }
    }
    out
}

pub(crate) fn same_line(a: &Area, b: &Area) -> bool {
    let overlap = a.y1.min(b.y1) - a.y0.max(b.y0);
    overlap > 0.4 * (a.y1 - a.y0).min(b.y1 - b.y0)
}

fn union(a: &Area, b: &Area) -> Area {
    Area { x0: a.x0.min(b.x0), y0: a.y0.min(b.y0), x1: a.x1.max(b.x1), y1: a.y1.max(b.y1) }
}

/// True when more than a sliver of `word` lies in `boxed`.
pub(crate) fn covers(boxed: &Area, word: &Area) -> bool {
    let width = boxed.x1.min(word.x1) - boxed.x0.max(word.x0);
    let height = boxed.y1.min(word.y1) - boxed.y0.max(word.y0);
    let area = (word.x1 - word.x0) * (word.y1 - word.y0);
    width > 0.0 && height > 0.0 && (area <= 0.0 || width * height > 0.2 * area)
}

impl Raster {
    /// Overwrites `area` (in points, at `scale` pixels a point) with one shade, one pixel generous.
    pub(crate) fn burn(&mut self, area: &Area, scale: f32) {
        self.fill(area, scale, [BOX; 3]);
    }

    /// Replaces what is drawn in `area` by its own middle shade when it hardly stands out: text in
    /// nearly the colour of its ground can be brought back by raising the contrast.
    pub(crate) fn flatten(&mut self, area: &Area, scale: f32) {
        const FAINT: u8 = 64;
        let (x, y) = self.pixels(area, scale);
        let mut columns: [Vec<u8>; 3] = Default::default();
        for row in y {
            let row = self.row(row, x.clone());
            for pixel in row.chunks_exact(self.channels) {
                for (channel, value) in columns.iter_mut().zip(pixel) {
                    channel.push(*value);
                }
            }
        }
        let mut shade = [0; 3];
        for (values, shade) in columns.iter_mut().zip(&mut shade).take(self.channels) {
            values.sort_unstable();
            let (Some(least), Some(most)) = (values.first(), values.last()) else { return };
            if most - least > FAINT {
                return;
            }
            *shade = values.get(values.len() / 2).copied().unwrap_or(*most);
        }
        self.fill(area, scale, shade);
    }

    fn fill(&mut self, area: &Area, scale: f32, shade: [u8; 3]) {
        let (x, y) = self.pixels(area, scale);
        let channels = self.channels;
        for row in y {
            let start = (row * self.width + x.start) * channels;
            let end = (row * self.width + x.end) * channels;
            for pixel in self.data.get_mut(start..end).unwrap_or_default().chunks_exact_mut(channels) {
                for (value, shade) in pixel.iter_mut().zip(shade) {
                    *value = shade;
                }
            }
        }
    }

    fn row(&self, row: usize, x: std::ops::Range<usize>) -> &[u8] {
        let start = (row * self.width + x.start) * self.channels;
        let end = (row * self.width + x.end) * self.channels;
        self.data.get(start..end).unwrap_or_default()
    }

    fn pixels(&self, area: &Area, scale: f32) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
        let low = |v: f32, most: usize| (clamped(v * scale).floor() as usize).saturating_sub(1).min(most);
        let high = |v: f32, most: usize| ((clamped(v * scale).ceil() as usize) + 1).min(most);
        let x = low(area.x0, self.width)..high(area.x1, self.width);
        let y = low(area.y0, self.height)..high(area.y1, self.height);
        (x, y)
    }

    /// From premultiplied RGBA on white: grey when nothing on the page has colour, else RGB.
    pub(crate) fn from_rgba(width: usize, height: usize, rgba: &[u8]) -> Self {
        let coloured = rgba.chunks_exact(4).filter(|p| has_colour(p)).count();
        let channels = if coloured * 2000 > width * height { 3 } else { 1 };
        let mut data = Vec::with_capacity(width * height * channels);
        for pixel in rgba.chunks_exact(4) {
            let &[r, g, b, _] = pixel else { continue };
            if channels == 3 {
                data.extend_from_slice(&[r, g, b]);
            } else {
                data.push(((u32::from(r) * 77 + u32::from(g) * 150 + u32::from(b) * 29) >> 8) as u8);
            }
        }
        Self { width, height, channels, data }
    }

    /// JPEG without any metadata.
    pub(crate) fn jpeg(&self, quality: u8) -> Result<Vec<u8>, image::ImageError> {
        let colour = if self.channels == 3 { ExtendedColorType::Rgb8 } else { ExtendedColorType::L8 };
        let mut out = Vec::new();
        let (width, height) = (self.width as u32, self.height as u32);
        JpegEncoder::new_with_quality(&mut out, quality).write_image(&self.data, width, height, colour)?;
        Ok(out)
    }
}

fn has_colour(pixel: &[u8]) -> bool {
    let &[r, g, b, _] = pixel else { return false };
    r.max(g).max(b) - r.min(g).min(b) > 40
}

const fn clamped(value: f32) -> f32 {
    if value.is_finite() { value.clamp(0.0, 1.0e7) } else { 0.0 }
}
