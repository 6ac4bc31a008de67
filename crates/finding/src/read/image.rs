//! Pictures: their size, their properties, and the text in them by OCR.

use std::io::Cursor;

use image::{ImageFormat, ImageReader};

use super::builder::Builder;
use super::limits::Context;
use super::sniff::ImageKind;
use super::{ReadError, exif, guard, ocr};
use crate::model::{Document, FileKind, Page};

/// Points for a pixel when the picture does not say its resolution.
const POINTS: f32 = 72.0 / 150.0;

pub(super) fn read(bytes: &[u8], kind: ImageKind, context: Context<'_>) -> Result<Document, ReadError> {
    let mut builder = Builder::new(FileKind::Image, context);
    let (width, height) = guard::guarded("picture", || {
        ImageReader::with_format(Cursor::new(bytes), format(kind))
            .into_dimensions()
            .map_err(|_| ReadError::malformed("the picture's size cannot be read"))
    })?;
    match kind {
        ImageKind::Jpeg => exif::read_jpeg(bytes, &mut builder),
        ImageKind::Png => exif::read_png(bytes, &mut builder),
        ImageKind::Tiff => exif::read_tiff(bytes, &mut builder),
        ImageKind::Gif | ImageKind::Bmp | ImageKind::Webp => {}
    }
    builder.meta("size in pixels", &format!("{width} x {height}"));
    if frames(bytes, kind) {
        builder.problem("picture", "only the first of its pages or frames is read");
    }
    page(bytes, (width, height), &mut builder)?;
    Ok(builder.document)
}

fn format(kind: ImageKind) -> ImageFormat {
    match kind {
        ImageKind::Png => ImageFormat::Png,
        ImageKind::Jpeg => ImageFormat::Jpeg,
        ImageKind::Gif => ImageFormat::Gif,
        ImageKind::Bmp => ImageFormat::Bmp,
        ImageKind::Tiff => ImageFormat::Tiff,
        ImageKind::Webp => ImageFormat::WebP,
    }
}

/// True when a TIFF has a second directory.
fn frames(bytes: &[u8], kind: ImageKind) -> bool {
    if kind != ImageKind::Tiff {
        return false;
    }
    let big = bytes.starts_with(b"MM");
    let number = |at: usize, length: usize| {
        let part = bytes.get(at..at.checked_add(length)?)?.iter();
        let fold = |n: usize, b: &u8| n << 8 | usize::from(*b);
        Some(if big { part.fold(0, fold) } else { part.rev().fold(0, fold) })
    };
    let next = || number(number(4, 4)?.checked_add(2)?.checked_add(number(number(4, 4)?, 2)? * 12)?, 4);
    next().is_some_and(|at| at != 0)
}

fn page(bytes: &[u8], (width, height): (u32, u32), builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let points = |pixels: u32| f32::from(u16::try_from(pixels).unwrap_or(u16::MAX)) * POINTS;
    let mut page = Page { width: points(width), height: points(height), needs_ocr: true, ocr: false };
    // An icon, a bullet or a tracking picture holds no words.
    if width < 40 || height < 12 {
        page.needs_ocr = false;
        builder.document.pages.push(page);
        return Ok(());
    }
    match ocr::words(bytes, &builder.context) {
        Ok(words) => {
            page.ocr = true;
            page.needs_ocr = false;
            builder.document.pages.push(page);
            ocr::push(&words, 0, POINTS, builder)
        }
        Err(why) => {
            builder.document.pages.push(page);
            builder.problem("picture", why.to_string());
            Ok(())
        }
    }
}
