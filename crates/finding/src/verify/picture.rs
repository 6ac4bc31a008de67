//! A picture opened again: its pixels, and the segments of its file.

use image::GrayImage;

use super::Check;
use crate::model::Area;

pub(super) fn check(check: &mut Check<'_>, bytes: &[u8]) {
    match image::load_from_memory(bytes) {
        Ok(picture) => check.burnt(0, &picture.into_luma8()),
        Err(_) => check.unreadable("image"),
    }
    let clean = if bytes.starts_with(b"\x89PNG") { png_is_bare(bytes) } else { jpeg_is_bare(bytes) };
    if clean.is_none() {
        check.foreign("metadata or bytes after its end");
    }
    check.bytes(bytes, "bytes");
}

/// True when `area` (points, of a page `page_width` wide) is not one even shade.
pub(super) fn shows_something(picture: &GrayImage, area: &Area, page_width: f32) -> bool {
    // Compression frays the edge of a box by up to a third of the range; text left in it stands out by
    // far more.
    const EVEN: u8 = 80;
    let (least, most) = shades(picture, area, page_width);
    most > least && most - least > EVEN
}

/// True when `area` is as dark as a burnt box. An area without a pixel of its own shows nothing.
pub(super) fn is_dark(picture: &GrayImage, area: &Area, page_width: f32) -> bool {
    // The box is of shade 29; compression frays its edge.
    const DARK: u8 = 110;
    let (least, most) = shades(picture, area, page_width);
    least > most || most <= DARK
}

/// The darkest and the lightest shade of an area, half a point inside it.
fn shades(picture: &GrayImage, area: &Area, page_width: f32) -> (u8, u8) {
    const INSET: f32 = 0.5;
    let scale = if page_width > 0.0 { picture.width() as f32 / page_width } else { 1.0 };
    let edge = |v: f32, most: u32| ((v * scale).max(0.0) as u32).min(most);
    let (x0, x1) = (edge(area.x0 + INSET, picture.width()), edge(area.x1 - INSET, picture.width()));
    let (y0, y1) = (edge(area.y0 + INSET, picture.height()), edge(area.y1 - INSET, picture.height()));
    let (mut least, mut most) = (u8::MAX, u8::MIN);
    for y in y0..y1 {
        for x in x0..x1 {
            let value = picture.get_pixel(x, y).0[0];
            least = least.min(value);
            most = most.max(value);
        }
    }
    (least, most)
}

/// `Some` when a PNG has only the chunks that make up its pixels, and ends at its end.
fn png_is_bare(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.get(8..)?;
    loop {
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        let kind = rest.get(4..8)?;
        rest = rest.get(length.checked_add(12)?..)?;
        match kind {
            b"IHDR" | b"PLTE" | b"IDAT" => {}
            b"IEND" => return rest.is_empty().then_some(()),
            _ => return None,
        }
    }
}

/// `Some` when a JPEG has only the segments that make up its pixels, and ends at its end.
fn jpeg_is_bare(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    loop {
        let &[0xff, marker] = rest.get(..2)? else { return None };
        let length = usize::from(u16::from_be_bytes(rest.get(2..4)?.try_into().ok()?));
        let body = rest.get(4..2 + length)?;
        match marker {
            // JFIF without a thumbnail, tables, frame.
            0xe0 if body.starts_with(b"JFIF\0") && body.len() == 14 => {}
            0xdb | 0xc0 | 0xc1 | 0xc4 | 0xdd => {}
            0xda => {
                let end = memchr::memmem::find(rest, b"\xff\xd9")?;
                return (end + 2 == rest.len()).then_some(());
            }
            _ => return None,
        }
        rest = rest.get(2 + length..)?;
    }
}
