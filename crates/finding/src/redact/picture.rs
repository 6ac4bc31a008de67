//! Pictures: regions burnt in, everything but the pixels left behind.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{DynamicImage, ImageFormat, ImageReader, Limits};

use super::pages::{self, PageWords};
use super::pixels::Raster;
use super::plan::{Options, Plan};
use super::{RedactError, SafeFile};
use crate::model::Document;
use crate::write::RebuiltPage;

/// A decoded picture may not be larger than this in memory.
const BYTES: u64 = 512 << 20;

/// The picture as pixels of one page, upright as it is shown.
fn decode(source: &[u8]) -> Result<(Raster, ImageFormat), RedactError> {
    catch_unwind(AssertUnwindSafe(|| decode_inner(source)))
        .unwrap_or_else(|_| Err(RedactError::Unreadable("the picture reader failed on it".to_owned())))
}

fn decode_inner(source: &[u8]) -> Result<(Raster, ImageFormat), RedactError> {
    use image::ImageDecoder;
    let unreadable = |e: image::ImageError| RedactError::Unreadable(format!("not a readable picture: {e}"));
    let mut reader = ImageReader::new(Cursor::new(source))
        .with_guessed_format()
        .map_err(|e| RedactError::Unreadable(format!("not a readable picture: {e}")))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(BYTES);
    reader.limits(limits);
    let format = reader.format().ok_or_else(|| RedactError::Unreadable("not a known picture".to_owned()))?;
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let turn = decoder.orientation().map_err(unreadable)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(turn);
    let mut rgba = picture.into_rgba8();
    // Transparent pixels can hide a picture; what is released is what is seen on white.
    for pixel in rgba.pixels_mut() {
        let alpha = u32::from(pixel.0[3]);
        pixel.0 = pixel.0.map(|v| ((u32::from(v) * alpha + 255 * (255 - alpha)) / 255) as u8);
    }
    let (width, height) = (rgba.width() as usize, rgba.height() as usize);
    Ok((Raster::from_rgba(width, height, rgba.as_raw()), format))
}

/// The picture burnt, as a picture file of the same family (JPEG stays JPEG, all else becomes PNG).
pub(crate) fn file(
    source: &[u8],
    document: &Document,
    plan: &Plan,
    options: &Options,
) -> Result<SafeFile, RedactError> {
    if !pages::withheld(document, plan, options).is_empty() {
        return Err(RedactError::WholePicture);
    }
    let (mut raster, format) = decode(source)?;
    let scale = scale(&raster, document);
    let words = pages::words(document, plan);
    let empty = PageWords::default();
    for area in pages::page_boxes(words.first().unwrap_or(&empty), 0, plan) {
        raster.burn(&area, scale);
    }
    let failed = |e: image::ImageError| RedactError::Picture(e.to_string());
    let (extension, media_type, bytes) = match format {
        ImageFormat::Jpeg => ("jpg", "image/jpeg", raster.jpeg(85).map_err(failed)?),
        _ => ("png", "image/png", png(&raster).map_err(failed)?),
    };
    Ok(SafeFile { name: format!("{}.{extension}", options.stem), media_type, bytes })
}

/// The picture as a page with its text layer.
pub(crate) fn page(
    source: &[u8],
    document: &Document,
    plan: &Plan,
    options: &Options,
) -> Result<RebuiltPage, RedactError> {
    let (raster, _) = decode(source)?;
    let scale = scale(&raster, document);
    let size = (raster.width as f32 / scale, raster.height as f32 / scale);
    if let Some((_, notice)) = pages::withheld(document, plan, options).into_iter().next() {
        return Ok(RebuiltPage {
            width: size.0,
            height: size.1,
            picture: None,
            paragraphs: Vec::new(),
            notice,
        });
    }
    let words = pages::words(document, plan);
    let empty = PageWords::default();
    pages::finish(raster, scale, size, words.first().unwrap_or(&empty), 0, plan, &options.words)
}

/// Pixels a point, by the size that the reader gave the picture.
fn scale(raster: &Raster, document: &Document) -> f32 {
    let width = document.pages.first().map_or(0.0, |p| p.width);
    if width > 0.0 { raster.width as f32 / width } else { 1.0 }
}

fn png(raster: &Raster) -> Result<Vec<u8>, image::ImageError> {
    use image::codecs::png::PngEncoder;
    use image::{ExtendedColorType, ImageEncoder};
    let colour = if raster.channels == 3 { ExtendedColorType::Rgb8 } else { ExtendedColorType::L8 };
    let mut out = Vec::new();
    PngEncoder::new(&mut out).write_image(&raster.data, raster.width as u32, raster.height as u32, colour)?;
    Ok(out)
}
