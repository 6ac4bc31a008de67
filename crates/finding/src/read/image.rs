//! Pictures: their size, their properties, and the text in every page or frame of them by OCR.

use image::{ImageFormat, RgbaImage};

use super::builder::Builder;
use super::limits::{Context, Ocr};
use super::sniff::ImageKind;
use super::{ReadError, exif, guard, ocr};
use crate::frames::{self, Undecodable};
use crate::model::{Document, FileKind, Page};

/// Points for a pixel when the picture does not say its resolution.
const POINTS: f32 = 72.0 / 150.0;
/// A4, for a page of which not even the size is known.
const UNKNOWN: (f32, f32) = (595.0, 842.0);

pub(super) fn read(bytes: &[u8], kind: ImageKind, context: Context<'_>) -> Result<Document, ReadError> {
    let mut builder = Builder::new(FileKind::Image, context);
    let format = format(kind);
    let (width, height) = guard::guarded("picture", || {
        frames::size(bytes, format).map_err(|_| ReadError::malformed("the picture's size cannot be read"))
    })?;
    match kind {
        ImageKind::Jpeg => exif::read_jpeg(bytes, &mut builder),
        ImageKind::Png => exif::read_png(bytes, &mut builder),
        ImageKind::Tiff => exif::read_tiff(bytes, &mut builder),
        ImageKind::Gif | ImageKind::Bmp | ImageKind::Webp => {}
    }
    builder.meta("size in pixels", &format!("{width} x {height}"));
    let size = (points(width), points(height));
    let single = guard::guarded("picture", || Ok(frames::is_single(bytes, format)))?;
    // Decoding is not needed to say that nothing was read.
    if single && (context.limits.ocr == Ocr::Off || is_tiny(width, height)) {
        page(size, None, is_tiny(width, height), &mut builder)?;
    } else {
        every_frame(bytes, format, size, &mut builder)?;
    }
    Ok(builder.document)
}

/// A page for each frame or page of the picture, with the text in it.
fn every_frame(
    bytes: &[u8],
    format: ImageFormat,
    size: (f32, f32),
    builder: &mut Builder<'_>,
) -> Result<(), ReadError> {
    let most = frames::MOST.min(builder.context.limits.pages);
    let shown = guard::guarded("picture", || {
        frames::each(bytes, format, most, |frame| read_frame(frame, size, builder))
    })?;
    if shown.more {
        builder.problem("picture", format!("only the first {most} of its pages or frames are read"));
    }
    Ok(())
}

fn read_frame(
    frame: Result<RgbaImage, Undecodable>,
    size: (f32, f32),
    builder: &mut Builder<'_>,
) -> Result<(), ReadError> {
    let number = builder.document.pages.len() + 1;
    match frame {
        Ok(pixels) => {
            // One frame is in memory at a time, so what counts is the work of decoding it.
            builder.context.spend(pixels.as_raw().len() / 4)?;
            let tiny = is_tiny(pixels.width(), pixels.height());
            page((points(pixels.width()), points(pixels.height())), Some(&pixels), tiny, builder)
        }
        Err(e) => {
            builder.problem(place(number), e.to_string());
            let (width, height) = if number == 1 { size } else { UNKNOWN };
            builder.document.pages.push(Page { width, height, needs_ocr: true, ocr: false });
            Ok(())
        }
    }
}

fn place(number: usize) -> String {
    if number == 1 { "picture".to_owned() } else { format!("page or frame {number} of the picture") }
}

fn points(pixels: u32) -> f32 {
    f32::from(u16::try_from(pixels).unwrap_or(u16::MAX)) * POINTS
}

/// An icon, a bullet or a tracking picture holds no words.
fn is_tiny(width: u32, height: u32) -> bool {
    width < 40 || height < 12
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

/// A page of this size in points, with its words when there are pixels and OCR.
fn page(
    (width, height): (f32, f32),
    pixels: Option<&RgbaImage>,
    tiny: bool,
    builder: &mut Builder<'_>,
) -> Result<(), ReadError> {
    let number = builder.document.pages.len();
    let mut page = Page { width, height, needs_ocr: !tiny, ocr: false };
    if tiny {
        builder.document.pages.push(page);
        return Ok(());
    }
    let words = match pixels {
        Some(pixels) => ocr::words_of_page(&portable(pixels), number, &builder.context),
        None => ocr::words_of_page(&[], number, &builder.context),
    };
    match words {
        Ok(words) => {
            (page.needs_ocr, page.ocr) = (false, true);
            builder.document.pages.push(page);
            ocr::push(&words, number, POINTS, builder)
        }
        Err(why) => {
            builder.document.pages.push(page);
            builder.problem(place(number + 1), why.to_string());
            Ok(())
        }
    }
}

/// The pixels as a portable pixmap, which takes no time to write.
fn portable(pixels: &RgbaImage) -> Vec<u8> {
    let mut file = format!("P6\n{} {}\n255\n", pixels.width(), pixels.height()).into_bytes();
    file.extend(pixels.pixels().flat_map(|p| [p.0[0], p.0[1], p.0[2]]));
    file
}
